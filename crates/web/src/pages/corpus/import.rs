//! `/corpus/import` 收录文献: files of patent documents go into the corpus beside the pages, as a job with its set-aside list.

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

use super::head;
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::{
        jobs::{self, End, TakenIn, Words},
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
const ACCEPT: &str = ".xml,.zip,.gz,.csv,.xlsx,.xls,.txt,.json,.jsonl,.sgm,.tsv";
/// How many files are taken at once.
const FILES_MAX: usize = 50;
/// How many records that were set aside are listed of each file.
const LISTED_MAX: usize = 200;

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
        let taking = tokio::task::spawn_blocking(move || {
            let taken = take_in(&corpus_dir, &files, &taking_job, &words);
            drop(folder);
            taken
        });
        let end = match taking.await {
            Ok(Ok(end)) => end,
            Ok(Err(cause)) => return jobs::failed(&frame, cause),
            Err(cause) => return jobs::failed(&frame, AppError::internal(cause)),
        };
        match note(&app, &frame, &named, &end).await {
            Ok(()) => {
                job.tell(&frame.t("warnings-running"));
                warnings::after_intake(&app, &who(&frame)).await;
                end
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
    frame: &Frame,
) -> Result<End, corpus::Error> {
    let mut writer = Writer::open(corpus_dir)?;
    let mut done = Vec::with_capacity(files.len());
    let is_stopped = || job.cancel.load(Ordering::Relaxed);
    for (place, file) in files.iter().enumerate() {
        if is_stopped() {
            break;
        }
        let parts = [("place", (place + 1).to_string()), ("count", files.len().to_string()), ("file", name_of(file))];
        job.tell(&frame.tn("corpus-import-reading", parts));
        let mut taken = TakenIn { file: name_of(file), ..TakenIn::default() };
        let mut go_on = |records| {
            job.rows.store(records, Ordering::Relaxed);
            !is_stopped()
        };
        let mut set_aside = |one| {
            taken.set_aside += 1;
            if taken.listed.len() < LISTED_MAX {
                taken.listed.push(one);
            }
        };
        domain::intake::take_in(&mut writer, file, None, &mut go_on, &mut set_aside)?;
        done.push(taken);
    }
    job.rows.store(0, Ordering::Relaxed);
    job.tell(&frame.t("corpus-import-writing"));
    let taken = domain::intake::commit(&mut writer, &mut |file, one| {
        let named = done.iter_mut().find(|taken| taken.file == file);
        if let Some(taken) = named {
            taken.set_aside += 1;
            if taken.listed.len() < LISTED_MAX {
                taken.listed.push(one);
            }
        }
    })?;
    Ok(End::TakenIn { files: done, new: taken.new, joined: taken.changed + taken.unchanged, is_stopped: is_stopped() })
}

/// Writes down who took what in.
async fn note(app: &App, frame: &Frame, named: &str, end: &End) -> Result<(), AppError> {
    let End::TakenIn { files, new, joined, .. } = end else { return Ok(()) };
    let aside: u64 = files.iter().map(|file| file.set_aside).sum();
    let detail = serde_json::json!({ "file": named, "documents": new + joined, "quarantined": aside });
    room::record(app, frame, "corpus.import", named, &detail).await
}
