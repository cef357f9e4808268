//! `/login`, `/logout`, `/password`, `/preferences`: forms in, pages and redirects out. The work is done in `sign_in`.

use actix_session::Session;
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::Cookie,
    http::{StatusCode, header},
    web::{Data, Form, Query},
};
use chrono::TimeDelta;
use serde::Deserialize;

use super::{
    accounts::{DEMO_PASSWORD, FIRST_ADMIN},
    forms::{LoginForm, PasswordForm, SignOutForm},
    known_browser::Marks,
    login_page::{LoginPage, LoginProblem},
    password_page::{PasswordPage, PasswordProblem, PasswordProblems},
    resume_page::ResumePage,
    session_store::opened,
    sign_in::{self, Change, From, SignIn},
};
use crate::{
    auth::carried::CarriedForm,
    error::{AppError, AppResult},
    i18n::Lang,
    identity::{Actor, FIRST_OFFICES},
    passwords::Password,
    state::AppState,
    web::{
        cookies,
        csrf::form_fits,
        extract::Req,
        page::{Ctx, Theme, page_token, render},
        pairs::Pairs,
        visitor::visitor_of,
    },
    wire::{LANG_COOKIE, PasswordTaken, X_PASSWORD_TAKEN},
};

/// Query of `/login`.
#[derive(Debug, Default, Deserialize)]
pub struct LoginQuery {
    /// Address to open afterwards.
    #[serde(default)]
    pub next: String,
    /// The language chosen on the page.
    pub lang: Option<String>,
}

/// The person's choices for the interface; missing fields stay unchanged.
#[derive(Debug, Deserialize)]
pub struct PreferencesForm {
    /// The session's CSRF token.
    #[serde(rename = "_csrf")]
    pub csrf: Option<String>,
    /// `tr` or `en`.
    pub lang: Option<String>,
    /// `auto`, `light` or `dark`.
    pub theme: Option<String>,
}

/// `GET /login`.
pub async fn show_login(mut ctx: Req<Ctx>, query: Query<LoginQuery>) -> AppResult<HttpResponse> {
    let next = local_path(&query.next);
    if ctx.actor.is_some() {
        return Ok(see_other(next.unwrap_or("/")));
    }
    let chosen = choose_lang(&mut ctx, query.lang.as_deref());
    with_lang(&ctx, login_page(&ctx, StatusCode::OK, "", next, "", None)?, chosen)
}

/// `POST /login`.
pub async fn sign_in(
    mut ctx: Req<Ctx>,
    request: HttpRequest,
    session: Session,
    state: Data<AppState>,
    query: Query<LoginQuery>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let form = LoginForm::read(&Pairs::from(pairs));
    choose_lang(&mut ctx, query.lang.as_deref());
    let next = local_path(&form.next);
    let visitor = visitor_of(&request, &state.config);
    let from = From { visitor: &visitor, marks: &Marks::of(&request, &state.config) };
    let again = |status, problem| login_page(&ctx, status, &form.username, next, &form.carried, Some(problem));
    match sign_in::sign_in(&state, &session, from, &form.username, form.password.clone().unwrap_or_default()).await? {
        SignIn::Welcome { must_change: true, mark, .. } => with_cookie(see_other("/password"), &mark),
        SignIn::Welcome { must_change: false, user, epoch, mark } => {
            let taken = PasswordTaken { user, epoch };
            let answer = match offer_again(&ctx, &session, &state, &form.carried)? {
                Some(page) => with_password_taken(html(StatusCode::OK, page), taken),
                None => see_other_with(next.unwrap_or("/"), taken),
            };
            with_cookie(answer, &mark)
        }
        SignIn::Ended => again(StatusCode::UNPROCESSABLE_ENTITY, LoginProblem::TemporaryEnded),
        SignIn::Wrong => again(StatusCode::UNPROCESSABLE_ENTITY, LoginProblem::Wrong),
        SignIn::Wait(seconds) => Ok(retry_after(again(StatusCode::TOO_MANY_REQUESTS, LoginProblem::Throttled(seconds))?, seconds)),
    }
}

/// `POST /logout`. Without a session there is nothing left to do. The service worker sends it by script, perhaps long after the button was
/// pressed: requests by script need no CSRF token, here as in every form.
pub async fn sign_out(
    ctx: Req<Ctx>,
    request: HttpRequest,
    session: Session,
    state: Data<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let form = SignOutForm::read(&Pairs::from(pairs));
    if let Some(actor) = &ctx.actor {
        if !ctx.is_htmx {
            signed_in(&ctx, form.csrf.as_deref())?;
        }
        sign_in::sign_out(&state, &session, actor, &visitor_of(&request, &state.config), form.last).await?;
    }
    Ok(see_other("/login"))
}

