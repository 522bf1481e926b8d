//! Work that keeps one core busy, done on all of them.

use std::sync::{Mutex, PoisonError};
use std::thread;

/// What `work` makes of each task, in no order; tasks are begun from the last to the first.
///
/// # Errors
///
/// An error of `work`; the other cores do what is left all the same.
pub fn on_all<T: Send, R: Send>(tasks: Vec<T>, work: impl Fn(T) -> anyhow::Result<R> + Sync) -> anyhow::Result<Vec<R>> {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(tasks.len());
    let left = Mutex::new(tasks);
    let take = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let one_core = || std::iter::from_fn(take).map(&work).collect::<anyhow::Result<Vec<R>>>();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(one_core)).collect();
        let mut made = Vec::new();
        for worker in workers {
            made.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(made)
    })
}

#[cfg(test)]
mod tests {
    use super::on_all;

    #[test]
    fn each_task_is_done_once() {
        let mut made = on_all((0..100).collect(), |number: u32| Ok(number * 2)).unwrap();
        made.sort_unstable();
        assert_eq!(made, (0..100).map(|number| number * 2).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_to_do_makes_nothing() {
        assert_eq!(on_all(Vec::new(), |(): ()| Ok(())).unwrap(), []);
    }

    #[test]
    fn an_error_is_the_outcome() {
        let outcome = on_all((0..100).collect(), |number: u32| {
            anyhow::ensure!(number != 50, "not that one");
            Ok(())
        });
        assert_eq!(outcome.unwrap_err().to_string(), "not that one");
    }
}
