//! Lists as files: the content of the page, all rows of its filters, numbers and dates in a format with which a spreadsheet can calculate,
//! and no rows of another region.

#![cfg(test)]

use std::{io::Cursor, time::Duration};

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use calamine::{Data, Reader as _, Xlsx};
use rainstaff::{app::build_app, file_places::FilePlaces, state::AppState};
use sqlx::Executor;

use crate::{month::Offices, support::browser::Browser};

const AYSE: &str = "01980000-0000-7000-8000-0000000e0001";
/// The lists, each with an address that shows rows of both offices, and what its file and its event are called.
const LISTS: [(&str, &str, &str); 6] = [
    ("/timesheets?from=2026-01-01&to=2026-02-28", "puantaj", "Puantaj"),
    ("/timesheets/month?month=2026-02", "aylik-puantaj", "Ay"),
    ("/employees?", "calisanlar", "Çalışanlar"),
    ("/reports/summary?from=2026-01-01&to=2026-02-28", "calisan-ozeti", "Çalışan özeti"),
    ("/dashboard/blanks?from=2026-02-16&to=2026-02-17", "bos-gunler", "Boş günler"),
    ("/activity?", "islem-gunlugu", "İşlem günlüğü"),
];

/// Ankara has three people, a night shift and a special day among their entries; İzmir has somebody of its own. All of them are expected on
/// weekdays.
async fn offices() -> (Offices, Browser) {
    let offices = Offices::new().await;
    let sql = format!(
        "SET app.origin = 'web';
         INSERT INTO app.shift_templates (region, id, name, start_min, end_min, weekdays) VALUES
            ('ankara', '01980000-0000-7000-8000-000000570001', 'Gündüz', 510, 1050, '12345'),
            ('izmir', '01980000-0000-7000-8000-000000570002', 'Gündüz', 510, 1050, '12345');
         INSERT INTO app.employees (region, id, full_name, identity_no, department, title, hire_date, shift_template_id) VALUES
            ('ankara', '{AYSE}', '=1+1 Ayşe Işık', '12345678950', 'Şantiye', 'Usta', '2024-03-01', '01980000-0000-7000-8000-000000570001'),
            ('ankara', '01980000-0000-7000-8000-0000000e0002', 'İpek Öğüt', NULL, 'Depo', '', '2024-03-01', '01980000-0000-7000-8000-000000570001'),
            ('izmir', '01980000-0000-7000-8000-0000000e0003', 'Ege Kaya', '23456789012', 'Liman', '', '2024-03-01', '01980000-0000-7000-8000-000000570002');
         INSERT INTO app.employees (region, id, full_name, is_active, deleted_at) VALUES
            ('ankara', '01980000-0000-7000-8000-0000000e0004', 'Silinmiş Kişi', true, '2026-01-01');
         INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min, is_special, notes) VALUES
            ('ankara', gen_random_uuid(), '{AYSE}', '2026-02-02', 510, 1050, 60, false, '+905321234567'),
            ('ankara', gen_random_uuid(), '{AYSE}', '2026-02-03', 1320, 1860, 30, false, ''),
            ('ankara', gen_random_uuid(), '01980000-0000-7000-8000-0000000e0002', '2026-02-02', 540, 1100, 60, true, '@SUM(A1) çığ'),
            ('izmir', gen_random_uuid(), '01980000-0000-7000-8000-0000000e0003', '2026-02-02', 510, 1050, 60, false, 'gizli');"
    );
    offices.inspect().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let clerk = offices.clerk("ankara").await;
    (offices, clerk)
}

/// An answer that may be a file.
struct Taken {
    status: u16,
    kind: String,
    name: String,
    length: Option<usize>,
    bytes: Vec<u8>,
}

impl Taken {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The one sheet of a workbook: its name, and its rows.
    fn sheet(&self) -> (String, Vec<Vec<Data>>) {
        assert_eq!((self.status, self.length), (200, Some(self.bytes.len())), "{}", self.text());
        let mut book = Xlsx::new(Cursor::new(self.bytes.clone())).unwrap();
        let [name] = book.sheet_names().try_into().unwrap();
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "a formula");
        let rows = book.worksheet_range(&name).unwrap().rows().map(<[Data]>::to_vec).collect();
        (name, rows)
    }

    /// Everything that can be read in it.
    fn words(&self) -> String {
        if self.bytes.starts_with(b"PK") { format!("{:?}", self.sheet()) } else { self.text() }
    }
}

