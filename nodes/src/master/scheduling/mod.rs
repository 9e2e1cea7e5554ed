//! The scheduling core of a Master: which waiting driver starts on which worker, and which
//! application gets executors where. Exactly Spark's decisions, in Spark's order.
//!
//! It knows capacities, shapes, targets and the order of waiting; it knows nothing of messages,
//! nodes, states or turns. Whoever owns it keeps it in step with the books: each method below
//! names the change of the books that it stands for.
//!
//! Cores and memory are Spark's `Int`s: 32 bits, and sums wrap around where Spark's do.

mod applications;
mod candidates;
mod derived;
mod drivers;
mod labels;
mod launch_drivers;
mod launch_executors;
mod line;
mod order;
mod orders;
mod pass;
pub mod placement;
mod raised;
mod resources;
mod rules;
mod shapes;
mod visits;
mod workers;

#[cfg(test)]
mod tests;

pub use applications::ExecutorShape;
pub use drivers::{DriverShape, Waiting};
pub use pass::{Launch, PassCounts, Shuffle};
pub use rules::{Rules, SpreadOut};
pub use workers::{Capacity, Usable};

use applications::Applications;
use candidates::Candidates;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::resource::Resources;
use derived::Derived;
use drivers::Drivers;
use line::Merge;
use placement::Plan;
use shapes::Shapes;
use visits::Visits;
use workers::Workers;

/// What scheduling has to know of a Master's books, and the decision itself.
///
/// Invariants:
/// 1. A worker's used cores and memory are what was charged to it, by a pass or by
///    [`Scheduler::charge`], minus what was released.
/// 2. An application's granted cores and its executors per profile are what was granted, by a
///    pass or by [`Scheduler::grant`], minus what was revoked.
///
/// Slots are the places of the Master's books: dense, and used again after they were forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scheduler {
    rules: Rules,
    workers: Workers,
    applications: Applications,
    drivers: Drivers,
    shapes: Derived<Shapes>,
    scratch: Derived<Scratch>,
}

/// Room to work in, which serves all passes. It means nothing between two passes.
#[derive(Debug)]
struct Scratch {
    merge: Merge,
    visits: Visits,
    candidates: Candidates,
    plan: Plan,
    /// Addresses of each named resource for one executor.
    amounts: Vec<i32>,
}

impl Scratch {
    const EMPTY: Self = Self {
        merge: Merge::EMPTY,
        visits: Visits::NONE,
        candidates: Candidates::NONE,
        plan: Plan::EMPTY,
        amounts: Vec::new(),
    };
}

impl Clone for Scratch {
    fn clone(&self) -> Self {
        Self::EMPTY
    }
}

impl Scheduler {
    /// A scheduler that knows no worker, no application and no driver.
    pub const fn new(rules: Rules) -> Self {
        Self {
            rules,
            workers: Workers::new(rules.worker_selection_policy),
            applications: Applications::NONE,
            drivers: Drivers::NONE,
            shapes: Derived(Shapes::NONE),
            scratch: Derived(Scratch::EMPTY),
        }
    }

    /// The rules that it was made with.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// One pass: waiting drivers first, then executors for the waiting applications. Charges the
    /// workers, grants to the applications, takes launched drivers out of the queue, and appends
    /// to `launches` in the order in which Spark sends.
    ///
    /// `drivers_in_books` is the number of all drivers that the Master knows, waiting ones
    /// included. `shuffle` is asked only for a driver that fits somewhere, if drivers are spread out.
    /// Spark: `Master.schedule`.
    pub fn schedule(
        &mut self,
        drivers_in_books: i32,
        shuffle: &mut dyn Shuffle,
        launches: &mut Vec<Launch>,
    ) -> PassCounts {
        let mut counts = PassCounts::default();
        launch_drivers::launch_drivers(self, drivers_in_books, shuffle, launches, &mut counts);
        launch_executors::launch_executors(self, launches, &mut counts);
        counts
    }
}

