//! Every regional table x verb x actor, on the level of SQL: what would still be protected if every query of the program had forgotten its
//! regions. The tables come from the catalog, and each must have rows in every office, so a table added later is tested too or fails here.
//!
//! Each attempt is made twice: as `rainstaff_app`, whose rights already prevent some of them, and as the owner of the tables, for whom only
//! the policies apply.

#![cfg(test)]

use rainstaff::{
    clock::Clock,
    db::Scope,
    events::{self, EventKind, NewEvent},
    identity::Actor,
    ops::{Op, Reason, Verdict, VerdictKind},
};
use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection, Executor, FromRow, PgConnection,
    postgres::{PgDatabaseError, PgQueryResult},
};

use crate::support::{
    builders::{Company, Draft, OFFICES, admin, at, clerk, employee_id, op, region, template_id, timesheet_id},
    samples::other_rows,
};

#[tokio::test]
async fn nobody_reads_or_changes_another_regions_rows() {
    let company = company_with_samples().await;
    let mut hands = Hands::on(&company).await;
    let tables = regional_tables(&mut hands.owner).await;
    assert!(tables.len() >= 12, "{tables:?}");
    for table in &tables {
        assert_eq!(leaks_of(&mut hands, table).await, Vec::<String>::new(), "{}", table.name);
    }
}

#[tokio::test]
async fn a_dropped_or_loosened_policy_is_noticed_on_every_table() {
    let company = company_with_samples().await;
    let mut hands = Hands::on(&company).await;
    for table in regional_tables(&mut hands.owner).await {
        let name = &table.name;
        for (fault, says) in [
            (format!("DROP POLICY by_region ON {name}"), "of its own rows"),
            (format!("ALTER POLICY by_region ON {name} USING (true) WITH CHECK (true)"), "disclosed"),
            (format!("ALTER POLICY by_region ON {name} WITH CHECK (true)"), "INSERT"),
            (format!("ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"), "owner"),
            (format!("ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"), "disclosed"),
        ] {
            hands.owner.execute(AssertSqlSafe(fault.clone())).await.unwrap();
            let leaks = leaks_of(&mut hands, &table).await;
            assert!(leaks.iter().any(|leak| leak.contains(says)), "{fault}: {leaks:?}");
            hands.owner.execute("CALL sec.protect_all()").await.unwrap();
        }
        assert_eq!(leaks_of(&mut hands, &table).await, Vec::<String>::new(), "{name} is whole again");
    }
}

#[tokio::test]
async fn a_reference_cannot_point_at_another_regions_row_and_the_refusal_says_no_more_than_for_a_missing_one() {
    let company = company_with_samples().await;
    let mut hands = Hands::on(&company).await;
    let references = references(&mut hands.owner).await;
    assert!(references.len() >= 3, "{references:?}");
    for reference in references {
        let foreign = format!("(SELECT {} FROM {} WHERE region = 'istanbul' LIMIT 1)", reference.key, reference.target);
        let target: String =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT {foreign}::text"))).fetch_one(&mut hands.owner).await.unwrap();
        let mut refusals = Vec::new();
        for id in [target, "0190dead-0000-7000-8000-000000000000".to_owned()] {
            let Reference { table, column, .. } = &reference;
            let copy = copy_of_a_row(&mut hands.superuser, table, &[(column.as_str(), format!("'{id}'::uuid"))], "ankara").await;
            let error = hands.attempt(Role::Application, &["ankara"], &copy).await.unwrap_err();
            let error = error.as_database_error().unwrap().downcast_ref::<PgDatabaseError>();
            assert_eq!(error.code(), "23503", "{table}.{column}: {error}");
            refusals.push((error.message().to_owned(), error.detail().map(|d| d.replace(&id, "ID"))));
        }
        assert_eq!(refusals[0], refusals[1], "{}.{} tells a foreign row from a missing one", reference.table, reference.column);
    }
}

#[tokio::test]
async fn business_keys_and_operations_of_another_region_are_free_to_use() {
    let company = Company::new().await;
    let mut answers = Vec::new();
    for (n, office) in [(1, "ankara"), (2, "istanbul")] {
        let clerk = clerk(office);
        let person = json!({ "full_name": "Ayşe Yılmaz", "identity_no": "10000000146" });
        let shift = json!({ "name": "Gündüz", "start_time": "08:00", "end_time": "17:00" });
        // The same operations' ids, names and numbers, the same hours of the same day: nothing of it may be felt on the other side. (The ids
        // of rows are given once: rights.rs.)
        let ops = [
            same_id(op(&clerk, office), 1).create("employee", employee_id(n), person),
            same_id(op(&clerk, office), 2).create("shift_template", template_id(n), shift),
            same_id(op(&clerk, office), 3).new_timesheet(timesheet_id(n), employee_id(n), "2026-11-16"),
        ];
        let mut said = company.apply(&clerk, &ops).await;
        for row in said.iter_mut().filter_map(|verdict| verdict.row.as_mut()) {
            row.retain(|name, _| !matches!(name.as_str(), "id" | "employee_id"));
        }
        answers.push(said);
    }
    for verdict in answers.iter().flatten() {
        assert_eq!((verdict.verdict, verdict.replayed), (VerdictKind::Applied, false), "{verdict:?}");
    }
    assert_eq!(answers[0], answers[1], "the second office's answers are those of the first");
}

