//! What kept credentials are for: each purpose files its own, so that a form for one never shows what another keeps.

/// Sets the files of other purposes apart from ids; an id that begins with it is set apart as well.
const MARK: char = '\u{1f}';

/// What a credential is for. The purpose is a type, so that code for one can't ask for another's by a wrong value; the
/// file's name is sealed with the record, so that a record moved between purposes can't be opened.
pub trait Purpose {
    /// The name in file names; empty for worker tokens only, whose files are named by the connection alone.
    const NAME: &'static str;
}

/// Client credentials that get worker tokens.
#[derive(Clone, Copy, Debug)]
pub enum WorkerTokens {}

/// Tokens a person was given for one site.
#[derive(Clone, Copy, Debug)]
pub enum SiteTokens {}

impl Purpose for WorkerTokens {
    const NAME: &'static str = "";
}

impl Purpose for SiteTokens {
    const NAME: &'static str = "site";
}

/// The name a credential of this purpose is filed under. No two purposes share one, whatever the ids.
pub fn file<P: Purpose>(id: &str) -> String {
    if P::NAME.is_empty() && !id.starts_with(MARK) {
        return id.to_owned();
    }
    format!("{MARK}{}{MARK}{id}", P::NAME)
}

/// Whether a file is one of this purpose.
pub fn is_filed_for<P: Purpose>(file: &str) -> bool {
    match file.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK)) {
        Some((name, _)) => name == P::NAME,
        None => P::NAME.is_empty(),
    }
}

/// The id a file of this purpose was named with.
pub fn id_of<P: Purpose>(file: &str) -> Option<&str> {
    match file.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK)) {
        Some((name, id)) => (name == P::NAME).then_some(id),
        None => P::NAME.is_empty().then_some(file),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_two_purposes_and_no_two_ids_share_a_file(one in "[\u{1f}/a-cs-t]{0,8}|\u{1f}site\u{1f}a|\u{1f}\u{1f}", two in "[\u{1f}/a-cs-t]{0,8}|a") {
            let (of_workers, of_sites) = (file::<WorkerTokens>(&one), file::<SiteTokens>(&two));
            prop_assert_ne!(&of_workers, &of_sites);
            prop_assert_eq!(file::<WorkerTokens>(&one) == file::<WorkerTokens>(&two), one == two);
            prop_assert_eq!(file::<SiteTokens>(&one) == of_sites, one == two);
            prop_assert!(is_filed_for::<WorkerTokens>(&of_workers) && !is_filed_for::<SiteTokens>(&of_workers));
            prop_assert_eq!(id_of::<WorkerTokens>(&of_workers), Some(one.as_str()));
            prop_assert_eq!(id_of::<SiteTokens>(&of_sites), Some(two.as_str()));
            prop_assert_eq!(id_of::<SiteTokens>(&of_workers), None);
            prop_assert!(is_filed_for::<SiteTokens>(&of_sites) && !is_filed_for::<WorkerTokens>(&of_sites));
        }
    }

    #[test]
    fn worker_credentials_are_filed_by_their_connection_alone_as_ever() {
        assert_eq!(file::<WorkerTokens>("c1"), "c1");
    }
}
