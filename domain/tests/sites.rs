//! Site tokens: what holds for any text, and for thousands of tokens.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{ProviderId, SiteTokenId};
use domain::secret::Secret;
use domain::site::sample::{NOW, token};
use domain::site::{
    Draft, Filter, Order, Pasted, Query, Shelf, SiteToken, SitesView, Standing, Used, Verdict, VerdictKind, by_name,
    import,
};
use proptest::prelude::*;

fn jwt() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{8,60}\\.[A-Za-z0-9_-]{8,200}\\.[A-Za-z0-9_-]{8,100}"
}

/// What people copy along.
fn around() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop_oneof![
        Just(("", "")),
        Just(("Bearer ", "")),
        Just(("\"", "\"")),
        Just(("'bearer ", "',")),
        Just(("Authorization: Bearer ", "\r\n")),
        Just(("X-ACE-Token: \"", "\"")),
        Just(("\u{feff}  ", "\u{200b}\n")),
        Just(("“", "”")),
    ]
}

proptest! {
    #[test]
    fn a_token_comes_out_whole_whatever_stands_around_it_and_wherever_it_was_broken(
        token in jwt(), (before, after) in around(), breaks in proptest::collection::vec(any::<prop::sample::Index>(), 0..4)
    ) {
        let mut broken = token.clone();
        for place in breaks {
            broken.insert_str(place.index(broken.len()), "\n ");
        }
        let pasted = Pasted::mend(&format!("{before}{broken}{after}"));
        // What was broken within its first letters could read as another word; nobody breaks a line there.
        prop_assume!(broken.get(..8) == token.get(..8));
        prop_assert_eq!(pasted.token.expose(), &token);
        prop_assert!(pasted.check().is_ok());
        let again = Pasted::mend(pasted.token.expose());
        prop_assert_eq!((again.token.expose(), again.mends.len()), (token.as_str(), 0));
    }

    #[test]
    fn any_text_is_mended_without_harm_and_mending_twice_changes_nothing(text in any::<String>()) {
        let once = Pasted::mend(&text);
        prop_assert!(once.token.expose().len() <= text.len());
        let twice = Pasted::mend(once.token.expose());
        prop_assert_eq!(&twice.token, &Pasted::mend(twice.token.expose()).token);
        // A draft of it says what is wrong, or can be kept.
        let draft = Draft { site: text.clone(), name: text.clone(), token: Secret::new(text), ..Draft::empty(ProviderId::new("p")) };
        let findings = draft.findings(&SitesView::default(), None);
        prop_assert!(!findings.is_fine() || draft.place().is_ok());
    }

    #[test]
    fn any_file_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        drop(import::read(&bytes, &SitesView::default(), &[ProviderId::new("p")]));
    }

    #[test]
    fn any_json_is_read_without_harm(text in "[\\[{]{1,3}(\"(token|site|id|x)\":(\"[a-c.]{0,30}\"|[0-9]|null|\\[\\]|\\{\\}),?){0,6}[\\]}]{1,3}") {
        drop(import::read(text.as_bytes(), &SitesView::default(), &[ProviderId::new("p")]));
    }

    #[test]
    fn names_have_one_order(names in proptest::collection::vec("[a-cA-C0-9 é]{0,6}", 3)) {
        let named = |name: &String| SiteToken { name: name.clone(), ..token(&format!("t{}", name.len()), None) };
        let [a, b, c] = [named(&names[0]), named(&names[1]), named(&names[2])];
        prop_assert_eq!(by_name(&a, &b), by_name(&b, &a).reverse());
        if by_name(&a, &b).is_le() && by_name(&b, &c).is_le() {
            prop_assert!(by_name(&a, &c).is_le());
        }
    }

    #[test]
    fn a_shelf_shows_what_was_last_written_whatever_came_in_between(
        steps in proptest::collection::vec((0..6_u8, 1..4_u64, any::<bool>(), any::<bool>()), 0..40)
    ) {
        let (mut shelf, mut known) = (Shelf::default(), BTreeMap::new());
        for (which, version, removed, gone) in steps {
            let id = format!("t{which}");
            if gone {
                shelf.update(Vec::new(), &[SiteTokenId::new(id.as_str())]);
                known.remove(&id);
                continue;
            }
            let one = SiteToken { removed_at: removed.then_some(NOW), name: format!("{version}"), ..token(&id, Some(9)) };
            shelf.update(vec![(one.clone(), version)], &[]);
            if known.get(&id).is_none_or(|(_, before)| *before <= version) {
                known.insert(id, (one, version));
            }
        }
        let mut view = SitesView::default();
        shelf.show(&mut view);
        let mut expected: Vec<SiteToken> = known.values().map(|(token, _)| token.clone()).filter(|token| token.removed_at.is_none()).collect();
        expected.sort_by(by_name);
        let shown: Vec<SiteToken> = view.tokens.iter().map(|token| SiteToken::clone(token)).collect();
        prop_assert_eq!(shown, expected);
        prop_assert_eq!(view.removed.len() + view.tokens.len(), known.len());
    }
}

