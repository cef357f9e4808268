//! Pages from the copy of an office's PC are equal to the server's pages: same rows, order, hours, sums and words. The copy is filled as a
//! PC fills it, from the snapshot and the heartbeat's response.

#![cfg(test)]

use chrono::NaiveDate;
use rainstaff::{
    complaint::FieldError,
    identity::{Actor, Role},
    ops::{Op, description},
    web::page::{Ctx, RegionName},
};
use rainstaff_agent::store::{Base, CompanyDay, Context, MirrorState, Store, facts, ops, rows};
use rainstaff_pages::copy::{self, Local, RegionFact};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    month::{Offices, entry, person, weekdays},
    support::{
        browser::Browser,
        builders::{self, employee_id, op, template_id, timesheet_id},
        ctx::ctx,
        office_pc::OfficePc,
        samples,
    },
};

const TODAY: &str = "2026-02-18";

const NAMES: [&str; 24] = [
    "Ayşe Yılmaz",
    "Işıl Işık",
    "İpek Öz",
    "irem su",
    "Irmak Çelik",
    "Ilgaz Ata",
    "Çağla Ün",
    "Can Ay",
    "Cem Çam",
    "Ömer Şen",
    "Oya Say",
    "Şükrü Ğ",
    "Su Ak",
    "Ülkü Er",
    "Uğur İnce",
    "Zeki Gür",
    "Hâle Kâr",
    "Hale Kar",
    "Ali Veli",
    "Ali-Veli",
    "Aliye",
    "Ali Veli",
    "ali veli",
    "Gül Işın",
];

/// A PC with a copy of Ankara.
struct Pc {
    store: Store,
    context: Context,
    _folder: TempDir,
}

impl Pc {
    async fn new(offices: &Offices) -> Self {
        let pc = OfficePc::enrol(&offices.state, &mut offices.admin().await, "Ankara ofis PC", "ankara").await;
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), offices.state.clock.now()).unwrap();
        let told = pc.contact(&offices.state, json!({})).await;
        let of = |value: &Value| serde_json::from_value(value.clone()).unwrap_or_default();
        let days: Vec<CompanyDay> = serde_json::from_value(told["company"]["days"].clone()).unwrap();
        let company = copy::CompanyFacts { settings: of(&told["company"]["settings"]), days };
        let context = Context { region: serde_json::from_value(told["region"].clone()).unwrap(), company };
        let mut bases: Vec<Base> = Vec::new();
        let mut path = "/api/v1/snapshot".to_owned();
        loop {
            let page = pc.get(&offices.state, &path).await.json();
            bases.extend(page["items"].as_array().unwrap().iter().map(base_of));
            match page["page"].as_str() {
                Some(next) => path = format!("/api/v1/snapshot?page={next}"),
                None => break,
            }
        }
        let (kept, now) = (context.clone(), offices.state.clock.now());
        store
            .write(move |db| {
                bases.iter().try_for_each(|base| rows::put_base(db, base, 1).map(|_| ()))?;
                facts::put_context(db, &kept)?;
                facts::put_mirror(db, &MirrorState { synced_at: Some(now), ..MirrorState::default() })
            })
            .await
            .unwrap();
        Self { store, context, _folder: folder }
    }

    fn ctx(&self, user: &str, address: &str, target: Option<&str>) -> Ctx {
        let RegionFact { code, name, is_open, .. } = self.context.region.clone();
        let actor = Actor {
            user_id: user.parse().unwrap_or_default(),
            username: "ankara1".into(),
            role: Role::User,
            regions: vec![builders::region("ankara")],
            lang: "tr".into(),
            theme: "auto".into(),
            must_change: false,
            session_id: Uuid::nil(),
            csrf: String::new(),
        };
        Ctx { kept_since: Some(1_771_394_400_000), ..ctx(actor, vec![RegionName { code, name, is_open }], address, target) }
    }

    fn show(&self, user: &str, address: &str, target: Option<&str>) -> Local {
        let shown = copy::show(self.ctx(user, address, target), &self.store.read().unwrap(), TODAY.parse().unwrap()).unwrap();
        shown.unwrap_or_else(|| panic!("{address} is not made here"))
    }

    fn refuse(&self, address: &str, pairs: &[(&str, &str)], field: &str) -> Local {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let errors = [FieldError::new(field, "employee-missing")];
        let reader = self.store.read().unwrap();
        copy::refuse(self.ctx("", address, None), &reader, TODAY.parse().unwrap(), pairs, &errors).unwrap().unwrap()
    }
}

