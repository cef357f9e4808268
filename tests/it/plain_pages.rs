//! The pages that are made of an entity's fields alone, for fields of every kind: references show names, and a list has the same rows in
//! the same order whether they come from the database or from the copy of an office's PC.

#![cfg(test)]

use std::collections::HashSet;

use chrono::NaiveDate;
use rainstaff::{
    crud::{Address, PagesOf, PlainPages, Texts},
    db::{Read, Scope, ScopedTx},
    ops::{Entity, Field, FieldKind, Listed, Row, RowPage, Samples, Title, Writers, values},
    web::{
        office::{Office as _, Wanted},
        page::{Ctx, RegionName},
        part::Part,
        search::sought,
    },
};
use rainstaff_pages::{
    copy::{Context, RegionCopy, RegionFact, Rows, Shown},
    error::PageResult,
    i18n::Lang,
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::support::{
    builders::{Company, admin, clerk, employee_id, op, region},
    ctx::ctx,
};

/// A row with a field of each kind.
#[derive(Debug, Clone, PartialEq)]
struct Asset {
    name: String,
    code: Option<String>,
    driver_id: Option<Uuid>,
    employee_id: Option<Uuid>,
    state: Option<String>,
    plate: Option<String>,
    phone: Option<String>,
    km: Option<i32>,
    price: Option<i64>,
    wait: Option<i32>,
    due: Option<NaiveDate>,
    opens: Option<i32>,
    plan: Option<i32>,
    days: String,
    is_leased: bool,
    notes: String,
}

const LABEL: &str = "change-notes";

values!(Asset {
    name: Field::new("name", FieldKind::Text, LABEL).required("name-missing").longest(200),
    code: Field::new("code", FieldKind::OptionalText, LABEL).longest(20),
    driver_id: Field::new("driver_id", FieldKind::Id, LABEL).of("driver").unknown("person-unknown"),
    employee_id: Field::new("employee_id", FieldKind::Id, LABEL).of("employee").unknown("person-unknown"),
    state: Field::new("state", FieldKind::Choice, LABEL).one_of(&["work", "holiday", "day_off"], "calendar-kind-").unknown("class-unknown"),
    plate: Field::new("plate", FieldKind::Plate, LABEL).longest(20),
    phone: Field::new("phone", FieldKind::Phone, LABEL).longest(20),
    km: Field::new("km", FieldKind::Integer, LABEL).range(0, 9_999_999),
    price: Field::new("price", FieldKind::Money, LABEL),
    wait: Field::new("wait", FieldKind::Minutes, LABEL).range(0, 1440),
    due: Field::new("due", FieldKind::Date, LABEL),
    opens: Field::new("opens", FieldKind::Time, LABEL),
    plan: Field::new("plan", FieldKind::Decimal, LABEL),
    days: Field::new("days", FieldKind::Weekdays, LABEL).longest(7),
    is_leased: Field::new("is_leased", FieldKind::Flag, LABEL),
    notes: Field::new("notes", FieldKind::LongText, LABEL).longest(2000),
});

impl Entity for Asset {
    const NAME: &'static str = "asset";
    const LABEL: &'static str = LABEL;
    const TABLE: &'static str = "app.assets";
    const HOME: &'static str = "/assets";
    const TITLE: Option<Title> = Some(Title::column("name"));
    const PAGE: Option<RowPage> = Some(RowPage { rest: "", stays: true });
    const WRITERS: Writers = Writers::Region;

    fn samples() -> Samples {
        Samples { rows: [json!({}), json!({})], refused: Vec::new() }
    }
}

impl PlainPages for Asset {
    const LIST: Part = Part { path: "/assets", id: "asset-list", event: "assets-changed" };
    const TEXTS: Texts = Texts {
        list: "driver-list",
        add: "driver-add",
        new: "driver-new",
        search: "driver-search",
        none: "driver-none",
        none_text: "driver-none-text",
    };
    const ICON: &'static str = "user";
    const SHOWN: &'static [&'static str] = &[
        "name",
        "code",
        "driver_id",
        "employee_id",
        "state",
        "plate",
        "phone",
        "km",
        "price",
        "wait",
        "due",
        "opens",
        "plan",
        "days",
        "is_leased",
        "notes",
    ];
}

const COLUMNS: &str = "
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200), code text, driver_id uuid, employee_id uuid, state text, plate text, phone text,
    km integer, price bigint, wait integer, due date, opens integer, plan integer, days text NOT NULL DEFAULT '', is_leased boolean NOT NULL,
    notes text NOT NULL DEFAULT ''";
