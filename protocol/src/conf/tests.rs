//! Defaults, forms and ranges of configuration values.

use super::{
    Conf, ConfError, ConfValue, PatternKey, WorkerSelectionPolicy, parse_duration,
    parse_memory_mib, show_duration,
};
use std::time::Duration;

fn text(value: &str) -> ConfValue {
    ConfValue::Text(value.to_owned())
}

fn check_time(value: &ConfValue, expected: Duration) {
    let mut conf = Conf::default();
    conf.set("spark.worker.timeout", value).unwrap();
    assert_eq!(conf.worker_timeout, expected);
}

#[test]
fn times_take_sparks_form_and_ours() {
    check_time(&ConfValue::Integer(90), Duration::from_secs(90));
    check_time(&text("90"), Duration::from_secs(90));
    check_time(&text("1500ms"), Duration::from_millis(1500));
    check_time(&text("2min"), Duration::from_secs(120));
    check_time(&text("2m"), Duration::from_secs(120));
    check_time(&text("1h"), Duration::from_secs(3600));
}

#[test]
fn refused_values_name_key_found_and_allowed() {
    for (key, value) in [
        ("spark.worker.timeout", text("sixty")),
        ("spark.worker.timeout", ConfValue::Integer(-1)),
        ("spark.worker.timeout", ConfValue::Integer(0)),
        ("spark.deploy.recoveryTimeout", ConfValue::Integer(0)),
        ("spark.deploy.defaultCores", ConfValue::Integer(0)),
        ("spark.deploy.maxDrivers", ConfValue::Integer(0)),
        ("spark.deploy.appNumberModulo", ConfValue::Integer(999)),
        ("spark.deploy.appIdPattern", text("app %s")),
        ("spark.deploy.spreadOutApps", ConfValue::Integer(1)),
        ("spark.deploy.workerSelectionPolicy", text("RANDOM")),
        ("spark.executor.memory", text("1k")),
        ("spark.executor.resource.gpu.amount", ConfValue::Integer(0)),
    ] {
        let mut conf = Conf::default();
        let Err(ConfError::Value {
            key: named,
            found,
            allowed,
        }) = conf.set(key, &value)
        else {
            panic!("{key} = {value} was taken");
        };
        assert_eq!((named.as_str(), &found), (key, &value));
        assert!(!allowed.is_empty());
        assert_eq!(conf, Conf::default());
    }
}

#[test]
fn an_unknown_key_is_told_apart_from_a_wrong_value() {
    let unknown = Conf::default().set("spark.worker.timeouts", &ConfValue::Integer(1));
    let key = "spark.worker.timeouts".to_owned();
    assert_eq!(unknown, Err(ConfError::UnknownKey { key }));
}

#[test]
fn words_memory_resources_and_old_names() {
    let mut conf = Conf::default();
    conf.set("spark.deploy.workerSelectionPolicy", &text("worker_id"))
        .unwrap();
    conf.set("spark.executor.memory", &text("2g")).unwrap();
    conf.set("spark.worker.resource.gpu.amount", &text("2"))
        .unwrap();
    conf.set("spark.deploy.spreadOut", &text("False")).unwrap();
    assert_eq!(
        conf.worker_selection_policy,
        WorkerSelectionPolicy::WorkerId
    );
    assert_eq!(conf.executor_memory_mib, 2048);
    assert_eq!(conf.worker_resources.get("gpu"), Some(&2));
    assert!(!conf.spread_out_applications);
    assert_eq!(PatternKey::of("spark.worker.resource..amount"), None);
}

#[test]
fn derived_times_follow_their_keys() {
    let mut conf = Conf::default();
    assert_eq!(conf.heartbeat_interval(), Duration::from_secs(15));
    assert_eq!(conf.ask_timeout(), Duration::from_secs(120));
    conf.set("spark.worker.timeout", &ConfValue::Integer(7))
        .unwrap();
    assert_eq!(conf.heartbeat_interval(), Duration::from_millis(1750));
    assert_eq!(conf.recovery_timeout(), Duration::from_secs(7));
}

#[test]
fn every_shown_value_is_read_back() {
    for key in Conf::keys() {
        let Some(value) = key.value(&Conf::default()) else {
            continue;
        };
        let mut conf = Conf::default();
        conf.set(key.name, &value).unwrap();
        assert_eq!(conf, Conf::default(), "{}", key.name);
    }
    let mut conf = Conf::default();
    conf.set("spark.executor.memory", &text("1500m")).unwrap();
    conf.set("spark.deploy.recoveryTimeout", &text("1500ms"))
        .unwrap();
    conf.set("spark.executor.resource.gpu.amount", &ConfValue::Integer(2))
        .unwrap();
    let mut again = Conf::default();
    for (key, value) in conf.changed() {
        again.set(&key, &value).unwrap();
    }
    assert_eq!(again, conf);
    assert_eq!(conf.changed().len(), 3);
}

#[test]
fn units_are_exact() {
    assert_eq!(parse_duration("0.5ms"), Some(Duration::from_micros(500)));
    for wrong in [
        "",
        "5",
        "-5s",
        "5 parsecs",
        "1.s",
        ".5s",
        "0.5ns",
        "s",
        "1.2.3s",
        "99999d99",
    ] {
        assert_eq!(parse_duration(wrong), None, "{wrong}");
    }
    for text in ["0s", "1.5s", "500us", "1ns", "20ms", "86400s"] {
        assert_eq!(show_duration(parse_duration(text).unwrap()), text);
    }
    assert_eq!(parse_memory_mib("1.5g"), Some(1536));
    assert_eq!(parse_memory_mib("16GB"), Some(16384));
    for wrong in ["16", "16x", "1k", "-1g", "4096t"] {
        assert_eq!(parse_memory_mib(wrong), None, "{wrong}");
    }
}
