//! What proves who somebody is: the secret that the processes of a cluster share, and the token
//! that a REST server wants. Where they come from, and to whom they are not shown.
//!
//! Spark takes its secret from the environment first, then from the configuration
//! (`SecurityManager.getSecretKey`), because a command line is there for everybody to read. The
//! token is found in the same way. Without any of these a file can hold the secret
//! (`SecurityManager.secretKeyFromFile`).

#[cfg(test)]
mod tests;

use super::properties::Properties;
use super::{LiveError, wrong};
use crate::gateway::{SECRET, TOKEN, TokenDigest, is_confidential};
use crate::shell::Key;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tracing::warn;

/// Whether connections prove themselves; without it: if there is a secret.
const AUTHENTICATE: &str = "spark.authenticate";
/// The secret, as a variable. Spark: `SecurityManager.ENV_AUTH_SECRET`.
const SECRET_VARIABLE: &str = "_SPARK_AUTH_SECRET";
/// The file whose bytes are the secret. **Differs:** Spark has keys of their own for drivers and
/// executors too.
const SECRET_FILE: &str = "spark.authenticate.secret.file";
/// The longest file that is taken for a secret.
const SECRET_BYTES_MAX: u64 = 64 << 10;
/// The token, as a variable.
const TOKEN_VARIABLE: &str = "DEPLOYSIM_REST_TOKEN";

/// The least letters of a secret that cannot be guessed: 16 random ones of 64 are 96 bits.
const LETTERS_MIN: usize = 16;

/// Whether a property is read here, and is no key of the protocol.
pub(super) fn is_of_secrets(property: &str) -> bool {
    property == AUTHENTICATE || property == SECRET_FILE || is_confidential(property)
}

/// Whether a variable of the environment is for nobody else to see.
pub(super) fn is_confidential_variable(name: &str) -> bool {
    name == SECRET_VARIABLE || name == TOKEN_VARIABLE
}

/// What the processes of a cluster share.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

/// What whoever asks a REST server has to bring.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Does not show the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// Does not show the token.
impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(..)")
    }
}

impl Secret {
    /// The secret of a process with this configuration; nothing if it has none.
    ///
    /// # Errors
    /// If the configuration contradicts itself.
    pub(super) fn find(
        properties: &Properties,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, LiveError> {
        let secret = match confidential(properties, SECRET, SECRET_VARIABLE, variable)? {
            Some(secret) => Some(secret),
            None => of_file(properties)?,
        };
        let wanted = properties.value(AUTHENTICATE).map(str::to_ascii_lowercase);
        match (wanted.as_deref(), secret) {
            (None | Some("true"), Some(secret)) => {
                if secret.chars().count() < LETTERS_MIN {
                    warn!("the secret is short: whoever sees one connection may guess it");
                }
                Ok(Some(Self(secret)))
            }
            (None | Some("false"), None) => Ok(None),
            (Some("true"), None) => Err(wrong(format!(
                "{AUTHENTICATE} needs a secret: set {SECRET} or {SECRET_FILE} in the properties \
                 file, or the variable {SECRET_VARIABLE}"
            ))),
            (Some("false"), Some(_)) => Err(wrong(format!(
                "{AUTHENTICATE} is false, and there is a secret: leave one of the two out"
            ))),
            (Some(other), _) => Err(wrong(format!(
                "{AUTHENTICATE}: found `{other}`, allowed is true or false"
            ))),
        }
    }

    /// The key of connections between those who know the secret.
    pub(super) fn key(&self) -> Key {
        Key::of_secret(&self.0)
    }

    /// What a child finds in its environment, so that it can speak to masters and workers.
    /// Spark: `CommandUtils.buildLocalCommand`.
    pub(super) fn variable(&self) -> (&'static str, &str) {
        (SECRET_VARIABLE, &self.0)
    }
}

impl Token {
    /// The token of a server or client with this configuration; nothing if it has none.
    ///
    /// # Errors
    /// If it cannot stand in a header.
    pub fn find(
        properties: &Properties,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, LiveError> {
        let token = confidential(properties, TOKEN, TOKEN_VARIABLE, variable)?;
        token.map(Self::new).transpose()
    }

    /// RFC 6750: `b64token`.
    ///
    /// # Errors
    /// If the text is none.
    pub fn new(text: String) -> Result<Self, LiveError> {
        let is_allowed =
            |letter: char| letter.is_ascii_alphanumeric() || "-._~+/=".contains(letter);
        if !text.is_empty() && text.chars().all(is_allowed) {
            return Ok(Self(text));
        }
        Err(wrong(format!(
            "{TOKEN} cannot stand in a header: allowed are letters, digits, and any of -._~+/="
        )))
    }

    /// What a server keeps of it.
    pub(super) fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.0)
    }

    /// What a client sends. RFC 6750, section 2.1.
    pub(super) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

/// What a variable says, or else a property.
fn confidential(
    properties: &Properties,
    property: &str,
    name: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<String>, LiveError> {
    let found = match variable(name) {
        Some(value) => {
            let value = value.into_string();
            Some(value.map_err(|_| wrong(format!("the variable {name} is no UTF-8")))?)
        }
        None => properties.value(property).map(|value| {
            warn_of_readers(properties.path());
            value.to_owned()
        }),
    };
    if found.as_deref() == Some("") {
        return Err(wrong(format!(
            "{property}, or the variable {name}, is empty"
        )));
    }
    Ok(found)
}

/// The secret that a file holds, if one is named: its bytes in base 64, as Spark takes them, so that
/// they need not be text.
fn of_file(properties: &Properties) -> Result<Option<String>, LiveError> {
    let Some(path) = properties.value(SECRET_FILE).map(Path::new) else {
        return Ok(None);
    };
    let failed =
        |what: &dyn fmt::Display| wrong(format!("{SECRET_FILE}: {}: {what}", path.display()));
    let metadata = fs::metadata(path).map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(failed(&"it is no file"));
    }
    if metadata.len() > SECRET_BYTES_MAX {
        return Err(failed(&format!(
            "it has more than {SECRET_BYTES_MAX} bytes"
        )));
    }
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    if bytes.is_empty() {
        return Err(failed(&"it is empty"));
    }
    warn_of_readers(path);
    Ok(Some(STANDARD.encode(bytes)))
}

/// Everybody who can read a file knows what is in it.
fn warn_of_readers(path: &Path) {
    let mode = fs::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let file = path.display();
        warn!(%file, "others of this machine can read what has to be kept from them: chmod 600");
    }
}
