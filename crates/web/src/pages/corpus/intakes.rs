//! `/corpus/intakes` 收录记录: every intake with what became of each file, what the readers doubted and passed over, and each
//! record that was set aside, with its place and reason.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::intake::kept::{self, Intake, SetAside, TakenFile};

use super::head;
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::{self, Hx},
    list::{Cell, Dir, Kind, Listing, ListingView},
    pages::room::{self, ListBlock, Room},
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/corpus/intakes";

/// The address of an intake below the base path.
pub(super) fn path(number: u64) -> String {
    format!("{PATH}/{number}")
}

/// `GET /corpus/intakes`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = kept::all(&app.installation.corpus_dir())?;
    let listing = listing(&frame);
    let mut room = head(&frame, PATH);
    room.line = frame.t("corpus-intakes-line");
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

fn number(count: u64) -> Cell {
    Cell::number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn listing(frame: &Frame) -> Listing<'_, Intake> {
    // What was killed does not know what became of the documents.
    let counted = |intake: &Intake, count: u64| match intake.is_ended {
        true => number(count),
        false => Cell::unknown(frame.t("nav-unknown")),
    };
    Listing::new(frame, "intakes", PATH, frame.t("corpus-intakes"))
        .column("number", frame.t("corpus-intake-number"), Kind::Number, |one: &Intake| {
            number(one.number).link(frame.at(&path(one.number)))
        })
        .column("at", frame.t("corpus-intake-at"), Kind::Date, |one| Cell::code(moment(one)))
        .column("by", frame.t("corpus-intake-by"), Kind::Text, |one| Cell::text(by(frame, one)))
        .column("files", frame.t("corpus-intake-files"), Kind::Number, |one| number(one.files.len() as u64))
        .column("read", frame.t("corpus-intake-read"), Kind::Number, move |one| counted(one, one.read))
        .column("new", frame.t("corpus-intake-new"), Kind::Number, move |one| counted(one, one.new))
        .column("joined", frame.t("corpus-intake-joined"), Kind::Number, move |one| counted(one, one.joined))
        .column("aside", frame.t("corpus-intake-aside"), Kind::Number, move |one| counted(one, one.set_aside))
        .column("state", frame.t("corpus-intake-state"), Kind::Text, |one| Cell::state(state(frame, one), 0))
        .sorted_by("number", Dir::Down)
        .when_empty(frame.t("corpus-intakes-none"), frame.t("corpus-intakes-none-todo"))
}

fn moment(intake: &Intake) -> String {
    intake.at.parse().map_or_else(|_| intake.at.clone(), format::instant)
}

fn by(frame: &Frame, intake: &Intake) -> String {
    if intake.by == "command" { frame.t("corpus-intake-command") } else { intake.by.clone() }
}

fn state(frame: &Frame, intake: &Intake) -> StateWord {
    let is_whole = intake.files.iter().all(|file| file.fault.is_empty());
    match (intake.is_ended, intake.is_stopped) {
        (false, _) => StateWord::new(Tone::Bad, frame.t("corpus-intake-cut")),
        (true, true) => StateWord::new(Tone::Warn, frame.t("corpus-intake-stopped")),
        (true, false) if is_whole && intake.set_aside == 0 => StateWord::new(Tone::Ok, frame.t("corpus-intake-whole")),
        (true, false) => StateWord::new(Tone::Warn, frame.t("corpus-intake-partly")),
    }
}

#[derive(Template)]
#[template(path = "corpus/intake.html")]
struct IntakePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    state: StateWord,
    facts: Vec<(String, String)>,
    files: Vec<FileView>,
    list: &'a ListingView,
}

/// A file with what became of it, ready to print.
struct FileView {
    file: String,
    format: String,
    read: String,
    aside: String,
    notes: Vec<String>,
}