#[tokio::test]
async fn an_operation_on_another_regions_row_is_answered_like_one_on_a_missing_row() {
    let company = company_with_samples().await;
    let ankara = clerk("ankara");
    let (foreign, missing) = (employee_id(20), employee_id(999));
    let ask = |n: u32, about: &dyn Fn(Draft) -> Op| about(same_id(op(&ankara, "ankara"), n));
    let pairs: [(Op, Op); 4] = [
        (
            ask(100, &|d| d.update("employee", foreign, 1, json!({ "title": ["", "Usta"] }))),
            ask(101, &|d| d.update("employee", missing, 1, json!({ "title": ["", "Usta"] }))),
        ),
        (ask(102, &|d| d.delete("employee", foreign, 1)), ask(103, &|d| d.delete("employee", missing, 1))),
        (ask(104, &|d| d.restore("employee", foreign, 1)), ask(105, &|d| d.restore("employee", missing, 1))),
        (
            ask(106, &|d| d.new_timesheet(timesheet_id(800), foreign, "2026-11-20")),
            ask(107, &|d| d.new_timesheet(timesheet_id(800), missing, "2026-11-20")),
        ),
    ];
    for (foreign, missing) in pairs {
        let about_foreign = company.apply_one(&ankara, &foreign).await;
        let about_missing = company.apply_one(&ankara, &missing).await;
        assert_eq!(about_foreign.verdict, VerdictKind::Rejected);
        assert!(matches!(about_foreign.reason, Some(Reason::UnknownEntity | Reason::Invalid)));
        assert_eq!(about_foreign, Verdict { op_id: foreign.op_id, ..about_missing });
    }
}

fn same_id(draft: Draft, n: u32) -> Draft {
    draft.id(crate::support::builders::op_id(n))
}

