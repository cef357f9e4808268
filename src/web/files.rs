//! Files of the pages at their addresses.

use actix_web::{HttpRequest, HttpResponse, web::Path};

use super::{
    answer::html,
    assets,
    extract::Req,
    offline::{Reasons, render_offline},
    page::Ctx,
};
use crate::error::AppResult;

/// `GET /static/{name}`.
pub async fn show_asset(name: Path<String>, request: HttpRequest) -> AppResult<HttpResponse> {
    assets::file(&name, &request)
}

/// `GET /manifest.webmanifest`.
pub async fn show_web_manifest(request: HttpRequest) -> AppResult<HttpResponse> {
    assets::web_manifest(&request)
}

/// `GET /offline`: the page that the service worker keeps for addresses it has no copy of.
pub async fn show_offline(ctx: Req<Ctx>) -> AppResult<HttpResponse> {
    Ok(html(render_offline(&ctx, Reasons::All)?))
}
