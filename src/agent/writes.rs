//! Forms.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web::Bytes};

use super::{own::unreachable, serve::Front, store::StoreError};

impl Front {
    pub(super) async fn take_form(&self, request: &HttpRequest, body: Bytes) -> Result<HttpResponse, StoreError> {
        match self.send_whole(request, &body, Duration::from_secs(10)).await {
            Ok(whole) => Ok(whole.pass_back()),
            Err(error) => Ok(unreachable(&error)),
        }
    }
}
