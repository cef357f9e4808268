//! Settings of the process, from the environment. A missing or bad value is one sentence that names the variable.

use std::{env, net::SocketAddr, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest as _, Sha512};

/// Variable with the URL of the database's owner.
pub const OWNER_URL: &str = "DATABASE_URL";
/// Variable with the URL of the login that serves.
pub const APP_URL: &str = "RAINSTAFF_APP_DATABASE_URL";
/// Variable with the password of the login that serves, where the program makes it.
pub const APP_PASSWORD: &str = "RAINSTAFF_APP_PASSWORD";

/// A variable is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    /// Name of the environment variable.
    pub variable: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Settings of a serving process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Addresses to listen on.
    pub listen: Vec<SocketAddr>,
    /// Origins that pages of this server have, such as `https://puantaj.example.com`; a request naming another one is refused.
    /// Empty: the origin is compared with the Host header.
    pub public_origin: Option<String>,
    /// Key of tokens and grants, 64 bytes.
    pub secret: Secret,
    /// What `/metrics` wants to be shown; without it there is no such page.
    pub metrics_token: Option<MetricsToken>,
    /// Shows the demo accounts on the sign-in page.
    pub demo: bool,
    /// Session ends after so many minutes without a request.
    pub session_idle_minutes: i64,
    /// Session ends after so many hours in any case.
    pub session_hours: i64,
    /// Proxies on the way in, each of which adds the address it was called from to X-Forwarded-For. None: the header is not believed.
    pub proxies: usize,
}

/// 64 bytes that never show up in logs.
#[derive(Clone)]
pub struct Secret([u8; 64]);

impl Secret {
    /// Reads 128 hex digits; or 32 bytes as base64, which is what Render generates, and stretches them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = [0; 64];
        if hex::decode_to_slice(text, &mut bytes).is_ok() {
            return Some(Self(bytes));
        }
        let generated: [u8; 32] = BASE64.decode(text).ok()?.try_into().ok()?;
        let mut hash = Sha512::new_with_prefix(b"rainstaff: secret key, 1");
        hash.update(generated);
        Some(Self(hash.finalize().into()))
    }

    /// A new random one.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// As 128 hex digits, for the data folder of `dev`.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The key.
    pub fn bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The key of `/metrics`, 16 characters or more, that never shows up in logs.
#[derive(Clone)]
pub struct MetricsToken(String);

impl MetricsToken {
    /// Name of the variable.
    pub const VARIABLE: &str = "RAINSTAFF_METRICS_TOKEN";

    /// Checks a key.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let fits = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_graphic());
        let problem = || "has to be 16 or more letters, digits and signs without blanks, for example from: openssl rand -hex 32".to_owned();
        if fits { Ok(Self(text.to_owned())) } else { Err(ConfigError { variable: Self::VARIABLE, problem: problem() }) }
    }

    /// The one in the environment, if any.
    pub fn from_env() -> Result<Option<Self>, ConfigError> {
        read(Self::VARIABLE).map(|text| Self::parse(&text)).transpose()
    }

    /// The key.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MetricsToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MetricsToken(..)")
    }
}

/// One variable; none when unset or blank.
pub fn read(variable: &'static str) -> Option<String> {
    env::var(variable).ok().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
}

/// Connections to the database that a serving process has at most: 20, so that several find room in the 100 that PostgreSQL takes by itself.
pub fn connections() -> Result<u32, ConfigError> {
    match read("RAINSTAFF_CONNECTIONS") {
        None => Ok(20),
        Some(text) => text.parse().ok().filter(|n| (6..=1000).contains(n)).ok_or_else(|| ConfigError {
            variable: "RAINSTAFF_CONNECTIONS",
            problem: format!("is not a number of connections, 6 to 1000: {text:?}"),
        }),
    }
}

/// Password of the login that serves, where the program is to make it: 16 characters or more.
pub fn app_password() -> Result<Option<String>, ConfigError> {
    let Some(text) = read(APP_PASSWORD) else { return Ok(None) };
    if text.len() >= 16 && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(Some(text));
    }
    let problem = "has to be 16 or more letters, digits and signs without blanks, for example from: openssl rand -hex 32".to_owned();
    Err(ConfigError { variable: APP_PASSWORD, problem })
}

/// Folder of the private cluster.
pub fn data_dir(flag: Option<PathBuf>) -> PathBuf {
    flag.or_else(|| read("RAINSTAFF_DATA_DIR").map(PathBuf::from)).unwrap_or_else(|| PathBuf::from(".rainstaff"))
}

