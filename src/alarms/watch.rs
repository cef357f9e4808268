//! Looks at a source, raises alarms, lets them grow and ends them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Finding, Kind, Source,
    db::{self, OpenAlarm},
};
use crate::{
    db::{Scope, ScopedTx, Write},
    events::{NewEvent, record_event},
    identity::Region,
    ops::Origin,
    regions::for_each_region,
    state::AppState,
};

/// Looks at a source in all regions.
pub async fn watch_all<S: Source>(state: &AppState) -> Result<(), sqlx::Error> {
    for_each_region(&state.db, S::TEXTS.trouble, |region| async move { watch_region::<S>(state, &region).await }).await
}

/// Looks at a source in one region. Writes only if something has changed.
pub async fn watch_region<S: Source>(state: &AppState, region: &Region) -> Result<(), sqlx::Error> {
    let (scope, now) = (Scope::system(region.clone(), None, Origin::System), state.clock.now());
    let mut tx = state.db.read_snapshot(&scope).await?;
    let states = S::list_states(&mut tx).await?;
    let open = db::list_open(&mut tx, S::NAME).await?;
    drop(tx);
    let found = states.iter().flat_map(|state| S::judge(state, now).into_iter().map(move |finding| (finding, state))).collect();
    let steps = plan(S::KINDS, found, &open);
    if steps.is_empty() {
        return Ok(());
    }
    let mut tx = state.db.write(&scope).await?;
    for step in steps {
        take::<S>(&mut tx, region, step, now).await?;
    }
    tx.commit().await
}

/// What has to be done about an alarm.
#[derive(Debug, PartialEq)]
enum Step<'a, T> {
    End(Uuid),
    Raise(Finding, &'a T),
    Grow(Uuid, i64),
}

/// Plans the steps. An alarm of a kind that this release does not know is left to the release that knows it.
fn plan<'a, T>(kinds: &[Kind], found: Vec<(Finding, &'a T)>, open: &[OpenAlarm]) -> Vec<Step<'a, T>> {
    let is_found: HashSet<(Uuid, &str)> = found.iter().map(|(finding, _)| (finding.subject, finding.kind.word)).collect();
    let is_known = |alarm: &&OpenAlarm| kinds.iter().any(|kind| kind.word == alarm.kind);
    let is_over = |alarm: &&OpenAlarm| !is_found.contains(&(alarm.subject, alarm.kind.as_str()));
    let mut steps: Vec<Step<'a, T>> = open.iter().filter(is_known).filter(is_over).map(|alarm| Step::End(alarm.id)).collect();
    let open: HashMap<(Uuid, &str), &OpenAlarm> = open.iter().map(|alarm| ((alarm.subject, alarm.kind.as_str()), alarm)).collect();
    steps.extend(found.into_iter().filter_map(|(finding, state)| match open.get(&(finding.subject, finding.kind.word)) {
        None => Some(Step::Raise(finding, state)),
        Some(alarm) if finding.kind.is_seen_again && finding.amount > alarm.amount => Some(Step::Grow(alarm.id, finding.amount)),
        Some(_) => None,
    }));
    steps
}

async fn take<S: Source>(
    tx: &mut ScopedTx<Write>,
    region: &Region,
    step: Step<'_, S::State>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    match step {
        Step::End(id) => db::end(tx, region, S::NAME, id, now).await,
        Step::Grow(id, amount) => db::grow(tx, region, S::NAME, id, amount).await,
        Step::Raise(finding, state) => {
            let is_new = db::insert(tx, region, S::NAME, &finding, now).await?;
            match finding.kind.event.filter(|_| is_new) {
                Some(kind) => record_event(tx, region, &S::tell(NewEvent::new(kind), state, &finding), now).await,
                None => Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarms::Severity;

    const GROWING: Kind = Kind::new("growing", Severity::Critical, "a", "b").seen_again();
    const STEADY: Kind = Kind::new("steady", Severity::Note, "a", "b");

    fn finding(subject: u128, kind: Kind, amount: i64) -> (Finding, &'static ()) {
        (Finding { subject: Uuid::from_u128(subject), kind, amount, since: DateTime::UNIX_EPOCH }, &())
    }

    fn open(id: u128, subject: u128, kind: &str, amount: i64) -> OpenAlarm {
        OpenAlarm { id: Uuid::from_u128(id), subject: Uuid::from_u128(subject), kind: kind.into(), amount }
    }

    fn steps(found: &[(Finding, &'static ())], open: &[OpenAlarm]) -> Vec<Step<'static, ()>> {
        plan(&[GROWING, STEADY], found.to_vec(), open)
    }

    #[test]
    fn an_alarm_is_raised_once_and_ends_when_nothing_is_odd_any_more() {
        let (one, other) = (finding(1, STEADY, 3), finding(2, STEADY, 3));
        assert_eq!(steps(&[one, other], &[open(7, 1, "steady", 3)]), [Step::Raise(other.0, &())]);
        assert_eq!(steps(&[one], &[open(7, 1, "growing", 3)]), [Step::End(Uuid::from_u128(7)), Step::Raise(one.0, &())]);
        assert_eq!(steps(&[], &[open(7, 1, "steady", 3), open(8, 2, "steady", 3)]).len(), 2);
    }

    #[test]
    fn an_alarm_grows_where_its_kind_says_so_and_never_shrinks() {
        for (now, wanted) in [(2, None), (3, None), (4, Some(4))] {
            let grown: Vec<_> = wanted.into_iter().map(|amount| Step::Grow(Uuid::from_u128(7), amount)).collect();
            assert_eq!(steps(&[finding(1, GROWING, now)], &[open(7, 1, "growing", 3)]), grown, "{now}");
            assert_eq!(steps(&[finding(1, STEADY, now)], &[open(7, 1, "steady", 3)]), [], "{now}");
        }
    }

    #[test]
    fn an_alarm_of_a_kind_that_a_later_release_knows_is_left_alone() {
        assert_eq!(steps(&[], &[open(7, 1, "of_tomorrow", 3)]), []);
    }
}