async fn take(state: &AppState, browser: &Browser, path: &str) -> Taken {
    let app = init_service(build_app(state.clone())).await;
    let request = TestRequest::get().uri(path).insert_header(("Cookie", browser.cookie_header()));
    let answer = call_service(&app, request.peer_addr(([192, 0, 2, 1], 4000).into()).to_request()).await;
    let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (kind, name) = (header("content-type"), header("content-disposition"));
    let length = match actix_web::body::MessageBody::size(answer.response().body()) {
        actix_web::body::BodySize::Sized(length) => usize::try_from(length).ok(),
        _ => None,
    };
    Taken { status: answer.status().as_u16(), kind, name, length, bytes: read_body(answer).await.to_vec() }
}

fn text(text: &str) -> Data {
    Data::String(text.into())
}

/// A date or a time of Excel's calendar as its number.
fn serial(cell: &Data) -> f64 {
    match cell {
        Data::DateTime(date) => date.as_f64(),
        other => panic!("{other:?} is neither a date nor a time"),
    }
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

/// The cells below a head, down to the first empty row.
fn column<'r>(rows: &'r [Vec<Data>], head: &str) -> Vec<&'r Data> {
    let at = rows[3].iter().position(|cell| *cell == text(head)).unwrap_or_else(|| panic!("no {head} in {:?}", rows[3]));
    rows[4..].iter().take_while(|row| row.iter().any(|cell| *cell != Data::Empty)).map(|row| &row[at]).collect()
}

