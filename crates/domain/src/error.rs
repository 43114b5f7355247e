//! What can go wrong in the domain, by what the caller can do about it.

/// An error of the domain; its text is Chinese and may be shown to the user, except for `Db`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing asked for is not there.
    #[error("没有找到{what}“{id}”。请检查编号，或从列表重新选择。")]
    NotFound {
        /// What was looked for, in Chinese.
        what: &'static str,
        /// Its identifier as given.
        id: String,
    },
    /// The input cannot be used; the text says why and what to do.
    #[error("{0}")]
    Invalid(String),
    /// The state of things forbids it; the text says why and what to do.
    #[error("{0}")]
    Conflict(String),
    /// What was given for one field of a form cannot be used, or not now; the text says why and what to do.
    #[error("{why}")]
    Field {
        /// The name of the field, as forms have it.
        field: &'static str,
        /// Why, and what to do.
        why: String,
    },
    /// The role of this account does not allow it.
    #[error("当前账号没有“{0}”的权限。如确有需要，请联系系统管理员调整角色。")]
    Forbidden(&'static str),
    /// A stored file is not what it was when it was written.
    #[error("{0}")]
    Damaged(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The registry refused or failed.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// The corpus refused or failed.
    #[error(transparent)]
    Corpus(#[from] corpus::Error),
    /// A rule, a policy document or a snapshot failed.
    #[error(transparent)]
    Rules(#[from] rules::Error),
}

impl Error {
    /// What was given for this field cannot be used.
    pub fn field(field: &'static str, why: impl Into<String>) -> Self {
        Self::Field { field, why: why.into() }
    }

    /// The same about one field of the form that it answers; what speaks of no input stays as it is.
    #[must_use]
    pub fn at(self, field: &'static str) -> Self {
        match self {
            Self::Invalid(why) | Self::Conflict(why) | Self::Field { why, .. } => Self::Field { field, why },
            other => other,
        }
    }

    /// An input–output error about this path.
    pub fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Rules(rules::Error::io(path, source))
    }

    /// Whether a disk had no room, so that the same may succeed once there is some.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Rules(cause) => cause.is_disk_full(),
            Self::Db(cause) => cause.is_disk_full(),
            Self::Registry(cause) => cause.is_disk_full(),
            _ => false,
        }
    }
}
