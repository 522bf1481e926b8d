//! Messages between tabs, and between a tab and the shared worker, as JSON texts in a versioned envelope.
//!
//! | member | meaning |
//! |---|---|
//! | `v` | the version; a text of another version is left alone |
//! | `from`, `n` | the sender and the number it gave the message; the shared worker has neither |
//! | `to` | the one tab it is for, if it is not for all |
//! | `straight` | to the shared worker: `true` if it has gone straight to the tabs as well, so that it may be passed on a moment later |
//! | one of `news`, `hello`, … | what is said; an unknown one is left alone |
//!
//! What is new comes as a new member, which older builds leave alone; `v` changes only when an old member changes its
//! meaning. Before there was a sender, a message was `{"v":1,"news":…}`: it can still be read.

use serde_json::{Map, Value, json};

use super::way::{Way, Ways};
use crate::id::TabId;
use crate::keeper::News;
use crate::time::Timestamp;

/// The version of the envelope and of what is in it.
pub const VERSION: u64 = 1;
/// A longer text is none of ours.
const LONGEST: usize = 65_536;
/// The most tabs and news a welcome is read for.
const MOST: usize = 1_000;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who says it; `None` for the shared worker, and for builds from before there were senders.
    pub from: Option<TabId>,
    /// Its number among those of its sender, from 1.
    pub number: u64,
    /// The one tab it is for; `None` for all.
    pub to: Option<TabId>,
    /// What is said.
    pub body: Body,
}

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Something changed.
    News(News),
    /// A tab is there, or is there otherwise than before.
    Hello(Hello),
    /// A tab leaves.
    Bye,
    /// Whoever hears this says hello.
    Roll,
    /// Whoever hears this answers with `Pong`.
    Ping {
        /// Microseconds of the asker's own clock.
        at: u64,
    },
    /// The answer to `Ping`.
    Pong {
        /// What was asked with.
        at: u64,
    },
    /// To the worker: ring this tab at that time of the browser's clock; `None` for never.
    Wake(Option<Timestamp>),
    /// To the worker: are you there?
    Beat,
    /// From the worker: the message with this number is passed on.
    Confirmed(u64),
    /// From the worker, to a tab that is new to it: the hellos and the newest news it knows, each as it was told.
    Welcome {
        /// Hellos of those there.
        tabs: Vec<String>,
        /// For each subject the news of its newest generation.
        news: Vec<String>,
    },
    /// From the worker: the time asked for with `Wake` has come.
    Ring,
    /// From the worker: this tab's page is no more.
    Gone(TabId),
}

/// What a tab says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The ways it hears on.
    pub ways: Ways,
    /// Whether those who hear it should say hello, too.
    pub asks: bool,
    /// When its page was opened.
    pub since: Timestamp,
    /// Whether a person can see it.
    pub seen: bool,
}

/// Why a text is no message for this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Not of our making, or damaged.
    Noise,
    /// Of another version.
    OtherVersion,
    /// Of this version, with something a newer build says.
    Unknown,
}

impl Message {
    /// The text of the message.
    pub fn text(&self) -> String {
        Value::Object(self.envelope()).to_string()
    }

    /// As [`Message::text`], for the shared worker, of what has gone straight to the tabs as well.
    pub fn text_after(&self) -> String {
        let mut envelope = self.envelope();
        envelope.insert("straight".to_owned(), true.into());
        Value::Object(envelope).to_string()
    }