/// `GET /password`.
pub async fn show_password(ctx: Req<Ctx>) -> AppResult<HttpResponse> {
    let actor = ctx.actor.as_ref().ok_or(AppError::SignIn)?;
    password_page(&ctx, actor, StatusCode::OK, PasswordProblems::default())
}

/// `POST /password`.
pub async fn change_password(
    ctx: Req<Ctx>,
    request: HttpRequest,
    session: Session,
    state: Data<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> AppResult<HttpResponse> {
    let form = PasswordForm::read(&Pairs::from(pairs));
    let actor = signed_in(&ctx, form.csrf.as_deref())?;
    let (current, new) = match passwords_of(form) {
        Ok(both) => both,
        Err(problems) => return password_page(&ctx, actor, StatusCode::UNPROCESSABLE_ENTITY, problems),
    };
    let visitor = visitor_of(&request, &state.config);
    let from = From { visitor: &visitor, marks: &Marks::of(&request, &state.config) };
    let problems = match sign_in::change_password(&state, &session, actor, from, current, new).await? {
        Change::Done { epoch, mark } => {
            return with_cookie(see_other_with("/", PasswordTaken { user: actor.user_id, epoch }), &mark);
        }
        Change::Ended => PasswordProblems { current: Some(PasswordProblem::Ended), ..PasswordProblems::default() },
        Change::Wait(seconds) => return Err(AppError::TooMany(seconds)),
        Change::WrongCurrent => PasswordProblems { current: Some(PasswordProblem::Wrong), ..PasswordProblems::default() },
        Change::Refused(fault) => PasswordProblems { new: Some(fault.into()), ..PasswordProblems::default() },
    };
    password_page(&ctx, actor, StatusCode::UNPROCESSABLE_ENTITY, problems)
}

/// `POST /preferences`: then back to the page that sent it.
pub async fn change_preferences(
    ctx: Req<Ctx>,
    request: HttpRequest,
    state: Data<AppState>,
    Form(form): Form<PreferencesForm>,
) -> AppResult<HttpResponse> {
    let actor = signed_in(&ctx, form.csrf.as_deref())?;
    let lang = form.lang.as_deref().and_then(Lang::parse);
    let theme = form.theme.as_deref().and_then(Theme::parse);
    sign_in::store_preferences(&state, actor, lang.map(Lang::as_str), theme.map(Theme::as_str)).await?;
    let referer = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    with_lang(&ctx, see_other(referer.and_then(path_of_url).unwrap_or("/")), lang)
}

/// The person whose current session sent a form.
fn signed_in<'c>(ctx: &'c Ctx, token: Option<&str>) -> AppResult<&'c Actor> {
    let actor = ctx.actor.as_ref().ok_or(AppError::SignIn)?;
    if form_fits(&actor.csrf, token.unwrap_or_default()) { Ok(actor) } else { Err(AppError::CrossSite) }
}

fn choose_lang(ctx: &mut Ctx, wish: Option<&str>) -> Option<Lang> {
    let chosen = wish.and_then(Lang::parse);
    ctx.lang = chosen.unwrap_or(ctx.lang);
    chosen
}

/// Stores the chosen language for this browser's sign-in page.
fn with_lang(ctx: &Ctx, answer: HttpResponse, chosen: Option<Lang>) -> AppResult<HttpResponse> {
    match chosen {
        Some(lang) => with_cookie(answer, &cookies::build(LANG_COOKIE, lang.as_str().to_owned(), TimeDelta::days(365), ctx.secure)),
        None => Ok(answer),
    }
}

fn with_cookie(mut answer: HttpResponse, cookie: &Cookie<'_>) -> AppResult<HttpResponse> {
    answer.add_cookie(cookie).map_err(|e| AppError::Fault(format!("cookie: {e}")))?;
    Ok(answer)
}

/// The sign-in page for a person whose session had ended when they posted a form: 401, with the form if it can be carried. Afterwards the
/// browser returns to the form's page.
pub fn ask_to_sign_in_again(ctx: &Ctx, request: &HttpRequest, carried: &str) -> AppResult<HttpResponse> {
    let referer = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    login_page(ctx, StatusCode::UNAUTHORIZED, "", referer.and_then(path_of_url), carried, Some(LoginProblem::Ended))
}

