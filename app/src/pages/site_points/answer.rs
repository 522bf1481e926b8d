use domain::site::{CallFailure, Point, Points, Quota, SiteAnswer, tried_in_words};
use leptos::prelude::*;

use super::Reading;
use crate::Ports;
use crate::components::{Button, Icon, ProblemBox, Table, icon};
use crate::sites::Opening;
use crate::words::{duration, points_said, quota_said};

/// The points an API gave, where the token came from, and how many calls are left.
pub(super) fn read(reading: Reading, answer: &SiteAnswer) -> AnyView {
    let Some(points) = Points::read(&answer.body) else { return unknown() };
    let Points { items, page, pages, total } = points;
    let of_page = move |to: u64| move |()| reading.page.set(to);
    let at_first = Signal::derive(move || (page <= 1).then(|| "This is the first page.".to_owned()));
    let at_last = Signal::derive(move || (page >= pages).then(|| "This is the last page.".to_owned()));
    let paging = (pages > 1).then(|| {
        view! {
            <nav class="actions" aria-label="Pages of points">
                <Button label="Previous" reason=at_first on_press=of_page(page.saturating_sub(1).max(1)) />
                <span class="soft">{format!("Page {page} of {pages}")}</span>
                <Button label="Next" reason=at_last on_press=of_page(page + 1) />
            </nav>
        }
    });
    let quota = quota(reading);
    view! {
        {few(quota)}
        <p class="soft" role="status">{points_said(total, answer)} {move || left(quota)}</p>
        <Table label="Points" head=&["Point", "Type", "Measured", "Collected"]>
            {items.iter().map(row).collect_view()}
        </Table>
        {paging}
    }
    .into_any()
}

fn row(point: &Point) -> AnyView {
    let every = point.interval.map_or_else(|| "Not said".to_owned(), |every| format!("every {}", duration(every)));
    let collected = match point.is_collected {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "Not said",
    };
    view! {
        <tr>
            <td class="code">{point.name.clone()}</td>
            <td>{point.kind.clone().unwrap_or_else(|| "Not said".to_owned())}</td>
            <td>{every}</td>
            <td>{collected}</td>
        </tr>
    }
    .into_any()
}

/// How many calls the site has left, before the last is used.
fn left(quota: Memo<Option<Quota>>) -> Option<String> {
    let Quota { remaining, limit, .. } = quota.get()?;
    Some(format!(" {remaining} of {limit} calls are left this minute."))
}

/// That few are left, before calls are refused for it.
fn few(quota: Memo<Option<Quota>>) -> AnyView {
    let now = expect_context::<Ports>().desk.now;
    let said = Memo::new(move |_| quota.get().map(|quota| quota_said(&quota, now.get().unwrap_or_default())));
    let shown = move || {
        said.get().filter(|(is_short, _)| *is_short).map(|(_, words)| {
            view! {
                <div class="notice soon" role="status">
                    {icon(Icon::Alert)}
                    <div>
                        <p class="strong">"Few calls are left for this site"</p>
                        <p>{words} ". Calls beyond that are refused until then; all your tabs and devices share them."</p>
                    </div>
                </div>
            }
        })
    };
    view! { {shown} }.into_any()
}

fn quota(reading: Reading) -> Memo<Option<Quota>> {
    Memo::new(move |_| {
        let id = reading.target.with(|target| target.as_ref().map(|target| target.id.clone()))?;
        reading.sites.with(|view| view.quotas.iter().find(|(place, _)| place.site == id).map(|(_, quota)| *quota))
    })
}

fn unknown() -> AnyView {
    view! {
        <div class="notice soon" role="alert">
            {icon(Icon::Alert)}
            <div>
                <p class="strong">"The API answered, but not with a list of points"</p>
                <p>"The token was taken. What came back has no form that is known here, so there is nothing to show."</p>
            </div>
        </div>
    }
    .into_any()
}

/// Why there are none: no token was found, or the API refused the call.
pub(super) fn failed(reading: Reading, failure: CallFailure) -> AnyView {
    match failure {
        CallFailure::Problem(problem) => {
            let retry = Callback::new(move |()| reading.reads_again());
            view! { <ProblemBox problem retry /> }.into_any()
        }
        CallFailure::NoToken(tried) => view! {
            <div class="notice soon" role="alert">
                {icon(Icon::Alert)}
                <div>
                    <p class="strong">"No token can be used for this site"</p>
                    <p>{tried_in_words(&tried)}</p>
                    <div class="actions">
                        <Button label="Add new token" on_press=move |()| reading.sites.opens(Opening::Add) />
                        <Button label="Try again" on_press=move |()| reading.reads_again() />
                    </div>
                </div>
            </div>
        }
        .into_any(),
    }
}
