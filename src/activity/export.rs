//! The log as a file: every line that fits the filters, read in parts while it is sent, so a long log needs no memory and no time limit.
//! The lines are those of the moment the file begins; later ones come on top and are not in it.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue},
    web::Bytes,
};
use futures_util::{Stream, stream};
use serde::Serialize;
use serde_json::Value;

use super::{
    cursor::Cursor,
    filter::Filter,
    lines::{Part, Row, list_part},
    views::ChangeView,
};
use crate::{
    auth::{rights::refuse_lapsed, sign_in::region_of_actor},
    clock::in_istanbul,
    db::Scope,
    error::{AppError, AppResult},
    events::{self, EventKind, EventView, NewEvent},
    i18n::t,
    identity::Actor,
    state::AppState,
    web::{csv, page::Ctx, visitor::visitor_of},
    words::masked,
};

/// Lines read at once.
const PART: usize = 500;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For spreadsheets: semicolons, in words, a line per field.
    Csv,
    /// For programs: the values as stored.
    Json,
}

impl Format {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }
}

/// The answer. That the file was taken is recorded before its first byte goes out.
pub(super) async fn export(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    scope: Scope,
    filter: Filter,
    format: Format,
) -> AppResult<HttpResponse> {
    let event = NewEvent::new(EventKind::Exported).by(Some(actor)).from(&visitor_of(request, &state.config));
    let event = event.with("what", "activity").with("format", format.word()).with("filter", ctx.query.as_str());
    events::record(&state.db, region_of_actor(actor), &event, &state.clock).await?;
    let (content_type, ending) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Json => ("application/json", "json"),
    };
    let name = format!("{}-{}.{ending}", t(ctx.lang, "activity-file"), in_istanbul(state.clock.now()).format("%Y-%m-%d"));
    let source = Source { ctx: ctx.clone(), actor: actor.clone(), state: state.clone(), scope, filter, format };
    Ok(HttpResponse::Ok().content_type(content_type).insert_header(attachment(&name)).streaming(lines_of(Arc::new(source))))
}

/// `filename*` is for names with letters beyond ASCII (RFC 5987); the plain name is for what does not know it.
fn attachment(name: &str) -> ContentDisposition {
    let plain: String = crate::fold::fold(name);
    let extended = ExtendedValue { charset: Charset::Ext("UTF-8".into()), language_tag: None, value: name.as_bytes().to_vec() };
    let parameters = vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(extended)];
    ContentDisposition { disposition: DispositionType::Attachment, parameters }
}

struct Source {
    ctx: Ctx,
    actor: Actor,
    state: AppState,
    scope: Scope,
    filter: Filter,
    format: Format,
}

#[derive(Clone, Copy)]
enum Place {
    Start,
    After(Cursor),
    End,
}

/// A failure half-way ends the connection without the mark of its end, so that half a file is not taken for a whole one.
fn lines_of(source: Arc<Source>) -> impl Stream<Item = AppResult<Bytes>> {
    stream::try_unfold(Place::Start, move |place| {
        let source = Arc::clone(&source);
        async move {
            let before = match place {
                Place::Start => Cursor::TOP,
                Place::After(cursor) => {
                    refuse_lapsed(&source.state, &source.actor).await?; // a long file takes its time
                    cursor
                }
                Place::End => return Ok(None),
            };
            let mut tx = source.state.db.read(&source.scope).await?;
            let part = list_part(&mut tx, &source.filter, before, PART).await?;
            drop(tx);
            let next = part.older.map_or(Place::End, Place::After);
            let is_first = matches!(place, Place::Start);
            let bytes = match source.format {
                Format::Csv => as_csv(&source.ctx, part, is_first)?,
                Format::Json => as_json(&part, is_first)?,
            };
            Ok(Some((Bytes::from(bytes), next)))
        }
    })
}

/// A line per field that changed, so that before and after stand in columns of their own; one for whatever has no fields.
fn as_csv(ctx: &Ctx, part: Part, with_head: bool) -> AppResult<Vec<u8>> {
    let head = ["time", "who", "region", "what", "title", "field", "before", "after", "origin", "address", "id"];
    let mut file = csv::Writer::new(with_head);
    if with_head {
        let keys = head.map(|name| t(ctx.lang, HEAD.iter().find(|(known, _)| *known == name).map_or("", |(_, key)| key)));
        file.row(&keys)?;
    }
    for row in part.rows {
        match row {
            Row::Change(row) => {
                let view = ChangeView::new(ctx, &row, &part.names);
                let (time, region, id) = (exact(&row.at), region_name(ctx, &row.region), row.entity_id.to_string());
                let mut write = |field: &str, before: &str, after: &str| {
                    file.row(&[&time, &view.who, &region, &view.headline, &view.title, field, before, after, &view.origin, "", &id])
                };
                if view.fields.is_empty() {
                    write("", "", "")?;
                }
                for field in &view.fields {
                    write(&field.label, field.before.as_deref().unwrap_or(""), field.after.as_deref().unwrap_or(""))?;
                }
            }
            Row::Event(row) => {
                let (time, region) = (exact(&row.at), region_name(ctx, &row.region));
                let view = EventView::new(ctx, row);
                file.row(&[&time, &view.who, &region, &view.headline, "", "", "", "", "", &view.address, ""])?;
            }
        }
    }
    file.finish()
}

const HEAD: [(&str, &str); 11] = [
    ("time", "export-time"),
    ("who", "export-who"),
    ("region", "field-region"),
    ("what", "export-what"),
    ("title", "export-title"),
    ("field", "export-field"),
    ("before", "export-before"),
    ("after", "export-after"),
    ("origin", "export-origin"),
    ("address", "export-address"),
    ("id", "export-id"),
];

fn exact(at: &chrono::DateTime<chrono::Utc>) -> String {
    in_istanbul(*at).format("%d.%m.%Y %H:%M:%S").to_string()
}

fn region_name(ctx: &Ctx, code: &str) -> String {
    if code == crate::identity::Region::company().code() {
        t(ctx.lang, "activity-company").to_owned()
    } else {
        ctx.region_name(code).to_owned()
    }
}

/// A line of the file for programs.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Item<'r> {
    Change {
        at: chrono::DateTime<chrono::Utc>,
        region: &'r str,
        actor: Option<&'r str>,
        origin: &'r str,
        /// The account or the office PC that brought it, where that was not its author.
        carrier: Option<&'r str>,
        action: &'r str,
        entity: &'r str,
        entity_id: uuid::Uuid,
        version: i64,
        before: Option<Value>,
        after: Option<Value>,
    },
    Event {
        at: chrono::DateTime<chrono::Utc>,
        region: &'r str,
        actor: Option<&'r str>,
        event: &'r str,
        address: Option<&'r str>,
        detail: &'r Value,
    },
}

/// `{"items":[ ... ]}` over all parts.
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