fn base_of(item: &Value) -> Base {
    Base {
        entity: item["entity"].as_str().unwrap().to_owned(),
        id: item["id"].as_str().unwrap().parse().unwrap(),
        region: item["region"].as_str().unwrap().to_owned(),
        version: item["version"].as_i64().unwrap_or(0),
        gone: item["gone"].as_bool().unwrap(),
        row: serde_json::from_value(item["row"].clone()).unwrap(),
    }
}

fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

/// Rows of every kind: people who came and went, templates that quarrel over a weekday, holidays, settings, nights, two shifts a day.
fn random_rows(dice: &mut StdRng) -> Vec<Op> {
    let of = || op(&builders::clerk("ankara"), "ankara");
    let mut all = vec![
        weekdays("ankara"),
        of().create(
            "shift_template",
            template_id(2),
            json!({ "name": "Gece", "start_time": "22:00", "end_time": "06:00", "break_minutes": 30, "weekdays": "" }),
        ),
        of().create(
            "shift_template",
            template_id(3),
            json!({ "name": "Ğ cumartesi", "start_time": "09:00", "end_time": "14:00", "break_minutes": 0, "weekdays": "56" }),
        ),
        of().create(
            "shift_template",
            template_id(4),
            json!({ "name": "İptal", "start_time": "09:00", "end_time": "14:00", "break_minutes": 0, "weekdays": "7" }),
        ),
        of().delete("shift_template", template_id(4), 1),
        of().create(
            "calendar_day",
            Uuid::from_u128(9),
            json!({ "day": "2026-02-12", "name": "Köprü", "kind": "day_off", "free_from": null, "source": "" }),
        ),
        of().create(
            "settings",
            rainstaff::settings::settings_id(&builders::region("ankara")),
            json!({ "weekday_hours": "8.5", "report_title": "  Ankara çizelgesi " }),
        ),
    ];
    for (n, name) in (1..).zip(NAMES) {
        let passive = n == 5;
        let department = ["", "Üretim", "İdari", "ısı"][dice.random_range(0..4)];
        let title = ["", "Şef", "Usta"][dice.random_range(0..3)];
        let hired = [None, Some("2025-01-01"), Some("2026-02-10"), Some("2026-03-01")][dice.random_range(0..4)];
        let leaves = (passive || n == 7).then_some("2026-03-02");
        let template = match n {
            6 | 12 | 18 | 24 => Some(template_id(2)),
            7 | 14 => Some(template_id(4)),
            _ => None,
        };
        let more = json!({
            "department": department, "title": title, "hire_date": hired, "exit_date": leaves, "is_active": !passive, "shift_template_id": template
        });
        all.push(person("ankara", n, name, &more));
    }
    all.push(person("ankara", 30, "Silinmiş Kişi", &json!({})));
    all.push(of().delete("employee", employee_id(30), 1));
    let mut number = 0;
    for n in 1..=24 {
        for day in NaiveDate::from_ymd_opt(2026, 1, 26).unwrap().iter_days().take(30).filter(|_| n % 5 != 0) {
            if dice.random_bool(0.35) {
                continue;
            }
            number += 1;
            let (start, length) =
                if dice.random_bool(0.2) { (1320, dice.random_range(60..540)) } else { (510, [540, 600, 300][dice.random_range(0..3)]) };
            let notes = ["", "Işık değişti", "fazla mesai"][dice.random_range(0..3)];
            let rest = [60, 0, 30][dice.random_range(0..3)];
            let more = json!({ "break_minutes": rest, "is_special": dice.random_bool(0.1), "notes": notes });
            all.push(entry("ankara", number, n, &day.to_string(), (&clock(start), &clock(start + length)), &more));
            if start == 510 && dice.random_bool(0.1) {
                number += 1;
                all.push(entry("ankara", number, n, &day.to_string(), ("19:30", "20:45"), &json!({ "break_minutes": 0 })));
            }
        }
    }
    all.push(of().delete("timesheet", timesheet_id(3), 1));
    all
}

