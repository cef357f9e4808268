//! Files for spreadsheets as Turkish Excel opens them: UTF-8 with its mark, semicolons, `CRLF`. A text that a spreadsheet would take for a
//! formula gets an apostrophe; `tests/golden/csv_cells.json` says which. Whoever writes such a file does it here.

use std::borrow::Cow;

use crate::{
    error::{AppError, AppResult},
    text::{composed_for_compatibility, is_blank, is_ignorable},
};

/// A file, or a part of one.
pub struct Writer(csv::Writer<Vec<u8>>);

impl Writer {
    /// Starts; the first part of a file begins with the mark of UTF-8.
    pub fn new(is_first: bool) -> Self {
        let start = if is_first { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        Self(csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).flexible(true).from_writer(start))
    }

    /// Writes a row.
    pub fn row(&mut self, cells: &[&str]) -> AppResult<()> {
        self.0.write_record(cells.iter().map(|cell| harmless(cell).into_owned())).map_err(|e| AppError::Fault(e.to_string()))
    }

    /// The bytes.
    pub fn finish(self) -> AppResult<Vec<u8>> {
        self.0.into_inner().map_err(|e| AppError::Fault(e.to_string()))
    }
}

/// The cell as a spreadsheet shows it and does not compute it.
fn harmless(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { format!("'{cell}").into() } else { cell.into() }
}

/// Whether a spreadsheet might take a cell for a formula: it begins with a sign that starts one, in whatever form (U+FF1D is an equals sign
/// too), after any blanks and characters that are not to be seen; or it begins with a tabulator or a line break. A negative number is none.
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

    #[test]
    fn a_file_has_its_mark_semicolons_and_no_formulas() {
        let mut file = Writer::new(true);
        file.row(&["Ad", "Saat", "Not"]).unwrap();
        file.row(&["Ayşe Işık", "7,50", "a;b \"c\"\nd"]).unwrap();
        file.row(&["=HYPERLINK(1)", "+1", "@x"]).unwrap();
        let text = String::from_utf8(file.finish().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Ad;Saat;Not\r\nAyşe Işık;7,50;\"a;b \"\"c\"\"\nd\"\r\n'=HYPERLINK(1);'+1;'@x\r\n");
        let mut later = Writer::new(false);
        later.row(&["a"]).unwrap();
        assert_eq!(later.finish().unwrap(), b"a\r\n");
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
