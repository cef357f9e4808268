//! The life of an alarm, with a source that exists only here: licences that expire. Also the one table of all alarms, while an earlier
//! release still writes.

#![cfg(test)]

use std::{collections::HashSet, path::Path};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use rainstaff::{
    alarms::{AlarmList, Finding, Kind, Registered, Severity, Source, Subject, Texts, acknowledge, load},
    civil::format_date_tr,
    clock::Clock,
    db::{Mode, Scope, ScopedTx},
    devices::DeviceAlarms,
    drivers::Driver,
    events::{EventKind, NewEvent},
    i18n::Lang,
    identity::{Actor, Admin, Visitor},
    ids::new_id,
    ops::{Listed, Op},
    queue_health::QueueAlarms,
    state::AppState,
    web::{
        flash::{Seal, signer},
        office::Office as _,
        page::{Ctx, RegionName, Theme},
    },
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, migrate::Migrator};
use uuid::Uuid;

use crate::{
    auth::Company,
    support::{
        builders::{admin, clerk, op, set_up},
        cluster::TestDb,
    },
};

/// Days before a licence expires on which that is said.
const SAID_BEFORE: i64 = 30;
// Texts of other pages stand in for those that a source brings with it.
const SOON: Kind = Kind::new("soon", Severity::Note, "driver-license-expiry", "alert-why-no-day-off");
const EXPIRED: Kind =
    Kind::new("expired", Severity::Critical, "driver-license-class", "alert-why-no-day-off").logged_as(EventKind::DeviceTrouble);

/// Everything that a source of due dates has to say.
struct LicenceDates;

impl Source for LicenceDates {
    const NAME: &'static str = "licence";
    const KINDS: &'static [Kind] = &[EXPIRED, SOON];
    const TEXTS: Texts =
        Texts { list: "driver-list", open: "device-alarm-open", seen: "flash-device-alarm-seen", trouble: "licences were not looked at" };
    const SEEN: EventKind = EventKind::DeviceAlarmSeen;
    type State = Listed<Driver>;

    async fn list_states<M: Mode>(tx: &mut ScopedTx<M>) -> Result<Vec<Listed<Driver>>, sqlx::Error> {
        tx.list::<Driver>(false).await.map_err(|error| sqlx::Error::Protocol(error.to_string()))
    }

    fn judge(driver: &Listed<Driver>, now: DateTime<Utc>) -> Vec<Finding> {
        let finding = |day: chrono::NaiveDate| {
            let left = (day - now.date_naive()).num_days();
            let kind = if left < 0 { EXPIRED } else { SOON };
            (left <= SAID_BEFORE).then(|| Finding {
                subject: driver.id,
                kind,
                amount: left,
                since: day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(SAID_BEFORE),
            })
        };
        driver.value.license_expiry.and_then(finding).into_iter().collect()
    }

    fn tell(event: NewEvent, driver: &Listed<Driver>, finding: &Finding) -> NewEvent {
        event.with("driver", driver.value.full_name.as_str()).with("alarm", finding.kind.word)
    }

    async fn describe<M: Mode>(tx: &mut ScopedTx<M>, _lang: Lang, subjects: &[Uuid]) -> Result<Vec<Subject>, sqlx::Error> {
        let subject = |driver: Listed<Driver>| Subject {
            region: driver.region,
            id: driver.id,
            in_events: ("driver", driver.value.full_name.clone()),
            name: driver.value.full_name,
            name_href: None,
            detail: driver.value.license_class,
            href: format!("/drivers/{}", driver.id),
            arguments: vec![("from", "bugün".to_owned()), ("to", driver.value.license_expiry.map(format_date_tr).unwrap_or_default())],
        };
        let drivers = Self::list_states(tx).await?;
        Ok(drivers.into_iter().filter(|driver| subjects.contains(&driver.id)).map(subject).collect())
    }
}

static SOURCES: [Registered; 3] = [Registered::of::<QueueAlarms>(), Registered::of::<DeviceAlarms>(), Registered::of::<LicenceDates>()];

/// The company's server, so many days later, after a look at everything.
async fn watched(company: &Company, days: i64) -> AppState {
    let now = company.state.clock.now() + TimeDelta::days(days);
    let state = AppState { clock: Clock::Fixed(now), ..company.state.clone() };
    for source in &SOURCES {
        source.watch(&state).await;
    }
    state
}

async fn look(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(conn).await.unwrap()
}

/// `region kind amount` of the alarms that are not over.
async fn open(company: &Company) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', region, source, kind, amount) FROM app.alarm WHERE ended_at IS NULL ORDER BY region, kind";
    look(&mut company.inspect().await, sql).await
}

fn ctx(actor: &Actor, now: DateTime<Utc>) -> Ctx {
    Ctx {
        actor: Some(actor.clone()),
        lang: Lang::Tr,
        theme: Theme::Auto,
        csrf: String::new(),
        now,
        request_id: String::new(),
        path: "/dashboard".to_owned(),
        query: String::new(),
        is_htmx: false,
        htmx_target: None,
        demo: false,
        secure: false,
        seal: Seal::new(signer(b"test"), "", false),
        regions: [("ankara", "Ankara"), ("izmir", "İzmir")]
            .map(|(code, name)| RegionName { code: code.to_owned(), name: name.to_owned(), is_open: true })
            .into(),
        flash: None,
        company_name: None,
        kept_since: None,
        waiting: HashSet::new(),
    }
}