#[actix_web::test]
async fn entries_are_a_workbook_of_dates_times_and_hours_that_add_up() {
    let (offices, clerk) = offices().await;
    let taken = take(&offices.state, &clerk, "/timesheets?from=2026-02-01&to=2026-02-28&format=xlsx").await;
    assert_eq!(taken.kind, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    assert!(taken.name.starts_with("attachment; filename=\"puantaj-2026-02-18.xlsx\""), "{}", taken.name);
    let (name, rows) = taken.sheet();
    assert_eq!(name, "Puantaj");
    assert_eq!((&rows[0][0], &rows[1][0]), (&text("Rainstaff · Puantaj"), &text("Ankara · 01.02.2026 – 28.02.2026")));
    let heads: Vec<String> = rows[3].iter().map(ToString::to_string).collect();
    let wanted = "Çalışan;Bölge;Tarih;Giriş;Çıkış;Mola (dk);Çalışılan (sa);Normal süre;Fazla mesai;Gece;Geceye taşan;Özel gün;Ö.G. normal;Ö.G. fazla;\
                  Ö.G. gece;Not";
    assert_eq!(heads.join(";"), wanted, "the order of the desktop program's reports");
    let names = ["=1+1 Ayşe Işık", "=1+1 Ayşe Işık", "İpek Öğüt"].map(text);
    assert_eq!(column(&rows, "Çalışan"), names.iter().collect::<Vec<_>>());
    let dates: Vec<f64> = column(&rows, "Tarih").into_iter().map(serial).collect();
    assert_eq!(dates, [46_056.0, 46_055.0, 46_055.0], "3 February 2026 and the day before");
    let minutes = |head| column(&rows, head).into_iter().map(|cell| (serial(cell) * 1440.0).round()).collect::<Vec<_>>();
    assert_eq!((minutes("Giriş"), minutes("Çıkış")), (vec![1320.0, 510.0, 540.0], vec![1860.0, 1050.0, 1100.0]));
    let worked: Vec<f64> = column(&rows, "Çalışılan (sa)").into_iter().map(number).collect();
    assert_eq!(worked, [8.5, 8.0, 500.0 / 60.0]);
    let answers = ["Hayır", "Hayır", "Evet"].map(text);
    assert_eq!(column(&rows, "Özel gün"), answers.iter().collect::<Vec<_>>());
    assert_eq!(column(&rows, "Not"), [&Data::Empty, &text("+905321234567"), &text("@SUM(A1) çığ")]);
    let totals = rows.last().unwrap();
    assert_eq!(rows.len(), 4 + 3 + 1 + 1, "a blank row keeps the totals out of the filter");
    assert_eq!(totals[0], text("Toplam: 3 kayıt"));
    assert!((number(&totals[6]) - worked.iter().sum::<f64>()).abs() < 1e-9, "{totals:?}");
}

#[actix_web::test]
async fn a_file_has_every_row_of_the_filters_once_in_the_order_of_the_page() {
    let (offices, mut clerk) = offices().await;
    let sql = format!(
        "INSERT INTO app.timesheets (region, id, employee_id, work_date, start_min, end_min, break_min, notes)
         SELECT 'ankara', gen_random_uuid(), '{AYSE}', DATE '2020-01-01' + n, 510, 1050, 60, 'no ' || n FROM generate_series(0, 2100) n"
    );
    offices.inspect().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    let years = "/timesheets?from=2020-01-01&to=2025-12-31";
    let (_, rows) = take(&offices.state, &clerk, &format!("{years}&page=7&format=xlsx")).await.sheet();
    let dates: Vec<f64> = column(&rows, "Tarih").into_iter().map(serial).collect();
    assert_eq!(dates.len(), 2101, "more than a page, and more than is read at once");
    assert!(dates.is_sorted_by(|newer, older| newer > older), "newest first, none twice");
    assert_eq!(rows.last().unwrap()[0], text("Toplam: 2.101 kayıt"));
    let shown = clerk.get(years).await.texts("#timesheet-list tbody td.note");
    let notes: Vec<String> = column(&rows, "Not").into_iter().take(shown.len()).map(ToString::to_string).collect();
    assert_eq!((shown.len(), notes), (50, shown), "the page's rows are the first");
    let csv = take(&offices.state, &clerk, &format!("{years}&q=no%2021&format=csv")).await;
    assert_eq!((csv.status, csv.kind.as_str()), (200, "text/csv; charset=utf-8"));
    let found = clerk.get(&format!("{years}&q=no%2021")).await.text("#timesheet-totals th");
    let lines: Vec<String> = csv.text().strip_prefix('\u{feff}').unwrap().split("\r\n").map(str::to_owned).collect();
    assert_eq!(found, format!("Toplam: {} kayıt", lines.len() - 2), "heads, rows and the end: no totals in what programs read");
    assert!(lines[1].starts_with("'=1+1 Ayşe Işık;Ankara;") && lines[1].contains(";08:30;17:30;60;8,00;"), "{}", lines[1]);
    let none = take(&offices.state, &clerk, "/timesheets?q=nobody&format=xlsx").await.sheet().1;
    assert_eq!(column(&none, "Tarih"), Vec::<&Data>::new(), "an empty list is a file with heads");
}

#[actix_web::test]
async fn people_are_sorted_and_filtered_as_on_the_page_and_their_numbers_masked() {
    let (offices, mut clerk) = offices().await;
    let (name, rows) = take(&offices.state, &clerk, "/employees?sort=-full_name&format=xlsx").await.sheet();
    assert_eq!((name.as_str(), &rows[1][0]), ("Çalışanlar", &text("Ankara")));
    assert_eq!(column(&rows, "Ad soyad"), [&text("İpek Öğüt"), &text("=1+1 Ayşe Işık")]);
    assert_eq!(column(&rows, "T.C. kimlik no"), [&Data::Empty, &text("123******50")]);
    assert!(column(&rows, "İşe giriş").into_iter().all(|cell| (serial(cell) - 45_352.0).abs() < 1e-9), "1 March 2024");
    let page = clerk.get("/employees?sort=-full_name").await;
    assert_eq!(page.texts("tbody td.name"), ["İpek Öğüt", "=1+1 Ayşe Işık"]);
    let (_, rows) = take(&offices.state, &clerk, "/employees?state=deleted&format=xlsx").await.sheet();
    assert_eq!(column(&rows, "Ad soyad"), [&text("Silinmiş Kişi")]);
    assert_eq!(rows[1][0], text("Ankara · Silinmiş"), "what the list is narrowed to");
    let csv = take(&offices.state, &clerk, "/employees?q=depo&format=csv").await.text();
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(!csv.contains("12345678950"));
}

#[actix_web::test]
async fn sums_and_blank_days_have_totals() {
    let (offices, mut clerk) = offices().await;
    let (_, rows) = take(&offices.state, &clerk, "/reports/summary?from=2026-02-01&to=2026-02-28&sort=-count&format=xlsx").await.sheet();
    assert_eq!(column(&rows, "Kayıt"), [&Data::Float(2.0), &Data::Float(1.0)]);
    let totals = rows.last().unwrap();
    assert_eq!((&totals[0], &totals[4]), (&text("Toplam"), &Data::Float(3.0)));
    let page = clerk.get("/reports/summary?from=2026-02-01&to=2026-02-28").await;
    let hours = format!("{:.2}", number(&totals[5])).replace('.', ",");
    assert_eq!(page.text("#sum-worked"), hours);
    let address = "/dashboard/blanks?from=2026-02-16&to=2026-02-17";
    let (_, rows) = take(&offices.state, &clerk, &format!("{address}&format=xlsx")).await.sheet();
    assert_eq!(column(&rows, "Tarihler"), [&text("16.02.2026, 17.02.2026"), &text("16.02.2026, 17.02.2026")]);
    assert_eq!(rows.last().unwrap()[3], Data::Float(4.0));
    assert_eq!(clerk.get(address).await.text("#blank-count"), "2 kişide 4 boş gün");
}

#[actix_web::test]
async fn a_month_is_people_by_days_with_hours_that_can_be_summed() {
    let (offices, mut clerk) = offices().await;
    let address = "/timesheets/month?month=2026-02";
    let (name, rows) = take(&offices.state, &clerk, &format!("{address}&format=xlsx")).await.sheet();
    assert_eq!(name, "Şubat 2026");
    assert_eq!(rows[3].len(), 3 + 28 + 7);
    assert_eq!((&rows[3][3], &rows[3][9]), (&text("1 Paz"), &text("7 Cmt")));
    assert_eq!(rows[4][..3], ["=1+1 Ayşe Işık", "Ankara", "Usta"].map(text));
    assert_eq!(rows[4][3..7], [Data::Empty, Data::Float(8.0), Data::Float(8.5), text("boş")]);
    let page = clerk.get(address).await;
    let row = "tbody tr:first-child td.sum";
    let on_page = page.texts(row)[..2].iter().map(|sum| Data::Float(sum.parse().unwrap())).collect::<Vec<_>>();
    assert_eq!(rows[4][31..33], on_page, "days and blank days");
    assert_eq!(rows[4][33], Data::Float(16.5));
    let labels: Vec<&Data> = rows[rows.len() - 3..].iter().map(|row| &row[0]).collect();
    assert_eq!(labels, [&text("Gelen"), &text("Boş"), &text("Toplam saat")]);
    assert_eq!((number(&rows[rows.len() - 3][4]), number(&rows[rows.len() - 1][5])), (2.0, 8.5));
    let csv = take(&offices.state, &clerk, &format!("{address}&format=csv")).await.text();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "heads and two people: {csv}");
    assert!(lines[1].starts_with("'=1+1 Ayşe Işık;Ankara;Usta;;8,00;8,50;boş;"), "{}", lines[1]);
}

