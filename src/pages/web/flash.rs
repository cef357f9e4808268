//! A message for the next page: after a form without JavaScript the browser is redirected, and the next page shows what happened. The
//! message is in a cookie, so nothing is stored on the server. The cookie is signed for the session, and "Geri al" is limited to a fixed
//! list of actions.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{page::Ctx, signer::Signer};
use crate::ops::{Entity, description};

/// Name of the cookie.
pub const COOKIE: &str = "rainstaff-flash";

/// The kind of a message: it decides colour and icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// It worked.
    Success,
    /// For information.
    Info,
    /// It worked, with a restriction.
    Warning,
    /// It did not work.
    Danger,
}

impl Tone {
    /// The word at the end of Tabler's class names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    /// The icon beside the words: colour alone is not enough.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Success => "circle-check",
            Self::Info => "info-circle",
            Self::Warning => "alert-triangle",
            Self::Danger => "alert-circle",
        }
    }
}

/// Where the form behind "Geri al" posts to: one of these actions, and no other address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoAct {
    /// Restores a row of an entity.
    Restore(String, Uuid),
    /// Deletes an entry.
    DeleteTimesheet(Uuid),
    /// Restores an entry of the day.
    RestoreEntry(Uuid),
    /// Deletes an entry of the day.
    DeleteEntry(Uuid),
    /// Restores the former values of an entry of the day.
    UpdateEntry(Uuid),
    /// Deletes what a batch entered.
    UndoBatch(Uuid),
    /// Makes a person active again.
    ActivateEmployee(Uuid),
    /// Makes a person passive.
    PassivateEmployee(Uuid),
    /// Enables an account again.
    EnableUser(Uuid),
    /// Opens a region for entries again.
    OpenRegion(String),
}

impl UndoAct {
    /// Restores a row of this entity.
    pub fn restore<E: Entity>(id: Uuid) -> Self {
        Self::Restore(E::NAME.to_owned(), id)
    }

    /// The address, as `routes` has it.
    pub fn address(&self) -> String {
        match self {
            Self::Restore(entity, id) => {
                let home = description(entity).map_or("", |entity| entity.home);
                format!("{home}/{id}/restoration")
            }
            Self::DeleteTimesheet(id) => format!("/timesheets/{id}/deletion"),
            Self::RestoreEntry(id) => format!("/today/entries/{id}/restoration"),
            Self::DeleteEntry(id) => format!("/today/entries/{id}/deletion"),
            Self::UpdateEntry(id) => format!("/today/entries/{id}"),
            Self::UndoBatch(id) => format!("/today/batches/{id}/undo"),
            Self::ActivateEmployee(id) => format!("/employees/{id}/activation"),
            Self::PassivateEmployee(id) => format!("/employees/{id}/passivation"),
            Self::EnableUser(id) => format!("/admin/users/{id}/activation"),
            Self::OpenRegion(code) => format!("/admin/regions/{code}/opening"),
        }
    }
}

/// How to undo an action: the form behind "Geri al".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// The action of the form.
    pub act: UndoAct,
    /// The row.
    pub id: Uuid,
    /// The row's version after the action that is undone.
    pub base: i64,
    /// The row's region, if an admin does it.
    pub region: Option<String>,
}

impl Undo {
    /// Where the form posts to; it names the region for readers who have several.
    pub fn address(&self, ctx: &Ctx) -> String {
        let at = self.region.as_deref().map(|region| ctx.at(region)).unwrap_or_default();
        format!("{}{at}", self.act.address())
    }
}

/// A message, by the key of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The kind of the message.
    pub tone: Tone,
    /// Key of the text; it may use `{ $name }`.
    pub key: String,
    /// The person or thing in the message.
    pub name: String,
    /// The count in the message; the text may use `{ $n }`.
    #[serde(default)]
    pub n: usize,
    /// How to undo it, if that is possible.
    pub undo: Option<Undo>,
    /// More fields of the undo form, such as the values to restore.
    #[serde(default)]
    pub undo_fields: Vec<(String, String)>,
}

impl Flash {
    /// A message without undo.
    pub fn new(tone: Tone, key: &str, name: &str) -> Self {
        Self { tone, key: key.to_owned(), name: name.to_owned(), n: 0, undo: None, undo_fields: Vec::new() }
    }

