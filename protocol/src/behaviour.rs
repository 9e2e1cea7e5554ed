//! Behaviour switches: what differed between Spark releases and can be chosen for a run.
//!
//! Node code asks the switch, never the version. A profile (`v1` is 1.3.1, `v2` 2.1.1, `v3` 3.5,
//! `v4` 4.3.0) is a set of switch values. The table of all switches, also of those that cannot
//! be selected yet, is in `behaviour/table.rs`.

mod table;

pub use table::{PROFILES, SWITCHES, Switch};

use std::fmt;

macro_rules! switches {
    ($($(#[$doc:meta])* $field:ident : $type:ident, $id:literal {
        $($(#[$value_doc:meta])* $variant:ident = $word:literal),* $(,)?
    } default $default:ident;)*) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n\nSwitch ", $id, ".")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum $type {
                $($(#[$value_doc])* $variant),*
            }

            impl $type {
                /// Every value with the word that a scenario uses.
                pub const WORDS: &'static [(&'static str, Self)] =
                    &[$(($word, Self::$variant)),*];

                /// The word that a scenario uses.
                pub const fn word(self) -> &'static str {
                    match self { $(Self::$variant => $word),* }
                }
            }
        )*

        /// One value for each switch that can be selected. The default is profile `v4`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct Behaviour {
            $($(#[$doc])* #[doc = concat!("\n\nSwitch ", $id, ".")] pub $field: $type),*
        }

        impl Default for Behaviour {
            fn default() -> Self {
                Self { $($field: $type::$default),* }
            }
        }

        impl Behaviour {
            /// The ids of the switches that can be selected, in order.
            pub const SELECTABLE: &'static [&'static str] = &[$($id),*];

            /// The words that the selectable switch `id` takes; none for any other.
            pub fn words(id: &str) -> Vec<&'static str> {
                match id {
                    $($id => $type::WORDS.iter().map(|(word, _)| *word).collect(),)*
                    _ => Vec::new(),
                }
            }

            /// The value of the selectable switch `id`; `None` for any other.
            pub fn word(&self, id: &str) -> Option<&'static str> {
                match id {
                    $($id => Some(self.$field.word()),)*
                    _ => None,
                }
            }

            fn assign(&mut self, id: &str, word: &str) -> Option<()> {
                match id {
                    $($id => {
                        self.$field = $type::WORDS.iter().find(|(known, _)| *known == word)?.1;
                    })*
                    _ => return None,
                }
                Some(())
            }
        }
    };
}

switches! {
    /// What a standby master does with a worker's registration.
    standby_registration: StandbyRegistration, "S-01" {
        /// It says nothing.
        Silent = "silent",
        /// It answers that it stands by.
        ReplyInStandby = "reply_in_standby",
    } default ReplyInStandby;
    /// How the master answers a registration under a worker id that it knows.
    duplicate_worker: DuplicateWorker, "S-02" {
        /// It refuses; a worker that is not registered then exits.
        Fail = "fail",
        /// It acknowledges and says that this is a duplicate.
        AckDuplicate = "ack_duplicate",
    } default AckDuplicate;
    /// Under which id a submitted driver is relaunched.
    relaunched_driver: RelaunchedDriver, "S-06" {
        /// The same record goes back to the queue in state RELAUNCHING.
        KeepId = "keep_id",
        /// A new record with a new id is queued; the old id ends as RELAUNCHING.
        NewId = "new_id",
    } default NewId;
    /// Whether the master schedules after an executor ended.
    schedule_after_executor: ScheduleAfterExecutor, "S-13" {
        /// Only if it ended abnormally and the application is below its retry limit.
        OnlyAbnormal = "only_abnormal",
        /// Whatever the exit code.
        Always = "always",
    } default Always;
    /// Where the limit of failed executors in a row comes from.
    executor_retry_limit: ExecutorRetryLimit, "S-15" {
        /// It is 10.
        Constant = "constant",
        /// From `spark.deploy.maxExecutorRetries`; negative: no limit.
        Key = "key",
    } default Key;
    /// How an application client times its registration attempts.
    application_retry_timer: ApplicationRetryTimer, "S-34" {
        /// One periodic timer that counts to the last attempt.
        Periodic = "periodic",
        /// Each attempt starts a further periodic timer, and none is cancelled.
        Nested = "nested",
        /// Each attempt starts a timer that fires once.
        OneShot = "one_shot",
    } default OneShot;
    /// How the master answers a heartbeat of a worker that it still remembers as DEAD.
    removed_worker_heartbeat: RemovedWorkerHeartbeat, "S-43" {
        /// Not at all (before 1.2.0).
        Ignore = "ignore",
        /// It asks the worker to register again.
        Reconnect = "reconnect",
    } default Reconnect;
    /// What a further RegisteredWorker does to the worker's heartbeat timer.
    heartbeat_timer: HeartbeatTimer, "S-56" {
        /// Each starts one more, and none is cancelled.
        PileUp = "pile_up",
        /// There is one, which goes on.
        OneTimer = "one_timer",
    } default OneTimer;
    /// What a worker does when an executor's directory exists already.
    executor_directory: ExecutorDirectory, "S-57" {
        /// The launch fails.
        FailLaunch = "fail_launch",
        /// The executor is launched in it.
        Reuse = "reuse",
    } default Reuse;
    /// What the file engine does with a record that it cannot read.
    unreadable_record: UnreadableRecord, "S-58" {
        /// It throws: the master does not recover.
        Throw = "throw",
        /// It renames the file to `corrupted_<name>` and goes on.
        RenameAndGoOn = "rename_and_go_on",
    } default RenameAndGoOn;
}

