//! What every page shares: the request's context, rendering, assets, htmx, the message after a redirect.

pub mod bearer;
pub mod csrf;
pub mod exchange;
pub mod extract;
pub mod files;
pub mod headers;
pub mod limits;
pub mod params;
pub mod problem;
pub mod scope;
pub mod session;
pub mod visitor;

pub use rainstaff_http::{answer, body, connection, cookies, flash_cookie, head, htmx, listen, pace, policy};
/// Assets: their files, and the names under which pages ask for them.
pub mod assets {
    pub use rainstaff_http::assets::*;
    pub use rainstaff_pages::web::assets::{asset, build};
}

pub use rainstaff_pages::web::{
    asked, change, error_page, filters, flash, form, office, offline, page, pagination, pairs, paper, part, search, shell, signer, table,
    toast,
};
