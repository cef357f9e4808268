//! The rules for every entity, tested for each one in `registry.rs` with its samples: through the write path, with a real database. A new
//! entity is tested without a new line here.

#![cfg(test)]

mod office;

use rainstaff::{
    i18n::{self, Lang, t},
    ids::new_id,
    ops::{Kind, Op, Reason, Verdict, VerdictKind, Writers, descriptions, form_codec::FieldKind},
    sync::{entities, may_write},
    web::form::sentence,
    words::describe,
};
use serde_json::json;

use crate::support::{
    builders::at,
    description::{ApiDescription, row_schema_of},
};
use office::{Office, by_clerk, client_row, masked_row, on_the_row, recomputed_digest, said};

const LANGUAGES: [Lang; 2] = [Lang::Tr, Lang::En];

const APPLIED: (VerdictKind, Option<Reason>) = (VerdictKind::Applied, None);
const MERGED: (VerdictKind, Option<Reason>) = (VerdictKind::Merged, None);
const UNKNOWN: (VerdictKind, Option<Reason>) = (VerdictKind::Rejected, Some(Reason::UnknownEntity));

/// What is wrong with an answer; nothing.
const NOTHING: Vec<String> = Vec::new();

/// An office for each entity.
async fn offices() -> Vec<Office> {
    rainstaff::registry::install();
    let mut offices = Vec::new();
    for entity in descriptions() {
        offices.push(Office::of(entity).await);
    }
    assert!(offices.len() >= 5, "the entities are installed");
    offices
}

#[test]
fn samples_differ_in_every_field_or_say_why_not() {
    rainstaff::registry::install();
    for entity in descriptions() {
        let samples = (entity.samples)();
        for field in entity.fields.iter().filter(|field| !field.is_reference()) {
            let differs = samples.rows[0].get(field.name) != samples.rows[1].get(field.name);
            let is_the_companys = samples.refused.iter().any(|(name, ..)| *name == field.name);
            assert!(differs || is_the_companys, "{}.{}: two samples with one value", entity.name, field.name);
        }
        for name in samples.rows.iter().flat_map(|row| row.as_object().unwrap().keys()) {
            assert!(entity.field(name).is_some_and(|field| !field.is_reference()), "{}.{name} is no field with a value", entity.name);
        }
        assert!(!samples.refused.is_empty(), "{}: nothing is refused", entity.name);
    }
}

#[test]
fn what_is_referred_to_is_an_entity_that_comes_first() {
    rainstaff::registry::install();
    let names: Vec<&str> = entities().collect();
    for (entity, at) in descriptions().iter().zip(0..) {
        for field in entity.fields.iter().filter(|field| field.is_reference()) {
            let target = field.of.unwrap_or_else(|| panic!("{}.{} refers to nothing", entity.name, field.name));
            assert!(names[..at].contains(&target), "{}.{} refers to {target}, which comes later", entity.name, field.name);
        }
    }
}

#[test]
fn an_entity_and_its_fields_and_choices_have_words_in_both_languages() {
    rainstaff::registry::install();
    for lang in LANGUAGES {
        let keys = i18n::keys(lang);
        for entity in descriptions() {
            assert!(keys.contains(entity.label), "{} {lang:?}", entity.label);
            for field in entity.fields {
                assert!(keys.contains(field.label), "{}.{}: {} {lang:?}", entity.name, field.name, field.label);
                for word in field.choices {
                    let said = describe(lang, entity.name, None, Some(&json!({ field.column: word })), |_| None);
                    assert_ne!(said[0].after.as_deref(), Some(*word), "{}.{}: {word} {lang:?}", entity.name, field.name);
                }
            }
        }
    }
}

