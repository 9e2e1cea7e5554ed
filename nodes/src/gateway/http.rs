//! HTTP/1.1 around the gateway's pure functions: the only async file of the gateway. It accepts
//! connections from a [`Transport`], reads requests within [`Limits`], asks the node, and writes
//! what comes of it. Everything of a server runs on one thread, beside the node's shell, because a
//! run's texts belong to a thread.

use super::{MasterPages, Request, Response, RestServer, Step, WorkerPages, container};
use crate::hosted::AnyOperation;
use crate::shell::Transport;
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::WallTime;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::cell::Cell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Turns requests into steps.
pub trait Server: 'static {
    /// The answer to a request that may not be made, before its body is read; nothing if it may.
    /// A server refuses nobody unless it says otherwise.
    fn refuse(&self, _request: &Request<'_>, _headers: &HeaderMap) -> Option<Response> {
        None
    }

    /// What becomes of a request.
    fn receive(&self, request: &Request<'_>) -> Step;
}

impl Server for RestServer {
    fn receive(&self, request: &Request<'_>) -> Step {
        self.receive(request)
    }
}

impl Server for MasterPages {
    fn receive(&self, request: &Request<'_>) -> Step {
        self.receive(request)
    }
}

impl Server for WorkerPages {
    fn receive(&self, request: &Request<'_>) -> Step {
        self.receive(request)
    }
}

/// The node behind a server, as whoever hosts it offers it.
pub trait Answering: 'static {
    /// Asks the node, and waits for its answer for as long as Spark does.
    fn ask(&self, ask: Ask) -> impl Future<Output = Result<Answer, AskError>>;

    /// Tells the node to do something.
    fn operate(&self, operation: AnyOperation);

    /// The node's own calendar clock.
    fn wall(&self) -> WallTime;

    /// Something from `origin` is refused. Said once for each connection.
    fn refused(&self, origin: &str, reason: &str);
}

/// Whoever is at the other end of a connection, and what is known of it.
#[derive(Debug, Default)]
pub struct Visitor {
    /// Where it comes from, as far as the network knows.
    origin: String,
    /// Requests of its that are being answered.
    open: Cell<u32>,
    /// Whether it has made a request.
    has_asked: Cell<bool>,
    /// Whether something from it was refused.
    is_refused: Cell<bool>,
}

impl Visitor {
    /// Somebody who comes from `origin`.
    pub const fn new(origin: String) -> Self {
        Self {
            origin,
            open: Cell::new(0),
            has_asked: Cell::new(false),
            is_refused: Cell::new(false),
        }
    }

    fn refuse(&self, node: &impl Answering, reason: &str) {
        if !self.is_refused.replace(true) {
            node.refused(&self.origin, reason);
        }
    }
}

/// What a server reads from strangers, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest body, in bytes; a longer one is answered with status 413.
    pub body_bytes: usize,
    /// The longest line and headers of a request together, in bytes; at least 8192.
    pub head_bytes: usize,
    /// The most headers of a request; more are answered with status 431.
    pub headers: usize,
    /// The most connections at one time. When there is one more, the one that has been open
    /// longest without a request in the making is closed; if there is none, the new one waits in
    /// the system's queue.
    pub connections: usize,
    /// How long the head of a request may take, also the first on a connection.
    pub head_timeout: Duration,
    /// How long a body may take; a slower one is answered with status 408.
    pub body_timeout: Duration,
    /// How long a connection may last: who does not read its answers is cut off by it.
    pub connection_timeout: Duration,
}

impl Default for Limits {
    /// The container's own limits where it has them (8 KiB of headers, 30 s of silence, 200
    /// threads); a body of 1 MiB is a thousand times what a submission needs.
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            head_bytes: 8 << 10,
            headers: 100,
            connections: 200,
            head_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(30),
            connection_timeout: Duration::from_mins(10),
        }
    }
}

