//! `/employees/{id}`: a person's months, the totals with their calculation, and the identity number on request.

#![cfg(test)]

use rainstaff::i18n::{Lang, format};
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::{
    month::{Offices, entry, person, reckon, short, weekdays},
    support::{
        browser::Answer,
        builders::{self, employee_id, op, timesheet_id},
    },
};

const NUMBER: &str = "12345678950";

fn path(n: u32) -> String {
    format!("/employees/{}", employee_id(n))
}

/// `8,5` as `8,50`.
fn long(minutes: i64) -> String {
    let text = short(minutes);
    match text.split_once(',') {
        None => format!("{text},00"),
        Some((_, digits)) if digits.len() == 1 => format!("{text}0"),
        Some(_) => text,
    }
}

/// The cells of a month's line.
fn line(page: &Answer, name: &str) -> Vec<String> {
    let names = page.texts(".card-months tbody th");
    let place = names.iter().position(|found| found == name).unwrap_or_else(|| panic!("{name} among {names:?}"));
    page.texts(&format!(".card-months tbody tr:nth-child({}) td", place + 1))
}

#[actix_web::test]
async fn the_months_and_the_totals_come_to_what_the_rule_gives_and_every_total_says_how() {
    let offices = Offices::new().await;
    let shifts = [
        ("2026-01-05", 510, 1155, 60, false),  // Monday, 1:45 beyond the plan
        ("2026-01-07", 1320, 1800, 30, false), // a night
        ("2026-01-10", 540, 930, 0, false),    // Saturday
        ("2026-01-11", 600, 900, 0, false),    // Sunday
        ("2026-01-12", 510, 1050, 60, true),   // a special day
        ("2025-12-31", 1200, 1900, 60, false), // over the end of the year
    ];
    let mut ops = vec![weekdays("ankara"), person("ankara", 1, "Ayşe Yılmaz", &json!({}))];
    for (number, (date, start, end, rest, special)) in (1..).zip(shifts) {
        let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
        let more = json!({ "break_minutes": rest, "is_special": special });
        ops.push(entry("ankara", number, 1, date, (&clock(start), &clock(end)), &more));
    }
    offices.store("ankara", ops).await;
    let page = offices.clerk("ankara").await.get(&format!("{}?month=2026-01", path(1))).await;

    let mut january = [0; 5];
    for (date, start, end, rest, special) in &shifts[..5] {
        january.iter_mut().zip(reckon(date.parse().unwrap(), *start, *end, *rest, *special)).for_each(|(sum, part)| *sum += part);
    }
    // 22 weekdays of January 2026, of which three have an entry.
    let wanted: Vec<String> = ["5".to_owned()].into_iter().chain(january.map(long)).chain(["19".to_owned()]).collect();
    assert_eq!(line(&page, "Ocak 2026"), wanted);
    assert_eq!(line(&page, "Aralık 2025")[..2], ["1", &long(640)]);
    assert_eq!(page.texts(".card-months tbody th").len(), 12);
    assert_eq!(page.text(".card-months tfoot td"), "6", "the twelve months together");
    assert_eq!(page.count("table.timesheets tbody tr"), 5, "the entries of January");
    assert_eq!(page.count("#blanks li"), 19);

    for (part, minutes) in ["worked", "overtime", "night", "overnight", "special"].into_iter().zip(january) {
        let how = page.text(&format!("#{part}"));
        assert!(how.contains(&format!("= {} dakika, yani {} saat.", format::number(Lang::Tr, minutes), long(minutes))), "{part}: {how}");
    }
    let overtime = page.text("#overtime");
    for sentence in ["645 − 540 = 105", "Mola normal sürenin içinde sayılır", "Toplam: 105 + 90 + 300 = 495 dakika"] {
        assert!(overtime.contains(sentence), "{sentence} in {overtime}");
    }
    assert!(!overtime.contains("7 Ocak"), "an entry that adds nothing is left out: {overtime}");
}

#[actix_web::test]
async fn deleted_entries_are_no_part_of_it_and_a_deleted_person_keeps_the_page() {
    let offices = Offices::new().await;
    let ops = vec![person("ankara", 1, "Ayşe Yılmaz", &json!({})), entry("ankara", 1, 1, "2026-02-02", ("08:30", "17:30"), &json!({}))];
    offices.store("ankara", ops).await;
    let mut clerk = offices.clerk("ankara").await;
    assert_eq!(line(&clerk.get(&path(1)).await, "Şubat 2026")[..2], ["1", "8,00"]);
    let draft = || op(&builders::clerk("ankara"), "ankara");
    offices.store("ankara", vec![draft().delete("timesheet", timesheet_id(1), 1)]).await;
    assert_eq!(line(&clerk.get(&path(1)).await, "Şubat 2026")[..2], ["0", "0,00"]);
    offices.store("ankara", vec![draft().delete("employee", employee_id(1), 1)]).await;
    let page = clerk.get(&path(1)).await;
    assert_eq!((page.status, page.text(".person .badge")), (200, "Silinmiş".into()));
    assert!(page.text("main").contains("Çalışan silindi"), "with its history");
    assert_eq!(line(&page, "Şubat 2026").last().map(String::as_str), Some("0"), "nobody is expected any more");
}

