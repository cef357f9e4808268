//! The page of a password change, as data for its template.

use askama::Template;

use crate::{
    i18n::{Lang, t},
    passwords::PasswordFault,
    web::{filters, page::Ctx},
};

/// The error of a field of the password form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Nothing was typed.
    Missing,
    /// The current password is wrong.
    Wrong,
    /// Shorter than 10 characters.
    TooShort,
    /// Longer than 128 bytes.
    TooLong,
    /// The same as the current one.
    Unchanged,
    /// It is the user name.
    IsUsername,
    /// Easy to guess.
    TooSimple,
    /// The current one is temporary and has lapsed.
    Ended,
    /// The repetition differs.
    Differs,
}

impl PasswordProblem {
    /// Translation key of the sentence.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "error-required",
            Self::Wrong => "password-error-wrong",
            Self::TooShort => "password-error-short",
            Self::TooLong => "password-error-long",
            Self::Unchanged => "password-error-unchanged",
            Self::IsUsername => "password-error-username",
            Self::TooSimple => "password-error-simple",
            Self::Ended => "password-error-ended",
            Self::Differs => "password-error-differs",
        }
    }
}

impl From<PasswordFault> for PasswordProblem {
    fn from(fault: PasswordFault) -> Self {
        match fault {
            PasswordFault::TooShort => Self::TooShort,
            PasswordFault::TooLong => Self::TooLong,
            PasswordFault::SameAsName => Self::IsUsername,
            PasswordFault::SameAsOld => Self::Unchanged,
            PasswordFault::TooSimple => Self::TooSimple,
        }
    }
}

/// The errors per field. Passwords are never echoed, so there are no values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PasswordProblems {
    /// Field `current`.
    pub current: Option<PasswordProblem>,
    /// Field `new`.
    pub new: Option<PasswordProblem>,
    /// Field `repeat`.
    pub repeat: Option<PasswordProblem>,
}

impl PasswordProblems {
    /// Whether there is no error.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn current_text(self, ctx: &Ctx) -> &'static str {
        sentence(self.current, ctx.lang)
    }

    fn new_text(self, ctx: &Ctx) -> &'static str {
        sentence(self.new, ctx.lang)
    }

    fn repeat_text(self, ctx: &Ctx) -> &'static str {
        sentence(self.repeat, ctx.lang)
    }
}

fn sentence(problem: Option<PasswordProblem>, lang: Lang) -> &'static str {
    problem.map_or("", |problem| t(lang, problem.key()))
}

/// `/password`: changing one's own password, forced at the first sign-in or by choice.
#[derive(Template)]
#[template(path = "auth/password.html")]
pub struct PasswordPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The password has to be changed before anything else.
    pub forced: bool,
    /// The errors per field.
    pub problems: PasswordProblems,
}
