//! An office in which the rows of one entity are written and read.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpResponse, body::to_bytes, web::Data};
use rainstaff::{
    access::Client,
    api::exchange,
    complaint::FieldError,
    identity::Actor,
    ids::new_id,
    ops::{
        Description, Kind, Life, MergePolicy, Op, Origin, Reason, Row, Submitted, Verdict, VerdictKind, Writers, description, mask_secrets,
    },
    state::AppState,
    sync::{
        FeedRow, deliver,
        held::{self, Decision},
        load_by_name, submit,
    },
    web::params::Checked,
    words::names_of,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    grant::company_with_accounts,
    support::builders::{Company, admin, at, clerk, op, region},
};

/// Where the rows are.
const HERE: &str = "ankara";
/// Where they are not.
const THERE: &str = "istanbul";
/// What a row has besides its fields.
const HEAD: [&str; 3] = ["id", "version", "deleted"];

/// The office of Ankara, for the rows of one entity.
pub struct Office {
    /// The entity.
    pub entity: &'static Description,
    /// The server.
    pub state: AppState,
    company: Company,
    /// Rows that others refer to, by region, entity and number of the sample.
    referred: Mutex<HashMap<(String, &'static str, usize), Uuid>>,
}

/// Word and reason.
pub fn said(verdict: &Verdict) -> (VerdictKind, Option<Reason>) {
    (verdict.verdict, verdict.reason)
}

/// The item about a row.
pub fn on_the_row(items: &Value, id: Uuid) -> Value {
    let mut found = items.as_array().unwrap().iter().filter(|item| item["id"] == json!(id));
    let item = found.next().unwrap_or_else(|| panic!("no row {id} among {items}"));
    assert!(found.next().is_none(), "two items about {id}");
    item.clone()
}

/// The row with what clients get besides the fields.
pub fn client_row(id: Uuid, version: i64, deleted: bool, values: &Row) -> Row {
    let head = HEAD.map(str::to_owned).into_iter().zip([json!(id), json!(version), json!(deleted)]);
    values.clone().into_iter().chain(head).collect()
}

/// The same as it leaves.
pub fn masked_row(id: Uuid, version: i64, deleted: bool, values: &Row) -> Row {
    let shown = |value: Value| if value.is_null() { value } else { json!("*") };
    mask_secrets(client_row(id, version, deleted, values), shown)
}

/// The operation as one of the office's clerk.
pub fn by_clerk(op: Op) -> Op {
    Op { actor: clerk(HERE).user_id, op_id: new_id(), ..op }
}

/// What the digest says, by entity, from the rows of a snapshot.
pub fn recomputed_digest(snapshot: &Value) -> Value {
    let mut tables: BTreeMap<&str, (i64, u64)> = BTreeMap::new();
    for item in snapshot["items"].as_array().unwrap() {
        let hash = Sha256::digest(format!("{}:{}", item["id"].as_str().unwrap(), item["version"]));
        let table = tables.entry(item["entity"].as_str().unwrap()).or_default();
        *table = (table.0 + 1, table.1 ^ u64::from_be_bytes(hash[..8].try_into().unwrap()));
    }
    tables.into_iter().map(|(name, (count, xor))| (name.to_owned(), json!({ "count": count, "xor": format!("{xor:016x}") }))).collect()
}

async fn body(answer: HttpResponse) -> Value {
    serde_json::from_slice(&to_bytes(answer.into_body()).await.unwrap()).unwrap()
}

impl Office {
    /// A company with accounts, and nothing in it.
    pub async fn of(entity: &'static Description) -> Self {
        let (company, state) = company_with_accounts().await;
        Self { entity, state, company, referred: Mutex::default() }
    }

    /// Whether a region has one row of this kind.
    pub fn has_one_row(&self) -> bool {
        (self.entity.only_id)(&region(HERE)).is_some()
    }

    /// The n-th sample as a row of this office: an id, and the values, with rows that are there where it refers to others.
    pub async fn sample(&self, n: usize) -> (Uuid, Row) {
        self.sample_in(HERE, n).await
    }

