use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{About, Draft, Findings, Prompt, SiteCommand, SitePlace, SiteRefusal, TestReport, Tried};
use leptos::prelude::*;

use super::super::entry::{Entry, token_info, token_notes};
use super::super::waiting::Waiting;
use super::super::{Opening, Sites};
use super::failed::{switch, ways_on};
use super::{Due, name};
use crate::components::{Button, Look, SecretArea};
use crate::dom;
use crate::toasts::Toasts;

/// It is over: a new one, before anything more of this site.
pub(super) fn expired(due: Due, prompt: &Prompt) -> AnyView {
    let named = due.sites.with_untracked(|view| name(view, &prompt.about));
    let switching = RwSignal::new(false);
    let about = prompt.about.clone();
    let shown = move || match (switching.get(), &about) {
        (true, _) => switch(due, switching),
        (false, About::Token(id)) => renewal(due, id.clone(), switching),
        (false, _) => operators(due, switching),
    };
    view! {
        <p>{format!("Your token for \u{201c}{named}\u{201d} has expired.")}</p>
        {shown}
    }
    .into_any()
}

fn renewal(due: Due, id: SiteTokenId, switching: RwSignal<bool>) -> AnyView {
    let toasts = expect_context::<Toasts>();
    let entry = Entry::of(due.sites, id.clone());
    let waiting = Waiting::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(token) = entry.taken() else { return dom::focus_after_drawing("#site-prompt [aria-invalid=true]") };
        if waiting.begin() {
            let done = Box::new(move |outcome: Result<TestReport, SiteRefusal>| match outcome {
                Ok(_) => {
                    waiting.done();
                    due.closes();
                    toasts.done("The new token works and is stored.");
                }
                Err(why) => waiting.ended(Err(why)),
            });
            due.sites.send(SiteCommand::Rotate { id: id.clone(), token, done });
        }
    };
    let input = move |_| {
        due.dirty.set(true);
        waiting.forget();
    };
    let others = other_site(due.sites, switching);
    view! {
        <form class="form" on:submit=submit on:input=input>
            <p>"Enter a new one to go on with this site. All other sites go on as they are."</p>
            {entry.show(due.sites, "expired-token")}
            {waiting.said()}
            <div class="actions apart">
                {others}
                <span class="actions">
                    <Button label="Cancel" on_press=move |()| due.closes() />
                    <Button label="Update" look=Look::Primary submit=true busy=waiting.busy busy_words="Testing…" />
                </span>
            </div>
        </form>
    }
    .into_any()
}

fn other_site(sites: Sites, switching: RwSignal<bool>) -> AnyView {
    let is_alone = sites.with_untracked(|view| view.tokens.len() + usize::from(view.operators.is_some()) < 2);
    if is_alone {
        return view! { <span></span> }.into_any();
    }
    view! { <Button label="Switch to another site" look=Look::Quiet on_press=move |()| switching.set(true) /> }
        .into_any()
}

fn operators(due: Due, switching: RwSignal<bool>) -> AnyView {
    let sites = due.sites;
    let add = move |()| {
        due.closes();
        sites.opens(Opening::Add);
    };
    view! {
        <p>"It is the operator's default token. Whoever runs this server can set a new one; you can also add a token of your own."</p>
        <div class="actions apart">
            {other_site(sites, switching)}
            <span class="actions">
                <Button label="Close" on_press=move |()| due.closes() />
                <Button label="Add a token of my own" look=Look::Primary on_press=add />
            </span>
        </div>
    }
    .into_any()
}

/// A call waits for a token, and there is none: where it was looked for, and a place to enter one.
pub(super) fn missing(due: Due, prompt: &Prompt, tried: &[Tried]) -> AnyView {
    let said = match tried.iter().map(ToString::to_string).collect::<Vec<_>>() {
        tried if tried.is_empty() => String::new(),
        tried => format!("Looked at: {}.", tried.join(", ")),
    };
    match prompt.about.clone() {
        About::Place(place) => view! {
            <p>"A call to " <span class="code">{place.site.to_string()}</span> " waits for a token, and none was found."</p>
            <p class="soft">{said}</p>
            {first_token(due, place)}
        }
        .into_any(),
        about => {
            let named = due.sites.with_untracked(|view| name(view, &about));
            view! {
                <p>{format!("A call to \u{201c}{named}\u{201d} waits for a token, and none that is kept can be used.")}</p>
                <p class="soft">{said}</p>
                {ways_on(due, about)}
            }
            .into_any()
        }
    }
}

fn first_token(due: Due, place: SitePlace) -> AnyView {
    let sites = due.sites;
    let (text, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let place = StoredValue::new(place);
    let draft = move |token: String| {
        let SitePlace { provider, site, device } = place.get_value();
        let base = Draft::empty(provider);
        let (site, device) = (site.to_string(), device.unwrap_or_default());
        Draft { name: site.clone(), site, device, token: Secret::new(token), ..base }
    };
    let findings: Memo<Findings> = Memo::new(move |_| sites.with(|view| draft(text.get()).findings(view, None)));
    let waiting = Waiting::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if !findings.with_untracked(Findings::is_fine) {
            return dom::focus_after_drawing("#site-prompt [aria-invalid=true]");
        }
        if waiting.begin() {
            let done = Box::new(move |kept: Result<SiteTokenId, SiteRefusal>| match kept {
                Ok(_) => {
                    waiting.done();
                    due.closes();
                }
                Err(why) => waiting.ended(Err(why)),
            });
            sites.send(SiteCommand::Add { draft: draft(text.get_untracked()), test: true, done });
        }
    };
    let loud = Signal::derive(move || tried.get() || !text.with(String::is_empty));
    let input = move |_| {
        due.dirty.set(true);
        waiting.forget();
    };
    view! {
        <form class="form" on:submit=submit on:input=input>
            <SecretArea
                id="missing-token"
                label="Token"
                value=text
                notes=token_notes(sites, findings, loud)
                placeholder="Paste the token for this site"
            />
            {token_info(text, findings)}
            {waiting.said()}
            <div class="actions">
                <Button label="Cancel" on_press=move |()| due.closes() />
                <Button label="Test and add" look=Look::Primary submit=true busy=waiting.busy busy_words="Testing…" />
            </div>
        </form>
    }
    .into_any()
}