/// Four offices, each with rows in every regional table. Ids differ from office to office.
async fn company_with_samples() -> Company {
    let company = Company::new().await;
    for (office, first) in OFFICES.into_iter().zip([10, 20, 30, 40]) {
        let clerk = clerk(office);
        let draft = || op(&clerk, office);
        let shift = json!({ "name": "Gündüz", "start_time": "08:00", "end_time": "17:00" });
        let ops = [
            draft().new_employee(employee_id(first), "Ayşe Yılmaz"),
            draft().new_employee(employee_id(first + 1), "Işık Öztürk"),
            draft().create("shift_template", template_id(first), shift),
            draft().create("settings", rainstaff::settings::settings_id(&region(office)), json!({ "weekday_hours": "8" })),
            draft().create(
                "calendar_day",
                rainstaff::ids::new_id(),
                json!({ "day": "2026-11-20", "name": "Köprü günü", "kind": "day_off" }),
            ),
            draft().new_timesheet(timesheet_id(first), employee_id(first), "2026-11-16"),
            draft().new_timesheet(timesheet_id(first + 1), employee_id(first + 1), "2026-11-16"),
            draft().update("employee", employee_id(first), 1, json!({ "title": ["", "Usta"] })),
            draft().at(-5).update("employee", employee_id(first), 1, json!({ "title": ["", "Kalfa"] })),
        ];
        let known = ["employee", "shift_template", "calendar_day", "timesheet"];
        let others = other_rows(&known, "Başkası", draft).into_iter().map(|(.., op)| op);
        let ops: Vec<Op> = ops.into_iter().chain(others).collect();
        let verdicts = company.set_up(&clerk, &ops).await;
        assert!(verdicts.iter().all(|v| v.verdict.took_effect()), "{verdicts:?}");
        let event = NewEvent::new(EventKind::SignIn).by(Some(&clerk));
        events::record(&company.db, region(office), &event, &Clock::Fixed(at(0))).await.unwrap();
        let mut owner = company.inspect().await;
        let queue = "WITH queue AS (
                INSERT INTO app.queue_contact (region, queue_id, user_id, reporter, browser_id, len, first_at, last_at)
                VALUES ($1, gen_random_uuid(), $2, 'x', gen_random_uuid(), 1, now(), now()) RETURNING queue_id)
            INSERT INTO app.queue_alarm (region, id, queue_id, kind, amount, since, raised_at)
            SELECT $1, gen_random_uuid(), queue_id, 'hole', 1, now(), now() FROM queue";
        sqlx::query(queue).bind(office).bind(clerk.user_id).execute(&mut owner).await.unwrap();
        let body = "INSERT INTO app.op_quarantine (region, id, user_id, username, sha256, body, received_at)
            VALUES ($1, gen_random_uuid(), $2, 'x', sha256('x'), 'x', now())";
        sqlx::query(body).bind(office).bind(clerk.user_id).execute(&mut owner).await.unwrap();
        owner.execute("SET app.admin = 'users'").await.unwrap();
        let device = "WITH device AS (
                INSERT INTO auth.devices (id, region, name, added_at, added_by_name) VALUES (gen_random_uuid(), $1, 'PC', now(), 'x') RETURNING id)
            INSERT INTO app.device_contact (region, device_id, last_at) SELECT $1, id, now() FROM device";
        sqlx::query(device).bind(office).execute(&mut owner).await.unwrap();
        let alarm = "INSERT INTO app.device_alarm (region, id, device_id, kind, amount, since, raised_at)
            SELECT region, gen_random_uuid(), device_id, 'silent', 1, now(), now() FROM app.device_contact WHERE region = $1";
        sqlx::query(alarm).bind(office).execute(&mut owner).await.unwrap();
        let other = "INSERT INTO app.alarm (region, id, source, subject, kind, amount, since, raised_at)
            VALUES ($1, gen_random_uuid(), 'x', gen_random_uuid(), 'x', 1, now(), now())";
        sqlx::query(other).bind(office).execute(&mut owner).await.unwrap();
        owner.execute("RESET app.admin").await.unwrap();
        let alias = "INSERT INTO app.entity_alias (region, entity, alias_id, target_id) VALUES ($1, 'employee', gen_random_uuid(), $2)";
        sqlx::query(alias).bind(office).bind(employee_id(first)).execute(&mut owner).await.unwrap();
        let delivered = "INSERT INTO app.delivered (region, carrier, day, bytes) VALUES ($1, $2, current_date, 1)";
        sqlx::query(delivered).bind(office).bind(clerk.user_id).execute(&mut owner).await.unwrap();
        let decision = "INSERT INTO app.op_decision (region, id, op_id, attempt, decision, decided_by, decided_by_name, at)
            SELECT region, gen_random_uuid(), op_id, 1, 'seen', actor, 'a', now() FROM app.op_inbox WHERE region = $1 LIMIT 1";
        sqlx::query(decision).bind(office).execute(&mut owner).await.unwrap();
    }
    company
}

/// A table with rows of regions.
#[derive(Debug, FromRow)]
struct Table {
    /// With its schema.
    name: String,
    /// A column the application may update, where there is one.
    updatable: Option<String>,
}

