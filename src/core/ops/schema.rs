//! Schemas of rows and operations for the API's description, made from the descriptions of the entities.

use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        extensions::ExtensionsBuilder,
        schema::{AdditionalProperties, AnyOfBuilder, KnownFormat, Object, ObjectBuilder, SchemaFormat, SchemaType, Type},
    },
};
use uuid::Uuid;

use super::{Change, Description, Field, descriptions, form_codec::FieldKind, mask_secrets, masked_name};

/// The id in all examples.
const EXAMPLE_ID: Uuid = Uuid::from_u128(0x019a_b3aa_0000_7000_8000_0000_0000_000e);

/// Schemas by name, as a document collects them.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// The name of an entity of this server.
pub struct EntityName;

/// A row of any entity as it is sent: without secret values.
pub struct AnyRow;

/// The changes of an operation, by field.
pub struct AnyFields;

impl PartialSchema for EntityName {
    fn schema() -> RefOr<Schema> {
        let names = descriptions().iter().map(|entity| entity.name);
        text().enum_values(Some(names)).description(Some("Which kind of row.")).build().into()
    }
}

impl ToSchema for EntityName {}

impl PartialSchema for AnyRow {
    fn schema() -> RefOr<Schema> {
        let rows = descriptions().iter().fold(AnyOfBuilder::new(), |any, entity| any.item(Ref::from_schema_name(row_name(entity))));
        let words = "A row, with the names and values of a form, and `id`, `version` and `deleted`. Of what is secret only that there is one, as `…_masked`.";
        Schema::AnyOf(rows.description(Some(words)).build()).into()
    }
}

impl ToSchema for AnyRow {
    fn schemas(schemas: &mut Schemas) {
        schemas.extend(descriptions().iter().map(|entity| (row_name(entity), row(entity).into())));
    }
}

impl PartialSchema for AnyFields {
    fn schema() -> RefOr<Schema> {
        let known = descriptions().iter().fold(AnyOfBuilder::new(), |any, entity| any.item(Ref::from_schema_name(fields_name(entity))));
        let any = ObjectBuilder::new().additional_properties(Some(Ref::from_schema_name(Change::name())));
        let words = "The changes, for `create` and `update`. An operation with a field that this server does not know is held (`schema_unknown`); \
                     one with a value that does not do is rejected.";
        Schema::AnyOf(known.item(any).description(Some(words)).build()).into()
    }
}

impl ToSchema for AnyFields {
    fn schemas(schemas: &mut Schemas) {
        schemas.extend(descriptions().iter().map(|entity| (fields_name(entity), fields(entity).into())));
        schemas.push((Change::name().into_owned(), Change::schema()));
    }
}

/// Name of the schema of an entity's rows.
fn row_name(entity: &Description) -> String {
    format!("{}Row", in_capitals(entity.name))
}

/// Name of the schema of an entity's changes.
fn fields_name(entity: &Description) -> String {
    format!("{}Fields", in_capitals(entity.name))
}

/// `calendar_day` as `CalendarDay`.
fn in_capitals(name: &str) -> String {
    name.split('_').flat_map(|word| word.chars().take(1).map(|first| first.to_ascii_uppercase()).chain(word.chars().skip(1))).collect()
}

/// A row as responses contain it.
fn row(entity: &Description) -> Schema {
    let head = [
        ("id".to_owned(), uuid().into()),
        ("version".to_owned(), ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build().into()),
        ("deleted".to_owned(), Object::with_type(Type::Boolean).into()),
    ];
    let there_is_one = || text().schema_type(or_null(Type::String)).description(Some("That there is one.")).build();
    let values = entity.fields.iter().map(|field| {
        if field.is_secret() {
            (masked_name(field.name), there_is_one().into())
        } else {
            (field.name.to_owned(), value(field, is_never_null(field)))
        }
    });
    // A field that was added after the first release is absent while it is blank.
    let later = entity.fields.iter().filter(|field| field.kind == FieldKind::LaterText).map(|field| field.name).collect::<Vec<_>>();
    let properties: Schemas = head.into_iter().chain(values).collect();
    let is_there = |name: &&String| !later.contains(&name.as_str());
    let required: Vec<String> = properties.iter().map(|(name, _)| name).filter(is_there).cloned().collect();
    let row = object(properties, required, format!("A row of the entity `{}`.", entity.name));
    row.examples((entity.samples)().rows.map(|sample| example(entity, sample))).build().into()
}

