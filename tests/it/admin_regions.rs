//! `/admin/regions`: a new region works at once and is separated like the others; a closed region can be read but accepts no new data.

#![cfg(test)]

use rainstaff::{
    db::Scope,
    identity::Region,
    ids::new_id,
    ops::{Origin, Reason, VerdictKind},
    shift_templates::ensure_first_templates,
    sync::{deliver, submit},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::{Answer, Browser},
        builders::{self, op},
    },
};

async fn admin(company: &Company) -> Browser {
    Browser::of(&company.state, "admin", ADMIN_PASSWORD).await
}

async fn add(admin: &mut Browser, name: &str, code: &str) -> Answer {
    let form = admin.get("/admin/regions").await.form("form.entry-form").minted();
    admin.post(&form.with("name", &[name]).with("code", &[code])).await
}

async fn act(admin: &mut Browser, code: &str, noun: &str) -> Answer {
    let form = admin.get("/admin/regions").await.form(&format!("form[action='/admin/regions/{code}/{noun}']")).minted();
    admin.post(&form).await
}

/// A person of a region, with a password of their own.
async fn newcomer(company: &Company, admin: &mut Browser, name: &str, region: &str) -> Browser {
    let form = admin.get("/admin/users/new").await.form("form.entry-form").minted();
    let answer = admin.post(&form.with("username", &[name]).with("regions", &[region])).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    company.give_password(name, CLERK_PASSWORD, false).await.unwrap();
    Browser::of(&company.state, name, CLERK_PASSWORD).await
}

async fn add_employee(browser: &mut Browser, name: &str) -> Answer {
    let form = browser.get("/employees/new").await.form("form.entry-form").minted().with("full_name", &[name]);
    browser.submit(&form).await
}

#[actix_web::test]
async fn a_new_region_works_at_once_and_nobody_else_sees_into_it() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    assert_eq!(add(&mut boss, "Antalya", "").await.location, "/admin/regions");
    let mut person = newcomer(&company, &mut boss, "antalya1", "antalya").await;
    assert_eq!(add_employee(&mut person, "Deniz Akdeniz").await.status, 200);
    let entry = person.get("/timesheets/new").await.form("form.entry-form").minted();
    let employee = look(&company, "SELECT id::text FROM app.employees WHERE full_name = 'Deniz Akdeniz'").await;
    let entry = entry.with("employee_id", &[&employee]).with("work_date", &["2026-01-05"]).with("start_time", &["0800"]);
    let stored = person.submit(&entry.with("end_time", &["1700"])).await;
    assert_eq!(stored.status, 200, "{}", stored.html);
    assert!(person.get("/timesheets?from=2026-01-01&to=2026-01-31").await.html.contains("Deniz Akdeniz"));
    assert!(person.get("/activity").await.html.contains("Bölge eklendi: Antalya"), "in the region's own log");

    let row = boss.get("/admin/regions").await.texts("#region-antalya td");
    assert_eq!(row[..5], ["Antalya", "antalya", "Açık", "1", "antalya1"]);
    assert!(boss.get("/employees?region=antalya").await.html.contains("Deniz Akdeniz"));
    let mut ankara = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    for page in ["/employees", "/employees?region=antalya", "/timesheets?from=2026-01-01&to=2026-01-31", "/activity"] {
        assert!(!ankara.get(page).await.html.contains("Deniz"), "{page}");
    }
    assert_eq!(ankara.get(&format!("/employees/{employee}/edit")).await.status, 404);
    let mut scoped = company.state.db.read(&Scope::system(Region::parse("ankara").unwrap(), None, Origin::System)).await.unwrap();
    let seen = rainstaff::admin::offices::db::list_offices(&mut scoped).await.unwrap();
    assert_eq!(seen.iter().map(|office| office.code.as_str()).collect::<Vec<_>>(), ["ankara"]);
    let broken: Option<i64> =
        sqlx::query_scalar("SELECT sec.verify_changes('antalya')").fetch_one(&mut inspect(&company).await).await.unwrap();
    assert_eq!(broken, None, "its chain holds from the first change on");
}

