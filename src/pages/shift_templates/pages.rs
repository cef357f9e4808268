//! The pages of the shift templates.

use uuid::Uuid;

use super::{
    ShiftTemplate,
    listed::Listed,
    views::{EditPage, EditRow, ListPage, ListQuery, NewPage, RowFragment, with_weekdays},
};
use crate::{
    civil,
    crud::{Messages, Pages},
    error::{PageError, PageResult},
    identity::Region,
    ops::Entity as _,
    web::{
        form::FormView,
        office::Office,
        page::{Ctx, query_of, render},
        part::{Part, SHIFT_TEMPLATES},
    },
};

impl<O: Office> Pages<O> for ShiftTemplate {
    /// The whole list is reloaded after a change: which template is the default of a weekday depends on all of them.
    const LIST: Part = SHIFT_TEMPLATES;
    const MESSAGES: Messages = Messages {
        created: "flash-template-created",
        updated: "flash-template-updated",
        merged: "flash-template-merged",
        deleted: "flash-template-deleted",
        not_deleted: "flash-template-not-deleted",
        restored: "flash-template-restored",
    };

    type Row = Listed;

    async fn find_row(office: &mut O, id: Uuid) -> PageResult<Option<Listed>> {
        office.find(id).await
    }

    async fn name_of(_office: &mut O, row: &Listed) -> PageResult<String> {
        Ok(row.value.name.clone())
    }

    async fn render_list(ctx: &Ctx, office: &mut O) -> PageResult<String> {
        let is_bin = query_of::<ListQuery>(ctx)?.is_bin(ctx.lang)?;
        let page = ListPage { ctx, rows: with_weekdays(office.list(is_bin).await?), is_bin };
        let is_list = SHIFT_TEMPLATES.is_wanted(ctx);
        Ok(if is_list { render(ctx, &page.as_list())? } else { render(ctx, &page)? })
    }

    /// A row depends on the other templates: they may have its weekdays.
    async fn render_row(ctx: &Ctx, office: &mut O, row: Listed) -> PageResult<String> {
        let all = with_weekdays(office.list(row.is_deleted()).await?);
        let row = all.into_iter().find(|view| view.template.id == row.id).ok_or(PageError::NotFound)?;
        Ok(render(ctx, &RowFragment { ctx, row })?)
    }

    /// Nine to six.
    fn blank_form(region: &str) -> FormView {
        let mut form = FormView::blank(&[
            ("start_time", civil::format_time(9 * 60)),
            ("end_time", civil::format_time(18 * 60)),
            ("break_minutes", "60".to_owned()),
        ]);
        form.focus = "name";
        region.clone_into(&mut form.region);
        form
    }

    async fn render_new(ctx: &Ctx, _office: &mut O, form: FormView, is_fragment: bool) -> PageResult<String> {
        let page = NewPage { ctx, form };
        Ok(if is_fragment { render(ctx, &page.as_new_form())? } else { render(ctx, &page)? })
    }

    fn form_of(row: &Listed, region: &Region) -> FormView {
        let mut form = FormView::of_row(row.id, row.version, region, &row.value.to_row());
        form.focus = "name";
        form
    }

    async fn render_edit(ctx: &Ctx, _office: &mut O, row: &Listed, form: FormView) -> PageResult<String> {
        let (id, name) = (row.id, row.value.name.clone());
        Ok(if ctx.is_htmx { render(ctx, &EditRow { ctx, id, name, form })? } else { render(ctx, &EditPage { ctx, id, name, form })? })
    }
}
