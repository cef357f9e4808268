//! Forms of business data: the server's response if there is one, otherwise operations that this PC stores and sends later (SYNC 3.10).

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Bytes,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    own::{own, own_json, problem, unreachable},
    relay::Whole,
    run::Trouble,
    serve::{Gateway, PATIENCE_WRITE},
    store::{
        StoreError, Visit,
        ops::{self, NewOp, Source},
        people::next_number,
    },
};
use crate::{
    complaint::FieldError,
    copy::plan::{self, Draft, Post, Refusal, Route},
    web::{form::Posted, page::reader_of, pairs::Pairs},
    wire::{X_OP_ACK, X_SYNC},
};

/// How long a form waits until a person's waiting operations are sent; after that it is stored behind them.
const PATIENCE_QUEUE: Duration = Duration::from_secs(2);

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Rows(error.into())
    }
}

/// A posted form.
struct Form<'a> {
    request: &'a HttpRequest,
    route: Route,
    body: Bytes,
    pairs: Pairs,
}

impl Form<'_> {
    fn is_htmx(&self) -> bool {
        self.request.headers().contains_key("hx-request")
    }

    fn op(&self) -> &str {
        self.value("_op")
    }

    /// Whether it comes from a page of the person who uses the browser now; an old page does not name its person.
    fn is_of(&self, visit: &Visit) -> bool {
        reader_of(self.value("_csrf")).is_none_or(|reader| reader == visit.person.id)
    }

    fn value(&self, name: &str) -> &str {
        self.pairs.all().iter().find(|(known, value)| known == name && !value.is_empty()).map_or("", |(_, value)| value)
    }
}

impl Gateway {
    /// Responds to a posted form.
    pub(super) async fn take_form(&self, request: &HttpRequest, body: Bytes) -> Result<HttpResponse, StoreError> {
        let Some(route) = plan::find_route(request.path()) else {
            return Ok(match self.send_whole(request, &body, PATIENCE_WRITE).await {
                Ok(whole) => whole.pass_back(),
                Err(error) => super::pages::answer_unreachable(self, request, &error)?,
            });
        };
        let pairs = Pairs::read(&body).unwrap_or_default();
        let form = Form { request, route, body, pairs };
        let visit = self.trusted_visit(request)?;
        if self.may_pass(visit.as_ref()).await? {
            let drafts = visit.as_ref().map(|visit| self.plan_form(&form, visit, false)); // as things are before the server's answer
            match self.send_whole(request, &form.body, PATIENCE_WRITE).await {
                Ok(whole) if whole.status.as_u16() < 500 => {
                    if is_acknowledged(&whole, form.op())
                        && let Some(drafts) = drafts
                    {
                        self.remember_form(request, drafts);
                    }
                    return Ok(whole.pass_back());
                }
                Ok(whole) => tracing::info!(status = %whole.status, "a form is kept here"),
                Err(error) => tracing::info!(%error, "a form is kept here"),
            }
        }
        if request.headers().contains_key("x-offline-queue") {
            return Ok(unreachable(&super::upstream::UpstreamError::TooLate)); // the browser keeps it, and brings it as an operation
        }
        match visit {
            Some(visit) if form.is_of(&visit) => self.keep_form(&form, &visit).await,
            _ => super::pages::ask_to_sign_in(self, request),
        }
    }

