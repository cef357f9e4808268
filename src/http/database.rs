//! What a database error means for the person who waits.

/// Three kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbOutcome {
    /// A rule of the schema refused the data.
    Refused,
    /// Contention, a restart, a full disk: a retry may succeed soon.
    TryAgain,
    /// A fault of the program.
    Fault,
}

/// Classifies an error by its SQLSTATE (SYNC 3.6: 40001, 40P01, 55P03, 57014, 53xxx, 57Pxx, 08xxx and 25006 are worth a retry).
pub fn classify(error: &sqlx::Error) -> DbOutcome {
    match error {
        sqlx::Error::Database(e) => match e.code().as_deref() {
            // Another transaction created the same row at the same moment: the next attempt finds it.
            Some("23505") if e.constraint().is_some_and(|c| c.ends_with("_pkey")) => DbOutcome::TryAgain,
            Some(code) if code.starts_with("23") => DbOutcome::Refused,
            Some("40001" | "40P01" | "55P03" | "57014" | "25006") => DbOutcome::TryAgain,
            Some(code) if code.starts_with("53") || code.starts_with("08") || code.starts_with("57P") => DbOutcome::TryAgain,
            _ => DbOutcome::Fault,
        },
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => DbOutcome::TryAgain,
        _ => DbOutcome::Fault,
    }
}

/// Whether a transaction could not begin because its connection was dead: no statement ran, so another connection may be used.
pub fn is_dead(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(e) => matches!(e.code().as_deref(), Some("57P01" | "57P02")),
        _ => false,
    }
}

/// Name of the constraint that a statement violated.
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    match error {
        sqlx::Error::Database(e) => e.constraint(),
        _ => None,
    }
}

/// Two regions have a row with this id, and the query did not name a region. Only imports of the first release created such rows.
#[derive(Debug, thiserror::Error)]
#[error("one id in two regions")]
pub struct InTwoRegions;

/// The row found by its id alone; an error if rows of two regions were found.
pub fn sole<T>(mut rows: Vec<T>) -> Result<Option<T>, sqlx::Error> {
    if rows.len() > 1 {
        return Err(sqlx::Error::Decode(Box::new(InTwoRegions)));
    }
    Ok(rows.pop())
}

/// Whether [`sole`] found more than one row.
pub fn is_in_two_regions(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Decode(cause) if cause.is::<InTwoRegions>())
}

/// Checks that an update changed exactly one row.
pub fn expect_one(done: &sqlx::postgres::PgQueryResult) -> Result<(), sqlx::Error> {
    if done.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}
