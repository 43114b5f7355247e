//! What the XML formats that descend from WIPO ST.36 have in common: document ids, names, classifications, dates.

use jiff::civil::Date;

use super::{Doubts, doubt, tree::Element};
use crate::{
    classification,
    document::{Citation, Classification, Party, Priority, Publication, Scheme, Text},
    number::{self, PublicationId},
};

/// `20190802`; a day or month of `00`, as citations have it, is no date.
pub(crate) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() == 10 {
        return text.parse().ok();
    }
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// A `document-id`: country, number, kind and date.
#[derive(Debug, Default, Clone)]
pub(crate) struct DocumentId {
    pub(crate) country: String,
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) date: Option<Date>,
}

impl DocumentId {
    pub(crate) fn of(element: Element<'_, '_>) -> DocumentId {
        let mut id = DocumentId::default();
        for child in element.children() {
            match child.name() {
                "country" | "WIPOST3Code" => id.country = child.text(),
                "doc-number" | "DocNumber" => id.number = child.text(),
                "kind" | "Kind" => id.kind = child.text(),
                "date" | "Date" => id.date = date(&child.text()),
                _ => {}
            }
        }
        id
    }

    pub(crate) fn publication(&self) -> Result<Publication, String> {
        let id = number::publication_of(&self.country, &self.number, &self.kind).map_err(|error| error.to_string())?;
        Ok(publication(id, self.date))
    }

    /// The canonical application number; a number that cannot be read is a doubt, and empty.
    pub(crate) fn application(&self, doubts: &mut Doubts) -> String {
        if self.number.is_empty() {
            return String::new();
        }
        number::application(&self.country, &self.number, &self.kind, self.date).unwrap_or_else(|error| {
            doubt(doubts, &format!("申请号读不懂：{}", without_value(&error.to_string())));
            String::new()
        })
    }

    pub(crate) fn priority(&self, doubts: &mut Doubts) -> Option<Priority> {
        let number = self.application(doubts);
        let office = if number.starts_with("PCT/") { "WO".to_owned() } else { number.get(..2)?.to_owned() };
        (!number.is_empty()).then_some(Priority { office, number, filed_on: self.date })
    }

    /// The number of a cited document; where it cannot be normalised, as written.
    pub(crate) fn cited(&self) -> String {
        match number::publication_of(&self.country, &self.number, &self.kind) {
            Ok(id) => id.to_string(),
            Err(_) => format!("{}{}{}", self.country, self.number, self.kind),
        }
    }
}

/// A message without the value it quotes, so that equal doubts are counted together.
pub(crate) fn without_value(message: &str) -> String {
    match (message.find('“'), message.rfind('”')) {
        (Some(from), Some(to)) if from < to => format!("{}…{}", &message[..from], &message[to + '”'.len_utf8()..]),
        _ => message.to_owned(),
    }
}

pub(crate) fn publication(id: PublicationId, published_on: Option<Date>) -> Publication {
    let is_grant = id.is_grant();
    Publication { number: id.to_string(), kind_code: id.kind_code, published_on, is_grant }
}

/// The ids inside an element, such as `publication-reference`; the one of a wanted format first.
pub(crate) fn ids(element: Element<'_, '_>, wanted: &str) -> Option<DocumentId> {
    let mut first = None;
    for id in element.all("document-id") {
        if id.attribute("document-id-type") == wanted {
            return Some(DocumentId::of(id));
        }
        first = first.or(Some(id));
    }
    first.map(DocumentId::of)
}

/// `A61K   8/04        20060101ALI20221215BHEP`, or the same in elements.
pub(crate) fn ipcr(element: Element<'_, '_>) -> Option<Classification> {
    if let Some(text) = element.at("text") {
        return classification::symbol(Scheme::Ipc, &text.verbatim());
    }
    parts(element, Scheme::Ipc)
}

/// A symbol in elements: section, class, subclass, main group, subgroup.
pub(crate) fn parts(element: Element<'_, '_>, scheme: Scheme) -> Option<Classification> {
    let mut text = String::with_capacity(16);
    let mut edition = String::new();
    let mut is_inventive = true;
    for child in element.children() {
        match child.name() {
            "section" | "class" | "subclass" | "main-group" => text.push_str(&child.text()),
            "subgroup" => {
                text.push('/');
                text.push_str(&child.text());
            }
            "ipc-version-indicator" | "cpc-version-indicator" => {
                edition = classification::version(&child.text_at("date"));
            }
            "classification-value" => is_inventive = !matches!(child.text().as_str(), "A" | "N"),
            _ => {}
        }
    }
    let mut found = classification::symbol(scheme, text.trim_end_matches('/'))?;
    found.edition = edition;
    found.is_inventive = is_inventive && (scheme == Scheme::Cpc || found.is_inventive);
    Some(found)
}

/// A person or body in an `addressbook`.
pub(crate) fn addressee(element: Element<'_, '_>) -> Option<Party> {
    let book = element.at("addressbook").unwrap_or(element);
    let organisation = book.text_at("orgname");
    let name = if organisation.is_empty() { person(book) } else { organisation };
    if name.is_empty() {
        return None;
    }
    let mut country = book.text_at("address/country");
    if country.is_empty() || country == "unknown" {
        country = element.text_at("residence/country");
    }
    let address = book.at("address").map(|address| {
        let parts = address.children().filter(|part| part.name() != "country" && part.name() != "postcode");
        join(parts.map(Element::text))
    });
    Some(Party { name, other_name: String::new(), country: office(&country), address: address.unwrap_or_default() })
}

/// `Nissim, Nitzan`: the family name first.
fn person(book: Element<'_, '_>) -> String {
    let (last, first) = (book.text_at("last-name"), book.text_at("first-name"));
    let last = if last.is_empty() { book.text_at("name") } else { last };
    if first.is_empty() { last } else { format!("{last}, {first}") }
}

pub(crate) fn join(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// A code of WIPO ST.3, or nothing.
pub(crate) fn office(code: &str) -> String {
    let code = code.trim();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { code.to_owned() } else { String::new() }
}

/// A text with the language an attribute gives, by ISO 639-1.
pub(crate) fn text(element: Element<'_, '_>, fallback: &str) -> Option<Text> {
    let language = element.attribute("lang").to_ascii_lowercase();
    let language = if language.len() == 2 { language } else { fallback.to_owned() };
    let text = element.text();
    (!text.is_empty()).then_some(Text { language, text })
}

/// A citation with its category and phase.
pub(crate) fn citation(number: String, literature: String, category: String, phase: &str) -> Option<Citation> {
    let has_any = !number.is_empty() || !literature.is_empty();
    has_any.then(|| Citation { number, literature, category, phase: phase.to_owned() })
}
