//! Printing results and choosing the exit status.

use std::io::{Cursor, ErrorKind, Write};
use std::path::Path;

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

/// Where results go: words for people or JSON for machines.
pub(crate) struct Output {
    json: bool,
}

/// Input that cannot be used: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unusable(pub(crate) String);

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints one object as JSON, or what `words` makes of it.
    pub(crate) fn print<T: Serialize>(&self, value: &T, words: impl FnOnce(&T) -> String) -> anyhow::Result<()> {
        let text = if self.json { serde_json::to_string(value)? } else { words(value) };
        self.line(&text)
    }

    /// Prints a list: as JSON, or a line each, or what to do where there is none.
    pub(crate) fn list<T>(
        &self,
        all: &[T],
        value: impl Fn(&T) -> Value,
        line: impl Fn(&T) -> String,
        none: &str,
    ) -> anyhow::Result<()> {
        let values: Vec<Value> = if self.json { all.iter().map(value).collect() } else { Vec::new() };
        self.print(&values, |_| match all {
            [] => none.to_owned(),
            all => all.iter().map(line).collect::<Vec<_>>().join("\n"),
        })
    }

    /// Prints text that is already what is wanted.
    pub(crate) fn line(&self, text: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()) {
            // A reader that has seen enough (`| head`) is no failure.
            Err(cause) if cause.kind() == ErrorKind::BrokenPipe => Ok(()),
            done => done.context("结果写不到标准输出"),
        }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }
}

/// In which form a table is written: the ending of its file's name says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Xlsx,
}

impl Form {
    pub(crate) fn of(file: &Path) -> Result<Self, Unusable> {
        let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("xlsx") => Ok(Self::Xlsx),
            _ => Err(Unusable(format!("文件名应以 .csv 或 .xlsx 结尾，现为 {}。", file.display()))),
        }
    }

    pub(crate) fn bytes(self, sheet: sheets::write::Sheet) -> Result<Vec<u8>, sheets::Error> {
        let mut bytes = Cursor::new(Vec::new());
        match self {
            Self::Csv => sheets::write::csv(&sheet, &mut bytes)?,
            Self::Xlsx => sheets::write::xlsx(&[sheet], &mut bytes)?,
        }
        Ok(bytes.into_inner())
    }
}

/// 2 for arguments or input that cannot be used, 1 for a failure while running.
pub(crate) fn exit_status(failure: &anyhow::Error) -> u8 {
    let unusable = failure.chain().any(|cause| {
        cause.is::<Unusable>()
            || matches!(
                cause.downcast_ref::<domain::Error>(),
                Some(
                    domain::Error::NotFound { .. }
                        | domain::Error::Invalid(_)
                        | domain::Error::Conflict(_)
                        | domain::Error::Field { .. }
                        | domain::Error::Forbidden(_)
                )
            )
            || matches!(cause.downcast_ref::<db::Error>(), Some(db::Error::Scheme(_)))
            || cause.downcast_ref::<registry::Error>().is_some_and(registry::Error::is_unusable_input)
            || matches!(
                cause.downcast_ref::<navigation::Error>(),
                Some(navigation::Error::Search { .. } | navigation::Error::Invalid(_))
            )
            || of_corpus(cause).is_some_and(corpus::Error::is_unusable_input)
            || cause.downcast_ref::<rules::Error>().is_some_and(rules::Error::is_unusable_input)
    });
    if unusable { 2 } else { 1 }
}

/// What the corpus says of it, whoever asked the corpus.
fn of_corpus<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a corpus::Error> {
    match (cause.downcast_ref::<domain::Error>(), cause.downcast_ref::<navigation::Error>()) {
        (Some(domain::Error::Corpus(inner)), _) | (_, Some(navigation::Error::Corpus(inner))) => Some(inner),
        _ => cause.downcast_ref::<corpus::Error>(),
    }
}

/// What went wrong, from the outside in; a cause that the sentence before it holds already is not said again.
pub(crate) fn told(failure: &anyhow::Error) -> String {
    failure.chain().fold(String::new(), |told, cause| {
        let said = match cause.downcast_ref::<std::io::Error>() {
            Some(cause) => of_files(cause),
            None => cause.to_string(),
        };
        match told.as_str() {
            "" => said,
            before if before.contains(&said) || before.contains(&cause.to_string()) => told,
            before => format!("{}：{said}", before.trim_end_matches('。')),
        }
    })
}

/// What the system says of a file, in Chinese, with its own words behind.
pub(crate) fn of_files(cause: &std::io::Error) -> String {
    let words = match cause.kind() {
        ErrorKind::NotFound => "没有这个文件或文件夹，请检查路径",
        ErrorKind::PermissionDenied => "没有读写权限",
        ErrorKind::AlreadyExists => "同名的文件或文件夹已经在那里",
        ErrorKind::IsADirectory => "这是文件夹，不是文件",
        ErrorKind::NotADirectory => "路径中有一段不是文件夹",
        ErrorKind::StorageFull => "磁盘已满",
        ErrorKind::InvalidData => "内容不是 UTF-8 文字",
        _ => "系统没能读写",
    };
    format!("{words}（{cause}）")
}

/// Whether a disk had no room for what the command had to write.
pub(crate) fn is_disk_full(failure: &anyhow::Error) -> bool {
    failure.chain().any(|cause| {
        cause.downcast_ref::<domain::Error>().is_some_and(domain::Error::is_disk_full)
            || cause.downcast_ref::<registry::Error>().is_some_and(registry::Error::is_disk_full)
            || cause.downcast_ref::<std::io::Error>().is_some_and(|cause| cause.kind() == ErrorKind::StorageFull)
    })
}

/// A day as typed; `what` names it and its option.
pub(crate) fn day(what: &str, text: &str) -> Result<Date, Unusable> {
    terms::dates::parse_date(text).map_err(|cause| Unusable(format!("{what} 无法识别：{cause}")))
}

/// An amount in fen for people; what is not known is said to be so, never nothing.
pub(crate) fn yuan(fen: Option<i64>) -> String {
    fen.map_or_else(|| "未核定".to_owned(), |fen| terms::Money::from_fen(fen).format_zh())
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn what_the_corpus_cannot_find_is_unusable_input_whoever_asked_it() {
        let unknown = || corpus::Error::NotFound("CN1".to_owned());
        let status = |failure: anyhow::Error| exit_status(&failure);
        assert_eq!(status(unknown().into()), 2);
        assert_eq!(status(domain::Error::from(unknown()).into()), 2);
        assert_eq!(status(navigation::Error::from(unknown()).into()), 2);
        assert_eq!(status(corpus::Error::Locked("/nowhere".into()).into()), 1);
    }

    #[test]
    fn what_a_library_says_is_told_once_and_after_a_chinese_sentence() {
        let source = std::io::Error::from(ErrorKind::NotFound);
        let english = source.to_string();
        let failure = anyhow::Error::from(domain::Error::io(Path::new("/nowhere/a"), source));
        let said = told(&failure);
        assert_eq!(said.matches(&english).count(), 1, "{said}");
        assert!(said.starts_with("文件 /nowhere/a 读写失败"), "{said}");
        let plain = Err::<(), _>(std::io::Error::from(ErrorKind::PermissionDenied)).context("无法写入 a.xlsx");
        let said = told(&plain.unwrap_err());
        assert!(said.starts_with("无法写入 a.xlsx：没有读写权限（"), "{said}");
    }
}
