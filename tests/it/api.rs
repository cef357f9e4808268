//! The JSON API as other programs see it: strict parameters, one format of refusals, and a complete description.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    auth::{CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        description::{ApiDescription, row_schema_of},
        program::{Reply, make_key, read, send},
    },
};

const EVERYTHING: [&str; 3] = ["scope_timesheets", "scope_employees", "scope_changes"];

async fn company_with_key() -> (Company, String) {
    let company = Company::new().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let key = make_key(&mut browser, "test", &EVERYTHING).await;
    (company, key)
}

fn wrong_names(reply: &Reply) -> Vec<String> {
    assert_eq!((reply.status, reply.problem().as_str()), (400, "bad_request"), "{}", reply.text);
    reply.json()["errors"].as_array().unwrap().iter().map(|error| error["name"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn what_a_query_gets_wrong_is_named_all_at_once() {
    let (company, key) = company_with_key().await;
    let ask = async |path: &str| read(&company.state, &key, path).await;
    let all = ask("/api/v1/timesheets?from=05.01.2026&to=x&region=Ankara&employee_id=7&limit=0&after=x").await;
    assert_eq!(wrong_names(&all), ["from", "to", "region", "employee_id", "limit", "after"]);
    for (path, name) in [
        ("/api/v1/timesheets?form=2026-01-05", "form"),
        ("/api/v1/timesheets?from=2026-02-30", "from"),
        ("/api/v1/timesheets?from=", "from"),
        ("/api/v1/timesheets?from=2026-01-06&to=2026-01-05", "to"),
        ("/api/v1/timesheets?limit=1001", "limit"),
        ("/api/v1/timesheets?limit=5&limit=6", "limit"),
        ("/api/v1/employees?after=x", "after"),
        ("/api/v1/timesheets?after=LTI2MjE0My0wMS0wMSAwMTlhYjAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE", "after"),
        ("/api/v1/employees?q=%00", "q"),
        ("/api/v1/changes?cursor=x", "cursor"),
        ("/api/v1/changes?wait=26", "wait"),
        ("/api/v1/snapshot?page=x", "page"),
        ("/api/v1/digest?region=%C5%9F", "region"),
    ] {
        assert_eq!(wrong_names(&ask(path).await), [name], "{path}");
    }
    assert_eq!(ask("/api/v1/timesheets?region=izmir").await.problem(), "not_found", "a region that is not one's own");
}

#[actix_web::test]
async fn every_refusal_under_api_is_a_problem_document_with_the_requests_id() {
    let (company, key) = company_with_key().await;
    let state = &company.state;
    let bearer = format!("Bearer {key}");
    let with_key = ("Authorization", bearer.as_str());
    let same_site = ("Sec-Fetch-Site", "same-origin");
    for (method, path, headers, status, error) in [
        ("GET", "/api/v1/timesheets", &[][..], 401, "sign_in"),
        ("GET", "/api/v1/timesheets", &[("Authorization", "Basic YTpi")], 401, "token"),
        ("GET", "/api/v1/nothing", &[with_key], 404, "not_found"),
        ("GET", "/api/", &[], 404, "not_found"),
        ("POST", "/api/v1/timesheets", &[with_key], 405, "method"),
        ("DELETE", "/api/v1/ops", &[same_site], 405, "method"),
        ("GET", "/api/v1/ops/status", &[with_key], 405, "method"),
        ("POST", "/api/v1/ops", &[], 403, "origin"),
        ("POST", "/api/v1/ops", &[same_site], 401, "sign_in"),
    ] {
        let reply = send(state, method, path, headers).await;
        assert_eq!((reply.status, reply.problem().as_str()), (status, error), "{method} {path}");
        assert_eq!(reply.json()["request_id"], reply.header("x-request-id"), "{method} {path}");
        assert_eq!(reply.header("x-sync"), "1");
        assert_eq!(status == 401, reply.header("www-authenticate").starts_with("Bearer "), "{method} {path}");
    }
    assert_eq!(send(state, "PUT", "/api/v1/timesheets", &[with_key]).await.header("allow"), "GET");
    assert_eq!(send(state, "GET", "/api/v1/ops", &[with_key]).await.header("allow"), "POST");
}

#[actix_web::test]
async fn a_batch_that_is_no_batch_is_refused_with_what_is_wrong() {
    let company = Company::new().await;
    let browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let cookie = browser.cookie_header();
    let post = async |body: Value| {
        use actix_web::test::{TestRequest, call_service, init_service, read_body};
        let request = TestRequest::post().uri("/api/v1/ops").insert_header(("Cookie", cookie.as_str()));
        let request = request.insert_header(("Sec-Fetch-Site", "same-origin")).insert_header(("X-Sync-Client", "test")).set_json(body);
        let app = init_service(rainstaff::app::build_app(company.state.clone())).await;
        let answer = call_service(&app, request.to_request()).await;
        let status = answer.status().as_u16();
        assert_eq!(answer.headers().get("content-type").unwrap(), "application/problem+json");
        (status, serde_json::from_slice::<Value>(&read_body(answer).await).unwrap())
    };
    let (status, problem) = post(json!({ "nonce": "n7", "ops": [{ "op_id": "abc" }] })).await;
    assert_eq!(
        (status, &problem["error"], &problem["index"], &problem["op_id"], &problem["nonce"]),
        (422, &json!("malformed_op"), &json!(0), &json!("abc"), &json!("n7"))
    );
    let (status, problem) = post(json!({ "ops": vec![json!({}); 101] })).await;
    assert_eq!((status, &problem["error"], &problem["max"]), (413, &json!("too_many_ops"), &json!(100)));
    assert_eq!(post(json!({ "operations": [] })).await.0, 400);
    assert_eq!(post(json!(["n7", []])).await.0, 400, "an array of the values is no batch");
    let op = json!({
        "v": 1, "op_id": uuid::Uuid::nil(), "queue_id": uuid::Uuid::nil(), "n": 1, "actor": uuid::Uuid::nil(), "kind": "create",
        "entity": "employee", "id": uuid::Uuid::nil(), "region": "ankara", "fields": { "full_name": [null, "Ayşe"] },
        "edited_at": "2026-01-05T08:00:00Z",
    });
    let (status, problem) = post(json!({ "ops": [op] })).await;
    assert_eq!((status, &problem["detail"]), (422, &json!("an operation and its changes are objects")));
}

/// Method and address of every line of the url table that is under `/api/`.
fn routes() -> BTreeSet<(String, String)> {
    let table = include_str!("../../src/routes.rs");
    let mut found = BTreeSet::new();
    for line in table.lines().filter(|line| line.contains("\"/api/")) {
        let path = line.split('"').nth(1).unwrap();
        let method =
            ["get", "post", "put", "patch", "delete"].into_iter().find(|method| line.contains(&format!("{method}().to("))).unwrap();
        found.insert((method.to_owned(), path.to_owned()));
    }
    found
}

async fn description(company: &Company) -> Value {
    ApiDescription::of(&company.state).await.0
}

#[actix_web::test]
async fn the_description_has_every_address_of_the_table_and_no_other() {
    let company = Company::new().await;
    let document = description(&company).await;
    assert_eq!(document["openapi"], "3.1.0");
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone())))
        .collect();
    assert!(described.len() >= 9, "{described:?}");
    assert_eq!(described, routes());
}

