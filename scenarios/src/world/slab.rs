//! A vector whose free places are used again. Each use of a place has a generation, so that a
//! step that names a former use is recognised.

use deploysim_nodes::growth;

/// Values at dense places.
#[derive(Debug)]
pub(in crate::world) struct Slab<T> {
    places: Vec<Place<T>>,
    free: Vec<u32>,
    /// Values that were put in since no place was taken.
    inserted: usize,
}

#[derive(Debug)]
struct Place<T> {
    generation: u32,
    value: Option<T>,
}

impl<T> Slab<T> {
    pub(in crate::world) const fn new() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
            inserted: 0,
        }
    }

    /// Puts a value somewhere; returns where, and the generation of this use.
    ///
    /// # Panics
    /// At 2³² values at once.
    pub(in crate::world) fn insert(&mut self, value: T) -> (u32, u32) {
        self.inserted += 1;
        if let Some(index) = self.free.pop() {
            let place = &mut self.places[index as usize];
            place.value = Some(value);
            return (index, place.generation);
        }
        let index = u32::try_from(self.places.len()).expect("fewer than 2^32 values at once");
        let place = Place {
            generation: 1,
            value: Some(value),
        };
        growth::push(&mut self.places, place);
        (index, 1)
    }

    /// The value of this use of a place, if it is still there.
    pub(in crate::world) fn at(&self, index: u32, generation: u32) -> Option<&T> {
        let place = self.places.get(index as usize)?;
        if place.generation == generation {
            place.value.as_ref()
        } else {
            None
        }
    }

    /// As [`Slab::at`], to change it.
    pub(in crate::world) fn at_mut(&mut self, index: u32, generation: u32) -> Option<&mut T> {
        let place = self.places.get_mut(index as usize)?;
        if place.generation == generation {
            place.value.as_mut()
        } else {
            None
        }
    }

    /// The value at a place, whatever its generation.
    pub(in crate::world) fn value(&self, index: u32) -> Option<&T> {
        self.places.get(index as usize)?.value.as_ref()
    }

    /// As [`Slab::value`], to change it.
    pub(in crate::world) fn value_mut(&mut self, index: u32) -> Option<&mut T> {
        self.places.get_mut(index as usize)?.value.as_mut()
    }

    /// Takes a value out, whatever its generation.
    pub(in crate::world) fn take(&mut self, index: u32) -> Option<T> {
        let place = self.places.get_mut(index as usize)?;
        let value = place.value.take()?;
        place.generation = place.generation.wrapping_add(1).max(1);
        self.free.push(index);
        if self.free.len() == self.places.len() {
            self.straighten();
        }
        Some(value)
    }

    /// Lets the places be used in their order again, when none is taken: a storm gives them back
    /// in any order, and the next one would find each of them somewhere else in memory. It pays
    /// only after as many values as there are places.
    fn straighten(&mut self) {
        if self.inserted >= self.places.len() {
            self.free.clear();
            self.free.extend((0_u32..).take(self.places.len()));
            self.free.reverse();
        }
        self.inserted = 0;
    }

    /// Every value, by place.
    pub(in crate::world) fn iter(&self) -> impl Iterator<Item = (u32, u32, &T)> {
        self.places.iter().enumerate().filter_map(|(index, place)| {
            let index = u32::try_from(index).ok()?;
            Some((index, place.generation, place.value.as_ref()?))
        })
    }
}