async fn company_rows(offices: &Offices) {
    let admin = builders::admin();
    let of = || op(&admin, "company");
    let company = vec![
        of().create(
            "settings",
            rainstaff::settings::settings_id(&builders::region("company")),
            json!({ "company_name": "Örnek A.Ş.", "weekday_hours": "9", "saturday_start": "09:00", "saturday_end": "13:00" }),
        ),
        of().create(
            "calendar_day",
            Uuid::from_u128(8),
            json!({ "day": "2026-02-05", "name": "Açılış günü", "kind": "holiday", "free_from": "13:00", "source": "" }),
        ),
    ];
    builders::set_up(&offices.state, &admin, company).await;
}

async fn ankara() -> (Offices, Browser, Pc) {
    ankara_with(Vec::new()).await
}

async fn ankara_with(more: Vec<Op>) -> (Offices, Browser, Pc) {
    let offices = Offices::new().await;
    company_rows(&offices).await;
    offices.store("ankara", random_rows(&mut StdRng::seed_from_u64(2026))).await;
    offices
        .store(
            "izmir",
            vec![person("izmir", 40, "Hasan Tekin", &json!({})), entry("izmir", 900, 40, TODAY, ("08:00", "17:00"), &json!({}))],
        )
        .await;
    offices.store("ankara", more).await;
    let (clerk, pc) = (offices.clerk("ankara").await, Pc::new(&offices).await);
    (offices, clerk, pc)
}

/// What has to differ taken out: tokens, ids made for one page, what says that this is a copy, and what the server alone has, the history and
/// files of lists.
fn comparable(html: &str) -> Vec<String> {
    let without_ids = between(html, "<noscript>", "</noscript>", "");
    let without_token = between(&without_ids, "name=\"_csrf\" value=\"", "\">", "");
    let without_age = between(&without_token, "<p class=\"offline-strip\"", "</p>", "");
    let without_since = between(&without_age, " data-kept-since=\"", "\"", "");
    let without_since = between(&without_since, " data-now=\"", "\"", "");
    let without_history = between(&without_since, "aria-labelledby=\"history-title\">", "</section>", "");
    let without_files = between(&without_history, "<p class=\"list-files\">", "</p>", "");
    without_files.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The text with every stretch from `start` to `end` replaced.
fn between(text: &str, start: &str, end: &str, instead: &str) -> String {
    let mut parts = text.split(start);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result.push_str(instead);
        result.push_str(part.split_once(end).map_or("", |(_, rest)| rest));
    }
    result
}

fn assert_same(address: &str, server: &str, local: &Local) {
    let (Local::Page(local) | Local::Refused(local)) = local else { panic!("{address}: {local:?}") };
    assert!(!local.contains("list-files"), "{address}: a copy offers no file");
    let (server, local) = (comparable(server), comparable(local));
    assert!(server.len() > 5, "{address}: something is compared");
    for (line, (theirs, ours)) in (1..).zip(server.iter().zip(&local)) {
        assert_eq!(ours, theirs, "{address}, line {line}");
    }
    assert_eq!(local.len(), server.len(), "{address}: lines");
}

