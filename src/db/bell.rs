//! The bell wakes waiting readers of the feed when something is committed in one of their regions.
//!
//! Commits of this process ring at once. Those of other processes, and changes made by hand, are found by [`Bell::watch`]: once a second it
//! looks at the last numbers of the regions that readers wait for, however many wait. `LISTEN` would be quicker, but belongs to a session,
//! which a pooler in transaction mode does not give; `NOTIFY` makes all commits of a database wait for each other (docs/adr/0016).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    db::{Db, Mode, Scope, ScopedTx},
    identity::Region,
};

/// The longest time for which a commit of another process goes unnoticed.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// Rings for a region's readers. Cheap to clone.
#[derive(Clone, Default)]
pub struct Bell(Arc<Mutex<HashMap<Region, Vec<Weak<Ear>>>>>);

/// A reader that waits.
#[derive(Default)]
pub struct Ear {
    rung: Notify,
    /// The last number it has of each region.
    at: Mutex<BTreeMap<Region, i64>>,
}

impl Bell {
    /// Something was committed in this region.
    pub fn ring(&self, region: &Region) {
        if let Some(ears) = lock(&self.0).get_mut(region) {
            ears.retain(|ear| {
                ear.upgrade().is_some_and(|ear| {
                    ear.rung.notify_one();
                    true
                })
            });
        }
    }

    /// From now on, also before `Ear::wait`, nothing that is committed in these regions is missed.
    pub fn listen(&self, regions: &[Region]) -> Arc<Ear> {
        let ear = Arc::new(Ear::default());
        let mut all = lock(&self.0);
        for region in regions {
            let ears = all.entry(region.clone()).or_default();
            ears.retain(|other| other.strong_count() > 0);
            ears.push(Arc::downgrade(&ear));
        }
        ear
    }

    /// Rings for what other processes commit, until it is dropped.
    pub async fn watch(self, db: Db) {
        let mut each_second = tokio::time::interval(LOOKED_EVERY);
        each_second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            each_second.tick().await;
            if let Err(error) = self.look(&db).await {
                tracing::debug!(%error, "the feed's numbers were not looked at"); // readers look themselves when their time is up
            }
        }
    }

    async fn look(&self, db: &Db) -> Result<(), sqlx::Error> {
        let waiting = self.waiting();
        let regions: BTreeSet<Region> = waiting.iter().flat_map(|ear| lock(&ear.at).keys().cloned().collect::<Vec<_>>()).collect();
        if regions.is_empty() {
            return Ok(());
        }
        let mut tx = db.read(&Scope::of_server(regions.into_iter().collect())).await?;
        let heads: HashMap<String, i64> = list_heads(&mut tx).await?.into_iter().collect();
        drop(tx);
        for ear in waiting {
            let is_behind = |(region, at): (&Region, &i64)| heads.get(region.code()).is_some_and(|head| head > at);
            if lock(&ear.at).iter().any(is_behind) {
                ear.rung.notify_one();
            }
        }
        Ok(())
    }

    /// The waiting readers, each once.
    fn waiting(&self) -> Vec<Arc<Ear>> {
        let ears: Vec<Arc<Ear>> = lock(&self.0).values().flatten().filter_map(Weak::upgrade).collect();
        let mut seen = BTreeSet::new();
        ears.into_iter().filter(|ear| seen.insert(Arc::as_ptr(ear) as usize)).collect()
    }
}

impl Ear {
    /// Waits for the bell, for no longer than `at_most`. `at` is how far the reader has read in each region.
    pub async fn wait(&self, at: BTreeMap<Region, i64>, at_most: Duration) {
        *lock(&self.at) = at;
        let _ = tokio::time::timeout(at_most, self.rung.notified()).await;
    }
}

/// Nothing done under these locks can fail half-way, so a poisoned lock is used all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Last number of each region of the scope that has one.
pub async fn list_heads<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let codes = tx.scope().codes();
    let rows = sqlx::query!("SELECT region, seq FROM app.region_head WHERE region = ANY ($1)", &codes).fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(|r| (r.region, r.seq)).collect())
}
