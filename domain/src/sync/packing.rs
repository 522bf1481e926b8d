//! An item's content as bytes to be sealed, and what the sealed bytes are bound to.

use zeroize::Zeroizing;

use super::{ItemKey, ItemKind};
use crate::id::{SyncCopyId, SyncItemId};
use crate::vault::prefixed;

/// The version of the form.
const VERSION: u8 = 1;
/// Content is filled up to a multiple of this, so that its length says little.
const BLOCK: usize = 256;

/// What an item is sealed as: what it is, and its content where it has one.
pub fn packed(key: &ItemKey, value: Option<&[u8]>) -> Zeroizing<Vec<u8>> {
    let (kind, id, content) = (key.kind.name().as_bytes(), key.id.as_bytes(), value.unwrap_or_default());
    let length = 2 + 3 * 8 + kind.len() + id.len() + content.len();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(BLOCK)));
    bytes.extend_from_slice(&[VERSION, u8::from(value.is_some())]);
    for part in [kind, id, content] {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes.resize(length.next_multiple_of(BLOCK), 0);
    bytes
}

/// What was packed; `None` for what never was.
pub fn unpacked(bytes: &[u8]) -> Option<(ItemKey, Option<Zeroizing<Vec<u8>>>)> {
    let (&[version, has_content], mut rest) = bytes.split_first_chunk::<2>()?;
    if version != VERSION || has_content > 1 {
        return None;
    }
    let mut part = || {
        let (length, after) = rest.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_be_bytes(*length)).ok()?;
        let (part, after) = after.split_at_checked(length)?;
        rest = after;
        Some(part)
    };
    let (kind, id, content) = (part()?, part()?, part()?);
    let kind = ItemKind::of_name(std::str::from_utf8(kind).ok()?)?;
    let key = ItemKey::new(kind, std::str::from_utf8(id).ok()?);
    Some((key, (has_content == 1).then(|| Zeroizing::new(content.to_vec()))))
}

/// What a sealed item is bound to: the copy, its id, its generation, and whether it was removed. So the server can neither
/// move a ciphertext, nor pass it off as another version or as removed.
pub fn bound_to(copy: &SyncCopyId, item: &SyncItemId, generation: u64, removed: bool) -> Vec<u8> {
    let (generation, removed) = (generation.to_be_bytes(), [u8::from(removed)]);
    prefixed([
        b"tokenkeep/sync/item/1".as_slice(),
        copy.as_str().as_bytes(),
        item.as_str().as_bytes(),
        &generation,
        &removed,
    ])
}

/// What the keyed hash is taken of that names a thing to the server.
pub fn named(key: &ItemKey) -> Vec<u8> {
    prefixed([b"tokenkeep/sync/name/1".as_slice(), key.kind.name().as_bytes(), key.id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> ItemKey {
        ItemKey::new(ItemKind::Site, id)
    }

    #[test]
    fn what_is_packed_is_unpacked_as_it_was() {
        let long = vec![7; 1_000];
        for value in [None, Some(b"".as_slice()), Some(b"{\"a\":1}"), Some(&long)] {
            let bytes = packed(&key("a"), value);
            let (found, content) = unpacked(&bytes).unwrap();
            assert_eq!((found, content.as_ref().map(|content| content.as_slice())), (key("a"), value));
            assert_eq!(bytes.len() % BLOCK, 0);
        }
    }

    #[test]
    fn contents_of_nearly_the_same_length_can_not_be_told_apart_by_it() {
        assert_eq!(packed(&key("a"), None).len(), packed(&key("a"), Some(b"short")).len());
        assert_eq!(packed(&key("a"), Some(b"one")).len(), packed(&key("abcdef"), Some(b"twenty-one")).len());
    }

    #[test]
    fn what_was_never_packed_is_none() {
        let good = packed(&key("a"), Some(b"x"));
        for cut in [0, 1, 2, 9, 20, 30] {
            assert_eq!(unpacked(&good[..cut]), None, "cut at {cut}");
        }
        let mut endless = good.to_vec();
        endless[2..10].copy_from_slice(&u64::MAX.to_be_bytes());
        assert_eq!(unpacked(&endless), None);
        let mut newer = good.to_vec();
        newer[0] = 2;
        assert_eq!(unpacked(&newer), None);
        let mut other = good.to_vec();
        other[10] = b'x';
        assert_eq!(unpacked(&other), None, "no kind of that name");
    }

    #[test]
    fn another_copy_item_generation_or_mark_is_another_binding() {
        let bound = |copy: &str, item, generation, removed| {
            bound_to(&SyncCopyId::new(copy), &SyncItemId::from_random(item), generation, removed)
        };
        let original = bound("c", 1, 1, false);
        for other in [bound("d", 1, 1, false), bound("c", 2, 1, false), bound("c", 1, 2, false), bound("c", 1, 1, true)]
        {
            assert_ne!(original, other);
        }
    }

    #[test]
    fn things_of_two_kinds_have_two_names() {
        assert_ne!(named(&key("a")), named(&ItemKey::new(ItemKind::Connection, "a")));
        assert_ne!(named(&key("a")), named(&key("b")));
    }
}
