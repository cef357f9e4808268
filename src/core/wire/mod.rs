//! Names that the server and the agent of an office's PC use in their requests and responses. Both programs use these constants, so a
//! change applies to both, and a misspelt name does not compile.

pub mod device;

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// On every response of Rainstaff: the program's version, or `agent` in a response of a PC's agent. A page of a captive portal or proxy
/// lacks it.
pub const X_APP: &str = "x-app";
/// `1` on a response that confirms a stored write, and on every response of the API of the queues.
pub const X_SYNC: &str = "x-sync";
/// The `_op` of the form that was stored.
pub const X_OP_ACK: &str = "x-op-ack";
/// The id of the account that the response is for.
pub const X_USER: &str = "x-user";
/// `1` if the session cookie of the request is not valid: it never was, or its session has ended. Other refusals, and a key in the same
/// request, do not affect it.
pub const X_SESSION_OVER: &str = "x-session-over";
/// On every request to the API that changes data; pages of other sites cannot send it.
pub const X_SYNC_CLIENT: &str = "x-sync-client";
/// A PC's token on a request for a grant in a person's session: only that PC may then use the grant.
pub const X_DEVICE_TOKEN: &str = "x-device-token";
/// On the response to a form whose password was accepted: see [`PasswordTaken`].
pub const X_PASSWORD_TAKEN: &str = "x-password-taken";
/// The cookie of the server's session.
pub const SESSION_COOKIE: &str = "__Host-rainstaff";
/// The cookie with a visitor's language.
pub const LANG_COOKIE: &str = "rainstaff-lang";

/// The server has accepted the password of a form permanently: from now on it is this account's password. Not sent for a temporary
/// password, nor for a refused one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordTaken {
    /// The account.
    pub user: Uuid,
    /// Its epoch since then. It increases when a password is set, so an older password has a lower epoch.
    pub epoch: i32,
}

impl fmt::Display for PasswordTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.user, self.epoch)
    }
}

impl FromStr for PasswordTaken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (user, epoch) = text.split_once(' ').ok_or(())?;
        Ok(Self { user: user.parse().map_err(drop)?, epoch: epoch.parse().map_err(drop)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_on_a_password_is_read_as_it_was_written_or_not_at_all() {
        let taken = PasswordTaken { user: Uuid::from_u128(7), epoch: 3 };
        assert_eq!(taken.to_string().parse(), Ok(taken));
        for odd in ["", "3", "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007 ", " 3", "x 3"] {
            assert_eq!(odd.parse::<PasswordTaken>(), Err(()), "{odd:?}");
        }
    }
}
