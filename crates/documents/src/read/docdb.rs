//! EPO DOCDB: one `exch:exchange-document` a publication; OPS answers carry the same element.

use super::{
    Doubts,
    st36::{self, DocumentId, date},
    tree::Element,
};
use crate::{
    classification,
    document::{Classification, Document, Party, Scheme},
};

/// One publication with what DOCDB knows of it.
pub(crate) fn read(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let id = DocumentId {
        country: root.attribute("country").into_owned(),
        number: root.attribute("doc-number").into_owned(),
        kind: root.attribute("kind").into_owned(),
        date: date(&root.attribute("date-publ")),
    };
    let mut document = Document { family: root.attribute("family-id").into_owned(), ..Document::default() };
    let mut publication = id.publication()?;
    for part in root.children() {
        match part.name() {
            "bibliographic-data" => bibliographic(part, &mut document, doubts),
            "abstract" => document.abstracts.extend(st36::text(part, "")),
            _ => {}
        }
    }
    // OPS gives the date of publication in the reference only.
    let dated = root.at("bibliographic-data/publication-reference").and_then(|part| st36::ids(part, "docdb"));
    publication.published_on = publication.published_on.or(dated.and_then(|id| id.date));
    document.office = if id.country == "WO" { "WO".to_owned() } else { id.country };
    document.publications.push(publication);
    Ok(document)
}

/// Whether a reference is in DOCDB's own format, the one with country and kind apart.
fn is_docdb(element: Element<'_, '_>) -> bool {
    matches!(element.attribute("data-format").as_ref(), "docdb" | "")
}

fn bibliographic(data: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for part in data.children() {
        match part.name() {
            "classifications-ipcr" => {
                document.classifications.extend(part.all("classification-ipcr").filter_map(st36::ipcr));
            }
            "classification-ipc" => document.classifications.extend(old_symbols(part)),
            "patent-classifications" => {
                document.classifications.extend(part.all("patent-classification").filter_map(patent_classification));
            }
            "application-reference" if is_docdb(part) => {
                if let Some(id) = st36::ids(part, "docdb") {
                    document.application_number = id.application(doubts);
                    document.filed_on = id.date;
                }
            }
            "priority-claims" => priorities(part, document, doubts),
            "parties" => {
                document.applicants.extend(names(part.at("applicants"), "applicant", "applicant-name"));
                document.inventors.extend(names(part.at("inventors"), "inventor", "inventor-name"));
            }
            "invention-title" => document.titles.extend(st36::text(part, "")),
            "references-cited" => cited(part, document),
            _ => {}
        }
    }
}

fn old_symbols(part: Element<'_, '_>) -> Vec<Classification> {
    let edition = part.text_at("edition").trim_start_matches('0').to_owned();
    let symbols = part.children().filter(|symbol| symbol.name().ends_with("classification"));
    let texts = symbols.chain(part.all("text")).map(Element::verbatim);
    let symbols = texts.filter_map(|text| classification::symbol(Scheme::Ipc, &text));
    symbols.map(|symbol| Classification { edition: edition.clone(), ..symbol }).collect()
}

/// A CPC symbol, in one piece or in elements; other schemes are left out, for they repeat it.
pub(crate) fn patent_classification(element: Element<'_, '_>) -> Option<Classification> {
    let scheme = element.at("classification-scheme")?;
    if !scheme.attribute("scheme").starts_with("CPC") {
        return None;
    }
    let Some(symbol) = element.at("classification-symbol") else {
        return st36::parts(element, Scheme::Cpc);
    };
    let mut found = classification::symbol(Scheme::Cpc, &symbol.verbatim())?;
    found.edition = classification::version(&scheme.text_at("date"));
    found.is_inventive = element.text_at("classification-value") != "A";
    Some(found)
}

fn priorities(part: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for claim in part.all("priority-claim").filter(|claim| is_docdb(*claim)) {
        let id = st36::ids(claim, "docdb").or_else(|| st36::ids(claim, "epodoc"));
        document.priorities.extend(id.and_then(|id| id.priority(doubts)));
    }
}

/// The names, as the office printed them where given, with the shortened Latin ones beside Chinese characters.
fn names(list: Option<Element<'_, '_>>, each: &str, name_element: &str) -> Vec<Party> {
    let Some(list) = list else { return Vec::new() };
    let written = |formats: [&str; 2]| -> Vec<(String, Party)> {
        let chosen = list.all(each).filter(|one| formats.contains(&one.attribute("data-format").as_ref()));
        chosen
            .filter_map(|one| {
                let name = one.at(name_element)?.text_at("name");
                let name = name.trim_end_matches([',', ';', ' ']).to_owned();
                let country = st36::office(&one.text_at("residence/country"));
                let address = st36::join(one.at("address").into_iter().flat_map(Element::children).map(Element::text));
                let party = Party { name, other_name: String::new(), country, address };
                (!party.name.is_empty()).then(|| (one.attribute("sequence").into_owned(), party))
            })
            .collect()
    };
    let short = written(["docdb", "epodoc"]);
    let mut full = written(["docdba", "original"]);
    if full.len() < short.len() || full.is_empty() {
        return short.into_iter().map(|(_, party)| party).collect();
    }
    let mut seen = Vec::new();
    full.retain(|(_, party)| {
        let folded = party.name.to_uppercase();
        let is_new = !seen.contains(&folded);
        seen.push(folded);
        is_new
    });
    for (sequence, party) in &mut full {
        let Some((_, same)) = short.iter().find(|(other, _)| other == sequence) else { continue };
        if party.country.is_empty() {
            party.country.clone_from(&same.country);
        }
        if !party.name.is_ascii() && same.name.is_ascii() {
            party.other_name.clone_from(&same.name);
        }
    }
    full.into_iter().map(|(_, party)| party).collect()
}

fn cited(part: Element<'_, '_>, document: &mut Document) {
    for citation in part.all("citation") {
        let phase = phase(&citation.attribute("cited-phase"));
        let category = citation.text_at("category");
        if let Some(patent) = citation.at("patcit") {
            let number = st36::ids(patent, "docdb").map(|id| id.cited()).unwrap_or_default();
            document.citations.extend(st36::citation(number, String::new(), category, phase));
        } else if let Some(other) = citation.at("nplcit") {
            document.citations.extend(st36::citation(String::new(), other.text(), category, phase));
        }
    }
}

/// The phases of DOCDB in our words.
fn phase(code: &str) -> &'static str {
    match code {
        "SEA" | "ISR" | "SUP" | "PRS" | "ICH" | "FOP" => "search",
        "EXA" | "IPE" => "examination",
        "APP" => "applicant",
        "OPP" | "APL" => "opposition",
        _ => "",
    }
}
