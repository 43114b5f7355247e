//! What can go wrong, by what the caller can do about it; the texts are for users.

/// The result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The corpus could not answer.
    #[error(transparent)]
    Corpus(#[from] corpus::Error),
    /// A search within a scope, a chain or a stored report cannot be read; whoever keeps it changes it.
    #[error("{place}的检索式有误：{source}")]
    Search {
        /// Whose search it is.
        place: String,
        /// What is wrong with it.
        source: corpus::QueryError,
    },
    /// What was asked cannot be answered as it stands; the text says what to change.
    #[error("{0}")]
    Invalid(String),
    /// The report could not be written as an office file.
    #[error(transparent)]
    Export(#[from] sheets::Error),
}
