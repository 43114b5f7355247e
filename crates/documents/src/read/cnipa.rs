//! CNIPA: the full-text publication `business:PatentDocumentAndRelated` and the bodies of electronic filings.

use std::path::Path;

use terms::ApplicationNumber;

use super::{
    Doubts,
    st36::{self, DocumentId, date},
    tree::Element,
};
use crate::{
    classification,
    document::{Classification, Document, Party, Scheme, Text},
    number,
};

/// One publication of one application, with claims and description.
pub(crate) fn full_text(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let mut document = Document { office: "CN".to_owned(), ..Document::default() };
    let id = DocumentId {
        country: root.attribute("country").into_owned(),
        number: root.attribute("docNumber").into_owned(),
        kind: root.attribute("kind").into_owned(),
        date: date(&root.attribute("datePublication")),
    };
    document.publications.push(id.publication()?);
    for part in root.children() {
        match part.name() {
            "BibliographicData" => bibliographic(part, &mut document, doubts),
            "Abstract" => document.abstracts.extend(st36::text(part, "zh")),
            "Claims" => document.claims.extend(part.all("Claim").filter_map(|claim| st36::text(claim, "zh"))),
            "Description" => document.descriptions.extend(st36::text(part, "zh")),
            _ => {}
        }
    }
    Ok(document)
}

fn bibliographic(data: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for part in data.children() {
        match part.name() {
            // The "standard" form has lost the type digit's place; the original is always beside it.
            "ApplicationReference" if part.attribute("dataFormat") == "original" => {
                if let Some(id) = part.at("DocumentID").map(DocumentId::of) {
                    document.application_number = id.application(doubts);
                    document.filed_on = id.date;
                }
            }
            "ClassificationIPCRDetails" => {
                let texts = part.all("ClassificationIPCR").filter_map(|symbol| symbol.at("Text"));
                document
                    .classifications
                    .extend(texts.filter_map(|text| classification::symbol(Scheme::Ipc, &text.text())));
            }
            "ClassificationIPC" => document.classifications.extend(old_symbols(part)),
            "ClassificationLocarno" | "ClassificationLocarnoDetails" => {
                let texts = part.descendants("Text").chain(part.descendants("MainClassification"));
                document.classifications.extend(texts.filter_map(|text| classification::locarno(&text.text())));
            }
            "InventionTitle" => document.titles.extend(st36::text(part, "zh")),
            "Abstract" => document.abstracts.extend(st36::text(part, "zh")),
            "ReferencesCited" => cited(part, document),
            "PriorityDetails" | "PriorityClaims" => {
                let ids = part.descendants("DocumentID").map(DocumentId::of);
                let priorities: Vec<_> = ids.filter_map(|id| id.priority(doubts)).collect();
                document.priorities.extend(priorities);
            }
            "RelatedDocuments" => related(part, document, doubts),
            "Parties" => parties(part, document),
            _ => {}
        }
    }
}

/// The form before the eighth edition, whose edition stands beside all symbols.
fn old_symbols(part: Element<'_, '_>) -> Vec<Classification> {
    let edition = part.text_at("EditionStatement");
    let original = part.children().filter(|symbol| symbol.attribute("dataFormat") == "original");
    let symbols = original.filter_map(|symbol| classification::symbol(Scheme::Ipc, &symbol.text()));
    symbols.map(|symbol| Classification { edition: edition.clone(), ..symbol }).collect()
}

fn cited(part: Element<'_, '_>, document: &mut Document) {
    for citation in part.all("Citation") {
        let phase = match citation.attribute("srepPhase").as_ref() {
            "SEA" => "search",
            "APP" => "applicant",
            "EXA" => "examination",
            _ => "",
        };
        let category = citation.text_at("Category");
        let reference = citation.descendants("PublicationReference");
        let id = reference.filter_map(|reference| reference.at("DocumentID")).map(DocumentId::of).next();
        let number = id.map(|id| id.cited()).unwrap_or_default();
        let literature = if number.is_empty() { citation.text() } else { String::new() };
        document.citations.extend(st36::citation(number, literature, category, phase));
    }
}

/// Earlier publications of the same application, and those it divided from.
fn related(part: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for relation in part.children() {
        let ids = relation.descendants("DocumentID").map(DocumentId::of);
        if relation.name() == "RelatedPublicationDoc" {
            document.publications.extend(ids.filter_map(|id| id.publication().ok()));
        } else {
            let numbers: Vec<String> = ids.map(|id| id.application(doubts)).filter(|n| !n.is_empty()).collect();
            document.related.extend(numbers);
        }
    }
}

fn parties(part: Element<'_, '_>, document: &mut Document) {
    for group in part.children() {
        let list = match group.name() {
            "ApplicantDetails" => &mut document.applicants,
            "InventorDetails" => &mut document.inventors,
            "AssigneeDetails" => &mut document.owners,
            "AgentDetails" => {
                let agencies = group.descendants("Agency");
                document.agents.extend(agencies.filter_map(addressee));
                continue;
            }
            _ => continue,
        };
        list.extend(group.children().filter_map(addressee));
    }
}

fn addressee(element: Element<'_, '_>) -> Option<Party> {
    let book = element.at("AddressBook").unwrap_or(element);
    let name = book.text_at("Name");
    let address = book.at("Address");
    let code = address.map(|address| address.text_at("WIPOST3Code")).unwrap_or_default();
    let written = address.map(|address| address.text_at("Text")).unwrap_or_default();
    let address = without_postcode(&written).to_owned();
    (!name.is_empty()).then(|| Party { name, other_name: String::new(), country: st36::office(&code), address })
}

/// The address without the six digits before it.
pub(crate) fn without_postcode(address: &str) -> &str {
    let digits = address.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 6 { address[6..].trim_start() } else { address }
}

/// A part of an electronic filing: claims, description, abstract or drawings. It carries no number of its own.
pub(crate) fn application_body(root: Element<'_, '_>, _: &mut Doubts) -> Result<Document, String> {
    let mut document = Document { office: "CN".to_owned(), ..Document::default() };
    for part in root.children() {
        match part.name() {
            "cn-claims" | "claims" => {
                document.claims.extend(part.all("claim").filter_map(|claim| st36::text(claim, "zh")));
            }
            "description" | "cn-description" => {
                let title = part.text_at("invention-title");
                if !title.is_empty() {
                    document.titles.push(Text { language: "zh".to_owned(), text: title });
                }
                document.descriptions.extend(st36::text(part, "zh"));
            }
            "cn-abstract" | "abstract" => document.abstracts.extend(st36::text(part, "zh")),
            _ => {}
        }
    }
    Ok(document)
}

/// The application number by which the folder or file of a filing is named; only with its check character.
pub(crate) fn number_in_path(path: &Path) -> Option<String> {
    let names = path.components().rev().take(3).map(|part| part.as_os_str().to_string_lossy().into_owned());
    names.into_iter().find_map(|name| {
        let mut words = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
        words.find_map(|word| {
            let number: ApplicationNumber = word.trim_end_matches(".xml").parse().ok()?;
            let is_whole = number.check_was_given() && number.digits().len() == 12;
            is_whole.then(|| number::application("CN", &number.to_string(), "", None).ok())?
        })
    })
}
