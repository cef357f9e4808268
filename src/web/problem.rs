//! The one shape of a refusal under `/api/`: a problem document (RFC 9457).

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{complaint::ParamError, telemetry::RequestId, web::htmx::X_SYNC};

/// Content type of a problem document.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was not answered as asked (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status and `error` say what kind of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// The status in words.
    #[schema(example = "Bad Request")]
    pub title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    pub status: u16,
    /// Short code of the kind of problem, for programs.
    #[schema(example = "bad_request")]
    pub error: String,
    /// What is wrong, for developers of clients; missing where there is nothing to add.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// This one request, as a URN of its id.
    #[schema(example = "urn:uuid:019ab3c2-5b1e-7000-8000-0242ac120002")]
    pub instance: String,
    /// The id under which the request is in the server's logs.
    pub request_id: String,
    /// What is wrong with which parameter; missing where it is about none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ParamError>,
    /// More about some problems, by name.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
}

impl Problem {
    /// A problem of this request.
    pub fn new(request: &HttpRequest, status: StatusCode, error: &str) -> Self {
        let request_id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        Self {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: status.as_u16(),
            error: error.to_owned(),
            detail: None,
            instance: format!("urn:uuid:{request_id}"),
            request_id,
            errors: Vec::new(),
            more: Map::new(),
        }
    }

    /// With a text for developers.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// As the body.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As the response. It has the mark of the write path's responses.
    pub fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        HttpResponse::build(status).insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).insert_header((X_SYNC, "1")).body(self.to_json())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_has_the_members_of_rfc_9457_and_leaves_out_what_it_has_not() {
        let request = TestRequest::default().to_http_request();
        let problem = Problem::new(&request, StatusCode::NOT_FOUND, "not_found");
        let document: Value = serde_json::from_str(&problem.to_json()).unwrap();
        let wanted = json!({
            "type": "about:blank", "title": "Not Found", "status": 404, "error": "not_found", "instance": "urn:uuid:", "request_id": "",
        });
        assert_eq!(document, wanted);
        let more: Value = serde_json::from_str(&problem.because("why").with("index", 3).to_json()).unwrap();
        assert_eq!((&more["detail"], &more["index"]), (&json!("why"), &json!(3)));
    }
}
