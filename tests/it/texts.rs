//! Texts are cleaned on every entry path, in the same way in the database and in the program; texts stored before are cleaned too, and the
//! log records it.

#![cfg(test)]

use std::path::Path;

use rainstaff::{
    ops::{Reason, VerdictKind, fingerprint},
    text::clean,
};
use serde::Deserialize;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor, PgConnection, migrate::Migrator};

use crate::{
    apply::{ankara_with_ayse, complaints, said},
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company as Offices},
    support::{
        browser::{Answer, Browser},
        builders::{Company, clerk, employee_id, op, template_id, timesheet_id},
        cluster::TestDb,
    },
};

#[derive(Deserialize)]
struct Vector {
    kind: String,
    r#in: String,
    out: String,
}

async fn cleaned_by_database(conn: &mut PgConnection, texts: &[String]) -> Vec<String> {
    sqlx::query_scalar("SELECT sec.clean(word) FROM unnest($1::text[]) WITH ORDINALITY given(word, place) ORDER BY place")
        .bind(texts)
        .fetch_all(conn)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_database_cleans_texts_as_the_shared_vectors_say() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../golden/text.json")).unwrap();
    let vectors: Vec<Vector> = vectors.into_iter().filter(|vector| !vector.r#in.contains('\0')).collect(); // no text of PostgreSQL has it
    assert!(vectors.len() >= 40, "the vectors are there");
    let texts: Vec<String> = vectors.iter().map(|vector| vector.r#in.clone()).collect();
    let found = cleaned_by_database(&mut TestDb::new().await.connect_owner().await, &texts).await;
    for (vector, found) in vectors.iter().zip(found) {
        assert_eq!(found, vector.out, "{}: {:?}", vector.kind, vector.r#in);
    }
}

/// Every character of the planes that have characters of writing, and of the one that has tags and selectors.
#[tokio::test]
async fn the_database_and_the_program_clean_every_character_alike() {
    let planes = (0..0x2_0000).chain(0xe_0000..0xe_1000).chain(0x10_ffc0..=0x10_ffff).skip(1);
    let characters: Vec<char> = planes.filter_map(char::from_u32).collect();
    let texts: Vec<String> = characters.chunks(64).map(|some| some.iter().flat_map(|c| ['a', *c, 'b']).collect()).collect();
    let found = cleaned_by_database(&mut TestDb::new().await.connect_owner().await, &texts).await;
    for (text, found) in texts.iter().zip(found) {
        assert_eq!(found, clean(text));
    }
}

#[tokio::test]
async fn an_operation_is_cleaned_before_it_is_checked_and_kept_as_it_was_sent() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let values = json!({ "full_name": " Ays\u{327}e\u{a0}\u{a0}Kaya\u{202c}", "department": "\u{200b}", "title": "De\u{ad}po\tsorumlusu",
                         "identity_no": "\u{202a}12345678950\u{202c}", "hire_date": "\u{2068}05.01.2026\u{2069}" });
    let sent = op(&ankara, "ankara").create("employee", employee_id(1), values);
    assert_eq!(company.apply_one(&ankara, &sent).await.verdict, VerdictKind::Applied);
    let row = company.employee("full_name, department, title, identity_no, hire_date").await;
    assert_eq!(row, "Ayşe Kaya||Depo sorumlusu|12345678950|2026-01-05");
    let kept = "SELECT encode(fingerprint, 'hex') || ' ' || (body -> 'fields' -> 'full_name' ->> 'to') FROM app.op_inbox";
    let as_sent = format!("{} {}", hex::encode(fingerprint(&sent)), " Ays\u{327}e\u{a0}\u{a0}Kaya\u{202c}");
    assert_eq!(company.look(kept).await, as_sent);
    assert!(company.apply_one(&ankara, &sent).await.replayed, "the same bytes are the same operation");

    let entry = json!({ "employee_id": employee_id(1), "work_date": "2026-01-05\u{feff}", "start_time": "\u{200e}0830", "end_time": "17:30\u{a0}",
                        "break_minutes": "\u{2007}60", "notes": "gece\r\nvardiyası \u{1}" });
    let entry = op(&ankara, "ankara").create("timesheet", timesheet_id(1), entry);
    assert_eq!(company.apply_one(&ankara, &entry).await.verdict, VerdictKind::Applied);
    let row = company.look("SELECT concat_ws('|', work_date, start_min, end_min, break_min, notes) FROM app.timesheets").await;
    assert_eq!(row, "2026-01-05|510|1050|60|gece vardiyası");
}

#[tokio::test]
async fn a_name_of_which_nothing_is_to_be_seen_is_no_name() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    for (n, name) in
        (1..).zip(["\u{200b}", "\u{3164}\u{ffa0}", "\u{2800}", "\u{202e}\u{2069}", "\u{301}", "\u{1}\u{7f}", "\u{e0041}\u{feff}"])
    {
        let person = company.apply_one(&ankara, &op(&ankara, "ankara").new_employee(employee_id(n), name)).await;
        assert_eq!(
            (said(&person), complaints(&person)),
            ((VerdictKind::Rejected, Some(Reason::Invalid)), vec!["full_name name-missing".into()])
        );
    }
    // Several of a queue at once take another way in.
    let many: Vec<_> = (21..24).map(|n| op(&ankara, "ankara").new_employee(employee_id(n), "Ali\u{200b}\u{a0} Can")).collect();
    company.apply(&ankara, &many).await;
    assert_eq!(company.look("SELECT count(*) FROM app.employees WHERE full_name = 'Ali Can'").await, "3");
}

#[tokio::test]
async fn two_templates_that_look_alike_are_one_name() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let template = |n, name: &str| {
        let values = json!({ "name": name, "start_time": "08:30", "end_time": "17:30", "break_minutes": 60 });
        op(&ankara, "ankara").create("shift_template", template_id(n), values)
    };
    assert_eq!(company.apply_one(&ankara, &template(1, "Hafta içi")).await.verdict, VerdictKind::Applied);
    for (n, twin) in (2..).zip(["Hafta\u{a0}içi", "Hafta  içi\u{200b}", "Hafta ic\u{327}i", "\tHafta\u{2009}içi"]) {
        let verdict = company.apply_one(&ankara, &template(n, twin)).await;
        assert_eq!(said(&verdict), (VerdictKind::Held, Some(Reason::NaturalKey)), "{twin:?}");
    }
}