#[actix_web::test]
async fn pages_from_the_copy_are_the_servers_pages() {
    let (_offices, mut clerk, pc) = ankara().await;
    let user = clerk.get("/today").await.attribute("body", "data-user");
    let (person, night, entry) = (employee_id(1), employee_id(6), timesheet_id(1));
    let pages = [
        "/".to_owned(),
        "/today".into(),
        "/today?date=2026-02-05".into(),
        "/today?date=2026-02-12".into(),
        "/today?date=2026-02-14".into(),
        "/today?date=31.02.2026".into(),
        "/timesheets".into(),
        "/timesheets?page=3".into(),
        "/timesheets?from=&to=".into(),
        "/timesheets?q=i%C5%9F%C4%B1k".into(),
        "/timesheets?q=ISIK&from=2026-02-01&to=2026-02-10".into(),
        "/timesheets?from=yar%C4%B1n&to=2026-02-10".into(),
        format!("/timesheets?employee_id={person}"),
        "/timesheets/new".into(),
        format!("/timesheets/new?employee_id={night}&work_date=2026-02-19"),
        format!("/timesheets/new?employee_id={person}&work_date=2026-02-05"),
        format!("/timesheets/{entry}"),
        format!("/timesheets/{entry}/edit"),
        "/timesheets/month".into(),
        "/timesheets/month?month=2026-01".into(),
        "/timesheets/month?month=2026-13".into(),
        "/timesheets/month?month=Ocak+2026".into(),
        "/timesheets/month?month=2026-03".into(),
        "/employees".into(),
        "/employees?state=passive".into(),
        "/employees?state=present&sort=-full_name".into(),
        "/employees?sort=department".into(),
        "/employees?sort=-title".into(),
        "/employees?sort=hire_date".into(),
        "/employees?sort=-hire_date".into(),
        "/employees?sort=exit_date&state=present".into(),
        "/employees?state=deleted".into(),
        "/employees?q=%C4%B1%C5%9F%C4%B1k".into(),
        "/employees?q=uretim".into(),
        "/employees/new".into(),
        format!("/employees/{person}"),
        format!("/employees/{night}?month=2026-01"),
        format!("/employees/{}", employee_id(30)),
        format!("/employees/{person}/edit"),
        "/shift-templates".into(),
        "/shift-templates?state=deleted".into(),
        "/shift-templates/new".into(),
        format!("/shift-templates/{}/edit", template_id(3)),
        "/offline".into(),
    ];
    for address in &pages {
        let server = clerk.get(address).await;
        let is_wrong = address.contains("yar%C4%B1n") || address.contains("31.02") || address.contains("2026-13");
        assert_eq!(server.status, if is_wrong { 422 } else { 200 }, "{address}");
        let local = pc.show(&user, address, None);
        assert_eq!(matches!(local, Local::Refused(_)), is_wrong, "{address}");
        assert_same(address, &server.html, &local);
    }
}

/// Entities whose pages are made of their fields alone are found in the registry.
#[actix_web::test]
async fn pages_of_every_other_entity_are_the_servers_pages() {
    let of = || op(&builders::clerk("ankara"), "ankara");
    let others = || samples::other_rows(&["employee", "shift_template", "calendar_day", "timesheet"], "Işık Öz", of);
    assert!(!others().is_empty(), "there are such entities");
    let mut entities = Vec::new();
    let mut rows = Vec::new();
    for ((home, shown, row), (_, gone, deleted)) in others().into_iter().zip(others()) {
        let entity = description(&row.entity).unwrap();
        let another = of().create(entity.name, rainstaff::ids::new_id(), (entity.samples)().rows[1].clone());
        rows.extend([row, another, deleted, of().delete(entity.name, gone, 1)]);
        entities.push((home, shown, gone, entity.title.unwrap().name));
    }
    let (_offices, mut clerk, pc) = ankara_with(rows).await;
    let user = clerk.get("/today").await.attribute("body", "data-user");
    for (home, shown, gone, title) in entities {
        for rest in ["", "?state=deleted", "?q=I%C5%9EIK", "?q=yok", &format!("?sort=-{title}"), "/new"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("/{shown}"), format!("/{gone}"), format!("/{shown}/edit")])
        {
            let address = format!("{home}{rest}");
            let server = clerk.get(&address).await;
            assert_eq!(server.status, 200, "{address}");
            assert_same(&address, &server.html, &pc.show(&user, &address, None));
        }
        for (rest, target) in [("row", "tr#row"), ("edit", "tr#row")] {
            let address = format!("{home}/{shown}/{rest}");
            let server = clerk.load(&address, target).await;
            assert_same(&address, &server.html, &pc.show(&user, &address, Some("row")));
        }
    }
}

