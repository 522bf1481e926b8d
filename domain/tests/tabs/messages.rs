use domain::id::TabId;
use domain::keeper::News;
use domain::tabs::message::VERSION;
use domain::tabs::{Body, Hello, Message, Unread, Way, Ways};
use domain::time::Timestamp;

use crate::rig::token;

fn bodies() -> Vec<Body> {
    let hello = Hello { ways: Ways::up_to(Way::Channel), asks: true, since: Timestamp::from_seconds(5), seen: true };
    vec![
        Body::News(token(3)),
        Body::Hello(hello),
        Body::Bye,
        Body::Roll,
        Body::Ping { at: 7 },
        Body::Pong { at: 7 },
        Body::Wake(Some(Timestamp::from_seconds(9))),
        Body::Wake(None),
        Body::Beat,
        Body::Confirmed(4),
        Body::Welcome { tabs: vec!["a".to_owned()], news: vec!["b".to_owned()] },
        Body::Ring,
        Body::Gone(TabId::new("t")),
    ]
}

#[test]
fn what_is_written_is_read_as_it_was_meant() {
    for body in bodies() {
        let message = Message { from: Some(TabId::new("me")), number: 12, to: Some(TabId::new("you")), body };
        assert_eq!(Message::read(&message.text()), Ok(message));
    }
}

#[test]
fn news_are_written_so_that_builds_from_before_there_were_senders_read_them() {
    #[derive(serde::Deserialize)]
    struct Before {
        v: u32,
        news: News,
    }
    let message = Message { from: Some(TabId::new("me")), number: 1, to: None, body: Body::News(token(3)) };
    let before: Before = serde_json::from_str(&message.text()).unwrap();
    assert_eq!((before.v, before.news), (1, token(3)));
}

#[test]
fn news_of_such_builds_are_read() {
    let text = r#"{"v":1,"news":{"kind":"token","connection":"c","generation":3}}"#;
    assert_eq!(Message::read(text), Ok(Message { from: None, number: 0, to: None, body: Body::News(token(3)) }));
}

#[test]
fn what_another_version_says_is_told_from_noise_and_from_what_is_new() {
    assert_eq!(VERSION, 1);
    let cases = [
        (r#"{"v":2,"news":{"kind":"settings"}}"#, Unread::OtherVersion),
        (r#"{"v":1,"song":true}"#, Unread::Unknown),
        (r#"{"v":1,"news":{"kind":"song"}}"#, Unread::Unknown),
        (r#"{"v":1,"ping":"now"}"#, Unread::Unknown),
        (r#"{"news":{"kind":"settings"}}"#, Unread::Noise),
        ("[1]", Unread::Noise),
        ("", Unread::Noise),
    ];
    for (text, unread) in cases {
        assert_eq!(Message::read(text), Err(unread), "{text}");
    }
    let huge = format!(r#"{{"v":1,"bye":"{}"}}"#, "x".repeat(70_000));
    assert_eq!(Message::read(&huge), Err(Unread::Noise));
}

#[test]
fn ways_only_a_newer_build_has_are_left_out() {
    let text = r#"{"v":1,"from":"new","n":1,"hello":{"ways":["pigeon","channel"],"asks":false,"since":5,"seen":true}}"#;
    let Body::Hello(hello) = Message::read(text).unwrap().body else { panic!("a hello") };
    assert_eq!(hello.ways.iter().collect::<Vec<_>>(), [Way::Channel]);
}
