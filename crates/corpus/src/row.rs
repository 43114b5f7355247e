//! The narrow values of a document that are counted by: one row of the analytic columns.

use documents::{Document, LegalState, Party, Scheme, families, legal};
use jiff::civil::Date;

use crate::{classes, state};

/// Raised whenever the same document would give other values; splits of earlier rules are written again.
pub(crate) const RULES: u32 = 1;

/// What a document is counted by. An absent value is unknown, never zero.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The simple family by [`families`]: a document of which nothing is known is a family of its own.
    pub(crate) family: String,
    pub(crate) kind: Option<terms::PatentKind>,
    pub(crate) state: LegalState,
    pub(crate) filed: Option<Date>,
    /// Every day of publication, in order.
    pub(crate) published: Vec<Date>,
    pub(crate) granted: Option<Date>,
    pub(crate) ipc_levels: Vec<String>,
    pub(crate) cpc_levels: Vec<String>,
    pub(crate) locarno: Vec<String>,
    pub(crate) ipc_subclasses: Vec<String>,
    pub(crate) ipc_groups: Vec<String>,
    pub(crate) cpc_subclasses: Vec<String>,
    pub(crate) applicants: Vec<String>,
    /// The current owners; where no source names them, nothing.
    pub(crate) owners: Vec<String>,
    pub(crate) inventors: Vec<String>,
    pub(crate) province: Option<String>,
    pub(crate) city: Option<String>,
    /// How many patents it cites, where a source lists citations.
    pub(crate) citations: Option<u32>,
    /// How many claims it has, where a source gives them.
    pub(crate) claims: Option<u32>,
}

impl Row {
    /// The row of a document.
    pub(crate) fn of(document: &Document) -> Self {
        let ipc = symbols(document, Scheme::Ipc);
        let cpc = symbols(document, Scheme::Cpc);
        let mut published: Vec<Date> = document.publications.iter().filter_map(|each| each.published_on).collect();
        published.sort_unstable();
        published.dedup();
        let grants = document.publications.iter().filter(|each| each.is_grant == Some(true));
        let address = document.applicants.first().map_or("", |party| party.address.as_str());
        let (province, city) = place(address);
        Self {
            family: families::name_of(document),
            kind: document.kind,
            state: legal::settled(document).state,
            filed: document.filed_on,
            published,
            granted: grants.filter_map(|each| each.published_on).min(),
            ipc_subclasses: of_length(&ipc, |symbol| symbol.len() == 4),
            ipc_groups: of_length(&ipc, |symbol| symbol.len() > 4 && !symbol.contains('/')),
            cpc_subclasses: of_length(&cpc, |symbol| symbol.len() == 4),
            ipc_levels: ipc,
            cpc_levels: cpc,
            locarno: distinct(
                document.classifications.iter().filter(|c| c.scheme == Scheme::Locarno).map(|c| c.symbol.clone()),
            ),
            applicants: names(&document.applicants),
            owners: names(&document.owners),
            inventors: names(&document.inventors),
            province,
            city,
            citations: count(
                document.citations.iter().filter(|each| !each.number.is_empty()).count(),
                document.citations.len(),
            ),
            claims: count(document.claims.len(), document.claims.len()),
        }
    }

    /// The kind's Chinese name.
    pub(crate) fn kind(&self) -> Option<&'static str> {
        self.kind.map(terms::PatentKind::zh)
    }

    /// The state's Chinese name, none where unknown.
    pub(crate) fn state(&self) -> Option<&'static str> {
        (self.state != LegalState::Unknown).then(|| state::zh(self.state))
    }
}

/// A number of things, unknown where a source lists none at all.
fn count(things: usize, listed: usize) -> Option<u32> {
    (listed > 0).then(|| u32::try_from(things).unwrap_or(u32::MAX))
}

fn symbols(document: &Document, scheme: Scheme) -> Vec<String> {
    let own = document.classifications.iter().filter(|each| each.scheme == scheme);
    distinct(own.filter_map(|each| classes::levels(&each.symbol)).flatten())
}

fn of_length(levels: &[String], keep: impl Fn(&str) -> bool) -> Vec<String> {
    levels.iter().filter(|symbol| keep(symbol)).cloned().collect()
}

fn names(parties: &[Party]) -> Vec<String> {
    distinct(parties.iter().map(|party| party.name.clone()).filter(|name| !name.is_empty()))
}

/// The values in order, each once.
fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}

/// The short names of the provinces, with those that are cities themselves.
const PROVINCES: &[&str] = &[
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
];
const CITIES: &[&str] = &["北京", "天津", "上海", "重庆", "香港", "澳门"];

/// Province and city of a Chinese address that names them; none where it does not.
pub(crate) fn place(address: &str) -> (Option<String>, Option<String>) {
    let address = address.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let Some(province) = PROVINCES.iter().find(|name| address.starts_with(**name)) else { return (None, None) };
    if CITIES.contains(province) {
        return (Some((*province).to_owned()), Some((*province).to_owned()));
    }
    let rest = &address[province.len()..];
    let rest = ["省", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区"]
        .iter()
        .find_map(|suffix| rest.strip_prefix(suffix))
        .unwrap_or(rest)
        .trim_start();
    const CITY_CHARACTERS_MAX: usize = 12;
    let end = rest.char_indices().take(CITY_CHARACTERS_MAX).find_map(|(at, _)| {
        ["市", "自治州", "地区", "盟"]
            .iter()
            .find(|suffix| at > 0 && rest[at..].starts_with(**suffix))
            .map(|suffix| at + suffix.len())
    });
    (Some((*province).to_owned()), end.map(|end| rest[..end].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_province_and_city_or_nothing() {
        let check = |address: &str, province: &str, city: &str| {
            let (found, at) = place(address);
            assert_eq!((found.as_deref().unwrap_or(""), at.as_deref().unwrap_or("")), (province, city), "{address}");
        };
        check("江苏省南通市海安市长江路1号", "江苏", "南通市");
        check("226600 江苏省南通市", "江苏", "南通市");
        check("北京市海淀区", "北京", "北京");
        check("广西壮族自治区南宁市", "广西", "南宁市");
        check("海安市黄海大道", "", "");
        check("Seoul", "", "");
        check("吉林省延边朝鲜族自治州延吉市", "吉林", "延边朝鲜族自治州");
    }

    #[test]
    fn what_no_source_says_is_unknown_and_not_zero() {
        let row = Row::of(&Document { key: "CN1".into(), ..Document::default() });
        assert_eq!((row.citations, row.claims, row.filed, row.state()), (None, None, None, None));
        assert_eq!(row.family, "CN1");
    }
}