    fn envelope(&self) -> Map<String, Value> {
        let mut envelope = Map::new();
        envelope.insert("v".to_owned(), VERSION.into());
        if let Some(from) = &self.from {
            envelope.insert("from".to_owned(), from.as_str().into());
            envelope.insert("n".to_owned(), self.number.into());
        }
        if let Some(to) = &self.to {
            envelope.insert("to".to_owned(), to.as_str().into());
        }
        let (member, value) = self.body.member();
        envelope.insert(member.to_owned(), value);
        envelope
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// [`Unread`] for whatever this build has not made and can't have made.
    pub fn read(text: &str) -> Result<Self, Unread> {
        if text.len() > LONGEST {
            return Err(Unread::Noise);
        }
        let Ok(Value::Object(mut envelope)) = serde_json::from_str(text) else { return Err(Unread::Noise) };
        match envelope.get("v").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(_) => return Err(Unread::OtherVersion),
            None => return Err(Unread::Noise),
        }
        let from = envelope.get("from").and_then(tab);
        let to = envelope.get("to").and_then(tab);
        let number = envelope.get("n").and_then(Value::as_u64).unwrap_or(0);
        let known = MEMBERS.iter().find_map(|(member, read)| Some((read, envelope.remove(*member)?)));
        let (read, value) = known.ok_or(Unread::Unknown)?;
        let body = read(value).ok_or(Unread::Unknown)?;
        Ok(Self { from, number, to, body })
    }
}

type Reader = fn(Value) -> Option<Body>;

const MEMBERS: [(&str, Reader); 12] = [
    ("news", |value| serde_json::from_value(value).ok().map(Body::News)),
    ("hello", |value| hello(&value).map(Body::Hello)),
    ("bye", |_| Some(Body::Bye)),
    ("roll", |_| Some(Body::Roll)),
    ("ping", |value| Some(Body::Ping { at: value.as_u64()? })),
    ("pong", |value| Some(Body::Pong { at: value.as_u64()? })),
    ("wake", |value| Some(Body::Wake(value.as_i64().map(Timestamp::from_millis)))),
    ("beat", |_| Some(Body::Beat)),
    ("confirmed", |value| value.as_u64().map(Body::Confirmed)),
    ("welcome", |value| Some(Body::Welcome { tabs: texts(value.get("tabs")?)?, news: texts(value.get("news")?)? })),
    ("ring", |_| Some(Body::Ring)),
    ("gone", |value| tab(&value).map(Body::Gone)),
];

impl Body {
    fn member(&self) -> (&'static str, Value) {
        match self {
            // Numbers and texts only: this can't fail.
            Self::News(news) => ("news", serde_json::to_value(news).unwrap_or_default()),
            Self::Hello(hello) => ("hello", hello.value()),
            Self::Bye => ("bye", true.into()),
            Self::Roll => ("roll", true.into()),
            Self::Ping { at } => ("ping", (*at).into()),
            Self::Pong { at } => ("pong", (*at).into()),
            Self::Wake(at) => ("wake", at.map(Timestamp::millis).into()),
            Self::Beat => ("beat", true.into()),
            Self::Confirmed(number) => ("confirmed", (*number).into()),
            Self::Welcome { tabs, news } => ("welcome", json!({ "tabs": tabs, "news": news })),
            Self::Ring => ("ring", true.into()),
            Self::Gone(tab) => ("gone", tab.as_str().into()),
        }
    }
}

impl Hello {
    fn value(&self) -> Value {
        let ways: Vec<&str> = self.ways.iter().map(Way::name).collect();
        json!({ "ways": ways, "asks": self.asks, "since": self.since, "seen": self.seen })
    }
}

fn hello(value: &Value) -> Option<Hello> {
    let is = |member| value.get(member).and_then(Value::as_bool).unwrap_or(false);
    // A newer build may have ways this one has never heard of.
    let ways = value.get("ways")?.as_array()?.iter().filter_map(Value::as_str).filter_map(Way::from_name).collect();
    let since = value.get("since").and_then(Value::as_i64).map_or_else(Timestamp::default, Timestamp::from_millis);
    Some(Hello { ways, asks: is("asks"), since, seen: is("seen") })
}

fn tab(value: &Value) -> Option<TabId> {
    value.as_str().map(TabId::new)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    Some(value.as_array()?.iter().take(MOST).filter_map(Value::as_str).map(str::to_owned).collect())
}
