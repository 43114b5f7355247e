//! What can go wrong, by what the caller can do about it; the texts are for users.

use std::path::{Path, PathBuf};

/// The result of the corpus.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query cannot be read or would cost too much; the user changes it.
    #[error("{0}")]
    Query(#[from] QueryError),
    /// No document has this number.
    #[error("专利库中没有 {0}；请核对号码，或先用 corpus index 导入")]
    NotFound(String),
    /// The folder holds no corpus yet.
    #[error("{} 中还没有专利库；请先用 corpus index 导入专利文献", .0.display())]
    Absent(PathBuf),
    /// A file of the corpus is damaged or was written by another version; the split can be built again.
    #[error("专利库文件 {} 无法读取：{reason}；请从备份恢复，或重新导入", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another writer holds the corpus.
    #[error("另一个程序正在写入专利库 {}；请等它结束再试", .0.display())]
    Locked(PathBuf),
    /// Reading or writing a file failed.
    #[error("读写专利库文件 {} 失败，请检查磁盘空间和访问权限后重试（{source}）", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The full-text index failed.
    #[error("全文索引出错：{0}")]
    Index(#[from] tantivy::TantivyError),
    /// The Parquet file failed.
    #[error("专利库数据文件出错：{0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A table of the corpus failed.
    #[error("专利库数据表出错：{0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A document or a manifest could not be written or read as JSON.
    #[error("专利库记录格式出错：{0}")]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// Whether what was asked is at fault, and not the corpus.
    pub fn is_unusable_input(&self) -> bool {
        matches!(self, Self::Query(_) | Self::NotFound(_) | Self::Absent(_))
    }

    /// An error of a file.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Io { path: path.to_owned(), source }
    }

    /// A file that is not what it should be.
    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.into() }
    }
}

/// Why a query was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("检索式第 {} 个字符处：{message}", .at + 1)]
pub struct QueryError {
    /// The place: characters before it in the query.
    pub at: usize,
    /// How many characters it concerns; at least one, unless it is the end of the query.
    pub length: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}
