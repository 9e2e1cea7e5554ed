//! Identifiers of the protocol: workers, applications, executors, drivers, resource profiles.
//!
//! How they are made (patterns, counters, stamps) is the business of the Master and the Worker;
//! here they are only names that compare by text.

#[cfg(test)]
mod tests;

use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Text);

        impl $name {
            /// The identifier that is written `text`.
            pub fn new(text: &str) -> Self {
                Self(Text::new(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }
    };
}

text_id! {
    /// A worker process: `worker-<stamp>-<host>-<port>` by default. Made by the worker at its
    /// start and stable for the life of the process.
    WorkerId
}
text_id! {
    /// An application: `app-<stamp>-<nnnn>` by default. Made by a master.
    ApplicationId
}
text_id! {
    /// A submitted driver, also called submission id: `driver-<stamp>-<nnnn>` by default. Made
    /// by a master at submission and at every relaunch.
    DriverId
}

/// An executor of an application, written `<application>/<number>`. Spark: `fullId`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExecutorId {
    /// The application it belongs to.
    pub application: ApplicationId,
    /// Its number within the application, from 0.
    pub number: u32,
}

impl fmt::Display for ExecutorId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.application, self.number)
    }
}

impl fmt::Debug for ExecutorId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A session of a Master with the election service: never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// A candidacy for leadership, counted in order of candidacy: the lowest leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CandidacyId(pub u64);

/// A resource profile of an application: 0 is the default profile, others count up in order of
/// creation in the driver.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ProfileId(pub u32);

impl ProfileId {
    /// The profile that every application has.
    pub const DEFAULT: Self = Self(0);
}

impl fmt::Display for ProfileId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}
