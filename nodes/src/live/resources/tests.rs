//! Resources that are elsewhere.

use super::{Fetching, REDIRECTIONS_MAX, resolved};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread::{JoinHandle, spawn};

/// A server that gives these answers, one for each connection, and returns what it was asked for.
fn server(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let serving = spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(&stream).lines();
            let line = lines.next().unwrap().unwrap();
            asked.push(line.split(' ').nth(1).unwrap().to_owned());
            while !lines.next().unwrap().unwrap().is_empty() {}
            (&stream).write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    (at, serving)
}

fn led(status: &str, location: &str) -> String {
    format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

fn whole() -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nprog".to_owned()
}

fn fetch(url: &str) -> (Result<PathBuf, String>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let fetching = Fetching::default();
    let fetched = runtime
        .unwrap()
        .block_on(fetching.fetch(url, folder.path()));
    (fetched, folder)
}

#[test]
fn a_resource_is_fetched_from_where_it_is_and_keeps_its_name() {
    let answers = [
        ("301 Moved Permanently", "/b?c=1"),
        ("302 Found", "d"),
        ("303 See Other", "?e"),
        ("307 Temporary Redirect", "f/g#h"),
        ("308 Permanent Redirect", "/i"),
    ];
    let answers = answers.map(|(status, location)| led(status, location));
    let answers = answers.into_iter().chain([whole()]).collect();
    let (at, serving) = server(answers);
    let (fetched, folder) = fetch(&format!("http://{at}/a/app.jar"));
    let path = fetched.unwrap();
    assert_eq!(path, folder.path().join("app.jar"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "prog");
    let asked = serving.join().unwrap();
    assert_eq!(asked, ["/a/app.jar", "/b?c=1", "/d", "/d?e", "/f/g", "/i"]);
}

#[test]
fn what_leads_in_a_circle_ends() {
    let answers = vec![led("302 Found", "/again"); REDIRECTIONS_MAX + 1];
    let (at, serving) = server(answers);
    let (fetched, folder) = fetch(&format!("http://{at}/again"));
    let error = fetched.unwrap_err();
    assert!(
        error.ends_with("it is elsewhere more than 20 times"),
        "{error}"
    );
    assert_eq!(serving.join().unwrap().len(), REDIRECTIONS_MAX + 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn other_protocols_are_not_followed() {
    for (location, why) in [
        ("https://h/a", "it is at https://h/a: allowed is http:"),
        ("file:///etc/passwd", "allowed is http:"),
    ] {
        let (at, serving) = server(vec![led("302 Found", location)]);
        let (fetched, _folder) = fetch(&format!("http://{at}/a"));
        let error = fetched.unwrap_err();
        assert!(error.contains(why), "{error}");
        serving.join().unwrap();
    }
    let nowhere = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n".to_owned();
    let (at, serving) = server(vec![nowhere]);
    let (fetched, _folder) = fetch(&format!("http://{at}/a"));
    assert!(fetched.unwrap_err().ends_with("nothing says where"));
    serving.join().unwrap();
}

#[test]
fn locations_are_resolved_against_what_was_asked_for() {
    let asked = "http://h:1/a/b?c".parse().unwrap();
    for (location, expected) in [
        ("http://other/x", "http://other/x"),
        ("//other:2/x", "http://other:2/x"),
        ("/x", "http://h:1/x"),
        ("x", "http://h:1/a/x"),
        ("?x", "http://h:1/a/b?x"),
    ] {
        assert_eq!(resolved(&asked, location).unwrap().to_string(), expected);
    }
}
