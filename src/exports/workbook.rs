//! A list as an Excel workbook: dates, times and hours are numbers that can be sorted and summed, and a text is never a formula or a link.
//! Rows go to a temporary file as they arrive, so a long list needs little memory.

use std::{
    borrow::Cow,
    collections::HashMap,
    fs::File,
    io::{BufWriter, Write as _},
};

use chrono::{Datelike as _, NaiveDate, Timelike as _};
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use crate::{
    civil::{DAY, format_date_tr},
    clock::in_istanbul,
    web::table::{Cell, Head, Sheet},
};

/// Row of the heads, below the title, the description and a blank row.
const HEADS: u32 = 3;
/// Excel's limit for a text, in UTF-16 units.
const LONGEST_TEXT: usize = 32_767;
/// Maximum length of a sheet's name, and characters it may not contain.
const LONGEST_NAME: usize = 31;
const NOT_IN_NAMES: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];
/// The first year of Excel's calendar.
const FIRST_YEAR: i32 = 1900;
/// Excel's code for A4.
const PAPER: u8 = 9;

const HEAD_FILL: u32 = 0x00DC_E6F1;
const FREE_FILL: u32 = 0x00E3_E6EA;
const REMARK_FILL: u32 = 0x00FF_F1CC;
const LINES: u32 = 0x00BF_BFBF;

/// A workbook with one list.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    totals: Vec<Vec<Cell>>,
    columns: u16,
    /// Index of the next row.
    next: u32,
    formats: HashMap<(Look, bool), Format>,
}

/// How a cell looks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Look {
    Text,
    Remark,
    Date,
    Time,
    NextDay,
    Instant,
    Count,
    Money,
    Hours,
    /// A number with this many decimals and a unit after it.
    Day(usize, String),
}

