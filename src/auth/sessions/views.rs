//! What the page of one's own account shows, and a session in a list.

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
    /// It is the one that shows this page.
    pub is_current: bool,
}

impl SessionView {
    /// Marks the session that asks.
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
    /// One's open sessions.
    pub sessions: Vec<SessionView>,
    /// Where their forms post to.
    pub action: &'static str,
    /// One's last sign-ins.
    pub sign_ins: Vec<SignInView>,
}
