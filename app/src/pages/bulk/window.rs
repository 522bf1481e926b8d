use std::sync::Arc;

use domain::management::bulk::Kind;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The height of a row before it was measured, in CSS pixels.
const ROW: usize = 45;
/// How many rows are drawn beyond each edge.
const BEYOND: usize = 10;
/// How many rows are drawn before the height of the window is known.
const AT_FIRST: usize = 30;

/// What is in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sight {
    /// The first row.
    from: usize,
    /// How many rows.
    count: usize,
    /// The height of a row, in CSS pixels.
    row: usize,
}

/// A table of many rows, of which only those in sight are drawn; blank rows above and below keep the place of the others. It
/// begins at its top again when another kind is `chosen`.
pub(super) fn window(
    rows: Memo<Vec<(usize, Kind)>>,
    chosen: RwSignal<Option<Kind>>,
    label: &'static str,
    cells: impl Fn(usize) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let sight = RwSignal::new(Sight { from: 0, count: AT_FIRST, row: ROW });
    let look = move || {
        let before = sight.get_untracked();
        let now = node.get_untracked().map(|node| seen(&node, before));
        if let Some(now) = now.filter(|now| *now != before) {
            sight.set(now);
        }
    };
    // Another choice may have fewer rows than were scrolled by, and rows may have come that were not there to be measured.
    let all = Memo::new(move |_| rows.with(Vec::len));
    Effect::new(move |_| {
        all.track();
        request_animation_frame(look);
    });
    Effect::new(move |_| {
        chosen.track();
        if let Some(node) = node.get_untracked() {
            node.set_scroll_top(0);
        }
    });
    let range = Memo::new(move |_| {
        let (Sight { from, count, .. }, all) = (sight.get(), all.get());
        let from = from.min(all.saturating_sub(count));
        (from, (from + count).min(all))
    });
    let drawn = move || {
        let (from, to) = range.get();
        rows.with(|rows| {
            rows[from.min(rows.len())..to.min(rows.len())]
                .iter()
                .copied()
                .enumerate()
                .map(|(place, row)| (from + place, row))
                .collect::<Vec<_>>()
        })
    };
    let cells = Arc::new(cells);
    let row = move |(place, (at, _)): (usize, (usize, Kind))| {
        view! { <tr class="entry" aria-rowindex=(place + 2).to_string()>{cells(at)}</tr> }
    };
    let above = move || range.get().0 * sight.get().row;
    let below = move || (all.get() - range.get().1.min(all.get())) * sight.get().row;
    let head = ["", "Entry", "Result", "Name", "User name", "Email", "Enabled"];
    let head = head.map(|name| {
        if name.is_empty() { view! { <td></td> }.into_any() } else { view! { <th scope="col">{name}</th> }.into_any() }
    });
    let empty = move || (all.get() == 0).then(|| view! { <p class="soft">"None of the entries."</p> });
    view! {
        {empty}
        <div class="table window" role="region" aria-label=label tabindex="0" node_ref=node on:scroll=move |_| look()>
            <table aria-rowcount=move || (all.get() + 1).to_string()>
                <thead><tr aria-rowindex="1">{head.into_iter().collect_view()}</tr></thead>
                <tbody>
                    {blank(above)}
                    <For each=drawn key=|(place, (at, kind))| (*place, *at, *kind as u8) children=row />
                    {blank(below)}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A row that stands for others; its height is an attribute, as the content security policy allows no styles.
fn blank(height: impl Fn() -> usize + Send + Sync + 'static) -> AnyView {
    view! {
        <tr class="blank" aria-hidden="true">
            <td colspan="7"><svg width="1" height=move || height().to_string()></svg></td>
        </tr>
    }
    .into_any()
}

/// What is in sight of this element now.
fn seen(node: &web_sys::HtmlDivElement, known: Sight) -> Sight {
    let first =
        node.query_selector("tr.entry").ok().flatten().and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
    let pixels = |value: i32| usize::try_from(value).unwrap_or(0);
    let row = first.map_or(known.row, |row| pixels(row.offset_height())).max(1);
    let from = (pixels(node.scroll_top()) / row).saturating_sub(BEYOND);
    Sight { from, count: pixels(node.client_height()) / row + 2 * BEYOND + 1, row }
}
