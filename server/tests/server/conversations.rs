//! A conversation from both its sides.

use std::time::Duration;

use domain::api::Code;
use domain::api::conversations::{
    CloseConversation, Conversations, MarkRead, OpenConversation, ReadMark, ReplyToVisitor,
};
use domain::api::widget::{Author, BeginConversation, NewMessage, SendMessage};
use domain::id::ConversationId;
use domain::time::Span;
use server::serve::sweep_once;

use crate::page::{ORIGIN, Page, org_key, read};
use crate::rig::{Browser, Rig, code};

const KEY: &str = "a-random-key-000001";

async fn scene() -> (Rig, Browser, Page, ConversationId) {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let mut page = Page::booted(&rig, &org).await;
    let id = page.begin(KEY).await.unwrap().id;
    (rig, admin, page, id)
}

fn new(id: &str, text: &str) -> NewMessage {
    NewMessage { client_id: id.to_owned(), text: text.to_owned() }
}

fn reply_to(id: &ConversationId) -> ReplyToVisitor {
    ReplyToVisitor { id: id.clone() }
}

#[tokio::test]
async fn a_visitor_and_an_admin_write_to_each_other() {
    let (_rig, mut admin, mut page, id) = scene().await;
    let sent = page.write(&id, "message-1", "Hello").await.unwrap();
    assert_eq!((sent.seq, sent.from, sent.sent_at.millis()), (1, Author::Visitor, 1_800_000_000_000));
    let list = admin.ask(Conversations, ()).await.unwrap().conversations;
    assert_eq!((list[0].snippet.as_str(), list[0].unread, list[0].org.name.as_str()), ("Hello", 1, "Example"));
    admin.ask(reply_to(&id), new("reply-01", "Good day")).await.unwrap();
    admin.ask(MarkRead { id: id.clone() }, ReadMark { seq: 2 }).await.unwrap();
    assert_eq!(admin.ask(Conversations, ()).await.unwrap().conversations[0].unread, 0);
    let read = page.read(&id, "?after=1").await.unwrap();
    assert_eq!((read.messages.len(), read.messages[0].text.as_str(), read.closed), (1, "Good day", false));
    let opened = admin.ask(OpenConversation { id }, ()).await.unwrap();
    assert_eq!(opened.messages.iter().map(|message| message.seq).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_message_that_is_repeated_is_stored_once_even_days_later() {
    let (rig, _, mut page, id) = scene().await;
    let first = page.write(&id, "message-1", "Hello").await.unwrap();
    assert_eq!(page.write(&id, "message-1", "Hello").await.unwrap(), first);
    rig.wait(Span::from_seconds(3 * 86_400));
    page.boot().await.unwrap();
    assert_eq!(page.write(&id, "message-1", "Hello").await.unwrap(), first);
    assert_eq!(page.read(&id, "").await.unwrap().messages, [first]);
    assert_eq!(code(page.write(&id, "message-1", "Other").await), Some(Code::KeyReused));
}

#[tokio::test]
async fn a_beginning_that_is_repeated_is_the_same_conversation_for_a_day() {
    let (rig, _, mut page, id) = scene().await;
    let visitor_key = page.visitor_key.clone();
    page.write(&id, "message-1", "Hello").await.unwrap();
    let again = page.begin(KEY).await.unwrap();
    assert_eq!((&again.id, again.visitor_key.expose(), again.messages.len()), (&id, visitor_key.as_str(), 1));
    assert_ne!(page.begin("a-random-key-000002").await.unwrap().id, id);
    rig.wait(Span::from_seconds(86_400));
    page.boot().await.unwrap();
    assert_eq!(code(page.begin(KEY).await), Some(Code::KeyReused));
}

#[tokio::test]
async fn a_beginning_needs_a_key_nobody_guesses() {
    let (_rig, _, mut page, _) = scene().await;
    for key in ["", "short"] {
        assert_eq!(code(page.begin(key).await), Some(Code::InvalidIdempotencyKey), "{key}");
    }
}

#[tokio::test]
async fn another_visitor_and_another_organization_find_nothing() {
    let (rig, mut admin, mut page, id) = scene().await;
    page.write(&id, "message-1", "Hello").await.unwrap();
    let mut stranger = Page { visitor_key: "0".repeat(64), ..page.clone() };
    assert_eq!(code(stranger.read(&id, "").await), Some(Code::ConversationUnknown));
    assert_eq!(code(stranger.write(&id, "message-2", "x").await), Some(Code::ConversationUnknown));
    let other = org_key(&mut admin, "Other", ORIGIN).await;
    let mut other = Page { visitor_key: page.visitor_key.clone(), ..Page::booted(&rig, &other).await };
    assert_eq!(code(other.read(&id, "").await), Some(Code::ConversationUnknown));
    assert_eq!(code(other.write(&id, "message-2", "x").await), Some(Code::ConversationUnknown));
    assert_eq!(page.read(&id, "").await.unwrap().messages.len(), 1);
}

#[tokio::test]
async fn a_message_too_long_empty_or_misnamed_is_refused_by_field() {
    let (_rig, _, mut page, id) = scene().await;
    for (client_id, text, field) in [
        ("message-1", "x".repeat(4_001), "text"),
        ("message-1", " ".to_owned(), "text"),
        ("short", "x".to_owned(), "client_id"),
    ] {
        let problem = page.write(&id, client_id, &text).await.unwrap_err();
        assert_eq!((problem.status, problem.errors[0].field.as_str()), (422, field));
    }
    let body = serde_json::json!({ "text": "x".repeat(70_000), "client_id": "message-1" }).to_string();
    let answer = page.call(SendMessage { id: id.clone() }, "", "message-1", &body).await;
    assert_eq!(answer.status.as_u16(), 413);
    let body = serde_json::json!({ "text": "x", "client_id": "message-1" }).to_string();
    let answer = page.call(SendMessage { id }, "", "another-key", &body).await;
    assert_eq!(answer.problem().code, Code::InvalidIdempotencyKey);
}

#[tokio::test]
async fn a_waiting_visitor_is_answered_when_the_reply_is_there() {
    let (_rig, mut admin, page, id) = scene().await;
    let (mut waiting, place) = (page.clone(), id.clone());
    let waits = tokio::spawn(async move { waiting.read(&place, "?after=0&wait=25").await });
    tokio::task::yield_now().await;
    admin.ask(reply_to(&id), new("reply-01", "Good day")).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(5), waits).await.expect("long before the 25 s").unwrap();
    assert_eq!(read.unwrap().messages[0].text, "Good day");
}

#[tokio::test]
async fn a_waiting_admin_is_answered_when_a_visitor_writes() {
    let (_rig, admin, mut page, id) = scene().await;
    let revision = admin.clone().ask(Conversations, ()).await.unwrap().revision;
    let path = format!("/api/v1/conversations?seen={revision}&wait=25");
    let waits = tokio::spawn(async move { admin.clone().get(&path).await });
    tokio::task::yield_now().await;
    page.write(&id, "message-1", "Hello").await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(5), waits).await.expect("long before the 25 s").unwrap();
    let list: domain::api::conversations::ConversationList = read(&answer).unwrap();
    assert_eq!(list.conversations[0].snippet, "Hello");
}

