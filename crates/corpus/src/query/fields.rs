//! The fields of the language, their names in English and Chinese, and what kind of value each takes.

use serde::{Deserialize, Serialize};

/// A field that can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Title, abstract and claims together: where a term without a field is looked for.
    Text,
    /// Title (名称).
    Title,
    /// Abstract (摘要).
    Abstract,
    /// Claims (权利要求).
    Claims,
    /// Description (说明书).
    Description,
    /// Applicants (申请人).
    Applicant,
    /// Current owners (当前权利人).
    Owner,
    /// Inventors (发明人).
    Inventor,
    /// Agencies (代理机构).
    Agent,
    /// Addresses (省市).
    Address,
    /// IPC symbols (国际专利分类).
    Ipc,
    /// CPC symbols (联合专利分类).
    Cpc,
    /// Locarno classes of designs (洛迦诺分类).
    Locarno,
    /// Any number of the document (号码).
    Number,
    /// Filing date (申请日).
    Filed,
    /// Date of any publication (公开日).
    Published,
    /// Date of the grant (授权公告日).
    Granted,
    /// The receiving office (受理局).
    Office,
    /// Invention, utility model or design (专利类型).
    Kind,
    /// Legal state (法律状态).
    State,
    /// Family (同族).
    Family,
    /// Numbers of the documents it cites (引用文献).
    Cited,
    /// The arrival it came or was last changed in (收录批次); asked only as later than one.
    Arrival,
    /// Province of the first applicant (省).
    Province,
    /// City of the first applicant (市).
    City,
}

/// What kind of values a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Running text: words, phrases, wildcards and proximity.
    Text,
    /// Names: part of a name, a whole name, wildcards.
    Name,
    /// Classification symbols with their hierarchy.
    Class,
    /// Numbers in any notation, and lists of them.
    Number,
    /// Days and ranges of days.
    Day,
    /// Codes from a closed list, and the family.
    Code,
    /// A running number, compared by `>`.
    Arrival,
}

/// Every field with its canonical code, its Chinese name and what else it is called.
const NAMES: &[(Field, &str, &str, &[&str])] = &[
    (Field::Text, "TAC", "名称、摘要和权利要求", &["TX", "TEXT", "TA", "名称摘要权利要求", "全部", "关键词"]),
    (Field::Title, "TI", "名称", &["TITLE", "标题", "专利名称", "发明名称"]),
    (Field::Abstract, "AB", "摘要", &["ABST", "ABSTRACT"]),
    (Field::Claims, "CL", "权利要求", &["CLM", "CLAIMS", "CLAIM", "权利要求书"]),
    (Field::Description, "DE", "说明书", &["DESC", "DESCRIPTION"]),
    (Field::Applicant, "PA", "申请人", &["AP", "APPLICANT"]),
    (Field::Owner, "OW", "当前权利人", &["OWNER", "AS", "权利人", "专利权人", "当前专利权人"]),
    (Field::Inventor, "IN", "发明人", &["INVENTOR", "设计人"]),
    (Field::Agent, "AG", "代理机构", &["AGENT", "AGC"]),
    (Field::Address, "PR", "省市", &["ADD", "ADDRESS", "地址", "申请人地址"]),
    (Field::Ipc, "IC", "分类号", &["IPC", "国际分类号", "IPC分类号"]),
    (Field::Cpc, "CPC", "CPC分类号", &["联合专利分类", "CPC分类"]),
    (Field::Locarno, "LOC", "洛迦诺分类号", &["LOCARNO", "外观分类号"]),
    (Field::Number, "NO", "号码", &["PN", "AN", "NUMBER", "公开号", "公告号", "申请号", "专利号"]),
    (Field::Filed, "AD", "申请日", &["FD", "FILED"]),
    (Field::Published, "PD", "公开日", &["PUBLISHED"]),
    (Field::Granted, "GD", "授权公告日", &["GRANTED", "授权日", "公告日"]),
    (Field::Office, "PC", "受理局", &["CC", "OFFICE", "COUNTRY", "国家", "国别", "国家地区"]),
    (Field::Kind, "KD", "专利类型", &["KIND", "TYPE", "类型"]),
    (Field::State, "ST", "法律状态", &["STATE", "STATUS", "LS", "状态", "有效性", "专利有效性"]),
    (Field::Family, "FA", "同族", &["FAM", "FAMILY", "同族号"]),
    (Field::Cited, "CT", "引用文献", &["CITED", "CITES", "引用", "引证"]),
    (Field::Arrival, "RB", "收录批次", &["ARRIVAL", "批次"]),
    (Field::Province, "PV", "省份", &["PROVINCE", "省"]),
    (Field::City, "CITY", "城市", &["市", "地市"]),
];

impl Field {
    /// Every field.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(field, ..)| *field)
    }

    /// The canonical code in a query: `TI`.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// The Chinese name: `名称`.
    pub fn zh(self) -> &'static str {
        self.row().2
    }

    /// The field that a query calls so, in either language, whatever the case.
    pub fn named(name: &str) -> Option<Self> {
        let upper = name.to_uppercase();
        NAMES
            .iter()
            .find(|(_, code, zh, others)| *code == upper || *zh == name || others.contains(&upper.as_str()))
            .map(|(field, ..)| *field)
    }

    pub(crate) fn sort(self) -> Sort {
        match self {
            Self::Text | Self::Title | Self::Abstract | Self::Claims | Self::Description => Sort::Text,
            Self::Applicant | Self::Owner | Self::Inventor | Self::Agent | Self::Address => Sort::Name,
            Self::Ipc | Self::Cpc | Self::Locarno => Sort::Class,
            Self::Number | Self::Cited => Sort::Number,
            Self::Filed | Self::Published | Self::Granted => Sort::Day,
            Self::Office | Self::Kind | Self::State | Self::Family | Self::Province | Self::City => Sort::Code,
            Self::Arrival => Sort::Arrival,
        }
    }

    fn row(self) -> &'static (Self, &'static str, &'static str, &'static [&'static str]) {
        NAMES.iter().find(|(field, ..)| *field == self).expect("NAMES has a row for every field")
    }
}
