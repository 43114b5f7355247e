//! Answers of the EPO's Open Patent Services: bibliographic data, families with INPADOC legal events, full text, searches.

use super::{
    Doubts, docdb,
    st36::{self, date},
    tree::Element,
};
use crate::{
    document::{Document, LegalEvent},
    legal,
};

/// A publication as DOCDB has it.
pub(crate) fn exchange_document(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    docdb::read(root, doubts)
}

/// A member of a family, with its priorities and legal events.
pub(crate) fn family_member(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let mut document = Document { family: root.attribute("family-id").into_owned(), ..Document::default() };
    for part in root.children() {
        match part.name() {
            "publication-reference" => {
                let id = st36::ids(part, "docdb").ok_or("没有公开号")?;
                document.publications.push(id.publication()?);
            }
            "application-reference" => {
                if let Some(id) = st36::ids(part, "docdb") {
                    document.application_number = id.application(doubts);
                    document.filed_on = id.date;
                }
            }
            "priority-claim" => {
                let id = st36::ids(part, "docdb");
                document.priorities.extend(id.and_then(|id| id.priority(doubts)));
            }
            "legal" => document.events.push(event(part)),
            "exchange-document" => {
                let inner = docdb::read(part, doubts)?;
                document = document.merge(inner);
            }
            _ => {}
        }
    }
    document.office = document.publications.first().map(|one| one.number[..2].to_owned()).unwrap_or_default();
    Ok(document)
}

/// An INPADOC event: the numbered elements of `ops:legal`.
fn event(part: Element<'_, '_>) -> LegalEvent {
    let field = |name: &str| part.text_at(name);
    let office = field("L001EP");
    let detail = |number: &str| part.at("L500EP").map(|more| more.text_at(number)).unwrap_or_default();
    // A national event referred to by an international or regional document.
    let (office, code) = match detail("L502EP") {
        national if field("L008EP") == "REG" && !national.is_empty() => (detail("L501EP"), national),
        _ => (office, field("L008EP")),
    };
    let description = part.attribute("desc").trim().to_owned();
    let national = part
        .at("L500EP/L502EP")
        .map(|more| more.attribute("descData").trim().to_owned())
        .filter(|text| !text.is_empty());
    let text = match national {
        Some(national) => format!("{description} {national}"),
        None => description,
    };
    let is_national_of_other = part.text_at("L008EP") == "REG";
    let leads_to = if is_national_of_other { None } else { legal::effect(&office, &code) };
    LegalEvent {
        on: date(&detail("L525EP")).or_else(|| date(&field("L007EP"))),
        code,
        text,
        leads_to,
        party: detail("L509EP"),
    }
}

/// Claims or description of a publication.
pub(crate) fn full_text(root: Element<'_, '_>, _: &mut Doubts) -> Result<Document, String> {
    let mut document = Document::default();
    let reference = root.at("bibliographic-data/publication-reference").ok_or("没有公开号")?;
    let id = st36::ids(reference, "docdb").ok_or("没有公开号")?;
    document.publications.push(id.publication()?);
    document.office = id.country;
    for part in root.children() {
        match part.name() {
            "claims" => {
                let language = part.attribute("lang").to_ascii_lowercase();
                let claims = part.descendants("claim-text").filter_map(|claim| st36::text(claim, &language));
                document.claims.extend(claims);
            }
            "description" => document.descriptions.extend(st36::text(part, "")),
            "abstract" => document.abstracts.extend(st36::text(part, "")),
            _ => {}
        }
    }
    Ok(document)
}

/// A hit of a search: a number and a family, no more.
pub(crate) fn found(root: Element<'_, '_>, _: &mut Doubts) -> Result<Document, String> {
    let id = st36::ids(root, "docdb").ok_or("没有公开号")?;
    let publication = id.publication()?;
    Ok(Document {
        office: id.country,
        publications: vec![publication],
        family: root.attribute("family-id").into_owned(),
        ..Document::default()
    })
}
