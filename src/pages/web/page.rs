//! What a page is made from: the request's context, and the only way to render.

use std::{any::Any, collections::HashSet};

use askama::Template;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    error::{PageError, PageResult},
    i18n::{Lang, filters::LANG, format, t, t_with},
    identity::Actor,
    web::flash::{Flash, Seal},
};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device is set.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every choice, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word in the table and in the form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }

    /// The value of Bootstrap's attribute until the script has asked the device.
    pub fn initial(self) -> &'static str {
        if self == Self::Dark { "dark" } else { "light" }
    }

    /// The icon of the choice.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Auto => "device-desktop",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    /// Key of the choice's name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Auto => "theme-auto",
            Self::Light => "theme-light",
            Self::Dark => "theme-dark",
        }
    }
}

/// A region with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionName {
    /// Its code, as in forms and addresses.
    pub code: String,
    /// Its name, for example `İstanbul`.
    pub name: String,
    /// Whether it takes entries; a closed one is read only.
    pub is_open: bool,
}

/// What every page knows about its request.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// The reader's language.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// Token that plain form posts carry.
    pub csrf: String,
    /// When the page is made: its script uses this clock.
    pub now: DateTime<Utc>,
    /// Id under which this request is in the logs.
    pub request_id: String,
    /// Path of the address, such as `/timesheets`.
    pub path: String,
    /// Query of the address, without `?`.
    pub query: String,
    /// A fragment is wanted, not a page.
    pub is_htmx: bool,
    /// Id of the element the fragment goes into.
    pub htmx_target: Option<String>,
    /// This is `rainstaff dev`: demo accounts, invented people.
    pub demo: bool,
    /// Cookies are for https only.
    pub secure: bool,
    /// Signs the message for the next page.
    pub seal: Seal,
    /// The regions of the person who is signed in; all offices for an admin.
    pub regions: Vec<RegionName>,
    /// Name of the company, for printed pages; `None` if not set.
    pub company_name: Option<String>,
    /// Message from the request before this one.
    pub flash: Option<Flash>,
    /// When the copy that this page is made from was last updated, in milliseconds; `None` on the server, which has no copy.
    pub kept_since: Option<i64>,
    /// Rows of the page with changes that the server does not have yet; empty on the server.
    pub waiting: HashSet<Uuid>,
}

/// An entry of the side bar.
#[derive(Debug)]
pub struct NavEntry {
    /// Where it leads.
    pub href: &'static str,
    /// Key of its text.
    pub label: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Only an admin sees it.
    pub admin_only: bool,
}

/// The program's name.
const PROGRAM: &str = "Rainstaff";

/// The side bar: one line per page.
const NAV: [NavEntry; 10] = [
    NavEntry { href: "/dashboard", label: "nav-dashboard", icon: "layout-dashboard", admin_only: false },
    NavEntry { href: "/today", label: "nav-today", icon: "calendar-check", admin_only: false },
    NavEntry { href: "/timesheets", label: "nav-timesheets", icon: "calendar-time", admin_only: false },
    NavEntry { href: "/timesheets/month", label: "nav-month", icon: "calendar-month", admin_only: false },
    NavEntry { href: "/employees", label: "nav-employees", icon: "users", admin_only: false },
    NavEntry { href: "/shift-templates", label: "nav-shift-templates", icon: "template", admin_only: false },
    NavEntry { href: "/drivers", label: "driver-list", icon: "key", admin_only: false },
    NavEntry { href: "/conflicts", label: "nav-conflicts", icon: "arrows-split", admin_only: false },
    NavEntry { href: "/queue", label: "nav-queue", icon: "refresh", admin_only: false },
    NavEntry { href: "/activity", label: "nav-activity", icon: "history", admin_only: false },
];

/// The entries that only an admin sees, under "Yönetim".
const ADMIN_NAV: [NavEntry; 5] = [
    NavEntry { href: "/admin/users", label: "nav-users", icon: "user-circle", admin_only: true },
    NavEntry { href: "/admin/regions", label: "nav-regions", icon: "building", admin_only: true },
    NavEntry { href: "/admin/devices", label: "nav-devices", icon: "device-desktop", admin_only: true },
    NavEntry { href: "/admin/settings", label: "nav-settings", icon: "settings", admin_only: true },
    NavEntry { href: "/admin/calendar", label: "nav-calendar", icon: "calendar-event", admin_only: true },
];

impl NavEntry {
    /// Id of the element for the number of waiting things behind the entry; empty for an entry without one.
    pub fn badge(&self) -> &'static str {
        match self.href {
            "/conflicts" => "badge-conflicts",
            "/queue" => "badge-queue",
            _ => "",
        }
    }
}