#[actix_web::test]
async fn fragments_from_the_copy_are_the_servers_fragments() {
    let (_offices, mut clerk, pc) = ankara().await;
    let user = clerk.get("/today").await.attribute("body", "data-user");
    let (person, entry) = (employee_id(1), timesheet_id(1));
    let fragments = [
        ("/timesheets?q=ay%C5%9Fe".to_owned(), "section#timesheet-list"),
        ("/timesheets?from=2026-02-01&to=2026-02-10".into(), "tfoot#timesheet-totals"),
        (format!("/timesheets/{entry}/row"), "tr#row"),
        (format!("/timesheets/{entry}/edit"), "tr#row"),
        ("/timesheets/month".into(), "section#month-grid"),
        (format!("/employees/{person}/days/2026-02-16"), "div#day-editor"),
        (format!("/employees/{person}/days/2026-02-16?more=true"), "div#day-editor"),
        (format!("/employees/{}/days/2026-02-19", employee_id(6)), "div#day-editor"),
        ("/employees?sort=-department".into(), "section#employee-list"),
        (format!("/employees/{person}/row"), "tr#row"),
        (format!("/employees/{person}/edit"), "tr#row"),
        ("/shift-templates".into(), "section#template-list"),
        (format!("/shift-templates/{}/row", template_id(3)), "tr#row"),
        (format!("/shift-templates/{}/edit", template_id(3)), "tr#row"),
    ];
    for (address, target) in &fragments {
        let server = clerk.load(address, target).await;
        assert_eq!(server.status, 200, "{address}");
        let id = target.split_once('#').map(|(_, id)| id);
        assert_same(address, &server.html, &pc.show(&user, address, id));
    }
}

#[actix_web::test]
async fn without_scripts_a_day_leads_where_the_server_leads() {
    let (_offices, mut clerk, pc) = ankara().await;
    for n in 1..=24 {
        for day in ["2026-02-04", "2026-02-16", "2026-03-30"] {
            let address = format!("/employees/{}/days/{day}", employee_id(n));
            let server = clerk.get(&address).await;
            let Local::Elsewhere(to) = pc.show("", &address, None) else { panic!("{address}") };
            assert_eq!(to, server.location, "{address}");
        }
    }
}

#[actix_web::test]
async fn what_is_not_in_the_copy_is_missing_and_other_addresses_are_not_made_here() {
    let (_offices, mut clerk, pc) = ankara().await;
    let missing = [
        format!("/timesheets/{}", timesheet_id(900)),
        format!("/employees/{}", employee_id(40)),
        format!("/employees/{}/days/{TODAY}", employee_id(40)),
        "/timesheets?region=izmir".into(),
        "/today?region=izmir".into(),
        "/timesheets/month?region=izmir".into(),
        "/employees/x".into(),
        format!("/timesheets/{}/edit", timesheet_id(3)),
    ];
    for address in &missing {
        assert_eq!(clerk.get(address).await.status, 404, "{address}");
        assert!(matches!(pc.show("", address, None), Local::Missing(_)), "{address}");
    }
    let Local::Page(deleted) = pc.show("", &format!("/timesheets/{}", timesheet_id(3)), None) else { panic!("a deleted entry has a page") };
    assert!(deleted.contains("Bu kayıt silinmiş.") && !deleted.contains("/edit\""));
    let reader = pc.store.read().unwrap();
    for address in ["/dashboard", "/activity", "/admin/users", "/queue", "/conflicts", "/reports/summary"] {
        assert!(copy::show(pc.ctx("", address, None), &reader, TODAY.parse().unwrap()).unwrap().is_none(), "{address}");
    }
}