/// Why a profile or switch could not be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BehaviourError {
    /// No such profile.
    UnknownProfile {
        /// What was asked for.
        found: String,
    },
    /// No such switch.
    UnknownSwitch {
        /// What was asked for.
        found: String,
    },
    /// The switch is known, but the nodes behave in one way only.
    NotYetSelectable {
        /// The switch.
        switch: &'static Switch,
    },
    /// The switch has no such value.
    UnknownValue {
        /// The switch.
        switch: &'static Switch,
        /// What was asked for.
        found: String,
    },
}

impl fmt::Display for BehaviourError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProfile { found } => write!(
                formatter,
                "`{found}` is not a behaviour profile: allowed are {}",
                PROFILES.join(", ")
            ),
            Self::UnknownSwitch { found } => write!(
                formatter,
                "`{found}` is not a behaviour switch: switches are S-01 to S-58, selectable are {}",
                Behaviour::SELECTABLE.join(", ")
            ),
            Self::NotYetSelectable { switch } => write!(
                formatter,
                "switch {} ({}) cannot be selected yet; selectable are {}",
                switch.id,
                switch.name,
                Behaviour::SELECTABLE.join(", ")
            ),
            Self::UnknownValue { switch, found } => write!(
                formatter,
                "switch {} ({}) has no value `{found}`: allowed are {}",
                switch.id,
                switch.name,
                Behaviour::words(switch.id).join(", ")
            ),
        }
    }
}

impl std::error::Error for BehaviourError {}

impl Behaviour {
    /// The switch values of a profile: `v1`, `v2`, `v3` or `v4`.
    ///
    /// # Errors
    /// If there is no such profile.
    pub fn profile(name: &str) -> Result<Self, BehaviourError> {
        let position = PROFILES.iter().position(|profile| *profile == name);
        let column = position.ok_or_else(|| BehaviourError::UnknownProfile {
            found: name.to_owned(),
        })?;
        let mut behaviour = Self::default();
        for id in Self::SELECTABLE {
            let switch = Switch::find(id).expect("a selectable switch has a row");
            behaviour
                .assign(id, switch.values[column])
                .expect("the row of a selectable switch has values that it takes");
        }
        Ok(behaviour)
    }

    /// Sets one switch, for instance `set("S-06", "keep_id")`.
    ///
    /// # Errors
    /// If the switch is unknown or cannot be selected yet, or has no such value. Nothing is
    /// changed then.
    pub fn set(&mut self, id: &str, word: &str) -> Result<(), BehaviourError> {
        let switch = Switch::find(id).ok_or_else(|| BehaviourError::UnknownSwitch {
            found: id.to_owned(),
        })?;
        if !switch.is_selectable() {
            return Err(BehaviourError::NotYetSelectable { switch });
        }
        self.assign(id, word)
            .ok_or_else(|| BehaviourError::UnknownValue {
                switch,
                found: word.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests;
