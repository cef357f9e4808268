//! `/queue` ("Senkron"): what waits in this browser, and what is held or was refused on the server.

use std::collections::{HashMap, HashSet};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Decision, State, StoredOp, count_waiting, db, decide,
    views::{FilterView, HeldView, Known, QueuePage},
    wanted_row,
};
use crate::{
    auth::rights::{Rights, find_rights},
    db::{Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    identity::{Actor, Region, Role},
    ops::{Reason, Verdict, VerdictKind},
    state::AppState,
    sync::registry::find_twin_by_name,
    web::{
        answer::{acted, back_to, html},
        asked::Asked,
        extract::Req,
        filters,
        flash::{Flash, Tone},
        form::Posted,
        page::{Ctx, render},
        pagination::Pager,
        part::QUEUE,
        scope::scope_with_company,
    },
    words::{Names, ids_in, names_of},
};

const HOME: &str = "/queue";
/// The event after which the list loads again.
const LIST_CHANGED: &str = QUEUE.event;
/// Operations on a page.
const PAGE: i64 = 50;

/// Query of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct QueueQuery {
    region: String,
    state: String,
    page: Option<i64>,
}

/// `GET /queue`.
pub async fn show_queue(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>, query: Query<QueueQuery>) -> AppResult<HttpResponse> {
    let mut asked = Asked::new(ctx.lang);
    let shown = asked.word("state", Some(&query.state), State::parse).or_else(|| State::parse(""));
    asked.refuse()?;
    let shown = shown.ok_or_else(|| AppError::Fault("no first state".into()))?;
    let scope = scope_with_company(&actor, Some(&query.region))?;
    let mut tx = state.db.read(&scope).await?;
    let (ops, pager) = page_of(&mut tx, shown, query.page).await?;
    let (names, twins) = look_up(&mut tx, &ops).await?;
    drop(tx); // no request waits for a second connection while it holds one
    let authors = authors_of(&state, ops.iter().map(|stored| stored.op.actor)).await?;
    let admins = authors.iter().filter(|(_, rights)| rights.role == Role::Admin).map(|(id, _)| *id).collect();
    let known = Known { names, people: named_to(&actor, authors), admins, twins };
    let items = ops.iter().map(|stored| HeldView::new(&ctx, &actor, stored, &known)).collect();
    let page = QueuePage { ctx: &ctx, filter: FilterView { region: query.region.clone(), state: shown }, items, pager };
    Ok(html(if QUEUE.is_wanted(&ctx) { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? }))
}

/// The requested page of the list; the first if that page does not exist (any more).
async fn page_of(tx: &mut ScopedTx<Read>, shown: State, asked: Option<i64>) -> AppResult<(Vec<StoredOp>, Pager)> {
    let offset = asked.unwrap_or(1).saturating_sub(1).clamp(0, i64::MAX / PAGE) * PAGE;
    let (ops, total) = db::list_stored(tx, shown, None, PAGE, offset).await?;
    if ops.is_empty() && offset > 0 {
        let (ops, total) = db::list_stored(tx, shown, None, PAGE, 0).await?;
        return Ok((ops, Pager::new(None, PAGE, total)));
    }
    Ok((ops, Pager::new(asked, PAGE, total)))
}

/// Names of the rows, and for each operation that waits because of its business key the row that has this key.
async fn look_up(tx: &mut ScopedTx<Read>, ops: &[StoredOp]) -> AppResult<(Names, HashMap<Uuid, Uuid>)> {
    let mut twins = HashMap::new();
    for stored in ops.iter().filter(|stored| stored.verdict.reason == Some(Reason::NaturalKey)) {
        if let Some(twin) = find_twin_by_name(tx, &stored.op.entity, &stored.op.region, &wanted_row(&stored.op)).await? {
            twins.insert(stored.op.op_id, twin);
        }
    }
    let values = ops.iter().flat_map(|stored| stored.op.fields.values().flat_map(|change| [&change.from, &change.to]));
    let mut ids = ids_in(values);
    ids.extend(ops.iter().map(|stored| stored.op.id));
    ids.extend(twins.values());
    Ok((names_of(tx, &ids).await?, twins))
}

/// Names of the accounts that this reader may know: those of the reader's regions, and administrators.
pub(in crate::sync) async fn people_of(
    state: &AppState,
    reader: &Actor,
    accounts: impl Iterator<Item = Uuid>,
) -> AppResult<HashMap<Uuid, String>> {
    Ok(named_to(reader, authors_of(state, accounts).await?))
}

