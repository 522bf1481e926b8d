use crate::rig::Rig;

#[tokio::test]
async fn before_setup_every_page_leads_to_setup() {
    let rig = Rig::new().await;
    for page in ["/", "/connections", "/account", "/admin/users", "/sign-in"] {
        let answer = rig.browser().get(page).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/setup"), "{page}");
    }
    assert_eq!(rig.browser().get("/setup").await.status.as_u16(), 200);
}

#[tokio::test]
async fn without_a_session_a_page_leads_to_sign_in_and_back() {
    let rig = Rig::new().await;
    rig.admin().await;
    for (page, target) in [
        ("/", "/sign-in"),
        ("/connections/7?tab=a", "/sign-in?next=/connections/7%3Ftab%3Da"),
        ("/account", "/sign-in?next=/account"),
    ] {
        let answer = rig.browser().get(page).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, target), "{page}");
    }
    for page in ["/sign-in", "/invitation"] {
        assert_eq!(rig.browser().get(page).await.status.as_u16(), 200, "{page}");
    }
}

#[tokio::test]
async fn a_page_is_rendered_with_who_is_signed_in() {
    let rig = Rig::new().await;
    let answer = rig.admin().await.get("/account").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.contains("ada"), "{}", answer.body);
}

#[tokio::test]
async fn every_inline_script_carries_the_nonce_of_the_header_and_each_page_has_its_own() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let mut nonces = Vec::new();
    for page in ["/", "/connections", "/account", "/admin/users", "/admin/providers"] {
        let answer = admin.get(page).await;
        let policy = answer.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let tags = answer.body.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap());
        for tag in tags {
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{page}: <script{tag}>");
        }
        assert!(!answer.body.contains(" style=\""), "{page}: an inline style would be refused");
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 5);
}

#[tokio::test]
async fn an_unknown_page_is_the_apps_own_with_status_404() {
    let rig = Rig::new().await;
    let answer = rig.admin().await.get("/nothing/here").await;
    assert_eq!(answer.status.as_u16(), 404);
    assert!(answer.body.starts_with("<!DOCTYPE html>"));
}

fn write(rig: &Rig, path: &str, text: &str) {
    let file = rig.state.settings.site.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_others_asked_for_again() {
    let rig = Rig::new().await;
    write(&rig, "pkg/tokenkeep.0a1b2c3d4e5f.js", "js");
    write(&rig, "favicon.svg", "svg");
    let hashed = rig.browser().get("/pkg/tokenkeep.0a1b2c3d4e5f.js").await;
    assert_eq!((hashed.body.as_str(), hashed.header("cache-control")), ("js", "public, max-age=31536000, immutable"));
    let plain = rig.browser().get("/favicon.svg").await;
    assert_eq!((plain.body.as_str(), plain.header("cache-control")), ("svg", "no-cache"));
    let gone = rig.browser().get("/pkg/tokenkeep.ffffffffffff.js").await;
    assert_eq!((gone.status.as_u16(), gone.header("cache-control")), (404, "no-store"));
}

#[tokio::test]
async fn a_file_compressed_on_disk_is_sent_as_it_lies_there() {
    let rig = Rig::new().await;
    write(&rig, "pkg/tokenkeep.0a1b2c3d4e5f.js", "plain");
    write(&rig, "pkg/tokenkeep.0a1b2c3d4e5f.js.br", "as brotli");
    let accepts = [("accept-encoding", "gzip, br")];
    let answer = rig.browser().send("GET", "/pkg/tokenkeep.0a1b2c3d4e5f.js", &accepts, "").await;
    assert_eq!((answer.body.as_str(), answer.header("content-encoding")), ("as brotli", "br"));
}

#[tokio::test]
async fn pages_are_compressed_and_answers_that_may_hold_secrets_are_not() {
    let rig = Rig::new().await;
    let mut admin = rig.admin().await;
    let accepts = [("accept-encoding", "br")];
    assert_eq!(admin.send("GET", "/account", &accepts, "").await.header("content-encoding"), "br");
    assert_eq!(admin.send("GET", "/api/openapi.json", &accepts, "").await.header("content-encoding"), "br");
    assert_eq!(admin.send("GET", "/api/v1/sessions", &accepts, "").await.header("content-encoding"), "");
}

#[tokio::test]
async fn no_path_leads_out_of_the_site() {
    let rig = Rig::new().await;
    write(&rig, "favicon.svg", "svg");
    std::fs::write(rig.folder.path().join("canary"), "canary").unwrap();
    for path in
        ["/../canary", "/%2e%2e/canary", "/..%2fcanary", "/pkg/../../canary", "/..%5ccanary", "//canary", "/%00"]
    {
        let answer = rig.browser().get(path).await;
        assert!(!answer.body.contains("canary</") && answer.body != "canary", "{path}");
        assert!(answer.status.as_u16() >= 300, "{path}");
    }
}

#[tokio::test]
async fn a_debug_server_has_the_parts_of_the_style_sheet_and_nothing_else_of_the_source() {
    let rig = Rig::new().await;
    let part = rig.browser().get("/pkg/tokens.css").await;
    assert_eq!((part.status.as_u16(), part.header("content-type")), (200, "text/css"));
    for path in [
        "/pkg/../Cargo.toml",
        "/pkg/%2e%2e/style/tokens.css",
        "/pkg/../style/tokens.css",
        "/tokens.css",
        "/pkg/nothing.css",
    ] {
        let answer = rig.browser().get(path).await;
        assert!(!answer.body.contains("--ground"), "{path}");
        assert!(answer.status.as_u16() >= 300, "{path}: {}", answer.status);
    }
}
