//! A master and twenty workers that are killed again and again while drivers come and go: every
//! driver ends as its program says, or as the protocol says for a lost worker, and no process is
//! left over. Who is killed when is drawn from one seeded stream.

use super::cluster::{Master, Worker, pipe, script, tell, wait_for};
use crate::ground::Ground;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

const ROUNDS: u32 = 50;
const WORKERS: usize = 20;
const SEED: u64 = 20;

/// Short enough for a test; long enough for every worker that lives to answer a new master, on a
/// machine that is busy with other things.
const RECOVERY: &str = "spark.deploy.recoveryMode FILESYSTEM\nspark.deploy.recoveryTimeout 6\n";

/// A machine of its own, so that no port of the system's choice is ever the master's, which has
/// to be free when the master comes back.
const MASTER_HOST: &str = "127.0.0.2";

/// A program that ends with the code that it is told through its pipe.
const PROGRAM: &str = "read code < $1\nexit $code";

/// How a driver is to end, if it is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Exits(u8),
    IsKilled,
}

impl End {
    const fn state(self) -> &'static str {
        match self {
            Self::Exits(0) => "FINISHED",
            Self::Exits(_) => "FAILED",
            Self::IsKilled => "KILLED",
        }
    }
}

/// A driver that runs.
#[derive(Clone, Debug)]
struct Job {
    /// Its class, which it keeps when it is relaunched under another id.
    class: String,
    supervised: bool,
    end: End,
    /// The round in which it is told to end.
    last_round: u32,
    /// Where it runs; nothing until that was seen.
    place: Option<Place>,
}

/// Where a driver runs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    id: String,
    worker: usize,
    process: u32,
}

/// A driver as the master shows it.
#[derive(Clone, Debug)]
struct Shown {
    id: String,
    state: String,
    worker: String,
}

/// What is killed in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kill {
    Workers,
    Master,
    MasterThenWorkers,
}

struct Cluster<'a> {
    ground: &'a Ground,
    program: &'a Path,
    properties: String,
    master: Master,
    workers: Vec<Worker>,
    dice: ChaCha8Rng,
    jobs: Vec<Job>,
    made: u32,
    /// How many drivers have come to each end.
    ends: BTreeMap<&'static str, u32>,
}

#[test]
fn drivers_end_as_they_should_while_workers_and_master_are_killed() {
    let ground = Ground::new();
    let program = script(&ground, "program", PROGRAM);
    let mut cluster = Cluster::start(&ground, &program);
    for round in 0..ROUNDS {
        cluster.play(round);
    }
    cluster.end_jobs(u32::MAX);
    cluster.wait_for_processes();
    for worker in &mut cluster.workers {
        worker.process.signal("TERM");
        assert_eq!(worker.process.ended().code(), Some(0));
    }
    // Each end has been seen, or the rounds have shown less than they claim.
    for state in ["FINISHED", "FAILED", "KILLED", "ERROR", "RELAUNCHING"] {
        assert!(cluster.ends.contains_key(state), "{:?}", cluster.ends);
    }
}

impl<'a> Cluster<'a> {
    fn start(ground: &'a Ground, program: &'a Path) -> Self {
        let records = ground.path("records");
        let properties = format!(
            "{RECOVERY}spark.deploy.recoveryDirectory {}\n",
            records.display()
        );
        let place = ["--host", MASTER_HOST, "--port", "0"];
        let master = Master::start_at(ground, &properties, &place);
        let workers = (0..WORKERS).map(|one| Worker::start(ground, &name(one), &master.url));
        let workers = workers.collect();
        let count = u64::try_from(WORKERS).unwrap();
        master.wait_for_workers(count);
        Self {
            ground,
            program,
            properties,
            master,
            workers,
            dice: ChaCha8Rng::seed_from_u64(SEED),
            jobs: Vec::new(),
            made: 0,
            ends: BTreeMap::new(),
        }
    }

    fn play(&mut self, round: u32) {
        for _ in 0..2 {
            self.submit(round);
        }
        self.see_where_jobs_run(&[]);
        let kill = match self.dice.random_range(0..12) {
            0..8 => Kill::Workers,
            8..11 => Kill::Master,
            _ => Kill::MasterThenWorkers,
        };
        let victims = match kill {
            Kill::Workers | Kill::MasterThenWorkers => self.victims(),
            Kill::Master => Vec::new(),
        };
        let in_flight = match kill {
            Kill::Workers => None,
            Kill::Master | Kill::MasterThenWorkers => Some(self.submit_into_the_kill(round)),
        };
        for &victim in &victims {
            self.workers[victim].process.kill();
        }
        if in_flight.is_some() {
            self.start_master_again();
        }
        for &victim in &victims {
            let again = Worker::start(self.ground, &name(victim), &self.master.url);
            self.workers[victim] = again;
        }
        self.wait_until_whole();
        if let Some((job, is_acknowledged)) = in_flight
            && (is_acknowledged || !self.shown("activedrivers", &job.class).is_empty())
        {
            self.jobs.push(job);
        }
        self.see_what_became_of(&victims);
        self.end_jobs(round);
        self.wait_for_processes();
    }

