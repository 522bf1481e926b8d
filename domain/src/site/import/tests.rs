use std::sync::Arc;

use super::super::sample::{text, token};
use super::*;
use crate::secret::Secret;
use crate::tenant::{AllowedSites, Limits};

fn jwt(identity: &str) -> Secret {
    text(&format!(r#"{{"identity":"{identity}"}}"#))
}

fn providers() -> Vec<ProviderId> {
    ["ace", "other"].map(ProviderId::new).to_vec()
}

fn rows(file: &str, view: &SitesView) -> Vec<ImportRow> {
    read(file.as_bytes(), view, &providers()).unwrap()
}

fn places(rows: &[ImportRow]) -> Vec<(usize, &str, &str)> {
    rows.iter().map(|row| (row.line, row.draft.site.as_str(), row.draft.name.as_str())).collect()
}

#[test]
fn a_table_may_name_its_columns_in_any_usual_way() {
    for head in ["site_id,site_name,token", "Site ID;Site Name;ACE API Token", "siteId\tname\tjwt"] {
        let separator = head.chars().find(|char| matches!(char, ',' | ';' | '\t')).unwrap().to_string();
        let row = ["ses_a", "Site A", jwt("a").expose()].join(&separator);
        let read = rows(&format!("{head}\r\n{row}\r\n"), &SitesView::default());
        assert_eq!(places(&read), [(2, "ses_a", "Site A")], "{head}");
        assert_eq!((&read[0].state, &read[0].deed), (&RowState::New, &RowDeed::Add));
    }
}

#[test]
fn a_table_without_names_is_read_by_what_its_cells_are() {
    let file = format!("ses_a,Site A,{}\nses_b,Site B,Bearer {}\n", jwt("a").expose(), jwt("b").expose());
    let read = rows(&file, &SitesView::default());
    assert_eq!(places(&read), [(1, "ses_a", "Site A"), (2, "ses_b", "Site B")]);
    assert_eq!(read[1].draft.token, jwt("b"));
}

#[test]
fn json_is_a_list_an_object_with_a_list_or_tokens_by_site() {
    let (a, b) = (jwt("a"), jwt("b"));
    let (a, b) = (a.expose(), b.expose());
    for file in [
        format!(r#"[{{"siteId":"x","siteName":"X","token":"{a}"}},{{"site_id":9,"jwt":"{b}"}}]"#),
        format!(
            r#"{{"version":1,"tokens":[{{"id":"x","name":"X","token":"{a}"}},{{"id":"i","site":"9","token":"{b}"}}]}}"#
        ),
        format!(r#"{{"tokens":{{"9":"{b}","x":{{"name":"X","token":"{a}"}}}}}}"#),
        format!(r#"{{"x":{{"nice_name":"X","token":"{a}"}},"9":"{b}"}}"#),
    ] {
        let mut read = rows(&file, &SitesView::default());
        read.sort_by_key(|row| row.draft.name.is_empty());
        let found: Vec<_> = read.iter().map(|row| (row.draft.site.as_str(), row.draft.name.as_str())).collect();
        assert_eq!(found, [("x", "X"), ("9", "")], "{file}");
        assert_eq!(read[0].claims.identity.as_deref(), Some("a"));
    }
}

#[test]
fn what_is_there_is_known_again_and_a_new_text_for_it_replaces_the_old_one() {
    let mut kept = token("ses_a", None);
    kept.hash = TokenHash::of(&jwt("a"));
    let id = kept.id.clone();
    let view = SitesView { tokens: Arc::new(vec![Arc::new(kept)]), ..SitesView::default() };
    let file = ["a", "newer", "newer"].map(|identity| format!("ses_a,{}", jwt(identity).expose())).join("\n");
    let read = rows(&file, &view);
    let found: Vec<_> = read.iter().map(|row| (row.state.clone(), row.deed.clone())).collect();
    let expected = [
        (RowState::Same(id.clone()), RowDeed::Skip),
        (RowState::Other(vec![id.clone()]), RowDeed::Replace(id)),
        (RowState::Repeats(2), RowDeed::Skip),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_row_that_cannot_be_kept_says_why_and_stops_no_other() {
    let file =
        format!("site,token,provider\n,{0},\na b,{0},\nx,nonsense,\ny,{0},unknown\nz,{0},other\n", jwt("a").expose());
    let read = rows(&file, &SitesView::default());
    let found: Vec<_> = read.iter().map(|row| row.state.clone()).collect();
    let bad = |text: &str| RowState::Bad(text.to_owned());
    let expected = [
        bad("A site's id has at least one character."),
        bad("A site's id has only letters without accents, digits and . _ : -."),
        bad("This is too short for a token: it has 8 characters, and a token at least 20. Copy it again, whole."),
        bad("\"unknown\" is no provider of site tokens here."),
        RowState::New,
    ];
    assert_eq!(found, expected);
    assert_eq!(read[4].draft.provider, ProviderId::new("other"));
}

#[test]
fn a_file_without_tokens_says_so() {
    let unusable = |file: &[u8]| read(file, &SitesView::default(), &providers()).unwrap_err();
    assert_eq!(unusable(b""), Unusable::Empty);
    assert_eq!(unusable(b" \r\n"), Unusable::Empty);
    assert_eq!(unusable(b"PK\x03\x04\0\0"), Unusable::Binary);
    assert_eq!(unusable(b"[{\"token\":"), Unusable::Broken { line: 1, column: 10 });
    assert_eq!(unusable(b"[]"), Unusable::NoTokens);
    assert_eq!(unusable(b"site,name\na,b\n"), Unusable::NoTokens);
    assert_eq!(unusable(format!("site,token\n{}", "a,b\n".repeat(MOST + 1)).as_bytes()), Unusable::TooMany(MOST + 1));
}

#[test]
fn a_row_for_a_site_the_tenant_does_not_allow_is_bad_and_says_so() {
    let only = AllowedSites::Only(vec![crate::site::SiteId::parse("a").unwrap()]);
    let limits = Limits { api: None, sites: only };
    let view = SitesView { limits: Arc::new(limits), ..SitesView::default() };
    let read = rows(&format!("a,{}\nb,{}\n", jwt("a").expose(), jwt("b").expose()), &view);
    assert_eq!(read[0].state, RowState::New);
    assert_eq!(read[1].state, RowState::Bad("This tenant does not allow the site.".to_owned()));
    assert_eq!(read[1].deeds(), [RowDeed::Skip]);
}

#[test]
fn a_row_for_another_api_than_the_tenants_is_bad_and_says_so() {
    let limits = Limits { api: Some(ProviderId::new("ace")), ..Limits::default() };
    let view = SitesView { limits: Arc::new(limits), ..SitesView::default() };
    let file = format!("site,token,provider\na,{},ace\nb,{},other\n", jwt("a").expose(), jwt("b").expose());
    let states = |providers: &[&str]| -> Vec<RowState> {
        let providers: Vec<_> = providers.iter().map(|id| ProviderId::new(*id)).collect();
        read(file.as_bytes(), &view, &providers).unwrap().into_iter().map(|row| row.state).collect()
    };
    let bad = RowState::Bad("This tenant works with another API.".to_owned());
    assert_eq!(states(&["ace"]), [RowState::New, bad.clone()]);
    assert_eq!(states(&["ace", "other"]), [RowState::New, bad]);
}
