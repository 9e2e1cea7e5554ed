//! What every transport has to offer, in types and in behaviour. Another transport is held to it
//! by one more line in each of the two tests.

use super::yard::{Listener, Pipes, Yard};
use super::{check, master_address};
use crate::shell::Transport;
#[cfg(feature = "live")]
use crate::shell::{Key, Secured, Tcp};
use deploysim_protocol::address::Address;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};

/// Compiles only if the transport has these functions with these types.
macro_rules! offers {
    ($transport:ty, $listener:ty, $stream:ty) => {{
        async fn bind(transport: $transport, at: Address) -> io::Result<$listener> {
            transport.bind(&at).await
        }
        async fn accept(listener: $listener) -> io::Result<$stream> {
            <$transport as Transport>::accept(&listener).await
        }
        async fn connect(transport: $transport, to: Address) -> io::Result<$stream> {
            transport.connect(&to).await
        }
        fn carries_bytes_both_ways<S: AsyncRead + AsyncWrite + Unpin + 'static>() {}
        fn can_be_handed_to_a_task<T: Clone + 'static>() {}
        let _ = (bind, accept, connect);
        carries_bytes_both_ways::<$stream>();
        can_be_handed_to_a_task::<$transport>();
    }};
}

#[test]
fn every_transport_binds_accepts_and_connects() {
    offers!(Pipes, Listener, DuplexStream);
    #[cfg(feature = "live")]
    offers!(Tcp, tokio::net::TcpListener, tokio::net::TcpStream);
    #[cfg(feature = "live")]
    offers!(
        Secured<Pipes>,
        crate::shell::SecuredListener<Listener>,
        crate::shell::Secure<DuplexStream>
    );
}

/// What shells rely on: that both ends read and write as soon as they have a connection, because
/// each may wait for the other to prove itself. `at` is free, and `nobody` is an address at which nobody listens.
async fn behaves<T: Transport>(transport: &T, at: Address, nobody: Address) {
    let refused = transport.connect(&nobody).await;
    let refused = refused.err().expect("nobody listens there").kind();
    assert_ne!(refused, io::ErrorKind::TimedOut, "a refusal is no silence");

    let listener = transport.bind(&at).await.expect("the address is free");
    assert!(transport.bind(&at).await.is_err(), "the address is taken");

    let mut heard = [0; 4];
    let dialling = async {
        let mut dialled = transport.connect(&at).await.expect("somebody listens");
        dialled.write_all(b"ping").await.expect("a stream carries");
        dialled
    };
    let accepting = async {
        let mut accepted = T::accept(&listener).await.expect("somebody dials");
        accepted.read_exact(&mut heard).await.expect("bytes came");
        accepted
    };
    let (mut dialled, mut accepted) = tokio::join!(dialling, accepting);
    assert_eq!(&heard, b"ping");

    dialled.shutdown().await.expect("an end can be said");
    assert_eq!(accepted.read(&mut heard).await.expect("an end"), 0);
    accepted.write_all(b"pong").await.expect("this way is open");
    dialled.read_exact(&mut heard).await.expect("bytes came");
    assert_eq!(&heard, b"pong", "only the own direction was shut");

    drop(accepted);
    assert_eq!(dialled.read(&mut heard).await.expect("an end"), 0);

    drop(listener);
    assert!(transport.connect(&at).await.is_err(), "nobody listens");
    assert!(transport.bind(&at).await.is_ok(), "the address is free");
}

#[test]
fn every_transport_does_what_shells_rely_on() {
    check(async |yard: Rc<Yard>| {
        let nobody = Address::new("nobody", 1);
        behaves(&Pipes(yard), master_address(), nobody).await;
    });
}

#[cfg(feature = "live")]
#[test]
fn a_secured_transport_does_what_shells_rely_on_with_a_secret_and_without() {
    for key in [None, Some(Key::of_secret("of the tests"))] {
        check(async |yard: Rc<Yard>| {
            let nobody = Address::new("nobody", 1);
            let inner = Pipes(yard);
            behaves(&Secured { inner, key }, master_address(), nobody).await;
        });
    }
}

/// A port of this machine that was free a moment ago.
#[cfg(feature = "live")]
fn free_address() -> Address {
    let listener = std::net::TcpListener::bind("127.0.0.1:0");
    let own = listener.and_then(|listener| listener.local_addr());
    Address::new("127.0.0.1", own.expect("a free port").port())
}

#[cfg(feature = "live")]
#[test]
fn real_tcp_does_what_shells_rely_on() {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build();
    let runtime = runtime.expect("a runtime on one thread");
    let (at, nobody) = (free_address(), free_address());
    runtime.block_on(behaves(&Tcp, at, nobody));
    let key = Some(Key::of_secret("of the tests"));
    runtime.block_on(behaves(&Secured { inner: Tcp, key }, at, nobody));
}
