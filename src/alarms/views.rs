//! The alarms on the dashboard.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    Kind, Registered, Source, Subject, Texts,
    db::{self, AlarmRow},
};
use crate::{
    db::{Read, ScopedTx},
    i18n::{Arg, format::instant, t, t_with},
    identity::Region,
    web::page::Ctx,
};

/// An alarm, in words.
#[derive(Debug, Clone)]
pub struct AlarmView {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: Kind,
    /// The region's name.
    pub place: String,
    /// The subject's name.
    pub name: String,
    /// The name's page; `None` if the reader may not open it.
    pub name_href: Option<String>,
    /// More, beside the name.
    pub detail: String,
    /// Why, with the numbers.
    pub why: String,
    /// The subject's page.
    pub href: String,
}

/// The alarms of one source that no administrator has seen.
#[derive(Debug, Clone)]
pub struct AlarmList {
    /// The source's word.
    pub source: &'static str,
    /// Its texts.
    pub texts: Texts,
    /// The most urgent first.
    pub alarms: Vec<AlarmView>,
}

/// The alarms in the scope that no administrator has seen: a list for each source that has any, in the order of the sources.
pub async fn load(tx: &mut ScopedTx<Read>, ctx: &Ctx, sources: &[Registered]) -> Result<Vec<AlarmList>, sqlx::Error> {
    let names: Vec<String> = sources.iter().map(|source| source.name.to_owned()).collect();
    let mut rows = db::list_unseen(tx, &names).await?;
    let mut lists = Vec::new();
    for source in sources {
        let own: Vec<AlarmRow> = rows.extract_if(.., |row| row.source == source.name).collect();
        if !own.is_empty() {
            lists.push((source.list)(tx, ctx, own).await?);
        }
    }
    lists.retain(|list| !list.alarms.is_empty());
    Ok(lists)
}

pub(super) async fn list_of<S: Source>(tx: &mut ScopedTx<Read>, ctx: &Ctx, rows: Vec<AlarmRow>) -> Result<AlarmList, sqlx::Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.subject).collect();
    let subjects = S::describe(tx, ctx.lang, &ids).await?;
    let subjects: HashMap<(&str, Uuid), &Subject> =
        subjects.iter().map(|subject| ((subject.region.as_str(), subject.id), subject)).collect();
    let in_words = |row: AlarmRow| {
        let place = S::KINDS.iter().position(|kind| kind.word == row.kind)?;
        Some((place, view(ctx, S::KINDS[place], subjects.get(&(row.region.as_str(), row.subject))?, &row)))
    };
    let mut alarms: Vec<(usize, AlarmView)> = rows.into_iter().filter_map(in_words).collect();
    alarms.sort_by_key(|(place, _)| *place);
    Ok(AlarmList { source: S::NAME, texts: S::TEXTS, alarms: alarms.into_iter().map(|(_, alarm)| alarm).collect() })
}

fn view(ctx: &Ctx, kind: Kind, subject: &Subject, row: &AlarmRow) -> AlarmView {
    let (n, since) = (row.amount.saturating_abs(), instant(row.since));
    let mut arguments: Vec<(&str, &dyn Arg)> = vec![("n", &n), ("since", &since)];
    arguments.extend(subject.arguments.iter().map(|(name, value)| (*name, value as &dyn Arg)));
    AlarmView {
        id: row.id,
        kind,
        place: place(ctx, &row.region),
        name: subject.name.clone(),
        name_href: subject.name_href.clone().filter(|_| ctx.is_admin()),
        detail: subject.detail.clone(),
        why: t_with(ctx.lang, kind.why, &arguments),
        href: subject.href.clone(),
    }
}

/// The name of a region. Headquarters are not among the person's regions: their name is a text of its own.
pub fn place(ctx: &Ctx, code: &str) -> String {
    let is_company = code == Region::company().code();
    if is_company { t(ctx.lang, "activity-company") } else { ctx.region_name(code) }.to_owned()
}
