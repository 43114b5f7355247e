//! Taking files of patent documents into the corpus (收录): what a command and a page have in common.
//!
//! Every record of a file is given to the writer or set aside with its reason and place; nothing is lost silently: each intake is
//! kept with what became of each file, and every record that was set aside stands in a list of it ([`kept`]).

pub mod kept;

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use corpus::{Contrary, Writer};
use documents::{Item, Limits};

use self::kept::{Intake, Log, SetAside, TakenFile};
use crate::Error;

/// Who takes in, and how it goes on.
pub struct Order<'a> {
    /// Who asked for it.
    pub by: &'a str,
    /// When, as it is kept.
    pub at: jiff::Timestamp,
    /// Whether a file that was taken in before with the same content is passed by, and one that was cut short goes on.
    pub resumes: bool,
    /// Told the file's place and how many records of it were read; whether to go on.
    pub watch: &'a mut dyn FnMut(usize, u64) -> bool,
}

/// Takes files in one after another and makes them visible; what was read when it was told to stop is kept.
///
/// A file that cannot be read bars none of the others. The error is the writer's, or that of the list of what was set aside.
pub fn run(writer: &mut Writer, folder: &Path, files: &[PathBuf], order: Order<'_>) -> Result<Intake, Error> {
    let mut log = Log::begin(folder, order.by, order.at)?;
    let mut is_stopped = false;
    for (place, file) in files.iter().enumerate() {
        is_stopped = is_stopped || !(order.watch)(place, 0);
        if is_stopped {
            break;
        }
        let mut go_on = |records| {
            is_stopped = is_stopped || !(order.watch)(place, records);
            !is_stopped
        };
        take_one(writer, file, order.resumes, &mut log, &mut go_on)?;
    }
    let taken = writer.commit()?;
    writer.take_contrary().into_iter().try_for_each(|one| log.set_aside(of_contrary(one)))?;
    corpus::place_by_meaning(folder)?;
    log.end(taken, is_stopped)
}

