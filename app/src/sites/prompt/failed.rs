use domain::site::{About, Answer, Chosen, Prompt, SiteCommand, VerdictKind};
use leptos::prelude::*;

use super::super::{Opening, Picker, picker};
use super::{Due, name};
use crate::components::{Button, Look};

/// The API refused a token when it was called.
pub(super) fn failed(due: Due, prompt: &Prompt, kind: VerdictKind) -> AnyView {
    let named = due.sites.with_untracked(|view| name(view, &prompt.about));
    let (first, reasons): (String, &[&str]) = match kind {
        VerdictKind::Revoked => {
            (format!("Your token for \u{201c}{named}\u{201d} was revoked: the API refuses it for good."), &[])
        }
        VerdictKind::Forbidden => (
            format!("The API knows your token for \u{201c}{named}\u{201d}, but does not let it do what was asked."),
            &["The token may do less than is needed here", "Its permissions were changed", "It is for another site"],
        ),
        _ => (
            format!("Your token for \u{201c}{named}\u{201d} is no longer valid."),
            &["It was revoked", "It expired before its time", "Its permissions were changed"],
        ),
    };
    let list = (!reasons.is_empty()).then(|| {
        view! {
            <p>"Possible reasons:"</p>
            <ul class="reasons">{reasons.iter().map(|reason| view! { <li>{*reason}</li> }).collect_view()}</ul>
        }
    });
    view! {
        <p>{first}</p>
        {list}
        {ways_on(due, prompt.about.clone())}
    }
    .into_any()
}

/// A new token, or another site.
pub(super) fn ways_on(due: Due, about: About) -> AnyView {
    let switching = RwSignal::new(false);
    let shown = move || {
        if switching.get() { switch(due, switching) } else { ways(due, about.clone(), switching) }
    };
    view! { {shown} }.into_any()
}

fn ways(due: Due, about: About, switching: RwSignal<bool>) -> AnyView {
    let sites = due.sites;
    let (label, opening) = match &about {
        About::Token(id) => ("Enter a new token", Opening::Refresh(id.clone())),
        _ => ("Add a token of my own", Opening::Add),
    };
    let press = move |()| {
        due.answer(Answer::Enter);
        due.closes();
        sites.opens_for(opening.clone(), about.clone());
    };
    let is_alone = sites.with_untracked(|view| view.tokens.len() + usize::from(view.operators.is_some()) < 2);
    let other = (!is_alone).then(|| {
        view! { <Button label="Switch to another site" on_press=move |()| switching.set(true) /> }
    });
    view! {
        <div class="stacked">
            <Button label look=Look::Primary on_press=press />
            {other}
        </div>
    }
    .into_any()
}

/// Another site instead.
pub(super) fn switch(due: Due, switching: RwSignal<bool>) -> AnyView {
    let sites = due.sites;
    let on_choose = Callback::new(move |chosen: Chosen| {
        due.answer(Answer::Close);
        due.closes();
        sites.send(SiteCommand::Choose(chosen));
    });
    view! {
        <div class="site-switch">{picker(sites, Picker { id: "site-switch", text: RwSignal::new(String::new()), on_choose })}</div>
        <div class="actions"><Button label="Back" on_press=move |()| switching.set(false) /></div>
    }
    .into_any()
}
