use domain::site::{About, Answer, Prompt, Standing, days_left};
use domain::time::Timestamp;
use leptos::prelude::*;

use super::super::Opening;
use super::{Due, name};
use crate::Ports;
use crate::components::{Button, Look, exact, life_bar};
use crate::words::count;

/// It ends soon: a new one now, or a word again tomorrow.
pub(super) fn expiring(due: Due, prompt: &Prompt, standing: Standing) -> AnyView {
    let now = expect_context::<Ports>().desk.now.get_untracked().unwrap_or_default();
    let (named, end) = due.sites.with_untracked(|view| {
        let end = match &prompt.about {
            About::Token(id) => view.token(id).and_then(|token| token.claims.expires_at),
            About::Operators => view.operators.as_ref().and_then(|token| token.expires_at),
            About::Place(_) => None,
        };
        (name(view, &prompt.about), end)
    });
    let when = end.map_or_else(String::new, |end| format!("{} ({})", in_days(end, now), exact(end)));
    let class = if standing == Standing::Warning { "soft" } else { "strong" };
    let more = prompt.more;
    let all = (more > 0).then(|| {
        let label = format!("Remind me of all {} tomorrow", more + 1);
        view! { <Button label=label on_press=move |()| { due.answer(Answer::RemindAllTomorrow); due.closes(); } /> }
    });
    let others = (more > 0).then(|| {
        view! { <p class="soft">{format!("{} more {} soon, too.", more, if more == 1 { "token expires" } else { "tokens expire" })}</p> }
    });
    view! {
        <p>{format!("Your token for \u{201c}{named}\u{201d} will expire {when}.")}</p>
        {bar(due, &prompt.about)}
        <p class=class>{meaning(&prompt.about)}</p>
        {others}
        <div class="stacked">
            {refresh(due, &prompt.about)}
            <Button label="Remind me tomorrow" on_press=move |()| { due.answer(Answer::RemindTomorrow); due.closes(); } />
            {all}
        </div>
    }
    .into_any()
}

fn bar(due: Due, about: &About) -> AnyView {
    match about {
        About::Token(id) => life_bar(due.sites.life(due.sites.token(id.clone()))),
        _ => ().into_any(),
    }
}

fn meaning(about: &About) -> &'static str {
    match about {
        About::Operators => {
            "It is the operator's default token. Whoever runs this server can set a new one; you can also add a token of your own."
        }
        _ => "Calls to this site fail from then on, until it has a new one.",
    }
}

fn refresh(due: Due, about: &About) -> AnyView {
    let sites = due.sites;
    let (label, opening) = match about {
        About::Token(id) => ("Refresh token now", Opening::Refresh(id.clone())),
        _ => ("Add a token of my own", Opening::Add),
    };
    let press = move |()| {
        due.answer(Answer::Close);
        due.closes();
        sites.opens(opening.clone());
    };
    view! { <Button label look=Look::Primary on_press=press /> }.into_any()
}

fn in_days(end: Timestamp, now: Timestamp) -> String {
    match days_left(end, now) {
        ..=1 => domain::time::words::relative(end, now),
        days => format!("in {}", count(usize::try_from(days).unwrap_or(0), "day")),
    }
}
