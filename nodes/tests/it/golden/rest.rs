//! What a live cluster of real Spark answered on HTTP, 105 requests: each goes through a loopback
//! socket to the gateway, onto a real Master and real Workers whose processes, clock and network
//! are the test's. What happened between two requests is in `rest/script.rs`.
//!
//! The clock shows what the real cluster's showed, so that ids and times need no mapping, and
//! answers are compared byte for byte. Only lines that speak of Java are left out of the recorded
//! answers: the frames of a stack, and where in a source an exception arose.

mod client;
mod cluster;
mod record;
mod script;

use cluster::{Cluster, Loopback, MASTER, Seat};
use deploysim_nodes::gateway::http::{self, Limits};
use deploysim_nodes::gateway::{MasterPages, RestServer, RestSettings, WorkerPages};
use deploysim_nodes::shell::Transport;
use deploysim_protocol::address::Address;
use deploysim_protocol::text;
use record::Pair;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

/// Where each port of the recorded cluster is on this machine.
type Ports = BTreeMap<u16, SocketAddr>;

/// Serves what the recorded cluster served.
async fn serve(cluster: &Rc<RefCell<Cluster>>) -> Ports {
    serve_within(cluster, Limits::default()).await
}

async fn serve_within(cluster: &Rc<RefCell<Cluster>>, limits: Limits) -> Ports {
    let mut ports = Ports::new();
    let settings = RestSettings {
        master: Address::new("127.0.0.1", MASTER),
        rest_port: 6066,
        environment: BTreeMap::new(),
    };
    for port in [6066, 8080, 8081, 8082, 8083] {
        let at = Address::new("127.0.0.1", 0);
        let listener: TcpListener = Loopback.bind(&at).await.unwrap();
        ports.insert(port, listener.local_addr().unwrap());
        let seat = |port| Seat {
            cluster: Rc::clone(cluster),
            node: Address::new("127.0.0.1", port),
        };
        match port {
            6066 => {
                let server = RestServer::new(settings.clone());
                spawn_local(http::serve::<Loopback>(
                    listener,
                    server,
                    seat(MASTER),
                    limits,
                ));
            }
            8080 => {
                let seat = seat(MASTER);
                spawn_local(http::serve::<Loopback>(
                    listener,
                    MasterPages::default(),
                    seat,
                    limits,
                ));
            }
            _ => {
                let seat = seat(port - 1000);
                spawn_local(http::serve::<Loopback>(listener, WorkerPages, seat, limits));
            }
        }
    }
    ports
}

/// Runs `body` as a live process would: one thread, a table of texts, sockets.
fn live(body: impl AsyncFnOnce()) {
    text::scope(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        LocalSet::new().block_on(&runtime, body());
    });
}

#[test]
fn golden_answers_of_the_rest_server_and_the_state_documents() {
    let pairs = record::pairs();
    assert_eq!(pairs.len(), 105);
    live(async || {
        let cluster = Rc::new(RefCell::new(Cluster::new(&pairs)));
        let ports = serve(&cluster).await;
        let mut wrong = Vec::new();
        for pair in &pairs {
            script::before(pair, &pairs, &mut cluster.borrow_mut());
            let answer = client::ask(ports[&pair.port()], &pair.bytes()).await;
            if let Some(difference) = pair.difference(&answer) {
                wrong.push(format!("{}: {difference}", pair.file));
            }
        }
        assert!(
            wrong.is_empty(),
            "{} of {} differ:\n{}",
            wrong.len(),
            pairs.len(),
            wrong.join("\n")
        );
    });
}

#[test]
fn one_connection_more_than_allowed_takes_the_place_of_an_idle_one() {
    let pairs = record::pairs();
    live(async || {
        let cluster = Rc::new(RefCell::new(Cluster::new(&pairs)));
        script::before(&pairs[0], &pairs, &mut cluster.borrow_mut());
        let limits = Limits {
            connections: 1,
            ..Limits::default()
        };
        let ports = serve_within(&cluster, limits).await;
        let request = b"HEAD /v1 HTTP/1.1\r\nHost: h\r\n\r\n";
        let mut first = TcpStream::connect(ports[&6066]).await.unwrap();
        for _ in 0..2 {
            first.write_all(request).await.unwrap();
            assert!(client::head(&mut first).await.starts_with("HTTP/1.1 400"));
        }
        let mut second = TcpStream::connect(ports[&6066]).await.unwrap();
        second.write_all(request).await.unwrap();
        assert!(client::head(&mut second).await.starts_with("HTTP/1.1 400"));
        assert_eq!(first.read(&mut [0]).await.unwrap(), 0);
    });
}

#[test]
fn pages_show_the_recorded_cluster() {
    let pairs = record::pairs();
    live(async || {
        let cluster = Rc::new(RefCell::new(Cluster::new(&pairs)));
        let ports = serve(&cluster).await;
        for pair in pairs.iter().filter(|pair| pair.number() <= 80) {
            script::before(pair, &pairs, &mut cluster.borrow_mut());
            client::ask(ports[&pair.port()], &pair.bytes()).await;
        }
        let request = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        let master = client::ask(ports[&8080], request).await;
        for shown in [
            "worker-20261121000433-127.0.0.1-7083",
            "app-20261121000520-0000",
            "driver-20261121000501-0019",
            "1 Running, 0 Completed",
            "2 Running (1 Waiting), 18 Completed",
            "12 Total, 5 Used",
        ] {
            assert!(master.body.contains(shown), "{shown}");
        }
        let worker = client::ask(ports[&8081], request).await;
        for shown in ["4 (3 Used)", "app-20261121000520-0000", "AppJob"] {
            assert!(worker.body.contains(shown), "{shown}");
        }
    });
}

#[test]
fn golden_comparison_finds_what_is_changed() {
    let pairs = record::pairs();
    let pair = |number: &str| -> &Pair {
        let mut pairs = pairs.iter();
        pairs.find(|pair| pair.file.starts_with(number)).unwrap()
    };
    for number in ["01-", "17-", "26-", "28-", "35-", "70-", "80-", "98-"] {
        let pair = pair(number);
        let same = pair.recorded();
        assert_eq!(pair.difference(&same), None, "{}", pair.file);
        let mut other = same.clone();
        other.status += 1;
        assert!(pair.difference(&other).is_some(), "{}", pair.file);
        let mut other = same.clone();
        other.headers.insert("location".to_owned(), "/".to_owned());
        assert!(pair.difference(&other).is_some(), "{}", pair.file);
        let mut other = same;
        other.body.push('.');
        assert!(pair.difference(&other).is_some(), "{}", pair.file);
    }
}
