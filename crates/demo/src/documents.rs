//! The patent documents of the demo (专利文献): the city's own patents and applications as gazettes would show them, under the
//! numbers of its register, their family members abroad, and patents of universities and firms outside. All invented.

use std::collections::BTreeMap;

use documents::{
    Citation, Classification, Document, LegalEvent, LegalState, Party, Priority, Publication, Scheme, Source, Text,
};
use jiff::civil::{Date, date};
use terms::PatentKind;

use crate::{
    COMPLETE, City, Event, Number, Patent, Place, Tie, events,
    industries::INDUSTRIES,
    names::OUTSIDERS,
    patents::Owner,
    random::{Random, plus_days, plus_years},
    truth::Known,
    words,
};

/// What every page names as the source of these documents.
const SOURCE: &str = "演示数据（合成）";
/// The running numbers of the patents from outside begin here, beyond those of the city.
const OUTSIDE_SERIAL: u32 = 8_000_000;
/// The numbers of publications of applications that were not granted begin here.
const PENDING_SERIAL: u32 = 90_000_000;
const OUTSIDE_GRANT_SERIAL: u32 = 70_000_000;

/// The firms among the outsiders with their industries, to which they kept until they branched out in the middle of 2022.
const FIRMS_TRADES: [(u32, u8); 5] = [(7, 1), (8, 3), (9, 0), (10, 5), (11, 7)];

/// Every document of the demo, the city's own first.
#[must_use]
pub fn documents(city: &City) -> Vec<Document> {
    let known = Known::on(&city.events, COMPLETE);
    let mut events: BTreeMap<u32, Vec<&Event>> = BTreeMap::new();
    for event in city.events.iter().filter(|event| events::received(event.reported) <= COMPLETE) {
        events.entry(event.patent).or_default().push(event);
    }
    let mut earlier = Earlier::default();
    let mut all = Vec::with_capacity(city.patents.len() * 5 / 4);
    for (index, patent) in (0..).zip(&city.patents) {
        let mut document = of_patent(city, patent, index, &mut earlier);
        let (owner, _) = known.owner(index, patent, COMPLETE);
        let owner = party(city, owner, COMPLETE);
        // While the first of several patentees still holds it, so do the others.
        let is_kept = document.applicants.first().is_some_and(|first| first.name == owner.name);
        document.owners = if is_kept { document.applicants.clone() } else { vec![owner] };
        document.events = events.get(&index).into_iter().flatten().map(|event| legal_event(city, event)).collect();
        document.state = match patent.granted {
            None => LegalState::Pending,
            Some(_) if known.in_force(index, patent, COMPLETE) => LegalState::InForce,
            Some(_) if document.events.iter().any(|event| event.leads_to == Some(LegalState::Invalidated)) => {
                LegalState::Invalidated
            }
            Some(_) => LegalState::Ended,
        };
        all.push(document);
    }
    let abroad = abroad(city, &mut all);
    all.extend(abroad);
    all.extend(outside(city, &mut earlier));
    all
}

/// A document as it was known on an earlier day, without what was published and gazetted since; none where nothing of it
/// was. One whose state went back since stands as it is now, for a merge of both would keep the further state.
pub(crate) fn known_on(document: &Document, day: Date) -> Option<Document> {
    let mut earlier = document.clone();
    earlier.publications.retain(|one| one.published_on.is_none_or(|on| on <= day));
    earlier.events.retain(|event| event.on.is_none_or(|on| on <= day));
    if earlier == *document {
        return Some(earlier);
    }
    if earlier.publications.is_empty() {
        return None;
    }
    earlier.state = documents::legal::state_on(&earlier, day).state;
    Some(if earlier.state <= document.state { earlier } else { document.clone() })
}

/// The numbers of earlier patents by topic, which later ones cite.
#[derive(Default)]
struct Earlier(BTreeMap<(u8, u8), Vec<(Date, String)>>);

impl Earlier {
    /// Up to three earlier patents of the same topic; the new one is noted.
    fn cited_by(&mut self, patent: &Patent, number: &str) -> Vec<Citation> {
        let mut random = Random::new(patent.words, "citations");
        let before = self.0.entry(patent.topic).or_default();
        let mut cited: Vec<String> = Vec::new();
        for _ in 0..random.below(4) {
            match before.get(random.below(before.len())) {
                Some((day, other)) if *day < patent.filed && !cited.contains(other) => cited.push(other.clone()),
                _ => {}
            }
        }
        before.push((patent.granted.unwrap_or(COMPLETE), number.to_owned()));
        let citation = |number| Citation {
            number,
            literature: String::new(),
            category: String::new(),
            phase: "examination".to_owned(),
        };
        cited.into_iter().map(citation).collect()
    }
}

