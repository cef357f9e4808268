//! Data of the pages of accounts and regions.

use askama::Template;

use crate::{
    admin::offices::Office,
    auth::{
        accounts::{PasswordState, UserSummary},
        sessions::{Presence, SessionView, SignInView},
    },
    events::role_in_words,
    i18n::format::instant,
    identity::Role,
    web::{filters, form::FormView, page::Ctx},
};

/// An account in the list.
pub struct UserView {
    /// The account.
    pub user: UserSummary,
    /// When it was last used, and its number of open sessions.
    pub presence: Presence,
}

impl UserView {
    /// Its role in words.
    pub fn role(&self, ctx: &Ctx) -> &'static str {
        role_in_words(ctx.lang, self.user.role.as_str())
    }

    /// Names of its regions; for an admin the words for all regions.
    pub fn regions(&self, ctx: &Ctx) -> String {
        let names: Vec<&str> = self.user.regions.iter().map(|code| ctx.region_name(code)).collect();
        names.join(", ")
    }

    /// When it was last used, in Istanbul time.
    pub fn seen(&self) -> Option<String> {
        self.presence.seen_at.map(instant)
    }

    /// Whether it has all regions.
    pub fn is_admin(&self) -> bool {
        self.user.role == Role::Admin
    }

    /// It has no password: nobody can sign in with it yet.
    pub fn has_no_password(&self) -> bool {
        self.user.password == PasswordState::Missing
    }

    /// End of the temporary password in Istanbul time; `None` without one.
    pub fn temporary_until(&self) -> Option<String> {
        match self.user.password {
            PasswordState::Temporary(until) => Some(instant(until)),
            _ => None,
        }
    }

    /// The temporary password has lapsed, or was used and not changed: nobody can sign in with it.
    pub fn has_ended_password(&self) -> bool {
        self.user.password == PasswordState::Ended
    }
}

/// `/admin/users`.
#[derive(Template)]
#[template(path = "admin/users.html")]
pub struct UsersPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// All accounts, by name.
    pub rows: Vec<UserView>,
}

/// The fields for role and regions.
pub struct RightsForm {
    /// Values and errors of the other fields.
    pub form: FormView,
    /// The chosen role.
    pub role: Role,
    /// Codes of the ticked regions.
    pub regions: Vec<String>,
}

impl RightsForm {
    /// The regions to tick: open ones, and those already ticked.
    pub fn offered<'c>(&self, ctx: &'c Ctx) -> Vec<&'c crate::web::page::RegionName> {
        ctx.regions.iter().filter(|region| region.is_open || self.has(&region.code)).collect()
    }

    /// Whether a region is ticked.
    pub fn has(&self, code: &str) -> bool {
        self.regions.iter().any(|chosen| chosen == code)
    }
}

/// `/admin/users/new`.
#[derive(Template)]
#[template(path = "admin/user_new.html")]
pub struct NewUserPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The form.
    pub rights: RightsForm,
}

/// A temporary password, shown only this once.
#[derive(Template)]
#[template(path = "admin/password_shown.html")]
pub struct PasswordShownPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The account.
    pub user: &'a UserSummary,
    /// The account was created just now.
    pub is_new: bool,
    /// The password.
    pub password: &'a str,
    /// End of its validity, in Istanbul time.
    pub until: String,
}

impl PasswordShownPage<'_> {
    fn address(&self) -> String {
        format!("/admin/users/{}", self.user.id)
    }
}

/// `/admin/users/{id}`.
#[derive(Template)]
#[template(path = "admin/user.html")]
pub struct UserPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The account.
    pub view: UserView,
    /// It is the account of the person who views the page.
    pub is_own: bool,
    /// The form for role and regions.
    pub rights: RightsForm,
    /// The error of the typed temporary password; empty if there is none.
    pub password_error: String,
    /// Its open sessions.
    pub sessions: Vec<SessionView>,
    /// Address that their forms post to.
    pub action: String,
    /// Its last sign-ins.
    pub sign_ins: Vec<SignInView>,
}

/// A region in the list.
pub struct OfficeView {
    /// The region.
    pub office: Office,
    /// Names of the accounts that work in it and may sign in.
    pub users: Vec<String>,
}

/// `/admin/regions`.
#[derive(Template)]
#[template(path = "admin/regions.html")]
pub struct RegionsPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// All regions, by name.
    pub rows: Vec<OfficeView>,
    /// The form for a new one.
    pub form: FormView,
}

/// `/admin/regions/{code}/edit`.
#[derive(Template)]
#[template(path = "admin/region_edit.html")]
pub struct EditRegionPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The region's code.
    pub code: &'a str,
    /// Its name, as stored.
    pub name: &'a str,
    /// The form.
    pub form: FormView,
}
