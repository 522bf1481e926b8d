use domain::api::Code;

use super::*;

/// A provider that answers so a few times, then with a token.
async fn recovering(template: ResponseTemplate, times: u64) -> Rig {
    let rig = Rig::new().await;
    Mock::given(any()).respond_with(template).up_to_n_times(times).mount(&rig.server).await;
    Mock::given(any()).respond_with(answer(200, &token())).mount(&rig.server).await;
    rig
}

#[tokio::test]
async fn a_fault_that_passes_costs_a_try() {
    for status in [500, 502, 503, 504, 429] {
        let rig = recovering(ResponseTemplate::new(status), 2).await;
        assert_eq!(rig.obtain(basic()).await.unwrap().tries, 3, "{status}");
    }
}

#[tokio::test]
async fn a_fault_that_stays_ends_after_the_last_try() {
    let rig = Rig::answering(ResponseTemplate::new(500)).await;
    let problem = rig.refusal().await;
    assert_eq!((problem.code, rig.received().await.len()), (Code::UpstreamUnavailable, 3));
    assert_eq!(problem.upstream.unwrap().tries, 3);
}

#[tokio::test]
async fn other_refusals_are_never_tried_again() {
    for status in [400, 401, 403, 404, 405, 408, 409, 413, 422] {
        let rig = recovering(ResponseTemplate::new(status), 1).await;
        assert_eq!(rig.refusal().await.upstream.unwrap().tries, 1, "{status}");
        assert_eq!(rig.received().await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_wait_of_no_time_is_kept() {
    let rig = recovering(ResponseTemplate::new(429).insert_header("retry-after", "0"), 1).await;
    assert_eq!(rig.obtain(basic()).await.unwrap().tries, 2);
}

#[tokio::test]
async fn a_wait_that_does_not_fit_is_passed_on() {
    let rig = recovering(ResponseTemplate::new(429).insert_header("retry-after", "120"), 1).await;
    let problem = rig.refusal().await;
    assert_eq!((problem.code, problem.retry_after), (Code::UpstreamThrottled, Some(120)));
    assert!(problem.detail.contains("2 min"), "{}", problem.detail);
    assert_eq!(rig.received().await.len(), 1);
}

#[tokio::test]
async fn a_wait_until_a_date_counts_from_our_clock() {
    // Fifteen minutes after NOW.
    let date = "Fri, 15 Jan 2027 08:15:00 GMT";
    let rig = recovering(ResponseTemplate::new(503).insert_header("retry-after", date), 1).await;
    let problem = rig.refusal().await;
    assert_eq!((problem.code, problem.retry_after), (Code::UpstreamUnavailable, Some(900)));
}

#[tokio::test]
async fn a_wait_that_says_nothing_is_left_out() {
    let rig = Rig::answering(ResponseTemplate::new(429).insert_header("retry-after", "soon")).await;
    let problem = rig.refusal().await;
    assert_eq!((problem.code, problem.retry_after), (Code::UpstreamThrottled, None));
    assert_eq!(rig.received().await.len(), 3);
}

#[tokio::test]
async fn a_provider_that_is_down_is_tried_again_and_then_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let upstream = upstream(settings(&origin), &Arc::new(MockClock::at(NOW)));
    let problem = upstream.obtain(&provider(&origin), &request(basic())).await.unwrap_err();
    assert_eq!(problem.code, Code::UpstreamUnavailable);
    assert!(problem.detail.contains("no connection could be made"), "{}", problem.detail);
    let said = problem.upstream.unwrap();
    assert_eq!((said.status, said.tries), (None, 3));
}
