//! The log as a file: every line that passes the filters, read in parts while it is sent, so a long log needs little memory and no time
//! limit. It holds the lines that exist when the file begins; later lines are not in it.

use std::{collections::HashMap, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{
    cursor::Cursor,
    filter::{Filter, FilterView},
    lines::{Part, Row, list_part},
    views::change_in_words,
};
use crate::{
    auth::rights::refuse_lapsed,
    db::Scope,
    error::{AppError, AppResult},
    events::EventView,
    exports::{self, Export, List, attachment, csv, file_name, record_taking},
    i18n::t,
    identity::{Actor, Region},
    state::AppState,
    web::{
        page::Ctx,
        paper,
        table::{Cell, Column, FileColumns, Kind, Sheet},
    },
    words::{RowName, masked},
};

/// Lines read at once.
const PART: usize = 500;

/// Names of the exported list.
const LIST: List = List { what: "activity", file: "activity-file" };

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For people and their spreadsheets: in words, one line per field.
    Table(exports::Format),
    /// For programs: the values as stored.
    Json,
}

impl Format {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            word => exports::Format::parse(word).map(Self::Table),
        }
    }
}

/// The response. The export is recorded before the first byte is sent. A workbook is completed first; the other formats are sent while they
/// are read.
pub(super) async fn export(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    scope: Scope,
    asked: (Filter, &FilterView),
    format: Format,
) -> AppResult<HttpResponse> {
    let (filter, shown) = asked;
    let source = Source { ctx: ctx.clone(), actor: actor.clone(), state: state.clone(), scope, filter };
    let (content_type, ending, word) = match format {
        Format::Table(exports::Format::Xlsx) => {
            let export = Export::begin(ctx, actor, state, request, LIST, exports::Format::Xlsx).await?;
            return export.send(sheet_of(ctx, shown), rows_of(Arc::new(source))).await;
        }
        Format::Table(exports::Format::Csv) => ("text/csv; charset=utf-8", "csv", "CSV"),
        Format::Json => ("application/json", "json", "JSON"),
    };
    record_taking(ctx, actor, state, request, LIST.what, word).await?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(content_type).insert_header(attachment(&file_name(ctx, state, LIST.file, ending)));
    Ok(answer.streaming(bytes_of(Arc::new(source), format)))
}

/// The sheet of a workbook without its rows.
fn sheet_of(ctx: &Ctx, shown: &FilterView) -> Sheet {
    let region = if shown.region == Region::company().code() { String::new() } else { shown.region.clone() };
    Sheet {
        title: t(ctx.lang, "nav-activity").to_owned(),
        about: paper::days(ctx, &region, &shown.from, &shown.to, &paper::quoted(&shown.actor)),
        heads: FileColumns::of(&COLUMNS).heads(ctx),
        frozen: 0,
        totals: Vec::new(),
    }
}

struct Source {
    ctx: Ctx,
    actor: Actor,
    state: AppState,
    scope: Scope,
    filter: Filter,
}

#[derive(Clone, Copy)]
enum Place {
    Start,
    After(Cursor),
    End,
}

impl Source {
    /// The lines at a place, and the next place. `None` after the last line.
    async fn read(&self, place: Place) -> AppResult<Option<(Part, Place)>> {
        let before = match place {
            Place::Start => Cursor::TOP,
            Place::After(cursor) => {
                refuse_lapsed(&self.state, &self.actor).await?; // sending a long file takes time
                cursor
            }
            Place::End => return Ok(None),
        };
        let mut tx = self.state.db.read(&self.scope).await?;
        let part = list_part(&mut tx, &self.filter, before, PART).await?;
        let next = part.older.map_or(Place::End, Place::After);
        Ok(Some((part, next)))
    }
}

/// A failure in the middle ends the connection without the final chunk, so that a partial file is not taken for a complete one.
fn bytes_of(source: Arc<Source>, format: Format) -> impl Stream<Item = AppResult<Bytes>> {
    stream::try_unfold(Place::Start, move |place| {
        let source = Arc::clone(&source);
        async move {
            let Some((part, next)) = source.read(place).await? else { return Ok(None) };
            let is_first = matches!(place, Place::Start);
            let bytes = match format {
                Format::Table(_) => as_csv(&source.ctx, part, is_first)?,
                Format::Json => as_json(&part, is_first)?,
            };
            Ok(Some((Bytes::from(bytes), next)))
        }
    })
}

fn rows_of(source: Arc<Source>) -> impl Stream<Item = AppResult<Vec<Vec<Cell>>>> {
    stream::try_unfold(Place::Start, move |place| {
        let source = Arc::clone(&source);
        async move {
            let found = source.read(place).await?;
            Ok(found.map(|(part, next)| (as_rows(&source.ctx, part), next)))
        }
    })
}

fn as_csv(ctx: &Ctx, part: Part, with_head: bool) -> AppResult<Vec<u8>> {
    let mut file = csv::Writer::new(with_head);
    if with_head {
        file.heads(&FileColumns::of(&COLUMNS).heads(ctx))?;
    }
    as_rows(ctx, part).iter().try_for_each(|cells| file.row(ctx.lang, cells))?;
    file.finish()
}

