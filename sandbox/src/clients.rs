//! All that changes while the sandbox runs: clients, what they did, faults, assertions seen.

use std::collections::{BTreeMap, HashMap};

use domain::time::Timestamp;

use crate::client::{Client, ClientError};
use crate::counters::Counters;
use crate::fault::Faults;
use crate::management::Rates;

/// How many clients the sandbox keeps.
const MOST_CLIENTS: usize = 1_000;

/// What changes while the sandbox runs.
#[derive(Debug)]
pub(crate) struct Clients {
    by_id: BTreeMap<String, Client>,
    counters: HashMap<String, Counters>,
    /// Until when a client was last asked to wait.
    asked_to_wait: HashMap<String, Timestamp>,
    /// When each `jti` of each client may be seen again: after the assertion's own expiry (RFC 7523 §3, point 7).
    seen: HashMap<(String, String), Timestamp>,
    /// The tokens that were revoked, by `jti`, until they would have expired.
    revoked: HashMap<String, Timestamp>,
    /// The faults in force.
    pub(crate) faults: Faults,
    /// How much the management API answers.
    pub(crate) rates: Rates,
    /// Whether site tokens are exchanged for newer ones.
    pub(crate) refreshes_site_tokens: bool,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            by_id: BTreeMap::new(),
            counters: HashMap::new(),
            asked_to_wait: HashMap::new(),
            seen: HashMap::new(),
            revoked: HashMap::new(),
            faults: Faults::default(),
            rates: Rates::default(),
            refreshes_site_tokens: true,
        }
    }
}

impl Clients {
    /// The clients of an earlier run.
    pub(crate) fn from_kept(clients: Vec<Client>) -> Self {
        let by_id = clients.into_iter().map(|client| (client.id.clone(), client)).collect();
        Self { by_id, ..Self::default() }
    }

    /// All clients, to be kept.
    pub(crate) fn to_kept(&self) -> Vec<Client> {
        self.by_id.values().cloned().collect()
    }

    /// Whether one more client has room.
    pub(crate) fn check_room(&self) -> Result<(), ClientError> {
        if self.by_id.len() < MOST_CLIENTS { Ok(()) } else { Err(ClientError::Full(MOST_CLIENTS)) }
    }

    /// Takes a client in.
    pub(crate) fn add(&mut self, client: Client) {
        self.by_id.insert(client.id.clone(), client);
    }

    /// The client with that id.
    pub(crate) fn get(&self, client_id: &str) -> Option<&Client> {
        self.by_id.get(client_id)
    }

    /// What a client did; `None` when there is no such client.
    pub(crate) fn counters(&self, client_id: &str) -> Option<Counters> {
        self.by_id.get(client_id)?;
        Some(self.counters.get(client_id).copied().unwrap_or_default())
    }

    /// Counts for a known client; unknown ids are not kept, so that nobody can fill the memory with them.
    pub(crate) fn count(&mut self, client_id: &str, change: impl FnOnce(&mut Counters)) {
        if self.by_id.contains_key(client_id) {
            change(self.counters.entry(client_id.to_owned()).or_default());
        }
    }

    /// Counts a token request of a known client.
    pub(crate) fn count_request(&mut self, client_id: &str, now: Timestamp) {
        let is_early = self.asked_to_wait.get(client_id).is_some_and(|until| now < *until);
        self.count(client_id, |counters| {
            counters.requests += 1;
            counters.early += u64::from(is_early);
        });
    }

    /// A known client was asked to send no token request before then.
    pub(crate) fn ask_to_wait(&mut self, client_id: &str, until: Timestamp) {
        if self.by_id.contains_key(client_id) {
            self.asked_to_wait.insert(client_id.to_owned(), until);
        }
    }

    /// Whether a `jti` is new for this client; it is then remembered until `expires_at`.
    pub(crate) fn is_first_use(&mut self, client_id: &str, jti: &str, expires_at: Timestamp, now: Timestamp) -> bool {
        self.seen.retain(|_, until| *until > now);
        self.seen.insert((client_id.to_owned(), jti.to_owned()), expires_at).is_none()
    }

    /// Ends a token before its time.
    pub(crate) fn revoke(&mut self, jti: &str, expires_at: Timestamp, now: Timestamp) {
        self.revoked.retain(|_, until| *until > now);
        self.revoked.insert(jti.to_owned(), expires_at);
    }

    /// Whether a token was ended before its time.
    pub(crate) fn is_revoked(&self, jti: &str) -> bool {
        self.revoked.contains_key(jti)
    }
}
