//! The codes that separate the offices. The list itself is data (`app.regions`).

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// The code of a region, such as `ankara`. Only `[a-z][a-z0-9_]{1,30}` passes, so a code is safe inside a `SET LOCAL`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(Arc<str>);

/// The text is not a region's code.
#[derive(Debug, thiserror::Error)]
#[error("not a region code")]
pub struct NotARegion;

impl Region {
    /// Checks the format of a code; only the database knows whether the region exists.
    pub fn parse(code: &str) -> Result<Self, NotARegion> {
        let bytes = code.as_bytes();
        let well_formed = (2..=31).contains(&bytes.len())
            && bytes[0].is_ascii_lowercase()
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
        if well_formed { Ok(Self(code.into())) } else { Err(NotARegion) }
    }

    /// The region that represents the whole company: its settings are the defaults of all regions, its events belong to headquarters.
    pub fn company() -> Self {
        Self("company".into())
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// The schema of a code in the API's description.
#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Region {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let code = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[a-z][a-z0-9_]{1,30}$"));
        code.description(Some("Code of a region, such as `ankara`.")).build().into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Region {}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = NotARegion;
    fn try_from(code: String) -> Result<Self, NotARegion> {
        Self::parse(&code)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0.to_string()
    }
}
