//! The wording of changes and events, and the grouping by day.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    cursor::Cursor,
    days::{Line, Placed, by_day},
    db::ChangeRow,
    views::change_in_words,
};
use crate::{
    events::{EventKind, EventRow, EventView},
    i18n::Lang,
    identity::{Actor, Region, Role},
    web::{
        flash::{self, Seal},
        page::{Ctx, RegionName, Theme},
    },
    words::RowName,
};

const AYSE: Uuid = Uuid::from_u128(1);
const ENTRY: Uuid = Uuid::from_u128(2);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn ctx(lang: Lang, role: Role, offices: &[(&str, &str)]) -> Ctx {
    let actor = Actor {
        user_id: Uuid::from_u128(9),
        username: "someone".into(),
        role,
        regions: offices.iter().map(|(code, _)| Region::parse(code).unwrap()).collect(),
        lang: lang.as_str().into(),
        theme: "auto".into(),
        must_change: false,
        session_id: Uuid::from_u128(8),
        csrf: String::new(),
    };
    Ctx {
        actor: Some(actor),
        lang,
        theme: Theme::Auto,
        csrf: String::new(),
        now: DateTime::UNIX_EPOCH,
        request_id: String::new(),
        path: "/activity".into(),
        query: String::new(),
        is_htmx: false,
        htmx_target: None,
        demo: false,
        secure: false,
        seal: Seal::new(flash::signer(b"test"), "", false),
        regions: offices.iter().map(|(code, name)| RegionName { code: (*code).into(), name: (*name).into(), is_open: true }).collect(),
        flash: None,
        company_name: None,
        kept_since: None,
        waiting: std::collections::HashSet::new(),
    }
}

fn clerk(lang: Lang) -> Ctx {
    ctx(lang, Role::User, &[("ankara", "Ankara")])
}

fn admin() -> Ctx {
    ctx(Lang::Tr, Role::Admin, &[("ankara", "Ankara"), ("istanbul", "İstanbul")])
}

fn change(entity: &str, id: Uuid, action: &str) -> ChangeRow {
    ChangeRow {
        region: "ankara".into(),
        id: 1,
        at: at("2026-01-05T21:30:05Z"),
        actor_name: Some("ankara1".into()),
        origin: "web".into(),
        device: None,
        carrier: None,
        client_at: None,
        entity: entity.into(),
        entity_id: id,
        action: action.into(),
        version: 2,
        before: Some(json!({})),
        after: Some(json!({})),
    }
}

fn event(kind: &str, username: Option<&str>, detail: Value) -> EventRow {
    EventRow {
        region: "ankara".into(),
        id: Uuid::from_u128(7),
        at: at("2026-01-05T08:30:00Z"),
        username: username.map(str::to_owned),
        kind: kind.into(),
        address: Some("192.0.2.1".into()),
        detail,
    }
}

fn names() -> HashMap<Uuid, RowName> {
    HashMap::from([
        (AYSE, RowName { name: "Ayşe Işık".into(), work_date: None, deleted: false }),
        (ENTRY, RowName { name: "Ayşe Işık".into(), work_date: "2026-01-05".parse().ok(), deleted: true }),
    ])
}

#[test]
fn a_change_says_who_what_and_which_row() {
    let mut row = change("timesheet", ENTRY, "update");
    row.before = Some(json!({"start_min": 510}));
    row.after = Some(json!({"start_min": 540}));
    let view = change_in_words(&clerk(Lang::Tr), &row, &names());
    assert_eq!((view.headline.as_str(), view.title.as_str()), ("Puantaj kaydı değiştirildi", "Ayşe Işık, 05.01.2026"));
    assert_eq!((view.time.as_str(), view.who.as_str(), view.origin.as_str()), ("00:30", "ankara1", "web"));
    assert_eq!((view.region.as_str(), view.entered_at.as_str()), ("", ""));
    let field = &view.fields[0];
    assert_eq!((field.label.as_str(), field.before.as_deref(), field.after.as_deref()), ("Giriş", Some("08:30"), Some("09:00")));
}

#[test]
fn every_deed_on_every_kind_of_row_is_a_sentence_in_both_languages() {
    let headline = |lang, entity, action| change_in_words(&clerk(lang), &change(entity, AYSE, action), &names()).headline;
    assert_eq!(headline(Lang::Tr, "employee", "create"), "Çalışan eklendi");
    assert_eq!(headline(Lang::Tr, "shift_template", "delete"), "Vardiya şablonu silindi");
    assert_eq!(headline(Lang::Tr, "timesheet", "restore"), "Puantaj kaydı geri getirildi");
    assert_eq!(headline(Lang::Tr, "settings", "update"), "Ayarlar değiştirildi");
    assert_eq!(headline(Lang::En, "employee", "erase"), "Employee erased for good");
    assert_eq!(headline(Lang::En, "vehicle", "create"), "vehicle added");
}

#[test]
fn people_and_timesheets_keep_their_pages_when_they_are_deleted() {
    let href = |entity, id, names: &_| change_in_words(&clerk(Lang::Tr), &change(entity, id, "delete"), names).href;
    assert_eq!(href("timesheet", ENTRY, &names()), Some(format!("/timesheets/{ENTRY}")));
    assert_eq!(href("employee", AYSE, &names()), Some(format!("/employees/{AYSE}")));
    let gone = HashMap::from([(AYSE, RowName { name: "Ayşe Işık".into(), work_date: None, deleted: true })]);
    assert_eq!(href("employee", AYSE, &gone), Some(format!("/employees/{AYSE}")));
    assert_eq!(href("settings", Uuid::from_u128(5), &gone), None);
}

