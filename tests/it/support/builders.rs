//! Builders of people, regions, rows and operations, one line each. Ids of different kinds come from sequences far apart, so that a
//! confused id never fits by chance.

#![cfg(test)]

use chrono::{DateTime, Duration, Utc};
use rainstaff::{
    db::{Db, Scope, create_regions},
    identity::{Actor, Region, Role},
    ops::{Change, Fields, Kind, Op, Origin, Print, Verdict, fingerprint},
    state::AppState,
    sync::{Caller, Delivery, apply_ops, deliver, may_write},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, postgres::PgConnection};
use uuid::Uuid;

use super::cluster::TestDb;

/// The four offices.
pub const OFFICES: [&str; 4] = ["ankara", "istanbul", "bursa", "izmir"];

/// The n-th employee's id.
pub fn employee_id(n: u32) -> Uuid {
    nth(0x0e00, n)
}

/// The n-th timesheet's id.
pub fn timesheet_id(n: u32) -> Uuid {
    nth(0x7500, n)
}

/// The n-th shift template's id.
pub fn template_id(n: u32) -> Uuid {
    nth(0x5700, n)
}

/// The n-th operation's id.
pub fn op_id(n: u32) -> Uuid {
    nth(0x0900, n)
}

/// The n-th queue's id.
pub fn queue_id(n: u32) -> Uuid {
    nth(0x9e00, n)
}

fn nth(family: u16, n: u32) -> Uuid {
    Uuid::from_u128(0x019a_b000_0000_7000_8000_0000_0000_0000 | u128::from(family) << 32 | u128::from(n))
}

/// This number of minutes after 09:00 (UTC) on an ordinary Monday.
pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_579_600, 0).unwrap() + Duration::minutes(minutes)
}

/// Parses a code that the test itself wrote.
pub fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

/// The clerk of an office.
pub fn clerk(office: &str) -> Actor {
    person(&format!("{office}1"), Role::User, &[office])
}

/// The administrator.
pub fn admin() -> Actor {
    person("admin", Role::Admin, &OFFICES)
}

fn person(username: &str, role: Role, regions: &[&str]) -> Actor {
    Actor {
        user_id: Uuid::new_v5(&Uuid::NAMESPACE_DNS, username.as_bytes()),
        username: username.to_owned(),
        role,
        regions: regions.iter().map(|code| region(code)).collect(),
        lang: "tr".to_owned(),
        theme: "auto".to_owned(),
        must_change: false,
        session_id: Uuid::nil(),
        csrf: "csrf".to_owned(),
    }
}

/// An operation without its kind; `create`, `update`, `delete` or `restore` completes it.
#[derive(Clone)]
pub struct Draft(Op);

/// Starts an operation of `actor` on a row of `region`, made at 09:00, in no queue.
pub fn op(actor: &Actor, code: &str) -> Draft {
    Draft(Op {
        v: 1,
        op_id: rainstaff::ids::new_id(),
        queue_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, actor.username.as_bytes()),
        n: 0,
        actor: actor.user_id,
        grant: None,
        app: None,
        kind: Kind::Create,
        entity: String::new(),
        id: Uuid::nil(),
        region: region(code),
        base_version: None,
        fields: Fields::new(),
        name: None,
        args: None,
        after: Vec::new(),
        edited_at: at(0),
        offset_ms: 0,
    })
}

impl Draft {
    /// With this operation id.
    pub fn id(mut self, op_id: Uuid) -> Self {
        self.0.op_id = op_id;
        self
    }

    /// As the n-th operation of a queue.
    pub fn queued(mut self, queue_id: Uuid, n: i64) -> Self {
        (self.0.queue_id, self.0.n) = (queue_id, n);
        self
    }

    /// Saved this number of minutes after 09:00.
    pub fn at(mut self, minutes: i64) -> Self {
        self.0.edited_at = at(minutes);
        self
    }

    /// To be applied after these operations.
    pub fn after(mut self, ops: &[&Op]) -> Self {
        self.0.after = ops.iter().map(|op| op.op_id).collect();
        self
    }

    /// Creates a row; `values` is an object of values.
    pub fn create(self, entity: &str, id: Uuid, values: Value) -> Op {
        let fields = object(values).map(|(name, to)| (name, Change { from: Value::Null, to })).collect();
        Op { fields, ..self.on(Kind::Create, entity, id, None) }
    }

    /// Changes values; `changes` is an object of `[from, to]`.
    pub fn update(self, entity: &str, id: Uuid, base_version: i64, changes: Value) -> Op {
        let change = |pair: Value| Change { from: pair[0].clone(), to: pair[1].clone() };
        let fields = object(changes).map(|(name, pair)| (name, change(pair))).collect();
        Op { fields, ..self.on(Kind::Update, entity, id, Some(base_version)) }
    }

    /// Moves the row to the trash.
    pub fn delete(self, entity: &str, id: Uuid, base_version: i64) -> Op {
        self.on(Kind::Delete, entity, id, Some(base_version))
    }

    /// Restores the row from the trash.
    pub fn restore(self, entity: &str, id: Uuid, base_version: i64) -> Op {
        self.on(Kind::Restore, entity, id, Some(base_version))
    }

    /// Creates an employee with only a name.
    pub fn new_employee(self, id: Uuid, name: &str) -> Op {
        self.create("employee", id, json!({ "full_name": name }))
    }

    /// Creates an entry from 08:00 to 17:00 with an hour of break.
    pub fn new_timesheet(self, id: Uuid, employee: Uuid, date: &str) -> Op {
        let values = json!({
            "employee_id": employee, "work_date": date, "start_time": "08:00", "end_time": "17:00", "break_minutes": 60, "notes": ""
        });
        self.create("timesheet", id, values)
    }

