//! Where a process listens: on this machine alone unless it is told otherwise, and on the next
//! ports if the first is taken. Spark: `Utils.startServiceOnPort`.

use super::LiveError;
use crate::gateway::Names;
use crate::shell::{Tcp, Transport};
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use std::io;
use std::net::ToSocketAddrs;
use tokio::net::TcpListener;
use tracing::warn;

/// The lowest port that a service may be given; the ones below are the system's.
const PORT_MIN: u16 = 1024;

/// Who may reach a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Processes of this machine.
    Loopback,
    /// Everybody who reaches this machine, although nobody has to prove who he is.
    InsecurePublic,
}

/// Whether those who speak to a server have to prove that they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// They have to.
    Wanted,
    /// Whoever reaches it may.
    None,
}

impl Proof {
    /// Whether something that proves who somebody is is asked for.
    pub(super) const fn by<T>(what: Option<&T>) -> Self {
        match what {
            Some(_) => Self::Wanted,
            None => Self::None,
        }
    }
}

/// By which names a server at `host` may be called. One that only this machine reaches knows all
/// of them; by another one somebody's page would call it, with a name of his that leads here.
pub(super) fn names(host: &str, public: Option<&String>) -> Names {
    if !is_loopback(host) {
        return Names::Any;
    }
    let own = public.map(String::as_str).into_iter().chain([host]);
    Names::OwnAnd(own.map(str::to_owned).collect())
}

/// Where a page is, as others are told. Spark: `WebUI.publicHostName`, which is `SPARK_PUBLIC_DNS`
/// or the machine's own name.
pub(super) fn page_url(host: &str, public: Option<&String>, port: u16) -> Text {
    let name = public.map_or(host, String::as_str);
    Text::new(&format!("http://{}", Address::new(name, port)))
}

/// Whether a host is one that only processes of this machine reach.
pub(super) fn is_loopback(host: &str) -> bool {
    let found = (host, 0).to_socket_addrs();
    found.is_ok_and(|mut found| found.all(|address| address.ip().is_loopback()))
}

impl Exposure {
    /// Checks that `host` is a name under which others find this process, and that whoever can
    /// reach it may.
    ///
    /// # Errors
    /// If it is not.
    pub(super) fn check(self, host: &str, proof: Proof) -> Result<(), LiveError> {
        let found = (host, 0).to_socket_addrs();
        let found = found.map_err(|error| {
            LiveError::BadInput(format!("error: the host `{host}` is not known: {error}"))
        })?;
        let found: Vec<_> = found.map(|address| address.ip()).collect();
        if found.iter().any(std::net::IpAddr::is_unspecified) {
            return Err(LiveError::BadInput(format!(
                "error: --host {host} names no machine: others dial the name that is given here"
            )));
        }
        let is_public = found.iter().any(|address| !address.is_loopback());
        match self {
            Self::Loopback | Self::InsecurePublic if proof == Proof::Wanted => Ok(()),
            Self::Loopback if is_public => Err(LiveError::BadInput(format!(
                "error: {host} can be reached from other machines, and whoever reaches a master or \
                 worker may run programs on it: set spark.authenticate.secret (and \
                 deploysim.rest.token for a REST server), or allow it with --insecure-public"
            ))),
            Self::InsecurePublic if is_public => {
                warn!(
                    host,
                    "can be reached from other machines: whoever reaches it may run programs here"
                );
                Ok(())
            }
            Self::Loopback | Self::InsecurePublic => Ok(()),
        }
    }
}

/// Listens at the first of `port` and the `retries` next ones that is free; 0 is a port of the
/// system's choice. Returns the address with the port that it became.
///
/// # Errors
/// If the port is one of the system's, or none is free.
pub(super) async fn listen(
    service: &'static str,
    host: &str,
    port: u16,
    retries: u32,
) -> Result<(TcpListener, Address), LiveError> {
    if (1..PORT_MIN).contains(&port) {
        return Err(LiveError::BadInput(format!(
            "error: {service} cannot be given port {port}: allowed is 0 (any free port) or \
             {PORT_MIN} to 65535"
        )));
    }
    for offset in 0..=retries {
        let tried = later(port, offset);
        match Tcp.bind(&Address::new(host, tried)).await {
            Ok(listener) => {
                let bound = listener
                    .local_addr()
                    .map_err(|error| failed(service, &error))?;
                return Ok((listener, Address::new(host, bound.port())));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if offset < retries {
                    let next = later(port, offset + 1);
                    warn!(
                        service,
                        port = tried,
                        next,
                        "the port is in use; the next one is tried"
                    );
                }
            }
            Err(error) => return Err(failed(&format!("{service} at {host}:{tried}"), &error)),
        }
    }
    Err(LiveError::Machine(format!(
        "error: {service} cannot listen: ports {port} to {} at {host} are in use \
         (spark.port.maxRetries = {retries})",
        later(port, retries)
    )))
}

fn failed(what: &str, error: &io::Error) -> LiveError {
    LiveError::Machine(format!("error: {what} cannot listen: {error}"))
}

/// The port that is tried after `offset` others; behind the last the count begins again at the
/// lowest. Spark: `Utils.userPort`.
fn later(port: u16, offset: u32) -> u16 {
    if port == 0 {
        return 0;
    }
    let first = u32::from(PORT_MIN);
    let port = (u32::from(port) + offset - first) % (65_536 - first) + first;
    u16::try_from(port).unwrap_or(PORT_MIN)
}

#[cfg(test)]
mod tests {
    use super::later;

    #[test]
    fn behind_the_last_port_comes_the_first_that_is_nobodys() {
        assert_eq!(later(7077, 0), 7077);
        assert_eq!(later(7077, 16), 7093);
        assert_eq!(later(65_535, 1), 1024);
        assert_eq!(later(0, 5), 0);
    }
}
