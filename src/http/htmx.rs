//! htmx requests the same pages. This module has the headers of its requests, and those of responses that htmx and the page's script
//! (`static/ts/saving.ts`) use.

use actix_web::http::header::{HeaderMap, HeaderName};

use rainstaff_core::wire;

/// On every response of Rainstaff. A page of a captive portal or proxy lacks it, and the script never puts such a response into the page
/// (SYNC "Ten things" 5).
pub const X_APP: HeaderName = HeaderName::from_static(wire::X_APP);
/// `1` on a response that confirms a stored write.
pub const X_SYNC: HeaderName = HeaderName::from_static(wire::X_SYNC);
/// The `_op` of the stored write. A form counts as saved only with this header.
pub const X_OP_ACK: HeaderName = HeaderName::from_static(wire::X_OP_ACK);
/// The person for whom a page was made: the service worker caches it under this person's name, and shows it to no other person.
pub const X_USER: HeaderName = HeaderName::from_static(wire::X_USER);
/// On a request of the service worker that fetches a page in advance: such a page does not show a waiting message.
pub const X_WARM_UP: HeaderName = HeaderName::from_static("x-warm-up");
/// Redirects the browser to another page; works with every status.
pub const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
/// Swaps the response in another way than the request asked for.
pub const HX_RESWAP: HeaderName = HeaderName::from_static("hx-reswap");
/// Fires events on the page.
pub const HX_TRIGGER: HeaderName = HeaderName::from_static("hx-trigger");

/// Whether the request is for a fragment. htmx also fetches whole pages (`HX-Request-Type: full`), which get the whole page.
pub fn wants_fragment(headers: &HeaderMap) -> bool {
    text(headers, "hx-request") == Some("true") && text(headers, "hx-request-type") == Some("partial")
}

/// The id of the element that receives the response: htmx 4 sends `tag#id`.
pub fn target_id(headers: &HeaderMap) -> Option<String> {
    let (_, id) = text(headers, "hx-target")?.split_once('#')?;
    Some(id.to_owned())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_fragment_is_wanted_only_for_a_partial_request() {
        let partial = TestRequest::get().insert_header(("HX-Request", "true")).insert_header(("HX-Request-Type", "partial"));
        assert!(wants_fragment(partial.to_http_request().headers()));
        let full = TestRequest::get().insert_header(("HX-Request", "true")).insert_header(("HX-Request-Type", "full"));
        assert!(!wants_fragment(full.to_http_request().headers()));
        assert!(!wants_fragment(TestRequest::get().to_http_request().headers()));
    }

    #[test]
    fn the_target_is_known_by_its_id() {
        let request = TestRequest::get().insert_header(("HX-Target", "tbody#rows")).to_http_request();
        assert_eq!(target_id(request.headers()).as_deref(), Some("rows"));
        let nameless = TestRequest::get().insert_header(("HX-Target", "tbody")).to_http_request();
        assert_eq!(target_id(nameless.headers()), None);
    }
}
