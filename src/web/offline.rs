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
}

/// `GET /offline`.
#[cfg(feature = "server")]
pub async fn show_offline(ctx: Ctx) -> AppResult<HttpResponse> {
    Ok(html(render_offline(&ctx)?))
}

/// The page.
pub fn render_offline(ctx: &Ctx) -> AppResult<String> {
    Ok(render(ctx, &OfflinePage { ctx })?)
}