fn of_patent(city: &City, patent: &Patent, index: u32, earlier: &mut Earlier) -> Document {
    let number = format!("CN{}", patent.number.digits());
    let publications = publications(patent, index);
    let last = publications.last().map_or_else(|| number.clone(), |publication| publication.number.clone());
    let is_design = patent.number.kind == 3;
    let text = |text: String| Text { language: "zh".to_owned(), text };
    let mut applicants = vec![party(city, patent.owner, patent.filed)];
    applicants.extend(patent.second.map(|owner| party(city, owner, patent.filed)));
    Document {
        key: number.clone(),
        office: "CN".to_owned(),
        application_number: number.clone(),
        kind: Some(match patent.number.kind {
            1 | 8 => PatentKind::Invention,
            2 | 9 => PatentKind::UtilityModel,
            _ => PatentKind::Design,
        }),
        filed_on: Some(patent.filed),
        publications,
        titles: vec![text(words::title(patent))],
        abstracts: if is_design { Vec::new() } else { vec![text(words::summary(patent))] },
        claims: if is_design { Vec::new() } else { words::claims(patent).into_iter().map(text).collect() },
        applicants,
        inventors: words::inventors(patent)
            .split(';')
            .map(|name| Party { name: name.to_owned(), ..Party::default() })
            .collect(),
        classifications: classifications(patent),
        citations: if is_design { Vec::new() } else { earlier.cited_by(patent, &last) },
        sources: vec![Source { format: "demo".to_owned(), file: SOURCE.to_owned(), place: number }],
        ..Document::default()
    }
}

/// The publication after eighteen months, and the grant, under one running number.
fn publications(patent: &Patent, index: u32) -> Vec<Publication> {
    let mut all = Vec::new();
    if patent.is_invention() {
        let due = plus_days(patent.filed, 548);
        let day = patent.granted.map_or(due, |granted| due.min(plus_days(granted, -90)));
        if day <= COMPLETE {
            let number = match patent.granted {
                Some(_) => format!("{}A", patent.grant_number().trim_end_matches('B')),
                None => format!("CN1{:08}A", PENDING_SERIAL + index),
            };
            all.push(publication(number, "A", day, false));
        }
    }
    if let Some(granted) = patent.granted {
        let number = patent.grant_number();
        let code = number[number.len() - 1..].to_owned();
        all.push(publication(number, &code, granted, true));
    }
    all
}

fn publication(number: String, code: &str, day: Date, is_grant: bool) -> Publication {
    Publication { number, kind_code: code.to_owned(), published_on: Some(day), is_grant: Some(is_grant) }
}

fn classifications(patent: &Patent) -> Vec<Classification> {
    if patent.number.kind == 3 {
        let class = format!("{:02}-{:02}", 1 + patent.topic.0, 1 + patent.topic.1);
        return documents::classification::locarno(&class).into_iter().collect();
    }
    let listed = words::ipc(patent);
    let symbols = listed.split([';', '；', '|']).map(|symbol| symbol.split('(').next().unwrap_or_default().trim());
    symbols.filter_map(|symbol| documents::classification::symbol(Scheme::Ipc, symbol)).collect()
}

fn party(city: &City, owner: Owner, day: Date) -> Party {
    Party {
        name: words::owner(city, owner, day),
        other_name: String::new(),
        country: "CN".to_owned(),
        address: without_postcode(words::owner_address(city, owner, day)),
    }
}

fn without_postcode(address: String) -> String {
    address.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned()
}

fn legal_event(city: &City, event: &Event) -> LegalEvent {
    let day = event.registered.unwrap_or(event.effective);
    LegalEvent {
        on: Some(day),
        code: String::new(),
        text: event.kind.to_owned(),
        leads_to: match event.kind {
            "终止" | "放弃" | "期满" => Some(LegalState::Ended),
            "恢复" => Some(LegalState::InForce),
            "全部无效" => Some(LegalState::Invalidated),
            _ => None,
        },
        party: match event.party {
            crate::Party::Owner(owner) | crate::Party::Renamed(owner) => words::owner(city, owner, day),
            crate::Party::None | crate::Party::Court => String::new(),
        },
    }
}

