//! The red book of the United States: `us-patent-grant` and `us-patent-application`, versions 4.0 to 4.7.

use super::{
    Doubts,
    st36::{self, DocumentId},
    tree::Element,
};
use crate::{
    classification,
    document::{Citation, Classification, Document, Party, Scheme},
};

/// One grant or one published application.
pub(crate) fn read(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let mut document = Document { office: "US".to_owned(), ..Document::default() };
    for part in root.children() {
        match part.name() {
            "us-bibliographic-data-grant" | "us-bibliographic-data-application" => {
                bibliographic(part, &mut document, doubts)?;
            }
            "abstract" => document.abstracts.extend(st36::text(part, "en")),
            "description" => document.descriptions.extend(st36::text(part, "en")),
            "claims" => document.claims.extend(part.all("claim").filter_map(|claim| st36::text(claim, "en"))),
            _ => {}
        }
    }
    Ok(document)
}

fn bibliographic(data: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) -> Result<(), String> {
    for part in data.children() {
        match part.name() {
            "publication-reference" => {
                let id = part.at("document-id").map(DocumentId::of).unwrap_or_default();
                document.publications.push(id.publication()?);
            }
            "application-reference" => {
                let mut id = part.at("document-id").map(DocumentId::of).unwrap_or_default();
                id.country = "US".to_owned();
                document.application_number = id.application(doubts);
                document.filed_on = id.date;
            }
            "priority-claims" => {
                let ids = part.all("priority-claim").map(DocumentId::of);
                let priorities: Vec<_> = ids.filter_map(|id| id.priority(doubts)).collect();
                document.priorities.extend(priorities);
            }
            "classifications-ipcr" => {
                document.classifications.extend(part.all("classification-ipcr").filter_map(st36::ipcr));
            }
            "classification-ipc" => document.classifications.extend(old_symbols(part)),
            "classifications-cpc" => {
                let symbols = part.descendants("classification-cpc");
                document.classifications.extend(symbols.filter_map(|symbol| st36::parts(symbol, Scheme::Cpc)));
            }
            "classification-locarno" => document.classifications.extend(locarno(part)),
            "classification-national" => {
                let symbols = part.children().filter(|symbol| symbol.name().ends_with("-classification"));
                let symbols = symbols.filter_map(|symbol| classification::united_states(&symbol.verbatim()));
                document.classifications.extend(symbols);
            }
            "invention-title" => document.titles.extend(st36::text(part, "en")),
            "references-cited" | "us-references-cited" => {
                document.citations.extend(part.children().filter_map(citation));
            }
            "us-related-documents" => related(part, document, doubts),
            "parties" | "us-parties" => parties(part, document),
            "assignees" => document.owners.extend(part.children().filter_map(st36::addressee)),
            "pct-or-regional-filing-data" => {
                if let Some(id) = part.at("document-id").map(DocumentId::of) {
                    document.pct_number = id.application(doubts);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn old_symbols(part: Element<'_, '_>) -> Vec<Classification> {
    let edition = part.text_at("edition").trim_start_matches('0').to_owned();
    let symbols = part.children().filter(|symbol| symbol.name().ends_with("-classification"));
    let symbols = symbols.filter_map(|symbol| classification::symbol(Scheme::Ipc, &symbol.verbatim()));
    symbols.map(|symbol| Classification { edition: edition.clone(), ..symbol }).collect()
}

/// `2602` with the edition beside it is class 26-02.
fn locarno(part: Element<'_, '_>) -> Option<Classification> {
    let symbol = part.text_at("main-classification");
    let symbol = if symbol.len() == 4 { format!("{}-{}", &symbol[..2], &symbol[2..]) } else { symbol };
    let edition = part.text_at("edition");
    classification::locarno(&symbol).map(|found| Classification { edition, ..found })
}

fn citation(element: Element<'_, '_>) -> Option<Citation> {
    let phase = match element.text_at("category").as_str() {
        "cited by applicant" => "applicant",
        "cited by examiner" => "examination",
        _ => "",
    };
    if let Some(id) = element.at("patcit/document-id").map(DocumentId::of) {
        return st36::citation(id.cited(), String::new(), String::new(), phase);
    }
    st36::citation(String::new(), element.text_at("nplcit/othercit"), String::new(), phase)
}

/// A provisional is a priority; continuations and divisions are related applications of the same office.
fn related(part: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for relation in part.children() {
        match relation.name() {
            "us-provisional-application" => {
                let id = relation.at("document-id").map(DocumentId::of);
                document.priorities.extend(id.and_then(|id| id.priority(doubts)));
            }
            "related-publication" => {}
            _ => {
                let ids = relation.descendants("parent-doc").filter_map(|parent| parent.at("document-id"));
                let numbers: Vec<String> = ids.map(|id| DocumentId::of(id).application(doubts)).collect();
                document.related.extend(numbers.into_iter().filter(|number| !number.is_empty()));
            }
        }
    }
}

/// Before 2013 the inventors are the applicants, marked so.
fn parties(part: Element<'_, '_>, document: &mut Document) {
    for group in part.children() {
        match group.name() {
            "us-applicants" | "applicants" => {
                for one in group.children() {
                    let party = st36::addressee(one);
                    if one.attribute("app-type") == "applicant-inventor" {
                        document.inventors.extend(party.clone());
                    }
                    document.applicants.extend(party);
                }
            }
            "inventors" => {
                let named: Vec<Party> = group.children().filter_map(st36::addressee).collect();
                if !named.is_empty() {
                    document.inventors = named;
                }
            }
            "agents" => document.agents.extend(group.children().filter_map(st36::addressee)),
            _ => {}
        }
    }
}
