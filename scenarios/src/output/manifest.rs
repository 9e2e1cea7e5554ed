//! `manifest.json`: what a run was made of, and whatever depends on the machine. The only file of
//! a run that may differ from one machine to another.

use serde::Serialize;

/// What a run was made of.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// The version of this form; it rises with every change that a reader could notice.
    pub version: u32,
    /// The version of the program.
    pub program: &'static str,
    /// The seed of the run.
    pub seed: u64,
    /// The world that played it.
    pub world: &'static str,
    /// The scenario file as it was named.
    pub scenario: String,
    /// BLAKE3 of the scenario with all defaults filled in, as it was written beside this file.
    pub scenario_digest: String,
    /// BLAKE3 of the program's file; `None` if it cannot be read any more.
    pub binary_digest: Option<String>,
    /// BLAKE3 of the lock file of the program's dependencies.
    pub lock_digest: String,
    /// The features that the program was built with.
    pub features: Vec<&'static str>,
    /// How the program was built: `debug` or `release`.
    pub profile: &'static str,
    /// The operating system and the processor's architecture.
    pub platform: String,
    /// The arguments of the command.
    pub arguments: Vec<String>,
}

/// BLAKE3 of some bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
