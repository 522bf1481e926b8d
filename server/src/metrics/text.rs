//! The Prometheus text format, version 0.0.4.

use std::fmt::Write;

/// What a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows while the process runs.
    Counter,
    /// Goes up and down.
    Gauge,
    /// A sum and a count.
    Summary,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Summary => "summary",
        }
    }
}

/// A text of metrics that grows family by family.
#[derive(Clone, Debug, Default)]
pub struct Text(String);

impl Text {
    /// Begins a family; its samples follow at once.
    pub fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {}", kind.name());
    }

    /// A sample with its labels.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(name);
        for (place, (label, value)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{before}{label}=\"{}\"", escaped(value));
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }

    /// A family of one figure.
    pub fn single(&mut self, name: &str, kind: Kind, help: &str, value: f64) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The whole text.
    pub fn into_string(self) -> String {
        self.0
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_has_its_words_before_its_samples_and_labels_can_t_break_out() {
        let mut text = Text::default();
        text.family("a_total", Kind::Counter, "Words.");
        text.sample("a_total", &[("b", "x\"y\\z\n"), ("c", "")], 2.0);
        text.single("d", Kind::Gauge, "More.", 0.5);
        let expected = "# HELP a_total Words.\n# TYPE a_total counter\na_total{b=\"x\\\"y\\\\z\\n\",c=\"\"} 2\n\
                        # HELP d More.\n# TYPE d gauge\nd 0.5\n";
        assert_eq!(text.into_string(), expected);
    }
}
