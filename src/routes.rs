//! THE url table: method, path, function. Who may come in is said by the handlers' arguments: `Actor` is a signed-in person, `Admin` an
//! administrator, `Client` a person or an office's PC.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, PayloadConfig, ServiceConfig, get, post, resource, to},
};

use crate::{
    activity, admin,
    alarms::acknowledge_alarm,
    api, auth, calendar, card, crud, dashboard,
    devices::{self, DeviceAlarms},
    drivers::Driver,
    employees::{self, Employee},
    error::AppError,
    month, openapi,
    queue_health::{self, QueueAlarms},
    reports,
    shift_templates::ShiftTemplate,
    state::AppState,
    sync, timesheets, today, tokens,
    web::{self, limits},
};

/// Without a session.
pub fn public(cfg: &mut ServiceConfig) {
    cfg.route("/static/{name:.*}", get().to(web::files::show_asset));
    cfg.route("/sw.js", get().to(queue_health::worker::show_worker));
    cfg.route("/manifest.webmanifest", get().to(web::files::show_web_manifest));
    cfg.route("/health", get().to(health));
    cfg.route("/ready", get().to(ready));
    cfg.route("/metrics", get().to(api::metrics::show_metrics));
}

/// With a session, of a visitor or of somebody signed in.
#[rustfmt::skip]
pub fn signed_in(cfg: &mut ServiceConfig) {
    // People
    cfg.route("/login", get().to(auth::pages::show_login));
    cfg.route("/login", post().to(auth::pages::sign_in));
    cfg.route("/logout", post().to(auth::pages::sign_out));
    cfg.route("/password", get().to(auth::pages::show_password));
    cfg.route("/password", post().to(auth::pages::change_password));
    cfg.route("/preferences", post().to(auth::pages::change_preferences));
    cfg.route("/account", get().to(auth::sessions::pages::show_account));
    cfg.route("/account/sessions/closure", post().to(auth::sessions::pages::close_other_sessions));
    cfg.route("/account/sessions/{id}/closure", post().to(auth::sessions::pages::close_session));
    cfg.route("/account/tokens", get().to(tokens::pages::list_tokens));
    cfg.route("/account/tokens", post().to(tokens::pages::create_token));
    cfg.route("/account/tokens/{id}/revocation", post().to(tokens::pages::revoke_token));

    // What the service worker shows where nothing else is kept
    cfg.route("/offline", get().to(web::files::show_offline));

    // The first page: today's for clerks, all regions' for an admin.
    cfg.route("/", get().to(today::pages::show_home));

    // Bugün
    cfg.route("/today", get().to(today::pages::show_today));
    cfg.route("/today/entries", post().to(today::actions::create_entry));
    cfg.route("/today/entries/{id}", post().to(today::actions::update_entry));
    cfg.route("/today/entries/{id}/deletion", post().to(today::actions::delete_entry));
    cfg.route("/today/entries/{id}/restoration", post().to(today::actions::restore_entry));
    cfg.route("/today/batches", post().to(today::batches::create_batch));
    cfg.route("/today/batches/{op}/undo", post().to(today::batches::undo_batch));

    // Pano
    cfg.route("/dashboard", get().to(dashboard::pages::show_dashboard));
    cfg.route("/dashboard/blanks", get().to(dashboard::blanks::list_blanks));
    cfg.route("/reports/summary", get().to(reports::pages::show_summary));
    cfg.route("/region-view", post().to(auth::region_view::start_region_view));
    cfg.route("/region-view/end", post().to(auth::region_view::end_region_view));

    // Puantaj
    cfg.route("/timesheets", get().to(timesheets::pages::list_timesheets));
    cfg.route("/timesheets", post().to(timesheets::pages::create_timesheet));
    cfg.route("/timesheets/new", get().to(timesheets::pages::new_timesheet));
    cfg.route("/timesheets/month", get().to(month::pages::show_month));
    cfg.route("/timesheets/{id}", get().to(timesheets::pages::show_timesheet));
    cfg.route("/timesheets/{id}", post().to(timesheets::pages::update_timesheet));
    cfg.route("/timesheets/{id}/row", get().to(timesheets::pages::show_row));
    cfg.route("/timesheets/{id}/edit", get().to(timesheets::pages::edit_timesheet));
    cfg.route("/timesheets/{id}/deletion", post().to(timesheets::actions::delete_timesheet));
    cfg.route("/timesheets/{id}/restoration", post().to(timesheets::actions::restore_timesheet));

    // Çalışanlar
    crud::routes::<Employee>(cfg);
    cfg.route("/employees/{id}", get().to(card::pages::show_card));
    cfg.route("/employees/{id}/identity-number", post().to(card::pages::reveal_identity_no));
    cfg.route("/employees/{id}/days/{date}", get().to(month::day::show_day));
    cfg.route("/employees/{id}/days/{date}", post().to(month::day::create_entry));
    cfg.route("/employees/{id}/days/{date}/{entry}", post().to(month::day::update_entry));
    cfg.route("/employees/{id}/passivation", post().to(employees::actions::passivate_employee));
    cfg.route("/employees/{id}/activation", post().to(employees::actions::activate_employee));

    // Vardiya şablonları
    crud::routes::<ShiftTemplate>(cfg);

    // Sürücüler
    crud::routes_with_card::<Driver>(cfg);

    // Senkron
    cfg.route("/queue", get().to(sync::held::pages::show_queue));
    cfg.route("/queue/badges", get().to(sync::held::pages::show_badges));
    cfg.route("/queue/{op}/attempt", post().to(sync::held::pages::retry_op));
    cfg.route("/queue/{op}/acceptance", post().to(sync::held::pages::accept_op));
    cfg.route("/queue/{op}/same-row", post().to(sync::held::pages::join_op));
    cfg.route("/queue/{op}/discard", post().to(sync::held::pages::discard_op));
    cfg.route("/queue/{op}/notice", post().to(sync::held::pages::notice_op));

    // Çakışmalar
    cfg.route("/conflicts", get().to(sync::conflicts::pages::list_conflicts));
    cfg.route("/conflicts/{id}/resolution", post().to(sync::conflicts::pages::settle_conflict));

    // İşlem günlüğü
    cfg.route("/activity", get().to(activity::pages::list_activity));
    cfg.route("/activity/changes/{id}/reversal", post().to(activity::actions::reverse_change));

    // Yönetim
    cfg.route("/admin/users", get().to(admin::users::list_users));
    cfg.route("/admin/users", post().to(admin::users::create_user));
    cfg.route("/admin/users/new", get().to(admin::users::new_user));
    cfg.route("/admin/users/{id}", get().to(admin::user::show_user));
    cfg.route("/admin/users/{id}/rights", post().to(admin::user::change_rights));
    cfg.route("/admin/users/{id}/password", post().to(admin::user::set_password));
    cfg.route("/admin/users/{id}/deactivation", post().to(admin::user_actions::disable_user));
    cfg.route("/admin/users/{id}/activation", post().to(admin::user_actions::enable_user));
    cfg.route("/admin/users/{id}/sessions/closure", post().to(admin::user_actions::close_sessions));
    cfg.route("/admin/users/{id}/sessions/{session}/closure", post().to(admin::user_actions::close_session));
    cfg.route("/admin/regions", get().to(admin::regions::list_regions));
    cfg.route("/admin/regions", post().to(admin::regions::create_region));
    cfg.route("/admin/regions/{code}", post().to(admin::regions::rename_region));
    cfg.route("/admin/regions/{code}/edit", get().to(admin::regions::edit_region));
    cfg.route("/admin/regions/{code}/templates", post().to(admin::regions::copy_templates));
    cfg.route("/admin/regions/{code}/closure", post().to(admin::regions::close_region));
    cfg.route("/admin/regions/{code}/opening", post().to(admin::regions::open_region));
    cfg.route("/admin/calendar", get().to(calendar::pages::list_days));
    cfg.route("/admin/calendar", post().to(calendar::pages::create_day));
    cfg.route("/admin/calendar/new", get().to(calendar::pages::new_day));
    cfg.route("/admin/calendar/{id}", post().to(calendar::pages::update_day));
    cfg.route("/admin/calendar/{id}/edit", get().to(calendar::pages::edit_day));
    cfg.route("/admin/calendar/{id}/deletion", post().to(calendar::pages::delete_day));
    cfg.route("/admin/calendar/{id}/restoration", post().to(calendar::pages::restore_day));
    cfg.route("/admin/devices", get().to(devices::pages::list_devices));
    cfg.route("/admin/devices", post().to(devices::pages::create_device));
    cfg.route("/admin/devices/{id}", get().to(devices::pages::show_device));
    cfg.route("/admin/devices/{id}", post().to(devices::pages::rename_device));
    cfg.route("/admin/devices/{id}/code", post().to(devices::pages::make_code));
    cfg.route("/admin/devices/{id}/revocation", post().to(devices::pages::revoke_device));
    cfg.route("/admin/device-alarms/{id}/acknowledgement", post().to(acknowledge_alarm::<DeviceAlarms>));
    cfg.route("/admin/queue-alarms/{id}/acknowledgement", post().to(acknowledge_alarm::<QueueAlarms>));
    cfg.route("/admin/quarantine/{id}", get().to(queue_health::actions::download_quarantined));
    cfg.route("/admin/settings", get().to(admin::settings::list_settings));
    cfg.route("/admin/settings/{code}", get().to(admin::settings::edit_settings));
    cfg.route("/admin/settings/{code}", post().to(admin::settings::store_settings));

    // API: the write path and the feed
    cfg.service(resource("/api/v1/ops").app_data(PayloadConfig::new(limits::BATCH)).route(post().to(api::exchange::post_ops)).default_service(to(not_found)));
    cfg.service(resource("/api/v1/ops/quarantine").app_data(PayloadConfig::new(limits::BATCH)).route(post().to(queue_health::api::post_ops_quarantine)).default_service(to(not_found)));
    cfg.route("/api/v1/devices/enrol", post().to(devices::api::post_device_enrol));
    cfg.route("/api/v1/devices/rotate", post().to(devices::api::post_device_rotate));
    cfg.route("/api/v1/devices/contact", post().to(devices::api::post_device_contact));
    cfg.route("/api/v1/ops/status", post().to(api::exchange::post_ops_status));
    cfg.route("/api/v1/grant", post().to(api::exchange::post_grant));
    cfg.route("/api/v1/ping", get().to(api::exchange::get_ping));
    cfg.route("/api/v1/changes", get().to(api::exchange::get_changes));
    cfg.route("/api/v1/snapshot", get().to(api::exchange::get_snapshot));
    cfg.route("/api/v1/digest", get().to(api::exchange::get_digest));

    // API: reading
    cfg.route("/api/openapi.json", get().to(openapi::show_openapi));
    cfg.route("/api/v1/employees", get().to(employees::api::list_employees));
    cfg.route("/api/v1/timesheets", get().to(timesheets::api::list_timesheets));
}

/// Every other address.
pub async fn not_found(request: HttpRequest) -> Result<HttpResponse, AppError> {
    match openapi::methods_at(request.path()) {
        Some(methods) => Err(AppError::MethodNotAllowed(methods)),
        None => Err(AppError::NotFound),
    }
}

/// The process lives.
async fn health() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// The process can work: the database answers.
async fn ready(state: Data<AppState>) -> Result<HttpResponse, AppError> {
    crate::regions::db::list_all_regions(&state.db).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })))
}
