use domain::api::{Method, Problem};
use domain::provider::{GatewayRules, PathPattern, Provider, TokenHeader, TokenPrefix};
use leptos::prelude::*;

use super::form::{add, ticked};
use crate::ask::Deed;
use crate::components::{Checkbox, Field, fact, said};

/// What stands in the fields of the gateway's rules, as it was typed.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    header: RwSignal<String>,
    prefix: RwSignal<String>,
    methods: StoredValue<Vec<(Method, RwSignal<bool>)>>,
    paths: RwSignal<String>,
    per_minute: RwSignal<String>,
}

impl Rules {
    /// The fields with these rules in them.
    pub(super) fn new(rules: &GatewayRules) -> Self {
        let paths: Vec<String> = rules.paths.iter().map(ToString::to_string).collect();
        let methods = Method::ALL.map(|method| (method, RwSignal::new(rules.methods.contains(&method))));
        Self {
            header: RwSignal::new(rules.header.to_string()),
            prefix: RwSignal::new(rules.prefix.as_str().trim_end().to_owned()),
            methods: StoredValue::new(methods.to_vec()),
            paths: RwSignal::new(paths.join(", ")),
            per_minute: RwSignal::new(rules.per_minute.map(|calls| calls.to_string()).unwrap_or_default()),
        }
    }

    /// The rules as the fields describe them; what can't be read is added to the problem.
    pub(super) fn read(self, problem: &mut Problem) -> GatewayRules {
        let header = TokenHeader::parse(&self.header.get_untracked());
        let header = header.map_err(|error| add(problem, "header", format!("This can't be used: {error}.")));
        let methods = self.methods.with_value(|all| ticked(all));
        if methods.is_empty() {
            add(problem, "methods", "Allow at least one method.".to_owned());
        }
        GatewayRules {
            header: header.unwrap_or_default(),
            prefix: self.read_prefix(problem),
            methods,
            paths: self.read_paths(problem),
            per_minute: self.read_per_minute(problem),
        }
    }

    /// A word in front is parted from the token by a blank, which nobody sees in a field.
    fn read_prefix(self, problem: &mut Problem) -> TokenPrefix {
        let text = self.prefix.get_untracked();
        let word = text.trim();
        let parted = word.is_empty() || word.ends_with(['=', ':']);
        let prefix = TokenPrefix::parse(&if parted { word.to_owned() } else { format!("{word} ") });
        prefix.map_err(|error| add(problem, "prefix", format!("This can't be used: {error}."))).unwrap_or_default()
    }

    fn read_paths(self, problem: &mut Problem) -> Vec<PathPattern> {
        let text = self.paths.get_untracked();
        let texts = text.split([',', '\n']).map(str::trim).filter(|text| !text.is_empty());
        let mut paths = Vec::new();
        for text in texts {
            match PathPattern::parse(text) {
                Ok(path) => paths.push(path),
                Err(error) => add(problem, "paths", format!("{text} can't be used: {error}.")),
            }
        }
        paths
    }

    fn read_per_minute(self, problem: &mut Problem) -> Option<u32> {
        let text = self.per_minute.get_untracked();
        let text = text.trim();
        let calls = text.parse().ok().filter(|calls| *calls <= GatewayRules::MOST_PER_MINUTE);
        if calls.is_none() && !text.is_empty() {
            let most = GatewayRules::MOST_PER_MINUTE;
            add(problem, "per_minute", format!("Enter a whole number up to {most}, or nothing."));
        }
        calls
    }
}

/// The fields.
pub(super) fn fields(rules: Rules, deed: Deed) -> AnyView {
    let methods = rules.methods.get_value().into_iter().map(|(method, checked)| {
        view! { <Checkbox id=format!("call-{}", method.name()) label=method.name() checked /> }
    });
    view! {
        <fieldset class="panel">
            <legend>"API calls"</legend>
            <Field id="token-header" label="Token header" value=rules.header code=true notes=deed.notes("header") />
            <Field
                id="token-prefix"
                label="Word before the token"
                value=rules.prefix
                code=true
                hint="Bearer with most APIs; nothing where the header holds the token alone"
                notes=deed.notes("prefix")
            />
            <p class="hint">"Methods that may be called:"</p>
            {methods.collect_view()}
            <div class="notes" aria-live="polite">{said(deed.notes("methods"))}</div>
            <Field
                id="call-paths"
                label="Paths that may be called"
                value=rules.paths
                code=true
                hint="With commas between; none allows all. A star is one part, two stars are any number: sites/*/points, POST points/get_timeseries"
                notes=deed.notes("paths")
            />
            <Field
                id="calls-per-minute"
                label="Calls a minute for one site"
                value=rules.per_minute
                hint="Of each person. Nothing means 100 for site tokens and no limit for others; 0 sets no limit"
                notes=deed.notes("per_minute")
            />
        </fieldset>
    }
    .into_any()
}

/// The rules on a provider's card, where they say something.
pub(super) fn facts_of(provider: &Provider) -> Vec<AnyView> {
    let rules = &provider.gateway;
    if *rules == GatewayRules::default() && !provider.kind.takes_site_tokens() {
        return Vec::new();
    }
    let code = |text: String| view! { <span class="code">{text}</span> }.into_any();
    let methods: Vec<&str> = rules.methods.iter().map(|method| method.name()).collect();
    let paths: Vec<String> = rules.paths.iter().map(ToString::to_string).collect();
    let limit = provider.per_minute().map_or_else(|| "No limit".to_owned(), |calls| format!("{calls} a minute"));
    vec![
        fact("Token header", code(format!("{}: {}…", rules.header, rules.prefix.as_str()))),
        fact("Methods allowed", code(methods.join(", "))),
        fact("Paths allowed", if paths.is_empty() { "All".into_any() } else { code(paths.join(", ")) }),
        fact("Calls for one site", limit.into_any()),
    ]
}
