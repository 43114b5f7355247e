//! A search as a file: every hit in its order, however many, written while it is read.

use std::{
    io::{self, BufWriter, Read, Write},
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    response::Response,
};
use corpus::{Corpus, Hit, Page, Query};
use documents::{Document, Party};
use sheets::{
    Cell,
    write::{Column, CsvWriter, Kind, Sheet, xlsx_streamed},
};
use tokio::sync::mpsc;

use super::{
    hits,
    wish::{Export, Wish},
};
use crate::{app::App, download, error::AppError, format, frame::Frame, pieces::Link};

/// A workbook holds no longer text in a cell than 32,767 characters.
const CELL_CHARS_MAX: usize = 32_000;
/// How much is read before it is sent on.
const PIECE_BYTES: usize = 64 * 1024;
/// How many pieces wait for a slow reader.
const PIECES_MAX: usize = 8;

/// The files that a search may be saved as.
pub(super) fn links(frame: &Frame, wish: &Wish) -> Vec<Link> {
    [(Export::Xlsx, "corpus-export-xlsx"), (Export::Csv, "corpus-export-csv")]
        .map(|(kind, key)| {
            let wish = Wish { export: Some(kind), ..wish.on_page(1) };
            Link::new(frame.t(key), frame.at(&wish.href()))
        })
        .into()
}

/// The file itself.
pub(super) async fn answer(app: &App, frame: &Frame, wish: &Wish, kind: Export) -> Result<Response, AppError> {
    let asked = wish.clone();
    // Whether the query can be answered is found out before the file begins.
    let opened = super::ask(app, move |corpus| {
        let Some(corpus) = corpus else { return Ok(None) };
        let query = asked.query(corpus)?;
        if let Ok(query) = &query {
            corpus.count(query)?;
        }
        Ok(Some((corpus.clone(), query)))
    });
    let (corpus, query) = opened.await?.ok_or_else(|| AppError::NotFound(frame.t("corpus-none-todo")))?;
    let query = query.map_err(|pointed| AppError::Invalid(pointed.message))?;
    let job = Job {
        head: sheet(frame, wish, corpus.manifest().number),
        frame: frame.clone(),
        corpus,
        query,
        order: wish.order,
        near: wish.near,
        by_family: wish.by_family,
    };
    let (sender, receiver) = mpsc::channel(PIECES_MAX);
    let folder = app.installation.upload_dir()?;
    tokio::task::spawn_blocking(move || {
        let mut out = Pieces { sender, held: Vec::with_capacity(PIECE_BYTES) };
        let written = match kind {
            Export::Csv => job.csv(&mut out),
            Export::Xlsx => job.xlsx(&mut out, folder.path()),
        };
        let _ = std::fs::remove_dir_all(folder.path());
        if let Err(cause) = written {
            tracing::warn!(%cause, "an export was not finished");
            // The reader sees a file that was cut short, not one that looks whole.
            let _ = out.sender.blocking_send(Err(io::Error::other("export")));
        }
    });
    let name = format!("{}-{}.{}", frame.t("corpus-title"), frame.business_date, kind.key());
    let content = match kind {
        Export::Xlsx => download::XLSX,
        Export::Csv => "text/csv; charset=utf-8",
    };
    download::file(content, (&format!("corpus.{}", kind.key()), &name), Body::new(Sent(receiver)))
}

/// What is to be written.
struct Job {
    corpus: Corpus,
    query: Query,
    order: corpus::Order,
    near: corpus::Nearness,
    by_family: bool,
    head: Sheet,
    frame: Frame,
}

impl Job {
    fn csv(&self, out: &mut Pieces) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut writer = CsvWriter::new(&mut *out)?;
        let headings: Vec<Cell> = self.head.columns.iter().map(|one| Cell::Text(one.heading.clone())).collect();
        writer.row(&headings)?;
        self.each(&mut |row| writer.row(row))?;
        writer.finish()?;
        Ok(out.flush()?)
    }

    /// A workbook can be sent only when it is whole, so that it goes to disk first.
    fn xlsx(&self, out: &mut Pieces, folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let path = folder.join("export.xlsx");
        let mut file = BufWriter::new(std::fs::File::create(&path)?);
        xlsx_streamed(&self.head, |row| self.each(row).map_err(|cause| failed(&*cause)), &mut file)?;
        file.flush()?;
        let mut file = std::fs::File::open(&path)?;
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            match file.read(&mut piece)? {
                0 => return Ok(out.flush()?),
                length => out.write_all(&piece[..length])?,
            }
        }
    }

    /// Hands over every row until one cannot be written.
    fn each(
        &self,
        row: &mut dyn FnMut(&[Cell]) -> Result<(), sheets::Error>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if self.query.likeness().is_some() {
            // A list of likeness is as long as on the page.
            let limit = usize::try_from(corpus::LIKE_MAX)?;
            let page = Page { limit, by_family: self.by_family, ..Page::default() };
            let hits = self.corpus.near(&self.query, self.near, &page)?.hits;
            return Ok(hits.iter().try_for_each(|hit| row(&cells(&self.frame, &hit.document)))?);
        }
        let mut failure = None;
        self.corpus.each_hit(&self.query, self.order, self.by_family, &mut |hit: Hit| match row(&cells(
            &self.frame,
            &hit.document,
        )) {
            Ok(()) => ControlFlow::Continue(()),
            Err(cause) => {
                failure = Some(cause);
                ControlFlow::Break(())
            }
        })?;
        failure.map_or(Ok(()), |cause| Err(cause.into()))
    }
}

