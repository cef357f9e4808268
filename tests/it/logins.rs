//! Two logins: the owner migrates, another login serves, and nothing gives that login the owner's rights.

#![cfg(test)]

use std::{fs, path::Path, process::Command};

use rainstaff::db::migrate;
use rainstaff_cluster::{Cluster, ClusterOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};

use crate::support::cluster::TestDb;

#[tokio::test]
async fn sql_slipped_into_a_query_does_not_become_the_owners() {
    let db = TestDb::new().await;
    migrate(db.owner_url()).await.unwrap(); // rights on a database do not come with its template
    let attempts = [
        "SELECT set_config('role', 'rainstaff', true)",
        "SET ROLE rainstaff",
        "SET SESSION AUTHORIZATION rainstaff",
        "RESET ROLE; ALTER TABLE app.employees DISABLE ROW LEVEL SECURITY",
        "SET LOCAL ROLE NONE; DROP POLICY by_region ON app.employees",
        "RESET ROLE; CREATE TABLE app.mine (region text)",
        "RESET ROLE; CREATE TEMP TABLE mine (region text)",
        "RESET ROLE; CREATE ROLE somebody",
        "RESET ROLE; GRANT pg_execute_server_program TO rainstaff_web",
        "RESET ROLE; COPY (SELECT 1) TO PROGRAM 'true'",
        "RESET ROLE; UPDATE sec.feed SET epoch = gen_random_uuid(), system_identifier = 'mine'",
        "RESET ROLE; UPDATE app.change_log SET version = 7",
    ];
    for attempt in attempts {
        let mut conn = PgConnection::connect(db.app_url()).await.unwrap();
        conn.execute("BEGIN; SET LOCAL ROLE rainstaff_app; SET LOCAL app.regions = 'ankara'").await.unwrap();
        let done = conn.execute(attempt).await;
        let refused = done.as_ref().err().and_then(|error| error.as_database_error()?.code().map(|code| code == "42501"));
        // What a policy holds back changes no row.
        assert!(refused == Some(true) || done.is_ok_and(|done| done.rows_affected() == 0 && attempt.contains("sec.feed")), "{attempt}");
    }
    let mut owner = db.connect_owner().await;
    let owned: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname IN ('rainstaff_web', 'rainstaff_app')",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(owned, 0);
}

/// A cluster as a host gives it: no role but the owner's, which may make others, and a password for whoever serves.
struct Hosted {
    cluster: Cluster,
    _folder: tempfile::TempDir,
}

impl Hosted {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(ClusterOptions { data_dir: folder.path().to_owned(), durable: false }).await.unwrap();
        let hosted = Self { cluster, _folder: folder };
        hosted.as_superuser("DROP ROLE rainstaff_web; DROP ROLE rainstaff_app").await;
        hosted.as_superuser("CREATE ROLE host_owner LOGIN CREATEROLE").await;
        hosted.as_superuser("CREATE DATABASE company OWNER host_owner").await;
        let mut conn = PgConnection::connect(&hosted.cluster.superuser_url("postgres")).await.unwrap();
        let rules: String = sqlx::query_scalar("SHOW hba_file").fetch_one(&mut conn).await.unwrap();
        let others = fs::read_to_string(&rules).unwrap();
        fs::write(Path::new(&rules), format!("local all rainstaff_web scram-sha-256\n{others}")).unwrap();
        conn.execute("SELECT pg_reload_conf()").await.unwrap();
        hosted
    }

    async fn as_superuser(&self, sql: &str) {
        let mut conn = PgConnection::connect(&self.cluster.superuser_url("postgres")).await.unwrap();
        for statement in sql.split("; ") {
            conn.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
        }
        conn.close().await.unwrap();
    }

    async fn ask<T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(&self, sql: &str) -> T {
        let mut conn = PgConnection::connect(&self.cluster.superuser_url("company")).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut conn).await.unwrap()
    }

    fn owner_url(&self) -> String {
        self.cluster.owner_url("company").replace("//rainstaff@", "//host_owner@")
    }

    /// Whether the login that serves gets in with this password.
    async fn lets_in(&self, password: &str) -> bool {
        let url = self.cluster.app_url("company").replace("rainstaff_web@", &format!("rainstaff_web:{password}@"));
        PgConnection::connect(&url).await.is_ok()
    }

    /// The program with a password for the login that serves; its exit code and what it said.
    fn run(&self, command: &str, password: &str) -> (Option<i32>, String) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rainstaff"));
        program.arg(command).env("DATABASE_URL", self.owner_url()).env("RAINSTAFF_APP_PASSWORD", password);
        program.env("RAINSTAFF_SECRET_KEY", "5a".repeat(64)).env_remove("RAINSTAFF_APP_DATABASE_URL");
        let said = program.output().unwrap();
        (said.status.code(), String::from_utf8([said.stdout, said.stderr].concat()).unwrap())
    }
}

#[tokio::test]
async fn the_program_makes_the_login_that_serves_with_the_password_it_is_given() {
    let hosted = Hosted::new().await;
    let (first, second) = ("first-password-01", "second-password-02");
    assert_eq!(hosted.run("migrate", first).0, Some(0));
    assert!(hosted.lets_in(first).await && !hosted.lets_in(second).await);
    let member_of: Vec<String> = hosted
        .ask("SELECT array_agg(r.rolname::text) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = 'rainstaff_web'::regrole")
        .await;
    assert_eq!(member_of, ["rainstaff_app"], "and of nothing else");
    let (code, said) = hosted.run("doctor", first);
    assert_eq!(code, Some(0), "{said}");

    // From PostgreSQL 16 on a role cannot take the right to make roles from itself; doctor says who can.
    let makes_roles: bool = hosted.ask("SELECT rolcreaterole FROM pg_roles WHERE rolname = 'host_owner'").await;
    assert_eq!(said.contains("note: The owner host_owner may still make roles"), makes_roles, "{said}");
    if makes_roles {
        assert_eq!(hosted.run("migrate", second).0, Some(0));
        assert!(hosted.lets_in(second).await && !hosted.lets_in(first).await, "another password is the password");
        hosted.as_superuser("ALTER ROLE host_owner NOCREATEROLE").await;
        let (code, said) = hosted.run("doctor", second);
        assert_eq!((code, said.as_str()), (Some(0), "all is well\n"));
    }
    let (code, said) = hosted.run("migrate", "third-password-003");
    assert_eq!(code, Some(1));
    assert!(said.contains("ALTER ROLE rainstaff_web LOGIN PASSWORD") && !said.contains("third"), "{said}");
    hosted.cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_password_that_is_too_short_is_one_sentence() {
    let db = TestDb::new().await;
    let mut program = Command::new(env!("CARGO_BIN_EXE_rainstaff"));
    program
        .arg("migrate")
        .env("DATABASE_URL", db.owner_url())
        .env("RAINSTAFF_APP_PASSWORD", "short")
        .env_remove("RAINSTAFF_APP_DATABASE_URL");
    let said = String::from_utf8(program.output().unwrap().stderr).unwrap();
    assert!(said.starts_with("rainstaff: RAINSTAFF_APP_PASSWORD: has to be 16 or more"), "{said}");
}
