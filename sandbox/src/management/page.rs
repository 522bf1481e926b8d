//! Pages of a list: `limit`, `cursor`, and the link to the next page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::Asked;
use super::error::ApiError;

/// How large a page may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Without a limit.
    pub(super) usual: usize,
    /// At most; a larger limit gets this many.
    pub(super) most: usize,
}

/// The page asked for: how many, and after which mark.
pub(super) struct Wanted {
    /// How many at most.
    pub(super) limit: usize,
    /// What the link to this page holds; `None` for the first page.
    pub(super) after: Option<u64>,
}

/// What a page shows.
pub(super) struct Page {
    /// The name of the list.
    pub(super) name: &'static str,
    /// Its part on this page.
    pub(super) items: Vec<Value>,
    /// How many there are in all, where that is known.
    pub(super) count: Option<usize>,
    /// The mark of the last one shown, when there are more.
    pub(super) next: Option<u64>,
}

impl Asked {
    /// Reads `limit` and `cursor`.
    ///
    /// # Errors
    ///
    /// 400 for a limit that is no number from 1 on, and for a cursor that no link of ours held.
    pub(super) fn wanted(&self, sizes: Sizes) -> Result<Wanted, ApiError> {
        let limit = match self.query("limit") {
            None => sizes.usual,
            Some(text) => text.parse().ok().filter(|limit| *limit >= 1).ok_or_else(|| {
                let inner = json!({ "rangeMinimumValue": 1, "rangeMaximumValue": sizes.most });
                ApiError::invalid("INVALID_VALUE", "limit", "limit must be a whole number from 1 on.", &inner)
            })?,
        };
        let after = self.query("cursor").map(|text| {
            mark(text).ok_or_else(|| {
                ApiError::invalid("INVALID_VALUE", "cursor", "The cursor is not one of this list.", &Value::Null)
            })
        });
        Ok(Wanted { limit: limit.min(sizes.most), after: after.transpose()? })
    }

    /// One page of a list that is known whole: its marks are places in the list.
    pub(super) fn page_of(&self, name: &'static str, list: Vec<Value>, sizes: Sizes) -> Result<Value, ApiError> {
        let wanted = self.wanted(sizes)?;
        let from = usize::try_from(wanted.after.unwrap_or(0)).unwrap_or(usize::MAX);
        let (count, to) = (list.len(), from.saturating_add(wanted.limit));
        let next = (to < count).then_some(to as u64);
        let items = list.into_iter().skip(from).take(wanted.limit).collect();
        Ok(self.page(Page { name, items, count: Some(count), next }))
    }

    /// A page as it is sent (HAL).
    pub(super) fn page(&self, page: Page) -> Value {
        let mut body = json!({ "_links": { "self": { "href": self.href(None) } }, "size": page.items.len() });
        if let Some(mark) = page.next {
            body["_links"]["next"] = json!({ "href": self.href(Some(mark)) });
        }
        if let Some(count) = page.count {
            body["count"] = count.into();
        }
        body["_embedded"] = json!({ page.name: page.items });
        body
    }

    /// This request's own address, or that of the page after a mark.
    fn href(&self, mark: Option<u64>) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in self.query.iter().filter(|(name, _)| mark.is_none() || name != "cursor") {
            query.append_pair(name, value);
        }
        if let Some(mark) = mark {
            query.append_pair("cursor", &URL_SAFE_NO_PAD.encode(format!("after:{mark}")));
        }
        let query = query.finish();
        let question = if query.is_empty() { "" } else { "?" };
        // A form's plus would be read as a plus by whoever knows only RFC 3986.
        format!("{}{}{question}{}", self.sandbox.origin(), self.path, query.replace('+', "%20"))
    }
}

fn mark(cursor: &str) -> Option<u64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("after:")?.parse().ok()
}