#[actix_web::test]
async fn the_log_is_a_workbook_of_the_lines_of_its_csv() {
    let (offices, clerk) = offices().await;
    let csv = take(&offices.state, &clerk, "/activity?kind=changes&format=csv").await.text();
    let (name, rows) = take(&offices.state, &clerk, "/activity?kind=changes&format=xlsx").await.sheet();
    assert_eq!((name.as_str(), rows.len() - 4), ("İşlem günlüğü", csv.lines().count() - 1));
    for (line, row) in csv.trim_start_matches('\u{feff}').lines().skip(1).zip(&rows[4..]) {
        let fields: Vec<&str> = line.split(';').collect();
        let written: Vec<String> = row.iter().map(ToString::to_string).collect();
        assert!(serial(&row[0]) > 46_000.0, "an instant is a date");
        let unquoted = |field: &str| field.trim_start_matches('\'').to_owned();
        assert_eq!(
            fields[1..].iter().map(|field| unquoted(field)).collect::<Vec<_>>(),
            written[1..].iter().map(|field| unquoted(field)).collect::<Vec<_>>()
        );
    }
    assert!(!format!("{rows:?}").contains("12345678950"), "an identity number is masked");
}

#[actix_web::test]
async fn no_file_shows_another_region_and_an_admins_shows_all_of_them() {
    let (offices, clerk) = offices().await;
    let admin = offices.admin().await;
    for (list, ..) in LISTS {
        for format in ["csv", "xlsx"] {
            let own = take(&offices.state, &clerk, &format!("{list}&format={format}")).await;
            let words = own.words();
            assert_eq!(own.status, 200, "{list} {words}");
            assert!(words.contains("Işık"), "{list}: something is there: {words}");
            assert!(
                !words.contains("Ege Kaya") && !words.contains("gizli") && !words.contains("zmir"),
                "{list} discloses another region: {words}"
            );
            assert!(!words.contains("12345678950"), "{list} discloses an identity number");
            let foreign = take(&offices.state, &clerk, &format!("{list}&region=izmir&format={format}")).await;
            assert_eq!((foreign.status, foreign.name.as_str()), (404, ""), "{list}");
            let theirs = take(&offices.state, &admin, &format!("{list}&region=izmir&format={format}")).await.words();
            assert!(theirs.contains("Ege Kaya") && theirs.contains("İzmir") && !theirs.contains("Işık"), "{list}: {theirs}");
        }
    }
    let all = take(&offices.state, &admin, "/timesheets?from=2026-02-01&to=2026-02-28&format=xlsx").await.sheet().1;
    assert_eq!(column(&all, "Bölge").len(), 4);
    assert_eq!(all[1][0], text("Tüm bölgeler · 01.02.2026 – 28.02.2026"));
}

