//! Pages that are made of an entity's fields alone.

mod inputs;
mod names;

use std::slice;

use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{File, Messages, PageRow as _, Pages};
use crate::{
    error::PageResult,
    i18n::{Lang, t},
    identity::Region,
    ops::{Entity, Field, FieldKind, Listed, Plain},
    web::{
        asked::Asked,
        change::ChangeView,
        filters,
        form::FormView,
        office::{Office, PAGE_SIZE, Wanted},
        page::{Ctx, query_of, render},
        pagination::Pager,
        paper,
        part::Part,
        search::sought,
        table::{Cell, Head, Kind, Sheet},
    },
};
use inputs::{Drawn, Input};
use names::Names;

/// An entity whose pages show its fields and nothing else: list, forms and card need no template of its own.
pub trait PlainPages: Entity {
    /// Its list.
    const LIST: Part;
    /// What its pages say.
    const TEXTS: Texts;
    /// The icon of an empty list.
    const ICON: &'static str;
    /// The fields that the list shows, sorts by and looks for a text in. The first is what people call a row.
    const SHOWN: &'static [&'static str];
}

/// The keys of what the pages of an entity say.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// The heading of the list.
    pub list: &'static str,
    /// The button that opens the form of a new row.
    pub add: &'static str,
    /// The heading of that form.
    pub new: &'static str,
    /// The label of the search field.
    pub search: &'static str,
    /// An empty list.
    pub none: &'static str,
    /// What to do about it.
    pub none_text: &'static str,
}

/// What the list shows, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    q: Option<String>,
    state: Option<String>,
    region: Option<String>,
    sort: Option<String>,
    page: Option<String>,
}

/// The filters as the form shows them.
#[derive(Debug, Default)]
pub struct FilterView {
    /// Text, as typed.
    pub q: String,
    /// The trash is shown.
    pub is_bin: bool,
    /// Region's code.
    pub region: String,
    /// The order in force.
    pub sort: String,
}

impl FilterView {
    /// What a printed list, or a file, is narrowed to.
    fn about(&self, ctx: &Ctx) -> String {
        let state = if self.is_bin { t(ctx.lang, "list-bin") } else { "" };
        paper::listed(&[state, &paper::quoted(&self.q)])
    }
}

/// What an entity's pages say, and where they are.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Address of the list.
    pub home: &'static str,
    /// The list.
    pub list: Part,
    /// The icon of an empty list.
    pub icon: &'static str,
    /// What its pages say.
    pub texts: Texts,
}

impl About {
    fn of<E: PlainPages>() -> Self {
        Self { home: E::HOME, list: E::LIST, icon: E::ICON, texts: E::TEXTS }
    }

    /// Address of the form of a new row.
    pub fn new_address(&self) -> String {
        format!("{}/new", self.home)
    }
}

/// A field, and what a row holds in it.
pub struct ValueView {
    /// The field.
    pub field: &'static Field,
    /// What it is called.
    pub label: &'static str,
    /// The value in words.
    pub text: String,
}

/// A row with its values in words.
pub struct RowView {
    /// The row's id.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// The row's version.
    pub version: i64,
    /// In the trash.
    pub is_deleted: bool,
    /// What people call it.
    pub title: String,
    /// Its values.
    pub values: Vec<ValueView>,
}

impl ValueView {
    /// The class of its cell: `number` for numbers, which stand at the right.
    pub fn class(&self) -> &'static str {
        if kind_of_cell(self.field).is_number() { "number" } else { "" }
    }
}

impl RowView {
    fn new<E: PlainPages>(lang: Lang, row: &Listed<E>, fields: &[&'static Field], names: &Names) -> Self {
        let shown = row.value.to_row();
        let value = |field: &&'static Field| ValueView {
            field,
            label: t(lang, field.label),
            text: shown.get(field.name).map_or_else(String::new, |value| names.said(lang, field, value)),
        };
        Self {
            id: row.id,
            region: row.region.clone(),
            version: row.version,
            is_deleted: row.is_deleted(),
            title: names.title::<E>(&shown),
            values: fields.iter().map(value).collect(),
        }
    }
}

/// A column of the list.
pub struct ColumnView {
    /// The field.
    pub field: &'static Field,
}

impl ColumnView {
    /// The class of its head.
    pub fn class(&self) -> &'static str {
        if kind_of_cell(self.field).is_number() { "number" } else { "" }
    }
}

/// The fields of the list.
fn shown<E: PlainPages>() -> Vec<&'static Field> {
    E::SHOWN.iter().filter_map(|name| E::FORM.iter().find(|field| field.name == *name)).collect()
}

