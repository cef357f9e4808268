//! Pages that are made on this PC while the server is out of reach: with the server's templates, from the copy of the region.

use std::collections::HashSet;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::Cookie,
    http::{StatusCode, header},
    web::Bytes,
};
use askama::Template;

use super::{
    own::{own, sign_in_first, unreachable},
    people::{PC_COOKIE, SignIn, pc_cookie, without_cookie},
    serve::Gateway,
    store::{StoreError, Visit},
    upstream::UpstreamError,
};
use crate::{
    auth::{
        forms::LoginForm,
        login_page::{LoginPage, LoginProblem},
    },
    complaint::FieldError,
    copy::{self, Local},
    i18n::Lang,
    identity::{Actor, Role},
    web::{
        assets, cookies, filters,
        flash::{Flash, Seal, Tone},
        flash_cookie,
        htmx::{target_id, wants_fragment},
        offline::{Reasons, render_offline},
        page::{Ctx, RegionName, Theme, page_token, render},
        pairs::Pairs,
        table::asks_for_file,
    },
    wire::{LANG_COOKIE, SESSION_COOKIE, X_USER},
};

const HTML: &str = "text/html; charset=utf-8";

impl From<askama::Error> for StoreError {
    fn from(error: askama::Error) -> Self {
        Self::Other(format!("template: {error}"))
    }
}

/// Whether this PC can serve an address by itself: it can make pages; files of lists are made by the server.
pub(super) fn is_kept(request: &HttpRequest) -> bool {
    let path = request.path();
    !asks_for_file(request.query_string()) && (matches!(path, "/login" | "/queue") || copy::is_made(path))
}

/// Senkron, with what is known here.
#[derive(Template)]
#[template(path = "agent/queue.html")]
struct QueuePage<'a> {
    ctx: &'a Ctx,
}

/// The page made here; if there is none, a page that says so.
pub(super) fn show(gateway: &Gateway, request: &HttpRequest, error: Option<&UpstreamError>) -> Result<HttpResponse, StoreError> {
    let late = UpstreamError::TooLate;
    let error = error.unwrap_or(&late);
    let path = request.path();
    if path == "/login" {
        return show_login(gateway, request, StatusCode::OK, "", None);
    }
    if !is_kept(request) || gateway.agent.upstream.device().is_revoked() {
        return answer_unreachable(gateway, request, error);
    }
    if path == "/offline" {
        return Ok(page(StatusCode::OK, None, None, render_offline(&context(gateway, request, None)?, Reasons::All)?));
    }
    let Some(visit) = gateway.trusted_visit(request)? else {
        return if wants_fragment(request.headers()) {
            Ok(sign_in_first())
        } else {
            Ok(own(StatusCode::SEE_OTHER).insert_header((header::LOCATION, "/login")).finish())
        };
    };
    let ctx = context(gateway, request, Some(&visit))?;
    let seal = ctx.seal.clone();
    let (kept_since, had_message) = (ctx.kept_since, ctx.flash.is_some() && !ctx.is_htmx);
    let reader = gateway.agent.store.read()?;
    let local = if path == "/queue" {
        Some(Local::Page(render(&ctx, &QueuePage { ctx: &ctx })?))
    } else {
        copy::show(ctx, &reader, gateway.agent.clock.today())?
    };
    let Some(local) = local else { return answer_unreachable(gateway, request, error) };
    let mut answer = answer_local(local, &visit, kept_since, &seal);
    if had_message {
        // Removes a message that was shown. Only a cookie that cannot be written as a header fails, and this one can.
        let _ = answer.add_cookie(&flash_cookie::removal(&seal));
    }
    Ok(answer)
}

fn answer_local(local: Local, visit: &Visit, kept_since: Option<i64>, seal: &Seal) -> HttpResponse {
    let go = |to: String| own(StatusCode::SEE_OTHER).insert_header((header::LOCATION, to)).finish();
    match local {
        Local::Page(html) => page(StatusCode::OK, Some(visit), kept_since, html),
        Local::Missing(html) => page(StatusCode::NOT_FOUND, Some(visit), kept_since, html),
        Local::Refused(html) => page(StatusCode::UNPROCESSABLE_ENTITY, Some(visit), kept_since, html),
        Local::Unclear(html) => page(StatusCode::BAD_REQUEST, Some(visit), kept_since, html),
        Local::Elsewhere(to) => go(to),
        Local::Back(to, flash) => {
            let mut answer = go(to);
            let _ = answer.add_cookie(&flash_cookie::cookie(&flash, seal)); // as above
            answer
        }
    }
}

