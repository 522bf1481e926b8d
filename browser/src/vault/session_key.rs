//! The key for a session without IndexedDB: it lives in the tabs' memory only.
//!
//! A tab that comes later asks the others for it, so that they can read each other's records. The key itself can't be
//! exported; what travels is the browser's handle for it, within this origin. With the last tab it is gone, and with
//! it whatever was sealed.

use domain::id::TenantId;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, CryptoKey, MessageEvent, SubtleCrypto};

use super::sealing::{CryptoError, new_key};
use crate::js;
use crate::locks::{self, Bounds};

/// How long another tab has to answer, in milliseconds: a message takes 1 ms, to a throttled tab at most 100.
const ANSWER: u32 = 250;
const QUESTION: &str = "session key?";

/// The key of this session, and what hands it to tabs that come later.
pub struct SessionKey {
    /// The key.
    pub key: CryptoKey,
    /// Whether another tab gave it; otherwise it is new, and opens nothing that was sealed before.
    pub given: bool,
    _offer: Offer,
}

/// Answers tabs that ask for the key, until it is dropped.
struct Offer {
    channel: BroadcastChannel,
    _on_question: Closure<dyn FnMut(MessageEvent)>,
}

impl SessionKey {
    /// The key the other tabs use, or a new one where no tab answers.
    ///
    /// # Errors
    ///
    /// [`CryptoError`] when no key can be made.
    pub async fn shared(subtle: &SubtleCrypto, tenant: &TenantId) -> Result<Self, CryptoError> {
        let name = ["tokenkeep.key:", tenant.as_str()].concat();
        // Two tabs that start at once take turns, so that the second hears of the first one's key.
        let _turn = locks::acquire(&name, Bounds { wait: 2_000, hold: 2_000 }).await;
        let given = asked(&name).await;
        let key = match &given {
            Some(key) => key.clone(),
            None => new_key(subtle).await?,
        };
        Ok(Self { given: given.is_some(), _offer: Offer::new(&name, key.clone())?, key })
    }
}

impl Offer {
    fn new(name: &str, key: CryptoKey) -> Result<Self, JsValue> {
        let channel = BroadcastChannel::new(name)?;
        let answering = channel.clone();
        let on_question = Closure::new(move |message: MessageEvent| {
            if message.data().as_string().as_deref() == Some(QUESTION) {
                // A tab that does not get the answer makes its own key and loses nothing but the others' records.
                let _ = answering.post_message(&key);
            }
        });
        channel.set_onmessage(Some(on_question.as_ref().unchecked_ref()));
        Ok(Self { channel, _on_question: on_question })
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        self.channel.close();
    }
}

async fn asked(name: &str) -> Option<CryptoKey> {
    // Where there is none this throws.
    let channel = BroadcastChannel::new(name).ok()?;
    let answer = js::settled(&mut |resolve, _| {
        let on_answer = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if message.data().is_instance_of::<CryptoKey>() {
                let _ = resolve.call1(&JsValue::NULL, &message.data());
            }
        });
        channel.set_onmessage(Some(&on_answer.into_js_value().unchecked_into()));
    });
    channel.post_message(&JsValue::from_str(QUESTION)).ok()?;
    let key = js::within(ANSWER, answer).await.and_then(Result::ok);
    channel.close();
    key.and_then(|key| key.dyn_into().ok())
}
