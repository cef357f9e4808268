//! Responses that the pages of business data share.

use std::io::Write as _;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, AcceptEncoding, Encoding, Header as _},
    },
};
use flate2::{Compression, write::GzEncoder};
use uuid::Uuid;

use rainstaff_core::{
    complaint::FieldError,
    ops::{Submitted, Verdict, VerdictKind},
};
use rainstaff_pages::web::{
    flash::{Flash, Tone},
    form::sentence,
    page::Ctx,
    toast::toast_aside,
};

use crate::{
    error::{AppError, AppResult},
    flash_cookie,
    htmx::{HX_REDIRECT, HX_TRIGGER, X_OP_ACK, X_SYNC},
};

const HTML: &str = "text/html; charset=utf-8";

/// A page, or a block of one.
pub fn html(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(HTML).body(body)
}

/// A page whose address was understood, or 422 with the errors.
pub fn html_or_wrong(body: String, wrong: &[String]) -> HttpResponse {
    if wrong.is_empty() { html(body) } else { unprocessable(body) }
}

/// [`html`] for a large page: compressed by the thread that made it. The middleware would pass a quarter of a millisecond's work to another
/// thread and then have this thread woken again.
pub fn html_large(request: &HttpRequest, body: String) -> HttpResponse {
    let offered = [Encoding::gzip(), Encoding::identity()];
    let chosen = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(offered.iter()));
    if chosen != Some(Encoding::gzip()) {
        return html(body);
    }
    match gzip(body.as_bytes()) {
        Ok(packed) => HttpResponse::Ok()
            .content_type(HTML)
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .insert_header((header::VARY, "accept-encoding"))
            .body(packed),
        Err(_) => html(body),
    }
}

fn gzip(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
    packed.write_all(text)?;
    packed.finish()
}

/// A rejected form: nothing was stored, and the fields show why.
pub fn unprocessable(body: String) -> HttpResponse {
    HttpResponse::UnprocessableEntity().content_type(HTML).body(body)
}

/// The response to a write form, with the id of the operation that it confirms: only then does the form count as saved (SYNC 3.11).
pub fn acknowledged(op_id: Uuid) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((X_SYNC, "1")).insert_header((X_OP_ACK, op_id.to_string()));
    answer
}

/// The response to a form posted without scripts: redirects to a page that shows the message.
pub fn redirect(ctx: &Ctx, op_id: Uuid, to: &str, flash: &Flash) -> HttpResponse {
    acknowledged(op_id)
        .status(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, to))
        .cookie(flash_cookie::cookie(flash, &ctx.seal))
        .finish()
}

/// The page from which a form without scripts was posted, if that is `home` (with any query); otherwise `home`.
pub fn back_to(request: &HttpRequest, home: &str) -> String {
    let referer = request.headers().get(header::REFERER).and_then(|v| v.to_str().ok()).unwrap_or("");
    let path = referer.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap_or_default();
    let is_list = path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with('?'));
    if is_list { path } else { home.to_owned() }
}

/// A stored write, with the fragment that shows it. `event` notifies a list on the page that it is out of date.
pub fn stored(op_id: Uuid, event: &'static str, body: String) -> HttpResponse {
    acknowledged(op_id).insert_header((HX_TRIGGER, event)).content_type(HTML).body(body)
}

/// A stored action of a list: its message in the corner of the page, and `event` for the list. Without scripts, redirects to `to`, which
/// shows the message.
pub fn acted(ctx: &Ctx, op_id: Uuid, event: &'static str, to: &str, flash: &Flash) -> AppResult<HttpResponse> {
    if !ctx.is_htmx {
        return Ok(redirect(ctx, op_id, to, flash));
    }
    Ok(stored(op_id, event, toast_aside(ctx, flash)?))
}

/// A stored write from a form with its own page: redirects to `to`, which shows the message.
pub fn stored_and_done(ctx: &Ctx, op_id: Uuid, to: &str, flash: &Flash) -> HttpResponse {
    if ctx.is_htmx {
        acknowledged(op_id).insert_header((HX_REDIRECT, to)).cookie(flash_cookie::cookie(flash, &ctx.seal)).finish()
    } else {
        redirect(ctx, op_id, to, flash)
    }
}

/// A refused action without fields for a complaint, such as a deletion: the message is shown in the corner of the page. Nothing was stored,
/// so no operation is acknowledged.
pub fn refused_act(ctx: &Ctx, to: &str, errors: &[FieldError]) -> AppResult<HttpResponse> {
    refused_because(ctx, to, &errors.first().map(|error| sentence(ctx.lang, error)).unwrap_or_default())
}

/// [`refused_act`] with the sentence itself.
pub fn refused_because(ctx: &Ctx, to: &str, why: &str) -> AppResult<HttpResponse> {
    let refused = Flash::new(Tone::Danger, "flash-refused", why);
    if ctx.is_htmx {
        return Ok(unprocessable(toast_aside(ctx, &refused)?));
    }
    Ok(redirect_with(ctx, to, &refused))
}

/// Redirects to a page that shows the message, without acknowledging an operation.
pub fn redirect_with(ctx: &Ctx, to: &str, flash: &Flash) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).cookie(flash_cookie::cookie(flash, &ctx.seal)).finish()
}

/// The result of a form: the verdict, or the complaints for its fields.
pub fn settle(submitted: Submitted) -> AppResult<Result<Box<Verdict>, Vec<FieldError>>> {
    match submitted {
        Submitted::Done(verdict) => Ok(Ok(verdict)),
        Submitted::Invalid(errors) => Ok(Err(errors)),
        Submitted::Reused => Ok(Err(vec![FieldError::new("", "op-reused")])),
        Submitted::Unknown => Err(AppError::NotFound),
    }
}

/// The row of a verdict: because of an alias, it may be another row than the form's.
pub fn row_id(verdict: &Verdict) -> AppResult<Uuid> {
    let id = verdict.row.as_ref().and_then(|row| row.get("id")).and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
    id.ok_or_else(|| AppError::Fault("a verdict without its row".into()))
}

/// Success, or a warning if the change was in conflict with another author's change.
pub fn tone_of(verdict: &Verdict) -> Tone {
    if verdict.verdict == VerdictKind::Merged { Tone::Warning } else { Tone::Success }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reused_op_is_a_complaint_about_the_form_as_a_whole() {
        let errors = settle(Submitted::Reused).unwrap().unwrap_err();
        assert_eq!(errors, [FieldError::new("", "op-reused")]);
        assert!(matches!(settle(Submitted::Unknown), Err(AppError::NotFound)));
    }

    #[test]
    fn only_a_stored_write_is_acknowledged() {
        let op = Uuid::from_u128(7);
        let answer = stored(op, "employees-changed", String::new());
        assert_eq!(answer.headers().get("x-op-ack").unwrap(), &op.to_string());
        assert!(unprocessable(String::new()).headers().get("x-op-ack").is_none());
    }

    #[test]
    fn a_verdict_names_the_row_it_is_about() {
        let id = Uuid::from_u128(7);
        let mut verdict = Verdict::bare(Uuid::nil(), VerdictKind::Applied);
        assert!(row_id(&verdict).is_err());
        verdict.row = Some([("id".to_owned(), json!(id))].into());
        assert_eq!(row_id(&verdict).unwrap(), id);
    }
}
