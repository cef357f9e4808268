//! From the request: who is signed in, and the context of a page.

use std::{collections::HashSet, future::Future, pin::Pin};

use actix_session::SessionExt as _;
use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::{Payload, UrlEncoded},
    http::header,
    web::Data,
};

use super::{
    csrf::token_fits,
    flash::{self, Flash},
    form::Posted,
    htmx::{target_id, wants_fragment},
    limits,
    page::{Ctx, Theme},
};
use crate::{
    auth::{self, Actor, Admin},
    devices::{Client, device_of_bearer},
    error::AppError,
    i18n::Lang,
    state::AppState,
    telemetry::RequestId,
    tokens::{Bearer, actor_of_bearer, bearer_of},
    wire,
};

/// The signed-in person; visitors get a sign-in page (or 401), and somebody with a temporary password has to change it first. On the API a
/// personal key says who it is, whatever else the request carries. Whoever only looks at a region as its clerk would is refused where
/// something would change.
impl FromRequest for Actor {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        match bearer_of(request) {
            None => Box::pin(std::future::ready(actor_of_session(request))),
            Some(Err(error)) => Box::pin(std::future::ready(Err(error))),
            Some(Ok(Bearer::Key(key))) => {
                let request = request.clone();
                Box::pin(async move { actor_of_bearer(&request, &key).await })
            }
            Some(Ok(Bearer::Device(token))) => {
                let request = request.clone();
                Box::pin(async move {
                    device_of_bearer(&request, &token).await?;
                    Err(AppError::TokenScope("a person: a device only carries"))
                })
            }
        }
    }
}

/// A person or a device, for the few addresses that take both.
impl FromRequest for Client {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Some(Ok(Bearer::Device(token))) = bearer_of(request) {
            let request = request.clone();
            return Box::pin(async move { device_of_bearer(&request, &token).await.map(Self::Device) });
        }
        let actor = Actor::from_request(request, payload);
        Box::pin(async move { actor.await.map(Self::Person) })
    }
}

fn actor_of_session(request: &HttpRequest) -> Result<Actor, AppError> {
    match auth::find_actor(&request.get_session())? {
        None => Err(AppError::SignIn),
        Some(actor) if actor.must_change => Err(AppError::PasswordChange),
        Some(actor) if actor.is_viewing() && !request.method().is_safe() => Err(AppError::OnlyLooking),
        Some(actor) => Ok(actor),
    }
}

/// Who is there, for an address that answers visitors too. A bad key is still refused, and nobody is taken for a visitor because the
/// database is away.
pub struct Anybody(pub Option<Client>);

impl FromRequest for Anybody {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let client = Client::from_request(request, payload);
        Box::pin(async move {
            match client.await {
                Ok(client) => Ok(Self(Some(client))),
                Err(AppError::SignIn | AppError::PasswordChange) => Ok(Self(None)),
                Err(error) => Err(error),
            }
        })
    }
}

/// The signed-in administrator; anybody else who is signed in is refused. Only a session says so: the administration has no API.
impl FromRequest for Admin {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(state) = request.app_data::<Data<AppState>>() else {
            return std::future::ready(Err(AppError::Fault("no state".into())));
        };
        let visitor = auth::visitor_of(request, &state.config);
        let actor = actor_of_session(request);
        std::future::ready(actor.and_then(|actor| Self::new(actor, visitor).ok_or(AppError::Forbidden)))
    }
}

/// A posted form of somebody who is signed in.
impl FromRequest for Posted {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let actor = auth::actor_of(&request.get_session());
        // A page of another site cannot send htmx's header without a preflight that we never answer; and a form that stayed open
        // while its author signed in again in another tab has the old session's token.
        let by_script = wants_fragment(request.headers());
        let pairs = UrlEncoded::<Vec<(String, String)>>::new(request, payload).limit(limits::FORM);
        Box::pin(async move {
            let actor = actor.ok_or(AppError::SignIn)?; // before a byte of it is read
            let posted = Self::from_pairs(pairs.await.map_err(|error| limits::refusal_of(&error))?);
            let is_ours = by_script || token_fits(&actor.csrf, Some(posted.value("_csrf")));
            if is_ours { Ok(posted) } else { Err(AppError::CrossSite) }
        })
    }
}

/// The context of a page, for visitors and signed-in people alike. A page that needs a person also asks for the [`Actor`].
impl FromRequest for Ctx {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(context_of(request))
    }
}

/// The context, with what the session knows of the person; the database is not asked again.
fn context_of(request: &HttpRequest) -> Result<Ctx, AppError> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| AppError::Fault("no state".into()))?;
    let actor = auth::find_actor(&request.get_session())?;
    Ok(plain_context(request, state, actor))
}

/// The same, whatever became of the session: what an error page can always have.
pub fn plain_context(request: &HttpRequest, state: &AppState, actor: Option<Actor>) -> Ctx {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let chosen = request.cookie(wire::LANG_COOKIE).and_then(|c| Lang::parse(c.value()));
    let lang = match &actor {
        Some(actor) => Lang::parse(&actor.lang),
        None => chosen,
    };
    let regions = auth::region_names_of(&request.get_session());
    Ctx {
        lang: lang.unwrap_or_else(|| Lang::from_accept_language(text(header::ACCEPT_LANGUAGE).unwrap_or(""))),
        theme: actor.as_ref().and_then(|a| Theme::parse(&a.theme)).unwrap_or_default(),
        csrf: actor.as_ref().map(|a| a.csrf.clone()).unwrap_or_default(),
        request_id: request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        is_htmx: wants_fragment(request.headers()),
        htmx_target: target_id(request.headers()),
        demo: state.config.demo,
        secure: state.config.public_origin.as_deref().is_some_and(|o| o.starts_with("https://")),
        flash: request.cookie(flash::COOKIE).and_then(|c| Flash::from_cookie(c.value())),
        actor,
        regions,
        kept_since: None,
        waiting: HashSet::new(),
    }
}
