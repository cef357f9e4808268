//! The cookie with the message for the next page (`rainstaff_pages::web::flash` defines its content).

use actix_web::{HttpRequest, cookie::Cookie};
use chrono::TimeDelta;

use rainstaff_pages::web::flash::{COOKIE, Flash, Seal};

use crate::cookies;

/// The cookie that carries a message to the next page of this session.
pub fn cookie(flash: &Flash, seal: &Seal) -> Cookie<'static> {
    cookies::build(COOKIE, flash.sealed(seal), TimeDelta::minutes(1), seal.is_over_tls())
}

/// The message in a request.
pub fn find(request: &HttpRequest, seal: &Seal) -> Option<Flash> {
    seal.open(cookies::find(request, COOKIE, seal.is_over_tls())?.value())
}

/// The cookie that removes a message after it was shown.
pub fn removal(seal: &Seal) -> Cookie<'static> {
    cookies::build(COOKIE, String::new(), TimeDelta::zero(), seal.is_over_tls())
}

#[cfg(test)]
mod tests {
    use rainstaff_core::ids::new_id;
    use rainstaff_pages::web::flash::{Tone, Undo, UndoAct, signer};

    use super::*;

    fn seal() -> Seal {
        Seal::new(signer(b"secret"), "one", true)
    }

    fn deletion() -> Flash {
        let id = new_id();
        let undo = Undo { act: UndoAct::Restore("timesheet".into(), id), id, base: 3, region: Some("ankara".to_owned()) };
        Flash::new(Tone::Success, "flash-timesheet-deleted", "Şükrü Işık").with_undo(undo)
    }

    #[test]
    fn a_message_survives_the_journey() {
        let (sent, seal) = (deletion(), seal());
        let cookie = cookie(&sent, &seal);
        assert_eq!(cookie.name(), "__Host-rainstaff-flash");
        let request = actix_web::test::TestRequest::get().cookie(cookie).to_http_request();
        assert_eq!(find(&request, &seal), Some(sent));
    }

    #[test]
    fn a_message_that_is_too_long_for_a_cookie_keeps_its_words() {
        let long = deletion().with_undo_fields(&[("notes", &"a".repeat(4000))]);
        let cookie = cookie(&long, &seal());
        assert!(cookie.to_string().len() < 4096);
        let shown = seal().open(cookie.value()).unwrap();
        assert_eq!((shown.key.as_str(), shown.undo, shown.undo_fields), ("flash-timesheet-deleted", None, Vec::new()));
    }

    #[test]
    fn a_shown_message_is_taken_away() {
        assert_eq!(removal(&seal()).max_age(), Some(actix_web::cookie::time::Duration::ZERO));
    }
}