impl Workbook {
    /// Starts the workbook: everything above the rows. `firm` is the company's name.
    pub fn new(firm: &str, sheet: Sheet) -> Result<Self, XlsxError> {
        let Sheet { title, about, heads, frozen, totals } = sheet;
        let mut book = rust_xlsxwriter::Workbook::new();
        book.set_properties(&DocProperties::new().set_title(title.as_str()).set_company(firm));
        let page = book.add_worksheet_with_constant_memory()?;
        page.set_name(sheet_name(&title))?;
        page.set_freeze_panes(HEADS + 1, frozen)?;
        page.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0).set_repeat_rows(HEADS, HEADS)?;
        page.set_footer("&R&P / &N");
        page.write_string_with_format(0, 0, cut(&format!("{firm} · {title}")), &Format::new().set_bold().set_font_size(14))?;
        page.write_string(1, 0, cut(&about))?;
        let mut columns = 0;
        for (column, head) in (0..).zip(&heads) {
            page.set_column_width(column, head.width)?;
            page.write_string_with_format(HEADS, column, head.text.as_str(), &format_of_head(head))?;
            columns = column + 1;
        }
        Ok(Self { book, totals, columns, next: HEADS + 1, formats: HashMap::new() })
    }

    /// Adds rows. [`XlsxError::RowColumnLimitError`] if a sheet cannot hold them.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
        rows.iter().try_for_each(|cells| self.row(cells, false))
    }

    fn row(&mut self, cells: &[Cell], is_total: bool) -> Result<(), XlsxError> {
        let page = self.book.worksheet_from_index(0)?;
        for (column, cell) in (0..).zip(cells) {
            let Some(look) = look_of(cell) else { continue };
            let format = self.formats.entry((look, is_total)).or_insert_with_key(|(look, is_total)| format_of(look, *is_total));
            write(page, (self.next, column), cell, format)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Finishes the workbook: writes the totals below the range of the filter, and everything to the file.
    pub fn finish(mut self, file: &mut File) -> Result<(), XlsxError> {
        if self.columns > 0 && self.next > HEADS + 1 {
            self.book.worksheet_from_index(0)?.autofilter(HEADS, 0, self.next - 1, self.columns - 1)?;
        }
        self.next += 1;
        for totals in std::mem::take(&mut self.totals) {
            self.row(&totals, true)?;
        }
        let mut file = BufWriter::new(file);
        self.book.save_to_writer(&mut file)?;
        Ok(file.flush()?)
    }
}

/// `None` for an empty cell.
fn look_of(cell: &Cell) -> Option<Look> {
    Some(match cell {
        Cell::Empty => return None,
        Cell::Text(_) => Look::Text,
        Cell::Remark(_) => Look::Remark,
        Cell::Date(date) if date.year() < FIRST_YEAR => Look::Text,
        Cell::Date(_) => Look::Date,
        Cell::Time(minutes) if *minutes >= DAY => Look::NextDay,
        Cell::Time(_) => Look::Time,
        Cell::Instant(_) => Look::Instant,
        Cell::Count(_) => Look::Count,
        Cell::Money(_) => Look::Money,
        Cell::Hours(_) => Look::Hours,
        Cell::Day { minutes, mark } => Look::Day(decimals_of(*minutes), mark.clone()),
    })
}

/// Decimals needed to write the minutes as hours: 8, 8,5, 8,25.
fn decimals_of(minutes: i64) -> usize {
    match minutes {
        minutes if minutes % 60 == 0 => 0,
        minutes if minutes % 6 == 0 => 1,
        _ => 2,
    }
}

/// Number formats in the file's own notation; Excel shows decimal mark, thousands and time by the reader's locale.
fn format_of(look: &Look, is_total: bool) -> Format {
    let number: Cow<'_, str> = match look {
        Look::Text | Look::Remark => "".into(),
        Look::Date => "dd.mm.yyyy".into(),
        Look::Time => "hh:mm".into(),
        Look::NextDay => r#"hh:mm" +1""#.into(),
        Look::Instant => "dd.mm.yyyy hh:mm:ss".into(),
        Look::Count => "#,##0".into(),
        Look::Money | Look::Hours => "#,##0.00".into(),
        Look::Day(decimals, mark) => {
            let places = ["", ".0", ".00"][*decimals];
            let mark = mark.replace('"', "");
            if mark.is_empty() { format!("#,##0{places}").into() } else { format!(r#"#,##0{places}" {mark}""#).into() }
        }
    };
    let format = if number.is_empty() { Format::new() } else { Format::new().set_num_format(number) };
    let format = if *look == Look::Remark { format.set_background_color(REMARK_FILL).set_align(FormatAlign::Center) } else { format };
    if is_total { format.set_bold().set_border_top(FormatBorder::Thin).set_border_color(LINES) } else { format }
}

fn format_of_head(head: &Head) -> Format {
    let fill = if head.is_free { FREE_FILL } else { HEAD_FILL };
    let format = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_background_color(fill);
    let format = format.set_border(FormatBorder::Thin).set_border_color(LINES);
    if head.kind.is_number() { format.set_align(FormatAlign::Right) } else { format }
}

fn write(page: &mut Worksheet, at: (u32, u16), cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    let (row, column) = at;
    match cell {
        Cell::Empty => {}
        Cell::Text(text) | Cell::Remark(text) => _ = page.write_string_with_format(row, column, cut(text), format)?,
        Cell::Date(date) => _ = write_date(page, at, *date, format)?,
        Cell::Time(minutes) => _ = page.write_number_with_format(row, column, f64::from(*minutes) / f64::from(DAY), format)?,
        Cell::Instant(instant) => {
            let shown = in_istanbul(*instant).naive_local();
            _ = page.write_datetime_with_format(row, column, shown.with_nanosecond(0).unwrap_or(shown), format)?;
        }
        Cell::Count(count) => _ = page.write_number_with_format(row, column, exact(*count), format)?,
        Cell::Money(kurus) => _ = page.write_number_with_format(row, column, exact(*kurus) / 100.0, format)?,
        Cell::Hours(minutes) | Cell::Day { minutes, .. } => {
            _ = page.write_number_with_format(row, column, exact(*minutes) / 60.0, format)?;
        }
    }
    Ok(())
}

/// Writes a date; one before Excel's calendar is written as text.
fn write_date<'p>(page: &'p mut Worksheet, at: (u32, u16), date: NaiveDate, format: &Format) -> Result<&'p mut Worksheet, XlsxError> {
    if date.year() < FIRST_YEAR {
        page.write_string_with_format(at.0, at.1, format_date_tr(date), format)
    } else {
        page.write_datetime_with_format(at.0, at.1, date, format)
    }
}