#[tokio::test]
async fn what_an_author_saw_is_compared_cleaned_and_meets_nobody() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let renamed =
        op(&ankara, "ankara").update("employee", employee_id(1), 1, json!({ "full_name": ["Ays\u{327}e\u{a0}Yılmaz", "Ayşe Kaya "] }));
    assert_eq!(said(&company.apply_one(&ankara, &renamed).await), (VerdictKind::Applied, None));
    assert_eq!(company.employee("full_name, version").await, "Ayşe Kaya|2");
    let same = op(&ankara, "ankara").update("employee", employee_id(1), 2, json!({ "full_name": ["Ayşe Kaya", "Ayşe\u{200b} Kaya"] }));
    assert_eq!(said(&company.apply_one(&ankara, &same).await), (VerdictKind::Applied, None));
    assert_eq!(company.employee("full_name, version").await, "Ayşe Kaya|2", "nothing was changed");
}

/// The database as it was before texts were cleaned, with what people had stored in it.
async fn before_texts_were_cleaned() -> TestDb {
    let db = TestDb::empty().await;
    let mut owner = db.connect_owner().await;
    let mut migrator = Migrator::new(Path::new("migrations")).await.unwrap();
    migrator.migrations = migrator.migrations.iter().filter(|m| m.version < 20_261_129_140_000).cloned().collect();
    migrator.run(&mut owner).await.unwrap();
    owner
        .execute(
            "SET app.regions = 'company,ankara,izmir,izmir2'; SET app.admin = 'users';
             INSERT INTO app.regions (code, name) VALUES ('ankara', E'Ankara\u{a0}'), ('izmir', 'İzmir – 1'), ('izmir2', 'İzmir - 1');
             INSERT INTO app.employees (region, id, full_name, identity_no, department) VALUES
                 ('ankara', '00000000-0000-7000-8000-000000000001', E'Ayşe\u{a0}\u{a0}Yılmaz', E'\u{202a}12345678950\u{202c}', E'Depo\u{200b}'),
                 ('ankara', '00000000-0000-7000-8000-000000000002', 'Êmîn Žarko', '10000000146', ''),
                 ('ankara', '00000000-0000-7000-8000-000000000003', E'\u{200b}', NULL, ''),
                 ('ankara', '00000000-0000-7000-8000-000000000004', 'Ayşe Yılmaz', '12345678950', 'Depo'),
                 ('izmir', '00000000-0000-7000-8000-000000000005', E'Ali\u{ad} Can', NULL, ''), ('izmir', '00000000-0000-7000-8000-000000000006', 'Ali Can', NULL, '');
             INSERT INTO app.shift_templates (region, id, name, start_min, end_min) VALUES
                 ('ankara', '00000000-0000-7000-8000-00000000000a', 'Hafta içi', 510, 1050),
                 ('ankara', '00000000-0000-7000-8000-00000000000b', E'Hafta\u{a0}içi', 510, 1050),
                 ('ankara', '00000000-0000-7000-8000-00000000000c', E'Gece\u{feff}', 1320, 1800)",
        )
        .await
        .unwrap();
    owner.close().await.unwrap();
    db
}

