//! The one place where a failure becomes an answer: a page, a fragment or a problem document, with the request's id and never the cause.
//! It is also the one place where failures are logged.

use actix_session::SessionExt as _;
use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError as _,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::Data,
};

use crate::{
    auth,
    error::AppError,
    state::AppState,
    telemetry::RequestId,
    web::{
        error_page::{render_bad_query, render_error, render_only_looking},
        extract::plain_context,
        flash::{Flash, Tone},
        htmx::{HX_RESWAP, X_SYNC},
        page::Ctx,
        problem::{self, Problem},
        session::actor_of,
        toast::toast_aside,
    },
    wire::X_SESSION_OVER,
};

/// The middleware.
pub async fn show_errors<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let response = next.call(request).await?;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || response.response().error().is_none() {
        return Ok(response.map_into_left_body());
    }
    log_failure(&response);
    let mut answer = answer_to(&response);
    if let Some(word) = response.headers().get(X_SESSION_OVER) {
        answer.headers_mut().insert(header::HeaderName::from_static(X_SESSION_OVER), word.clone());
    }
    Ok(response.into_response(answer).map_into_right_body())
}

fn log_failure<B>(response: &ServiceResponse<B>) {
    let Some(error) = response.response().error() else { return };
    if response.status().is_server_error() {
        tracing::error!(cause = %error, "request failed");
    } else {
        tracing::debug!(cause = %error, status = response.status().as_u16(), "request refused");
    }
}

fn answer_to<B>(response: &ServiceResponse<B>) -> HttpResponse {
    let request = response.request();
    let error = response.response().error().and_then(|e| e.as_error::<AppError>());
    // Rendered as a visitor's page where the person cannot be told from the request any more.
    let actor = actor_of(&request.get_session());
    let is_api = request.path().starts_with("/api/");
    let wants_page = !is_api && *request.method() == Method::GET;
    match error {
        Some(AppError::SignIn) if wants_page => return see_other(&format!("/login?next={}", encoded(request))),
        Some(AppError::PasswordChange) if wants_page => return see_other("/password"),
        _ => {}
    }
    let status = response.status();
    let mut answer = match error {
        Some(error) => error.error_response(),
        None => HttpResponse::new(status),
    };
    if is_api {
        return as_problem(response, error, answer);
    }
    let request_id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let Some(state) = request.app_data::<Data<AppState>>() else { return answer };
    let ctx = plain_context(request, state, actor);
    if let Some(AppError::SignIn) = error
        && !ctx.is_htmx
        && let Ok(page) = auth::pages::ask_to_sign_in_again(&ctx, request, "")
    {
        return page;
    }
    if let Some(AppError::OnlyLooking) = error {
        return refuse_onlooker(&ctx, &answer);
    }
    let page = match error {
        Some(AppError::BadQuery(sentences)) => render_bad_query(&ctx, sentences),
        _ => render_error(&ctx, status.as_u16()),
    };
    let page = page.unwrap_or_else(|_| format!("{} ({request_id})", status.as_u16()));
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    answer.set_body(BoxBody::new(page))
}

fn as_problem<B>(response: &ServiceResponse<B>, error: Option<&AppError>, mut answer: HttpResponse) -> HttpResponse {
    let status = response.status();
    let code = match (error, status) {
        (Some(error), _) => error.code(),
        (None, StatusCode::PAYLOAD_TOO_LARGE) => "too_large",
        (None, _) => "bad_request",
    };
    let mut problem = Problem::new(response.request(), status, code);
    problem.detail = match error {
        Some(error) => error.detail(),
        None if status.is_client_error() => response.response().error().map(ToString::to_string),
        None => None,
    };
    if let Some(AppError::BadParams(errors)) = error {
        problem.errors.clone_from(errors);
    }
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(problem::CONTENT_TYPE));
    headers.insert(X_SYNC, header::HeaderValue::from_static("1"));
    if status == StatusCode::UNAUTHORIZED && !headers.contains_key(header::WWW_AUTHENTICATE) {
        headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static(r#"Bearer realm="rainstaff""#));
    }
    answer.set_body(BoxBody::new(problem.to_json()))
}

/// The sentence for somebody who only looks: in the corner of the page, which stays as it is, or on a page of its own.
fn refuse_onlooker(ctx: &Ctx, answer: &HttpResponse) -> HttpResponse {
    let (status, body) = if ctx.is_htmx {
        let flash = Flash::new(Tone::Warning, "region-view-refused", "");
        (StatusCode::UNPROCESSABLE_ENTITY, toast_aside(ctx, &flash))
    } else {
        (answer.status(), render_only_looking(ctx))
    };
    let mut refusal = HttpResponse::build(status);
    refusal.insert_header((HX_RESWAP, "none")).content_type("text/html; charset=utf-8");
    refusal.body(body.unwrap_or_default())
}

fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

fn encoded(request: &actix_web::HttpRequest) -> String {
    let address = request.uri().path_and_query().map_or("/", |p| p.as_str());
    askama::filters::urlencode_strict(address).map(|e| e.to_string()).unwrap_or_default()
}
