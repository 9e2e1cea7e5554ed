//! Round trips of the small types, through bytes and through text, for drawn values. The seed
//! is fixed: a failure shows the same value on every run.

use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::test_runner::RngSeed;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn there_and_back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(value).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn texts_and_ids_survive_their_bytes(text in any::<String>(), number in any::<u32>()) {
        prop_assert_eq!(&*there_and_back(&Text::new(&text)).as_str(), text.as_str());
        let application = ApplicationId::new(&text);
        prop_assert_eq!(there_and_back(&application), application);
        let worker = WorkerId::new(&text);
        prop_assert_eq!(there_and_back(&worker), worker);
        let driver = DriverId::new(&text);
        prop_assert_eq!(there_and_back(&driver), driver);
        let executor = ExecutorId { application, number };
        prop_assert_eq!(there_and_back(&executor), executor);
        prop_assert_eq!(there_and_back(&ProfileId(number)), ProfileId(number));
    }

    #[test]
    fn addresses_survive_their_bytes(host in any::<String>(), port in any::<u16>()) {
        let address = Address::new(&host, port);
        prop_assert_eq!(there_and_back(&address), address);
        let reference = Reference::unbound(address);
        prop_assert_eq!(there_and_back(&reference), reference);
    }

    #[test]
    fn addresses_survive_being_written(host in "[^/@ ]{1,20}", port in any::<u16>()) {
        // A host that begins like a URL would lose its scheme; `/` is excluded above.
        let address = Address::new(&host, port);
        prop_assert_eq!(address.to_string().parse(), Ok(address));
        prop_assert_eq!(address.to_spark_url().parse(), Ok(address));
    }

    #[test]
    fn times_survive_their_bytes(nanos in any::<u64>(), millis in any::<i64>()) {
        let time = Time::from_nanos(nanos);
        prop_assert_eq!(there_and_back(&time), time);
        let wall = WallTime::from_millis(millis);
        prop_assert_eq!(there_and_back(&wall), wall);
    }

    #[test]
    fn the_order_of_texts_is_the_order_of_strings(one in any::<String>(), other in any::<String>()) {
        prop_assert_eq!(Text::new(&one).cmp(&Text::new(&other)), one.cmp(&other));
    }

    #[test]
    fn a_time_is_printed_without_loss(nanos in any::<u64>()) {
        let text = Time::from_nanos(nanos).to_string();
        let (seconds, rest) = text.strip_suffix('s').unwrap().split_once('.').unwrap();
        let whole: u128 = seconds.parse().unwrap();
        let padded: u128 = format!("{rest:0<9}").parse().unwrap();
        prop_assert_eq!(whole * 1_000_000_000 + padded, u128::from(nanos));
    }
}
