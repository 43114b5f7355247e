//! `/registers/import` 导入: takes a file and imports it beside the pages, as a job that can be watched and cancelled.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use askama::Template;
use axum::{
    extract::{
        Multipart, State,
        multipart::{Field as Part, MultipartError},
    },
    http::{StatusCode, Uri},
    response::Response,
};
use jiff::Timestamp;
use registry::{ImportOptions, ImportReport, Register};
use tokio::{fs, io::AsyncWriteExt};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    frame::Frame,
    hx,
    pages::{
        jobs::{self, End, Words},
        registry::{head_of, register_choices, register_name, who},
        room::{self, Room},
    },
    pieces::Link,
};

/// What a browser offers to choose from.
const ACCEPT: &str = ".xlsx,.xls,.ods,.csv,.tsv,.txt,.jsonl,.json";
/// The choice by which each file's register is told by its headings.
const BY_HEADINGS: &str = "by-headings";
/// How many files are taken at once.
const FILES_MAX: usize = 50;

#[derive(Template)]
#[template(path = "registry/upload.html")]
struct UploadPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
}

/// What was filled in.
#[derive(Default)]
struct Filled {
    register: String,
    received_at: String,
    mapping: String,
    full: bool,
    files: Vec<PathBuf>,
    left_out: usize,
}

/// `GET /registers/import`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let filled = Filled { register: query.filter("register").unwrap_or_default().to_owned(), ..Filled::default() };
    let (room, fields) = form(&app, &frame, &filled, &Errors::default()).await?;
    hx::page(UploadPage { frame: &frame, room: &room, errors: &Errors::default(), fields })
}

async fn form(app: &App, frame: &Frame, filled: &Filled, errors: &Errors) -> Result<(Room, Vec<Field>), AppError> {
    let title = frame.t("reg-upload");
    let room =
        head_of(app, frame, "/registers/import", title, frame.t("reg-upload-line")).await?.wrong(!errors.is_empty());
    let mut registers = vec![Choice::new("", frame.t("reg-choose"))];
    registers.push(Choice::new(BY_HEADINGS, frame.t("reg-by-headings")));
    registers.extend(register_choices(frame, |register| register.received));
    let mut mappings = vec![Choice::new("", frame.t("reg-mapping-none"))];
    for register in registry::registers() {
        for mapping in registry::mappings::of_register(app.db(), register.id).await? {
            mappings.push(Choice::new(
                mapping.source.clone(),
                frame.tn(
                    "word-with-code",
                    &[("word", frame.said(&mapping.source)), ("code", frame.said(register.name_zh))],
                ),
            ));
        }
    }
    let full = vec![Choice { is_chosen: filled.full, ..Choice::new("yes", frame.t("reg-full-yes")) }];
    let fields = vec![
        Field::of("register", frame.t("reg-register"), Kind::Select(registers), &filled.register, errors),
        Field::of("received_at", frame.t("reg-received-at"), Kind::Text, &filled.received_at, errors)
            .hint(frame.t("reg-received-at-hint"))
            .optional(),
        Field::of("mapping", frame.t("reg-mapping"), Kind::Select(mappings), &filled.mapping, errors)
            .hint(frame.t("reg-mapping-hint"))
            .optional(),
        Field::of("full", frame.t("reg-full"), Kind::Checks(full), "", errors)
            .hint(frame.t("reg-full-hint"))
            .optional(),
        Field::of("file", frame.t("reg-files"), Kind::Files(ACCEPT), "", errors).hint(frame.t1(
            "reg-file-hint",
            "mb",
            app.settings.upload_bytes_max / 1024 / 1024,
        )),
    ];
    Ok((room, fields))
}

