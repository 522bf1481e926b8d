//! Conversations of the widget.

use super::*;

/// Begins a conversation on a page of an organization that exists.
async fn begin(store: &dyn Store, org: &OrgKey, id: &str, key: &str) -> (ConversationId, bool) {
    let begin = Begin {
        id: ConversationId::new(id),
        org: org.id.clone(),
        begin_key: Digest::of_text(key),
        salt: format!("salt of {id}"),
        visitor_key: Digest::of_text(id),
        at: NOON,
    };
    let (begun, is_new) = store.begin_conversation(&begin).await.unwrap();
    (begun.id, is_new)
}

fn writing(conversation: &ConversationId, from: Author, id: &str, text: &str) -> Writing {
    let (conversation, client_id, text) = (conversation.clone(), id.to_owned(), text.to_owned());
    Writing { conversation, from, client_id, text, at: NOON + MINUTE }
}

pub(crate) async fn a_conversation_begins_once_for_its_key(store: &dyn Store) {
    let (a, b) = (org(store, "a").await, org(store, "b").await);
    let one = ConversationId::new("1");
    assert_eq!(begin(store, &a, "1", "key").await, (one.clone(), true));
    assert_eq!(begin(store, &a, "2", "key").await, (one.clone(), false));
    assert_eq!(begin(store, &b, "3", "key").await, (ConversationId::new("3"), true));
    let found = store.conversation(&one).await.unwrap().unwrap();
    assert_eq!((found.org, found.salt.as_str(), found.created_at), (a.id, "salt of 1", NOON));
}

pub(crate) async fn messages_are_written_once_and_in_order(store: &dyn Store) {
    let (id, _) = begin(store, &org(store, "a").await, "1", "key").await;
    let texts = (0..10).map(|number| writing(&id, Author::Visitor, &format!("m{}", number % 5), "text"));
    let writings: Vec<_> = texts.collect();
    let written = futures::future::join_all(writings.iter().map(|writing| store.add_message(writing))).await;
    assert!(written.iter().all(Result::is_ok));
    let places = async |after, most| {
        store.messages(&id, after, most).await.unwrap().into_iter().map(|message| message.seq).collect::<Vec<_>>()
    };
    assert_eq!(places(0, 100).await, [1, 2, 3, 4, 5]);
    assert_eq!(places(3, 1).await, [4]);
    let other = store.add_message(&writing(&id, Author::Visitor, "m0", "other")).await;
    assert!(matches!(other, Err(AddMessageError::OtherText)));
    let staff = store.add_message(&writing(&id, Author::Staff, "m0", "other")).await.unwrap();
    assert_eq!((staff.seq, staff.from), (6, Author::Staff));
    let nowhere = store.add_message(&writing(&ConversationId::new("2"), Author::Staff, "m0", "x")).await;
    assert!(matches!(nowhere, Err(AddMessageError::Unknown)));
}

pub(crate) async fn what_an_admin_has_read_is_not_unread(store: &dyn Store) {
    let org = org(store, "a").await;
    let (id, _) = begin(store, &org, "1", "key").await;
    begin(store, &org, "empty", "other key").await;
    for number in 1..=3 {
        let text = format!("message {number}");
        store.add_message(&writing(&id, Author::Visitor, &text, &text)).await.unwrap();
    }
    let unread = async || store.conversation_summary(&id).await.unwrap().unwrap().unread;
    assert_eq!(unread().await, 3);
    assert!(store.mark_read(&id, 2).await.unwrap());
    assert_eq!(unread().await, 1);
    assert!(store.mark_read(&id, 1).await.unwrap());
    assert_eq!(unread().await, 1, "what was read stays read");
    assert!(store.mark_read(&id, 99).await.unwrap());
    let listed = store.conversations(10).await.unwrap();
    assert_eq!(listed.len(), 1, "one without a message is not listed");
    let summary = &listed[0];
    assert_eq!((summary.unread, summary.messages, summary.snippet.as_str()), (0, 3, "message 3"));
    assert_eq!((summary.org.name.as_str(), summary.last_from), ("Name of a", Some(Author::Visitor)));
    assert!(!store.mark_read(&ConversationId::new("2"), 1).await.unwrap());
}

pub(crate) async fn a_closed_conversation_takes_repeats_only(store: &dyn Store) {
    let (id, _) = begin(store, &org(store, "a").await, "1", "key").await;
    let first = writing(&id, Author::Visitor, "first", "text");
    let written = store.add_message(&first).await.unwrap();
    assert!(store.close_conversation(&id, NOON).await.unwrap());
    assert_eq!(store.add_message(&first).await.unwrap(), written);
    let late = store.add_message(&writing(&id, Author::Visitor, "second", "text")).await;
    assert!(matches!(late, Err(AddMessageError::Closed)));
    assert!(store.conversation(&id).await.unwrap().unwrap().closed);
    assert!(!store.close_conversation(&ConversationId::new("2"), NOON).await.unwrap());
}

pub(crate) async fn quiet_conversations_are_removed_with_their_messages(store: &dyn Store) {
    let org = org(store, "a").await;
    let (quiet, _) = begin(store, &org, "1", "key").await;
    let (lively, _) = begin(store, &org, "2", "other key").await;
    store.add_message(&writing(&lively, Author::Visitor, "first", "text")).await.unwrap();
    let now = NOON + MINUTE;
    let cutoffs = Cutoffs { now, last_used: now, begun: NOON, attempts: NOON, conversations: now };
    store.sweep(cutoffs).await.unwrap();
    assert_eq!(store.conversation(&quiet).await.unwrap(), None);
    assert!(store.conversation(&lively).await.unwrap().is_some());
    let later = now + MINUTE;
    store.sweep(Cutoffs { conversations: later, ..cutoffs }).await.unwrap();
    assert!(store.messages(&lively, 0, 10).await.unwrap().is_empty());
}
