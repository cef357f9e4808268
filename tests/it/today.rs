//! `/today`, through the whole application. It is Monday, 5 January 2026.

#![cfg(test)]

use rainstaff::ops::Op;
use serde_json::{Value, json};
use sqlx::Executor as _;
use uuid::Uuid;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::{Answer, Browser, Form},
        builders::{clerk, employee_id, op, queue_id, set_up, template_id, timesheet_id},
    },
};

const NAMES: [&str; 4] = ["Ayşe Yılmaz", "Çağrı Şahin", "Işıl Işık", "Zeynep Güneş"];

/// Ankara with four people, who work from 08:30 to 17:30 from Monday to Friday.
async fn ankara() -> (Company, Browser) {
    let company = Company::new().await;
    apply(&company, "ankara", vec![template("ankara", 1, "Gündüz", ("08:30", "17:30", 60), "12345")]).await;
    apply(&company, "ankara", (1..).zip(NAMES).map(|(n, name)| person(n, name, &json!({}))).collect()).await;
    let browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    (company, browser)
}

async fn apply(company: &Company, office: &str, ops: Vec<Op>) {
    set_up(&company.state, &clerk(office), ops).await;
}

fn template(office: &str, n: u32, name: &str, (start, end, rest): (&str, &str, i32), weekdays: &str) -> Op {
    let values = json!({ "name": name, "start_time": start, "end_time": end, "break_minutes": rest, "weekdays": weekdays });
    op(&clerk(office), office).create("shift_template", template_id(n), values)
}

fn person(n: u32, name: &str, more: &Value) -> Op {
    let mut values = json!({ "full_name": name });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op(&clerk("ankara"), "ankara").create("employee", employee_id(n), values)
}

fn entry(n: u32, employee: u32, date: &str, (start, end): (&str, &str)) -> Op {
    let values =
        json!({ "employee_id": employee_id(employee), "work_date": date, "start_time": start, "end_time": end, "break_minutes": 60 });
    op(&clerk("ankara"), "ankara").create("timesheet", timesheet_id(n), values)
}

/// The words of the people's rows, each with name, plan and state first.
async fn rows(browser: &mut Browser, address: &str) -> Vec<String> {
    let page = browser.get(address).await;
    assert_eq!(page.status, 200);
    page.texts("tr[data-row]")
}

fn states(page: &Answer) -> Vec<String> {
    page.texts("tr[data-row] .standing .badge")
}

/// `start-end version deleted` of everything that is stored, by name.
async fn stored(company: &Company) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', e.full_name, t.work_date, t.start_min, t.end_min, t.break_min, 'v' || t.version, CASE WHEN t.deleted_at IS NULL THEN '' ELSE 'deleted' END)
         FROM app.timesheets t JOIN app.employees e ON e.region = t.region AND e.id = t.employee_id ORDER BY e.full_name COLLATE \"tr-x-icu\", t.start_min",
    )
    .fetch_all(&mut company.inspect().await)
    .await
    .unwrap()
    .into_iter()
    .map(|line: String| line.trim().to_owned())
    .collect()
}

/// The form of one person's row, filled in.
fn row_form(page: &Answer, n: u32, times: (&str, &str)) -> Form {
    page.form(&format!("#form-{}", employee_id(n))).with("start_time", &[times.0]).with("end_time", &[times.1]).minted()
}

/// Presses the button for everybody on today's page.
async fn enter_all(browser: &mut Browser) -> Answer {
    let form = browser.get("/today").await.form("#today-all").minted();
    browser.submit(&form).await
}

