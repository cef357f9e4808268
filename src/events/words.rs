//! Events in the reader's language: sign-ins, failures, administration of accounts.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::{
    EventKind,
    db::{self, EventRow},
};
use crate::{
    clock::in_istanbul,
    db::{Mode, ScopedTx},
    i18n::{Lang, choice, format, t, t_with},
    identity::Region,
    ops::description,
    web::page::Ctx,
};

/// One event, in words.
#[derive(Debug, Clone)]
pub struct EventView {
    /// The instant, for machines.
    pub at: DateTime<Utc>,
    /// The time of the day.
    pub time: String,
    /// Name of the account, or of another author.
    pub who: String,
    /// Name of the region; empty if there is only one.
    pub region: String,
    /// Address of the client; empty for the server itself.
    pub address: String,
    /// Icon of the event.
    pub icon: &'static str,
    /// An event that needs attention.
    pub alarming: bool,
    /// "Oturum açıldı".
    pub headline: String,
}

impl EventView {
    /// Puts an event into words.
    pub fn new(ctx: &Ctx, row: EventRow) -> Self {
        let lang = ctx.lang;
        let kind = EventKind::parse(&row.kind);
        let failed = is_failure(kind);
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

/// The last sign-ins and failed attempts in the scope, newest first; the time includes the date unless it is `today`.
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

/// Whether a sign-in failed.
pub fn is_failure(kind: Option<EventKind>) -> bool {
    matches!(kind, Some(EventKind::SignInFailed | EventKind::SignInThrottled))
}

/// The event as a sentence.
pub fn event_in_words(lang: Lang, kind: Option<EventKind>, row: &EventRow) -> String {
    let detail = |name: &str| row.detail.get(name).and_then(Value::as_str).unwrap_or("?");
    let about_account = |key| t_with(lang, key, &[("account", &detail("account"))]);
    let other =
        |key, before: &str, after: &str| t_with(lang, key, &[("account", &detail("account")), ("before", &before), ("after", &after)]);
    let has = |name: &str| row.detail.get(name).is_some();
    let alarm = |prefix| choice(lang, prefix, detail("alarm")).unwrap_or(detail("alarm"));
    let about_device = |key| t_with(lang, key, &[("device", &detail("device"))]);
    let about_region = |key| t_with(lang, key, &[("name", &detail("name"))]);
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
        Some(EventKind::TokenMade) => t_with(lang, "event-token-made", &[("name", &detail("name"))]),
        Some(EventKind::TokenRevoked) => t_with(lang, "event-token-revoked", &[("name", &detail("name"))]),
        Some(EventKind::Exported) => {
            let what = match detail("what") {
                "activity" => t(lang, "nav-activity"),
                "quarantine" => t(lang, "quarantine-title"),
                "timesheets" => t(lang, "nav-timesheets"),
                "month" => t(lang, "nav-month"),
                "employees" => t(lang, "nav-employees"),
                "summary" => t(lang, "summary-title"),
                "blanks" => t(lang, "blanks-title"),
                other => description(other).map_or(other, |entity| t(lang, entity.label)),
            };
            t_with(lang, "event-exported", &[("what", &what), ("format", &detail("format"))])
        }
        Some(EventKind::RoleChanged) => {
            other("event-role-changed", role_in_words(lang, detail("before")), role_in_words(lang, detail("after")))
        }
        Some(EventKind::RegionsChanged) => {
            let named = |name| Some(detail(name)).filter(|names| !names.is_empty()).unwrap_or(t(lang, "change-empty"));
            other("event-regions-changed", named("before"), named("after"))
        }
        Some(EventKind::SessionsEnded) => {
            let count = row.detail.get("count").and_then(Value::as_i64).unwrap_or(1);
            let key = if detail("why") == "limit" { "event-sessions-beyond" } else { "event-sessions-ended" };
            t_with(lang, key, &[("account", &detail("account")), ("n", &count)])
        }
        Some(EventKind::RegionAdded) => about_region("event-region-added"),
        Some(EventKind::RegionRenamed) => {
            t_with(lang, "event-region-renamed", &[("before", &detail("before")), ("after", &detail("after"))])
        }
        Some(EventKind::RegionClosed) => about_region("event-region-closed"),
        Some(EventKind::RegionOpened) => about_region("event-region-opened"),
        Some(EventKind::LegacyImported) => t_with(lang, "event-legacy-imported", &[("file", &detail("file"))]),
        Some(EventKind::IdentityNoRevealed) => t_with(lang, "event-identity-no-revealed", &[("name", &detail("name"))]),
        Some(EventKind::RegionViewStarted) => t(lang, "event-region-view-started").to_owned(),
        Some(EventKind::RegionViewEnded) => t(lang, "event-region-view-ended").to_owned(),
        Some(EventKind::QueueVanished) => about_queue(lang, "event-queue-vanished", row),
        Some(EventKind::QueueHole) => about_queue(lang, "event-queue-hole", row),
        Some(EventKind::QueueSilent) => about_queue(lang, "event-queue-silent", row),
        Some(EventKind::QueueAlarmSeen) => {
            t_with(lang, "event-queue-alarm-seen", &[("alarm", &alarm("queue-alarm-")), ("account", &detail("account"))])
        }
        Some(EventKind::Quarantined) if has("device") => about_device("event-quarantined-by-device"),
        Some(EventKind::Quarantined) => t(lang, "event-quarantined").to_owned(),
        Some(EventKind::VolumeReached) => {
            let count = row.detail.get("mebibytes").and_then(Value::as_i64).unwrap_or_default();
            let key = if has("device") { "event-volume-reached-by-device" } else { "event-volume-reached" };
            t_with(lang, key, &[("n", &count), ("device", &detail("device"))])
        }
        Some(EventKind::GrantRefused) if has("device") => {
            t_with(lang, "event-grant-refused-by-device", &[("account", &detail("account")), ("device", &detail("device"))])
        }
        Some(EventKind::GrantRefused) => about_account("event-grant-refused"),
        Some(EventKind::HeldAccepted) => about_account("event-held-accepted"),
        Some(EventKind::DeviceAdded) => about_device("event-device-added"),
        Some(EventKind::DeviceRenamed) => {
            t_with(lang, "event-device-renamed", &[("before", &detail("before")), ("after", &detail("after"))])
        }
        Some(EventKind::DeviceCodeMade) => about_device("event-device-code-made"),
        Some(EventKind::DeviceCodeRefused) => t(lang, "event-device-code-refused").to_owned(),
        Some(EventKind::DeviceEnrolled) => about_device("event-device-enrolled"),
        Some(EventKind::DeviceRotated) => about_device("event-device-rotated"),
        Some(EventKind::DeviceRevoked) => about_device("event-device-revoked"),
        Some(EventKind::DeviceSilent) => {
            let count = row.detail.get("count").and_then(Value::as_i64).unwrap_or_default();
            let since = detail("since").parse::<DateTime<Utc>>().map(format::instant).unwrap_or_default();
            t_with(lang, "event-device-silent", &[("device", &detail("device")), ("n", &count), ("since", &since)])
        }
        Some(EventKind::DeviceTrouble) => {
            t_with(lang, "event-device-trouble", &[("device", &detail("device")), ("alarm", &alarm("device-alarm-"))])
        }
        Some(EventKind::DeviceAlarmSeen) => {
            t_with(lang, "event-device-alarm-seen", &[("device", &detail("device")), ("alarm", &alarm("device-alarm-"))])
        }
        None => t_with(lang, "event-other", &[("kind", &row.kind)]),
    }
}

/// The event of a browser's queue, with its count, browser and instant.
fn about_queue(lang: Lang, key: &str, row: &EventRow) -> String {
    let count = row.detail.get("count").and_then(Value::as_i64).unwrap_or_default();
    let text = |name: &str| row.detail.get(name).and_then(Value::as_str).unwrap_or_default();
    let browser = Some(text("browser")).filter(|words| !words.is_empty()).unwrap_or(t(lang, "queue-browser-unknown"));
    let since = text("since").parse::<DateTime<Utc>>().map(format::instant).unwrap_or_default();
    t_with(lang, key, &[("n", &count), ("browser", &browser), ("since", &since)])
}

/// An account's role in words.
pub fn role_in_words(lang: Lang, role: &str) -> &str {
    match role {
        "admin" => t(lang, "role-admin"),
        "user" => t(lang, "role-user"),
        other => other,
    }
}

/// Translation key of a kind of event, for the filter.
pub fn name_of_event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::SignIn => "kind-sign-in",
        EventKind::SignInFailed => "kind-sign-in-failed",
        EventKind::SignInThrottled => "kind-sign-in-throttled",
        EventKind::SignOut => "kind-sign-out",
        EventKind::PasswordChanged => "kind-password-changed",
        EventKind::PasswordSet => "kind-password-set",
        EventKind::UserAdded => "kind-user-added",
        EventKind::UserDisabled => "kind-user-disabled",
        EventKind::UserEnabled => "kind-user-enabled",
        EventKind::IdentityNoRevealed => "kind-identity-no-revealed",
        EventKind::RegionViewStarted => "kind-region-view-started",
        EventKind::RegionViewEnded => "kind-region-view-ended",
        EventKind::QueueVanished => "kind-queue-vanished",
        EventKind::QueueHole => "kind-queue-hole",
        EventKind::QueueSilent => "kind-queue-silent",
        EventKind::QueueAlarmSeen => "kind-queue-alarm-seen",
        EventKind::Quarantined => "kind-quarantined",
        EventKind::VolumeReached => "kind-volume-reached",
        EventKind::GrantRefused => "kind-grant-refused",
        EventKind::HeldAccepted => "kind-held-accepted",
        EventKind::LegacyImported => "kind-legacy-imported",
        EventKind::TokenMade => "kind-token-made",
        EventKind::TokenRevoked => "kind-token-revoked",
        EventKind::Exported => "kind-exported",
        EventKind::RoleChanged => "kind-role-changed",
        EventKind::RegionsChanged => "kind-regions-changed",
        EventKind::SessionsEnded => "kind-sessions-ended",
        EventKind::RegionAdded => "kind-region-added",
        EventKind::RegionRenamed => "kind-region-renamed",
        EventKind::RegionClosed => "kind-region-closed",
        EventKind::RegionOpened => "kind-region-opened",
        EventKind::DeviceAdded => "kind-device-added",
        EventKind::DeviceRenamed => "kind-device-renamed",
        EventKind::DeviceCodeMade => "kind-device-code-made",
        EventKind::DeviceCodeRefused => "kind-device-code-refused",
        EventKind::DeviceEnrolled => "kind-device-enrolled",
        EventKind::DeviceRotated => "kind-device-rotated",
        EventKind::DeviceRevoked => "kind-device-revoked",
        EventKind::DeviceSilent => "kind-device-silent",
        EventKind::DeviceTrouble => "kind-device-trouble",
        EventKind::DeviceAlarmSeen => "kind-device-alarm-seen",
    }
}