async fn authors_of(state: &AppState, accounts: impl Iterator<Item = Uuid>) -> AppResult<HashMap<Uuid, Rights>> {
    let mut authors = HashMap::new();
    for id in accounts.collect::<HashSet<_>>() {
        if let Some(rights) = find_rights(&state.db, id).await? {
            authors.insert(id, rights);
        }
    }
    Ok(authors)
}

fn named_to(reader: &Actor, accounts: HashMap<Uuid, Rights>) -> HashMap<Uuid, String> {
    let may_know =
        |rights: &Rights| reader.is_admin() || rights.role == Role::Admin || rights.regions.iter().any(|region| reader.may_act_on(region));
    accounts.into_iter().filter(|(_, rights)| may_know(rights)).map(|(id, rights)| (id, rights.username)).collect()
}

macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $decision:expr) => {
        $(#[$doc])*
        pub async fn $name(
            ctx: Req<Ctx>,
            actor: Req<Actor>,
            state: Data<AppState>,
            request: HttpRequest,
            id: Path<Uuid>,
            posted: Req<Posted>,
        ) -> AppResult<HttpResponse> {
            act(&ctx, &actor, &state, &request, *id, &posted, $decision).await
        }
    };
}

act!(
    /// `POST /queue/{op}/attempt`: tries it again.
    retry_op,
    Decision::Retried
);
act!(
    /// `POST /queue/{op}/acceptance`: an administrator answers for it.
    accept_op,
    Decision::Accepted
);
act!(
    /// `POST /queue/{op}/same-row`: the new row is an existing one.
    join_op,
    Decision::SameRow
);
act!(
    /// `POST /queue/{op}/discard`: discards it.
    discard_op,
    Decision::Discarded
);
act!(
    /// `POST /queue/{op}/notice`: its refusal was seen.
    notice_op,
    Decision::Seen
);

async fn act(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    op_id: Uuid,
    posted: &Posted,
    decision: Decision,
) -> AppResult<HttpResponse> {
    if decision == Decision::Accepted && !actor.is_admin() {
        return Err(AppError::Forbidden);
    }
    let region = region_of(actor, posted)?;
    let click = posted.op_id()?;
    let (before, verdict) = decide(state, actor, &region, op_id, click, decision).await?;
    let mut tx = state.db.read(&Scope::with_company(actor).ok_or(AppError::Forbidden)?).await?;
    let (names, _) = look_up(&mut tx, std::slice::from_ref(&before)).await?;
    drop(tx);
    let flash = message(decision, &before, &verdict, &names);
    acted(ctx, click, LIST_CHANGED, &back_to(request, HOME), &flash)
}

/// The region of an operation, as its form names it; the company's for an admin.
pub(in crate::sync) fn region_of(actor: &Actor, posted: &Posted) -> AppResult<Region> {
    let code = posted.value("region");
    if code == Region::company().code() && actor.is_admin() {
        return Ok(Region::company());
    }
    posted.region(actor).map_err(|_| AppError::NotFound)
}

fn message(decision: Decision, before: &StoredOp, verdict: &Verdict, names: &Names) -> Flash {
    let (tone, key) = match (decision, verdict.verdict) {
        (Decision::Discarded, _) => (Tone::Info, "flash-queue-discarded"),
        (Decision::Seen, _) => (Tone::Info, "flash-queue-seen"),
        (_, VerdictKind::Applied) => (Tone::Success, "flash-queue-done"),
        (_, VerdictKind::Merged) => (Tone::Warning, "flash-queue-merged"),
        (_, VerdictKind::Rejected) => (Tone::Danger, "flash-queue-rejected"),
        (_, VerdictKind::Held | VerdictKind::Retry) => (Tone::Warning, "flash-queue-still-held"),
    };
    let of_new = || names.title_of_new(&before.op.entity, &before.op.fields);
    let title = names.title(before.op.id).unwrap_or_else(of_new);
    Flash::new(tone, key, if title.is_empty() { "-" } else { &title })
}

#[derive(Template)]
#[template(path = "queue/badges.html")]
struct Badges {
    conflicts: i64,
    ops: i64,
}

/// `GET /queue/badges`: how many wait in the person's regions, for the side bar.
pub async fn show_badges(ctx: Req<Ctx>, actor: Req<Actor>, state: Data<AppState>) -> AppResult<HttpResponse> {
    let (conflicts, ops) = match Scope::of(&actor) {
        Some(scope) => count_waiting(&mut state.db.read(&scope).await?).await?,
        None => (0, 0),
    };
    Ok(html(render(&ctx, &Badges { conflicts, ops })?))
}
