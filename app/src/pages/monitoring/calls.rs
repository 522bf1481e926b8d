use domain::calls::{CallRecord, MOST_CALLS};
use domain::worker_token::Request;
use leptos::prelude::*;

use crate::Ports;
use crate::components::{Badge, Button, Dialog, Look, Moment, Table, exact, fact, facts};
use crate::words::{Mood, duration};

/// The last calls of this tab.
pub(super) fn calls() -> AnyView {
    let desk = expect_context::<Ports>().desk;
    let calls = RwSignal::new(Vec::<CallRecord>::new());
    let (open, chosen) = (RwSignal::new(false), RwSignal::new(None::<CallRecord>));
    let (now, ask) = (desk.now, desk.ask);
    // Asked anew as the time shown moves on; the answer comes from memory.
    Effect::new(move |_| {
        if now.get().is_some() {
            let done = move |newest: Vec<CallRecord>| {
                calls.try_update(|calls| {
                    let is_news = newest.first().map(CallRecord::number) != calls.first().map(CallRecord::number);
                    if is_news {
                        *calls = newest;
                    }
                });
            };
            ask(Request::RecentCalls { done: Box::new(done) });
        }
    });
    let none = Memo::new(move |_| calls.with(Vec::is_empty));
    let choose = Callback::new(move |call| {
        chosen.set(Some(call));
        open.set(true);
    });
    let shown = move || {
        if none.get() {
            return view! { <p class="soft">"None yet. What this tab asks for appears here."</p> }.into_any();
        }
        view! {
            <Table label="Calls" head=&["Time", "What", "Call", "Status", "Took", ""]>
                <For each=move || calls.get() key=CallRecord::number children=move |call| row(call, choose) />
            </Table>
        }
        .into_any()
    };
    let title =
        Signal::derive(move || chosen.with(|call| call.as_ref().map_or("Call", |call| call.kind().word()).to_owned()));
    view! {
        <section class="card calls">
            <div>
                <h2>"Last calls of this tab"</h2>
                <p class="soft">
                    {format!("The last {MOST_CALLS}, in memory only: they go when the tab is closed or loaded anew. Headers that could hold a secret are redacted, and bodies are not kept.")}
                </p>
            </div>
            {shown}
        </section>
        <Dialog id="call" title open wide=true>
            {move || chosen.get().map(details)}
        </Dialog>
    }
    .into_any()
}

fn row(call: CallRecord, choose: Callback<CallRecord>) -> AnyView {
    let (status, mood) = status(&call);
    let (at, kind, took) = (call.at(), call.kind().word(), duration(call.took()));
    let (method, url) = (call.method().name(), shortened(call.url()));
    let whole = call.url().to_owned();
    view! {
        <tr>
            <td><Moment at /></td>
            <td>{kind}</td>
            <td class="words"><span class="code" title=whole>{method}" "{url}</span></td>
            <td><Badge mood=Signal::stored(mood) word=Signal::stored(status) /></td>
            <td>{took}</td>
            <td class="end">
                <Button label="Details" look=Look::Quiet on_press=move |()| choose.run(call.clone()) />
            </td>
        </tr>
    }
    .into_any()
}

fn status(call: &CallRecord) -> (String, Mood) {
    let word = call.status().map_or_else(|| "No answer".to_owned(), |status| status.to_string());
    (word, if call.is_success() { Mood::Good } else { Mood::Bad })
}

/// The beginning of an address, up to its query.
fn shortened(url: &str) -> String {
    match url.split_once('?') {
        Some((path, _)) => format!("{path}?…"),
        None => url.to_owned(),
    }
}

fn details(call: CallRecord) -> AnyView {
    let code = |text: String| view! { <span class="code">{text}</span> }.into_any();
    let (word, _) = status(&call);
    let mut rows = vec![
        fact("Time", exact(call.at()).into_any()),
        fact("Method", code(call.method().name().to_owned())),
        fact("Address", code(call.url().to_owned())),
        fact("Status", word.into_any()),
        fact("Took", duration(call.took()).into_any()),
    ];
    rows.extend(call.problem().map(|problem| fact("Problem", problem.to_owned().into_any())));
    view! {
        {facts(rows)}
        {headers("Sent headers", call.request_headers())}
        {headers("Headers of the answer", call.response_headers())}
    }
    .into_any()
}

fn headers(title: &'static str, headers: &[(String, String)]) -> AnyView {
    let one = |(name, value): &(String, String)| {
        fact(name.clone(), view! { <span class="code">{value.clone()}</span> }.into_any())
    };
    (!headers.is_empty())
        .then(|| {
            view! {
                <section>
                    <h3>{title}</h3>
                    {facts(headers.iter().map(one).collect())}
                </section>
            }
        })
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_row_shows_the_path_and_that_there_is_a_query() {
        assert_eq!(shortened("/api/v1/gateway/p/users?filter=a"), "/api/v1/gateway/p/users?…");
        assert_eq!(shortened("/api/v1/token"), "/api/v1/token");
    }
}
