use std::net::IpAddr;

use domain::api::Code;
use domain::api::providers::IssuerLookup;

use super::*;
use crate::upstream::guard::Resolving;

/// Every name leads to these addresses.
struct Everywhere(Vec<IpAddr>);

impl Resolver for Everywhere {
    fn resolve(&self, _: &str) -> Resolving {
        let addresses = self.0.clone();
        Box::pin(async move { Ok(addresses) })
    }
}

fn leading_to(addresses: &[&str]) -> Upstream {
    let resolver = Arc::new(Everywhere(addresses.iter().map(|text| text.parse().unwrap()).collect()));
    let settings = UpstreamSettings { loopback_origins: Vec::new(), ..settings("http://127.0.0.1:1") };
    let (clock, entropy) = (Arc::new(MockClock::at(NOW)), Arc::new(SeededEntropy::from_seed(7)));
    let mut upstream = Upstream::with_resolver(settings, clock, entropy, resolver);
    upstream.first_wait = Duration::ZERO;
    upstream
}

async fn refusal(upstream: &Upstream, origin: &str) -> Problem {
    upstream.obtain(&provider(origin), &request(basic())).await.unwrap_err()
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_once_and_for_all() {
    for address in
        ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "255.255.255.255"]
    {
        let problem = refusal(&leading_to(&[address]), "https://auth.example.com").await;
        assert_eq!(problem.code, Code::EgressRefused, "{address}: {}", problem.detail);
        assert!(problem.detail.contains("auth.example.com leads to a ") && !problem.detail.contains(address));
        assert_eq!(problem.upstream.unwrap().tries, 1, "{address}");
    }
}

#[tokio::test]
async fn one_inside_address_among_public_ones_is_enough() {
    let problem = refusal(&leading_to(&["1.1.1.1", "192.168.0.255"]), "https://auth.example.com").await;
    assert_eq!(problem.code, Code::EgressRefused);
}

#[tokio::test]
async fn a_name_without_an_address_is_tried_again_and_named() {
    let problem = refusal(&leading_to(&[]), "https://auth.example.com").await;
    assert_eq!((problem.code, problem.upstream.unwrap().tries), (Code::UpstreamUnavailable, 3));
    assert!(problem.detail.contains("auth.example.com has no address"), "{}", problem.detail);
}

#[tokio::test]
async fn the_servers_own_machine_is_refused_without_a_setting() {
    let problem = refusal(&leading_to(&["1.1.1.1"]), "http://127.0.0.1:7430").await;
    assert_eq!(problem.code, Code::EgressRefused);
    assert!(problem.detail.contains("exact loopback origins"), "{}", problem.detail);
}

#[tokio::test]
async fn discovery_goes_through_the_same_guard() {
    for issuer in ["https://issuer.example.com", "http://localhost:7430/x"] {
        let lookup = IssuerLookup { issuer: url(issuer) };
        let problem = leading_to(&["172.16.255.255"]).look_up(&lookup).await.unwrap_err();
        assert_eq!(problem.code, Code::EgressRefused, "{issuer}");
    }
}

#[tokio::test]
async fn api_calls_go_through_the_same_guard() {
    let problem = leading_to(&["10.255.255.255"]).call(&provider("https://a.example.com"), &super::api::get("x")).await;
    assert_eq!(problem.unwrap_err().code, Code::EgressRefused);
}

#[tokio::test]
async fn keys_are_read_through_the_same_guard() {
    let request = VerificationRequest {
        provider: ProviderId::new("acme"),
        place: Place::default(),
        access_token: Secret::new("eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
    };
    let problem = leading_to(&["fd00::1"]).verify(&provider("https://a.example.com"), &request).await.unwrap_err();
    assert_eq!(problem.code, Code::EgressRefused);
}
