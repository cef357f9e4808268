//! One person's browser: keeps its cookies, fills in forms as the pages contain them, and posts them with or without htmx.

#![cfg(test)]

use actix_web::{
    cookie::Cookie,
    http::header::HeaderName,
    test::{TestRequest, call_service, init_service, read_body},
};
use rainstaff::{app::build_app, ids::new_id, state::AppState};
use scraper::{ElementRef, Html, Selector};

/// A response, read.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The address to which it redirects.
    pub location: String,
    /// The operation that it acknowledges; empty for none.
    pub op_ack: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
    /// The body.
    pub html: String,
}

impl Answer {
    /// The body as JSON; null if it is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.html).unwrap_or_default()
    }

    /// The texts of all matching elements, each run of blanks as one space.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let page = self.parsed();
        page.select(&Selector::parse(selector).unwrap()).map(|element| words_of(&element)).collect()
    }

    /// The text of the first matching element; empty if there is none.
    pub fn text(&self, selector: &str) -> String {
        self.texts(selector).into_iter().next().unwrap_or_default()
    }

    /// An attribute of the first matching element; empty if there is none.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let page = self.parsed();
        page.select(&Selector::parse(selector).unwrap()).next().and_then(|element| element.attr(name)).unwrap_or_default().to_owned()
    }

    /// The number of matching elements.
    pub fn count(&self, selector: &str) -> usize {
        self.parsed().select(&Selector::parse(selector).unwrap()).count()
    }

    /// The fields that a browser would send for the first matching form, and the form's address.
    pub fn form(&self, selector: &str) -> Form {
        let page = self.parsed();
        let form = page.select(&Selector::parse(selector).unwrap()).next().unwrap_or_else(|| panic!("no {selector} in {}", self.html));
        let mut fields = Vec::new();
        // The fields of a table row are in other cells than their form, and refer to it by `form`.
        let named = format!("input[name][form='{}']", form.attr("id").unwrap_or_default());
        let (inside, named) = (Selector::parse("input[name]").unwrap(), Selector::parse(&named).unwrap());
        for input in form.select(&inside).chain(page.select(&named)) {
            let of = |name| input.attr(name).unwrap_or_default().to_owned();
            if input.attr("type") != Some("checkbox") || input.attr("checked").is_some() {
                fields.push((of("name"), of("value")));
            }
        }
        for select in form.select(&Selector::parse("select[name]").unwrap()) {
            let options: Vec<_> = select.select(&Selector::parse("option").unwrap()).collect();
            let chosen = options.iter().find(|option| option.attr("selected").is_some()).or(options.first());
            let value = chosen.and_then(|option| option.attr("value")).unwrap_or_default();
            fields.push((select.attr("name").unwrap_or_default().to_owned(), value.to_owned()));
        }
        Form { action: form.attr("action").unwrap_or_default().to_owned(), fields }
    }

    /// A row is not a page: without a table around it, a parser would drop its cells.
    fn parsed(&self) -> Html {
        let html = if self.html.trim_start().starts_with("<tr") { format!("<table>{}</table>", self.html) } else { self.html.clone() };
        Html::parse_document(&html)
    }
}