/// A line of the log, or one field of it: the values before and after have their own columns.
#[derive(Default)]
struct Line {
    at: DateTime<Utc>,
    who: String,
    region: String,
    what: String,
    title: String,
    field: String,
    before: String,
    after: String,
    origin: String,
    address: String,
    id: String,
}

/// The columns of the log in spreadsheets.
const COLUMNS: [Column<Line>; 11] = [
    Column::<Line>::new("export-time", Kind::Instant, |_, line| Cell::Instant(line.at)),
    Column::<Line>::new("export-who", Kind::Text, |_, line| Cell::text(&line.who)).wide(16),
    Column::<Line>::new("field-region", Kind::Text, |_, line| Cell::text(&line.region)).wide(16),
    Column::<Line>::new("export-what", Kind::Text, |_, line| Cell::text(&line.what)).wide(32),
    Column::<Line>::new("export-title", Kind::Text, |_, line| Cell::text(&line.title)).wide(32),
    Column::<Line>::new("export-field", Kind::Text, |_, line| Cell::text(&line.field)),
    Column::<Line>::new("export-before", Kind::Text, |_, line| Cell::text(&line.before)),
    Column::<Line>::new("export-after", Kind::Text, |_, line| Cell::text(&line.after)),
    Column::<Line>::new("export-origin", Kind::Text, |_, line| Cell::text(&line.origin)),
    Column::<Line>::new("export-address", Kind::Text, |_, line| Cell::text(&line.address)).wide(16),
    Column::<Line>::new("export-id", Kind::Text, |_, line| Cell::text(&line.id)).wide(38),
];

/// One row per changed field; one row for a line without fields.
fn as_rows(ctx: &Ctx, part: Part) -> Vec<Vec<Cell>> {
    let columns = FileColumns::of(&COLUMNS);
    let lines = part.rows.into_iter().flat_map(|row| lines_of(ctx, row, &part.names));
    lines.map(|line| columns.cells(ctx, &line)).collect()
}

fn lines_of(ctx: &Ctx, row: Row, names: &HashMap<Uuid, RowName>) -> Vec<Line> {
    match row {
        Row::Change(row) => {
            let view = change_in_words(ctx, &row, names);
            let line = |field: &str, before: Option<&str>, after: Option<&str>| Line {
                at: row.at,
                who: view.who.clone(),
                region: region_name(ctx, &row.region),
                what: view.headline.clone(),
                title: view.title.clone(),
                field: field.to_owned(),
                before: before.unwrap_or_default().to_owned(),
                after: after.unwrap_or_default().to_owned(),
                origin: view.origin.clone(),
                address: String::new(),
                id: row.entity_id.to_string(),
            };
            if view.fields.is_empty() {
                return vec![line("", None, None)];
            }
            view.fields.iter().map(|field| line(&field.label, field.before.as_deref(), field.after.as_deref())).collect()
        }
        Row::Event(row) => {
            let (at, region) = (row.at, region_name(ctx, &row.region));
            let view = EventView::new(ctx, row);
            vec![Line { at, region, who: view.who, what: view.headline, address: view.address, ..Line::default() }]
        }
    }
}

fn region_name(ctx: &Ctx, code: &str) -> String {
    if code == Region::company().code() { t(ctx.lang, "activity-company").to_owned() } else { ctx.region_name(code).to_owned() }
}

/// A line of the JSON file.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Item<'r> {
    Change {
        at: DateTime<Utc>,
        region: &'r str,
        actor: Option<&'r str>,
        origin: &'r str,
        /// The account or the office PC that delivered it, if that was not its author.
        carrier: Option<&'r str>,
        action: &'r str,
        entity: &'r str,
        entity_id: Uuid,
        version: i64,
        before: Option<Value>,
        after: Option<Value>,
    },
    Event {
        at: DateTime<Utc>,
        region: &'r str,
        actor: Option<&'r str>,
        event: &'r str,
        address: Option<&'r str>,
        detail: &'r Value,
    },
}

/// `{"items":[ ... ]}`, assembled from all parts.
fn as_json(part: &Part, is_first: bool) -> AppResult<Vec<u8>> {
    let fault = |e: serde_json::Error| AppError::Fault(e.to_string());
    let mut bytes = Vec::new();
    if is_first {
        bytes.extend_from_slice(b"{\"items\":[");
    }
    for (n, row) in part.rows.iter().enumerate() {
        bytes.extend_from_slice(if is_first && n == 0 { b"\n" } else { b",\n" });
        let item = match row {
            Row::Change(row) => Item::Change {
                at: row.at,
                region: &row.region,
                actor: row.actor_name.as_deref(),
                origin: &row.origin,
                carrier: row.device.as_deref().or(row.carrier.as_deref()),
                action: &row.action,
                entity: &row.entity,
                entity_id: row.entity_id,
                version: row.version,
                before: row.before.as_ref().map(masked),
                after: row.after.as_ref().map(masked),
            },
            Row::Event(row) => Item::Event {
                at: row.at,
                region: &row.region,
                actor: row.username.as_deref(),
                event: &row.kind,
                address: row.address.as_deref(),
                detail: &row.detail,
            },
        };
        serde_json::to_writer(&mut bytes, &item).map_err(fault)?;
    }
    if part.older.is_none() {
        bytes.extend_from_slice(b"\n]}\n");
    }
    Ok(bytes)
}