async fn regional_tables(conn: &mut PgConnection) -> Vec<Table> {
    sqlx::query_as(
        "SELECT c.oid::regclass::text AS name,
                (SELECT quote_ident(min(a.attname::text)) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                   AND has_column_privilege('rainstaff_app', c.oid, a.attnum, 'UPDATE')) AS updatable
         FROM pg_class c WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'regions' ORDER BY 1",
    )
    .fetch_all(conn)
    .await
    .unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Role {
    Application,
    Owner,
}

/// Connections of the three who try things.
struct Hands {
    /// In each attempt one of the two roles, with the regions of one actor.
    trial: PgConnection,
    /// The owner with all regions.
    owner: PgConnection,
    /// Whom no policy holds; only looks.
    superuser: PgConnection,
}

impl Hands {
    async fn on(company: &Company) -> Self {
        Self {
            trial: company.files.connect_owner().await,
            owner: company.inspect().await,
            superuser: PgConnection::connect(company.files.bypass_url()).await.unwrap(),
        }
    }

    async fn begin(&mut self, role: Role, regions: &[&str]) {
        let set_role = if role == Role::Application { "SET LOCAL ROLE rainstaff_app;" } else { "" };
        let begin = format!("ROLLBACK; BEGIN; {set_role} SET LOCAL app.regions = '{}'", regions.join(","));
        self.trial.execute(AssertSqlSafe(begin)).await.unwrap();
    }

    /// What one statement does; the next attempt undoes it.
    async fn attempt(&mut self, role: Role, regions: &[&str], sql: &str) -> Result<PgQueryResult, sqlx::Error> {
        self.begin(role, regions).await;
        self.trial.execute(AssertSqlSafe(sql.to_owned())).await
    }
}

/// Everything about a table that is not as it has to be, as sentences.
async fn leaks_of(hands: &mut Hands, table: &Table) -> Vec<String> {
    let mut leaks = Vec::new();
    hands.trial.execute("ROLLBACK").await.unwrap(); // gives back the locks of the last attempt
    let sql = format!("SELECT region, count(*) FROM {} GROUP BY region ORDER BY region", table.name);
    let all: Vec<(String, i64)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut hands.superuser).await.unwrap();
    let count = |office: &str| all.iter().find(|(region, _)| region == office).map_or(0, |(_, n)| *n);
    for office in OFFICES {
        assert!(count(office) > 0, "{} has no sample row in {office}: add one to company_with_samples", table.name);
    }
    let actors: Vec<Actor> = OFFICES.into_iter().map(clerk).chain([admin()]).collect();
    for role in [Role::Application, Role::Owner] {
        for actor in &actors {
            let codes = Scope::of(actor).unwrap().codes();
            let mine: Vec<&str> = codes.iter().map(String::as_str).collect();
            let mut attempt = Attempt { hands, table, role, who: &actor.username, mine: &mine, leaks: &mut leaks };
            attempt.select(&all).await;
            attempt.update(mine.iter().map(|office| count(office)).sum()).await;
            if mine.len() == 1 {
                attempt.delete_foreign().await;
                attempt.insert_foreign().await;
                attempt.move_row().await;
            }
        }
        Attempt { hands, table, role, who: "nobody", mine: &[], leaks: &mut leaks }.without_scope().await;
    }
    hands.trial.execute("ROLLBACK").await.unwrap();
    leaks
}

/// One actor's attempts on one table.
struct Attempt<'a> {
    hands: &'a mut Hands,
    table: &'a Table,
    role: Role,
    who: &'a str,
    mine: &'a [&'a str],
    leaks: &'a mut Vec<String>,
}

impl Attempt<'_> {
    fn report(&mut self, what: &str) {
        let role = if self.role == Role::Owner { "owner" } else { "application" };
        self.leaks.push(format!("{} as {} ({role}): {what}", self.table.name, self.who));
    }

    /// Rows affected, or the SQLSTATE and message of the refusal.
    async fn run(&mut self, sql: &str) -> Result<u64, (String, String)> {
        let done = self.hands.attempt(self.role, self.mine, sql).await;
        done.map(|d| d.rows_affected()).map_err(|error| {
            let error = error.into_database_error().expect("an answer of the database");
            (error.code().unwrap_or_default().into_owned(), error.message().to_owned())
        })
    }

    async fn select(&mut self, all: &[(String, i64)]) {
        self.hands.begin(self.role, self.mine).await;
        let sql = format!("SELECT region, count(*) FROM {} GROUP BY region", self.table.name);
        let seen: Vec<(String, i64)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut self.hands.trial).await.unwrap();
        for (region, rows) in all {
            let visible = seen.iter().find(|(r, _)| r == region).map_or(0, |(_, n)| *n);
            if !self.mine.contains(&region.as_str()) {
                if visible > 0 {
                    self.report(&format!("{visible} rows of {region} were disclosed"));
                }
            } else if visible != *rows {
                self.report(&format!("sees {visible} of its own rows of {region}, there are {rows}"));
            }
        }
    }

    async fn update(&mut self, own: i64) {
        let Some(column) = &self.table.updatable else {
            let gave = self.run(&format!("UPDATE {} SET region = region", self.table.name)).await;
            if self.role == Role::Application && !denied(&gave) {
                self.report(&format!("UPDATE of a log gave {gave:?}"));
            }
            return;
        };
        let sql = format!("UPDATE {} SET {column} = {column}", self.table.name);
        match self.run(&sql).await {
            Ok(hit) if i64::try_from(hit) == Ok(own) => {}
            other => self.report(&format!("UPDATE without a condition gave {other:?}, it has {own} rows of its own")),
        }
    }

    async fn delete_foreign(&mut self) {
        let [mine] = self.mine else { return };
        let gave = self.run(&format!("DELETE FROM {} WHERE region <> '{mine}'", self.table.name)).await;
        let fine = if self.role == Role::Application { denied(&gave) } else { gave == Ok(0) };
        if !fine {
            self.report(&format!("DELETE of other regions' rows gave {gave:?}"));
        }
    }

    /// A copy of a row of its own, for another region.
    async fn insert_foreign(&mut self) {
        let foreign = if self.mine == ["ankara"] { "istanbul" } else { "ankara" };
        let copy = copy_of_a_row(&mut self.hands.superuser, &self.table.name, &[], foreign).await;
        let gave = self.run(&copy).await;
        // Of this very table: the log that the row's trigger writes would refuse it as well.
        let refusal = format!("row-level security policy for table \"{}\"", self.table.name.trim_start_matches("app."));
        let by_policy = matches!(&gave, Err((code, message)) if code == "42501" && message.ends_with(&refusal));
        if !(by_policy || (self.role == Role::Application && denied(&gave))) {
            self.report(&format!("INSERT into {foreign} gave {gave:?}"));
        }
    }

    async fn move_row(&mut self) {
        let foreign = if self.mine == ["ankara"] { "istanbul" } else { "ankara" };
        let gave = self.run(&format!("UPDATE {} SET region = '{foreign}'", self.table.name)).await;
        let refused = matches!(&gave, Err((code, _)) if code == "42501" || code == "RS002");
        if !refused {
            self.report(&format!("moving rows to {foreign} gave {gave:?}"));
        }
    }

    async fn without_scope(&mut self) {
        let name = &self.table.name;
        let mut attempts = vec![format!("SELECT count(*) FROM {name}"), format!("SELECT * FROM {name} WHERE region = 'ankara'")];
        if let Some(column) = &self.table.updatable {
            attempts.push(format!("UPDATE {name} SET {column} = {column}"));
        }
        if self.role == Role::Owner {
            attempts.push(format!("DELETE FROM {name}"));
            attempts.push(copy_of_a_row(&mut self.hands.superuser, name, &[], "ankara").await);
        }
        for sql in attempts {
            match self.run(&sql).await {
                Err((code, _)) if code == "RS001" => {}
                gave => self.report(&format!("without a scope, {sql} gave {gave:?}")),
            }
        }
    }
}

