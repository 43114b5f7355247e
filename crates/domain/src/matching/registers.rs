//! What the registers of the city tell of patents that may be brought in.

use std::collections::BTreeMap;

use corpus::Corpus;
use jiff::civil::Date;
use registry::Folded;
use terms::ApplicationNumber;

use crate::{
    Error,
    freeze::rights::{self, Right, Told},
    runs,
};

/// The parameter that says from which pledged amount a patent is of high value.
const THRESHOLD: &str = "pledge_high_value_threshold_fen";

/// Which batches of the registers an answer rests on, so that one that was kept is known to be old.
pub fn batches(folded: &Folded) -> Vec<i64> {
    folded.batches_of(&rights::READS)
}

/// What the registers tell of each document of the corpus by its key, on a day; one that is not Chinese is told nothing of.
pub fn told(corpus: &Corpus, folded: &Folded, keys: &[String], as_of: Date) -> Result<BTreeMap<String, Told>, Error> {
    let settings = runs::policy()?.settings(as_of, &BTreeMap::new())?;
    let (mut known, mut asked) = (Vec::new(), Vec::new());
    for key in keys {
        let document = corpus.document(key)?;
        let number = document.application_number.strip_prefix("CN").and_then(|number| number.parse().ok());
        let Some(number): Option<ApplicationNumber> = number else { continue };
        let first = |texts: &[documents::Text]| texts.first().map(|text| text.text.clone()).unwrap_or_default();
        let ipc = document.classifications.iter().filter(|one| one.scheme == documents::Scheme::Ipc);
        let granted = document.publications.iter().filter(|one| one.is_grant == Some(true));
        known.push(key.clone());
        asked.push(Right {
            number: number.to_string(),
            title: first(&document.titles),
            summary: first(&document.abstracts),
            symbols: ipc.map(|one| one.symbol.clone()).collect(),
            filed_on: document.filed_on,
            granted_on: granted.filter_map(|one| one.published_on).min(),
        });
    }
    Ok(known.into_iter().zip(rights::told(folded, &asked, as_of, settings.integer(THRESHOLD))).collect())
}
