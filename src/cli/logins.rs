//! The two logins of a database: the owner, which migrates, and the application's, which serves.

use super::DATABASE;
use crate::{
    config,
    db::{self, AppLogin, Db, DbConfig},
};
use rainstaff_cluster::Cluster;

/// How a command signs in to its database.
pub(super) struct Logins {
    /// The owner's URL.
    pub owner_url: String,
    serving: Serving,
}

/// The login that serves.
enum Serving {
    /// The owner, acting as the application. The start-up guard warns of it.
    Owner,
    /// An existing login.
    Url(String),
    /// A login that the program creates if it is missing.
    Made(AppLogin),
}

impl Logins {
    /// The logins from the environment, besides the owner's.
    pub fn from_env(owner_url: String) -> Result<Self, String> {
        let serving = match (config::read(config::APP_URL), config::app_password().map_err(|e| e.to_string())?) {
            (Some(url), _) => Serving::Url(url),
            (None, Some(password)) => Serving::Made(
                AppLogin::beside(&owner_url, &password)
                    .ok_or("DATABASE_URL: is not a URL such as postgres://user:password@host/database")?,
            ),
            (None, None) => Serving::Owner,
        };
        Ok(Self { owner_url, serving })
    }

    /// The logins of a private cluster.
    pub fn of_cluster(cluster: &Cluster) -> Self {
        Self { owner_url: cluster.owner_url(DATABASE), serving: Serving::Url(cluster.app_url(DATABASE)) }
    }

    /// Brings the schema up to date as the owner, and closes the owner's connection afterwards.
    pub async fn migrate(&self) -> Result<(), String> {
        let login = match &self.serving {
            Serving::Made(login) => Some(login),
            Serving::Owner | Serving::Url(_) => None,
        };
        db::migrate_and_serve_as(&self.owner_url, login).await.map_err(|e| cannot_reach(config::OWNER_URL, &e))
    }

    /// Opens the database as the login that serves.
    pub async fn connect(&self, max_connections: u32) -> Result<Db, String> {
        let (app_url, variable) = match &self.serving {
            Serving::Owner => (None, config::OWNER_URL),
            Serving::Url(url) => (Some(url.clone()), config::APP_URL),
            Serving::Made(login) => (Some(login.url().to_owned()), config::APP_PASSWORD),
        };
        let config = DbConfig { owner_url: self.owner_url.clone(), app_url, max_connections };
        Db::connect(&config).await.map_err(|e| cannot_reach(variable, &e))
    }
}

fn cannot_reach(variable: &str, error: &dyn std::fmt::Display) -> String {
    format!("{variable}: the database could not be used: {error}")
}