    /// Whether the page combines several such messages into one: successes of one entry each. The key of their text is `offline-many-`
    /// followed by this key.
    pub fn is_counted(&self) -> bool {
        const COUNTED: [&str; 4] =
            ["flash-timesheet-created", "flash-timesheet-updated", "flash-timesheet-deleted", "flash-timesheet-restored"];
        self.tone == Tone::Success && COUNTED.contains(&self.key.as_str())
    }

    /// The same message with a count.
    #[must_use]
    pub fn about(mut self, n: usize) -> Self {
        self.n = n;
        self
    }

    /// The same message with "Geri al".
    #[must_use]
    pub fn with_undo(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }

    /// The same message with more fields in the form behind "Geri al".
    #[must_use]
    pub fn with_undo_fields(mut self, fields: &[(&str, &str)]) -> Self {
        self.undo_fields.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    /// The cookie's value that carries the message to the next page of this session. A message that is too large for a cookie is sent
    /// without undo: browsers would drop the whole cookie.
    pub fn sealed(&self, seal: &Seal) -> String {
        const MOST: usize = 3_500; // of the 4,096 bytes that browsers keep
        let value = seal.seal(self);
        if value.len() <= MOST {
            return value;
        }
        seal.seal(&Self { undo: None, undo_fields: Vec::new(), ..self.clone() })
    }
}

/// Signs messages: a message contains forms that are sent with one press, so it is valid for one session only.
#[derive(Debug, Clone)]
pub struct Seal {
    signer: Signer,
    /// The session's token; empty for a visitor.
    session: String,
    over_tls: bool,
}

impl Seal {
    /// The seal of the session with this token.
    pub fn new(signer: Signer, session: &str, over_tls: bool) -> Self {
        Self { signer, session: session.to_owned(), over_tls }
    }

    /// Whether the cookie is sent over TLS only.
    pub fn is_over_tls(&self) -> bool {
        self.over_tls
    }

    fn seal(&self, flash: &Flash) -> String {
        let body = serde_json::to_vec(flash).unwrap_or_default();
        let signature = self.signer.sign(&[self.session.as_bytes(), &body]);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&body), URL_SAFE_NO_PAD.encode(signature))
    }

    /// The message of a cookie; `None` unless [`Flash::sealed`] wrote it for this session.
    pub fn open(&self, value: &str) -> Option<Flash> {
        let (body, signature) = value.split_once('.')?;
        let (body, signature) = (URL_SAFE_NO_PAD.decode(body).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
        let is_ours = self.signer.verifies(&[self.session.as_bytes(), &body], &signature);
        is_ours.then(|| serde_json::from_slice(&body).ok()).flatten()
    }
}

/// The signer of messages under a program's secret.
pub fn signer(secret: &[u8]) -> Signer {
    Signer::new(secret, "rainstaff: message after a redirect, 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(session: &str) -> Seal {
        Seal::new(signer(b"secret"), session, true)
    }

    fn deletion() -> Flash {
        let undo =
            Undo { act: UndoAct::Restore("timesheet".into(), Uuid::nil()), id: Uuid::nil(), base: 3, region: Some("ankara".to_owned()) };
        Flash::new(Tone::Success, "flash-timesheet-deleted", "Şükrü Işık").with_undo(undo)
    }

    #[test]
    fn a_message_of_somebody_else_or_of_another_session_is_none() {
        let value = deletion().sealed(&seal("one"));
        assert_eq!(seal("one").open(&value), Some(deletion()));
        assert_eq!(seal("two").open(&value), None, "another session");
        assert_eq!(Seal::new(signer(b"another secret"), "one", true).open(&value), None);
        let (body, signature) = value.split_once('.').unwrap();
        let forged = String::from_utf8(URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap().replace("ankara", "izmir1");
        assert_eq!(seal("one").open(&format!("{}.{signature}", URL_SAFE_NO_PAD.encode(forged))), None, "another region");
        for nonsense in ["", ".", "%%%", body, &format!("{body}."), &URL_SAFE_NO_PAD.encode("{}")] {
            assert_eq!(seal("one").open(nonsense), None, "{nonsense}");
        }
    }
}
