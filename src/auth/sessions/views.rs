//! Data of the account page, and a session in a list.

use askama::Template;

use super::OpenSession;
use crate::{
    auth::sessions::SignInView,
    web::{filters, page::Ctx},
};

/// A session in a list.
pub struct SessionView {
    /// The session.
    pub session: OpenSession,
    /// It is the session that requested this page.
    pub is_current: bool,
}

impl SessionView {
    /// Marks the session of the request.
    pub fn list(ctx: &Ctx, sessions: Vec<OpenSession>) -> Vec<Self> {
        let current = ctx.actor.as_ref().map(|actor| actor.session_id);
        sessions.into_iter().map(|session| Self { is_current: current == Some(session.id), session }).collect()
    }
}

/// `/account`.
#[derive(Template)]
#[template(path = "auth/account.html")]
pub struct AccountPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The person's open sessions.
    pub sessions: Vec<SessionView>,
    /// Address that their forms post to.
    pub action: &'static str,
    /// The person's last sign-ins.
    pub sign_ins: Vec<SignInView>,
}
