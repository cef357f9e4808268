//! From the request: who is signed in, and the context of a page.

use std::{future::Future, pin::Pin};

use actix_session::SessionExt as _;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header, web::Data};

use super::{
    flash::{self, Flash},
    htmx::{target_id, wants_fragment},
    page::{Ctx, RegionName, Theme},
};
use crate::{
    auth::{self, Actor},
    error::AppError,
    i18n::Lang,
    regions::db::list_region_names,
    state::AppState,
    telemetry::RequestId,
};

/// The signed-in person; visitors get a sign-in page (or 401), and somebody with a temporary password has to change it first. Whoever only
/// looks at a region as its clerk would is refused where something would change.
impl FromRequest for Actor {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(match auth::find_actor(&request.get_session()) {
            Err(error) => Err(error),
            Ok(None) => Err(AppError::SignIn),
            Ok(Some(actor)) if actor.must_change => Err(AppError::PasswordChange),
            Ok(Some(actor)) if actor.is_viewing() && !request.method().is_safe() => Err(AppError::OnlyLooking),
            Ok(Some(actor)) => Ok(actor),
        })
    }
}

/// The context of a page, for visitors and signed-in people alike. A page that needs a person also asks for the [`Actor`].
impl FromRequest for Ctx {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { context_of(&request).await })
    }
}

/// Builds the context; also used for error pages, which have no handler.
pub async fn context_of(request: &HttpRequest) -> Result<Ctx, AppError> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| AppError::Fault("no state".into()))?;
    let actor = auth::find_actor(&request.get_session())?;
    let regions = match &actor {
        Some(actor) => list_region_names(&state.db, actor).await?,
        None => Vec::new(),
    };
    Ok(plain_context(request, state, actor, regions))
}

/// The same without asking the database: what an error page can always have.
pub fn plain_context(request: &HttpRequest, state: &AppState, actor: Option<Actor>, regions: Vec<RegionName>) -> Ctx {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let chosen = request.cookie(auth::pages::LANG_COOKIE).and_then(|c| Lang::parse(c.value()));
    let lang = match &actor {
        Some(actor) => Lang::parse(&actor.lang),
        None => chosen,
    };
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
    }
}
