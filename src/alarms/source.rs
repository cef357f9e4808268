//! What has to be said for something odd to become an alarm, and the list of those that say it.

use std::{pin::Pin, sync::OnceLock};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Finding, Kind,
    db::AlarmRow,
    views::{AlarmList, list_of},
    watch::watch_all,
};
use crate::{
    db::{Mode, Read, ScopedTx},
    events::{EventKind, NewEvent},
    i18n::Lang,
    state::AppState,
    web::page::Ctx,
};

/// What looks for something odd. It reads states, judges them without I/O, and says how its subjects are called; all else is the room's.
pub trait Source: 'static {
    /// The word in the table, and in the marks of its list on the dashboard.
    const NAME: &'static str;
    /// What may be odd, the most urgent first.
    const KINDS: &'static [Kind];
    /// Its texts.
    const TEXTS: Texts;
    /// The event of an alarm that an administrator has seen.
    const SEEN: EventKind;
    /// What the rules look at.
    type State: Send + Sync;

    /// Everything in the scope about which a rule may have something to say.
    fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> impl Future<Output = Result<Vec<Self::State>, sqlx::Error>> + Send;

    /// Everything odd about a state, with kinds of [`KINDS`](Self::KINDS).
    fn judge(state: &Self::State, now: DateTime<Utc>) -> Vec<Finding>;

    /// What the log says of an alarm that is raised. `event` has its kind only.
    fn tell(event: NewEvent, state: &Self::State, finding: &Finding) -> NewEvent;

    /// How subjects of the scope are called, in any order.
    fn describe<M: Mode>(
        tx: &mut ScopedTx<M>,
        lang: Lang,
        subjects: &[Uuid],
    ) -> impl Future<Output = Result<Vec<Subject>, sqlx::Error>> + Send;
}

/// The texts of a source that no finding changes.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// Key of what its list is called.
    pub list: &'static str,
    /// Key of the link to a subject's page.
    pub open: &'static str,
    /// Key of the message after an alarm was acknowledged, with `{ $name }`.
    pub seen: &'static str,
    /// How a line of the program's own log begins when a region could not be looked at.
    pub trouble: &'static str,
}

/// What an alarm is about, in words.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its region.
    pub region: String,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The page of who or what the name is of, which administrators open.
    pub name_href: Option<String>,
    /// More, beside the name.
    pub detail: String,
    /// Its own page.
    pub href: String,
    /// How events name it: the detail's name, and its value.
    pub in_events: (&'static str, String),
    /// What [`Kind::why`] takes besides `n` and `since`.
    pub arguments: Vec<(&'static str, String)>,
}

type Watching<'a> = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'a>>;
type Listing<'a> = Pin<Box<dyn Future<Output = Result<AlarmList, sqlx::Error>> + Send + 'a>>;

/// A source in the list of all.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    /// The word in the table.
    pub name: &'static str,
    /// What may be odd.
    pub kinds: &'static [Kind],
    pub(super) trouble: &'static str,
    pub(super) watch: for<'a> fn(&'a AppState) -> Watching<'a>,
    pub(super) list: for<'a> fn(&'a mut ScopedTx<Read>, &'a Ctx, Vec<AlarmRow>) -> Listing<'a>,
}

impl Registered {
    /// The source of which `S` is the type.
    pub const fn of<S: Source>() -> Self {
        Self {
            name: S::NAME,
            kinds: S::KINDS,
            trouble: S::TEXTS.trouble,
            watch: |state| Box::pin(watch_all::<S>(state)),
            list: |tx, ctx, rows| Box::pin(list_of::<S>(tx, ctx, rows)),
        }
    }

    /// Looks at all regions, and leaves what cannot be looked at to the next time.
    pub async fn watch(&self, state: &AppState) {
        if let Err(error) = (self.watch)(state).await {
            tracing::warn!(%error, "{}", self.trouble);
        }
    }
}

static SOURCES: OnceLock<&'static [Registered]> = OnceLock::new();

/// Says which sources there are, in the order in which they are looked at and shown. Once per process; what comes later says the same.
pub fn install(sources: &'static [Registered]) {
    SOURCES.get_or_init(|| sources);
}

/// The sources that have registered.
pub fn sources() -> &'static [Registered] {
    #[cfg(test)]
    crate::registry::install();
    SOURCES.get().expect("a process says which sources of alarms there are before it serves any (`registry::install`)")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_source_and_every_kind_is_known_by_its_word_and_the_kinds_are_by_urgency() {
        let names: HashSet<&str> = sources().iter().map(|source| source.name).collect();
        assert_eq!((names.len(), sources().len() > 1), (sources().len(), true));
        for source in sources() {
            let words: HashSet<&str> = source.kinds.iter().map(|kind| kind.word).collect();
            assert_eq!(words.len(), source.kinds.len(), "{}", source.name);
            assert!(source.kinds.is_sorted_by_key(|kind| kind.severity), "{}", source.name);
        }
    }
}
