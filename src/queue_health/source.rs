//! The browsers' queues as a source of alarms.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    db::{self, Watched},
    rules::{CLOCK, HOLE, SILENT, VANISHED, judge},
    views::{browser, user_href, who},
};
use crate::{
    alarms::{Finding, Kind, Source, Subject, Texts},
    db::{Mode, ScopedTx},
    events::{EventKind, NewEvent},
    i18n::Lang,
    identity::Region,
};

/// What is odd about the browsers' queues.
pub struct QueueAlarms;

impl Source for QueueAlarms {
    const NAME: &'static str = "queue";
    const KINDS: &'static [Kind] = &[VANISHED, HOLE, SILENT, CLOCK];
    const TEXTS: Texts = Texts {
        list: "queue-alarms",
        open: "queue-alarm-open",
        seen: "flash-queue-alarm-seen",
        trouble: "the browsers' queues were not looked at",
    };
    const SEEN: EventKind = EventKind::QueueAlarmSeen;
    type State = Watched;

    async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Watched>, sqlx::Error> {
        db::list_states(tx).await
    }

    fn judge(queue: &Watched, now: DateTime<Utc>) -> Vec<Finding> {
        judge(&queue.state, now)
    }

    fn tell(event: NewEvent, queue: &Watched, finding: &Finding) -> NewEvent {
        let event = match &queue.username {
            Some(name) => event.by_account(Some(queue.user_id), name),
            None => event,
        };
        let event = event.with("queue", finding.subject.to_string()).with("count", finding.amount).with("browser", queue.browser.as_str());
        event.with("since", finding.since.to_rfc3339())
    }

    async fn describe<M: Mode>(tx: &mut ScopedTx<M>, lang: Lang, subjects: &[Uuid]) -> Result<Vec<Subject>, sqlx::Error> {
        let subject = |row: db::Named| Subject {
            id: row.queue_id,
            in_events: ("account", row.username.clone().unwrap_or_default()),
            name: who(lang, row.username, &row.reporter),
            name_href: Some(user_href(row.user_id)),
            detail: browser(lang, row.browser),
            href: if row.region == Region::company().code() { "/queue".to_owned() } else { format!("/queue?region={}", row.region) },
            region: row.region,
            arguments: Vec::new(),
        };
        Ok(db::list_named(tx, subjects).await?.into_iter().map(subject).collect())
    }
}