/// What the cells of a field are in a file.
fn kind_of_cell(field: &Field) -> Kind {
    match field.kind {
        FieldKind::Date => Kind::Date,
        FieldKind::Time => Kind::Time,
        FieldKind::Decimal => Kind::Hours,
        FieldKind::Money => Kind::Money,
        FieldKind::Integer | FieldKind::Minutes => Kind::Count,
        _ => Kind::Text,
    }
}

/// A field's cell in a file: numbers and dates as such, everything else in words.
fn cell_of(lang: Lang, field: &'static Field, value: &Value, plain: &Plain, names: &Names) -> Cell {
    let number = match *plain {
        _ if value.is_null() => return Cell::Empty,
        Plain::Date(date) => return Cell::date(date),
        Plain::Number(number) => number.map(i64::from),
        Plain::Sum(sum) => sum,
        _ => None,
    };
    match (kind_of_cell(field), number) {
        (Kind::Count, Some(count)) => Cell::Count(count),
        (Kind::Money, Some(kurus)) => Cell::Money(kurus),
        (Kind::Hours, Some(minutes)) => Cell::Hours(minutes),
        (Kind::Time, Some(minutes)) => i32::try_from(minutes).map_or(Cell::Empty, Cell::Time),
        _ => Cell::text(&names.said(lang, field, value)),
    }
}

#[derive(Template)]
#[template(path = "crud/list.html", blocks = ["list"])]
struct ListPage<'a> {
    ctx: &'a Ctx,
    about: About,
    filter: FilterView,
    columns: Vec<ColumnView>,
    rows: Vec<RowView>,
    pager: Pager,
    on_paper: String,
}

#[derive(Template)]
#[template(path = "crud/row.html")]
struct RowFragment<'a> {
    ctx: &'a Ctx,
    about: About,
    row: RowView,
}

#[derive(Template)]
#[template(path = "crud/new.html", blocks = ["new_form"])]
struct NewPage<'a> {
    ctx: &'a Ctx,
    about: About,
    inputs: Vec<Input>,
    form: FormView,
}

#[derive(Template)]
#[template(path = "crud/edit.html")]
struct EditPage<'a> {
    ctx: &'a Ctx,
    about: About,
    id: Uuid,
    title: String,
    inputs: Vec<Input>,
    form: FormView,
}

#[derive(Template)]
#[template(path = "crud/edit_row.html")]
struct EditRow<'a> {
    ctx: &'a Ctx,
    about: About,
    id: Uuid,
    title: String,
    inputs: Vec<Input>,
    form: FormView,
    columns: usize,
}

#[derive(Template)]
#[template(path = "crud/card.html")]
struct CardPage<'a> {
    ctx: &'a Ctx,
    about: About,
    row: RowView,
    history: Vec<ChangeView>,
}

impl ListQuery {
    fn read<E: PlainPages>(&self, lang: Lang) -> PageResult<(Wanted, FilterView, Option<i64>)> {
        let fields = shown::<E>();
        let mut asked = Asked::new(lang);
        let q = asked.text("q", self.q.as_deref());
        let is_bin = asked.word("state", self.state.as_deref(), |word| (word == "deleted").then_some(true)).unwrap_or(false);
        let known = |word: &str| {
            let (name, descends) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
            fields.iter().find(|field| field.name == name).map(|field| (*field, descends))
        };
        let sort = asked.word("sort", self.sort.as_deref(), known);
        let page = asked.page(self.page.as_deref());
        asked.refuse()?;
        let (by, descends) = sort.map_or((fields.first().copied(), false), |(field, descends)| (Some(field), descends));
        let sort = by.map(|field| format!("{}{}", if descends { "-" } else { "" }, field.name)).unwrap_or_default();
        let region = self.region.as_deref().unwrap_or("").trim().to_owned();
        let sought = (!q.is_empty()).then(|| sought(lang, &fields, &q));
        Ok((Wanted { is_bin, sought, by, descends }, FilterView { q, is_bin, region, sort }, page))
    }
}

impl<O: Office, E: PlainPages> Pages<O> for E {
    const LIST: Part = <E as PlainPages>::LIST;
    const MESSAGES: Messages = Messages {
        created: "flash-row-created",
        updated: "flash-row-updated",
        merged: "flash-row-merged",
        deleted: "flash-row-deleted",
        not_deleted: "flash-row-not-deleted",
        restored: "flash-row-restored",
    };
    const ROW_CHANGED: &'static str = "row-changed";
    const OPENS_NEXT: bool = true;

    type Row = Listed<E>;

    async fn find_row(office: &mut O, id: Uuid) -> PageResult<Option<Listed<E>>> {
        office.find(id).await
    }

    async fn name_of(office: &mut O, row: &Listed<E>) -> PageResult<String> {
        Ok(Names::of(office, slice::from_ref(row)).await?.title::<E>(&row.value.to_row()))
    }

