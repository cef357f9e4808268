//! `/queue` ("Senkron"): what waits in this browser, and what waits or was refused on the server.

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
    activity::words::{Names, ids_in, names_of},
    auth::{Actor, Role, rights::find_rights},
    db::{Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    ops::{Reason, Verdict, VerdictKind},
    regions::Region,
    state::AppState,
    sync::registry::find_twin_by_name,
    timesheets::api::scope_with_company,
    web::{
        answer::{acted, html},
        filters,
        flash::{Flash, Tone},
        form::{Posted, back_to},
        page::{Ctx, render},
        pagination::cut,
        part::QUEUE,
    },
};

const HOME: &str = "/queue";
/// Tells the list to load again.
const LIST_CHANGED: &str = QUEUE.event;
/// Operations on the page at most.
const MOST: i64 = 200;

/// Query of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct QueueQuery {
    region: String,
    state: String,
}

/// `GET /queue`.
pub async fn show_queue(ctx: Ctx, actor: Actor, state: Data<AppState>, query: Query<QueueQuery>) -> AppResult<HttpResponse> {
    let shown = State::parse(&query.state).ok_or_else(|| AppError::BadRequest("state".into()))?;
    let scope = scope_with_company(&actor, Some(&query.region))?;
    let mut tx = state.db.read(&scope).await?;
    let mut ops = db::list_stored(&mut tx, shown, None, MOST + 1).await?;
    let is_cut = cut(&mut ops, MOST);
    let (names, twins) = look_up(&mut tx, &ops).await?;
    drop(tx); // nobody waits for a second connection with one in hand
    let people = people_of(&state, &actor, ops.iter().map(|stored| stored.op.actor)).await?;
    let known = Known { names, people, twins };
    let items = ops.iter().map(|stored| HeldView::new(&ctx, &actor, stored, &known)).collect();
    let page = QueuePage { ctx: &ctx, filter: FilterView { region: query.region.clone(), state: shown }, items, is_cut };
    Ok(html(if QUEUE.is_wanted(&ctx) { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? }))
}

/// What the rows are called, and which row has the business key of each that waits for it.
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

/// Names of the accounts that this reader may know: of their own regions, and administrators.
pub(in crate::sync) async fn people_of(
    state: &AppState,
    reader: &Actor,
    accounts: impl Iterator<Item = Uuid>,
) -> AppResult<HashMap<Uuid, String>> {
    let mut people = HashMap::new();
    for id in accounts.collect::<HashSet<_>>() {
        if let Some(rights) = find_rights(&state.db, id).await?
            && (reader.is_admin() || rights.role == Role::Admin || rights.regions.iter().any(|region| reader.may_act_on(region)))
        {
            people.insert(id, rights.username);
        }
    }
    Ok(people)
}

macro_rules! act {
    ($(#[$doc:meta])* $name:ident, $decision:expr) => {
        $(#[$doc])*
        pub async fn $name(
            ctx: Ctx,
            actor: Actor,
            state: Data<AppState>,
            request: HttpRequest,
            id: Path<Uuid>,
            posted: Posted,
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
    /// `POST /queue/{op}/same-row`: the new row is one that is there already.
    join_op,
    Decision::SameRow
);
act!(
    /// `POST /queue/{op}/discard`: gives it up.
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
    let flash = message(decision, &before, &verdict);
    acted(ctx, click, LIST_CHANGED, &back_to(request, HOME), &flash)
}

/// The region of an operation, as its form says it; the company's for an admin.
pub(in crate::sync) fn region_of(actor: &Actor, posted: &Posted) -> AppResult<Region> {
    let code = posted.value("region");
    if code == Region::company().code() && actor.is_admin() {
        return Ok(Region::company());
    }
    posted.region(actor).map_err(|_| AppError::NotFound)
}

fn message(decision: Decision, before: &StoredOp, verdict: &Verdict) -> Flash {
    let (tone, key) = match (decision, verdict.verdict) {
        (Decision::Discarded, _) => (Tone::Info, "flash-queue-discarded"),
        (Decision::Seen, _) => (Tone::Info, "flash-queue-seen"),
        (_, VerdictKind::Applied) => (Tone::Success, "flash-queue-done"),
        (_, VerdictKind::Merged) => (Tone::Warning, "flash-queue-merged"),
        (_, VerdictKind::Rejected) => (Tone::Danger, "flash-queue-rejected"),
        (_, VerdictKind::Held | VerdictKind::Retry) => (Tone::Warning, "flash-queue-still-held"),
    };
    let text = |name: &str| before.op.fields.get(name).and_then(|change| change.to.as_str()).unwrap_or_default();
    Flash::new(tone, key, [text("full_name"), text("name"), text("work_date")].into_iter().find(|t| !t.is_empty()).unwrap_or("-"))
}

#[derive(Template)]
#[template(path = "queue/badges.html")]
struct Badges {
    conflicts: i64,
    ops: i64,
}

/// `GET /queue/badges`: how much waits in the person's regions, for the side bar.
pub async fn show_badges(ctx: Ctx, actor: Actor, state: Data<AppState>) -> AppResult<HttpResponse> {
    let (conflicts, ops) = match Scope::of(&actor) {
        Some(scope) => count_waiting(&mut state.db.read(&scope).await?).await?,
        None => (0, 0),
    };
    Ok(html(render(&ctx, &Badges { conflicts, ops })?))
}
