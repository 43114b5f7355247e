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
use jiff::{SignedDuration, Timestamp};
use registry::ImportOptions;
use tokio::{fs, io::AsyncWriteExt};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    frame::Frame,
    headers::random_hex,
    hx,
    pages::{
        jobs::{self, End, Words},
        registry::{head_of, register_choices, register_name, who},
        room::{self, Room},
    },
    pieces::Link,
};

/// What a browser offers to choose from.
const ACCEPT: &str = ".xlsx,.xls,.ods,.csv,.txt,.jsonl";

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
    file: Option<PathBuf>,
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
        Field::of("file", frame.t("reg-file"), Kind::File(ACCEPT), "", errors).hint(frame.t("reg-file-hint")),
    ];
    Ok((room, fields))
}

/// `POST /registers/import`.
pub async fn submit(State(app): State<App>, frame: Frame, mut parts: Multipart) -> Result<Response, AppError> {
    let folder = fresh_folder(&app).await?;
    let filled = match receive(&mut parts, &folder).await {
        Ok(filled) => filled,
        Err(error) => {
            forget(&folder).await;
            return Err(error);
        }
    };
    let mut errors = Errors::default();
    if registry::register(&filled.register).is_none_or(|register| !register.received) {
        errors.add("register", frame.t("reg-register-missing"));
    }
    let received_at = if filled.received_at.is_empty() { Some(app.now()) } else { moment(&filled.received_at) };
    match received_at {
        None => errors.add("received_at", frame.t("reg-received-at-wrong")),
        Some(at) if at > app.now() => errors.add("received_at", frame.t("reg-received-at-ahead")),
        Some(_) => {}
    }
    if filled.file.is_none() {
        errors.add("file", frame.t("reg-file-missing"));
    }
    let (Some(file), Some(received_at), true) = (&filled.file, received_at, errors.is_empty()) else {
        forget(&folder).await;
        let (room, fields) = form(&app, &frame, &filled, &errors).await?;
        return hx::refused(UploadPage { frame: &frame, room: &room, errors: &errors, fields });
    };
    let mut options = ImportOptions::new(received_at, &who(&frame));
    options.recorded_at = app.now();
    options.full = filled.full;
    options.mapping = (!filled.mapping.is_empty()).then(|| filled.mapping.clone());
    let job = import(&app, &frame, filled.register.clone(), file.clone(), folder, options);
    Ok(room::see_other(&frame, &job.path()))
}

fn import(
    app: &App,
    frame: &Frame,
    register: String,
    file: PathBuf,
    folder: PathBuf,
    mut options: ImportOptions,
) -> Arc<jobs::Job> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = Words {
        title: frame.tn("reg-importing", &[("register", register_name(&frame, &register)), ("file", name)]),
        if_cancelled: frame.t("reg-import-if-cancelled"),
        back: Link::new(frame.t("reg-import-again"), frame.at(&format!("/registers/import?register={register}"))),
        is_orderly: true,
    };
    let (app, frame) = (app.clone(), frame.clone());
    let doing = frame.t("reg-import-reading");
    jobs::start(&frame.clone(), words, move |job| async move {
        job.tell(&doing);
        options.watch.cancel = Arc::clone(&job.cancel);
        let told = Arc::clone(&job);
        options.watch.progress = Some(Arc::new(move |rows| told.rows.store(rows, Ordering::Relaxed)));
        let done = registry::import::import(app.db(), &register, &file, &options).await;
        forget(&folder).await;
        match done {
            Ok(report) => End::Done(format!("/registers/batches/{}", report.batch)),
            Err(registry::Error::Cancelled) => End::Stopped,
            Err(error) => jobs::failed(&frame, error),
        }
    })
}

/// A folder for one upload; what killed imports left in the others is cleared away after a day.
async fn fresh_folder(app: &App) -> Result<PathBuf, AppError> {
    let uploads = app.installation.dir().join("uploads");
    let folder = uploads.join(random_hex::<16>());
    fs::create_dir_all(&folder).await.map_err(AppError::internal)?;
    clear_left_over(&uploads, app.now()).await.map_err(AppError::internal)?;
    Ok(folder)
}

/// Removes the folders of uploads that are older than a day; their imports ended long ago, or were killed.
async fn clear_left_over(uploads: &Path, now: Timestamp) -> std::io::Result<()> {
    let mut entries = fs::read_dir(uploads).await?;
    while let Some(entry) = entries.next_entry().await? {
        let is_upload = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let written_at = Timestamp::try_from(entry.metadata().await?.modified()?).ok();
        if is_upload && written_at.is_some_and(|at| now.duration_since(at) > SignedDuration::from_hours(24)) {
            forget(&entry.path()).await;
        }
    }
    Ok(())
}

async fn forget(folder: &Path) {
    if let Err(cause) = fs::remove_dir_all(folder).await {
        tracing::warn!(%cause, folder = %folder.display(), "an uploaded file could not be cleared away");
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
            "file" => filled.file = save(part, folder).await?,
            _ => {}
        }
    }
    Ok(filled)
}

async fn text(part: Part<'_>) -> Result<String, AppError> {
    Ok(part.text().await.map_err(unreadable)?.trim().to_owned())
}

/// Writes the file piece by piece under its own name; a form without a file sends an empty name.
async fn save(mut part: Part<'_>, folder: &Path) -> Result<Option<PathBuf>, AppError> {
    let Some(name) = part.file_name().and_then(safe_name) else { return Ok(None) };
    let path = folder.join(name);
    let mut file = fs::File::create(&path).await.map_err(AppError::internal)?;
    while let Some(bytes) = part.chunk().await.map_err(unreadable)? {
        file.write_all(&bytes).await.map_err(AppError::internal)?;
    }
    file.flush().await.map_err(AppError::internal)?;
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

fn unreadable(error: MultipartError) -> AppError {
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
