//! Why a file could not be read at all, in the words shown to the user.
//!
//! A single bad document is no error: it is set aside with its reason, and the rest of the file is read.

use std::{io, path::Path};

/// What stands in the way of reading a file of patent documents.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused; try again when the cause is gone.
    #[error("{file}：{action}失败（{source}）。请检查文件是否存在、是否被其他程序占用、磁盘是否已满，然后重试")]
    Io {
        /// The file's name.
        file: String,
        /// What was being done, in Chinese.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// There is nothing in the file.
    #[error("{file}：文件是空的，没有任何内容。请确认下载或导出是否成功，重新取得后再收录")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// The file is known, and holds no patent documents.
    #[error("{file}：这是{what}，其中没有专利文献，未收录。{advice}")]
    NotDocuments {
        /// The file's name.
        file: String,
        /// What it is, in Chinese.
        what: String,
        /// What to do about it.
        advice: String,
    },
    /// The format is not known.
    #[error("{file}：认不出是哪一种专利数据（{seen}）。{advice}")]
    Unrecognised {
        /// The file's name.
        file: String,
        /// What was found at its beginning, in Chinese.
        seen: String,
        /// What to do about it.
        advice: String,
    },
    /// A declared limit is exceeded.
    #[error("{file}：{what}超过上限 {limit}。请拆分成几个较小的文件分别收录")]
    TooLarge {
        /// The file's name.
        file: String,
        /// What is too large, in Chinese.
        what: String,
        /// The limit, with its unit.
        limit: String,
    },
    /// The file is built to do harm, or looks exactly as if it were.
    #[error("{file}：{part} {danger}，已拒绝读取。请向提供者核实文件来源，重新取得后再收录")]
    Unsafe {
        /// The file's name.
        file: String,
        /// The part inside the archive.
        part: String,
        /// What it does, in Chinese.
        danger: String,
    },
    /// The file is cut off or does not follow its format.
    #[error("{file}：{place}已损坏或不完整（{detail}）。请重新下载或导出后再收录")]
    Damaged {
        /// The file's name.
        file: String,
        /// Which part.
        place: String,
        /// What was found there.
        detail: String,
    },
    /// A table could not be read.
    #[error(transparent)]
    Table(#[from] sheets::Error),
}

impl Error {
    /// A closure for `map_err` over [`io::Error`].
    pub(crate) fn io<'a>(file: &'a str, action: &'static str) -> impl FnOnce(io::Error) -> Error + 'a {
        move |source| Error::Io { file: file.to_owned(), action, source }
    }
}

/// The last part of a path: what the user knows the file by.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
