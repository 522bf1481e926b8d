use std::sync::Arc;

use super::super::sample::{NOW, site, token};
use super::super::{ChainSource, DefaultToken, SitePlace, WhyNot};
use super::*;
use crate::id::ProviderId;
use crate::tenant::{AllowedSites, Limits};

const DAY: i64 = 86_400_000;

fn view(tokens: Vec<SiteToken>) -> SitesView {
    SitesView { tokens: Arc::new(tokens.into_iter().map(Arc::new).collect()), ..SitesView::default() }
}

fn about(id: &str) -> About {
    About::Token(SiteTokenId::new(id))
}

fn due(prompts: &Prompts, view: &SitesView, now: Timestamp) -> Option<(About, u8)> {
    prompts.due(view, now).map(|prompt| (prompt.about, prompt.matter.rank()))
}

#[test]
fn what_ends_within_a_week_is_said_the_soonest_first_with_how_many_more() {
    let view = view(vec![token("a", Some(8)), token("b", Some(6)), token("c", Some(2)), token("d", Some(1))]);
    let prompt = Prompts::default().due(&view, NOW).unwrap();
    assert_eq!((prompt.about, prompt.matter, prompt.more), (about("d"), Matter::Expiring(Standing::Critical), 2));
    assert_eq!(due(&Prompts::default(), &self::view(vec![token("a", Some(8)), token("e", None)]), NOW), None);
}

#[test]
fn a_call_without_a_token_is_more_urgent_than_a_refusal_that_than_an_end_and_that_than_a_warning() {
    let mut view = view(vec![token("a", Some(1)), token("b", Some(-1)), token("c", Some(300))]);
    view.chosen = Some(Chosen::Token(SiteTokenId::new("b")));
    let mut prompts = Prompts::default();
    assert_eq!(due(&prompts, &view, NOW), Some((about("b"), 4)));
    prompts.met_refusal(&view.tokens[2], VerdictKind::Rejected);
    assert_eq!(due(&prompts, &view, NOW), Some((about("c"), 5)));
    let place = SitePlace { provider: ProviderId::new("ace"), site: site("z"), device: None };
    let tried = vec![Tried { source: ChainSource::Vault, why: WhyNot::None }];
    prompts.met_nothing(About::Place(place.clone()), tried);
    assert_eq!(due(&prompts, &view, NOW), Some((About::Place(place), 6)));
}

#[test]
fn an_expired_token_is_said_only_of_the_chosen_site_or_of_one_that_was_to_be_called() {
    let mut view = view(vec![token("a", Some(-1)), token("b", Some(-2))]);
    let mut prompts = Prompts::default();
    assert_eq!(due(&prompts, &view, NOW), None);
    prompts.met_expired(&view.tokens[1]);
    assert_eq!(due(&prompts, &view, NOW), Some((about("b"), 4)));
    view.chosen = Some(Chosen::Token(SiteTokenId::new("a")));
    let chosen = due(&Prompts::default(), &view, NOW);
    assert_eq!(chosen, Some((about("a"), 4)));
}

#[test]
fn tomorrow_means_a_day_in_every_tab_and_not_longer() {
    let mut view = view(vec![token("a", Some(7)), token("b", Some(6))]);
    let mut prompts = Prompts::default();
    let prompt = prompts.due(&view, NOW).unwrap();
    let answered = prompts.answer(&prompt, Answer::RemindTomorrow, &view, NOW);
    assert_eq!(answered.quiet, [(SiteTokenId::new("b"), NOW.shifted(DAY))]);
    // The next one comes, as one dialog was answered.
    assert_eq!(due(&prompts, &view, NOW), Some((about("a"), 1)));
    let quiet = SiteToken { quiet_until: Some(NOW.shifted(DAY)), ..token("b", Some(6)) };
    view.tokens = Arc::new(vec![Arc::new(quiet)]);
    assert_eq!(due(&Prompts::default(), &view, NOW.shifted(DAY - 1)), None);
    assert_eq!(due(&Prompts::default(), &view, NOW.shifted(DAY)), Some((about("b"), 1)));
}

