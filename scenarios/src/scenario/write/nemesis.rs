//! Random faults as tables of a scenario file.

use super::fault::{write_direction, write_trouble};
use super::text::{Lines, duration, latency, list, names, time};
use crate::scenario::plan::{Disk, FaultWord, RandomFault};
use deploysim_protocol::time::Time;

pub(super) fn write(lines: &mut Lines, nemesis: &[RandomFault]) {
    for random in nemesis {
        lines.header(&format!("[[nemesis.{}]]", random.word.kind()));
        if random.against.is_empty() {
            lines.key("of", names(&random.of));
        } else {
            let (first, second) = (list(&random.of), list(&random.against));
            lines.key("between", format!("[{first}, {second}]"));
        }
        lines.key("every", duration(random.every));
        lines.key("for", latency(&random.lasting));
        if random.from != Time::ZERO {
            lines.key("at", time(random.from));
        }
        if let Some(until) = random.until {
            lines.key("until", time(until));
        }
        write_own(lines, &random.word);
    }
}

fn write_own(lines: &mut Lines, word: &FaultWord) {
    match word {
        FaultWord::Partition { direction, .. } => write_direction(lines, *direction),
        FaultWord::Delay {
            direction, amount, ..
        } => {
            write_direction(lines, *direction);
            lines.key("by", latency(amount));
        }
        FaultWord::Crash { disk, .. } => {
            lines.key("wipe", (*disk == Disk::Wiped).to_string());
        }
        FaultWord::Disk { trouble, .. } => write_trouble(lines, *trouble),
        FaultWord::Pause { timers_first, .. } => {
            lines.key("timers_first", format!("{timers_first:?}"));
        }
        FaultWord::PowerLoss { .. }
        | FaultWord::Reset { .. }
        | FaultWord::Message { .. }
        | FaultWord::Exit { .. } => {}
    }
}