/// A page of this PC, with its reader and the age of the copy that it was made from.
fn page(status: StatusCode, visit: Option<&Visit>, kept_since: Option<i64>, html: String) -> HttpResponse {
    let mut answer = own(status);
    if let Some(visit) = visit {
        answer.insert_header((X_USER, visit.person.id.to_string()));
    }
    if let Some(since) = kept_since {
        answer.insert_header(("X-Kept-Since", since.to_string()));
    }
    answer.content_type(HTML).body(html)
}

/// The server did not respond, and this PC has no page for the address.
pub(super) fn answer_unreachable(gateway: &Gateway, request: &HttpRequest, error: &UpstreamError) -> Result<HttpResponse, StoreError> {
    if wants_fragment(request.headers()) {
        return Ok(unreachable(error));
    }
    let ctx = context(gateway, request, None)?;
    let reasons = if asks_for_file(request.query_string()) { Reasons::File } else { Reasons::NoCopy };
    Ok(own(StatusCode::SERVICE_UNAVAILABLE)
        .insert_header(("X-Offline", "unreachable"))
        .content_type(HTML)
        .body(render_offline(&ctx, reasons)?))
}

/// For a form of a person unknown on this PC, or from another person's page: the person has to sign in first. What was typed stays on their
/// page.
pub(super) fn ask_to_sign_in(gateway: &Gateway, request: &HttpRequest) -> Result<HttpResponse, StoreError> {
    if wants_fragment(request.headers()) {
        return Ok(sign_in_first());
    }
    show_login(gateway, request, StatusCode::UNAUTHORIZED, "", None)
}

fn show_login(
    gateway: &Gateway,
    request: &HttpRequest,
    status: StatusCode,
    username: &str,
    problem: Option<LoginProblem>,
) -> Result<HttpResponse, StoreError> {
    let ctx = context(gateway, request, None)?;
    let page = LoginPage { ctx: &ctx, username, next: "", carried: "", problem, is_offline: true, demo_accounts: &[], demo_password: "" };
    Ok(own(status).content_type(HTML).body(render(&ctx, &page)?))
}

/// Sign-in and sign-out without the server; a password can only be changed there.
pub(super) async fn answer_account(gateway: &Gateway, request: &HttpRequest, body: &Bytes) -> Result<HttpResponse, StoreError> {
    let go = |to: &str, cookies: &[Cookie<'static>]| {
        let mut answer = own(StatusCode::SEE_OTHER);
        for cookie in cookies {
            answer.cookie(cookie.clone());
        }
        answer.insert_header((header::LOCATION, to)).finish()
    };
    // The session in the browser ends, here and at the server: it must not be valid when the server is back.
    let rid_of_session = || {
        gateway.desk.end_at_server(request);
        request.cookie(SESSION_COOKIE).map(|_| without_cookie(SESSION_COOKIE))
    };
    match request.path() {
        "/login" if !gateway.agent.upstream.device().is_revoked() => {
            let LoginForm { username, password, .. } = LoginForm::read(&Pairs::read(body).unwrap_or_default());
            let problem = match gateway.desk.sign_in(request, &username, password).await? {
                SignIn::Done(secret) => {
                    let cookies: Vec<_> = rid_of_session().into_iter().chain([pc_cookie(secret)]).collect();
                    return Ok(go("/", &cookies));
                }
                SignIn::Refused => LoginProblem::NotKnownHere,
                SignIn::Wait(seconds) => LoginProblem::Throttled(seconds),
            };
            show_login(gateway, request, StatusCode::UNPROCESSABLE_ENTITY, &username, Some(problem))
        }
        // A service worker ends the session itself, with what it knows of the browser's queue, before it shows anything.
        "/logout" if wants_fragment(request.headers()) => Ok(go("/login", &[without_cookie(PC_COOKIE)])),
        "/logout" => {
            let cookies: Vec<_> = rid_of_session().into_iter().chain([without_cookie(PC_COOKIE)]).collect();
            Ok(go("/login", &cookies))
        }
        _ => answer_unreachable(gateway, request, &UpstreamError::TooLate),
    }
}

