//! A report: its scope, the snapshot it was counted on, its figures, and the documents they rest on.

use std::collections::{BTreeMap, BTreeSet};

use corpus::Corpus;
use documents::{LegalState, applicants::Names};
use serde::{Deserialize, Serialize};

use crate::{Error, Figure, Result, Scope, compare::Differences, study::Study};

/// A navigation report (专利导航报告).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What it is about.
    pub scope: Scope,
    /// What it was counted on.
    pub snapshot: Snapshot,
    /// Its figures in order.
    pub figures: Vec<Figure>,
    /// The documents of the field, by key.
    pub documents: Vec<Member>,
    /// The files they came from, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceFile>,
    /// What changed since an earlier edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<Differences>,
}

/// The corpus that a report was counted on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The number of the snapshot.
    pub number: u64,
    /// How many documents the corpus had.
    pub documents: u64,
    /// The version of the ledger of names by which applicants and owners were put together.
    #[serde(default, skip_serializing_if = "is_none")]
    pub ledger: usize,
}

fn is_none(version: &usize) -> bool {
    *version == 0
}

/// A document of the field as it stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// Its key.
    pub key: String,
    /// Its legal state.
    pub state: LegalState,
    /// Its owners, or its applicants where no source names owners.
    pub owners: Vec<String>,
    /// Whether it is the subject's own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_own: bool,
}

/// A file from which documents of the field came (数据来源).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name.
    pub file: String,
    /// How many documents of the field it told of; one that several told of counts in each.
    pub documents: u64,
    /// The latest publication among them, which is how far the source reaches; none where none has a date.
    pub latest: Option<jiff::civil::Date>,
}

impl std::fmt::Display for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}（{} 件，", self.file, self.documents)?;
        match self.latest {
            Some(day) => write!(f, "最晚公开 {day}）"),
            None => f.write_str("公开日未知）"),
        }
    }
}

/// Answers every question of a scope's template. The same corpus, scope and names give the same report.
pub fn survey(corpus: &Corpus, scope: &Scope, names: &Names) -> Result<Report> {
    let study = Study::new(corpus, scope, names)?;
    if corpus.count(&study.field)? == 0 {
        return Err(nothing_found(&study)?);
    }
    if corpus.count(&study.subject)? == 0 {
        return Err(crate::Error::Invalid(format!(
            "专利库中没有“{}”的文献（检索式 {}），无从说明它的位置；请核对名称，或先收录它的专利",
            scope.subject.name, study.subject
        )));
    }
    let figures = scope.template.questions().map(|question| figure(&study, question)).collect::<Result<Vec<_>>>()?;
    let snapshot = Snapshot {
        number: corpus.manifest().number,
        documents: corpus.manifest().splits.iter().map(|s| u64::from(s.live)).sum(),
        ledger: names.version(),
    };
    let (documents, sources) = members(&study)?;
    Ok(Report { scope: scope.clone(), snapshot, figures, documents, sources, differences: None })
}

fn figure(study: &Study<'_>, question: &crate::Question) -> Result<Figure> {
    let answer = (question.answer)(study)?;
    Ok(Figure {
        id: question.id.to_owned(),
        part: question.part,
        question: question.text.replace("主体", &study.scope.subject.name),
        search: answer.search.to_string(),
        unit: study.unit,
        basis: study.scope.basis,
        as_of: study.scope.as_of,
        snapshot: study.corpus.manifest().number,
        method: question.method.replace("主体", &study.scope.subject.name),
        finding: answer.finding,
        columns: answer.columns,
        rows: answer.rows,
        drawing: answer.drawing,
    })
}

/// The documents of the field, and the files they came from.
fn members(study: &Study<'_>) -> Result<(Vec<Member>, Vec<SourceFile>)> {
    let own: std::collections::HashSet<String> = study.corpus.keys(&study.own)?.into_iter().collect();
    let mut members = Vec::new();
    let mut sources: BTreeMap<String, (u64, Option<jiff::civil::Date>)> = BTreeMap::new();
    study.corpus.each_document(&study.field, |document| {
        let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
        let latest = document
            .publications
            .iter()
            .filter_map(|one| one.published_on)
            .filter(|day| *day <= study.scope.as_of)
            .max();
        let files: BTreeSet<&str> = document.sources.iter().map(|source| source.file.as_str()).collect();
        for file in files {
            let told = sources.entry(file.to_owned()).or_default();
            *told = (told.0 + 1, told.1.max(latest));
        }
        members.push(Member {
            is_own: own.contains(&document.key),
            owners: parties.iter().map(|party| party.name.clone()).collect(),
            state: document.state,
            key: document.key,
        });
    })?;
    members.sort_unstable();
    let sources = sources.into_iter().map(|(file, (documents, latest))| SourceFile { file, documents, latest });
    Ok((members, sources.collect()))
}

fn nothing_found(study: &Study<'_>) -> Result<Error> {
    let asked = study.corpus.count(&study.asked)?;
    let (search, as_of) = (&study.asked, study.scope.as_of);
    Ok(Error::Invalid(match asked {
        0 => format!("检索式没有命中任何文献，无法出报告：{search}。请放宽检索式，或先用 corpus index 收录相关文献。"),
        _ => format!("检索式命中 {asked} 件，但没有一件已知在 {as_of} 前公开，无法出报告；请把截止日改晚。"),
    }))
}

impl Report {
    /// Reads a report that was stored as JSON.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|cause| {
            Error::Invalid(format!(
                "这不是专利导航报告的 JSON（第 {} 行第 {} 列：{cause}）；请给出 corpus landscape --json 写出的文件",
                cause.line(),
                cause.column()
            ))
        })
    }

    /// The figure with an id.
    pub fn figure(&self, id: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.id == id)
    }

    /// What the report is called.
    pub fn title(&self) -> String {
        format!("{}专利导航报告（{}）", self.scope.title, self.scope.template.zh())
    }
}
