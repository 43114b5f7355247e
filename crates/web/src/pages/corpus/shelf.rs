//! The corpus that pages ask: opened once, and opened anew when a later snapshot has come.

use std::sync::{Mutex, PoisonError};

use corpus::{Corpus, Error};
use jiff::civil::Date;

use crate::{app::App, error::AppError};

/// The snapshot that was opened last.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Option<Corpus>>);

impl Shelf {
    /// The present snapshot of the corpus in a folder as it stands on a day; nothing while there is none.
    fn open(&self, folder: &std::path::Path, day: Date) -> corpus::Result<Option<Corpus>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match kept.as_ref().filter(|corpus| corpus.day() == Some(day)) {
            Some(corpus) => corpus.latest(),
            None => Corpus::open_on(folder, day),
        };
        match opened {
            Ok(corpus) => Ok(Some(kept.insert(corpus).clone())),
            Err(Error::Absent(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Asks the corpus beside the requests that are being answered; the question is told when there is no corpus.
pub(crate) async fn ask<T: Send + 'static>(
    app: &App,
    question: impl FnOnce(Option<&Corpus>) -> corpus::Result<T> + Send + 'static,
) -> Result<T, AppError> {
    let (shelf, folder) = (app.corpus.clone(), app.installation.corpus_dir());
    let day = app.installation.business_date(app.now());
    let asked = tokio::task::spawn_blocking(move || question(shelf.open(&folder, day)?.as_ref()));
    Ok(asked.await.map_err(AppError::internal)??)
}