#[tokio::test]
async fn a_wait_ends_without_news_when_its_time_is_up_or_the_server_stops() {
    let (rig, _, mut page, id) = scene().await;
    assert!(page.read(&id, "?wait=1").await.unwrap().messages.is_empty());
    rig.state.in_flight.stop();
    let read = tokio::time::timeout(Duration::from_secs(5), page.read(&id, "?wait=25")).await;
    assert!(read.expect("long before the 25 s").unwrap().messages.is_empty());
    assert_eq!(code(page.read(&id, "?after=x").await), Some(Code::InvalidFields));
}

#[tokio::test]
async fn a_closed_conversation_takes_nothing_new() {
    let (_rig, mut admin, mut page, id) = scene().await;
    page.write(&id, "message-1", "Hello").await.unwrap();
    admin.ask(CloseConversation { id: id.clone() }, ()).await.unwrap();
    assert!(page.read(&id, "?after=1&wait=25").await.unwrap().closed);
    assert_eq!(code(page.write(&id, "message-2", "More").await), Some(Code::ConversationClosed));
    assert!(page.write(&id, "message-1", "Hello").await.is_ok(), "a repeat is no new message");
    assert_eq!(code(admin.ask(reply_to(&id), new("reply-01", "x")).await), Some(Code::ConversationClosed));
}

#[tokio::test]
async fn a_conversation_is_gone_thirty_days_after_its_last_message() {
    let (rig, _, mut page, id) = scene().await;
    rig.wait(Span::from_seconds(86_400));
    page.boot().await.unwrap();
    page.write(&id, "message-1", "Hello").await.unwrap();
    rig.wait(Span::from_seconds(30 * 86_400));
    sweep_once(&rig.state).await;
    page.boot().await.unwrap();
    assert!(page.read(&id, "").await.is_ok());
    rig.wait(Span::from_seconds(1));
    sweep_once(&rig.state).await;
    assert_eq!(code(page.read(&id, "").await), Some(Code::ConversationUnknown));
}

#[tokio::test]
async fn a_conversation_is_kept_as_many_days_as_the_settings_say() {
    let rig = Rig::with(|settings| settings.conversations_kept = Span::from_seconds(2 * 86_400)).await;
    let org = org_key(&mut rig.admin().await, "Example", ORIGIN).await;
    let mut page = Page::booted(&rig, &org).await;
    let id = page.begin(KEY).await.unwrap().id;
    for (seconds, is_kept) in [(2 * 86_400, true), (1, false)] {
        rig.wait(Span::from_seconds(seconds));
        sweep_once(&rig.state).await;
        page.boot().await.unwrap();
        assert_eq!(page.read(&id, "").await.is_ok(), is_kept);
    }
}

#[tokio::test]
async fn who_writes_or_begins_too_often_is_told_to_wait() {
    let rig = Rig::with(|settings| (settings.limits.conversations, settings.limits.visitor_messages) = (2, 2)).await;
    let mut admin = rig.admin().await;
    let org = org_key(&mut admin, "Example", ORIGIN).await;
    let mut page = Page::booted(&rig, &org).await;
    let id = page.begin(KEY).await.unwrap().id;
    for number in 1..=2 {
        page.write(&id, &format!("message-{number}"), "Hello").await.unwrap();
    }
    let problem = page.write(&id, "message-3", "Hello").await.unwrap_err();
    assert_eq!((problem.code, problem.retry_after), (Code::TooManyRequests, Some(30)));
    page.begin(KEY).await.unwrap();
    let answer = page.call(BeginConversation, "", "a-random-key-000002", "").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "30"));
    rig.wait(Span::from_seconds(30));
    assert!(page.write(&id, "message-3", "Hello").await.is_ok());
}