#[actix_web::test]
async fn the_list_is_filled_from_the_weekdays_template_or_the_persons_own() {
    let (company, mut browser) = ankara().await;
    apply(
        &company,
        "ankara",
        vec![
            template("ankara", 2, "Gece", ("22:00", "06:00", 30), ""),
            template("ankara", 3, "Cumartesi", ("09:00", "14:00", 0), "6"),
            person(5, "Ömer Gece", &json!({ "shift_template_id": template_id(2) })),
            person(6, "Ülkü Hafta", &json!({ "shift_template_id": template_id(3) })),
        ],
    )
    .await;
    let page = browser.get("/today").await;
    assert_eq!(page.text("h1"), "Bugün, 5 Ocak 2026 Pazartesi");
    assert_eq!(page.texts("tr[data-row] .name"), ["Ayşe Yılmaz", "Çağrı Şahin", "Işıl Işık", "Ömer Gece", "Ülkü Hafta", "Zeynep Güneş"]);
    assert_eq!(page.texts("tr[data-row] .plan")[2..5], ["08:30–17:30 60 dk", "22:00–06:00 30 dk", "yok"]);
    assert_eq!(states(&page), ["Boş", "Boş", "Boş", "Boş", "Plan yok", "Boş"]);
    assert_eq!(page.text("#today-count strong"), "5 kişi boş");
    let saturday = browser.get("/today?date=2026-01-10").await;
    assert_eq!(saturday.text("h1"), "10 Ocak 2026 Cumartesi");
    assert_eq!(
        saturday.texts("tr[data-row] .plan")[3..5],
        ["22:00–06:00 30 dk", "09:00–14:00 0 dk"],
        "a template without days holds where the region works"
    );
    assert_eq!(label(&page, 1), "Ayşe Yılmaz, 5 Ocak Pazartesi, Boş, plan 08:30-17:30");
}