/// `GET /corpus/intakes/{number}`.
pub async fn one(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    uri: Uri,
    Path(number): Path<u64>,
) -> Result<Response, AppError> {
    let folder = app.installation.corpus_dir();
    let absent = || AppError::NotFound(frame.t1("corpus-intake-absent", "number", number));
    let intake = kept::one(&folder, number)?.ok_or_else(absent)?;
    let rows = kept::set_aside(&folder, number)?;
    let (query, _) = room::wishes(&uri);
    let listing = aside(&frame, number, &rows);
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let list = listing.view(&rows, &query);
    if hx.wants_block() {
        return hx::page(ListBlock { frame: &frame, list: &list });
    }
    let title = frame.t1("corpus-intake", "number", number);
    let line = frame.tn("corpus-intake-line", [("at", moment(&intake)), ("by", by(&frame, &intake))]);
    let room = Room::new(title, line).below(&frame, &[("corpus-title", super::PATH), ("corpus-intakes", PATH)]);
    let of = |count: u64| if intake.is_ended { format::count(count) } else { frame.t("nav-unknown") };
    let facts = [
        ("corpus-intake-read", of(intake.read)),
        ("corpus-intake-new", of(intake.new)),
        ("corpus-intake-joined", of(intake.joined)),
        ("corpus-intake-aside", if intake.is_ended { of(intake.set_aside) } else { format::count(rows.len()) }),
    ];
    hx::page(IntakePage {
        frame: &frame,
        room: &room,
        state: state(&frame, &intake),
        facts: facts.map(|(key, value)| (frame.t(key), value)).into(),
        files: intake.files.iter().map(|file| file_view(&frame, file, &rows)).collect(),
        list: &list,
    })
}

fn file_view(frame: &Frame, file: &TakenFile, rows: &[SetAside]) -> FileView {
    let mut notes = Vec::new();
    if !file.fault.is_empty() {
        notes.push(frame.said(&file.fault));
    }
    if file.is_known {
        notes.push(frame.t("corpus-intake-known"));
    } else if file.skipped > 0 {
        notes.push(frame.t1("corpus-intake-resumed", "count", format::count(file.skipped)));
    }
    let told = |key: &str, (what, count): (&String, &u64)| {
        frame.tn(key, [("what", frame.said(what)), ("count", format::count(count))])
    };
    notes.extend(file.doubts.iter().map(|one| told("corpus-intake-doubt", one)));
    notes.extend(file.passed_over.iter().map(|one| told("corpus-intake-passed", one)));
    FileView {
        file: file.file.clone(),
        format: file.encoding.clone(),
        read: format::count(file.read),
        aside: format::count(rows.iter().filter(|one| one.file == file.file).count()),
        notes,
    }
}

/// The records that were set aside.
fn aside<'a>(frame: &'a Frame, number: u64, rows: &[SetAside]) -> Listing<'a, SetAside> {
    let mut files: Vec<&str> = rows.iter().map(|one| one.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    let files = files.into_iter().map(|file| Choice::new(file, file)).collect();
    let kinds = ["contrary", "unread"].map(|key| Choice::new(key, frame.t(&format!("corpus-aside-{key}")))).into();
    Listing::new(frame, "aside", &path(number), frame.t("corpus-aside"))
        .column("file", frame.t("corpus-aside-file"), Kind::Text, |one: &SetAside| Cell::text(one.file.clone()))
        .column("place", frame.t("corpus-aside-place"), Kind::Text, |one| Cell::text(frame.said(&one.place)))
        .column("number", frame.t("corpus-aside-number"), Kind::Code, |one| match one.number.as_str() {
            "" => Cell::unknown(frame.t("nav-unknown")),
            number => Cell::code(number),
        })
        .column("reason", frame.t("corpus-aside-reason"), Kind::Text, |one| Cell::text(frame.said(&one.reason)))
        .column("excerpt", frame.t("corpus-aside-excerpt"), Kind::Text, |one| Cell::text(one.excerpt.clone()))
        .filter("file", frame.t("corpus-aside-file"), files, |one, file| one.file == file)
        // What contradicts an earlier document was read, and has nothing of the file beside it.
        .filter("kind", frame.t("corpus-aside-kind"), kinds, |one, kind| one.excerpt.is_empty() == (kind == "contrary"))
        .search(frame.t("corpus-aside-search"), |one| format!("{} {} {}", one.number, one.reason, one.excerpt))
        .when_empty(frame.t("corpus-aside-none"), frame.t("corpus-aside-none-todo"))
}