#[actix_web::test]
async fn a_code_is_made_from_the_name_or_typed_and_checked() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    add(&mut boss, "Iğdır Şantiyesi", "").await;
    add(&mut boss, "Muğla", "ege2").await;
    let codes = boss.get("/admin/regions").await.texts("tbody code");
    assert!(["igdir_santiyesi", "ege2"].iter().all(|code| codes.iter().any(|known| known == code)), "{codes:?}");
    for (name, code, at, says) in [
        ("", "", "#new-name-error", "adını yazın"),
        ("Ankara", "ankara2", "#new-name-error", "zaten var"),
        ("ANKARA", "ankara2", "#new-name-error", "zaten var"),
        ("Ankara Batı", "ankara", "#new-code-error", "zaten var"),
        ("Ankara Batı", "company", "#new-code-error", "zaten var"),
        ("Ankara Batı", "Batı", "#new-code-error", "küçük harfle"),
        ("42", "", "#new-code-error", "küçük harfle"),
        ("Ankara Batı", "a'; DROP TABLE", "#new-code-error", "küçük harfle"),
    ] {
        let answer = add(&mut boss, name, code).await;
        assert_eq!(answer.status, 422, "{name} {code}");
        assert!(answer.text(at).contains(says), "{name} {code}: {}", answer.text(at));
    }
    assert_eq!(company.count("SELECT count(*) FROM app.regions WHERE kind = 'office'").await, 6);
}

#[actix_web::test]
async fn a_region_is_renamed_and_keeps_its_code() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let form = boss.get("/admin/regions/bursa/edit").await.form("form.entry-form").minted();
    assert_eq!(form.value("name"), "Bursa");
    assert!(boss.post(&form.clone().with("name", &["İzmir"])).await.text("#edit-name-error").contains("zaten var"));
    assert_eq!(boss.post(&form.with("name", &["Bursa Nilüfer"])).await.status, 303);
    assert_eq!(boss.get("/admin/regions").await.texts("#region-bursa td")[..2], ["Bursa Nilüfer", "bursa"]);
    assert!(boss.get("/activity").await.html.contains("Bölgenin adı değişti: Bursa → Bursa Nilüfer"));
    for code in ["company", "yok", "B%C3%B6lge"] {
        assert_eq!(boss.get(&format!("/admin/regions/{code}/edit")).await.status, 404, "{code}");
    }
}

#[actix_web::test]
async fn a_closed_region_is_read_by_its_people_and_takes_nothing_until_it_is_opened() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let mut person = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    add_employee(&mut person, "Ayşe Işık").await;
    let waiting = person.get("/employees/new").await.form("form.entry-form").minted().with("full_name", &["Can Geç"]);
    act(&mut boss, "ankara", "closure").await;

    let list = person.get("/employees").await;
    assert!(list.status == 200 && list.html.contains("Ayşe Işık"));
    assert!(list.text(".closed-strip").contains("Ankara yeni kayda kapatıldı"), "the page says so");
    let refused = person.submit(&waiting).await;
    assert_eq!((refused.status, refused.op_ack.as_str()), (422, ""));
    assert!(refused.html.contains("Bu bölge yeni kayda kapatıldı") && refused.html.contains("Can Geç"), "with what was typed");
    let id = look(&company, "SELECT id::text FROM app.employees").await;
    let edit = person.get(&format!("/employees/{id}/edit")).await.form("form.entry-form").minted().with("title", &["Usta"]);
    assert_eq!(person.submit(&edit).await.status, 422);
    assert_eq!(company.count("SELECT count(*) FROM app.employees WHERE title = ''").await, 1);
    assert!(boss.get("/employees?region=ankara").await.html.contains("Ayşe Işık"), "an admin reads it too");
    let offered = boss.get("/employees/new").await.texts("select[name=region] option");
    assert!(!offered.contains(&"Ankara".to_owned()), "{offered:?}");
    let offered = boss.get("/admin/users/new").await.html;
    assert!(!offered.contains("value=\"ankara\""), "no new people for it");

    act(&mut boss, "ankara", "opening").await;
    assert_eq!(person.submit(&waiting).await.status, 200, "the form was kept, and the same attempt works now");
    assert_eq!(person.get("/employees").await.count(".closed-strip"), 0);
    let log = person.get("/activity").await.html;
    assert!(log.contains("Bölge yeni kayda kapatıldı: Ankara") && log.contains("Bölge yeniden yeni kayda açıldı: Ankara"));
}

