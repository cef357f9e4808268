//! `/conflicts` ("Çakışmalar"): both values, who entered them and when, and two ways to settle it.

use std::collections::{BTreeMap, HashMap};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    db::{self, ConflictRow},
    views::{ConflictsPage, Known, by_row, may_decide},
};
use crate::{
    db::{Read, Scope, ScopedTx},
    error::{AppError, AppResult},
    identity::{Actor, Region},
    ops::{Change, Fields, Kind, Op, Row, VerdictKind, description},
    state::AppState,
    sync::{FeedRow, held::pages::people_of, load_by_name, putting_back, submit},
    web::{
        answer::{acted, back_to, html, refused_act, settle},
        asked::Asked,
        extract::Req,
        flash::{Flash, Tone, Undo, UndoAct},
        form::{Posted, author},
        page::{Ctx, render},
        pagination::cut,
        part::CONFLICTS,
        scope::scope_with_company,
    },
    words::{Names, ids_in, names_of, value_at},
};

const HOME: &str = "/conflicts";
/// The event after which the list, and the number in the side bar, load again.
const LIST_CHANGED: &str = CONFLICTS.event;
/// Conflicts on the page at most.
const MOST: i64 = 200;

/// Query of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConflictsQuery {
    region: String,
    state: String,
}

/// `GET /conflicts`.
pub async fn list_conflicts(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    query: Query<ConflictsQuery>,
) -> AppResult<HttpResponse> {
    let mut asked = Asked::new(ctx.lang);
    let settled = asked.word("state", Some(&query.state), |word| (word == "settled").then_some(true)).unwrap_or(false);
    asked.refuse()?;
    let mut tx = state.db.read_snapshot(&scope_with_company(&actor, Some(&query.region))?).await?;
    let mut conflicts = db::list_conflicts(&mut tx, settled, None, MOST + 1).await?;
    let is_cut = cut(&mut conflicts, MOST);
    let (names, rows) = look_up(&mut tx, &conflicts).await?;
    drop(tx); // no request waits for a second connection while it holds one
    let sides = conflicts.iter().flat_map(|c| [&c.winner, &c.loser]).flatten().map(|side| side.actor);
    let known = Known { people: people_of(&state, &actor, sides).await?, names, rows };
    let rows = by_row(&ctx, &conflicts, &known);
    let page = ConflictsPage { ctx: &ctx, region: query.region.clone(), settled, rows, is_cut };
    Ok(html(if CONFLICTS.is_wanted(&ctx) { render(&ctx, &page.as_list())? } else { render(&ctx, &page)? }))
}

/// Names of the rows, and their present values.
async fn look_up(tx: &mut ScopedTx<Read>, conflicts: &[ConflictRow]) -> AppResult<(Names, HashMap<(String, Uuid), FeedRow>)> {
    let mut by_entity: BTreeMap<(&str, &str), Vec<Uuid>> = BTreeMap::new();
    for conflict in conflicts {
        by_entity.entry((&conflict.region, &conflict.entity)).or_default().push(conflict.entity_id);
    }
    let mut rows = HashMap::new();
    for ((region, entity), ids) in by_entity {
        let region = Region::parse(region).map_err(|e| AppError::Fault(e.to_string()))?;
        rows.extend(load_by_name(tx, entity, &region, &ids).await?.into_iter().map(|row| ((region.code().to_owned(), row.id), row)));
    }
    let mut ids = ids_in(conflicts.iter().flat_map(|c| [&c.base, &c.win, &c.lose]));
    ids.extend(conflicts.iter().map(|conflict| conflict.entity_id));
    Ok((names_of(tx, &ids).await?, rows))
}

/// `POST /conflicts/{id}/resolution`: the standing value stays (`kept`), or the other value replaces it (`replaced`), as an ordinary
/// operation of the person who decides.
pub async fn settle_conflict(
    ctx: Req<Ctx>,
    actor: Req<Actor>,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<Uuid>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let everywhere = Scope::with_company(&actor).ok_or(AppError::NotFound)?;
    let mut tx = state.db.read_snapshot(&everywhere).await?;
    let conflict = db::find_conflict(&mut tx, *id).await?.ok_or(AppError::NotFound)?;
    let region = Region::parse(&conflict.region).map_err(|_| AppError::NotFound)?;
    let row = load_by_name(&mut tx, &conflict.entity, &region, &[conflict.entity_id]).await?.pop().map(|now| now.row).unwrap_or_default();
    drop(tx);
    if !may_decide(&actor, &conflict.entity) {
        return Err(AppError::Forbidden);
    }
    let (to, click) = (back_to(&request, HOME), posted.op_id()?);
    let resolution @ ("kept" | "replaced") = posted.value("choice") else {
        return Err(AppError::BadRequest("choice: kept or replaced".into()));
    };
    let mut flash = Flash::new(Tone::Success, if resolution == "kept" { "flash-conflict-kept" } else { "flash-conflict-replaced" }, "");
    if conflict.resolved_at.is_none() && resolution == "replaced" {
        let op = replacement(&actor, &state, &posted, &conflict, &row, &region).await?;
        let kind = op.kind;
        let verdict = match settle(submit(&state, &actor, op).await?)? {
            Ok(verdict) => verdict,
            Err(errors) => return refused_act(&ctx, &to, &errors),
        };
        if let (Kind::Delete, VerdictKind::Applied, Some(act)) = (kind, verdict.verdict, restoration_of(&conflict)) {
            flash =
                flash.with_undo(Undo { act, id: conflict.entity_id, base: verdict.version.unwrap_or(0), region: Some(region.to_string()) });
        }
    }
    let scope = Scope::one(&actor, &region).ok_or(AppError::NotFound)?;
    let mut tx = state.db.write(&scope).await?;
    if !db::settle(&mut tx, &conflict, resolution, &actor, state.clock.now()).await? {
        let by = conflict.resolved_by_name.as_deref().unwrap_or("?");
        flash = Flash::new(Tone::Info, "flash-conflict-settled-before", by);
    }
    tx.commit().await?;
    acted(&ctx, click, LIST_CHANGED, &to, &flash)
}

/// The undo action that takes a deletion back.
fn restoration_of(conflict: &ConflictRow) -> Option<UndoAct> {
    let has_many = description(&conflict.entity).is_some_and(|entity| entity.title.is_some());
    has_many.then(|| UndoAct::Restore(conflict.entity.clone(), conflict.entity_id))
}

/// The operation that replaces the standing value with the other one. It names the value that the reader had on the screen, so that a
/// change made since then becomes a conflict again; and it changes no other field (`row` is the row as it is). The value on the screen is
/// looked up by the row's version, which is all that the form carries of it: an identity number is masked on the screen, and is not sent
/// with the page.
async fn replacement(
    actor: &Actor,
    state: &AppState,
    posted: &Posted,
    conflict: &ConflictRow,
    row: &Row,
    region: &Region,
) -> AppResult<Op> {
    let kind = if conflict.kind == "field" { Kind::Update } else { Kind::Delete };
    let mut op = posted.bare_op(&conflict.entity, author(actor, &state.clock), region.clone(), kind, conflict.entity_id)?;
    if let (Kind::Update, Some(field)) = (kind, &conflict.field) {
        let mut tx = state.db.read(&Scope::one(actor, region).ok_or(AppError::NotFound)?).await?;
        let from = value_at(&mut tx, region, &conflict.entity, conflict.entity_id, field, op.base_version.unwrap_or_default()).await?;
        op.fields = putting_back(&conflict.entity, Fields::from([(field.clone(), Change { from, to: conflict.lose.clone() })]), row);
    }
    Ok(op)
}
