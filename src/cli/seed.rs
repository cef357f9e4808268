//! An invented company with sample data. It uses the same write path as everything else; ids are derived from names and dates, so seeding
//! again adds only the days since the last run.

use std::collections::{BTreeMap, HashSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Opened, text};
use crate::{
    auth::accounts,
    config::{Config, Secret},
    db,
    employees::Employee,
    fold::fold,
    identity::{Actor, Region, Role},
    ops::{Author, Change, Entity as _, Kind, Op, Origin, VerdictKind},
    regions::db::{is_open, list_all_regions},
    shift_templates::ShiftTemplate,
    state::AppState,
    sync::deliver,
    timesheets::Timesheet,
};

const NAMESPACE: Uuid = Uuid::from_u128(0x7a3f_8f5e_1d2b_5c4a_8e9f_0b1c_2d3e_4f50);

/// Number of days before today that get entries.
const DAYS: u64 = 40;

const PEOPLE: [[&str; 8]; 4] = [
    ["Ayşe Yılmaz", "Mehmet Kaya", "Çağrı Şahin", "Işıl Işık", "Ömer Öztürk", "Zeynep Güneş", "İbrahim İnce", "Gökhan Demir"],
    ["Fatma Çelik", "Mustafa Aydın", "Şule Ünal", "Ülkü Doğan", "Hakan Yıldız", "Elif Arslan", "Cem Kurt", "Sevgi Özkan"],
    ["Ali Koç", "Emine Kılıç", "Burak Şimşek", "Gül Çetin", "Yusuf Aslan", "Derya Polat", "Onur Erdem", "Pınar Sarı"],
    ["Hasan Tekin", "Nazlı Uçar", "Tolga Acar", "Ebru Bulut", "Serkan Taş", "İpek Yavuz", "Kemal Özer", "Aslı Duman"],
];
const DEPARTMENTS: [&str; 4] = ["Saha", "Depo", "Montaj", "Ofis"];
const TITLES: [&str; 4] = ["Teknisyen", "Şoför", "Formen", "Muhasebe"];

/// `rainstaff seed-demo`.
pub(super) async fn run(opened: &Opened) -> Result<(), String> {
    let config = Config::dev(([127, 0, 0, 1], 0).into(), Secret::random());
    let state = AppState::new(opened.db.clone(), config);
    let stored = fill(&state, &opened.owner_url).await?;
    println!("{stored} rows of the invented company stored");
    Ok(())
}

/// For `dev`: fills the database only if it has no people yet.
pub(super) async fn fill_if_new(state: &AppState, owner_url: &str) -> Result<(), String> {
    for region in offices(state).await? {
        let scope = crate::db::Scope::system(region, None, Origin::System);
        let mut tx = state.db.read(&scope).await.map_err(text)?;
        if crate::employees::db::has_any(&mut tx).await.map_err(text)? {
            return Ok(());
        }
    }
    println!("filling the database with an invented company");
    fill(state, owner_url).await.map(drop)
}

async fn fill(state: &AppState, owner_url: &str) -> Result<usize, String> {
    let offices = offices(state).await?;
    if offices.is_empty() {
        return Err("there is no region yet: start `rainstaff serve` or `rainstaff dev` once".into());
    }
    let users = accounts::list_users(&state.db, &state.clock, None).await.map_err(text)?;
    let mut stored = 0;
    for (number, region) in offices.iter().enumerate() {
        let user = users.iter().find(|u| u.role == Role::User && u.regions.iter().any(|code| code == region.code()));
        let author = user.map_or(NAMESPACE, |u| u.id);
        let actor = Actor {
            user_id: author,
            username: user.map(|u| u.username.clone()).unwrap_or_default(),
            role: Role::User,
            regions: vec![region.clone()],
            lang: "tr".into(),
            theme: "auto".into(),
            must_change: false,
            session_id: NAMESPACE,
            csrf: String::new(),
        };
        let mut ops = company(state, &actor, region, number);
        let known = template_names(state, region).await?;
        ops.retain(|op| !is_known_template(op, &known));
        let verdicts = deliver(state, &actor, Origin::System, ops).await.map_err(text)?;
        if let Some(bad) = verdicts.iter().find(|v| !v.verdict.took_effect()) {
            return Err(format!("the invented company did not pass its own rules: {:?} {:?} {:?}", bad.verdict, bad.reason, bad.errors));
        }
        stored += verdicts.iter().filter(|v| v.verdict != VerdictKind::Retry && !v.replayed).count();
    }
    db::analyze(owner_url).await.map_err(text)?;
    Ok(stored)
}

async fn offices(state: &AppState) -> Result<Vec<Region>, String> {
    let mut offices = Vec::new();
    for region in list_all_regions(&state.db).await.map_err(text)? {
        if region != Region::company() && is_open(&state.db, &region).await.map_err(text)? {
            offices.push(region);
        }
    }
    Ok(offices)
}

