//! Responses to actions on a day: the rows of the people concerned as they are now, the count, and a message.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::{
    day::{Day, Place},
    load::{load_day, scope_of},
    views::{Changed, Count, PersonView, address, render_asking, render_page},
};
use crate::{
    complaint::FieldError,
    error::{AppError, AppResult},
    identity::Actor,
    state::AppState,
    web::{
        answer::{acknowledged, redirect, unprocessable},
        flash::Flash,
        form::{Posted, sentence},
        page::{Ctx, render},
        toast::toast_aside,
    },
};

/// A plan that was not entered, and why.
pub(super) struct Refused {
    pub employee_id: Uuid,
    pub why: FieldError,
}

/// Responds to an action that is stored.
pub(super) fn answer_stored(
    ctx: &Ctx,
    day: &Day,
    op_id: Uuid,
    people: &[Uuid],
    refused: &[Refused],
    flash: &Flash,
) -> AppResult<HttpResponse> {
    if !ctx.is_htmx {
        return Ok(redirect(ctx, op_id, &address(ctx, &day.place, None), flash));
    }
    let (mut views, mut gone) = (Vec::new(), Vec::new());
    for id in people {
        match day.person(*id) {
            Some(person) => views.push(PersonView::new(ctx, day, person)),
            None => gone.push(*id),
        }
    }
    for Refused { employee_id, why } in refused {
        if let Some(view) = views.iter_mut().find(|view| view.id == *employee_id) {
            view.refuse_plan(why, ctx.lang);
        }
    }
    let body = render(ctx, &Changed { ctx, people: views, gone, count: Count::new(ctx, day) })? + &toast_aside(ctx, flash)?;
    Ok(acknowledged(op_id).content_type("text/html; charset=utf-8").body(body))
}

/// The row that a form belongs to.
pub(super) struct RowOf {
    pub employee_id: Uuid,
    /// `None` for a new entry.
    pub entry: Option<Uuid>,
}

/// Responds to a row's form that is not stored: the row again, with the typed values and the errors.
pub(super) async fn answer_refused(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    place: &Place,
    row: RowOf,
    posted: &Posted,
    errors: &[FieldError],
) -> AppResult<HttpResponse> {
    let day = load_day(&mut state.db.read(&scope_of(place, actor)?).await?, place).await?;
    let person = day.person(row.employee_id).ok_or(AppError::NotFound)?;
    let mut view = PersonView::new(ctx, &day, person);
    view.refuse(row.entry, posted, errors, ctx.lang);
    let body = if ctx.is_htmx {
        render(ctx, &Changed { ctx, people: vec![view], gone: Vec::new(), count: Count::new(ctx, &day) })?
    } else {
        render_page(ctx, &day, state.clock.today(), Some(view))?
    };
    Ok(unprocessable(body))
}

/// Responds to the form for everybody with a question: nothing is stored; posting the same form again confirms it.
pub(super) async fn answer_question(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    place: &Place,
    question: &FieldError,
) -> AppResult<HttpResponse> {
    let day = load_day(&mut state.db.read(&scope_of(place, actor)?).await?, place).await?;
    let question = sentence(ctx.lang, question);
    Ok(unprocessable(if ctx.is_htmx {
        render(ctx, &Changed { ctx, people: Vec::new(), gone: Vec::new(), count: Count::new(ctx, &day).asking(question) })?
    } else {
        render_asking(ctx, &day, state.clock.today(), question)?
    }))
}
