use domain::site::{Chosen, SiteCommand, SitesPhase, SitesView, Standing};
use domain::time::Timestamp;
use leptos::html;
use leptos::prelude::*;

use crate::Awake;
use crate::components::{Icon, icon};
use crate::sites::{Opening, Picker, Sites, chosen_name, picker, stands};
use crate::words::{Mood, site_line, site_mood};

/// The id of its field.
const FIELD: &str = "site-find";

/// What the button says.
#[derive(Clone, PartialEq)]
struct Shown {
    name: String,
    mood: Mood,
    line: String,
}

/// The site that is worked with, how its token stands, and the way to another one. Nothing before the tokens are read.
pub(super) fn site_selector() -> AnyView {
    let sites = expect_context::<Sites>();
    let is_open = Memo::new(move |_| sites.with(|view| view.phase == SitesPhase::Open));
    let shown = move || is_open.get().then(|| selector(sites));
    view! { <div class="site-selector">{shown}</div> }.into_any()
}

fn selector(sites: Sites) -> AnyView {
    let awake = expect_context::<Awake>().0;
    let shown = Memo::new(move |_| {
        let now = sites.minute()?;
        sites.with(|view| shown(view, now))
    });
    let (button, menu) = (NodeRef::<html::Button>::new(), NodeRef::<html::Div>::new());
    let (opened, text) = (RwSignal::new(false), RwSignal::new(String::new()));
    let close = move || {
        if let Some(menu) = menu.get_untracked().filter(|_| opened.get_untracked()) {
            // Fails only for a menu that is not open.
            let _ = menu.hide_popover();
        }
    };
    let is_shown = move || menu.get_untracked().is_some_and(|menu| menu.matches(":popover-open").unwrap_or(false));
    let toggled = move |_| {
        let is_open = is_shown();
        opened.set(is_open);
        if is_open {
            crate::dom::focus_after_drawing("#site-find");
        } else {
            text.set(String::new());
        }
    };
    // Typing on the button opens it with what is typed.
    let key = move |event: web_sys::KeyboardEvent| {
        let key = event.key();
        let is_letter =
            key.chars().count() == 1 && key != " " && !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if key != "ArrowDown" && !is_letter {
            return;
        }
        event.prevent_default();
        // Who types fast types on while it opens, before the field has the focus.
        if is_letter {
            text.update(|text| text.push_str(&key));
        }
        if let Some(button) = button.get_untracked().filter(|_| !is_shown()) {
            button.click();
        }
    };
    let choose = Callback::new(move |chosen: Chosen| {
        sites.send(SiteCommand::Choose(chosen));
        close();
    });
    // A list that were made anew with each change of the sites would take the focus with it, and what is being pressed.
    let none = Memo::new(move |_| sites.with(|view| view.tokens.is_empty() && view.operators.is_none()));
    let list = move || {
        let none = none.get();
        opened.get().then(|| match none {
            true => view! { <p class="soft">"No site has a token here yet."</p> }.into_any(),
            false => picker(sites, Picker { id: FIELD, text, on_choose: choose }),
        })
    };
    let has_site = Memo::new(move |_| shown.with(Option::is_some));
    let points = move || {
        has_site.get().then(|| {
            view! {
                <a class="button quiet" href="/sites/points" on:click=move |_| close()>
                    {icon(Icon::List)}
                    <span>"Points of this site"</span>
                </a>
            }
        })
    };
    let name =
        move || shown.with(|shown| shown.as_ref().map_or_else(|| "No site".to_owned(), |shown| shown.name.clone()));
    let class =
        move || shown.with(|shown| format!("status {}", shown.as_ref().map_or(Mood::None, |shown| shown.mood).class()));
    let line = move || shown.with(|shown| shown.as_ref().map(|shown| format!(", {}", shown.line)));
    view! {
        <button
            node_ref=button
            type="button"
            class="button"
            popovertarget="site-menu"
            aria-haspopup="dialog"
            disabled=move || !awake.get()
            title=move || shown.with(|shown| shown.as_ref().map(|shown| shown.line.clone()))
            on:keydown=key
        >
            <span class="hidden">"Site: "</span>
            <span class=class><span class="site-name">{name}</span></span>
            <span class="hidden">{line}</span>
            {icon(Icon::Down)}
        </button>
        <div node_ref=menu id="site-menu" class="menu site-menu" popover="auto" role="dialog" aria-label="Select site" on:toggle=toggled>
            {list}
            <div class="site-menu-ways">
                <button type="button" class="button quiet" on:click=move |_| { close(); sites.opens(Opening::Add); }>
                    {icon(Icon::Add)}
                    <span>"Add new site"</span>
                </button>
                {points}
                <a class="button quiet" href="/sites" on:click=move |_| close()>
                    {icon(Icon::Settings)}
                    <span>"Manage tokens"</span>
                </a>
            </div>
        </div>
    }
    .into_any()
}

fn shown(view: &SitesView, now: Timestamp) -> Option<Shown> {
    let chosen = view.chosen.as_ref()?;
    let name = chosen_name(view, chosen)?;
    let (mood, line) = match chosen {
        Chosen::Token(id) => stands(view, view.token(id)?, now),
        Chosen::Operators => {
            let end = view.operators.as_ref()?.expires_at;
            let standing = Standing::by_end(end, now);
            (site_mood(standing), site_line(standing, end, now))
        }
    };
    Some(Shown { name, mood, line })
}
