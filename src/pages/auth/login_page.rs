//! The page of sign-in, as data for its template.

use askama::Template;

use crate::web::{filters, page::Ctx};

/// Why a sign-in did not work. Unknown name and wrong password are one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// The user name or the password is wrong.
    Wrong,
    /// Too many attempts: seconds until the next one counts.
    Throttled(u64),
    /// The session had ended when a form was posted; the form is carried along if possible.
    Ended,
    /// The temporary password was right, but has been used or has expired.
    TemporaryEnded,
    /// The server is out of reach, and this name and password were not used on this PC recently: also one reason for both.
    NotKnownHere,
}

/// `/login`.
#[derive(Template)]
#[template(path = "auth/login.html")]
pub struct LoginPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The name as typed.
    pub username: &'a str,
    /// Local path to go to afterwards; empty for the start page.
    pub next: &'a str,
    /// A form that was posted after the session had ended, sealed; empty for none.
    pub carried: &'a str,
    /// Why the last attempt failed.
    pub problem: Option<LoginProblem>,
    /// The server is out of reach: an office PC serves the page, and explains which accounts can sign in.
    pub is_offline: bool,
    /// Demo: the accounts that can sign in.
    pub demo_accounts: &'a [&'a str],
    /// Demo: their password.
    pub demo_password: &'a str,
}
