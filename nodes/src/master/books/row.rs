//! [`Row`]: what is booked on one worker, by id. A worker holds few at a time, so they lie in its
//! record side by side: a pass that starts thousands of executors allocates nothing for them.

use smallvec::SmallVec;

/// How many have room in the record; more move out of it together.
const INSIDE: usize = 2;

/// Values by ascending key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Row<K, V>(SmallVec<[(K, V); INSIDE]>);

impl<K: Ord, V: Copy> Row<K, V> {
    /// Nothing.
    pub(in crate::master) const fn new() -> Self {
        Self(SmallVec::new_const())
    }

    /// Whether there is a value of this key.
    pub(in crate::master) fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Sets the value of a key, and returns the former one.
    pub(in crate::master) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes a key out, and returns its value.
    pub(in crate::master) fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.place(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The values by ascending key.
    pub(in crate::master) fn values(&self) -> impl Iterator<Item = V> {
        self.0.iter().map(|(_, value)| *value)
    }

    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }
}
