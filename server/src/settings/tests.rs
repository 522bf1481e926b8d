use std::collections::BTreeMap;

use super::keys::KEYS;
use super::*;

fn environment(variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn from_file(text: &str) -> Result<Settings, SettingsError> {
    Settings::read(Some(text), &BTreeMap::new())
}

fn words(result: Result<Settings, SettingsError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn the_defaults_are_valid() {
    let settings = Settings::defaults();
    assert_eq!(settings.address(), "http://127.0.0.1:7420");
    assert_eq!(settings.session.idle, Span::from_seconds(12 * 3_600));
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = "listen = \"127.0.0.1:1000\"\ndata = \"/file\"";
    let settings = Settings::read(Some(file), &environment(&[("TOKENKEEP_LISTEN", "127.0.0.1:2000")])).unwrap();
    assert_eq!(settings.listen.port(), 2_000);
    assert_eq!(settings.data, PathBuf::from("/file"));
}

#[test]
fn lists_are_arrays_in_the_file_and_comma_separated_in_the_environment() {
    let expected = [HttpsUrl::parse("http://127.0.0.1:1").unwrap(), HttpsUrl::parse("http://localhost:2").unwrap()];
    let file = from_file("loopback_origins = [\"http://127.0.0.1:1\", \"http://localhost:2\"]").unwrap();
    assert_eq!(file.loopback_origins, expected);
    let variables = environment(&[("TOKENKEEP_LOOPBACK_ORIGINS", "http://127.0.0.1:1, http://localhost:2")]);
    assert_eq!(Settings::read(None, &variables).unwrap().loopback_origins, expected);
}

#[test]
fn an_unknown_key_stops_the_start_by_its_name() {
    insta::assert_snapshot!(words(from_file("lisen = \"127.0.0.1:1\"")), @r#"the settings file names "lisen", which is no setting; tokenkeep.example.toml lists them all"#);
    insta::assert_snapshot!(words(from_file("[tls]\ncertificat = \"x\"")), @r#"the settings file names "tls.certificat", which is no setting; tokenkeep.example.toml lists them all"#);
}

#[test]
fn an_unknown_variable_of_ours_stops_the_start_and_others_do_not_matter() {
    let ours = Settings::read(None, &environment(&[("TOKENKEEP_LISEN", "x")]));
    insta::assert_snapshot!(words(ours), @r#"the environment names "TOKENKEEP_LISEN", which is no setting; tokenkeep.example.toml lists them all"#);
    assert!(Settings::read(None, &environment(&[("LISEN", "x")])).is_ok());
}

#[test]
fn a_bad_value_names_its_key_and_never_itself() {
    for (text, key) in [
        ("listen = \"canary\"", "listen"),
        ("listen = 7", "listen"),
        ("trusted_proxies = \"canary\"", "trusted_proxies"),
        ("trusted_proxies = [\"canary\"]", "trusted_proxies"),
        ("loopback_origins = [\"https://auth.example.com\"]", "loopback_origins"),
        ("loopback_origins = [\"http://127.0.0.1:1/canary\"]", "loopback_origins"),
        ("public_url = \"https://tokens.example.com/canary\"", "public_url"),
        ("data = \"\"", "data"),
        ("[session]\nidle_minutes = 0", "session.idle_minutes"),
        ("[session]\nidle_minutes = -1", "session.idle_minutes"),
        ("[upstream]\ntries = 11", "upstream.tries"),
        ("[log]\nformat = \"canary\"", "log.format"),
        ("[log]\nlevel = \"canary=canary=canary\"", "log.level"),
        ("[sandbox]\nlisten = \"0.0.0.0:1\"", "sandbox.listen"),
    ] {
        let words = words(from_file(text));
        assert!(words.contains(&format!("sets {key} to")) && !words.contains("canary"), "{text}: {words}");
    }
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_the_line_and_without_its_text() {
    let words = words(from_file("listen = \"127.0.0.1:1\"\ndata = canary"));
    assert!(words.contains("line 2") && !words.contains("canary"), "{words}");
}

#[test]
fn plain_http_is_for_loopback_or_behind_a_proxy() {
    insta::assert_snapshot!(words(from_file("listen = \"0.0.0.0:80\"")), @"listening on 0.0.0.0:80 without TLS would send passwords and tokens in clear; set tls.certificate and tls.key, or listen on 127.0.0.1, or name the proxy in front in trusted_proxies");
    assert!(from_file("listen = \"0.0.0.0:80\"\ntrusted_proxies = [\"10.0.0.0/8\"]").is_ok());
    assert!(from_file("listen = \"0.0.0.0:443\"\ntls.certificate = \"c\"\ntls.key = \"k\"").is_ok());
}

#[test]
fn a_certificate_needs_its_key() {
    assert!(words(from_file("tls.certificate = \"c\"")).contains("set both or neither"));
}

#[test]
fn a_session_cannot_be_idle_for_longer_than_it_lasts() {
    let words = words(from_file("[session]\nidle_minutes = 120\nabsolute_hours = 1"));
    assert!(words.contains("session.idle_minutes and session.absolute_hours"), "{words}");
}

#[test]
fn the_address_people_open_is_the_public_one_or_the_one_listened_on() {
    let address = |text| from_file(text).unwrap().address();
    assert_eq!(address("public_url = \"https://tokens.example.com/\""), "https://tokens.example.com");
    assert_eq!(address("listen = \"[::1]:7420\""), "http://[::1]:7420");
    assert_eq!(address("listen = \"0.0.0.0:443\"\ntls.certificate = \"c\"\ntls.key = \"k\""), "https://127.0.0.1:443");
}

#[test]
fn keys_of_one_table_stand_together_so_that_the_example_can_be_read() {
    let tables: Vec<&str> = KEYS.iter().map(|key| key.name.split_once('.').map_or("", |(table, _)| table)).collect();
    let mut runs = tables.clone();
    runs.dedup();
    let distinct: std::collections::BTreeSet<&str> = tables.into_iter().collect();
    assert_eq!(runs.len(), distinct.len());
    assert_eq!(runs[0], "");
}

/// `UPDATE_EXAMPLE=1 cargo test -p server example` writes it anew.
#[test]
fn the_example_that_is_checked_in_is_the_one_generated() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tokenkeep.example.toml");
    if std::env::var_os("UPDATE_EXAMPLE").is_some() {
        std::fs::write(file, example()).unwrap();
    }
    let checked_in = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        checked_in == example(),
        "tokenkeep.example.toml is stale: run UPDATE_EXAMPLE=1 cargo test -p server example"
    );
}

#[test]
fn the_example_is_a_valid_file_with_and_without_its_comment_signs() {
    assert_eq!(from_file(&example()).unwrap(), Settings::defaults());
    let open = example().lines().map(uncommented).collect::<Vec<_>>().join("\n");
    assert_eq!(from_file(&open).unwrap(), Settings::defaults());
}

/// A commented setting without its comment sign; every other line as it is.
fn uncommented(line: &str) -> &str {
    let is_setting = |rest: &&str| {
        rest.split_once(" = ")
            .is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    };
    line.strip_prefix("# ").filter(is_setting).unwrap_or(line)
}
