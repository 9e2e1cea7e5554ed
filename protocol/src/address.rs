//! Who can be spoken to: addresses, connections, and references that may be bound to one.

#[cfg(test)]
mod tests;

use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// Where a process listens: `host:port`. Spark: `RpcAddress`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Name of the host, compared exactly (decommissioning alone ignores case).
    pub host: Text,
    /// Port, 1 to 65535; 0 for a process that does not listen.
    pub port: u16,
}

impl Address {
    /// The address `host:port`.
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            host: Text::new(host),
            port,
        }
    }

    /// As a master URL, `spark://host:port`. Spark: `RpcAddress.toSparkURL`.
    pub fn to_spark_url(self) -> String {
        format!("spark://{self}")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError {
    /// The text that was read.
    pub found: String,
}

impl fmt::Display for AddressError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is not an address: expected `host:port`",
            self.found
        )
    }
}

impl std::error::Error for AddressError {}

/// Reads `host:port`, with or without the scheme `spark://`.
impl FromStr for Address {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let error = || AddressError {
            found: text.to_owned(),
        };
        let plain = text.strip_prefix("spark://").unwrap_or(text);
        let (host, port) = plain.rsplit_once(':').ok_or_else(error)?;
        let port = port.parse().map_err(|_| error())?;
        if host.is_empty() || host.contains(['/', '@', ' ']) {
            return Err(error());
        }
        Ok(Self::new(host, port))
    }
}

/// One connection as its process knows it. A number that the world gives out and never gives
/// out again within a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Connection(pub NonZeroU64);

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "c{}", self.0)
    }
}

/// How to reach a process: its address, and perhaps the one connection to use.
///
/// A reference that arrives in a message is bound to the connection on which it came and dies
/// with it. One that was made from a configured URL or read from the store is unbound: sending
/// to it uses, or dials, the sender's own connection to that address.
/// Source: measured on Spark 4.3.0 (`NettyRpcEndpointRef` with and without a client).
///
/// On the wire a reference is its address; the receiver binds it ([`Reference::bind`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// Where the process listens, or its socket's address if it does not.
    pub address: Address,
    /// The connection to use, and no other.
    #[serde(skip)]
    pub connection: Option<Connection>,
}

impl Reference {
    /// A reference that belongs to no connection.
    pub const fn unbound(address: Address) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    /// A reference that uses `connection` and dies with it.
    pub const fn bound(address: Address, connection: Connection) -> Self {
        Self {
            address,
            connection: Some(connection),
        }
    }

    /// Binds this reference, which came in a message, to the connection on which it came.
    pub const fn bind(&mut self, connection: Connection) {
        self.connection = Some(connection);
    }

    /// The same address without a connection: what the store keeps of a reference.
    pub const fn forget_connection(self) -> Self {
        Self::unbound(self.address)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.address, formatter)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.connection {
            Some(connection) => write!(formatter, "{}@{connection:?}", self.address),
            None => fmt::Display::fmt(&self.address, formatter),
        }
    }
}

/// What a node is told about when a connection ends: the socket, or the address that the peer
/// had announced on it. Spark posts `RemoteProcessDisconnected` once for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// The connection's socket address, which names no node of the protocol.
    Socket(Connection),
    /// The peer's listening address.
    Listening(Address),
}
