//! Attempts from an address at something other than a password; they count together with its failed sign-ins.

use chrono::{DateTime, Utc};

use super::{
    db,
    throttle::{self, Counter},
};
use crate::{db::SystemTx, identity::Visitor};

fn key_of(visitor: &Visitor) -> Option<String> {
    visitor.address().map(|address| format!("addr:{}", throttle::counted_address(address)))
}

/// Seconds that an address has to wait; `None` if it may try. Needs `Enrol`.
pub async fn wait_of_address(tx: &mut SystemTx, visitor: &Visitor, now: DateTime<Utc>) -> Result<Option<u64>, sqlx::Error> {
    let Some(key) = key_of(visitor) else { return Ok(None) };
    let counters = db::lock_counters(tx, std::slice::from_ref(&key)).await?;
    Ok(throttle::wait_of_address(counters.get(&key), now))
}

/// Counts a failure of an address. Needs `Enrol`.
pub async fn count_failure_of_address(tx: &mut SystemTx, visitor: &Visitor, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    if let Some(key) = key_of(visitor) {
        count_failure(tx, &key, now).await?;
    }
    Ok(())
}

/// Counts a failure of the address with this key; returns its counter afterwards. Needs `Enrol` or `Login`.
pub(super) async fn count_failure(tx: &mut SystemTx, key: &String, now: DateTime<Utc>) -> Result<Counter, sqlx::Error> {
    let keys = std::slice::from_ref(key);
    db::create_counters(tx, keys, now).await?;
    let counters = db::lock_counters(tx, keys).await?;
    let counter = throttle::fail_address(&counters.get(key).copied().unwrap_or(Counter::none(now)), now);
    db::store_counter(tx, key, &counter).await?;
    Ok(counter)
}