/// The grants abroad as documents of their own; they and the Chinese member name one family.
fn abroad(city: &City, own: &mut [Document]) -> Vec<Document> {
    let mut all = Vec::new();
    for grant in &city.foreign {
        let Some(document) = grant.patent.and_then(|index| own.get_mut(index as usize)) else { continue };
        let number: String = grant.number.chars().filter(char::is_ascii_alphanumeric).collect();
        let number = if number.starts_with(grant.office) { number } else { format!("{}{number}", grant.office) };
        document.family.clone_from(&document.key);
        all.push(Document {
            key: number.clone(),
            office: grant.office.to_owned(),
            kind: Some(PatentKind::Invention),
            filed_on: document.filed_on.map(|day| plus_days(day, 360)),
            publications: vec![publication(number.clone(), "", grant.granted, true)],
            pct_number: grant.pct.clone().unwrap_or_default(),
            titles: document.titles.clone(),
            abstracts: document.abstracts.clone(),
            applicants: vec![party(city, Owner::Enterprise(grant.enterprise), grant.granted)],
            owners: vec![party(city, Owner::Enterprise(grant.enterprise), COMPLETE)],
            inventors: document.inventors.clone(),
            classifications: document.classifications.clone(),
            priorities: vec![Priority {
                office: "CN".to_owned(),
                number: document.key.clone(),
                filed_on: document.filed_on,
            }],
            state: if grant.ended.is_some_and(|day| day <= COMPLETE) { LegalState::Ended } else { LegalState::InForce },
            family: document.key.clone(),
            sources: vec![Source { format: "demo".to_owned(), file: SOURCE.to_owned(), place: number }],
            ..Document::default()
        });
    }
    // One right may be claimed twice in the register; it is one document.
    all.sort_by(|left, right| left.key.cmp(&right.key));
    all.dedup_by(|left, right| left.key == right.key);
    all
}

/// Inventions of universities, institutes and firms outside the city, in the fields of its industries.
fn outside(city: &City, earlier: &mut Earlier) -> Vec<Document> {
    let mut random = Random::new(city.seed, "outside documents");
    let count = city.scale.of_patents(3_000) as u32;
    let mut all = Vec::with_capacity(count as usize);
    for index in 0..count {
        let filed = random.day(date(2012, 1, 5), date(2022, 8, 20));
        let granted = plus_days(filed, random.between(400, 1_300));
        let industry = random.below(INDUSTRIES.len());
        let mut patent = Patent {
            number: Number { year: filed.year().unsigned_abs(), kind: 1, serial: OUTSIDE_SERIAL + index },
            filed,
            granted: (granted <= COMPLETE && random.permille(800)).then_some(granted),
            grant_serial: OUTSIDE_GRANT_SERIAL + index,
            topic: (industry as u8, random.below(INDUSTRIES[industry].topics.len()) as u8),
            owner: Owner::Outsider(random.below(OUTSIDERS.len()) as u32),
            second: None,
            tie: Tie::Name,
            place: Place::Full,
            words: random.next(),
        };
        let trade = FIRMS_TRADES.iter().find(|(firm, _)| patent.owner == Owner::Outsider(*firm));
        if let Some((_, industry)) = trade.filter(|_| filed < date(2022, 6, 20)) {
            patent.topic = (*industry, patent.topic.1 % INDUSTRIES[usize::from(*industry)].topics.len() as u8);
        }
        let mut document = of_patent(city, &patent, PENDING_SERIAL / 10 + index, earlier);
        let lapsed = patent.granted.map(|granted| plus_days(granted, random.between(700, 2_500)));
        let lapsed = lapsed.filter(|day| *day <= COMPLETE && random.permille(400));
        document.events.extend(lapsed.map(|day| LegalEvent {
            on: Some(day),
            code: String::new(),
            text: "未缴年费，专利权终止".to_owned(),
            leads_to: Some(LegalState::Ended),
            party: String::new(),
        }));
        document.state = match (patent.granted, lapsed) {
            (None, _) if plus_years(filed, 5) < COMPLETE => LegalState::NotGranted,
            (None, _) => LegalState::Pending,
            (Some(_), None) => LegalState::InForce,
            (Some(_), Some(_)) => LegalState::Ended,
        };
        if document.state == LegalState::InForce {
            document.owners.clone_from(&document.applicants);
        }
        all.push(document);
    }
    all
}
