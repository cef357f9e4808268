//! Lists as files for spreadsheets, CSV or Excel: with the filters of their page, and with all rows instead of one page. A file is
//! completed as a temporary file before it is sent, so the database is read at full speed however slow the client is (docs/adr/0027).

pub mod csv;
mod file;
mod make;
mod workbook;

use actix_web::{HttpRequest, HttpResponse, http::header};
use futures_util::Stream;
use tokio::sync::OwnedSemaphorePermit;

pub use file::attachment;

use crate::{
    auth::{rights::refuse_lapsed, sign_in::region_of_actor},
    clock::in_istanbul,
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    i18n::t,
    identity::Actor,
    state::AppState,
    web::{
        asked::Asked,
        page::Ctx,
        table::{Cell, Sheet},
        visitor::visitor_of,
    },
};

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets and programs: semicolons, one line of heads, one line per row.
    Csv,
    /// Excel's own.
    Xlsx,
}

impl Format {
    /// Reads the address's word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// Its name for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Xlsx => "Excel",
        }
    }

    /// Extension of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The format in the address; `None` for the page itself.
pub fn read_format(ctx: &Ctx, asked: Option<&str>) -> AppResult<Option<Format>> {
    let mut reader = Asked::new(ctx.lang);
    let format = reader.word("format", asked, Format::parse);
    reader.refuse()?;
    Ok(format)
}

/// A list that can be exported.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// Its name in events (`events::words`).
    pub what: &'static str,
    /// Translation key of the first part of the file's name.
    pub file: &'static str,
}

/// A requested file.
pub struct Export<'r> {
    ctx: &'r Ctx,
    actor: &'r Actor,
    state: &'r AppState,
    list: List,
    format: Format,
    place: OwnedSemaphorePermit,
}

/// Records that data leaves as a file, before any of it does.
pub async fn record_taking(
    ctx: &Ctx,
    actor: &Actor,
    state: &AppState,
    request: &HttpRequest,
    what: &str,
    format: &str,
) -> Result<(), sqlx::Error> {
    let event = NewEvent::new(EventKind::Exported).by(Some(actor)).from(&visitor_of(request, &state.config));
    let event = event.with("what", what).with("format", format).with("filter", ctx.query.as_str());
    events::record(&state.db, region_of_actor(actor), &event, &state.clock).await
}

/// The name of a file: `puantaj-2026-01-05.xlsx`. `list` is the translation key of its first part.
pub fn file_name(ctx: &Ctx, state: &AppState, list: &'static str, ending: &str) -> String {
    format!("{}-{}.{ending}", t(ctx.lang, list), in_istanbul(state.clock.now()).format("%Y-%m-%d"))
}

impl<'r> Export<'r> {
    /// Waits for a place and records the request. The query is already checked, and no data has been read yet.
    pub async fn begin(
        ctx: &'r Ctx,
        actor: &'r Actor,
        state: &'r AppState,
        request: &HttpRequest,
        list: List,
        format: Format,
    ) -> AppResult<Self> {
        let place = state.files.take().await?;
        refuse_lapsed(state, actor).await?; // rights may have lapsed during the wait
        record_taking(ctx, actor, state, request, list.what, format.word()).await?;
        Ok(Self { ctx, actor, state, list, format, place })
    }

    /// The same for a page that may be requested without a file: then `None`. `wrong` lists the errors in the address.
    pub async fn begin_where_asked(
        ctx: &'r Ctx,
        actor: &'r Actor,
        state: &'r AppState,
        request: &HttpRequest,
        list: List,
        (format, wrong): (Option<Format>, &[String]),
    ) -> AppResult<Option<Self>> {
        match format {
            None => Ok(None),
            Some(_) if !wrong.is_empty() => Err(AppError::BadQuery(wrong.to_vec())),
            Some(format) => Self::begin(ctx, actor, state, request, list, format).await.map(Some),
        }
    }

    /// Makes the file of these rows, which arrive in parts, and sends it if the person still has access.
    pub async fn send(self, sheet: Sheet, rows: impl Stream<Item = AppResult<Vec<Vec<Cell>>>>) -> AppResult<HttpResponse> {
        let Self { ctx, actor, state, list, format, place } = self;
        let file = make::make(ctx, format, sheet, rows, place).await?;
        refuse_lapsed(state, actor).await?; // making a long file takes time
        let mut answer = HttpResponse::Ok();
        answer.content_type(format.content_type());
        answer.insert_header(attachment(&file_name(ctx, state, list.file, format.ending())));
        if format == Format::Xlsx {
            answer.insert_header((header::CONTENT_ENCODING, "identity")); // it is already compressed
        }
        Ok(answer.body(file::stream_of(file)?))
    }
}
