//! Responses to browsers: the server's if it responds, otherwise this PC's own.

use std::{collections::BTreeMap, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, Error, HttpRequest, HttpResponse, ResponseError as _,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method, StatusCode, header},
    middleware::{Next, from_fn},
    web::{self, Bytes, Data, Payload},
};
use reqwest::Response;
use serde_json::json;

pub use super::guard::Origins;
use super::{
    guard::Refusal,
    own::{own, own_json, problem, sign_in_first, unreachable},
    people::{Desk, PC_COOKIE, session_set_by, without_cookie},
    place,
    relay::{OPS, Relay, Whole},
    run::Agent,
    store::{StoreError, Visit, ops},
    upstream::UpstreamError,
};
use rainstaff_http::error::AppError;

use crate::{
    auth::forms::{LoginForm, PasswordForm},
    web::{
        body::guard_body,
        flash,
        head::answer_head,
        listen::{self, Serving},
        pairs::Pairs,
        signer::Signer,
    },
    wire::{PasswordTaken, SESSION_COOKIE, X_PASSWORD_TAKEN, X_SESSION_OVER, X_USER},
};

/// How long a write waits for the server before it is kept here (SYNC 3.10).
pub const PATIENCE_WRITE: Duration = Duration::from_secs(10);
/// How long a page waits for the server if there is a copy here.
const PATIENCE_PAGE: Duration = Duration::from_secs(2);
/// How long other requests wait for the head of the response: the feed makes readers wait 25 s.
const PATIENCE: Duration = Duration::from_mins(1);
/// Limits for the browsers of one PC; slow requests are cut off as at the server.
const SERVING: Serving = Serving { workers: 2, connections: 512, shutdown_seconds: 5 };
/// Bytes of a form or a batch at most, as at the server.
const MOST_BYTES: usize = 1024 * 1024;

/// What the handler needs.
pub struct Gateway {
    /// The running agent.
    pub agent: Arc<Agent>,
    /// Passes on to the server.
    pub relay: Relay,
    /// Knows which person uses which browser.
    pub desk: Arc<Desk>,
    /// Signs the messages of pages made here, for as long as this program runs.
    pub signer: Signer,
    origins: Origins,
}

/// Serves until the process is told to stop.
pub async fn serve(agent: Arc<Agent>, listeners: Vec<TcpListener>, origins: Origins) -> std::io::Result<()> {
    let relay = Relay::new(agent.upstream.clone(), origins.clone());
    let desk = Arc::new(Desk::new(agent.clone()));
    let signer = flash::signer(&rand::random::<[u8; 32]>());
    let gateway = Data::new(Gateway { agent, relay, desk, signer, origins });
    let app = move || {
        let app = App::new().app_data(gateway.clone()).default_service(web::to(answer));
        app.wrap(from_fn(answer_head)).wrap(from_fn(guard_body)).wrap(from_fn(say_refusals))
    };
    listen::serve(app, listeners, SERVING).await
}

/// Gives refusals of the framework the form of this program's own.
async fn say_refusals<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = next.call(request).await?;
    let refusal = response.response().error().and_then(|error| error.as_error::<AppError>()).map(|error| {
        let mut answer = problem(error.status_code(), error.code(), &error.detail().unwrap_or_default());
        if matches!(error, AppError::TooSlow) {
            answer.head_mut().set_connection_type(ConnectionType::Close);
        }
        answer
    });
    Ok(match refusal {
        Some(answer) => response.into_response(answer).map_into_right_body(),
        None => response.map_into_left_body(),
    })
}

async fn answer(gateway: Data<Gateway>, request: HttpRequest, payload: Payload) -> HttpResponse {
    match gateway.origins.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => {}
        Err(Refusal::Host) => {
            return problem(StatusCode::MISDIRECTED_REQUEST, "host", "this PC's agent is at http://localhost, under no other name");
        }
        Err(Refusal::Target) => return problem(StatusCode::BAD_REQUEST, "bad_request", "this PC's agent has pages of its own alone"),
        Err(Refusal::Site) => return problem(StatusCode::FORBIDDEN, "origin", "only pages of this address may ask for this"),
    }
    match gateway.answer(&request, payload).await {
        Ok(answer) => answer,
        Err(StoreError::Full) => {
            gateway.agent.note(super::run::Trouble::DiskFull, true);
            problem(StatusCode::INSUFFICIENT_STORAGE, "disk_full", "the disk of this PC is full: nothing was stored")
        }
        Err(StoreError::TooMuch) => {
            let mut answer = problem(
                StatusCode::TOO_MANY_REQUESTS,
                "too_much",
                "this PC keeps so much of a person in a day: nothing of this was stored",
            );
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("3600"));
            answer
        }
        Err(error) => {
            tracing::error!(%error, path = request.path(), "not answered");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "this PC's agent could not read or write its file")
        }
    }
}

