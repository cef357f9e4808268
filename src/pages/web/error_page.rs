//! The error pages: a sentence and the request's id, nothing about the cause. They work for visitors who are not signed in.

use askama::Template;

use crate::web::{
    filters,
    page::{Ctx, render},
};

#[derive(Template)]
#[template(path = "errors/404.html")]
struct NotFoundPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/403.html")]
struct ForbiddenPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/400.html")]
struct BadRequestPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/409.html")]
struct WhichRegionPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/query.html")]
struct BadQueryPage<'a> {
    ctx: &'a Ctx,
    sentences: &'a [String],
}

/// The page for an address with invalid parameters.
pub fn render_bad_query(ctx: &Ctx, sentences: &[String]) -> askama::Result<String> {
    render(ctx, &BadQueryPage { ctx, sentences })
}

#[derive(Template)]
#[template(path = "errors/413.html")]
struct TooLargePage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/429.html")]
struct TooManyPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/500.html")]
struct FaultPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/503.html")]
struct BusyPage<'a> {
    ctx: &'a Ctx,
}

#[derive(Template)]
#[template(path = "errors/only_looking.html")]
struct OnlyLookingPage<'a> {
    ctx: &'a Ctx,
}

/// The page for an admin who views a region as its clerk would and tried to change something.
pub fn render_only_looking(ctx: &Ctx) -> askama::Result<String> {
    render(ctx, &OnlyLookingPage { ctx })
}

/// The page for an HTTP status; a status without its own page gets the page of its class.
pub fn render_error(ctx: &Ctx, status: u16) -> askama::Result<String> {
    match status {
        403 => render(ctx, &ForbiddenPage { ctx }),
        404 | 405 | 410 => render(ctx, &NotFoundPage { ctx }),
        409 => render(ctx, &WhichRegionPage { ctx }),
        413 | 414 => render(ctx, &TooLargePage { ctx }),
        429 => render(ctx, &TooManyPage { ctx }),
        503 => render(ctx, &BusyPage { ctx }),
        400..=499 => render(ctx, &BadRequestPage { ctx }),
        _ => render(ctx, &FaultPage { ctx }),
    }
}
