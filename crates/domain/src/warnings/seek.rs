//! What a watch finds in the splits that came after its mark, with the level by the rule of its kind; no clock, no database.
//!
//! A document that came again is compared with what it was by the mark, so that only what is new in it is told.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use corpus::{Corpus, Dimension, Field, Order, Page, Query, Result, Value};
use documents::{Classification, Document, LegalEvent, LegalState, Scheme, families, legal};
use jiff::{ToSpan, Unit, civil::Date};
use terms::PatentKind;

use super::{Evidence, Kind, Level, Watch, any};

/// How many documents a warning names at most; its reason says how many there are.
const NAMED_MAX: usize = 50;
/// How many new families are looked through in one run.
const FAMILIES_MAX: usize = 2_000;
/// A first filing is recent when it was filed within so many months.
const RECENT_MONTHS: i32 = 36;
/// The end of a term is told so many months ahead.
const AHEAD_MONTHS: i32 = 12;

/// What was found: the same subject of a watch is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) subject: String,
    pub(super) level: Level,
    pub(super) reason: String,
    pub(super) documents: Vec<Evidence>,
}

/// A watch with what it looks at.
pub(super) struct Sought<'a> {
    pub(super) corpus: &'a Corpus,
    /// The documents of the account's own side, where the registers say which they are.
    pub(super) own: Option<&'a Query>,
    pub(super) watch: &'a Watch,
    pub(super) as_of: Date,
    /// The legal states of own documents when the watch last ran; of one that is not among them, what it was by the mark.
    pub(super) states: &'a BTreeMap<String, LegalState>,
}

/// Legal states by document.
pub(super) type States = BTreeMap<String, LegalState>;

