//! Taking files of patent documents into the corpus (收录): what a command and a page have in common.
//!
//! Every record of a file is given to the writer or set aside with its reason and place; nothing is lost silently.

use std::{ops::ControlFlow, path::Path};

use corpus::{Contrary, Taken, Writer};
use documents::{Item, Limits, Summary};
use serde::{Deserialize, Serialize};

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Where it stands in the file: 第 12 行, 第 3 篇; empty for the file itself.
    pub place: String,
    /// Why, in Chinese.
    pub reason: String,
}

/// Reads a file into the writer, from where a resumed reading of it left off, until it ends or `go_on` says no.
///
/// `resume` is the name under which the writer remembers how far it has come, together with what the file holds: a file with
/// other content under the same name is read anew. Without one it remembers nothing. The answer tells what the readers
/// doubted, or none where the file had been taken in before and was not read again. `go_on` is told how many records have been read, `set_aside` each record that was not taken in. A file that cannot be
/// read is set aside as a whole; the error is the writer's.
pub fn take_in(
    writer: &mut Writer,
    file: &Path,
    resume: Option<&str>,
    go_on: &mut dyn FnMut(u64) -> bool,
    set_aside: &mut dyn FnMut(SetAside),
) -> Result<Option<Summary>, corpus::Error> {
    // A file that cannot be read is told of below.
    let resume = resume.map(|name| format!("{name} {}", corpus::sha256(file).unwrap_or_default()));
    let from = resume.as_deref().map_or(0, |name| writer.progress(name));
    let mut failure = None;
    let read = documents::read_from(file, &Limits::default(), from, &mut |item| {
        let read = match item {
            Item::Document { document, ordinal, .. } => {
                if let Err(cause) = writer.add(*document) {
                    failure = Some(cause);
                    return ControlFlow::Break(());
                }
                ordinal + 1
            }
            Item::SetAside { ordinal, place, reason, .. } => {
                set_aside(SetAside { place, reason });
                ordinal + 1
            }
        };
        if let Some(name) = resume.as_deref() {
            writer.mark(name, read);
        }
        writer.take_contrary().into_iter().for_each(|one| set_aside(of_contrary(file, one)));
        if go_on(read) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if let Some(cause) = failure {
        return Err(cause);
    }
    match read {
        Ok(summary) if from > 0 && summary.records == summary.skipped => Ok(None),
        Ok(summary) => Ok(Some(summary)),
        Err(cause) => {
            set_aside(SetAside { place: String::new(), reason: cause.to_string() });
            Ok(Some(Summary::default()))
        }
    }
}

/// Makes everything that was taken in visible; what turned out to contradict earlier documents is set aside.
pub fn commit(writer: &mut Writer, set_aside: &mut dyn FnMut(&str, SetAside)) -> Result<Taken, corpus::Error> {
    let taken = writer.commit()?;
    for one in writer.take_contrary() {
        let file = one.file.clone();
        set_aside(&file, SetAside { place: one.place, reason: one.reason });
    }
    Ok(taken)
}

/// A contradiction that is known while a file is read; one of an earlier file says which.
fn of_contrary(file: &Path, one: Contrary) -> SetAside {
    let is_here = file.file_name().is_some_and(|name| name.to_string_lossy() == one.file.as_str());
    let reason = if is_here { one.reason } else { format!("{}：{}", one.file, one.reason) };
    SetAside { place: one.place, reason }
}
