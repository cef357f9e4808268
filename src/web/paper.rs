//! What stands at the head of a printed list: lists change in their place, so the page's own head cannot say it.

use super::{page::Ctx, pagination::Pager};
use crate::{
    civil,
    i18n::{t, t_with},
};

/// Which part of what a list of days shows: region, dates, search text, and which rows of how many. `code` is a region's, `from` and `to` are
/// as the filters show them; each may be empty.
pub fn line(ctx: &Ctx, code: &str, from: &str, to: &str, text: &str, pager: &Pager) -> String {
    listed(&[&region(ctx, code), &dates(ctx, from, to), &quoted(text), &part(ctx, pager)])
}

/// The same for a list that has no dates.
pub fn people(ctx: &Ctx, code: &str, text: &str, pager: &Pager) -> String {
    listed(&[&region(ctx, code), &quoted(text), &part(ctx, pager)])
}

/// The same for what is not shown in parts.
pub fn days(ctx: &Ctx, code: &str, from: &str, to: &str) -> String {
    listed(&[&region(ctx, code), &dates(ctx, from, to)])
}

fn listed(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("“{text}”") }
}

/// `1.300 kayıttan 1–50 arası`; nothing where all rows are shown.
fn part(ctx: &Ctx, pager: &Pager) -> String {
    if pager.pages() == 1 {
        return String::new();
    }
    t_with(ctx.lang, "pager-range", &[("from", &pager.from()), ("to", &pager.to()), ("total", &pager.total)])
}

/// The name of a region, or of all of them where the code is empty.
pub fn region(ctx: &Ctx, code: &str) -> String {
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
