//! From a secret to the key of a handshake.

use snow::{Builder, HandshakeState};
use std::fmt;
use std::io;

/// Noise: neither end has a key of its own, both have the one that comes from the secret, and it
/// is used from the first message on. A stranger's message costs its receiver no key exchange.
const PATTERN: &str = "Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s";

/// What both ends state beforehand: another version of this conversation is another one.
const PROLOGUE: &[u8] = b"deploysim connection 1";

/// What a key is for, as BLAKE3 wants it: the same secret makes other keys for other purposes.
const PURPOSE: &str = "deploysim 2026-11-28 pre-shared key of connections v1";

/// The key that a secret stands for: BLAKE3's key derivation, which is fast. So a secret has to be
/// long and random; who guesses short ones can try them on a recorded connection.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

/// Does not show the key.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(..)")
    }
}

impl Key {
    /// The key of a secret.
    pub fn of_secret(secret: &str) -> Self {
        Self(blake3::derive_key(PURPOSE, secret.as_bytes()))
    }

    /// The handshake of whoever dials.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(super) fn dialler(&self) -> io::Result<HandshakeState> {
        self.handshake(|builder| builder.build_initiator())
    }

    /// The handshake of whoever is dialled.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(super) fn acceptor(&self) -> io::Result<HandshakeState> {
        self.handshake(|builder| builder.build_responder())
    }

    fn handshake(
        &self,
        build: fn(Builder<'_>) -> Result<HandshakeState, snow::Error>,
    ) -> io::Result<HandshakeState> {
        let failed = |error: snow::Error| io::Error::other(error.to_string());
        let pattern = PATTERN.parse().map_err(failed)?;
        let builder = Builder::new(pattern)
            .prologue(PROLOGUE)
            .and_then(|builder| builder.psk(0, &self.0));
        builder.and_then(build).map_err(failed)
    }
}
