//! The sums per person as a file.

use actix_web::HttpResponse;
use futures_util::stream;

use super::{columns::COLUMNS, views::SummaryPage};
use crate::{
    error::AppResult,
    exports::{Export, List},
    i18n::t,
    web::{
        paper,
        table::{Cell, FileColumns, Sheet},
    },
};

pub(super) const LIST: List = List { what: "summary", file: "file-summary" };

/// The response with the file.
pub(super) async fn export(export: Export<'_>, page: &SummaryPage<'_>) -> AppResult<HttpResponse> {
    let SummaryPage { ctx, summary, filter, .. } = page;
    let columns = FileColumns::of(&COLUMNS);
    let total = &summary.total;
    let sums = [
        ("summary-entries", Cell::Count(summary.count)),
        ("hours-worked", Cell::Hours(total.worked)),
        ("hours-overtime", Cell::Hours(total.overtime)),
        ("hours-night", Cell::Hours(total.night)),
        ("hours-overnight", Cell::Hours(total.overnight)),
        ("summary-special", Cell::Hours(total.special_normal)),
    ];
    let sheet = Sheet {
        title: t(ctx.lang, "summary-title").to_owned(),
        about: paper::days(ctx, page.region(), &filter.from, &filter.to, &page.about()),
        heads: columns.heads(ctx),
        frozen: 1,
        totals: vec![columns.totals(t(ctx.lang, "file-total").to_owned(), &sums)],
    };
    let rows = summary.people.iter().map(|person| columns.cells(ctx, person)).collect();
    export.send(sheet, stream::once(async { Ok(rows) })).await
}
