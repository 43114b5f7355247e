//! Whom a document concerns in the city: the same patent in the register, and enterprises of the registry by their names.

use std::collections::BTreeMap;

use documents::Document;
use terms::{ApplicationNumber, text::fold_name};

use crate::{
    app::App,
    error::AppError,
    frame::Frame,
    pages::{
        cockpit::shown,
        enterprises,
        patents::{self, read::Patent},
    },
    pieces::Link,
};

/// What the registry has of a document.
pub(super) struct Local {
    /// The page of the same patent.
    pub(super) patent: Option<Link>,
    /// The enterprises, each with what ties it to the document.
    pub(super) enterprises: Vec<(Link, String)>,
    /// As of when.
    pub(super) line: String,
}

/// Looks the document up in the latest run; nothing while no run exists.
pub(super) async fn of(app: &App, frame: &Frame, document: &Document) -> Result<Option<Local>, AppError> {
    let Some(shown) = shown::shown(app, None).await? else { return Ok(None) };
    let patents = patents::read::patents(&shown.opened);
    let patent = number(document)
        .and_then(|number| patents.binary_search_by(|patent| patent.number.cmp(&number)).ok().map(|at| &patents[at]));
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    let all = enterprises::read::enterprises(&shown.opened);
    let owner = patent.and_then(|patent| patent.owner_uscc.as_ref());
    for enterprise in all.iter() {
        let tie = if owner == Some(&enterprise.uscc) {
            frame.t("corpus-local-owner")
        } else if let Some(tie) = named(frame, document, &fold_name(&enterprise.name)) {
            tie
        } else {
            continue;
        };
        found.insert(enterprise.uscc.clone(), (enterprise.name.clone(), tie));
    }
    let to_patent = |patent: &Patent| {
        Link::new(patents::read::written(&patent.number), frame.at(&format!("/patents/{}", patent.number)))
    };
    let to_enterprise = |(uscc, (name, tie)): (String, (String, String))| {
        (Link::new(name, frame.at(&format!("/enterprises/{uscc}"))), tie)
    };
    Ok(Some(Local {
        patent: patent.map(to_patent),
        enterprises: found.into_iter().map(to_enterprise).collect(),
        line: shown.line(frame),
    }))
}

/// What a document names an enterprise as.
fn named(frame: &Frame, document: &Document, folded: &str) -> Option<String> {
    let is_named = |parties: &[documents::Party]| parties.iter().any(|party| fold_name(&party.name) == *folded);
    if is_named(&document.owners) {
        return Some(frame.t("corpus-fact-owners"));
    }
    if is_named(&document.applicants) {
        return Some(frame.t("corpus-fact-applicants"));
    }
    let event = document.events.iter().find(|event| fold_name(&event.party) == *folded)?;
    Some(frame.said(&event.text))
}

/// The application number of a Chinese document with its check character, as the register keys it.
fn number(document: &Document) -> Option<String> {
    let number = document.application_number.strip_prefix("CN")?;
    number.parse::<ApplicationNumber>().ok().map(|number| number.to_string())
}