/// The whole body; a refusal if it is too large or cut short.
async fn take_in(payload: Payload) -> Result<Bytes, HttpResponse> {
    match payload.to_bytes_limited(MOST_BYTES).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(problem(StatusCode::BAD_REQUEST, "bad_request", "the request was cut short")),
        Err(_) => Err(problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "1 MiB at most")),
    }
}

impl Gateway {
    async fn answer(&self, request: &HttpRequest, payload: Payload) -> Result<HttpResponse, StoreError> {
        let path = request.path();
        match (request.method(), path) {
            (&Method::GET, "/agent/health") => return self.show_health(request),
            (&Method::GET, "/agent/queue") => return self.show_queue(request),
            (_, path) if path.starts_with("/agent/") => return Ok(problem(StatusCode::NOT_FOUND, "not_found", "no such address")),
            (&Method::GET, path) if path.starts_with("/static/") => return self.show_file(request).await,
            (&Method::GET, "/sw.js" | "/manifest.webmanifest") => return self.show_unhashed(request).await,
            (&Method::GET, path) if !path.starts_with("/api/") => return self.show_page(request).await,
            _ => {}
        }
        // Bodies are read whole: a failure to read one then is no sign of a failed connection to the server.
        let body = match take_in(payload).await {
            Ok(body) => body,
            Err(refusal) => return Ok(refusal),
        };
        match (request.method(), path) {
            (&Method::POST, OPS) => self.take_ops(request, body).await,
            (&Method::POST, "/api/v1/ops/status") => self.take_status(request, body).await,
            (&Method::POST, "/login" | "/logout" | "/password") => self.take_account_form(request, body).await,
            (&Method::POST, path) if !path.starts_with("/api/") => self.take_form(request, body).await,
            _ => match self.send(request, body, PATIENCE).await {
                Ok(response) => Ok(self.relay.pass_back(response)),
                Err(error) => Ok(unreachable(&error)),
            },
        }
    }

    /// A page: the server's, else the one made here.
    async fn show_page(&self, request: &HttpRequest) -> Result<HttpResponse, StoreError> {
        let has_copy = super::pages::is_kept(request);
        if has_copy && !self.agent.upstream.is_up() {
            return super::pages::show(self, request, None);
        }
        let patience = if has_copy { PATIENCE_PAGE } else { PATIENCE };
        match self.send(request, Bytes::new(), patience).await {
            Ok(response) if !(has_copy && matches!(response.status().as_u16(), 502..=504)) => Ok(self.relay.pass_back(response)),
            Ok(_) => super::pages::show(self, request, None),
            Err(error) => super::pages::show(self, request, Some(&error)),
        }
    }

    /// Sends a request on. Reads from any response what the server reports about the browser's session: whose it is, or that it is over.
    pub async fn send(&self, request: &HttpRequest, body: Bytes, patience: Duration) -> Result<Response, UpstreamError> {
        let response = self.relay.send(request, body, patience).await?;
        if let Some(session) = request.cookie(SESSION_COOKIE) {
            let word = |name| response.headers().get(name).and_then(|word| word.to_str().ok());
            match (word(X_USER).map(str::parse), word(X_SESSION_OVER)) {
                (Some(Ok(user)), _) => self.desk.learn(session.value(), user),
                (None, Some("1")) => self.desk.unlearn(session.value()).await,
                _ => {}
            }
        }
        Ok(response)
    }

    /// Sends a form on and reads the whole response.
    pub async fn send_whole(&self, request: &HttpRequest, body: &Bytes, patience: Duration) -> Result<Whole, UpstreamError> {
        let started = tokio::time::Instant::now();
        let response = self.send(request, body.clone(), patience).await?;
        self.relay.whole(response, patience.saturating_sub(started.elapsed())).await
    }

