//! Every route for every role, driven from the routes themselves: no route can be forgotten.

use domain::api::account::Role;
use domain::api::{Access, Code, REQUEST_HEADER};
use server::routes::{Route, api};

use crate::rig::{Answer, Browser, Rig};

const HEADERS: [(&str, &str); 3] =
    [(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("content-type", "application/json")];

fn path_of(route: &Route) -> String {
    route.template.replace("{id}", "nobody").replace("{provider}", "nobody").replace("{*path}", "environments")
}

/// Asks a route with a body no route takes: whoever may use it is told so, whoever may not is never told.
async fn try_route(browser: &mut Browser, route: &Route) -> Answer {
    let path = path_of(route);
    browser.send(route.method.name(), &path, &HEADERS, "[]").await
}

fn code_of(answer: &Answer) -> Option<Code> {
    (!answer.status.is_success()).then(|| answer.problem().code)
}

fn may(role: Role, access: Access) -> bool {
    match access {
        Access::Public | Access::OrgToken | Access::SignedIn => true,
        Access::Member => role != Role::Auditor,
        Access::Auditing => role != Role::User,
        Access::Admin => role == Role::Admin,
    }
}

#[tokio::test]
async fn every_route_lets_in_the_roles_it_names_and_no_other() {
    let rig = Rig::with(|settings| settings.limits.per_address = 0).await;
    let mut admin = rig.admin().await;
    for role in [Role::Admin, Role::User, Role::Auditor] {
        let browser = rig.person(&mut admin, &format!("{role:?}"), role).await;
        for route in api().table {
            let code = code_of(&try_route(&mut browser.clone(), &route).await);
            let refused = code == Some(Code::NotAllowed);
            let what = format!("{role:?} {} {}: {code:?}", route.method.name(), route.template);
            assert_eq!(refused, !may(role, route.access), "{what}");
            assert_ne!(code, Some(Code::NotSignedIn), "{what}");
        }
    }
}

#[tokio::test]
async fn without_a_session_only_public_routes_answer() {
    let rig = Rig::new().await;
    rig.admin().await;
    for route in api().table {
        let code = code_of(&try_route(&mut rig.browser(), &route).await);
        let public = matches!(route.access, Access::Public | Access::OrgToken);
        assert_eq!(code != Some(Code::NotSignedIn), public, "{} {}: {code:?}", route.method.name(), route.template);
    }
}

#[tokio::test]
async fn every_route_that_changes_something_refuses_other_sites() {
    let rig = Rig::new().await;
    let admin = rig.admin().await;
    // Routes for embedding pages are for other sites, and take an org token instead of a cookie.
    let changes = |route: &Route| route.method.name() != "GET" && route.access != Access::OrgToken;
    for route in api().table.into_iter().filter(changes) {
        let path = path_of(&route);
        for headers in [
            &[("sec-fetch-site", "same-origin")][..],
            &[(REQUEST_HEADER, "1")],
            &[(REQUEST_HEADER, "1"), ("sec-fetch-site", "cross-site")],
            &[(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-site")],
            &[(REQUEST_HEADER, "1"), ("sec-fetch-site", "none")],
            &[(REQUEST_HEADER, "1"), ("origin", "https://evil.example")],
            &[(REQUEST_HEADER, "1"), ("origin", "null")],
            &[(REQUEST_HEADER, "1"), ("origin", "http://127.0.0.1:7421")],
            &[(REQUEST_HEADER, "1"), ("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
        ] {
            let answer = admin.clone().send(route.method.name(), &path, headers, "").await;
            assert_eq!(code_of(&answer), Some(Code::CrossSite), "{path} {headers:?}");
        }
    }
}
