//! The head of a printed list: lists change in their place, so the page's own head cannot contain it.

use super::{page::Ctx, pagination::Pager};
use crate::{
    civil,
    i18n::{t, t_with},
};

/// What a list of days shows: region, dates, other filters, and which rows of how many. `code` is a region's, `from` and `to` are as the
/// filters show them; each may be empty.
pub fn line(ctx: &Ctx, code: &str, from: &str, to: &str, about: &str, pager: &Pager) -> String {
    listed(&[&region(ctx, code), &dates(ctx, from, to), about, &part(ctx, pager)])
}

/// The same for a list that has no dates.
pub fn people(ctx: &Ctx, code: &str, about: &str, pager: &Pager) -> String {
    listed(&[&region(ctx, code), about, &part(ctx, pager)])
}

/// The same for a list of open things, which has neither dates nor pages.
pub fn rows(ctx: &Ctx, code: &str, about: &str) -> String {
    listed(&[&region(ctx, code), about])
}

/// The same for a list without pages.
pub fn days(ctx: &Ctx, code: &str, from: &str, to: &str, about: &str) -> String {
    listed(&[&region(ctx, code), &dates(ctx, from, to), about])
}

/// Joins the parts that are not empty.
pub fn listed(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// A searched text: `“ayşe”`.
pub fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("“{text}”") }
}

/// `Departman: Saha`; `label` is the key of the field's name. Empty if the value is empty.
pub fn named(ctx: &Ctx, label: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{}: {value}", t(ctx.lang, label)) }
}

/// The word of a filter's choice; empty if nothing is chosen.
pub fn chosen<'c>(choices: &'c [(String, String)], value: &str) -> &'c str {
    choices.iter().find(|(choice, _)| choice == value).map_or("", |(_, word)| word.as_str())
}

/// `1.300 kayıttan 1–50 arası`; empty if all rows are shown.
fn part(ctx: &Ctx, pager: &Pager) -> String {
    if pager.pages() == 1 {
        return String::new();
    }
    t_with(ctx.lang, "pager-range", &[("from", &pager.from()), ("to", &pager.to()), ("total", &pager.total)])
}

/// The name of a region, or of all of them if the code is empty.
fn region(ctx: &Ctx, code: &str) -> String {
    if code.is_empty() { ctx.paper_regions() } else { ctx.region_name(code).to_owned() }
}

/// Two dates as people write them: `01.11.2026 – 30.11.2026`.
fn dates(ctx: &Ctx, from: &str, to: &str) -> String {
    let shown = |text: &str| civil::parse_date(text).map_or_else(|_| text.to_owned(), civil::format_date_tr);
    match (from, to) {
        ("", "") => t(ctx.lang, "paper-all-dates").to_owned(),
        ("", to) => format!("… – {}", shown(to)),
        (from, "") => format!("{} – …", shown(from)),
        (from, to) => format!("{} – {}", shown(from), shown(to)),
    }
}
