//! Which lines of the log a page or a file contains. The address holds all filters.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::cursor::{Cursor, Mark};
use crate::{
    events::EventKind,
    i18n::Lang,
    ops::Origin,
    sync::entities,
    text::{account_name, clean},
    web::asked::Asked,
};

/// Changes of rows: the log's action and the translation key of its word.
pub(super) const ACTIONS: [(&str, &str); 5] =
    [("create", "kind-create"), ("update", "kind-update"), ("delete", "kind-delete"), ("restore", "kind-restore"), ("erase", "kind-erase")];
/// All changes of rows.
pub(super) const CHANGES: &str = "changes";
/// Everything about signing in and out.
pub(super) const SIGN_INS: &str = "sign_ins";
const SIGN_IN_EVENTS: [EventKind; 4] = [EventKind::SignIn, EventKind::SignInFailed, EventKind::SignInThrottled, EventKind::SignOut];
/// Origins of a change.
pub(super) const ORIGINS: [Origin; 6] = [Origin::Web, Origin::Offline, Origin::Agent, Origin::Import, Origin::Legacy, Origin::System];

/// The address's query.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ActivityQuery {
    pub(super) actor: Option<String>,
    pub(super) region: Option<String>,
    pub(super) entity: Option<String>,
    pub(super) entity_id: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) before: Option<String>,
    pub(super) format: Option<String>,
}

/// Conditions of the queries. `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Filter {
    /// Name of the account that acted.
    pub actor: Option<String>,
    /// Kind of row.
    pub entity: Option<String>,
    /// A single row.
    pub entity_id: Option<Uuid>,
    /// Action of a change.
    pub action: Option<String>,
    /// Origin of a change.
    pub origin: Option<String>,
    /// Kinds of events.
    pub events: Option<Vec<String>>,
    /// The earliest instant.
    pub from: Option<DateTime<Utc>>,
    /// The end, exclusive.
    pub until: Option<DateTime<Utc>>,
    /// Whether changes are wanted at all.
    pub wants_changes: bool,
    /// Whether events are wanted at all: they concern no row and have no origin.
    pub wants_events: bool,
}

/// The filters as the form shows them.
#[derive(Debug, Clone, Default)]
pub struct FilterView {
    /// Name of an account, as typed.
    pub actor: String,
    /// Region's code.
    pub region: String,
    /// Kind of row.
    pub entity: String,
    /// The single row's id.
    pub entity_id: String,
    /// Kind of action or event.
    pub kind: String,
    /// Origin of a change.
    pub origin: String,
    /// First date, as typed.
    pub from: String,
    /// Last date, as typed.
    pub to: String,
    /// The error of `from`.
    pub from_error: String,
    /// The error of `to`.
    pub to_error: String,
}

impl FilterView {
    /// Whether anything is filtered.
    pub fn is_narrowed(&self) -> bool {
        [&self.actor, &self.region, &self.entity, &self.entity_id, &self.kind, &self.origin, &self.from, &self.to]
            .iter()
            .any(|v| !v.is_empty())
    }
}

/// Reads the address. Returns a sentence for each unreadable parameter; if there is any, nothing is to be listed.
pub(super) fn read_filter(lang: Lang, query: &ActivityQuery) -> (Filter, FilterView, Vec<String>) {
    let mut asked = Asked::new(lang);
    let text = |field: &Option<String>| clean(field.as_deref().unwrap_or_default());
    let mut shown = FilterView {
        actor: text(&query.actor),
        region: text(&query.region),
        entity: text(&query.entity),
        entity_id: text(&query.entity_id),
        kind: text(&query.kind),
        origin: text(&query.origin),
        ..FilterView::default()
    };
    let mut filter = Filter { wants_changes: true, wants_events: true, ..Filter::default() };
    filter.actor = Some(account_name(&shown.actor)).filter(|name| !name.is_empty());
    let known = |words: &[&str], word: &str| words.contains(&word).then(|| word.to_owned());
    filter.entity = asked.word("entity", Some(&shown.entity), |word| entities().find(|known| *known == word).map(str::to_owned));
    filter.origin = asked.word("origin", Some(&shown.origin), |word| known(&ORIGINS.map(Origin::as_str), word));
    filter.entity_id = asked.id("entity_id", Some(&shown.entity_id));
    asked.word("kind", Some(&shown.kind), |word| read_kind(&mut filter, word));
    if filter.entity.is_some() || filter.entity_id.is_some() || filter.origin.is_some() {
        filter.wants_events = false;
    }
    let (from, to) = asked.range(query.from.as_deref(), query.to.as_deref());
    let as_typed = |date: Option<NaiveDate>, typed| date.map_or_else(|| text(typed), |date| date.to_string());
    (shown.from, shown.to) = (as_typed(from, &query.from), as_typed(to, &query.to));
    (shown.from_error, shown.to_error) = (asked.error("from"), asked.error("to"));
    filter.from = from.map(start_of);
    filter.until = to.and_then(|day| day.succ_opt()).map(start_of);
    (filter, shown, asked.sentences())
}

