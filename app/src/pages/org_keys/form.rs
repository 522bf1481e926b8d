use domain::api::org::{OrgKey, OrgKeyForm};
use domain::api::widget::WidgetConfig;
use domain::api::{Code, Problem};
use domain::org::findings;
use leptos::prelude::*;

/// What stands in the org key's fields, as it was typed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) name: RwSignal<String>,
    pub(super) origins: RwSignal<String>,
    pub(super) lifetime: RwSignal<String>,
    pub(super) title: RwSignal<String>,
    pub(super) greeting: RwSignal<String>,
    pub(super) buffer: RwSignal<String>,
    pub(super) buffer_percent: RwSignal<String>,
    pub(super) error_clear: RwSignal<String>,
}

impl Form {
    /// A form with an org key's values, or with those of a new one.
    pub(super) fn new(org: Option<&OrgKey>) -> Self {
        let widget = org.map(|org| org.widget.clone()).unwrap_or_default();
        let origins: Vec<&str> = org.iter().flat_map(|org| &org.origins).map(|origin| origin.as_str()).collect();
        Self {
            name: RwSignal::new(org.map(|org| org.name.clone()).unwrap_or_default()),
            origins: RwSignal::new(origins.join(" ")),
            lifetime: RwSignal::new(org.map_or(300, |org| org.lifetime_seconds).to_string()),
            title: RwSignal::new(widget.title),
            greeting: RwSignal::new(widget.greeting),
            buffer: RwSignal::new(widget.buffer_seconds.to_string()),
            buffer_percent: RwSignal::new(widget.buffer_percent.to_string()),
            error_clear: RwSignal::new(widget.error_clear_seconds.to_string()),
        }
    }

    /// The org key as the fields describe it.
    ///
    /// # Errors
    ///
    /// [`Code::InvalidFields`] with each field that can't be kept.
    pub(super) fn read(self) -> Result<OrgKeyForm, Problem> {
        let text = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        // What is no number is out of every bound.
        let number = |field: RwSignal<String>| text(field).parse().unwrap_or(u32::MAX);
        let form = OrgKeyForm {
            name: text(self.name),
            origins: separate(&self.origins.get_untracked()),
            lifetime_seconds: number(self.lifetime),
            widget: WidgetConfig {
                title: text(self.title),
                greeting: text(self.greeting),
                buffer_seconds: number(self.buffer),
                buffer_percent: number(self.buffer_percent),
                error_clear_seconds: number(self.error_clear),
            },
        };
        let errors = findings(&form);
        if errors.is_empty() { Ok(form) } else { Err(Problem { errors, ..Problem::new(Code::InvalidFields) }) }
    }
}

/// The texts between blanks and commas.
fn separate(text: &str) -> Vec<String> {
    let parts = text.split(|character: char| character.is_whitespace() || character == ',');
    parts.filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::separate;

    #[test]
    fn origins_stand_between_blanks_commas_and_line_breaks() {
        assert_eq!(separate(" https://a.example, https://b.example\nhttps://c.example ").len(), 3);
        assert!(separate(" ,").is_empty());
    }
}
