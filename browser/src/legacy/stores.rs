use domain::legacy::{Area, Item};
use domain::secret::Secret;
use web_sys::Storage;

/// What begins so is ours.
const OWN: &str = "tokenkeep";

/// Everything in localStorage and sessionStorage that is not ours; nothing where they are blocked.
pub fn items() -> Vec<Item> {
    [Area::Local, Area::Session].into_iter().flat_map(in_area).collect()
}

/// Removes an item, if it still stands as it was read.
pub fn remove(area: Area, item: &Item) {
    erase(area, &item.key, item.text.expose());
}

/// Removes what stands under a key, if it is still this text.
pub fn erase(area: Area, key: &str, text: &str) {
    let Some(storage) = storage(area) else { return };
    if storage.get_item(key).ok().flatten().as_deref() == Some(text) {
        // What can't be removed now is found again the next time.
        let _ = storage.remove_item(key);
    }
}

/// Writes a text under a key where nothing stands; gives whether it stands there now.
pub fn put(area: Area, key: &str, text: &str) -> bool {
    let Some(storage) = storage(area) else { return false };
    let there = || storage.get_item(key).ok().flatten();
    if there().is_none() {
        // Whether that worked is read next.
        let _ = storage.set_item(key, text);
    }
    there().as_deref() == Some(text)
}

fn in_area(area: Area) -> Vec<Item> {
    let Some(storage) = storage(area) else { return Vec::new() };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    let item = |key: String| {
        let text = Secret::new(storage.get_item(&key).ok().flatten()?);
        Some(Item { area, key, text })
    };
    keys.filter(|key| !key.starts_with(OWN)).filter_map(item).collect()
}

fn storage(area: Area) -> Option<Storage> {
    let window = web_sys::window()?;
    let storage = match area {
        Area::Session => window.session_storage(),
        _ => window.local_storage(),
    };
    storage.ok().flatten()
}
