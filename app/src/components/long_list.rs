mod geometry;
mod listening;

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use geometry::{Heights, Piece, Sight};
use listening::Listening;

/// What a long list is made of.
pub(crate) struct LongList<K: Send + Sync + 'static> {
    /// What it lists, for screen readers.
    pub(crate) label: &'static str,
    /// Its class besides `long-list`.
    pub(crate) class: &'static str,
    /// The height of a row that was never measured, in CSS pixels.
    pub(crate) row_height: u32,
    /// The rows, each by what makes it itself.
    pub(crate) keys: Memo<Arc<[K]>>,
}

/// What the list knows of the page.
struct Known<K: Send + Sync + 'static> {
    node: NodeRef<html::Ul>,
    keys: Memo<Arc<[K]>>,
    /// The heights that were measured, by row; a row keeps its height wherever it stands.
    measured: StoredValue<BTreeMap<K, u32>>,
    /// Those of the rows as they stand now.
    heights: RwSignal<Heights>,
    sight: RwSignal<Sight>,
    /// The row that has the focus: it stays drawn wherever the page is scrolled to.
    focused: RwSignal<Option<K>>,
}

impl<K: Send + Sync + 'static> Clone for Known<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync + 'static> Copy for Known<K> {}

/// A list of many rows of about the same height, of which only those in sight are drawn. It scrolls with whatever it stands
/// in, be that the page or a part of it. Blank rows keep the place of the others, and the row with the focus stays.
pub(crate) fn long_list<K: Clone + Ord + Hash + Send + Sync + 'static>(
    list: LongList<K>,
    row: impl Fn(K) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    let LongList { label, class, row_height, keys } = list;
    let known = Known {
        node: NodeRef::new(),
        keys,
        measured: StoredValue::new(BTreeMap::new()),
        heights: RwSignal::new(Heights::new(Vec::new(), row_height)),
        sight: RwSignal::new(Sight::default()),
        focused: RwSignal::new(None::<K>),
    };
    known.follow();
    let pieces = known.pieces();
    let gap = move |number: usize| {
        let height = Memo::new(move |_| pieces.with(|pieces| geometry::gap(pieces, number)));
        view! {
            <li class="blank" role="presentation" aria-hidden="true">
                <svg width="1" height=move || height.get().to_string()></svg>
            </li>
        }
        .into_any()
    };
    let drawn = move || {
        keys.with(|keys| {
            let one = |piece: &Piece| match *piece {
                Piece::Gap { number, .. } => Some((number, None)),
                Piece::Row(at) => keys.get(at).map(|key| (usize::MAX, Some(key.clone()))),
            };
            pieces.with(|pieces| pieces.iter().filter_map(one).collect::<Vec<_>>())
        })
    };
    let all = Memo::new(move |_| keys.with(|keys| keys.len()));
    let item = move |key: K| {
        let own = key.clone();
        let place = Memo::new(move |_| {
            let at = |piece: &Piece| matches!(*piece, Piece::Row(at) if keys.with(|keys| keys.get(at) == Some(&own)));
            pieces.with(|pieces| pieces.iter().find(|piece| at(piece)).map(|piece| piece.index()))
        });
        let (focused, kept) = (known.focused, key.clone());
        view! {
            <li
                class="entry"
                data-at=move || place.get().map(|at| at.to_string())
                aria-setsize=move || all.get().to_string()
                aria-posinset=move || place.get().map(|at| (at + 1).to_string())
                on:focusin=move |_| focused.set(Some(kept.clone()))
                on:focusout=move |_| focused.set(None)
            >
                {row(key)}
            </li>
        }
        .into_any()
    };
    let piece = move |(number, key): (usize, Option<K>)| match key {
        Some(key) => item(key),
        None => gap(number),
    };
    // Scrolling keeps the rows that stay in sight. Another list, or another order of it, is drawn anew: rows that are put before
    // those that stay would end up behind them.
    let rows = move || {
        keys.track();
        let piece = piece.clone();
        view! { <For each=drawn key=Clone::clone children=piece /> }.into_any()
    };
    // One that scrolls by itself is scrolled by keys, too, though nothing in it may take the focus.
    let tabindex = (class == "boxed").then_some("0");
    view! { <ul class=format!("long-list {class}") aria-label=label tabindex=tabindex node_ref=known.node>{rows}</ul> }
        .into_any()
}

impl<K: Clone + Ord + Hash + Send + Sync + 'static> Known<K> {
    /// Which pieces are drawn.
    fn pieces(self) -> Memo<Vec<Piece>> {
        Memo::new(move |_| {
            let focused = self.focused.get();
            let kept = focused.and_then(|key| self.keys.with(|keys| keys.iter().position(|one| *one == key)));
            let sight = self.sight.get();
            self.heights.with(|heights| heights.pieces(sight, kept))
        })
    }

    /// Looks again whenever the rows change, and whatever scrolls or changes its size.
    fn follow(self) {
        Effect::new(move |_| {
            let row = self.heights.with_untracked(Heights::typical);
            let of = |measured: &BTreeMap<K, u32>| {
                self.keys.with(|keys| keys.iter().map(|key| measured.get(key).copied().unwrap_or(0)).collect())
            };
            self.heights.set(Heights::new(self.measured.with_value(of), row));
            request_animation_frame(move || self.look());
        });
        let listening = StoredValue::new_local(None);
        Effect::new(move |_| {
            let heard = self.node.get().map(|node| Listening::to(&node, move || self.look()));
            listening.set_value(heard);
        });
    }

    /// Measures what is drawn and where it stands.
    fn look(self) {
        let Some(Some(node)) = self.node.try_get_untracked() else { return };
        self.measure(&node);
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        let sight = Sight { from: whole(-node.get_bounding_client_rect().top()), height: whole(height) };
        if self.sight.get_untracked() != sight {
            self.sight.set(sight);
        }
    }

    fn measure(self, list: &web_sys::Element) {
        let rows = list.children();
        let mut heights = self.heights.get_untracked();
        let mut is_new = false;
        for row in (0..rows.length()).filter_map(|at| rows.item(at)?.dyn_into::<web_sys::HtmlElement>().ok()) {
            let Some(at) = row.get_attribute("data-at").and_then(|at| at.parse::<usize>().ok()) else { continue };
            let height = u32::try_from(row.offset_height()).unwrap_or(0);
            if heights.note(at, height) {
                is_new = true;
                let key = self.keys.with_untracked(|keys| keys.get(at).cloned());
                self.measured.update_value(|measured| {
                    key.map(|key| measured.insert(key, height));
                });
            }
        }
        if is_new {
            self.heights.set(heights);
        }
    }
}

/// Whole pixels: a row more or less does no harm.
#[allow(clippy::cast_possible_truncation)]
fn whole(pixels: f64) -> i64 {
    pixels as i64
}
