//! What can go wrong in the registry, by what the caller can do about it.

/// An error of the registry; its text is Chinese and may be shown to the user.
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
    /// The file or the arguments cannot be used; the text says why and what to do.
    #[error("{0}")]
    Unusable(String),
    /// The state of things forbids it; the text says why and what to do.
    #[error("{0}")]
    Conflict(String),
    /// The cells given are not sound; every reason is listed.
    #[error("{}", crate::import::list_reasons(.0))]
    Unsound(Vec<crate::import::Reason>),
    /// The user cancelled; nothing remains of the work.
    #[error("已取消，没有留下任何数据。")]
    Cancelled,
    /// The file could not be read.
    #[error(transparent)]
    Sheets(#[from] sheets::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// A stored value is not what was written.
    #[error("数据库中的记录已损坏（{0}）。请从备份恢复，或联系维护人员。")]
    Damaged(String),
}

impl Error {
    /// Whether the arguments or the input are at fault (exit code 2) rather than the running.
    pub fn is_unusable_input(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::Unusable(_) | Self::Unsound(_) | Self::Sheets(_))
    }

    /// Whether a disk had no room, so that the same may succeed once there is some.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Db(cause) if cause.is_disk_full())
    }
}