#[actix_web::test]
async fn a_new_row_reads_the_same_everywhere_and_without_its_secrets() {
    for office in offices().await {
        let name = office.entity.name;
        let document = ApiDescription::of(&office.state).await;
        let (id, values) = office.sample(0).await;
        let verdict = office.apply(&office.create(id, &values)).await;
        assert_eq!((said(&verdict), verdict.version), (APPLIED, Some(1)), "{name}: {verdict:?}");
        assert_eq!(verdict.row, Some(client_row(id, 1, false, &values)), "{name}: the row is the sample");

        let shown = masked_row(id, 1, false, &values);
        let feed = office.changes().await;
        let item = on_the_row(&feed["changes"], id);
        assert_eq!((&item["version"], &item["gone"], &item["row"]), (&json!(1), &json!(false), &json!(shown)), "{name}: the feed");
        let snapshot = office.snapshot().await;
        let item = on_the_row(&snapshot["items"], id);
        assert_eq!((&item["version"], &item["gone"], &item["row"]), (&json!(1), &json!(false), &json!(shown)), "{name}: the snapshot");
        assert_eq!(document.complaints_about_a(&row_schema_of(name), &item["row"]), NOTHING, "{name}: {}", item["row"]);
        for (path, answer) in [("/api/v1/changes", &feed), ("/api/v1/snapshot", &snapshot)] {
            assert_eq!(document.complaints_about("get", path, 200, answer), NOTHING, "{name}: {path}");
            for field in office.entity.fields.iter().filter(|field| field.is_secret()) {
                let secret = values[field.name].as_str().unwrap();
                assert!(!answer.to_string().contains(secret), "{name}: {path} has {}", field.name);
            }
        }
        assert_eq!(office.digest().await, recomputed_digest(&snapshot), "{name}: the digest");
        office.assert_copied(&snapshot, id, &values, &office.sample(1).await.1).await;
        if office.entity.title.is_some() {
            assert_ne!(office.title_of(id).await, "", "{name}: what the row is called");
        }
    }
}

#[tokio::test]
async fn a_field_changes_by_itself_and_the_log_says_so_in_words() {
    for office in offices().await {
        let name = office.entity.name;
        let (id, mut values) = office.sample(0).await;
        let (_, wanted) = office.sample(1).await;
        office.apply(&office.create(id, &values)).await;
        if office.only_adds(id, &values, &wanted).await {
            continue;
        }
        let mut version = 1;
        for field in office.entity.fields {
            if wanted.get(field.name) == values.get(field.name) {
                continue; // the samples say why: `samples_differ_in_every_field_or_say_why_not`
            }
            let from = values.get(field.name).cloned().unwrap_or_default();
            let to = wanted[field.name].clone();
            let verdict = office.apply(&office.update(id, version, &json!({ field.name: [from, to] }))).await;
            version += 1;
            values.insert(field.name.to_owned(), to.clone());
            assert_eq!((said(&verdict), verdict.version), (APPLIED, Some(version)), "{name}.{}: {verdict:?}", field.name);
            assert_eq!(verdict.row, Some(client_row(id, version, false, &values)), "{name}.{}: nothing else moves", field.name);

            let (before, after) = office.last_change(id).await;
            // Columns that count from this one may move with it, as the end of a shift does with its start.
            let [before, after] = [before, after].map(|side| json!({ field.column: side[field.column] }));
            for lang in LANGUAGES {
                let words = describe(lang, name, Some(&before), Some(&after), |id| Some(if to == json!(id) { "Yeni" } else { "Eski" }));
                assert_eq!((words.len(), words[0].label.as_str()), (1, t(lang, field.label)), "{name}.{} {lang:?}", field.name);
                assert_ne!(words[0].before, words[0].after, "{name}.{} {lang:?}", field.name);
                if field.is_secret() {
                    let shown = words[0].after.clone().unwrap();
                    assert!(!shown.contains(to.as_str().unwrap()), "{name}.{} stands in the log's words", field.name);
                }
            }
        }
        assert_eq!(values, wanted, "{name}: one sample has become the other");
        assert!(version > 1, "{name}: no field was changed");
        office.assert_feed_is_dense().await;
    }
}

