//! `/admin/settings` and `/admin/calendar`: forms that are operations, of the company and of single regions.

#![cfg(test)]

use rainstaff::calendar::ensure_public_holidays;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::browser::{Browser, Form},
};

async fn admin(company: &Company) -> Browser {
    Browser::of(&company.state, "admin", ADMIN_PASSWORD).await
}

async fn settings_form(admin: &mut Browser, code: &str) -> Form {
    admin.get(&format!("/admin/settings/{code}")).await.form("form.entry-form").minted()
}

/// The plan of an ordinary Monday, as a clerk's list shows it.
async fn planned(company: &Company) -> String {
    let mut clerk = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let person = clerk.get("/employees/new").await.form("form.entry-form").minted().with("full_name", &["Ayşe Işık"]);
    clerk.submit(&person).await;
    let entry = clerk.get("/timesheets/new").await.form("form.entry-form").minted();
    let entry = entry.with("employee_id", &[person.value("_id")]).with("work_date", &["2026-01-05"]).with("start_time", &["0830"]);
    clerk.submit(&entry.with("end_time", &["1830"])).await;
    let id: String = sqlx::query_scalar("SELECT id::text FROM app.timesheets ORDER BY id DESC LIMIT 1")
        .fetch_one(&mut company.inspect().await)
        .await
        .unwrap();
    clerk.get(&format!("/timesheets/{id}")).await.texts(".hour-list dd")[1].clone()
}

#[actix_web::test]
async fn a_region_takes_the_companys_plan_until_it_has_its_own() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    assert_eq!(planned(&company).await, "9,00", "the program's default");
    let form = settings_form(&mut boss, "company").await.with("weekday_hours", &["8,5"]);
    assert_eq!(boss.post(&form).await.location, "/admin/settings/company");
    let region = boss.get("/admin/settings/ankara").await;
    assert!(region.text("#settings-weekday_hours-hint").contains("şirket geneli geçerlidir: 8,50 saat"), "what a blank field means");
    assert_eq!(region.form("form.entry-form").value("weekday_hours"), "", "and it is blank");
    assert_eq!(region.texts(".hour-list dd")[..3], ["9,00", "8,50", "1,50"], "08:30–18:30 with an hour's break, by the rule that holds");
    assert_eq!(planned(&company).await, "8,50");

    let form = settings_form(&mut boss, "ankara").await.with("weekday_hours", &["7:30"]);
    assert_eq!(boss.post(&form).await.status, 303);
    assert_eq!(planned(&company).await, "7,50");
    let list = boss.get("/admin/settings").await;
    assert_eq!(list.texts("#settings-ankara td")[1], "7,50 saat bölgenin kendi değeri");
    assert_eq!(list.texts("#settings-izmir td")[1], "8,50 saat şirket geneli");
    let again = settings_form(&mut boss, "ankara").await;
    assert_eq!(again.value("weekday_hours"), "7,5", "as people here write it");
    assert_eq!(boss.post(&again.clone()).await.status, 303);
    assert_eq!(company.count("SELECT version FROM app.settings WHERE region = 'ankara'").await, 1, "nothing was changed by that");
    let emptied = settings_form(&mut boss, "ankara").await.with("weekday_hours", &[""]);
    assert_eq!(boss.post(&emptied).await.status, 303);
    assert_eq!(planned(&company).await, "8,50", "blank means the company's again");
    let history = boss.get("/admin/settings/ankara").await;
    assert_eq!(history.count("section[aria-labelledby=history-title] article"), 2);
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_at_its_field() {
    let company = Company::new().await;
    let mut boss = admin(&company).await;
    let blank = settings_form(&mut boss, "izmir").await;
    for (field, value, says) in [
        ("weekday_hours", "sekiz", "Süre biçimi geçersiz"),
        ("weekday_hours", "25", "0 ile 24 saat"),
        ("saturday_start", "9 buçuk", "Saat biçimi geçersiz"),
    ] {
        let answer = boss.post(&blank.clone().with(field, &[value])).await;
        assert_eq!(answer.status, 422, "{field} {value}");
        assert!(answer.text(&format!("#settings-{field}-error")).contains(says), "{field} {value}");
        assert_eq!(answer.form("form.entry-form").value(field), value, "what was typed stays");
    }
    let half = boss.post(&blank.clone().with("saturday_end", &["14:00"])).await;
    assert!(half.text("#settings-saturday_start-error").contains("birlikte"), "half a window");
    assert_eq!(company.count("SELECT count(*) FROM app.settings").await, 0);
    for code in ["yok", "Ankara"] {
        assert_eq!(boss.get(&format!("/admin/settings/{code}")).await.status, 404, "{code}");
    }
}