    /// Sign-in, sign-out, a new password: the server decides, and this PC stores what it needs to work without the server.
    async fn take_account_form(&self, request: &HttpRequest, body: Bytes) -> Result<HttpResponse, StoreError> {
        let path = request.path();
        if path == "/logout" {
            self.desk.sign_out(request).await?;
        }
        let answer =
            if self.agent.upstream.is_up() { self.send_whole(request, &body, PATIENCE_WRITE).await } else { Err(UpstreamError::TooLate) };
        match answer {
            Ok(whole) if !matches!(whole.status.as_u16(), 502..=504) => {
                let has_new_session = session_set_by(whole.headers("set-cookie")).is_some();
                if has_new_session {
                    self.desk.sign_out(request).await?;
                }
                self.note_account(path, &body, &whole).await;
                let mut answer = whole.pass_back();
                if (has_new_session || path == "/logout") && request.cookie(PC_COOKIE).is_some() {
                    // Only a cookie that cannot be written as a header fails, and this one can.
                    let _ = answer.add_cookie(&without_cookie(PC_COOKIE));
                }
                Ok(answer)
            }
            Ok(_) | Err(_) => super::pages::answer_account(self, request, &body).await,
        }
    }

    /// Reads the response to a form with a password: only a password that the server reports as accepted counts, and only one that was
    /// typed.
    async fn note_account(&self, path: &str, body: &Bytes, whole: &Whole) {
        let taken = whole.header(X_PASSWORD_TAKEN).and_then(|word| word.parse::<PasswordTaken>().ok());
        let (Some(taken), Some(session)) = (taken, session_set_by(whole.headers("set-cookie"))) else { return };
        let pairs = Pairs::read(body).unwrap_or_default();
        let password = match path {
            "/login" => LoginForm::read(&pairs).password,
            "/password" => PasswordForm::read(&pairs).new,
            _ => None,
        };
        self.desk.note_password(taken, &session, password).await;
    }

    /// Verdicts on operations: the server's, otherwise those that are known here.
    async fn take_status(&self, request: &HttpRequest, body: Bytes) -> Result<HttpResponse, StoreError> {
        let answer =
            if self.agent.upstream.is_up() { self.send_whole(request, &body, PATIENCE_WRITE).await } else { Err(UpstreamError::TooLate) };
        let error = match answer {
            Ok(whole) if !matches!(whole.status.as_u16(), 401 | 502..=504) => return Ok(whole.pass_back()),
            Ok(_) => UpstreamError::TooLate,
            Err(error) => error,
        };
        if self.trusted_visit(request)?.is_none() {
            return Ok(sign_in_first());
        }
        Ok(self.answer_status(&body)?.unwrap_or_else(|| unreachable(&error)))
    }

    /// The state of the PC; with `?digest` also the digest of its copy, for which the whole copy is read.
    fn show_health(&self, request: &HttpRequest) -> Result<HttpResponse, StoreError> {
        let reader = self.agent.store.read()?;
        let (counts, mirror) = (ops::count(&reader)?, reader.mirror()?);
        let upstream = &self.agent.upstream;
        let digest: Option<BTreeMap<_, _>> = match request.query_string() {
            "digest" => Some(reader.list_digests()?.into_iter().map(|(entity, (_, hash))| (entity, hash)).collect()),
            _ => None,
        };
        Ok(own_json(
            StatusCode::OK,
            &json!({
                "version": env!("CARGO_PKG_VERSION"),
                "server": { "reachable": upstream.is_up(), "last_contact": upstream.last_contact() },
                "waiting": counts.waiting,
                "oldest_at": counts.oldest_at,
                "failed": counts.failed,
                "mirror": {
                    "synced_at": mirror.synced_at, "seq": mirror.seq, "digest": digest, "digest_equal": mirror.digest_equal,
                    "is_whole": mirror.is_ready() && mirror.page.is_none(),
                },
                "disk_free": place::free_bytes(&self.agent.folder),
                "troubles": self.agent.troubles(),
                "is_revoked": upstream.device().is_revoked(),
            }),
        ))
    }

