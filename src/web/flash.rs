//! A message for the next page: after a form without JavaScript the browser is redirected, and the page it lands on says what happened.
//! It travels in a cookie, so nothing is kept on the server.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::page::Ctx;

/// Name of the cookie.
pub const COOKIE: &str = "rainstaff-flash";

/// What kind of news a message is: colour and icon go by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// It worked.
    Success,
    /// Good to know.
    Info,
    /// It worked, with a catch.
    Warning,
    /// It did not work.
    Danger,
}

impl Tone {
    /// The word that Tabler's classes end in.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    /// The icon beside the words: colour alone says nothing.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Success => "circle-check",
            Self::Info => "info-circle",
            Self::Warning => "alert-triangle",
            Self::Danger => "alert-circle",
        }
    }
}

/// The way back from a reversible act: the form behind "Geri al".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// Where the form posts to, for example `/timesheets/{id}/restoration`.
    pub action: String,
    /// The row.
    pub id: Uuid,
    /// The row's version after the act.
    pub base: i64,
    /// The row's region, where an admin acts.
    pub region: Option<String>,
}

impl Undo {
    /// Where the form posts to; it names the region for whoever has several.
    pub fn address(&self, ctx: &Ctx) -> String {
        let at = self.region.as_deref().map(|region| ctx.at(region)).unwrap_or_default();
        format!("{}{at}", self.action)
    }
}

/// A message, by the key of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// What kind of news it is.
    pub tone: Tone,
    /// Key of the text; it may use `{ $name }`.
    pub key: String,
    /// Whom or what it is about.
    pub name: String,
    /// How many it is about; the text may use `{ $n }`.
    #[serde(default)]
    pub n: usize,
    /// The way back, where there is one.
    pub undo: Option<Undo>,
    /// More fields of the way back's form, such as the values to go back to.
    #[serde(default)]
    pub undo_fields: Vec<(String, String)>,
}

impl Flash {
    /// A message without a way back.
    pub fn new(tone: Tone, key: &str, name: &str) -> Self {
        Self { tone, key: key.to_owned(), name: name.to_owned(), n: 0, undo: None, undo_fields: Vec::new() }
    }

    /// Whether the page makes one message of several such: good news of one entry each. Their sentence is `offline-many-` and the key.
    pub fn is_counted(&self) -> bool {
        const COUNTED: [&str; 4] =
            ["flash-timesheet-created", "flash-timesheet-updated", "flash-timesheet-deleted", "flash-timesheet-restored"];
        self.tone == Tone::Success && COUNTED.contains(&self.key.as_str())
    }

    /// The same message about so many.
    #[must_use]
    pub fn about(mut self, n: usize) -> Self {
        self.n = n;
        self
    }

    /// The same message with "Geri al".
    #[must_use]
    pub fn with_undo(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }

    /// The same message with more fields in the form behind "Geri al".
    #[must_use]
    pub fn with_undo_fields(mut self, fields: &[(&str, &str)]) -> Self {
        self.undo_fields.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    /// The cookie that carries the message to the next page. `secure` where the site is served over https.
    pub fn to_cookie(&self, secure: bool) -> Cookie<'static> {
        let body = serde_json::to_vec(self).unwrap_or_default();
        cookie(URL_SAFE_NO_PAD.encode(body), Duration::minutes(1), secure)
    }

    /// Reads the message back; anything else than what [`Flash::to_cookie`] wrote is no message.
    pub fn from_cookie(value: &str) -> Option<Self> {
        let flash: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        let goes_home = |undo: &Undo| undo.action.starts_with('/') && !undo.action.starts_with("//");
        (flash.key.starts_with("flash-") && flash.undo.as_ref().is_none_or(goes_home)).then_some(flash)
    }
}

/// The cookie that takes a shown message away.
pub fn removal(secure: bool) -> Cookie<'static> {
    cookie(String::new(), Duration::ZERO, secure)
}

fn cookie(value: String, age: Duration, secure: bool) -> Cookie<'static> {
    Cookie::build(COOKIE, value).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).max_age(age).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undo(action: &str) -> Undo {
        Undo { action: action.to_owned(), id: Uuid::nil(), base: 3, region: Some("ankara".to_owned()) }
    }

    #[test]
    fn a_message_survives_the_journey() {
        let flash = Flash::new(Tone::Success, "flash-timesheet-deleted", "Şükrü Işık").with_undo(undo("/timesheets/1/restoration"));
        assert_eq!(Flash::from_cookie(flash.to_cookie(true).value()), Some(flash));
    }

    #[test]
    fn a_forged_message_is_none() {
        assert_eq!(Flash::from_cookie("%%%"), None);
        assert_eq!(Flash::from_cookie(&URL_SAFE_NO_PAD.encode("{}")), None);
        let foreign_text = Flash::new(Tone::Info, "login-title", "");
        assert_eq!(Flash::from_cookie(foreign_text.to_cookie(true).value()), None);
        for elsewhere in ["https://example.com/", "//example.com/"] {
            let flash = Flash::new(Tone::Info, "flash-timesheet-deleted", "").with_undo(undo(elsewhere));
            assert_eq!(Flash::from_cookie(flash.to_cookie(true).value()), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_shown_message_is_taken_away() {
        assert_eq!(removal(true).max_age(), Some(Duration::ZERO));
    }
}