/// Workers.
impl Scheduler {
    /// A worker entered the books: usable, and nothing of it is used. `cores` are whole cores.
    ///
    /// # Panics
    /// If the slot is taken.
    pub fn add_worker(
        &mut self,
        worker: WorkerSlot,
        id: WorkerId,
        cores: i32,
        memory_mib: i32,
        offered: &Resources,
    ) {
        let capacity = Capacity::new(cores, memory_mib);
        self.workers.add(worker, id, capacity, offered);
    }

    /// A worker became ALIVE, or left that state. Only workers that are ALIVE are usable.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn set_usable(&mut self, worker: WorkerSlot, usable: Usable) {
        self.workers.set_usable(worker, usable);
    }

    /// A worker left the books, with all that was charged to it. Nothing happens if it is not
    /// known.
    pub fn forget_worker(&mut self, worker: WorkerSlot) {
        self.workers.forget(worker);
    }

    /// Cores and memory of a worker.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn capacity(&self, worker: WorkerSlot) -> &Capacity {
        self.workers.capacity(worker)
    }

    /// All addresses of a worker's named resources, in the order in which they were offered.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn resources_offered(&self, worker: WorkerSlot) -> Resources {
        self.workers.pools(worker).offered()
    }

    /// The addresses of a worker that are taken. Each name that the worker offers is listed,
    /// also without an address.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn resources_used(&self, worker: WorkerSlot) -> Resources {
        self.workers.pools(worker).taken()
    }

    /// Whether all the addresses in `held` are offered by the worker and free; if not, Spark's
    /// `recoverResources` throws.
    ///
    /// # Panics
    /// If there is no such worker.
    pub fn are_free(&self, worker: WorkerSlot, held: &Resources) -> bool {
        self.workers.pools(worker).are_free(held)
    }

    /// An executor or driver was entered at a worker other than by a pass, that is, in a
    /// recovery: exactly the addresses in `held` become taken. More may be charged than the
    /// worker has, and the same executor twice (RD-16). Nothing happens if the worker is not
    /// known; an address that is not offered, or taken already, is passed over.
    /// Spark: `WorkerInfo.addExecutor`, `addDriver`, `recoverResources`.
    pub fn charge(&mut self, worker: WorkerSlot, cores: i32, memory_mib: i32, held: &Resources) {
        self.workers.charge(worker, cores, memory_mib, held);
    }

    /// An executor or driver was struck off a worker. What is used may become negative, since
    /// Spark subtracts a driver without looking whether it is there. Nothing happens if the
    /// worker is not known; an address that is not taken is passed over.
    /// Spark: `WorkerInfo.removeExecutor`, `removeDriver`.
    pub fn release(&mut self, worker: WorkerSlot, cores: i32, memory_mib: i32, held: &Resources) {
        self.workers.release(worker, cores, memory_mib, held);
    }
}

/// Applications. Methods that change an application do nothing if it is not known, because
/// Spark keeps speaking to the record of an application that has ended.
impl Scheduler {
    /// An application registered: it waits behind all others, with profile 0 of
    /// `default_shape` and `target` (`i32::MAX`: no limit), and has no executor.
    /// `cores_requested` is its maximum, or the Master's default.
    ///
    /// # Panics
    /// If the slot is taken.
    pub fn add_application(
        &mut self,
        application: ApplicationSlot,
        cores_requested: i32,
        default_shape: ExecutorShape,
        target: i32,
    ) {
        let shapes = &mut self.shapes.0;
        self.applications
            .add(application, cores_requested, default_shape, target, shapes);
    }

    /// An application ended: it does not wait any more and is forgotten.
    pub fn remove_application(&mut self, application: ApplicationSlot) {
        self.applications.remove(application, &mut self.shapes.0);
    }

