//! A list described once: its columns, their names and their cells. The heads of a page's table are made from the description, and so are
//! whole files for spreadsheets (docs/adr/0027).

use chrono::{DateTime, NaiveDate, Utc};

use super::page::Ctx;
use crate::i18n::t;

/// The place in a file of a column whose description sets none.
const BY_PAGE: u8 = u8::MAX;

/// Whether the query of a list's address requests a file instead of the page.
pub fn asks_for_file(query: &str) -> bool {
    query.split('&').any(|pair| pair.strip_prefix("format=").is_some_and(|format| !format.is_empty()))
}

/// The content of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text, which is never a formula.
    Text(String),
    /// A text that needs attention, such as "boş".
    Remark(String),
    /// A date.
    Date(NaiveDate),
    /// A time of day in minutes; 1440 and more are of the next day.
    Time(i32),
    /// An instant, by Istanbul's clock and to the second.
    Instant(DateTime<Utc>),
    /// A whole number.
    Count(i64),
    /// A sum of money in kuruş.
    Money(i64),
    /// Minutes, shown as hours with two decimals.
    Hours(i64),
    /// Minutes, shown as hours with as many decimals as they need, followed by a mark in a workbook.
    Day {
        /// How long.
        minutes: i64,
        /// "Ö" for a special day.
        mark: String,
    },
}

impl Cell {
    /// A text; nothing for an empty one.
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// A date that may be missing.
    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }

    /// "Evet" or "Hayır".
    pub fn answer(ctx: &Ctx, holds: bool) -> Self {
        Self::Text(t(ctx.lang, if holds { "yes" } else { "no" }).to_owned())
    }
}

/// The kind of a column's cells: it sets the alignment, and the width unless another is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Instants.
    Instant,
    /// Whole numbers.
    Count,
    /// Sums of money.
    Money,
    /// Hours.
    Hours,
}

impl Kind {
    /// Whether its cells are numbers, which stand at the right.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Count | Self::Money | Self::Hours)
    }

    /// Characters that its cells take in a workbook.
    fn width(self) -> u16 {
        match self {
            Self::Text => 24,
            Self::Date => 12,
            Self::Time => 9,
            Self::Instant => 20,
            Self::Count | Self::Hours => 11,
            Self::Money => 16,
        }
    }
}

/// A column of a list whose rows are of the type `R`.
pub struct Column<R> {
    /// Key of its name.
    pub label: &'static str,
    /// What its cells are.
    pub kind: Kind,
    /// Its name in addresses that sort by it.
    pub sort: Option<&'static str>,
    cell: fn(&Ctx, &R) -> Cell,
    width: u16,
    place: u8,
    is_of_regions: bool,
}

impl<R> Column<R> {
    /// A column, with the function that makes its cells.
    pub const fn new(label: &'static str, kind: Kind, cell: fn(&Ctx, &R) -> Cell) -> Self {
        Self { label, kind, sort: None, cell, width: 0, place: BY_PAGE, is_of_regions: false }
    }

    /// The page can sort by it.
    #[must_use]
    pub const fn sorted(mut self, name: &'static str) -> Self {
        self.sort = Some(name);
        self
    }

    /// Sets its width in a workbook, in characters.
    #[must_use]
    pub const fn wide(mut self, characters: u16) -> Self {
        self.width = characters;
        self
    }

    /// Puts it before the others in a file, in the order of these numbers.
    #[must_use]
    pub const fn first(mut self, place: u8) -> Self {
        self.place = place;
        self
    }

    /// Names the row's region: on a page only for readers who have several; in every file, as files of several offices are combined.
    #[must_use]
    pub const fn of_regions(mut self) -> Self {
        self.is_of_regions = true;
        self
    }

    /// The class of its head on a page: `number` for columns of numbers.
    pub fn class<'c>(&self, number: &'c str) -> &'c str {
        if self.kind.is_number() { number } else { "" }
    }

    /// Whether a page shows it.
    pub fn is_shown(&self, ctx: &Ctx) -> bool {
        !self.is_of_regions || ctx.has_many_regions()
    }
}

