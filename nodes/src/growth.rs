//! How the long tables of a run grow: by an eighth. Doubling, as vectors do by themselves, leaves
//! up to half of a table unused, and a run of many workers is mostly such tables.

/// Makes room for one more at least.
fn make_room<T>(table: &mut Vec<T>) {
    if table.len() == table.capacity() {
        table.reserve_exact(table.len() / 8 + 4);
    }
}

/// Adds a row.
pub fn push<T>(table: &mut Vec<T>, row: T) {
    make_room(table);
    table.push(row);
}

/// Makes a table so long that it has a row of this number, with empty rows where there are none.
pub fn lengthen<T: Default>(table: &mut Vec<T>, row: usize) {
    if table.len() <= row {
        make_room(table);
        table.resize_with(row + 1, T::default);
    }
}

#[cfg(test)]
mod tests {
    use super::{lengthen, push};

    #[test]
    fn no_more_than_an_eighth_is_unused() {
        let mut table = Vec::new();
        for row in 0..10_000_u32 {
            push(&mut table, row);
            assert!(table.capacity() <= table.len() + table.len() / 8 + 4);
        }
        assert!(table.iter().copied().eq(0..10_000));
    }

    #[test]
    fn rows_that_were_passed_over_are_empty() {
        let mut table = vec![Some(1)];
        lengthen(&mut table, 2);
        lengthen(&mut table, 0);
        assert_eq!(table, [Some(1), None, None]);
    }
}
