//! The sign-ins of one account, successes and failures, for its page in the administration and for its owner.

use chrono::{DateTime, Utc};

use super::Browser;
use crate::{
    db::{Mode, ScopedTx},
    events::{EventKind, EventRow, event_in_words, is_failure, list_events_of_account},
    web::page::Ctx,
};

/// The events that belong to the history of sign-ins.
const KINDS: [EventKind; 5] =
    [EventKind::SignIn, EventKind::SignInFailed, EventKind::SignInThrottled, EventKind::SignOut, EventKind::PasswordChanged];

/// A line of the history.
#[derive(Debug, Clone)]
pub struct SignInView {
    /// When.
    pub at: DateTime<Utc>,
    /// "Oturum açıldı".
    pub headline: String,
    /// The sign-in failed.
    pub failed: bool,
    /// Address of the client.
    pub address: String,
    /// The browser of the attempt.
    pub browser: Browser,
}

/// The last `limit` sign-ins of an account, newest first. Only regions of the transaction's scope are read: an account's events are in the
/// log of its first region, an admin's in the company's.
pub async fn list_sign_ins<M: Mode>(tx: &mut ScopedTx<M>, ctx: &Ctx, username: &str, limit: i64) -> Result<Vec<SignInView>, sqlx::Error> {
    let kinds: Vec<String> = KINDS.iter().map(|kind| kind.as_str().to_owned()).collect();
    let rows = list_events_of_account(tx, username, &kinds, limit).await?;
    let view = |(row, user_agent): (EventRow, Option<String>)| {
        let kind = EventKind::parse(&row.kind);
        SignInView {
            at: row.at,
            headline: event_in_words(ctx.lang, kind, &row),
            failed: is_failure(kind),
            address: row.address.unwrap_or_default(),
            browser: Browser::of(user_agent.as_deref().unwrap_or_default()),
        }
    };
    Ok(rows.into_iter().map(view).collect())
}
