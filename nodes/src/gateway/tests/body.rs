//! Bodies of `/create`: what becomes a driver, and what is refused, in Jackson's and Spark's words.

use super::{answer, asked, message, question, request, server};
use crate::gateway::Step;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::message::AskMaster;
use deploysim_protocol::text::{Text, scope};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const CREATE: &str = "/v1/submissions/create";

fn valid() -> Value {
    json!({
        "action": "CreateSubmissionRequest",
        "appResource": "file:/a.jar",
        "mainClass": "Main",
        "appArgs": ["1", 2, true, null],
        "clientSparkVersion": "4.3.0",
        "environmentVariables": {
            "SPARK_LOCAL_IP": "1.2.3.4", "SPARK_LOCAL_HOSTNAME": "h", "DIR": "{{HOME}}", "NO": "{{NO}}"
        },
        "sparkProperties": {},
    })
}

fn with(properties: Value) -> String {
    let mut body = valid();
    body["sparkProperties"] = properties;
    body.to_string()
}

fn described(body: &str) -> Arc<DriverDescription> {
    let question = question("POST", CREATE, body);
    let AskMaster::RequestSubmitDriver { description } = asked(&question) else {
        panic!("a driver is submitted");
    };
    Arc::clone(description)
}

#[test]
fn a_body_becomes_the_driver_that_spark_makes_of_it() {
    scope(|| {
        let driver = described(&with(json!({
            "spark.master": "spark://a:6066,b:6066",
            "spark.driver.memory": "2G",
            "spark.driver.cores": "3",
            "spark.driver.supervise": "TRUE",
            "spark.driver.extraClassPath": "/a:/b::",
            "spark.driver.extraJavaOptions": "-Da='b c' -Dd=\"e\\\"f\" g",
            "spark.driver.resource.gpu.amount": "2",
            "spark.driver.resource.fpga.amount": "0",
        })));
        assert_eq!((driver.memory_mib, driver.cores), (2048, 3));
        assert!(driver.supervise);
        let command = &driver.command;
        assert_eq!(
            command.main_class,
            "org.apache.spark.deploy.worker.DriverWrapper"
        );
        assert_eq!(
            command.arguments,
            [
                "{{WORKER_URL}}",
                "{{USER_JAR}}",
                "Main",
                "1",
                "2",
                "true",
                "null"
            ]
        );
        let variables: Vec<_> = command.environment.iter().collect();
        let expected = [("DIR", "/root"), ("NO", "{{NO}}")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            variables,
            expected.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>()
        );
        assert_eq!(command.class_path_entries, ["/a", "/b"]);
        let options = &command.java_options;
        assert!(options.contains(&"-Dspark.master=spark://a:7077,b:7077".to_owned()));
        assert_eq!(options[options.len() - 3..], ["-Da=b c", "-Dd=e\"f", "g"]);
        let [gpu] = driver.resource_requirements[..] else {
            panic!("one resource is asked for");
        };
        assert_eq!((gpu.name.to_string().as_str(), gpu.amount), ("gpu", 2));
    });
}

#[test]
fn a_body_that_says_nothing_of_it_gets_the_defaults() {
    scope(|| {
        let driver = described(&with(json!({ "spark.driver.memory": null })));
        assert_eq!((driver.memory_mib, driver.cores), (1024, 1));
        assert!(!driver.supervise);
        let own = "-Dspark.master=spark://127.0.0.1:7077".to_owned();
        assert_eq!(driver.command.java_options, [own]);
    });
}