    /// An application asked for executors of a profile that may be new. A new one gets target 0;
    /// a known one is left as it is. Spark: `createResourceDescForResourceProfile`.
    pub fn add_profile(
        &mut self,
        application: ApplicationSlot,
        profile: ProfileId,
        shape: ExecutorShape,
    ) {
        let shapes = &mut self.shapes.0;
        self.applications
            .add_profile(application, profile, shape, shapes);
    }

    /// An application stated how many executors of a profile it wants in total.
    pub fn set_target(&mut self, application: ApplicationSlot, profile: ProfileId, target: i32) {
        self.applications.set_target(application, profile, target);
    }

    /// How many executors of a profile an application wants in total; 0 for an unknown profile.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn target(&self, application: ApplicationSlot, profile: ProfileId) -> i32 {
        self.applications.target(application, profile)
    }

    /// The sum of the targets of all profiles, as Spark reports it. Spark:
    /// `ApplicationInfo.getExecutorLimit`.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn executor_limit(&self, application: ApplicationSlot) -> i32 {
        self.applications.executor_limit(application)
    }

    /// The profiles of an application whose shapes are known, by ascending id.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn profiles(
        &self,
        application: ApplicationSlot,
    ) -> impl Iterator<Item = (ProfileId, &ExecutorShape)> {
        self.applications.profiles(application)
    }

    /// How many executors of a profile are in the application's map.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn executors(&self, application: ApplicationSlot, profile: ProfileId) -> i32 {
        self.applications.executors(application, profile)
    }

    /// An executor entered the application's map other than by a pass. The profile may be one
    /// whose shape is not known (yet). Spark: `ApplicationInfo.addExecutor`.
    pub fn grant(&mut self, application: ApplicationSlot, profile: ProfileId, cores: i32) {
        self.applications.grant(application, profile, 1, cores);
    }

    /// An executor that is in the application's map already was entered again: its cores count
    /// twice, it is still one executor (RD-16). Spark: `ApplicationInfo.addExecutor`.
    pub fn grant_again(&mut self, application: ApplicationSlot, profile: ProfileId, cores: i32) {
        self.applications.grant(application, profile, 0, cores);
    }

    /// An executor left the application's map. Spark: `ApplicationInfo.removeExecutor`.
    pub fn revoke(&mut self, application: ApplicationSlot, profile: ProfileId, cores: i32) {
        self.applications.revoke(application, profile, cores);
    }

    /// Cores of the executors in the application's map.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn cores_granted(&self, application: ApplicationSlot) -> i32 {
        self.applications.cores_granted(application)
    }

    /// Cores that the application may still get; negative if it was granted more than it
    /// requested. Spark: `ApplicationInfo.coresLeft`.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn cores_left(&self, application: ApplicationSlot) -> i32 {
        self.applications.cores_left(application)
    }

    /// The applications in the order in which they are offered workers: that of registration.
    pub fn waiting_applications(&self) -> impl Iterator<Item = ApplicationSlot> {
        self.applications.waiting()
    }
}

/// Waiting drivers.
impl Scheduler {
    /// A driver was submitted or relaunched: it waits behind all others.
    ///
    /// # Panics
    /// If it waits already.
    pub fn queue_driver(&mut self, driver: DriverSlot, shape: DriverShape) {
        self.drivers.queue(driver, shape, &mut self.shapes.0);
    }

    /// A driver leaves the queue without being launched. The answer tells whether it waited.
    pub fn dequeue_driver(&mut self, driver: DriverSlot) -> Waiting {
        self.drivers.dequeue(driver, &mut self.shapes.0)
    }

    /// Whether a driver is in the queue.
    pub fn is_waiting(&self, driver: DriverSlot) -> bool {
        self.drivers.is_waiting(driver)
    }

    /// The queue, first come first.
    pub fn waiting_drivers(&self) -> impl Iterator<Item = DriverSlot> {
        self.drivers.waiting()
    }
}
