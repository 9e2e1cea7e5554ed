//! A transport on which both ends prove that they know the same secret, around one that proves
//! nothing. Spark: `spark.authenticate.secret`, its challenge and its encryption; other bytes.
//!
//! A connection begins with the two messages of Noise's pattern `NNpsk0`, and goes on in
//! encrypted records (`sealed.rs`). What it gives:
//!
//! 1. Nothing of a peer's is read before it has proved that it knows the secret.
//! 2. Who listens in reads nothing, also if the secret becomes known later.
//! 3. Bytes that were changed, left out, repeated or put in another order break the connection.
//!
//! A connection that is cut between two records ends like that of a process that was killed
//! there: frames say themselves how long they are, and a whole one was whole for both ends.

mod key;
mod sealed;
#[cfg(test)]
mod tests;

pub use key::Key;
pub use sealed::Sealed;

use super::transport::Transport;
use deploysim_protocol::address::Address;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A transport whose connections are proved and encrypted if there is a key, and plain if not.
#[derive(Clone, Debug)]
pub struct Secured<T> {
    /// Where connections come from.
    pub inner: T,
    /// What both ends know.
    pub key: Option<Key>,
}

/// A port at which a [`Secured`] transport listens.
#[derive(Debug)]
pub struct SecuredListener<L> {
    /// The port.
    pub inner: L,
    /// What whoever dials has to know.
    pub key: Option<Key>,
}

/// A connection of a [`Secured`] transport.
#[derive(Debug)]
pub enum Secure<S> {
    /// Without a secret.
    Plain(S),
    /// With one.
    Sealed(Box<Sealed<S>>),
}

impl<S> Secure<S> {
    /// The connection that carries it.
    pub const fn inner(&self) -> &S {
        match self {
            Self::Plain(stream) => stream,
            Self::Sealed(sealed) => sealed.inner(),
        }
    }
}

impl<T: Transport> Transport for Secured<T> {
    type Stream = Secure<T::Stream>;
    type Listener = SecuredListener<T::Listener>;

    async fn bind(&self, at: &Address) -> io::Result<Self::Listener> {
        let inner = self.inner.bind(at).await?;
        let key = self.key.clone();
        Ok(SecuredListener { inner, key })
    }

    /// Whoever dials proves itself when its connection is first read or written: one that is slow
    /// to do so keeps nobody else from being accepted.
    async fn accept(listener: &Self::Listener) -> io::Result<Self::Stream> {
        loop {
            let stream = T::accept(&listener.inner).await?;
            let Some(key) = &listener.key else {
                return Ok(Secure::Plain(stream));
            };
            match Sealed::accepted(stream, key) {
                Ok(sealed) => return Ok(Secure::Sealed(Box::new(sealed))),
                // A listener is not given up for one connection.
                Err(error) => tracing::warn!(%error, "a connection cannot be secured"),
            }
        }
    }

    async fn connect(&self, to: &Address) -> io::Result<Self::Stream> {
        let stream = self.inner.connect(to).await?;
        let Some(key) = &self.key else {
            return Ok(Secure::Plain(stream));
        };
        let mut sealed = Sealed::dialled(stream, key)?;
        // Whoever waits for the connection learns that it is refused, and not why.
        if let Err(error) = sealed.shake().await {
            tracing::warn!(%to, %error, "the other end has not proved that it knows the secret");
            return Err(error);
        }
        Ok(Secure::Sealed(Box::new(sealed)))
    }

    fn origin(stream: &Self::Stream) -> String {
        T::origin(stream.inner())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Secure<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Sealed(sealed) => Pin::new(&mut **sealed).poll_read(context, buffer),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Secure<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Sealed(sealed) => Pin::new(&mut **sealed).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Sealed(sealed) => Pin::new(&mut **sealed).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Sealed(sealed) => Pin::new(&mut **sealed).poll_shutdown(context),
        }
    }
}
