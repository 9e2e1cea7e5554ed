//! Whoever dials a live master and does not speak the protocol: refused, logged once with the
//! address, and nobody else notices.

use super::cluster::{Master, Worker};
use crate::ground::Ground;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// Sends bytes to a master, which refuses them and logs that with the address.
#[track_caller]
pub(super) fn refused(master: &mut Master, bytes: &[u8]) {
    let address = master.url.strip_prefix("spark://").unwrap();
    let mut stranger = TcpStream::connect(address).unwrap();
    let own = stranger.local_addr().unwrap().to_string();
    stranger.write_all(bytes).unwrap();
    stranger.shutdown(Shutdown::Write).unwrap();
    let line = master.process.logged(&["connection refused", &own]);
    assert!(line.contains("WARN"), "{line}");
    // Whatever is left to be read ends, by an end or by a reset.
    let _ = stranger.read_to_end(&mut Vec::new());
}

#[test]
fn strangers_are_refused_and_the_cluster_goes_on() {
    let ground = Ground::new();
    let mut master = Master::start(&ground, "");
    refused(&mut master, b"GET / HTTP/1.1\r\n\r\n");
    refused(&mut master, &[0xff; 64]);
    // A frame that stops in the middle, and one that never begins.
    refused(&mut master, &[0, 0, 0, 9, 1]);
    refused(&mut master, b"");
    let address = master.url.strip_prefix("spark://").unwrap();
    let silent: Vec<_> = (0..200)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let _worker = Worker::start(&ground, "one", &master.url);
    master.wait_for_workers(1);
    drop(silent);
}
