//! What the columns of tables mean: headings of the known exports, and how a cell goes into a document.

use jiff::civil::Date;
use terms::{PatentKind, dates};

use super::{Doubts, cnipa::without_postcode, doubt, st36, tables::Table};
use crate::{
    classification,
    document::{Document, Party, Priority, Scheme, Text},
    legal,
    number::{self, PublicationId},
};

/// The field of a document that a column fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Application,
    /// The application number a second time, for rows that lack the first.
    SpareApplication,
    Publication,
    /// A second number with the day of grant, where grant and publication stand side by side.
    Grant,
    Office,
    KindCode,
    Kind,
    FiledOn,
    PublishedOn,
    /// The year of publication with four digits, beside days with two.
    Year,
    GrantedOn,
    Title,
    EnglishTitle,
    Abstract,
    EnglishAbstract,
    Claim,
    Applicants,
    Owners,
    Inventors,
    Agency,
    Address,
    Country,
    Ipc,
    MainIpc,
    Cpc,
    Uspc,
    Locarno,
    Priorities,
    International,
    Divided,
    State,
    Cited,
    /// A web address that holds the publication number a second time.
    Link,
    /// Title, keywords and abstract in one cell.
    Mixed,
}

/// The headings of Chinese exports, folded; the same words mean the same in all of them.
const CHINESE: &[(&str, Field)] = &[
    ("申请号", Field::Application),
    ("专利申请号", Field::Application),
    ("公开公告号", Field::Publication),
    ("公开号", Field::Publication),
    ("公告号", Field::Publication),
    ("授权公告号", Field::Grant),
    ("公开国别", Field::Office),
    ("文献种类代码", Field::KindCode),
    ("专利类型", Field::Kind),
    ("申请日", Field::FiledOn),
    ("申请日期", Field::FiledOn),
    ("公开公告日", Field::PublishedOn),
    ("公开日", Field::PublishedOn),
    ("授权日", Field::GrantedOn),
    ("授权公告日", Field::GrantedOn),
    ("名称", Field::Title),
    ("专利名称", Field::Title),
    ("发明名称", Field::Title),
    ("标题", Field::Title),
    ("标题中文", Field::Title),
    ("标题译简体中文", Field::Title),
    ("标题英文", Field::EnglishTitle),
    ("标题译english", Field::EnglishTitle),
    ("摘要", Field::Abstract),
    ("摘要中文", Field::Abstract),
    ("摘要译简体中文", Field::Abstract),
    ("摘要英文", Field::EnglishAbstract),
    ("摘要译english", Field::EnglishAbstract),
    ("信息描述", Field::Abstract),
    ("主权项", Field::Claim),
    ("首项权利要求", Field::Claim),
    ("权利要求", Field::Claim),
    ("独立权利要求", Field::Claim),
    ("申请人", Field::Applicants),
    ("申请专利权人", Field::Applicants),
    ("原始申请专利权人", Field::Applicants),
    ("标原始申请专利权人", Field::Applicants),
    ("专利权人", Field::Owners),
    ("当前权利人", Field::Owners),
    ("当前专利权人", Field::Owners),
    ("当前申请专利权人", Field::Owners),
    ("标当前申请专利权人", Field::Owners),
    ("发明人", Field::Inventors),
    ("发明设计人", Field::Inventors),
    ("设计人", Field::Inventors),
    ("代理机构", Field::Agency),
    ("专利代理机构", Field::Agency),
    ("地址", Field::Address),
    ("申请人地址", Field::Address),
    ("申请人国别代码", Field::Country),
    ("ipc", Field::Ipc),
    ("分类号", Field::Ipc),
    ("ipc分类号", Field::Ipc),
    ("ipc主分类", Field::MainIpc),
    ("ipc主分类号", Field::MainIpc),
    ("主分类号", Field::MainIpc),
    ("cpc", Field::Cpc),
    ("cpc分类号", Field::Cpc),
    ("upc分类号", Field::Uspc),
    ("loc分类号", Field::Locarno),
    ("洛迦诺分类号", Field::Locarno),
    ("外观设计洛迦诺分类号", Field::Locarno),
    ("优先权", Field::Priorities),
    ("优先权信息", Field::Priorities),
    ("国际申请", Field::International),
    ("国际申请号", Field::International),
    ("分案原申请号", Field::Divided),
    ("法律状态", Field::State),
    ("法律状态/事件", Field::State),
    ("当前法律状态", Field::State),
    ("专利有效性", Field::State),
    ("引证专利", Field::Cited),
    ("引用专利", Field::Cited),
];