    async fn sample_in(&self, code: &str, n: usize) -> (Uuid, Row) {
        let id = (self.entity.only_id)(&region(code)).unwrap_or_else(|| Uuid::from_u128(0x5a00 + n as u128));
        (id, Box::pin(self.values(self.entity, code, n)).await)
    }

    async fn values(&self, entity: &'static Description, code: &str, n: usize) -> Row {
        let sample = (entity.samples)().rows[n].clone();
        let mut values: Row = serde_json::from_value(sample).unwrap();
        for field in entity.fields.iter().filter(|field| field.is_reference()) {
            let target = description(field.of.unwrap()).unwrap();
            values.insert(field.name.to_owned(), json!(self.referred_row(target, code, n).await));
        }
        values
    }

    async fn referred_row(&self, target: &'static Description, code: &str, n: usize) -> Uuid {
        let key = (code.to_owned(), target.name, n);
        if let Some(known) = self.referred.lock().await.get(&key) {
            return *known;
        }
        let (id, values) = (new_id(), Box::pin(self.values(target, code, n)).await);
        let verdict = self.deliver(&admin(), op(&admin(), code).create(target.name, id, json!(values))).await;
        assert_eq!(said(&verdict), (VerdictKind::Applied, None), "{}: {verdict:?}", target.name);
        self.referred.lock().await.insert(key, id);
        id
    }

    /// Whether rows are only added; then nothing else may be done to one that is there.
    pub async fn only_adds(&self, id: Uuid, old: &Row, new: &Row) -> bool {
        if self.entity.life == Life::Changes {
            return false;
        }
        let [one, _] = self.two_fields(old, new);
        let edit = self.update(id, 1, &json!({ one: [old[one], new[one]] }));
        for op in [edit, self.act(Kind::Delete, id, 1), self.act(Kind::Restore, id, 1), self.create(id, new)] {
            let (kind, verdict) = (op.kind, self.apply(&op).await);
            let refused = (VerdictKind::Rejected, Some(Reason::Invalid));
            assert_eq!((said(&verdict), verdict.errors[0].code.as_str()), (refused, "append-only"), "{} {kind:?}", self.entity.name);
        }
        assert_eq!(self.load(id).await.unwrap().row, *old, "{}: the row stands", self.entity.name);
        true
    }

    /// Two fields that both samples fill, with other values.
    pub fn two_fields(&self, old: &Row, new: &Row) -> [&'static str; 2] {
        let is_filled = |row: &Row, name: &str| row.get(name).is_some_and(|value| !value.is_null() && *value != json!(""));
        let fields = self.entity.fields.iter().filter(|field| !field.is_reference() && field.merge == MergePolicy::LastWriter);
        let fields = fields.filter(|field| is_filled(old, field.name) && is_filled(new, field.name) && old[field.name] != new[field.name]);
        let names: Vec<&str> = fields.map(|field| field.name).take(2).collect();
        names.try_into().unwrap_or_else(|few| panic!("{}: two fields that both samples fill, not {few:?}", self.entity.name))
    }

    /// Who writes such rows.
    fn author(&self, code: &str) -> Actor {
        if self.entity.writers == Writers::Region { clerk(code) } else { admin() }
    }

    /// A new row.
    pub fn create(&self, id: Uuid, values: &Row) -> Op {
        op(&self.author(HERE), HERE).create(self.entity.name, id, json!(values))
    }

    /// Other values; an object of `[from, to]`.
    pub fn update(&self, id: Uuid, base: i64, changes: &Value) -> Op {
        op(&self.author(HERE), HERE).update(self.entity.name, id, base, changes.clone())
    }

    /// Into the bin, or out of it.
    pub fn act(&self, kind: Kind, id: Uuid, base: i64) -> Op {
        Op { kind, ..op(&self.author(HERE), HERE).delete(self.entity.name, id, base) }
    }

    async fn deliver(&self, carrier: &Actor, op: Op) -> Verdict {
        deliver(&self.state, carrier, Origin::Offline, vec![op]).await.unwrap().remove(0)
    }

