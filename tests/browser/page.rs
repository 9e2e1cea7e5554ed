//! A page in a tab of its own: opened from a file or a server, asked by expressions, operated by keys and
//! clicks, and photographed. Every request that it makes is noted.

use crate::chromium::Chromium;
use serde_json::{Value, json};
use std::path::Path;

/// Whether scripts run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Javascript {
    On,
    Off,
}

/// How the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

/// A page.
pub(crate) struct Page<'a> {
    chromium: &'a Chromium,
    session: String,
    url: String,
}

impl<'a> Page<'a> {
    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(chromium: &'a Chromium, path: &Path, javascript: Javascript) -> Self {
        Self::visit(chromium, &format!("file://{}", path.display()), javascript)
    }

    /// Opens an address and waits until it is loaded.
    pub(crate) fn visit(chromium: &'a Chromium, url: &str, javascript: Javascript) -> Self {
        let target = chromium.ask(None, "Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = chromium.ask(None, "Target.attachToTarget", attach);
        let page = Self {
            chromium,
            session: session["sessionId"].as_str().unwrap().to_owned(),
            // As the browser itself writes it.
            url: if url.matches('/').count() == 2 {
                format!("{url}/")
            } else {
                url.to_owned()
            },
        };
        for domain in ["Page", "Network", "Runtime", "Log"] {
            page.ask(&format!("{domain}.enable"), json!({}));
        }
        page.resize(1440, 1000);
        if javascript == Javascript::Off {
            page.ask(
                "Emulation.setScriptExecutionDisabled",
                json!({"value": true}),
            );
        }
        page.ask("Page.navigate", json!({"url": page.url}));
        page.loaded();
        page
    }

    /// Waits until the page, or the one that it leads to, is loaded.
    pub(crate) fn loaded(&self) {
        self.chromium.wait_for(&self.session, "Page.loadEventFired");
    }

    /// Loads the page again, also if no time passes for it otherwise.
    pub(crate) fn reload(&self) {
        let policy = json!({"policy": "advance"});
        self.ask("Emulation.setVirtualTimePolicy", policy);
        self.ask("Page.reload", json!({}));
        self.loaded();
    }

    /// Lets so much time pass for the page, and no more until it is let again, as fast as it can.
    pub(crate) fn let_pass(&self, milliseconds: u32) {
        let policy = json!({"policy": "pauseIfNetworkFetchesPending", "budget": milliseconds});
        self.ask("Emulation.setVirtualTimePolicy", policy);
        let over = "Emulation.virtualTimeBudgetExpired";
        self.chromium.wait_for(&self.session, over);
    }

    /// The size of what is seen, in pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Light or dark.
    pub(crate) fn show_in(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let features = json!([{"name": "prefers-color-scheme", "value": value}]);
        self.ask("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// The value of an expression; a promise is waited for.
    #[track_caller]
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let question = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true
        });
        let answer = self.ask("Runtime.evaluate", question);
        let problem = &answer["exceptionDetails"];
        assert!(problem.is_null(), "{expression}: {problem}");
        answer["result"]["value"].clone()
    }

    /// The value of an expression that is a whole number.
    #[track_caller]
    pub(crate) fn number(&self, expression: &str) -> u64 {
        let value = self.evaluate(expression);
        let number = value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && *number >= 0.0);
        number.unwrap_or_else(|| panic!("{expression} is {value}")) as u64
    }

    /// Presses a key.
    pub(crate) fn press(&self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" && key.chars().count() == 1 {
                key
            } else {
                ""
            };
            let event = json!({"type": kind, "key": key, "text": text});
            self.ask("Input.dispatchKeyEvent", event);
        }
    }

    /// What a person reads, as text; works without scripts of the page.
    pub(crate) fn text(&self) -> String {
        let document = self.ask("DOM.getDocument", json!({"depth": 0}));
        let html = json!({"nodeId": document["root"]["nodeId"]});
        let html = self.ask("DOM.getOuterHTML", html);
        html["outerHTML"].as_str().unwrap().to_owned()
    }

    /// Photographs what is seen, or the whole page if it should be.
    pub(crate) fn photograph(&self, path: &Path) {
        let picture = self.ask("Page.captureScreenshot", json!({"format": "png"}));
        let picture = picture["data"].as_str().unwrap();
        std::fs::write(path, decoded(picture)).unwrap();
    }

    /// Addresses that were asked for beside the page itself.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut urls = self.requested();
        urls.retain(|url| *url != self.url);
        urls
    }

    /// How often the page itself was asked for since this was asked last.
    pub(crate) fn asked(&self) -> usize {
        let urls = self.requested().into_iter();
        urls.filter(|url| *url == self.url).count()
    }

    fn requested(&self) -> Vec<String> {
        let sent = "Network.requestWillBeSent";
        let events = self.chromium.events(&self.session, sent).into_iter();
        let url = |event: Value| {
            event["params"]["request"]["url"]
                .as_str()
                .map(str::to_owned)
        };
        events.filter_map(url).collect()
    }

    /// What went wrong in the page: exceptions, and what its policy forbids.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let thrown = self
            .chromium
            .events(&self.session, "Runtime.exceptionThrown");
        let logged = self.chromium.events(&self.session, "Log.entryAdded");
        { thrown }
            .into_iter()
            .chain(logged)
            .map(|event| event["params"].to_string())
            .collect()
    }

    fn ask(&self, method: &str, parameters: Value) -> Value {
        self.chromium.ask(Some(&self.session), method, parameters)
    }
}

/// Bytes from base 64.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter(|digit| *digit != b'=') {
        let value = DIGITS.iter().position(|one| *one == digit).unwrap();
        bits = (bits << 6) | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}
