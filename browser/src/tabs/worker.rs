use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, MessagePort, SharedWorker};

use super::Ear;
use crate::page::Listener;

/// The way by the shared worker, whose script is `public/switchboard.js`.
pub struct Worker {
    port: MessagePort,
    _worker: SharedWorker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Listener,
}

impl Worker {
    /// Connects to the worker of this script and name, which the browser starts for whoever comes first. A script that can't
    /// be loaded is told later, as a failure.
    pub fn open(script: &str, name: &str, ear: Ear) -> Option<Self> {
        let worker = SharedWorker::new_with_str(script, name).ok()?;
        let port = worker.port();
        let hearing = ear.clone();
        let on_message = Closure::new(move |message: MessageEvent| {
            if let Some(text) = message.data().as_string() {
                hearing.hear(text);
            }
        });
        // Setting the handler starts the port.
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Listener::new(&worker, "error", move |_| ear.failed());
        Some(Self { port, _worker: worker, _on_message: on_message, _on_error: on_error })
    }

    /// Gives whether it could be posted; whether it arrived the worker says.
    pub fn post(&self, text: &str) -> bool {
        self.port.post_message(&JsValue::from_str(text)).is_ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        self.port.close();
    }
}