#[test]
fn what_jackson_says_of_text_that_is_no_json() {
    let read = "com.fasterxml.jackson.core.JsonParseException: ";
    let token = |token: &str| {
        format!(
            "{read}Unrecognized token '{token}': was expecting (JSON String, Number, Array, \
             Object or token 'null', 'true' or 'false')"
        )
    };
    let eof = |what: &str| {
        format!("com.fasterxml.jackson.core.io.JsonEOFException: Unexpected end-of-input{what}")
    };
    let character = |what: &str| format!("{read}Unexpected character {what}");
    let cases = [
        (" \n", "com.fasterxml.jackson.databind.exc.MismatchedInputException: No content to map due to end-of-input".to_owned()),
        ("hello world", token("hello")),
        ("{\"a\": nul}", token("nul")),
        ("{\"a\": tru", token("tru")),
        ("{", eof(": expected close marker for Object")),
        ("{\"a\":1", eof(" within/between Object entries")),
        ("[1,", eof(": expected close marker for Array")),
        ("[1", eof(" within/between Array entries")),
        ("{\"a", eof(": was expecting closing quote for a string value")),
        ("{\"a\" 1}", character("('1' (code 49)): was expecting a colon to separate field name and value")),
        ("{\"a\":1 ;}", character("(';' (code 59)): was expecting comma to separate Object entries")),
        ("[1 ;]", character("(';' (code 59)): was expecting comma to separate Array entries")),
        ("{1:2}", character("('1' (code 49)): was expecting double-quote to start field name")),
        ("}", character("('}' (code 125)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")),
        ("\u{20ac}", character("('\u{20ac}' (code 8364 / 0x20ac)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")),
    ];
    for (body, exception) in cases {
        let response = answer("POST", CREATE, body);
        assert_eq!(response.status, 400, "{body}");
        assert_eq!(
            message(&response),
            format!("Malformed request: {exception}"),
            "{body}"
        );
    }
}

#[test]
fn nested_too_deep_is_refused() {
    let response = answer("POST", CREATE, &"[".repeat(1 << 20));
    assert_eq!(response.status, 400);
    assert!(message(&response).contains("StreamConstraintsException"));
}

#[test]
fn a_field_of_another_type_is_refused_in_jacksons_words() {
    let mismatch =
        |class: &str, kind: &str| format!("Cannot deserialize value of type `{class}` from {kind}");
    let map = "scala.collection.immutable.Map<java.lang.String,java.lang.String>";
    let cases = [
        (
            "mainClass",
            json!({}),
            mismatch(
                "java.lang.String",
                "Object value (token `JsonToken.START_OBJECT`)",
            ),
        ),
        (
            "appResource",
            json!([1]),
            mismatch(
                "java.lang.String",
                "Array value (token `JsonToken.START_ARRAY`)",
            ),
        ),
        (
            "appArgs",
            json!(5),
            mismatch(
                "java.lang.String[]",
                "Integer value (token `JsonToken.VALUE_NUMBER_INT`)",
            ),
        ),
        (
            "appArgs",
            json!([[]]),
            mismatch(
                "java.lang.String",
                "Array value (token `JsonToken.START_ARRAY`)",
            ),
        ),
        (
            "sparkProperties",
            json!(true),
            mismatch(map, "Boolean value (token `JsonToken.VALUE_TRUE`)"),
        ),
        (
            "environmentVariables",
            json!({"a": {}}),
            mismatch(
                "java.lang.String",
                "Object value (token `JsonToken.START_OBJECT`)",
            ),
        ),
    ];
    for (field, value, words) in cases {
        let mut body = valid();
        body[field] = value;
        let response = answer("POST", CREATE, &body.to_string());
        assert_eq!(response.status, 400, "{field}");
        assert!(
            message(&response).contains(&words),
            "{field}: {}",
            message(&response)
        );
    }
}

#[test]
fn messages_of_another_kind_are_told_by_their_kind() {
    let cases = [
        (
            json!({"action": "ErrorResponse", "serverSparkVersion": "4", "message": "m"}),
            "Received message of unexpected type ErrorResponse.",
        ),
        (
            json!({"action": "KillSubmissionResponse", "serverSparkVersion": "4", "success": true}),
            "Malformed request: org.apache.spark.deploy.rest.SubmitRestProtocolException: Validation of message KillSubmissionResponse failed!",
        ),
        (
            json!({"action": null}),
            "Malformed request: org.apache.spark.deploy.rest.SubmitRestMissingFieldException: Action field not found in JSON:\n{\"action\":null}",
        ),
    ];
    for (body, words) in cases {
        let response = answer("POST", CREATE, &body.to_string());
        assert_eq!((response.status, message(&response).as_str()), (400, words));
    }
}

