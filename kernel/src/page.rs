//! Key-set paging: a page ends with a cursor that says where the next one begins, so page 10,000 opens like page 1.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::{Error, Result, codes};

/// The most rows that one page may hold.
pub const MAX_LIMIT: u32 = 200;

/// What a client says about the page it wants.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where to go on: `next` of the page before.
    pub after: Option<String>,
    /// How many rows; 50 if not said, at most 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// How many rows to show.
    pub fn limit(&self) -> usize {
        self.limit.unwrap_or(50).clamp(1, MAX_LIMIT) as usize
    }

    /// How many rows to read: one more than shown tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit() + 1).unwrap_or(i64::MAX)
    }

    /// The sort key of the last row seen, if this is not the first page.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let Some(after) = &self.after else { return Ok(None) };
        let parsed = BASE64_URL_SAFE_NO_PAD
            .decode(after)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match parsed {
            Some(key) => Ok(Some(key)),
            None => {
                let mut fields = crate::error::Fields::new();
                fields.refuse_with("after", &codes::FORMAT, &[("why", "cursor")]);
                Err(fields.done().err().unwrap_or_else(|| Error::from(&codes::INVALID)))
            }
        }
    }
}

/// Where to go on behind a key; the text means nothing to a client.
fn cursor(key: &impl Serialize) -> Option<String> {
    serde_json::to_vec(key).ok().map(|it| BASE64_URL_SAFE_NO_PAD.encode(it))
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts `rows` (read with [`PageQuery::fetch`]) to the page and makes the cursor from the last row's sort key.
    pub fn cut<K: Serialize>(mut rows: Vec<T>, query: &PageQuery, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > query.limit();
        rows.truncate(query.limit());
        let next = rows.last().filter(|_| more).and_then(|last| cursor(&key(last)));
        Self { items: rows, next }
    }

    /// The same page; if it would be the last, the next one begins behind this key, where there is one: for a search that
    /// stopped before its page was full.
    pub fn or_on_from<K: Serialize>(mut self, key: Option<K>) -> Self {
        self.next = self.next.or_else(|| cursor(&key?));
        self
    }

    /// The same page with each row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_comes_back_as_it_went() {
        let query = PageQuery {
            after: None,
            limit: Some(2),
        };
        let page = Page::cut(vec![1, 2, 3], &query, |it| (*it, "x"));
        assert_eq!(page.items, [1, 2]);
        let next = PageQuery {
            after: page.next,
            limit: Some(2),
        };
        assert_eq!(next.key::<(i32, String)>().expect("reads"), Some((2, "x".to_owned())));
        assert!(Page::cut(vec![1, 2], &query, |it| *it).next.is_none());
    }

    #[test]
    fn a_cursor_that_was_tampered_with_is_a_bad_field() {
        let query = PageQuery {
            after: Some("%%".to_owned()),
            limit: None,
        };
        assert_eq!(query.key::<i64>().expect_err("bad").fields()[0].field, "after");
    }
}