    /// Delivers an operation in the hands of its author.
    pub async fn apply(&self, op: &Op) -> Verdict {
        let author = if op.actor == admin().user_id { admin() } else { clerk(HERE) };
        self.deliver(&author, op.clone()).await
    }

    /// What the author of a form is shown instead of its row.
    pub async fn complaints_of_form(&self, op: Op) -> Vec<FieldError> {
        match submit(&self.state, &self.author(HERE), op).await.unwrap() {
            Submitted::Invalid(errors) => errors,
            other => panic!("{}: {other:?}", self.entity.name),
        }
    }

    /// The last verdict on a held operation after the decision that it is about the row that has its key.
    pub async fn decide_that_it_is_the_same_row(&self, op: &Op) -> Verdict {
        held::decide(&self.state, &self.author(HERE), &region(HERE), op.op_id, new_id(), Decision::SameRow).await.unwrap().1
    }

    /// Delivers operations at once.
    pub async fn apply_all(&self, ops: &[Op]) -> Vec<Verdict> {
        deliver(&self.state, &self.author(HERE), Origin::Offline, ops.to_vec()).await.unwrap()
    }

    /// The same operation by those of the other office, as one of theirs.
    pub async fn apply_in_istanbul(&self, op: Op) -> Verdict {
        let author = self.author(THERE);
        self.deliver(&author, Op { actor: author.user_id, region: region(THERE), ..op }).await
    }

    /// A row of the other office with an id of this one.
    pub async fn twin_in_istanbul(&self, id: Uuid) -> Verdict {
        let (_, values) = self.sample_in(THERE, 0).await;
        self.apply_in_istanbul(self.create(id, &values)).await
    }

    /// The operation on the row of this office, from the other one's clerk.
    pub async fn carried_from_istanbul(&self, op: Op) -> Verdict {
        self.deliver(&clerk(THERE), Op { actor: clerk(THERE).user_id, ..op }).await
    }

    fn reader(&self, code: &str) -> (Data<AppState>, Client) {
        (Data::new(self.state.clone()), Client::Person(clerk(code)))
    }

    async fn changes_of(&self, code: &str, query: &str) -> Value {
        let (state, client) = self.reader(code);
        body(exchange::get_changes(state, client, Checked::from_query(query).unwrap()).await.unwrap()).await
    }

    async fn snapshot_of(&self, code: &str) -> Value {
        let (state, client) = self.reader(code);
        body(exchange::get_snapshot(state, client, Checked::from_query("").unwrap()).await.unwrap()).await
    }

    /// The whole feed.
    pub async fn changes(&self) -> Value {
        self.changes_of(HERE, "").await
    }

    /// All rows.
    pub async fn snapshot(&self) -> Value {
        self.snapshot_of(HERE).await
    }

    /// Feed and rows as the other office has them.
    pub async fn seen_from_istanbul(&self) -> (Value, Value) {
        (self.changes_of(THERE, "").await, self.snapshot_of(THERE).await)
    }

    /// What a copy has to be equal to, by entity.
    pub async fn digest(&self) -> Value {
        let (state, client) = self.reader(HERE);
        let answer = exchange::get_digest(state, client, Checked::from_query("").unwrap()).await.unwrap();
        body(answer).await["regions"][HERE]["tables"].clone()
    }

    /// The row as the write path has it.
    pub async fn load(&self, id: Uuid) -> Option<FeedRow> {
        let scope = rainstaff::db::Scope::of(&clerk(HERE)).unwrap();
        let mut tx = self.company.db.read(&scope).await.unwrap();
        load_by_name(&mut tx, self.entity.name, &region(HERE), &[id]).await.unwrap().pop()
    }

    /// What people call the row.
    pub async fn title_of(&self, id: Uuid) -> String {
        let scope = rainstaff::db::Scope::of(&clerk(HERE)).unwrap();
        let mut tx = self.company.db.read(&scope).await.unwrap();
        names_of(&mut tx, &[id]).await.unwrap().title(id).unwrap_or_default()
    }

    /// Before and after of the last change of a row, from the log.
    pub async fn last_change(&self, id: Uuid) -> (Value, Value) {
        let sql = "SELECT before, after FROM app.change_log WHERE entity_id = $1 ORDER BY seq DESC LIMIT 1";
        sqlx::query_as(sql).bind(id).fetch_one(&mut self.company.inspect().await).await.unwrap()
    }

