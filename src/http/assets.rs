//! Style sheet, scripts and icons: built by `scripts/build-assets.mjs` into `static/dist`, embedded here. Their names contain a hash of the
//! content, so a browser caches them permanently and never asks again.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
};
use rainstaff_pages::web::assets::is_named;
use rust_embed::RustEmbed;

use crate::error::{AppError, AppResult};

#[derive(RustEmbed)]
#[folder = "../../static/dist"]
#[allow_missing = true]
struct Dist;

/// A file of the pages: precompressed if the browser accepts that, cached for a year.
pub fn file(name: &str, request: &HttpRequest) -> AppResult<HttpResponse> {
    if !is_named(name) {
        return Err(AppError::NotFound);
    }
    let etag = format!("\"{name}\"");
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::ETAG, etag.as_str()))
        .insert_header((header::VARY, "Accept-Encoding"));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        return Ok(answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    let mime = if mime.type_() == "text" { format!("{mime}; charset=utf-8") } else { mime.to_string() };
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz"), ("identity", "")] {
        if (suffix.is_empty() || accepts(request.headers(), encoding))
            && let Some(file) = Dist::get(&format!("{name}{suffix}"))
        {
            return Ok(answer.insert_header((header::CONTENT_ENCODING, encoding)).content_type(mime).body(file.data.into_owned()));
        }
    }
    Err(AppError::NotFound)
}

/// The response to `GET /sw.js`: the service worker, or the small one that only empties the queue and removes itself.
pub fn worker(request: &HttpRequest, is_off: bool) -> AppResult<HttpResponse> {
    show_unhashed(request, if is_off { "sw-off.js" } else { "sw.js" }, "text/javascript; charset=utf-8")
}

/// The manifest with which the site is installed as an app.
pub fn web_manifest(request: &HttpRequest) -> AppResult<HttpResponse> {
    show_unhashed(request, "manifest.webmanifest", "application/manifest+json; charset=utf-8")
}

fn show_unhashed(request: &HttpRequest, name: &str, mime: &str) -> AppResult<HttpResponse> {
    let file = Dist::get(name).ok_or(AppError::NotFound)?;
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..8]));
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::ETAG, etag.as_str()));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|seen| String::from_utf8_lossy(seen.as_bytes()).contains(&etag)) {
        return Ok(answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    Ok(answer.content_type(mime).body(file.data.into_owned()))
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let Some(wishes) = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    wishes.split(',').any(|wish| {
        let mut parts = wish.split(';').map(str::trim);
        parts.next() == Some(encoding) && !parts.any(|part| part == "q=0")
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn an_unknown_name_is_not_found() {
        for name in ["manifest.json", "../Cargo.toml", ""] {
            let answer = file(name, &TestRequest::get().to_http_request());
            assert!(matches!(answer, Err(AppError::NotFound)), "{name}");
        }
    }

    #[test]
    fn an_encoding_counts_unless_it_is_refused() {
        let headers = |value: &'static str| TestRequest::get().insert_header(("Accept-Encoding", value)).to_http_request();
        assert!(accepts(headers("gzip, deflate, br").headers(), "br"));
        assert!(!accepts(headers("gzip, br;q=0").headers(), "br"));
        assert!(!accepts(headers("gzip").headers(), "br"));
        assert!(!accepts(TestRequest::get().to_http_request().headers(), "br"));
    }
}
