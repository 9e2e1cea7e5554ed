//! Spark's variables of the environment, for what a flag does not say. Spark: `MasterArguments`,
//! `WorkerArguments`, which read the variables first, then the flags, then the properties file;
//! so whatever is read later wins. A page's port is the only value that two of them and a
//! property state.

use super::Failure;
use std::ffi::OsString;
use std::str::FromStr;

/// What a flag says, or else a variable.
///
/// # Errors
/// If the variable's value is not of this type; `allowed` says what is.
pub(super) fn flag_or_variable<T: FromStr>(
    flag: Option<T>,
    name: &str,
    allowed: &str,
) -> Result<Option<T>, Failure> {
    match flag {
        Some(value) => Ok(Some(value)),
        None => read(std::env::var_os(name), name, allowed),
    }
}

fn read<T: FromStr>(
    value: Option<OsString>,
    name: &str,
    allowed: &str,
) -> Result<Option<T>, Failure> {
    let Some(value) = value else {
        return Ok(None);
    };
    // An empty text is no host and no folder either.
    let text = value.to_str().filter(|text| !text.is_empty());
    let read = text.and_then(|text| text.parse().ok());
    let read = read.ok_or_else(|| {
        let value = value.to_string_lossy();
        Failure::BadInput(format!(
            "error: the variable {name}: found `{value}`, allowed is {allowed}"
        ))
    });
    read.map(Some)
}
