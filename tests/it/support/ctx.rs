//! The context of a page that a test makes without a server around it.

use std::collections::HashSet;

use rainstaff::{
    i18n::Lang,
    identity::Actor,
    web::{
        flash::{Seal, signer},
        page::{Ctx, RegionName, Theme},
    },
};

/// The context of a request for `address` by `actor`, who may see `regions`; `target` is the element that a fragment goes into.
pub fn ctx(actor: Actor, regions: Vec<RegionName>, address: &str, target: Option<&str>) -> Ctx {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    Ctx {
        actor: Some(actor),
        lang: Lang::Tr,
        theme: Theme::Auto,
        csrf: String::new(),
        now: chrono::DateTime::UNIX_EPOCH,
        request_id: String::new(),
        path: path.to_owned(),
        query: query.to_owned(),
        is_htmx: target.is_some(),
        htmx_target: target.map(str::to_owned),
        demo: true,
        secure: false,
        seal: Seal::new(signer(b"test"), "", false),
        regions,
        flash: None,
        company_name: Some("Örnek A.Ş.".to_owned()),
        kept_since: None,
        waiting: HashSet::new(),
    }
}
