//! Everything earlier apps left in this browser, whether it can be taken over or not: it may hold tokens in plain text.

use std::collections::BTreeSet;

use domain::legacy::{Area, DATABASE, Item};

use super::{found, remove, sites};

/// Where something lies, such as `localStorage: aceIotApiToken`.
pub async fn places() -> BTreeSet<String> {
    let ours = found().await.into_iter().filter(Item::is_legacy).map(|item| place(&item));
    let of_sites = sites::texts().await.into_iter().map(|text| text.place.to_string());
    ours.chain(of_sites).collect()
}

/// Removes all of it. What can't be removed is found by [`places`] again.
pub async fn remove_all() {
    for item in found().await.iter().filter(|item| item.is_legacy()) {
        remove(item).await;
    }
    for text in sites::texts().await {
        sites::remove(&text).await;
    }
}

fn place(item: &Item) -> String {
    let area = match item.area {
        Area::Local => "localStorage",
        Area::Session => "sessionStorage",
        Area::Database => DATABASE,
    };
    [area, ": ", &item.key].concat()
}