impl Config {
    /// Settings of `serve`.
    pub fn from_env() -> Result<Self, ConfigError> {
        let secret = read("RAINSTAFF_SECRET_KEY").ok_or(ConfigError {
            variable: "RAINSTAFF_SECRET_KEY",
            problem: "is not set. Put 64 random bytes into it as 128 hex digits, for example from: openssl rand -hex 64".into(),
        })?;
        let secret = Secret::parse(&secret).ok_or(ConfigError {
            variable: "RAINSTAFF_SECRET_KEY",
            problem: format!("has to be 128 hex digits (64 bytes) or 32 bytes as base64, not {} characters.", secret.len()),
        })?;
        let on_host = read("PORT");
        let listen = match (read("RAINSTAFF_LISTEN"), &on_host) {
            (Some(text), _) => vec![parse_listen("RAINSTAFF_LISTEN", &text)?],
            (None, Some(port)) => vec![parse_listen("PORT", &format!("0.0.0.0:{port}"))?],
            (None, None) => vec![SocketAddr::from(([127, 0, 0, 1], 8080))],
        };
        let public_origin = match read("RAINSTAFF_PUBLIC_URL").or_else(|| read("RENDER_EXTERNAL_URL")) {
            Some(url) => Some(parse_origin(&url)?),
            None => None,
        };
        Ok(Self {
            listen,
            public_origin,
            secret,
            metrics_token: MetricsToken::from_env()?,
            demo: false,
            session_idle_minutes: 8 * 60,
            session_hours: 24,
            proxies: parse_proxies(read("RAINSTAFF_PROXIES").as_deref(), read("RENDER").is_some(), on_host.is_some())?,
        })
    }

    /// Whether people reach this server over https: then cookies are for https alone.
    pub fn is_over_tls(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// Settings of `dev`: loopback, demo accounts.
    pub fn dev(listen: SocketAddr, secret: Secret) -> Self {
        Self {
            listen: vec![listen],
            public_origin: None,
            secret,
            metrics_token: None,
            demo: true,
            session_idle_minutes: 8 * 60,
            session_hours: 24,
            proxies: 0,
        }
    }
}

/// Reads `ADDRESS:PORT`.
pub fn parse_listen(variable: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse()
        .map_err(|_| ConfigError { variable, problem: format!("is not an address and port: {text:?} (for example 127.0.0.1:8080).") })
}

/// How many proxies are in front. Render has two: Cloudflare's edge and its own; any other host that sets `PORT` is taken to have one.
fn parse_proxies(said: Option<&str>, is_render: bool, has_port: bool) -> Result<usize, ConfigError> {
    match said {
        Some(text) => text.parse().ok().filter(|n| *n <= 5).ok_or_else(|| ConfigError {
            variable: "RAINSTAFF_PROXIES",
            problem: format!("is not the number of proxies in front of this server, 0 to 5: {text:?}"),
        }),
        None if is_render => Ok(2),
        None => Ok(usize::from(has_port)),
    }
}

fn parse_origin(url: &str) -> Result<String, ConfigError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.trim_end_matches('/').is_empty() && !rest.trim_end_matches('/').contains('/') => {
            Ok(url.trim_end_matches('/').to_owned())
        }
        _ => Err(ConfigError {
            variable: "RAINSTAFF_PUBLIC_URL",
            problem: format!("is not an address such as https://puantaj.example.com: {url:?}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_128_hex_digits_or_what_render_generates() {
        let hex = "5A".repeat(64);
        assert_eq!(Secret::parse(&format!(" {hex}\n")).unwrap().bytes(), &[0x5a; 64]);
        let generated = Secret::parse(&BASE64.encode([0x5a; 32])).unwrap();
        assert_eq!(generated.bytes(), Secret::parse(&BASE64.encode([0x5a; 32])).unwrap().bytes(), "the same after a restart");
        assert_ne!(generated.bytes(), Secret::parse(&BASE64.encode([0x5b; 32])).unwrap().bytes());
        assert_ne!(&generated.bytes()[..32], &[0x5a; 32]);
    }

    #[test]
    fn anything_shorter_or_longer_is_no_key() {
        for text in ["", "gizli", &"5a".repeat(63), &"5a".repeat(62), &"5a".repeat(65), &BASE64.encode([1; 31]), &BASE64.encode([1; 48])] {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_number_of_proxies_is_said_or_known_of_the_host() {
        let count = |said, is_render, has_port| parse_proxies(said, is_render, has_port).ok();
        assert_eq!(count(None, false, false), Some(0), "reached directly, nobody's header is believed");
        assert_eq!(count(None, false, true), Some(1));
        assert_eq!(count(None, true, true), Some(2));
        assert_eq!(count(Some("3"), true, true), Some(3));
        assert_eq!(count(Some("0"), true, true), Some(0));
        for bad in ["-1", "6", "one"] {
            assert_eq!(count(Some(bad), false, false), None, "{bad}");
        }
    }
}
