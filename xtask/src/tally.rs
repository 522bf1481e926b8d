//! How many tests passed and failed, read from what the test runners print.

use std::ops::AddAssign;

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed, at the first or a later try.
    pub passed: u64,
    /// Tests that failed, or should have run and did not.
    pub failed: u64,
    /// Those of the passed that failed at their first try.
    pub later: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.later += other.later;
    }
}

/// Whose words to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    /// No test runner: a lint or a build.
    None,
    /// `cargo test`, native or in the browser.
    Cargo,
    /// Playwright's list of results.
    Playwright,
    /// Node's own test runner, in the Test Anything Protocol.
    Node,
}

impl Runner {
    /// The tests this runner counted in `output`.
    pub fn tally(self, output: &str) -> Tally {
        let mut sum = Tally::default();
        for line in output.lines() {
            sum += match self {
                Self::None => return sum,
                Self::Cargo => cargo(line),
                Self::Playwright => playwright(line),
                Self::Node => node(line),
            };
        }
        sum
    }
}

/// What Playwright says at the end of the tests that failed at some try, with the reasons: its reports are numbered from 1.
pub fn reports_of_failures(output: &str) -> &str {
    output.find("\n  1) ").map_or("", |at| &output[at + 1..])
}

/// `test result: FAILED. 12 passed; 1 failed; 0 ignored; …`
fn cargo(line: &str) -> Tally {
    let Some((_, counts)) = line.trim_start().strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
    else {
        return Tally::default();
    };
    let count = |word: &str| counts.split("; ").find_map(|part| number_before(part, word)).unwrap_or(0);
    Tally { passed: count("passed"), failed: count("failed"), later: 0 }
}

/// One line of the closing summary each: `  30 passed (1.2m)`, `  2 failed`, `  1 flaky`, `  4 did not run`.
fn playwright(line: &str) -> Tally {
    let count = |words: &[&str]| words.iter().find_map(|word| number_before(line.trim(), word)).unwrap_or(0);
    let later = count(&["flaky"]);
    let failed = count(&["failed", "timed out", "interrupted", "did not run"]);
    Tally { passed: count(&["passed"]) + later, failed, later }
}

/// One line of the closing summary each: `# pass 51`, `# fail 0`, `# cancelled 0`.
fn node(line: &str) -> Tally {
    let count = |word: &str| line.strip_prefix(word).and_then(|number| number.parse().ok()).unwrap_or(0);
    Tally { passed: count("# pass "), failed: count("# fail ") + count("# cancelled "), later: 0 }
}

/// The number in a text that is `<number> <word>`, perhaps followed by a time in brackets.
fn number_before(text: &str, word: &str) -> Option<u64> {
    let (number, rest) = text.split_once(' ')?;
    let rest = rest.strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with(" (")).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{Runner, Tally, reports_of_failures};

    #[test]
    fn the_results_of_all_test_programs_are_added() {
        let output = "running 3 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                      test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(Runner::Cargo.tally(output), Tally { passed: 7, failed: 2, later: 0 });
    }

    #[test]
    fn browser_results_are_read_like_native_ones() {
        let output = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Runner::Cargo.tally(output), Tally { passed: 2, failed: 0, later: 0 });
    }

    #[test]
    fn playwrights_summary_is_read() {
        let output = "  2 failed\n    [chromium] › a.spec.ts:3:1 › 7 passed words in a name\n  1 flaky\n  4 did not run\n  30 passed (1.2m)\n";
        assert_eq!(Runner::Playwright.tally(output), Tally { passed: 31, failed: 6, later: 1 });
    }

    #[test]
    fn a_test_that_passed_at_its_second_try_is_reported_with_the_reason() {
        let reports =
            "  1) a.spec.ts:3:1 › a name\n    Error: late\n  1 flaky\n    a.spec.ts:3:1 › a name\n  30 passed\n";
        assert_eq!(reports_of_failures(&format!("  ✓ 1 › b\n\n{reports}")), reports);
        assert_eq!(reports_of_failures("  ✓ 1 › 1) b\n  30 passed\n"), "");
    }

    #[test]
    fn nodes_summary_is_read() {
        let output = "ok 1 - # pass 9 is a name\n1..51\n# tests 53\n# pass 50\n# fail 2\n# cancelled 1\n# skipped 0\n";
        assert_eq!(Runner::Node.tally(output), Tally { passed: 50, failed: 3, later: 0 });
    }

    #[test]
    fn skipped_tests_are_neither() {
        assert_eq!(Runner::Playwright.tally("  3 skipped\n"), Tally::default());
    }

    #[test]
    fn what_a_test_prints_is_not_a_result() {
        assert_eq!(Runner::Cargo.tally("5 passed; 1 failed\nthe test result: odd\n"), Tally::default());
    }

    #[test]
    fn hostile_numbers_count_nothing() {
        let output = "test result: ok. 99999999999999999999999 passed; -1 failed; 0 ignored\n";
        assert_eq!(Runner::Cargo.tally(output), Tally::default());
    }
}
