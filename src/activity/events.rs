//! Events in the reader's words: sign-ins, failures, administration of accounts.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::{
    EventKind,
    db::{self, EventRow},
    views::{region_in_words, time_of_day},
};
use crate::{
    clock::in_istanbul,
    db::{Mode, ScopedTx},
    i18n::{Lang, format, t, t_with},
    web::page::Ctx,
};

/// One event, in words.
#[derive(Debug, Clone)]
pub struct EventView {
    /// When, for machines.
    pub at: DateTime<Utc>,
    /// The time of the day.
    pub time: String,
    /// Name of the account, or who else did it.
    pub who: String,
    /// Name of the region; empty where only one can be meant.
    pub region: String,
    /// Address the request came from; empty for the server itself.
    pub address: String,
    /// Icon of the deed.
    pub icon: &'static str,
    /// Something somebody should look at.
    pub alarming: bool,
    /// "Giriş yapıldı".
    pub headline: String,
}

impl EventView {
    /// Puts an event into words.
    pub(super) fn new(ctx: &Ctx, row: EventRow) -> Self {
        let lang = ctx.lang;
        let kind = EventKind::parse(&row.kind);
        let failed = matches!(kind, Some(EventKind::SignInFailed | EventKind::SignInThrottled));
        let nobody = if failed { "activity-unknown-account" } else { "activity-system" };
        Self {
            at: row.at,
            time: time_of_day(row.at),
            headline: event_in_words(lang, kind, &row),
            who: row.username.unwrap_or_else(|| t(lang, nobody).to_owned()),
            region: region_in_words(ctx, &row.region),
            address: row.address.unwrap_or_default(),
            icon: kind.map_or("info-circle", icon_of_event),
            alarming: failed,
        }
    }
}

/// The last sign-ins and failed attempts in the scope, newest first; those of another day than `today` say which.
pub async fn latest_sign_ins<M: Mode>(
    tx: &mut ScopedTx<M>,
    ctx: &Ctx,
    limit: i64,
    today: NaiveDate,
) -> Result<Vec<EventView>, sqlx::Error> {
    let kinds = [EventKind::SignIn, EventKind::SignInFailed, EventKind::SignInThrottled].map(|kind| kind.as_str().to_owned());
    let rows = db::list_events_of(tx, &kinds, limit).await?;
    let with_day = |row| {
        let event = EventView::new(ctx, row);
        let is_today = in_istanbul(event.at).date_naive() == today;
        EventView { time: if is_today { event.time } else { format::instant(event.at) }, ..event }
    };
    Ok(rows.into_iter().map(with_day).collect())
}

fn event_in_words(lang: Lang, kind: Option<EventKind>, row: &EventRow) -> String {
    let about_account = |key| t_with(lang, key, &[("account", &row.detail.get("account").and_then(Value::as_str).unwrap_or("?"))]);
    match kind {
        Some(EventKind::SignIn) => t(lang, "event-sign-in").to_owned(),
        Some(EventKind::SignInFailed) => t(lang, "event-sign-in-failed").to_owned(),
        Some(EventKind::SignInThrottled) => {
            let seconds = row.detail.get("wait_seconds").and_then(Value::as_i64).unwrap_or(0);
            let by_address = row.detail.get("by").and_then(Value::as_str) == Some("address");
            let key = if by_address { "event-address-throttled" } else { "event-account-throttled" };
            t_with(lang, key, &[("n", &seconds)])
        }
        Some(EventKind::SignOut) => t(lang, "event-sign-out").to_owned(),
        Some(EventKind::PasswordChanged) => t(lang, "event-password-changed").to_owned(),
        Some(EventKind::PasswordSet) => about_account("event-password-set"),
        Some(EventKind::UserAdded) => about_account("event-user-added"),
        Some(EventKind::UserDisabled) => about_account("event-user-disabled"),
        Some(EventKind::UserEnabled) => about_account("event-user-enabled"),
        Some(EventKind::LegacyImported) => {
            t_with(lang, "event-legacy-imported", &[("file", &row.detail.get("file").and_then(Value::as_str).unwrap_or("?"))])
        }
        Some(EventKind::RegionViewStarted) => t(lang, "event-region-view-started").to_owned(),
        Some(EventKind::RegionViewEnded) => t(lang, "event-region-view-ended").to_owned(),
        None => t_with(lang, "event-other", &[("kind", &row.kind)]),
    }
}

fn icon_of_event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::SignIn => "login",
        EventKind::SignInFailed | EventKind::SignInThrottled => "alert-triangle",
        EventKind::SignOut => "logout",
        EventKind::PasswordChanged | EventKind::PasswordSet => "key",
        EventKind::UserAdded | EventKind::UserEnabled => "user-plus",
        EventKind::UserDisabled => "user-off",
        EventKind::LegacyImported => "archive",
        EventKind::RegionViewStarted => "eye",
        EventKind::RegionViewEnded => "eye-off",
    }
}