/// A sample as it would be sent.
fn example(entity: &Description, sample: Value) -> Value {
    let Value::Object(sample) = sample else { return sample };
    let references = entity.fields.iter().filter(|field| field.is_reference()).map(|field| (field.name.to_owned(), json!(EXAMPLE_ID)));
    let values =
        references.chain(sample).chain([("id".into(), json!(EXAMPLE_ID)), ("version".into(), json!(1)), ("deleted".into(), json!(false))]);
    json!(mask_secrets(values.collect(), |value| if value.is_null() { value } else { json!("*") }))
}

/// The changes that operations may contain.
fn fields(entity: &Description) -> Schema {
    let change = |field: &Field| {
        let sides = ["from", "to"].map(|side| (side.to_owned(), value(field, false)));
        let words = field.of.map_or_else(String::new, |entity| format!("The id of a row of the entity `{entity}`."));
        (field.name.to_owned(), object(sides, ["to".to_owned()], words).build().into())
    };
    let words = format!("Changes of a row of the entity `{}`. No field has to be there.", entity.name);
    object(entity.fields.iter().map(change), [], words).build().into()
}

fn object(
    properties: impl IntoIterator<Item = (String, RefOr<Schema>)>,
    required: impl IntoIterator<Item = String>,
    words: String,
) -> ObjectBuilder {
    let closed = ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let object = properties.into_iter().fold(closed, |object, (name, schema)| object.property(name, schema));
    let object = required.into_iter().fold(object, ObjectBuilder::required);
    object.description(Some(words).filter(|words| !words.is_empty()))
}

/// Whether a row always has a value here: a blank text is "", an unset flag is false.
fn is_never_null(field: &Field) -> bool {
    field.is_required()
        || matches!(field.kind, FieldKind::Text | FieldKind::LongText | FieldKind::LaterText | FieldKind::Flag | FieldKind::Weekdays)
}

/// The schema of a field's value.
fn value(field: &Field, is_always: bool) -> RefOr<Schema> {
    let kind = |plain: Type| if is_always { plain.into() } else { or_null(plain) };
    let text = |builder: ObjectBuilder| builder.schema_type(kind(Type::String));
    let schema = match field.kind {
        _ if !field.choices.is_empty() => {
            let blank = (!is_always).then_some(Value::Null);
            text(ObjectBuilder::new()).enum_values(Some(field.choices.iter().map(|word| json!(word)).chain(blank)))
        }
        FieldKind::Text | FieldKind::LongText | FieldKind::LaterText | FieldKind::OptionalText | FieldKind::Choice => {
            text(ObjectBuilder::new())
        }
        FieldKind::IdentityNo => text(ObjectBuilder::new()).examples(["10000000146"]),
        FieldKind::Plate => text(ObjectBuilder::new()).pattern(Some("^[0-9]{2} [A-Z]{1,3} [0-9]{2,5}$")).examples(["06 ABC 123"]),
        FieldKind::Phone => text(ObjectBuilder::new()).pattern(Some("^\\+[1-9][0-9]{7,14}$")).examples(["+905321234567"]),
        FieldKind::Money => text(ObjectBuilder::new()).pattern(Some("^[0-9]+\\.[0-9]{2}$")).examples(["1250.50"]),
        FieldKind::Minutes => ObjectBuilder::new().schema_type(kind(Type::Integer)).minimum(Some(0)),
        FieldKind::Date => text(ObjectBuilder::new()).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))),
        FieldKind::Time => text(ObjectBuilder::new()).pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$")).examples(["08:30"]),
        FieldKind::Integer => ObjectBuilder::new().schema_type(kind(Type::Integer)),
        FieldKind::Decimal => text(ObjectBuilder::new()).pattern(Some("^-?[0-9]+(\\.[0-9]+)?$")).examples(["7.5"]),
        FieldKind::Flag => ObjectBuilder::new().schema_type(kind(Type::Boolean)),
        FieldKind::Weekdays => text(ObjectBuilder::new()).pattern(Some("^1?2?3?4?5?6?7?$")).examples(["12345"]),
        FieldKind::Id => text(uuid()).extensions(field.of.map(|entity| ExtensionsBuilder::new().add("x-entity", entity).build())),
    };
    schema.build().into()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn uuid() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

fn or_null(plain: Type) -> SchemaType {
    SchemaType::from_iter([plain, Type::Null])
}
