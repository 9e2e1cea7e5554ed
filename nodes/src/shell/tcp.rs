//! Real TCP: binding, accepting and connecting on the sockets of this machine. Which ports are
//! tried, and who may be reached, is the business of whoever starts a process.

use super::transport::Transport;
use deploysim_protocol::address::Address;
use std::io;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};

/// How long a listener waits when the system cannot accept, for example because the process has
/// too many files open: long enough not to be busy, short enough not to be missed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The sockets of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp;

impl Transport for Tcp {
    type Stream = TcpStream;
    type Listener = TcpListener;

    async fn bind(&self, at: &Address) -> io::Result<TcpListener> {
        TcpListener::bind((&*at.host.as_str(), at.port)).await
    }

    /// What the system is short of comes back: a listener is never given up.
    async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return without_delay(stream),
                Err(_) => sleep_until(Instant::now() + ACCEPT_PAUSE).await,
            }
        }
    }

    async fn connect(&self, to: &Address) -> io::Result<TcpStream> {
        let stream = TcpStream::connect((&*to.host.as_str(), to.port)).await?;
        without_delay(stream)
    }

    fn origin(stream: &TcpStream) -> String {
        let peer = stream.peer_addr();
        peer.map_or_else(|_| String::new(), |peer| peer.to_string())
    }
}

/// A frame leaves when it is written. A socket that is gone already says so when it is read.
fn without_delay(stream: TcpStream) -> io::Result<TcpStream> {
    let _ = stream.set_nodelay(true);
    Ok(stream)
}
