//! The older American formats: grants of 2001 to 2004 in ST.32 (`PATDOC`) and applications of 2001 to 2004
//! (`patent-application-publication`).

use super::{
    Doubts,
    st36::{self, DocumentId, date},
    tree::Element,
};
use crate::{
    classification,
    document::{Classification, Document, Party, Priority, Scheme, Text},
    number,
};

/// One grant, its elements named by INID codes as the EPO's are, in capitals.
pub(crate) fn grant(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let mut document = Document { office: "US".to_owned(), ..Document::default() };
    let data = root.at("SDOBI").ok_or("缺少著录项目 <SDOBI>")?;
    let id = DocumentId {
        country: "US".to_owned(),
        number: data.text_at("B100/B110"),
        kind: data.text_at("B100/B130"),
        date: date(&data.text_at("B100/B140")),
    };
    document.publications.push(id.publication()?);
    let filed = DocumentId {
        country: "US".to_owned(),
        number: data.text_at("B200/B210"),
        date: date(&data.text_at("B200/B220")),
        ..DocumentId::default()
    };
    document.application_number = filed.application(doubts);
    document.filed_on = filed.date;
    for group in data.children() {
        match group.name() {
            "B300" => document.priorities.extend(priorities(group, doubts)),
            "B500" => technical(group, &mut document),
            "B600" => parents(group, &mut document, doubts),
            "B700" => people(group, &mut document),
            "B800" => {
                let number = group.text_at("B860/B861/DOC/DNUM");
                document.pct_number = number::application("", &number, "W", None).unwrap_or_default();
            }
            _ => {}
        }
    }
    document.abstracts.extend(root.at("SDOAB").and_then(|part| st36::text(part, "en")));
    document.descriptions.extend(root.at("SDODE").and_then(|part| st36::text(part, "en")));
    let claims = root.at("SDOCL").into_iter().flat_map(|part| part.descendants("CLM"));
    document.claims.extend(claims.filter_map(|claim| st36::text(claim, "en")));
    Ok(document)
}

fn priorities(group: Element<'_, '_>, doubts: &mut Doubts) -> Vec<Priority> {
    let mut ids: Vec<DocumentId> = Vec::new();
    for part in group.children() {
        match part.name() {
            "B310" => ids.push(DocumentId { number: part.text(), ..DocumentId::default() }),
            "B320" => ids.iter_mut().last().into_iter().for_each(|id| id.date = date(&part.text())),
            "B330" => ids.iter_mut().last().into_iter().for_each(|id| id.country = part.text()),
            _ => {}
        }
    }
    ids.into_iter().filter_map(|id| id.priority(doubts)).collect()
}

fn technical(group: Element<'_, '_>, document: &mut Document) {
    for part in group.children() {
        match part.name() {
            "B510" => {
                let edition = part.text_at("B516");
                let symbols = part.children().filter(|symbol| matches!(symbol.name(), "B511" | "B512"));
                let symbols = symbols.filter_map(|symbol| classification::symbol(Scheme::Ipc, &symbol.verbatim()));
                let dated = symbols.map(|symbol| Classification { edition: edition.clone(), ..symbol });
                document.classifications.extend(dated);
                document
                    .classifications
                    .extend(part.all("B511US").filter_map(|at| classification::locarno(&at.text())));
            }
            "B520" => {
                let symbols = part.children().filter(|symbol| matches!(symbol.name(), "B521" | "B522"));
                let symbols = symbols.filter_map(|symbol| classification::united_states(&symbol.verbatim()));
                document.classifications.extend(symbols);
            }
            "B540" => document.titles.extend(st36::text(part, "en")),
            "B560" => part.children().for_each(|citation| cited(citation, document)),
            _ => {}
        }
    }
}

fn cited(citation: Element<'_, '_>, document: &mut Document) {
    let phase = if citation.at("CITED-BY-EXAMINER").is_some() {
        "examination"
    } else if citation.at("CITED-BY-OTHER").is_some() {
        "applicant"
    } else {
        ""
    };
    let found = match citation.at("PCIT/DOC") {
        Some(patent) => {
            let country = patent.text_at("CTRY");
            let id = DocumentId {
                country: if country.is_empty() { "US".to_owned() } else { country },
                number: patent.text_at("DNUM"),
                kind: patent.text_at("KIND"),
                date: None,
            };
            st36::citation(id.cited(), String::new(), String::new(), phase)
        }
        None => {
            let text = citation.text_at("NCIT");
            st36::citation(String::new(), text.trim().to_owned(), String::new(), phase)
        }
    };
    document.citations.extend(found);
}

fn parents(group: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for parent in group.descendants("PDOC").filter_map(|parent| parent.at("DOC")) {
        let id = DocumentId { country: "US".to_owned(), number: parent.text_at("DNUM"), ..DocumentId::default() };
        document.related.extend(Some(id.application(doubts)).filter(|number| !number.is_empty()));
    }
}

fn people(group: Element<'_, '_>, document: &mut Document) {
    for list in group.children() {
        let named = list.children().filter_map(|one| party(one.at("PARTY-US")?));
        match list.name() {
            "B720" => document.inventors.extend(named),
            "B730" => document.owners.extend(named),
            "B740" => document.agents.extend(named),
            _ => {}
        }
    }
}

