//! Named resources of one worker: which addresses are free. Which process holds which address
//! is known to the books, not here.

use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;

/// All named resources of one worker. A worker offers few, so they are searched one by one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pools(Vec<Pool>);

/// The addresses of one named resource. Invariant: `free` counts the addresses that are not
/// taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pool {
    name: Text,
    free: i32,
    addresses: Vec<(Text, Taken)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Taken {
    Yes,
    No,
}

impl Pools {
    /// Everything that is offered, free.
    pub(super) fn new(offered: &Resources) -> Self {
        Self(offered.0.iter().map(Pool::new).collect())
    }

    /// How many addresses of a resource are free; 0 if it is not offered.
    /// Spark: `WorkerInfo.resourcesAmountFree`.
    pub(super) fn free(&self, name: Text) -> i32 {
        let pool = self.0.iter().find(|pool| pool.name == name);
        pool.map_or(0, |pool| pool.free)
    }

    /// Whether there are enough free addresses for each requirement.
    /// Spark: `ResourceUtils.resourcesMeetRequirements`.
    pub(super) fn meet(&self, requirements: &[ResourceRequirement]) -> bool {
        requirements
            .iter()
            .all(|requirement| self.free(requirement.name) >= requirement.amount)
    }

    /// Takes the first free addresses for each requirement, fewer if there are not enough.
    /// Spark: `WorkerInfo.acquireResources`.
    pub(super) fn acquire(&mut self, requirements: &[ResourceRequirement]) -> Resources {
        if requirements.is_empty() {
            return Resources::NONE;
        }
        let acquired = requirements.iter().map(|requirement| {
            let pool = self.0.iter_mut().find(|pool| pool.name == requirement.name);
            ResourceInformation {
                name: requirement.name,
                addresses: pool.map_or_else(Vec::new, |pool| pool.acquire(requirement.amount)),
            }
        });
        Resources(acquired.collect())
    }

    /// Whether all these addresses are offered and free.
    pub(super) fn are_free(&self, held: &Resources) -> bool {
        held.0.iter().all(|resource| {
            let pool = self.0.iter().find(|pool| pool.name == resource.name);
            resource.addresses.iter().all(|address| {
                pool.is_some_and(|pool| pool.addresses.contains(&(*address, Taken::No)))
            })
        })
    }

    /// Marks exactly these addresses as taken; those that are not free are passed over.
    pub(super) fn take(&mut self, held: &Resources) {
        self.turn(held, Taken::No, Taken::Yes);
    }

    /// Marks exactly these addresses as free; those that are not taken are passed over.
    pub(super) fn give_back(&mut self, held: &Resources) {
        self.turn(held, Taken::Yes, Taken::No);
    }

    /// All addresses, in the order in which they were offered.
    pub(super) fn offered(&self) -> Resources {
        Resources(self.0.iter().map(|pool| pool.list(None)).collect())
    }

    /// The taken addresses of each resource, in the order in which they were offered.
    pub(super) fn taken(&self) -> Resources {
        let pools = self.0.iter();
        Resources(pools.map(|pool| pool.list(Some(Taken::Yes))).collect())
    }

    fn turn(&mut self, held: &Resources, from: Taken, to: Taken) {
        for resource in &held.0 {
            if let Some(pool) = self.0.iter_mut().find(|pool| pool.name == resource.name) {
                for address in &resource.addresses {
                    pool.turn(*address, from, to);
                }
            }
        }
    }
}

impl Pool {
    fn new(offered: &ResourceInformation) -> Self {
        let addresses = offered.addresses.iter();
        let mut pool = Self {
            name: offered.name,
            free: 0,
            addresses: addresses.map(|address| (*address, Taken::No)).collect(),
        };
        pool.count();
        pool
    }

    fn acquire(&mut self, amount: i32) -> Vec<Text> {
        let wanted = usize::try_from(amount).unwrap_or(0);
        let mut acquired = Vec::with_capacity(wanted.min(self.addresses.len()));
        for (address, taken) in &mut self.addresses {
            if acquired.len() == wanted {
                break;
            }
            if *taken == Taken::No {
                *taken = Taken::Yes;
                acquired.push(*address);
            }
        }
        self.count();
        acquired
    }

    fn turn(&mut self, address: Text, from: Taken, to: Taken) {
        let found = self
            .addresses
            .iter_mut()
            .find(|one| **one == (address, from));
        if let Some(found) = found {
            found.1 = to;
        }
        self.count();
    }

    fn count(&mut self) {
        let free = self
            .addresses
            .iter()
            .filter(|(_, taken)| *taken == Taken::No);
        self.free = i32::try_from(free.count()).unwrap_or(i32::MAX);
    }

    fn list(&self, only: Option<Taken>) -> ResourceInformation {
        let listed = self
            .addresses
            .iter()
            .filter(|(_, taken)| only.is_none_or(|only| only == *taken));
        ResourceInformation {
            name: self.name,
            addresses: listed.map(|(address, _)| *address).collect(),
        }
    }
}