const REFERENCES: &str = r#"{"driver_id": "drivers", "employee_id": "employees"}"#;

/// The copy of a PC: rows as they came from the server.
#[derive(Default)]
struct Copied {
    rows: Vec<(&'static str, Shown)>,
}

impl Copied {
    fn add<E: Entity>(&mut self, listed: &[Listed<E>]) {
        let shown = |row: &Listed<E>| Shown {
            region: row.region.clone(),
            id: row.id,
            version: row.version,
            deleted: row.is_deleted(),
            row: row.value.to_row(),
            waiting: false,
        };
        self.rows.extend(listed.iter().map(|row| (E::NAME, shown(row))));
    }
}

impl Rows for Copied {
    fn is_whole(&self) -> PageResult<bool> {
        Ok(true)
    }

    fn context(&self) -> PageResult<Option<Context>> {
        let region = RegionFact { code: "ankara".into(), name: "Ankara".into(), is_open: true, first_day: None };
        Ok(Some(Context { region, ..Context::default() }))
    }

    fn list_rows(&self, entity: &str) -> PageResult<Vec<Shown>> {
        Ok(self.rows.iter().filter(|(name, _)| *name == entity).map(|(_, shown)| shown.clone()).collect())
    }

    fn find_row(&self, entity: &str, id: Uuid) -> PageResult<Option<Shown>> {
        Ok(self.list_rows(entity)?.into_iter().find(|shown| shown.id == id))
    }

    fn list_entries(&self, _: NaiveDate, _: NaiveDate, _: Option<Uuid>) -> PageResult<Vec<Shown>> {
        Ok(Vec::new())
    }

    fn list_waiting_rows(&self) -> PageResult<HashSet<Uuid>> {
        Ok(HashSet::new())
    }

    fn is_kept(&self, _: Uuid) -> PageResult<bool> {
        Ok(false)
    }
}

fn driver_id(n: u128) -> Uuid {
    Uuid::from_u128(0xd0 + n)
}

/// Ankara with drivers, people (two of one name) and assets, in the database and as a PC has it.
struct Both {
    company: Company,
    copied: Copied,
}

impl Both {
    async fn new() -> Self {
        let company = Company::new().await;
        let office = clerk("ankara");
        let draft = || op(&office, "ankara");
        let driver =
            |n: u128, name: &str| draft().create("driver", driver_id(n), json!({ "full_name": name, "license_class": "B", "notes": "" }));
        let person = |n: u32, name: &str, department: &str| {
            draft().create("employee", employee_id(n), json!({ "full_name": name, "department": department, "is_active": true }))
        };
        let ops = [
            driver(1, "Çetin Öz"),
            driver(2, "Cem Ak"),
            driver(3, "İrfan Şen"),
            driver(4, "Silinmiş Sürücü"),
            draft().delete("driver", driver_id(4), 1),
            person(1, "Ayşe Işık", "Saha"),
            person(2, "Ayşe Işık", "Depo"),
            person(3, "Zeki Ak", ""),
        ];
        for verdict in company.set_up(&office, &ops).await {
            assert_eq!(verdict.errors, [], "{verdict:?}");
        }
        // The table is made as a migration makes it; its rows are put there without triggers, as no program knows the entity.
        let call = "CALL sec.create_entity('asset', 'assets', $1, refs => $2::jsonb)";
        let mut owner = company.files.connect_owner().await;
        owner
            .execute(sqlx::AssertSqlSafe(
                call.replace("$1", &format!("$columns${COLUMNS}$columns$")).replace("$2", &format!("'{REFERENCES}'")),
            ))
            .await
            .unwrap();
        let mut superuser = PgConnection::connect(company.files.bypass_url()).await.unwrap();
        superuser.execute("SET session_replication_role = replica").await.unwrap();
        let mut rows: Vec<(u128, Value)> = (1..).zip(assets()).collect();
        rows.shuffle(&mut StdRng::seed_from_u64(5));
        for (n, mut row) in rows {
            for (name, value) in
                json!({ "region": "ankara", "id": Uuid::from_u128(0xa0 + n), "row_meta": {}, "version": 1, "created_at": "2026-01-01",
                "updated_at": "2026-01-01", "deleted_at": null })
                .as_object()
                .unwrap()
            {
                row[name] = value.clone();
            }
            sqlx::query("INSERT INTO app.assets SELECT * FROM jsonb_populate_record(null::app.assets, $1)")
                .bind(row)
                .execute(&mut superuser)
                .await
                .unwrap();
        }
        let mut copied = Copied::default();
        let mut tx = company.db.read(&Scope::of(&office).unwrap()).await.unwrap();
        copied.add(&tx.list::<rainstaff::drivers::Driver>(false).await.unwrap());
        copied.add(&tx.list::<rainstaff::drivers::Driver>(true).await.unwrap());
        copied.add(&tx.list::<rainstaff::employees::Employee>(false).await.unwrap());
        copied.add(&tx.list::<Asset>(false).await.unwrap());
        drop(tx);
        Self { company, copied }
    }