/// What was entered while offline is not lost because somebody closed the region meanwhile.
#[actix_web::test]
async fn an_operation_out_of_a_queue_is_kept_when_its_region_is_closed() {
    let company = Company::new().await;
    act(&mut admin(&company).await, "ankara", "closure").await;
    let clerk = builders::clerk("ankara");
    let entry = op(&clerk, "ankara").new_employee(new_id(), "Geç Gelen");
    for replayed in [false, true] {
        let verdicts = deliver(&company.state, &clerk, Origin::Offline, vec![entry.clone()]).await.unwrap();
        let said = (verdicts[0].verdict, verdicts[0].reason, verdicts[0].replayed);
        assert_eq!(said, (VerdictKind::Held, Some(Reason::RegionClosed), replayed));
    }
    let kept = "SELECT count(*) FROM app.op_inbox WHERE body->'fields'->'full_name'->>'to' = 'Geç Gelen'";
    assert_eq!(company.count(kept).await, 1);
    assert_eq!(company.count("SELECT count(*) FROM app.employees").await, 0);
    let form = submit(&company.state, &clerk, op(&clerk, "ankara").create("shift_template", new_id(), json!({}))).await.unwrap();
    assert!(matches!(form, rainstaff::ops::Submitted::Invalid(_)), "{form:?}");
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox").await, 1, "a refused form is not stored");
}

/// The database decides once more: the setting alone opens nothing.
#[actix_web::test]
async fn only_an_active_admins_transaction_writes_the_list_of_regions() {
    let company = Company::new().await;
    let mut conn = inspect(&company).await;
    let boss = look(&company, "SELECT id::text FROM auth.users WHERE username = 'admin'").await;
    let clerk = look(&company, "SELECT id::text FROM auth.users WHERE username = 'ankara1'").await;
    let writes = ["INSERT INTO app.regions (code, name) VALUES ('van', 'Van')", "UPDATE app.regions SET name = 'X' WHERE code = 'izmir'"];
    for (setting, actor, may) in [
        ("regions", &boss, true),
        ("users", &boss, false),
        ("", &boss, false),
        ("regions", &clerk, false),
        ("regions", &String::new(), false),
    ] {
        for write in writes {
            let begin = format!("BEGIN; SET LOCAL ROLE rainstaff_app; SET LOCAL app.admin = '{setting}'; SET LOCAL app.actor = '{actor}'");
            conn.execute(AssertSqlSafe(begin)).await.unwrap();
            let wrote = conn.execute(write).await.is_ok_and(|done| done.rows_affected() == 1);
            conn.execute("ROLLBACK").await.unwrap();
            assert_eq!(wrote, may, "{setting} {actor}: {write}");
        }
    }
    let begin = format!("BEGIN; SET LOCAL ROLE rainstaff_app; SET LOCAL app.admin = 'regions'; SET LOCAL app.actor = '{boss}'");
    for write in [
        "UPDATE app.regions SET code = 'smyrna' WHERE code = 'izmir'",
        "UPDATE app.regions SET kind = 'company' WHERE code = 'izmir'",
        "INSERT INTO app.regions (code, name, kind) VALUES ('van', 'Van', 'company')",
        "DELETE FROM app.regions WHERE code = 'izmir'",
        "TRUNCATE app.regions CASCADE",
    ] {
        conn.execute(AssertSqlSafe(begin.clone())).await.unwrap();
        assert!(conn.execute(write).await.is_err(), "{write}");
        conn.execute("ROLLBACK").await.unwrap();
    }
    conn.execute(AssertSqlSafe(begin)).await.unwrap();
    let company_row = conn.execute("UPDATE app.regions SET active = false WHERE code = 'company'").await.unwrap();
    assert_eq!(company_row.rows_affected(), 0, "the company is no office");
    conn.execute("ROLLBACK").await.unwrap();
    conn.execute("UPDATE auth.users SET active = false WHERE username = 'admin'").await.unwrap();
    let begin = format!("BEGIN; SET LOCAL ROLE rainstaff_app; SET LOCAL app.admin = 'regions'; SET LOCAL app.actor = '{boss}'");
    conn.execute(AssertSqlSafe(begin)).await.unwrap();
    assert!(conn.execute(writes[0]).await.is_err(), "a disabled admin's transaction");
}

async fn inspect(company: &Company) -> sqlx::PgConnection {
    let mut conn = company.inspect().await;
    conn.execute("SET app.regions = 'company,ankara,istanbul,bursa,izmir,antalya'").await.unwrap();
    conn
}

async fn look(company: &Company, sql: &str) -> String {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut inspect(company).await).await.unwrap()
}

