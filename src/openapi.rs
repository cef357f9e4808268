//! The API's description (`OpenAPI` 3.1), made from the handlers and from the types of their questions and answers, so that it cannot say
//! anything else than they do. Each room describes its own addresses (`ApiDoc`), each entity its rows (`ops::schema`); what all addresses share,
//! problems and who may come in, is added here.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header};
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        OpenApi, PathItem, Ref, RefOr,
        content::Content,
        path::{HttpMethod, Operation},
        response::{Response, ResponseBuilder},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    api,
    auth::session_store::COOKIE,
    devices, employees, queue_health, timesheets,
    tokens::{TokenScope, scope_of_route},
    web::problem::{self, Problem},
};

/// Name of the session in the description.
const SESSION: &str = "session";
/// Name of the personal key in the description.
const KEY: &str = "key";
/// Name of a device's token in the description.
const DEVICE: &str = "device";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Rainstaff", description = "Timesheets of regional offices. Times are minutes or `HH:MM`, dates `YYYY-MM-DD`, all by Istanbul's clock. \
        A person's own regions are all there is: rows of another region are not found. Send a personal key as `Authorization: Bearer rsp_...`; \
        keys are made at `/account/tokens` and only read."),
    servers((url = "/")),
    tags(
        (name = "reading", description = "For other programs: entries with their hours, and people"),
        (name = "sync", description = "The write path and the feed of what changed"),
        (name = "devices", description = "Offices' PCs that run the local agent: each reads one region, without identity numbers, and carries what people entered"),
        (name = "description", description = "This document"),
    ),
    paths(
        show_openapi,
    ),
    components(schemas(Problem)),
)]
struct ApiDoc;

/// The rooms with addresses of the API.
const ROOMS: [fn() -> OpenApi; 5] = [
    employees::api::ApiDoc::openapi,
    timesheets::api::ApiDoc::openapi,
    api::exchange::ApiDoc::openapi,
    queue_health::api::ApiDoc::openapi,
    devices::api::ApiDoc::openapi,
];

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| {
    let mut document = ROOMS.iter().fold(ApiDoc::openapi(), |document, room| document.merge_from(room()));
    for shared in [&Access as &dyn Modify, &Problems, &Summaries] {
        shared.modify(&mut document);
    }
    document
});
static JSON: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_json().unwrap_or_default());

/// The description.
pub fn document() -> &'static OpenApi {
    &DOCUMENT
}

/// `GET /api/openapi.json`: this description. Everybody may read it.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "description",
    operation_id = "show_openapi",
    responses((status = 200, body = serde_json::Value, description = "The description of the API")),
)]
pub async fn show_openapi() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "application/json")).body(JSON.as_str())
}

/// The methods that an address of the API takes, as `Allow` has them; none where there is no such address.
pub fn methods_at(path: &str) -> Option<String> {
    let item = DOCUMENT.paths.paths.get(path)?;
    let methods: Vec<&str> = methods_of(item).into_iter().map(|(name, _)| name).collect();
    Some(methods.join(", "))
}

fn methods_of(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    let known = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("PATCH", &item.patch), ("DELETE", &item.delete)];
    known.into_iter().filter_map(|(name, operation)| Some((name, operation.as_ref()?))).collect()
}

/// Who may come in: from the table by which keys are let in.
struct Access;

impl Modify for Access {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(COOKIE, "The session of a signed-in browser");
        components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let scopes: Vec<&str> = TokenScope::ALL.iter().map(|scope| scope.as_str()).collect();
        let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("rsp_...");
        let key = key.description(Some(format!("A personal key. Scopes: {}", scopes.join(", ")))).build();
        components.add_security_scheme(KEY, SecurityScheme::Http(key));
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("rsd_...");
        let token = token.description(Some("The token of an office's PC")).build();
        components.add_security_scheme(DEVICE, SecurityScheme::Http(token));
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations_of(item) {
                operation.security = Some(requirements(path, &method));
            }
        }
    }
}

fn requirements(path: &str, method: &HttpMethod) -> Vec<SecurityRequirement> {
    let mut ways = Vec::new();
    if is_public(path) {
        ways.push(SecurityRequirement::default());
    }
    if path != "/api/openapi.json" && !path.starts_with("/api/v1/devices/") {
        ways.push(SecurityRequirement::new(SESSION, Vec::<String>::new()));
    }
    if let (HttpMethod::Get, Some(scope)) = (method, scope_of_route(path)) {
        ways.push(SecurityRequirement::new(KEY, scope.map(TokenScope::as_str)));
    }
    if devices::ROUTES.contains(&path) {
        ways.push(SecurityRequirement::new(DEVICE, Vec::<String>::new()));
    }
    ways
}

fn is_public(path: &str) -> bool {
    matches!(path, "/api/openapi.json" | "/api/v1/ping" | "/api/v1/devices/enrol")
}

fn operations_of(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    let known = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ];
    known.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

/// The first line of a handler's comment says which address it is; here the address stands above it already.
struct Summaries;

impl Modify for Summaries {
    fn modify(&self, document: &mut OpenApi) {
        for item in document.paths.paths.values_mut() {
            for (_, operation) in operations_of(item) {
                let rest = operation.summary.as_deref().and_then(|line| line.split_once("`: ")).map(|(_, rest)| rest.to_owned());
                operation.summary = rest.or_else(|| operation.summary.take());
            }
        }
    }
}

/// The refusals that every address may answer with.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            for (_, operation) in operations_of(item) {
                let responses = &mut operation.responses.responses;
                for (status, why) in refusals_at(path) {
                    responses.entry((*status).to_owned()).or_insert_with(|| RefOr::T(refusal(why)));
                }
            }
        }
    }
}

fn refusals_at(path: &str) -> &'static [(&'static str, &'static str)] {
    if path == "/api/openapi.json" {
        return &[("500", "A fault of the server"), ("503", "The server is busy or the database away: try again after `Retry-After`")];
    }
    &[
        ("400", "A parameter or the body was not understood; `errors` names the parameters"),
        ("401", "Nobody is signed in, or the key is unknown, expired or revoked"),
        ("403", "The account, or the key, may not do this"),
        ("404", "No such address, or a region that is not one's own"),
        ("500", "A fault of the server"),
        ("503", "The server is busy or the database away: try again after `Retry-After`"),
    ]
}

fn refusal(why: &str) -> Response {
    let schema = RefOr::Ref(Ref::from_schema_name("Problem"));
    ResponseBuilder::new().description(why).content(problem::CONTENT_TYPE, Content::new(Some(schema))).build()
}
