//! The command that plays a run again, as one pastes it into a shell.

use super::world::World;
use std::path::Path;

/// The command that plays the run again; with live processes that is another run.
pub(crate) fn replay(scenario: &Path, world: World, seed: u64, changes: &[String]) -> String {
    let other = match world {
        World::Queue => None,
        World::Turmoil | World::Live => Some(world.name()),
    };
    let mut command = format!(
        "deploysim run {} --seed {seed}",
        quoted(&scenario.display().to_string())
    );
    if let Some(world) = other {
        command += &format!(" --world {world}");
    }
    for change in changes {
        command += &format!(" --set {}", quoted(change));
    }
    command
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=:,+@".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{World, quoted, replay};
    use std::path::Path;

    #[test]
    fn plain_words_stand_as_they_are_and_others_are_quoted() {
        assert_eq!(quoted("a/b-1.toml"), "a/b-1.toml");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("$HOME"), "'$HOME'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn changes_are_repeated() {
        let changes = [
            "cluster.worker.count=5".to_owned(),
            "title=\"a b\"".to_owned(),
        ];
        assert_eq!(
            replay(Path::new("a b.toml"), World::Queue, 3, &changes),
            "deploysim run 'a b.toml' --seed 3 --set cluster.worker.count=5 --set 'title=\"a b\"'"
        );
        assert_eq!(
            replay(Path::new("a.toml"), World::Turmoil, 3, &[]),
            "deploysim run a.toml --seed 3 --world turmoil"
        );
        assert_eq!(
            replay(Path::new("a.toml"), World::Live, 4, &[]),
            "deploysim run a.toml --seed 4 --world live"
        );
    }
}
