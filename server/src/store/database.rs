//! The store over sea-orm: SQLite now, PostgreSQL later. Nothing here is said in a way only SQLite understands,
//! except how its file is opened.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::audit::suspicion::ADDRESS_WINDOW;
use domain::site::TOLD_FOR;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ColumnTrait, ConnectOptions, DatabaseConnection, DbErr, EntityTrait, ExprTrait, QueryFilter};
use sea_orm_migration::MigratorTrait;

use super::{Cutoffs, Store, StoreError, Written};
use crate::audit::ChainKey;
use crate::entropy::Entropy;
use crate::known::Epoch;
use crate::secret_file::{SecretFile, SecretFileError};

mod alerts;
mod attempts;
mod audit;
mod conversations;
mod entity;
mod links;
mod migration;
mod orgs;
mod providers;
mod results;
mod sessions;
mod signing_keys;
mod sync;
mod tenants;
mod together;
mod token_counts;
mod users;
mod vault_halves;
mod write;

pub use audit::{StoredChain, StoredEvent};

use together::Line;

/// How long a writer waits for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The database's file in its folder.
const FILE: &str = "tokenkeep.db";

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder can't be made.
    #[error("the data folder {0} can't be made; check who owns the folder above it")]
    Folder(PathBuf, #[source] std::io::Error),
    /// The path can't be written as a database URL.
    #[error("the path {0} is not valid UTF-8; choose another data folder")]
    Path(PathBuf),
    /// The file can't be opened.
    #[error("the database {0} can't be opened; check that it is a Tokenkeep database and may be written")]
    Open(PathBuf, #[source] DbErr),
    /// The tables can't be brought up to date.
    #[error("the tables of {0} can't be brought up to date; an older version may be running, or a newer one made it")]
    Migrate(PathBuf, #[source] DbErr),
    /// The server's own secret can't be had: events of the audit log are chained under a key from it.
    #[error("the audit log has no key")]
    Secret(#[from] SecretFileError),
}

/// The store over a database.
#[derive(Clone, Debug)]
pub struct Database {
    connection: DatabaseConnection,
    /// What the audit log's events are chained under.
    chain_key: ChainKey,
    /// The events this process wrote.
    written: Arc<Mutex<Written>>,
    /// What those go by who remember what they read.
    epoch: Epoch,
    /// For what everyone must see at once and nobody misses after a power cut: it does not wait for the disk.
    swift: DatabaseConnection,
    /// Held by the one who writes.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Who waits to write together.
    line: Arc<Line>,
}

impl Database {
    /// Opens `tokenkeep.db` in a folder, making both where missing, and brings its tables up to date.
    /// The audit log is chained under a key from the secret.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says which step failed.
    pub async fn open(folder: &Path, secret: &SecretFile, entropy: &dyn Entropy) -> Result<Self, OpenError> {
        make_private_folder(folder).map_err(|error| OpenError::Folder(folder.to_owned(), error))?;
        let chain_key = ChainKey::of(&secret.secret(entropy)?);
        let file = folder.join(FILE);
        // FULL: what was confirmed outlives a power cut, so that no revocation comes undone.
        let full = Way { make: true, most: 8, durable: SqliteSynchronous::Full };
        let connection = connected(&file, full).await?;
        let migrated = migration::Migrator::up(&connection, None).await;
        migrated.map_err(|error| OpenError::Migrate(file.clone(), error))?;
        let swift = connected(&file, Way { most: 4, durable: SqliteSynchronous::Normal, ..full }).await?;
        Ok(Self::over(connection, swift, chain_key))
    }

    /// Opens the database of a folder as it is, to look at it: nothing is made, and no table is changed.
    ///
    /// # Errors
    ///
    /// [`OpenError::Open`] when there is none.
    pub async fn look(folder: &Path, chain_key: ChainKey) -> Result<Self, OpenError> {
        let looking = Way { make: false, most: 8, durable: SqliteSynchronous::Full };
        let connection = connected(&folder.join(FILE), looking).await?;
        Ok(Self::over(connection.clone(), connection, chain_key))
    }

    fn over(connection: DatabaseConnection, swift: DatabaseConnection, chain_key: ChainKey) -> Self {
        Self {
            connection,
            chain_key,
            written: Arc::default(),
            epoch: Epoch::default(),
            swift,
            turn: Arc::default(),
            line: Arc::default(),
        }
    }
}

#[async_trait]
impl Store for Database {
    fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    async fn ping(&self) -> Result<(), StoreError> {
        entity::user::Entity::find().one(&self.connection).await?;
        Ok(())
    }

    async fn sweep(&self, cutoffs: Cutoffs) -> Result<(), StoreError> {
        use entity::{attempt, conversation, link, org_key, result, session, signing_key, token_count, token_use};
        let now = cutoffs.now.millis();
        let ended = session::Column::LastUsedAt
            .lt(cutoffs.last_used.millis())
            .or(session::Column::CreatedAt.lt(cutoffs.begun.millis()));
        session::Entity::delete_many().filter(ended).exec(&self.connection).await?;
        result::Entity::delete_many().filter(result::Column::ExpiresAt.lte(now)).exec(&self.connection).await?;
        link::Entity::delete_many().filter(link::Column::ExpiresAt.lte(now)).exec(&self.connection).await?;
        let forgotten = attempt::Column::LastAt
            .lt(cutoffs.attempts.millis())
            .and(attempt::Column::BlockedUntil.lt(cutoffs.attempts.millis()));
        attempt::Entity::delete_many().filter(forgotten).exec(&self.connection).await?;
        org_key::Entity::delete_many().filter(org_key::Column::EndsAt.lte(now)).exec(&self.connection).await?;
        let unpublished = signing_key::Column::PublishedUntil.lte(now);
        signing_key::Entity::delete_many().filter(unpublished).exec(&self.connection).await?;
        let unused = token_use::Column::LastAt.lt((cutoffs.now - ADDRESS_WINDOW).millis());
        token_use::Entity::delete_many().filter(unused).exec(&self.connection).await?;
        let outdated = token_count::Column::ToldAt.lte((cutoffs.now - TOLD_FOR).millis());
        token_count::Entity::delete_many().filter(outdated).exec(&self.connection).await?;
        // Their messages go with them.
        let quiet = conversation::Column::LastAt.lt(cutoffs.conversations.millis());
        conversation::Entity::delete_many().filter(quiet).exec(&self.connection).await?;
        Ok(())
    }
}

/// How a pool of connections is opened.
#[derive(Clone, Copy)]
struct Way {
    /// Whether the file is made where it is missing.
    make: bool,
    /// How many connections there are at most.
    most: u32,
    durable: SqliteSynchronous,
}

async fn connected(file: &Path, way: Way) -> Result<DatabaseConnection, OpenError> {
    let opened = sea_orm::Database::connect(options(file, way)?).await;
    opened.map_err(|error| OpenError::Open(file.to_owned(), error))
}

fn options(file: &Path, Way { make, most, durable }: Way) -> Result<ConnectOptions, OpenError> {
    let path = file.to_str().ok_or_else(|| OpenError::Path(file.to_owned()))?.to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(most).min_connections(1).sqlx_logging(false).acquire_timeout(BUSY_TIMEOUT);
    // Set here and not in the URL, where some characters of a path would mean something else.
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .filename(&path)
            .in_memory(false)
            .shared_cache(false)
            .create_if_missing(make)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(durable)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
    });
    Ok(options)
}

/// Only the owner may look into the folder: the database holds password hashes.
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    async fn open(folder: &Path) -> Result<Database, OpenError> {
        let secret = SecretFile::new(folder.join("server.secret"));
        Database::open(folder, &secret, &SeededEntropy::from_seed(1)).await
    }

    /// A database in a folder of its own.
    pub(super) async fn database() -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().unwrap();
        let database = open(&folder.path().join("data")).await.unwrap();
        (folder, database)
    }

    crate::store::conformance::suite!(database);

    #[tokio::test]
    async fn what_was_written_is_there_after_opening_again() {
        let (folder, database) = database().await;
        crate::store::conformance::make_admin(&database).await;
        drop(database);
        let again = open(&folder.path().join("data")).await.unwrap();
        assert!(crate::store::Users::admin_exists(&again).await.unwrap());
    }

    #[tokio::test]
    async fn a_key_that_is_held_is_seen_by_every_process_at_once() {
        use crate::store::{Begun, Results, conformance};
        let (folder, database) = database().await;
        let (run, body) = (conformance::run(&database).await, crate::digest::Digest::of_text("body"));
        let other = open(&folder.path().join("data")).await.unwrap();
        let (now, end) = (conformance::NOON, conformance::NOON + conformance::MINUTE);
        assert_eq!(database.begin_run(&run, &body, now, end).await.unwrap(), Begun::First);
        assert_eq!(other.begin_run(&run, &body, now, end).await.unwrap(), Begun::Running);
        database.finish_run(&run, vec![7], end, &conformance::note()).await.unwrap();
        assert_eq!(other.begin_run(&run, &body, now, end).await.unwrap(), Begun::Done(vec![7]));
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokenkeep.db");
        std::fs::write(&file, "this is a letter, not a database").unwrap();
        assert!(matches!(open(folder.path()).await, Err(OpenError::Open(..) | OpenError::Migrate(..))));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "this is a letter, not a database");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_the_owner_may_look_into_the_folder() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _database) = database().await;
        let mode = std::fs::metadata(folder.path().join("data")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