/// The field of a heading in a table of this kind.
pub(crate) fn field(table: &Table, folded: &str) -> Option<Field> {
    let own = table.columns.iter().find(|(heading, _)| *heading == folded).map(|(_, field)| *field);
    own.or_else(|| {
        let known = table.is_chinese.then(|| CHINESE.iter().find(|(heading, _)| *heading == folded));
        known.flatten().map(|(_, field)| *field)
    })
}

/// A cell's text without blanks and without the words that a system writes for nothing.
pub(crate) fn value<'a>(table: &Table, heading: &str, text: &'a str) -> &'a str {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let is_nothing = table.nothing.contains(&text) || text == heading;
    if is_nothing { "" } else { text }
}

/// The values of one row, gathered by field; the first column of a field that holds something counts.
#[derive(Debug, Default)]
pub(crate) struct Values<'a> {
    pairs: Vec<(Field, &'a str)>,
}

impl<'a> Values<'a> {
    pub(crate) fn put(&mut self, field: Field, text: &'a str) {
        if !text.is_empty() {
            self.pairs.push((field, text));
        }
    }

    pub(crate) fn get(&self, field: Field) -> &'a str {
        self.pairs.iter().find(|(known, _)| *known == field).map_or("", |(_, text)| text)
    }

    pub(crate) fn set(&mut self, field: Field, text: &'a str) {
        self.pairs.retain(|(known, _)| *known != field);
        self.put(field, text);
    }

    /// Exchanges two fields, for a file whose headings stand over each other's columns.
    pub(crate) fn swap(&mut self, one: Field, other: Field) {
        for (field, _) in &mut self.pairs {
            if *field == one {
                *field = other;
            } else if *field == other {
                *field = one;
            }
        }
    }
}

/// Builds the document of one row.
pub(crate) fn document(table: &Table, values: &Values<'_>, doubts: &mut Doubts) -> Result<Document, String> {
    let mut document = Document::default();
    let filed_on = day(table, values, Field::FiledOn, doubts);
    document.filed_on = filed_on;
    numbers(table, values, &mut document, doubts)?;
    texts(table, values, &mut document);
    people(table, values, &mut document);
    classes(table, values, &mut document);
    document.priorities = (table.priorities)(values.get(Field::Priorities));
    let international = values.get(Field::International);
    let first = international.split_whitespace().find(|word| word.starts_with("PCT"));
    document.pct_number = first.and_then(|word| number::application("", word, "", None).ok()).unwrap_or_default();
    for part in list(table, values.get(Field::Divided)) {
        document.related.extend(number::application("CN", part, "", None).ok());
    }
    for part in list(table, values.get(Field::Cited)) {
        let cited = number::publication(part).map_or_else(|_| part.to_owned(), |id| id.to_string());
        document.citations.extend(st36::citation(cited, String::new(), String::new(), ""));
    }
    let kind = values.get(Field::Kind);
    document.kind = kind.parse().ok().or_else(|| kind_of(kind));
    let is_granted = document.publications.iter().any(|one| one.is_grant == Some(true));
    document.state = legal::stated(values.get(Field::State), is_granted);
    Ok(document)
}

/// 发明申请, 授权发明 and the like.
fn kind_of(words: &str) -> Option<PatentKind> {
    PatentKind::ALL.into_iter().find(|kind| words.contains(kind.zh()))
}

