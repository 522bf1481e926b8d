//! What a run of many checks came to: a table, and a closing line that machines read.

use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use crate::clock::{Stopwatch, words};
use crate::step;
use crate::tally::{Runner, Tally, reports_of_failures};

/// The rows so far. A failing check is noted and the next one still runs.
#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    good: bool,
    elapsed: Duration,
    tally: Tally,
}

impl Report {
    /// Runs `command` as the check `name` and counts the tests of `runner`; whether it succeeded.
    pub fn run(&mut self, name: &str, runner: Runner, command: &mut Command) -> bool {
        let row = row(name, runner, command);
        self.add(row)
    }

    /// Runs checks beside each other: for those that wait now and then.
    pub fn run_together(&mut self, checks: Vec<(&str, Runner, Command)>) {
        let rows = thread::scope(|scope| {
            let running: Vec<_> = checks
                .into_iter()
                .map(|(name, runner, mut command)| scope.spawn(move || row(name, runner, &mut command)))
                .collect();
            running
                .into_iter()
                .map(|check| check.join().expect("a check is run, whatever it comes to"))
                .collect::<Vec<_>>()
        });
        for row in rows {
            self.add(row);
        }
    }

    /// Does `work`, which prints its own steps, as the check `name`; what it made, if it succeeded.
    pub fn work<T>(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
        let watch = Stopwatch::start();
        let result = work().inspect_err(|error| println!("✗ {name}: {error:#}"));
        self.add(Row {
            name: name.to_owned(),
            good: result.is_ok(),
            elapsed: watch.elapsed(),
            tally: Tally::default(),
        });
        result.ok()
    }

    /// Notes that the check `name` could not run, which counts as a failure.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("✗ {name}: not run, {why}");
        self.add(Row { name: name.to_owned(), good: false, elapsed: Duration::ZERO, tally: Tally::default() });
    }

    /// Prints the table and, last, `N passed, M failed`.
    pub fn close(self) -> ExitCode {
        print!("{}", self.table());
        let sum = self.sum();
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if self.rows.iter().all(|row| row.good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn add(&mut self, mut row: Row) -> bool {
        let good = row.good;
        if !good && row.tally.failed == 0 {
            // A lint, or a runner that died before it could count: the sum must not look like success.
            row.tally.failed = 1;
        }
        self.rows.push(row);
        good
    }

    fn sum(&self) -> Tally {
        let mut sum = Tally::default();
        for row in &self.rows {
            sum += row.tally;
        }
        sum
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let mut table = String::from("\n");
        for row in &self.rows {
            let mark = if row.good { '✓' } else { '✗' };
            let counts = match row.tally {
                Tally { passed: 0, failed: 0, .. } => String::new(),
                Tally { passed, failed, later: 0 } => format!("{passed} passed, {failed} failed"),
                Tally { passed, failed, later } => {
                    format!("{passed} passed ({later} of them only at the second try), {failed} failed")
                }
            };
            let line = format!("{mark} {:<width$}  {:>12}  {counts}", row.name, words(row.elapsed));
            table.push_str(line.trim_end());
            table.push('\n');
        }
        table.push('\n');
        table
    }
}

fn row(name: &str, runner: Runner, command: &mut Command) -> Row {
    let watch = Stopwatch::start();
    let (good, tally) = match step::run(name, command) {
        Ok(finished) => {
            let (good, tally) = (finished.status.success(), runner.tally(&finished.output));
            if good && tally.later > 0 {
                print!("{}", reports_of_failures(&finished.output));
            }
            (good, tally)
        }
        Err(error) => {
            println!("✗ {error:#}");
            (false, Tally::default())
        }
    };
    Row { name: name.to_owned(), good, elapsed: watch.elapsed(), tally }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Duration, Report, Row, Runner, Tally};

    fn report(rows: &[(bool, Tally)]) -> Report {
        let mut report = Report::default();
        for (good, tally) in rows {
            report.add(Row { name: "row".to_owned(), good: *good, elapsed: Duration::ZERO, tally: *tally });
        }
        report
    }

    #[test]
    fn the_sum_adds_all_rows() {
        let sum = report(&[
            (true, Tally { passed: 2, failed: 0, later: 0 }),
            (false, Tally { passed: 3, failed: 1, later: 0 }),
        ])
        .sum();
        assert_eq!(sum, Tally { passed: 5, failed: 1, later: 0 });
    }

    #[test]
    fn a_failed_lint_counts_as_one_failure() {
        assert_eq!(report(&[(false, Tally::default())]).sum().failed, 1);
    }

    #[test]
    fn a_runner_that_died_after_passing_tests_counts_as_one_failure() {
        assert_eq!(
            report(&[(false, Tally { passed: 9, failed: 0, later: 0 })]).sum(),
            Tally { passed: 9, failed: 1, later: 0 }
        );
    }

    #[test]
    fn checks_that_run_together_stand_in_their_order_and_one_that_fails_stops_no_other() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        let mut report = Report::default();
        report.run_together(vec![
            ("first", Runner::None, shell("read line < /dev/null; exit 3")),
            ("second", Runner::None, shell("true")),
            ("third", Runner::None, Command::new("tokenkeep-no-such-program")),
        ]);
        let rows: Vec<_> = report.rows.iter().map(|row| (row.name.as_str(), row.good, row.tally.failed)).collect();
        assert_eq!(rows, [("first", false, 1), ("second", true, 0), ("third", false, 1)]);
    }

    #[test]
    fn each_check_has_its_line_in_the_table() {
        assert_eq!(
            report(&[(true, Tally { passed: 1, failed: 0, later: 0 })]).table(),
            "\n✓ row         0.0 s  1 passed, 0 failed\n\n"
        );
        assert_eq!(
            report(&[(true, Tally { passed: 3, failed: 0, later: 1 })]).table(),
            "\n✓ row         0.0 s  3 passed (1 of them only at the second try), 0 failed\n\n"
        );
    }
}
