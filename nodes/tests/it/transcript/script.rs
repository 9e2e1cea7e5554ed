//! The form of a transcript: comments, blocks of commands, and what each block prints. The
//! commands themselves are read in `words.rs` and carried out elsewhere.

use super::words::Command;
use std::path::Path;

/// What separates commands from what happens.
const RULE: &str = "----";

/// A whole transcript.
pub(super) struct Script {
    /// Its blocks, in order.
    pub(super) blocks: Vec<Block>,
    /// Comments after the last block.
    tail: Vec<String>,
}

/// Commands and what they print.
#[derive(Default)]
pub(super) struct Block {
    /// Comments and blank lines before the commands, and the commands, as written.
    head: Vec<String>,
    /// The commands, read.
    pub(super) commands: Vec<Command>,
    /// What happened, line by line.
    pub(super) output: Vec<String>,
}

impl Script {
    /// Reads the transcript at `path`. What it expects is dropped: playing it fills it in again.
    pub(super) fn read(path: &Path, source: &str) -> Self {
        let mut blocks = Vec::new();
        let mut block = Block::default();
        let mut lines = source.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            if line == RULE {
                assert!(
                    !block.commands.is_empty(),
                    "{}:{}: no command before the rule",
                    path.display(),
                    index + 1
                );
                for (_, line) in lines.by_ref() {
                    if line.is_empty() {
                        break;
                    }
                }
                blocks.push(std::mem::take(&mut block));
                continue;
            }
            if !line.is_empty() && !line.starts_with('#') {
                let place = format!("{}:{}", path.display(), index + 1);
                block.commands.push(Command::read(line, place));
            }
            block.head.push(line.to_owned());
        }
        assert!(
            block.commands.is_empty(),
            "{}: commands without a rule after them",
            path.display()
        );
        Self {
            blocks,
            tail: block.head,
        }
    }

    /// The transcript as text.
    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            let rule = [RULE.to_owned()];
            for line in block.head.iter().chain(&rule).chain(&block.output) {
                text.push_str(line);
                text.push('\n');
            }
            text.push('\n');
        }
        for line in &self.tail {
            text.push_str(line);
            text.push('\n');
        }
        format!("{}\n", text.trim_end())
    }
}
