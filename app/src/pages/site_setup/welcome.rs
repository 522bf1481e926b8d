use domain::id::ProviderId;
use domain::site::{Chosen, DefaultToken, Draft, SiteCommand, SiteRefusal, TestOutcome, TestReport};
use leptos::prelude::*;

use super::{Step, Wizard};
use crate::Awake;
use crate::components::{Button, Icon, Look, icon};
use crate::sites::{Opening, Waiting, site_providers};

/// What this is for, and the two ways to begin.
pub(super) fn welcome(wizard: Wizard) -> AnyView {
    let sites = wizard.sites;
    let providers = site_providers();
    let none = Memo::new(move |_| providers.with(|known| known.as_ref().is_some_and(Vec::is_empty)));
    let operators = Memo::new(move |_| sites.with(|view| view.operators.as_deref().cloned()));
    let testing = Waiting::new();
    let use_default = move || operators.get().map(|token| default_token(wizard, testing, &token));
    let begin = move |()| {
        let first =
            providers.with_untracked(|known| known.as_ref().and_then(|known| known.first().map(|one| one.id.clone())));
        let draft = Draft { make_default: true, ..Draft::empty(first.unwrap_or_else(|| ProviderId::new(""))) };
        wizard.step.set(Step::Entry(Box::new(draft)));
    };
    let enter = move || {
        if none.get() {
            return nobody_allowed();
        }
        way("Enter a token", "One you were given for a site: paste it, and it is tested at once.".to_owned(), begin)
    };
    let legacy = Memo::new(move |_| sites.with(|view| view.legacy.as_deref().map_or(0, |found| found.readable)));
    let take_over = move || {
        let found = Some(legacy.get()).filter(|found| *found > 0)?;
        let text = format!("{} in this browser, in plain text. See first what would be done.", lie(found));
        Some(way("Take over tokens of an earlier app", text, move |()| sites.opens(Opening::Legacy)))
    };
    view! {
        <h2>"Welcome"</h2>
        <p>
            "To read a site's data, its API wants a token. Tokenkeep keeps it encrypted in this browser, puts it into each call and tells you before it expires."
        </p>
        <div class="ways">
            {use_default}
            {enter}
            {take_over}
        </div>
        {testing.said()}
        <div class="actions"><Button label="Skip for now" look=Look::Quiet on_press=move |()| wizard.ends() /></div>
    }
    .into_any()
}

fn default_token(wizard: Wizard, testing: Waiting, token: &DefaultToken) -> AnyView {
    let text =
        format!("{} ({}), set by your operator. Nobody sees it; it stays on the server.", token.name, token.site);
    let press = move |()| {
        if testing.begin() {
            let done = Box::new(move |outcome: Result<TestReport, SiteRefusal>| match outcome {
                Ok(report) if matches!(report.outcome, TestOutcome::Works | TestOutcome::Forbidden) => {
                    testing.done();
                    wizard.sites.send(SiteCommand::Choose(Chosen::Operators));
                    wizard.tested(Chosen::Operators, Some(report));
                }
                outcome => testing.ended(outcome),
            });
            wizard.sites.send(SiteCommand::Test { chosen: Chosen::Operators, done });
        }
    };
    let busy = move || testing.busy.get().then_some("Testing it…");
    view! {
        {way("Use the default token", text, press)}
        <p class="hint" role="status">{busy}</p>
    }
    .into_any()
}

/// One way to go on.
fn way(title: &'static str, text: String, press: impl Fn(()) + 'static) -> AnyView {
    let awake = expect_context::<Awake>().0;
    view! {
        <button type="button" class="way" disabled=move || !awake.get() on:click=move |_| press(())>
            <span class="strong">{title}</span>
            <span class="soft">{text}</span>
        </button>
    }
    .into_any()
}

fn lie(tokens: usize) -> String {
    if tokens == 1 { "1 token lies".to_owned() } else { format!("{tokens} tokens lie") }
}

fn nobody_allowed() -> AnyView {
    view! {
        <div class="notice soon">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"No provider of site tokens is allowed yet"</p>
                <p>"An admin adds one on the " <a href="/admin/providers">"Providers"</a> " page; then tokens can be entered here."</p>
            </div>
        </div>
    }
    .into_any()
}
