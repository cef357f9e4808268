//! `/admin/settings`: settings of the company, and of regions that differ (DOMAIN 3.8). Each form is an operation on the region's single
//! row.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    activity::views::{ChangeView, history_of},
    civil,
    db::Scope,
    error::{AppError, AppResult},
    hours::{Hours, Shift, hours},
    i18n::{t, t_with},
    identity::{Admin, Region},
    ops::{Description, Entity as _, Op},
    settings::{
        Effective, RegionSettings, Resolved, Source,
        db::{OwnSettings, list_own},
        settings_id,
    },
    state::AppState,
    sync::submit,
    web::{
        answer::{html, settle, stored_and_done, tone_of, unprocessable},
        extract::Req,
        filters,
        flash::Flash,
        form::{FormView, Posted, author},
        page::{Ctx, render},
    },
};

const HOME: &str = "/admin/settings";

/// The effective settings of one region, for the list.
pub struct SettingsView {
    /// The region's code; `company` for the company.
    pub code: String,
    /// The region's name; empty for the company.
    pub name: String,
    /// The effective settings.
    pub effective: Effective,
}

/// `/admin/settings`.
#[derive(Template)]
#[template(path = "admin/settings.html")]
pub struct SettingsPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The company, and all regions by name.
    pub rows: Vec<SettingsView>,
}

/// `/admin/settings/{code}`.
#[derive(Template)]
#[template(path = "admin/settings_edit.html")]
pub struct EditSettingsPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Id of the region's single row.
    pub row_id: Uuid,
    /// The settings in effect here.
    pub view: SettingsView,
    /// The values that apply to blank fields.
    pub inherited: Effective,
    /// The form.
    pub form: FormView,
    /// Sample shifts with their hours.
    pub examples: Vec<Example>,
    /// The changes, newest first.
    pub history: Vec<ChangeView>,
}

/// A shift and its hours under the rules in effect.
pub struct Example {
    /// Translation key of the day's name.
    pub day: &'static str,
    /// The shift.
    pub shift: Shift,
    /// Its hours.
    pub hours: Hours,
}

impl EditSettingsPage<'_> {
    fn weekday_hint(&self) -> String {
        let Resolved { value, source } = self.inherited.weekday_minutes;
        let hours = civil::format_hours(value, self.ctx.lang.as_str());
        self.blank_means(source, &t_with(self.ctx.lang, "change-hours", &[("hours", &hours)]))
    }

    fn saturday_hint(&self) -> String {
        let (start, end) = (self.inherited.saturday_start, self.inherited.saturday_end);
        let window = format!("{}–{}", civil::format_time(start.value), civil::format_time(end.value));
        let blank = self.blank_means(start.source, &window);
        format!("{blank} {}", t(self.ctx.lang, "settings-saturday-hint"))
    }

    fn text_hint(&self, inherited: &Resolved<String>) -> String {
        if inherited.value.is_empty() {
            return t(self.ctx.lang, "settings-blank-nothing").to_owned();
        }
        self.blank_means(inherited.source, &inherited.value)
    }

    /// "Boş bırakılırsa şirket geneli geçerli: 9,00 saat."
    fn blank_means(&self, source: Source, value: &str) -> String {
        let from = if source == Source::Program { "settings-blank-program" } else { "settings-blank-company" };
        t_with(self.ctx.lang, from, &[("value", &value)])
    }
}

impl SettingsView {
    fn is_company(&self) -> bool {
        self.code == Region::company().code()
    }
}

/// `GET /admin/settings`.
pub async fn list_settings(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>) -> AppResult<HttpResponse> {
    let own = load(&state, &admin).await?;
    let company = (Region::company().code().to_owned(), String::new());
    let regions = ctx.regions.iter().map(|region| (region.code.clone(), region.name.clone()));
    let rows = std::iter::once(company).chain(regions).map(|(code, name)| view(&own, code, name)).collect();
    Ok(html(render(&ctx, &SettingsPage { ctx: &ctx, rows })?))
}

/// `GET /admin/settings/{code}`.
pub async fn edit_settings(ctx: Req<Ctx>, admin: Req<Admin>, state: Data<AppState>, code: Path<String>) -> AppResult<HttpResponse> {
    let region = region_of(&admin, &code)?;
    let own = load(&state, &admin).await?;
    let form = match own.get(region.code()) {
        Some(own) => FormView::of_row(own.id, own.version, &region, &own.value.to_row()),
        None => FormView::blank(&[]),
    };
    Ok(html(render_edit(&ctx, &admin, &state, &region, &own, with_comma(form)).await?))
}

