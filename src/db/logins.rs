//! The two logins: the owner migrates, `rainstaff_web` serves. The serving login owns nothing and cannot become the owner, so SQL that was
//! injected into a query cannot change the policies.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, postgres::PgConnection};

use super::owner::MigrateError;

/// The login that serves, if the program creates it.
pub const SERVING_LOGIN: &str = "rainstaff_web";

/// A login that the database has to have.
#[derive(Clone)]
pub struct AppLogin {
    url: String,
    password: String,
}

impl AppLogin {
    /// `rainstaff_web` at the server and database of the owner's URL, with this password. `None` if the text is no URL.
    pub fn beside(owner_url: &str, password: &str) -> Option<Self> {
        let (scheme, rest) = owner_url.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let url = format!("{scheme}://{SERVING_LOGIN}:{}@{host}{path}", escaped(password));
        Some(Self { url, password: password.to_owned() })
    }

    /// Its URL, with the password.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Creates the login, or sets its password, if it cannot sign in. As the owner, while the owner may create roles.
pub(super) async fn ensure(owner: &mut PgConnection, login: &AppLogin) -> Result<(), MigrateError> {
    match PgConnection::connect(&login.url).await {
        Ok(conn) => return Ok(conn.close().await?),
        Err(sqlx::Error::Database(e)) if e.code().is_some_and(|code| code.starts_with("28")) => {}
        Err(e) => return Err(e.into()),
    }
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)").bind(SERVING_LOGIN).fetch_one(&mut *owner).await?;
    // The verifier has only letters, digits and signs of base64; a password would appear in the server's log.
    let act = if exists { "ALTER ROLE" } else { "CREATE ROLE" };
    let sql = format!("{act} {SERVING_LOGIN} LOGIN PASSWORD '{}'; GRANT rainstaff_app TO {SERVING_LOGIN}", verifier(&login.password));
    match owner.execute(AssertSqlSafe(sql)).await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("42501") => Err(MigrateError::Login(format!(
            "the login {SERVING_LOGIN} cannot sign in with RAINSTAFF_APP_PASSWORD, and this one may not {} roles (any more). As a superuser: \
             {act} {SERVING_LOGIN} LOGIN PASSWORD '...'; GRANT rainstaff_app TO {SERVING_LOGIN};",
            if exists { "change" } else { "make" },
        ))),
        Err(e) => Err(e.into()),
    }
}

/// What PostgreSQL stores for a password (RFC 5803): it accepts a finished verifier unchanged.
fn verifier(password: &str) -> String {
    const ROUNDS: u32 = 4096;
    let salt: [u8; 16] = rand::random();
    let mut block = hmac(password.as_bytes(), &[&salt[..], &[0, 0, 0, 1]].concat());
    let mut salted = block;
    for _ in 1..ROUNDS {
        block = hmac(password.as_bytes(), &block);
        salted.iter_mut().zip(block).for_each(|(all, one)| *all ^= one);
    }
    let stored = Sha256::digest(hmac(&salted, b"Client Key"));
    let server = hmac(&salted, b"Server Key");
    format!("SCRAM-SHA-256${ROUNDS}:{}${}:{}", BASE64.encode(salt), BASE64.encode(stored), BASE64.encode(server))
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as hmac::digest::KeyInit>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Takes the right to create roles from the owner, which does not need it any more: before PostgreSQL 16, a role with this right can reach
/// the machine. From 16 on a role cannot take it from itself; `doctor` then reports who can.
pub(super) async fn give_up_making_roles(owner: &mut PgConnection) -> Result<(), sqlx::Error> {
    let makes: bool = sqlx::query_scalar("SELECT rolcreaterole AND NOT rolsuper FROM pg_roles WHERE rolname = current_user")
        .fetch_one(&mut *owner)
        .await?;
    if makes && let Err(error) = owner.execute("ALTER ROLE CURRENT_USER NOCREATEROLE").await {
        // Forbidden; or another database of the cluster changed the same role at this moment.
        let expected = error.as_database_error().and_then(|e| e.code().map(|code| matches!(&*code, "42501" | "XX000")));
        return if expected == Some(true) { Ok(()) } else { Err(error) };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serving_login_is_where_the_owner_is() {
        let url = |owner| AppLogin::beside(owner, "a+/=b").unwrap().url().to_owned();
        assert_eq!(
            url("postgres://rainstaff:secret@db.example:5433/rainstaff"),
            "postgres://rainstaff_web:a%2B%2F%3Db@db.example:5433/rainstaff"
        );
        assert_eq!(url("postgresql://host/one?sslmode=require"), "postgresql://rainstaff_web:a%2B%2F%3Db@host/one?sslmode=require");
        assert!(AppLogin::beside("nowhere", "x").is_none());
    }
}
