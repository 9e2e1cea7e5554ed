//! A sweep as an array of jobs on a cluster: the text that a scheduler takes, in which each job
//! plays one shard, and the command that joins their tables. Nothing is submitted here.

use std::path::{Path, PathBuf};

/// Which scheduler the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduler {
    /// Slurm: a script for `sbatch`.
    Slurm,
    /// Kubernetes: an Indexed Job for `kubectl apply`.
    Kubernetes,
}

/// A sweep and how it is shared out.
#[derive(Clone, Debug)]
pub struct JobArray {
    /// The scenario file, as the jobs find it.
    pub scenario: PathBuf,
    /// The table of the whole sweep; those of the shards stand beside it.
    pub output: PathBuf,
    /// Jobs: one per shard.
    pub shards: u32,
    /// Further arguments of every `deploysim sweep`.
    pub arguments: Vec<String>,
    /// The image of the containers, which has `deploysim` on its path. Slurm has none.
    pub image: String,
    /// The claim of the volume with the scenario and the tables, where containers work. Slurm has
    /// none.
    pub claim: String,
}

impl JobArray {
    /// The text.
    pub fn text(&self, scheduler: Scheduler) -> String {
        match scheduler {
            Scheduler::Slurm => self.slurm(),
            Scheduler::Kubernetes => self.kubernetes(),
        }
    }

    fn slurm(&self) -> String {
        let shards = self.shards;
        format!(
            "#!/bin/sh\n\
             # Submit with sbatch. When all tasks are over, join their tables:\n\
             #   {merge}\n\
             #SBATCH --job-name=deploysim-sweep\n\
             #SBATCH --array=1-{shards}\n\
             #SBATCH --ntasks=1\n\
             #SBATCH --cpus-per-task=1\n\
             set -eu\n\
             {sweep}\n",
            merge = self.merge(),
            sweep = self.sweep("${SLURM_ARRAY_TASK_ID}", "${SLURM_CPUS_PER_TASK:-1}"),
        )
    }

    fn kubernetes(&self) -> String {
        let shards = self.shards;
        // Kubernetes counts from 0.
        let script = format!(
            "set -eu; shard=$((JOB_COMPLETION_INDEX + 1)); {}",
            self.sweep("${shard}", "1")
        );
        // A text of JSON is one of YAML.
        let text = |text: &str| serde_json::Value::from(text).to_string();
        format!(
            "# Submit with kubectl apply -f. When the job is complete, join the tables:\n\
             #   {merge}\n\
             apiVersion: batch/v1\n\
             kind: Job\n\
             metadata:\n  name: deploysim-sweep\n\
             spec:\n  completions: {shards}\n  parallelism: {shards}\n  \
             completionMode: Indexed\n  template:\n    spec:\n      \
             restartPolicy: OnFailure\n      containers:\n        - name: sweep\n          \
             image: {image}\n          workingDir: /sweep\n          \
             command: [\"sh\", \"-c\", {script}]\n          \
             resources:\n            requests:\n              cpu: \"1\"\n          \
             volumeMounts:\n            - name: sweep\n              mountPath: /sweep\n      \
             volumes:\n        - name: sweep\n          persistentVolumeClaim:\n            \
             claimName: {claim}\n",
            merge = self.merge(),
            image = text(&self.image),
            script = text(&script),
            claim = text(&self.claim),
        )
    }

    /// The command of one job, which may be started again: a table that is complete is left as it
    /// is, and a violated property is a result.
    fn sweep(&self, shard: &str, threads: &str) -> String {
        let table = self.table(&format!("\"{shard}\""));
        let arguments = self.arguments.iter().map(|one| format!(" {}", quoted(one)));
        format!(
            "[ -e {table} ] || deploysim sweep {scenario} -o {table} --shard \"{shard}/{shards}\" \
             --jobs \"{threads}\"{arguments} || [ $? -eq 1 ]",
            scenario = path(&self.scenario),
            shards = self.shards,
            arguments = arguments.collect::<String>(),
        )
    }

    fn merge(&self) -> String {
        let tables = (1..=self.shards).map(|shard| self.table(&shard.to_string()));
        format!(
            "deploysim sweep merge -o {} {}",
            path(&self.output),
            tables.collect::<Vec<String>>().join(" ")
        )
    }

    /// The table of a shard; what stands for its number is left to the shell.
    fn table(&self, shard: &str) -> String {
        let (stem, end) = (self.output.with_extension(""), self.output.extension());
        let end = end.map_or_else(String::new, |end| format!(".{}", end.display()));
        format!("{}-{shard}{}", path(&stem), quoted(&end))
    }
}

fn path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// A word that a POSIX shell takes as it is. Plain ones are left without quotes.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,@%+".contains(letter);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
