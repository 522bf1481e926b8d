//! Simulated browsers full of tabs, each from its seed, on all cores: `simulate [how many] [first seed]`. Ends at the first
//! promise that is broken, with its seed and the last steps before it.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use domain::keeper::simulation::{Broken, Flaw, Report, run};

/// How often it is said how far things are, in worlds.
const SAY_EVERY: u64 = 50_000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: u64| match arguments.next().map(|text| text.replace('_', "").parse()) {
        None => Some(usual),
        Some(number) => number.ok(),
    };
    let (Some(count), Some(first)) = (number(1_000_000), number(0)) else {
        eprintln!("Usage: simulate [how many] [first seed]");
        return ExitCode::FAILURE;
    };
    match simulate(first, count) {
        Ok(total) => {
            let Report {
                steps,
                asks,
                issued,
                served,
                killed,
                frozen,
                slept,
                locked,
                stolen,
                cancelled,
                heard,
                workers,
            } = total;
            println!("{count} worlds from seed {first}: every promise kept");
            println!("{steps} steps, {asks} requests, {issued} tokens, {served} callers served");
            println!(
                "{killed} tabs killed, {frozen} frozen, {slept} sleeps, {locked} locked, {stolen} locks taken away, {cancelled} callers gone away"
            );
            println!("{heard} texts heard by lines, {workers} shared workers that died");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}

fn simulate(first: u64, count: u64) -> Result<Report, Broken> {
    let (next, total) = (AtomicU64::new(0), Mutex::new(Ok(Report::default())));
    let worker = || {
        loop {
            let done = next.fetch_add(1, Ordering::Relaxed);
            if done >= count {
                return;
            }
            if done > 0 && done % SAY_EVERY == 0 {
                println!("  {done} of {count}");
            }
            let outcome = run(first + done, Flaw::None);
            let mut total = total.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match (&mut *total, outcome) {
                (Ok(total), Ok(report)) => *total += report,
                (Ok(_), Err(broken)) => *total = Err(broken),
                (Err(_), _) => return,
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(worker);
        }
    });
    total.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
