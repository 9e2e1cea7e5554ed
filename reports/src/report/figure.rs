//! A chart with all that belongs to it: its heading, what to see, its table and its values for
//! programs.

use crate::charts::Values;
use maud::{Markup, html};

/// A chart that is drawn already.
pub(super) struct Figure<'a> {
    /// A word for it, unique in the page.
    pub(super) id: &'a str,
    pub(super) heading: &'a str,
    /// What to see, as sentences.
    pub(super) see: &'a str,
    pub(super) drawing: Markup,
    pub(super) values: Values,
}

impl Figure<'_> {
    /// The figure.
    pub(super) fn draw(&self) -> Markup {
        html! {
            figure id=(self.id) {
                h3 { (self.heading) }
                figcaption { (self.see) }
                (self.drawing)
                details {
                    summary { "Table" }
                    (self.values.table())
                }
                (download(self.id, &self.values.csv()))
            }
        }
    }
}

/// A link that holds the file itself.
pub(super) fn download(name: &str, csv: &str) -> Markup {
    html! {
        a.download download=(format!("{name}.csv")) href=(format!("data:text/csv;charset=utf-8,{}", escaped(csv))) {
            "CSV"
        }
    }
}

/// Text as a part of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 4);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => escaped.push(byte.into()),
            b'-' | b'_' | b'.' | b'~' | b',' | b':' | b'/' | b'=' | b';' => {
                escaped.push(byte.into())
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn an_address_holds_any_text() {
        assert_eq!(escaped("a,b\n\"1 %\"#é"), "a,b%0A%221%20%25%22%23%C3%A9");
    }
}
