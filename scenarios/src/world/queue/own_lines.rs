//! A process's own connections, or dials, by address. Most processes have one or two, which a
//! short list holds in less memory than a table; a master that recovers has thousands.

use super::life::Line;
use deploysim_protocol::address::Address;
use rustc_hash::FxHashMap;

/// So many are looked through one after the other.
const FEW: usize = 8;

/// Looked up, never walked through.
#[derive(Debug)]
pub(super) enum OwnLines {
    /// At most [`FEW`].
    Few(Vec<(Address, Line)>),
    /// As many as there are.
    Many(FxHashMap<Address, Line>),
}

impl OwnLines {
    /// None.
    pub(super) const fn new() -> Self {
        Self::Few(Vec::new())
    }

    /// The line to an address.
    pub(super) fn find(&self, to: Address) -> Option<Line> {
        match self {
            Self::Few(lines) => {
                let found = lines.iter().find(|(address, _)| *address == to);
                found.map(|(_, line)| *line)
            }
            Self::Many(lines) => lines.get(&to).copied(),
        }
    }

    /// Lets `line` be the one to an address, instead of whatever was.
    pub(super) fn insert(&mut self, to: Address, line: Line) {
        match self {
            Self::Few(lines) => {
                if let Some((_, known)) = lines.iter_mut().find(|(address, _)| *address == to) {
                    *known = line;
                } else if lines.len() < FEW {
                    lines.reserve_exact(1);
                    lines.push((to, line));
                } else {
                    let mut many: FxHashMap<_, _> = lines.drain(..).collect();
                    many.insert(to, line);
                    *self = Self::Many(many);
                }
            }
            Self::Many(lines) => {
                lines.insert(to, line);
            }
        }
    }

    /// Whether any may be dialled at present; of many it is not known.
    pub(super) fn may_be_dialling(&self) -> bool {
        match self {
            Self::Few(lines) => lines
                .iter()
                .any(|(_, line)| matches!(line, Line::Dialling(_))),
            Self::Many(_) => true,
        }
    }

    /// Lets there be none to an address.
    pub(super) fn remove(&mut self, to: Address) {
        match self {
            Self::Few(lines) => lines.retain(|(address, _)| *address != to),
            Self::Many(lines) => {
                lines.remove(&to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, OwnLines};
    use crate::world::queue::life::Line;
    use crate::world::queue::wire::{Side, WireEnd};
    use deploysim_protocol::address::Address;

    #[test]
    fn few_and_many_are_found_replaced_and_removed() {
        let address = |number: usize| Address::new(&format!("host-{number}"), 7077);
        let mut lines = OwnLines::new();
        for (number, dial) in (0_u32..).take(3 * FEW).enumerate() {
            assert_eq!(lines.find(address(number)), None);
            lines.insert(address(number), Line::Dialling(u32::MAX));
            lines.insert(address(number), Line::Dialling(dial));
            for (known, dial) in (0..=dial).enumerate() {
                assert_eq!(lines.find(address(known)), Some(Line::Dialling(dial)));
            }
        }
        for number in 0..3 * FEW {
            lines.remove(address(number));
            assert_eq!(lines.find(address(number)), None);
            let next = number + 1;
            assert_eq!(lines.find(address(next)).is_some(), next < 3 * FEW);
        }
    }

    #[test]
    fn a_dial_is_known_of() {
        let (one, other) = (Address::new("one", 7077), Address::new("other", 7077));
        let open = Line::Open(WireEnd {
            wire: 0,
            generation: 1,
            side: Side::Dialler,
        });
        let mut lines = OwnLines::new();
        assert!(!lines.may_be_dialling());
        lines.insert(one, open);
        assert!(!lines.may_be_dialling());
        lines.insert(other, Line::Dialling(7));
        assert!(lines.may_be_dialling());
        lines.insert(other, open);
        assert!(!lines.may_be_dialling());
    }
}
