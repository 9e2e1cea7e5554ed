//! Scenario files, the worlds that play them, the trace of what happened, and the judges that
//! read it. Nodes are in `deploysim-nodes`; pages about runs are elsewhere.

pub mod agreement;
pub mod defect;
pub mod disk;
pub mod expectation;
pub mod failures;
pub mod import;
pub mod invariant;
pub mod jobs;
pub mod ledger;
pub mod measure;
pub mod nemesis;
pub mod network;
pub mod outcome;
pub mod output;
pub mod programs;
pub mod roles;
pub mod run;
pub mod scenario;
pub mod seeds;
pub mod series;
pub mod statistics;
pub mod stream;
pub mod sweep;
pub mod trace;
pub mod workload;
pub mod world;
