//! Whom a document concerns in the city: the same patent in the register, enterprises of the registry by their names, and
//! those that have patents of its kind.

use std::collections::BTreeMap;

use documents::Document;
use domain::subjects;
use navigation::{
    Subject,
    matching::{Neighbour, neighbours},
};
use terms::{ApplicationNumber, text::fold_name};

use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    pages::{
        cockpit::shown,
        enterprises,
        patents::{self, read::Patent},
        warnings::present,
    },
    pieces::Link,
};

/// How many enterprises are named that only work where the document belongs.
const NEAR: usize = 5;

/// What the registry has of a document.
pub(super) struct Local {
    /// The page of the same patent.
    pub(super) patent: Option<Link>,
    /// The enterprises, each with what ties it to the document.
    pub(super) enterprises: Vec<(Link, String)>,
    /// Others that have patents in its classes, each with the reason.
    pub(super) near: Vec<(Link, String)>,
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
    let mut near = Vec::new();
    for one in of_city(app, document).await? {
        let folded = fold_name(&one.name);
        let Some(enterprise) = all.iter().find(|enterprise| fold_name(&enterprise.name) == folded) else { continue };
        if found.contains_key(&enterprise.uscc) || near.len() == NEAR {
            continue;
        }
        let why = [("count", format::count(one.documents)), ("group", one.group)];
        let link = Link::new(enterprise.name.clone(), frame.at(&format!("/enterprises/{}", enterprise.uscc)));
        near.push((link, frame.tn("corpus-local-near-why", why)));
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
        near,
        line: shown.line(frame),
    }))
}

/// The applicants of the city that have patents in the classes of a document; none while the city is not known.
async fn of_city(app: &App, document: &Document) -> Result<Vec<Neighbour>, AppError> {
    let Some(city) = subjects::city(&app.installation, app.now()).await? else { return Ok(Vec::new()) };
    let Some(corpus) = present(app).await? else { return Ok(Vec::new()) };
    let (city, document) = (Subject::city(&city.name, &city.words), document.clone());
    let work = tokio::task::spawn_blocking(move || neighbours(&corpus, &city, &document));
    Ok(work.await.map_err(AppError::internal)??)
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
