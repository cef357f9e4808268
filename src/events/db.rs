//! SQL of the events.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::NewEvent;
use crate::{
    db::{Mode, ScopedTx, Write},
    identity::Region,
    ids::new_id,
};

/// Records an event of `region`, which must be in the transaction's scope. Number and hash are assigned at commit.
pub async fn record_event(tx: &mut ScopedTx<Write>, region: &Region, event: &NewEvent, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"
        INSERT INTO app.activity_event (region, id, at, actor, username, kind, address, user_agent, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        region.code(),
        new_id(),
        now,
        event.actor,
        event.username,
        event.kind.as_str(),
        event.visitor.address().map(|a| a.to_string()),
        event.visitor.user_agent(),
        Value::Object(event.detail.clone()),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// One event.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Code of the region whose log holds it.
    pub region: String,
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Name of the account; `None` for the server and for people who are not signed in.
    pub username: Option<String>,
    /// The value of its [`EventKind`](super::EventKind).
    pub kind: String,
    /// Address of the client.
    pub address: Option<String>,
    /// Further details, by name.
    pub detail: Value,
}

/// Events of these kinds under an account's name, newest first, each with the client's `User-Agent`.
pub async fn list_events_of_account<M: Mode>(
    tx: &mut ScopedTx<M>,
    username: &str,
    kinds: &[String],
    limit: i64,
) -> Result<Vec<(EventRow, Option<String>)>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT region,
               id,
               at,
               username,
               kind,
               address,
               user_agent,
               detail
        FROM app.activity_event
        WHERE region = ANY ($1) AND username = $2 AND kind = ANY ($3)
        ORDER BY at DESC, id DESC
        LIMIT $4
        "#,
        &codes,
        username,
        kinds,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let (region, username, address) = (r.region, r.username, r.address);
            (EventRow { region, id: r.id, at: r.at, username, kind: r.kind, address, detail: r.detail }, r.user_agent)
        })
        .collect())
}

/// Events of these kinds in the scope, newest first.
pub async fn list_events_of<M: Mode>(tx: &mut ScopedTx<M>, kinds: &[String], limit: i64) -> Result<Vec<EventRow>, sqlx::Error> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        EventRow,
        r#"
        SELECT e.region AS "region!",
               e.id AS "id!",
               e.at AS "at!",
               e.username,
               e.kind AS "kind!",
               e.address,
               e.detail AS "detail!"
        FROM unnest($1::text[]) AS r (code)
        CROSS JOIN LATERAL (
            SELECT l.region, l.id, l.at, l.username, l.kind, l.address, l.detail
            FROM app.activity_event l
            WHERE l.region = r.code AND l.kind = ANY ($2)
            ORDER BY l.at DESC, l.id DESC
            LIMIT $3
        ) e
        ORDER BY e.at DESC, e.id DESC
        LIMIT $3
        "#,
        &codes,
        kinds,
        limit,
    )
    .fetch_all(tx.conn())
    .await
}