impl Sought<'_> {
    /// What there is to tell, and the legal states of own documents as they now are.
    pub(super) fn findings(&self) -> Result<(Vec<Finding>, States)> {
        let search = Query::parse(&self.watch.search)?;
        let has_news = self.corpus.manifest().latest_arrival() > self.seen();
        let found = match self.watch.kind {
            Kind::Lapse => self.lapses(&search)?,
            Kind::Own => {
                let mut found = Vec::new();
                if has_news {
                    found.extend(self.changes(&search)?);
                    found.extend(self.citations(&search)?);
                }
                let states = self.corpus.states(&search)?;
                found.extend(self.moved(&search, &states)?);
                return Ok((found, states));
            }
            _ if !has_news => Vec::new(),
            Kind::Entry => self.entries(&search)?,
            Kind::Field => self.families(&search)?,
        };
        Ok((found, States::new()))
    }

    /// The own documents whose legal state is another than before, whether they came again, a state was noted over them or
    /// their term is over; a finding each, unless an event that came with them says it already.
    fn moved(&self, search: &Query, now: &States) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        // When the watch runs for the first time, only what came since its mark has an earlier state that is known.
        let arrived = match self.states.is_empty() {
            true => self.corpus.states(&search.clone().and(self.since_mark()))?,
            false => States::new(),
        };
        for (key, state) in now {
            let before = match self.states.get(key) {
                Some(before) => *before,
                None if self.states.is_empty() && !arrived.contains_key(key) => *state,
                None => self.corpus.stood(key, self.seen())?.map_or(*state, |document| document.state),
            };
            if before == *state {
                continue;
            }
            let document = self.corpus.document(key)?;
            let was = self.before(&document)?.unwrap_or_default();
            let says_so = |event: &&LegalEvent| event.leads_to == Some(*state) && !was.events.contains(event);
            if document.events.iter().any(|event| says_so(&event)) {
                continue;
            }
            let level = match state {
                LegalState::Invalidated => Level::Major,
                LegalState::Ended | LegalState::NotGranted => Level::Notable,
                _ => Level::Ordinary,
            };
            let term = document.filed_on.and_then(|filed| legal::term_over(&document.office, document.kind, filed));
            let why = match term {
                Some(over) if *state == LegalState::Ended && over <= self.as_of => format!("期限至 {over} 届满"),
                _ => "依收录的来源".to_owned(),
            };
            let (number, before, after) = (number_of(&document), before.zh(), state.zh());
            found.push(Finding {
                subject: format!("{key} {} 状态{after}", self.as_of),
                level,
                reason: format!("自有专利 {number} 的法律状态由{before}变为{after}（{why}）。"),
                documents: vec![evidence(&document, "")],
            });
        }
        Ok(found)
    }

    fn seen(&self) -> u64 {
        u64::try_from(self.watch.seen_arrival).unwrap_or(0)
    }

    /// What came after the mark.
    fn since_mark(&self) -> Query {
        Query::term(Field::Arrival, Value::Whole(self.seen().to_string()))
    }

    /// The document as it was by the mark.
    fn before(&self, document: &Document) -> Result<Option<Document>> {
        self.corpus.stood(&document.key, self.seen())
    }

    /// The IPC subclasses in which a body has its first document, a finding each.
    fn entries(&self, search: &Query) -> Result<Vec<Finding>> {
        let before = search.clone().and(not(&self.since_mark()));
        let known = self.corpus.facet(&before, Dimension::IpcSubclass, usize::MAX)?;
        let known_classes: BTreeSet<&str> = known.values.iter().map(|one| one.value.as_str()).collect();
        let arrived = search.clone().and(self.since_mark());
        // All that was there may have come again since.
        let was_known = known.documents > 0
            || self.all(&arrived, Order::FiledEarliest)?.iter().any(|one| matches!(self.before(one), Ok(Some(_))));
        let mut found = Vec::new();
        for class in self.corpus.facet(&arrived, Dimension::IpcSubclass, usize::MAX)?.values {
            if known_classes.contains(class.value.as_str()) {
                continue;
            }
            let hits = self.all(&arrived.clone().and(in_class(&class.value)), Order::FiledEarliest)?;
            let stood = hits.iter().map(|one| self.before(one)).collect::<Result<Vec<_>>>()?;
            let is_old = |one: &Document| one.classifications.iter().any(|symbol| is_in(symbol, &class.value));
            if !stood.iter().flatten().any(is_old) {
                found.push(self.entry(&class.value, was_known, &hits)?);
            }
        }
        Ok(found)
    }

    fn entry(&self, class: &str, was_known: bool, hits: &[Document]) -> Result<Finding> {
        let filed = hits.iter().filter_map(|one| one.filed_on).min();
        let recent = self.as_of.saturating_sub(RECENT_MONTHS.months());
        let is_recent = filed.is_some_and(|day| day > recent);
        let own =
            self.own.map(|own| self.corpus.count(&own.clone().and(in_force()).and(in_class(class)))).transpose()?;
        let level = match (was_known, is_recent, own.unwrap_or(0) > 0) {
            (true, true, true) => Level::Major,
            (true, true, _) | (true, _, true) => Level::Notable,
            _ => Level::Ordinary,
        };
        let mut reason = format!("监测对象在 IPC 小类 {class} 首次有专利文献，共 {} 件", hits.len());
        reason.push_str(&filed.map_or_else(|| "，申请日未知".into(), |day| format!("，最早的申请日为 {day}")));
        reason.push_str(&match own {
            Some(count) => format!("；本方在该小类有 {count} 件有效专利。"),
            None => "；本方是谁在登记簿中查不到，没有比较。".to_owned(),
        });
        if !was_known {
            reason.push_str("库中此前没有监测对象的文献，不能断定是首次。");
        }
        Ok(Finding {
            subject: class.to_owned(),
            level,
            reason,
            documents: named(hits.iter().map(|one| evidence(one, ""))),
        })
    }

    /// The families of others of which nothing was there by the mark, one finding for all of them.
    fn families(&self, search: &Query) -> Result<Vec<Finding>> {
        let mut arrived = search.clone().and(self.since_mark());
        if let Some(own) = self.own {
            arrived = arrived.and(not(own));
        }
        let mut firsts = Vec::new();
        self.corpus.each_hit(&arrived, Order::FiledLatest, true, &mut |hit| {
            firsts.push(hit.document);
            if firsts.len() > FAMILIES_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let is_cut = firsts.len() > FAMILIES_MAX;
        firsts.truncate(FAMILIES_MAX);
        let mut families: Vec<(Level, Document)> = Vec::new();
        for first in firsts {
            let members = self.members(&first)?;
            let stood = members.iter().map(|one| self.before(one)).collect::<Result<Vec<_>>>()?;
            if stood.iter().all(Option::is_none) {
                let in_china = |state| members.iter().any(|one| one.office == "CN" && self.state(one) == state);
                let level = match (in_china(LegalState::InForce), in_china(LegalState::Pending)) {
                    (true, _) => Level::Major,
                    (false, true) => Level::Notable,
                    (false, false) => Level::Ordinary,
                };
                families.push((level, first));
            }
        }
        families.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
        let Some((gravest, _)) = families.first() else { return Ok(Vec::new()) };
        let count = |wanted| families.iter().filter(|(level, _)| *level == wanted).count();
        let mut reason = format!(
            "领域内有 {} 个他人的新同族：{} 个在中国有有效专利，{} 个在中国审查中，其余 {} 个。",
            families.len(),
            count(Level::Major),
            count(Level::Notable),
            count(Level::Ordinary)
        );
        if self.own.is_none() {
            reason.push_str("本方是谁在登记簿中查不到，其中可能有本方的。");
        }
        if is_cut {
            reason.push_str(&format!("新到的同族超过 {FAMILIES_MAX} 个，只核查了申请日最近的这些，请缩小检索式。"));
        }
        Ok(vec![Finding {
            subject: format!("{} → {}", self.seen(), self.corpus.manifest().latest_arrival()),
            level: *gravest,
            reason,
            documents: named(families.iter().map(|(_, one)| evidence(one, ""))),
        }])
    }

    /// The state that a source asserts, else what the publications and events tell.
    fn state(&self, document: &Document) -> LegalState {
        match document.state {
            LegalState::Unknown => legal::state_on(document, self.as_of).state,
            known => known,
        }
    }

    /// The documents of a document's family, itself among them.
    fn members(&self, document: &Document) -> Result<Vec<Document>> {
        let family = Value::Whole(families::name_of(document));
        self.all(&Query::term(Field::Family, family), Order::FiledEarliest)
    }

    /// The Chinese rights in force whose term ends within a year, a finding each; the day comes without a new split.
    fn lapses(&self, search: &Query) -> Result<Vec<Finding>> {
        let limit = self.as_of.saturating_add(AHEAD_MONTHS.months());
        // Terms last ten, fifteen or twenty years (《专利法》第四十二条).
        let filed = [10, 15, 20].map(|years| {
            let from = |day: Date| Some(day.saturating_sub(years.years()).saturating_sub(1.day()));
            Query::term(Field::Filed, Value::Days(from(self.as_of), from(limit.saturating_add(2.days()))))
        });
        let chinese = Query::term(Field::Office, Value::Whole("CN".into()));
        let unknown = Query::term(Field::State, Value::Whole("未知".into()));
        let standing = any(vec![in_force(), unknown]);
        let ending = search.clone().and(standing).and(chinese).and(any(filed.into()));
        let mut found = Vec::new();
        let rights = self.all(&ending, Order::FiledEarliest)?;
        for right in rights.into_iter().filter(|right| self.state(right) == LegalState::InForce) {
            let over = right.kind.zip(right.filed_on).and_then(|(kind, filed)| kind.term_over_on(filed).ok());
            let Some(over) = over.filter(|over| *over > self.as_of && *over <= limit) else { continue };
            let months = self.as_of.until((Unit::Month, over)).map_or(0, |span| span.get_months());
            let level = match months {
                ..3 => Level::Major,
                3..6 => Level::Notable,
                _ => Level::Ordinary,
            };
            let kind = right.kind.map_or("专利", PatentKind::zh);
            let last = over.saturating_sub(1.day());
            found.push(Finding {
                subject: format!("{} {over}", right.key),
                level,
                reason: format!("{kind} {} 的期限于 {last} 届满，剩余 {months} 个月。", number_of(&right)),
                documents: vec![evidence(&right, "")],
            });
        }
        Ok(found)
    }

    /// What is gazetted of own documents, a finding for each event.
    fn changes(&self, search: &Query) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        for document in self.all(&search.clone().and(self.since_mark()), Order::PublishedLatest)? {
            let before = self.before(&document)?;
            // Of a document that was not there before, only what happened since the watch began is news.
            let since = |on: Option<Date>| before.is_some() || on.is_none_or(|day| day >= self.watch.began_on);
            let was = before.clone().unwrap_or_default();
            let number = number_of(&document);
            let mut tell = |on: Option<Date>, what: &str, level| {
                let day = on.map_or_else(|| "日期未知".to_owned(), |day| day.to_string());
                found.push(Finding {
                    subject: format!("{} {day} {what}", document.key),
                    level,
                    reason: format!("自有专利 {number} 有新的事项（{day}）：{what}。"),
                    documents: vec![evidence(&document, what)],
                });
            };
            for one in document.publications.iter().filter(|one| since(one.published_on)) {
                if !was.publications.iter().any(|other| other.number == one.number) {
                    let what = if one.is_grant == Some(true) { "授权公告" } else { "公布" };
                    tell(one.published_on, &format!("{what} {}", one.number), Level::Ordinary);
                }
            }
            for event in document.events.iter().filter(|event| since(event.on) && !was.events.contains(event)) {
                tell(event.on, event.text.trim_end_matches('。'), gravity(event));
            }
        }
        Ok(found)
    }

    /// New documents of others that cite own ones, a finding each.
    fn citations(&self, search: &Query) -> Result<Vec<Finding>> {
        let mut numbers: Vec<String> = Vec::new();
        let mut own = BTreeSet::new();
        // One's own may be a whole city's: its documents are looked at one by one and not held.
        self.corpus.each_document(search, |document| {
            if let Query::Term(corpus::Term { value: Value::Numbers(more), .. }) = Query::citing(&document) {
                numbers.extend(more);
            }
            own.insert(document.key);
        })?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let citing = Query::term(Field::Cited, Value::Numbers(numbers)).and(self.since_mark()).and(not(search));
        let mut found = Vec::new();
        for document in self.all(&citing, Order::FiledLatest)? {
            let was = self.before(&document)?.unwrap_or_default();
            let (mut cited, mut level) = (Vec::new(), Level::Ordinary);
            for citation in
                document.citations.iter().filter(|one| !one.number.is_empty() && !was.citations.contains(one))
            {
                let known = match self.corpus.find(&citation.number) {
                    Err(corpus::Error::NotFound(_)) => Vec::new(),
                    found => found?,
                };
                for one in known.into_iter().filter(|one| own.contains(&one.key)) {
                    if citation.category.contains(['X', 'Y', 'E']) {
                        level = Level::Notable;
                    }
                    cited.push(evidence(&one, &format!("被引用 {}", citation.category)));
                }
            }
            if let Some(first) = cited.first() {
                let reason =
                    format!("{}（{}）引用了 {} 件自有专利。", number_of(&document), names(&document), cited.len());
                let subject = format!("{} 引用 {}", document.key, first.key);
                let documents = named(std::iter::once(evidence(&document, "引用方")).chain(cited));
                found.push(Finding { subject, level, reason, documents });
            }
        }
        Ok(found)
    }

    /// Every document of a query.
    fn all(&self, query: &Query, order: Order) -> Result<Vec<Document>> {
        let page = Page { offset: 0, limit: usize::MAX, order, by_family: false };
        Ok(self.corpus.search(query, &page)?.hits.into_iter().map(|hit| hit.document).collect())
    }
}

