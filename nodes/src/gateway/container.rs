//! What the servlet container answers by itself, before or instead of Spark's code: pages of
//! errors, methods that a servlet does not have, and paths as a servlet sees them.

use super::{Request, Response};
use std::borrow::Cow;
use std::fmt::Write;

const CACHE_CONTROL: (&str, &str) = ("Cache-Control", "must-revalidate,no-cache,no-store");

/// The method that a servlet implements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

impl Method {
    /// What a servlet that implements this method answers by itself; `None` if it runs.
    /// Spark: `HttpServlet.service` of the container.
    pub(super) fn refuse(self, request: &Request<'_>) -> Option<Response> {
        match (request.method, self) {
            ("GET" | "HEAD", Self::Get) | ("POST", Self::Post) => None,
            ("OPTIONS", _) => {
                let allowed = match self {
                    Self::Get => "GET, HEAD, TRACE, OPTIONS",
                    Self::Post => "POST, TRACE, OPTIONS",
                };
                Some(Response::new(200, &[("Allow", allowed)], String::new()))
            }
            // **Differs:** TRACE echoes the request in the container; nobody needs it.
            ("GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "TRACE", _) => {
                // HEAD is GET without a body.
                let method = request.method.replace("HEAD", "GET");
                let message = format!("HTTP method {method} is not supported by this URL");
                Some(page(request, 405, &message))
            }
            _ => Some(page(request, 501, "Not Implemented")),
        }
    }
}

/// The page of a servlet that threw.
pub(super) fn failed(request: &Request<'_>, exception: &str) -> Response {
    page(request, 500, exception)
}

/// The page of a path that nothing serves.
pub(super) fn not_found(request: &Request<'_>) -> Response {
    page(request, 404, "Not Found")
}

/// The page of something that nobody may do here.
pub(super) fn not_allowed(request: &Request<'_>) -> Response {
    page(request, 405, "Method Not Allowed")
}

/// The page of a request that may not be made, with the reason.
pub(super) fn forbidden(request: &Request<'_>, why: &str) -> Response {
    page(request, 403, why)
}

/// The page of a request that brings no token, or another one.
pub(super) fn unauthorized(request: &Request<'_>, why: &str) -> Response {
    page(request, 401, why)
}

/// The page of a body that is longer than the gateway reads.
/// **Differs:** the container reads a body of any length.
pub(super) fn too_large(request: &Request<'_>) -> Response {
    page(request, 413, "Payload Too Large")
}

/// The page of a body that ended too early, or was no body.
pub(super) fn cut_off(request: &Request<'_>) -> Response {
    page(request, 400, "Bad Request")
}

/// The page of a body that did not come in time.
pub(super) fn too_slow(request: &Request<'_>) -> Response {
    page(request, 408, "Request Timeout")
}

/// A page of an error; without a body unless the method is GET, HEAD or POST.
/// Spark: `ErrorHandler` of the container.
fn page(request: &Request<'_>, status: u16, message: &str) -> Response {
    if !matches!(request.method, "GET" | "HEAD" | "POST") {
        return Response::new(status, &[CACHE_CONTROL], String::new());
    }
    let message = escaped(message);
    let (host, path) = (escaped(request.host), escaped(request.path));
    let mut body = String::from(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=ISO-8859-1\"/>\n",
    );
    let _infallible = write!(
        body,
        "<title>Error {status} {message}</title>\n</head>\n<body>\n\
         <h2>HTTP ERROR {status} {message}</h2>\n<table>\n\
         <tr><th>URI:</th><td>http://{host}{path}</td></tr>\n\
         <tr><th>STATUS:</th><td>{status}</td></tr>\n\
         <tr><th>MESSAGE:</th><td>{message}</td></tr>\n\
         </table>\n\n</body>\n</html>\n"
    );
    let content_type = ("Content-Type", "text/html;charset=iso-8859-1");
    Response::new(status, &[CACHE_CONTROL, content_type], body).for_method(request.method)
}

/// A redirect to what shows the outcome, without a body.
pub(super) fn found(location: &str) -> Response {
    Response::new(302, &[("Location", location)], String::new())
}

/// A redirect without a body.
pub(super) fn moved(location: &str) -> Response {
    Response::new(301, &[("Location", location)], String::new())
}

/// Text in HTML; letters outside ASCII as entities, because the page is not UTF-8.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            ascii if ascii.is_ascii() => escaped.push(ascii),
            other => {
                let _infallible = write!(escaped, "&#{};", u32::from(other));
            }
        }
    }
    escaped
}

/// A path without its percent signs. What is no UTF-8 becomes U+FFFD; a percent sign without two
/// digits stands for itself.
pub(super) fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let value = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match value.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}
