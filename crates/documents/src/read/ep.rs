//! The EPO's full text: `ep-patent-document`, whose bibliographic elements are named by the INID codes of ST.9.

use super::{
    Doubts, doubt,
    st36::{self, DocumentId, date},
    tree::Element,
};
use crate::{
    classification,
    document::{Classification, Document, LegalEvent, Party, Priority, Scheme, Text},
    number,
};

/// One publication of the EPO.
pub(crate) fn read(root: Element<'_, '_>, doubts: &mut Doubts) -> Result<Document, String> {
    let language = root.attribute("lang").into_owned();
    let id = DocumentId {
        country: "EP".to_owned(),
        number: root.attribute("doc-number").into_owned(),
        kind: root.attribute("kind").into_owned(),
        date: date(&root.attribute("date-publ")),
    };
    let mut document = Document { office: "EP".to_owned(), ..Document::default() };
    document.publications.push(id.publication()?);
    for part in root.children() {
        match part.name() {
            "SDOBI" => part.children().for_each(|group| bibliographic(group, &mut document, doubts)),
            "abstract" => document.abstracts.extend(st36::text(part, &language)),
            "description" => document.descriptions.extend(st36::text(part, &language)),
            "claims" => {
                let language = part.attribute("lang").into_owned();
                document.claims.extend(part.all("claim").filter_map(|claim| st36::text(claim, &language)));
            }
            _ => {}
        }
    }
    // The language of the proceedings comes first.
    for texts in [&mut document.titles, &mut document.claims] {
        texts.sort_by_key(|text| text.language != language);
    }
    Ok(document)
}

fn bibliographic(group: Element<'_, '_>, document: &mut Document, doubts: &mut Doubts) {
    match group.name() {
        "B200" => {
            let id = DocumentId {
                country: "EP".to_owned(),
                number: group.text_at("B210"),
                date: date(&group.text_at("B220/date")),
                ..DocumentId::default()
            };
            document.application_number = id.application(doubts);
            document.filed_on = id.date;
        }
        "B300" => document.priorities.extend(priorities(group, doubts)),
        "B400" => lapses(group, document),
        "B500" => technical(group, document),
        "B600" => {
            let numbers = group.descendants("anum").chain(group.descendants("doc-number")).map(Element::text);
            let related = numbers.filter_map(|number| number::application("EP", &number, "", None).ok());
            document.related.extend(related);
        }
        "B700" => {
            document.applicants.extend(addressees(group, "B710"));
            document.inventors.extend(addressees(group, "B720"));
            document.owners.extend(addressees(group, "B730"));
            document.agents.extend(addressees(group, "B740"));
        }
        "B800" => {
            let number = group.text_at("B860/B861/dnum/anum");
            if !number.is_empty() {
                document.pct_number = number::application("", &number, "W", None).unwrap_or_else(|_| {
                    doubt(doubts, "国际申请号读不懂");
                    String::new()
                });
            }
        }
        _ => {}
    }
}

/// Numbers, dates and countries in one flat row.
fn priorities(group: Element<'_, '_>, doubts: &mut Doubts) -> Vec<Priority> {
    let mut ids: Vec<DocumentId> = Vec::new();
    for part in group.children() {
        match part.name() {
            "B310" => ids.push(DocumentId { number: part.text(), ..DocumentId::default() }),
            "B320" => {
                if let Some(id) = ids.last_mut() {
                    id.date = date(&part.text_at("date"));
                }
            }
            "B330" => {
                if let Some(id) = ids.last_mut() {
                    id.country = part.text_at("ctry");
                }
            }
            _ => {}
        }
    }
    ids.into_iter().filter_map(|id| id.priority(doubts)).collect()
}

/// The states in which the patent has lapsed, each with its day; it says nothing of the others.
fn lapses(group: Element<'_, '_>, document: &mut Document) {
    let Some(list) = group.at("B475") else { return };
    let mut day = None;
    for part in list.children() {
        match part.name() {
            "date" => day = date(&part.text()),
            "ctry" => document.events.push(LegalEvent {
                on: day.take(),
                code: "B475".to_owned(),
                text: format!("在缔约国 {} 失效", part.text()),
                leads_to: None,
                party: part.text(),
            }),
            _ => {}
        }
    }
}

fn technical(group: Element<'_, '_>, document: &mut Document) {
    for part in group.children() {
        match part.name() {
            "B510EP" => document.classifications.extend(part.all("classification-ipcr").filter_map(st36::ipcr)),
            "B510" => document.classifications.extend(old_symbols(part)),
            "B520EP" => {
                let texts = part.descendants("classification-cpc").filter_map(|symbol| symbol.at("text"));
                let symbols = texts.filter_map(|text| classification::symbol(Scheme::Cpc, &text.verbatim()));
                document.classifications.extend(symbols);
            }
            "B540" => titles(part, document),
            "B560" => cited(part, document),
            _ => {}
        }
    }
}

fn old_symbols(part: Element<'_, '_>) -> Vec<Classification> {
    let edition = part.text_at("B516").trim_start_matches('0').to_owned();
    let symbols = part.children().filter(|symbol| matches!(symbol.name(), "B511" | "B512" | "B513"));
    let symbols = symbols.filter_map(|symbol| classification::symbol(Scheme::Ipc, &symbol.verbatim()));
    symbols.map(|symbol| Classification { edition: edition.clone(), ..symbol }).collect()
}

fn titles(part: Element<'_, '_>, document: &mut Document) {
    let mut language = String::new();
    for child in part.children() {
        match child.name() {
            "B541" => language = child.text(),
            "B542" => {
                let text = Text { language: language.clone(), text: child.text() };
                if !text.text.is_empty() {
                    document.titles.push(text);
                }
            }
            _ => {}
        }
    }
}

fn cited(part: Element<'_, '_>, document: &mut Document) {
    for citation in part.children() {
        let text = citation.text();
        let found = match citation.name() {
            "B561" => st36::citation(cited_number(&text), String::new(), String::new(), "search"),
            "B562" => st36::citation(String::new(), text, String::new(), "search"),
            _ => None,
        };
        document.citations.extend(found);
    }
}

/// `EP-A1- 3 109 871`: the kind stands in the middle; what reads otherwise stays as written.
fn cited_number(text: &str) -> String {
    let parts: Vec<&str> = text.splitn(3, '-').map(str::trim).collect();
    let [office, kind, serial] = parts[..] else { return text.to_owned() };
    number::publication_of(office, serial, kind).map_or_else(|_| text.to_owned(), |id| id.to_string())
}

fn addressees(group: Element<'_, '_>, list: &str) -> Vec<Party> {
    let Some(list) = group.at(list) else { return Vec::new() };
    let parties = list.children().filter_map(|one| {
        let name = one.text_at("snm");
        let address = one.at("adr");
        let country = address.map(|address| address.text_at("ctry")).unwrap_or_default();
        let parts = address.into_iter().flat_map(Element::children).filter(|part| part.name() != "ctry");
        let address = st36::join(parts.map(Element::text));
        let party = Party { name, other_name: String::new(), country: st36::office(&country), address };
        (!party.name.is_empty()).then_some(party)
    });
    parties.collect()
}
