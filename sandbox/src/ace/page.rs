//! Pages by number: `page`, `pages`, `per_page`, `total`, `items`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::AceError;

/// The sizes a page of sites or points may have.
pub(super) const SITE_SIZES: [usize; 11] = [2, 10, 20, 30, 40, 50, 100, 500, 1_000, 5_000, 10_000];

/// The sizes a page of configured points may have.
pub(super) const POINT_SIZES: [usize; 7] = [2, 10, 20, 30, 40, 50, 100];

/// The parameters as they came.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    page: Option<String>,
    per_page: Option<String>,
}

/// The page asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    page: usize,
    per_page: usize,
}

impl Wanted {
    /// Reads the parameters: page 1 of 10 unless they say otherwise.
    pub(super) fn of(asked: &Asked, sizes: &[usize]) -> Result<Self, AceError> {
        let page = number(asked.page.as_deref(), 1).filter(|page| *page >= 1);
        let per_page = number(asked.per_page.as_deref(), 10).filter(|size| sizes.contains(size));
        Ok(Self {
            page: page.ok_or_else(|| AceError::invalid("page", "It must be a whole number from 1 on."))?,
            per_page: per_page.ok_or_else(|| AceError::invalid("per_page", "It is not one of the sizes allowed."))?,
        })
    }

    /// The page of a list of `total`, whose items are made by place.
    pub(super) fn page(&self, total: usize, item: impl Fn(usize) -> Value) -> Value {
        let from = self.per_page.saturating_mul(self.page - 1).min(total);
        let to = from.saturating_add(self.per_page).min(total);
        json!({
            "page": self.page, "pages": total.div_ceil(self.per_page), "per_page": self.per_page, "total": total,
            "items": (from..to).map(item).collect::<Vec<_>>(),
        })
    }
}

fn number(text: Option<&str>, usual: usize) -> Option<usize> {
    text.map_or(Some(usual), |text| text.parse().ok())
}
