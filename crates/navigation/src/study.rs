//! What a report is about, and the sets of documents that its questions are put to.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::RangeInclusive,
};

use corpus::{Corpus, Dimension, Field, Query, Value};
use documents::applicants::Names;
use jiff::civil::Date;

use crate::{Basis, Error, Result, Scope, Template, Unit};

/// A scope at work: its searches read, its sets made.
pub(crate) struct Study<'a> {
    pub(crate) corpus: &'a Corpus,
    pub(crate) scope: &'a Scope,
    /// Which names are one body, as of a version of the ledger.
    pub(crate) names: &'a Names,
    pub(crate) unit: Unit,
    /// The field before the cut-off.
    pub(crate) asked: Query,
    /// The field.
    pub(crate) field: Query,
    /// Everything of the subject.
    pub(crate) subject: Query,
    /// Its part of the field.
    pub(crate) own: Query,
    /// The field at the Chinese office, and its part from the province.
    pub(crate) nation: Query,
    /// None where no province is named.
    pub(crate) province: Option<Query>,
    pub(crate) technologies: Vec<(String, Query)>,
    /// The years of whose publications the corpus holds so few that nothing can be read from them.
    pub(crate) thin: BTreeSet<i16>,
    families: OnceCell<HashMap<String, Relatives>>,
    citing: OnceCell<HashMap<String, BTreeSet<String>>>,
}

/// A family as the whole corpus has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Relatives {
    /// How many documents it has.
    pub(crate) members: u64,
    /// Where they were filed.
    pub(crate) offices: BTreeSet<String>,
}

/// How many IPC subclasses stand for the parts of a field that names none.
const TECHNOLOGIES: usize = 10;
/// How many subclasses of an enterprise's own patents make its field at most, and what share of them each has at least.
const OWN_SUBCLASSES: usize = 5;
const OWN_HUNDREDTHS: u64 = 10;

impl<'a> Study<'a> {
    pub(crate) fn new(corpus: &'a Corpus, scope: &'a Scope, names: &'a Names) -> Result<Self> {
        let search = read(&format!("报告“{}”", scope.title), &scope.search)?;
        let (asked, subject) = match scope.template {
            Template::Enterprise => (surroundings(corpus, &search)?, search),
            _ => (search, read(&format!("“{}”", scope.subject.name), &scope.subject.search)?),
        };
        let mut cut = Query::term(Field::Published, Value::Days(None, Some(scope.as_of)));
        if scope.basis == Basis::Granted {
            cut = cut.and(Query::term(Field::Granted, Value::Days(None, Some(scope.as_of))));
        }
        let field = asked.clone().and(cut);
        let nation = field.clone().and(Query::term(Field::Office, Value::Whole("CN".into())));
        let province = match scope.province.as_str() {
            "" => None,
            name => Some(nation.clone().and(read("省份", &format!("PV={name}"))?)),
        };
        let mut study = Self {
            corpus,
            scope,
            names,
            unit: if scope.template == Template::Regional { Unit::Documents } else { Unit::Families },
            own: field.clone().and(subject.clone()),
            subject,
            asked,
            field,
            nation,
            province,
            technologies: Vec::new(),
            thin: thin_years(corpus, scope.as_of.year())?,
            families: OnceCell::new(),
            citing: OnceCell::new(),
        };
        study.technologies = match scope.technologies.as_slice() {
            [] => {
                subclasses(corpus, &study.field, TECHNOLOGIES, 0)?.into_iter().map(|s| (s.clone(), class(&s))).collect()
            }
            given => given
                .iter()
                .map(|one| Ok((one.name.clone(), read(&format!("技术分支“{}”", one.name), &one.search)?)))
                .collect::<Result<_>>()?,
        };
        Ok(study)
    }

    /// The families of the field, each with all its documents: a member may lie outside the search.
    pub(crate) fn families(&self) -> Result<&HashMap<String, Relatives>> {
        if let Some(families) = self.families.get() {
            return Ok(families);
        }
        let mut families: HashMap<String, Relatives> = HashMap::new();
        for cell in self.corpus.cross(&self.field, &[Dimension::Family])?.cells {
            families.extend(
                cell.values.into_iter().next().flatten().map(|family| (family.to_string(), Relatives::default())),
            );
        }
        let columns = self.corpus.values(&Query::All, &[Dimension::Family, Dimension::Office])?;
        if let [of_families, offices] = columns.as_slice() {
            for hit in 0..of_families.hits() {
                let name = of_families.of(hit).first().map(|code| of_families.name(*code));
                let Some(family) = name.and_then(|name| families.get_mut(name)) else { continue };
                family.members += 1;
                family.offices.extend(offices.of(hit).iter().map(|code| offices.name(*code).to_owned()));
            }
        }
        Ok(self.families.get_or_init(|| families))
    }

