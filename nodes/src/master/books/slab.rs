//! Dense tables: [`Slab`], whose places are used again, and [`Lookup`], which finds a place by a
//! key. What the records mean is not known here.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use std::hash::{Hash, Hasher};

/// Records at dense places. A place that was vacated is given to the next record, the one
/// vacated last first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Slab<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    /// No records.
    pub(in crate::master) const fn new() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Makes room for so many more records.
    pub(in crate::master) fn reserve(&mut self, count: usize) {
        let vacant = self.free.len();
        self.places.reserve(count.saturating_sub(vacant));
    }

    /// Gives a record a place.
    ///
    /// # Panics
    /// If there are 2³² records.
    pub(in crate::master) fn insert(&mut self, record: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self.places[place as usize] = Some(record);
            return place;
        }
        let place = u32::try_from(self.places.len()).expect("fewer than 2^32 records");
        self.places.push(Some(record));
        place
    }

    /// Vacates a place. Nothing happens if it is vacant.
    pub(in crate::master) fn remove(&mut self, place: u32) -> Option<T> {
        let record = self.places.get_mut(place as usize)?.take()?;
        self.free.push(place);
        Some(record)
    }

    /// The record at a place.
    pub(in crate::master) fn find(&self, place: u32) -> Option<&T> {
        self.places.get(place as usize)?.as_ref()
    }

    /// The record at a place.
    pub(in crate::master) fn find_mut(&mut self, place: u32) -> Option<&mut T> {
        self.places.get_mut(place as usize)?.as_mut()
    }
}

/// Finds a slot by a key. It is never iterated, and adds nothing to a node's hash, because its
/// order means nothing; two are equal if they find the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::master) struct Lookup<K: Eq + Hash, V: Eq>(HashMap<K, V, FxBuildHasher>);

impl<K: Eq + Hash, V: Eq + Copy> Lookup<K, V> {
    /// Finds nothing.
    pub(in crate::master) const fn new() -> Self {
        Self(HashMap::with_hasher(FxBuildHasher))
    }

    /// What is found under `key`.
    pub(in crate::master) fn find(&self, key: &K) -> Option<V> {
        self.0.get(key).copied()
    }

    /// Lets `value` be found under `key`, instead of whatever was.
    pub(in crate::master) fn insert(&mut self, key: K, value: V) {
        self.0.insert(key, value);
    }

    /// Lets nothing be found under `key`.
    pub(in crate::master) fn remove(&mut self, key: &K) {
        self.0.remove(key);
    }
}

impl<K: Eq + Hash, V: Eq> Hash for Lookup<K, V> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}