/// What a screen reader says on a row.
fn label(page: &Answer, n: u32) -> String {
    let mark = format!("id=\"row-{}\"", employee_id(n));
    let rest = page.html.split(&mark).nth(1).expect("the row is there");
    rest.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn whoever_is_not_hired_yet_or_has_left_is_not_offered_and_what_they_worked_is_shown() {
    let (company, mut browser) = ankara().await;
    apply(
        &company,
        "ankara",
        vec![
            person(5, "Yarın Gelen", &json!({ "hire_date": "2026-01-06" })),
            person(6, "Dün Giden", &json!({ "exit_date": "2026-01-04" })),
            person(7, "Kalan Kayıt", &json!({ "exit_date": "2026-01-04" })),
            person(8, "Bugün Giden", &json!({ "exit_date": "2026-01-05" })),
            entry(1, 7, "2026-01-05", ("08:00", "12:00")),
        ],
    )
    .await;
    let page = browser.get("/today").await;
    let names = page.texts("tr[data-row] .name");
    assert!(!names.contains(&"Yarın Gelen".to_owned()) && !names.contains(&"Dün Giden".to_owned()), "{names:?}");
    assert_eq!(page.text("#today-count strong"), "5 kişi boş");
    let left = page.texts("tr[data-row]").into_iter().find(|row| row.starts_with("Kalan Kayıt")).unwrap();
    assert!(left.starts_with("Kalan Kayıt yok Plan dışı"), "{left}");
    assert!(rows(&mut browser, "/today?date=2026-01-06").await.iter().any(|row| row.starts_with("Yarın Gelen 08:30–17:30")));
    let entered = browser.post(&page.form("#today-all").minted()).await;
    assert_eq!(entered.status, 303);
    assert!(!stored(&company).await.iter().any(|line| line.starts_with("Yarın") || line.starts_with("Dün")), "nor entered with the others");
}

#[actix_web::test]
async fn a_holiday_is_named_and_nobody_is_blank_and_half_a_day_cuts_the_plan() {
    let (company, mut browser) = ankara().await;
    let day = |n: u32, date: &str, name: &str, kind: &str, free_from: &str| {
        let values = json!({ "day": date, "name": name, "kind": kind, "free_from": free_from });
        op(&clerk("ankara"), "ankara").create("calendar_day", template_id(90 + n), values)
    };
    apply(
        &company,
        "ankara",
        vec![
            day(1, "2026-01-07", "Deneme Bayramı", "holiday", ""),
            day(2, "2026-01-08", "Deneme arifesi", "holiday", "13:00"),
            day(3, "2026-01-09", "Köprü", "day_off", ""),
        ],
    )
    .await;
    let holiday = browser.get("/today?date=2026-01-07").await;
    assert_eq!(holiday.text(".today-mark"), "Deneme Bayramı, resmî tatil");
    assert_eq!(holiday.text("#today-count strong"), "Bu gün için planlanmış vardiya yok.");
    assert_eq!(states(&holiday), ["Tatil"; 4]);
    assert_eq!(holiday.count("#today-all"), 0, "there is nothing to enter");
    assert_eq!(holiday.count("tr[data-row] input[name=is_special][checked]"), 4, "work on it is suggested to be of a special day");
    let eve = browser.get("/today?date=2026-01-08").await;
    assert_eq!(eve.text(".today-mark"), "Deneme arifesi, 13:00 sonrası resmî tatil");
    assert_eq!(eve.text("tr[data-row] .plan"), "08:30–13:00 30 dk");
    assert_eq!(eve.count("tr[data-row] input[name=is_special][checked]"), 0, "its morning is an ordinary one");
    let bridge = browser.get("/today?date=2026-01-09").await;
    assert_eq!(bridge.text(".today-mark"), "Köprü, idari izin");
    assert_eq!(bridge.count("input[name=is_special][checked]"), 0);

    browser.post(&eve.form("#today-all").with("confirmed", &["ahead"]).minted()).await;
    assert_eq!(stored(&company).await[0], "Ayşe Yılmaz 2026-01-08 510 780 30 v1");
    browser.post(&row_form(&holiday, 2, ("0900", "12:00")).with("is_special", &["true"]).with("confirmed", &["ahead"])).await;
    let worked = browser.get("/today?date=2026-01-07").await;
    assert_eq!(states(&worked), ["Tatil", "Plan dışı", "Tatil", "Tatil"]);
}

#[actix_web::test]
async fn everybody_as_planned_is_one_act_and_happens_once_however_often_it_is_posted() {
    let (company, mut browser) = ankara().await;
    let form = browser.get("/today").await.form("#today-all").minted();
    assert_eq!(form.fields.iter().filter(|(name, _)| name == "planned").count(), 4);
    for attempt in 0..3 {
        let answer = if attempt == 2 { browser.post(&form).await } else { browser.submit(&form).await };
        assert_eq!(answer.op_ack, form.value("_op"));
        if attempt < 2 {
            assert_eq!(answer.status, 200);
            assert!(
                answer.text(".toast-text").contains("4 kişi planlandığı gibi kaydedildi"),
                "the same answer every time: {}",
                answer.html
            );
        }
    }
    assert!(browser.get("/today").await.text(".toast-text").contains("4 kişi"), "and without scripts");
    assert_eq!(stored(&company).await, NAMES.map(|name| format!("{name} 2026-01-05 510 1050 60 v1")));
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox WHERE entity = 'timesheet'").await, 4);
    let page = browser.get("/today").await;
    assert_eq!(states(&page), ["Planlandığı gibi"; 4]);
    assert_eq!(page.text("#today-count strong"), "4 / 4 tamam");
    assert_eq!(company.count("SELECT count(DISTINCT queue_id) FROM app.op_inbox WHERE entity = 'timesheet'").await, 1, "one act");
}

#[actix_web::test]
async fn on_two_connections_at_once_everybody_is_entered_once_and_both_get_the_answer() {
    let (company, mut one) = ankara().await;
    let mut two = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let form = one.get("/today").await.form("#today-all").minted();
    let (first, second) = futures_util::join!(one.submit(&form), two.submit(&form));
    for answer in [&first, &second] {
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")));
        assert!(answer.text(".toast-text").contains("4 kişi"), "{}", answer.html);
    }
    assert_eq!(stored(&company).await.len(), 4);
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox WHERE entity = 'timesheet'").await, 4);
}

#[actix_web::test]
async fn two_clerks_who_press_at_once_enter_everybody_once() {
    let (company, mut one) = ankara().await;
    let mut two = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let page = one.get("/today").await;
    let (mine, theirs) = (page.form("#today-all").minted(), page.form("#today-all").minted());
    assert_ne!(mine.value("_op"), theirs.value("_op"));
    let (first, second) = futures_util::join!(one.submit(&mine), two.submit(&theirs));
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(stored(&company).await.len(), 4);
    assert!(!first.html.contains("Kaydedilemeyen") && !second.html.contains("Kaydedilemeyen"), "nobody is left out");
}

#[actix_web::test]
async fn whoever_was_entered_meanwhile_is_left_as_they_are() {
    let (company, mut browser) = ankara().await;
    let form = browser.get("/today").await.form("#today-all").minted();
    // Not in the way of the plan: without a look at the day, there would be two entries.
    apply(&company, "ankara", vec![entry(1, 1, "2026-01-05", ("18:00", "23:00"))]).await;
    let answer = browser.submit(&form).await;
    assert!(answer.text(".toast-text").contains("3 kişi"), "{}", answer.html);
    assert_eq!(stored(&company).await[0], "Ayşe Yılmaz 2026-01-05 1080 1380 60 v1");
    assert_eq!(stored(&company).await.len(), 4);
}

#[actix_web::test]
async fn a_plan_that_overlaps_with_last_night_is_named_and_the_others_are_stored() {
    let (company, mut browser) = ankara().await;
    apply(&company, "ankara", vec![entry(1, 2, "2026-01-04", ("23:00", "09:00"))]).await;
    let page = browser.get("/today").await;
    assert_eq!(page.text("#today-count strong"), "4 kişi boş");
    let form = page.form("#today-all").minted();
    for _ in 0..2 {
        let answer = browser.submit(&form).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")));
        let message = answer.text(".toast-text");
        assert!(
            message.starts_with(
                "3 kişi planlandığı gibi kaydedildi. Kaydedilemeyen: Çağrı Şahin: Bu çalışanın bu saatlere denk gelen başka bir kaydı var: 23:00-09:00"
            ),
            "{message}"
        );
        let why = format!("#errors-{}", employee_id(2));
        assert!(answer.text(&why).contains("23:00-09:00 (04.01.2026)"), "its row says so too");
        assert_eq!(answer.attribute(&format!("{why} a"), "href"), format!("/timesheets/{}", timesheet_id(1)), "and leads there");
    }
    let after = browser.get("/today").await;
    assert_eq!(states(&after), ["Planlandığı gibi", "Boş", "Planlandığı gibi", "Planlandığı gibi"]);
    // When the night is put right, the next press enters the one who is left.
    let sunday = browser.get("/today?date=2026-01-04").await;
    browser.submit(&row_form(&sunday, 2, ("23:00", "0800"))).await;
    let again = browser.submit(&after.form("#today-all").minted()).await;
    assert!(again.text(".toast-text").contains("1 kişi"), "{}", again.html);
    assert_eq!(browser.get("/today").await.text("#today-count strong"), "4 / 4 tamam");
}

#[actix_web::test]
async fn the_whole_batch_is_taken_back_at_once_and_only_once() {
    let (company, mut browser) = ankara().await;
    let form = browser.get("/today").await.form("#today-all").minted();
    let undo = browser.submit(&form).await.form("form[action$='/undo']").minted();
    assert_eq!(undo.action, format!("/today/batches/{}/undo", form.value("_op")));
    let mut other = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let (first, second) = futures_util::join!(browser.submit(&undo), other.submit(&undo));
    for answer in [first, second, browser.submit(&undo).await] {
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, undo.value("_op")));
        assert_eq!(answer.text(".toast-text"), "4 kayıt geri alındı.");
    }
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox WHERE kind = 'delete'").await, 4);
    assert_eq!(states(&browser.get("/today").await), ["Boş"; 4]);
    // The late second copy of the batch does not bring it back.
    browser.submit(&form).await;
    assert_eq!(states(&browser.get("/today").await), ["Boş"; 4]);
    // And everybody can be entered anew.
    let anew = browser.get("/today").await.form("#today-all").minted();
    browser.submit(&anew).await;
    assert_eq!(company.count("SELECT count(*) FROM app.timesheets WHERE deleted_at IS NULL").await, 4);
    let late = browser.submit(&undo.clone().minted()).await;
    assert_eq!(late.text(".toast-text"), "4 kayıt geri alındı.", "the late second copy of the first undo");
    assert_eq!(
        company.count("SELECT count(*) FROM app.timesheets WHERE deleted_at IS NULL").await,
        4,
        "takes back nothing of the second batch"
    );
}

