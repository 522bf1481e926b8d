use domain::token::jwt;
use serde_json::Value;

use crate::rig::{Rig, list};

#[tokio::test]
async fn the_tokens_own_organization_has_five_licences_in_all_states() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let organization = jwt::decode(&caller.token).unwrap().claims["org"].as_str().unwrap().to_owned();
    let shown: Value = caller.get(&format!("/v1/organizations/{organization}")).await.json();
    assert_eq!(shown["id"], organization.as_str());
    let path = format!("/v1/organizations/{organization}/licenses");
    let newest: Value = caller.get(&format!("{path}?order=-beginsAt")).await.json();
    let licenses = list(&newest, "licenses");
    let mut begins: Vec<&str> = licenses.iter().map(|license| license["beginsAt"].as_str().unwrap()).collect();
    begins.reverse();
    assert!(begins.is_sorted());
    for status in ["ACTIVE", "EXPIRED", "FUTURE", "TERMINATED"] {
        assert!(licenses.iter().any(|license| license["status"] == status), "{status}");
    }
    for license in &licenses {
        let one: Value = caller.get(&format!("{path}/{}", license["id"].as_str().unwrap())).await.json();
        assert_eq!(one, *license);
        assert!(one["environments"]["max"].as_u64() >= one["assignedEnvironmentsCount"].as_u64(), "{one}");
    }
    let begun = format!("beginsAt lt \"{}\"", licenses[0]["beginsAt"].as_str().unwrap());
    assert_eq!(list(&caller.filtered(&path, &begun, &[]).await.json(), "licenses").len(), 4);
}

#[tokio::test]
async fn its_environments_name_their_licence() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let environments: Value = caller.get("/v1/environments").await.json();
    let environments = list(&environments, "environments");
    assert_eq!((environments.len(), &environments[0]["id"]), (3, &rig.sandbox.environment_id().into()));
    assert_eq!(caller.read("").await, environments[0]);
    let organization = environments[0]["organization"]["id"].as_str().unwrap();
    let license = environments[0]["license"]["id"].as_str().unwrap();
    let license: Value = caller.get(&format!("/v1/organizations/{organization}/licenses/{license}")).await.json();
    assert_eq!(license["status"], "ACTIVE");
}

#[tokio::test]
async fn an_organization_is_found_by_the_beginning_of_its_name() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    for (filter, count) in [("name sw \"imaginary\"", 1), ("name sw \"real\"", 0)] {
        assert_eq!(list(&caller.filtered("/v1/organizations", filter, &[]).await.json(), "organizations").len(), count);
    }
}
