//! Files for spreadsheets as Turkish Excel opens them: UTF-8 with its mark, semicolons, CRLF. A text that a spreadsheet would take for a
//! formula gets an apostrophe (SECURITY, finding 20).

use crate::error::{AppError, AppResult};

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
        self.0.write_record(cells.iter().map(|cell| harmless(cell))).map_err(|e| AppError::Fault(e.to_string()))
    }

    /// The bytes.
    pub fn finish(self) -> AppResult<Vec<u8>> {
        self.0.into_inner().map_err(|e| AppError::Fault(e.to_string()))
    }
}

fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
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
}
