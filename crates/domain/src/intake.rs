//! Taking files of patent documents into the corpus (收录): what a command and a page have in common.
//!
//! Every record of a file is given to the writer or set aside with its reason and place; nothing is lost silently.

use std::{ops::ControlFlow, path::Path};

use corpus::Writer;
use documents::{Item, Limits};
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
/// `resume` is the name under which the writer remembers how far it has come; without one it remembers nothing.
/// `go_on` is told how many records have been read, `set_aside` each record that was not taken in. A file that cannot be
/// read is set aside as a whole; the error is the writer's.
pub fn take_in(
    writer: &mut Writer,
    file: &Path,
    resume: Option<&str>,
    go_on: &mut dyn FnMut(u64) -> bool,
    set_aside: &mut dyn FnMut(SetAside),
) -> Result<(), corpus::Error> {
    let from = resume.map_or(0, |name| writer.progress(name));
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
        if let Some(name) = resume {
            writer.mark(name, read);
        }
        if go_on(read) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if let Some(cause) = failure {
        return Err(cause);
    }
    if let Err(cause) = read {
        set_aside(SetAside { place: String::new(), reason: cause.to_string() });
    }
    Ok(())
}