fn failed(cause: &(dyn std::error::Error + Send + Sync)) -> sheets::Error {
    sheets::Error::Write { what: "工作簿".to_owned(), detail: cause.to_string() }
}

/// The columns, with the query and the snapshot above them.
fn sheet(frame: &Frame, wish: &Wish, snapshot: u64) -> Sheet {
    let asked: Vec<&str> =
        std::iter::once(&wish.q).chain(&wish.narrow).map(String::as_str).filter(|text| !text.is_empty()).collect();
    let mut title = vec![
        frame.t("corpus-title"),
        frame.t1("corpus-snapshot", "number", snapshot),
        format::instant(frame.now),
        asked.join(" AND "),
    ];
    if frame.is_demo {
        title.push(frame.t("demo-word"));
    }
    let column = |key: &str, kind: Kind, width: u16| Column { width: Some(width), ..Column::new(frame.t(key), kind) };
    let title: String = title.join(" · ").chars().take(CELL_CHARS_MAX).collect();
    Sheet {
        name: frame.t("corpus-title"),
        title: Some(title),
        columns: vec![
            column("corpus-col-number", Kind::Code, 18),
            column("corpus-col-application", Kind::Code, 18),
            column("corpus-col-title", Kind::Text, 48),
            column("corpus-fact-applicants", Kind::Text, 32),
            column("corpus-fact-owners", Kind::Text, 32),
            column("corpus-fact-inventors", Kind::Text, 24),
            column("corpus-fact-filed", Kind::Date, 12),
            column("corpus-fact-published", Kind::Date, 12),
            column("corpus-fact-granted", Kind::Date, 12),
            column("corpus-fact-classes", Kind::Text, 24),
            column("corpus-fact-kind", Kind::Text, 10),
            column("corpus-facet-office", Kind::Text, 10),
            column("corpus-facet-state", Kind::Text, 10),
            column("corpus-col-family", Kind::Text, 18),
            column("corpus-fact-abstract", Kind::Text, 60),
            column("corpus-sources", Kind::Text, 32),
        ],
        rows: Vec::new(),
    }
}

fn cells(frame: &Frame, document: &Document) -> Vec<Cell> {
    let text = |text: String| match text.chars().count() {
        0 => Cell::Empty,
        count if count > CELL_CHARS_MAX => Cell::Text(text.chars().take(CELL_CHARS_MAX).chain(['…']).collect()),
        _ => Cell::Text(text),
    };
    let day = |day: Option<jiff::civil::Date>| day.map_or(Cell::Empty, Cell::Date);
    let names =
        |parties: &[Party]| text(parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join("；"));
    let granted = document.publications.iter().filter(|one| one.is_grant == Some(true));
    let symbols: Vec<&str> = document.classifications.iter().map(|one| one.symbol.as_str()).collect();
    let sources: Vec<String> = document.sources.iter().map(|one| format!("{} {}", one.file, one.place)).collect();
    vec![
        text(hits::number_of(document)),
        text(document.application_number.clone()),
        text(document.titles.first().map(|title| title.text.clone()).unwrap_or_default()),
        names(&document.applicants),
        names(&document.owners),
        names(&document.inventors),
        day(document.filed_on),
        day(document.publications.iter().filter_map(|one| one.published_on).min()),
        day(granted.filter_map(|one| one.published_on).min()),
        text(symbols.join("；")),
        text(document.kind.map(|kind| frame.said(kind.zh())).unwrap_or_default()),
        text(document.office.clone()),
        text(hits::state(frame, document.state).map(|state| state.word).unwrap_or_default()),
        text(documents::families::name_of(document)),
        text(document.abstracts.first().map(|text| text.text.clone()).unwrap_or_default()),
        text(sources.join("；")),
    ]
}

/// What is written, sent on piece by piece; writing waits for the reader and ends with it.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.held));
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// The body of the answer.
struct Sent(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(http_body::Frame::data)))
    }
}
