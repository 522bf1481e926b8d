//! Words and numbers for people: pure, and tested without a browser.

mod address;
mod browser_name;
mod life;
mod site;
mod status;

pub(crate) use address::{escape, next_page};
pub(crate) use browser_name::browser_name;
pub(crate) use domain::time::date::utc;
pub(crate) use life::{Bar, Mood, bar, life, mood};
pub(crate) use site::{
    REFRESHABLE, left, mends, points_said, quota_said, site_bar, site_line, site_mood, site_outcome, used_said,
};
pub(crate) use status::{SitesStand, summary};

use domain::api::Problem;
use domain::api::account::Role;
use domain::keeper::Remedy;
use domain::time::{Span, Timestamp, words};

/// A role as people read it.
pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => "Admin",
        Role::User => "User",
        Role::Auditor => "Auditor",
    }
}

/// The value of a role in a list to choose from.
pub(crate) const fn role_value(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::User => "user",
        Role::Auditor => "auditor",
    }
}

/// A number with its noun: `1 token`, `2 tokens`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// What is done about a failure, with the time to wait.
pub(crate) fn remedy(remedy: &Remedy, now: Timestamp) -> String {
    match remedy {
        Remedy::Retry { at, attempt } => format!("Try {attempt} follows {}.", words::relative(*at, now)),
        Remedy::WaitForNetwork => "It is tried again when the network is back.".to_owned(),
        Remedy::Person => "It is not tried again until you change something or press Renew now.".to_owned(),
        Remedy::SignIn => "Sign in again, and it goes on.".to_owned(),
    }
}

/// The provider's own words, as one line: `auth.example.com answered 401: invalid_client (after 1 try, 80 ms)`; without the
/// end where it is not known how often it was tried.
pub(crate) fn upstream(problem: &Problem) -> Option<String> {
    let said = problem.upstream.as_ref()?;
    let mut line = match said.status {
        Some(status) => format!("{} answered {status}", said.host),
        None => format!("{} gave no answer", said.host),
    };
    for part in [said.error.as_ref(), said.error_description.as_ref()].into_iter().flatten() {
        line.push_str(": ");
        line.push_str(part);
    }
    if said.tries > 0 {
        line.push_str(&format!(" (after {}, {} ms)", tries(said.tries), said.took_ms));
    }
    Some(line)
}

/// A number of tries.
pub(crate) fn tries(number: u32) -> String {
    if number == 1 { "1 try".to_owned() } else { format!("{number} tries") }
}

/// How long a request took: milliseconds below ten seconds.
pub(crate) fn duration(took: Span) -> String {
    if took.seconds() < 10 { format!("{} ms", took.millis()) } else { words::span(took) }
}

/// How long to wait, when the server says so.
pub(crate) fn wait(problem: &Problem) -> Option<String> {
    let seconds = problem.retry_after?;
    Some(format!("Try again in {}.", words::span(Span::from_seconds(seconds))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::api::{Code, UpstreamError};

    #[test]
    fn one_of_a_thing_is_singular() {
        assert_eq!(count(1, "token"), "1 token");
        assert_eq!(count(0, "token"), "0 tokens");
    }

    #[test]
    fn the_providers_own_words_stand_with_host_status_and_tries() {
        let said = UpstreamError {
            host: "auth.example.com".to_owned(),
            status: Some(401),
            error: Some("invalid_client".to_owned()),
            error_description: None,
            took_ms: 80,
            tries: 1,
        };
        let problem = Problem::new(Code::UpstreamRefused).with_upstream(said);
        assert_eq!(
            upstream(&problem).as_deref(),
            Some("auth.example.com answered 401: invalid_client (after 1 try, 80 ms)")
        );
    }

    #[test]
    fn a_wait_is_said_in_words() {
        let problem = Problem::new(Code::TooManyRequests).with_retry_after(90);
        assert_eq!(wait(&problem).as_deref(), Some("Try again in 1 min 30 s."));
    }

    #[test]
    fn the_next_try_is_named_with_its_time() {
        let at = Timestamp::from_seconds(100);
        let words = remedy(&Remedy::Retry { at, attempt: 2 }, Timestamp::from_seconds(70));
        assert_eq!(words, "Try 2 follows in 30 s.");
    }
}
