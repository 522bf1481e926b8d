//! How many decisions a keeper makes in a second: `keeper_decisions_per_second <n>` on one line.
//!
//! The decisions are those of the simulation's hostile worlds, with its own work in between, so the figure is a lower bound.

use domain::keeper::simulation::{Flaw, run};

fn main() {
    // Reading the clock is what a measurement is; nothing in the domain does.
    #[allow(clippy::disallowed_methods)]
    let now = std::time::Instant::now;
    let begun = now();
    let mut decisions = 0;
    for seed in 0.. {
        decisions += run(seed, Flaw::None).map_or(0, |report| report.steps);
        if now().duration_since(begun).as_secs() >= 2 {
            break;
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let rate = (decisions as f64 / now().duration_since(begun).as_secs_f64()) as u64;
    println!("keeper_decisions_per_second {rate}");
}