async fn look(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(conn).await.unwrap()
}

#[tokio::test]
async fn names_stored_before_are_cleaned_through_the_log_and_clashes_are_left_and_named() {
    let db = before_texts_were_cleaned().await;
    rainstaff::db::migrate(db.owner_url()).await.unwrap();
    let mut owner = db.connect_owner().await;
    owner.execute("SET app.regions = 'company,ankara,izmir,izmir2'").await.unwrap();
    let people =
        look(&mut owner, "SELECT concat_ws('|', full_name, identity_no, department, version) FROM app.employees ORDER BY id").await;
    // The number is another row's already: that value stays, and nothing else waits for it.
    let expected = [
        "Ayşe Yılmaz|\u{202a}12345678950\u{202c}|Depo|3",
        "Êmîn Žarko|10000000146||1",
        "\u{200b}||1",
        "Ayşe Yılmaz|12345678950|Depo|1",
        "Ali Can||2",
        "Ali Can||1",
    ];
    assert_eq!(people, expected);
    assert_eq!(look(&mut owner, "SELECT search_key FROM app.employees ORDER BY id LIMIT 2").await, ["ayse yilmaz", "emin zarko"]);
    assert_eq!(look(&mut owner, "SELECT name FROM app.shift_templates ORDER BY id").await, ["Hafta içi", "Hafta\u{a0}içi", "Gece"]);
    assert_eq!(
        look(&mut owner, "SELECT name FROM app.regions WHERE kind = 'office' ORDER BY code").await,
        ["Ankara", "İzmir – 1", "İzmir - 1"]
    );

    let changes =
        "SELECT concat_ws(' ', entity, action, version, origin, coalesce(actor::text, 'nobody'), before, after) FROM app.change_log
                   WHERE region = 'ankara' AND seq IS NOT NULL AND action = 'update' ORDER BY seq";
    assert_eq!(
        look(&mut owner, changes).await,
        [
            "shift_template update 2 system nobody {\"name\": \"Gece\u{feff}\"} {\"name\": \"Gece\"}",
            "employee update 2 system nobody {\"full_name\": \"Ayşe\u{a0}\u{a0}Yılmaz\"} {\"full_name\": \"Ayşe Yılmaz\"}",
            "employee update 3 system nobody {\"department\": \"Depo\u{200b}\"} {\"department\": \"Depo\"}",
        ]
    );
    let renamed = look(&mut owner, "SELECT kind || ' ' || (detail ->> 'after') FROM app.activity_event WHERE region = 'ankara'").await;
    assert_eq!(renamed, ["region_renamed Ankara"]);
    let broken = "SELECT code FROM app.regions WHERE sec.verify_changes(code) IS NOT NULL OR sec.verify_events(code) IS NOT NULL";
    assert_eq!(look(&mut owner, broken).await, [""; 0], "the chains hold");
    let twin = "INSERT INTO app.regions (code, name) VALUES ('izmir3', 'izmir — 1')";
    assert!(owner.execute(twin).await.unwrap_err().to_string().contains("region_name_once"), "new names are still unique");

    let findings = crate::commands::doctor_findings(db.owner_url());
    let of = |beginning: &str| findings.iter().filter(|line| line.starts_with(beginning)).count();
    for beginning in [
        "In ankara 2 shift templates are called \"Hafta içi\" (00000000-0000-7000-8000-00000000000a, 00000000-0000-7000-8000-00000000000b)",
        "In ankara 2 people have one identity number (00000000-0000-7000-8000-000000000001, 00000000-0000-7000-8000-000000000004)",
        "In ankara 2 people called \"Ayşe Yılmaz\" have nothing that tells them apart",
        "In ankara 1 rows have a name of which nothing is to be seen (00000000-0000-7000-8000-000000000003)",
        "In izmir 2 people called \"Ali Can\" have nothing that tells them apart",
        "The regions izmir, izmir2 have names that look alike",
    ] {
        assert_eq!(of(beginning), 1, "{beginning}: {findings:#?}");
    }
    assert!(!findings.iter().any(|line| line.contains("12345678950")), "{findings:#?}");
}