/// Five thousand tokens that stand in every way.
fn many() -> SitesView {
    let mut tokens: Vec<SiteToken> = (0..5_000_i64)
        .map(|index| {
            let days = match index % 6 {
                0 => None,
                1 => Some(300),
                2 => Some(7),
                3 => Some(3),
                4 => Some(1),
                _ => Some(-4),
            };
            let verdict = (index % 11 == 0).then_some(Verdict { kind: VerdictKind::Rejected, at: NOW });
            let used = Used { last_at: (index % 3 == 0).then(|| NOW.shifted(-index * 1_000)), count: 1 };
            let added_at = NOW.shifted(-(index * 7_919 % 5_000));
            SiteToken {
                name: format!("Site {} of {}", index * 31 % 5_000, index % 17),
                verdict,
                used,
                added_at,
                ..token(&format!("s{index}"), days)
            }
        })
        .collect();
    tokens.sort_by(by_name);
    let default = Some(SiteTokenId::new("s77"));
    SitesView { tokens: Arc::new(tokens.into_iter().map(Arc::new).collect()), default, ..SitesView::default() }
}

#[test]
fn five_thousand_tokens_are_found_filtered_and_sorted_as_the_plain_way_would() {
    let view = many();
    for text in ["", "site 12", "ses_s4 ADMIN", "of 3", "nowhere"] {
        for filter in Filter::ALL {
            for order in [Order::Name, Order::Expiry, Order::LastUsed, Order::Added] {
                let query = Query { text: text.to_owned(), filter, provider: None, order };
                let found = view.find(&query, NOW);
                let plain = |token: &SiteToken| {
                    let all = format!(
                        "{} {} {}",
                        token.name,
                        token.place.site,
                        token.claims.identity.as_deref().unwrap_or_default()
                    )
                    .to_lowercase();
                    text.to_lowercase().split(' ').all(|word| all.contains(word)) && filter.takes(token.standing(NOW))
                };
                let expected: Vec<&Arc<SiteToken>> = view.tokens.iter().filter(|token| plain(token)).collect();
                assert_eq!(found.len(), expected.len(), "{query:?}");
                let first = found.first().is_none_or(|token| token.id.as_str() == "s77");
                let has_default = expected.iter().any(|token| token.id.as_str() == "s77");
                assert!(first || !has_default, "the default site comes first: {query:?}");
                let rest = || found.iter().filter(|token| token.id.as_str() != "s77");
                let key = |token: &&Arc<SiteToken>| match order {
                    Order::Name => 0,
                    Order::Expiry => token.claims.expires_at.map_or(i64::MAX, |end| end.millis()),
                    Order::LastUsed => token.used.last_at.map_or(i64::MAX, |at| -at.millis()),
                    Order::Added => -token.added_at.millis(),
                };
                assert!(rest().is_sorted_by_key(|token| key(&token)), "{query:?}");
            }
        }
    }
}

#[test]
fn every_one_of_five_thousand_is_counted_by_how_it_stands() {
    let view = many();
    let metrics = view.metrics(NOW);
    assert_eq!(metrics.by_standing.iter().sum::<usize>(), 5_000);
    assert_eq!(metrics.active + metrics.expired + metrics.invalid, 5_000);
    let counts = view.counts(NOW);
    assert_eq!(counts[0], counts[1..].iter().sum::<usize>());
    let refused = view.tokens.iter().filter(|token| token.standing(NOW) == Standing::Invalid).count();
    assert_eq!(counts[4], refused);
}
