//! What every page shares: the request's context, rendering, forms, tables, the message after a redirect.

pub mod asked;
pub mod assets;
pub mod change;
pub mod error_page;
pub mod flash;
pub mod form;
pub mod office;
pub mod offline;
pub mod page;
pub mod pagination;
pub mod pairs;
pub mod paper;
pub mod part;
pub mod search;
pub mod shell;
pub mod signer;
pub mod table;
pub mod toast;

/// The filters that templates use; a page's module says `use crate::web::filters;`.
pub mod filters {
    pub use super::assets::filters::asset;
    pub use super::page::filters::url_with;
    pub use crate::i18n::filters::{date, day_of_year, hours, instant, number, t, t1, t2, t3, time};
}
