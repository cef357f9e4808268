//! SQL of the devices as the rules look at them.

use uuid::Uuid;

use super::rules::DeviceState;
use crate::db::{Mode, ScopedTx};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A device with what an event about it has to name.
#[derive(Debug, Clone)]
pub struct Watched {
    pub(super) state: DeviceState,
    pub(super) name: String,
}

/// The devices of the scope that have reported and are not revoked.
pub(super) async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Watched>> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!(
        r#"
        SELECT c.device_id,
               d.name,
               c.last_at,
               c.waiting,
               c.offset_ms,
               c.digest_equal,
               c.disk_free,
               c.troubles
        FROM app.device_contact c
        JOIN auth.devices d ON d.region = c.region AND d.id = c.device_id
        WHERE c.region = ANY ($1) AND d.revoked_at IS NULL
        "#,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let watched = rows.into_iter().map(|r| Watched {
        state: DeviceState {
            device_id: r.device_id,
            last_at: r.last_at,
            waiting: r.waiting,
            offset_ms: r.offset_ms,
            digest_equal: r.digest_equal,
            disk_free: r.disk_free,
            troubles: r.troubles,
        },
        name: r.name,
    });
    Ok(watched.collect())
}

/// A device with the names that an alarm about it shows.
pub(super) struct Named {
    pub region: String,
    pub device_id: Uuid,
    pub name: String,
    pub host: String,
}

/// These devices of the scope.
pub(super) async fn list_named<M: Mode>(tx: &mut ScopedTx<M>, device_ids: &[Uuid]) -> Result<Vec<Named>> {
    let codes = tx.scope().codes();
    sqlx::query_as!(
        Named,
        r#"
        SELECT c.region,
               c.device_id,
               d.name,
               c.host
        FROM app.device_contact c
        JOIN auth.devices d ON d.region = c.region AND d.id = c.device_id
        WHERE c.region = ANY ($1) AND c.device_id = ANY ($2)
        "#,
        &codes,
        device_ids,
    )
    .fetch_all(tx.conn())
    .await
}
