//! What the page of the keys shows.

use askama::Template;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{db::ListedToken, scopes::TokenScope};
use crate::{
    clock::in_istanbul,
    i18n::{format::instant, t},
    web::{filters, form::FormView, page::Ctx},
};

/// A key in the list.
#[derive(Debug, Clone)]
pub struct TokenView {
    /// The row.
    pub id: Uuid,
    /// The owner's name for it.
    pub name: String,
    /// The beginning of its text.
    pub prefix: String,
    /// Its scopes in words.
    pub scopes: String,
    /// Names of its regions.
    pub regions: String,
    /// When it was created.
    pub created: String,
    /// When it was last used; empty for never.
    pub last_used: String,
    /// The last day on which it is valid.
    pub expires: String,
    /// Translation key of its state.
    pub state_key: &'static str,
    /// Colour of the state's badge.
    pub tone: &'static str,
    /// It is still valid.
    pub good: bool,
}

impl TokenView {
    /// Builds the view of a key.
    pub(super) fn new(ctx: &Ctx, row: ListedToken, now: DateTime<Utc>) -> Self {
        let words = |scope: &String| TokenScope::parse(scope).map_or(scope.as_str(), |scope| t(ctx.lang, scope.label())).to_owned();
        let (state_key, tone) = match row.revoked_at {
            Some(_) => ("token-state-revoked", "secondary"),
            None if row.expires_at <= now => ("token-state-expired", "yellow"),
            None => ("token-state-good", "green"),
        };
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes.iter().map(words).collect::<Vec<_>>().join(", "),
            regions: row.regions.iter().map(|code| ctx.region_name(code)).collect::<Vec<_>>().join(", "),
            created: day(row.created_at),
            last_used: row.last_used_at.map(instant).unwrap_or_default(),
            expires: day(row.expires_at),
            state_key,
            tone,
            good: state_key == "token-state-good",
        }
    }
}

fn day(at: DateTime<Utc>) -> String {
    in_istanbul(at).format("%d.%m.%Y").to_string()
}

/// A scope in the form.
pub struct ScopeChoice {
    /// Name of the checkbox.
    pub field: String,
    /// Translation key of its label.
    pub label: &'static str,
}

/// A region in the form.
pub struct RegionChoice {
    /// Name of the checkbox.
    pub field: String,
    /// The region's name.
    pub name: String,
}

/// A key just created: its name and, only this once, its text.
pub struct Made {
    /// The owner's name for it.
    pub name: String,
    /// The key.
    pub token: String,
}

/// `/account/tokens`.
#[derive(Template)]
#[template(path = "account/tokens.html")]
pub struct TokensPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The key just created.
    pub made: Option<Made>,
    /// The form for another one.
    pub form: FormView,
    /// Id of the key that the form creates, so that a form sent twice creates one key.
    pub new_id: Uuid,
    /// The scopes to choose from.
    pub scopes: Vec<ScopeChoice>,
    /// The person's regions; empty if there is no choice.
    pub regions: Vec<RegionChoice>,
    /// The person's keys.
    pub rows: Vec<TokenView>,
}

impl TokensPage<'_> {
    /// Choices of a key's validity, in days.
    pub const DAYS: [i64; 3] = [30, 90, 180];
}