/// How grave an event of an own right is; the words are those of gazettes in Chinese and of INPADOC in English.
fn gravity(event: &LegalEvent) -> Level {
    const NOTABLE: [&str; 14] = [
        "终止",
        "转移",
        "转让",
        "许可",
        "质押",
        "保全",
        "权利人变更",
        "放弃",
        "transfer",
        "assign",
        "licen",
        "pledge",
        "preserv",
        "terminat",
    ];
    let text = event.text.to_lowercase();
    if event.leads_to == Some(LegalState::Invalidated) || text.contains("无效") || text.contains("invalid") {
        Level::Major
    } else if event.leads_to == Some(LegalState::Ended) || NOTABLE.iter().any(|word| text.contains(word)) {
        Level::Notable
    } else {
        Level::Ordinary
    }
}

fn named(evidence: impl Iterator<Item = Evidence>) -> Vec<Evidence> {
    evidence.take(NAMED_MAX).collect()
}

/// A document with its title and parties, and what it has to do with a warning.
fn evidence(document: &Document, what: &str) -> Evidence {
    let words =
        if what.trim().is_empty() { described(document) } else { format!("{}：{}", what.trim(), described(document)) };
    Evidence { key: document.key.clone(), words }
}

fn described(document: &Document) -> String {
    let title = document.titles.first().map_or("（名称未收录）", |title| title.text.as_str());
    format!("{} {title}（{}）", number_of(document), names(document))
}

/// The first of those who own it, or who applied where no source names owners.
fn names(document: &Document) -> String {
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    let names: Vec<&str> = parties.iter().map(|party| party.name.as_str()).take(3).collect();
    if names.is_empty() { "权利人未知".to_owned() } else { names.join("、") }
}

fn number_of(document: &Document) -> &str {
    document.publications.last().map_or(document.key.as_str(), |publication| publication.number.as_str())
}

fn in_force() -> Query {
    Query::term(Field::State, Value::Whole("有效".into()))
}

fn in_class(class: &str) -> Query {
    Query::term(Field::Ipc, Value::Words(class.to_owned()))
}

/// Whether a symbol lies in a subclass.
fn is_in(symbol: &Classification, class: &str) -> bool {
    symbol.scheme == Scheme::Ipc && symbol.symbol.starts_with(class)
}

fn not(query: &Query) -> Query {
    Query::Not(Box::new(query.clone()))
}