/// Reads a file into the writer, from where a resumed reading of it left off, until it ends or `go_on` says no.
///
/// The writer remembers how far it has come under the file's name together with what it holds: a file with other content
/// under the same name is read anew.
fn take_one(
    writer: &mut Writer,
    file: &Path,
    resumes: bool,
    log: &mut Log,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Error> {
    let short = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    // A file that cannot be read is told of below.
    let resume = resumes.then(|| format!("{} {}", whole.display(), corpus::sha256(file).unwrap_or_default()));
    let from = resume.as_deref().map_or(0, |name| writer.progress(name));
    let mut told = TakenFile { file: short.clone(), ..TakenFile::default() };
    let mut failure: Option<Error> = None;
    let read = documents::read_from(file, &Limits::default(), from, &mut |item| {
        told.read += 1;
        let (read, done) = match item {
            Item::Document { document, ordinal, .. } => (ordinal + 1, writer.add(*document).map_err(Error::from)),
            Item::SetAside { ordinal, place, reason, excerpt, .. } => {
                told.set_aside += 1;
                let number = number_in(&excerpt);
                (ordinal + 1, log.set_aside(SetAside { file: short.clone(), place, reason, number, excerpt }))
            }
        };
        if let Some(name) = resume.as_deref() {
            writer.mark(name, read);
        }
        let contrary = writer.take_contrary().into_iter().map(of_contrary);
        if let Err(cause) = done.and_then(|()| contrary.into_iter().try_for_each(|one| log.set_aside(one))) {
            failure = Some(cause);
            return ControlFlow::Break(());
        }
        if go_on(read) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if let Some(cause) = failure {
        return Err(cause);
    }
    match read {
        Ok(summary) => {
            told.is_known = from > 0 && summary.records == summary.skipped;
            (told.skipped, told.format, told.encoding) = (summary.skipped, summary.format, summary.encoding);
            (told.doubts, told.passed_over) = (summary.doubts, summary.passed_over);
        }
        Err(cause) => told.fault = cause.to_string(),
    }
    log.file(told);
    Ok(())
}

fn of_contrary(one: Contrary) -> SetAside {
    SetAside { file: one.file, place: one.place, reason: one.reason, number: one.number, excerpt: String::new() }
}

/// The number of a publication that stands in a text written in one piece; nothing where none is surely one.
fn number_in(text: &str) -> String {
    let is_number = |word: &&str| {
        let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
        let digits = word.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
        letters == 2 && digits >= 6
    };
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(is_number);
    words
        .find_map(|word| documents::number::publication(word).ok())
        .map(|number| number.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order<'a>(watch: &'a mut dyn FnMut(usize, u64) -> bool, resumes: bool) -> Order<'a> {
        Order { by: "clerk", at: "2024-02-29T04:00:00Z".parse().unwrap(), resumes, watch }
    }

    const LIST: &str = "公开（公告）号,申请号,名称,申请日,申请人\n\
        CN101000001A,2006101000018,电池,2006-01-01,甲公司\n\
        CN101000001A,2006101000018,电池,2006-01-01,甲公司\n\
        CN101000001A,2006101000018,发动机,2009-01-01,乙公司\n\
        CN101000003A,2006101000034,,2006-01-03,甲公司\n";

    #[test]
    fn what_was_read_is_what_came_in_joined_and_was_set_aside_and_each_is_on_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["picture.bin", "broken.xml", "list.csv"].map(|name| folder.path().join(name));
        let contents = ["\u{1}\u{2}\u{3}", "<?xml version=\"1.0\"?><unknown>", LIST];
        files.iter().zip(contents).for_each(|(file, content)| std::fs::write(file, content).unwrap());
        let corpus = folder.path().join("corpus");
        let mut writer = Writer::open(&corpus).unwrap();
        let intake = run(&mut writer, &corpus, &files, order(&mut |_, _| true, true)).unwrap();
        assert_eq!(intake.read, intake.new + intake.joined + intake.set_aside, "{intake:?}");
        assert!(intake.new >= 1 && intake.set_aside >= 2, "{intake:?}");
        assert!(!intake.files[0].fault.is_empty(), "the file that could not be read says why");
        let aside = kept::set_aside(&corpus, intake.number).unwrap();
        assert_eq!(aside.len() as u64, intake.set_aside);
        let contrary = aside.iter().find(|one| one.reason.contains("矛盾")).unwrap();
        assert!(
            contrary.file == "list.csv" && !contrary.place.is_empty() && !contrary.number.is_empty(),
            "{contrary:?}"
        );
        // Taken in again, the file is known; the earlier list stands beside.
        let again = run(&mut writer, &corpus, &files[2..], order(&mut |_, _| true, true)).unwrap();
        assert!(again.files[0].is_known && again.read == 0 && again.number == intake.number + 1, "{again:?}");
        assert_eq!(kept::all(&corpus).unwrap(), [again, intake]);
    }

    #[test]
    fn what_was_told_to_stop_or_was_cut_short_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv");
        std::fs::write(&list, LIST).unwrap();
        let corpus = folder.path().join("corpus");
        let mut writer = Writer::open(&corpus).unwrap();
        let files = [list];
        let stopped = run(&mut writer, &corpus, &files, order(&mut |_, records| records < 1, false)).unwrap();
        assert!(stopped.is_stopped && stopped.read == 1, "{stopped:?}");
        drop(Log::begin(&corpus, "clerk", "2024-03-01T04:00:00Z".parse().unwrap()).unwrap());
        let all = kept::all(&corpus).unwrap();
        assert_eq!((all.len(), all[0].is_ended), (2, false), "{all:?}");
    }

    #[test]
    fn a_number_is_told_only_where_it_is_surely_one() {
        assert_eq!(number_in("{\"doc\":\"CN101945314B\"}"), "CN101945314B");
        assert_eq!(number_in("<a>第 12 行 ABC2020 H01M10</a>"), "");
    }
}
