use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::secret::Secret;
use js_sys::{Array, JSON, Object};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

use super::{Algorithm, PrivateKey};
use crate::js;
use crate::vault::sealing::{CryptoError, promised};

const SMALLEST_RSA: f64 = 2_048.0;

/// Why a text is no private key we can use. The words are for the person who pasted it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither PEM nor JSON.
    #[error("this is neither a PEM block nor a JWK. Paste the whole key, with its first and last line")]
    Unknown,
    /// PKCS#8 with a passphrase.
    #[error("it is encrypted with a passphrase. Decrypt it first: openssl pkcs8 -in key.pem -out plain.pem")]
    Encrypted,
    /// PKCS#1 or SEC 1.
    #[error(
        "it is in an older form ({0}). Convert it to PKCS#8 first: openssl pkcs8 -topk8 -nocrypt -in key.pem -out pkcs8.pem"
    )]
    OldForm(&'static str),
    /// An OpenSSH key.
    #[error("it is in OpenSSH's own form. Convert it to PKCS#8 first: ssh-keygen -p -m PKCS8 -f key")]
    OpenSsh,
    /// A public key or certificate.
    #[error("it is the public part. The private key is needed here; the public one goes to the provider")]
    Public,
    /// RSA below 2,048 bits.
    #[error("it has {0} bits. Providers take RSA keys of 2048 bits and more; make a new one")]
    TooSmall(u32),
    /// Another kind of key, curve or algorithm.
    #[error("its kind is {0}. RSA keys (RS256) and P-256 keys (ES256) can be used")]
    Kind(String),
    /// Damaged.
    #[error("it can't be read. It may have been cut or changed on the way here; copy it again")]
    Damaged,
}

impl From<CryptoError> for KeyError {
    fn from(_: CryptoError) -> Self {
        Self::Damaged
    }
}

pub async fn import(subtle: &SubtleCrypto, text: &Secret) -> Result<PrivateKey, KeyError> {
    let text = text.expose().trim();
    let key = if text.starts_with('{') { from_jwk(subtle, text).await? } else { from_pem(subtle, text).await? };
    check_size(&key.key)?;
    Ok(key)
}

async fn from_pem(subtle: &SubtleCrypto, text: &str) -> Result<PrivateKey, KeyError> {
    let body = pem_body(text)?;
    let compact = Zeroizing::new(body.split_ascii_whitespace().collect::<String>());
    let der = Zeroizing::new(STANDARD.decode(compact.as_bytes()).map_err(|_| KeyError::Damaged)?);
    let algorithm = algorithm_of(&der)?;
    let bytes = js::bytes(&der);
    let key = imported(subtle, "pkcs8", bytes.as_ref(), algorithm).await?;
    bytes.fill(0, 0, bytes.length());
    Ok(PrivateKey { key, algorithm, key_id: None })
}

/// What stands between the first and the last line of a PKCS#8 block.
fn pem_body(text: &str) -> Result<&str, KeyError> {
    let (_, rest) = text.split_once("-----BEGIN ").ok_or(KeyError::Unknown)?;
    let (label, rest) = rest.split_once("-----").ok_or(KeyError::Unknown)?;
    match label {
        "PRIVATE KEY" => {}
        "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
        "RSA PRIVATE KEY" => return Err(KeyError::OldForm("PKCS#1")),
        "EC PRIVATE KEY" => return Err(KeyError::OldForm("SEC 1")),
        "OPENSSH PRIVATE KEY" => return Err(KeyError::OpenSsh),
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => return Err(KeyError::Public),
        _ => return Err(KeyError::Unknown),
    }
    rest.split_once("-----END PRIVATE KEY-----").map(|(body, _)| body).ok_or(KeyError::Damaged)
}

/// The algorithm a PKCS#8 structure names (RFC 5208 §5): its identifier stands in the first bytes.
fn algorithm_of(der: &[u8]) -> Result<Algorithm, KeyError> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let start = &der[..der.len().min(48)];
    let has = |identifier: &[u8]| start.windows(identifier.len()).any(|window| window == identifier);
    match (has(RSA), has(EC), has(P256)) {
        (true, ..) => Ok(Algorithm::Rs256),
        (_, true, true) => Ok(Algorithm::Es256),
        (_, true, false) => Err(KeyError::Kind("another elliptic curve".to_owned())),
        _ if start.first() == Some(&0x30) => Err(KeyError::Kind("another algorithm".to_owned())),
        _ => Err(KeyError::Damaged),
    }
}

async fn from_jwk(subtle: &SubtleCrypto, text: &str) -> Result<PrivateKey, KeyError> {
    let jwk: Value = serde_json::from_slice(text.as_bytes()).map_err(|_| KeyError::Damaged)?;
    let field = |name: &str| jwk[name].as_str();
    let algorithm = match (field("kty"), field("crv")) {
        (Some("RSA"), _) => Algorithm::Rs256,
        (Some("EC"), Some("P-256")) => Algorithm::Es256,
        (Some(kind), curve) => return Err(KeyError::Kind([kind, curve.unwrap_or_default()].join(" "))),
        (None, _) => return Err(KeyError::Unknown),
    };
    if let Some(name) = field("alg").filter(|name| *name != algorithm.name()) {
        return Err(KeyError::Kind(name.to_owned()));
    }
    if field("use").is_some_and(|purpose| purpose != "sig") {
        return Err(KeyError::Kind("a key for encryption".to_owned()));
    }
    if field("d").is_none() {
        return Err(KeyError::Public);
    }
    let key_id = field("kid").map(str::to_owned);
    let object: Object = JSON::parse(text).map_err(|_| KeyError::Damaged)?.unchecked_into();
    // What the key was made for elsewhere must not stop it from signing here.
    for name in ["key_ops", "ext", "use"] {
        let _ = js_sys::Reflect::delete_property(&object, &JsValue::from_str(name));
    }
    Ok(PrivateKey { key: imported(subtle, "jwk", &object, algorithm).await?, algorithm, key_id })
}

async fn imported(
    subtle: &SubtleCrypto,
    format: &str,
    data: &Object,
    algorithm: Algorithm,
) -> Result<CryptoKey, KeyError> {
    let usages = Array::of1(&"sign".into());
    let promise = subtle.import_key_with_object(format, data, &algorithm.parameters(), false, &usages);
    Ok(promised(promise).await?.unchecked_into())
}

fn check_size(key: &CryptoKey) -> Result<(), KeyError> {
    let algorithm = key.algorithm().map_or(JsValue::UNDEFINED, Into::into);
    match js::property(&algorithm, "modulusLength").as_f64() {
        // A length in bits fits easily.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Some(bits) if bits < SMALLEST_RSA => Err(KeyError::TooSmall(bits as u32)),
        _ => Ok(()),
    }
}
