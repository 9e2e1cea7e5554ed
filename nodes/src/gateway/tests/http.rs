//! What strangers may send on a socket: too much, too slowly, or no HTTP at all. The clock is
//! tokio's and stands still while somebody can go on.

use super::server;
use crate::gateway::http::{Answering, Limits, Visitor, serve_connection};
use crate::hosted::AnyOperation;
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::text::scope;
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::WallTime;
use std::cell::RefCell;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;

/// A master that is ready, and answers nothing else.
#[derive(Default)]
struct Ready {
    refusals: RefCell<Vec<String>>,
}

impl Answering for Ready {
    async fn ask(&self, _ask: Ask) -> Result<Answer, AskError> {
        Ok(Answer::Flag(true))
    }

    fn operate(&self, operation: AnyOperation) {
        panic!("nobody tells the master to do {operation:?}");
    }

    fn wall(&self) -> WallTime {
        WallTime::EPOCH
    }

    fn refused(&self, origin: &str, reason: &str) {
        assert_eq!(origin, "a stranger");
        self.refusals.borrow_mut().push(reason.to_owned());
    }
}

const READYZ: &str = "GET /v1/submissions/readyz HTTP/1.1\r\nHost: h\r\n";

/// Lets a client talk to the server; gives what it made of that, and how long it took.
fn talk<T>(client: impl AsyncFnOnce(DuplexStream) -> T) -> (T, Duration) {
    let (made, took, _) = visit(client);
    (made, took)
}

/// As [`talk`]; gives also what was said to be refused.
fn visit<T>(client: impl AsyncFnOnce(DuplexStream) -> T) -> (T, Duration, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    scope(|| {
        runtime.block_on(async {
            let began = Instant::now();
            let (near, far) = duplex(1 << 16);
            let (server, limits) = (server(), Limits::default());
            let (ready, visitor) = (Ready::default(), Visitor::new("a stranger".to_owned()));
            let served = serve_connection(far, &visitor, &server, &ready, limits);
            let ((), made) = tokio::join!(served, client(near));
            (made, began.elapsed(), ready.refusals.into_inner())
        })
    })
}

/// Sends bytes and reads until the server hangs up.
async fn all(mut stream: DuplexStream, bytes: &[u8]) -> String {
    // The server may hang up before it has read everything.
    let _sent = stream.write_all(bytes).await;
    rest(stream).await
}

async fn rest(mut stream: DuplexStream) -> String {
    let mut read = Vec::new();
    let _ended = stream.read_to_end(&mut read).await;
    String::from_utf8(read).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn several_requests_share_a_connection() {
    let text = format!("{READYZ}\r\n{READYZ}Connection: close\r\n\r\n");
    let (answers, _) = talk(async |stream| all(stream, text.as_bytes()).await);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn a_body_that_says_it_is_too_long_is_refused_without_reading_it() {
    let text = "POST /v1/submissions/create HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n";
    let (answer, took) = talk(async |stream| all(stream, text.as_bytes()).await);
    assert_eq!((status(&answer), took.as_secs()), ("413", 0), "{answer}");
}

#[test]
fn a_body_that_becomes_too_long_is_refused() {
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16));
    let text = format!(
        "POST /v1/submissions/create HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        chunk.repeat(17)
    );
    let (answer, _) = talk(async |stream| {
        let (mut reading, mut writing) = tokio::io::split(stream);
        let mut read = Vec::new();
        let (_ended, _sent) = tokio::join!(
            reading.read_to_end(&mut read),
            writing.write_all(text.as_bytes())
        );
        String::from_utf8(read).unwrap()
    });
    assert_eq!(status(&answer), "413", "{answer}");
}

#[test]
fn a_body_of_the_greatest_length_is_read() {
    let body = " ".repeat(1 << 20);
    let text = format!(
        "POST /v1/submissions/create HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let (answer, _) = talk(async |stream| all(stream, text.as_bytes()).await);
    assert_eq!(status(&answer), "400", "{answer}");
    assert!(answer.contains("No content to map"));
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let many = "X: y\r\n".repeat(101);
    let long = format!("X: {}\r\n", "y".repeat(9000));
    for headers in [many, long] {
        let text = format!("{READYZ}{headers}\r\n");
        let (answer, _) = talk(async |stream| all(stream, text.as_bytes()).await);
        assert_eq!(status(&answer), "431", "{answer}");
    }
}

#[test]
fn what_is_no_http_is_refused() {
    for bytes in [
        &b"\x00\x01\x02\x03\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
    ] {
        let (answer, _) = talk(async |stream| all(stream, bytes).await);
        assert_eq!(status(&answer), "400", "{answer}");
    }
}

#[test]
fn a_head_that_does_not_come_ends_the_connection() {
    for begin in ["", "GET / HT"] {
        let (answer, took) = talk(async |mut stream| {
            stream.write_all(begin.as_bytes()).await.unwrap();
            rest(stream).await
        });
        assert!(
            status(&answer).is_empty() || status(&answer) == "408",
            "{answer}"
        );
        assert_eq!(took.as_secs(), 30, "{begin:?}");
    }
}

#[test]
fn a_body_that_does_not_come_is_refused() {
    let text = "POST /v1/submissions/create HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n{";
    let (answer, took) = talk(async |mut stream| {
        stream.write_all(text.as_bytes()).await.unwrap();
        rest(stream).await
    });
    assert_eq!((status(&answer), took.as_secs()), ("408", 30), "{answer}");
}

#[test]
fn what_is_refused_is_said_once_for_each_connection() {
    let wrong = "GET /v1/submissions/unknown HTTP/1.1\r\nHost: h\r\n\r\n";
    // Whoever stops sending before the answer is there is taken for gone.
    for (bytes, stops, refusals) in [
        (format!("{READYZ}Connection: close\r\n\r\n"), false, 0),
        (String::new(), true, 0),
        (wrong.repeat(3), true, 1),
        (format!("{wrong}no HTTP\r\n\r\n"), true, 1),
        ("no HTTP\r\n\r\n".to_owned(), true, 1),
        ("GET / HT".to_owned(), true, 1),
    ] {
        let (_, _, said) = visit(async |mut stream| {
            stream.write_all(bytes.as_bytes()).await.unwrap();
            if stops {
                stream.shutdown().await.unwrap();
            }
            rest(stream).await
        });
        assert_eq!(said.len(), refusals, "{bytes:?}: {said:?}");
    }
}

#[test]
fn silence_between_two_requests_is_not_refused() {
    let (_, took, said) = visit(async |mut stream| {
        let request = format!("{READYZ}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(stream).await
    });
    assert_eq!((took.as_secs(), said.len()), (30, 0), "{said:?}");
}
