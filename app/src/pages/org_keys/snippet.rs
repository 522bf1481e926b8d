use leptos::prelude::*;

use super::Doors;
use crate::components::{Button, CopyButton, Dialog};
use crate::dom;

/// What to put into a page.
pub(super) fn snippet(doors: Doors) -> AnyView {
    let title = Signal::derive(move || format!("Put the chat of {} on a page", doors.name()));
    view! { <Dialog id="snippet" title open=doors.snippet wide=true>{content(doors)}</Dialog> }.into_any()
}

fn content(doors: Doors) -> AnyView {
    let key = doors.chosen.with_untracked(|chosen| chosen.as_ref().map(|org| org.key.clone())).unwrap_or_default();
    let text = text(&key, &dom::origin());
    view! {
        <p>"Put this into the page's source, at the end of its body. The page must be of one of the org key's origins."</p>
        <pre class="token shown code" tabindex="0">{text.clone()}</pre>
        <p class="soft">
            {format!("A page with a content security policy allows {} in script-src and connect-src.", dom::origin())}
        </p>
        <div class="actions">
            <CopyButton label="Copy snippet" text=Signal::stored(text) />
            <Button label="Close" on_press=move |()| doors.snippet.set(false) />
        </div>
    }
    .into_any()
}

fn text(key: &str, origin: &str) -> String {
    // The key is hexadecimal digits, and the origin has no quotes: nothing needs to be escaped.
    format!("<script>window.TOKENKEEP_ORG_KEY=\"{key}\"</script>\n<script src=\"{origin}/embed.js\" async></script>")
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn the_snippet_names_the_key_and_this_servers_script() {
        let expected = "<script>window.TOKENKEEP_ORG_KEY=\"org_1\"</script>\n\
                        <script src=\"https://keep.example/embed.js\" async></script>";
        assert_eq!(text("org_1", "https://keep.example"), expected);
    }
}
