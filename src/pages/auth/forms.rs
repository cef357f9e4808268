//! The forms with passwords, as both programs read them: the server, which checks them, and the agent on an office PC, which forwards them.
//! The field names are defined here once, also for the templates.

use uuid::Uuid;

use crate::{passwords::Password, web::pairs::Pairs};

/// Name of the account, in the form of signing in.
pub const USERNAME: &str = "username";
/// The password, in the form of signing in.
pub const PASSWORD: &str = "password";
/// Where to go after signing in.
pub const NEXT: &str = "next";
/// A sealed form that was posted after the session had ended; in the sign-in form.
pub const CARRIED: &str = "carried";
/// The current password, in the form for a new one.
pub const CURRENT: &str = "current";
/// The new password, in the form for a new one.
pub const NEW: &str = "new";
/// The new password once more.
pub const REPEAT: &str = "repeat";
/// The browser's queue and its last number, in the form of signing out: the queue's id, a blank, the number.
pub const QUEUE: &str = "_queue";
/// The session's token, in every form.
pub const CSRF: &str = "_csrf";

/// The form of signing in.
#[derive(Debug)]
pub struct LoginForm {
    /// Name of the account, as typed.
    pub username: String,
    /// The password; `None` if nothing was typed.
    pub password: Option<Password>,
    /// Where to go afterwards; empty for the start page.
    pub next: String,
    /// A form that was posted after the session had ended, as the page carried it; empty for none.
    pub carried: String,
}

impl LoginForm {
    /// Reads the form.
    pub fn read(pairs: &Pairs) -> Self {
        let text = |name| pairs.given(name).unwrap_or_default().to_owned();
        Self { username: text(USERNAME), password: Password::typed(pairs.given(PASSWORD)), next: text(NEXT), carried: text(CARRIED) }
    }
}

/// The form for a new password.
#[derive(Debug)]
pub struct PasswordForm {
    /// The session's token.
    pub csrf: Option<String>,
    /// The current password; `None` if nothing was typed.
    pub current: Option<Password>,
    /// The new password; `None` if nothing was typed.
    pub new: Option<Password>,
    /// The new password once more; `None` if nothing was typed.
    pub repeat: Option<Password>,
}

impl PasswordForm {
    /// Reads the form.
    pub fn read(pairs: &Pairs) -> Self {
        let typed = |name| Password::typed(pairs.given(name));
        Self { csrf: pairs.given(CSRF).map(str::to_owned), current: typed(CURRENT), new: typed(NEW), repeat: typed(REPEAT) }
    }
}

/// The form of signing out.
#[derive(Debug)]
pub struct SignOutForm {
    /// The session's token.
    pub csrf: Option<String>,
    /// The browser's queue and its last number; `None` if the browser sends none.
    pub last: Option<(Uuid, i64)>,
}

impl SignOutForm {
    /// Reads the form.
    pub fn read(pairs: &Pairs) -> Self {
        let last = pairs.given(QUEUE).and_then(|text| {
            let (queue, n) = text.split_once(' ')?;
            Some((queue.parse().ok()?, n.parse().ok().filter(|n| *n >= 0)?))
        });
        Self { csrf: pairs.given(CSRF).map(str::to_owned), last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Pairs {
        Pairs::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_password_that_was_not_given_and_an_empty_one_are_none() {
        assert_eq!(LoginForm::read(&read("username=ankara1")).password, None);
        assert_eq!(LoginForm::read(&read("username=ankara1&password=")).password, None);
        assert_eq!(LoginForm::read(&read("username=ankara1&password=+")).password, Some(Password::new(" ")), "a blank is typed");
        let form = PasswordForm::read(&read("current=&repeat=b&new_password=b"));
        assert_eq!((form.current, form.new, form.repeat), (None, None, Some(Password::new("b"))));
    }

    #[test]
    fn the_forms_of_the_pages_are_the_ones_that_are_read() {
        for (template, names) in [
            (include_str!("../../../templates/auth/login.html"), &["USERNAME", "PASSWORD", "NEXT", "CARRIED"][..]),
            (include_str!("../../../templates/auth/password.html"), &["CURRENT", "NEW", "REPEAT"][..]),
        ] {
            for name in names {
                assert!(template.contains(&format!("crate::auth::forms::{name}")), "{name} is named otherwise");
            }
        }
    }
}
