//! Whose operation it is, if another person or a PC delivers it or rights have changed since it was entered.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    apply::Carrier,
    grant::{Author, Doubt, GrantKey},
};
use crate::{
    auth::rights::{find_rights, list_ended_sessions},
    db::Db,
    identity::{Actor, Device, Role},
    ops::{Op, Reason},
};

/// What is known of the authors of a delivery.
#[derive(Debug, Clone, Default)]
pub struct Authors {
    key: Option<GrantKey>,
    known: HashMap<Uuid, Author>,
    carrier: String,
}

/// Why an operation is held because of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    pub reason: Reason,
    /// Set if this may be an attempt at fraud: the region's log records it, with the author's name if this region may know it.
    pub suspicious_of: Option<String>,
}

impl Authors {
    /// No author is known yet; `carrier` is the name of the person or PC that delivers.
    pub(super) fn carried_by(key: GrantKey, carrier: &str) -> Self {
        Self { key: Some(key), known: HashMap::new(), carrier: carrier.to_owned() }
    }

    /// Looks up all authors that have to be known to judge these operations, delivered by `carrier`.
    pub async fn look_up<'o>(db: &Db, key: GrantKey, carrier: &Actor, ops: impl IntoIterator<Item = &'o Op>) -> Result<Self, sqlx::Error> {
        let others = ops.into_iter().map(|op| op.actor).filter(|author| *author != carrier.user_id);
        Self::carried_by(key, &carrier.username).with_all(db, others).await
    }

    /// The same for a device: all authors, because no operation is its own.
    pub(super) async fn look_up_all<'o>(
        db: &Db,
        key: GrantKey,
        carrier: &Device,
        ops: impl IntoIterator<Item = &'o Op>,
    ) -> Result<Self, sqlx::Error> {
        Self::carried_by(key, &carrier.name).with_all(db, ops.into_iter().map(|op| op.actor)).await
    }

    /// Looks up each author once; unknown accounts are left out.
    async fn with_all(mut self, db: &Db, authors: impl Iterator<Item = Uuid>) -> Result<Self, sqlx::Error> {
        for author in authors.collect::<BTreeSet<_>>() {
            self.add(db, author).await?;
        }
        Ok(self)
    }

    /// Looks up one more account. Its rights count even where it delivers its own operations.
    pub async fn add(&mut self, db: &Db, author: Uuid) -> Result<(), sqlx::Error> {
        if let Some(rights) = find_rights(db, author).await? {
            let ended = list_ended_sessions(db, author).await?;
            self.known.insert(author, Author { rights, ended });
        }
        Ok(())
    }

    /// Name of the person or PC that delivers.
    pub(super) fn carrier(&self) -> &str {
        &self.carrier
    }

    /// Name of an author who was looked up.
    pub(super) fn name_of(&self, author: Uuid) -> &str {
        self.known.get(&author).map_or("?", |author| author.rights.username.as_str())
    }

    /// Whether an author who was looked up is an administrator.
    pub(super) fn is_admin(&self, author: Uuid) -> bool {
        self.known.get(&author).is_some_and(|author| author.rights.role == Role::Admin)
    }

    /// Whether the operation carries its own author's grant, whatever the author's rights are now: proof that the author was allowed to
    /// write it when the grant was given.
    pub(super) fn was_allowed(&self, op: &Op, hands: Carrier, at: DateTime<Utc>) -> bool {
        match (&self.key, self.known.get(&op.actor)) {
            (Some(key), Some(author)) => key.check(op, author, hands, at).is_ok(),
            _ => false,
        }
    }

    /// Whether `op`, which arrived at `at`, may be applied in its author's name. `hands` brought it.
    pub(super) fn judge(&self, op: &Op, hands: Carrier, at: DateTime<Utc>) -> Result<(), Objection> {
        let author = self.known.get(&op.actor);
        if hands != Carrier::Person(op.actor) {
            let doubt = match (&self.key, author) {
                (Some(key), Some(author)) => key.check(op, author, hands, at),
                _ => Err(Doubt::NotTheirs),
            };
            if let Err(doubt) = doubt {
                let name = author.filter(|a| a.rights.regions.contains(&op.region)).map_or("?", |a| a.rights.username.as_str());
                let suspicious_of = (doubt == Doubt::NotTheirs).then(|| name.to_owned());
                return Err(Objection { reason: Reason::GrantRevoked, suspicious_of });
            }
        }
        if author.is_some_and(|author| !author.rights.may_write(&op.region)) {
            return Err(Objection { reason: Reason::ForbiddenNow, suspicious_of: None });
        }
        Ok(())
    }
}
