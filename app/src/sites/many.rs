use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::SiteTokenId;
use domain::site::{
    CallFailure, Done, Points, Site, SiteAnswer, SiteCall, SiteCommand, SiteRefusal, TestOutcome, TestReport,
    tried_in_words,
};
use leptos::prelude::*;

use super::Sites;
use crate::components::{Badge, Button, LongList, Look, long_list};
use crate::words::{Mood, count, duration, points_said, site_outcome};

/// What came of one test, in a word and a sentence.
#[derive(Clone, PartialEq)]
struct Line {
    mood: Mood,
    word: &'static str,
    text: String,
}

/// The row of a site before it was measured.
const ROW: u32 = 56;

/// What is done with many, and what came of each so far.
#[derive(Clone, Copy)]
struct Run {
    lines: RwSignal<BTreeMap<SiteTokenId, Line>>,
    is_over: RwSignal<bool>,
}

/// The words for it.
#[derive(Clone, Copy)]
struct Words {
    /// What went well: `work`, `were read`.
    went_well: &'static str,
    /// What was done with each: `tested`, `asked`.
    done: &'static str,
    /// The label of the bar.
    label: &'static str,
    /// What becomes of the rest when the dialog is closed.
    when_closed: &'static str,
}

/// Tests many tokens, and shows what came of each, those that need a person first.
pub(super) fn tests(sites: Sites, ids: Vec<SiteTokenId>) -> AnyView {
    let run = Run::new();
    let each = Box::new(move |(id, outcome)| run.hears(id, line(&outcome)));
    sites.send(SiteCommand::TestMany { ids: ids.clone(), each, done: run.ends() });
    let words = Words {
        went_well: "work",
        done: "tested",
        label: "Sites tested",
        when_closed: "You may close this: the tests go on, and the cards show what came of them.",
    };
    run.show(sites, ids, words)
}

/// Reads the points of many sites beside each other, each with its own token; one that fails harms no other.
pub(super) fn points(sites: Sites, ids: Vec<SiteTokenId>) -> AnyView {
    let run = Run::new();
    let call = |id: &SiteTokenId| {
        let place = sites.with_untracked(|view| view.token(id).map(|token| token.place.clone()))?;
        let path = Points::path(&place.site, 1).ok()?;
        Some(SiteCall { site: Site::Of(id.clone()), path, body: None, may_ask: false })
    };
    let calls: Vec<SiteCall> = ids.iter().filter_map(call).collect();
    let each = Box::new(move |(site, outcome)| {
        if let Site::Of(id) = site {
            run.hears(id, read(&outcome));
        }
    });
    sites.send(SiteCommand::CallMany { calls, each, done: run.ends() });
    let words = Words {
        went_well: "were read",
        done: "asked",
        label: "Sites asked",
        when_closed: "You may close this: what was not read by then is not shown anywhere.",
    };
    run.show(sites, ids, words)
}

impl Run {
    fn new() -> Self {
        Self { lines: RwSignal::new(BTreeMap::new()), is_over: RwSignal::new(false) }
    }

    fn hears(self, id: SiteTokenId, line: Line) {
        self.lines.try_update(|lines| lines.insert(id, line));
    }

    fn ends(self) -> Done<()> {
        Box::new(move |()| {
            self.is_over.try_set(true);
        })
    }

    fn show(self, sites: Sites, ids: Vec<SiteTokenId>, words: Words) -> AnyView {
        let Self { lines, is_over } = self;
        let all = ids.len();
        let done = Memo::new(move |_| lines.with(BTreeMap::len));
        let good = Memo::new(move |_| lines.with(|lines| lines.values().filter(|it| it.mood == Mood::Good).count()));
        // While it runs the order stands; afterwards what needs a person comes first.
        let keys = Memo::new(move |_| {
            let mut keys = ids.clone();
            if is_over.get() {
                lines.with_untracked(|lines| keys.sort_by_key(|id| lines.get(id).map_or(0, |line| weight(line.mood))));
            }
            Arc::from(keys)
        });
        let status = move || {
            let (done, good) = (done.get(), good.get());
            if is_over.get() {
                format!("{good} of {all} {}.", words.went_well)
            } else {
                let so_far = format!("{good} of {done} {} {}", words.done, words.went_well);
                format!("{so_far}, {} to go.", count(all.saturating_sub(done), "site"))
            }
        };
        view! {
            <div class="lookup">
                <p class="status-line" role="status">{status}</p>
                <progress class="progress" max=all.to_string() value=move || done.get().to_string() aria-label=words.label></progress>
            </div>
            {long_list(LongList { label: "Results", class: "boxed", row_height: ROW, keys }, move |id| self.row(sites, id))}
            <p class="hint">{move || (!is_over.get()).then_some(words.when_closed)}</p>
            <div class="actions"><Button label="Close" look=Look::Primary on_press=move |()| sites.closes() /></div>
        }
        .into_any()
    }

    fn row(self, sites: Sites, id: SiteTokenId) -> AnyView {
        let token = sites.token(id.clone());
        let line = Memo::new(move |_| self.lines.with(|lines| lines.get(&id).cloned()));
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
    }
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

/// What reading one site's points came to.
fn read(outcome: &Result<SiteAnswer, CallFailure>) -> Line {
    let failed = |mood, word, text| Line { mood, word, text };
    match outcome {
        Ok(answer) => match Points::read(&answer.body) {
            Some(points) => Line { mood: Mood::Good, word: "Read", text: points_said(points.total, answer) },
            None => failed(Mood::Soon, "Unreadable", "The API answered, but not with a list of points.".to_owned()),
        },
        Err(CallFailure::NoToken(tried)) => failed(Mood::Bad, "No token", tried_in_words(tried)),
        Err(CallFailure::Problem(problem)) => {
            failed(Mood::Bad, "Not read", format!("{}. {}", problem.title, problem.detail))
        }
    }
}
