//! Instruction counts of the five subjects that gate regressions: they do not depend on what
//! else the machine does. Preparing an input is not counted. Needs valgrind and gungraun-runner.

#![expect(
    missing_docs,
    unused_qualifications,
    reason = "the macros make public functions and constants, document none, and write paths out"
)]

use deploysim_benches::clusters::{Occupied, cluster, pass, rules, submit};
use deploysim_benches::placement;
use deploysim_benches::queue::{Program, STEPS, Step};
use deploysim_benches::schedule::Steady;
use deploysim_benches::wire::Messages;
use deploysim_nodes::master::scheduling::Scheduler;
use deploysim_scenarios::world::queue::agenda::Agenda;
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

const WORKERS: u32 = 10_000;

fn one_waits() -> Scheduler {
    placement::waiting(rules(), WORKERS, Occupied::Empty, Some(4))
}

fn a_thousand_wait() -> Scheduler {
    let mut scheduler = cluster(rules(), WORKERS, Occupied::Empty);
    submit(&mut scheduler, 1_000, 64);
    scheduler
}

fn steady() -> Steady {
    let mut steady = Steady::new(WORKERS, WORKERS);
    assert_eq!(steady.end_one().executors_launched, 1);
    steady
}

fn messages() -> (Messages, Vec<u8>) {
    let (_, messages) = Messages::of_each_kind();
    let mut frames = Vec::new();
    messages.write_all(&mut frames);
    (messages, frames)
}

#[library_benchmark]
#[bench::empty(one_waits())]
fn placement_decision(mut scheduler: Scheduler) -> Scheduler {
    black_box(pass(&mut scheduler, 0));
    scheduler
}

#[library_benchmark]
#[bench::empty(a_thousand_wait())]
fn schedule_pass(mut scheduler: Scheduler) -> Scheduler {
    black_box(pass(&mut scheduler, 0));
    scheduler
}

#[library_benchmark]
#[bench::full(steady())]
fn steady_state(mut steady: Steady) -> Steady {
    for _ in 0..100 {
        black_box(steady.end_one());
    }
    steady
}

#[library_benchmark]
#[bench::settled(Program::<Agenda<Step>>::settled(WORKERS))]
fn event_queue(mut program: Program<Agenda<Step>>) -> Program<Agenda<Step>> {
    black_box(program.take(STEPS));
    program
}

#[library_benchmark]
#[bench::each_kind(messages())]
fn wire((messages, mut frames): (Messages, Vec<u8>)) -> (Messages, Vec<u8>) {
    black_box(messages.write_all(&mut frames));
    black_box(messages.read_all());
    (messages, frames)
}

library_benchmark_group!(
    name = subjects,
    benchmarks = [
        placement_decision,
        schedule_pass,
        steady_state,
        event_queue,
        wire
    ]
);
main!(library_benchmark_groups = subjects);
