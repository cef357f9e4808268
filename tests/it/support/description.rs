//! Compares the API's description with the server's responses.

#![cfg(test)]

use rainstaff::state::AppState;
use serde_json::{Value, json};

use super::program::send;

/// Name of the schema of an entity's rows.
pub fn row_schema_of(entity: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    entity.split('_').map(capital).collect::<String>() + "Row"
}

/// The description, as the server returns it.
pub struct ApiDescription(pub Value);

impl ApiDescription {
    /// Requests it from the server.
    pub async fn of(state: &AppState) -> Self {
        let reply = send(state, "GET", "/api/openapi.json", &[]).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
        Self(reply.json())
    }

    /// The complaints about the response to a method at an address, by the description; empty if it is as described.
    pub fn complaints_about(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let content = &self.0["paths"][path][method]["responses"][status.to_string()]["content"]["application/json"];
        assert!(content["schema"].is_object(), "no schema of {method} {path} {status}");
        self.complaints(&content["schema"], body)
    }

    /// The complaints about a value by this schema of the description; empty if it is as described.
    pub fn complaints_about_a(&self, schema: &str, value: &Value) -> Vec<String> {
        assert!(self.0["components"]["schemas"][schema].is_object(), "no schema {schema}");
        self.complaints(&json!({ "$ref": format!("#/components/schemas/{schema}") }), value)
    }

    fn complaints(&self, schema: &Value, value: &Value) -> Vec<String> {
        // `OpenAPI` 3.1 uses schemas of JSON Schema 2020-12; their references point to places in the document.
        let whole = json!({ "allOf": [schema], "components": self.0["components"] });
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap();
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}
