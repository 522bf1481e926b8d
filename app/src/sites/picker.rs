use std::sync::Arc;

use domain::site::{Chosen, DefaultToken, Query, SiteToken, SitesView, Standing};
use domain::time::Timestamp;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::Sites;
use crate::words::{Mood, site_line, site_mood};

/// How many sites are listed at once: what is further down is found sooner by typing.
const MOST: usize = 100;

/// One site to choose.
#[derive(Clone, PartialEq)]
struct Entry {
    chosen: Chosen,
    name: String,
    site: String,
    mood: Mood,
    line: String,
    is_default: bool,
    is_chosen: bool,
}

/// Where sites are chosen from.
#[derive(Clone, Copy)]
pub(crate) struct Picker {
    /// The id of its field; others begin with it.
    pub(crate) id: &'static str,
    /// What is typed.
    pub(crate) text: RwSignal<String>,
    /// Hears which site was chosen.
    pub(crate) on_choose: Callback<Chosen>,
}

/// A field to find a site by typing, and the sites below it; arrow keys move, Enter chooses.
pub(crate) fn picker(sites: Sites, picker: Picker) -> AnyView {
    let Picker { id, text, on_choose } = picker;
    let found = Memo::new(move |_| {
        let now = sites.minute().unwrap_or_default();
        sites.with(|view| text.with(|text| entries(view, text, now)))
    });
    let active = RwSignal::new(0_usize);
    Effect::new(move |_| {
        // What is typed leads to its first site; without that the one that stands is the active one.
        let is_empty = text.with(String::is_empty);
        let at = found.with(|(found, _)| found.iter().position(|entry| entry.is_chosen).unwrap_or(0));
        active.set(if is_empty { at } else { 0 });
    });
    let option_id = move |at: usize| format!("{id}-{at}");
    let choose = move |at: usize| {
        if let Some(chosen) = found.with_untracked(|(found, _)| found.get(at).map(|entry| entry.chosen.clone())) {
            on_choose.run(chosen);
        }
    };
    let move_to = move |to: usize| {
        active.set(to);
        show(&option_id(to));
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let (at, last) = (active.get_untracked(), found.with_untracked(|(found, _)| found.len()).saturating_sub(1));
        match event.key().as_str() {
            "ArrowDown" => move_to(if at >= last { 0 } else { at + 1 }),
            "ArrowUp" => move_to(if at == 0 { last } else { at - 1 }),
            "PageDown" => move_to((at + 8).min(last)),
            "PageUp" => move_to(at.saturating_sub(8)),
            "Enter" => choose(at),
            _ => return,
        }
        event.prevent_default();
    };
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get().filter(|field| text.with(|text| *text != field.value())) {
            field.set_value(&text.get_untracked());
        }
    });
    let option = move |(at, entry): (usize, Entry)| {
        view! {
            <li
                id=option_id(at)
                role="option"
                class=format!("site-option {}", entry.mood.class())
                class:active=move || active.get() == at
                aria-selected=entry.is_chosen.to_string()
                on:click=move |_| choose(at)
                on:mousemove=move |_| active.set(at)
            >
                <span class="site-option-name">
                    {entry.name}
                    {entry.is_default.then(|| view! { <span class="badge">"Default"</span> })}
                </span>
                <span class="site-option-line"><span>{entry.line}</span> <span class="code">{entry.site}</span></span>
            </li>
        }
    };
    let list = move || found.with(|(found, _)| found.iter().cloned().enumerate().map(option).collect_view());
    let note = move || {
        found.with(|(found, more)| match (found.len(), *more) {
            (0, _) => Some("No site is called so.".to_owned()),
            (_, 0) => None,
            (_, more) => Some(format!("{} more. Type to find one.", domain::number::grouped(more as u64))),
        })
    };
    view! {
        <input
            node_ref=field
            id=id
            type="text"
            class="site-find"
            role="combobox"
            aria-label="Find a site"
            aria-expanded="true"
            aria-autocomplete="list"
            aria-controls=format!("{id}-list")
            aria-activedescendant=move || found.with(|(found, _)| !found.is_empty()).then(|| option_id(active.get()))
            placeholder="Find a site"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            on:input=move |event| text.set(event_target_value(&event))
            on:keydown=key
        />
        <ul id=format!("{id}-list") class="site-options" role="listbox" aria-label="Sites">{list}</ul>
        <p class="hint" role="status">{note}</p>
    }
    .into_any()
}

/// Brings an option into sight.
fn show(id: &str) {
    let found = document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(option) = found {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// The sites that are listed, and how many more there are.
fn entries(view: &SitesView, text: &str, now: Timestamp) -> (Vec<Entry>, usize) {
    let query = Query { text: text.to_owned(), ..Query::default() };
    let found = view.find(&query, now);
    let words = text.to_lowercase();
    let mut entries: Vec<Entry> = view
        .operators
        .iter()
        .filter(|token| {
            token.name.to_lowercase().contains(&words) || token.site.as_str().to_lowercase().contains(&words)
        })
        .map(|token| operators(view, token, now))
        .collect();
    entries.extend(found.iter().take(MOST).map(|token| kept(view, token, now)));
    (entries, found.len().saturating_sub(MOST))
}

fn operators(view: &SitesView, token: &Arc<DefaultToken>, now: Timestamp) -> Entry {
    let standing = Standing::by_end(token.expires_at, now);
    Entry {
        chosen: Chosen::Operators,
        name: token.name.clone(),
        site: token.site.to_string(),
        mood: site_mood(standing),
        line: format!("{} · from your operator", site_line(standing, token.expires_at, now)),
        is_default: view.default.is_none(),
        is_chosen: view.chosen == Some(Chosen::Operators),
    }
}

/// How a token stands, as a mood and a line.
pub(crate) fn stands(view: &SitesView, token: &SiteToken, now: Timestamp) -> (Mood, String) {
    if !view.allows(&token.place) {
        return (Mood::Bad, "Not allowed in this tenant".to_owned());
    }
    let standing = token.standing(now);
    (site_mood(standing), site_line(standing, token.claims.expires_at, now))
}

fn kept(view: &SitesView, token: &Arc<SiteToken>, now: Timestamp) -> Entry {
    let (mood, line) = stands(view, token, now);
    let chosen = Chosen::Token(token.id.clone());
    Entry {
        is_chosen: view.chosen.as_ref() == Some(&chosen),
        chosen,
        name: token.name.clone(),
        site: token.place.site.to_string(),
        mood,
        line,
        is_default: view.is_default(&token.id),
    }
}
