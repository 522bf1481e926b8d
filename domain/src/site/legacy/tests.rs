use std::sync::Arc;

use super::super::sample::{text, token};
use super::*;

fn jwt(identity: &str) -> Secret {
    text(&format!(r#"{{"identity":"{identity}"}}"#))
}

fn local(key: &str, text: &str) -> LegacyText {
    LegacyText { place: LegacyPlace::Local(key.to_owned()), text: Secret::new(text) }
}

fn shown(texts: &[LegacyText], view: &SitesView) -> Vec<(String, String, LegacyDeed)> {
    let items = LegacyWork::plan(texts, view).shown(false).items;
    items.into_iter().map(|item| (item.at, item.site, item.deed)).collect()
}

#[test]
fn plain_tokens_are_found_wherever_earlier_apps_kept_them() {
    let (a, b, c, d) = (jwt("a"), jwt("b"), jwt("c"), jwt("d"));
    let list = format!(r#"[{{"id":"s1","name":"One","token":"{}"}},{{"id":"s2","name":"No token"}}]"#, b.expose());
    let texts = [
        local("aceIotApiToken", &format!("\"{}\"", a.expose())),
        local("theme", "dark"),
        local("custom_ace_sites", &list),
        local("bv_token_fallback_s3", &format!(r#"{{"siteId":"s3","siteName":"Three","token":"{}"}}"#, c.expose())),
        LegacyText {
            place: LegacyPlace::Record("BuildingVitalsTokens".to_owned(), "s4".to_owned()),
            text: Secret::new(format!(r#"{{"siteId":"s4","token":"{}","tokenHash":"x"}}"#, d.expose())),
        },
        LegacyText { place: LegacyPlace::Session("aceIotApiToken".to_owned()), text: a },
    ];
    let take = |at: &str, site: &str| (at.to_owned(), site.to_owned(), LegacyDeed::Take);
    let expected = [
        take("localStorage: aceIotApiToken", LEGACY_SITE),
        take("localStorage: custom_ace_sites", "s1"),
        take("localStorage: bv_token_fallback_s3", "s3"),
        take("BuildingVitalsTokens: s4", "s4"),
        ("sessionStorage: aceIotApiToken".to_owned(), LEGACY_SITE.to_owned(), LegacyDeed::Known),
    ];
    assert_eq!(shown(&texts, &SitesView::default()), expected);
}

#[test]
fn what_is_kept_here_already_is_not_taken_again() {
    let mut kept = token("s1", None);
    kept.hash = TokenHash::of(&jwt("a"));
    let view = SitesView { tokens: Arc::new(vec![Arc::new(kept)]), ..SitesView::default() };
    let list = format!(r#"[{{"id":"s1","token":"{0}"}},{{"id":"s2","token":"{0}"}}]"#, jwt("a").expose());
    let deeds: Vec<_> = shown(&[local("custom_ace_sites", &list)], &view).into_iter().map(|(.., deed)| deed).collect();
    assert_eq!(deeds, [LegacyDeed::Known, LegacyDeed::Take]);
}

#[test]
fn what_is_encrypted_or_damaged_is_named_and_stays() {
    let texts = [
        local("aceToken_encrypted_v2", r#"{"iv":"x","data":"y"}"#),
        local("secure_v2_token", "U2FsdGVkX1+abc"),
        local("ace_api_token", "broken token"),
        local("ace_api_token", ""),
    ];
    let work = LegacyWork::plan(&texts, &SitesView::default());
    let named: Vec<_> = work.unreadable.iter().map(|it| it.at.as_str()).collect();
    assert_eq!(
        named,
        ["localStorage: aceToken_encrypted_v2", "localStorage: secure_v2_token", "localStorage: ace_api_token"]
    );
    assert_eq!(work.found(), Some(LegacyFound { readable: 0, unreadable: 3 }));
    assert_eq!(LegacyWork::plan(&[local("theme", "dark")], &SitesView::default()).found(), None);
}

#[test]
fn a_text_goes_only_when_all_in_it_is_kept_and_a_person_saw_it() {
    let list = |second: &str| {
        local(
            "custom_ace_sites",
            &format!(
                r#"[{{"id":"s1","token":"{}"}},{{"id":"{second}","token":"{}"}}]"#,
                jwt("a").expose(),
                jwt("b").expose()
            ),
        )
    };
    let view = SitesView::default();
    let provider = ProviderId::new("ace");
    let fine = LegacyWork::plan(&[list("s2")], &view);
    assert_eq!((fine.drafts(&fine.shown(false), &provider).len(), fine.removable(&fine.shown(false))), (2, vec![0]));
    let odd = LegacyWork::plan(&[list("no site")], &view);
    assert_eq!((odd.drafts(&odd.shown(false), &provider).len(), odd.removable(&odd.shown(false))), (1, vec![]));
    // Something came after the person looked.
    let seen = LegacyWork::plan(&[local("ace_api_token", jwt("c").expose())], &view).shown(false);
    assert_eq!((fine.drafts(&seen, &provider).len(), fine.removable(&seen)), (0, vec![]));
}

#[test]
fn no_text_is_shown() {
    let plan = LegacyWork::plan(&[local("ace_api_token", jwt("a").expose())], &SitesView::default()).shown(false);
    assert!(!format!("{plan:?}").contains(jwt("a").expose()));
}
