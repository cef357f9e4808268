//! The month as a file: people by days, as the page shows them, each day a number of hours that can be summed.

use actix_web::HttpResponse;
use futures_util::stream;

use super::{
    Tally,
    views::{CellText, CellView, MonthPage, Row, ShortHours},
};
use crate::{
    error::AppResult,
    exports::{Export, List},
    i18n::{format::number, t},
    web::{
        paper,
        table::{Cell, Head, Kind, Sheet},
    },
};

pub(super) const LIST: List = List { what: "month", file: "file-month" };
/// Characters that a day's hours take.
const DAY_WIDTH: u16 = 7;
/// Characters of a region's name and of "Unvan".
const SHORT: u16 = 16;
/// The columns of the sums, behind the days.
const SUMS: [(&str, Kind); 7] = [
    ("month-days", Kind::Count),
    ("month-blanks", Kind::Count),
    ("month-worked", Kind::Hours),
    ("hours-overtime", Kind::Hours),
    ("hours-night", Kind::Hours),
    ("hours-overnight", Kind::Hours),
    ("timesheet-special", Kind::Hours),
];

/// The answer.
pub(super) async fn export(export: Export<'_>, page: &MonthPage<'_>) -> AppResult<HttpResponse> {
    let rows = page.rows.iter().map(|row| cells_of(page, row)).collect();
    export.send(sheet_of(page), stream::once(async { Ok(rows) })).await
}

fn sheet_of(page: &MonthPage<'_>) -> Sheet {
    let lang = page.ctx.lang;
    let mut heads = vec![
        Head { width: 28, ..Head::new(t(lang, "timesheet-employee"), Kind::Text) },
        Head { width: SHORT, ..Head::new(t(lang, "field-region"), Kind::Text) },
        Head { width: SHORT, ..Head::new(t(lang, "employee-title"), Kind::Text) },
    ];
    heads.extend(page.heads.iter().map(|day| {
        let half = if day.is_half { "½" } else { "" };
        let text = format!("{}{half} {}", day.day.format("%-d"), t(lang, day.weekday()));
        Head { width: DAY_WIDTH, is_free: day.is_free(), ..Head::new(&text, Kind::Hours) }
    }));
    heads.extend(SUMS.map(|(label, kind)| Head::new(t(lang, label), kind)));
    let about = paper::listed(&[page.report_title(), &page.region.name, &marked(page)]);
    Sheet { title: page.title(), about, heads, frozen: 1, totals: totals_of(page) }
}

/// The names of marked days.
fn marked(page: &MonthPage<'_>) -> String {
    page.marked_days().map(|(day, name)| format!("{}: {name}", day.format("%d.%m."))).collect::<Vec<_>>().join(", ")
}

fn cells_of(page: &MonthPage<'_>, row: &Row<'_>) -> Vec<Cell> {
    let mut cells = vec![Cell::text(row.name), Cell::text(&page.region.name), Cell::text(row.title)];
    cells.extend(row.cells.iter().map(|cell| cell_of(page, cell)));
    cells.extend([Cell::Count(row.worked_days), Cell::Count(row.blanks)]);
    cells.extend(row.hours.iter().map(|(_, hours)| Cell::Hours(hours.map_or(0, ShortHours::minutes))));
    cells
}

/// The hours with the letters of the page's corner, "boş", or nothing where nobody was expected.
fn cell_of(page: &MonthPage<'_>, cell: &CellView) -> Cell {
    match &cell.text {
        CellText::Hours(hours) => {
            let late = if cell.is_late { page.words.late } else { "" };
            let special = if cell.is_special { page.words.special } else { "" };
            let several = cell.several.map(|count| number(page.ctx.lang, count)).unwrap_or_default();
            Cell::Day { minutes: hours.minutes(), mark: format!("{late}{special}{several}") }
        }
        CellText::Word(word) if *word == page.words.blank() => Cell::Remark((*word).to_owned()),
        CellText::Word("·") => Cell::Empty,
        CellText::Word(word) => Cell::text(word),
    }
}

/// Who came, who is blank, and the hours of each day, as at the foot of the page.
fn totals_of(page: &MonthPage<'_>) -> Vec<Vec<Cell>> {
    let row = |label, of: fn(&Tally) -> Cell, sums: [Cell; 7]| {
        let mut cells = vec![Cell::text(t(page.ctx.lang, label)), Cell::Empty, Cell::Empty];
        cells.extend(page.feet.iter().map(of));
        cells.extend(sums);
        cells
    };
    let (total, none) = (&page.total, || std::array::from_fn(|_| Cell::Empty));
    let mut present: [Cell; 7] = none();
    present[0] = Cell::Count(total.days);
    let mut blanks: [Cell; 7] = none();
    blanks[1] = Cell::Count(total.blanks);
    let mut worked: [Cell; 7] = none();
    for (cell, (_, hours)) in worked[2..].iter_mut().zip(page.sums()) {
        *cell = Cell::Hours(hours.map_or(0, ShortHours::minutes));
    }
    vec![
        row("month-foot-present", |day| unless_none(day.days, Cell::Count), present),
        row("month-foot-blank", |day| unless_none(day.blanks, Cell::Count), blanks),
        row("month-foot-total", |day| unless_none(day.hours.worked, |minutes| Cell::Day { minutes, mark: String::new() }), worked),
    ]
}

fn unless_none(number: i64, cell: fn(i64) -> Cell) -> Cell {
    if number > 0 { cell(number) } else { Cell::Empty }
}
