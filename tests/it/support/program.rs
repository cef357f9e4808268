//! Another program that uses the API: without cookies, with or without headers.

#![cfg(test)]

use actix_web::{
    http::Method,
    test::{TestRequest, call_service, init_service, read_body},
};
use rainstaff::{app::build_app, state::AppState};
use serde_json::Value;

use super::browser::Browser;

/// A response.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers by their lower-case names.
    headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Reply {
    /// A header; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The short code of a problem document; fails if the response is not one.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text);
        let problem = self.json();
        assert_eq!((problem["type"].as_str(), problem["status"].as_u64()), (Some("about:blank"), Some(self.status.into())), "{problem}");
        assert!(problem["instance"].as_str().unwrap().starts_with("urn:uuid:") && problem["title"].is_string(), "{problem}");
        problem["error"].as_str().unwrap().to_owned()
    }
}

/// Sends a request with these headers.
pub async fn send(state: &AppState, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = TestRequest::with_uri(path).method(Method::from_bytes(method.as_bytes()).unwrap());
    for header in headers {
        request = request.insert_header(*header);
    }
    let app = init_service(build_app(state.clone())).await;
    let answer = call_service(&app, request.peer_addr(([192, 0, 2, 7], 4000).into()).to_request()).await;
    let status = answer.status().as_u16();
    let text = |value: &actix_web::http::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    Reply { status, headers, text: String::from_utf8(read_body(answer).await.to_vec()).unwrap() }
}

/// Reads an address with an API key.
pub async fn read(state: &AppState, key: &str, path: &str) -> Reply {
    send(state, "GET", path, &[("Authorization", &format!("Bearer {key}"))]).await
}

/// Creates an API key with only these boxes ticked.
pub async fn make_key(browser: &mut Browser, name: &str, ticked: &[&str]) -> String {
    let mut form =
        browser.get("/account/tokens").await.form("form.entry-form").with("name", &[name]).with("password", &[&browser.password.clone()]);
    form.fields.retain(|(field, _)| !field.starts_with("scope_") && !field.starts_with("region_"));
    for field in ticked {
        form = form.with(field, &["true"]);
    }
    let answer = browser.post(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    answer.text("[data-token]")
}
