use domain::connection::validation::Severity;
use leptos::html;
use leptos::prelude::*;

/// Something to say below a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// How much it matters.
    pub(crate) severity: Severity,
    /// What it says.
    pub(crate) text: String,
}

/// What is to be said below one field.
pub(crate) type Notes = Signal<Vec<Note>>;

/// Nothing to say.
pub(crate) fn no_notes() -> Notes {
    Signal::stored(Vec::new())
}

/// A text field with its label, its hint and what is wrong with it.
///
/// What was typed before the page listened is taken over, not wiped.
#[component]
pub(crate) fn Field(
    /// Its id on the page.
    id: &'static str,
    /// What to enter.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// How it helps to enter it.
    #[prop(optional)]
    hint: &'static str,
    /// What is to be said about the text.
    #[prop(optional, into)]
    notes: Option<Notes>,
    /// `text`, `url`, `number`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// What a browser may fill in by itself.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it has the focus at first.
    #[prop(optional)]
    first: bool,
    /// Whether the text is an identifier, shown in fixed width.
    #[prop(optional)]
    code: bool,
) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    bind(node, value);
    let notes = notes.unwrap_or_else(no_notes);
    let input = view! {
        <input
            node_ref=node
            id=id
            name=id
            type=kind
            class:code=code
            autocomplete=autocomplete
            autocapitalize="none"
            spellcheck="false"
            autofocus=first
            aria-describedby=described_by(id, hint)
            aria-invalid=move || invalid(notes)
            on:input=move |event| value.set(event_target_value(&event))
        />
    };
    framed(id, label, hint, notes, input.into_any())
}

/// Keeps an input and its signal equal. The first time, what a person typed before the page listened wins.
pub(crate) fn bind(node: NodeRef<html::Input>, value: RwSignal<String>) {
    Effect::new(move |before: Option<()>| {
        let wanted = value.get();
        let Some(input) = node.get() else { return };
        let typed = input.value();
        if before.is_none() && !typed.is_empty() && wanted.is_empty() {
            value.set(typed);
        } else if typed != wanted {
            input.set_value(&wanted);
        }
    });
}

/// The ids of hint and notes, for `aria-describedby`.
pub(crate) fn described_by(id: &str, hint: &str) -> String {
    if hint.is_empty() { format!("{id}-notes") } else { format!("{id}-hint {id}-notes") }
}

/// `true` for `aria-invalid` when a note is an error.
pub(crate) fn invalid(notes: Notes) -> Option<&'static str> {
    notes.with(|notes| notes.iter().any(|note| note.severity == Severity::Error)).then_some("true")
}

/// An input with its label above and its hint and notes below.
pub(crate) fn framed(
    id: &'static str,
    label: Signal<String>,
    hint: &'static str,
    notes: Notes,
    input: AnyView,
) -> AnyView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {input}
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            <div class="notes" id=format!("{id}-notes") aria-live="polite">
                {said(notes)}
            </div>
        </div>
    }
    .into_any()
}

/// The notes, each with its weight in words: colour never speaks alone.
pub(crate) fn said(notes: Notes) -> AnyView {
    let one = |note: Note| {
        let (class, lead) = match note.severity {
            Severity::Error => ("note bad", ""),
            Severity::Warning => ("note soon", "Check: "),
            Severity::Suggestion => ("note info", "Tip: "),
        };
        view! { <p class=class>{lead}{note.text}</p> }
    };
    view! { {move || notes.get().into_iter().map(one).collect_view()} }.into_any()
}
