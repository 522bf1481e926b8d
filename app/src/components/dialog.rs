use leptos::html;
use leptos::prelude::*;

use super::{Button, Icon, Look, icon};

/// A modal dialog. The browser traps the focus and gives it back; Escape closes unless work would be lost.
///
/// Its content is made anew each time it opens and dropped when it closes, and what was typed into it with it.
#[component]
pub(crate) fn Dialog(
    /// Its id on the page.
    id: &'static str,
    /// The thing and the deed: `Delete SES Omaha Clinic?`.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Whether something typed would be lost; then Escape asks first.
    #[prop(optional, into)]
    dirty: Signal<bool>,
    /// Whether it holds a form with many fields.
    #[prop(optional)]
    wide: bool,
    /// What it shows.
    children: ChildrenFn,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    let leaving = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            leaving.set(false);
            // Fails only for a dialog that is open or not on the page.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let cancel = move |event: web_sys::Event| {
        if dirty.get_untracked() {
            event.prevent_default();
            leaving.set(true);
        }
    };
    let close = move |_| {
        if dirty.get_untracked() {
            leaving.set(true);
        } else {
            open.set(false);
        }
    };
    let title_id = format!("{id}-title");
    let heading_id = title_id.clone();
    let content = move || open.get().then(|| children());
    view! {
        <dialog
            node_ref=node
            id=id
            class="dialog"
            class:wide=wide
            aria-labelledby=title_id
            on:cancel=cancel
            on:close=move |_| open.set(false)
        >
            <header>
                <h2 id=heading_id>{title}</h2>
                <button type="button" class="button quiet" on:click=close>
                    {icon(Icon::Close)}
                    <span class="hidden">"Close this dialog"</span>
                </button>
            </header>
            {move || leaving.get().then(|| discard(open, leaving))}
            {content}
        </dialog>
    }
    .into_any()
}

fn discard(open: RwSignal<bool>, leaving: RwSignal<bool>) -> AnyView {
    view! {
        <div class="notice soon" role="alert">
            <p>"What you entered here is not saved yet."</p>
            <div class="actions">
                <Button label="Keep editing" on_press=move |()| leaving.set(false) />
                <Button label="Discard" look=Look::Danger on_press=move |()| open.set(false) />
            </div>
        </div>
    }
    .into_any()
}

/// A dialog that asks before something is taken away.
#[component]
pub(crate) fn Confirm(
    /// Its id on the page.
    id: &'static str,
    /// The thing and the deed.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What goes, and whether it can come back.
    #[prop(into)]
    text: Signal<String>,
    /// The verb of the button that does it.
    #[prop(into)]
    verb: Signal<String>,
    /// Does it.
    #[prop(into)]
    on_yes: Callback<()>,
) -> AnyView {
    let yes = move |()| {
        open.set(false);
        on_yes.run(());
    };
    view! {
        <Dialog id title open>
            <p>{text}</p>
            <div class="actions">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label=verb look=Look::Danger on_press=yes />
            </div>
        </Dialog>
    }
    .into_any()
}