/// `None` for an unknown kind.
fn read_kind(filter: &mut Filter, word: &str) -> Option<()> {
    match word {
        CHANGES => filter.wants_events = false,
        SIGN_INS => {
            filter.wants_changes = false;
            filter.events = Some(SIGN_IN_EVENTS.iter().map(|kind| kind.as_str().to_owned()).collect());
        }
        word if ACTIONS.iter().any(|(action, _)| *action == word) => {
            filter.wants_events = false;
            filter.action = Some(word.to_owned());
        }
        word => {
            let kind = EventKind::parse(word)?;
            filter.wants_changes = false;
            filter.events = Some(vec![kind.as_str().to_owned()]);
        }
    }
    Some(())
}

/// Midnight in Istanbul, three hours before midnight in UTC (clock.rs).
fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(3)
}

impl Filter {
    /// The cursor at which the list begins: above all lines, or above the last day of the filter.
    pub fn top(&self) -> Cursor {
        self.until.map_or(Cursor::TOP, |at| Cursor { at, mark: Mark::Event(Uuid::nil()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Filter, FilterView, Vec<String>) {
        let get = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let query = ActivityQuery {
            actor: get("actor"),
            entity: get("entity"),
            entity_id: get("entity_id"),
            kind: get("kind"),
            origin: get("origin"),
            from: get("from"),
            to: get("to"),
            ..ActivityQuery::default()
        };
        read_filter(Lang::Tr, &query)
    }

    fn filter(pairs: &[(&str, &str)]) -> Filter {
        let (filter, _, wrong) = read(pairs);
        assert!(wrong.is_empty(), "{wrong:?}");
        filter
    }

    #[test]
    fn without_filters_everything_is_wanted() {
        let all = filter(&[("actor", " "), ("kind", "")]);
        assert_eq!(all, Filter { wants_changes: true, wants_events: true, ..Filter::default() });
    }

    #[test]
    fn a_kind_is_of_one_log_and_a_row_or_an_origin_leaves_events_out() {
        for (pairs, changes, events) in [
            (&[("kind", "changes")][..], true, false),
            (&[("kind", "delete")], true, false),
            (&[("kind", "sign_ins")], false, true),
            (&[("kind", "token_made")], false, true),
            (&[("entity", "employee")], true, false),
            (&[("origin", "import")], true, false),
            (&[("entity", "employee"), ("kind", "sign_ins")], false, false),
        ] {
            let asked = filter(pairs);
            assert_eq!((asked.wants_changes, asked.wants_events), (changes, events), "{pairs:?}");
        }
        assert_eq!(filter(&[("kind", "sign_ins")]).events.unwrap().len(), 4);
    }

    #[test]
    fn days_are_istanbuls_and_both_belong_to_the_range() {
        let day = filter(&[("from", "05.01.2026"), ("to", "2026-01-05")]);
        let at = |text: &str| text.parse::<DateTime<Utc>>().ok();
        assert_eq!((day.from, day.until), (at("2026-01-04T21:00:00Z"), at("2026-01-05T21:00:00Z")));
        let (_, shown, wrong) = read(&[("from", "32.01.2026")]);
        assert!(wrong.len() == 1 && !shown.from_error.is_empty() && shown.from == "32.01.2026");
        let (_, shown, wrong) = read(&[("from", "06.01.2026"), ("to", "05.01.2026")]);
        assert!(wrong.len() == 1 && !shown.to_error.is_empty());
    }

    #[test]
    fn what_is_on_no_list_is_refused() {
        for pair in [("kind", "coffee"), ("entity", "users"), ("origin", "fax"), ("entity_id", "7")] {
            assert_eq!(read(&[pair]).2.len(), 1, "{pair:?}");
        }
    }
}