/// `POST /registers/import`.
pub async fn submit(State(app): State<App>, frame: Frame, mut parts: Multipart) -> Result<Response, AppError> {
    let folder = Upload(app.installation.upload_dir()?);
    let filled = receive(&mut parts, folder.0.path()).await?;
    let mut errors = Errors::default();
    let register = registry::register(&filled.register).filter(|register| register.received);
    let is_by_headings = filled.register == BY_HEADINGS;
    if register.is_none() && !is_by_headings {
        errors.add("register", frame.t("reg-register-missing"));
    }
    let received_at = if filled.received_at.is_empty() { Some(app.now()) } else { moment(&filled.received_at) };
    match received_at {
        None => errors.add("received_at", frame.t("reg-received-at-wrong")),
        Some(at) if at > app.now() => errors.add("received_at", frame.t("reg-received-at-ahead")),
        Some(_) => {}
    }
    if is_by_headings && !filled.mapping.is_empty() {
        errors.add("mapping", frame.t("reg-mapping-by-headings"));
    }
    if filled.files.is_empty() {
        errors.add("file", frame.t("reg-file-missing"));
    }
    if filled.left_out > 0 {
        errors.add("file", frame.t1("reg-files-too-many", "count", FILES_MAX));
    }
    let (Some(received_at), true) = (received_at, errors.is_empty()) else {
        let (room, fields) = form(&app, &frame, &filled, &errors).await?;
        return hx::refused(UploadPage { frame: &frame, room: &room, errors: &errors, fields });
    };
    let mut options = ImportOptions::new(received_at, &who(&frame));
    options.recorded_at = app.now();
    options.full = filled.full;
    options.mapping = (!filled.mapping.is_empty()).then(|| filled.mapping.clone());
    let job = start(&app, &frame, register, filled.files, folder, options).await?;
    Ok(room::see_other(&frame, &job.path()))
}

/// Imports the files one after another, each as a batch of its own; one that is refused does not keep the others out.
async fn start(
    app: &App,
    frame: &Frame,
    register: Option<&'static Register>,
    files: Vec<PathBuf>,
    folder: Upload,
    mut options: ImportOptions,
) -> Result<Arc<jobs::Job>, AppError> {
    let chosen = register.map_or_else(|| frame.t("reg-by-headings"), |register| register_name(frame, register.id));
    let named = match &files[..] {
        [file] => name_of(file),
        files => frame.t1("reg-files-count", "count", files.len()),
    };
    let again = register.map_or(BY_HEADINGS, |register| register.id);
    let words = Words {
        title: frame.tn("reg-importing", &[("register", chosen), ("file", named)]),
        if_cancelled: frame.t(if files.len() == 1 { "reg-import-if-cancelled" } else { "reg-imports-if-cancelled" }),
        back: Link::new(frame.t("reg-import-again"), frame.at(&format!("/registers/import?register={again}"))),
        is_orderly: true,
    };
    let (for_work, told_to) = (app.clone(), frame.clone());
    let work = move |job: Arc<jobs::Job>| async move {
        let (app, frame) = (for_work, told_to);
        options.watch.cancel = Arc::clone(&job.cancel);
        let told = Arc::clone(&job);
        options.watch.progress = Some(Arc::new(move |rows| told.rows.store(rows, Ordering::Relaxed)));
        let count = files.len();
        let mut done = Vec::with_capacity(count);
        for (place, file) in files.iter().enumerate() {
            let parts = [("place", (place + 1).to_string()), ("count", count.to_string()), ("file", name_of(file))];
            job.tell(&if count == 1 { frame.t("reg-import-reading") } else { frame.tn("reg-imports-reading", &parts) });
            job.rows.store(0, Ordering::Relaxed);
            done.push((name_of(file), import(&app, register, file, &options).await));
            if options.watch.is_cancelled() {
                break;
            }
        }
        drop(folder);
        end(&app, &frame, count, done)
    };
    jobs::start(app, frame, words, work).await
}

async fn import(
    app: &App,
    register: Option<&'static Register>,
    file: &Path,
    options: &ImportOptions,
) -> Result<ImportReport, registry::Error> {
    let register = match register {
        Some(register) => register,
        None => registry::import::recognise(app.db(), file, &options.limits).await?,
    };
    registry::import::import(app.db(), register.id, file, options).await
}

/// How the job ended: one file leads to its batch, several are listed with what became of each.
fn end(app: &App, frame: &Frame, count: usize, mut done: Vec<(String, Result<ImportReport, registry::Error>)>) -> End {
    if done.iter().any(|(_, result)| result.is_ok()) {
        crate::pages::read_ahead(app);
    }
    if count == 1 {
        return match done.pop() {
            Some((_, Ok(report))) => End::Done(format!("/registers/batches/{}", report.batch)),
            Some((_, Err(registry::Error::Cancelled))) | None => End::Stopped,
            Some((_, Err(error))) => jobs::failed(frame, error),
        };
    }
    let missing = count - done.len();
    let filed = |(file, result): (String, Result<ImportReport, registry::Error>)| match result {
        Ok(report) => jobs::Filed { file, words: report.summary.clone(), batch: Some(report.batch) },
        Err(registry::Error::Cancelled) => jobs::Filed { file, words: frame.t("reg-file-cancelled"), batch: None },
        Err(error) => match jobs::failed(frame, error) {
            End::Failed(words) => jobs::Filed { file, words, batch: None },
            _ => jobs::Filed { file, words: String::new(), batch: None },
        },
    };
    let files: Vec<jobs::Filed> = done.into_iter().map(filed).collect();
    End::Filed { files, not_begun: missing }
}

