//! Subject: the event queue, beside the heap of the standard library and a 4-ary heap. An
//! iteration takes a thousand steps, and schedules what follows from each: the protocol's mix of
//! heartbeats, messages, and long timers of which some are armed again before they are due.

use crate::clusters::{Picks, sample};
use criterion::measurement::Measurement;
use criterion::{Criterion, Throughput};
use dary_heap::QuaternaryHeap;
use deploysim_nodes::master::scheduling::Shuffle;
use deploysim_protocol::time::Time;
use deploysim_scenarios::world::queue::agenda::{Agenda, Class};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Steps that one iteration takes.
pub const STEPS: u32 = 1_000;

/// The constant delay that recurs: Spark's heartbeat at its default time-out.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Of so many heartbeats, one arms the long timer of its node again.
const HEARTBEATS_PER_LONG_TIMER: u32 = 16;
/// Steps taken per timer before anything is measured, so that the long timers are as many as
/// they stay: some 200 simulated seconds.
const SETTLING_STEPS: u32 = 28;

/// Defines the benchmarks `queue/…`.
///
/// # Panics
/// If two queues give different orders.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let mut group = criterion.benchmark_group("queue");
    group.throughput(Throughput::Elements(u64::from(STEPS)));
    for timers in [1_000, 10_000, 100_000] {
        sample(&mut group, timers);
        let mut agenda = Program::<Agenda<Step>>::settled(timers);
        let mut binary = Program::<Binary>::settled(timers);
        let mut quaternary = Program::<Quaternary>::settled(timers);
        let taken = agenda.take(STEPS);
        assert_eq!(binary.take(STEPS), taken);
        assert_eq!(quaternary.take(STEPS), taken);
        group.bench_function(format!("agenda/timers={timers}"), |bencher| {
            bencher.iter(|| agenda.take(STEPS));
        });
        group.bench_function(format!("binary-heap/timers={timers}"), |bencher| {
            bencher.iter(|| binary.take(STEPS));
        });
        group.bench_function(format!("4-ary-heap/timers={timers}"), |bencher| {
            bencher.iter(|| quaternary.take(STEPS));
        });
    }
    group.finish();
}

/// What is due: as large as a step of the queue world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A node sends its heartbeat.
    Heartbeat {
        /// Which node.
        node: u32,
    },
    /// A message of a node arrives.
    Message {
        /// Whose.
        node: u32,
    },
    /// The long timer of a node, cancelled if it was armed again since.
    LongTimer {
        /// Which node.
        node: u32,
        /// Which arming.
        generation: u32,
    },
}

/// A queue in the total order (time, class, sequence).
pub trait Queue: Default {
    /// Schedules a step.
    fn push(&mut self, at: Time, class: Class, step: Step);
    /// Schedules a step a constant delay from now.
    fn push_after(&mut self, now: Time, delay: Duration, class: Class, step: Step);
    /// Takes the first.
    fn pop(&mut self) -> Option<(Time, Step)>;
}

impl Queue for Agenda<Step> {
    fn push(&mut self, at: Time, class: Class, step: Step) {
        Self::push(self, at, class, step);
    }

    fn push_after(&mut self, now: Time, delay: Duration, class: Class, step: Step) {
        Self::push_after(self, now, delay, class, step);
    }

    fn pop(&mut self) -> Option<(Time, Step)> {
        Self::pop(self).map(|entry| (entry.time(), entry.step()))
    }
}

/// An entry of a heap: as large as the agenda's, and compared by the same 128 bits.
#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    rank: u64,
    step: Step,
}

impl Entry {
    fn key(&self) -> u128 {
        (u128::from(self.at) << 64) | u128::from(self.rank)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// The two heaps differ in their type alone.
macro_rules! heap {
    ($(#[$documentation:meta])* $name:ident, $heap:ident) => {
        $(#[$documentation])*
        #[derive(Default)]
        pub struct $name {
            heap: $heap<Reverse<Entry>>,
            pushed: u64,
        }

        impl Queue for $name {
            fn push(&mut self, at: Time, class: Class, step: Step) {
                let rank = ((class as u64) << 61) | self.pushed;
                self.pushed += 1;
                let at = at.as_nanos();
                self.heap.push(Reverse(Entry { at, rank, step }));
            }

            fn push_after(&mut self, now: Time, delay: Duration, class: Class, step: Step) {
                self.push(now + delay, class, step);
            }

            fn pop(&mut self) -> Option<(Time, Step)> {
                let Reverse(entry) = self.heap.pop()?;
                Some((Time::from_nanos(entry.at), entry.step))
            }
        }
    };
}

heap! {
    /// The heap of the standard library.
    Binary, BinaryHeap
}
heap! {
    /// The heap of four children per node of the crate `dary_heap`.
    Quaternary, QuaternaryHeap
}

/// What runs: the queue, and what its steps refer to.
pub struct Program<Q> {
    queue: Q,
    /// The last arming of each node's long timer.
    generations: Vec<u32>,
    picks: Picks,
}

impl<Q: Queue> Program<Q> {
    /// A program of so many nodes, each with a heartbeat pending, that has run long enough for
    /// the number of pending steps to stay about the same: some four for three nodes.
    pub fn settled(nodes: u32) -> Self {
        let mut program = Self {
            queue: Q::default(),
            generations: vec![0; nodes as usize],
            picks: Picks(7),
        };
        for node in 0..nodes {
            let at = Time::ZERO + program.between(Duration::ZERO, HEARTBEAT);
            let step = Step::Heartbeat { node };
            program.queue.push(at, Class::Timer, step);
        }
        program.take(SETTLING_STEPS * nodes);
        program
    }

    /// Takes so many steps, and gives a digest of what was taken in which order.
    pub fn take(&mut self, steps: u32) -> u64 {
        let mut digest = 0u64;
        for _ in 0..steps {
            let Some((now, step)) = self.queue.pop() else {
                break;
            };
            let node = match step {
                Step::Heartbeat { node } => self.beat(now, node),
                Step::Message { node } => node,
                Step::LongTimer { node, generation } => {
                    if self.generations[node as usize] == generation {
                        node
                    } else {
                        u32::MAX
                    }
                }
            };
            digest = digest.rotate_left(5) ^ now.as_nanos() ^ u64::from(node);
        }
        digest
    }

    fn beat(&mut self, now: Time, node: u32) -> u32 {
        let next = Step::Heartbeat { node };
        self.queue.push_after(now, HEARTBEAT, Class::Timer, next);
        let delay = self.between(Duration::from_micros(500), Duration::from_micros(1_500));
        let message = Step::Message { node };
        self.queue.push(now + delay, Class::Message, message);
        if self.picks.pick(HEARTBEATS_PER_LONG_TIMER) == 0 {
            let generation = &mut self.generations[node as usize];
            *generation += 1;
            let generation = *generation;
            let delay = self.between(Duration::from_secs(60), Duration::from_secs(60));
            let step = Step::LongTimer { node, generation };
            self.queue.push(now + delay, Class::Timer, step);
        }
        node
    }

    /// From `shortest` on, at most `spread` longer, in steps of a 2³⁰th of that.
    fn between(&mut self, shortest: Duration, spread: Duration) -> Duration {
        let part = u64::from(self.picks.pick(1 << 30));
        let nanoseconds = u64::try_from(spread.as_nanos()).unwrap_or(u64::MAX);
        let spread = (u128::from(nanoseconds) * u128::from(part)) >> 30;
        shortest + Duration::from_nanos(u64::try_from(spread).unwrap_or(u64::MAX))
    }
}