#[actix_web::test]
async fn an_entry_that_somebody_has_changed_since_is_left_alone_and_named() {
    let (company, mut browser) = ankara().await;
    let undo = enter_all(&mut browser).await.form("form[action$='/undo']").minted();
    let page = browser.get("/today").await;
    assert_eq!(browser.submit(&row_form(&page, 2, ("0830", "1915"))).await.status, 200);
    // Changed and changed back is not changed.
    let changed = browser.submit(&row_form(&page, 4, ("0830", "1800"))).await;
    assert_eq!(browser.submit(&changed.form("form[data-undo]").minted()).await.status, 200);
    let gone = page.form(&format!("#row-{} form[data-delete]", employee_id(3))).minted();
    assert_eq!(browser.submit(&gone).await.status, 200);
    let answer = browser.submit(&undo).await;
    assert_eq!(answer.text(".toast-text"), "2 kayıt geri alındı. Sonradan değiştirildiği için bırakılan: Çağrı Şahin");
    let left = [
        "Ayşe Yılmaz 2026-01-05 510 1050 60 v2 deleted",
        "Çağrı Şahin 2026-01-05 510 1155 60 v2",
        "Işıl Işık 2026-01-05 510 1050 60 v2 deleted",
        "Zeynep Güneş 2026-01-05 510 1050 60 v4 deleted",
    ];
    assert_eq!(stored(&company).await, left);
    assert_eq!(company.count("SELECT count(*) FROM app.conflict").await, 0, "leaving it alone is no conflict");
}

