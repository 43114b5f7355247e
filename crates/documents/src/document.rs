//! The shape of a patent document, whoever published it and whichever source it came from.
//!
//! An empty text or list means that no source said anything; it never means that there is none.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::PatentKind;

/// One application at one office, with its publications (专利文献，以申请为单位).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The stable key: `CN` + application number where it is known, else what the publications of one application
    /// share ([`crate::PublicationId::identity`]). Which documents are one is asked of [`Document::identities`].
    pub key: String,
    /// The office that received it, a code of WIPO ST.3.
    pub office: String,
    /// The application number in its canonical form, with the office's letters; empty where no source gives it.
    pub application_number: String,
    /// What kind of right it seeks; none where no source says.
    pub kind: Option<PatentKind>,
    /// The filing date (申请日).
    pub filed_on: Option<Date>,
    /// Its publications, by date: A, then B or C, U, S and so on.
    pub publications: Vec<Publication>,
    /// The number of the international application or publication it came through.
    pub pct_number: String,
    /// Titles (名称), the original language first.
    pub titles: Vec<Text>,
    /// Abstracts (摘要).
    pub abstracts: Vec<Text>,
    /// Claims (权利要求), each claim one text, the latest publication's wording.
    pub claims: Vec<Text>,
    /// Descriptions (说明书), one text a language.
    pub descriptions: Vec<Text>,
    /// Those who applied (申请人), in order.
    pub applicants: Vec<Party>,
    /// Those who own it now (当前权利人), where a source says so.
    pub owners: Vec<Party>,
    /// Inventors (发明人), in order.
    pub inventors: Vec<Party>,
    /// Agencies (代理机构).
    pub agents: Vec<Party>,
    /// Classification symbols (分类号), the main one first.
    pub classifications: Vec<Classification>,
    /// Priorities claimed (优先权).
    pub priorities: Vec<Priority>,
    /// Documents it cites (引用文献).
    pub citations: Vec<Citation>,
    /// Legal events (法律事件), by date.
    pub events: Vec<LegalEvent>,
    /// The state that a source asserts without events; [`LegalState::Unknown`] where none does.
    pub state: LegalState,
    /// Whether the state only follows from a grant ([`crate::legal::settled`]); said where a document is read, never kept.
    #[serde(skip)]
    pub is_presumed: bool,
    /// The family that a source asserts, such as DOCDB's number; [`crate::families`] says when it counts.
    pub family: String,
    /// Numbers of patents that divided from it or that it divided from.
    pub related: Vec<String>,
    /// Where all this came from; a document from two files has two.
    pub sources: Vec<Source>,
    /// How much weight the source of each field had, once documents were merged; empty before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, u32>,
}

/// One publication (公布、公告) of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Publication {
    /// The number with office and kind code: `CN101945314B`.
    pub number: String,
    /// The kind code: `B`.
    pub kind_code: String,
    /// The day of publication.
    pub published_on: Option<Date>,
    /// Whether it announces a grant; none where the office's code does not tell.
    pub is_grant: Option<bool>,
}

/// A text with its language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Text {
    /// The language by ISO 639-1, lower case; empty where unknown.
    pub language: String,
    /// The text as published, markup taken out, white space folded.
    pub text: String,
}

/// A person or body named on a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Party {
    /// The name as the source writes it, outer white space and trailing separators taken off.
    pub name: String,
    /// The name in another script, where the source gives both.
    pub other_name: String,
    /// The country or region, a code of WIPO ST.3; empty where unknown.
    pub country: String,
    /// The address as written, without the postcode.
    pub address: String,
}

/// A classification scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// International Patent Classification (国际专利分类).
    Ipc,
    /// Cooperative Patent Classification (联合专利分类).
    Cpc,
    /// Locarno classification of designs (洛迦诺分类).
    Locarno,
    /// National classes of the United States.
    Uspc,
}

/// A classification symbol with its edition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Classification {
    /// The scheme.
    pub scheme: Scheme,
    /// The symbol in canonical form: `H04L 9/32`.
    pub symbol: String,
    /// The edition, such as `2006.01` or `5` for the fifth; empty where not given.
    pub edition: String,
    /// Whether it classes the invention itself rather than additional information.
    pub is_inventive: bool,
}

/// A claimed priority.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Priority {
    /// The office of the earlier application.
    pub office: String,
    /// Its number in canonical form, with the office's letters.
    pub number: String,
    /// Its filing date.
    pub filed_on: Option<Date>,
}

/// A cited document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// The cited patent's number in canonical form; empty for other literature.
    pub number: String,
    /// The citation as written, for literature other than patents.
    pub literature: String,
    /// X, Y, A and so on; empty where not given.
    pub category: String,
    /// Who cited and when: `search`, `examination`, `applicant`, `opposition`; empty where not given.
    pub phase: String,
}

/// Something that happened to the right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LegalEvent {
    /// When it took effect or was gazetted.
    pub on: Option<Date>,
    /// The source's code, such as INPADOC's `PC01`.
    pub code: String,
    /// What happened, in the source's words.
    pub text: String,
    /// What it does to the state, where the code tells.
    pub leads_to: Option<LegalState>,
    /// The party named, such as the new owner.
    pub party: String,
}

/// The legal state (法律状态) of an application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalState {
    /// No source says.
    #[default]
    Unknown,
    /// Filed or published, not decided (审中).
    Pending,
    /// Granted and in force (有效).
    InForce,
    /// Refused, withdrawn or deemed withdrawn (未授权终局).
    NotGranted,
    /// Lapsed, abandoned or expired (失效).
    Ended,
    /// Declared wholly invalid (全部无效).
    Invalidated,
}

impl LegalState {
    /// The Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Unknown => "未知",
            Self::Pending => "审中",
            Self::InForce => "有效",
            Self::NotGranted => "未授权",
            Self::Ended => "失效",
            Self::Invalidated => "全部无效",
        }
    }
}

/// Where a document, or a part of it, came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The format it was read as, such as `cnipa-xml` or `google-csv`.
    pub format: String,
    /// The file's name.
    pub file: String,
    /// The row, line or ordinal within the file.
    pub place: String,
}
