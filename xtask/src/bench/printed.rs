//! Figures that a benchmark program of another room prints: lines of `name value`, or `name value unit`.

use anyhow::ensure;

use super::table::Row;

/// The figures in `output`, among whatever else cargo and the browser print there.
///
/// # Errors
/// If there is none.
pub fn figures(output: &str) -> anyhow::Result<Vec<Row>> {
    let rows: Vec<Row> = output.lines().filter_map(figure).collect();
    ensure!(!rows.is_empty(), "the benchmark printed no figure");
    Ok(rows)
}

/// A name is one word with a `_`, as `vault_put_p50_ms`: nothing else that is printed there looks like that.
fn figure(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let (name, value, unit) = (words.next()?, words.next()?, words.next());
    let is_name = name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let number: f64 = value.parse().ok()?;
    (is_name && number.is_finite() && words.next().is_none())
        .then(|| Row::new(name.replace('_', " "), format!("{value} {}", unit.unwrap_or_default()).trim_end()))
}

#[cfg(test)]
mod tests {
    use super::{Row, figures};

    #[test]
    fn only_lines_with_a_name_and_a_number_are_figures() {
        let output = "   Compiling domain v0.1.0\nrunning 1 test\nvault_put_p50 0.52 ms\n  keeper_decisions 1200000\n";
        let wanted = [Row::new("vault put p50", "0.52 ms"), Row::new("keeper decisions", "1200000")];
        assert_eq!(figures(output).unwrap(), wanted);
    }

    #[test]
    fn a_benchmark_without_figures_is_an_error() {
        assert!(figures("running 0 tests\n").is_err());
    }

    #[test]
    fn what_is_no_finite_number_is_no_figure() {
        assert!(figures("vault_put inf\nvault_get NaN\n").is_err());
    }
}
