//! Extractors: who a request acts for.

use std::{future::Future, pin::Pin};

use actix_session::SessionExt as _;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};

use super::Client;
use crate::{
    devices::device_of_bearer,
    error::AppError,
    identity::{Actor, Admin, Region},
    state::AppState,
    tokens::actor_of_bearer,
    web::{
        bearer::{Bearer, bearer_of},
        extract::Req,
        session::find_actor,
        visitor::visitor_of,
    },
};

/// The signed-in person. Visitors get a sign-in page (or 401); a person with a temporary password has to change it first. On the API a
/// personal key identifies the person, whatever else the request carries. An admin who views a region as its clerk does may not change
/// anything.
impl FromRequest for Req<Actor> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        match bearer_of(request) {
            None => Box::pin(std::future::ready(actor_of_session(request).map(Req::of))),
            Some(Err(error)) => Box::pin(std::future::ready(Err(error))),
            Some(Ok(Bearer::Key(key))) => {
                let request = request.clone();
                Box::pin(async move { actor_of_bearer(&request, &key).await.map(Req::of) })
            }
            Some(Ok(Bearer::Device(token))) => {
                let request = request.clone();
                Box::pin(async move {
                    device_of_bearer(&request, &token).await?;
                    Err(AppError::TokenScope("a person: a device only carries"))
                })
            }
        }
    }
}

/// A person or a device, for the few addresses that take both.
impl FromRequest for Client {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if let Some(Ok(Bearer::Device(token))) = bearer_of(request) {
            let request = request.clone();
            return Box::pin(async move { device_of_bearer(&request, &token).await.map(Self::Device) });
        }
        let actor = Req::<Actor>::from_request(request, payload);
        Box::pin(async move { actor.await.map(|actor| Self::Person(actor.into_inner())) })
    }
}

fn actor_of_session(request: &HttpRequest) -> Result<Actor, AppError> {
    match find_actor(&request.get_session())? {
        None => Err(AppError::SignIn),
        Some(actor) if actor.must_change => Err(AppError::PasswordChange),
        Some(actor) if actor.is_viewing() && !request.method().is_safe() => Err(AppError::OnlyLooking),
        Some(actor) => Ok(in_named_region(request, actor)),
    }
}

/// Narrows a person with several regions to the one that the address names (`?region=`): rows are looked for only there.
fn in_named_region(request: &HttpRequest, mut actor: Actor) -> Actor {
    let code = request.query_string().split('&').find_map(|pair| pair.strip_prefix("region="));
    if let Some(region) = code.and_then(|code| Region::parse(code).ok())
        && actor.may_act_on(&region)
    {
        actor.regions = vec![region];
    }
    actor
}

/// Who sends the request, for an address that serves visitors too. A bad key is still refused, and an unreachable database is an error,
/// never a visitor.
pub struct Anybody(pub Option<Client>);

impl FromRequest for Anybody {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, AppError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let client = Client::from_request(request, payload);
        Box::pin(async move {
            match client.await {
                Ok(client) => Ok(Self(Some(client))),
                Err(AppError::SignIn | AppError::PasswordChange) => Ok(Self(None)),
                Err(error) => Err(error),
            }
        })
    }
}

/// The signed-in administrator; other signed-in people are refused. Only a session counts: the administration has no API.
impl FromRequest for Req<Admin> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(state) = request.app_data::<Data<AppState>>() else {
            return std::future::ready(Err(AppError::Fault("no state".into())));
        };
        let visitor = visitor_of(request, &state.config);
        let actor = actor_of_session(request);
        std::future::ready(actor.and_then(|actor| Admin::new(actor, visitor).map(Req::of).ok_or(AppError::Forbidden)))
    }
}
