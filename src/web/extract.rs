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
    cookies,
    csrf::form_fits,
    flash::{self, Flash, Seal},
    form::Posted,
    htmx::{target_id, wants_fragment},
    limits,
    page::{Ctx, RegionName, Theme, page_token, reader_of},
};
use crate::{
    auth,
    devices::{Client, device_of_bearer},
    error::AppError,
    i18n::Lang,
    identity::{Actor, Admin, Region},
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
        Some(actor) => Ok(in_named_region(request, actor)),
    }
}

/// Somebody with several regions acts in the one that the address names (`?region=`): a row is looked for there and nowhere else.
fn in_named_region(request: &HttpRequest, mut actor: Actor) -> Actor {
    let code = request.query_string().split('&').find_map(|pair| pair.strip_prefix("region="));
    if let Some(region) = code.and_then(|code| Region::parse(code).ok())
        && actor.may_act_on(&region)
    {
        actor.regions = vec![region];
    }
    actor
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
        // while its author signed in again in another tab has the old session's token. A form of somebody else's page is not
        // taken in the name of whoever has signed in since.
        let by_script = wants_fragment(request.headers());
        let pairs = UrlEncoded::<Vec<(String, String)>>::new(request, payload).limit(limits::FORM);
        Box::pin(async move {
            let actor = actor.ok_or(AppError::SignIn)?; // before a byte of it is read
            let posted = Self::from_pairs(pairs.await.map_err(|error| limits::refusal_of(&error))?);
            let token = posted.value("_csrf");
            if by_script && reader_of(token).is_some_and(|reader| reader != actor.user_id) {
                return Err(AppError::SignIn);
            }
            if by_script || form_fits(&actor.csrf, token) { Ok(posted) } else { Err(AppError::CrossSite) }
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
    let ctx = plain_context(request, state, actor);
    request.extensions_mut().insert(KnownRegions(ctx.regions.clone()));
    Ok(ctx)
}

/// The regions of whoever sent the request, for its error page.
struct KnownRegions(Vec<RegionName>);

/// The same, whatever became of the session: what an error page can always have.
pub fn plain_context(request: &HttpRequest, state: &AppState, actor: Option<Actor>) -> Ctx {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let chosen = cookies::find(request, wire::LANG_COOKIE, state.config.is_over_tls()).and_then(|c| Lang::parse(c.value()));
    let lang = match &actor {
        Some(actor) => Lang::parse(&actor.lang),
        None => chosen,
    };
    // When an error page is made, the session has been put away already.
    let session = request.get_session();
    let (of_session, company_name) = (auth::region_names_of(&session), auth::company_name_of(&session));
    let regions = if of_session.is_empty() {
        request.extensions().get::<KnownRegions>().map(|known| known.0.clone()).unwrap_or_default()
    } else {
        of_session
    };
    let secure = state.config.is_over_tls();
    let token = actor.as_ref().map(|a| a.csrf.as_str()).unwrap_or_default();
    let seal = Seal::new(flash::signer(state.config.secret.bytes()), token, secure);
    Ctx {
        lang: lang.unwrap_or_else(|| Lang::from_accept_language(text(header::ACCEPT_LANGUAGE).unwrap_or(""))),
        theme: actor.as_ref().and_then(|a| Theme::parse(&a.theme)).unwrap_or_default(),
        csrf: actor.as_ref().map(|a| page_token(a.user_id, &a.csrf)).unwrap_or_default(),
        now: state.clock.now(),
        request_id: request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        is_htmx: wants_fragment(request.headers()),
        htmx_target: target_id(request.headers()),
        demo: state.config.demo,
        secure,
        flash: Flash::of(request, &seal),
        seal,
        actor,
        regions,
        company_name,
        kept_since: None,
        waiting: HashSet::new(),
    }
}