    async fn read(&self) -> ScopedTx<Read> {
        self.company.db.read(&Scope::of(&clerk("ankara")).unwrap()).await.unwrap()
    }

    fn copy(&self) -> RegionCopy<'_> {
        RegionCopy::open(&self.copied, "2026-02-18".parse().unwrap()).unwrap().unwrap()
    }

    /// The page at an address, from the database and from the copy: they are equal.
    async fn page(&self, address: Address, query: &str, target: Option<&str>) -> String {
        let shown = |query: &str| context(&format!("/assets{query}"), target);
        let server = (PagesOf::of::<Asset>().show)(&shown(query), &mut self.read().await, address).await.unwrap();
        let copy = (PagesOf::of::<Asset>().show)(&shown(query), &mut self.copy(), address).await.unwrap();
        assert_eq!(stripped(&server), stripped(&copy), "{address:?} {query}");
        server
    }

    /// The ids of a list, from the database and from the copy: they are equal.
    async fn ids(&self, wanted: &Wanted) -> Vec<Uuid> {
        let (server, pager) = self.read().await.page::<Asset>(wanted, None, 1000).await.unwrap();
        let (copy, of_copy) = self.copy().page::<Asset>(wanted, None, 1000).await.unwrap();
        let ids = |rows: &[Listed<Asset>]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!((ids(&server), pager), (ids(&copy), of_copy), "{wanted:?}");
        assert_eq!(pager.total, i64::try_from(server.len()).unwrap());
        ids(&server)
    }
}

fn context(address: &str, target: Option<&str>) -> Ctx {
    let region = RegionName { code: "ankara".into(), name: "Ankara".into(), is_open: true };
    ctx(clerk("ankara"), vec![region], address, target)
}

/// Without ids that each page makes anew.
fn stripped(html: &str) -> String {
    let mut rest = html;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("<noscript>") {
        kept.push_str(before);
        rest = after.split_once("</noscript>").map_or("", |(_, after)| after);
    }
    kept + rest
}

/// Rows whose values differ in ways that texts, numbers and dates are ordered differently.
fn assets() -> Vec<Value> {
    let row = |n: usize, name: &str| {
        let pick = |values: [Value; 5]| values[(n * 7 + n / 5) % 5].clone();
        json!({
            "name": name,
            "code": pick([json!("10"), json!("9"), json!("a1"), Value::Null, json!("Ç")]),
            "driver_id": pick([json!(driver_id(1)), json!(driver_id(2)), json!(driver_id(3)), json!(driver_id(4)), Value::Null]),
            "employee_id": pick([json!(employee_id(1)), Value::Null, json!(employee_id(2)), Value::Null, json!(employee_id(3))]),
            "state": pick([json!("work"), json!("holiday"), json!("day_off"), Value::Null, json!("holiday")]),
            "plate": pick([json!("06 ABC 123"), json!("34 A 1234"), json!("06 AB 1234"), Value::Null, json!("16 Z 99")]),
            "phone": pick([json!("+905321234567"), json!("+903121234567"), Value::Null, json!("+4930123456"), json!("+904441234")]),
            "km": pick([json!(9), json!(10), json!(100_000), Value::Null, json!(0)]),
            "price": pick([json!(99_950), json!(1_000_000), json!(5), Value::Null, json!(125_050)]),
            "wait": pick([json!(5), json!(45), json!(100), Value::Null, json!(0)]),
            "due": pick([json!("2026-12-01"), json!("2027-01-02"), json!("2025-05-30"), Value::Null, json!("2026-02-03")]),
            "opens": pick([json!(540), json!(60), json!(1380), Value::Null, json!(0)]),
            "plan": pick([json!(450), json!(60), json!(600), Value::Null, json!(0)]),
            "days": pick([json!("12345"), json!("6"), json!("7"), json!(""), json!("1")]),
            "is_leased": n.is_multiple_of(2),
            "notes": pick([json!("Işık"), json!("ışık"), json!(""), json!("elma"), json!("Zeytin")]),
        })
    };
    let names = ["Kamyon", "Çekici", "Cip", "İş makinesi", "Irmak", "kamyon", "Ö", "Oto", "9. araç", "10. araç", "Şantiye", "Su tankı"];
    (0..).zip(names).map(|(n, name)| row(n, name)).collect()
}

