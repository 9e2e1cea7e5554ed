//! What a browser may do with a page: run the page's own script, use its own style, ask the server
//! that it came from, and nothing else. A text that got into the page as code would not run.

use super::page::{SCRIPT, STYLE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The value of the header `Content-Security-Policy`.
pub(super) fn policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        format!(
            "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            source(SCRIPT),
            source(STYLE)
        )
    });
    &POLICY
}

/// How a policy names a text in the page: by its digest.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
