//! Small writes that many ask for at once go to disk together: whoever comes while another write is on its way to the disk waits in
//! line for it, and finds others there. One transaction then carries all of them.

use std::sync::{Mutex, PoisonError};

use domain::audit::Entry;
use domain::time::Timestamp;
use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::results::{finish, release};
use super::write::Write;
use super::{Database, StoreError};
use crate::store::RunKey;

/// What is written together with others'.
#[derive(Debug)]
pub(super) enum Deed {
    /// Events of the audit log.
    Record(Vec<Entry>),
    /// The result of a request that may be repeated.
    Finish { run: RunKey, sealed: Vec<u8>, expires_at: Timestamp, note: Entry },
    /// A key is free again.
    Release { run: RunKey, note: Entry },
}

/// Those who wait.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<Vec<Waiting>>);

#[derive(Debug)]
struct Waiting {
    deed: Deed,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

impl Line {
    /// Gives whether this is the first who waits, and so sees to the write.
    fn join(&self, waiting: Waiting) -> bool {
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.push(waiting);
        line.len() == 1
    }

    fn take(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The first in line, who sees to the write. Should it not come to that, everyone is sent away and nobody waits for ever.
struct First<'a>(Option<&'a Line>);

impl First<'_> {
    fn take(mut self) -> Vec<Waiting> {
        self.0.take().map(Line::take).unwrap_or_default()
    }
}

impl Drop for First<'_> {
    fn drop(&mut self) {
        drop(self.0.map(Line::take));
    }
}

impl Database {
    /// Writes it with whatever else waits. It is carried out even if whoever asked goes away.
    pub(super) async fn write_together(&self, deed: Deed) -> Result<(), StoreError> {
        let (answer, done) = oneshot::channel();
        if self.line.join(Waiting { deed, answer }) {
            let database = self.clone();
            tokio::spawn(async move { database.write_the_line().await });
        }
        done.await.unwrap_or_else(|_| Err(DbErr::Custom("the write was given up".to_owned()).into()))
    }

    async fn write_the_line(&self) {
        let first = First(Some(&self.line));
        let begun = self.write().await;
        // Whoever comes from here on waits for the next.
        let line = first.take();
        let done = match begun {
            Ok(write) => self.carry_out(write, &line).await,
            Err(error) => Err(error.into()),
        };
        match (done, <[Waiting; 1]>::try_from(line)) {
            (done, Ok([alone])) => alone.tell(done),
            (Ok(()), Err(line)) => line.into_iter().for_each(|waiting| waiting.tell(Ok(()))),
            // One of them may be the reason: each by itself then.
            (Err(_), Err(line)) => {
                for waiting in line {
                    let done = self.write_alone(&waiting).await;
                    waiting.tell(done);
                }
            }
        }
    }

    async fn write_alone(&self, waiting: &Waiting) -> Result<(), StoreError> {
        let write = self.write().await?;
        self.carry_out(write, std::slice::from_ref(waiting)).await
    }

    async fn carry_out(&self, write: Write, line: &[Waiting]) -> Result<(), StoreError> {
        let mut notes = Vec::with_capacity(line.len());
        for Waiting { deed, .. } in line {
            match deed {
                Deed::Record(entries) => notes.extend(entries.iter().cloned()),
                Deed::Finish { run, sealed, expires_at, note } => {
                    finish(&write, run, sealed, *expires_at).await?;
                    notes.push(note.clone());
                }
                Deed::Release { run, note } => {
                    release(&write, run).await?;
                    notes.push(note.clone());
                }
            }
        }
        self.append(&write, &notes).await?;
        Ok(write.commit().await?)
    }
}

impl Waiting {
    fn tell(self, done: Result<(), StoreError>) {
        // Whoever asked may have gone.
        let _ = self.answer.send(done);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::audit::{Action, Entry, Filter, Outcome};
    use sea_orm::ConnectionTrait;

    use super::super::tests::database;
    use super::{Database, Deed};
    use crate::digest::Digest;
    use crate::store::conformance::{self, MINUTE, NOON};
    use crate::store::{AuditLog, Begun, Results};

    fn named(label: &str) -> Entry {
        Entry::by_server(Action::TokenGranted, Outcome::Done, NOON).named(label)
    }

    /// The labels of the log's events about tokens granted, in its order.
    async fn labels(database: &Database) -> Vec<String> {
        let granted = Filter { action: Some(Action::TokenGranted), ..Filter::default() };
        let mut events = database.events(&granted, None, 1_000).await.unwrap();
        events.reverse();
        events.into_iter().filter_map(|event| Some(event.entry.label?.to_string())).collect()
    }

    async fn granted(database: &Database) -> u64 {
        database.events_written().get(&(Action::TokenGranted, Outcome::Done)).copied().unwrap_or(0)
    }

    /// Waits until so many are in line.
    async fn in_line(database: &Database, count: usize) {
        while database.line.0.lock().unwrap().len() < count {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_waits_while_another_writes_is_written_with_the_others_in_order() {
        let (_folder, database) = database().await;
        let held = database.write().await.unwrap();
        let mut tasks = Vec::new();
        for number in 0..20 {
            let one = database.clone();
            tasks.push(tokio::spawn(async move { one.record(&[named(&number.to_string())]).await }));
            in_line(&database, number + 1).await;
        }
        held.commit().await.unwrap();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(labels(&database).await, (0..20).map(|number| number.to_string()).collect::<Vec<_>>());
        assert_eq!(granted(&database).await, 20);
    }

    #[tokio::test]
    async fn one_that_cannot_be_written_keeps_no_other_from_it() {
        let (_folder, database) = database().await;
        let refuses = "CREATE TRIGGER refuses BEFORE INSERT ON audit_events WHEN NEW.label = 'bad' \
                       BEGIN SELECT RAISE(ABORT, 'refused'); END";
        database.connection.execute_unprepared(refuses).await.unwrap();
        let (run, body) = (conformance::run(&database).await, Digest::of_text("body"));
        let end = NOON + MINUTE;
        assert_eq!(database.begin_run(&run, &body, NOON, end).await.unwrap(), Begun::First);
        let (first, bad, last, finished) = {
            let held = database.write().await.unwrap();
            let (first, bad) = ([named("first")], [named("well"), named("bad")]);
            let (last, finished) = ([named("last")], named("finished"));
            let all = async {
                tokio::join!(
                    database.record(&first),
                    database.record(&bad),
                    database.record(&last),
                    database.finish_run(&run, vec![7], end, &finished),
                )
            };
            let frees = async {
                in_line(&database, 4).await;
                held.commit().await.unwrap();
            };
            tokio::join!(all, frees).0
        };
        assert!(first.is_ok() && last.is_ok() && finished.is_ok());
        assert!(bad.is_err());
        assert_eq!(labels(&database).await, ["first", "last", "finished"]);
        assert_eq!(database.begin_run(&run, &body, NOON, end).await.unwrap(), Begun::Done(vec![7]));
        assert_eq!(granted(&database).await, 3, "what was taken back is not counted");
    }

    #[tokio::test]
    async fn what_is_asked_for_is_written_even_when_nobody_waits_for_it() {
        let (_folder, database) = database().await;
        let held = database.write().await.unwrap();
        let asked = database.write_together(Deed::Record(vec![named("left")]));
        assert!(tokio::time::timeout(Duration::from_millis(1), asked).await.is_err(), "another one writes");
        held.commit().await.unwrap();
        database.record(&[named("next")]).await.unwrap();
        assert_eq!(labels(&database).await, ["left", "next"]);
    }
}
