use std::collections::HashSet;

use serde_json::Value;

use crate::rig::{Caller, Rig, api_refusal, list, refused};

async fn usernames(caller: &Caller<'_>, path: &str, filter: &str) -> Vec<String> {
    let response = caller.filtered(path, filter, &[]).await;
    assert_eq!(response.status_code(), 200, "{filter}: {}", response.text());
    let found = list(&response.json(), "users").into_iter();
    found.map(|user| user["username"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn three_thousand_people_are_read_page_by_page_and_nobody_twice() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let first = caller.read("/users?limit=5000").await;
    assert_eq!(
        (list(&first, "users").len(), first["size"].as_u64(), first["count"].as_u64()),
        (200, Some(200), Some(3_000))
    );
    let all = caller.all(first, "users").await;
    let ids: HashSet<&str> = all.iter().map(|user| user["id"].as_str().unwrap()).collect();
    let names: HashSet<&str> = all.iter().map(|user| user["username"].as_str().unwrap()).collect();
    assert_eq!((all.len(), ids.len(), names.len()), (3_000, 3_000, 3_000));
}

#[tokio::test]
async fn a_user_found_by_name_is_found_by_id_with_all_that_belongs_to_them() {
    let rig = Rig::new();
    rig.without_limits();
    let caller = rig.caller().await;
    let everyone = caller.all(caller.read("/users?limit=200").await, "users").await;
    let (mut devices, mut consents, mut roles, mut groups) = (0, 0, 0, 0);
    for user in everyone.iter().step_by(29) {
        let id = user["id"].as_str().unwrap();
        let name = user["username"].as_str().unwrap().replace('\\', "\\\\").replace('"', "\\\"");
        assert_eq!(usernames(&caller, &rig.environment("/users"), &format!("username eq \"{name}\"")).await.len(), 1);
        assert_eq!(caller.read(&format!("/users/{id}")).await, *user);
        let mfa = caller.read(&format!("/users/{id}/mfaEnabled")).await;
        assert_eq!(mfa["mfaEnabled"], user["mfaEnabled"]);
        let those = list(&caller.read(&format!("/users/{id}/devices")).await, "devices");
        assert_eq!(!those.is_empty(), mfa["mfaEnabled"] == true);
        devices += those.len();
        consents += list(&caller.read(&format!("/users/{id}/consents?limit=200")).await, "consents").len();
        for member in list(&caller.read(&format!("/users/{id}/memberOfGroups")).await, "groupMemberships") {
            let group = caller.read(&format!("/groups/{}", member["id"].as_str().unwrap())).await;
            assert_eq!(group["name"], member["name"]);
            groups += 1;
        }
        for assignment in list(&caller.read(&format!("/users/{id}/roleAssignments")).await, "roleAssignments") {
            let role: Value =
                caller.get(&format!("/v1/roles/{}", assignment["role"]["id"].as_str().unwrap())).await.json();
            assert!(role["name"].is_string(), "{role}");
            roles += 1;
        }
        let population = caller.read(&format!("/populations/{}", user["population"]["id"].as_str().unwrap())).await;
        let expanded = caller.read(&format!("/users/{id}?expand=population")).await;
        assert_eq!(expanded["_embedded"]["population"], population);
    }
    assert!(devices > 0 && consents > 0 && roles > 0 && groups > 0, "{devices} {consents} {roles} {groups}");
}

#[tokio::test]
async fn filters_find_by_every_attribute_they_name() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let users = rig.environment("/users");
    let page = caller.read("/users?limit=1").await;
    let user = &list(&page, "users")[0];
    let text = |pointer: &str| user.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let group = list(&caller.read("/groups").await, "groups")[1]["id"].as_str().unwrap().to_owned();
    let name = text("/username");
    for filter in [
        format!("email eq \"{}\"", text("/email").to_uppercase()),
        format!("name.family eq \"{}\" and name.given eq \"{}\"", text("/name/family"), text("/name/given")),
        format!("id eq \"{}\"", text("/id")),
        format!("externalId eq \"{}\"", text("/externalId")),
        format!(
            "(username sw \"{}\" or enabled eq false) and population.id eq \"{}\"",
            &name[..6],
            text("/population/id")
        ),
    ] {
        assert!(usernames(&caller, &users, &filter).await.contains(&name), "{filter}");
    }
    let members = usernames(&caller, &users, &format!("memberOfGroups[id eq \"{group}\"]")).await;
    assert_eq!(members.len(), 100, "the first page of a large group");
    assert!(usernames(&caller, &users, "username eq \"nobody\"").await.is_empty());
}

#[tokio::test]
async fn a_name_that_needs_escaping_is_found_when_it_is_escaped() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let found = usernames(&caller, &rig.environment("/users"), r#"username ew " \"the\\quote\"""#).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with(r#" "the\quote""#), "{found:?}");
    let bare = caller.filtered(&rig.environment("/users"), r#"username ew " "the\quote"""#, &[]).await;
    assert_eq!(api_refusal(&bare), refused(400, "INVALID_DATA", "INVALID_FILTER"));
}

#[tokio::test]
async fn a_shared_mailbox_belongs_to_several_people() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let found = usernames(&caller, &rig.environment("/users"), "email eq \"front.desk@papermill.example\"").await;
    assert_eq!(found.len(), 6);
}

#[tokio::test]
async fn what_can_not_be_asked_is_refused_with_what_can() {
    let rig = Rig::new();
    let caller = rig.caller().await;
    let users = rig.environment("/users");
    let foreign = caller.filtered(&users, "userName.x eq \"a\"", &[]).await;
    assert_eq!(api_refusal(&foreign), refused(400, "INVALID_DATA", "INVALID_FILTER"));
    let body: Value = foreign.json();
    let known = body["details"][0]["innerError"]["supportedAttributes"].as_array().unwrap().clone();
    assert!(known.contains(&"username".into()), "{body}");
    for query in ["limit=0", "limit=x", "limit=-1", "cursor=x", "cursor=YWZ0ZXI6eA", "expand=everything"] {
        let response = caller.get(&format!("{users}?{query}")).await;
        assert_eq!(api_refusal(&response), refused(400, "INVALID_DATA", "INVALID_VALUE"), "{query}");
    }
}

#[tokio::test]
async fn two_sandboxes_tell_of_the_same_people() {
    let (one, other) = (Rig::new(), Rig::new());
    let ids = async |rig: &Rig| {
        let page = rig.caller().await.read("/users?limit=20").await;
        list(&page, "users").iter().map(|user| user["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&one).await, ids(&other).await);
}
