//! The table of figures.

use std::fmt;

use crate::step;

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// The figure with its unit.
    pub value: String,
}

impl Row {
    /// A figure with its unit.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// Figures in parts. A part that can't be measured says why instead.
#[derive(Default)]
pub struct Table {
    parts: Vec<(String, Vec<Row>)>,
}

impl Table {
    /// Measures one part.
    pub fn part(&mut self, name: &str, measure: impl FnOnce() -> anyhow::Result<Vec<Row>>) {
        let rows = step::work(&format!("Measure: {name}"), measure)
            .unwrap_or_else(|error| vec![Row::new("not measured", format!("{:#}", error.root_cause()))]);
        self.parts.push((name.to_owned(), rows));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.parts.iter().flat_map(|(_, rows)| rows);
        let width = rows.map(|row| row.name.chars().count()).max().unwrap_or(0);
        for (name, rows) in &self.parts {
            writeln!(f, "\n{name}")?;
            for row in rows {
                writeln!(f, "  {:<width$}  {}", row.name, row.value)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Table};

    #[test]
    fn figures_stand_in_a_column_below_their_part() {
        let mut table = Table::default();
        table.part("Sizes", || Ok(vec![Row::new("a", "1 kB"), Row::new("long", "2 kB")]));
        assert_eq!(table.to_string(), "\nSizes\n  a     1 kB\n  long  2 kB\n");
    }

    #[test]
    fn a_part_that_fails_says_why() {
        let mut table = Table::default();
        table.part("Load", || anyhow::bail!("wrk is missing"));
        assert_eq!(table.to_string(), "\nLoad\n  not measured  wrk is missing\n");
    }
}
