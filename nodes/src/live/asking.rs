//! One question on HTTP, on a connection of its own: what the client of the REST server asks, and
//! the state document of a master or worker.

use super::LiveError;
use super::hosting::on_this_thread;
use crate::shell::{Tcp, Transport};
use deploysim_protocol::address::Address;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::time::timeout;

/// The longest state document that is read, in bytes.
const DOCUMENT_BYTES_MAX: usize = 64 << 20;

/// Why there is no answer.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Asks a server, and reads its answer up to a number of bytes.
pub(super) async fn ask(
    server: Address,
    request: Request<Full<Bytes>>,
    bytes_max: usize,
) -> Result<(StatusCode, Bytes), Failure> {
    let stream = Tcp.connect(&server).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answered = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), bytes_max);
        Ok((status, body.collect().await?.to_bytes()))
    };
    let mut connection = std::pin::pin!(connection);
    let mut answered = std::pin::pin!(answered);
    tokio::select! {
        biased;
        answer = &mut answered => answer,
        ended = &mut connection => {
            ended?;
            // What had come before the end is still there to be read.
            answered.await
        }
    }
}

/// What a master or worker says of its state: the JSON document beside its page, which is at
/// `page`, `http://host:port`.
///
/// # Errors
/// If `page` is no such address, or nobody answers there within `patience` with a document.
pub fn state_document(page: &str, patience: Duration) -> Result<Vec<u8>, LiveError> {
    let failed = |what: &dyn std::fmt::Display| {
        LiveError::Machine(format!("error: {page} shows no state: {what}"))
    };
    let address = page.strip_prefix("http://").unwrap_or(page);
    let address: Address = address.parse().map_err(|error| failed(&error))?;
    let request = Request::get("/json/").header(HOST, address.to_string());
    let request = request.body(Full::default());
    let request = request.map_err(|error| failed(&error))?;
    on_this_thread(async {
        match timeout(patience, ask(address, request, DOCUMENT_BYTES_MAX)).await {
            Ok(Ok((StatusCode::OK, document))) => Ok(document.to_vec()),
            Ok(Ok((status, _))) => Err(failed(&status)),
            Ok(Err(error)) => Err(failed(&error)),
            Err(late) => Err(failed(&late)),
        }
    })
}