#[actix_web::test]
async fn two_first_edits_of_a_region_meet_in_its_one_row() {
    let company = Company::new().await;
    let (mut boss, mut other) = (admin(&company).await, admin(&company).await);
    let (one, two) = (settings_form(&mut boss, "izmir").await, settings_form(&mut other, "izmir").await);
    assert_eq!(boss.post(&one.with("company_name", &["Örnek A.Ş."])).await.status, 303);
    assert_eq!(other.post(&two.with("weekday_hours", &["8"])).await.status, 303);
    let row = "SELECT count(*) FROM app.settings WHERE region = 'izmir' AND company_name = 'Örnek A.Ş.' AND weekday_min = 480";
    assert_eq!(company.count(row).await, 1);
    assert_eq!(company.count("SELECT count(*) FROM app.conflict").await, 0);
}

#[actix_web::test]
async fn the_calendar_shows_the_year_and_a_day_is_added_changed_and_removed_with_a_way_back() {
    let company = Company::new().await;
    ensure_public_holidays(&company.state).await.unwrap();
    let mut boss = admin(&company).await;
    let year = boss.get("/admin/calendar?year=2026").await;
    assert_eq!(year.texts(".month-head th")[..2], ["Ocak 2026", "Mart 2026"]);
    assert_eq!(
        year.texts("tr[data-day='2026-10-28'] td")[..4],
        ["28 Ekim Çarşamba", "Cumhuriyet Bayramı arifesi", "Resmî tatil", "13:00 sonrası"]
    );
    assert!(boss.get("/admin/calendar?year=2031").await.html.contains("dinî bayramları programda yok"));

    let form = boss.get("/admin/calendar/new?year=2026").await.form("form.entry-form").minted();
    assert_eq!(form.value("region"), "company");
    let nameless = boss.post(&form.clone().with("day", &["2026-10-30"])).await;
    assert!(nameless.status == 422 && nameless.text("#new-name-error").contains("adını yazın"));
    let form = form.with("region", &["izmir"]).with("day", &["2026-10-30"]).with("name", &["Köprü günü"]).with("kind", &["day_off"]);
    assert_eq!(boss.post(&form).await.location, "/admin/calendar?year=2026");
    let row = boss.get("/admin/calendar?year=2026").await.texts("tr[data-day='2026-10-30'] td");
    assert_eq!(row[..5], ["30 Ekim Cuma", "Köprü günü", "İdari izin", "tüm gün", "İzmir"]);

    let id = form.value("_id").to_owned();
    let edit = boss.get(&format!("/admin/calendar/{id}/edit")).await.form("form.entry-form").minted();
    assert_eq!(boss.post(&edit.with("free_from", &["1300"])).await.status, 303);
    let list = boss.get("/admin/calendar?year=2026").await;
    assert_eq!(list.texts("tr[data-day='2026-10-30'] td")[3], "13:00 sonrası");
    assert_eq!(boss.post(&list.form(&format!("form[action='/admin/calendar/{id}/deletion']")).minted()).await.status, 303);
    let gone = boss.get("/admin/calendar?year=2026").await;
    assert_eq!(gone.count("tr[data-day='2026-10-30']"), 0);
    assert_eq!(boss.get(&format!("/admin/calendar/{id}/edit")).await.status, 404);
    assert_eq!(boss.submit(&gone.form("form[data-undo]").minted()).await.status, 200);
    assert_eq!(boss.get("/admin/calendar?year=2026").await.count("tr[data-day='2026-10-30']"), 1);
    assert_eq!(company.count("SELECT count(*) FROM app.change_log WHERE region = 'izmir' AND entity = 'calendar_day'").await, 4);
}