/// Whoever edits a row that kept its old name for its twin's sake is not made to rename it.
#[tokio::test]
async fn a_row_that_kept_its_name_is_edited_like_any_other() {
    let company = ankara_with_ayse().await;
    let ankara = clerk("ankara");
    let mut owner = company.inspect().await;
    owner.execute("UPDATE app.employees SET full_name = E'Ayşe\u{200b} Yılmaz', version = 2").await.unwrap();
    let edit = json!({ "title": ["", "Şef"], "full_name": ["Ayşe Yılmaz", "Ayşe Yılmaz"] });
    let verdict = company.apply_one(&ankara, &op(&ankara, "ankara").update("employee", employee_id(1), 2, edit)).await;
    assert_eq!(said(&verdict), (VerdictKind::Applied, None));
    assert_eq!(company.employee("full_name, title, version").await, "Ayşe\u{200b} Yılmaz|Şef|3");
    let rename = json!({ "full_name": ["Ayşe Yılmaz", "Ayşe Kaya"] });
    let verdict = company.apply_one(&ankara, &op(&ankara, "ankara").update("employee", employee_id(1), 3, rename)).await;
    assert_eq!(said(&verdict), (VerdictKind::Applied, None));
    assert_eq!(company.employee("full_name").await, "Ayşe Kaya");
}

async fn add_person(browser: &mut Browser, name: &str, number: &str, hired: &str) -> Answer {
    let form = browser.get("/employees/new").await.form("form.entry-form").minted();
    browser.submit(&form.with("full_name", &[name]).with("identity_no", &[number]).with("hire_date", &[hired])).await
}

