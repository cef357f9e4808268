//! `rainstaff doctor`: no output for a good database, and a line that names the fault for a bad one.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{Said, company, rainstaff_on, rainstaff_with_one_login};
use crate::support::{
    builders::{Company, clerk, employee_id, op},
    cluster::TestDb,
};

fn doctor(url: &str) -> Said {
    Said::of(rainstaff_on(url, &["doctor"]))
}

/// The lines of an examination that found something.
fn findings(said: &Said) -> Vec<String> {
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{}", said.out);
    said.out.lines().map(str::to_owned).collect()
}

async fn spoil(db: &TestDb, sql: &str) {
    let mut superuser = PgConnection::connect(db.bypass_url()).await.unwrap();
    superuser.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    superuser.close().await.unwrap();
}

#[tokio::test]
async fn all_is_well_with_a_good_database() {
    let db = company().await;
    assert_eq!(doctor(db.owner_url()).ok(), "all is well\n");
}

#[tokio::test]
async fn what_weakens_the_isolation_is_named_with_its_table() {
    let cases = [
        ("DROP POLICY by_region ON app.employees", vec!["app.employees", "exactly the one policy"]),
        ("ALTER TABLE app.timesheets NO FORCE ROW LEVEL SECURITY", vec!["app.timesheets", "off or not forced"]),
        ("ALTER TABLE app.shift_templates DISABLE ROW LEVEL SECURITY", vec!["app.shift_templates", "off or not forced"]),
        (
            "ALTER POLICY by_region ON app.employees USING (true) WITH CHECK (true)",
            vec!["app.employees.by_region", "is not the one of sec.protect_all()"],
        ),
        ("CREATE POLICY second ON app.timesheets USING (true)", vec!["app.timesheets", "exactly the one policy"]),
        ("GRANT UPDATE ON app.change_log TO rainstaff_app", vec!["app.change_log", "may change or delete"]),
    ];
    for (sql, words) in cases {
        let db = company().await;
        spoil(&db, sql).await;
        let lines = findings(&doctor(db.owner_url()));
        assert!(lines.iter().any(|line| words.iter().all(|word| line.contains(word))), "{sql}: {lines:?}");
    }
}

#[tokio::test]
async fn a_superusers_url_is_named() {
    let db = company().await;
    let lines = findings(&doctor(db.bypass_url()));
    assert!(lines.iter().any(|line| line.starts_with("The database user postgres is a superuser")), "{lines:?}");
}

#[tokio::test]
async fn one_login_for_everything_is_named_and_serves_all_the_same() {
    let db = company().await;
    let lines = findings(&Said::of(rainstaff_with_one_login(db.owner_url(), &["doctor"])));
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(line.starts_with("The login rainstaff serves and may become the owner of the tables"), "{line}");
    assert!(line.contains("RAINSTAFF_APP_PASSWORD or RAINSTAFF_APP_DATABASE_URL"), "{line}");
}

#[tokio::test]
async fn a_broken_chain_is_named_with_its_region_and_number() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    for n in 1..=3 {
        company.apply_one(&ankara, &op(&ankara, "ankara").new_employee(employee_id(n), "Işıl Öztürk")).await;
    }
    assert_eq!(doctor(company.files.owner_url()).ok(), "all is well\n");
    spoil(&company.files, "ALTER TABLE app.change_log DISABLE TRIGGER frozen; UPDATE app.change_log SET version = 7 WHERE seq = 2").await;
    let lines = findings(&doctor(company.files.owner_url()));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("The change log of ankara does not hold together at number 2"), "{lines:?}");
}

#[tokio::test]
async fn a_digest_that_is_not_that_of_the_rows_is_named_with_the_call_that_counts_anew() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    company.apply_one(&ankara, &op(&ankara, "ankara").new_employee(employee_id(1), "Işıl Öztürk")).await;
    spoil(&company.files, "ALTER TABLE app.employees DISABLE TRIGGER logged; UPDATE app.employees SET version = 7").await;
    let lines = findings(&doctor(company.files.owner_url()));
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(line.starts_with("The digest of employee in ankara is not that of its rows"), "{line}");
    let (_, cure) = line.trim_end_matches('.').split_once("as the owner: ").unwrap();
    company.files.connect_owner().await.execute(AssertSqlSafe(cure.to_owned())).await.unwrap();
    assert_eq!(doctor(company.files.owner_url()).ok(), "all is well\n");
}

#[tokio::test]
async fn an_empty_database_has_its_migrations_pending_and_stays_empty() {
    let db = TestDb::empty().await;
    for _ in 0..2 {
        let lines = findings(&doctor(db.owner_url()));
        assert!(lines.len() == 1 && lines[0].starts_with("Migrations are pending (20261122100000 create scope"), "{lines:?}");
    }
    Said::of(rainstaff_on(db.owner_url(), &["migrate"])).ok();
    assert_eq!(doctor(db.owner_url()).ok(), "all is well\n");
}

#[tokio::test]
async fn a_key_that_serve_would_not_take_is_named() {
    let db = company().await;
    let mut command = rainstaff_on(db.owner_url(), &["doctor"]);
    command.env("RAINSTAFF_SECRET_KEY", "çok gizli");
    let lines = findings(&Said::of(command));
    assert!(lines.len() == 1 && lines[0].starts_with("RAINSTAFF_SECRET_KEY") && !lines[0].contains("gizli"), "{lines:?}");
    let mut command = rainstaff_on(db.owner_url(), &["doctor"]);
    command.env_remove("RAINSTAFF_SECRET_KEY");
    assert_eq!(findings(&Said::of(command)), ["RAINSTAFF_SECRET_KEY is not set: `rainstaff serve` will not start."]);
}

#[tokio::test]
async fn a_database_out_of_reach_is_one_sentence() {
    let sentence = doctor("postgres://rainstaff@127.0.0.1:1/rainstaff").refusal();
    assert!(sentence.starts_with("DATABASE_URL: the database could not be used"), "{sentence}");
}
