//! Random events of a Master, and random rules: what the property in `random.rs` feeds on.

use deploysim_nodes::master::scheduling::{ExecutorShape, Rules};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::resource::ResourceRequirement;
use deploysim_protocol::text::Text;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Something that happens to a Master. An [`Index`] chooses among what there is; an event that
/// finds nothing to happen to does nothing.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Register {
        slot: u32,
        id: u32,
        cores: i32,
        memory_mib: i32,
        gpus: i32,
        fpgas: i32,
    },
    Usable(Index, bool),
    Lose(Index),
    Forget(Index),
    Submit {
        slot: u32,
        cores_requested: i32,
        shape: Shape,
        target: i32,
    },
    Request {
        application: Index,
        profile: u32,
        shape: Shape,
        target: i32,
    },
    EndApplication(Index),
    Finish(Index),
    /// The same executor or driver is entered again: RD-16.
    ChargeAgain(Index),
    /// A driver is struck off that was struck off before.
    ReleaseAgain(Index),
    /// An executor is recovered whose profile is not known.
    Recover {
        application: Index,
        worker: Index,
        profile: u32,
        cores: i32,
        gpu: i32,
    },
    /// Something is charged that no process holds; it may be negative, or far too much.
    Charge {
        worker: Index,
        cores: i32,
        memory_mib: i32,
    },
    SubmitDriver(Shape),
    KillWaitingDriver(Index),
}

#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) cores: Option<i32>,
    pub(super) memory_mib: i32,
    pub(super) gpus: i32,
    pub(super) fpgas: i32,
}

impl Shape {
    pub(super) fn requirements(&self) -> Vec<ResourceRequirement> {
        let both = [("fpga", self.fpgas), ("gpu", self.gpus)].into_iter();
        let wanted = both.filter(|(_, amount)| *amount > 0);
        wanted
            .map(|(name, amount)| ResourceRequirement {
                name: Text::new(name),
                amount,
            })
            .collect()
    }

    pub(super) fn of_executor(&self) -> ExecutorShape {
        ExecutorShape {
            cores: self.cores,
            memory_mib: self.memory_mib,
            requirements: self.requirements(),
        }
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    let cores = prop_oneof![2 => Just(None), 3 => (1..=5).prop_map(Some)];
    (cores, 0..=1500, 0..=2, 0..=1).prop_map(|(cores, memory_mib, gpus, fpgas)| Shape {
        cores,
        memory_mib,
        gpus: gpus * (memory_mib & 1),
        fpgas: fpgas * (memory_mib >> 1 & 1),
    })
}

/// What a submitted driver wants; one in eight wants less than nothing of something.
fn driver() -> impl Strategy<Value = Shape> {
    let giving = (-2..=1, -900..=100).prop_map(|(cores, memory_mib)| Shape {
        cores: Some(cores),
        memory_mib,
        gpus: 0,
        fpgas: 0,
    });
    prop_oneof![7 => shape(), 1 => giving]
}

/// Any event, at a Master with at most so many workers.
pub(super) fn event(workers: u32) -> impl Strategy<Value = Event> {
    let target = || prop_oneof![2 => Just(i32::MAX), 3 => 0..=6_i32];
    let cores_requested = prop_oneof![2 => Just(i32::MAX), 3 => 0..=40_i32];
    let index = any::<Index>;
    let applications = 5.max(workers / 10);
    let memory = prop_oneof![-3000..=3000, Just(i32::MAX), Just(i32::MIN), any::<i32>()];
    prop_oneof![
        6 => (0..workers, 0..workers * 5 / 3, 0..=12, 0..=6000, 0..=3, 0..=2).prop_map(
            |(slot, id, cores, memory_mib, gpus, fpgas)| Event::Register {
                slot, id, cores, memory_mib, gpus, fpgas,
            },
        ),
        1 => (index(), any::<bool>()).prop_map(|(worker, usable)| Event::Usable(worker, usable)),
        1 => index().prop_map(Event::Lose),
        1 => index().prop_map(Event::Forget),
        3 => (0..applications, cores_requested, shape(), target()).prop_map(
            |(slot, cores_requested, shape, target)| Event::Submit {
                slot, cores_requested, shape, target,
            },
        ),
        2 => (index(), 0..4_u32, shape(), target()).prop_map(
            |(application, profile, shape, target)| Event::Request {
                application, profile, shape, target,
            },
        ),
        1 => index().prop_map(Event::EndApplication),
        8 => index().prop_map(Event::Finish),
        1 => index().prop_map(Event::ChargeAgain),
        1 => index().prop_map(Event::ReleaseAgain),
        1 => (index(), index(), 0..5_u32, 0..=9, 0..=3).prop_map(
            |(application, worker, profile, cores, gpu)| Event::Recover {
                application, worker, profile, cores, gpu,
            },
        ),
        1 => (index(), -3..=20, memory).prop_map(
            |(worker, cores, memory_mib)| Event::Charge { worker, cores, memory_mib },
        ),
        4 => driver().prop_map(Event::SubmitDriver),
        1 => index().prop_map(Event::KillWaitingDriver),
    ]
}

/// Any rules.
pub(super) fn rules() -> impl Strategy<Value = Rules> {
    let policy = select(vec![
        WorkerSelectionPolicy::CoresFreeAsc,
        WorkerSelectionPolicy::CoresFreeDesc,
        WorkerSelectionPolicy::MemoryFreeAsc,
        WorkerSelectionPolicy::MemoryFreeDesc,
        WorkerSelectionPolicy::WorkerId,
    ]);
    let drivers_max = prop_oneof![3 => Just(i32::MAX), 1 => 1..=4_i32];
    (any::<bool>(), any::<bool>(), policy, drivers_max).prop_map(
        |(applications, drivers, worker_selection_policy, drivers_max)| Rules {
            spread_out_applications: applications.into(),
            spread_out_drivers: drivers.into(),
            worker_selection_policy,
            drivers_max,
        },
    )
}
