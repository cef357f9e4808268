//! Figures for whoever operates the server, in the text format that Prometheus reads. They count; they name no person, no row and no
//! address, and a region only by its code.

use std::{sync::Arc, time::Duration};

use actix_web::http::Method;
use prometheus_client::{
    encoding::{
        EncodeLabelSet,
        text::{encode_eof, encode_registry},
    },
    metrics::{counter::Counter, family::Family, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};

use crate::ops::{Origin, VerdictKind};

/// What the name of every figure begins with.
pub const PREFIX: &str = "rainstaff";
/// Seconds: a page of the demo takes one to twenty milliseconds, a batch of operations up to some hundred, a reader of the feed waits 25 s.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 25.0];

/// The figures of this process, cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Figures>);

struct Figures {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram>,
    operations: Family<Operation, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    verdict: &'static str,
    entity: &'static str,
    origin: &'static str,
}

impl Default for Metrics {
    /// Nothing counted yet.
    fn default() -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let requests = Family::default();
        registry.register("http_requests", "Requests by method, route and class of status", requests.clone());
        let durations = Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register_with_unit("http_request_duration", "Time until the head of the answer", Unit::Seconds, durations.clone());
        let operations = Family::default();
        registry.register("operations", "Operations by verdict, entity and origin; a replay counts again", operations.clone());
        Self(Arc::new(Figures { registry, requests, durations, operations }))
    }
}

impl Metrics {
    /// Counts an answered request.
    pub fn count_request(&self, method: &Method, route: Option<String>, status: u16, took: Duration) {
        let (method, route) = (known_method(method), route.unwrap_or_else(|| "-".to_owned()));
        self.0.durations.get_or_create(&Route { method, route: route.clone() }).observe(took.as_secs_f64());
        self.0.requests.get_or_create(&Request { method, route, status: class_of(status) }).inc();
    }

    /// Counts what became of an operation. Clients choose names of entities: the name is one that the server knows, or none.
    pub fn count_operation(&self, origin: Origin, entity: Option<&'static str>, verdict: VerdictKind) {
        let (entity, verdict, origin) = (entity.unwrap_or("other"), verdict.as_str(), origin.as_str());
        self.0.operations.get_or_create(&Operation { verdict, entity, origin }).inc();
    }

    /// The figures and those of another registry, in the text format.
    pub fn to_text_with(&self, others: &Registry) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.0.registry)?;
        encode_registry(&mut text, others)?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

/// Clients choose methods; what is not known is one figure, so that nobody can fill the memory with others.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class_of(status: u16) -> &'static str {
    match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_choose_cannot_make_new_figures() {
        let metrics = Metrics::default();
        for method in ["PROPFIND", "BREW", "GET"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            metrics.count_request(&method, None, 404, Duration::from_millis(3));
        }
        let text = metrics.to_text_with(&Registry::default()).unwrap();
        assert!(text.contains(r#"rainstaff_http_requests_total{method="other",route="-",status="4xx"} 2"#), "{text}");
        assert!(text.contains(r#"rainstaff_http_request_duration_seconds_bucket{le="0.005",method="other",route="-"} 2"#), "{text}");
    }
}
