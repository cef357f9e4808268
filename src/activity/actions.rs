//! `POST /activity/changes/{id}/reversal`: undoes one change of the history.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use super::{
    db, reversal,
    views::{mentioned_ids, title_of},
};
use crate::{
    db::Scope,
    error::{AppError, AppResult},
    identity::{Actor, Region},
    ops::Kind,
    state::AppState,
    sync::{self, load_by_name, putting_back, submit},
    web::{
        answer::{acted, refused_act, settle, stored_and_done, tone_of},
        extract::Req,
        flash::Flash,
        form::{Posted, author},
        page::Ctx,
        part::ACTIVITY,
    },
    words::list_row_names,
};

const HOME: &str = "/activity";
/// The event that makes the list of the log load again.
const LIST_CHANGED: &str = ACTIVITY.event;
/// Pages with a history, to return to.
const PAGES: [&str; 4] = ["/activity", "/timesheets/", "/employees/", "/shift-templates/"];

/// The handler. If there is an obstacle, the response names it and nothing is written.
pub async fn reverse_change(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<i64>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let scope = Scope::with_company(&actor).ok_or(AppError::Forbidden)?;
    let mut tx = state.db.read_snapshot(&scope).await?;
    let change = db::find_change(&mut tx, *id).await?.ok_or(AppError::NotFound)?;
    let reversal = reversal::of(&change).ok_or_else(|| AppError::BadRequest("this change cannot be taken back".into()))?;
    let region = Region::parse(&change.region).map_err(|_| AppError::NotFound)?;
    let now = load_by_name(&mut tx, &change.entity, &region, &[change.entity_id]).await?.pop().ok_or(AppError::NotFound)?;
    let later = db::list_changes_after(&mut tx, &change).await?;
    let names = list_row_names(&mut tx, &mentioned_ids(&change)).await?;

    let mut op = posted.bare_op(&change.entity, author(&actor, &state.clock), region, reversal.kind, change.entity_id)?;
    let answered = sync::db::list_verdicts(&mut tx, &[op.op_id]).await?;
    drop(tx);
    let to = back_to(&request);
    // A form sent again after its response was lost gets the same response, whatever has changed since.
    if answered.is_empty()
        && let Some(error) = reversal::obstacle(ctx.lang, &reversal, &now, &later)
    {
        return refused_act(&ctx, &to, &[error]);
    }
    op.base_version = Some(change.version);
    op.fields = putting_back(&change.entity, reversal.fields, &reversal::row_after(&now, &later));
    let op_id = op.op_id;
    let verdict = match settle(submit(&state, &actor, op).await?)? {
        Ok(verdict) => verdict,
        Err(errors) => return refused_act(&ctx, &to, &errors),
    };
    let key = if reversal.kind == Kind::Restore { "flash-row-brought-back" } else { "flash-change-reversed" };
    let flash = Flash::new(tone_of(&verdict), key, &title_of(&change, &names));
    if to.starts_with(HOME) {
        return acted(&ctx, op_id, LIST_CHANGED, &to, &flash);
    }
    Ok(stored_and_done(&ctx, op_id, &to, &flash))
}

/// The page that holds the history and the form.
fn back_to(request: &HttpRequest) -> String {
    let referer = request.headers().get("referer").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap_or_default();
    let is_ours = PAGES.iter().any(|page| path.starts_with(page)) && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_ours { path } else { HOME.to_owned() }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_way_back_is_a_page_with_a_history() {
        let back = |referer: &str| back_to(&TestRequest::default().insert_header(("Referer", referer)).to_http_request());
        assert_eq!(back("https://p.example/activity?kind=delete"), "/activity?kind=delete");
        assert_eq!(back("https://p.example/timesheets/019a"), "/timesheets/019a");
        for other in ["", "https://p.example/", "https://p.example//evil.example/activity", "https://p.example/admin/users"] {
            assert_eq!(back(other), "/activity", "{other}");
        }
    }
}
