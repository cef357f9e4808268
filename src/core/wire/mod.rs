//! What the server and an office PC's agent say to each other, by name. Both programs use these, so that a name that changes changes for both,
//! and one that is misspelt does not compile.

pub mod device;

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// On every answer of ours: the program's version, or `agent` where a PC's agent answers. A portal's or proxy's page lacks it.
pub const X_APP: &str = "x-app";
/// `1` on an answer that speaks for a stored write, and on every answer of the API of the queues.
pub const X_SYNC: &str = "x-sync";
/// The `_op` of the form that was stored.
pub const X_OP_ACK: &str = "x-op-ack";
/// Whose answer it is: the id of the account.
pub const X_USER: &str = "x-user";
/// `1` where the session cookie of the request opens nothing: it never did, or its session is over. Neither another refusal nor a key that came
/// with it has to do with that.
pub const X_SESSION_OVER: &str = "x-session-over";
/// On every request to the API that changes something; pages of other sites cannot send it.
pub const X_SYNC_CLIENT: &str = "x-sync-client";
/// A PC's token on a request for a grant that is made in a person's session: the grant is then for that PC's hands alone.
pub const X_DEVICE_TOKEN: &str = "x-device-token";
/// On the answer to a form with a password that was taken: see [`PasswordTaken`].
pub const X_PASSWORD_TAKEN: &str = "x-password-taken";
/// The cookie of the server's session.
pub const SESSION_COOKIE: &str = "__Host-rainstaff";
/// The cookie with a visitor's language.
pub const LANG_COOKIE: &str = "rainstaff-lang";

/// The server has taken the password of a form for good: from now on it is this account's. Neither a temporary password nor one that was
/// refused is answered with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordTaken {
    /// The account.
    pub user: Uuid,
    /// Its epoch since then: it goes up when a password is set, so that an older one is known by it.
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
