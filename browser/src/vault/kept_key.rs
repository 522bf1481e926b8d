//! What IndexedDB keeps of the vault's key: the key itself, or what brings it back.

use domain::vault::{KEY_MATERIAL_VERSION, KeyMaterial, Protection, StoreError};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

use crate::js;

/// The entry of the key store.
#[derive(Clone, Debug)]
pub enum KeptKey {
    /// The key itself, as a handle that can't be exported. Vaults from before there were levels have this.
    Itself(CryptoKey),
    /// What brings it back, with this browser's own part where there is one.
    Material {
        /// What is known of it.
        material: KeyMaterial,
        /// This browser's part.
        browser_key: Option<CryptoKey>,
    },
}

impl KeptKey {
    /// Reads an entry; `None` for what is no key at all, as browsers give it that can't keep keys.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] for material that was damaged, or written by a newer version.
    pub fn read(entry: &JsValue) -> Result<Option<Self>, StoreError> {
        if let Some(key) = entry.dyn_ref::<CryptoKey>() {
            return Ok(Some(Self::Itself(key.clone())));
        }
        let (Some(version), text) = (js::property(entry, "v").as_f64(), js::property(entry, "material")) else {
            return Ok(None);
        };
        let known = version <= f64::from(KEY_MATERIAL_VERSION);
        let text = text.as_string().filter(|_| known).unwrap_or_default();
        let material = js::from_json(text.as_bytes()).ok_or_else(|| {
            StoreError::Unavailable("its key was damaged, or written by a newer Tokenkeep".to_owned())
        })?;
        let browser_key = js::property(entry, "browser").dyn_into().ok();
        Ok(Some(Self::Material { material, browser_key }))
    }

    /// The entry.
    pub fn entry(&self) -> JsValue {
        match self {
            Self::Itself(key) => key.clone().into(),
            Self::Material { material, browser_key } => {
                // Texts, numbers and lists: JSON can always express that.
                let text = serde_json::to_string(material).unwrap_or_default();
                let browser_key = browser_key.clone().map_or(JsValue::UNDEFINED, Into::into);
                js::object([
                    ("v", KEY_MATERIAL_VERSION.into()),
                    ("material", JsValue::from_str(&text)),
                    ("browser", browser_key),
                ])
                .into()
            }
        }
    }

    /// The level.
    pub const fn protection(&self) -> Protection {
        match self {
            Self::Itself(_) => Protection::Browser,
            Self::Material { material, .. } => material.protection(),
        }
    }
}
