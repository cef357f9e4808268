//! An office's PC that runs the agent, as the server sees it: it sends a token and JSON.

#![cfg(test)]

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use rainstaff::{app::build_app, state::AppState};
use serde_json::{Value, json};
use uuid::Uuid;

use super::browser::Browser;

/// A response.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Reply {
    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The status and the short code of a problem document.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["error"].as_str().unwrap_or_default().to_owned())
    }
}

/// A PC with its token.
#[derive(Debug, Clone)]
pub struct OfficePc {
    /// The device.
    pub id: Uuid,
    /// `rsd_...`.
    pub token: String,
}

/// Adds a device on the page and reads its code.
pub async fn add_device(admin: &mut Browser, name: &str, region: &str) -> String {
    let form = admin.get("/admin/devices").await.form("form.entry-form").with("name", &[name]).with("region", &[region]);
    let answer = admin.post(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    answer.text("[data-code]")
}

/// Redeems a code, from this address of a client.
pub async fn redeem(state: &AppState, code: &str, address: [u8; 4]) -> Reply {
    let body = json!({ "code": code, "host": "OFIS-PC", "version": "0.1.0", "os": "linux" });
    let request = TestRequest::post().uri("/api/v1/devices/enrol").set_json(body);
    send(state, request.insert_header(("Sec-Fetch-Site", "same-origin")).peer_addr((address, 4000).into())).await
}

/// Sends a request as a program does.
pub async fn send(state: &AppState, request: TestRequest) -> Reply {
    let app = init_service(build_app(state.clone())).await;
    let answer = call_service(&app, request.insert_header(("X-Sync-Client", "agent")).to_request()).await;
    let status = answer.status().as_u16();
    Reply { status, text: String::from_utf8(read_body(answer).await.to_vec()).unwrap() }
}

impl OfficePc {
    /// Adds a device and redeems its code.
    pub async fn enrol(state: &AppState, admin: &mut Browser, name: &str, region: &str) -> Self {
        let code = add_device(admin, name, region).await;
        let reply = redeem(state, &code, [192, 0, 2, 20]).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let answer = reply.json();
        assert_eq!((&answer["name"], &answer["region"]), (&json!(name), &json!(region)));
        Self { id: answer["device_id"].as_str().unwrap().parse().unwrap(), token: answer["token"].as_str().unwrap().to_owned() }
    }

    /// Reads an address.
    pub async fn get(&self, state: &AppState, path: &str) -> Reply {
        send(state, TestRequest::get().uri(path).insert_header(("Authorization", format!("Bearer {}", self.token)))).await
    }

    /// Sends JSON to an address.
    pub async fn post(&self, state: &AppState, path: &str, body: &Value) -> Reply {
        let request = TestRequest::post().uri(path).set_json(body);
        send(state, request.insert_header(("Authorization", format!("Bearer {}", self.token)))).await
    }

    /// Sends a heartbeat of a PC without problems, changed by these values.
    pub async fn contact(&self, state: &AppState, values: Value) -> Value {
        let mut body = json!({ "version": env!("CARGO_PKG_VERSION"), "host": "OFIS-PC", "os": "linux", "waiting": 0 });
        body.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        let reply = self.post(state, "/api/v1/devices/contact", &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }
}
