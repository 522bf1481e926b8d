use std::ops::RangeInclusive;

use super::Origin;
use crate::api::FieldError;
use crate::api::org::OrgKeyForm;
use crate::api::widget::WidgetConfig;

/// How long an org token may live, in seconds.
pub const LIFETIME_SECONDS: RangeInclusive<u32> = 20..=3_600;

/// How many origins an org key may have.
pub const MOST_ORIGINS: usize = 50;

/// What is wrong with an org key's form, field by field; empty when it can be kept.
pub fn findings(form: &OrgKeyForm) -> Vec<FieldError> {
    let mut found = Findings::default();
    found.check("name", has_characters(&form.name, 1, 60), "The name must have 1 to 60 characters.");
    found.origins(&form.origins);
    found.check(
        "lifetime_seconds",
        LIFETIME_SECONDS.contains(&form.lifetime_seconds),
        "The token's life must be 20 to 3,600 seconds.",
    );
    found.widget(&form.widget);
    found.0
}

#[derive(Default)]
struct Findings(Vec<FieldError>);

impl Findings {
    fn check(&mut self, field: &str, fine: bool, message: &str) {
        if !fine {
            self.0.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        }
    }

    fn origins(&mut self, origins: &[String]) {
        self.check("origins", !origins.is_empty(), "Name at least one origin, such as https://www.example.com.");
        self.check("origins", origins.len() <= MOST_ORIGINS, "An org key may have 50 origins at most.");
        let wrong = origins.iter().find_map(|text| Origin::parse(text).err().map(|error| (text, error)));
        if let Some((text, error)) = wrong {
            self.check("origins", false, &format!("“{}” can't be used: {error}.", shortened(text)));
        }
    }

    fn widget(&mut self, widget: &WidgetConfig) {
        self.check("title", has_characters(&widget.title, 1, 60), "The title must have 1 to 60 characters.");
        self.check("greeting", has_characters(&widget.greeting, 0, 300), "The greeting may have 300 characters.");
        self.check(
            "buffer_seconds",
            (5..=30).contains(&widget.buffer_seconds),
            "The buffer must be 5 to 30 seconds: 5 to 10 renews as late as possible, 30 carefully.",
        );
        self.check(
            "buffer_percent",
            widget.buffer_percent <= 25,
            "The share must be 0 to 25 percent; with 0 the seconds alone hold.",
        );
        self.check(
            "error_clear_seconds",
            (2..=5).contains(&widget.error_clear_seconds),
            "A trouble's notice must stand for 2 to 5 seconds.",
        );
    }
}

/// Whether a text has that many characters, without blanks around it, and no control characters.
fn has_characters(text: &str, least: usize, most: usize) -> bool {
    let count = text.trim().chars().count();
    (least..=most).contains(&count) && !text.chars().any(char::is_control)
}

fn shortened(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> OrgKeyForm {
        OrgKeyForm {
            name: "Example".to_owned(),
            origins: vec!["https://www.example.com".to_owned()],
            lifetime_seconds: 300,
            widget: WidgetConfig::default(),
        }
    }

    fn wrong(change: impl FnOnce(&mut OrgKeyForm)) -> Vec<String> {
        let mut form = form();
        change(&mut form);
        findings(&form).into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn a_form_with_its_defaults_is_fine() {
        assert_eq!(wrong(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn a_life_is_twenty_seconds_to_an_hour() {
        assert!(wrong(|form| form.lifetime_seconds = 20).is_empty());
        assert_eq!(wrong(|form| form.lifetime_seconds = 19), ["lifetime_seconds"]);
        assert_eq!(wrong(|form| form.lifetime_seconds = 3_601), ["lifetime_seconds"]);
    }

    #[test]
    fn there_is_at_least_one_origin_and_each_can_be_one() {
        assert_eq!(wrong(|form| form.origins.clear()), ["origins"]);
        assert_eq!(wrong(|form| form.origins.push("https://*.example.com".to_owned())), ["origins"]);
        assert_eq!(wrong(|form| form.origins = vec!["https://a.example".to_owned(); 51]), ["origins"]);
    }

    #[test]
    fn the_widgets_words_and_times_have_bounds() {
        assert_eq!(wrong(|form| form.widget.title = " ".to_owned()), ["title"]);
        assert_eq!(wrong(|form| form.widget.greeting = "x".repeat(301)), ["greeting"]);
        assert_eq!(wrong(|form| form.widget.buffer_seconds = 4), ["buffer_seconds"]);
        assert_eq!(wrong(|form| form.widget.buffer_percent = 26), ["buffer_percent"]);
        assert_eq!(wrong(|form| form.widget.error_clear_seconds = 6), ["error_clear_seconds"]);
    }
}
