//! Published keys, kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::https_url::HttpsUrl;
use domain::time::{Span, Timestamp};
use jsonwebtoken::jwk::Jwk;

use super::key;

/// How long keys are kept.
const FRESH: Span = Span::from_seconds(300);

/// How long keys are kept at least, even when a token names one that is not among them: so that tokens with made-up
/// names can't make us ask without end.
const LEAST: Span = Span::from_seconds(30);

/// How many providers' keys are kept.
const MOST: usize = 100;

/// Keys by their address.
#[derive(Default)]
pub(crate) struct KeyCache(Mutex<HashMap<HttpsUrl, Kept>>);

struct Kept {
    keys: Arc<Vec<Jwk>>,
    read_at: Timestamp,
}

impl KeyCache {
    /// Keys that are fresh enough for a token that names `key_id`.
    pub(super) fn get(&self, jwks_uri: &HttpsUrl, key_id: Option<&str>, now: Timestamp) -> Option<Arc<Vec<Jwk>>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(jwks_uri)?;
        let is_there = key_id.is_none() || kept.keys.iter().any(|key| key::has_id(key, key_id));
        let keep_for = if is_there { FRESH } else { LEAST };
        // A clock that went back makes the age unknown: read again.
        let is_fresh = now >= kept.read_at && now.since(kept.read_at) < keep_for;
        is_fresh.then(|| kept.keys.clone())
    }

    /// Keeps keys just read; the oldest make room.
    pub(super) fn put(&self, jwks_uri: &HttpsUrl, keys: Vec<Jwk>, now: Timestamp) -> Arc<Vec<Jwk>> {
        let keys = Arc::new(keys);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(jwks_uri) {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.read_at).map(|(url, _)| url.clone());
            oldest.and_then(|url| all.remove(&url));
        }
        all.insert(jwks_uri.clone(), Kept { keys: keys.clone(), read_at: now });
        keys
    }
}
