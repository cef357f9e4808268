//! By what a browser is known again when its storage was emptied: a cookie that no script reads. It says nothing about who uses it, and
//! opens nothing.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};
use uuid::Uuid;

use crate::{
    auth::{sessions::Browser, visitor_of},
    ids::new_id,
    state::AppState,
};

const NAME: &str = "rainstaff-browser";
/// Only taken over TLS: the prefix makes browsers refuse one that was planted.
const NAME_OVER_TLS: &str = "__Host-rainstaff-browser";
/// As long as browsers keep a cookie at most.
const KEPT_DAYS: i64 = 400;

/// A browser, as far as the server can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserMark {
    /// The cookie's id.
    pub id: Uuid,
    /// "Chrome 120, Windows"; empty where nothing is known.
    pub words: String,
    is_new: bool,
    over_tls: bool,
}

impl BrowserMark {
    /// Reads the cookie; a browser without one gets an id.
    pub fn of(request: &HttpRequest, state: &AppState) -> Self {
        let over_tls = state.config.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
        let known = request.cookie(name(over_tls)).and_then(|cookie| Uuid::try_parse(cookie.value()).ok());
        let words = visitor_of(request, &state.config).user_agent().map(Browser::of).and_then(|b| b.words().map(str::to_owned));
        Self { id: known.unwrap_or_else(new_id), words: words.unwrap_or_default(), is_new: known.is_none(), over_tls }
    }

    /// The cookie for a browser that had none.
    pub fn cookie(&self) -> Option<Cookie<'static>> {
        let cookie = Cookie::build(name(self.over_tls), self.id.to_string())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.over_tls)
            .max_age(Duration::days(KEPT_DAYS));
        self.is_new.then(|| cookie.finish())
    }
}

fn name(over_tls: bool) -> &'static str {
    if over_tls { NAME_OVER_TLS } else { NAME }
}
