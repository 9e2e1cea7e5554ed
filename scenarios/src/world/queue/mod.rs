//! The event-queue world: one queue of future steps, popped in order, with every node in one
//! process. The queue itself knows nothing of nodes; it is [`agenda`].

pub mod agenda;