/// Application and publication; a number that cannot be believed is left out and counted, unless it was all there was.
fn numbers(table: &Table, values: &Values<'_>, document: &mut Document, doubts: &mut Doubts) -> Result<(), String> {
    let mut reasons = Vec::new();
    let written = values.get(Field::Publication);
    let published_on = day(table, values, Field::PublishedOn, doubts);
    if !written.is_empty() {
        let office = values.get(Field::Office);
        match publication(table, written, values.get(Field::KindCode), office) {
            Ok(id) => {
                let id = proven(id, values.get(Field::Link), doubts);
                document.publications.push(st36::publication(id, published_on));
            }
            Err(error) => reasons.push(("公开（公告）号", error.to_string())),
        }
    }
    let granted_on = day(table, values, Field::GrantedOn, doubts);
    let grant = values.get(Field::Grant);
    if !grant.is_empty() {
        match number::publication(grant) {
            Ok(id) => document.publications.push(st36::publication(id, granted_on)),
            Err(error) => reasons.push(("授权公告号", error.to_string())),
        }
    } else if let (Some(day), [only]) = (granted_on, document.publications.as_mut_slice())
        && only.published_on.is_none()
        && only.is_grant == Some(true)
    {
        only.published_on = Some(day);
    }
    let written = match values.get(Field::Application) {
        "" | "CN" => values.get(Field::SpareApplication),
        written => written,
    };
    if !written.is_empty() {
        let office = document.publications.first().map_or(table.office, |one| one.number.get(..2).unwrap_or_default());
        match (table.application)(office, written, document.filed_on) {
            Ok(number) => document.application_number = number,
            Err(error) => reasons.push(("申请号", error.to_string())),
        }
    }
    if document.publications.is_empty() && document.application_number.is_empty() {
        let reasons: Vec<String> = reasons.into_iter().map(|(field, reason)| format!("{field}：{reason}")).collect();
        return Err(if reasons.is_empty() {
            "没有申请号，也没有公开（公告）号".to_owned()
        } else {
            reasons.join("；")
        });
    }
    for (field, reason) in reasons {
        doubt(doubts, &format!("{field}未采用：{}", st36::without_value(&reason)));
    }
    Ok(())
}

fn publication(table: &Table, written: &str, kind: &str, office: &str) -> Result<PublicationId, terms::Error> {
    // The 2015 export of Lens gives jurisdiction and kind apart as well; the whole number has both.
    let has_office = written.bytes().take_while(u8::is_ascii_uppercase).count() >= 2;
    if has_office {
        let mut id = number::publication(written)?;
        if id.kind_code.is_empty() && !kind.is_empty() {
            id = number::publication_of(&id.office, &id.serial, kind)?;
        }
        return Ok(id);
    }
    let office = if office.len() == 2 { office } else { table.office };
    number::publication_of(office, written, kind)
}

/// The number in the link, where it proves that the one in the cell has lost or gained digits.
fn proven(id: PublicationId, link: &str, doubts: &mut Doubts) -> PublicationId {
    let in_link = link.split_once("/patent/").and_then(|(_, rest)| number::publication(rest.split('/').next()?).ok());
    match in_link {
        Some(proof) if proof != id => {
            doubt(doubts, "公开号与链接不一致，以链接中的号码为准");
            proof
        }
        _ => id,
    }
}

fn day(table: &Table, values: &Values<'_>, field: Field, doubts: &mut Doubts) -> Option<Date> {
    let text = values.get(field);
    if text.is_empty() {
        return None;
    }
    let found = (table.day)(text, values.get(Field::Year).parse().ok());
    if found.is_none() {
        doubt(doubts, "日期读不懂，未采用");
    }
    found
}

/// Year first, in any notation that registers have.
pub(crate) fn year_first(text: &str, _: Option<i16>) -> Option<Date> {
    dates::parse_date(text).ok()
}

/// Day first, with a full year: `21/12/2017`, `21.08.2009`.
pub(crate) fn day_first(text: &str, year_known: Option<i16>) -> Option<Date> {
    let mut parts = text.split(['/', '.', '-']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 {
        return year_first(text, year_known);
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn texts(table: &Table, values: &Values<'_>, document: &mut Document) {
    let put = |field: Field, language: &str| -> Option<Text> {
        let text = super::tables::folded(values.get(field));
        let language = if language.is_empty() { language_of(&text) } else { language };
        (!text.is_empty()).then(|| Text { language: language.to_owned(), text })
    };
    document.titles.extend([put(Field::Title, table.language), put(Field::EnglishTitle, "en")].into_iter().flatten());
    let abstracts = [put(Field::Abstract, table.language), put(Field::EnglishAbstract, "en")];
    document.abstracts.extend(abstracts.into_iter().flatten());
    document.claims.extend(put(Field::Claim, table.language));
    if let Some(mixed) = Some(values.get(Field::Mixed)).filter(|text| !text.is_empty()) {
        let (title, rest) = super::tables::unmixed(mixed);
        let text = |text: &str| Text { language: language_of(text).to_owned(), text: super::tables::folded(text) };
        document.titles.push(text(title));
        document.abstracts.extend((!rest.is_empty()).then(|| text(rest)));
    }
}

/// Chinese when there is a Chinese character; English when all is ASCII; otherwise not known.
fn language_of(text: &str) -> &'static str {
    if text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30FF}')) {
        "ja"
    } else if text.chars().any(|c| matches!(c, '\u{AC00}'..='\u{D7AF}')) {
        "ko"
    } else if text.chars().any(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')) {
        "zh"
    } else if text.is_ascii() {
        "en"
    } else {
        ""
    }
}

