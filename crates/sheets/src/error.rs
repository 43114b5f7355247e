//! Why a file could not be read or written, in the words shown to the user.
//!
//! Every message says what is wrong, where, and what to do.
//! A single cell that cannot be trusted is no error: it is a [`Cell::Broken`](crate::Cell::Broken).

use std::{io, path::Path};

/// What stands in the way of reading or writing a spreadsheet.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused; try again when the cause is gone.
    #[error("{file}：{action}失败，请检查文件是否存在、是否被其他程序占用、磁盘是否已满，然后重试（{source}）")]
    Io {
        /// The file's name.
        file: String,
        /// What was being done, in Chinese.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// There is nothing in the file.
    #[error("{file}：文件是空的，没有任何内容。请确认导出是否成功，重新导出后再上传")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// The name says one kind of file, the content another.
    #[error("{file}：扩展名是 {extension}，内容却是{content}。{advice}")]
    WrongType {
        /// The file's name.
        file: String,
        /// The extension with its dot, or 无.
        extension: String,
        /// What the content is, in Chinese.
        content: String,
        /// What to do about it.
        advice: String,
    },
    /// The file is protected by a password.
    #[error("{file}：文件已加密（设有打开密码）。请在表格软件中取消密码保护，另存后再上传")]
    Encrypted {
        /// The file's name.
        file: String,
    },
    /// The file is cut off or does not follow its format.
    #[error("{file}：{place}已损坏或不完整（{detail}）。请用表格软件打开原文件，另存为新文件后再上传")]
    Damaged {
        /// The file's name.
        file: String,
        /// Which part, sheet or line.
        place: String,
        /// What was found there.
        detail: String,
    },
    /// A declared limit is exceeded.
    #[error("{file}：{place}{what}超过上限 {limit}。请拆分成几个较小的文件分别上传")]
    TooLarge {
        /// The file's name.
        file: String,
        /// Which part, sheet or line; empty for the whole file.
        place: String,
        /// What is too large, in Chinese.
        what: &'static str,
        /// The limit, with its unit.
        limit: String,
    },
    /// The file is built to do harm, or looks exactly as if it were.
    #[error("{file}：{part} {danger}，已拒绝读取。请向提供者核实文件来源，用表格软件打开后另存为新文件再上传")]
    Unsafe {
        /// The file's name.
        file: String,
        /// The part inside the package.
        part: String,
        /// What it does, in Chinese.
        danger: String,
    },
    /// The text is in an encoding that is not read.
    #[error(
        "{file}：无法识别文字编码（疑似 {guess}）。只支持 UTF-8、UTF-16、GBK、GB18030；请用表格软件打开后另存为“CSV UTF-8”再上传"
    )]
    Encoding {
        /// The file's name.
        file: String,
        /// The likeliest encoding.
        guess: String,
    },
    /// A quoted cell never ends, or ends in the middle of another cell.
    #[error(
        "{file}：第 {line} 行第 {column} 列的引号没有正确结束，其后的内容无法可靠读取。请在该行补上或删去引号后再上传"
    )]
    OpenQuote {
        /// The file's name.
        file: String,
        /// The line on which the quote was opened, counted from 1.
        line: u32,
        /// The cell on that line in which it was opened, counted from 1.
        column: u32,
    },
    /// There is no sheet of that index.
    #[error("{file}：没有第 {number} 个工作表，该文件共有 {count} 个工作表。请重新选择工作表")]
    NoSuchSheet {
        /// The file's name.
        file: String,
        /// The number asked for, counted from 1.
        number: usize,
        /// How many sheets there are.
        count: usize,
    },
    /// A cell is too long to be written into a workbook.
    #[error(
        "工作表“{sheet}”第 {row} 行“{heading}”列有 {chars} 个字，超过 Excel 单元格上限 32767 个字。请改为导出 csv，或缩短该单元格"
    )]
    CellTooLong {
        /// The sheet's name.
        sheet: String,
        /// The row in the sheet, counted from 1.
        row: u32,
        /// The column's heading.
        heading: String,
        /// The length found.
        chars: usize,
    },
    /// The workbook could not be written.
    #[error("写出{what}失败（{detail}）。请检查磁盘空间后重试；若仍失败，请改为导出 csv")]
    Write {
        /// What was being written, in Chinese.
        what: String,
        /// The reason.
        detail: String,
    },
}

/// The last part of a path: what the user knows the file by.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

impl Error {
    /// A closure for `map_err` over [`io::Error`].
    pub(crate) fn io<'a>(file: &'a str, action: &'static str) -> impl FnOnce(io::Error) -> Error + 'a {
        move |source| Error::Io { file: file.to_owned(), action, source }
    }

    pub(crate) fn damaged(file: &str, place: impl Into<String>, detail: impl ToString) -> Error {
        Error::Damaged { file: file.to_owned(), place: place.into(), detail: detail.to_string() }
    }

    pub(crate) fn too_large(file: &str, place: impl Into<String>, what: &'static str, limit: impl ToString) -> Error {
        Error::TooLarge { file: file.to_owned(), place: place.into(), what, limit: limit.to_string() }
    }
}
