//! Where connections come from. Simulated and real TCP differ in this and in nothing else.

use deploysim_protocol::address::Address;
use std::future::Future;
use std::io;
use tokio::io::{AsyncRead, AsyncWrite};

/// Binds, accepts and connects.
pub trait Transport: Clone + 'static {
    /// A connection's bytes, both ways. Shutting it down ends the own direction only.
    type Stream: AsyncRead + AsyncWrite + Unpin + 'static;
    /// A port that others can dial.
    type Listener: 'static;

    /// Begins to listen at `at`.
    ///
    /// # Errors
    /// If the address is not this machine's or is taken.
    fn bind(&self, at: &Address) -> impl Future<Output = io::Result<Self::Listener>>;

    /// Waits for the next connection that somebody dials.
    ///
    /// # Errors
    /// If the system cannot accept any more; the listener is then given up.
    fn accept(listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Stream>>;

    /// Dials `to`.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] if nobody answered, anything else if the dial was refused.
    fn connect(&self, to: &Address) -> impl Future<Output = io::Result<Self::Stream>>;

    /// Where an accepted connection comes from, for people; empty if the network does not say.
    fn origin(_stream: &Self::Stream) -> String {
        String::new()
    }
}
