//! Inventors, told apart by whom they invented for.

use std::collections::BTreeMap;

use corpus::{Dimension, Field, Query, Value};

use super::{Answer, RANKED, count_cells, counts};
use crate::{
    Result, bodies,
    figure::{Cell, Column, Row},
    study::{Study, any_of},
};

/// An inventor at an applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) body: String,
    spellings: Vec<String>,
    pub(crate) documents: u64,
    pub(crate) families: u64,
}

impl Person {
    pub(crate) fn search(&self) -> Query {
        let at = self.spellings.iter().map(|name| Query::term(Field::Applicant, Value::Whole(name.clone()))).collect();
        Query::term(Field::Inventor, Value::Whole(self.name.clone())).and(any_of(at))
    }
}

/// What an inventor and an applicant have in common, by codes.
#[derive(Default)]
struct Pair {
    hits: Vec<usize>,
    families: Vec<u32>,
    spellings: Vec<u32>,
}

/// The inventors of a set at their applicants, the most prolific first.
pub(crate) fn people(study: &Study<'_>, set: &Query) -> Result<Vec<Person>> {
    let columns = study.corpus.values(set, &[Dimension::Inventor, Dimension::Applicant, Dimension::Family])?;
    let [inventors, applicants, families] = columns.as_slice() else { return Ok(Vec::new()) };
    let canonical: Vec<String> = (0..applicants.codes())
        .map(|code| study.names.canonical(applicants.name(u32::try_from(code).unwrap_or(u32::MAX))))
        .collect();
    let mut pairs: BTreeMap<(u32, &str), Pair> = BTreeMap::new();
    for hit in 0..inventors.hits() {
        let family = families.of(hit).first().copied().unwrap_or(u32::MAX);
        for &inventor in inventors.of(hit) {
            for &applicant in applicants.of(hit) {
                let pair = pairs.entry((inventor, canonical[applicant as usize].as_str())).or_default();
                // Hits come in order, so a repeated one is the last.
                if pair.hits.last() != Some(&hit) {
                    pair.hits.push(hit);
                    pair.families.push(family);
                }
                if !pair.spellings.contains(&applicant) {
                    pair.spellings.push(applicant);
                }
            }
        }
    }
    let mut people: Vec<Person> = pairs
        .into_iter()
        .map(|((inventor, _), mut pair)| {
            pair.families.sort_unstable();
            pair.families.dedup();
            let mut spellings: Vec<String> =
                pair.spellings.iter().map(|code| applicants.name(*code).to_owned()).collect();
            spellings.sort_unstable();
            Person {
                name: inventors.name(inventor).to_owned(),
                body: spellings.first().cloned().unwrap_or_default(),
                spellings,
                documents: pair.hits.len() as u64,
                families: pair.families.len() as u64,
            }
        })
        .collect();
    let size = |person: &Person| study.in_unit((person.documents, person.families));
    people.sort_by(|left, right| {
        size(right).cmp(&size(left)).then_with(|| (&left.name, &left.body).cmp(&(&right.name, &right.body)))
    });
    Ok(people)
}

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let all = people(study, &study.field)?;
    let is_own = |person: &Person| study.corpus.count(&study.own.clone().and(person.search()));
    let mut rows = Vec::new();
    let mut mine = 0;
    for person in all.iter().take(RANKED) {
        let own = is_own(person)?;
        mine += u64::from(own > 0);
        rows.push(row(&study.field, person, own));
    }
    // The subject's own people stand below, whatever their rank.
    for person in people(study, &study.own)?.iter().take(RANKED) {
        let query = study.field.clone().and(person.search()).to_string();
        if !rows.iter().any(|row| row.search.as_ref() == Some(&query)) {
            let own = is_own(person)?;
            let whole = all.iter().find(|one| one.name == person.name && one.spellings == person.spellings);
            rows.push(row(&study.field, whole.unwrap_or(person), own));
        }
    }
    let subject = &study.scope.subject.name;
    let finding = match all.first() {
        None => "来源没有给出发明人，无法统计。".to_owned(),
        Some(first) => format!(
            "共 {} 名发明人（同名以申请人区分）；最多的在{}；前 {} 名中{subject} {mine} 名。",
            all.len(),
            first.body,
            all.len().min(RANKED)
        ),
    };
    let columns = [Column::text("发明人"), Column::text("申请人"), Column::text("类别")]
        .into_iter()
        .chain(counts())
        .chain([Column::count(&format!("其中{subject}（件）"))])
        .collect();
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: None })
}

fn row(set: &Query, person: &Person, own: u64) -> Row {
    let [documents, families] = count_cells((person.documents, person.families));
    let cells = vec![
        Cell::Text(person.name.clone()),
        Cell::Text(person.body.clone()),
        Cell::Text(bodies::sort_of(&person.body).to_owned()),
        documents,
        families,
        Cell::Count(own),
    ];
    Row::new(cells, set.clone().and(person.search()))
}