#[actix_web::test]
async fn what_is_pasted_with_invisible_marks_is_accepted_and_found() {
    let offices = Offices::new().await;
    let mut browser = Browser::of(&offices.state, "\u{202a}ANKARA1\u{202c}\u{a0}", CLERK_PASSWORD).await;
    let answer = add_person(&mut browser, "Ayşe\u{a0}Yılmaz", "\u{202a}123 456 789 50\u{202c}", "\u{202a}05.01.2026\u{202c}").await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    add_person(&mut browser, "Êmîn D’Angelo‑Žarko", "", "").await;
    add_person(&mut browser, "Əliyeva  Ls\u{327}ı\tKaya", "", "").await;
    let mut names = async |q: &str| browser.get(&format!("/employees?q={q}")).await.texts("td.name");
    // "ayse yilmaz" with a no-break space, with two blanks, in parts, between invisible marks.
    for q in ["ayse%20yilmaz", "Ay%C5%9Fe%C2%A0Y%C4%B1lmaz", "ayse%20%20yilmaz", "Ays%CC%A7e", "%E2%80%AAay%C5%9Fe%E2%80%AC"] {
        assert_eq!(names(q).await, ["Ayşe Yılmaz"], "{q}");
    }
    for q in ["emin", "d'angelo-zarko", "D%E2%80%99ANGELO%E2%80%93%C5%BD"] {
        assert_eq!(names(q).await, ["Êmîn D’Angelo‑Žarko"], "{q}");
    }
    assert_eq!(names("eliyeva%20l%C5%9Fi%20kaya").await, ["Əliyeva Lşı Kaya"]);
    let nameless = add_person(&mut browser, "\u{200b}\u{2800}", "", "").await;
    assert_eq!((nameless.status, nameless.text("#new-full_name-error").is_empty()), (422, false), "{}", nameless.html);

    let form = browser.get("/timesheets/new").await.form("form.entry-form").minted();
    let person = browser.get("/employees?q=ayse").await.attribute("tr[data-id]", "data-id");
    let form = form
        .with("employee_id", &[&person])
        .with("work_date", &["\u{2066}2026-01-05\u{2069}"])
        .with("break_minutes", &["\u{a0}60\u{200f}"]);
    let answer = browser
        .submit(&form.with("start_time", &["\u{200e}0830"]).with("end_time", &["17.30\u{202f}"]).with("notes", &["evrak\u{202e}gnp"]))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    let list = browser.get("/timesheets?from=%E2%80%AA01.01.2026%E2%80%AC&to=2026-01-31&q=%E2%80%8BEVRAK").await;
    assert_eq!(list.count("tr[data-id]"), 1, "{}", list.html);
    assert!(list.html.contains("evrakgnp"));
}

#[actix_web::test]
async fn names_of_regions_and_accounts_cannot_be_mistaken_for_others() {
    let offices = Offices::new().await;
    let mut admin = Browser::of(&offices.state, "admin", ADMIN_PASSWORD).await;
    let form = admin.get("/admin/regions").await.form("form.entry-form").minted();
    for name in ["Аnkara", "Ankaгa", "Ankara\u{ff11}", "Ω"] {
        let answer = admin.post(&form.clone().with("name", &[name]).with("code", &["yeni"])).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.text("[id$=name-error]").contains("Latin harfleri"), "{}", answer.html);
    }
    for name in ["Ankara\u{200b}", "ÁNKARA", "ankara\u{ad}"] {
        let answer = admin.post(&form.clone().with("name", &[name]).with("code", &["yeni"])).await;
        assert!(answer.status == 422 && answer.text("[id$=name-error]").contains("zaten var"), "{name}: {}", answer.html);
    }
    let form = admin.get("/admin/users/new").await.form("form.entry-form").minted().with("regions", &["ankara"]);
    for name in ["аdmin", "ankara１", "ankaraｌ"] {
        let answer = admin.post(&form.clone().with("username", &[name])).await;
        assert!(answer.status == 422 && !answer.text("[id$=username-error]").is_empty(), "{name}: {}", answer.html);
    }
    let answer = admin.post(&form.with("username", &["\u{202a}Ankara9\u{202c}"])).await;
    assert!(answer.status == 200 && answer.html.contains("ankara9"), "{}", answer.html);
}
