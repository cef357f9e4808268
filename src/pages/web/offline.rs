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

/// Why only this page can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reasons {
    /// Any: the service worker keeps only the marked part that applies.
    All,
    /// There is no copy of the page.
    NoCopy,
    /// It is a file, which the server makes.
    File,
}

impl Reasons {
    /// Whether it may be this reason.
    fn has(self, reason: Self) -> bool {
        self == Self::All || self == reason
    }
}

/// The page.
pub fn render_offline(ctx: &Ctx, reasons: Reasons) -> PageResult<String> {
    Ok(render(ctx, &OfflinePage { ctx, reasons })?)
}
