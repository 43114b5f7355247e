//! What can go wrong in the policy engine, by what the caller can do about it.

use std::{io, path::PathBuf};

use datafusion::arrow::error::ArrowError;

/// What can go wrong; every message is Chinese, names the place and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The policy document is wrong: its author must correct the named file.
    #[error("{0}")]
    Policy(String),
    /// An override (`--set NAME=VALUE`) cannot be used.
    #[error("{0}")]
    Parameter(String),
    /// Two parameters of which one may not be below the other stand the wrong way round.
    #[error("参数 {name} 的值 {value} 小于（早于）{lower} 的值 {lower_value}，高低或先后颠倒；请改正其中一个")]
    OutOfOrder {
        /// The one that is too low.
        name: String,
        /// Its value.
        value: String,
        /// The one that it may not be below.
        lower: String,
        /// The value of that one.
        lower_value: String,
    },
    /// A rule cannot be evaluated; the message names the view, its clauses and the position.
    #[error("规则文件 rules.sql 第 {line} 行{}：视图 {view}（条款 {clauses}）：{message}", column.map(|column| format!("第 {column} 列")).unwrap_or_default())]
    Rule {
        /// The view in which it happened.
        view: String,
        /// The clauses it implements, joined by 、.
        clauses: String,
        /// The line in `rules.sql`, counted from 1.
        line: u64,
        /// The column in that line, where it is known.
        column: Option<u64>,
        /// What is wrong and what to do.
        message: String,
    },
    /// A snapshot is damaged or does not hold what is asked of it.
    #[error("{0}")]
    Snapshot(String),
    /// The disk has no room.
    #[error("磁盘已满，无法写入 {}（{cause}）。已有的数据不受影响；请清理磁盘或扩大空间后，再执行一次同样的操作。", path.display())]
    Full {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The disk refused.
    #[error("文件 {} 读写失败，请检查磁盘空间和访问权限后重试（{source}）", path.display())]
    Io {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// Whether what was given cannot be used, as opposed to a failure while running.
    pub fn is_unusable_input(&self) -> bool {
        matches!(self, Self::Policy(_) | Self::Parameter(_) | Self::OutOfOrder { .. })
    }

    /// Whether the disk had no room.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// An input or output error about this path.
    pub fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let path = path.into();
        match source.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full { path, cause: source },
            _ => Self::Io { path, source },
        }
    }
}

impl From<ArrowError> for Error {
    fn from(error: ArrowError) -> Self {
        Self::Snapshot(format!("内存中的表格不一致：{error}；请重新冻结快照"))
    }
}