#[tokio::test]
async fn edits_that_have_not_seen_each_other_merge_by_field_and_keep_what_lost() {
    for office in offices().await {
        let name = office.entity.name;
        let (id, old) = office.sample(0).await;
        let (_, new) = office.sample(1).await;
        office.apply(&office.create(id, &old)).await;
        if office.only_adds(id, &old, &new).await {
            continue;
        }
        let [one, other] = office.two_fields(&old, &new);
        let first = office.update(id, 1, &json!({ one: [old[one], new[one]] }));
        assert_eq!(said(&office.apply(&first).await), APPLIED, "{name}.{one}");
        let beside = office.update(id, 1, &json!({ other: [old[other], new[other]] }));
        let verdict = office.apply(&beside).await;
        assert_eq!((said(&verdict), verdict.version), (APPLIED, Some(3)), "{name}.{other}: other fields do not meet");

        // Whoever saw a blank field, and wants back what the first edit replaced: the later one wins, and the other is kept.
        let late = Op { edited_at: at(10), ..office.update(id, 1, &json!({ one: [null, old[one]] })) };
        let verdict = office.apply(&late).await;
        assert_eq!(said(&verdict), MERGED, "{name}.{one}: {verdict:?}");
        assert_eq!(verdict.row.unwrap()[one], old[one], "{name}.{one}: the later one wins");
        assert_eq!(office.conflicts().await, [json!([one, old[one], new[one]])], "{name}: what lost is kept");
        let early = Op { edited_at: at(-10), ..office.update(id, 1, &json!({ one: [null, new[one]] })) };
        let verdict = office.apply(&early).await;
        assert_eq!((said(&verdict), &verdict.row.unwrap()[one]), (MERGED, &old[one]), "{name}.{one}: the earlier one loses");
        assert_eq!(office.conflicts().await.len(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_deleted_row_comes_back_as_it_was_and_no_unseen_edit_is_deleted() {
    for office in offices().await {
        let name = office.entity.name;
        let (id, values) = office.sample(0).await;
        let (_, new) = office.sample(1).await;
        office.apply(&office.create(id, &values)).await;
        if office.only_adds(id, &values, &new).await {
            continue;
        }
        for (kind, base, deleted) in [(Kind::Delete, 1, true), (Kind::Restore, 2, false)] {
            let verdict = office.apply(&office.act(kind, id, base)).await;
            assert_eq!((said(&verdict), verdict.version), (APPLIED, Some(base + 1)), "{name} {kind:?}: {verdict:?}");
            assert_eq!(verdict.row, Some(client_row(id, base + 1, deleted, &values)), "{name} {kind:?}");
            let (feed, snapshot) = (office.changes().await, office.snapshot().await);
            let shown = json!(masked_row(id, base + 1, deleted, &values));
            for item in [on_the_row(&feed["changes"], id), on_the_row(&snapshot["items"], id)] {
                assert_eq!((&item["gone"], &item["row"]), (&json!(deleted), &shown), "{name} {kind:?}");
            }
            assert_eq!(office.digest().await, recomputed_digest(&snapshot), "{name} {kind:?}");
        }
        let [one, _] = office.two_fields(&values, &new);
        office.apply(&office.update(id, 3, &json!({ one: [values[one], new[one]] }))).await;
        let stale = office.apply(&office.act(Kind::Delete, id, 3)).await;
        assert_eq!((said(&stale), &stale.row.unwrap()["deleted"]), (MERGED, &json!(false)), "{name}: an edit that was not seen stays");
        office.apply(&office.act(Kind::Delete, id, 4)).await;
        let late = office.apply(&office.update(id, 4, &json!({ one: [new[one], values[one]] }))).await;
        let row = late.row.clone().unwrap();
        assert_eq!((said(&late), &row["deleted"], &row[one]), (MERGED, &json!(false), &values[one]), "{name}: an edit brings it back");
        office.assert_feed_is_dense().await;
    }
}

#[tokio::test]
async fn an_operation_counts_once_and_its_id_stands_for_nothing_else() {
    for office in offices().await {
        let name = office.entity.name;
        let (id, values) = office.sample(0).await;
        let (_, new) = office.sample(1).await;
        let create = office.create(id, &values);
        let first = office.apply(&create).await;
        let again = office.apply(&create).await;
        assert_eq!(again, Verdict { replayed: true, ..first }, "{name}");
        let other = Op { op_id: create.op_id, ..office.create(id, &new) };
        assert_eq!(said(&office.apply(&other).await), (VerdictKind::Rejected, Some(Reason::OpIdReused)), "{name}");
        assert_eq!(office.count_changes(id).await, 1, "{name}: one change");
        assert_eq!(office.load(id).await.unwrap().row, values, "{name}: the row stands");
    }
}

#[tokio::test]
async fn rows_of_a_batch_are_the_rows_of_its_operations_one_by_one() {
    for office in offices().await.into_iter().filter(|office| !office.has_one_row()) {
        let name = office.entity.name;
        let mut both = [office.sample(0).await, office.sample(1).await];
        for (_, values) in &mut both {
            // As clients of the first release send them: what may be made in one statement is.
            values.retain(|name, _| office.entity.field(name).is_some_and(|field| field.kind != FieldKind::LaterText));
        }
        let [one, two] = both;
        let ops = [office.create(one.0, &one.1), office.create(two.0, &two.1)];
        for (verdict, (id, values)) in office.apply_all(&ops).await.iter().zip([one, two]) {
            assert_eq!(said(verdict), APPLIED, "{name}: {verdict:?}");
            assert_eq!(verdict.row, Some(client_row(id, 1, false, &values)), "{name}");
        }
        office.assert_feed_is_dense().await;
    }
}

#[tokio::test]
async fn what_an_entity_does_not_take_is_refused_at_its_field_in_both_languages() {
    for office in offices().await {
        let name = office.entity.name;
        let (id, values) = office.sample(0).await;
        for (field, wrong, code) in (office.entity.samples)().refused {
            let mut bad = values.clone();
            bad.insert(field.to_owned(), wrong.clone());
            let verdict = office.apply(&office.create(id, &bad)).await;
            assert_eq!(said(&verdict), (VerdictKind::Rejected, Some(Reason::Invalid)), "{name}.{field} = {wrong}: {verdict:?}");
            let complaint = &verdict.errors[0];
            assert_eq!((complaint.field.as_str(), complaint.code.as_str()), (field, code), "{name}.{field} = {wrong}: {verdict:?}");
            for lang in LANGUAGES {
                assert_ne!(sentence(lang, complaint), format!("error-{code}"), "{name}.{field} {lang:?}");
            }
        }
        assert!(office.load(id).await.is_none(), "{name}: nothing of it was stored");
        let mut newer = values;
        newer.insert("of_a_newer_program".to_owned(), json!(1));
        let verdict = office.apply(&office.create(id, &newer)).await;
        assert_eq!(said(&verdict), (VerdictKind::Held, Some(Reason::SchemaUnknown)), "{name}: {verdict:?}");
    }
}

#[tokio::test]
async fn a_business_key_is_given_once_among_the_rows_that_are_not_deleted() {
    let mut keys = 0;
    for office in offices().await {
        for field in office.entity.fields {
            let Some(code) = field.once else { continue };
            keys += 1;
            let name = format!("{}.{}", office.entity.name, field.name);
            let (id, values) = office.sample(0).await;
            assert_eq!(said(&office.apply(&office.create(id, &values)).await), APPLIED, "{name}");
            let (other, mut twin) = office.sample(1).await;
            twin.insert(field.name.to_owned(), values[field.name].clone());

            let typed = office.complaints_of_form(office.create(other, &twin)).await;
            let [complaint] = &typed[..] else { panic!("{name}: {typed:?}") };
            assert_eq!((complaint.field.as_str(), complaint.code.as_str()), (field.name, code), "{name}");
            for lang in LANGUAGES {
                assert_ne!(sentence(lang, complaint), format!("error-{code}"), "{name} {lang:?}");
            }
            let queued = Op { op_id: new_id(), ..office.create(other, &twin) };
            let verdict = office.apply(&queued).await;
            assert_eq!(said(&verdict), (VerdictKind::Held, Some(Reason::NaturalKey)), "{name}: {verdict:?}");
            let verdict = office.decide_that_it_is_the_same_row(&queued).await;
            assert!(verdict.verdict.took_effect(), "{name}: {verdict:?}");
            let row = office.load(id).await.unwrap();
            assert!(row.version > 1 && office.load(other).await.is_none(), "{name}: it went to the row that has the key");

            office.apply(&office.act(Kind::Delete, id, row.version)).await;
            let verdict = office.apply(&office.create(new_id(), &twin)).await;
            assert_eq!(said(&verdict), APPLIED, "{name}: a deleted row keeps no key: {verdict:?}");
        }
    }
    assert!(keys >= 2, "{keys}");
}

#[tokio::test]
async fn another_office_neither_sees_nor_writes_a_row() {
    for office in offices().await {
        let name = office.entity.name;
        let (id, values) = office.sample(0).await;
        office.apply(&office.create(id, &values)).await;
        let [one, _] = office.two_fields(&values, &office.sample(1).await.1);
        let (feed, snapshot) = office.seen_from_istanbul().await;
        assert!(!feed.to_string().contains(&id.to_string()) && !snapshot.to_string().contains(&id.to_string()), "{name}: seen");
        // By those who may write such rows in their own office.
        let here = if office.has_one_row() { (VerdictKind::Rejected, Some(Reason::Invalid)) } else { UNKNOWN };
        let changes = json!({ one: [values[one], null] });
        for op in [office.update(id, 1, &changes), office.act(Kind::Delete, id, 1), office.act(Kind::Restore, id, 1)] {
            let kind = op.kind;
            assert_eq!(said(&office.apply_in_istanbul(op).await), here, "{name} {kind:?}");
        }
        if !office.has_one_row() {
            assert_eq!(said(&office.twin_in_istanbul(id).await), UNKNOWN, "{name}: the id is another office's");
        }
        let carried = office.carried_from_istanbul(office.act(Kind::Delete, id, 1)).await;
        assert_eq!(said(&carried), (VerdictKind::Retry, Some(Reason::Carrier)), "{name}: no right in that office");
        assert_eq!(office.load(id).await.unwrap().row, values, "{name}: the row stands");
    }
}

#[tokio::test]
async fn rows_of_admins_are_written_by_admins_alone() {
    let mut of_admins = 0;
    for office in offices().await {
        let name = office.entity.name;
        let is_for_all = office.entity.writers == Writers::Region;
        assert_eq!((may_write(name, false), may_write(name, true)), (is_for_all, true), "{name}: what pages offer");
        let (id, values) = office.sample(0).await;
        let create = by_clerk(office.create(id, &values));
        let verdict = office.apply(&create).await;
        if is_for_all {
            assert_eq!(said(&verdict), APPLIED, "{name}: {verdict:?}");
            continue;
        }
        of_admins += 1;
        let forbidden = (VerdictKind::Rejected, Some(Reason::Forbidden));
        assert_eq!((said(&verdict), verdict.errors[0].code.as_str()), (forbidden, "admins-only"), "{name}");
        assert_eq!(said(&office.apply(&office.create(id, &values)).await), APPLIED, "{name}: an admin may");
        for op in [office.act(Kind::Delete, id, 1), office.act(Kind::Restore, id, 1), office.update(id, 1, &json!({}))] {
            let kind = op.kind;
            assert_eq!(said(&office.apply(&by_clerk(op)).await), forbidden, "{name} {kind:?}");
        }
        assert_eq!(office.load(id).await.unwrap().version, 1, "{name}");
    }
    assert!(of_admins >= 2, "{of_admins}");
}
