//! One step of a command: a child process whose output is kept and shown only when it fails, with a sign of life while
//! it runs.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::clock::{Stopwatch, words};

/// How long a step may be silent before it says what it is at.
const HEARTBEAT: Duration = Duration::from_secs(20);
const LONGEST_LINE: usize = 100;

/// What a finished step left behind.
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Both streams, line by line in the order of arrival.
    pub output: String,
    /// How long it took.
    pub elapsed: Duration,
}

/// Runs `command` as the step `name`; an error, with the output, if it can't start or fails.
pub fn must(name: &str, command: &mut Command) -> anyhow::Result<Finished> {
    let finished = run(name, command)?;
    anyhow::ensure!(finished.status.success(), "{name} failed ({}). Its output is above.", finished.status);
    Ok(finished)
}

/// Runs `command` as the step `name`, saying when it starts, that it lives, how it ended, and on failure its output.
///
/// # Errors
/// Only if the command can't be started; a failure of the command is in [`Finished::status`].
pub fn run(name: &str, command: &mut Command) -> anyhow::Result<Finished> {
    println!("· {name}");
    let watch = Stopwatch::start();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name}: can't start {:?}", command.get_program()))?;
    let lines = merged(child.stdout.take(), child.stderr.take());
    let output = listen(name, watch, &lines);
    let status = child.wait().with_context(|| format!("{name}: lost the process"))?;
    let finished = Finished { status, output, elapsed: watch.elapsed() };
    tell(name, &finished);
    Ok(finished)
}

/// Does `work` as the step `name`, saying when it starts and how long it took.
pub fn work<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("· {name}");
    let watch = Stopwatch::start();
    let result = work().with_context(|| format!("{name} failed"))?;
    println!("✓ {name}  {}", words(watch.elapsed()));
    Ok(result)
}

fn tell(name: &str, finished: &Finished) {
    let elapsed = words(finished.elapsed);
    if finished.status.success() {
        println!("✓ {name}  {elapsed}");
    } else {
        print!("{}", finished.output);
        println!("✗ {name}  {elapsed}  ({})", finished.status);
    }
}

/// The lines of both streams, in the order in which they arrive.
fn merged(stdout: Option<impl Read + Send + 'static>, stderr: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(stream) = stdout {
        forward(stream, sender.clone());
    }
    if let Some(stream) = stderr {
        forward(stream, sender);
    }
    receiver
}

fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while let Ok(1..) = reader.read_until(b'\n', &mut line) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
}

fn listen(name: &str, watch: Stopwatch, lines: &Receiver<String>) -> String {
    let mut output = String::new();
    let mut told = Duration::ZERO;
    loop {
        match lines.recv_timeout(HEARTBEAT) {
            Ok(line) => output.push_str(&line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return output,
        }
        if watch.elapsed() >= told + HEARTBEAT {
            told = watch.elapsed();
            println!("  {name}: {}, {}", words(told), last_line(&output));
        }
    }
}

/// The last line with text, cut to fit a terminal's row.
fn last_line(output: &str) -> String {
    let line = output.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("still working");
    line.chars().take(LONGEST_LINE).collect()
}

#[cfg(test)]
mod tests {
    use super::{last_line, run};
    use std::process::Command;

    #[test]
    fn both_streams_of_a_step_are_kept() {
        let finished = run("both", Command::new("sh").args(["-c", "echo out; echo err >&2"])).unwrap();
        assert!(finished.output.contains("out\n") && finished.output.contains("err\n"));
    }

    #[test]
    fn a_failing_step_keeps_its_status() {
        let finished = run("fails", Command::new("sh").args(["-c", "exit 3"])).unwrap();
        assert_eq!(finished.status.code(), Some(3));
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let error = run("absent", &mut Command::new("tokenkeep-no-such-program")).err().unwrap();
        assert!(format!("{error:#}").contains("tokenkeep-no-such-program"));
    }

    #[test]
    fn the_sign_of_life_is_the_last_line_with_text() {
        assert_eq!(last_line("Compiling a\n  Compiling b\n\n"), "Compiling b");
    }

    #[test]
    fn a_long_line_is_cut_at_a_character() {
        assert_eq!(last_line(&"é".repeat(500)).chars().count(), 100);
    }
}
