//! What `deploysim submit`, `kill` and `status` share: whom they ask, about which driver, and how
//! an answer is shown. All three go through the REST server, as spark-submit's cluster mode does.

use super::Failure;
use super::live::properties;
use crate::terminal::results;
use deploysim_nodes::live::{Client, Properties, ProtocolClient, Reply, Token, masters_in};
use std::io::Write;
use std::path::PathBuf;

/// Where a REST server is if nobody says otherwise.
pub(super) const REST_SERVER: &str = "spark://127.0.0.1:6066";

/// Which driver, and whom to ask.
#[derive(clap::Args)]
pub(super) struct About {
    /// The driver's id.
    #[arg(value_name = "DRIVER", value_parser = id)]
    pub(super) driver: String,
    /// The REST servers: spark://host:port, or several as spark://a:6066,b:6066; to kill, also
    /// masters without one.
    #[arg(long, default_value = REST_SERVER)]
    master: String,
    /// Spark's configuration, in which deploysim.rest.token is looked for.
    #[arg(long, value_name = "FILE")]
    properties_file: Option<PathBuf>,
}

/// How a token comes to a command that asks a REST server, for the ends of help texts.
pub(super) const ABOUT_TOKENS: &str = "A REST server that wants a token finds it in the variable \
DEPLOYSIM_REST_TOKEN, or as\ndeploysim.rest.token in the properties file.";

impl About {
    /// Speaks to the REST servers.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        let properties = properties(self.properties_file.as_ref())?;
        client(&self.master, &properties)
    }

    /// Speaks to the masters themselves, which have no REST servers.
    pub(super) fn protocol_client(&self) -> Result<ProtocolClient, Failure> {
        let properties = properties(self.properties_file.as_ref())?;
        protocol_client(&self.master, &properties)
    }
}

/// Speaks to the REST servers of a master URL, with the token of the environment or of these
/// properties.
pub(super) fn client(masters: &str, properties: &Properties) -> Result<Client, Failure> {
    let masters = masters_in(masters)?;
    let token = Token::find(properties, |name| std::env::var_os(name))?;
    Ok(Client { masters, token })
}

/// Speaks to the masters of a master URL at their own ports, and says why; with the secret of the
/// environment or of these properties.
pub(super) fn protocol_client(
    masters: &str,
    properties: &Properties,
) -> Result<ProtocolClient, Failure> {
    crate::terminal::complain(
        "warning: no REST server answers there; the masters are asked at their own ports",
    );
    Ok(ProtocolClient::new(masters_in(masters)?, properties)?)
}

/// A driver's id, its state, its worker, and what else is known of it.
pub(super) fn show(id: &str, reply: &Reply) -> Result<(), Failure> {
    let mut out = results();
    let state = reply.driver_state.as_deref().unwrap_or("not found");
    write!(out, "{id} {state}")?;
    if let (Some(worker), Some(at)) = (&reply.worker_id, &reply.worker_host_port) {
        write!(out, " on {worker} ({at})")?;
    }
    writeln!(out)?;
    if let Some(message) = &reply.message {
        writeln!(out, "{message}")?;
    }
    out.flush()?;
    Ok(())
}

/// What a server says in words.
pub(super) fn said(reply: &Reply) -> String {
    let message = reply.message.clone();
    message.unwrap_or_else(|| format!("an answer without a message: {}", reply.action))
}

/// An id as it stands in the path of a request.
fn id(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("an id has letters, digits, `-`, `_` and `.` only".to_owned())
    }
}
