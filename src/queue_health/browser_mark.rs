//! A cookie that no script reads, by which a browser is recognized after its storage was emptied. It says nothing about who uses the
//! browser, and opens nothing.

use actix_web::{HttpRequest, cookie::Cookie};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    auth::sessions::Browser,
    ids::new_id,
    state::AppState,
    web::{cookies, visitor::visitor_of},
};

const NAME: &str = "rainstaff-browser";
/// The longest time for which browsers keep a cookie.
const KEPT_DAYS: i64 = 400;

/// A browser, as far as the server can recognize it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserMark {
    /// The cookie's id.
    pub id: Uuid,
    /// "Chrome 120, Windows"; empty if unknown.
    pub words: String,
    is_new: bool,
    over_tls: bool,
}

impl BrowserMark {
    /// Reads the cookie; a browser without one gets an id.
    pub fn of(request: &HttpRequest, state: &AppState) -> Self {
        let over_tls = state.config.is_over_tls();
        let known = cookies::find(request, NAME, over_tls).and_then(|cookie| Uuid::try_parse(cookie.value()).ok());
        let words = visitor_of(request, &state.config).user_agent().map(Browser::of).and_then(|b| b.words().map(str::to_owned));
        Self { id: known.unwrap_or_else(new_id), words: words.unwrap_or_default(), is_new: known.is_none(), over_tls }
    }

    /// The cookie for a browser that had none.
    pub fn cookie(&self) -> Option<Cookie<'static>> {
        self.is_new.then(|| cookies::build(NAME, self.id.to_string(), TimeDelta::days(KEPT_DAYS), self.over_tls))
    }
}