#[actix_web::test]
async fn a_page_says_how_old_the_copy_is_and_which_rows_wait() {
    let (offices, _clerk, pc) = ankara().await;
    let of = || op(&builders::clerk("ankara"), "ankara");
    let changed = of().update("timesheet", timesheet_id(1), 1, json!({ "notes": ["", "bekleyen not"] }));
    let made = entry("ankara", 990, 4, TODAY, ("08:00", "17:00"), &json!({}));
    let now = offices.state.clock.now();
    pc.store
        .write(move |db| {
            for op in [changed, made] {
                ops::keep(
                    db,
                    &ops::NewOp { op, source: ops::Source::Form, label: String::new(), href: String::new(), verdict: None },
                    now,
                )?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let page = |address: &str| match pc.show("", address, None) {
        Local::Page(html) => html,
        other => panic!("{other:?}"),
    };
    for (person, entry) in [(1, 1), (4, 990)] {
        let list = page(&format!("/timesheets?employee_id={}&from=&to=", employee_id(person)));
        assert!(list.contains(&format!("data-id=\"{}\" data-waiting>", timesheet_id(entry))), "a changed row waits, and a new one");
        assert_eq!((list.matches("data-waiting>").count(), list.matches(">Bekliyor</span>").count()), (1, 1));
        assert!(list.contains("data-kept-since=\"1771394400000\"") && list.contains("id=\"strip-age\""));
        assert!(list.contains("18.02.2026 09:00"), "by Istanbul's clock");
    }
    let today = page("/today");
    assert!(today.contains("data-waiting"), "the day shows it too");
    assert!(page("/timesheets/month").contains(" waiting\""), "and the month");
}

#[actix_web::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong() {
    let (_offices, _clerk, pc) = ankara().await;
    let person = employee_id(1).to_string();
    let typed = [("employee_id", person.as_str()), ("work_date", TODAY), ("start_time", "25:61"), ("notes", "yazılan")];
    let refused = |local: Local| match local {
        Local::Refused(html) => html,
        other => panic!("{other:?}"),
    };
    for address in ["/timesheets".to_owned(), format!("/timesheets/{}", timesheet_id(1)), format!("/employees/{person}/days/{TODAY}")] {
        let html = refused(pc.refuse(&address, &typed, "start_time"));
        assert!(html.contains("25:61") && html.contains("yazılan"), "{address}");
        assert!(html.contains("is-invalid"), "{address}");
    }
    let html = refused(pc.refuse("/today/entries", &typed, "start_time"));
    assert!(html.contains("25:61") && html.contains("data-unsaved"));
    for (address, field) in [
        ("/employees".to_owned(), "full_name"),
        (format!("/employees/{person}"), "full_name"),
        ("/shift-templates".into(), "name"),
        (format!("/shift-templates/{}", template_id(3)), "name"),
    ] {
        let html = refused(pc.refuse(&address, &[(field, "<yazılan>")], field));
        assert!(html.contains("&#60;yazılan&#62;") && html.contains("is-invalid"), "{address}");
    }
    let Local::Back(to, flash) = pc.refuse(&format!("/timesheets/{}/deletion", timesheet_id(1)), &[], "") else { panic!("an act") };
    assert_eq!((to.as_str(), flash.key.as_str()), ("/timesheets", "flash-refused"));
    let Local::Back(to, _) = pc.refuse("/today/batches", &[("work_date", "2026-02-05")], "") else { panic!("an act of a day") };
    assert_eq!(to, "/today?date=2026-02-05");
}
