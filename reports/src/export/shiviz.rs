//! A log for ShiViz (<https://bestchai.bitbucket.io/shiviz/>), which draws a space-time diagram from
//! vector clocks. Each entry has two lines: what happened; then the host and its clock. [`PARSER`]
//! is the expression that reads them, ShiViz's own default.
//!
//! The clocks follow from the messages: a host counts its own entries, and takes over what the
//! sender knew with everything that it receives. Heartbeats are left out: they order nothing that
//! a reader looks for, and would be nearly all of the log.

use super::reader::{Fact, Line};
use super::scene::{Crossing, Host, Met, Scene};
use super::{Writer, fault_words, words};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The regular expression with which ShiViz reads the log.
pub const PARSER: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})";

/// The name of the host of faults and of what is about the whole run.
const RUN: &str = "run";

/// How many of its entries each host knows of, by host. The run's own come first.
type Clock = BTreeMap<usize, u64>;

/// Writes a log.
#[derive(Debug)]
pub(super) struct Shiviz<W> {
    out: W,
    faults: Vec<String>,
    clocks: BTreeMap<usize, Clock>,
    /// The clocks of messages that are on their way.
    travelling: BTreeMap<u64, Clock>,
}

impl<W: Write> Shiviz<W> {
    /// Begins.
    pub(super) fn begin(out: W, faults: Vec<String>) -> io::Result<Self> {
        Ok(Self {
            out,
            faults,
            clocks: BTreeMap::new(),
            travelling: BTreeMap::new(),
        })
    }

    /// Writes an entry of a place, which knows what `received` says from here on.
    fn write(
        &mut self,
        place: usize,
        event: &str,
        received: Option<Clock>,
        scene: &Scene,
    ) -> io::Result<Clock> {
        let clock = self.clocks.entry(place).or_default();
        for (other, count) in received.into_iter().flatten() {
            let known = clock.entry(other).or_default();
            *known = count.max(*known);
        }
        *clock.entry(place).or_default() += 1;
        let clock = clock.clone();
        let counts: Vec<String> = clock
            .iter()
            .map(|(place, count)| format!("\"{}\":{count}", name(*place, scene)))
            .collect();
        writeln!(
            self.out,
            "{event}\n{} {{{}}}",
            name(place, scene),
            counts.join(", ")
        )?;
        Ok(clock)
    }
}

impl<W: Write> Writer for Shiviz<W> {
    fn entry(&mut self, line: &Line, met: &Met, scene: &Scene) -> io::Result<()> {
        for number in &met.lost {
            self.travelling.remove(number);
        }
        if is_of_a_heartbeat(&line.fact) {
            return Ok(());
        }
        let at = line.at as f64 / 1e9;
        let words = if let Fact::FaultBegan { fault } = &line.fact {
            format!("{} begins", fault_words(*fault, &self.faults))
        } else if let Fact::FaultEnded { fault } = &line.fact {
            format!("{} ends", fault_words(*fault, &self.faults))
        } else {
            words(&line.fact)
        };
        let event = format!("{at:.9}s {words}");
        let place = met.host.map_or(0, place);
        match met.crossing {
            Some(Crossing::Left(number)) => {
                let clock = self.write(place, &event, None, scene)?;
                self.travelling.insert(number, clock);
            }
            Some(Crossing::Arrived(number)) => {
                let sent = number.and_then(|number| self.travelling.remove(&number));
                self.write(place, &event, sent, scene)?;
            }
            None => {
                self.write(place, &event, None, scene)?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

fn is_of_a_heartbeat(fact: &Fact) -> bool {
    if let Fact::Sent { kind, .. }
    | Fact::Received { kind, .. }
    | Fact::Tampered { kind, .. }
    | Fact::Note { kind, .. } = fact
    {
        ["Heartbeat", "HeartbeatSent", "WorkerHeard"].contains(&kind.as_str())
    } else {
        false
    }
}

/// The place of a host: the run's own is the first.
const fn place(host: Host) -> usize {
    host + 1
}

/// The name of a place, without white space: ShiViz reads up to that.
fn name(place: usize, scene: &Scene) -> String {
    match place.checked_sub(1) {
        Some(host) => scene
            .name(host)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join("_"),
        None => RUN.to_owned(),
    }
}
