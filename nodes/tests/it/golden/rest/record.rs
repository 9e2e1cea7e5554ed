//! The recorded pairs: how they are read, what bytes a request had, and how an answer is compared
//! with what real Spark said.

use super::client::Received;
use crate::golden;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pair {
    /// The name of its file, which begins with its number.
    #[serde(skip)]
    pub(super) file: String,
    pub(super) name: String,
    #[expect(dead_code, reason = "for people; no other field may be unknown")]
    note: Option<String>,
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    port: String,
    path: String,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// The headers that were recorded where they were there, in small letters.
const HEADERS: [&str; 5] = [
    "allow",
    "cache-control",
    "content-length",
    "content-type",
    "location",
];

/// Every pair, in the order in which they were recorded.
pub(super) fn pairs() -> Vec<Pair> {
    let folder = golden::named_folder().unwrap_or_else(golden::own_folder);
    let folder = folder.join("rest");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut numbered = BTreeMap::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if !file.ends_with(".json") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let pair: Pair = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let number: u32 = file.split('-').next().unwrap().parse().unwrap();
        numbered.insert(number, Pair { file, ..pair });
    }
    numbered.into_values().collect()
}

impl Pair {
    pub(super) fn number(&self) -> u32 {
        self.file.split('-').next().unwrap().parse().unwrap()
    }

    /// The port of the recorded cluster; which worker's is in the name of the pair.
    pub(super) fn port(&self) -> u16 {
        match self.request.port.as_str() {
            "rest" => 6066,
            "master-ui" => 8080,
            "worker-ui" => {
                let worker = self.name.strip_prefix("worker").unwrap();
                8080 + worker[..1].parse::<u16>().unwrap()
            }
            other => panic!("{}: no such port: {other}", self.file),
        }
    }

    /// The request. A POST had a content type unless the name says otherwise.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let Request {
            method, path, body, ..
        } = &self.request;
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n",
            self.port()
        );
        let content_type = match self.name.as_str() {
            "create-no-content-type" => None,
            "create-form-content-type" => Some("application/x-www-form-urlencoded"),
            _ => Some("application/json;charset=UTF-8"),
        };
        if let (Some(body), Some(content_type)) = (body, content_type) {
            text += &format!("Content-Type: {content_type}\r\n");
            text += &format!("Content-Length: {}\r\n", body.len());
        } else if let Some(body) = body {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        text += "\r\n";
        text += body.as_deref().unwrap_or_default();
        text.into_bytes()
    }

    /// The recorded answer as JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.response.body).ok()
    }

    /// The exception of the driver whose status was recorded.
    pub(super) fn exception(&self) -> String {
        let answer = self.json().unwrap();
        let message = answer["message"].as_str().unwrap();
        let (_, exception) = message.split_once('\n').unwrap();
        exception.to_owned()
    }

    /// The recorded answer without what speaks of Java.
    pub(super) fn recorded(&self) -> Received {
        let Response {
            status,
            headers,
            body,
        } = &self.response;
        let body = without_java(body);
        let mut headers: BTreeMap<_, _> = headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.clone()))
            .collect();
        if body.len() != self.response.body.len() {
            headers.insert("content-length".to_owned(), body.len().to_string());
        }
        Received {
            status: *status,
            headers,
            body,
        }
    }

    /// What is other than recorded, if anything is.
    pub(super) fn difference(&self, answer: &Received) -> Option<String> {
        let recorded = self.recorded();
        if answer.status != recorded.status {
            return Some(format!("status {}, {}", answer.status, recorded.status));
        }
        // Of one pair the headers were not recorded.
        let compared = HEADERS.iter().filter(|_| !recorded.headers.is_empty());
        for name in compared {
            let (is, was) = (answer.headers.get(*name), recorded.headers.get(*name));
            if is != was {
                return Some(format!("{name} {is:?}, {was:?}\n{}", answer.body));
            }
        }
        (answer.body != recorded.body).then(|| {
            let lines = answer.body.lines().zip(recorded.body.lines());
            let first = lines.into_iter().find(|(is, was)| is != was);
            format!(
                "body\n  is  {:?}\n  was {:?}",
                first.map(|x| x.0),
                first.map(|x| x.1)
            )
        })
    }
}

/// An answer without the frames of Java's stack and the places in its sources, which are in the
/// message of an exception of the gateway or of the master. An exception that came from a worker
/// was the script's to say, and stays as it was.
fn without_java(body: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(body) else {
        return body.to_owned();
    };
    let message = fields.get("message").and_then(Value::as_str);
    let Some(message) = message.filter(|message| !message.contains("FileNotFound")) else {
        return body.to_owned();
    };
    let lines = message.split('\n');
    let is_java = |line: &&str| line.starts_with('\t') || line.starts_with(" at [Source: ");
    let kept: Vec<_> = lines.filter(|line| !is_java(line)).collect();
    let written = |text: &str| serde_json::to_string(text).unwrap();
    let (whole, short) = (written(message), written(&kept.join("\n")));
    assert!(body.contains(&whole), "a message is written as JSON");
    body.replacen(&whole, &short, 1)
}