fn field(name: &str) -> &'static Field {
    Asset::FORM.iter().find(|field| field.name == name).unwrap()
}

#[tokio::test]
async fn a_list_is_sorted_by_every_column_as_on_the_server() {
    let both = Both::new().await;
    for name in Asset::SHOWN {
        let by = |descends| Wanted { is_bin: false, sought: None, by: Some(field(name)), descends };
        let (up, down) = (both.ids(&by(false)).await, both.ids(&by(true)).await);
        assert_eq!(up.len(), assets().len(), "{name}");
        assert_ne!(up, down, "{name}: the direction counts");
    }
    let in_order = async |name: &str| {
        let rows = both
            .read()
            .await
            .page::<Asset>(&Wanted { is_bin: false, sought: None, by: Some(field(name)), descends: false }, None, 99)
            .await;
        let mut values: Vec<Value> = rows.unwrap().0.into_iter().map(|row| row.value.to_row()[name].clone()).collect();
        values.dedup();
        values
    };
    assert_eq!(in_order("km").await, [json!(0), json!(9), json!(10), json!(100_000), Value::Null], "numbers by size, blank ones last");
    assert_eq!(in_order("price").await, [json!("0.05"), json!("999.50"), json!("1250.50"), json!("10000.00"), Value::Null]);
    assert_eq!(in_order("state").await, [json!("work"), json!("holiday"), json!("day_off"), Value::Null], "words in their own order");
    let drivers = [2, 1, 3, 4].map(|n| json!(driver_id(n))).into_iter().chain([Value::Null]).collect::<Vec<_>>();
    assert_eq!(in_order("driver_id").await, drivers, "rows by their names, in Turkish");
}

#[tokio::test]
async fn a_text_is_found_in_every_column_that_people_read_it_in() {
    let both = Both::new().await;
    let fields: Vec<&'static Field> = Asset::SHOWN.iter().map(|name| field(name)).collect();
    let all: Vec<Row> = both.read().await.list::<Asset>(false).await.unwrap().iter().map(|row| row.value.to_row()).collect();
    let count = |name: &str, value: Value| all.iter().filter(|row| row[name] == value).count();
    let cases = [
        ("kamyon", 2),
        ("ÇEKİCİ", 1),
        ("çetin", count("driver_id", json!(driver_id(1)))),
        ("silinmiş", count("driver_id", json!(driver_id(4)))),
        ("ZEKİ", count("employee_id", json!(employee_id(3)))),
        ("06abc", count("plate", json!("06 ABC 123"))),
        ("0532 123", count("phone", json!("+905321234567"))),
        ("444 1", count("phone", json!("+904441234"))),
        ("01.12.2026", count("due", json!("2026-12-01"))),
        ("100000", count("km", json!(100_000))),
        ("yokturböyle", 0),
    ];
    for (typed, wanted) in cases {
        let found = both.ids(&Wanted { is_bin: false, sought: Some(sought(Lang::Tr, &fields, typed)), by: None, descends: false }).await;
        assert_eq!(found.len(), wanted, "{typed}");
        assert!(wanted > 0 || typed == "yokturböyle", "{typed}: some row has it");
    }
    let in_no_field =
        both.ids(&Wanted { is_bin: false, sought: Some(sought(Lang::Tr, &[field("price")], "1")), by: None, descends: false }).await;
    assert_eq!(in_no_field, [] as [Uuid; 0], "where no field can hold the text, no row is found");
}

