//! The page that the service worker keeps for addresses it has no copy of.

use askama::Template;

use super::{
    filters,
    page::{Ctx, render},
};
use crate::error::PageResult;

#[derive(Template)]
#[template(path = "errors/offline.html")]
struct OfflinePage<'a> {
    ctx: &'a Ctx,
    reasons: Reasons,
}

/// Why there is nothing else to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reasons {
    /// Any: the service worker leaves of the marked parts those of the one that holds.
    All,
    /// There is no copy of the page.
    NoCopy,
    /// It is a file, which the server makes.
    File,
}

impl Reasons {
    /// Whether it may be this one.
    fn has(self, reason: Self) -> bool {
        self == Self::All || self == reason
    }
}

/// The page.
pub fn render_offline(ctx: &Ctx, reasons: Reasons) -> PageResult<String> {
    Ok(render(ctx, &OfflinePage { ctx, reasons })?)
}
