//! The two pages a one-time link leads to: the first admin, and an invited person.

use domain::api::account::{AcceptInvitation, CompleteSetup, LinkAcceptance};
use domain::api::{Code, Problem};
use domain::secret::Secret;
use leptos::prelude::*;

use crate::ask::Deed;
use crate::components::{Button, Field, Look, PageHeader, ProblemBox, SecretField};
use crate::{Ports, dom};

/// Which of the two links.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Setup,
    Invitation,
}

/// Makes the first admin.
pub(crate) fn setup() -> AnyView {
    let text = "This makes the first admin of this server. The link works once.";
    page(Link::Setup, "Set up Tokenkeep", text, "Create admin account")
}

/// Accepts an invitation.
pub(crate) fn invitation() -> AnyView {
    let text = "You were invited to this server. Choose a user name and a password; the link works once.";
    page(Link::Invitation, "Accept your invitation", text, "Create account")
}

fn page(link: Link, title: &'static str, text: &'static str, verb: &'static str) -> AnyView {
    let api = expect_context::<Ports>().api;
    let (username, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let deed = Deed::new();
    let without_key = RwSignal::new(false);
    Effect::new(move |_| without_key.set(dom::key_in_fragment().is_none()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let acceptance = LinkAcceptance {
            key: Secret::new(dom::key_in_fragment().unwrap_or_default()),
            username: username.get_untracked().trim().to_lowercase(),
            password: Secret::new(password.get_untracked()),
        };
        let api = api.clone();
        deed.run(async move {
            check(&acceptance)?;
            match link {
                Link::Setup => domain::api::call(api.as_ref(), CompleteSetup, acceptance).await?,
                Link::Invitation => domain::api::call(api.as_ref(), AcceptInvitation, acceptance).await?,
            };
            password.try_set(String::new());
            dom::full_load("/");
            Ok(())
        });
    };
    view! {
        <PageHeader title=title text=text />
        {move || without_key.get().then(no_key)}
        <form method="post" class="form" on:submit=submit>
            {move || deed.problem.get().map(|problem| view! { <ProblemBox problem /> })}
            <Field
                id="username"
                label="User name"
                value=username
                autocomplete="username"
                first=true
                hint="1 to 64 of a-z, 0-9 and . _ - @ +"
                notes=deed.notes("username")
            />
            <SecretField
                id="password"
                label="Password"
                value=password
                autocomplete="new-password"
                hint="12 to 256 characters. A few unrelated words are good, and easy to remember."
                notes=deed.notes("password")
            />
            <div class="actions">
                <Button label=verb look=Look::Primary submit=true busy=deed.busy busy_words="Creating…" />
            </div>
        </form>
    }
    .into_any()
}

fn no_key() -> AnyView {
    let problem = Problem::new(Code::LinkInvalid)
        .with_detail("The address holds no key. Open the link whole, with everything after the # sign.");
    view! { <ProblemBox problem /> }.into_any()
}

/// The rules a person can be told at once; the server checks them again.
fn check(form: &LinkAcceptance) -> Result<(), Problem> {
    let mut problem = Problem::new(Code::InvalidFields);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@+".contains(c);
    if !(1..=64).contains(&form.username.chars().count()) || !form.username.chars().all(allowed) {
        problem = problem.with_error("username", "Use 1 to 64 of a-z, 0-9 and . _ - @ +.");
    }
    if let Some(words) = password_fault(form.password.expose()) {
        problem = problem.with_error("password", words);
    }
    if problem.errors.is_empty() { Ok(()) } else { Err(problem) }
}

/// What is wrong with a new password, if anything.
pub(super) fn password_fault(password: &str) -> Option<&'static str> {
    match password.chars().count() {
        0..12 => Some("The password needs at least 12 characters."),
        12..=256 => None,
        _ => Some("The password may have at most 256 characters."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(username: &str, password: &str) -> LinkAcceptance {
        LinkAcceptance { key: Secret::new("k"), username: username.to_owned(), password: Secret::new(password) }
    }

    #[test]
    fn a_name_and_a_long_password_are_taken() {
        assert_eq!(check(&form("ada@example.com", "twelve chars")), Ok(()));
    }

    #[test]
    fn a_password_counts_characters_not_bytes() {
        assert_eq!(password_fault("éééééééééééé"), None);
        assert!(password_fault("ééééééééééé").is_some());
    }

    #[test]
    fn each_wrong_field_is_named() {
        let problem = check(&form("no blanks", "short")).unwrap_err();
        let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["username", "password"]);
    }

    #[test]
    fn a_huge_password_is_refused_here_already() {
        assert!(password_fault(&"x".repeat(257)).is_some());
    }
}
