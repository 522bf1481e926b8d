use crate::api::FieldError;
use crate::api::sync::{MOST_ITEM_BYTES, MOST_KEYRING_BYTES, MOST_PUSHED, NewSyncCopy, PushedItem, SyncPush};

/// How far a generation may be ahead of the one it replaces: no device makes more versions before it syncs.
const MOST_AHEAD: u64 = 1_000_000;

/// What becomes of a pushed item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is written.
    Take,
    /// It was written before, and the answer was lost on its way.
    Repeat,
    /// What stands is not what it replaces.
    Stands,
}

/// What becomes of a pushed item where `standing` is the generation and the sealed text that stand.
pub fn judge(standing: Option<(u64, &str)>, pushed: &PushedItem) -> Judgement {
    match standing {
        // It stays as a mark when it is removed, so one that replaces what is not there met a server that went back.
        None => Judgement::Take,
        Some((generation, _)) if generation == pushed.replaces => Judgement::Take,
        Some((generation, sealed)) if generation == pushed.generation && sealed == pushed.sealed => Judgement::Repeat,
        _ => Judgement::Stands,
    }
}

/// Why a push can't be taken as a whole; `None` when it can.
pub fn unfit(push: &SyncPush) -> Option<FieldError> {
    let wrong = |message| wrong("items", message);
    if push.items.len() > MOST_PUSHED {
        return wrong("A push has 1,000 items at most.");
    }
    let misfit = |item: &PushedItem| {
        let ahead = item.generation.checked_sub(item.replaces);
        !is_hex(item.id.as_str()) || !ahead.is_some_and(|ahead| (1..=MOST_AHEAD).contains(&ahead))
    };
    if push.items.iter().any(misfit) {
        return wrong("An item has an id of 32 hexadecimal digits, and a generation above the one it replaces.");
    }
    if push.items.iter().any(|item| item.sealed.len() > MOST_ITEM_BYTES || !is_base64(&item.sealed)) {
        return wrong("An item is sealed as base64 of 64 KiB at most.");
    }
    let mut ids: Vec<_> = push.items.iter().map(|item| item.id.as_str()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return wrong("An item stands in a push once.");
    }
    None
}

/// Why a copy can't be begun; `None` when it can.
pub fn unfit_copy(new: &NewSyncCopy) -> Option<FieldError> {
    if !is_hex(new.key.as_str()) {
        return wrong("key", "A key's id has 32 hexadecimal digits.");
    }
    unfit_keyring(&new.keyring)
}

/// Why this can't be a copy's keyring; `None` when it can.
pub fn unfit_keyring(keyring: &str) -> Option<FieldError> {
    if keyring.is_empty() || keyring.len() > MOST_KEYRING_BYTES {
        return wrong("keyring", "A keyring has 8 KiB at most.");
    }
    None
}

fn wrong(field: &str, message: &str) -> Option<FieldError> {
    Some(FieldError { field: field.to_owned(), message: message.to_owned() })
}

fn is_hex(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_base64(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    !text.is_empty() && text.bytes().all(fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{SyncCopyId, SyncItemId, SyncKeyId};

    fn pushed(replaces: u64, generation: u64) -> PushedItem {
        PushedItem {
            id: SyncItemId::from_random(7),
            replaces,
            generation,
            removed: false,
            sealed: "c2VhbGVk".to_owned(),
        }
    }

    fn push(items: Vec<PushedItem>) -> SyncPush {
        SyncPush { copy: SyncCopyId::new("c"), key: SyncKeyId::from_random(1), items }
    }

    #[test]
    fn a_version_is_taken_only_over_the_one_it_replaces() {
        assert_eq!(judge(None, &pushed(0, 1)), Judgement::Take);
        assert_eq!(judge(Some((3, "x")), &pushed(3, 5)), Judgement::Take);
        assert_eq!(judge(Some((4, "x")), &pushed(3, 5)), Judgement::Stands);
        assert_eq!(judge(Some((2, "x")), &pushed(3, 4)), Judgement::Stands);
        assert_eq!(judge(None, &pushed(3, 4)), Judgement::Take, "the server went back to a backup");
        assert_eq!(judge(Some((1, "x")), &pushed(0, 1)), Judgement::Stands);
    }

    #[test]
    fn what_was_taken_before_its_answer_was_lost_is_taken_again_as_itself() {
        assert_eq!(judge(Some((4, "c2VhbGVk")), &pushed(3, 4)), Judgement::Repeat);
        assert_eq!(judge(Some((4, "b3RoZXI=")), &pushed(3, 4)), Judgement::Stands);
    }

    #[test]
    fn what_no_device_writes_is_refused_as_a_whole() {
        assert_eq!(unfit(&push(vec![pushed(0, 1)])), None);
        for wrong in [
            pushed(1, 1),
            pushed(2, 1),
            pushed(0, MOST_AHEAD + 1),
            PushedItem { id: SyncItemId::new("../x"), ..pushed(0, 1) },
            PushedItem { sealed: String::new(), ..pushed(0, 1) },
            PushedItem { sealed: "<b>".to_owned(), ..pushed(0, 1) },
            PushedItem { sealed: "a".repeat(MOST_ITEM_BYTES + 1), ..pushed(0, 1) },
        ] {
            assert!(unfit(&push(vec![wrong.clone()])).is_some(), "{:?} {}", wrong.id, wrong.generation);
        }
        assert!(unfit(&push(vec![pushed(0, 1); 2])).is_some(), "the same item twice");
        let many = (0..1_001).map(|number| PushedItem { id: SyncItemId::from_random(number), ..pushed(0, 1) });
        assert!(unfit(&push(many.collect())).is_some());
    }
}
