//! The page of sign-in, as data for its template.

use askama::Template;

use crate::web::{filters, page::Ctx};

/// Why a sign-in did not work. Unknown name and wrong password are one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// The user name or the password is wrong.
    Wrong,
    /// Too many attempts: the next one counts after so many seconds.
    Throttled(u64),
    /// The session has ended, and a form was posted; it comes along where it can be.
    Ended,
    /// The temporary password was right, and has been used or has lapsed.
    TemporaryEnded,
    /// The server is out of reach, and nobody has signed in through this PC lately with this name and password: one reason, too.
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
    /// A form that was posted when the session had ended, sealed; empty for none.
    pub carried: &'a str,
    /// Why the last attempt failed.
    pub problem: Option<LoginProblem>,
    /// The server is out of reach: an office PC answers, and says whom it can let in.
    pub is_offline: bool,
    /// Demo: the accounts one can sign in with.
    pub demo_accounts: &'a [&'a str],
    /// Demo: their password.
    pub demo_password: &'a str,
}