fn people(table: &Table, values: &Values<'_>, document: &mut Document) {
    let parties = |field: Field| -> Vec<Party> {
        let names = (table.names)(table, values.get(field));
        names.into_iter().map(|name| Party { name, ..Party::default() }).collect()
    };
    document.applicants = parties(Field::Applicants);
    document.owners = parties(Field::Owners);
    document.inventors = parties(Field::Inventors);
    document.agents = parties(Field::Agency);
    for agent in &mut document.agents {
        // The agency's code stands behind its name.
        let name = agent.name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
        agent.name.truncate(name.len());
    }
    let address = without_postcode(values.get(Field::Address)).trim_end_matches(';').to_owned();
    let country = st36::office(values.get(Field::Country));
    let list = if document.applicants.is_empty() { &mut document.owners } else { &mut document.applicants };
    if let Some(first) = list.first_mut() {
        first.address = address;
        first.country = country;
    }
}

fn classes(table: &Table, values: &Values<'_>, document: &mut Document) {
    let into = &mut document.classifications;
    for field in [Field::MainIpc, Field::Ipc] {
        for part in list(table, values.get(field)) {
            let found = classification::symbol(Scheme::Ipc, part).or_else(|| classification::locarno(part));
            into.extend(found.filter(|found| !into.iter().any(|known| known.symbol == found.symbol)));
        }
    }
    into.extend(list(table, values.get(Field::Cpc)).filter_map(|part| classification::symbol(Scheme::Cpc, part)));
    into.extend(list(table, values.get(Field::Locarno)).filter_map(classification::locarno));
    into.extend(list(table, values.get(Field::Uspc)).filter_map(classification::united_states));
}

/// The values of a cell that lists several.
pub(crate) fn list<'a>(table: &Table, text: &'a str) -> impl Iterator<Item = &'a str> {
    let between = table.between;
    let is_junk = |c: char| c.is_whitespace() || matches!(c, '?' | '"' | '[' | ']' | '\u{a0}');
    text.split(|c: char| between.contains(&c))
        .map(move |part| part.trim_matches(is_junk))
        .filter(|part| !part.is_empty())
}

/// Names divided as the table divides values.
pub(crate) fn listed_names(table: &Table, text: &str) -> Vec<String> {
    let between = table.between;
    // `(undefined)` is what one export makes of a person's address, and then it puts nothing between the persons.
    let parts = text.split("(undefined)").flat_map(|part| part.split(|c: char| between.contains(&c)));
    // `??` is what an export makes of a no-break space before a name.
    let names = parts
        .map(|part| super::tables::folded(part.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '?')));
    names.filter(|name| !name.is_empty()).collect()
}

/// Names divided by a comma and a blank, which also stands before `Ltd.` and its kin.
pub(crate) fn comma_names(_: &Table, text: &str) -> Vec<String> {
    const ENDINGS: [&str; 26] = [
        "ltd",
        "inc",
        "llc",
        "l.l.c",
        "corp",
        "co",
        "lp",
        "l.p",
        "llp",
        "plc",
        "gmbh",
        "s.a",
        "sa",
        "s.l",
        "s.p.a",
        "n.v",
        "b.v",
        "ag",
        "k.k",
        "limited",
        "incorporated",
        "corporation",
        "jr",
        "sr",
        "ii",
        "iii",
    ];
    let mut names: Vec<String> = Vec::new();
    for part in text.split(", ").map(str::trim).filter(|part| !part.is_empty()) {
        let first = part.trim_end_matches(['.', ',']).to_ascii_lowercase();
        match names.last_mut() {
            Some(last) if ENDINGS.contains(&first.as_str()) || first.starts_with("ltd ") => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ => names.push(part.to_owned()),
        }
    }
    names
}

/// `2012.01.16 DE 202012000389.5`, several divided by semicolons or bars.
pub(crate) fn day_office_number(cell: &str) -> Vec<Priority> {
    let read = |part: &str| {
        let words: Vec<&str> = part.split_whitespace().collect();
        let [day, office, number] = words[..] else { return None };
        let filed_on = year_first(day, None);
        let number = number::application(office, number, "", filed_on).ok()?;
        Some(Priority { office: office.to_owned(), number, filed_on })
    };
    cell.split([';', '；', '|']).filter_map(read).collect()
}