    /// Whether a form goes to the server: the server is in reach, knows the browser, and no operation of the person waits here before it.
    async fn may_pass(&self, visit: Option<&Visit>) -> Result<bool, StoreError> {
        if !self.agent.upstream.is_up() {
            return Ok(false);
        }
        let Some(visit) = visit else { return Ok(true) };
        if visit.made_here {
            return Ok(false);
        }
        let started = tokio::time::Instant::now();
        while ops::has_waiting_of(&*self.agent.store.read()?, visit.person.id)? {
            if started.elapsed() >= PATIENCE_QUEUE || !self.agent.upstream.is_up() {
                return Ok(false);
            }
            self.agent.wake.notify_one();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(true)
    }

    fn plan_form(&self, form: &Form<'_>, visit: &Visit, with_checks: bool) -> Result<Vec<Draft>, Refusal> {
        let reader = self.agent.store.read()?;
        let context = reader.context()?.unwrap_or_default();
        let posted = Posted::from_pairs(form.pairs.all().to_vec());
        let post = Post {
            posted: &posted,
            person: visit.person.id,
            queue: visit.queue_id,
            region: self.agent.upstream.device().get().region,
            is_open: context.region.is_open,
            at: self.agent.clock.now(),
            offset_ms: reader.contact()?.offset_ms,
            app: crate::APP,
            rows: &reader,
        };
        let drafts = plan::plan(&form.route, &post)?;
        if with_checks {
            plan::check(&drafts, &post)?;
        }
        Ok(drafts)
    }

    async fn keep_form(&self, form: &Form<'_>, visit: &Visit) -> Result<HttpResponse, StoreError> {
        let drafts = match self.plan_form(form, visit, true) {
            Ok(drafts) => drafts,
            Err(Refusal::Invalid(errors)) => return self.refuse(form, visit, &errors),
            Err(Refusal::Nonsense(why)) => return Ok(problem(StatusCode::BAD_REQUEST, "bad_request", &why)),
            Err(Refusal::Rows(error)) => return Err(error.into()),
        };
        let label = drafts.first().map(|draft| draft.label.clone()).unwrap_or_default();
        let (now, person) = (self.agent.clock.now(), visit.person.id);
        let stored = self.agent.store.write(move |db| {
            for Draft { mut op, label, href } in drafts {
                match ops::wants_the_same(db, &op)? {
                    Some(true) => continue, // the same form again: it has its number, and may have its verdict
                    Some(false) => return Ok(false),
                    None => {}
                }
                op.n = next_number(db, person)?;
                op.after = ops::list_needed(db, &op)?;
                ops::keep_of(db, person, &NewOp { op, source: Source::Form, label, href, verdict: None }, now)?;
            }
            Ok(true)
        });
        if !stored.await? {
            return self.refuse(form, visit, &[FieldError::new("", "op-reused")]); // as the server reports it
        }
        self.agent.note(Trouble::DiskFull, false);
        self.agent.wake.notify_one();
        if !form.is_htmx() {
            return Ok(super::pages::redirect_stored(self, visit, form.route.list, &label));
        }
        let op_id = form.op();
        Ok(own(StatusCode::ACCEPTED)
            .insert_header((X_SYNC, "1"))
            .insert_header(("X-Op-Queued", op_id))
            .insert_header(("HX-Reswap", "none"))
            .insert_header(("HX-Trigger", json!({ "ops:stored": { "op_id": op_id } }).to_string()))
            .finish())
    }

    fn refuse(&self, form: &Form<'_>, visit: &Visit, errors: &[FieldError]) -> Result<HttpResponse, StoreError> {
        if !form.is_htmx() {
            return super::pages::show_refused(self, form.request, visit, form.pairs.all(), errors);
        }
        let mut answer = own_json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "errors": errors }));
        for (name, value) in [(X_SYNC, "1"), ("x-offline", "1")] {
            answer.headers_mut().insert(header::HeaderName::from_static(name), header::HeaderValue::from_static(value));
        }
        Ok(answer)
    }

    /// Stores what the server has acknowledged with the other operations entered at this PC; the verdict is fetched soon.
    fn remember_form(&self, request: &HttpRequest, drafts: Result<Vec<Draft>, Refusal>) {
        let drafts = match drafts {
            Ok(drafts) => drafts,
            Err(refusal) => return tracing::warn!(?refusal, path = request.path(), "a form that passed was not written down"),
        };
        let agent = self.agent.clone();
        if agent.upstream.device().is_revoked() {
            return;
        }
        actix_web::rt::spawn(async move {
            let now = agent.clock.now();
            let kept = agent.store.write(move |db| {
                for Draft { op, label, href } in drafts {
                    ops::keep(db, &NewOp { op, source: Source::Passed, label, href, verdict: None }, now)?;
                }
                Ok(())
            });
            match kept.await {
                Ok(()) => agent.wake.notify_one(),
                Err(error) => tracing::warn!(%error, "a form that passed was not written down"),
            }
        });
    }
}

/// Only a response that names the operation is the server's acknowledgement of it (SYNC 3.11).
fn is_acknowledged(whole: &Whole, op: &str) -> bool {
    let acked = whole.header(X_OP_ACK).and_then(|text| text.parse::<Uuid>().ok());
    whole.header(X_SYNC) == Some("1") && acked.is_some() && (op.is_empty() || acked == op.parse().ok())
}
