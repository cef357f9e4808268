//! From the request: who is signed in, and the context of a page.

use actix_session::SessionExt as _;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header, web::Data};

use super::{
    flash::{self, Flash},
    htmx::{target_id, wants_fragment},
    page::{Ctx, Theme},
};
use crate::{
    auth::{self, Actor, Admin},
    error::AppError,
    i18n::Lang,
    state::AppState,
    telemetry::RequestId,
};

/// The signed-in person; visitors get a sign-in page (or 401), and somebody with a temporary password has to change it first.
impl FromRequest for Actor {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(match auth::find_actor(&request.get_session()) {
            Err(error) => Err(error),
            Ok(None) => Err(AppError::SignIn),
            Ok(Some(actor)) if actor.must_change => Err(AppError::PasswordChange),
            Ok(Some(actor)) => Ok(actor),
        })
    }
}

/// The signed-in administrator; anybody else who is signed in is refused.
impl FromRequest for Admin {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let Some(state) = request.app_data::<Data<AppState>>() else {
            return std::future::ready(Err(AppError::Fault("no state".into())));
        };
        let visitor = auth::visitor_of(request, &state.config);
        let actor = Actor::from_request(request, payload).into_inner();
        std::future::ready(actor.and_then(|actor| Self::new(actor, visitor).ok_or(AppError::Forbidden)))
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
    let chosen = request.cookie(auth::pages::LANG_COOKIE).and_then(|c| Lang::parse(c.value()));
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
    }
}
