//! What a source has to define for its findings to become alarms, and the list of registered sources.

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

/// Looks for something odd. It reads states, judges them without I/O, and names its subjects; the alarms module does the rest.
pub trait Source: 'static {
    /// The word in the table, and in the marks of its list on the dashboard.
    const NAME: &'static str;
    /// The kinds of its alarms, the most urgent first.
    const KINDS: &'static [Kind];
    /// Its texts.
    const TEXTS: Texts;
    /// The event that is recorded when an administrator acknowledges an alarm.
    const SEEN: EventKind;
    /// What the rules look at.
    type State: Send + Sync;

    /// All states in the scope that a rule may find something odd about.
    fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> impl Future<Output = Result<Vec<Self::State>, sqlx::Error>> + Send;

    /// Everything odd about a state, with kinds of [`KINDS`](Self::KINDS).
    fn judge(state: &Self::State, now: DateTime<Utc>) -> Vec<Finding>;

    /// Adds what the log says about a raised alarm. `event` has only its kind.
    fn tell(event: NewEvent, state: &Self::State, finding: &Finding) -> NewEvent;

    /// Names and pages of subjects in the scope, in any order.
    fn describe<M: Mode>(
        tx: &mut ScopedTx<M>,
        lang: Lang,
        subjects: &[Uuid],
    ) -> impl Future<Output = Result<Vec<Subject>, sqlx::Error>> + Send;
}

/// The texts of a source that no finding changes.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// Key of its list's title.
    pub list: &'static str,
    /// Key of the link to a subject's page.
    pub open: &'static str,
    /// Key of the message after an alarm was acknowledged, with `{ $name }`.
    pub seen: &'static str,
    /// Start of the message in the program's own log when a region could not be looked at.
    pub trouble: &'static str,
}

/// The subject of an alarm, in words.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its region.
    pub region: String,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Page of the person or thing with this name, for administrators.
    pub name_href: Option<String>,
    /// More, beside the name.
    pub detail: String,
    /// Its own page.
    pub href: String,
    /// How events name it: the name of the detail, and its value.
    pub in_events: (&'static str, String),
    /// Arguments of [`Kind::why`] besides `n` and `since`.
    pub arguments: Vec<(&'static str, String)>,
}

type Watching<'a> = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'a>>;
type Listing<'a> = Pin<Box<dyn Future<Output = Result<AlarmList, sqlx::Error>> + Send + 'a>>;

/// A registered source.
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
    /// The source of type `S`.
    pub const fn of<S: Source>() -> Self {
        Self {
            name: S::NAME,
            kinds: S::KINDS,
            trouble: S::TEXTS.trouble,
            watch: |state| Box::pin(watch_all::<S>(state)),
            list: |tx, ctx, rows| Box::pin(list_of::<S>(tx, ctx, rows)),
        }
    }

    /// Looks at all regions. What could not be looked at is logged and left to the next time.
    pub async fn watch(&self, state: &AppState) {
        if let Err(error) = (self.watch)(state).await {
            tracing::warn!(%error, "{}", self.trouble);
        }
    }
}

static SOURCES: OnceLock<&'static [Registered]> = OnceLock::new();

/// Registers the sources, in the order in which they are looked at and shown. Once per process; later calls change nothing.
pub fn install(sources: &'static [Registered]) {
    SOURCES.get_or_init(|| sources);
}

/// The registered sources.
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