/// Offers the form that the person had filled in when their session ended; `None` for any other person.
fn offer_again(ctx: &Ctx, session: &Session, state: &AppState, carried: &str) -> AppResult<Option<String>> {
    let Some((user, token)) = opened(session) else { return Ok(None) };
    let form = CarriedForm::open(carried, &state.config.secret, state.clock.now()).filter(|form| form.reader == user);
    form.map(|form| Ok(render(ctx, &ResumePage::new(ctx, &form, &page_token(user, &token)))?)).transpose()
}

fn login_page(
    ctx: &Ctx,
    status: StatusCode,
    username: &str,
    next: Option<&str>,
    carried: &str,
    problem: Option<LoginProblem>,
) -> AppResult<HttpResponse> {
    let names: Vec<&str> = FIRST_OFFICES.iter().map(|office| office.username).chain([FIRST_ADMIN]).collect();
    let page = LoginPage {
        ctx,
        username,
        next: next.unwrap_or_default(),
        carried,
        problem,
        is_offline: false,
        demo_accounts: &names,
        demo_password: DEMO_PASSWORD,
    };
    Ok(html(status, render(ctx, &page)?))
}

fn password_page(ctx: &Ctx, actor: &Actor, status: StatusCode, problems: PasswordProblems) -> AppResult<HttpResponse> {
    Ok(html(status, render(ctx, &PasswordPage { ctx, forced: actor.must_change, problems })?))
}

fn html(status: StatusCode, body: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body)
}

fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// Redirects to `path` with the mark that the form's password is the account's.
fn see_other_with(path: &str, taken: PasswordTaken) -> HttpResponse {
    with_password_taken(see_other(path), taken)
}

fn with_password_taken(mut answer: HttpResponse, taken: PasswordTaken) -> HttpResponse {
    if let Ok(value) = taken.to_string().parse() {
        answer.headers_mut().insert(header::HeaderName::from_static(X_PASSWORD_TAKEN), value);
    }
    answer
}

fn retry_after(mut answer: HttpResponse, seconds: u64) -> HttpResponse {
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    answer
}

/// The current and the new password; or the problems that are visible without the account.
fn passwords_of(form: PasswordForm) -> Result<(Password, Password), PasswordProblems> {
    let missing = |password: &Option<Password>| password.is_none().then_some(PasswordProblem::Missing);
    let differs = || (form.repeat != form.new).then_some(PasswordProblem::Differs);
    let problems =
        PasswordProblems { current: missing(&form.current), new: missing(&form.new), repeat: missing(&form.repeat).or_else(differs) };
    match (form.current, form.new) {
        (Some(current), Some(new)) if problems.is_empty() => Ok((current, new)),
        _ => Err(problems),
    }
}

/// A path of this site that is safe for a redirect: it cannot name another host or break a header.
fn local_path(text: &str) -> Option<&str> {
    let is_local = text.starts_with('/') && !text[1..].starts_with(['/', '\\']);
    let is_plain = text.len() <= 2000 && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (is_local && is_plain).then_some(text)
}

/// Path and query of an address. The host is ignored: the browser stays on this site.
fn path_of_url(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    local_path(&rest[rest.find('/')?..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/timesheets?from=2026-01-05&q=%C5%9F", "/a//b"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in ["", "timesheets", "//evil.example", "/\\evil.example", "/a\\b", "https://evil.example/", "/a\r\nX: y", "/\u{131}"] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(2000))), None);
    }

    #[test]
    fn the_way_back_is_the_path_of_the_page_before() {
        assert_eq!(path_of_url("http://127.0.0.1:8080/employees?q=a"), Some("/employees?q=a"));
        assert_eq!(path_of_url("https://evil.example//evil.example/"), None);
        assert_eq!(path_of_url("http://127.0.0.1:8080"), None);
        assert_eq!(path_of_url("javascript:alert(1)"), None);
    }

    #[test]
    fn the_new_password_has_to_be_typed_twice_the_same() {
        let form = |current, new, repeat| {
            let typed = |text| Password::typed(Some(text));
            passwords_of(PasswordForm { csrf: None, current: typed(current), new: typed(new), repeat: typed(repeat) })
        };
        assert_eq!(form("a", "b", "b"), Ok((Password::new("a"), Password::new("b"))));
        assert_eq!(form("a", "b", "c").unwrap_err().repeat, Some(PasswordProblem::Differs));
        let empty = form("", "", "").unwrap_err();
        assert_eq!(
            (empty.current, empty.new, empty.repeat),
            (Some(PasswordProblem::Missing), Some(PasswordProblem::Missing), Some(PasswordProblem::Missing))
        );
    }
}
