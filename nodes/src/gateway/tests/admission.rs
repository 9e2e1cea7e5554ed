//! Who is let in: by which name, from which page, with which token.

use super::{request, server};
use crate::gateway::http::Server;
use crate::gateway::{Admission, Form, Guarded, Names, Request, Response, TokenDigest};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

const OWN: &str = "127.0.0.1:6066";

fn admission() -> Admission {
    Admission {
        names: Names::OwnAnd(vec!["node-1".to_owned()]),
        token: None,
        form: Form::Json,
    }
}

fn with_token() -> Admission {
    Admission {
        token: Some(TokenDigest::of("right")),
        ..admission()
    }
}

/// What becomes of a request with these headers, the first of which is its `Host`.
fn refused(
    admission: &Admission,
    method: &'static str,
    headers: &[(&'static str, &'static str)],
) -> Option<Response> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        map.append(name, HeaderValue::from_static(value));
    }
    let host = headers.iter().find(|(name, _)| *name == "host");
    let request = Request {
        host: host.map_or("", |(_, host)| *host),
        ..request(method, "/v1/submissions/create", b"")
    };
    let admission = admission.clone();
    let server = server();
    Guarded { server, admission }.refuse(&request, &map)
}

#[track_caller]
fn status(
    admission: &Admission,
    method: &'static str,
    headers: &[(&'static str, &'static str)],
) -> u16 {
    refused(admission, method, headers).map_or(200, |refused| refused.status)
}

#[test]
fn a_server_of_this_machine_goes_by_its_own_names_only() {
    for (host, expected) in [
        (OWN, 200),
        ("localhost:6066", 200),
        ("LOCALHOST", 200),
        ("localhost.:6066", 200),
        ("127.8.9.1:1", 200),
        ("[::1]:6066", 200),
        ("node-1:6066", 200),
        ("evil.example:6066", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.0.2.1:6066", 403),
        ("[2001:db8::1]:6066", 403),
        ("", 403),
    ] {
        assert_eq!(
            status(&admission(), "GET", &[("host", host)]),
            expected,
            "{host}"
        );
        let any = Admission {
            names: Names::Any,
            ..admission()
        };
        assert_eq!(status(&any, "GET", &[("host", host)]), 200, "{host}");
    }
    let two = [("host", OWN), ("host", "evil.example")];
    assert_eq!(status(&admission(), "GET", &two), 403);
    assert_eq!(
        status(&admission(), "GET", &[]),
        200,
        "HTTP/1.0 names nobody"
    );
}

#[test]
fn a_page_of_another_site_posts_nothing() {
    for (origin, expected) in [
        ("http://127.0.0.1:6066", 200),
        ("HTTP://127.0.0.1:6066", 403),
        ("https://127.0.0.1:6066", 200),
        ("http://127.0.0.1:8080", 403),
        ("http://localhost:6066", 403),
        ("http://evil.example", 403),
        ("http://127.0.0.1:6066.evil.example", 403),
        ("null", 403),
        ("", 403),
    ] {
        for method in ["POST", "GET", "OPTIONS"] {
            let headers = [("host", OWN), ("origin", origin)];
            assert_eq!(
                status(&admission(), method, &headers),
                expected,
                "{method} {origin}"
            );
        }
    }
    let default_port = [("host", "localhost:80"), ("origin", "http://localhost")];
    assert_eq!(status(&admission(), "POST", &default_port), 200);
    let nameless = [("origin", "http://")];
    assert_eq!(status(&admission(), "POST", &nameless), 403);
}

#[test]
fn a_browser_says_itself_when_another_site_asks() {
    for (site, expected) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
        ("anything", 403),
    ] {
        let headers = [("host", OWN), ("sec-fetch-site", site)];
        assert_eq!(status(&admission(), "POST", &headers), expected, "{site}");
        assert_eq!(
            status(&admission(), "GET", &headers),
            200,
            "a link to {site}"
        );
    }
}

#[test]
fn a_token_is_asked_for_and_compared_whole() {
    for (authorization, expected) in [
        ("Bearer right", 200),
        ("bearer right", 200),
        ("Bearer  right", 200),
        ("Bearer righ", 401),
        ("Bearer right1", 401),
        ("Bearer RIGHT", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Basic right", 401),
        ("right", 401),
    ] {
        let headers = [("host", OWN), ("authorization", authorization)];
        assert_eq!(
            status(&with_token(), "POST", &headers),
            expected,
            "{authorization}"
        );
        assert_eq!(
            status(&admission(), "POST", &headers),
            200,
            "{authorization}"
        );
    }
    let two = [
        ("host", OWN),
        ("authorization", "Bearer right"),
        ("authorization", "Bearer right"),
    ];
    assert_eq!(status(&with_token(), "POST", &two), 401);
    let cross = [
        ("host", OWN),
        ("authorization", "Bearer right"),
        ("origin", "null"),
    ];
    assert_eq!(status(&with_token(), "POST", &cross), 403);
}

#[test]
fn a_refusal_says_what_is_wanted() {
    let challenge = |headers: &[(&'static str, &'static str)]| {
        let response = refused(&with_token(), "GET", headers).unwrap();
        let body: serde_json::Value = serde_json::from_str(&response.body).unwrap();
        assert_eq!(body["action"], "ErrorResponse");
        assert!(
            body["message"]
                .as_str()
                .unwrap()
                .contains("Authorization: Bearer TOKEN")
        );
        assert!(!response.body.contains("right"));
        let mut headers = response.headers.into_iter();
        headers
            .find(|(name, _)| *name == "WWW-Authenticate")
            .unwrap()
            .1
    };
    assert_eq!(challenge(&[("host", OWN)]), "Bearer realm=\"deploysim\"");
    assert_eq!(
        challenge(&[("host", OWN), ("authorization", "Bearer wrong")]),
        "Bearer realm=\"deploysim\", error=\"invalid_token\""
    );
    let page = Admission {
        form: Form::Page,
        ..admission()
    };
    let response = refused(&page, "POST", &[("host", "evil.example")]).unwrap();
    assert!(
        response
            .body
            .contains("<title>Error 403 This server is not known")
    );
    let shown = format!("{:?}", with_token());
    assert!(shown.contains("TokenDigest(..)"), "{shown}");
}
