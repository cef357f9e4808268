//! "Bölge gözüyle bak": an admin sees one region exactly as its clerk does, without being able to change anything. The session stores the
//! region (`session_store`), so every page, query and policy is narrowed to it; begin and end are recorded in the region's activity.

use actix_session::Session;
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use super::session_store::set_region_view;
use crate::{
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::{Actor, Admin, Region, Visitor},
    state::AppState,
    web::{extract::Req, form::Posted, page::Ctx, visitor::visitor_of},
};

/// `POST /region-view`: begins the view of the form's region.
pub async fn start_region_view(admin: Req<Admin>, session: Session, state: Data<AppState>, posted: Req<Posted>) -> AppResult<HttpResponse> {
    let region = Region::parse(posted.value("region")).map_err(|_| AppError::NotFound)?;
    if !admin.actor().may_act_on(&region) {
        return Err(AppError::NotFound);
    }
    record(&state, admin.actor(), admin.visitor(), &region, EventKind::RegionViewStarted).await?;
    set_region_view(&session, Some(&region))?;
    Ok(see_other("/"))
}

/// `POST /region-view/end`. Takes the person from the page's context: the [`Actor`] extractor refuses posts during a view.
pub async fn end_region_view(
    ctx: Req<Ctx>,
    request: HttpRequest,
    session: Session,
    state: Data<AppState>,
    _posted: Req<Posted>,
) -> AppResult<HttpResponse> {
    let actor = ctx.actor.as_ref().ok_or(AppError::SignIn)?;
    if let (true, [region]) = (actor.is_viewing(), actor.regions.as_slice()) {
        record(&state, actor, &visitor_of(&request, &state.config), region, EventKind::RegionViewEnded).await?;
        set_region_view(&session, None)?;
    }
    Ok(see_other("/dashboard"))
}

async fn record(state: &AppState, actor: &Actor, visitor: &Visitor, region: &Region, kind: EventKind) -> AppResult<()> {
    let event = NewEvent::new(kind).by(Some(actor)).from(visitor);
    Ok(events::record(&state.db, region.clone(), &event, &state.clock).await?)
}

fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}