#[actix_web::test]
async fn only_a_batch_of_the_page_can_be_taken_back_as_one() {
    let (company, mut browser) = ankara().await;
    let undo = enter_all(&mut browser).await.form("form[action$='/undo']").minted();
    // What a browser entered offline is a queue too, and no act.
    let mut queued = entry(9, 1, "2026-01-06", ("08:30", "17:30"));
    (queued.queue_id, queued.n) = (queue_id(1), 1);
    apply(&company, "ankara", vec![queued]).await;
    for foreign in [queue_id(1), Uuid::from_u128(5)] {
        let mut form = undo.clone().with("_op", &[&Uuid::now_v7().to_string()]);
        form.action = format!("/today/batches/{foreign}/undo");
        assert_eq!(browser.submit(&form).await.status, 404);
    }
    assert_eq!(company.count("SELECT count(*) FROM app.timesheets WHERE deleted_at IS NULL").await, 5);
}

#[actix_web::test]
async fn an_exception_is_typed_in_its_row_changed_and_taken_back() {
    let (company, mut browser) = ankara().await;
    let page = browser.get("/today").await;
    let created = browser.submit(&row_form(&page, 1, ("900", "1915"))).await;
    assert!(created.text(".toast-text").contains("Ayşe Yılmaz, 05.01.2026: puantaj kaydedildi"), "{}", created.html);
    assert!(created.html.contains(&format!("<tbody id=\"person-{}\"", employee_id(1))), "the row comes with the answer");
    assert!(created.html.contains("3 kişi boş"), "and so does the count");
    let saved = browser.get("/today").await;
    assert_eq!(states(&saved), ["Farklı", "Boş", "Boş", "Boş"]);
    assert_eq!((saved.text("td.worked"), saved.text("td.overtime")), ("9,25".into(), "1,25".into()));
    assert_eq!(label(&saved, 1), "Ayşe Yılmaz, 5 Ocak Pazartesi, Farklı, 09:00-19:15, plan 08:30-17:30");

    let changed = browser.submit(&row_form(&saved, 1, ("0830", "1730"))).await;
    assert!(changed.text(".toast-text").contains("düzeltildi"));
    assert_eq!(stored(&company).await, ["Ayşe Yılmaz 2026-01-05 510 1050 60 v2"]);
    let back = browser.submit(&changed.form("form[data-undo]").minted()).await;
    assert_eq!(back.text(".toast-text"), "Ayşe Yılmaz, 05.01.2026: değişiklik geri alındı.");
    assert_eq!(back.count("form[data-undo]"), 0, "taking back is no act to take back");
    assert_eq!(stored(&company).await, ["Ayşe Yılmaz 2026-01-05 540 1155 60 v3"]);

    let current = browser.get("/today").await;
    let deleted = browser.submit(&current.form("form[data-delete]").minted()).await;
    assert!(deleted.text(".toast-text").contains("silindi"));
    assert_eq!(states(&browser.get("/today").await), ["Boş"; 4]);
    browser.submit(&deleted.form("form[data-undo]").minted()).await;
    assert_eq!(stored(&company).await, ["Ayşe Yılmaz 2026-01-05 540 1155 60 v5"]);
}

#[actix_web::test]
async fn a_change_of_a_row_sent_again_has_the_same_way_back() {
    let (company, mut browser) = ankara().await;
    let created = row_form(&browser.get("/today").await, 1, ("900", "1915"));
    browser.submit(&created).await;
    let form = row_form(&browser.get("/today").await, 1, ("0830", "1730"));
    browser.submit(&form).await;
    let again = browser.submit(&form).await;
    assert_eq!((again.status, again.op_ack.as_str()), (200, form.value("_op")), "{}", again.html);
    browser.submit(&again.form("form[data-undo]").minted()).await;
    assert_eq!(stored(&company).await, ["Ayşe Yılmaz 2026-01-05 540 1155 60 v3"]);
}