    /// Draws a driver.
    fn job(&mut self, round: u32) -> Job {
        let supervised = self.dice.random_bool(0.5);
        let end = match self.dice.random_range(0..3) {
            0 => End::Exits(0),
            // A supervised program would be started again by its worker.
            1 => End::Exits(if supervised { 0 } else { 3 }),
            _ => End::IsKilled,
        };
        let last_round = round + self.dice.random_range(0..5);
        self.made += 1;
        let class = format!("job-{}-", self.made);
        pipe(self.ground, &class);
        Job {
            class,
            supervised,
            end,
            last_round,
            place: None,
        }
    }

    fn submit(&mut self, round: u32) {
        let job = self.job(round);
        let mut flags = vec!["--class", &job.class];
        flags.extend(job.supervised.then_some("--supervise"));
        let pipe = self.ground.path(&job.class);
        let about = [self.program.to_str().unwrap(), pipe.to_str().unwrap()];
        let ran = self.master.run("submit", &flags, &about);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        self.jobs.push(job);
    }

    /// Kills the master while it handles a submission. If the master has said that it has the
    /// driver, the driver is there for ever; if not, it may be.
    fn submit_into_the_kill(&mut self, round: u32) -> (Job, bool) {
        let mut job = self.job(round);
        job.supervised = true;
        job.end = End::Exits(0);
        let request = create(&job.class, self.program, &self.ground.path(&job.class));
        let server = self.master.rest.strip_prefix("spark://").unwrap();
        let mut stream = TcpStream::connect(server).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        self.master.process.kill();
        let mut answer = String::new();
        // An answer that stops in the middle is none.
        let _ = stream.read_to_string(&mut answer);
        (job, answer.contains("\"success\" : true"))
    }

    /// Starts the master where it was.
    fn start_master_again(&mut self) {
        let port = self.master.url.rsplit(':').next().unwrap().to_owned();
        let place = ["--host", MASTER_HOST, "--port", &port];
        let again = Master::start_at(self.ground, &self.properties, &place);
        assert_eq!(again.url, self.master.url, "the port was somebody else's");
        self.master = again;
    }

    /// One to three workers, of which the first runs a driver.
    fn victims(&mut self) -> Vec<usize> {
        let one = self.dice.random_range(0..self.jobs.len());
        let place = self.jobs[one].place.as_ref().unwrap();
        let mut victims = vec![place.worker];
        for _ in 0..self.dice.random_range(0..3) {
            victims.push(self.dice.random_range(0..WORKERS));
        }
        victims.sort_unstable();
        victims.dedup();
        victims
    }

    fn wait_until_whole(&self) {
        wait_for("the cluster is whole", || {
            let state = self.master.state()?;
            let alive = state["aliveworkers"].as_u64()? == u64::try_from(WORKERS).unwrap();
            (alive && state["status"] == "ALIVE").then_some(())
        });
    }

    /// The drivers of a class in one of the master's lists.
    fn shown(&self, list: &str, class: &str) -> Vec<Shown> {
        let state = self.master.state().unwrap();
        let drivers = state[list].as_array().unwrap().iter();
        let own = drivers.filter(|driver| driver["mainclass"] == class);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        own.map(|driver| Shown {
            id: text(&driver["id"]),
            state: text(&driver["state"]),
            worker: text(&driver["worker"]),
        })
        .collect()
    }

    /// The only active driver of a class, once it runs: its id, its worker and its process.
    fn place(&self, class: &str) -> Option<Place> {
        let active = self.shown("activedrivers", class);
        let [driver] = active.as_slice() else {
            return None;
        };
        let runs_on = |worker: &Worker| {
            let port = worker.url.rsplit(':').next().unwrap();
            driver.worker.ends_with(&format!("-{port}"))
        };
        let worker = self.workers.iter().position(runs_on)?;
        let processes = processes(&self.ground.path(""));
        let own = processes.iter().filter(|(_, line)| line.contains(class));
        let mut programs = own.filter(|(_, line)| !is_guardian(line));
        let (process, _) = programs.next()?;
        let is_running = driver.state == "RUNNING" && programs.next().is_none();
        is_running.then(|| Place {
            id: driver.id.clone(),
            worker,
            process: *process,
        })
    }