#[test]
fn what_spark_does_not_catch_is_a_page() {
    scope(|| {
        let cases = [
            (
                with(json!({"spark.driver.cores": "1e3"})),
                "java.lang.NumberFormatException: For input string: &quot;1e3&quot;",
            ),
            (
                with(json!({"spark.driver.cores": "2147483648"})),
                "java.lang.NumberFormatException: For input string: &quot;2147483648&quot;",
            ),
            (
                with(json!({"spark.driver.resource.gpu": "1"})),
                "org.apache.spark.SparkException: You must specify an amount config",
            ),
            (
                with(json!({"spark.driver.resource.gpu.vendor": "n"})),
                "org.apache.spark.SparkException: You must specify an amount for gpu",
            ),
            (
                with(json!({"spark.driver.resource.gpu.amount": "0.5"})),
                "org.apache.spark.SparkException: Only tasks support fractional",
            ),
            (
                json!({"action": "<b>"}).to_string(),
                "java.lang.ClassNotFoundException: org.apache.spark.deploy.rest.&lt;b&gt;",
            ),
        ];
        for (body, words) in cases {
            let response = answer("POST", CREATE, &body);
            assert_eq!(response.status, 500, "{body}");
            let title = format!("<title>Error 500 {words}");
            assert!(response.body.contains(&title), "{}", response.body);
        }
    });
    match server().receive(&request("POST", CREATE, b"\"\xff\"")) {
        Step::Answer(response) => assert_eq!(response.status, 500),
        Step::Ask(_) | Step::Operate { .. } => panic!("no text, no driver"),
    }
}

#[test]
fn what_is_refused_takes_no_place_in_the_table_of_texts() {
    scope(|| {
        let before = Text::new("before").number();
        for number in 0..100 {
            let wrong = format!("spark.driver.resource.z{number}.amount");
            let right = format!("spark.driver.resource.a{number}.amount");
            let response = answer("POST", CREATE, &with(json!({ right: "1", wrong: "0.5" })));
            assert_eq!(response.status, 500);
        }
        // The server of each request names its host.
        assert_eq!(Text::new("after").number(), before + 2);
    });
}

#[test]
fn unknown_fields_and_null_are_told_in_order() {
    scope(|| {
        let body = with(json!({})).replacen('{', "{\"z\":1,\"message\":null,\"a\":[],", 1);
        let question = question("POST", CREATE, &body);
        let text = format!("{question:?}");
        assert!(
            text.contains(r#"unknown_fields: ["z", "message", "a"]"#),
            "{text}"
        );
    });
}

/// Bytes near to a valid body: one piece of it replaced by others.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let whole = with(json!({"spark.driver.memory": "512m", "spark.driver.cores": "1"}));
    let length = whole.len();
    let piece = proptest::collection::vec(any::<u8>(), 0..8);
    (0..length, 0..8_usize, piece).prop_map(move |(at, cut, piece)| {
        let mut bytes = whole.clone().into_bytes();
        bytes.splice(at..(at + cut).min(length), piece);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn no_body_makes_the_gateway_panic(body in mutated()) {
        scope(|| {
            if let Step::Answer(response) = server().receive(&request("POST", CREATE, &body)) {
                assert!([400, 500].contains(&response.status));
            }
        });
    }

    #[test]
    fn no_path_makes_the_gateway_panic(path in "(/v1/submissions/(kill|status|create)/)?[%/a-f0-9.é]{0,12}") {
        scope(|| {
            for method in ["GET", "POST"] {
                if let Step::Answer(response) = server().receive(&request(method, &path, b"{}")) {
                    assert!((400..500).contains(&response.status));
                }
            }
        });
    }
}