#[test]
fn all_that_expires_soon_can_be_put_off_at_once() {
    let view = view(vec![token("a", Some(2)), token("b", Some(6)), token("c", Some(60))]);
    let mut prompts = Prompts::default();
    let prompt = prompts.due(&view, NOW).unwrap();
    let answered = prompts.answer(&prompt, Answer::RemindAllTomorrow, &view, NOW);
    let ids: Vec<_> = answered.quiet.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn what_was_closed_comes_back_for_a_new_reason_when_it_is_more_urgent_and_the_next_day() {
    let view = view(vec![token("a", Some(4))]);
    let mut prompts = Prompts::default();
    let prompt = prompts.due(&view, NOW).unwrap();
    assert!(!prompts.answer(&prompt, Answer::Close, &view, NOW).let_go);
    assert_eq!(due(&prompts, &view, NOW.shifted(DAY / 2)), None);
    assert_eq!(due(&prompts, &view, NOW.shifted(DAY)), Some((about("a"), 2)));
    prompts.met_refusal(&view.tokens[0], VerdictKind::Revoked);
    let failed = prompts.due(&view, NOW).unwrap();
    assert_eq!(failed.matter, Matter::Failed(VerdictKind::Revoked));
    assert!(prompts.answer(&failed, Answer::Close, &view, NOW).let_go);
    assert_eq!(due(&prompts, &view, NOW), None);
    prompts.met_refusal(&view.tokens[0], VerdictKind::Revoked);
    assert_eq!(due(&prompts, &view, NOW), Some((about("a"), 5)));
}

#[test]
fn a_new_text_a_removed_token_and_a_token_for_the_place_settle_what_was_met() {
    let mut prompts = Prompts::default();
    let before = view(vec![token("a", Some(300)), token("b", Some(300))]);
    prompts.met_refusal(&before.tokens[0], VerdictKind::Rejected);
    prompts.met_refusal(&before.tokens[1], VerdictKind::Rejected);
    let place = SitePlace { provider: ProviderId::new("ace"), site: site("z"), device: None };
    prompts.met_nothing(About::Place(place), Vec::new());
    prompts.tidy(&before, NOW);
    assert_eq!(prompts.met.len(), 3);
    prompts.tidy(&view(vec![SiteToken { generation: 2, ..token("a", Some(300)) }, token("z", None)]), NOW);
    assert_eq!(prompts, Prompts::default());
}

#[test]
fn choosing_a_site_says_again_that_its_token_is_over() {
    let mut view = view(vec![token("a", Some(-1))]);
    let chosen = Chosen::Token(SiteTokenId::new("a"));
    view.chosen = Some(chosen.clone());
    let mut prompts = Prompts::default();
    let prompt = prompts.due(&view, NOW).unwrap();
    prompts.answer(&prompt, Answer::Close, &view, NOW);
    assert_eq!(due(&prompts, &view, NOW), None);
    prompts.chose(&chosen);
    assert_eq!(due(&prompts, &view, NOW), Some((about("a"), 4)));
}

#[test]
fn a_call_that_waits_for_a_refused_token_is_asked_about_until_it_has_a_text_that_can_be_used() {
    use super::super::Verdict;
    let refused =
        SiteToken { verdict: Some(Verdict { kind: VerdictKind::Rejected, at: NOW }), ..token("a", Some(300)) };
    let before = view(vec![refused]);
    let mut prompts = Prompts::default();
    prompts.met_nothing(about("a"), vec![Tried { source: ChainSource::Vault, why: WhyNot::Refused }]);
    prompts.tidy(&before, NOW);
    assert_eq!(due(&prompts, &before, NOW), Some((about("a"), 6)));
    let after = view(vec![SiteToken { generation: 2, ..token("a", Some(300)) }]);
    prompts.tidy(&after, NOW);
    assert_eq!(due(&prompts, &after, NOW), None);
}

fn with_operators(days: i64, chosen: Option<Chosen>) -> SitesView {
    let (provider, site) = (ProviderId::new("ace"), site("op"));
    let expires_at = Some(NOW.shifted(days * DAY));
    let operators = DefaultToken { provider, site, name: "Op".to_owned(), identity: None, expires_at };
    SitesView { operators: Some(Arc::new(operators)), chosen, ..view(vec![]) }
}

#[test]
fn the_end_of_the_operators_token_is_said_to_who_works_with_it_and_tomorrow_holds() {
    let prompts = |days, chosen| due(&Prompts::default(), &with_operators(days, chosen), NOW);
    for (days, rank) in [(6, 1), (2, 2), (1, 3), (-1, 4)] {
        assert_eq!(prompts(days, Some(Chosen::Operators)), Some((About::Operators, rank)), "{days}");
    }
    assert_eq!(prompts(8, Some(Chosen::Operators)), None);
    assert_eq!(prompts(2, None), None, "nobody works with it");
    let mut view = with_operators(6, Some(Chosen::Operators));
    let mut prompts = Prompts::default();
    let prompt = prompts.due(&view, NOW).unwrap();
    let answered = prompts.answer(&prompt, Answer::RemindTomorrow, &view, NOW);
    assert_eq!((answered.quiet, answered.quiet_operators), (vec![], Some(NOW.shifted(DAY))));
    view.quiet_operators = answered.quiet_operators;
    assert_eq!(due(&Prompts::default(), &view, NOW), None, "another tab");
    assert_eq!(due(&Prompts::default(), &view, NOW.shifted(DAY)), Some((About::Operators, 1)));
}

#[test]
fn nothing_is_said_of_a_token_whose_site_the_tenant_does_not_allow() {
    let only = AllowedSites::Only(vec![site("b")]);
    let limits = Limits { api: None, sites: only };
    let view = SitesView { limits: Arc::new(limits), ..view(vec![token("a", Some(1)), token("b", Some(6))]) };
    let prompt = Prompts::default().due(&view, NOW).unwrap();
    assert_eq!((prompt.about, prompt.more), (about("b"), 0));
}

#[test]
fn calls_go_on_waiting_while_a_new_token_is_entered() {
    let view = view(vec![token("a", Some(300))]);
    let mut prompts = Prompts::default();
    prompts.met_refusal(&view.tokens[0], VerdictKind::Rejected);
    let prompt = prompts.due(&view, NOW).unwrap();
    assert!(!prompts.clone().answer(&prompt, Answer::Enter, &view, NOW).let_go);
    assert!(prompts.answer(&prompt, Answer::Close, &view, NOW).let_go);
    assert_eq!(due(&prompts, &view, NOW), None);
}
