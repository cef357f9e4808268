//! The pages of an entity for an office that is not the server: the address is parsed here, not by a table of routes.

use std::pin::Pin;

use uuid::Uuid;

use super::{PageRow as _, Pages};
use crate::{
    complaint::FieldError,
    error::{PageError, PageResult},
    ops::Op,
    web::{
        form::{FormView, Posted},
        office::Office,
        page::Ctx,
    },
};

type Answer<'a, T> = Pin<Box<dyn Future<Output = PageResult<T>> + 'a>>;
type Show<O> = for<'a> fn(&'a Ctx, &'a mut O, Address) -> Answer<'a, String>;
type Refuse<O> = for<'a> fn(&'a Ctx, &'a mut O, Option<Uuid>, &'a Posted, &'a [FieldError]) -> Answer<'a, String>;
type Complete<O> = for<'a> fn(&'a mut O, &'a mut Op, &'a Posted) -> Answer<'a, Option<FieldError>>;

/// A page of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// The list.
    List,
    /// The form of a new row.
    New,
    /// One row of the list.
    Row(Uuid),
    /// The form for a change.
    Edit(Uuid),
    /// The page of one row.
    Card(Uuid),
}

impl Address {
    /// The page at an address below the list's; `None` for an address of something else.
    pub fn below(home: &str, path: &str) -> Option<Self> {
        let rest = path.strip_prefix(home)?;
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        match parts.as_slice() {
            [] if rest.is_empty() => Some(Self::List),
            ["new"] => Some(Self::New),
            [id] => id.parse().ok().map(Self::Card),
            [id, "row"] => id.parse().ok().map(Self::Row),
            [id, "edit"] => id.parse().ok().map(Self::Edit),
            _ => None,
        }
    }
}

/// The pages of one entity, found by its name or its addresses.
pub struct PagesOf<O> {
    /// The entity.
    pub entity: &'static str,
    /// Address of its list.
    pub home: &'static str,
    /// Makes a page.
    pub show: Show<O>,
    /// Makes the page of a refused form again: of a new row, or for the change of one.
    pub refuse: Refuse<O>,
    /// Completes the operation of a change ([`Pages::complete`]).
    pub complete: Complete<O>,
}

impl<O: Office> PagesOf<O> {
    /// The pages of a type.
    pub fn of<E: Pages<O>>() -> Self {
        Self {
            entity: E::NAME,
            home: E::HOME,
            show: |ctx, office, address| Box::pin(show::<E, O>(ctx, office, address)),
            refuse: |ctx, office, id, posted, errors| Box::pin(refuse::<E, O>(ctx, office, id, posted, errors)),
            complete: |office, op, posted| Box::pin(complete::<E, O>(office, op, posted)),
        }
    }
}

async fn show<E: Pages<O>, O: Office>(ctx: &Ctx, office: &mut O, address: Address) -> PageResult<String> {
    match address {
        Address::List => E::render_list(ctx, office).await,
        Address::New => E::render_new(ctx, office, E::blank_form(""), false).await,
        // A row's history is at the server.
        Address::Card(id) => {
            let row = find::<E, O>(office, id).await?;
            E::render_card(ctx, office, &row, Vec::new()).await?.ok_or(PageError::NotFound)
        }
        Address::Row(id) => {
            let row = find::<E, O>(office, id).await?;
            E::render_row(ctx, office, row).await
        }
        Address::Edit(id) => {
            let row = find::<E, O>(office, id).await?;
            if row.is_deleted() {
                return Err(PageError::NotFound);
            }
            E::render_edit(ctx, office, &row, E::form_of(&row, &row.region()?)).await
        }
    }
}

async fn refuse<E: Pages<O>, O: Office>(
    ctx: &Ctx,
    office: &mut O,
    id: Option<Uuid>,
    posted: &Posted,
    errors: &[FieldError],
) -> PageResult<String> {
    let form = FormView::refused(posted, id, errors, ctx.lang);
    match id {
        None => E::render_new(ctx, office, form, false).await,
        Some(id) => {
            let row = find::<E, O>(office, id).await?;
            E::render_edit(ctx, office, &row, form).await
        }
    }
}

async fn complete<E: Pages<O>, O: Office>(office: &mut O, op: &mut Op, posted: &Posted) -> PageResult<Option<FieldError>> {
    if E::is_complete(op, posted) {
        return Ok(None);
    }
    let before = E::find_row(office, op.id).await?;
    E::complete(office, op, posted, before.as_ref()).await
}

async fn find<E: Pages<O>, O: Office>(office: &mut O, id: Uuid) -> PageResult<E::Row> {
    E::find_row(office, id).await?.ok_or(PageError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_page_of_an_entity_or_of_something_else() {
        let id = Uuid::from_u128(7);
        let at = |rest: &str| Address::below("/drivers", &format!("/drivers{rest}"));
        assert_eq!(at(""), Some(Address::List));
        assert_eq!(at("/new"), Some(Address::New));
        assert_eq!(at(&format!("/{id}/row")), Some(Address::Row(id)));
        assert_eq!(at(&format!("/{id}/edit")), Some(Address::Edit(id)));
        assert_eq!(at(&format!("/{id}")), Some(Address::Card(id)));
        for other in ["/", "s", "/x", "/x/edit", "/new/row", &format!("/{id}/edit/")] {
            assert_eq!(at(other), None, "{other}");
        }
        assert_eq!(Address::below("/drivers", "/driver"), None);
    }
}
