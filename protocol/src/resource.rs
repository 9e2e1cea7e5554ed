//! Named resources such as `gpu`: what a process asks for, and what it was given.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A demand for some addresses of a named resource. Spark: `ResourceRequirement`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResourceRequirement {
    /// Name of the resource, for instance `gpu`.
    pub name: Text,
    /// How many addresses.
    pub amount: i32,
}

/// The addresses of one named resource. Spark: `ResourceInformation`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResourceInformation {
    /// Name of the resource.
    pub name: Text,
    /// Its addresses, for instance `0`, `1`; in the order in which they were given.
    pub addresses: Vec<Text>,
}

/// Named resources of a machine or of one process, each name once, by name ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Resources(pub Vec<ResourceInformation>);

impl Resources {
    /// No named resources.
    pub const NONE: Self = Self(Vec::new());

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The addresses of the resource called `name`; empty if there is none.
    pub fn addresses(&self, name: Text) -> &[Text] {
        self.0
            .iter()
            .find(|resource| resource.name == name)
            .map_or(&[], |resource| &resource.addresses)
    }
}
