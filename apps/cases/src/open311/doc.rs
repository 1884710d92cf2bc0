//! A document that can be written as XML and as JSON. The JSON follows the Spark convention, which GeoReport asks for: an
//! element that holds a list becomes a bare array, an empty element becomes null.

use quick_xml::escape::escape;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// The two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

impl Format {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Nothing,
    Text(String),
    Whole(i64),
    Real(f64),
    Bool(bool),
    /// The name of each item, and the items.
    List(&'static str, Vec<Node>),
    Fields(Vec<(&'static str, Node)>),
}

/// A document and the name of its root element.
#[derive(Debug)]
pub(super) struct Doc {
    pub root: &'static str,
    pub body: Node,
}

impl Node {
    /// A text; an empty one is nothing.
    pub(super) fn text(text: impl Into<String>) -> Self {
        // XML has no way to write most control characters, and no reader takes them.
        let mut text: String = text.into();
        text.retain(|c| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}')));
        if text.is_empty() {
            Self::Nothing
        } else {
            Self::Text(text)
        }
    }

    /// A text that may be missing.
    pub(super) fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Nothing, Self::text)
    }

    fn write(&self, name: &str, out: &mut String) {
        if *self == Self::Nothing {
            out.push_str(&format!("<{name}/>"));
            return;
        }
        out.push_str(&format!("<{name}>"));
        match self {
            Self::Nothing => {}
            Self::Text(it) => out.push_str(&escape(it)),
            Self::Whole(it) => out.push_str(&it.to_string()),
            Self::Real(it) => out.push_str(&it.to_string()),
            Self::Bool(it) => out.push_str(&it.to_string()),
            Self::List(item, all) => all.iter().for_each(|it| it.write(item, out)),
            Self::Fields(all) => all.iter().for_each(|(name, it)| it.write(name, out)),
        }
        out.push_str(&format!("</{name}>"));
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Text(it) => serializer.serialize_str(it),
            Self::Whole(it) => serializer.serialize_i64(*it),
            Self::Real(it) => serializer.serialize_f64(*it),
            Self::Bool(it) => serializer.serialize_bool(*it),
            Self::List(_, all) => serializer.collect_seq(all),
            Self::Fields(all) => {
                let mut map = serializer.serialize_map(Some(all.len()))?;
                for (name, it) in all {
                    map.serialize_entry(name, it)?;
                }
                map.end()
            }
        }
    }
}

impl Doc {
    pub(super) fn write(&self, format: Format) -> String {
        match format {
            Format::Xml => {
                let mut out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned();
                self.body.write(self.root, &mut out);
                out.push('\n');
                out
            }
            // Texts, numbers and lists of them: nothing in it can fail.
            Format::Json => serde_json::to_string(&self.body).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_is_written_in_both_formats() {
        let doc = Doc {
            root: "services",
            body: Node::List(
                "service",
                vec![Node::Fields(vec![
                    ("service_code", Node::text("01")),
                    ("metadata", Node::Bool(true)),
                    ("description", Node::text("a < b & \u{1}c")),
                    ("keywords", Node::text("")),
                    ("lat", Node::Real(32.5)),
                    ("formats", Node::List("format", vec![Node::text("text/xml")])),
                ])],
            ),
        };
        assert_eq!(
            doc.write(Format::Xml),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<services><service><service_code>01</service_code>\
             <metadata>true</metadata><description>a &lt; b &amp; c</description><keywords/><lat>32.5</lat>\
             <formats><format>text/xml</format></formats></service></services>\n"
        );
        assert_eq!(
            doc.write(Format::Json),
            r#"[{"service_code":"01","metadata":true,"description":"a < b & c","keywords":null,"lat":32.5,"formats":["text/xml"]}]"#
        );
        let none = Doc {
            root: "services",
            body: Node::List("service", vec![]),
        };
        assert!(none.write(Format::Xml).ends_with("<services></services>\n"));
        assert_eq!(none.write(Format::Json), "[]");
    }
}