pub(crate) fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folder of one upload, removed with this value; the next start removes what a kill leaves.
pub(crate) struct Upload(pub(crate) rules::folder::Held);

impl Drop for Upload {
    fn drop(&mut self) {
        if let Err(cause) = std::fs::remove_dir_all(self.0.path()) {
            tracing::warn!(%cause, folder = %self.0.path().display(), "an uploaded file could not be cleared away");
        }
    }
}

async fn receive(parts: &mut Multipart, folder: &Path) -> Result<Filled, AppError> {
    let mut filled = Filled::default();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        match part.name().unwrap_or_default() {
            "register" => filled.register = text(part).await?,
            "received_at" => filled.received_at = text(part).await?,
            "mapping" => filled.mapping = text(part).await?,
            "full" => filled.full = text(part).await? == "yes",
            "file" if filled.files.len() == FILES_MAX => filled.left_out += 1,
            // Two files may bear one name, so that each has a folder of its own.
            "file" => filled.files.extend(save(part, &folder.join(filled.files.len().to_string())).await?),
            _ => {}
        }
    }
    Ok(filled)
}

async fn text(part: Part<'_>) -> Result<String, AppError> {
    Ok(part.text().await.map_err(unreadable)?.trim().to_owned())
}

/// Writes the file piece by piece under its own name; a form without a file sends an empty name.
pub(crate) async fn save(mut part: Part<'_>, folder: &Path) -> Result<Option<PathBuf>, AppError> {
    let Some(name) = part.file_name().and_then(safe_name) else { return Ok(None) };
    let path = folder.join(name);
    let failed = |cause| AppError::from(domain::Error::io(&path, cause));
    fs::create_dir_all(folder).await.map_err(failed)?;
    let mut file = fs::File::create(&path).await.map_err(failed)?;
    while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
        file.write_all(&bytes).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    Ok(Some(path))
}

/// The last part of a name as a browser sends it, without what could leave the folder.
fn safe_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|letter| !letter.is_control()).collect();
    let kept = kept.trim().trim_start_matches('.');
    // Names are limited to 255 bytes on disk; the end is kept because it says what kind of file it is.
    let from = kept.char_indices().map(|(at, _)| at).find(|at| kept.len() - at <= 200).unwrap_or(0);
    let kept = &kept[from..];
    (!kept.is_empty()).then(|| kept.to_owned())
}

pub(crate) fn unreadable(error: MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        AppError::TooLarge
    } else {
        AppError::Invalid(error.body_text())
    }
}

/// A moment as people write it: a day (its first instant in Beijing), a day with a time, or with an offset.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let beijing = jiff::tz::offset(8);
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let day = text
        .parse::<jiff::civil::DateTime>()
        .ok()
        .or_else(|| terms::dates::parse_date(text).ok().map(|day| day.at(0, 0, 0, 0)));
    beijing.to_timestamp(day?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_upload_stays_in_its_folder() {
        for (sent, expected) in [
            ("专利.xlsx", Some("专利.xlsx")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\资料\\质押.csv", Some("质押.csv")),
            ("..", None),
            ("", None),
            (" .hidden\n.csv ", Some("hidden.csv")),
        ] {
            assert_eq!(safe_name(sent).as_deref(), expected, "{sent:?}");
        }
        assert!(safe_name(&format!("{}.csv", "长".repeat(200))).unwrap().ends_with(".csv"));
    }

    #[test]
    fn a_moment_may_be_a_day_a_time_or_an_instant() {
        for written in ["2024-01-05", "2024年1月5日", "2024-01-05 00:00", "2024-01-04T16:00:00Z"] {
            assert_eq!(moment(written), Some("2024-01-04T16:00:00Z".parse().unwrap()), "{written}");
        }
        assert_eq!(moment("昨天"), None);
    }
}
