//! Who may ask a server anything. A page of somebody else's in a browser of this machine may not:
//! it can post a form to any address, and with a name that it lets point to this machine it can
//! read answers too. With a token, only those who have it may.
//!
//! Whoever sends no `Origin` and no `Sec-Fetch-Site` is no browser: spark-submit, curl. Those
//! headers protect a user from pages, not a server from its users.

use super::http::Server;
use super::{Request, Response, Step, container, rest};
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HOST, ORIGIN};
use std::fmt;
use std::net::IpAddr;

/// What a browser says of where a request comes from.
const FETCH_SITE: &str = "sec-fetch-site";

/// A token that a request has to bring. Only its digest is kept, which is compared in a time that
/// does not depend on what was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenDigest(blake3::Hash);

impl TokenDigest {
    /// The digest of a token.
    pub fn of(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()))
    }
}

/// Does not show the digest: short tokens could be found from it.
impl fmt::Debug for TokenDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenDigest(..)")
    }
}

/// By which names a server may be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// By any: whoever can be reached from elsewhere may have names that it does not know.
    #[default]
    Any,
    /// By those of this machine for itself, and by these.
    OwnAnd(Vec<String>),
}

impl Names {
    fn allow(&self, authority: &str) -> bool {
        let own = match self {
            Self::Any => return true,
            Self::OwnAnd(own) => own,
        };
        let name = host_of(authority);
        let is_loopback = name
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback());
        name.eq_ignore_ascii_case("localhost")
            || is_loopback
            || own.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// How a refusal is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As the REST server writes errors.
    Json,
    /// As a page.
    Page,
}

/// Who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// By which names.
    pub names: Names,
    /// With which token; without one if there is none.
    pub token: Option<TokenDigest>,
    /// How others are told.
    pub form: Form,
}

impl Admission {
    /// The answer to a request that may not be made; nothing if it may.
    pub fn refuse(&self, request: &Request<'_>, headers: &HeaderMap) -> Option<Response> {
        let forbidden = |why: &str| match self.form {
            Form::Json => rest::error(403, why),
            Form::Page => container::forbidden(request, why),
        };
        let mut hosts = headers.get_all(HOST).iter();
        if !hosts.all(|host| host.to_str().is_ok_and(|host| self.names.allow(host))) {
            return Some(forbidden("This server is not known by that name."));
        }
        if !is_from_here(request, headers) {
            return Some(forbidden("A page of another site may not ask this."));
        }
        let wanted = self.token?;
        match token(headers) {
            Some(token) if TokenDigest::of(token) == wanted => None,
            Some(_) => Some(self.unauthorized(request, ", error=\"invalid_token\"")),
            None => Some(self.unauthorized(request, "")),
        }
    }

    /// RFC 6750, section 3.
    fn unauthorized(&self, request: &Request<'_>, error: &str) -> Response {
        const WHY: &str = "This server wants a token: the header `Authorization: Bearer TOKEN`.";
        let mut response = match self.form {
            Form::Json => rest::error(401, WHY),
            Form::Page => container::unauthorized(request, WHY),
        };
        let challenge = format!("Bearer realm=\"deploysim\"{error}");
        response.headers.push(("WWW-Authenticate", challenge));
        response
    }
}

/// Whether a request comes from a page of this server's, or from no page at all.
fn is_from_here(request: &Request<'_>, headers: &HeaderMap) -> bool {
    let own = request.host;
    let mut origins = headers.get_all(ORIGIN).iter();
    let is_own = origins.all(|origin| origin.to_str().is_ok_and(|origin| is_origin(origin, own)));
    // Another site may lead a user here, and does not see what the user sees.
    let only_shows = matches!(request.method, "GET" | "HEAD");
    let mut sites = headers.get_all(FETCH_SITE).iter();
    is_own && (only_shows || sites.all(|site| site == "same-origin" || site == "none"))
}

/// Whether an origin is that of the server called `host`. `null` is nobody's.
fn is_origin(origin: &str, host: &str) -> bool {
    let ports = [("http://", ":80"), ("https://", ":443")];
    ports.iter().any(|(scheme, port)| {
        let of_origin = origin.strip_prefix(scheme);
        let of_host = host.strip_suffix(port).unwrap_or(host);
        of_origin.is_some_and(|of_origin| {
            let of_origin = of_origin.strip_suffix(port).unwrap_or(of_origin);
            !of_host.is_empty() && of_origin.eq_ignore_ascii_case(of_host)
        })
    })
}

/// The name in an authority, without a port and without the brackets of an address.
fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    let name = authority.split(':').next().unwrap_or_default();
    name.strip_suffix('.').unwrap_or(name)
}

/// The one token of a request.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// A server that answers only those who may ask.
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    /// What it answers.
    pub server: S,
    /// Whom.
    pub admission: Admission,
}

impl<S: Server> Server for Guarded<S> {
    fn refuse(&self, request: &Request<'_>, headers: &HeaderMap) -> Option<Response> {
        self.admission.refuse(request, headers)
    }

    fn receive(&self, request: &Request<'_>) -> Step {
        self.server.receive(request)
    }
}