    /// Waits until every driver runs. Those whose worker was not hit run where they ran.
    fn see_where_jobs_run(&mut self, victims: &[usize]) {
        for index in 0..self.jobs.len() {
            let job = &self.jobs[index];
            let former = job.place.clone();
            let place = wait_for(&format!("{job:?} runs"), || {
                let place = self.place(&job.class)?;
                let is_hit = |former: &&Place| victims.contains(&former.worker);
                let former = former.as_ref().filter(is_hit);
                former
                    .is_none_or(|former| former.id != place.id)
                    .then_some(place)
            });
            if let Some(former) = former.filter(|former| !victims.contains(&former.worker)) {
                assert_eq!(place, former, "{job:?}");
            }
            self.jobs[index].place = Some(place);
        }
    }

    /// A supervised driver whose worker was killed runs again, under another id; one that is not
    /// supervised is given up.
    fn see_what_became_of(&mut self, victims: &[usize]) {
        let jobs = std::mem::take(&mut self.jobs);
        for job in jobs {
            let hit = job.place.as_ref();
            let Some(place) = hit.filter(|place| victims.contains(&place.worker)) else {
                self.jobs.push(job);
                continue;
            };
            let state = if job.supervised {
                "RELAUNCHING"
            } else {
                "ERROR"
            };
            self.wait_for_end(&job.class, &place.id, state);
            if job.supervised {
                self.jobs.push(job);
            }
        }
        self.see_where_jobs_run(victims);
    }

    /// Waits until the driver of this id is in this state, and will stay so.
    fn wait_for_end(&mut self, class: &str, id: &str, state: &'static str) {
        wait_for(&format!("{class} {id} is {state}"), || {
            let ended = self.shown("completeddrivers", class);
            let own = ended.iter().find(|driver| driver.id == id)?;
            assert_eq!(own.state, state, "{class}");
            Some(())
        });
        *self.ends.entry(state).or_default() += 1;
    }

    /// Ends the drivers whose last round this is.
    fn end_jobs(&mut self, round: u32) {
        let jobs = std::mem::take(&mut self.jobs);
        let (over, going): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| job.last_round <= round);
        self.jobs = going;
        let mut pipes = Vec::new();
        for job in &over {
            let id = job.place.as_ref().unwrap().id.as_str();
            match job.end {
                End::Exits(code) => {
                    pipes.push(tell(&self.ground.path(&job.class), &code.to_string()));
                }
                End::IsKilled => {
                    let ran = self.master.run("kill", &[], &[id]);
                    assert_eq!(ran.code, Some(0), "{ran:?}");
                }
            }
        }
        for job in &over {
            let id = job.place.as_ref().unwrap().id.as_str();
            self.wait_for_end(&job.class, id, job.end.state());
        }
    }

    /// Waits until there are the programs of the drivers that run, each with its guardian, and
    /// no others.
    fn wait_for_processes(&self) {
        let ground = self.ground.path("");
        let mut wanted: Vec<_> = self
            .jobs
            .iter()
            .map(|job| (job.class.as_str(), 2))
            .collect();
        wanted.sort_unstable();
        wait_for("the processes are those of the drivers", || {
            let processes = processes(&ground);
            let count = |class: &str| {
                let own = processes.iter().filter(|(_, line)| line.contains(class));
                own.count()
            };
            let found = wanted.iter().all(|(class, number)| count(class) == *number);
            (found && processes.len() == 2 * wanted.len()).then_some(())
        });
    }
}

fn name(worker: usize) -> String {
    format!("worker-{worker}")
}

fn is_guardian(line: &str) -> bool {
    line.split('\0').nth(1) == Some("child")
}

/// The processes whose directory is below `ground`, with their command lines.
fn processes(ground: &Path) -> Vec<(u32, String)> {
    let ground = fs::canonicalize(ground).unwrap();
    let entries = fs::read_dir("/proc").unwrap().map_while(Result::ok);
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter_map(|number: u32| {
            // A process may end while it is looked at.
            let directory = fs::read_link(format!("/proc/{number}/cwd")).ok()?;
            let line = fs::read_to_string(format!("/proc/{number}/cmdline")).ok()?;
            directory.starts_with(&ground).then_some((number, line))
        })
        .collect()
}

/// The request that submits a supervised driver of this class.
pub(super) fn create(class: &str, program: &Path, pipe: &Path) -> String {
    let body = serde_json::json!({
        "action": "CreateSubmissionRequest",
        "appArgs": [pipe],
        "appResource": format!("file:{}", program.display()),
        "clientSparkVersion": "4.3.0",
        "environmentVariables": {},
        "mainClass": class,
        "sparkProperties": {
            "spark.app.name": class,
            "spark.driver.memory": "64m",
            "spark.driver.supervise": "true",
        },
    });
    let body = body.to_string();
    format!(
        "POST /v1/submissions/create HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
