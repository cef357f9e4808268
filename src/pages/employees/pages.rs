//! The pages of the employees.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Employee,
    columns::COLUMNS,
    filter::ListQuery,
    listed::Listed,
    office::People,
    views::{EditPage, EditRow, EmployeeView, ListPage, NewPage, RowFragment, masked},
};
use crate::{
    complaint::FieldError,
    crud::{File, Messages, Pages, page_row},
    error::PageResult,
    i18n::t,
    identity::Region,
    ops::{Change, Entity as _, Op},
    web::{
        form::{FormView, Posted},
        office::PAGE_SIZE,
        page::{Ctx, query_of, render},
        paper,
        part::{EMPLOYEES, Part},
        table::{Cell, FileColumns, Sheet},
    },
};

/// The field whose stored value no form shows.
const IDENTITY_NO: &str = "identity_no";

page_row!(Listed);

impl<O: People> Pages<O> for Employee {
    const LIST: Part = EMPLOYEES;
    const MESSAGES: Messages = Messages {
        created: "flash-employee-created",
        updated: "flash-employee-updated",
        merged: "flash-employee-merged",
        deleted: "flash-employee-deleted",
        not_deleted: "flash-employee-not-deleted",
        restored: "flash-employee-restored",
    };
    /// Nothing else on the page depends on a row.
    const ROW_CHANGED: &'static str = "employee-row-changed";
    const OPENS_NEXT: bool = true;

    type Row = Listed;

    async fn find_row(office: &mut O, id: Uuid) -> PageResult<Option<Listed>> {
        office.find_person(id).await
    }

    async fn name_of(office: &mut O, row: &Listed) -> PageResult<String> {
        office.name_of_person(row).await
    }

    async fn render_list(ctx: &Ctx, office: &mut O) -> PageResult<String> {
        let (filter, shown, page) = query_of::<ListQuery>(ctx)?.read(ctx.lang)?;
        let (people, pager) = office.page_of_people(&filter, page, PAGE_SIZE).await?;
        let rows = people.into_iter().map(|employee| EmployeeView { employee }).collect();
        let page = ListPage { ctx, filter: shown, rows, pager };
        Ok(if EMPLOYEES.is_wanted(ctx) { render(ctx, &page.as_list())? } else { render(ctx, &page)? })
    }

    const FILE: Option<File> = Some(File { what: "employees", name: "file-employees" });

    async fn file(ctx: &Ctx, office: &mut O) -> PageResult<(Sheet, Vec<Vec<Cell>>)> {
        let (filter, shown, _) = query_of::<ListQuery>(ctx)?.read(ctx.lang)?;
        let (people, _) = office.page_of_people(&filter, None, i64::MAX).await?;
        let columns = FileColumns::of(&COLUMNS);
        let sheet = Sheet {
            title: t(ctx.lang, "nav-employees").to_owned(),
            about: paper::rows(ctx, &shown.region, &shown.about(ctx)),
            heads: columns.heads(ctx),
            frozen: 1,
            totals: Vec::new(),
        };
        Ok((sheet, people.into_iter().map(|employee| columns.cells(ctx, &EmployeeView { employee })).collect()))
    }

    async fn render_row(ctx: &Ctx, _office: &mut O, employee: Listed) -> PageResult<String> {
        Ok(render(ctx, &RowFragment { ctx, row: EmployeeView { employee } })?)
    }

    fn blank_form(region: &str) -> FormView {
        let mut form = FormView::blank(&[]);
        form.focus = "full_name";
        region.clone_into(&mut form.region);
        form
    }

    async fn render_new(ctx: &Ctx, office: &mut O, form: FormView, is_fragment: bool) -> PageResult<String> {
        let page = NewPage { ctx, templates: office.template_choices().await?, form };
        Ok(if is_fragment { render(ctx, &page.as_new_form())? } else { render(ctx, &page)? })
    }

    fn form_of(row: &Listed, region: &Region) -> FormView {
        // The stored number is left out of the page: without it in `_orig`, an empty field is no change.
        let mut values = row.value.to_row();
        values.remove(IDENTITY_NO);
        let mut form = FormView::of_row(row.id, row.version, region, &values);
        form.focus = "full_name";
        form
    }

    async fn render_edit(ctx: &Ctx, office: &mut O, row: &Listed, form: FormView) -> PageResult<String> {
        let templates = office.template_choices().await?;
        let (id, full_name, masked) = (row.id, row.value.full_name.clone(), masked(row));
        Ok(if ctx.is_htmx {
            render(ctx, &EditRow { ctx, id, full_name, masked, templates, form })?
        } else {
            render(ctx, &EditPage { ctx, id, full_name, masked, templates, form })?
        })
    }

    fn is_complete(op: &Op, posted: &Posted) -> bool {
        wanted_identity_no(op, posted).is_none()
    }

    /// A stored identity number is in no form: its old value is looked up for the operation.
    async fn complete(office: &mut O, op: &mut Op, posted: &Posted, before: Option<&Listed>) -> PageResult<Option<FieldError>> {
        let Some(wanted) = wanted_identity_no(op, posted) else { return Ok(None) };
        match office.identity_no_seen(op, before).await? {
            Ok(seen) => {
                op.fields.insert(IDENTITY_NO.into(), Change { from: seen, to: wanted });
                Ok(None)
            }
            Err(error) => Ok(Some(error)),
        }
    }
}

/// The form's identity number: a new one, or null for none any more (`identity_no_removed`). `None` for an empty field.
fn wanted_identity_no(op: &Op, posted: &Posted) -> Option<Value> {
    let typed = op.fields.get(IDENTITY_NO).map(|change| change.to.clone());
    typed.or_else(|| (posted.value("identity_no_removed") == "true").then_some(Value::Null))
}