#[tokio::test]
async fn a_reference_is_chosen_and_shown_by_its_name_on_every_page() {
    let both = Both::new().await;
    let list = both.page(Address::List, "", None).await;
    let rows = Html::parse_document(&list);
    let cells = |name: &str| {
        let selector = Selector::parse(&format!("td[data-field={name}]")).unwrap();
        rows.select(&selector).map(|cell| cell.text().collect::<String>()).collect::<HashSet<_>>()
    };
    assert_eq!(cells("driver_id"), ["Çetin Öz", "Cem Ak", "İrfan Şen", "Silinmiş Sürücü", ""].map(str::to_owned).into());
    assert_eq!(cells("employee_id"), ["Ayşe Işık (Saha)", "Ayşe Işık (Depo)", "Zeki Ak", ""].map(str::to_owned).into());

    let form = Html::parse_document(&both.page(Address::New, "/new", None).await);
    let options = |form: &Html, name: &str| {
        let selector = Selector::parse(&format!("select[name={name}] option")).unwrap();
        form.select(&selector).map(|option| option.text().collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(options(&form, "driver_id"), ["Yok", "Cem Ak", "Çetin Öz", "İrfan Şen"], "not one in the trash");
    assert_eq!(options(&form, "employee_id"), ["Yok", "Ayşe Işık (Saha)", "Ayşe Işık (Depo)", "Zeki Ak"]);
    assert_eq!(options(&form, "state").len(), 4);
    for (name, kind) in [("is_leased", "checkbox"), ("due", "date"), ("phone", "tel"), ("days", "checkbox"), ("price", "text")] {
        let selector = Selector::parse(&format!("input[name={name}][type={kind}]")).unwrap();
        assert!(form.select(&selector).next().is_some(), "{name}");
    }

    let all = both.read().await.list::<Asset>(false).await.unwrap();
    let of_deleted = all.iter().find(|row| row.value.driver_id == Some(driver_id(4))).unwrap().id;
    for target in [None, Some("row")] {
        let edit = Html::parse_document(&format!("<table>{}</table>", both.page(Address::Edit(of_deleted), "", target).await));
        assert_eq!(options(&edit, "driver_id").last().map(String::as_str), Some("Silinmiş Sürücü"), "it stays the value of the row");
        let chosen = Selector::parse("select[name=driver_id] option[selected]").unwrap();
        assert_eq!(edit.select(&chosen).next().and_then(|option| option.attr("value")), Some(driver_id(4).to_string().as_str()));
    }
    let priced = all.iter().find(|row| row.value.price == Some(125_050)).unwrap().id;
    let edit = Html::parse_document(&both.page(Address::Edit(priced), "", None).await);
    let price = Selector::parse("input[name=price]").unwrap();
    assert_eq!(edit.select(&price).next().and_then(|field| field.attr("value")), Some("1250,50"), "as people write it");
    for row in &all {
        both.page(Address::Card(row.id), "", None).await;
        both.page(Address::Row(row.id), "", Some("row")).await;
    }
    for query in ["?sort=-price", "?q=cem", "?q=nichts", "?state=deleted", "?sort=driver_id"] {
        both.page(Address::List, query, Some("asset-list")).await;
    }
}

#[tokio::test]
async fn an_admin_chooses_among_the_rows_of_a_region() {
    let both = Both::new().await;
    let admin = admin();
    let regions = ["ankara", "izmir"].map(|code| RegionName { code: code.into(), name: code.to_uppercase(), is_open: true });
    let shown = ctx(admin.clone(), regions.into(), "/assets/new", None);
    let izmir = op(&admin, "izmir").create("driver", driver_id(9), json!({ "full_name": "İzmirli", "license_class": "", "notes": "" }));
    both.company.set_up(&admin, &[izmir]).await;
    let mut tx = both.company.db.read(&Scope::of(&admin).unwrap()).await.unwrap();
    let form = (PagesOf::of::<Asset>().show)(&shown, &mut tx, Address::New).await.unwrap();
    let form = Html::parse_document(&form);
    let groups = Selector::parse("select[name=driver_id] optgroup").unwrap();
    let groups: Vec<(String, usize)> =
        form.select(&groups).map(|group| (group.attr("label").unwrap().to_owned(), group.child_elements().count())).collect();
    assert_eq!(groups, [("ANKARA".to_owned(), 3), ("IZMIR".to_owned(), 1)]);
    assert!(tx.names(rainstaff::ops::description("driver").unwrap(), &[driver_id(9)]).await.unwrap().len() == 1);
    let names = both.read().await.names(rainstaff::ops::description("driver").unwrap(), &[driver_id(9)]).await.unwrap();
    assert!(names.is_empty(), "a name of another region is not known");
    assert!(admin.may_act_on(&region("izmir")));
}