fn icon_of_event(kind: EventKind) -> &'static str {
    match kind {
        EventKind::SignIn => "login",
        EventKind::SignInFailed
        | EventKind::SignInThrottled
        | EventKind::QueueVanished
        | EventKind::QueueHole
        | EventKind::QueueSilent
        | EventKind::VolumeReached
        | EventKind::GrantRefused
        | EventKind::DeviceCodeRefused
        | EventKind::DeviceSilent
        | EventKind::DeviceTrouble => "alert-triangle",
        EventKind::DeviceAdded | EventKind::DeviceRenamed | EventKind::DeviceEnrolled | EventKind::DeviceRevoked => "device-desktop",
        EventKind::HeldAccepted => "check",
        EventKind::SignOut | EventKind::SessionsEnded => "logout",
        EventKind::PasswordChanged
        | EventKind::PasswordSet
        | EventKind::TokenMade
        | EventKind::TokenRevoked
        | EventKind::DeviceCodeMade
        | EventKind::DeviceRotated => "key",
        EventKind::UserAdded | EventKind::UserEnabled => "user-plus",
        EventKind::UserDisabled => "user-off",
        EventKind::RoleChanged | EventKind::RegionsChanged => "users",
        EventKind::RegionAdded | EventKind::RegionRenamed | EventKind::RegionClosed | EventKind::RegionOpened => "building",
        EventKind::LegacyImported | EventKind::Quarantined => "archive",
        EventKind::Exported => "download",
        EventKind::IdentityNoRevealed | EventKind::RegionViewStarted | EventKind::QueueAlarmSeen | EventKind::DeviceAlarmSeen => "eye",
        EventKind::RegionViewEnded => "eye-off",
    }
}

/// Name of the region; empty for people of one region only.
pub fn region_in_words(ctx: &Ctx, code: &str) -> String {
    if code == Region::company().code() {
        t(ctx.lang, "activity-company").to_owned()
    } else if ctx.has_many_regions() || ctx.is_admin() {
        ctx.region_name(code).to_owned()
    } else {
        String::new()
    }
}

/// `14:30` in Istanbul time.
pub fn time_of_day(at: DateTime<Utc>) -> String {
    in_istanbul(at).format("%H:%M").to_string()
}