    fn show_queue(&self, request: &HttpRequest) -> Result<HttpResponse, StoreError> {
        const MOST: i64 = 200;
        let Some(visit) = self.trusted_visit(request)? else {
            return Ok(sign_in_first());
        };
        let reader = self.agent.store.read()?;
        let user = visit.person.id;
        let total = ops::count(&reader)?;
        let waiting = ops::list_waiting_of(&reader, user, MOST)?;
        let of_mine = ops::count_waiting_of(&reader, user)?;
        let failed = ops::list_failed_of(&reader, user, MOST)?;
        let line = |kept: &ops::Kept| {
            json!({
                "op_id": kept.op.op_id, "kind": kept.op.kind, "entity": kept.op.entity, "id": kept.op.id, "label": kept.label, "href": kept.href,
                "stored_at": kept.stored_at, "author": visit.person.username, "queue_id": kept.op.queue_id,
                "verdict": kept.verdict.as_ref().map(|v| v.verdict), "reason": kept.verdict.as_ref().and_then(|v| v.reason),
                "errors": kept.verdict.as_ref().map(|v| &v.errors),
            })
        };
        Ok(own_json(
            StatusCode::OK,
            &json!({
                "waiting": waiting.iter().map(line).collect::<Vec<_>>(),
                "failed": failed.iter().map(line).collect::<Vec<_>>(),
                "count": of_mine,
                "others": (total.waiting - of_mine).max(0),
                "reachable": self.agent.upstream.is_up(),
            }),
        ))
    }

    /// The person at the browser, if the PC's copy may be shown to them.
    pub fn trusted_visit(&self, request: &HttpRequest) -> Result<Option<Visit>, StoreError> {
        if self.agent.upstream.device().is_revoked() {
            return Ok(None);
        }
        Ok(self.desk.visit(request)?.filter(|visit| visit.is_trusted(self.agent.clock.now())))
    }

    /// A file of the pages. One that is embedded in this program equals the server's: its name contains its hash.
    async fn show_file(&self, request: &HttpRequest) -> Result<HttpResponse, StoreError> {
        if let Some(answer) = super::pages::embedded(request) {
            return Ok(answer);
        }
        if let Some(file) = self.agent.store.read()?.find_file(request.path())? {
            let cached = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
            return Ok(own(StatusCode::OK).insert_header(cached).content_type(file.content_type).body(file.body));
        }
        match self.relay.send(request, Bytes::new(), PATIENCE).await {
            Ok(response) => {
                if response.status().is_success() {
                    self.keep_file(request.path().to_owned());
                }
                Ok(self.relay.pass_back(response))
            }
            Err(error) => Ok(unreachable(&error)),
        }
    }

    /// The worker and the manifest: the server's present one, otherwise the last one that was seen, otherwise the embedded one.
    async fn show_unhashed(&self, request: &HttpRequest) -> Result<HttpResponse, StoreError> {
        let path = request.path();
        if self.agent.upstream.is_up()
            && let Ok(response) = self.relay.send(request, Bytes::new(), PATIENCE_PAGE).await
            && response.status().as_u16() < 500
        {
            if response.status().is_success() {
                self.keep_file(path.to_owned());
            }
            return Ok(self.relay.pass_back(response));
        }
        match self.agent.store.read()?.find_file(path)? {
            Some(file) => {
                Ok(own(StatusCode::OK).insert_header((header::CACHE_CONTROL, "no-cache")).content_type(file.content_type).body(file.body))
            }
            None => Ok(super::pages::embedded(request).unwrap_or_else(|| unreachable(&UpstreamError::TooLate))),
        }
    }

    /// Fetches a file again, for this PC's store and uncompressed.
    fn keep_file(&self, path: String) {
        let agent = self.agent.clone();
        actix_web::rt::spawn(async move {
            let Ok(response) = agent.upstream.client().get(agent.upstream.url(&path)).send().await else { return };
            let header =
                |name| response.headers().get(name).and_then(|value: &reqwest::header::HeaderValue| value.to_str().ok()).map(str::to_owned);
            let (Some(content_type), None, true) = (header("content-type"), header("content-encoding"), response.status().is_success())
            else {
                return;
            };
            let Ok(body) = response.bytes().await else { return };
            let now = agent.clock.now();
            if agent.store.read().ok().and_then(|reader| reader.find_file(&path).ok().flatten()).is_some_and(|file| file.body == body) {
                return;
            }
            let kept = agent.store.write(move |db| super::store::facts::put_file(db, &path, &content_type, &body, now)).await;
            if let Err(error) = kept {
                tracing::warn!(%error, "a file of the pages was not kept");
            }
        });
    }
}
