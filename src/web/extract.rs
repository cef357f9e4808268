//! Extractors: a posted form, and the context of a page.

use std::{
    collections::HashSet,
    future::Future,
    ops::{Deref, DerefMut},
    pin::Pin,
};

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
    flash::{self, Seal},
    flash_cookie,
    form::Posted,
    htmx::{target_id, wants_fragment},
    limits,
    page::{Ctx, RegionName, Theme, page_token, reader_of},
    session::{actor_of, company_name_of, find_actor, region_names_of},
};
use crate::{error::AppError, i18n::Lang, identity::Actor, state::AppState, telemetry::RequestId, wire};

/// What a handler takes from its request: a person, a posted form, the context of a page. The types themselves do not know requests.
#[derive(Debug)]
pub struct Req<T>(T);

impl<T> Req<T> {
    /// What was read from the request.
    pub fn of(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Req<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Req<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// A posted form of a signed-in person.
impl FromRequest for Req<Posted> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let actor = actor_of(&request.get_session());
        // A page of another site cannot send htmx's header without a preflight, which this server never allows; and a form that stayed open
        // while its author signed in again in another tab has the old session's token. A form from another person's page is not taken in
        // the name of the person who has signed in since.
        let by_script = wants_fragment(request.headers());
        let pairs = UrlEncoded::<Vec<(String, String)>>::new(request, payload).limit(limits::FORM);
        Box::pin(async move {
            let actor = actor.ok_or(AppError::SignIn)?; // before a byte of it is read
            let posted = Posted::from_pairs(pairs.await.map_err(|error| limits::refusal_of(&error))?);
            let token = posted.value("_csrf");
            if by_script && reader_of(token).is_some_and(|reader| reader != actor.user_id) {
                return Err(AppError::SignIn);
            }
            if by_script || form_fits(&actor.csrf, token) { Ok(Self(posted)) } else { Err(AppError::CrossSite) }
        })
    }
}

/// The context of a page, for visitors and signed-in people alike. A page that needs a person also asks for the [`Actor`].
impl FromRequest for Req<Ctx> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(context_of(request).map(Self))
    }
}

/// The context, with what the session knows of the person; the database is not asked again.
fn context_of(request: &HttpRequest) -> Result<Ctx, AppError> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| AppError::Fault("no state".into()))?;
    let actor = find_actor(&request.get_session())?;
    let ctx = plain_context(request, state, actor);
    request.extensions_mut().insert(KnownRegions(ctx.regions.clone()));
    Ok(ctx)
}

/// The regions of the person who sent the request, for its error page.
struct KnownRegions(Vec<RegionName>);

/// The same, whatever the state of the session: what an error page can always have.
pub fn plain_context(request: &HttpRequest, state: &AppState, actor: Option<Actor>) -> Ctx {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let chosen = cookies::find(request, wire::LANG_COOKIE, state.config.is_over_tls()).and_then(|c| Lang::parse(c.value()));
    let lang = match &actor {
        Some(actor) => Lang::parse(&actor.lang),
        None => chosen,
    };
    // When an error page is made, the session has been put away already.
    let session = request.get_session();
    let (of_session, company_name) = (region_names_of(&session), company_name_of(&session));
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
        flash: flash_cookie::find(request, &seal),
        seal,
        actor,
        regions,
        company_name,
        kept_since: None,
        waiting: HashSet::new(),
    }
}