#[test]
fn a_row_that_is_gone_keeps_the_name_it_had() {
    let mut row = change("timesheet", Uuid::from_u128(5), "erase");
    row.before = Some(json!({"employee_id": AYSE, "work_date": "2026-01-06"}));
    row.after = None;
    let view = change_in_words(&clerk(Lang::Tr), &row, &names());
    assert_eq!((view.title.as_str(), view.href), ("Ayşe Işık, 06.01.2026", None));
}

#[test]
fn what_was_entered_offline_says_when() {
    let mut row = change("timesheet", ENTRY, "create");
    row.origin = "offline".into();
    row.client_at = Some(at("2026-01-05T05:00:00Z"));
    let view = change_in_words(&clerk(Lang::Tr), &row, &names());
    assert_eq!((view.origin.as_str(), view.entered_at.as_str()), ("çevrimdışı", "05.01.2026 08:00:00"));
    let taken_over =
        ChangeRow { origin: "import".into(), client_at: Some(at("2025-01-05T05:00:00Z")), ..change("timesheet", ENTRY, "create") };
    let view = change_in_words(&clerk(Lang::Tr), &taken_over, &names());
    assert_eq!((view.origin.as_str(), view.entered_at.as_str()), ("aktarım", ""));
}

#[test]
fn a_change_by_nobody_is_the_systems() {
    let row = ChangeRow { actor_name: None, origin: "system".into(), ..change("employee", AYSE, "update") };
    assert_eq!(change_in_words(&clerk(Lang::En), &row, &names()).who, "System");
}

#[test]
fn an_admin_sees_which_region_a_line_is_about_and_a_clerk_of_one_does_not() {
    let region = |ctx: &Ctx, code: &str| {
        change_in_words(ctx, &ChangeRow { region: code.into(), ..change("employee", AYSE, "update") }, &names()).region
    };
    assert_eq!(region(&admin(), "istanbul"), "İstanbul");
    assert_eq!(region(&admin(), "company"), "Şirket geneli");
    assert_eq!(region(&clerk(Lang::Tr), "ankara"), "");
}

#[test]
fn events_are_sentences() {
    let said = |kind: EventKind, detail| EventView::new(&clerk(Lang::Tr), event(kind.as_str(), Some("ankara1"), detail)).headline;
    assert_eq!(said(EventKind::SignIn, json!({})), "Oturum açıldı");
    assert_eq!(said(EventKind::PasswordSet, json!({"account": "bursa1"})), "bursa1 hesabına parola verildi");
    assert_eq!(
        said(EventKind::SignInThrottled, json!({"by": "address", "wait_seconds": 60})),
        "Çok sayıda yanlış parola: bu adresten denemeler 60 sn durduruldu"
    );
    assert_eq!(
        said(EventKind::SignInThrottled, json!({"by": "username", "wait_seconds": 4})),
        "Çok sayıda yanlış parola: bu hesap için denemeler 4 sn durduruldu"
    );
    assert_eq!(said(EventKind::LegacyImported, json!({"file": "puantaj.db"})), "Masaüstü programının dosyası aktarıldı: puantaj.db");
}

#[test]
fn every_kind_of_event_is_read_back_and_has_words_of_its_own() {
    let mut seen = std::collections::BTreeSet::new();
    for kind in EventKind::ALL {
        assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
        let headline = EventView::new(&clerk(Lang::En), event(kind.as_str(), None, json!({"account": "a", "file": "f"}))).headline;
        assert!(!headline.starts_with("Another event") && !headline.starts_with("event-"), "{headline}");
        assert!(seen.insert(headline.clone()), "{headline}");
    }
    assert_eq!(EventView::new(&clerk(Lang::En), event("coffee_made", None, json!({}))).headline, "Another event: coffee_made");
}

#[test]
fn a_failed_sign_in_of_nobody_is_an_unknown_account_with_its_address() {
    let view = EventView::new(&admin(), event("sign_in_failed", None, json!({})));
    assert_eq!((view.who.as_str(), view.address.as_str(), view.alarming), ("Bilinmeyen hesap", "192.0.2.1", true));
    let by_command = EventView::new(&admin(), event("user_added", None, json!({"account": "bursa1"})));
    assert_eq!((by_command.who.as_str(), by_command.alarming), ("Sistem", false));
}

fn placed(instant: &str) -> Placed {
    let view = EventView::new(&clerk(Lang::Tr), event("sign_in", None, json!({})));
    Placed { cursor: Cursor { at: at(instant), ..Cursor::TOP }, line: Line::Event(view) }
}

#[test]
fn days_begin_at_istanbuls_midnight() {
    let lines = vec![
        placed("2026-01-05T21:00:00Z"),
        placed("2026-01-05T20:59:59Z"),
        placed("2026-01-04T21:00:00Z"),
        placed("2026-01-03T09:00:00Z"),
    ];
    let days = by_day(Lang::Tr, lines, "2026-01-06".parse().unwrap(), None);
    let shown: Vec<(&str, usize)> = days.iter().map(|day| (day.heading.as_str(), day.lines.len())).collect();
    assert_eq!(shown, [("Bugün, 06.01.2026 Salı", 1), ("Dün, 05.01.2026 Pazartesi", 2), ("03.01.2026 Cumartesi", 1)]);
}

#[test]
fn a_day_that_goes_on_in_the_next_part_is_not_headed_twice() {
    let lines = vec![placed("2026-01-05T09:00:00Z"), placed("2026-01-05T08:00:00Z"), placed("2026-01-04T09:00:00Z")];
    let days = by_day(Lang::En, lines, "2026-01-06".parse().unwrap(), "2026-01-05".parse().ok());
    let shown: Vec<(&str, usize)> = days.iter().map(|day| (day.heading.as_str(), day.lines.len())).collect();
    assert_eq!(shown, [("", 2), ("04.01.2026 Sunday", 1)]);
}
