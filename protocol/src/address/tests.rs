//! Unit tests of addresses and references.

use super::{Address, Connection, Reference};
use std::num::NonZeroU64;

#[test]
fn an_address_is_read_with_and_without_the_scheme() {
    let address = Address::new("h1", 7077);
    assert_eq!("h1:7077".parse(), Ok(address));
    assert_eq!("spark://h1:7077".parse(), Ok(address));
    assert_eq!(address.to_string(), "h1:7077");
    assert_eq!(address.to_spark_url(), "spark://h1:7077");
}

#[test]
fn the_last_colon_parts_host_and_port() {
    assert_eq!("::1:7077".parse(), Ok(Address::new("::1", 7077)));
}

#[test]
fn what_is_no_address_is_named_in_the_error() {
    let wrong = [
        "",
        "h1",
        "h1:",
        ":7077",
        "h1:65536",
        "h1:-1",
        "h1:x",
        "h 1:1",
        "a/b:1",
        "user@h:1",
        "http://h1:8080",
    ];
    for text in wrong {
        let error = text.parse::<Address>().unwrap_err();
        assert_eq!(error.found, text);
        let sentence = format!("`{text}` is not an address: expected `host:port`");
        assert_eq!(error.to_string(), sentence);
    }
}

#[test]
fn hosts_are_compared_exactly() {
    assert_ne!(Address::new("h1", 1), Address::new("H1", 1));
}

#[test]
fn a_bound_reference_differs_from_an_unbound_one_of_the_same_address() {
    let address = Address::new("h1", 7077);
    let connection = Connection(NonZeroU64::MIN);
    let mut reference = Reference::unbound(address);
    assert_ne!(reference, Reference::bound(address, connection));
    reference.bind(connection);
    assert_eq!(reference, Reference::bound(address, connection));
    assert_eq!(reference.forget_connection(), Reference::unbound(address));
    assert_eq!(format!("{reference} {reference:?}"), "h1:7077 h1:7077@c1");
}
