//! News between tabs: hints that carry no token. Whoever hears one reads the vault.
//!
//! They travel by `BroadcastChannel`, else by `storage` events. Each stands in an envelope with a version; what a tab
//! of another version says is ignored, and the vault tells in time.

use domain::id::TenantId;
use domain::keeper::News;
use serde::{Deserialize, Serialize};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent, Storage, StorageEvent};

use crate::page::Listener;
use crate::{clock, js};

/// The version of the envelope and of what is in it.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Envelope {
    v: u32,
    news: News,
}

/// The text of an envelope.
fn wrapped(news: &News) -> String {
    // Numbers and texts only: this can't fail.
    serde_json::to_string(&Envelope { v: VERSION, news: news.clone() }).unwrap_or_default()
}

/// What an envelope holds; `None` for another version and for anything else.
fn unwrapped(text: &str) -> Option<News> {
    let envelope: Envelope = js::from_json(text.as_bytes())?;
    (envelope.v == VERSION).then_some(envelope.news)
}

/// Whether this browser has `BroadcastChannel`.
pub fn has_broadcast_channel() -> bool {
    js::property(&js_sys::global(), "BroadcastChannel").is_function()
}

/// This tab's end of the line to the other tabs of the same tenant. It does not hear itself.
pub struct NewsLine {
    way: Way,
}

enum Way {
    Channel { channel: BroadcastChannel, _on_message: Closure<dyn FnMut(MessageEvent)> },
    Storage { storage: Storage, item: String, _listener: Listener },
    None,
}

impl NewsLine {
    /// Listens; `on_news` is told what the others tell.
    pub fn open(tenant: &TenantId, on_news: impl Fn(News) + 'static) -> Self {
        let name = ["tokenkeep.news:", tenant.as_str()].concat();
        let way = if has_broadcast_channel() { channel(&name, on_news) } else { storage(name, on_news) };
        Self { way: way.unwrap_or(Way::None) }
    }

    /// As [`NewsLine::open`] does where there is no `BroadcastChannel`.
    pub fn open_over_storage(tenant: &TenantId, on_news: impl Fn(News) + 'static) -> Self {
        let name = ["tokenkeep.news:", tenant.as_str()].concat();
        Self { way: storage(name, on_news).unwrap_or(Way::None) }
    }

    /// Whether nothing told elsewhere can be heard here.
    pub fn is_deaf(&self) -> bool {
        matches!(self.way, Way::None)
    }

    /// Tells the others. News that get lost are made up for: every tab reads the vault when it acts.
    pub fn tell(&self, news: &News) {
        match &self.way {
            Way::Channel { channel, .. } => drop(channel.post_message(&JsValue::from_str(&wrapped(news)))),
            Way::Storage { storage, item, .. } => {
                // An event comes only when the text changes, so each has a number of its own before it.
                let text = format!("{:x} {}", clock::random(), wrapped(news));
                drop(storage.set_item(item, &text).and_then(|()| storage.remove_item(item)));
            }
            Way::None => {}
        }
    }
}

impl Drop for NewsLine {
    fn drop(&mut self) {
        if let Way::Channel { channel, .. } = &self.way {
            channel.close();
        }
    }
}

fn channel(name: &str, on_news: impl Fn(News) + 'static) -> Option<Way> {
    let channel = BroadcastChannel::new(name).ok()?;
    let on_message = Closure::new(move |message: MessageEvent| {
        if let Some(news) = message.data().as_string().as_deref().and_then(unwrapped) {
            on_news(news);
        }
    });
    channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    Some(Way::Channel { channel, _on_message: on_message })
}

fn storage(item: String, on_news: impl Fn(News) + 'static) -> Option<Way> {
    let window = web_sys::window()?;
    let storage = window.local_storage().ok().flatten()?;
    let name = item.clone();
    let listener = Listener::new(&window, "storage", move |event| {
        let event: &StorageEvent = event.unchecked_ref();
        let text = event.new_value().filter(|_| event.key().as_deref() == Some(&name));
        if let Some(news) = text.as_deref().and_then(|text| text.split_once(' ')).and_then(|(_, text)| unwrapped(text))
        {
            on_news(news);
        }
    });
    Some(Way::Storage { storage, item, _listener: listener })
}