    /// Changes of a row in the log.
    pub async fn count_changes(&self, id: Uuid) -> i64 {
        let sql = "SELECT count(*) FROM app.change_log WHERE entity_id = $1";
        sqlx::query_scalar(sql).bind(id).fetch_one(&mut self.company.inspect().await).await.unwrap()
    }

    /// What met, as field, winner and loser.
    pub async fn conflicts(&self) -> Vec<Value> {
        let sql = "SELECT jsonb_build_array(field, win, lose) FROM app.conflict ORDER BY id";
        sqlx::query_scalar(sql).fetch_all(&mut self.company.inspect().await).await.unwrap()
    }

    /// Reads the feed in small pages: no number of a change is missing, and the chain of the log holds.
    pub async fn assert_feed_is_dense(&self) {
        let (mut cursor, mut last) = (String::new(), 0);
        loop {
            let page = self.changes_of(HERE, &format!("cursor={cursor}&limit=2")).await;
            for range in page["ranges"].as_array().unwrap() {
                assert_eq!((range["from"].as_i64(), &range["region"]), (Some(last + 1), &json!(HERE)), "{}: {range}", self.entity.name);
                last = range["to"].as_i64().unwrap();
            }
            page["cursor"].as_str().unwrap().clone_into(&mut cursor);
            if page["more"] == json!(false) {
                break;
            }
        }
        let logged = self.company.look(&format!("SELECT count(*) FROM app.change_log WHERE region = '{HERE}'")).await;
        assert_eq!(last.to_string(), logged, "{}: every change has its number", self.entity.name);
        assert_eq!(self.company.look(&format!("SELECT sec.verify_changes('{HERE}')")).await, "nothing", "{}", self.entity.name);
    }

    /// An office's PC that takes the snapshot over shows the row as it left, and over it what waits.
    pub async fn assert_copied(&self, snapshot: &Value, id: Uuid, values: &Row, wanted: &Row) {
        use rainstaff_agent::store::{Base, NewOp, Source, Store, ops, rows};

        let name = self.entity.name;
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), at(180)).unwrap();
        let base = |item: &Value| Base {
            entity: item["entity"].as_str().unwrap().to_owned(),
            id: item["id"].as_str().unwrap().parse().unwrap(),
            region: item["region"].as_str().unwrap().to_owned(),
            version: item["version"].as_i64().unwrap(),
            gone: item["gone"].as_bool().unwrap(),
            row: serde_json::from_value(item["row"].clone()).unwrap(),
        };
        let bases: Vec<Base> = snapshot["items"].as_array().unwrap().iter().map(base).collect();
        store.write(move |db| bases.iter().try_for_each(|base| rows::put_base(db, base, 1).map(|_| ()))).await.unwrap();
        let reader = store.read().unwrap();
        let shown = reader.find_row(name, id).unwrap().unwrap();
        let mut fields = masked_row(id, 1, false, values);
        fields.retain(|name, _| !HEAD.contains(&name.as_str()));
        assert_eq!((shown.version, shown.deleted, shown.waiting, &shown.row), (1, false, false, &fields), "{name}: the copy");
        let sums: Value =
            reader.list_digests().unwrap().into_iter().map(|(of, (count, xor))| (of, json!({ "count": count, "xor": xor }))).collect();
        assert_eq!(sums, recomputed_digest(snapshot), "{name}: the copy's digest");

        let [one, _] = self.two_fields(values, wanted);
        let edit = self.update(id, 1, &json!({ one: [values[one], wanted[one]] }));
        let waiting = NewOp { op: edit, source: Source::Queue, label: String::new(), href: String::new(), verdict: None };
        store.write(move |db| ops::keep(db, &waiting, at(180))).await.unwrap();
        let shown = store.read().unwrap().find_row(name, id).unwrap().unwrap();
        assert_eq!((shown.waiting, &shown.row[one]), (true, &wanted[one]), "{name}.{one}: what waits is laid over");
    }
}
