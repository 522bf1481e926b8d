//! What earlier apps of site tokens left in this browser: read, removed, and put back.
//!
//! A record of a database can't be put back as it was (its dates are texts by then), so with an undo it goes to
//! localStorage, under the key the same app uses where it has no database.

use domain::legacy::Area;
use domain::secret::Secret;
use domain::site::{LEGACY_DATABASES, LEGACY_RECORDS, LegacyPlace, LegacyText};

use super::{database, stores};

/// Everything an earlier app may have left.
pub async fn texts() -> Vec<LegacyText> {
    let of_area = |item: domain::legacy::Item| {
        let place = match item.area {
            Area::Local => LegacyPlace::Local(item.key),
            Area::Session => LegacyPlace::Session(item.key),
            Area::Database => return None,
        };
        Some(LegacyText { place, text: item.text }).filter(|text| text.place.is_legacy())
    };
    let mut texts: Vec<LegacyText> = stores::items().into_iter().filter_map(of_area).collect();
    for name in LEGACY_DATABASES {
        for (id, json) in database::entries(name, LEGACY_RECORDS).await {
            let place = LegacyPlace::Record(name.to_owned(), id);
            texts.push(LegacyText { place, text: Secret::new(json) });
        }
    }
    texts
}

/// Removes a text, if it still stands as it was read.
pub async fn remove(text: &LegacyText) {
    match &text.place {
        LegacyPlace::Local(key) => stores::erase(Area::Local, key, text.text.expose()),
        LegacyPlace::Session(key) => stores::erase(Area::Session, key, text.text.expose()),
        LegacyPlace::Record(name, id) => database::erase(name, LEGACY_RECORDS, id, text.text.expose()).await,
    }
}

/// Puts a text back where it was, unless something else stands there. Gives whether it stands there now.
pub fn put_back(text: &LegacyText) -> bool {
    match &text.place {
        LegacyPlace::Local(key) => stores::put(Area::Local, key, text.text.expose()),
        LegacyPlace::Session(key) => stores::put(Area::Session, key, text.text.expose()),
        LegacyPlace::Record(_, id) => {
            stores::put(Area::Local, &["bv_token_fallback_", id].concat(), text.text.expose())
        }
    }
}
