//! Settings of the process, from the environment. A missing or bad value is one sentence that names the variable.

use std::{env, net::SocketAddr, path::PathBuf};

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
    /// The nearest proxy puts the client's address into the last hop of X-Forwarded-For.
    pub behind_proxy: bool,
}

/// 64 bytes that never show up in logs.
#[derive(Clone)]
pub struct Secret([u8; 64]);

impl Secret {
    /// Reads 128 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 64];
        hex::decode_to_slice(text.trim(), &mut bytes).ok()?;
        Some(Self(bytes))
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
            problem: format!("has to be 128 hex digits (64 bytes), not {} characters.", secret.len()),
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
            behind_proxy: on_host.is_some(),
        })
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
            behind_proxy: false,
        }
    }
}

/// Reads `ADDRESS:PORT`.
pub fn parse_listen(variable: &'static str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse()
        .map_err(|_| ConfigError { variable, problem: format!("is not an address and port: {text:?} (for example 127.0.0.1:8080).") })
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