#[actix_web::test]
async fn a_row_changes_nothing_but_what_it_shows() {
    let (company, mut browser) = ankara().await;
    let mut noted = entry(1, 1, "2026-01-05", ("08:30", "17:30"));
    noted.fields.insert("notes".into(), rainstaff::ops::Change { from: Value::Null, to: json!("kapıda bekledi") });
    apply(&company, "ankara", vec![noted]).await;
    let page = browser.get("/today").await;
    assert_eq!(page.text("tr[data-row] .note"), "kapıda bekledi");
    assert_eq!(browser.submit(&row_form(&page, 1, ("0830", "1800"))).await.status, 200);
    assert_eq!(company.count("SELECT count(*) FROM app.timesheets WHERE notes = 'kapıda bekledi' AND end_min = 1080").await, 1);
}

#[actix_web::test]
async fn what_is_wrong_is_said_in_its_row_and_what_was_typed_stays() {
    let (company, mut browser) = ankara().await;
    let page = browser.get("/today").await;
    for by_script in [true, false] {
        let form = row_form(&page, 3, ("25:00", "1730")).with("break_minutes", &["x"]);
        let answer = if by_script { browser.submit(&form).await } else { browser.post(&form).await };
        assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""));
        let why = answer.text(&format!("#errors-{}", employee_id(3)));
        assert!(why.contains("25:00 saat değil") && why.contains("Mola"), "{why}");
        let kept = answer.form(&format!("#form-{}", employee_id(3)));
        assert_eq!((kept.value("start_time"), kept.value("end_time"), kept.value("break_minutes")), ("25:00", "1730", "x"));
        assert_eq!(answer.html.contains("<html"), !by_script);
    }
    assert!(stored(&company).await.is_empty());
    // A page that is out of date: the entry there is stays, and the row that came back stands below it.
    apply(&company, "ankara", vec![entry(1, 3, "2026-01-05", ("08:00", "17:00"))]).await;
    let late = browser.post(&row_form(&page, 3, ("0830", "1730"))).await;
    assert_eq!((late.status, late.count("tr[data-extra]")), (422, 1));
    assert!(late.text(&format!("#errors-{}-new", employee_id(3))).contains("başka bir kaydı var: 08:00-17:00"));
}

#[actix_web::test]
async fn without_scripts_every_act_leads_back_to_its_day_with_a_message() {
    let (_company, mut browser) = ankara().await;
    let page = browser.get("/today?date=2026-01-06").await;
    let created = browser.post(&row_form(&page, 1, ("830", "17.30")).with("confirmed", &["ahead"])).await;
    assert_eq!((created.status, created.location.as_str()), (303, "/today?date=2026-01-06"));
    let after = browser.get(&created.location).await;
    assert!(after.text(".toast-text").contains("Ayşe Yılmaz"));
    let taken_back = browser.post(&after.form("form[data-undo]").minted()).await;
    assert_eq!(taken_back.location, "/today?date=2026-01-06");
    let blank = browser.get(&taken_back.location).await;
    assert_eq!(blank.text("#today-count strong"), "4 kişi boş");
    let all = browser.post(&blank.form("#today-all").with("confirmed", &["ahead"]).minted()).await;
    assert_eq!((all.status, all.location.as_str()), (303, "/today?date=2026-01-06"));
    let undo = browser.get(&all.location).await.form("form[data-undo]").minted();
    let undone = browser.post(&undo).await;
    assert_eq!(undone.location, "/today?date=2026-01-06");
    assert_eq!(states(&browser.get(&undone.location).await), ["Boş"; 4]);
}