/// Folded names of a region's templates.
async fn template_names(state: &AppState, region: &Region) -> Result<HashSet<String>, String> {
    let scope = db::Scope::system(region.clone(), None, Origin::System);
    let mut tx = state.db.read(&scope).await.map_err(text)?;
    let templates = crate::shift_templates::db::list_choices(&mut tx).await.map_err(text)?;
    Ok(templates.iter().map(|template| fold(&template.name)).collect())
}

/// Whether the region has a template of this name: it stays as it is.
fn is_known_template(op: &Op, known: &HashSet<String>) -> bool {
    let name = op.fields.get("name").and_then(|change| change.to.as_str());
    op.entity == ShiftTemplate::NAME && name.is_some_and(|name| known.contains(&fold(name)))
}

fn company(state: &AppState, actor: &Actor, region: &Region, number: usize) -> Vec<Op> {
    let make = |entity: &str, name: &str, values: &[(&str, Value)]| op(state, actor, region, entity, name, values);
    let mut ops = vec![
        make(
            ShiftTemplate::NAME,
            "weekdays",
            &[
                ("name", json!("Hafta içi")),
                ("start_time", json!("08:30")),
                ("end_time", json!("17:30")),
                ("break_minutes", json!(60)),
                ("weekdays", json!("12345")),
            ],
        ),
        make(
            ShiftTemplate::NAME,
            "saturday",
            &[
                ("name", json!("Cumartesi")),
                ("start_time", json!("09:00")),
                ("end_time", json!("14:00")),
                ("break_minutes", json!(0)),
                ("weekdays", json!("6")),
            ],
        ),
        make(
            ShiftTemplate::NAME,
            "night",
            &[
                ("name", json!("Gece")),
                ("start_time", json!("22:00")),
                ("end_time", json!("06:00")),
                ("break_minutes", json!(30)),
                ("weekdays", json!("")),
            ],
        ),
    ];
    let today = state.clock.today();
    for (place, name) in PEOPLE[number % PEOPLE.len()].iter().enumerate() {
        let employee = make(
            Employee::NAME,
            name,
            &[
                ("full_name", json!(name)),
                ("department", json!(DEPARTMENTS[place % 4])),
                ("title", json!(TITLES[(place + number) % 4])),
                ("hire_date", json!(NaiveDate::from_ymd_opt(2021, 3, 1).and_then(|d| d.checked_add_days(Days::new(97 * place as u64))))),
                ("is_active", json!(true)),
            ],
        );
        let id = employee.id;
        ops.push(employee);
        for back in (1..=DAYS).rev() {
            let Some(day) = today.checked_sub_days(Days::new(back)) else { continue };
            if let Some((start, end, rest)) = shift_of(day, place, number) {
                ops.push(make(
                    Timesheet::NAME,
                    &format!("{name} {day}"),
                    &[
                        ("employee_id", json!(id)),
                        ("work_date", json!(day)),
                        ("start_time", json!(start)),
                        ("end_time", json!(end)),
                        ("break_minutes", json!(rest)),
                        ("is_special", json!(day.month() == 10 && day.day() == 29)),
                        ("notes", json!(if end > "19" && start < end { "fazla mesai" } else { "" })),
                    ],
                ));
            }
        }
    }
    ops
}

/// The times of a day, derived from its date, so that every run gives the same.
fn shift_of(day: NaiveDate, person: usize, office: usize) -> Option<(&'static str, &'static str, i32)> {
    let dice = day.ordinal0() as usize * 7 + person * 5 + office * 3;
    match day.weekday() {
        Weekday::Sun => (dice.is_multiple_of(11)).then_some(("10:00", "15:00", 0)),
        Weekday::Sat if dice.is_multiple_of(3) => None,
        Weekday::Sat => Some(("09:00", if dice.is_multiple_of(4) { "15:30" } else { "14:00" }, 0)),
        _ if dice.is_multiple_of(17) => None,
        _ if person == 7 && dice.is_multiple_of(2) => Some(("22:00", "06:00", 30)),
        _ => Some(("08:30", ["17:30", "17:30", "18:15", "17:30", "19:30", "17:30", "20:00"][dice % 7], 60)),
    }
}

fn op(state: &AppState, actor: &Actor, region: &Region, entity: &str, name: &str, values: &[(&str, Value)]) -> Op {
    let id = Uuid::new_v5(&NAMESPACE, format!("{region}/{entity}/{name}").as_bytes());
    let fields: BTreeMap<String, Change> =
        values.iter().map(|(field, to)| ((*field).to_owned(), Change { from: Value::Null, to: to.clone() })).collect();
    let author = Author { actor: actor.user_id, queue_id: NAMESPACE, at: state.clock.now() };
    let op_id = Uuid::new_v5(&NAMESPACE, format!("{region}/{entity}/{name}/create").as_bytes());
    Op::new(author, op_id, Kind::Create, entity, id, region.clone()).changing(fields)
}
