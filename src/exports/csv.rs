//! CSV as Turkish Excel opens it: UTF-8 with byte order mark, semicolons, `CRLF`. A text that a spreadsheet would take for a formula gets
//! an apostrophe; `tests/golden/csv_cells.json` lists the cases. All CSV files are written here.

use std::borrow::Cow;

use crate::{
    civil::{format_date_tr, format_time},
    clock::in_istanbul,
    error::{AppError, AppResult},
    i18n::Lang,
    text::{composed_for_compatibility, is_blank, is_ignorable},
    web::table::{Cell, Head},
};

/// A CSV file, or a part of one.
pub struct Writer(csv::Writer<Vec<u8>>);

impl Writer {
    /// Starts a part; the first one begins with the byte order mark.
    pub fn new(is_first: bool) -> Self {
        let start = if is_first { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        Self(csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).flexible(true).from_writer(start))
    }

    /// Writes the heads of the columns.
    pub fn heads(&mut self, heads: &[Head]) -> AppResult<()> {
        self.record(heads.iter().map(|head| harmless(&head.text)))
    }

    /// Writes a row.
    pub fn row(&mut self, lang: Lang, cells: &[Cell]) -> AppResult<()> {
        self.record(cells.iter().map(|cell| written(lang, cell)))
    }

    fn record<'c>(&mut self, fields: impl Iterator<Item = Cow<'c, str>>) -> AppResult<()> {
        let fault = |e: csv::Error| AppError::Fault(e.to_string());
        for field in fields {
            self.0.write_field(field.as_bytes()).map_err(fault)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(fault)
    }

    /// The bytes.
    pub fn finish(self) -> AppResult<Vec<u8>> {
        self.0.into_inner().map_err(|e| AppError::Fault(e.to_string()))
    }
}

/// The cell as Turkish Excel reads it: numbers without thousands separators, with the decimal mark of the language.
fn written(lang: Lang, cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) | Cell::Remark(text) => harmless(text),
        Cell::Date(date) => format_date_tr(*date).into(),
        Cell::Time(minutes) => format_time(*minutes).into(),
        Cell::Instant(at) => in_istanbul(*at).format("%d.%m.%Y %H:%M:%S").to_string().into(),
        Cell::Count(count) => count.to_string().into(),
        Cell::Money(kurus) => hundredths(lang, *kurus).into(),
        Cell::Hours(minutes) | Cell::Day { minutes, .. } => hours(lang, *minutes).into(),
    }
}

/// Minutes as hours with two decimals, rounded as `civil::format_hours` does.
fn hours(lang: Lang, minutes: i64) -> String {
    hundredths(lang, (minutes.abs() * 5 + 1) / 3 * minutes.signum())
}

/// Hundredths as a number with two decimals.
fn hundredths(lang: Lang, hundredths: i64) -> String {
    let (sign, mark) = (if hundredths < 0 { "-" } else { "" }, if lang == Lang::Tr { ',' } else { '.' });
    let hundredths = hundredths.unsigned_abs();
    format!("{sign}{}{mark}{:02}", hundredths / 100, hundredths % 100)
}

/// The cell as text that a spreadsheet shows and never evaluates.
fn harmless(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// Whether a spreadsheet might take a cell for a formula: it begins with a sign that starts one, in any form (U+FF1D is an equals sign
/// too), after any blanks and invisible characters; or it begins with a tab or a line break. A negative number is no formula.
fn is_formula(cell: &str) -> bool {
    if cell.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let shown = cell.trim_start_matches(|c: char| c.is_control() || is_blank(c) || is_ignorable(c));
    let Some(first) = shown.chars().next() else { return false };
    let first = composed_for_compatibility(first.encode_utf8(&mut [0; 4])).chars().next();
    matches!(first, Some('=' | '+' | '-' | '−' | '@')) && !is_negative_number(cell)
}

fn is_negative_number(cell: &str) -> bool {
    let Some(digits) = cell.strip_prefix('-') else { return false };
    let (whole, fraction) = digits.split_once([',', '.']).unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::table::Kind;

    fn texts<const N: usize>(texts: [&str; N]) -> [Cell; N] {
        texts.map(Cell::text)
    }

    #[test]
    fn a_file_has_its_mark_semicolons_and_no_formulas() {
        let mut file = Writer::new(true);
        file.heads(&["Ad", "Saat", "Not"].map(|text| Head::new(text, Kind::Text))).unwrap();
        file.row(Lang::Tr, &texts(["Ayşe Işık", "7,50", "a;b \"c\"\nd"])).unwrap();
        file.row(Lang::Tr, &texts(["=HYPERLINK(1)", "+1", "@x"])).unwrap();
        let text = String::from_utf8(file.finish().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Ad;Saat;Not\r\nAyşe Işık;7,50;\"a;b \"\"c\"\"\nd\"\r\n'=HYPERLINK(1);'+1;'@x\r\n");
        let mut later = Writer::new(false);
        later.row(Lang::Tr, &[Cell::text("a")]).unwrap();
        assert_eq!(later.finish().unwrap(), b"a\r\n");
    }

    #[test]
    fn a_row_of_nothing_is_a_line_of_its_own_and_a_blank_cell_stays_blank() {
        let mut file = Writer::new(false);
        file.row(Lang::Tr, &[Cell::Empty, Cell::Empty]).unwrap();
        file.row(Lang::Tr, &[Cell::text("a"), Cell::Empty]).unwrap();
        assert_eq!(String::from_utf8(file.finish().unwrap()).unwrap(), ";\r\na;\r\n");
    }

    #[test]
    fn dates_times_and_numbers_are_written_as_they_are_read_back() {
        let at = "2026-01-04T21:30:05Z".parse().unwrap();
        for (cell, tr, en) in [
            (Cell::Date("2026-01-05".parse().unwrap()), "05.01.2026", "05.01.2026"),
            (Cell::Time(510), "08:30", "08:30"),
            (Cell::Time(1560), "02:00", "02:00"),
            (Cell::Instant(at), "05.01.2026 00:30:05", "05.01.2026 00:30:05"),
            (Cell::Count(12_345), "12345", "12345"),
            (Cell::Hours(85_770), "1429,50", "1429.50"),
            (Cell::Hours(-500), "-8,33", "-8.33"),
            (Cell::Money(125_050), "1250,50", "1250.50"),
            (Cell::Day { minutes: 510, mark: "Ö".into() }, "8,50", "8.50"),
            (Cell::Remark("-boş".into()), "'-boş", "'-boş"),
        ] {
            assert_eq!((&*written(Lang::Tr, &cell), &*written(Lang::En, &cell)), (tr, en), "{cell:?}");
        }
        for minutes in 0..60_000 {
            assert_eq!(hours(Lang::Tr, minutes), crate::civil::format_hours(minutes, "tr").replace('.', ""), "{minutes}");
        }
    }

    #[test]
    fn a_cell_is_a_formula_or_not_as_the_vectors_say() {
        let vectors: Vec<(String, String, String)> = serde_json::from_str(include_str!("../../tests/golden/csv_cells.json")).unwrap();
        assert!(vectors.len() >= 30, "the vectors are there");
        for (kind, cell, wanted) in vectors {
            assert_eq!(harmless(&cell), wanted, "{kind}: {cell:?}");
        }
    }
}