/// Rows of the list of templates that name a region.
async fn templates_of(boss: &mut Browser, region: &str) -> Vec<String> {
    let rows = boss.get("/shift-templates").await.texts("#template-list tbody tr");
    rows.into_iter().filter(|row| row.contains(region)).collect()
}

#[actix_web::test]
async fn a_new_region_starts_with_the_standard_templates_or_copies_and_a_region_can_be_given_more() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    add(&mut boss, "Kayseri", "").await;
    let standard = templates_of(&mut boss, "Kayseri").await;
    assert!(standard.len() == 1 && standard[0].starts_with("Hafta içi") && standard[0].contains("09:00"), "{standard:?}");
    let new = boss.get("/shift-templates/new").await.form("form.entry-form").minted().with("region", &["kayseri"]);
    boss.post(&new.with("name", &["Gece"]).with("start_time", &["2200"]).with("end_time", &["0600"]).with("break_minutes", &["30"])).await;

    let form = boss.get("/admin/regions").await.form("form.entry-form").minted();
    boss.post(&form.with("name", &["Sivas"]).with("templates", &["kayseri"])).await;
    assert_eq!(templates_of(&mut boss, "Sivas").await.len(), 2, "those of the other region");

    assert!(templates_of(&mut boss, "Ankara").await.is_empty());
    for times in 1..=2 {
        let copy = boss.get("/admin/regions/ankara/edit").await.form("form[action$='/templates']").minted();
        boss.post(&copy.with("templates", &["kayseri"])).await;
        assert_eq!(templates_of(&mut boss, "Ankara").await.len(), 2, "pressed {times} times");
    }
    let taken = "SELECT count(*)::text FROM app.op_inbox WHERE entity = 'shift_template' AND region = 'ankara'";
    assert_eq!(look(&company, taken).await, "2", "each once");
}

/// "Ankara Hafta içi 540-1080" of every template there is.
const TEMPLATES: &str =
    "SELECT coalesce(string_agg(region || ' ' || name || ' ' || start_min || '-' || end_min || ' ' || weekdays, ', ' ORDER BY region), '')
                         FROM app.shift_templates WHERE deleted_at IS NULL";

#[actix_web::test]
async fn the_first_offices_start_with_the_standard_template_and_what_an_admin_makes_of_it_stays() {
    let company = Company::new().await;
    let (one, other) = tokio::join!(ensure_first_templates(&company.state), ensure_first_templates(&company.state));
    assert!(one.is_ok() && other.is_ok(), "two servers started at once: {one:?} {other:?}");
    let standard = |office: &str| format!("{office} Hafta içi 540-1080 12345");
    assert_eq!(look(&company, TEMPLATES).await, ["ankara", "bursa", "istanbul", "izmir"].map(standard).join(", "));
    let log = "SELECT DISTINCT origin || ' ' || action FROM app.change_log WHERE entity = 'shift_template'";
    assert_eq!(look(&company, log).await, "system create");
    let mut boss = admin(&company).await;
    let mine = templates_of(&mut boss, "Ankara").await;
    assert!(mine.len() == 1 && mine[0].starts_with("Hafta içi") && mine[0].contains("09:00"), "{mine:?}");
    let remove = boss.get("/shift-templates").await.form("form[action*='/deletion']").minted();
    assert_eq!(boss.submit(&remove).await.status, 200);
    let left = look(&company, TEMPLATES).await;
    assert_eq!(left.matches("Hafta içi").count(), 3, "{left}");
    for _ in 0..2 {
        ensure_first_templates(&company.state).await.unwrap();
        assert_eq!(look(&company, TEMPLATES).await, left, "a deleted one does not come back");
    }
}

#[actix_web::test]
async fn an_office_that_works_without_templates_is_given_none_by_a_later_start() {
    let company = Company::new().await;
    let clerk = builders::clerk("izmir");
    builders::set_up(&company.state, &clerk, vec![builders::op(&clerk, "izmir").new_employee(builders::employee_id(1), "Ayşe Işık")]).await;
    company.inspect().await.execute("UPDATE app.regions SET active = false WHERE code = 'bursa'").await.unwrap();
    ensure_first_templates(&company.state).await.unwrap();
    let given = look(&company, TEMPLATES).await;
    assert!(
        given.starts_with("ankara ") && given.contains("istanbul ") && !given.contains("izmir ") && !given.contains("bursa "),
        "{given}"
    );
}
