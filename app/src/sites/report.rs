use domain::site::{Claims, SiteRefusal, TestOutcome, TestReport};
use leptos::prelude::*;

use crate::components::{Icon, ProblemBox, exact, icon};
use crate::words::{duration, left, site_outcome, upstream};

/// What a test found out.
pub(crate) fn reported(report: &TestReport) -> AnyView {
    match report.outcome {
        TestOutcome::Works => works(report),
        _ => works_not(report),
    }
}

/// Why a command was not carried out.
pub(crate) fn refused(refusal: SiteRefusal) -> AnyView {
    match refusal {
        SiteRefusal::TestFailed(report) => reported(&report),
        SiteRefusal::Problem(problem) => view! { <ProblemBox problem /> }.into_any(),
        other => view! {
            <div class="notice bad" role="alert">
                {icon(Icon::Alert)}
                <p>{other.to_string()}</p>
            </div>
        }
        .into_any(),
    }
}

fn works(report: &TestReport) -> AnyView {
    let Claims { identity, expires_at, .. } = report.claims.clone();
    let line = |words: AnyView| view! { <li>{icon(Icon::Check)}<span>{words}</span></li> };
    let sites = report.sites.map(|sites| {
        let sites = usize::try_from(sites).unwrap_or(usize::MAX);
        line(view! { "Sites accessible: " <strong>{sites}</strong> }.into_any())
    });
    view! {
        <section class="notice good report" role="status">
            <ul>
                {line(view! { <strong>"The token works"</strong> {format!(" (answered in {})", duration(report.took))} }.into_any())}
                {identity.map(|identity| line(view! { "Identity: " <span class="code">{identity}</span> }.into_any()))}
                {line(match expires_at {
                    Some(at) => format!("Expires: {} ({})", exact(at), left(Some(at), report.at).to_lowercase()).into_any(),
                    None => "Does not expire".into_any(),
                })}
                {sites}
            </ul>
        </section>
    }
    .into_any()
}

fn works_not(report: &TestReport) -> AnyView {
    let (title, meaning) = site_outcome(report.outcome);
    let class = match report.outcome {
        TestOutcome::Rejected | TestOutcome::Revoked => "notice bad",
        _ => "notice soon",
    };
    let problem = report.problem.clone();
    let said = problem.as_ref().map(|problem| format!("{}. {}", problem.title, problem.detail));
    let line = problem.as_ref().and_then(upstream);
    let id = problem.and_then(|problem| problem.request_id).map(|id| format!("Request id: {id}"));
    view! {
        <section class=class role="alert">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">{title}</p>
                <p>{meaning}</p>
                {said.map(|said| view! { <p class="soft">{said}</p> })}
                {line.map(|line| view! { <p class="code">{line}</p> })}
                {id.map(|id| view! { <p class="soft code">{id}</p> })}
            </div>
        </section>
    }
    .into_any()
}
