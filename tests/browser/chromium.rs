//! Chromium without a window, driven over the DevTools protocol through a pipe: messages are JSON,
//! each ended by a zero byte. What is asked of pages is in `page.rs`.

use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A browser with a profile of its own, which ends with this value.
pub(crate) struct Chromium {
    child: Child,
    pipe: RefCell<Pipe>,
    _profile: tempfile::TempDir,
}

struct Pipe {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: u64,
    events: VecDeque<Value>,
}

/// Flags that keep the browser from talking to anybody.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];

/// The browser's program: `CHROMIUM`, or the first of the usual names on the PATH.
pub(crate) fn program() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Some(PathBuf::from(path));
    }
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let paths = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    { paths }.find(|path| path.is_file())
}

impl Chromium {
    /// Starts a browser.
    pub(crate) fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The browser reads from descriptor 3 and writes to 4.
        let script = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let pipe = Pipe {
            to: child.stdin.take().unwrap(),
            from: BufReader::new(child.stdout.take().unwrap()),
            asked: 0,
            events: VecDeque::new(),
        };
        Self {
            child,
            pipe: RefCell::new(pipe),
            _profile: profile,
        }
    }

    /// Asks for something, of a page if a session is named, and waits for the answer.
    pub(crate) fn ask(&self, session: Option<&str>, method: &str, parameters: Value) -> Value {
        let mut pipe = self.pipe.borrow_mut();
        pipe.asked += 1;
        let id = pipe.asked;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        pipe.send(&message);
        loop {
            let answer = pipe.receive();
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            pipe.events.push_back(answer);
        }
    }

    /// Waits for an event of a page.
    pub(crate) fn wait_for(&self, session: &str, method: &str) -> Value {
        let mut pipe = self.pipe.borrow_mut();
        let is_wanted = |event: &Value| event["method"] == method && event["sessionId"] == session;
        let known = pipe.events.iter().position(is_wanted);
        if let Some(place) = known {
            return pipe.events.remove(place).unwrap();
        }
        loop {
            let event = pipe.receive();
            if is_wanted(&event) {
                return event;
            }
            pipe.events.push_back(event);
        }
    }

    /// All events of this kind of a page so far, taken out.
    pub(crate) fn events(&self, session: &str, method: &str) -> Vec<Value> {
        let mut pipe = self.pipe.borrow_mut();
        let events = std::mem::take(&mut pipe.events);
        let (wanted, kept) = events
            .into_iter()
            .partition(|event| event["method"] == method && event["sessionId"] == session);
        pipe.events = kept;
        Vec::from(wanted)
    }
}

impl Pipe {
    fn send(&mut self, message: &Value) {
        let mut bytes = serde_json::to_vec(message).unwrap();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        self.to.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&bytes).unwrap()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // A browser that has ended already needs no asking.
        let pipe = self.pipe.get_mut();
        let close = json!({"id": pipe.asked + 1, "method": "Browser.close"});
        let mut close = serde_json::to_vec(&close).unwrap();
        close.push(0);
        let _ = pipe.to.write_all(&close);
        // It ends when everything that it says is read.
        let _ = std::io::copy(&mut pipe.from, &mut std::io::sink());
        let _ = self.child.wait();
    }
}