fn party(element: Element<'_, '_>) -> Option<Party> {
    let organisation = element.text_at("NAM/ONM");
    let (given, family) = (element.text_at("NAM/FNM"), element.text_at("NAM/SNM"));
    let name = match (organisation.is_empty(), given.is_empty()) {
        (false, _) => organisation,
        (true, true) => family,
        (true, false) => format!("{family}, {given}"),
    };
    let address = element.at("ADR");
    let country = address.map(|address| address.text_at("CTRY")).unwrap_or_default();
    let parts = address.into_iter().flat_map(Element::children);
    let address = st36::join(parts.filter(|part| !matches!(part.name(), "CTRY" | "PCODE")).map(Element::text));
    (!name.is_empty()).then(|| Party { name, other_name: String::new(), country: st36::office(&country), address })
}

/// One published application.
pub(crate) fn application(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let mut document = Document { office: "US".to_owned(), ..Document::default() };
    let data = root.at("subdoc-bibliographic-information").ok_or("缺少著录项目")?;
    let id = DocumentId {
        country: "US".to_owned(),
        number: data.text_at("document-id/doc-number"),
        kind: data.text_at("document-id/kind-code"),
        date: date(&data.text_at("document-id/document-date")),
    };
    document.publications.push(id.publication()?);
    let filed = DocumentId {
        country: "US".to_owned(),
        number: data.text_at("domestic-filing-data/application-number/doc-number"),
        date: date(&data.text_at("domestic-filing-data/filing-date")),
        ..DocumentId::default()
    };
    document.application_number = filed.application(doubts);
    document.filed_on = filed.date;
    for part in data.children() {
        match part.name() {
            "technical-information" => technical_information(part, &mut document),
            "inventors" => document.inventors.extend(part.children().filter_map(named)),
            "assignee" | "assignees" => document.owners.extend(named(part)),
            "foreign-priority-data" => {
                let id = DocumentId {
                    country: part.text_at("country-code"),
                    number: part.text_at("priority-application-number/doc-number"),
                    date: date(&part.text_at("filing-date")),
                    ..DocumentId::default()
                };
                document.priorities.extend(id.priority(doubts));
            }
            "continuity-data" => continuity(part, &mut document, doubts),
            _ => {}
        }
    }
    document.abstracts.extend(root.at("subdoc-abstract").and_then(|part| st36::text(part, "en")));
    document.descriptions.extend(root.at("subdoc-description").and_then(|part| st36::text(part, "en")));
    let claims = root.at("subdoc-claims").into_iter().flat_map(|part| part.all("claim"));
    document.claims.extend(claims.filter_map(|claim| st36::text(claim, "en")));
    Ok(document)
}

fn technical_information(part: Element<'_, '_>, document: &mut Document) {
    let edition = part.text_at("classification-ipc/classification-ipc-edition").trim_start_matches('0').to_owned();
    let symbols = part.descendants("ipc").filter_map(|ipc| classification::symbol(Scheme::Ipc, &ipc.verbatim()));
    document.classifications.extend(symbols.map(|symbol| Classification { edition: edition.clone(), ..symbol }));
    for national in part.descendants("uspc") {
        let (class, subclass) = (national.text_at("class"), national.text_at("subclass"));
        document.classifications.extend(classification::united_states(&format!("{class}/{subclass}")));
    }
    let text = part.text_at("title-of-invention");
    if !text.is_empty() {
        document.titles.push(Text { language: "en".to_owned(), text });
    }
}

fn named(element: Element<'_, '_>) -> Option<Party> {
    let organisation = element.text_at("organization-name");
    let given = [element.text_at("name/given-name"), element.text_at("name/middle-name")].join(" ");
    let family = element.text_at("name/family-name");
    let name = match (organisation.is_empty(), given.trim().is_empty()) {
        (false, _) => organisation,
        (true, true) => family,
        (true, false) => format!("{family}, {}", given.trim()),
    };
    let country = element.descendants("country-code").next().map(Element::text).unwrap_or_default();
    let address = element.at("address").into_iter().flat_map(Element::children);
    let is_place = |part: &Element<'_, '_>| matches!(part.name(), "address-1" | "address-2" | "city" | "state");
    let address = st36::join(address.filter(is_place).map(Element::text));
    (!name.is_empty()).then(|| Party { name, other_name: String::new(), country: st36::office(&country), address })
}

fn continuity(part: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    for relation in part.children() {
        let ids = relation.descendants("document-id").map(|id| DocumentId {
            country: "US".to_owned(),
            number: id.text_at("doc-number"),
            kind: String::new(),
            date: date(&id.text_at("document-date")),
        });
        if relation.name() == "non-provisional-of-provisional" {
            let priorities: Vec<Priority> = ids.filter_map(|id| id.priority(doubts)).collect();
            document.priorities.extend(priorities);
            continue;
        }
        let parents = relation.descendants("parent").chain(relation.descendants("parent-application"));
        let parents = parents.filter_map(|parent| {
            let number = parent.descendants("doc-number").next()?.text();
            number::application("US", &number, "", None).ok()
        });
        document.related.extend(parents);
    }
}
