//! What is allowed in a scenario but hardly meant: said to whoever checks or plays it.

use crate::terminal::complain;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::scenario::remarks::remarks;
use std::path::Path;

/// Says what is doubtful about the scenario in this file.
pub(super) fn warn(path: &Path, plan: &Plan) {
    for remark in remarks(plan) {
        complain(&format!("warning: {}: {remark}", path.display()));
    }
}