/// A form without scripts was stored here: redirects to the list, which reports that.
pub(super) fn redirect_stored(gateway: &Gateway, visit: &Visit, list: &str, name: &str) -> HttpResponse {
    let flash = Flash::new(Tone::Info, "flash-stored-here", name);
    own(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, list))
        .cookie(flash_cookie::cookie(&flash, &seal_of(gateway, Some(visit))))
        .finish()
}

/// A form without scripts was refused here: the same page again, with what was typed and what is wrong.
pub(super) fn show_refused(
    gateway: &Gateway,
    request: &HttpRequest,
    visit: &Visit,
    pairs: &[(String, String)],
    errors: &[FieldError],
) -> Result<HttpResponse, StoreError> {
    let ctx = context(gateway, request, Some(visit))?;
    let kept_since = ctx.kept_since;
    let reader = gateway.agent.store.read()?;
    match copy::refuse(ctx, &reader, gateway.agent.clock.today(), pairs.to_vec(), errors)? {
        Some(local) => Ok(answer_local(local, visit, kept_since, &seal_of(gateway, Some(visit)))),
        None => answer_unreachable(gateway, request, &UpstreamError::TooLate),
    }
}

/// A file that is embedded in this program.
pub(super) fn embedded(request: &HttpRequest) -> Option<HttpResponse> {
    let answer = match request.path() {
        "/sw.js" => assets::worker(request, false),
        "/manifest.webmanifest" => assets::web_manifest(request),
        path => assets::file(path.strip_prefix("/static/")?, request),
    };
    answer.ok()
}

/// Signs messages of pages made here, for one visit.
fn seal_of(gateway: &Gateway, visit: Option<&Visit>) -> Seal {
    Seal::new(gateway.signer.clone(), visit.map_or("", |visit| &visit.csrf), false)
}

/// The context of a page made here.
pub(super) fn context(gateway: &Gateway, request: &HttpRequest, visit: Option<&Visit>) -> Result<Ctx, StoreError> {
    let reader = gateway.agent.store.read()?;
    let facts = reader.context()?.unwrap_or_default();
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let company_name = facts.company.settings.get("company_name").and_then(|name| name.as_str()).map(str::trim);
    let company_name = company_name.filter(|name| !name.is_empty()).map(str::to_owned);
    let region = RegionName { code: facts.region.code, name: facts.region.name, is_open: facts.region.is_open };
    let actor = visit.map(|visit| actor_of(gateway, visit));
    let chosen = match visit {
        Some(visit) => Lang::parse(&visit.person.lang),
        // The server's cookie, whose name may be the one for https.
        None => [true, false].into_iter().find_map(|over_tls| Lang::parse(cookies::find(request, LANG_COOKIE, over_tls)?.value())),
    };
    let seal = seal_of(gateway, visit);
    Ok(Ctx {
        lang: chosen.unwrap_or_else(|| Lang::from_accept_language(text(header::ACCEPT_LANGUAGE).unwrap_or(""))),
        theme: visit.and_then(|visit| Theme::parse(&visit.person.theme)).unwrap_or_default(),
        csrf: visit.map(|visit| page_token(visit.person.id, &visit.csrf)).unwrap_or_default(),
        now: gateway.agent.clock.now(),
        request_id: String::new(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        is_htmx: wants_fragment(request.headers()),
        htmx_target: target_id(request.headers()),
        demo: false,
        secure: false,
        regions: if actor.is_some() { vec![region] } else { Vec::new() },
        flash: flash_cookie::find(request, &seal),
        seal,
        company_name,
        kept_since: reader.mirror()?.synced_at.map(|at| at.timestamp_millis()),
        waiting: HashSet::new(),
        actor,
    })
}

/// The person, with the rights that they have on this PC.
fn actor_of(gateway: &Gateway, visit: &Visit) -> Actor {
    Actor {
        user_id: visit.person.id,
        username: visit.person.username.clone(),
        role: Role::User,
        regions: vec![gateway.agent.upstream.device().get().region],
        lang: visit.person.lang.clone(),
        theme: visit.person.theme.clone(),
        must_change: false,
        session_id: visit.queue_id,
        csrf: visit.csrf.clone(),
    }
}
