//! The message beside a fragment.

use askama::Template;

use super::{
    filters,
    flash::Flash,
    page::{Ctx, render},
};

#[derive(Template)]
#[template(path = "components/toast_aside.html")]
struct ToastAside<'a> {
    ctx: &'a Ctx,
    flash: &'a Flash,
}

/// A toast for the corner of the page, independent of the place of the fragment it is appended to.
pub fn toast_aside(ctx: &Ctx, flash: &Flash) -> askama::Result<String> {
    render(ctx, &ToastAside { ctx, flash })
}
