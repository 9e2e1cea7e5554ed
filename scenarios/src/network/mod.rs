//! The network model, pure: it says whether a byte crosses, when it arrives, when a connection
//! is made, refused or given up. It knows machines by number and nothing of nodes, messages or
//! the order of steps: a world holds those, asks here, and schedules what the answers say.
//!
//! A world sends one message like this; an `attempt_at` in the answer is a step to schedule, at
//! which it calls [`Flow::attempt`]:
//!
//! ```
//! use deploysim_protocol::time::Time;
//! use deploysim_scenarios::network::{
//!     Cause, Cuts, Direction, Flow, Latency, Link, Machine, Member, Place, Process, Sent,
//!     TCP_USER_TIMEOUT,
//! };
//! use deploysim_scenarios::stream::Seeds;
//! use std::{sync::Arc, time::Duration};
//!
//! let (worker, master) = (Machine(0), Machine(1));
//! let from = Place { machine: worker, process: Process(0) };
//! let to = Place { machine: master, process: Process(1) };
//! let latency = Arc::new(Latency::constant(Duration::from_millis(1))?);
//! let mut link = Link::new(latency, Seeds::new(7).small("worker-1 -> master-1"));
//! let mut flow = Flow::new(TCP_USER_TIMEOUT);
//! let mut cuts = Cuts::default();
//!
//! let now = Time::from_secs(30);
//! let sent = flow.send(now, cuts.path(from, to), || link.delay(now, || 100));
//! assert_eq!(sent, Sent::Arrives { at: Time::from_millis(30_001) });
//!
//! cuts.cut(Cause(0), &[Member::Machine(worker)], &[Member::Machine(master)], Direction::Both);
//! let sent = flow.send(now, cuts.path(from, to), || link.delay(now, || 100));
//! assert_eq!(sent, Sent::Held { attempt_at: Some(Time::from_millis(30_200)) });
//! # Ok::<(), deploysim_scenarios::network::LatencyError>(())
//! ```

mod cuts;
mod dial;
mod flow;
mod latency;
mod link;
mod path;

pub use cuts::{Cuts, Direction, Member};
pub use dial::{CONNECT_TIMEOUT, Dial, Dialled, Peer, RoundTrip};
pub use flow::{Attempted, Flow, RETRANSMISSION_TIMEOUT_MAX, Sent, TCP_USER_TIMEOUT};
pub use latency::{Latency, LatencyError, Shape};
pub use link::Link;
pub use path::{Cause, Machine, Path, Place, Process, Way};