fn denied(gave: &Result<u64, (String, String)>) -> bool {
    matches!(gave, Err((code, message)) if code == "42501" && message.starts_with("permission denied"))
}

/// An INSERT of a row like the first one of Ankara, with other keys, some other values, and as a row of `region`.
async fn copy_of_a_row(conn: &mut PgConnection, table: &str, other: &[(&str, String)], region: &str) -> String {
    let columns: Vec<(String, String, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT a.attname::text, a.atttypid::regtype::text, EXISTS (
             SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
         FROM pg_attribute a WHERE a.attrelid = '{table}'::regclass AND a.attnum > 0 AND NOT a.attisdropped
           AND a.attgenerated = '' AND a.attidentity = '' ORDER BY a.attnum"
    )))
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let row: serde_json::Value =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT to_jsonb(t) FROM {table} t WHERE region = 'ankara' LIMIT 1")))
            .fetch_one(conn)
            .await
            .unwrap();
    let value = |(name, kind, is_key): &(String, String, bool)| match other.iter().find(|(column, _)| column == name) {
        Some((_, value)) => value.clone(),
        None if name == "region" => format!("'{region}'"),
        None if *is_key && kind == "uuid" => "gen_random_uuid()".to_owned(),
        None => match &row[name] {
            serde_json::Value::Null => "NULL".to_owned(),
            serde_json::Value::String(text) if kind != "jsonb" => format!("'{}'::{kind}", text.replace('\'', "''")),
            serde_json::Value::Array(_) if kind != "jsonb" => format!("'{{}}'::{kind}"),
            other => format!("'{}'::{kind}", other.to_string().replace('\'', "''")),
        },
    };
    let names: Vec<&str> = columns.iter().map(|(name, ..)| name.as_str()).collect();
    let values: Vec<String> = columns.iter().map(value).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

/// A column that points at another regional table.
#[derive(Debug, FromRow)]
struct Reference {
    table: String,
    column: String,
    target: String,
    key: String,
}

async fn references(conn: &mut PgConnection) -> Vec<Reference> {
    sqlx::query_as(
        "SELECT k.conrelid::regclass::text AS table, m.attname::text AS column, k.confrelid::regclass::text AS target, o.attname::text AS key
         FROM pg_constraint k
         CROSS JOIN unnest(k.conkey, k.confkey) pair(mine, theirs)
         JOIN pg_attribute m ON m.attrelid = k.conrelid AND m.attnum = pair.mine
         JOIN pg_attribute o ON o.attrelid = k.confrelid AND o.attnum = pair.theirs
         WHERE k.connamespace = 'app'::regnamespace AND k.contype = 'f' AND k.confrelid <> 'app.regions'::regclass AND m.attname <> 'region'",
    )
    .fetch_all(conn)
    .await
    .unwrap()
}
