use domain::api::Problem;
use leptos::prelude::*;

use super::{Button, Icon, icon};
use crate::words;

/// What went wrong, what it means, what the provider said, and a way to try again.
#[component]
pub(crate) fn ProblemBox(
    /// The problem.
    problem: Problem,
    /// Tries again, where that makes sense.
    #[prop(optional)]
    retry: Option<Callback<()>>,
) -> AnyView {
    let upstream = words::upstream(&problem);
    let wait = words::wait(&problem);
    let id = problem.request_id.map(|id| format!("Request id: {id}"));
    view! {
        <div class="notice bad" role="alert">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">{problem.title}</p>
                <p>{problem.detail}</p>
                {upstream.map(|words| view! { <p class="code">{words}</p> })}
                {wait.map(|words| view! { <p>{words}</p> })}
                {id.map(|words| view! { <p class="soft code">{words}</p> })}
                {retry.map(|retry| view! { <Button label="Try again" on_press=retry /> })}
            </div>
        </div>
    }
    .into_any()
}