/// What the dashboard of this person shows.
async fn shown(state: &AppState, actor: &Actor) -> Vec<AlarmList> {
    let mut tx = state.db.read_snapshot(&Scope::with_company(actor).unwrap()).await.unwrap();
    load(&mut tx, &ctx(actor, state.clock.now()), &SOURCES).await.unwrap()
}

fn driver(office: &str, id: Uuid, name: &str, expiry: &str) -> Op {
    op(&clerk(office), office).create("driver", id, json!({ "full_name": name, "license_class": "C", "license_expiry": expiry }))
}

/// The administrator has seen an alarm of the source; none when there is no such alarm.
async fn see<S: Source>(state: &AppState, id: Uuid) -> Option<String> {
    let boss = Admin::new(admin(), Visitor::default()).unwrap();
    let mut tx = state.db.write(&Scope::with_company(boss.actor()).unwrap()).await.unwrap();
    let word = acknowledge::<S>(&mut tx, &boss, id, state.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    word
}

#[actix_web::test]
async fn a_source_that_registers_needs_no_table_no_statement_and_no_page_of_its_own() {
    let company = Company::new().await;
    let today = company.state.clock.today();
    let day = |days: i64| (today + TimeDelta::days(days)).to_string();
    let ayse = new_id();
    set_up(
        &company.state,
        &clerk("ankara"),
        vec![driver("ankara", ayse, "Ayşe Yılmaz", &day(10)), driver("ankara", new_id(), "Can Öz", &day(31))],
    )
    .await;
    set_up(&company.state, &clerk("izmir"), vec![driver("izmir", new_id(), "Işıl Ak", &day(-1))]).await;
    let now = watched(&company, 0).await;
    watched(&company, 0).await;
    assert_eq!(open(&company).await, ["ankara licence soon 10", "izmir licence expired -1"], "raised once");

    let lists = shown(&now, &admin()).await;
    assert_eq!((lists.len(), lists[0].source), (1, "licence"));
    let [first, second] = lists[0].alarms.as_slice() else { panic!("{lists:?}") };
    assert_eq!((first.name.as_str(), first.place.as_str(), first.kind), ("Işıl Ak", "İzmir", EXPIRED), "the most urgent first");
    assert_eq!(
        (second.name.as_str(), second.detail.as_str(), second.href.as_str()),
        ("Ayşe Yılmaz", "C", format!("/drivers/{ayse}").as_str())
    );
    let plain: String = second.why.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect();
    assert_eq!(plain, format!("bugün – {} arası 10 gün üst üste.", format_date_tr(today + TimeDelta::days(10))));
    let id = second.id;
    assert_eq!(shown(&now, &clerk("ankara")).await[0].alarms.len(), 1, "another office's are not shown");

    assert_eq!(see::<DeviceAlarms>(&now, id).await, None, "it is no alarm about a PC");
    assert_eq!(see::<LicenceDates>(&now, id).await.as_deref(), Some("soon"));
    assert_eq!(see::<LicenceDates>(&now, id).await.as_deref(), Some("soon"), "a second press changes nothing");
    assert_eq!(shown(&now, &admin()).await[0].alarms.len(), 1);
    assert_eq!(open(&company).await.len(), 2, "it is seen, and not over");

    let later = watched(&company, 11).await;
    assert_eq!(open(&company).await, ["ankara licence expired -1", "ankara licence soon 20", "izmir licence expired -1"]);
    assert_eq!(shown(&later, &clerk("ankara")).await[0].alarms[0].kind, EXPIRED, "what has become worse is another alarm");
    let renewed = op(&clerk("ankara"), "ankara").update("driver", ayse, 1, json!({ "license_expiry": [day(10), day(2000)] }));
    set_up(&company.state, &clerk("ankara"), vec![renewed]).await;
    watched(&company, 12).await;
    assert_eq!(open(&company).await, ["ankara licence soon 20", "izmir licence expired -1"], "it is over");
    let history = format!(
        "SELECT concat_ws(' ', kind, seen_by_name, raised_at::date - '{today}', ended_at::date - '{today}') FROM app.alarm WHERE subject = '{ayse}' ORDER BY raised_at"
    );
    assert_eq!(look(&mut company.inspect().await, &history).await, ["soon admin 0 11", "expired 11 12"], "nothing is deleted");
    let log =
        "SELECT concat_ws(' ', region, kind, detail ->> 'driver', detail ->> 'alarm') FROM app.activity_event WHERE kind LIKE 'device%'
               ORDER BY at, region";
    assert_eq!(
        look(&mut company.inspect().await, log).await,
        ["ankara device_alarm_seen Ayşe Yılmaz soon", "izmir device_trouble Işıl Ak expired", "ankara device_trouble Ayşe Yılmaz expired"],
        "what is soon due is a note"
    );
}

/// The database as it was when queues and PCs had a table of alarms each, with two of a queue and one of a PC.
async fn before_alarms_were_one_table() -> TestDb {
    let db = TestDb::empty().await;
    let mut owner = db.connect_owner().await;
    let mut migrator = Migrator::new(Path::new("migrations")).await.unwrap();
    migrator.migrations = migrator.migrations.iter().filter(|m| m.version < 20_261_201_120_000).cloned().collect();
    migrator.run(&mut owner).await.unwrap();
    owner
        .execute(
            "SET app.regions = 'company,ankara'; SET app.admin = 'users';
             INSERT INTO app.regions (code, name) VALUES ('ankara', 'Ankara');
             INSERT INTO app.queue_contact (region, queue_id, user_id, reporter, browser_id, len, first_at, last_at)
             VALUES ('ankara', '00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'ankara1', gen_random_uuid(), 1, now(), now());
             INSERT INTO app.queue_alarm (region, id, queue_id, kind, amount, since, raised_at, ended_at, seen_at, seen_by_name)
             SELECT region, gen_random_uuid(), queue_id, kind, 2, now(), now(), ended_at, now(), 'admin'
             FROM app.queue_contact, (VALUES ('silent', now()), ('hole', NULL)) k (kind, ended_at);
             INSERT INTO auth.devices (id, region, name, added_at, added_by_name)
             VALUES ('00000000-0000-7000-8000-000000000002', 'ankara', 'PC', now(), 'admin');
             INSERT INTO app.device_contact (region, device_id, last_at) SELECT region, id, now() FROM auth.devices;
             INSERT INTO app.device_alarm (region, id, device_id, kind, amount, since, raised_at)
             SELECT region, gen_random_uuid(), device_id, 'silent', 3, now(), now() FROM app.device_contact;",
        )
        .await
        .unwrap();
    owner.close().await.unwrap();
    db
}

#[tokio::test]
async fn alarms_of_before_are_in_the_one_table_and_a_running_release_of_before_goes_on_writing() {
    let db = before_alarms_were_one_table().await;
    rainstaff::db::migrate(db.owner_url()).await.unwrap();
    let mut app = db.connect_owner().await;
    app.execute("SET app.regions = 'company,ankara'; SET app.admin = 'users'; SET ROLE rainstaff_app").await.unwrap();
    let all = "SELECT concat_ws(' ', source, right(subject::text, 1), kind, amount, ended_at IS NULL, seen_by_name) FROM app.alarm ORDER BY source, kind, amount";
    assert_eq!(look(&mut app, all).await, ["device 2 silent 3 t", "queue 1 hole 2 t admin", "queue 1 silent 2 f admin"]);

    // The statements of the release of before.
    let raise = |kind: &str| {
        AssertSqlSafe(format!(
            "INSERT INTO app.queue_alarm (region, id, queue_id, kind, amount, since, raised_at)
             SELECT region, gen_random_uuid(), queue_id, '{kind}', 5, now(), now() FROM app.queue_contact
             ON CONFLICT (region, queue_id, kind) WHERE ended_at IS NULL DO NOTHING"
        ))
    };
    assert_eq!(app.execute(raise("hole")).await.unwrap().rows_affected(), 0, "it is there already");
    assert_eq!(app.execute(raise("silent")).await.unwrap().rows_affected(), 1);
    app.execute("UPDATE app.device_alarm SET ended_at = now() WHERE region = 'ankara' AND ended_at IS NULL").await.unwrap();
    let since = ["device 2 silent 3 f", "queue 1 hole 2 t admin", "queue 1 silent 2 f admin", "queue 1 silent 5 t"];
    assert_eq!(look(&mut app, all).await, since);

    // What this release raises, the release of before reads and ends.
    let again = "INSERT INTO app.alarm (region, id, source, subject, kind, amount, since, raised_at)
                 SELECT region, gen_random_uuid(), 'device', device_id, 'clock', 1, now(), now() FROM app.device_contact ON CONFLICT DO NOTHING";
    assert_eq!(app.execute(again).await.unwrap().rows_affected(), 1);
    assert_eq!(app.execute(again).await.unwrap().rows_affected(), 0, "one alarm of a kind at a time");
    let read = "SELECT d.name || ' ' || a.kind FROM app.device_alarm a JOIN auth.devices d ON d.region = a.region AND d.id = a.device_id
                WHERE a.ended_at IS NULL FOR UPDATE OF a";
    assert_eq!(look(&mut app, read).await, ["PC clock"]);
    for (sql, code) in [
        ("UPDATE app.alarm SET subject = gen_random_uuid()", "RS002"),
        ("UPDATE app.alarm SET source = 'other'", "RS002"),
        ("UPDATE app.queue_alarm SET queue_id = gen_random_uuid()", "RS002"),
        ("DELETE FROM app.alarm", "42501"),
    ] {
        let refused = app.execute(sql).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), code, "{sql}: {refused}");
    }
}
