//! Rainstaff's cookies, except the session's: all built in one way.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use chrono::TimeDelta;

/// A cookie that scripts cannot read, for this host only. Over TLS its name begins with `__Host-`: browsers refuse a cookie of that name if
/// another host or plain http sets it.
pub fn build(name: &str, value: String, age: TimeDelta, over_tls: bool) -> Cookie<'static> {
    Cookie::build(full_name(name, over_tls), value)
        .path("/")
        .http_only(true)
        .secure(over_tls)
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(age.num_seconds()))
        .finish()
}

/// The cookie of that name, as [`build`] names it.
pub fn find(request: &HttpRequest, name: &str, over_tls: bool) -> Option<Cookie<'static>> {
    request.cookie(&full_name(name, over_tls))
}

/// The cookie's name in the browser.
pub fn full_name(name: &str, over_tls: bool) -> String {
    if over_tls { format!("__Host-{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_no_other_host_can_plant_a_cookie_of_ours() {
        let cookie = build("rainstaff-x", "1".to_owned(), TimeDelta::minutes(1), true);
        assert_eq!(cookie.to_string(), "__Host-rainstaff-x=1; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        assert_eq!(
            build("rainstaff-x", "1".to_owned(), TimeDelta::zero(), false).to_string(),
            "rainstaff-x=1; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
        );
    }
}
