//! Passkeys that give a key: WebAuthn with the `prf` extension (W3C Web Authentication Level 3 §10.1.4).
//!
//! The authenticator evaluates its secret function at a salt, after it made sure who is there; what comes of it never leaves
//! this page. Our server plays no part: nothing is signed in with it.

use domain::id::TenantId;
use domain::tenant::Tenant;
use domain::vault::{Passkey, PasskeySupport};
use js_sys::{Array, Function, Object, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::SubtleCrypto;
use zeroize::Zeroizing;

use crate::passphrase::RootKey;
use crate::vault::sealing::subtle;
use crate::{clock, js};

/// How long a person has, in milliseconds.
const PATIENCE: u32 = 120_000;
/// The signatures asked for (COSE algorithms ES256 and RS256): none is ever checked, but without one there is no passkey.
const ALGORITHMS: [i32; 2] = [-7, -257];

/// Whether passkeys can be used in this page.
pub fn support() -> PasskeySupport {
    if js::property(&js_sys::global(), "PublicKeyCredential").is_undefined() {
        return PasskeySupport::NoBrowser;
    }
    let host = web_sys::window().and_then(|window| window.location().hostname().ok()).unwrap_or_default();
    // An address in figures: IPv6 stands in brackets.
    let is_address = host.starts_with('[') || host.split('.').all(|part| part.parse::<u8>().is_ok());
    if is_address { PasskeySupport::NoName } else { PasskeySupport::Possible }
}

/// Makes a passkey for this vault, unless one of `known` is on the authenticator already; gives its id, the salt and the key.
///
/// # Errors
///
/// What a person is told.
pub async fn made(
    subtle: &SubtleCrypto,
    tenant: &Tenant,
    name: &str,
    known: &[Vec<u8>],
) -> Result<(Vec<u8>, Vec<u8>, RootKey), String> {
    let salt = clock::random_bytes::<32>();
    let credential = asked("create", &new_options(&tenant.id, &tenant.name, name, known, &salt)).await?;
    let id = bytes(&js::property(&credential, "rawId"));
    let results = prf(&credential);
    if js::property(&results, "enabled").as_bool() != Some(true) {
        return Err(NO_KEY.to_owned());
    }
    if let Some(root) = root(subtle, &results).await? {
        return Ok((id, salt.to_vec(), root));
    }
    // Many authenticators evaluate only when they are used.
    let given = asked("get", &options(&[(&id, &salt)])).await?;
    let root = root(subtle, &prf(&given)).await?.ok_or(NO_KEY)?;
    Ok((id, salt.to_vec(), root))
}

/// Asks for one of these passkeys; gives its id and its key.
///
/// # Errors
///
/// What a person is told.
pub async fn evaluated(known: &[Passkey]) -> Result<(Vec<u8>, RootKey), String> {
    let subtle = subtle().ok_or("The browser offers no encryption here.")?;
    let known: Vec<(&[u8], &[u8])> = known.iter().map(|passkey| (&passkey.id[..], &passkey.salt[..])).collect();
    if known.is_empty() {
        return Err("No passkey opens this vault. Use the passphrase.".to_owned());
    }
    let credential = asked("get", &options(&known)).await?;
    let root = root(&subtle, &prf(&credential)).await?.ok_or(NO_KEY)?;
    Ok((bytes(&js::property(&credential, "rawId")), root))
}

const NO_KEY: &str =
    "This passkey can't give a key (the PRF extension is missing). Use another authenticator, or the passphrase.";

async fn root(subtle: &SubtleCrypto, prf: &JsValue) -> Result<Option<RootKey>, String> {
    let first = js::property(&js::property(prf, "results"), "first");
    if first.is_undefined() || first.is_null() {
        return Ok(None);
    }
    let view = Uint8Array::new(&first);
    let secret = Zeroizing::new(view.to_vec());
    view.fill(0, 0, view.length());
    RootKey::of(subtle, &secret).await.map(Some).map_err(|error| error.to_string())
}

fn new_options(tenant: &TenantId, tenant_name: &str, name: &str, known: &[Vec<u8>], salt: &[u8]) -> Object {
    let parameters = ALGORITHMS.map(|algorithm| js::object([("type", "public-key".into()), ("alg", algorithm.into())]));
    // A passkey of its own for each vault and name: the id says nothing of the person.
    let user = js::object([
        ("id", js::bytes(&clock::random_bytes::<32>()).into()),
        ("name", ["Vault ", tenant_name, ", ", name].concat().into()),
        ("displayName", ["Tokenkeep vault ", tenant_name, " (", tenant.as_str(), ")"].concat().into()),
    ]);
    let selection = js::object([("residentKey", "preferred".into()), ("userVerification", "required".into())]);
    let known: Array = known.iter().map(|id| descriptor(id)).collect();
    let evaluation = js::object([("first", js::bytes(salt).into())]);
    let prf = js::object([("eval", evaluation.into())]);
    js::object([
        ("challenge", js::bytes(&clock::random_bytes::<32>()).into()),
        ("rp", js::object([("name", "Tokenkeep".into())]).into()),
        ("user", user.into()),
        ("pubKeyCredParams", parameters.iter().collect::<Array>().into()),
        ("authenticatorSelection", selection.into()),
        ("excludeCredentials", known.into()),
        ("timeout", PATIENCE.into()),
        ("extensions", js::object([("prf", prf.into())]).into()),
    ])
}

fn options(known: &[(&[u8], &[u8])]) -> Object {
    let allowed: Array = known.iter().map(|(id, _)| descriptor(id)).collect();
    let by_credential: Array = known
        .iter()
        .map(|(id, salt)| {
            let evaluation = js::object([("first", js::bytes(salt).into())]);
            Array::of2(&base64url(id).into(), &evaluation)
        })
        .collect();
    // Pairs of a text and an object always make an object.
    let by_credential = Object::from_entries(&by_credential).unwrap_or_default();
    let prf = js::object([("evalByCredential", by_credential.into())]);
    js::object([
        ("challenge", js::bytes(&clock::random_bytes::<32>()).into()),
        ("allowCredentials", allowed.into()),
        ("userVerification", "required".into()),
        ("timeout", PATIENCE.into()),
        ("extensions", js::object([("prf", prf.into())]).into()),
    ])
}

fn descriptor(id: &[u8]) -> JsValue {
    js::object([("type", "public-key".into()), ("id", js::bytes(id).into())]).into()
}

/// Calls a method of `navigator.credentials`.
async fn asked(method: &str, options: &Object) -> Result<JsValue, String> {
    let credentials = js::property(&js::property(&js_sys::global(), "navigator"), "credentials");
    let function = js::property(&credentials, method).dyn_into::<Function>();
    let function = function.map_err(|_| "This browser has no passkeys.".to_owned())?;
    let wanted = js::object([("publicKey", options.clone().into())]);
    let promise = function.call1(&credentials, &wanted).map_err(|error| words(&error))?;
    JsFuture::from(promise.unchecked_into::<Promise>()).await.map_err(|error| words(&error))
}

fn words(error: &JsValue) -> String {
    match js::error_name(error).as_str() {
        "NotAllowedError" => "The passkey was not used: it was cancelled, or took too long. Try again.".to_owned(),
        "InvalidStateError" => "This authenticator has a passkey for this vault already.".to_owned(),
        name => format!("The browser could not use a passkey ({name}). Use the passphrase."),
    }
}

fn prf(credential: &JsValue) -> JsValue {
    let results = js::property(credential, "getClientExtensionResults");
    let results = results.dyn_into::<Function>().and_then(|function| function.call0(credential));
    results.map_or(JsValue::UNDEFINED, |results| js::property(&results, "prf"))
}

fn bytes(buffer: &JsValue) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// Base64 with the alphabet for URLs, without padding (RFC 4648 §5).
fn base64url(bytes: &[u8]) -> String {
    let text: String = bytes.iter().copied().map(char::from).collect();
    let encoded = web_sys::window().and_then(|window| window.btoa(&text).ok()).unwrap_or_default();
    encoded.trim_end_matches('=').replace('+', "-").replace('/', "_")
}
