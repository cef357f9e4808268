//! Names of assets: they contain a hash of the content, which `scripts/build-assets.mjs` writes to the manifest beside them.

use std::{collections::HashMap, sync::LazyLock};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../static/dist"]
#[include = "manifest.json"]
#[include = "build.txt"]
#[allow_missing = true]
struct Names;

/// `app.js` -> `app-1a2b3c4d.js`
static MANIFEST: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let manifest = Names::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    manifest.unwrap_or_else(|| {
        tracing::error!("no assets in this build: run `make assets` and build again");
        HashMap::new()
    })
});

/// The id of the whole build: its assets and its service worker.
static BUILD: LazyLock<String> =
    LazyLock::new(|| Names::get("build.txt").map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default());

/// The id of this build, which the service worker of the pages also has.
pub fn build() -> &'static str {
    &BUILD
}

/// The address of an asset: `app.js` is at `/static/app-1a2b3c4d.js`.
pub fn asset(name: &str) -> String {
    format!("/static/{}", MANIFEST.get(name).map_or(name, String::as_str))
}

/// Whether an asset of this build has this name, including the hash.
pub fn is_named(name: &str) -> bool {
    MANIFEST.values().any(|known| known == name)
}

/// The filter of this module.
pub mod filters {
    #![expect(missing_docs, clippy::inline_always, reason = "what `filter_fn` writes")]

    use askama::{Result, Values};

    /// The address of an asset: `{{ "app.js"|asset }}`.
    #[askama::filter_fn]
    pub fn asset(name: &str, _: &dyn Values) -> Result<String> {
        Ok(super::asset(name))
    }
}
