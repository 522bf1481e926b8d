//! A tab that is opened while another one is unlocked gets the key from that one, so that a person enters the passphrase once
//! for all tabs. What travels is the browser's handle, within this origin; it can't be exported.

use domain::id::TenantId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, CryptoKey, MessageEvent};

use super::indexed_db::Marks;
use crate::js;

/// How long another tab has to answer, in milliseconds: a message takes 1 ms, to a throttled tab at most 100.
const ANSWER: u32 = 250;
const QUESTION: &str = "vault key?";

/// Answers tabs that ask for the key, until it is dropped.
pub struct Offer {
    channel: BroadcastChannel,
    _on_question: Closure<dyn FnMut(MessageEvent)>,
}

impl Offer {
    /// Offers this key, with the marks it goes by; `None` where tabs can't speak to each other.
    pub fn of(tenant: &TenantId, key: &CryptoKey, marks: Marks) -> Option<Self> {
        let channel = BroadcastChannel::new(&name(tenant)).ok()?;
        let (answering, answer) = (channel.clone(), answer(key, marks));
        let on_question = Closure::new(move |message: MessageEvent| {
            if message.data().as_string().as_deref() == Some(QUESTION) {
                // A tab that does not get the answer asks the person.
                let _ = answering.post_message(&answer);
            }
        });
        channel.set_onmessage(Some(on_question.as_ref().unchecked_ref()));
        Some(Self { channel, _on_question: on_question })
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

/// The key another tab has, if it goes by the same marks.
pub async fn asked(tenant: &TenantId, marks: Marks) -> Option<CryptoKey> {
    let channel = BroadcastChannel::new(&name(tenant)).ok()?;
    let answer = js::settled(&mut |resolve, _| {
        let on_answer = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if fits(&message.data(), marks) {
                let _ = resolve.call1(&JsValue::NULL, &message.data());
            }
        });
        channel.set_onmessage(Some(&on_answer.into_js_value().unchecked_into()));
    });
    let asked = channel.post_message(&JsValue::from_str(QUESTION));
    let answer = match asked {
        Ok(()) => js::within(ANSWER, answer).await,
        Err(_) => None,
    };
    channel.close();
    js::property(&answer?.ok()?, "key").dyn_into().ok()
}

fn name(tenant: &TenantId) -> String {
    ["tokenkeep.vault-key:", tenant.as_str()].concat()
}

fn answer(key: &CryptoKey, marks: Marks) -> JsValue {
    // As texts: a generation is compared, never counted with.
    js::object([
        ("key", key.clone().into()),
        ("generation", marks.key.to_string().into()),
        ("locks", marks.locks.to_string().into()),
    ])
    .into()
}

fn fits(answer: &JsValue, marks: Marks) -> bool {
    let is = |name, number: u64| js::property(answer, name).as_string() == Some(number.to_string());
    js::property(answer, "key").is_instance_of::<CryptoKey>() && is("generation", marks.key) && is("locks", marks.locks)
}
