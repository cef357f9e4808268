//! The eight addresses, for the table of addresses.

use actix_web::web::{ServiceConfig, get, post};

use super::{
    Pages, actions,
    forms::{self, Database},
};

/// The usual addresses of an entity, and that of a row's page.
pub fn routes_with_card<E: Pages<Database>>(cfg: &mut ServiceConfig) {
    routes::<E>(cfg);
    cfg.route(&format!("{home}/{{id}}", home = E::HOME), get().to(forms::show_card::<E>));
}

/// The usual addresses of an entity.
#[rustfmt::skip]
pub fn routes<E: Pages<Database>>(cfg: &mut ServiceConfig) {
    let at = |rest: &str| format!("{}{rest}", E::HOME);
    cfg.route(&at(""), get().to(forms::list::<E>));
    cfg.route(&at(""), post().to(forms::create::<E>));
    cfg.route(&at("/new"), get().to(forms::new::<E>));
    cfg.route(&at("/{id}"), post().to(forms::update::<E>));
    cfg.route(&at("/{id}/row"), get().to(forms::show_row::<E>));
    cfg.route(&at("/{id}/edit"), get().to(forms::edit::<E>));
    cfg.route(&at("/{id}/deletion"), post().to(actions::delete::<E>));
    cfg.route(&at("/{id}/restoration"), post().to(actions::restore::<E>));
}
