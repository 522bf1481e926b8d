use domain::api::Problem;
use domain::management::licenses::Organization;
use leptos::prelude::*;

use crate::components::{Moment, fact, facts};

/// The organisation, or why it is not shown.
pub(super) fn about(read: &Result<Organization, Problem>) -> AnyView {
    match read {
        Ok(organization) => facts_of(organization),
        Err(problem) => {
            let words = format!("The organisation itself could not be read: {}. {}", problem.title, problem.detail);
            view! { <p class="note soon" role="status">{words}</p> }.into_any()
        }
    }
}

/// The organisation in two columns.
fn facts_of(organization: &Organization) -> AnyView {
    let given = |text: Option<String>| text.unwrap_or_else(|| "Not given".to_owned()).into_any();
    let created = match organization.created {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => "Not given".into_any(),
    };
    let rows = vec![
        fact("Type", given(organization.kind_word().map(str::to_owned))),
        fact("Region", given(organization.region_words())),
        fact("Created", created),
        fact("Identifier", view! { <span class="code">{organization.id.clone()}</span> }.into_any()),
    ];
    let description = organization.description.clone().map(|text| view! { <p class="soft">{text}</p> });
    view! {
        <section class="card" aria-label="Organisation">
            <div>
                <h2>{organization.name.clone()}</h2>
                {description}
            </div>
            {facts(rows)}
        </section>
    }
    .into_any()
}
