use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::site::{SiteCommand, SiteRefusal, TestOutcome, TestReport};
use leptos::prelude::*;

use super::Sites;
use crate::components::{Badge, Button, LongList, Look, long_list};
use crate::words::{Mood, count, duration, site_outcome};

/// What came of one test, in a word and a sentence.
#[derive(Clone, PartialEq)]
struct Line {
    mood: Mood,
    word: &'static str,
    text: String,
}

/// The row of a site before it was measured.
const ROW: u32 = 56;

/// Tests many tokens, and shows what came of each, those that need a person first.
pub(super) fn many(sites: Sites, ids: Vec<SiteTokenId>) -> AnyView {
    let lines = RwSignal::new(BTreeMap::<SiteTokenId, Line>::new());
    let is_over = RwSignal::new(false);
    let all = ids.len();
    let each = Box::new(move |(id, outcome)| {
        lines.try_update(|lines| lines.insert(id, line(&outcome)));
    });
    let done = Box::new(move |()| {
        is_over.try_set(true);
    });
    sites.send(SiteCommand::TestMany { ids: ids.clone(), each, done });
    let tested = Memo::new(move |_| lines.with(BTreeMap::len));
    let working = Memo::new(move |_| lines.with(|lines| lines.values().filter(|line| line.mood == Mood::Good).count()));
    // While it runs the order stands; afterwards what needs a person comes first.
    let keys = Memo::new(move |_| {
        let mut keys = ids.clone();
        if is_over.get() {
            lines.with_untracked(|lines| keys.sort_by_key(|id| lines.get(id).map_or(0, |line| weight(line.mood))));
        }
        Arc::from(keys)
    });
    let row = move |id: SiteTokenId| {
        let token = sites.token(id.clone());
        let line = Memo::new(move |_| lines.with(|lines| lines.get(&id).cloned()));
        let name = move || token.with(|token| token.as_ref().map(|token| token.name.clone()));
        let site = move || token.with(|token| token.as_ref().map(|token| token.place.site.to_string()));
        let mood = Signal::derive(move || line.with(|line| line.as_ref().map_or(Mood::None, |line| line.mood)));
        let word =
            Signal::derive(move || line.with(|line| line.as_ref().map_or("Waiting", |line| line.word)).to_owned());
        view! {
            <div class="tested">
                <p><span class="strong">{name}</span> " " <span class="code soft">{site}</span></p>
                <Badge mood word />
                <p class="soft">{move || line.with(|line| line.as_ref().map(|line| line.text.clone()))}</p>
            </div>
        }
        .into_any()
    };
    let words = move || {
        let (tested, working) = (tested.get(), working.get());
        let so_far = format!("{working} of {tested} tested work");
        if is_over.get() {
            format!("{working} of {all} work.")
        } else {
            format!("{so_far}, {} to go.", count(all.saturating_sub(tested), "site"))
        }
    };
    view! {
        <div class="lookup">
            <p class="status-line" role="status">{words}</p>
            <progress class="progress" max=all.to_string() value=move || tested.get().to_string() aria-label="Sites tested"></progress>
        </div>
        {long_list(LongList { label: "Results", class: "boxed", row_height: ROW, keys }, row)}
        <p class="hint">{move || (!is_over.get()).then_some("You may close this: the tests go on, and the cards show what came of them.")}</p>
        <div class="actions"><Button label="Close" look=Look::Primary on_press=move |()| sites.closes() /></div>
    }
    .into_any()
}

fn weight(mood: Mood) -> u8 {
    match mood {
        Mood::Bad => 0,
        Mood::Soon => 1,
        _ => 2,
    }
}

fn line(outcome: &Result<TestReport, SiteRefusal>) -> Line {
    match outcome {
        Ok(report) => said(report),
        Err(SiteRefusal::TestFailed(report)) => said(report),
        Err(other) => Line { mood: Mood::Soon, word: "Not tested", text: other.to_string() },
    }
}

fn said(report: &TestReport) -> Line {
    let (title, meaning) = site_outcome(report.outcome);
    let why = report.problem.as_ref().map_or_else(|| meaning.to_owned(), |problem| problem.detail.clone());
    let (mood, word) = match report.outcome {
        TestOutcome::Works => {
            let reach = report.sites.map(|sites| count(usize::try_from(sites).unwrap_or(usize::MAX), "site"));
            let reach = reach.map_or_else(String::new, |sites| format!("{sites} accessible, "));
            return Line {
                mood: Mood::Good,
                word: "Works",
                text: format!("{reach}answered in {}", duration(report.took)),
            };
        }
        TestOutcome::Rejected => (Mood::Bad, "Not accepted"),
        TestOutcome::Revoked => (Mood::Bad, "Revoked"),
        TestOutcome::Forbidden => (Mood::Soon, "Forbidden"),
        TestOutcome::Unknown => (Mood::Soon, "Not tested"),
    };
    Line { mood, word, text: format!("{title}. {why}") }
}
