//! Event streams: how many, how long, and how they end.

use domain::api::Code;
use domain::time::Span;
use futures::StreamExt;

use super::hostile::raw;
use super::*;

pub const EVENTS: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: one\n\n";

async fn stage(most: u32) -> (Stage, String) {
    let origin = raw(EVENTS.to_vec(), true).await;
    let stage =
        Stage::with(&origin, GatewayRules::default(), |settings| settings.gateway.streams_per_user = most).await;
    let path = format!("/api/v1/gateway/{}/sites/a/live", stage.provider);
    (stage, path)
}

const HEADERS: [(&str, &str); 3] = [(TOKEN_HEADER, TOKEN), (SITE_HEADER, SITE), ("accept", "text/event-stream")];

#[tokio::test]
async fn an_event_stream_comes_as_it_is_and_counts_until_it_ends() {
    let (mut stage, path) = stage(1).await;
    let mut events = stage.admin.open(&path, &HEADERS).await.into_data_stream();
    assert_eq!(&events.next().await.unwrap().unwrap()[..], b"data: one\n\n");
    let second = stage.admin.send("GET", &path, &HEADERS, "").await;
    assert_eq!(second.problem().code, Code::TooManyStreams);
    drop(events);
    assert_eq!(stage.rig.state.streams.count(), 0);
    let again = stage.admin.open(&path, &HEADERS).await;
    assert_eq!(stage.rig.state.streams.count(), 1);
    drop(again);
}

#[tokio::test]
async fn a_server_that_stops_ends_event_streams_well_and_waits_for_them() {
    let (mut stage, path) = stage(1).await;
    let mut events = stage.admin.open(&path, &HEADERS).await.into_data_stream();
    assert!(events.next().await.unwrap().is_ok());
    stage.rig.state.in_flight.stop();
    assert!(events.next().await.is_none(), "it ends as an event stream may end");
    stage.rig.state.in_flight.finished().await;
}

#[tokio::test]
async fn an_event_stream_in_which_nothing_comes_is_cut() {
    let origin = raw(EVENTS.to_vec(), true).await;
    let mut stage = Stage::with(&origin, GatewayRules::default(), |settings| {
        settings.gateway.stream_idle = Span::from_millis(50);
    })
    .await;
    let path = format!("/api/v1/gateway/{}/sites/a/live", stage.provider);
    let mut events = stage.admin.open(&path, &HEADERS).await.into_data_stream();
    assert!(events.next().await.unwrap().is_ok());
    assert!(events.next().await.unwrap().unwrap_err().to_string().contains("took too long"));
}

#[tokio::test]
async fn an_upload_larger_than_allowed_is_refused() {
    let api = api(json("{}")).await;
    let rules = GatewayRules { methods: vec![domain::api::Method::Post], ..GatewayRules::default() };
    let mut stage = Stage::with(&api.uri(), rules, |settings| settings.gateway.request_bytes = 100_000).await;
    let kind = [("content-type", "text/csv")];
    assert_eq!(stage.send("POST", "a", &kind, &"x".repeat(100_000)).await.status.as_u16(), 200);
    assert_eq!(stage.send("POST", "a", &kind, &"x".repeat(100_001)).await.problem().code, Code::BodyTooLarge);
    assert_eq!(received(&api).await.len(), 1);
}
