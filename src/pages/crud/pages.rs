//! What an entity's pages show.

use uuid::Uuid;

use crate::{
    complaint::FieldError,
    error::{PageError, PageResult},
    identity::Region,
    ops::{Entity, Listed, Op},
    web::{
        change::ChangeView,
        form::{FormView, Posted},
        office::Office,
        page::Ctx,
        part::Part,
        table::{Cell, Sheet},
    },
};

/// A row as the pages of its entity show it.
pub trait PageRow {
    /// Its id.
    fn id(&self) -> Uuid;
    /// Code of its region.
    fn region_code(&self) -> &str;
    /// Its version.
    fn version(&self) -> i64;
    /// In the trash.
    fn is_deleted(&self) -> bool;

    /// Its region.
    ///
    /// # Errors
    ///
    /// The code is not valid.
    fn region(&self) -> PageResult<Region> {
        Region::parse(self.region_code()).map_err(|_| PageError::NotFound)
    }
}

/// Implements the type of a row with the usual columns: `id`, `region`, `version`, `deleted_at`.
#[macro_export]
macro_rules! page_row {
    ($row:ty $(, $entity:ident)?) => {
        impl$(<$entity>)? $crate::crud::PageRow for $row {
            fn id(&self) -> uuid::Uuid {
                self.id
            }

            fn region_code(&self) -> &str {
                &self.region
            }

            fn version(&self) -> i64 {
                self.version
            }

            fn is_deleted(&self) -> bool {
                self.deleted_at.is_some()
            }
        }
    };
}

pub use crate::page_row;

page_row!(Listed<E>, E);

/// Keys of the messages after a write; each text may use `{ $name }`.
#[derive(Debug, Clone, Copy)]
pub struct Messages {
    /// A row was created.
    pub created: &'static str,
    /// A row was changed.
    pub updated: &'static str,
    /// A row was changed, and the change conflicted with another one of the same field.
    pub merged: &'static str,
    /// A row went into the trash.
    pub deleted: &'static str,
    /// A row was not deleted, because it was changed meanwhile.
    pub not_deleted: &'static str,
    /// A row was restored.
    pub restored: &'static str,
}

/// A list as a file.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its name in events: a word that `events::words` knows, or the name of an entity.
    pub what: &'static str,
    /// Key of the first part of the file's name.
    pub name: &'static str,
}

/// The pages of an entity at the usual addresses, made from the rows of an office.
#[expect(async_fn_in_trait, reason = "a page is made on one thread")]
pub trait Pages<O: Office>: Entity {
    /// Its list.
    const LIST: Part;
    /// The messages after a write.
    const MESSAGES: Messages;
    /// The event after a change of a row that was already replaced on the page.
    const ROW_CHANGED: &'static str = Self::LIST.event;
    /// Saving a new row opens the form of the next one, instead of the list.
    const OPENS_NEXT: bool = false;

    /// A row as the pages show it.
    type Row: PageRow;

    /// A row, also one in the trash.
    async fn find_row(office: &mut O, id: Uuid) -> PageResult<Option<Self::Row>>;

    /// A row's name in messages.
    async fn name_of(office: &mut O, row: &Self::Row) -> PageResult<String>;

    /// The list for the context's address, or the page around it.
    async fn render_list(ctx: &Ctx, office: &mut O) -> PageResult<String>;

    /// The list's name as a file; `None` if the list cannot be a file.
    const FILE: Option<File> = None;

    /// The list for the context's address with all of its rows, as a file.
    async fn file(_ctx: &Ctx, _office: &mut O) -> PageResult<(Sheet, Vec<Vec<Cell>>)> {
        Err(PageError::NotFound)
    }

    /// One row of the list.
    async fn render_row(ctx: &Ctx, office: &mut O, row: Self::Row) -> PageResult<String>;

    /// The form of a new row of a region; `region` is empty if the form asks for it.
    fn blank_form(region: &str) -> FormView;

    /// The form of a new row; a fragment instead of the page around it where `is_fragment`.
    async fn render_new(ctx: &Ctx, office: &mut O, form: FormView, is_fragment: bool) -> PageResult<String>;

    /// The form for a change of a row.
    fn form_of(row: &Self::Row, region: &Region) -> FormView;

    /// The form for a change, in the row's place or as a page.
    async fn render_edit(ctx: &Ctx, office: &mut O, row: &Self::Row, form: FormView) -> PageResult<String>;

    /// The page of one row with its history, below the list's address; `None` if the entity has another kind of page there.
    async fn render_card(_ctx: &Ctx, _office: &mut O, _row: &Self::Row, _history: Vec<ChangeView>) -> PageResult<Option<String>> {
        Ok(None)
    }

    /// Whether the operation of a changed form has all that it needs; most forms carry it.
    fn is_complete(_op: &Op, _posted: &Posted) -> bool {
        true
    }

    /// Completes the operation of a changed form with what the form does not carry. `before` is the row as it is here; `None` if this
    /// office has no such row. Returns what is wrong with the operation.
    async fn complete(_office: &mut O, _op: &mut Op, _posted: &Posted, _before: Option<&Self::Row>) -> PageResult<Option<FieldError>> {
        Ok(None)
    }
}