#[actix_web::test]
async fn another_regions_people_entries_and_batches_do_not_exist() {
    let (company, mut ankara) = ankara().await;
    company.give_password("istanbul1", CLERK_PASSWORD, false).await.unwrap();
    let mut istanbul = Browser::of(&company.state, "istanbul1", CLERK_PASSWORD).await;
    let values = json!({ "full_name": "Ali Koç" });
    let ali = op(&clerk("istanbul"), "istanbul").create("employee", employee_id(50), values);
    apply(&company, "istanbul", vec![template("istanbul", 50, "Gündüz", ("09:00", "18:00", 60), "12345"), ali]).await;

    let page = ankara.get("/today").await;
    let batch = ankara.submit(&page.form("#today-all").minted()).await;
    let undo = batch.form("form[action$='/undo']").minted();
    let mine = ankara.get("/today").await;
    let theirs = istanbul.get("/today").await;
    assert_eq!(theirs.texts("tr[data-row] .name"), ["Ali Koç"]);
    assert_eq!(istanbul.get("/today?region=ankara").await.status, 404);
    assert_eq!(istanbul.get("/?region=ankara").await.status, 404);

    let own_token = theirs.form("#today-all").value("_csrf").to_owned();
    let as_istanbul = |form: &Form| form.clone().with("_csrf", &[&own_token]).with("_op", &[&Uuid::now_v7().to_string()]);
    let update = row_form(&mine, 1, ("0900", "1800"));
    let delete = mine.form("form[data-delete]");
    let mut restore = delete.clone();
    restore.action = restore.action.replace("deletion", "restoration");
    for form in [&update, &delete, &restore, &undo] {
        for region in ["", "ankara", "istanbul"] {
            let answer = istanbul.submit(&as_istanbul(form).with("region", &[region])).await;
            assert_eq!((answer.status, answer.op_ack.as_str()), (404, ""), "{} {region}", form.action);
            assert!(!answer.html.contains("Ayşe"), "{} discloses", form.action);
        }
    }
    let foreign = employee_id(1).to_string();
    let create = row_form(&theirs, 50, ("0900", "1800")).with("employee_id", &[&foreign]);
    let all = theirs.form("#today-all").with("planned", &[&format!("{foreign} 08:30 17:30 60")]);
    for form in [&create, &all] {
        for region in ["", "ankara"] {
            let answer = istanbul.submit(&as_istanbul(form).with("region", &[region])).await;
            assert_eq!((answer.status, answer.op_ack.as_str()), (404, ""), "{} {region}", form.action);
        }
    }
    assert_eq!(stored(&company).await, NAMES.map(|name| format!("{name} 2026-01-05 510 1050 60 v1")), "and nothing happened");
}

#[actix_web::test]
async fn a_clerk_starts_on_the_day_and_an_admin_opens_any_regions() {
    let (company, mut browser) = ankara().await;
    let home = browser.get("/").await;
    assert_eq!((home.status, home.text("h1")), (200, "Bugün, 5 Ocak 2026 Pazartesi".into()));
    assert_eq!(home.text(".nav-link[aria-current=page]"), "Bugün");
    assert_eq!(home.count(".today-regions"), 0, "one region needs no switch");
    assert_eq!(home.texts("nav .nav-link-title")[0], "Bugün");
    let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
    assert_eq!(admin.get("/").await.status, 303);
    let page = admin.get("/?region=ankara&date=2026-01-06").await;
    assert_eq!(page.text("h1"), "6 Ocak 2026 Salı");
    assert_eq!(page.texts("tr[data-row] .name"), NAMES);
    assert_eq!(page.texts(".today-regions a"), ["Ankara", "Bursa", "İstanbul", "İzmir"]);
    assert_eq!(page.text(".today-regions a[aria-current]"), "Ankara");
    let answer = admin.post(&page.form("#today-all").with("confirmed", &["ahead"]).minted()).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, "/today?date=2026-01-06&region=ankara"));
    assert_eq!(stored(&company).await.len(), 4);
    assert_eq!(admin.get("/today?region=yok").await.status, 404);
}

#[actix_web::test]
async fn a_closed_region_shows_its_days_and_takes_nothing() {
    let (company, mut browser) = ankara().await;
    let open = browser.get("/today").await;
    let undo = enter_all(&mut browser).await.form("form[action$='/undo']").minted();
    let tomorrow = browser.get("/today?date=2026-01-06").await;
    company.inspect().await.execute("UPDATE app.regions SET active = false WHERE code = 'ankara'").await.unwrap();
    let closed = browser.get("/today?date=2026-01-06").await;
    assert_eq!((closed.status, closed.count("#today-all"), closed.text("#today-count strong")), (200, 0, "4 kişi boş".into()));
    for form in [tomorrow.form("#today-all").minted(), undo, row_form(&tomorrow, 1, ("0830", "1730"))] {
        let answer = browser.submit(&form).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""), "{}", form.action);
        assert!(answer.html.contains("Bu bölge yeni kayda kapatıldı"), "{}", answer.html);
    }
    assert_eq!(
        company.count("SELECT count(*) FROM app.op_inbox WHERE entity = 'timesheet'").await,
        4,
        "nothing waits for the day it opens"
    );
    assert_eq!(open.count("#today-all"), 1);
}