#[actix_web::test]
async fn the_description_says_who_may_come_in_as_the_server_does() {
    let (company, _) = company_with_key().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let mut keys = BTreeMap::new();
    for (field, scope) in EVERYTHING.iter().zip(["read:timesheets", "read:employees", "read:changes"]) {
        keys.insert(scope, make_key(&mut browser, scope, &[field]).await);
    }
    let document = description(&company).await;
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/v1/")) {
        let Some(security) = item["get"]["security"].as_array() else { continue };
        let needed = security.iter().find_map(|way| way.get("key")).unwrap().as_array().unwrap();
        for (scope, key) in &keys {
            let opens = needed.is_empty() || needed.contains(&json!(scope));
            assert_eq!(read(&company.state, key, path).await.status == 200, opens, "{scope} at {path}");
        }
        let for_all = security.contains(&json!({}));
        assert_eq!(send(&company.state, "GET", path, &[]).await.status == 200, for_all, "a visitor at {path}");
    }
}

#[actix_web::test]
async fn answers_have_the_fields_that_the_description_names() {
    let (company, key) = company_with_key().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let form =
        browser.get("/employees/new").await.form("form.entry-form").with("full_name", &["Ayşe Işık"]).with("identity_no", &["12345678950"]);
    let person = form.minted();
    assert_eq!(browser.submit(&person).await.status, 200);
    let entry =
        browser.get("/timesheets").await.form("#entry form").with("employee_id", &[person.value("_id")]).with("work_date", &["2026-01-05"]);
    assert_eq!(browser.submit(&entry.minted()).await.status, 200);
    let document = description(&company).await;
    for (path, items, schema) in [
        ("/api/v1/timesheets", "items", "TimesheetItem"),
        ("/api/v1/employees", "items", "EmployeeItem"),
        ("/api/v1/changes", "changes", "ChangedRow"),
        ("/api/v1/snapshot", "items", "SnapshotRow"),
    ] {
        let reply = read(&company.state, &key, path).await;
        let item = reply.json()[items][0].clone();
        let named: BTreeSet<&String> = document["components"]["schemas"][schema]["properties"].as_object().unwrap().keys().collect();
        let given: BTreeSet<&String> = item.as_object().unwrap().keys().collect();
        assert_eq!(named, given, "{path}");
        assert!(!reply.text.contains("12345678950"), "{path} and the identity number");
    }
}