#[actix_web::test]
async fn another_regions_person_is_not_there() {
    let offices = Offices::new().await;
    offices.store("ankara", vec![person("ankara", 1, "Ayşe Yılmaz", &json!({ "identity_no": NUMBER }))]).await;
    let mut izmir = offices.clerk("izmir").await;
    let missing = izmir.get(&path(999)).await;
    let foreign = izmir.get(&path(1)).await;
    assert_eq!((foreign.status, missing.status), (404, 404));
    assert!(!foreign.html.contains("Ayşe") && foreign.html.len().abs_diff(missing.html.len()) < 200);
    let token = izmir.get("/password").await.form("form[action='/password']").value("_csrf").to_owned();
    let fields = vec![("_csrf".to_owned(), token)];
    let reveal = crate::support::browser::Form { action: format!("{}/identity-number", path(1)), fields };
    for answer in [izmir.post(&reveal).await, izmir.submit(&reveal).await] {
        assert_eq!(answer.status, 404);
        assert!(!answer.html.contains(NUMBER));
    }
    assert_eq!(reveals(&offices).await, Vec::<String>::new());
}

/// `region username name` of every reveal in the log.
async fn reveals(offices: &Offices) -> Vec<String> {
    let sql = "SELECT region || ' ' || username || ' ' || (detail ->> 'name') FROM app.activity_event WHERE kind = 'identity_no_revealed' ORDER BY id";
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut offices.inspect().await).await.unwrap()
}

#[actix_web::test]
async fn the_identity_number_is_shown_on_demand_and_the_log_says_to_whom() {
    let offices = Offices::new().await;
    let people =
        vec![person("ankara", 1, "Ayşe Yılmaz", &json!({ "identity_no": NUMBER })), person("ankara", 2, "Mehmet Kaya", &json!({}))];
    offices.store("ankara", people).await;
    let mut clerk = offices.clerk("ankara").await;
    let page = clerk.get(&path(1)).await;
    assert!(page.text("#identity-no").contains("123******50") && !page.html.contains(NUMBER));
    assert_eq!(reveals(&offices).await, Vec::<String>::new(), "looking at the page reveals nothing");

    let form = page.form("#identity-no form");
    let shown = clerk.submit(&form).await;
    assert_eq!((shown.status, shown.text("span"), shown.cache_control.as_str()), (200, NUMBER.to_owned(), "no-store"));
    assert_eq!(reveals(&offices).await, ["ankara ankara1 Ayşe Yılmaz"]);
    let whole = clerk.post(&form).await;
    assert_eq!((whole.status, whole.text("#identity-no"), whole.cache_control.as_str()), (200, NUMBER.to_owned(), "no-store"));
    assert_eq!(reveals(&offices).await.len(), 2, "each time");
    assert!(!clerk.get(&path(1)).await.html.contains(NUMBER), "and only then");

    let log = clerk.get("/activity").await;
    assert!(log.text("main").contains("T.C. kimlik numarası görüntülendi: Ayşe Yılmaz") && !log.html.contains(NUMBER));
    let mut of_nobody = form.clone();
    of_nobody.action = format!("{}/identity-number", path(2));
    assert_eq!(clerk.post(&of_nobody).await.status, 404, "there is none to show");
    let mut forged = form;
    forged.fields.retain(|(name, _)| name != "_csrf");
    assert_eq!(clerk.post(&forged).await.status, 403, "not without the session's token");
    assert_eq!(reveals(&offices).await.len(), 2);
}

#[actix_web::test]
async fn one_goes_on_to_the_next_person_in_turkish_order_and_to_the_month() {
    let offices = Offices::new().await;
    let people = vec![
        person("ankara", 1, "Işıl Işık", &json!({})),
        person("ankara", 2, "İbrahim İnce", &json!({})),
        person("ankara", 3, "Hakan Yıldız", &json!({})),
        person("ankara", 4, "Ilgaz Eski", &json!({ "exit_date": "2025-12-31" })),
    ];
    offices.store("ankara", people).await;
    let page = offices.clerk("ankara").await.get(&format!("{}?month=2026-01", path(1))).await;
    let label = |key: &str| page.count(&format!("a[data-key='{key}'][href$='?month=2026-01']"));
    assert_eq!((label("PageUp"), label("PageDown")), (1, 1));
    assert!(page.html.contains("Önceki kişi: Hakan Yıldız") && page.html.contains("Sonraki kişi: İbrahim İnce"));
    assert_eq!(page.count("a[href='/timesheets/month?month=2026-01']"), 1);
}
