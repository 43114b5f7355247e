//! What a report is about: its field, whose position it tells, and the parts it is divided into.

use corpus::{Corpus, Dimension, Field, Query, Value};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{Uscc, text::fold_name};

use crate::{
    Basis, Error, Result, Template,
    chain::{Chain, Node},
    study::{any_of, read},
};

/// What a report is about; stored in it, so that next year's edition asks the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The kind of navigation.
    pub template: Template,
    /// What the report is called.
    pub title: String,
    /// The search of the field; of an enterprise report, its own patents.
    pub search: String,
    /// The city, or the enterprise.
    pub subject: Subject,
    /// The code of the enterprise whose report it is, where it is one of the register: its own accounts may open it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub enterprise: String,
    /// The province it is compared with, as addresses name it: 江苏.
    pub province: String,
    /// The parts of the field; empty where they are to be its most frequent IPC subclasses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub technologies: Vec<Technology>,
    /// Where the technologies come from: a chain, its edition and node.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Filed or granted.
    #[serde(default)]
    pub basis: Basis,
    /// The last day of publication that counts.
    pub as_of: Date,
}

/// Whose position is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name: 海安市.
    pub name: String,
    /// The search of its documents: `PR=海安`.
    pub search: String,
}

impl Subject {
    /// The city of this name, by words that stand in its addresses.
    pub fn city(name: &str, words: &[String]) -> Self {
        let word = |word: &String| Query::term(Field::Address, Value::Phrase(word.clone()));
        Self { name: name.to_owned(), search: any_of(words.iter().map(word).collect()).to_string() }
    }

    /// The enterprise of this name, by every spelling of its names under which the corpus knows an applicant.
    pub fn enterprise(corpus: &Corpus, name: &str, names: &[String]) -> Result<Self> {
        Ok(Self { name: name.to_owned(), search: any_of(spelled(corpus, names)?).to_string() })
    }

    /// The province in which most of its documents are, none where no address tells.
    pub fn province(&self, corpus: &Corpus) -> Result<String> {
        let own = read(&format!("“{}”", self.name), &self.search)?;
        let provinces = corpus.facet(&own, Dimension::Province, 1)?.values;
        Ok(provinces.into_iter().next().map(|province| province.value).unwrap_or_default())
    }
}

/// A part of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technology {
    /// Its name.
    pub name: String,
    /// Its search.
    pub search: String,
}

/// The searches of applicants that are called so, whatever their brackets and spaces.
pub(crate) fn spelled(corpus: &Corpus, names: &[String]) -> Result<Vec<Query>> {
    let mut spellings: Vec<String> = Vec::new();
    for name in names {
        let like = Query::term(Field::Applicant, Value::Phrase(name.clone()));
        let found = corpus.facet(&like, Dimension::Applicant, usize::MAX)?.values.into_iter().map(|one| one.value);
        spellings.extend(found.filter(|found| fold_name(found) == fold_name(name)));
        spellings.push(name.clone());
    }
    spellings.sort_unstable();
    spellings.dedup();
    Ok(spellings.into_iter().map(|name| Query::term(Field::Applicant, Value::Whole(name))).collect())
}

impl Scope {
    /// A region or an industry: a search, a chain or a node of one, or within a node a search.
    pub fn of_field(
        corpus: &Corpus,
        template: Template,
        subject: Subject,
        node: Option<(&Chain, Option<&Node>)>,
        query: Option<Query>,
        as_of: Date,
    ) -> Result<Self> {
        let of_node = node.map(|(chain, node)| chain.query(node)).transpose()?;
        let query = match (of_node, query, template) {
            (Some(node), Some(query), _) => node.and(query),
            (Some(query), None, _) | (None, Some(query), _) => query,
            (None, None, Template::Regional) => Query::All,
            (None, None, _) => {
                return Err(Error::Invalid("请写检索式，或选定一条产业链或其节点".to_owned()));
            }
        };
        let title = match node {
            Some((chain, Some(node))) => format!("{}·{}", chain.name, node.name),
            Some((chain, None)) => chain.name.clone(),
            None if query == Query::All => subject.name.clone(),
            None => query.to_string(),
        };
        Ok(Self {
            template,
            title,
            search: query.to_string(),
            enterprise: String::new(),
            province: subject.province(corpus)?,
            subject,
            technologies: node.map(|(chain, node)| chain.technologies(node)).transpose()?.unwrap_or_default(),
            source: node.map(|(chain, _)| chain.edition_words()).unwrap_or_default(),
            basis: Basis::Filed,
            as_of,
        })
    }

    /// An enterprise in the field of its own patents; found under a code, the report belongs to who has it, who may open it.
    pub fn of_enterprise(corpus: &Corpus, subject: Subject, code: Option<&Uscc>, as_of: Date) -> Result<Self> {
        Ok(Self {
            template: Template::Enterprise,
            title: subject.name.clone(),
            search: subject.search.clone(),
            province: subject.province(corpus)?,
            subject,
            enterprise: code.map(Uscc::to_string).unwrap_or_default(),
            technologies: Vec::new(),
            source: String::new(),
            basis: Basis::Filed,
            as_of,
        })
    }

    /// Reads every search of the scope, and says whose is wrong.
    pub fn check(&self) -> Result<()> {
        read(&format!("报告“{}”", self.title), &self.search)?;
        if self.template != Template::Enterprise {
            read(&format!("“{}”", self.subject.name), &self.subject.search)?;
        }
        self.technologies.iter().try_for_each(|one| read(&format!("技术分支“{}”", one.name), &one.search).map(drop))
    }
}
