//! The live cluster as its users meet it: masters, workers and drivers are real processes on
//! loopback, at ports of the system's choice. What a test waits for, it asks for until a deadline.

mod children;
mod cluster;
mod drivers;
mod played;
mod records;
mod refusals;
mod rounds;
mod secrets;
mod spark;
mod strangers;
mod variables;
