//! Systems without Unix sockets: every start returns an error that names the alternative.

use std::{convert::Infallible, path::Path};

use super::{ClusterError, ClusterOptions};

/// A cluster that cannot exist.
#[derive(Debug)]
pub struct Cluster(Infallible);

impl Cluster {
    /// Always [`ClusterError::Unsupported`].
    #[expect(clippy::unused_async, reason = "same shape as on Unix")]
    pub async fn start(_options: ClusterOptions) -> Result<Self, ClusterError> {
        Err(ClusterError::Unsupported)
    }

    /// See the Unix version.
    pub fn is_attached(&self) -> bool {
        match self.0 {}
    }

    /// See the Unix version.
    pub fn owner_url(&self, _database: &str) -> String {
        match self.0 {}
    }

    /// See the Unix version.
    pub fn app_url(&self, _database: &str) -> String {
        match self.0 {}
    }

    /// See the Unix version.
    pub fn superuser_url(&self, _database: &str) -> String {
        match self.0 {}
    }

    /// See the Unix version.
    #[expect(clippy::unused_async, reason = "same shape as on Unix")]
    pub async fn create_database(&self, _name: &str) -> Result<(), ClusterError> {
        match self.0 {}
    }

    /// See the Unix version.
    #[expect(clippy::unused_async, reason = "same shape as on Unix")]
    pub async fn stop(self) -> Result<(), ClusterError> {
        match self.0 {}
    }

    /// Always [`ClusterError::Unsupported`].
    #[expect(clippy::unused_async, reason = "same shape as on Unix")]
    pub async fn erase(_data_dir: &Path) -> Result<(), ClusterError> {
        Err(ClusterError::Unsupported)
    }
}