#[actix_web::test]
async fn a_date_that_is_none_is_said_with_what_was_typed_and_nothing_can_be_entered_for_another_day() {
    let (_company, mut browser) = ankara().await;
    for address in ["/today", "/"] {
        for wrong in ["yarin", "2026-02-30", "1900-01-01"] {
            let page = browser.get(&format!("{address}?date={wrong}")).await;
            assert_eq!((page.status, page.text("h1")), (422, "Bugün".into()), "{wrong}");
            assert!(page.text("#today-date-error").len() > 10, "{wrong}");
            assert_eq!(["value", "type"].map(|name| page.attribute("#today-date", name)), [wrong, "text"]);
            assert_eq!(["tr[data-row]", "#today-all", "main form[method=post]"].map(|what| page.count(what)), [0; 3], "{wrong}");
            assert_eq!(page.count("[data-wrong]"), 1);
            assert!(!page.html.contains("Bu gün çalışan kimse yok"), "{wrong}: nothing is said of a day");
        }
    }
    let edge = browser.get("/today?date=2100-12-31").await;
    assert_eq!((edge.status, edge.count("[data-day=next]"), edge.count("[data-day=previous]")), (200, 0, 1));
}

#[actix_web::test]
async fn a_form_that_makes_no_sense_is_refused_whole() {
    let (company, mut browser) = ankara().await;
    let form = browser.get("/today").await.form("#today-all").minted();
    for (field, value) in [("work_date", "yarin"), ("planned", "x"), ("_op", "x")] {
        let answer = browser.submit(&form.clone().with(field, &[value])).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (400, ""), "{field}");
    }
    assert!(stored(&company).await.is_empty());
}

#[actix_web::test]
async fn one_key_enters_a_thousand_people_once_and_one_more_takes_them_back() {
    let (company, mut browser) = ankara().await;
    apply(&company, "ankara", (5..=1000).map(|n| person(n, &format!("Kişi {n:04}"), &json!({}))).collect()).await;
    let form = browser.get("/today").await.form("#today-all").minted();
    assert_eq!(form.fields.iter().filter(|(name, _)| name == "planned").count(), 1000);
    let mut undo = None;
    for _ in 0..2 {
        let answer = browser.submit(&form).await;
        assert_eq!((answer.status, answer.op_ack.as_str()), (200, form.value("_op")));
        assert!(answer.text(".toast-text").starts_with("1.000 kişi planlandığı gibi kaydedildi."), "{}", answer.text(".toast-text"));
        assert_eq!(answer.html.matches("<hx-partial").count(), 3, "the rows in one piece, the count, and the message");
        undo = Some(answer.form("form[action$='/undo']").minted());
        assert_eq!(company.count("SELECT count(*) FROM app.timesheets WHERE deleted_at IS NULL").await, 1000);
    }
    browser.submit(&undo.unwrap()).await;
    assert_eq!(company.count("SELECT count(*) FROM app.timesheets WHERE deleted_at IS NULL").await, 0);
    assert_eq!(company.count("SELECT count(*) FROM app.op_inbox WHERE entity = 'timesheet' AND kind = 'create'").await, 1000, "made once");
    assert_eq!(browser.get("/today").await.text("#today-count strong"), "1.000 kişi boş");
}

#[actix_web::test]
async fn what_is_too_large_is_refused_with_a_sentence_before_it_is_read_for_a_visitor() {
    let (company, mut browser) = ankara().await;
    let large = browser.get("/today").await.form("#today-all").minted().with("notes", &[&"ş".repeat(600 * 1024)]);
    let answer = browser.submit(&large).await;
    assert_eq!((answer.status, answer.op_ack.as_str(), answer.text("h1").as_str()), (413, "", "Gönderilen çok büyük"));
    let long = browser.get(&format!("/timesheets?q={}", "a".repeat(9000))).await;
    assert_eq!((long.status, long.text("h1").as_str()), (414, "Gönderilen çok büyük"));
    let within = browser.get(&format!("/timesheets?q={}", "a".repeat(190))).await;
    assert_eq!(within.status, 200);
    assert!(stored(&company).await.is_empty());
    let account = Form { action: "/login".into(), fields: vec![("username".into(), "a".repeat(17 * 1024))] };
    assert_eq!(browser.post(&account).await.status, 413, "an account's form is small");
}
