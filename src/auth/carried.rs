//! A form that was posted after its session had ended. The sign-in page carries it, sealed; after the sign-in the person who typed it sees
//! it again, to check and send it. Only a page of this site can post it (`csrf`), only this server can seal and read it; passwords are
//! never carried.

use actix_session::SessionExt as _;
use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    cookie::{Cookie, CookieJar, Key},
    dev::{Payload, ServiceRequest, ServiceResponse, UrlEncoded},
    http::{Method, header},
    middleware::Next,
    web::{Bytes, Data},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha512};
use uuid::Uuid;

use super::forms;
use crate::{
    auth,
    config::Secret,
    state::AppState,
    web::{extract::plain_context, htmx::wants_fragment, page::reader_of, session::find_actor},
};

/// How long a form can be carried.
const LIFE: TimeDelta = TimeDelta::hours(1);
/// Bytes of a form that is carried at most; a longer one is one step back in the browser.
const MOST_BYTES: usize = 32 * 1024;
/// Bytes of what goes along with the sign-in page at most: a form of one's account is no longer (`limits`).
const MOST_SEALED: usize = 12 * 1024;
/// Fields that are not carried: the token of the session that has ended, and passwords.
const NEVER: [&str; 5] = [forms::CSRF, forms::PASSWORD, forms::CURRENT, forms::NEW, forms::REPEAT];
/// Name under which it is sealed.
const NAME: &str = "carried-form";

/// A form on its way over a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedForm {
    /// Where it was posted to: a path of this site.
    pub action: String,
    /// Whose page it stood on.
    pub reader: Uuid,
    /// Its fields, in their order.
    pub pairs: Vec<(String, String)>,
    until: DateTime<Utc>,
}

impl CarriedForm {
    /// A write form (it has an `_op`) of a page that names its reader; `None` for anything else.
    pub fn of(action: &str, pairs: Vec<(String, String)>, now: DateTime<Utc>) -> Option<Self> {
        let value = |name: &str| pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str());
        let reader = reader_of(value("_csrf")?)?;
        value("_op")?;
        let pairs = pairs.into_iter().filter(|(name, _)| !NEVER.contains(&name.as_str())).collect();
        Some(Self { action: action.to_owned(), reader, pairs, until: now + LIFE })
    }

    /// The sealed text that the sign-in page carries.
    pub fn seal(&self, secret: &Secret) -> String {
        let mut jar = CookieJar::new();
        jar.private_mut(&key_of(secret)).add(Cookie::new(NAME, serde_json::to_string(self).unwrap_or_default()));
        jar.get(NAME).map(|sealed| sealed.value().to_owned()).unwrap_or_default()
    }

    /// Opens the sealed text; `None` if this server did not seal it or it is too old.
    pub fn open(text: &str, secret: &Secret, now: DateTime<Utc>) -> Option<Self> {
        let opened = CookieJar::new().private(&key_of(secret)).decrypt(Cookie::new(NAME, text.to_owned()))?;
        let form: Self = serde_json::from_str(opened.value()).ok()?;
        (now < form.until).then_some(form)
    }
}

fn key_of(secret: &Secret) -> Key {
    let mut hash = Sha512::new_with_prefix(b"rainstaff: carried forms, 1");
    hash.update(secret.bytes());
    Key::from(&hash.finalize())
}

/// The middleware, inside the session's. If a form is posted without scripts after its session has ended, the response is the sign-in page
/// with what was typed; a script handles this itself.
pub async fn offer_sign_in<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let has_ended = matches!(find_actor(&request.get_session()), Ok(None));
    if !has_ended || !is_plain_form(&request) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let body = match request.extract::<Bytes>().await {
        Ok(body) => body,
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    let carried = read(&request, &body).await;
    request.set_payload(Payload::from(body));
    let Some((state, form)) = carried else { return Ok(next.call(request).await?.map_into_left_body()) };
    let ctx = plain_context(request.request(), &state, None);
    let sealed = Some(form.seal(&state.config.secret)).filter(|sealed| sealed.len() <= MOST_SEALED);
    let answer = auth::pages::ask_to_sign_in_again(&ctx, request.request(), sealed.as_deref().unwrap_or_default());
    let answer = answer.unwrap_or_else(|error| actix_web::ResponseError::error_response(&error));
    Ok(request.into_response(answer).map_into_right_body())
}

async fn read(request: &ServiceRequest, body: &Bytes) -> Option<(Data<AppState>, CarriedForm)> {
    let state = request.app_data::<Data<AppState>>()?.clone();
    let mut payload = Payload::from(body.clone());
    let pairs = UrlEncoded::<Vec<(String, String)>>::new(request.request(), &mut payload).limit(MOST_BYTES).await.ok()?;
    let form = CarriedForm::of(request.path(), pairs, state.clock.now())?;
    Some((state, form))
}

fn is_plain_form(request: &ServiceRequest) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let length: usize = text(header::CONTENT_LENGTH).parse().unwrap_or(usize::MAX);
    *request.method() == Method::POST
        && !request.path().starts_with("/api/")
        && !wants_fragment(request.headers())
        && text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
        && length <= MOST_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::page::page_token;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_600_000, 0).unwrap()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_is_carried_for_its_person_for_an_hour_and_without_secrets() {
        let (secret, reader) = (Secret::random(), Uuid::from_u128(7));
        let token = page_token(reader, "abc");
        let typed = pairs(&[
            ("_csrf", &token),
            ("_op", ""),
            ("_op", "1"),
            ("notes", "gece"),
            ("password", "gizli"),
            ("weekdays", "1"),
            ("weekdays", "2"),
        ]);
        let form = CarriedForm::of("/timesheets", typed, now()).unwrap();
        assert_eq!((form.action.as_str(), form.reader), ("/timesheets", reader));
        let kept: Vec<&str> = form.pairs.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(kept, ["_op", "_op", "notes", "weekdays", "weekdays"]);

        let sealed = form.seal(&secret);
        assert!(!sealed.contains("gece"));
        assert_eq!(CarriedForm::open(&sealed, &secret, now()), Some(form));
        assert_eq!(CarriedForm::open(&sealed, &secret, now() + LIFE), None, "too old");
        assert_eq!(CarriedForm::open(&sealed, &Secret::random(), now()), None, "another server's");
        assert_eq!(CarriedForm::open(&sealed[1..], &secret, now()), None);
        assert_eq!(CarriedForm::open("", &secret, now()), None);
    }

    #[test]
    fn what_is_no_write_form_of_a_page_of_ours_is_not_carried() {
        let token = page_token(Uuid::from_u128(7), "abc");
        for typed in
            [pairs(&[("_csrf", &token), ("theme", "dark")]), pairs(&[("_csrf", "abc"), ("_op", "1")]), pairs(&[("_op", "1")]), Vec::new()]
        {
            assert_eq!(CarriedForm::of("/preferences", typed, now()), None);
        }
    }
}