#[actix_web::test]
async fn every_list_offers_its_files_with_its_filters_and_their_taking_is_recorded() {
    let (offices, mut clerk) = offices().await;
    for (list, file, said) in LISTS {
        let page = clerk.get(list).await;
        for (format, label, word) in [("xlsx", "Excel", "Excel"), ("csv", "CSV", "CSV")] {
            let link = format!(".list-files a[aria-label='{label} indir']");
            assert_eq!(page.text(&link), label, "{list}");
            let address = page.attribute(&link, "href");
            assert!(page.count(&format!("{link}[hx-get], {link}[download]")) == 0, "no swap: a file");
            let (path, query) = list.split_once('?').unwrap();
            let wanted = [query, &format!("format={format}")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
            assert_eq!(address, format!("{path}?{wanted}"));
            let taken = take(&offices.state, &clerk, &address).await;
            assert!(taken.name.starts_with(&format!("attachment; filename=\"{file}-2026-02-18.{format}\"")), "{}", taken.name);
            let log = clerk.get("/activity?kind=exported").await.texts("li article strong");
            assert_eq!(log[0], format!("{said} dosyaya aktarıldı ({word})"), "{list}");
        }
    }
    let page = clerk.get("/timesheets?q=%C4%B1%C5%9F%C4%B1k&from=2026-02-01&to=2026-02-28&page=1").await;
    let address = page.attribute(".list-files a", "href");
    assert_eq!(address, "/timesheets?q=%C4%B1%C5%9F%C4%B1k&from=2026-02-01&to=2026-02-28&format=xlsx", "the filters, and no page");
    let english = offices.admin().await;
    offices.inspect().await.execute("UPDATE auth.users SET lang = 'en' WHERE username = 'admin'").await.unwrap();
    let taken = take(&offices.state, &english, "/timesheets?from=2026-02-01&to=2026-02-28&format=csv").await;
    assert!(taken.name.contains("timesheets-2026-02-18.csv") && taken.text().contains(";8.50;"), "{} {}", taken.name, taken.text());
}

#[actix_web::test]
async fn whoever_may_not_see_a_list_gets_no_file_and_nonsense_is_no_empty_one() {
    let (offices, clerk) = offices().await;
    let events = || async {
        let mut conn = offices.inspect().await;
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM app.activity_event WHERE kind = 'exported'").fetch_one(&mut conn).await.unwrap()
    };
    for (list, ..) in LISTS {
        let stranger = init_service(build_app(offices.state.clone())).await;
        let request = TestRequest::get().uri(&format!("{list}&format=xlsx")).peer_addr(([192, 0, 2, 1], 4000).into()).to_request();
        let answer = call_service(&stranger, request).await;
        assert_eq!(answer.status(), 303, "{list}: to the sign-in");
        for nonsense in
            ["format=pdf", "from=32.01.2026&format=xlsx", "from=2026-02-02&to=2026-02-01&format=csv", "month=2026-13&format=xlsx"]
        {
            let path = list.split_once('?').unwrap().0;
            let is_of_list = match path {
                "/employees" => nonsense == "format=pdf",
                "/timesheets/month" => !nonsense.starts_with("from="),
                "/dashboard/blanks" => true,
                _ => !nonsense.starts_with("month="),
            };
            if is_of_list {
                let taken = take(&offices.state, &clerk, &format!("{path}?{nonsense}")).await;
                assert_eq!((taken.status, taken.name.as_str()), (400, ""), "{path} {nonsense}");
            }
        }
    }
    assert_eq!(events().await, 0, "nothing left");
}

#[actix_web::test]
async fn a_file_that_waits_too_long_for_its_place_is_refused_with_a_sentence() {
    let (offices, clerk) = offices().await;
    let state = AppState { files: FilePlaces::of(1, Duration::from_millis(200)), ..offices.state.clone() };
    let place = state.files.take().await.unwrap();
    let refused = take(&state, &clerk, "/employees?format=xlsx").await;
    assert_eq!((refused.status, refused.name.as_str()), (503, ""));
    assert!(refused.text().contains("Birkaç saniye sonra yeniden deneyin."), "{}", refused.text());
    drop(place);
    assert_eq!(take(&state, &clerk, "/employees?format=xlsx").await.status, 200);
    assert_eq!(take(&state, &clerk, "/employees?format=csv").await.status, 200, "a place is given back");
}