    async fn render_list(ctx: &Ctx, office: &mut O) -> PageResult<String> {
        let (wanted, filter, page) = query_of::<ListQuery>(ctx)?.read::<E>(ctx.lang)?;
        let (rows, pager) = office.page::<E>(&wanted, page, PAGE_SIZE).await?;
        let (fields, names) = (shown::<E>(), Names::of(office, &rows).await?);
        let rows = rows.iter().map(|row| RowView::new(ctx.lang, row, &fields, &names)).collect();
        let columns = fields.into_iter().map(|field| ColumnView { field }).collect();
        let on_paper = paper::people(ctx, &filter.region, &filter.about(ctx), &pager);
        let page = ListPage { ctx, about: About::of::<E>(), filter, columns, rows, pager, on_paper };
        Ok(if <E as PlainPages>::LIST.is_wanted(ctx) { render(ctx, &page.as_list())? } else { render(ctx, &page)? })
    }

    const FILE: Option<File> = Some(File { what: E::NAME, name: E::TEXTS.list });

    async fn file(ctx: &Ctx, office: &mut O) -> PageResult<(Sheet, Vec<Vec<Cell>>)> {
        let (wanted, filter, _) = query_of::<ListQuery>(ctx)?.read::<E>(ctx.lang)?;
        let (rows, _) = office.page::<E>(&wanted, None, i64::MAX).await?;
        let names = Names::of(office, &rows).await?;
        let heads = E::FORM.iter().map(|field| Head::new(t(ctx.lang, field.label), kind_of_cell(field)));
        let sheet = Sheet {
            title: t(ctx.lang, E::TEXTS.list).to_owned(),
            about: paper::rows(ctx, &filter.region, &filter.about(ctx)),
            heads: heads.chain([Head::new(t(ctx.lang, "field-region"), Kind::Text)]).collect(),
            frozen: 1,
            totals: Vec::new(),
        };
        let cells = |listed: &Listed<E>| {
            let row = listed.value.to_row();
            let cell = |(field, plain): (&'static Field, Plain)| {
                cell_of(ctx.lang, field, row.get(field.name).unwrap_or(&Value::Null), &plain, &names)
            };
            E::FORM.iter().zip(listed.value.cells()).map(cell).chain([Cell::text(ctx.region_name(&listed.region))]).collect()
        };
        Ok((sheet, rows.iter().map(cells).collect()))
    }

    async fn render_row(ctx: &Ctx, office: &mut O, row: Listed<E>) -> PageResult<String> {
        let names = Names::of(office, slice::from_ref(&row)).await?;
        let row = RowView::new(ctx.lang, &row, &shown::<E>(), &names);
        Ok(render(ctx, &RowFragment { ctx, about: About::of::<E>(), row })?)
    }

    fn blank_form(region: &str) -> FormView {
        let mut form = FormView::blank(&[]);
        form.focus = E::FORM[0].name;
        region.clone_into(&mut form.region);
        form
    }

    async fn render_new(ctx: &Ctx, office: &mut O, form: FormView, is_fragment: bool) -> PageResult<String> {
        let page = NewPage { ctx, about: About::of::<E>(), inputs: Input::all::<O, E>(ctx.lang, office).await?, form };
        Ok(if is_fragment { render(ctx, &page.as_new_form())? } else { render(ctx, &page)? })
    }

    fn form_of(row: &Listed<E>, region: &Region) -> FormView {
        let mut form = FormView::of_row(row.id, row.version, region, &row.value.to_row());
        form.focus = E::FORM[0].name;
        form
    }

    async fn render_edit(ctx: &Ctx, office: &mut O, row: &Listed<E>, form: FormView) -> PageResult<String> {
        let title = <E as Pages<O>>::name_of(office, row).await?;
        let inputs = Input::all_for(ctx.lang, office, row, &row.region()?).await?;
        let (id, about) = (row.id, About::of::<E>());
        if !ctx.is_htmx {
            return Ok(render(ctx, &EditPage { ctx, about, id, title, inputs, form })?);
        }
        let columns = E::SHOWN.len() + 1 + usize::from(ctx.has_many_regions());
        Ok(render(ctx, &EditRow { ctx, about, id, title, inputs, form, columns })?)
    }

    async fn render_card(ctx: &Ctx, office: &mut O, row: &Listed<E>, history: Vec<ChangeView>) -> PageResult<Option<String>> {
        let fields: Vec<&Field> = E::FORM.iter().collect();
        let names = Names::of(office, slice::from_ref(row)).await?;
        let row = RowView::new(ctx.lang, row, &fields, &names);
        Ok(Some(render(ctx, &CardPage { ctx, about: About::of::<E>(), row, history })?))
    }
}
