use std::collections::BTreeMap;

use super::item::{Item, Kind, backup_time};
use super::{Reading, Record, Unreadable, backup, read};

/// One text that was read, in one of the items or inside a backup.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The index of the item it stands in.
    pub origin: usize,
    /// When the backup it stands in was made; `None` outside one.
    pub backup: Option<i64>,
    pub item: Item,
    pub reading: Reading,
}

/// A client: its environment id in lower case, and its id.
pub(super) type Client = (String, String);

/// The best record of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The record; `None` when two say different things of the client, and neither is the newer.
    pub best: Option<Record>,
    /// The keys that hold records of it.
    pub keys: Vec<String>,
}

/// Reads all items, and backups by their parts.
pub(super) fn entries(items: &[Item]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (origin, item) in items.iter().enumerate() {
        let made = backup_time(&item.key).filter(|_| Kind::of(item.area, &item.key) == Kind::Backup);
        let Some(made) = made else {
            entries.push(Entry { origin, backup: None, item: item.clone(), reading: read(item) });
            continue;
        };
        match backup::texts(item.text.expose()) {
            Ok(texts) => entries.extend(texts.into_iter().map(|item| {
                let reading = read(&item);
                Entry { origin, backup: Some(made), item, reading }
            })),
            Err(error) => entries.push(unreadable(origin, made, item, error)),
        }
    }
    fill_in_environment(&mut entries);
    entries
}

fn unreadable(origin: usize, made: i64, item: &Item, error: Unreadable) -> Entry {
    Entry { origin, backup: Some(made), item: item.clone(), reading: Reading::Unreadable(error) }
}

/// A record that names no environment meant the one the older app had for all its parts.
fn fill_in_environment(entries: &mut [Entry]) {
    let known = entries.iter().filter(|entry| entry.backup.is_none()).find_map(|entry| match &entry.reading {
        Reading::Environment(id) => Some(id.clone()),
        _ => None,
    });
    for entry in entries {
        if let Reading::Client(record) = &mut entry.reading
            && record.client_id.is_some()
            && record.environment_id.is_none()
        {
            record.environment_id.clone_from(&known);
        }
    }
}

/// The best record of each client: from outside a backup rather than from one, the newest, then the most complete.
pub fn choose(items: &[Item]) -> Vec<Choice> {
    chosen(&entries(items)).into_values().collect()
}

pub(super) fn chosen(entries: &[Entry]) -> BTreeMap<Client, Choice> {
    let mut groups: BTreeMap<Client, Vec<(&Entry, &Record)>> = BTreeMap::new();
    for entry in entries {
        if let Reading::Client(record) = &entry.reading
            && let Some(client) = whole(record)
        {
            groups.entry(client).or_default().push((entry, record));
        }
    }
    groups.into_iter().map(|(client, group)| (client, best(&group))).collect()
}

/// Whose record it is, if it is one a connection could be made of.
pub(super) fn whole(record: &Record) -> Option<Client> {
    record.client_secret.as_ref()?;
    client(record).filter(|_| !record.redirects)
}

/// Whose record it is.
pub(super) fn client(record: &Record) -> Option<Client> {
    Some((record.environment_id.as_ref()?.to_ascii_lowercase(), record.client_id.clone()?))
}

fn best(group: &[(&Entry, &Record)]) -> Choice {
    let age = |(entry, record): &(&Entry, &Record)| (entry.backup.is_none(), record.saved_at, entry.backup);
    let newest = group.iter().map(age).max();
    let newest: Vec<&Record> = group.iter().filter(|one| Some(age(one)) == newest).map(|(_, record)| *record).collect();
    let disputed = newest.iter().any(|one| newest.iter().any(|other| one.contradicts(other)));
    let best = newest.into_iter().max_by_key(|record| record.completeness()).cloned();
    let best = best.filter(|_| !disputed).map(|record| with_newest_token(record, group));
    let mut keys: Vec<String> = group.iter().map(|(entry, _)| entry.item.key.clone()).collect();
    keys.sort();
    keys.dedup();
    Choice { best, keys }
}

/// The newest token of the same client that says when it was kept or ends, else the record's own.
fn with_newest_token(record: Record, group: &[(&Entry, &Record)]) -> Record {
    let tokens =
        group.iter().filter(|(entry, _)| entry.backup.is_none()).filter_map(|(_, record)| record.token.clone());
    let newest = tokens.max_by_key(|token| (token.saved_at, token.expires_at));
    Record { token: newest, ..record }
}