/// Excel's numbers are floating point; counts and minutes are far below the size where precision is lost.
#[expect(clippy::cast_precision_loss, reason = "counts, sums and minutes stay below 2^53")]
fn exact(number: i64) -> f64 {
    number as f64
}

/// The part of a text that fits into a cell.
fn cut(text: &str) -> &str {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST_TEXT
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// The title as a valid name of a sheet.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().map(|c| if NOT_IN_NAMES.contains(&c) { ' ' } else { c }).take(LONGEST_NAME).collect();
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    if name.is_empty() { "Rainstaff".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::io::Seek as _;

    use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};

    use super::*;
    use crate::web::table::Kind;

    /// The cells that a spreadsheet reads from a list with these rows.
    fn read_back(rows: &[Vec<Cell>], totals: Vec<Vec<Cell>>) -> Vec<Vec<Data>> {
        let heads = vec![Head::new("Ad", Kind::Text), Head::new("Saat", Kind::Hours)];
        let sheet = Sheet { title: "Puantaj".into(), about: "Ankara · İğdır".into(), heads, frozen: 0, totals };
        let mut book = Workbook::new("Şirket A.Ş.", sheet).unwrap();
        book.rows(rows).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        book.finish(&mut file).unwrap();
        file.rewind().unwrap();
        let mut read: Xlsx<_> = open_workbook_from_rs(std::io::BufReader::new(file)).unwrap();
        assert_eq!(read.sheet_names(), ["Puantaj"]);
        assert!(read.worksheet_formula("Puantaj").unwrap().is_empty(), "nothing is a formula");
        let range = read.worksheet_range_at(0).unwrap().unwrap();
        range.rows().map(<[Data]>::to_vec).collect()
    }

    fn text(text: &str) -> Data {
        Data::String(text.into())
    }

    #[test]
    fn what_the_list_is_stands_above_it_and_totals_below_with_a_blank_row_between() {
        let total = vec![Cell::Text("Toplam".into()), Cell::Hours(930)];
        let rows = read_back(&[vec![Cell::text("Ayşe"), Cell::Hours(450)], vec![Cell::text("Ali"), Cell::Hours(480)]], vec![total]);
        assert_eq!(rows[0][0], text("Şirket A.Ş. · Puantaj"));
        assert_eq!(rows[1][0], text("Ankara · İğdır"));
        assert_eq!(rows[3], [text("Ad"), text("Saat")]);
        assert_eq!(rows[4], [text("Ayşe"), Data::Float(7.5)]);
        assert_eq!(rows[6], [Data::Empty, Data::Empty]);
        assert_eq!(rows[7], [text("Toplam"), Data::Float(15.5)]);
        assert_eq!(rows.len(), 8);
    }

    #[test]
    fn every_text_comes_back_as_it_was_whatever_it_looks_like() {
        let vectors: Vec<(String, String, String)> = serde_json::from_str(include_str!("../../tests/golden/csv_cells.json")).unwrap();
        let golden = vectors.into_iter().map(|(_, cell, _)| cell).filter(|cell| !cell.trim().is_empty());
        let odd =
            ["=1+1", "+905321234567", "_x003D_1+1", "http://a.b", "İıŞşĞğÜüÖöÇç", "a<b>&\"c\"", "1,5", "👩‍🚒", "a\nb"].map(str::to_owned);
        let texts: Vec<String> = golden.chain(odd).collect();
        assert!(texts.len() > 30, "the vectors are there");
        let rows: Vec<Vec<Cell>> = texts.iter().map(|cell| vec![Cell::Text(cell.clone())]).collect();
        for (cell, read) in texts.iter().zip(&read_back(&rows, Vec::new())[4..]) {
            let Data::String(read) = &read[0] else { panic!("{cell:?} is no text: {read:?}") };
            assert_eq!(unescaped(read), unescaped(cell), "{cell:?}");
        }
    }

    /// Workbooks write control characters as `_x001F_`, and not every reader decodes them.
    fn unescaped(text: &str) -> String {
        let text = text.replace("_x005F_", "_").replace("\r\n", "\n");
        (0..32_u8).fold(text, |text, code| text.replace(&format!("_x{code:04X}_"), &char::from(code).to_string()))
    }

    #[test]
    fn dates_and_times_are_numbers_of_excels_calendar() {
        let at = "2026-01-04T21:30:05.9Z".parse().unwrap();
        let cells = vec![
            Cell::Date("2026-01-05".parse().unwrap()),
            Cell::Time(510),
            Cell::Time(1560),
            Cell::Instant(at),
            Cell::Date("1899-12-31".parse().unwrap()),
            Cell::Count(-3),
        ];
        let rows = read_back(&[cells], Vec::new());
        let serial = |cell: &Data| match cell {
            Data::DateTime(date) => date.as_f64(),
            other => panic!("{other:?} is no date"),
        };
        let numbers: Vec<f64> = rows[4][..4].iter().map(serial).collect();
        let midnight = 46_027.0;
        let wanted = [midnight, 510.0 / 1440.0, 1560.0 / 1440.0, midnight + 1805.0 / 86_400.0];
        assert!(numbers.iter().zip(wanted).all(|(number, wanted)| (number - wanted).abs() < 1e-8), "{numbers:?}");
        assert_eq!(rows[4][4..], [text("31.12.1899"), Data::Float(-3.0)]);
    }

    #[test]
    fn hours_have_the_decimals_they_need_and_letters_behind_them() {
        let shown = |minutes, mark: &str| {
            let look = look_of(&Cell::Day { minutes, mark: mark.into() }).unwrap();
            assert_eq!(format_of(&look, false), format_of(&look, false));
            look
        };
        assert_eq!(shown(480, ""), Look::Day(0, String::new()));
        assert_eq!((shown(510, "Ö"), shown(500, "")), (Look::Day(1, "Ö".into()), Look::Day(2, String::new())));
        let rows = read_back(&[vec![Cell::Day { minutes: 510, mark: "G\"Ö".into() }]], Vec::new());
        assert_eq!(rows[4][0], Data::Float(8.5), "a number, whatever stands behind it");
    }

    #[test]
    fn a_text_longer_than_a_cell_is_cut_between_characters() {
        let long = "ğ".repeat(40_000);
        assert_eq!(cut(&long).chars().count(), 32_767);
        let wide = "👷".repeat(20_000);
        assert_eq!(cut(&wide).chars().count(), 16_383, "two units each");
        assert_eq!((cut("kısa"), cut(&"ğ".repeat(20_000)).chars().count()), ("kısa", 20_000));
        read_back(&[vec![Cell::Text(long)]], Vec::new());
    }

    #[test]
    fn a_sheet_has_a_name_that_excel_takes() {
        assert_eq!(sheet_name("Kasım 2026"), "Kasım 2026");
        assert_eq!(sheet_name("'a/b:c*d?[e]\\'"), "a b c d  e");
        assert_eq!(sheet_name(&"ş".repeat(40)).chars().count(), 31);
        assert_eq!(sheet_name("  "), "Rainstaff");
    }
}
