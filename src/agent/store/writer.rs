//! The one thread that writes. A commit with `synchronous=FULL` waits for the disk; jobs that arrive meanwhile share the next commit, so
//! that many writers wait together.

use std::sync::mpsc;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::StoreError;

/// Jobs in one transaction at most.
const TOGETHER: usize = 64;

/// Reports to a job's owner how the transaction ended.
type Tell = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Job = Box<dyn FnOnce(&Connection) -> Tell + Send>;

/// A job for the thread.
enum Work {
    /// Part of a transaction, together with other jobs.
    Job(Job),
    /// Outside of any transaction.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
}

/// The channel to the thread, which ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Work>,
}

impl Writer {
    pub(super) fn start(db: Connection) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new().name("writer".into());
        if let Err(error) = thread.spawn(move || write_all(&db, &waiting)) {
            tracing::error!(%error, "no thread for the store"); // every write then returns `Closed`
        }
        Self { jobs }
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let done = by_itself(db, job);
            Box::new(move |ended| {
                let _ = tell.send(ended.and(done)); // the owner may have gone: it is stored all the same
            })
        });
        self.jobs.send(Work::Job(job)).map_err(|_| StoreError::Closed)?;
        told.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) async fn write_alone(
        &self,
        job: impl FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        let job = Box::new(move |db: &Connection| {
            let _ = tell.send(job(db)); // as above
        });
        self.jobs.send(Work::Alone(job)).map_err(|_| StoreError::Closed)?;
        told.await.map_err(|_| StoreError::Closed)?
    }
}

/// A job that fails does not undo the other jobs of its transaction.
fn by_itself<T>(db: &Connection, job: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
    db.execute_batch("SAVEPOINT job")?;
    let done = job(db);
    if done.is_ok() {
        db.execute_batch("RELEASE job")?;
    } else if !db.is_autocommit() {
        db.execute_batch("ROLLBACK TO job; RELEASE job")?;
    }
    done
}

fn write_all(db: &Connection, waiting: &mpsc::Receiver<Work>) {
    let mut left = None;
    while let Some(work) = left.take().or_else(|| waiting.recv().ok()) {
        let first = match work {
            Work::Job(job) => job,
            Work::Alone(job) => {
                job(db);
                continue;
            }
        };
        let mut owners: Vec<Tell> = Vec::new();
        let ended = together(db, first, waiting, &mut owners, &mut left);
        if let Err(error) = &ended {
            tracing::error!(%error, jobs = owners.len(), "not stored");
            if !db.is_autocommit() {
                let _ = db.execute_batch("ROLLBACK"); // it failed already, and the next transaction begins with a check of that
            }
        }
        for tell in owners {
            tell(ended.clone());
        }
    }
    // At the end the log is written into the file: a copy of the file alone is then complete.
    let _ = db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Runs one transaction with the jobs that have arrived. A job that cannot be part of it is put into `left`.
fn together(
    db: &Connection,
    first: Job,
    waiting: &mpsc::Receiver<Work>,
    owners: &mut Vec<Tell>,
    left: &mut Option<Work>,
) -> Result<(), StoreError> {
    let begun = db.execute_batch("BEGIN IMMEDIATE");
    let mut next = Some(first);
    while let Some(job) = next {
        owners.push(job(db));
        // SQLite rolls back a whole transaction when the disk is full: then nothing is stored, and no owner may get `Ok`.
        if begun.is_err() || db.is_autocommit() || owners.len() >= TOGETHER {
            break;
        }
        next = match waiting.try_recv() {
            Ok(Work::Job(job)) => Some(job),
            other => {
                *left = other.ok();
                None
            }
        };
    }
    begun?;
    if db.is_autocommit() {
        return Err(StoreError::Full);
    }
    db.execute_batch("COMMIT")?;
    Ok(())
}
