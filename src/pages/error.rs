//! Why a page cannot be made.

use std::error::Error;

/// Why there is no page, or no operation, for what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// No such page or row; also for a row of another region.
    #[error("not found")]
    NotFound,
    /// The account may not do this.
    #[error("forbidden")]
    Forbidden,
    /// The request makes no sense; the text is for developers of clients.
    #[error("bad request: {0}")]
    BadRequest(String),
    /// Parameters of a page's address that make no sense: a sentence for each, in the reader's language.
    #[error("bad query: {0:?}")]
    BadQuery(Vec<String>),
    /// The page could not be rendered.
    #[error("template: {0}")]
    Template(#[from] askama::Error),
    /// The rows could not be read, in the words of where they come from.
    #[error(transparent)]
    Rows(Box<dyn Error + Send + Sync>),
}

/// What makes a page answers.
pub type PageResult<T> = Result<T, PageError>;