#[actix_web::test]
async fn every_answer_to_a_key_is_of_the_shape_that_the_description_has() {
    let (company, key) = company_with_key().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let form = browser.get("/employees/new").await.form("form.entry-form").with("full_name", &["Ayşe Işık"]);
    let person = form.with("identity_no", &["12345678950"]).minted();
    assert_eq!(browser.submit(&person).await.status, 200);
    let entry = browser.get("/timesheets").await.form("#entry form").with("employee_id", &[person.value("_id")]);
    assert_eq!(browser.submit(&entry.with("work_date", &["2026-01-05"]).minted()).await.status, 200);
    let document = ApiDescription::of(&company.state).await;
    let mut asked = 0;
    for (path, item) in document.0["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/v1/")) {
        if item["get"].is_object() {
            let answer = read(&company.state, &key, path).await.json();
            assert_eq!(document.complaints_about("get", path, 200, &answer), Vec::<String>::new(), "{path} {answer}");
            asked += 1;
        }
    }
    assert!(asked >= 6, "{asked} addresses");
}

#[actix_web::test]
async fn the_description_lists_the_entities_with_their_fields_choices_and_references() {
    let company = Company::new().await;
    let document = ApiDescription::of(&company.state).await;
    let schemas = &document.0["components"]["schemas"];
    let names: Vec<&str> = rainstaff::ops::descriptions().iter().map(|entity| entity.name).collect();
    assert_eq!(schemas["EntityName"]["enum"], json!(names));
    for (schema, rest) in [("AnyRow", 0), ("AnyFields", 1)] {
        assert_eq!(schemas[schema]["anyOf"].as_array().unwrap().len(), names.len() + rest, "{schema}");
    }
    let row = |field: &str| schemas["CalendarDayRow"]["properties"][field].clone();
    assert_eq!((row("kind")["enum"].clone(), row("kind")["type"].clone()), (json!(["holiday", "day_off", "workday"]), json!("string")));
    assert_eq!(row("free_from")["type"], json!(["string", "null"]), "a whole day is free from no hour");
    let employee = &schemas["EmployeeRow"]["properties"];
    assert_eq!((&employee["identity_no"], &employee["shift_template_id"]["x-entity"]), (&Value::Null, &json!("shift_template")));
    assert!(employee["identity_no_masked"].is_object() && schemas["EmployeeFields"]["properties"]["identity_no"].is_object());
    for name in names.iter().map(|name| row_schema_of(name)) {
        for example in schemas[&name]["examples"].as_array().unwrap() {
            assert_eq!(document.complaints_about_a(&name, example), Vec::<String>::new(), "{name}: {example}");
        }
    }
    let required = schemas["TimesheetRow"]["required"].as_array().unwrap();
    assert!(required.contains(&json!("notes")) && !required.contains(&json!("confirmed")), "what came later may be missing: {required:?}");
}

#[actix_web::test]
async fn every_reference_of_the_description_leads_to_a_schema() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, inner)| match (name.as_str(), inner) {
                ("$ref", Value::String(target)) => _ = found.insert(target.clone()),
                _ => references(inner, found),
            }),
            Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }
    let company = Company::new().await;
    let document = description(&company).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    let dangling: Vec<&String> = found.iter().filter(|target| document.pointer(target.trim_start_matches('#')).is_none()).collect();
    assert!(found.len() > 20 && dangling.is_empty(), "{} references, {dangling:?}", found.len());
}

#[actix_web::test]
async fn an_answer_of_another_shape_is_found() {
    let company = Company::new().await;
    let document = ApiDescription::of(&company.state).await;
    let day = json!({ "id": uuid::Uuid::nil(), "version": 1, "deleted": false, "day": "2026-10-29", "name": "Cumhuriyet Bayramı", "kind": "holiday",
        "free_from": null, "source": "" });
    assert_eq!(document.complaints_about_a("AnyRow", &day), Vec::<String>::new());
    for (field, wrong) in
        [("kind", json!("feast")), ("day", json!("29.10.2026")), ("free_from", json!(780)), ("name", Value::Null), ("colour", json!(1))]
    {
        let mut row = day.clone();
        row[field] = wrong;
        assert_ne!(document.complaints_about_a("CalendarDayRow", &row), Vec::<String>::new(), "{field}");
    }
}
