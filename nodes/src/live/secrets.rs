//! What proves who somebody is: the secret that the processes of a cluster share, and the token
//! that a REST server wants. Where they come from, and to whom they are not shown.
//!
//! Spark takes its secret from the environment first, then from the configuration
//! (`SecurityManager.getSecretKey`), because a command line is there for everybody to read. The
//! token is found in the same way.

use super::properties::Properties;
use super::{LiveError, wrong};
use crate::gateway::{SECRET, TOKEN, TokenDigest, is_confidential};
use crate::shell::Key;
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
/// The token, as a variable.
const TOKEN_VARIABLE: &str = "DEPLOYSIM_REST_TOKEN";

/// The least letters of a secret that cannot be guessed: 16 random ones of 64 are 96 bits.
const LETTERS_MIN: usize = 16;

/// Whether a property is read here, and is no key of the protocol.
pub(super) fn is_of_secrets(property: &str) -> bool {
    property == AUTHENTICATE || is_confidential(property)
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
        let secret = confidential(properties, SECRET, SECRET_VARIABLE, variable)?;
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
                "{AUTHENTICATE} needs a secret: set {SECRET} in the properties file, or the \
                 variable {SECRET_VARIABLE}"
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

/// Everybody who can read a file knows what is in it.
fn warn_of_readers(path: &Path) {
    let mode = fs::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let file = path.display();
        warn!(%file, "others of this machine can read what has to be kept from them: chmod 600");
    }
}
