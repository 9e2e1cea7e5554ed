//! The end of a worker's process: it first ends its children, one after the other, as its exit
//! hooks do, and then exits. Also the messages that it sends to itself, because some of them
//! have to be handled before.

use super::executors::Cause;
use super::{Worker, WorkerTimer};
use crate::node::Input;
use crate::process::{Exit, ProcessId};
use crate::turn::Turn;
use deploysim_protocol::event::WorkerEvent;
use deploysim_protocol::message::ToWorker;

/// The exit code of a process that ended on SIGTERM.
const TERMINATED: i32 = 143;

/// A process that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ending {
    code: i32,
    mailbox: Mailbox,
    /// The runner whose exit hook runs, by number; earlier ones are through.
    hook: Option<u32>,
    exited: bool,
}

/// Whether messages are still handled while the exit hooks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mailbox {
    /// A signal or another thread ends the process.
    Open,
    /// A handler ends the process, and does not return.
    Blocked,
}

impl Worker {
    /// SIGTERM: ends the children, reports how they ended, and exits. A driver ends as KILLED
    /// and an executor as EXITED (both measured). S-44: before 2.1 drivers had no exit hook.
    pub(super) fn stop_politely(&mut self, turn: &mut Turn<'_, Self>) {
        if self.ending.is_none() {
            turn.note(WorkerEvent::WorkerStopping);
            self.end(TERMINATED, Mailbox::Open, turn);
        }
    }

    /// Begins to end the process. Spark: `System.exit`, which runs the exit hooks.
    pub(super) fn end(&mut self, code: i32, mailbox: Mailbox, turn: &mut Turn<'_, Self>) {
        if self.ending.is_some() {
            return;
        }
        self.ending = Some(Box::new(Ending {
            code,
            mailbox,
            hook: None,
            exited: false,
        }));
        self.go_on_ending(turn);
    }

    /// Runs the exit hooks as far as they come, and exits after the last.
    /// Hooks of one priority run one after the other; the order, which Java leaves open, is that
    /// of starting.
    pub(super) fn go_on_ending(&mut self, turn: &mut Turn<'_, Self>) {
        while let Some(ending) = self.ending.as_deref()
            && !ending.exited
            && !ending.hook.is_some_and(|hook| self.waits_for(hook))
        {
            let next = ending.hook.map_or(0, |hook| hook + 1);
            if let Some(hook) = self.runner_from(next) {
                if let Some(ending) = self.ending.as_deref_mut() {
                    ending.hook = Some(hook);
                }
                self.kill_executor(hook, Cause::WorkerEnds, turn);
                self.kill_driver(hook, turn);
            } else {
                self.exit_unless_busy(turn);
                return;
            }
        }
    }

    /// Whether an input finds nobody who would handle it, because the process ends.
    pub(super) fn is_deaf_to(&self, input: &Input<Self>) -> bool {
        let Some(ending) = self.ending.as_deref() else {
            return false;
        };
        if ending.exited {
            return true;
        }
        match (ending.mailbox, input) {
            (Mailbox::Open, _) | (_, Input::ProcessStarted { .. } | Input::ProcessEnded { .. }) => {
                false
            }
            (Mailbox::Blocked, Input::Fired { timer, .. }) => match timer {
                WorkerTimer::RestartDriver(_)
                | WorkerTimer::DriverTermination(_)
                | WorkerTimer::ExecutorTermination(_) => false,
                WorkerTimer::SendHeartbeat(_)
                | WorkerTimer::ReregisterWithMaster
                | WorkerTimer::WorkDirCleanup(_)
                | WorkerTimer::RetryReport => true,
            },
            (
                Mailbox::Blocked,
                Input::Started
                | Input::Received { .. }
                | Input::Asked { .. }
                | Input::Answered { .. }
                | Input::Resolved { .. }
                | Input::Disconnected { .. }
                | Input::ConnectionError { .. }
                | Input::Elected
                | Input::Revoked
                | Input::Operator(_),
            ) => true,
        }
    }

    /// Hands the end of a process to the runner that waits for it; none does if it was given up.
    pub(super) fn handle_process_ended(
        &mut self,
        process: ProcessId,
        exit: Exit,
        turn: &mut Turn<'_, Self>,
    ) {
        if !self.executor_ended(process, exit, turn) {
            self.driver_ended(process, exit, turn);
        }
    }

    /// Puts a message of a runner's into this worker's own mailbox.
    pub(super) fn send_itself(&mut self, message: ToWorker, turn: &mut Turn<'_, Self>) {
        self.books_mut().unhandled += 1;
        turn.send_self(message);
    }

    /// A message of a runner's has come out of the mailbox.
    pub(super) fn note_own_message_handled(&mut self) {
        let unhandled = &mut self.books_mut().unhandled;
        *unhandled = unhandled.saturating_sub(1);
    }

    /// Exits, unless the mailbox is open and holds last words of runners.
    fn exit_unless_busy(&mut self, turn: &mut Turn<'_, Self>) {
        let unhandled = self.books.as_ref().map_or(0, |books| books.unhandled);
        if let Some(ending) = self.ending.as_deref_mut()
            && (ending.mailbox == Mailbox::Blocked || unhandled == 0)
        {
            ending.exited = true;
            turn.exit(ending.code);
        }
    }

    /// Whether a runner's exit hook is not through.
    fn waits_for(&self, number: u32) -> bool {
        let Some(books) = self.books.as_deref() else {
            return false;
        };
        let mut executors = books.executor_runners.iter();
        executors.any(|runner| runner.number == number) || self.waits_for_driver(number)
    }

    /// The first runner with this number or a later one.
    fn runner_from(&self, number: u32) -> Option<u32> {
        let books = self.books.as_deref()?;
        let executors = books.executor_runners.iter().map(|runner| runner.number);
        let drivers = books.driver_runners.iter().map(|runner| runner.number);
        executors
            .chain(drivers)
            .filter(|runner| *runner >= number)
            .min()
    }
}