    /// Who of the field cites each number.
    pub(crate) fn citing(&self) -> Result<&HashMap<String, BTreeSet<String>>> {
        if let Some(citing) = self.citing.get() {
            return Ok(citing);
        }
        let mut citing: HashMap<String, BTreeSet<String>> = HashMap::new();
        self.corpus.each_document(&self.field, |document| {
            for citation in document.citations.iter().filter(|citation| !citation.number.is_empty()) {
                citing.entry(citation.number.clone()).or_default().insert(document.key.clone());
            }
        })?;
        Ok(self.citing.get_or_init(|| citing))
    }

    /// Documents and families of a set.
    pub(crate) fn count(&self, query: &Query) -> Result<(u64, u64)> {
        let cross = self.corpus.cross(query, &[])?;
        Ok((cross.documents, cross.families))
    }

    /// What is counted in the report's unit.
    pub(crate) fn measure(&self, query: &Query) -> Result<u64> {
        Ok(match self.unit {
            Unit::Documents => self.corpus.count(query)?,
            Unit::Families => self.count(query)?.1,
        })
    }

    pub(crate) fn in_unit(&self, (documents, families): (u64, u64)) -> u64 {
        if self.unit == Unit::Documents { documents } else { families }
    }

    /// The bodies among the names of a dimension: documents and families of each under one name.
    pub(crate) fn bodies(&self, query: &Query, dimension: Dimension) -> Result<Vec<Body>> {
        bodies(self.corpus, self.names, query, dimension, self.unit)
    }

    /// A year of the day that the basis goes by.
    pub(crate) fn year(&self, year: i16) -> Query {
        let day = |month, day| Date::new(year, month, day).ok();
        let field = if self.scope.basis == Basis::Granted { Field::Granted } else { Field::Filed };
        Query::term(field, Value::Days(day(1, 1), day(12, 31)))
    }

    /// Whether the corpus holds what was published of a year: filings come out mostly in the year after.
    pub(crate) fn is_covered(&self, year: i16) -> bool {
        let published = if self.scope.basis == Basis::Granted { year } else { year + 1 };
        !self.thin.contains(&published)
    }

    /// The years whose change is judged, six complete ones; none where the corpus does not cover them all.
    pub(crate) fn judged_years(&self) -> Option<RangeInclusive<i16>> {
        let last = self.last_complete_year();
        let years = last - 5..=last;
        years.clone().all(|year| self.is_covered(year)).then_some(years)
    }

    pub(crate) fn year_dimension(&self) -> Dimension {
        if self.scope.basis == Basis::Granted { Dimension::GrantedYear } else { Dimension::FiledYear }
    }

    /// The last year of which everything is published by the cut-off.
    pub(crate) fn last_complete_year(&self) -> i16 {
        last_complete_year(self.scope.as_of, self.scope.basis)
    }
}

/// The publication years of which a corpus has less than a quarter of the fullest year within five of them.
///
/// A corpus that was filled from one week of a gazette, or from a list that ended years ago, says nothing of a course
/// over time: what it lacks is unknown, not zero.
fn thin_years(corpus: &Corpus, last: i16) -> Result<BTreeSet<i16>> {
    const NEAR: i16 = 5;
    const SHARE: u64 = 4;
    const SHOWN: i16 = 20;
    let cells = corpus.cross(&Query::All, &[Dimension::PublishedYear])?.cells;
    let held: BTreeMap<i16, u64> =
        cells.iter().filter_map(|cell| Some((cell.values[0].as_deref()?.parse().ok()?, cell.documents))).collect();
    if held.is_empty() {
        return Ok(BTreeSet::new());
    }
    let of = |year: i16| held.get(&year).copied().unwrap_or(0);
    let fullest = |year: i16| held.range(year - NEAR..=year + NEAR).map(|(_, count)| *count).max().unwrap_or(0);
    let is_thin = |year: &i16| of(*year) * SHARE < fullest(*year).max(1);
    Ok((last - SHOWN..=last).filter(is_thin).collect())
}

/// The months between filing and publication (《专利法》第三十四条).
pub(crate) const LAG_MONTHS: i32 = 18;

/// A year of filing is complete 18 months after its last day, a year of grants at its end.
pub(crate) fn last_complete_year(as_of: Date, basis: Basis) -> i16 {
    let months = if basis == Basis::Filed { LAG_MONTHS } else { 0 };
    let day = as_of.checked_sub(jiff::Span::new().months(months)).unwrap_or(as_of);
    // 2025-06-30 less 18 months is 2023-12-30, which stands for the end of its month.
    let is_year_end = day.month() == 12 && as_of == as_of.last_of_month();
    if is_year_end { day.year() } else { day.year() - 1 }
}

/// A body under its one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    /// The most frequent spelling.
    pub(crate) name: String,
    /// Every spelling that occurs.
    pub(crate) spellings: Vec<String>,
    pub(crate) documents: u64,
    pub(crate) families: u64,
}