/// `POST /admin/settings/{code}`.
pub async fn store_settings(
    ctx: Req<Ctx>,
    admin: Req<Admin>,
    state: Data<AppState>,
    code: Path<String>,
    posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let region = region_of(&admin, &code)?;
    let op = operation(&admin, &state, &region, &posted)?;
    let op_id = op.op_id;
    match settle(submit(&state, admin.actor(), op).await?)? {
        Ok(verdict) => {
            state.offline.forget();
            let name = if region == Region::company() { "" } else { ctx.region_name(region.code()) };
            let key = if name.is_empty() { "flash-settings-company" } else { "flash-settings-region" };
            Ok(stored_and_done(&ctx, op_id, &format!("{HOME}/{region}"), &Flash::new(tone_of(&verdict), key, name)))
        }
        Err(errors) => {
            let form = FormView::refused(&posted, Some(settings_id(&region)), &errors, ctx.lang);
            let own = load(&state, &admin).await?;
            Ok(unprocessable(render_edit(&ctx, &admin, &state, &region, &own, form).await?))
        }
    }
}

/// An update of the row that the form was made from. If there was none, a create of the region's row, with the same id for every author.
fn operation(admin: &Admin, state: &AppState, region: &Region, posted: &Posted) -> AppResult<Op> {
    let id = settings_id(region);
    if posted.value("_orig").is_empty() {
        let op = posted.to_create(&Description::of::<RegionSettings>(), author(admin.actor(), &state.clock), region.clone())?;
        return Ok(Op { id, ..op });
    }
    Ok(posted.to_update(&Description::of::<RegionSettings>(), author(admin.actor(), &state.clock), region.clone(), id)?)
}

async fn render_edit(
    ctx: &Ctx,
    admin: &Admin,
    state: &AppState,
    region: &Region,
    own: &BTreeMap<String, OwnSettings>,
    form: FormView,
) -> AppResult<String> {
    let scope = Scope::one(admin.actor(), region).ok_or(AppError::NotFound)?;
    let row_id = own.get(region.code()).map_or_else(|| settings_id(region), |own| own.id);
    let history = history_of(&mut state.db.read(&scope).await?, ctx, RegionSettings::NAME, row_id).await?;
    let view = view(own, region.code().to_owned(), ctx.region_name(region.code()).to_owned());
    let inherited = Effective::new(&RegionSettings::default(), &above(own, region.code()));
    let examples = examples(&view.effective);
    Ok(render(ctx, &EditSettingsPage { ctx, row_id, view, inherited, form, examples, history })?)
}

/// Examples that the desktop program's users know: ten hours on a Monday, a Saturday beyond the window.
fn examples(effective: &Effective) -> Vec<Example> {
    let rules = effective.rules();
    let example = |day, date, start_min, end_min, break_minutes| {
        let work_date = NaiveDate::from_ymd_opt(2026, 1, date).unwrap_or_default();
        let shift = Shift { work_date, start_min, end_min, break_minutes, is_special: false };
        Example { day, shift, hours: hours(&shift, &rules) }
    };
    vec![example("weekday-monday", 5, 8 * 60 + 30, 18 * 60 + 30, 60), example("weekday-saturday", 10, 9 * 60, 15 * 60, 0)]
}

/// Users write 7,5; the field accepts comma and point.
fn with_comma(mut form: FormView) -> FormView {
    let hours = form.value("weekday_hours").replace('.', ",");
    form.set("weekday_hours", hours);
    form
}

async fn load(state: &AppState, admin: &Admin) -> AppResult<BTreeMap<String, OwnSettings>> {
    let scope = Scope::with_company(admin.actor()).ok_or(AppError::Forbidden)?;
    Ok(list_own(&mut state.db.read(&scope).await?).await?)
}

fn view(own: &BTreeMap<String, OwnSettings>, code: String, name: String) -> SettingsView {
    let mine = own.get(&code).map(|own| own.value.clone()).unwrap_or_default();
    SettingsView { effective: Effective::new(&mine, &above(own, &code)), code, name }
}

/// The source of a region's blank fields: the company's row; nothing for the company itself.
fn above(own: &BTreeMap<String, OwnSettings>, code: &str) -> RegionSettings {
    let company = Region::company();
    let row = own.get(company.code()).filter(|_| code != company.code());
    row.map(|own| own.value.clone()).unwrap_or_default()
}

/// The company, or an existing region.
fn region_of(admin: &Admin, code: &str) -> AppResult<Region> {
    let region = Region::parse(code).map_err(|_| AppError::NotFound)?;
    let known = region == Region::company() || admin.actor().may_act_on(&region);
    known.then_some(region).ok_or(AppError::NotFound)
}
