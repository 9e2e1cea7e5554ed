//! What all nodes of a cluster share: the configuration and the behaviour switches. They do not
//! change during a run.

use deploysim_protocol::behaviour::Behaviour;
use deploysim_protocol::conf::Conf;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// Configuration and behaviour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Spark's configuration keys.
    pub conf: Conf,
    /// How the nodes behave where Spark's generations differ.
    pub behaviour: Behaviour,
}

/// Settings behind one pointer. All nodes of a run share them, so they add nothing to a node's
/// hash, and two of them are equal when they are the same.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Settings>);

impl Shared {
    /// Shares `settings`.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }
}

impl Deref for Shared {
    type Target = Settings;
    fn deref(&self) -> &Settings {
        &self.0
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Shared {}

impl Hash for Shared {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
