//! Operations: what people entered, as data. Pure, and shared by server and agent (docs/SYNC.md).

mod cleaned;
mod description;
mod entity;
pub mod fields;
pub mod form_codec;
mod grant;
mod listed;
mod merge;
mod op;
mod samples;
#[cfg(feature = "openapi")]
pub mod schema;
mod submitted;
mod values;

pub use cleaned::{clean_op, clean_value};
pub use description::{
    Description, Field, Presence, Reads, RowPage, Says, Title, as_field, assert_complete, describe_entities, description, descriptions,
    entity_at, mask_secrets, masked_name,
};
pub use entity::{Entity, Life, Writers};
pub use form_codec::FieldKind;
pub use grant::{Grant, LIFETIME, MARK};
pub use listed::Listed;
pub use merge::{ConflictDraft, ConflictKind, MergePolicy, Merged, Meta, OTHERS, Record, Stamp, TOMBSTONE, merge, same_value};
pub use op::{Author, Change, EARLIEST, EditedAt, Fields, Kind, LATEST, Op, Origin, Print, Reason, Row, Verdict, VerdictKind, fingerprint};
pub use samples::Samples;
pub use submitted::Submitted;
pub use values::values;
pub use values::{Cell, Choice, Plain, PlainKind, Source, Values};
