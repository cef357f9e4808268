//! Requests that change something have to come from a page of this site. Browsers report where a request comes from in headers that scripts
//! cannot set: `Sec-Fetch-Site`, or `Origin` from older ones. A request with neither is refused. Plain form posts carry the session's token
//! as well. A request of the API with a key is let through: the key alone says who sends it, and no page of another site can set that
//! header.

use actix_web::{
    Error,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header::HeaderMap},
    middleware::Next,
    web::Data,
};

use crate::{error::AppError, state::AppState, web::bearer::carries_bearer};

/// The middleware.
pub async fn refuse_cross_site<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !carries_bearer(request.path(), request.headers()) {
        let public_origin = request.app_data::<Data<AppState>>().and_then(|s| s.config.public_origin.clone());
        if !is_same_site(request.headers(), public_origin.as_deref()) {
            return Ok(request.error_response(AppError::CrossSite).map_into_right_body()); // an Err would miss the error pages
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn is_same_site(headers: &HeaderMap, public_origin: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin") => return true,
        Some(_) => return false,
        None => {}
    }
    let Some(origin) = text("origin") else { return false };
    match public_origin {
        Some(ours) => origin == ours,
        None => text("host").is_some_and(|host| origin.split_once("://").is_some_and(|(_, rest)| rest == host)),
    }
}

/// Whether a plain form carries its session's token.
pub fn form_fits(expected: &str, carried: &str) -> bool {
    token_fits(expected, Some(carried.split_once('.').map_or(carried, |(_, token)| token)))
}

/// Whether a token is the expected one. Compared in constant time.
pub fn token_fits(expected: &str, given: Option<&str>) -> bool {
    let given = given.unwrap_or("");
    !expected.is_empty()
        && expected.len() == given.len()
        && expected.bytes().zip(given.bytes()).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use uuid::Uuid;

    use super::*;
    use crate::web::page::{page_token, reader_of};

    fn verdict(pairs: &[(&'static str, &'static str)], public: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_same_site(&headers, public)
    }

    #[test]
    fn only_a_page_of_ours_may_change_something() {
        assert!(verdict(&[("sec-fetch-site", "same-origin")], None));
        assert!(!verdict(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], None));
        assert!(!verdict(&[("sec-fetch-site", "same-site"), ("origin", "http://a"), ("host", "a")], None));
        assert!(!verdict(&[("sec-fetch-site", "none")], None));
        assert!(verdict(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], None));
        assert!(!verdict(&[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")], None));
        assert!(!verdict(&[("origin", "null"), ("host", "null")], None));
        assert!(!verdict(&[("host", "127.0.0.1:8080")], None), "no mark at all");
        assert!(verdict(&[("origin", "https://p.example"), ("host", "internal")], Some("https://p.example")));
        assert!(!verdict(&[("origin", "http://p.example"), ("host", "p.example")], Some("https://p.example")));
    }

    #[test]
    fn a_form_says_whose_page_it_stood_on() {
        let reader = Uuid::from_u128(7);
        let carried = page_token(reader, "abc");
        assert_eq!(reader_of(&carried), Some(reader));
        assert!(form_fits("abc", &carried) && form_fits("abc", "abc"));
        assert!(
            !form_fits("abc", &page_token(reader, "abd"))
                && !form_fits("abc", &reader.to_string())
                && !form_fits("", &page_token(reader, ""))
        );
        assert_eq!((reader_of("abc"), reader_of("x.abc"), reader_of("")), (None, None, None));
    }

    #[test]
    fn a_token_fits_only_itself() {
        assert!(token_fits("abc", Some("abc")));
        assert!(!token_fits("abc", Some("abd")) && !token_fits("abc", Some("ab")) && !token_fits("abc", None) && !token_fits("", Some("")));
    }
}
