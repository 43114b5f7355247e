//! `/corpus/import` 收录文献: files of patent documents go into the corpus beside the pages, as a job that leads to what is kept of
//! the intake.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
};

use askama::Template;
use axum::{
    extract::{Multipart, State},
    response::Response,
};
use corpus::Writer;
use domain::intake::{self, kept::Intake};
use jiff::Timestamp;

use super::{head, intakes};
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::{
        jobs::{self, End, Words},
        registry::{
            upload::{Upload, name_of, save, unreadable},
            who,
        },
        room::{self, Room},
        warnings,
    },
    pieces::Link,
};

const PATH: &str = "/corpus/import";
/// What a browser offers to choose from.
const ACCEPT: &str = ".xml,.zip,.csv,.xlsx,.xls,.ods,.txt,.jsonl,.sgm,.tsv";
/// How many files are taken at once.
const FILES_MAX: usize = 50;

#[derive(Template)]
#[template(path = "corpus/import.html")]
struct ImportPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    field: Field,
}

/// `GET /corpus/import`.
pub async fn page(frame: Frame) -> Result<Response, AppError> {
    let errors = Errors::default();
    let (room, field) = form(&frame, &errors);
    hx::page(ImportPage { frame: &frame, room: &room, errors: &errors, field })
}

fn form(frame: &Frame, errors: &Errors) -> (Room, Field) {
    let mut room = head(frame, PATH).wrong(!errors.is_empty());
    room.line = frame.t("corpus-import-line");
    let field = Field::of("file", frame.t("corpus-import-file"), Kind::Files(ACCEPT), "", errors);
    (room, field.hint(frame.t1("corpus-import-hint", "most", FILES_MAX)))
}

/// `POST /corpus/import`.
pub async fn submit(State(app): State<App>, frame: Frame, mut parts: Multipart) -> Result<Response, AppError> {
    let folder = Upload(app.installation.upload_dir()?);
    let (mut files, mut left_out) = (Vec::new(), 0);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        match part.name().unwrap_or_default() {
            "file" if files.len() == FILES_MAX => left_out += 1,
            // Two files may bear one name, so that each has a folder of its own.
            "file" => files.extend(save(part, &folder.0.path().join(files.len().to_string())).await?),
            _ => {}
        }
    }
    let mut errors = Errors::default();
    if files.is_empty() {
        errors.add("file", frame.t("corpus-import-missing"));
    }
    if left_out > 0 {
        errors.add("file", frame.t1("corpus-import-too-many", "most", FILES_MAX));
    }
    if !errors.is_empty() {
        let (room, field) = form(&frame, &errors);
        return hx::refused(ImportPage { frame: &frame, room: &room, errors: &errors, field });
    }
    let job = start(&app, &frame, files, folder).await?;
    Ok(room::see_other(&frame, &job.path()))
}

async fn start(app: &App, frame: &Frame, files: Vec<PathBuf>, folder: Upload) -> Result<Arc<jobs::Job>, AppError> {
    let named = match &files[..] {
        [file] => name_of(file),
        files => frame.t1("corpus-importing-files", "count", files.len()),
    };
    let words = Words {
        title: frame.t1("corpus-importing", "file", &named),
        if_cancelled: frame.t("corpus-import-if-cancelled"),
        back: Link::new(frame.t("corpus-import-again"), frame.at(super::PATH)),
        is_orderly: true,
    };
    let (app_of_job, told_to) = (app.clone(), frame.clone());
    let work = move |job: Arc<jobs::Job>| async move {
        let (app, frame) = (app_of_job, told_to);
        let (corpus_dir, words, taking_job) = (app.installation.corpus_dir(), frame.clone(), Arc::clone(&job));
        let now = app.now();
        let taking = tokio::task::spawn_blocking(move || {
            let taken = take_in(&corpus_dir, &files, &taking_job, (&words, now));
            drop(folder);
            taken
        });
        let taken = match taking.await {
            Ok(Ok(taken)) => taken,
            Ok(Err(cause)) => return jobs::failed(&frame, cause),
            Err(cause) => return jobs::failed(&frame, AppError::internal(cause)),
        };
        match note(&app, &frame, &named, &taken).await {
            Ok(()) => {
                job.tell(&frame.t("warnings-running"));
                warnings::after_intake(&app, &who(&frame)).await;
                End::Done(intakes::path(taken.number))
            }
            Err(cause) => jobs::failed(&frame, cause),
        }
    };
    jobs::start(app, frame, words, work).await
}

/// Takes the files in one after another; what was read when it is told to stop is kept.
fn take_in(
    corpus_dir: &std::path::Path,
    files: &[PathBuf],
    job: &jobs::Job,
    (frame, now): (&Frame, Timestamp),
) -> Result<Intake, domain::Error> {
    let mut writer = Writer::open(corpus_dir)?;
    let mut watch = |place: usize, records| {
        if records == 0 {
            let file = name_of(&files[place]);
            let parts = [("place", (place + 1).to_string()), ("count", files.len().to_string()), ("file", file)];
            job.tell(&frame.tn("corpus-import-reading", parts));
        }
        job.rows.store(records, Ordering::Relaxed);
        !job.cancel.load(Ordering::Relaxed)
    };
    let by = who(frame);
    let order = intake::Order { by: &by, at: now, resumes: false, watch: &mut watch };
    intake::run(&mut writer, corpus_dir, files, order)
}

/// Writes down who took what in.
async fn note(app: &App, frame: &Frame, named: &str, taken: &Intake) -> Result<(), AppError> {
    let detail = serde_json::json!({
        "file": named,
        "documents": taken.new + taken.joined,
        "quarantined": taken.set_aside,
        "intake": taken.number,
    });
    room::record(app, frame, "corpus.import", named, &detail).await
}
