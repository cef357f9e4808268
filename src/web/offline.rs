//! The page that the service worker keeps for addresses it has no copy of.

#[cfg(feature = "server")]
use actix_web::HttpResponse;
use askama::Template;

#[cfg(feature = "server")]
use super::answer::html;
use super::{
    filters,
    page::{Ctx, render},
};
use crate::error::AppResult;

#[derive(Template)]
#[template(path = "errors/offline.html")]
struct OfflinePage<'a> {
    ctx: &'a Ctx,
    has_all_reasons: bool,
}

/// `GET /offline`.
#[cfg(feature = "server")]
pub async fn show_offline(ctx: Ctx) -> AppResult<HttpResponse> {
    Ok(html(render_offline(&ctx, true)?))
}

/// The page. With all reasons it is for the service worker, which leaves of the marked parts those of the one that holds; else it says that
/// there is no copy.
pub fn render_offline(ctx: &Ctx, has_all_reasons: bool) -> AppResult<String> {
    Ok(render(ctx, &OfflinePage { ctx, has_all_reasons })?)
}
