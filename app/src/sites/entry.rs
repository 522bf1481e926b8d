use domain::connection::validation::Severity;
use domain::id::SiteTokenId;
use domain::secret::Secret;
use domain::site::{Claims, Draft, Findings, Mend, Pasted, SitesView};
use leptos::prelude::*;

use super::Sites;
use crate::components::{Note, Notes, SecretArea, exact, fact, facts};
use crate::words::{left, mends};

/// A new text for a token that is kept: what was pasted, and what there is to say of it.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// What was pasted.
    pub(super) text: RwSignal<String>,
    /// Whether a person tried to use it.
    pub(super) tried: RwSignal<bool>,
    findings: Memo<Findings>,
}

impl Entry {
    /// For this token.
    pub(super) fn of(sites: Sites, id: SiteTokenId) -> Self {
        let text = RwSignal::new(String::new());
        let findings = Memo::new(move |_| sites.with(|view| found(view, &id, text.get())));
        Self { text, tried: RwSignal::new(false), findings }
    }

    /// The text, when it has a token's form; else what is wrong is shown.
    pub(super) fn taken(self) -> Option<Secret> {
        self.tried.set(true);
        let is_fine = self.findings.with_untracked(|findings| findings.token.is_none() && findings.same.is_none());
        let text = self.text.get_untracked();
        (is_fine && !text.trim().is_empty()).then(|| Secret::new(text))
    }

    /// The field, and what the text says of itself.
    pub(super) fn show(self, sites: Sites, field: &'static str) -> AnyView {
        let notes = token_notes(
            sites,
            self.findings,
            Signal::derive(move || self.tried.get() || !self.text.with(String::is_empty)),
        );
        view! {
            <SecretArea
                id=field
                label="New token"
                value=self.text
                notes=notes
                placeholder="Paste the new token"
                hint="Quotes, Bearer, blanks and line breaks around it are left out."
            />
            {token_info(self.text, self.findings)}
        }
        .into_any()
    }
}

fn found(view: &SitesView, id: &SiteTokenId, text: String) -> Findings {
    let Some(token) = view.token(id) else { return Findings::default() };
    let mut draft = Draft::of(token, view.is_default(id));
    draft.token = Secret::new(text);
    let mut findings = draft.findings(view, Some(id));
    if draft.token.is_empty() {
        findings.token = Some("Paste the token.".to_owned());
    } else {
        let pasted = Pasted::mend(draft.token.expose());
        let is_same = domain::site::TokenHash::of(&pasted.token) == token.hash;
        findings.same = findings.same.or_else(|| is_same.then(|| id.clone()));
    }
    findings
}

/// What there is to say of a pasted text: what is wrong, and where it is kept already.
pub(super) fn token_notes(sites: Sites, findings: Memo<Findings>, loud: Signal<bool>) -> Notes {
    Signal::derive(move || {
        let findings = findings.get();
        let note = |severity, text: String| Note { severity, text };
        let name = |id: &SiteTokenId| sites.with_untracked(|view| view.token(id).map(|token| token.name.clone()));
        let mut notes = Vec::new();
        if loud.get() {
            notes.extend(findings.token.map(|text| note(Severity::Error, text)));
        }
        if let Some(name) = findings.same.as_ref().and_then(name) {
            notes.push(note(Severity::Error, format!("This very token is kept for {name} already.")));
        }
        let others: Vec<String> = findings.same_text.iter().filter_map(name).collect();
        if !others.is_empty() {
            notes.push(note(Severity::Warning, format!("The same token is kept for {}, too.", listed(&others))));
        }
        notes
    })
}

/// A few names, and how many more.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", rest.len()),
    }
}

/// What a pasted text says of itself, as soon as it has a token's form.
pub(super) fn token_info(text: RwSignal<String>, findings: Memo<Findings>) -> AnyView {
    let claims = Memo::new(move |_| findings.with(|findings| findings.claims.clone()));
    let mended = Memo::new(move |_| text.with(|text| Pasted::mend(text).mends));
    let shown = move || {
        let claims = claims.get()?;
        Some(view! { <section class="guide info" aria-label="Token info">{info(claims, &mended.get())}</section> })
    };
    view! { <div class="said" aria-live="polite">{shown}</div> }.into_any()
}

fn info(claims: Claims, mended: &[Mend]) -> AnyView {
    let now = expect_context::<crate::Ports>().desk.now.get_untracked();
    let left_out = mends(mended).map(|words| view! { <p class="hint">{words}</p> });
    if !claims.is_readable {
        return view! {
            <h3>"Token info"</h3>
            <p>"It has a token's form, and says nothing of itself that can be read. A test shows whether it works."</p>
            {left_out}
        }
        .into_any();
    }
    let mut rows = vec![fact(
        "Identity",
        claims
            .identity
            .clone()
            .map_or_else(|| "Not said".into_any(), |text| view! { <span class="code">{text}</span> }.into_any()),
    )];
    let future = claims.not_before.filter(|from| now.is_some_and(|now| *from > now));
    rows.extend(claims.issued_at.map(|at| fact("Issued", exact(at).into_any())));
    rows.extend(future.map(|at| fact("Good from", exact(at).into_any())));
    rows.push(fact("Expires", expires(&claims, now).into_any()));
    view! {
        <h3>"Token info (auto-detected)"</h3>
        {facts(rows)}
        {left_out}
        <p class="hint">"The token says so itself. Only a test shows whether it works."</p>
    }
    .into_any()
}

fn expires(claims: &Claims, now: Option<domain::time::Timestamp>) -> String {
    match (claims.expires_at, now) {
        (None, _) => "Never".to_owned(),
        (Some(end), None) => exact(end),
        (Some(end), Some(now)) => format!("{} ({})", exact(end), left(Some(end), now).to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_cut_short() {
        let names = |names: &[&str]| listed(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["a"]), "a");
        assert_eq!(names(&["a", "b"]), "a and b");
        assert_eq!(names(&["a", "b", "c", "d"]), "a, b and 2 more");
    }
}
