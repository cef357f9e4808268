//! `/queue` ("Senkron"): what this browser keeps.

use actix_web::HttpResponse;
use askama::Template;

use crate::{
    auth::Actor,
    error::AppResult,
    web::{
        answer::html,
        filters,
        page::{Ctx, render},
    },
};

#[derive(Template)]
#[template(path = "queue/queue.html")]
struct QueuePage<'a> {
    ctx: &'a Ctx,
}

/// `GET /queue`.
pub async fn show_queue(ctx: Ctx, _: Actor) -> AppResult<HttpResponse> {
    Ok(html(render(&ctx, &QueuePage { ctx: &ctx })?))
}
