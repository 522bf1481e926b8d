//! Processor time, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::Context;

/// The kernel's unit of these times is a hundredth of a second, whatever its own clock does.
const TICK: Duration = Duration::from_millis(10);

/// How long the threads of a process have run until now, in the process and in the kernel for it.
///
/// # Errors
/// Where there is no `/proc`.
pub fn used(process: u32) -> anyhow::Result<Duration> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("this system has no {path}"))?;
    ticks(&stat).map(|ticks| TICK * ticks).context("the process has no times")
}

/// The fields 14 and 15. The program's name stands before them in brackets, and may hold anything.
fn ticks(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11).map_while(|field| field.parse::<u32>().ok());
    Some(times.next()? + times.next()?)
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn the_times_of_user_and_kernel_are_added_whatever_the_program_is_called() {
        let stat = "7 (a) 1 (b) S 1 7 7 0 -1 4194560 100 0 0 0 25 17 3 4 20 0 5 0 1234";
        assert_eq!(ticks(stat), Some(42));
    }

    #[test]
    fn a_text_of_another_form_has_no_times() {
        assert_eq!(ticks("7 (a) S 1 7"), None);
    }
}
