//! The random streams of faults, by name. A fault is named by what a scenario says of it, not by
//! its place there: whether others exist cannot matter. What a pause leaves to chance is named by
//! the process and the instant instead, so that it cannot matter either who was paused with it.

use crate::scenario::plan::FaultPlan;
use std::collections::BTreeMap;

/// What the streams of each fault are called, and how often it has begun.
pub(in crate::world) struct FaultStreams {
    faults: Vec<(String, u32)>,
}

impl FaultStreams {
    /// Of the faults of a plan. Equal ones are told apart by their order.
    pub(super) fn new(faults: &[FaultPlan]) -> Self {
        let mut equals: BTreeMap<String, u32> = BTreeMap::new();
        let names = faults.iter().map(|fault| {
            let text = fault.to_toml();
            let earlier = equals.entry(text.clone()).or_default();
            *earlier += 1;
            (format!("fault {text} copy {earlier}"), 0)
        });
        Self {
            faults: names.collect(),
        }
    }

    /// The name for an occurrence of a fault, which begins.
    pub(super) fn begins(&mut self, fault: u32) -> String {
        let (name, begun) = &mut self.faults[fault as usize];
        *begun += 1;
        format!("{name} occurrence {begun}")
    }
}

#[cfg(test)]
mod tests {
    use super::FaultStreams;
    use crate::scenario;
    use crate::scenario::plan::FaultPlan;
    use std::path::Path;

    fn faults(rest: &str) -> Vec<FaultPlan> {
        let text = format!("title = \"T\"\nuntil = \"9s\"\n[cluster]\nworker = {{}}\n{rest}");
        let plan = scenario::parse("file.toml", text.as_bytes(), Path::new("."), &[]).unwrap();
        plan.faults
    }

    #[test]
    fn a_fault_keeps_its_streams_when_another_is_left_out() {
        let delay = |at: u32| {
            format!(
                "[[fault]]\nat = \"{at}s\"\ndelay = \"5ms\"\n\
                 between = [\"master-1\", \"worker-1\"]\n"
            )
        };
        let mut alone = FaultStreams::new(&faults(&delay(2)));
        let mut second = FaultStreams::new(&faults(&(delay(1) + &delay(2))));
        assert_eq!(second.begins(1), alone.begins(0));

        // Equal ones and occurrences of one draw on their own.
        let mut twice = FaultStreams::new(&faults(&(delay(2) + &delay(2))));
        let names = [0, 0, 1, 1].map(|fault| twice.begins(fault));
        for (place, name) in names.iter().enumerate() {
            assert!(!names[..place].contains(name), "{name}");
        }
    }
}
