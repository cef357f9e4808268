//! Makes a file: rows are read here and written in a separate thread, which is a few parts behind at most.

use std::{
    fs::File,
    io::{Seek as _, Write as _},
    pin::pin,
};

use futures_util::{Stream, TryStreamExt as _};
use rust_xlsxwriter::XlsxError;
use tokio::sync::{
    OwnedSemaphorePermit,
    mpsc::{Receiver, channel},
};

use super::{Format, csv, workbook::Workbook};
use crate::{
    error::{AppError, AppResult},
    i18n::{Lang, t},
    web::{
        page::Ctx,
        table::{Cell, Sheet},
    },
};

/// Maximum number of parts that wait to be written.
const AHEAD: usize = 2;

/// A message to the writer.
enum Message {
    Rows(Vec<Vec<Cell>>),
    /// The last message. A writer whose channel closes without it drops its file, which is then gone.
    End,
}

/// Makes the file and rewinds it. If the request is cancelled, its place becomes free only when the thread has ended.
pub(super) async fn make(
    ctx: &Ctx,
    format: Format,
    sheet: Sheet,
    rows: impl Stream<Item = AppResult<Vec<Vec<Cell>>>>,
    place: OwnedSemaphorePermit,
) -> AppResult<File> {
    let (sender, receiver) = channel(AHEAD);
    let (lang, firm) = (ctx.lang, ctx.firm().to_owned());
    let writing = tokio::task::spawn_blocking(move || {
        let _held = place;
        match format {
            Format::Csv => write_csv(lang, &sheet, receiver),
            Format::Xlsx => write_xlsx(lang, &firm, sheet, receiver),
        }
    });
    {
        let mut rows = pin!(rows);
        while let Some(part) = rows.try_next().await? {
            if sender.send(Message::Rows(part)).await.is_err() {
                break; // the writer has failed; its error is returned below
            }
        }
    }
    let _ = sender.send(Message::End).await; // the same here
    writing.await.map_err(|e| AppError::Fault(format!("a file's thread: {e}")))?
}

fn write_csv(lang: Lang, sheet: &Sheet, mut messages: Receiver<Message>) -> AppResult<File> {
    let mut file = new_file()?;
    let mut head = csv::Writer::new(true);
    head.heads(&sheet.heads)?;
    file.write_all(&head.finish()?).map_err(fault)?;
    while let Some(message) = messages.blocking_recv() {
        let Message::Rows(rows) = message else { return at_its_beginning(file) };
        let mut part = csv::Writer::new(false);
        rows.iter().try_for_each(|cells| part.row(lang, cells))?;
        file.write_all(&part.finish()?).map_err(fault)?;
    }
    Err(left())
}

fn write_xlsx(lang: Lang, firm: &str, sheet: Sheet, mut messages: Receiver<Message>) -> AppResult<File> {
    let told = |error: XlsxError| match error {
        XlsxError::RowColumnLimitError => AppError::BadQuery(vec![t(lang, "file-too-long").to_owned()]),
        other => fault(other),
    };
    let mut book = Workbook::new(firm, sheet).map_err(told)?;
    while let Some(message) = messages.blocking_recv() {
        let Message::Rows(rows) = message else {
            let mut file = new_file()?;
            book.finish(&mut file).map_err(told)?;
            return at_its_beginning(file);
        };
        book.rows(&rows).map_err(told)?;
    }
    Err(left())
}

/// A temporary file without a name; it disappears when it is closed.
fn new_file() -> AppResult<File> {
    tempfile::tempfile().map_err(fault)
}

fn at_its_beginning(mut file: File) -> AppResult<File> {
    file.rewind().map_err(fault)?;
    Ok(file)
}

fn fault(error: impl std::fmt::Display) -> AppError {
    AppError::Fault(format!("a file: {error}"))
}

/// An error that no client sees: the request was cancelled or failed with another error.
fn left() -> AppError {
    AppError::Fault("the rows of a file ended early".into())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn rows_that_end_early_make_no_file() {
        for format in [Format::Csv, Format::Xlsx] {
            let (sender, receiver) = channel(AHEAD);
            sender.try_send(Message::Rows(vec![vec![Cell::text("a")]])).unwrap();
            drop(sender);
            assert!(write(format, receiver).is_err(), "{format:?}");
        }
    }

    #[test]
    fn a_csv_has_its_heads_once_and_every_row() {
        let (sender, receiver) = channel(4);
        for name in ["Ayşe", "=Ali"] {
            sender.try_send(Message::Rows(vec![vec![Cell::text(name)]])).unwrap();
        }
        sender.try_send(Message::End).unwrap();
        let mut text = String::new();
        write(Format::Csv, receiver).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "\u{feff}Ad\r\nAyşe\r\n'=Ali\r\n");
    }

    fn write(format: Format, receiver: Receiver<Message>) -> AppResult<File> {
        let heads = vec![crate::web::table::Head::new("Ad", crate::web::table::Kind::Text)];
        let sheet = Sheet { title: "Liste".into(), about: String::new(), heads, frozen: 0, totals: Vec::new() };
        match format {
            Format::Csv => write_csv(Lang::Tr, &sheet, receiver),
            Format::Xlsx => write_xlsx(Lang::Tr, "", sheet, receiver),
        }
    }
}