/// The columns of a list as a file has them.
pub struct FileColumns<R: 'static>(Vec<&'static Column<R>>);

impl<R> FileColumns<R> {
    /// Puts them in the file's order.
    pub fn of(columns: &'static [Column<R>]) -> Self {
        let mut columns: Vec<_> = columns.iter().collect();
        columns.sort_by_key(|column| column.place);
        Self(columns)
    }

    /// Their heads.
    pub fn heads(&self, ctx: &Ctx) -> Vec<Head> {
        let head = |column: &&Column<R>| {
            let head = Head::new(t(ctx.lang, column.label), column.kind);
            if column.width == 0 { head } else { Head { width: column.width, ..head } }
        };
        self.0.iter().map(head).collect()
    }

    /// The cells of a row.
    pub fn cells(&self, ctx: &Ctx, row: &R) -> Vec<Cell> {
        self.0.iter().map(|column| (column.cell)(ctx, row)).collect()
    }

    /// A row of totals: `title`, and the sum of each column by its label.
    pub fn totals(&self, title: String, sums: &[(&'static str, Cell)]) -> Vec<Cell> {
        let sum = |column: &&Column<R>| sums.iter().find(|(label, _)| *label == column.label).map_or(Cell::Empty, |(_, sum)| sum.clone());
        let mut cells: Vec<Cell> = self.0.iter().map(sum).collect();
        if let Some(first) = cells.first_mut() {
            *first = Cell::Text(title);
        }
        cells
    }
}

/// The head of a column in a file.
#[derive(Debug, Clone)]
pub struct Head {
    /// Its name.
    pub text: String,
    /// The kind of its cells.
    pub kind: Kind,
    /// Characters wide in a workbook.
    pub width: u16,
    /// A day on which few work: shaded in a workbook.
    pub is_free: bool,
}

impl Head {
    /// A head with the width of its kind.
    pub fn new(text: &str, kind: Kind) -> Self {
        Self { text: text.to_owned(), kind, width: kind.width(), is_free: false }
    }
}

/// What a file has besides its rows. CSV has only the heads: programs that read it take every other line for a row.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The list's name: the sheet's name, and its first line after the company's name.
    pub title: String,
    /// Region, dates and other filters: the second line.
    pub about: String,
    /// The heads of its columns.
    pub heads: Vec<Head>,
    /// Number of columns that stay in place when the others scroll.
    pub frozen: u16,
    /// Rows below the others, separate from them.
    pub totals: Vec<Vec<Cell>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row(i64);

    const COLUMNS: [Column<Row>; 3] = [
        Column::<Row>::new("timesheet-date", Kind::Date, |_, _| Cell::Empty).first(3),
        Column::<Row>::new("timesheet-employee", Kind::Text, |_, row| Cell::text(&"x".repeat(usize::try_from(row.0).unwrap()))).first(1),
        Column::<Row>::new("hours-worked", Kind::Hours, |_, row| Cell::Hours(row.0)).wide(40),
    ];

    #[test]
    fn a_files_order_is_its_own_and_its_totals_stand_under_their_columns() {
        let columns = FileColumns::of(&COLUMNS);
        let labels: Vec<&str> = columns.0.iter().map(|column| column.label).collect();
        assert_eq!(labels, ["timesheet-employee", "timesheet-date", "hours-worked"]);
        let totals = columns.totals("Toplam".into(), &[("hours-worked", Cell::Hours(90))]);
        assert_eq!(totals, [Cell::Text("Toplam".into()), Cell::Empty, Cell::Hours(90)]);
    }

    #[test]
    fn an_address_asks_for_a_file_by_its_format() {
        for (query, is_file) in
            [("format=xlsx", true), ("q=a&format=csv", true), ("", false), ("format=&q=a", false), ("q=format=csv", false)]
        {
            assert_eq!(asks_for_file(query), is_file, "{query}");
        }
    }

    #[test]
    fn an_empty_text_is_no_cell() {
        assert_eq!((Cell::text(""), Cell::text("0"), Cell::date(None)), (Cell::Empty, Cell::Text("0".into()), Cell::Empty));
    }
}
