//! What every page shares: the request's context, rendering, assets, htmx, the message after a redirect.

pub mod answer;
pub mod asked;
pub mod assets;
#[cfg(feature = "server")]
pub mod bearer;
pub mod body;
pub mod change;
pub mod connection;
pub mod cookies;
#[cfg(feature = "server")]
pub mod csrf;
pub mod error_page;
#[cfg(feature = "server")]
pub mod exchange;
#[cfg(feature = "server")]
pub mod extract;
pub mod flash;
pub mod form;
pub mod head;
#[cfg(feature = "server")]
pub mod headers;
pub mod htmx;
#[cfg(feature = "server")]
pub mod limits;
pub mod listen;
pub mod office;
pub mod offline;
pub mod pace;
pub mod page;
pub mod pagination;
pub mod pairs;
pub mod paper;
#[cfg(feature = "server")]
pub mod params;
pub mod part;
pub mod policy;
#[cfg(feature = "server")]
pub mod problem;
#[cfg(feature = "server")]
pub mod scope;
#[cfg(feature = "server")]
pub mod session;
pub mod shell;
pub mod table;
pub mod toast;
#[cfg(feature = "server")]
pub mod visitor;

/// The filters that templates use; a page's module says `use crate::web::filters;`.
pub mod filters {
    pub use super::assets::filters::asset;
    pub use super::page::filters::url_with;
    pub use crate::i18n::filters::{date, day_of_year, hours, instant, number, t, t1, t2, t3, time};
}