fn words_of(element: &ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form with its values.
#[derive(Debug, Clone)]
pub struct Form {
    /// The address to which it posts.
    pub action: String,
    /// The fields and values that it posts.
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The same form with this value in the field; several values for checkboxes with one name.
    pub fn with(mut self, name: &str, values: &[&str]) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.extend(values.iter().map(|value| (name.to_owned(), (*value).to_owned())));
        self
    }

    /// The same form with the ids that the page's script creates at the first attempt to save.
    pub fn minted(mut self) -> Self {
        for (name, value) in &mut self.fields {
            if matches!(name.as_str(), "_op" | "_id") && value.is_empty() {
                *value = new_id().to_string();
            }
        }
        self
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// One person's browser.
pub struct Browser {
    /// The password with which the person signed in.
    pub password: String,
    state: AppState,
    cookies: Vec<Cookie<'static>>,
}

impl Browser {
    /// Signs in.
    pub async fn of(state: &AppState, username: &str, password: &str) -> Self {
        let mut browser = Self { password: password.to_owned(), state: state.clone(), cookies: Vec::new() };
        browser.sign_in(username, password).await;
        browser
    }

    /// Signs in, whether or not the browser has a session.
    pub async fn sign_in(&mut self, username: &str, password: &str) {
        let fields = [("username", username), ("password", password)].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let answer = self.send(TestRequest::post().uri("/login").set_form(fields)).await;
        assert_eq!(answer.status, 303, "{username} can sign in");
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Loads a part of a page into an element as htmx does; `target` is the element's name in htmx: `section#employee-list`.
    pub async fn load(&mut self, path: &str, target: &str) -> Answer {
        self.send(by_htmx(TestRequest::get().uri(path), target)).await
    }

    /// A form of another person's page as this person may forge it: with the token of this person's own pages.
    pub async fn forge(&mut self, form: Form) -> Form {
        let token = self.get("/account").await.attribute("input[name=_csrf]", "value");
        form.with("_csrf", &[&token])
    }

    /// The cookies as a header, for a request that is sent by other means.
    pub fn cookie_header(&self) -> String {
        self.cookies.iter().map(|cookie| cookie.stripped().to_string()).collect::<Vec<_>>().join("; ")
    }

    /// Posts a form as a browser without scripts does.
    pub async fn post(&mut self, form: &Form) -> Answer {
        self.send(TestRequest::post().uri(&form.action).set_form(&form.fields)).await
    }

    /// Posts a form as the page's script does.
    pub async fn submit(&mut self, form: &Form) -> Answer {
        self.send(by_htmx(TestRequest::post().uri(&form.action).set_form(&form.fields), "form")).await
    }

    /// Sends JSON to the API as a page's script does.
    pub async fn call(&mut self, path: &str, body: &serde_json::Value) -> Answer {
        self.send(by_queue(TestRequest::post().uri(path).set_json(body))).await
    }

    /// The same with bytes that are not JSON.
    pub async fn deposit(&mut self, path: &str, body: Vec<u8>) -> Answer {
        self.send(by_queue(TestRequest::post().uri(path).set_payload(body))).await
    }

    /// Continues at another time, or with another process of the server.
    pub fn goes_on_with(&mut self, state: &AppState) {
        self.state = state.clone();
    }

    async fn send(&mut self, mut request: TestRequest) -> Answer {
        for cookie in &self.cookies {
            request = request.cookie(cookie.clone());
        }
        request = request.insert_header(("Sec-Fetch-Site", "same-origin")).peer_addr(([192, 0, 2, 1], 4000).into());
        let app = init_service(build_app(self.state.clone())).await;
        let answer = call_service(&app, request.to_request()).await;
        for cookie in answer.response().cookies() {
            self.cookies.retain(|kept| kept.name() != cookie.name());
            if !cookie.value().is_empty() {
                self.cookies.push(cookie.into_owned());
            }
        }
        let text = |name: &'static str| {
            answer.headers().get(HeaderName::from_static(name)).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (status, location, op_ack, cache_control) =
            (answer.status().as_u16(), text("location"), text("x-op-ack"), text("cache-control"));
        Answer { status, location, op_ack, cache_control, html: String::from_utf8(read_body(answer).await.to_vec()).unwrap() }
    }
}

fn by_queue(request: TestRequest) -> TestRequest {
    request
        .insert_header(("X-Sync-Client", "1"))
        .insert_header(("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0 Safari/537.36"))
}

fn by_htmx(request: TestRequest, target: &str) -> TestRequest {
    request.insert_header(("HX-Request", "true")).insert_header(("HX-Request-Type", "partial")).insert_header(("HX-Target", target))
}
