//! Operations that an event releases are tried again: all of them, however many, without making the person who caused the event wait.

use uuid::Uuid;

use super::{
    caller_for,
    db::{self, Turn},
};
use crate::{
    db::Scope,
    error::AppResult,
    identity::Region,
    ops::{Origin, Reason, VerdictKind},
    regions::{self, for_each_region},
    state::AppState,
    sync::apply::{Again, decide_again},
};

/// Operations that are tried again while the person who caused the event waits: usually that is all. The others are tried after the
/// response.
const WHILE_SOMEBODY_WAITS: i64 = 20;
/// Operations that are looked up at a time.
const AT_A_TIME: i64 = 200;

/// An account got other rights: operations that were held for that are tried again.
pub async fn retry_of_author(state: &AppState, author: Uuid) -> AppResult<()> {
    let regions = regions::db::list_all_regions(&state.db).await?;
    begin(state, regions.into_iter().map(|region| Retrial::new(region, &[Reason::ForbiddenNow], Some(author))).collect()).await;
    Ok(())
}

/// A region was opened: operations that arrived while it was closed are tried again.
pub async fn retry_of_region(state: &AppState, region: &Region) {
    begin(state, vec![Retrial::new(region.clone(), &[Reason::RegionClosed], None)]).await;
}

/// The server starts, perhaps in a newer version: operations that an older version did not know or failed on are tried again, and those
/// that an event had released when the process ended in the middle of this work.
pub async fn retry_at_start(state: &AppState) -> AppResult<()> {
    let retry = |region: Region| async move {
        let mut reasons = vec![Reason::SchemaUnknown, Reason::InternalError, Reason::ForbiddenNow];
        if regions::db::is_open(&state.db, &region).await? {
            reasons.push(Reason::RegionClosed);
        }
        Retrial::new(region, &reasons, None).finish(state).await
    };
    Ok(for_each_region(&state.db, NOT_RETRIED, retry).await?)
}

const NOT_RETRIED: &str = "held operations were not tried again";

/// Tries the first operations of each, and leaves the rest to a task. If the process ends before that, the next one continues at its start.
async fn begin(state: &AppState, retrials: Vec<Retrial>) {
    let mut rest = Vec::new();
    for mut retrial in retrials {
        match retrial.go_on(state, WHILE_SOMEBODY_WAITS).await {
            Ok(true) => rest.push(retrial),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(region = retrial.region.code(), %error, "{NOT_RETRIED} at once");
                rest.push(retrial);
            }
        }
    }
    if rest.is_empty() {
        return;
    }
    let state = state.clone();
    tokio::spawn(async move {
        for mut retrial in rest {
            if let Err(error) = retrial.finish(&state).await {
                tracing::warn!(region = retrial.region.code(), %error, "{NOT_RETRIED}");
            }
        }
    });
}

/// Operations of a region that are held for one of these reasons, of one author or of all, and how far they have been tried again.
struct Retrial {
    region: Region,
    reasons: Vec<String>,
    author: Option<Uuid>,
    after: Option<Turn>,
}

impl Retrial {
    fn new(region: Region, reasons: &[Reason], author: Option<Uuid>) -> Self {
        let word = |reason: &Reason| serde_json::to_value(reason).ok()?.as_str().map(str::to_owned);
        Self { region, reasons: reasons.iter().filter_map(word).collect(), author, after: None }
    }

    /// Tries all remaining ones.
    async fn finish(&mut self, state: &AppState) -> AppResult<()> {
        while self.go_on(state, AT_A_TIME).await? {}
        Ok(())
    }

    /// Tries the next ones, each in a transaction of its own, so that one that fails stops no other. False if there are no more.
    async fn go_on(&mut self, state: &AppState, most: i64) -> AppResult<bool> {
        let scope = Scope::system(self.region.clone(), None, Origin::Offline);
        let held = db::list_held(&mut state.db.read(&scope).await?, &self.reasons, self.author, self.after.as_ref(), most).await?;
        let has_more = i64::try_from(held.len()).is_ok_and(|count| count == most);
        for turn in held {
            if let Err(error) = retry_one(state, &scope, &self.region, turn.op_id).await {
                tracing::error!(op_id = %turn.op_id, region = self.region.code(), %error, "a held operation could not be tried again");
            }
            self.after = Some(turn);
        }
        Ok(has_more)
    }
}

async fn retry_one(state: &AppState, scope: &Scope, region: &Region, op_id: Uuid) -> AppResult<()> {
    let Some(seen) = db::find_stored(&mut state.db.read(scope).await?, op_id).await? else { return Ok(()) };
    let who = caller_for(state, seen.op.actor, "", &seen.op).await?;
    let mut tx = state.db.write(scope).await?;
    db::lock_queue_of(&mut tx, region, op_id).await?;
    if let Some(stored) = db::find_stored(&mut tx, op_id).await?.filter(|stored| stored.verdict.verdict == VerdictKind::Held) {
        decide_again(&mut tx, &who, &stored, Again::ByTheRules).await?;
        tx.commit().await?;
        state.bell.ring(region);
    }
    Ok(())
}
