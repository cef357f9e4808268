//! Why a page cannot be made.

use std::error::Error;

/// Why a page or an operation cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// No such page or row; also for a row of another region.
    #[error("not found")]
    NotFound,
    /// The account may not do this.
    #[error("forbidden")]
    Forbidden,
    /// The request is invalid; the text is for developers of clients.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// Invalid parameters in a page's address: a sentence for each, in the reader's language.
    #[error("bad query: {0:?}")]
    BadQuery(Vec<String>),
    /// The page could not be rendered.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
    /// The rows could not be read; the error of their source.
    #[error(transparent)]
    Rows(Box<dyn Error + Send + Sync>),
}

/// The result of making a page.
pub type PageResult<T> = Result<T, PageError>;
