//! `--force`: what is there already is replaced, or refused.

use super::Failure;
use deploysim_scenarios::output::folder::Existing;
use std::path::Path;

/// What `--force` says of what is there already.
pub(super) fn existing(force: bool) -> Existing {
    if force {
        Existing::Replace
    } else {
        Existing::Refuse
    }
}

/// Refuses a file that is there already, unless it is to be replaced.
pub(super) fn may_be_written(target: &Path, force: bool) -> Result<(), Failure> {
    let allowed = existing(force).may_be_written(target);
    allowed.map_err(|reason| Failure::BadInput(format!("error: {reason}")))
}