    fn on(self, kind: Kind, entity: &str, id: Uuid, base_version: Option<i64>) -> Op {
        Op { kind, entity: entity.to_owned(), id, base_version, ..self.0 }
    }
}

fn object(value: Value) -> impl Iterator<Item = (String, Value)> {
    match value {
        Value::Object(map) => map.into_iter(),
        other => panic!("not an object of fields: {other}"),
    }
}

/// A database with the four offices, and the server's access to it.
pub struct Company {
    /// The server's handle.
    pub db: Db,
    /// The database itself; dropped with this.
    pub files: TestDb,
}

impl Company {
    /// Four offices without people.
    pub async fn new() -> Self {
        Self::with_connections(8).await
    }

    /// The same with this maximum of connections.
    pub async fn with_connections(max_connections: u32) -> Self {
        let files = TestDb::new().await;
        let names = [("ankara", "Ankara"), ("istanbul", "İstanbul"), ("bursa", "Bursa"), ("izmir", "İzmir")];
        create_regions(files.owner_url(), &names).await.unwrap();
        files.connect_owner().await.execute("UPDATE app.regions SET created_at = '2020-01-01'").await.unwrap(); // before every test's days
        Self { db: Db::connect(&files.config(max_connections)).await.unwrap(), files }
    }

    /// Gives an actor an account with an open session, because the session is checked again while a request waits for changes.
    pub async fn admit(&self, actor: &Actor) {
        let mut conn = self.inspect().await;
        conn.execute("SET app.admin = 'users'").await.unwrap();
        let user = "INSERT INTO auth.users (id, username, role) VALUES ($1, $2, $3)";
        sqlx::query(user).bind(actor.user_id).bind(&actor.username).bind(actor.role.as_str()).execute(&mut conn).await.unwrap();
        let regions: Vec<String> = actor.regions.iter().map(ToString::to_string).collect();
        let works_in = "INSERT INTO auth.user_regions (user_id, region) SELECT $1, r FROM unnest($2::text[]) r";
        sqlx::query(works_in).bind(actor.user_id).bind(regions).execute(&mut conn).await.unwrap();
        let session = "INSERT INTO auth.sessions (token_hash, id, user_id, state, expires_at) VALUES (sha256($1::text::bytea), $1, $2, '{}', '2100-01-01')";
        sqlx::query(session).bind(actor.session_id).bind(actor.user_id).execute(&mut conn).await.unwrap();
    }

    /// Applies operations of one region in one transaction, as they arrive from a queue at noon.
    pub async fn apply(&self, actor: &Actor, ops: &[Op]) -> Vec<Verdict> {
        self.try_apply(actor, ops).await.unwrap()
    }

    /// The same, with the database's error.
    pub async fn try_apply(&self, actor: &Actor, ops: &[Op]) -> Result<Vec<Verdict>, sqlx::Error> {
        let scope = Scope::one(actor, &ops[0].region).expect("the actor's own region").from_origin(Origin::Offline);
        let mut tx = self.db.write(&scope).await?;
        let verdicts = apply_ops(&mut tx, &queue_of(actor), ops, &prints_of(ops)).await?;
        tx.commit().await?;
        Ok(verdicts)
    }

    /// The same as the server itself, whose rights are not checked.
    pub async fn set_up(&self, actor: &Actor, ops: &[Op]) -> Vec<Verdict> {
        let scope = Scope::one(actor, &ops[0].region).expect("the actor's own region").from_origin(Origin::System);
        let mut tx = self.db.write(&scope).await.unwrap();
        let verdicts = apply_ops(&mut tx, &queue_of(actor), ops, &prints_of(ops)).await.unwrap();
        tx.commit().await.unwrap();
        verdicts
    }

    /// Applies one operation; see [`Company::apply`].
    pub async fn apply_one(&self, actor: &Actor, op: &Op) -> Verdict {
        self.apply(actor, std::slice::from_ref(op)).await.remove(0)
    }

    /// A connection of the owner that sees all regions, to inspect stored rows.
    pub async fn inspect(&self) -> PgConnection {
        let mut conn = self.files.connect_owner().await;
        conn.execute("SET app.regions = 'company,ankara,istanbul,bursa,izmir'").await.unwrap();
        conn
    }

    /// The first column of the first row, as text, to inspect stored rows.
    pub async fn look(&self, sql: &str) -> String {
        let mut conn = self.inspect().await;
        let sql = format!("SELECT coalesce((SELECT q.v::text FROM ({sql}) q(v) LIMIT 1), 'nothing')");
        let found = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        found
    }
}

/// Stores the rows with which a test starts; rows that only administrators may write come from the server itself.
pub async fn set_up(state: &AppState, actor: &Actor, ops: Vec<Op>) {
    let (own, of_admins): (Vec<Op>, Vec<Op>) = ops.into_iter().partition(|op| may_write(&op.entity, false));
    for (origin, ops) in [(Origin::System, of_admins), (Origin::Offline, own)] {
        for verdict in deliver(state, actor, origin, ops).await.unwrap() {
            assert!(verdict.verdict.took_effect(), "{verdict:?}");
        }
    }
}

/// The fingerprints of operations, as code that applies them needs them.
pub fn prints_of(ops: &[Op]) -> Vec<Print> {
    ops.iter().map(fingerprint).collect()
}

/// The caller of operations that arrive at noon from the person's own queue.
pub fn queue_of(actor: &Actor) -> Caller {
    Caller::of_own(actor.user_id, at(180), Delivery::Queued)
}
