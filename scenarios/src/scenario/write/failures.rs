//! Machines that fail and are repaired as tables of a scenario file.

use super::text::{Lines, integer, latency, names, quoted, time};
use crate::scenario::plan::{Breakdown, Disk, FailureUnit, FailuresPlan};
use deploysim_protocol::time::Time;

pub(super) fn write(lines: &mut Lines, failures: &[FailuresPlan]) {
    for own in failures {
        lines.header("[[failures]]");
        lines.key("of", names(&own.of));
        lines.key("up", latency(&own.up));
        lines.key("down", latency(&own.down));
        match own.breakdown {
            Breakdown::PowerLoss => lines.key("how", quoted("power_loss")),
            Breakdown::Crash(disk) => {
                lines.key("how", quoted("crash"));
                lines.key("wipe", (disk == Disk::Wiped).to_string());
            }
        }
        if let Some(rack) = own.rack {
            lines.key("rack", integer(rack));
        }
        match own.unit {
            FailureUnit::Machine { together } => {
                if together > 0.0 {
                    lines.key("together", format!("{together:?}"));
                }
            }
            FailureUnit::Rack => lines.key("unit", quoted("rack")),
        }
        if own.from != Time::ZERO {
            lines.key("at", time(own.from));
        }
        if let Some(until) = own.until {
            lines.key("until", time(until));
        }
    }
}