impl Body {
    /// The search of its documents.
    pub(crate) fn search(&self, field: Field) -> Query {
        any_of(self.spellings.iter().map(|name| Query::term(field, Value::Whole(name.clone()))).collect())
    }
}

/// The bodies of a set, the largest first; a document or family counts once for each of its bodies.
pub(crate) fn bodies(
    corpus: &Corpus,
    names: &Names,
    query: &Query,
    dimension: Dimension,
    unit: Unit,
) -> Result<Vec<Body>> {
    let columns = corpus.values(query, &[dimension, Dimension::Family])?;
    let [values, families] = columns.as_slice() else { return Ok(Vec::new()) };
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_code: Vec<Option<usize>> = vec![None; values.codes()];
    let mut counted: Vec<Counted> = Vec::new();
    for hit in 0..values.hits() {
        let family = families.of(hit).first().copied().unwrap_or(u32::MAX);
        let mut seen: Vec<usize> = Vec::new();
        for &code in values.of(hit) {
            let place = *of_code[code as usize].get_or_insert_with(|| {
                let name = names.canonical(values.name(code));
                *places.entry(name).or_insert_with(|| {
                    counted.push(Counted::default());
                    counted.len() - 1
                })
            });
            *counted[place].spellings.entry(code).or_default() += 1;
            if !seen.contains(&place) {
                seen.push(place);
                counted[place].documents += 1;
                counted[place].families.push(family);
            }
        }
    }
    let mut all: Vec<Body> = counted.into_iter().map(|each| each.body(|code| values.name(code))).collect();
    let size = |body: &Body| if unit == Unit::Documents { body.documents } else { body.families };
    all.sort_by(|left, right| size(right).cmp(&size(left)).then_with(|| left.name.cmp(&right.name)));
    Ok(all)
}

#[derive(Default)]
struct Counted {
    spellings: BTreeMap<u32, u64>,
    documents: u64,
    families: Vec<u32>,
}

impl Counted {
    fn body<'n>(mut self, name: impl Fn(u32) -> &'n str) -> Body {
        self.families.sort_unstable();
        self.families.dedup();
        let mut spellings: Vec<(u64, &str)> =
            self.spellings.into_iter().map(|(code, count)| (count, name(code))).collect();
        spellings.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
        let spellings: Vec<String> = spellings.into_iter().map(|(_, name)| name.to_owned()).collect();
        Body {
            name: spellings.first().cloned().unwrap_or_default(),
            spellings,
            documents: self.documents,
            families: self.families.len() as u64,
        }
    }
}

/// Reads a search, or says whose it is.
pub(crate) fn read(place: &str, search: &str) -> Result<Query> {
    Query::parse(search).map_err(|source| Error::Search { place: place.to_owned(), source })
}

/// The search of an IPC symbol and what is below it.
pub(crate) fn class(symbol: &str) -> Query {
    Query::term(Field::Ipc, Value::Words(symbol.to_owned()))
}

/// Any of several searches.
pub(crate) fn any_of(mut parts: Vec<Query>) -> Query {
    if parts.len() == 1 { parts.remove(0) } else { Query::Or(parts) }
}

pub(crate) fn not(query: &Query) -> Query {
    Query::Not(Box::new(query.clone()))
}

/// The most frequent IPC subclasses of a set, each with at least so many hundredths of its documents.
pub(crate) fn subclasses(corpus: &Corpus, query: &Query, limit: usize, hundredths: u64) -> Result<Vec<String>> {
    let facet = corpus.facet(query, Dimension::IpcSubclass, limit)?;
    let is_frequent = |documents: u64| documents * 100 >= facet.documents * hundredths;
    Ok(facet.values.into_iter().filter(|one| is_frequent(one.documents)).map(|one| one.value).collect())
}

/// The field of an enterprise: everything in the subclasses it works in most.
fn surroundings(corpus: &Corpus, own: &Query) -> Result<Query> {
    let subclasses = subclasses(corpus, own, OWN_SUBCLASSES, OWN_HUNDREDTHS)?;
    if subclasses.is_empty() {
        return Err(Error::Invalid(
            "这条检索式没有找到任何带 IPC 分类号的文献，无法确定企业所处的技术领域；请核对企业名称的写法".to_owned(),
        ));
    }
    Ok(any_of(subclasses.iter().map(|symbol| class(symbol)).collect()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_is_complete_when_its_last_filing_must_be_published() {
        assert_eq!(last_complete_year(date(2025, 6, 30), Basis::Filed), 2023);
        assert_eq!(last_complete_year(date(2025, 6, 29), Basis::Filed), 2022);
        assert_eq!(last_complete_year(date(2025, 12, 31), Basis::Filed), 2023);
        assert_eq!(last_complete_year(date(2025, 7, 1), Basis::Filed), 2023);
        assert_eq!(last_complete_year(date(2025, 12, 31), Basis::Granted), 2025);
        assert_eq!(last_complete_year(date(2025, 12, 30), Basis::Granted), 2024);
    }
}
