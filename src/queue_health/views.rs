//! The browsers' queues on the dashboard.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::db;
use crate::{
    alarms::place,
    db::{Mode, ScopedTx},
    i18n::{Ago, Lang, t, t_with},
    identity::Region,
    web::{assets, page::Ctx},
};

/// Queues without work are shown for this long after their last report.
const SHOWN_FOR: TimeDelta = TimeDelta::days(14);
/// Bodies of the quarantine in the list.
const QUARANTINED: i64 = 20;

/// A queue in the list.
#[derive(Debug, Clone)]
pub struct QueueView {
    /// The region's code.
    pub region: String,
    /// The queue.
    pub id: Uuid,
    /// Whose queue it is.
    pub who: String,
    /// The account's page; `None` if the reader may not open it.
    pub who_href: Option<String>,
    /// Names of its user's regions.
    pub regions: String,
    /// "Chrome 120, Windows".
    pub browser: String,
    /// Operations that wait.
    pub len: i64,
    /// Since when the oldest waits.
    pub oldest: Option<Ago>,
    /// When it was last reported.
    pub last: Ago,
    /// Build of its page.
    pub build: String,
    /// Whether that page was opened before the last update.
    pub is_old: bool,
}

/// A body that the server could not read.
#[derive(Debug, Clone)]
pub struct QuarantinedView {
    /// Its id.
    pub id: Uuid,
    /// The region's name.
    pub place: String,
    /// Who sent it.
    pub who: String,
    /// "Chrome 120, Windows".
    pub browser: String,
    /// Bytes.
    pub size: i64,
    /// When.
    pub ago: Ago,
}

/// The queues and the quarantine.
#[derive(Debug, Clone, Default)]
pub struct QueuesView {
    /// The queues, those that wait longest first.
    pub queues: Vec<QueueView>,
    /// Bodies in the quarantine; 0 if the reader may not open them.
    pub quarantined: i64,
    /// The last of them.
    pub bodies: Vec<QuarantinedView>,
}

/// Reads what the dashboard shows of the scope's queues.
pub async fn load_queues<M: Mode>(tx: &mut ScopedTx<M>, ctx: &Ctx, now: DateTime<Utc>) -> Result<QueuesView, sqlx::Error> {
    let lang = ctx.lang;
    let queues = db::list_queues(tx, now - SHOWN_FOR).await?.into_iter().map(|row| queue(ctx, row, assets::build(), now)).collect();
    let (quarantined, bodies) = if ctx.is_admin() { db::list_quarantined(tx, QUARANTINED).await? } else { (0, Vec::new()) };
    let bodies = bodies.into_iter().map(|row| QuarantinedView {
        id: row.id,
        place: place(ctx, &row.region),
        who: row.username,
        browser: row.browser,
        size: row.size.into(),
        ago: Ago::new(lang, row.received_at, now),
    });
    Ok(QueuesView { queues, quarantined, bodies: bodies.collect() })
}

fn queue(ctx: &Ctx, row: db::QueueRow, build: &str, now: DateTime<Utc>) -> QueueView {
    let names: Vec<&str> = row.user_regions.iter().map(|code| ctx.region_name(code)).collect();
    let is_admins = row.region == Region::company().code();
    let regions = if is_admins { t(ctx.lang, "region-all").to_owned() } else { names.join(", ") };
    QueueView {
        id: row.queue_id,
        who: who(ctx.lang, row.username, &row.reporter),
        who_href: ctx.is_admin().then(|| user_href(row.user_id)),
        regions,
        region: row.region,
        browser: browser(ctx.lang, row.browser),
        len: row.len,
        oldest: row.oldest_at.map(|at| Ago::new(ctx.lang, at, now)),
        last: Ago::new(ctx.lang, row.last_at, now),
        is_old: !row.build.is_empty() && row.build != build,
        build: row.build,
    }
}

pub(super) fn user_href(id: Uuid) -> String {
    format!("/admin/users/{id}")
}

/// The account's name; if that is unknown, the name of the reporter who carried the queue.
pub(super) fn who(lang: Lang, username: Option<String>, reporter: &str) -> String {
    username.unwrap_or_else(|| t_with(lang, "queue-carried-by", &[("name", &reporter)]))
}

pub(super) fn browser(lang: Lang, words: String) -> String {
    if words.is_empty() { t(lang, "queue-browser-unknown").to_owned() } else { words }
}