/// Serves the connections of `listener` until it fails. Has to run in a
/// [`tokio::task::LocalSet`]; connections end with the future that this returns.
///
/// # Errors
/// If the system cannot accept any more.
pub async fn serve<T: Transport>(
    listener: T::Listener,
    server: impl Server,
    node: impl Answering,
    limits: Limits,
) -> io::Result<()> {
    let shared = Rc::new((server, node));
    let mut connections = JoinSet::new();
    let mut open: VecDeque<(Rc<Visitor>, oneshot::Sender<()>)> = VecDeque::new();
    loop {
        let stream = T::accept(&listener).await?;
        while connections.try_join_next().is_some() {}
        while connections.len() >= limits.connections {
            open.retain(|(_, place)| !place.is_closed());
            if let Some(idle) = open.iter().position(|(visitor, _)| visitor.open.get() == 0) {
                drop(open.remove(idle));
            }
            connections.join_next().await;
        }
        let visitor = Rc::new(Visitor::new(T::origin(&stream)));
        let (place, loss_of_place) = oneshot::channel();
        open.push_back((Rc::clone(&visitor), place));
        let shared = Rc::clone(&shared);
        connections.spawn_local(async move {
            let (server, node) = &*shared;
            let connection = serve_connection(stream, &visitor, server, node, limits);
            tokio::select! {
                biased;
                // A connection that lasts too long is dropped, whatever it is doing.
                _ended = timeout(limits.connection_timeout, connection) => {}
                _ = loss_of_place => {
                    if !visitor.has_asked.get() {
                        visitor.refuse(node, "no request came, and others wait");
                    }
                }
            }
        });
    }
}

/// Serves one connection until its end. What goes wrong on it concerns nobody else.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    visitor: &Visitor,
    server: &impl Server,
    node: &impl Answering,
    limits: Limits,
) {
    let service = service_fn(|request| async move {
        visitor.has_asked.set(true);
        visitor.open.set(visitor.open.get() + 1);
        let response = handle(request, server, node, limits).await;
        visitor.open.set(visitor.open.get() - 1);
        if response.status >= 400 {
            visitor.refuse(
                node,
                &format!("a request was answered with {}", response.status),
            );
        }
        Ok::<_, Infallible>(written(response))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        // Between two requests anybody may fall silent.
        let is_over = error.is_timeout() && visitor.has_asked.get();
        if !is_over {
            visitor.refuse(node, &error.to_string());
        }
    }
}

async fn handle(
    request: hyper::Request<Incoming>,
    server: &impl Server,
    node: &impl Answering,
    limits: Limits,
) -> Response {
    let (head, body) = request.into_parts();
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let mut request = Request {
        method: head.method.as_str(),
        host: host.unwrap_or_default(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        body: &[],
    };
    if let Some(refused) = server.refuse(&request, &head.headers) {
        return refused;
    }
    if body.size_hint().lower() > limits.body_bytes as u64 {
        // It says so itself: nothing of it is read.
        return container::too_large(&request);
    }
    let body = Limited::new(body, limits.body_bytes).collect();
    let body = match timeout(limits.body_timeout, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return container::too_large(&request);
        }
        Ok(Err(_)) => return container::cut_off(&request),
        Err(_) => return container::too_slow(&request),
    };
    request.body = &body;
    match server.receive(&request) {
        Step::Answer(response) => response,
        Step::Operate {
            operation,
            response,
        } => {
            node.operate(operation);
            response
        }
        Step::Ask(question) => {
            let answer = node.ask(question.ask.clone()).await;
            question.answered(answer, node.wall())
        }
    }
}

/// A response in the words of the library.
fn written(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut written = hyper::Response::new(Full::new(Bytes::from(response.body)));
    let status = hyper::StatusCode::from_u16(response.status);
    *written.status_mut() = status.expect("a status of the gateway has three digits");
    for (name, value) in response.headers {
        let name: HeaderName = name.parse().expect("a header of the gateway has a name");
        let value = HeaderValue::try_from(value);
        let value = value.expect("a header of the gateway has no control characters");
        written.headers_mut().append(name, value);
    }
    written
}