impl Ctx {
    /// The entries under "Yönetim"; empty for a person who is not an admin.
    pub fn admin_nav(&self) -> &'static [NavEntry] {
        if self.is_admin() { &ADMIN_NAV } else { &[] }
    }

    /// Names of the person's closed regions: read only.
    pub fn closed_regions(&self) -> String {
        self.regions.iter().filter(|region| !region.is_open).map(|region| region.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The entries of the side bar for this person: first the overview of all regions for an admin, or the day for a clerk.
    pub fn nav(&self) -> impl Iterator<Item = &'static NavEntry> {
        let is_admin = self.is_admin();
        let [board, day, others @ ..] = &NAV;
        let first = if is_admin { [board, day] } else { [day, board] };
        first.into_iter().chain(others).filter(move |entry| is_admin || !entry.admin_only)
    }

    /// Whether the page at `href`, or one below it that has no entry of its own, is open.
    pub fn is_at(&self, href: &str) -> bool {
        let covers = |href: &str| self.path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        covers(href) && !NAV.iter().any(|entry| entry.href.len() > href.len() && covers(entry.href))
    }

    /// Whether an admin is signed in.
    pub fn is_admin(&self) -> bool {
        self.actor.as_ref().is_some_and(Actor::is_admin)
    }

    /// Name of the region that an admin views as its clerk would; `None` for all others.
    pub fn viewed_region(&self) -> Option<String> {
        self.actor.as_ref().filter(|actor| actor.is_viewing()).map(|_| self.region_names())
    }

    /// Whether lists must show the region of a row, and forms must ask for it.
    pub fn has_many_regions(&self) -> bool {
        self.regions.len() > 1
    }

    /// The region that the address names.
    pub fn named_region(&self) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix("region=")).filter(|code| !code.is_empty())
    }

    /// The end of a row's address: `?region=` for readers who have several, so that the row of that region is meant; else nothing.
    pub fn at(&self, region: &str) -> String {
        if self.has_many_regions() { format!("?region={region}") } else { String::new() }
    }

    /// The same for an address that has a query already.
    pub fn and_at(&self, region: &str) -> String {
        if self.has_many_regions() { format!("&region={region}") } else { String::new() }
    }

    /// The names of the person's regions, for the head of the side bar.
    pub fn region_names(&self) -> String {
        self.regions.iter().map(|region| region.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The owner of a printed page: the company's name, or the program's if none is set.
    pub fn firm(&self) -> &str {
        self.company_name.as_deref().unwrap_or(PROGRAM)
    }

    /// The regions that a page is about, for printing: all of them for an admin.
    pub fn paper_regions(&self) -> String {
        if self.is_admin() { t(self.lang, "region-all").to_owned() } else { self.region_names() }
    }

    /// The name of a region; its code if it is not one of the person's.
    pub fn region_name<'c>(&'c self, code: &'c str) -> &'c str {
        self.regions.iter().find(|region| region.code == code).map_or(code, |region| region.name.as_str())
    }

    /// Whether a row has changes that the server does not have yet.
    pub fn is_waiting(&self, id: &Uuid) -> bool {
        self.waiting.contains(id)
    }

    /// The sentence about the age of the copy that the page is made from; `None` on the server.
    pub fn age_of_copy(&self) -> Option<String> {
        let at = DateTime::from_timestamp_millis(self.kept_since?)?;
        Some(t_with(self.lang, "copy-age", &[("at", &format::instant(at))]))
    }

    /// Whether lists can be downloaded as files: only the server makes them.
    pub fn offers_files(&self) -> bool {
        self.kept_since.is_none()
    }

    /// The same context for another address: the main address of a page that is shown at several.
    #[must_use]
    pub fn shown_at(self, path: &str, query: String) -> Self {
        Self { path: path.to_owned(), query, ..self }
    }
}

/// The query of the address.
///
/// # Errors
///
/// It does not read as one.
pub fn query_of<Q: DeserializeOwned>(ctx: &Ctx) -> PageResult<Q> {
    serde_urlencoded::from_str(&ctx.query).map_err(|error| PageError::BadRequest(format!("query: {error}")))
}

/// The token in the forms of a page: the id of its reader, and the session's token.
pub fn page_token(reader: Uuid, token: &str) -> String {
    format!("{reader}.{token}")
}

/// The reader of the page that a form was on; `None` if the form does not carry one.
pub fn reader_of(carried: &str) -> Option<Uuid> {
    carried.split_once('.').and_then(|(reader, _)| reader.parse().ok())
}

/// Renders a page, or a named block of one, in the reader's language.
pub fn render<T: Template>(ctx: &Ctx, page: &T) -> askama::Result<String> {
    render_large(ctx, page, T::SIZE_HINT)
}

/// [`render`] for a page of about `bytes` bytes: the buffer does not have to grow. All rendering goes through here.
pub fn render_large(ctx: &Ctx, page: &impl Template, bytes: usize) -> askama::Result<String> {
    let lang: &dyn Any = &ctx.lang;
    let mut text = String::with_capacity(bytes);
    page.render_into_with_values(&mut text, &(LANG, lang))?;
    Ok(text)
}

/// The query with one field set, for links that keep the filters: `url_with("q=a&page=2", "page", "3")` is `?q=a&page=3`. An empty value
/// removes the field.
pub fn url_with(query: &str, name: &str, value: &str) -> askama::Result<String> {
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name)).map(str::to_owned).collect();
    if !value.is_empty() {
        pairs.push(format!("{name}={}", askama::filters::urlencode_strict(value)?));
    }
    Ok(format!("?{}", pairs.join("&")))
}

/// The filters of this module.
pub mod filters {
    #![expect(missing_docs, clippy::inline_always, reason = "what `filter_fn` writes")]

    use std::fmt::Display;

    use askama::{Result, Values};

    /// A query with one field set: `{{ ctx.query|url_with("page", 3) }}`.
    #[askama::filter_fn]
    pub fn url_with<V: Display>(query: &str, _: &dyn Values, name: &str, value: V) -> Result<String> {
        super::url_with(query, name, &value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_the_other_filters() {
        assert_eq!(url_with("q=a%20b&page=2&from=2026-01-01", "page", "3").unwrap(), "?q=a%20b&from=2026-01-01&page=3");
        assert_eq!(url_with("page=2", "page", "").unwrap(), "?");
        assert_eq!(url_with("", "q", "ş&=").unwrap(), "?q=%C5%9F%26%3D");
    }
}
