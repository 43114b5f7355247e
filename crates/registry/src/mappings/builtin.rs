//! Mappings of sources that every office meets.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Mapping, Step};

pub(super) fn mappings() -> &'static [Mapping] {
    static ALL: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
        let mut all = gazette();
        all.extend([
            cnipr(),
            search_system_detail(),
            strategic_industries(),
            provinces(),
            cities(),
            areas(),
            streets(),
            divisions_of_a_province(),
            industries(),
            industries_of_2011(),
            ipc_titles(),
            holidays(),
        ]);
        all
    });
    &ALL
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn mapping(source: &str, register: &str, signature: &[&str], headings: &[(&str, &str)], steps: Vec<Step>) -> Mapping {
    Mapping {
        source: source.to_owned(),
        register: register.to_owned(),
        signature: texts(signature),
        headings: pairs(headings),
        steps,
        ..Mapping::default()
    }
}

/// 专利公报 of the patent office, as crawled: publications and grants in one form.
fn gazette() -> Vec<Mapping> {
    const HEADINGS: &[(&str, &str)] = &[
        ("name", "title"),
        ("authorization_notice_id", "grant_number"),
        ("authorized_announcement_date", "granted_on"),
        ("filing_id", "application_number"),
        ("filing_date", "filed_on"),
        ("patentee", "patentees"),
        ("designer", "inventors"),
        ("address", "address"),
        ("Int.Cl.", "ipc"),
    ];
    let steps = || {
        vec![
            Step::GrantByPublication { number: "grant_number".into(), date: "granted_on".into() },
            Step::DropPostcode { field: "address".into() },
        ]
    };
    let signature =
        ["name", "authorization_notice_id", "authorized_announcement_date", "filing_id", "filing_date", "patentee"];
    // One issue has the two headings the other way round, though its cells stand as always.
    let swapped_order = [
        "item",
        "name",
        "authorization_notice_id",
        "authorized_announcement_date",
        "filing_id",
        "filing_date",
        "patentee",
        "address",
        "designer",
        "Int.Cl.",
    ];
    let mut swapped = mapping("专利公报（地址与发明人标题颠倒）", "patents", &swapped_order, HEADINGS, steps());
    swapped.in_order = true;
    swapped.steps.insert(0, Step::SwapUnlessPostcode { address: "address".into(), other: "inventors".into() });
    vec![swapped, mapping("专利公报", "patents", &signature, HEADINGS, steps())]
}

/// The export of 中国知识产权网 with 25 columns.
fn cnipr() -> Mapping {
    mapping(
        "CNIPR 导出",
        "patents",
        &["申请号", "公开（公告）号", "公开（公告）日", "申请（专利权）人", "主分类号", "颁证日"],
        &[("公开（公告）号", "grant_number"), ("公开（公告）日", "granted_on")],
        vec![
            Step::GrantByPublication { number: "grant_number".into(), date: "granted_on".into() },
            Step::DropPostcode { field: "address".into() },
        ],
    )
}

/// The detail pages of the patent office's search system (专利检索及分析系统), kept as labelled records.
fn search_system_detail() -> Mapping {
    mapping(
        "专利检索系统详览",
        "patents",
        &["申请号", "公开（公告）号", "公开（公告）日", "发明名称", "文献唯一标识"],
        &[("公开（公告）号", "grant_number"), ("公开（公告）日", "granted_on")],
        vec![
            Step::LastFilled {
                headings: texts(&["IPC分类号", "外观设计洛迦诺分类号"]), into: "ipc".into()
            },
            Step::GrantByPublication { number: "grant_number".into(), date: "granted_on".into() },
        ],
    )
}

/// 《战略性新兴产业分类与国际专利分类参照关系表（2021）（试行）》 as JSON lines.
fn strategic_industries() -> Mapping {
    mapping(
        "战略性新兴产业参照关系表（JSON）",
        "strategic-industries",
        &["sei_code", "sei_name", "ipc_include"],
        &[
            ("sei_code", "code"),
            ("sei_name", "name"),
            ("rule_no", "rule"),
            ("ipc_include", "ipc"),
            ("ipc_exclude", "excluded_ipc"),
            ("keywords", "keywords"),
        ],
        vec![Step::PartNegatives { from: "keywords".into(), into: "excluded_keywords".into() }],
    )
}

fn kind_by_ending(endings: &[(&str, &str)]) -> Step {
    Step::KindByEnding {
        name: "name".into(),
        into: "kind".into(),
        endings: endings.iter().map(|(ending, kind)| ((*ending).to_owned(), (*kind).to_owned())).collect(),
        otherwise: Some("其他".into()),
    }
}

/// Provinces of the national divisions.
fn provinces() -> Mapping {
    let columns = [("code", "code"), ("name", "name")];
    let signature = ["code", "name"];
    Mapping {
        constants: pairs(&[("kind", "其他")]),
        ..mapping("全国区划（省级）", "regions", &signature, &columns, vec![])
    }
}

/// Prefectures of the national divisions. The kind 市 is the city's own, which none of these is.
fn cities() -> Mapping {
    let columns = [("code", "code"), ("name", "name")];
    let signature = ["code", "name", "provinceCode"];
    Mapping {
        constants: pairs(&[("kind", "其他")]),
        ..mapping("全国区划（地级）", "regions", &signature, &columns, vec![])
    }
}

/// All levels of one province, with pinyin.
fn divisions_of_a_province() -> Mapping {
    mapping(
        "省内区划（四级）",
        "regions",
        &["id", "pid", "deep", "ext_id", "ext_name"],
        &[("id", "code")],
        vec![
            // The name beside it is short: 玄武 for 玄武区.
            Step::LastFilled { headings: texts(&["ext_name"]), into: "name".into() },
            kind_by_ending(&[
                ("街道办事处", "街道"),
                ("街道", "街道"),
                ("镇", "镇"),
                ("乡", "乡"),
                ("县", "县"),
                ("区", "区"),
            ]),
        ],
    )
}

/// Counties and districts of the national divisions.
fn areas() -> Mapping {
    mapping(
        "全国区划（县级）",
        "regions",
        &["code", "name", "cityCode", "provinceCode"],
        &[("code", "code"), ("name", "name")],
        vec![kind_by_ending(&[
            ("自治县", "县"),
            ("县", "县"),
            ("旗", "县"),
            ("新区", "区"),
            ("区", "区"),
            ("市", "市"),
        ])],
    )
}

/// Towns and sub-districts of the national divisions.
fn streets() -> Mapping {
    mapping(
        "全国区划（乡级）",
        "regions",
        &["code", "name", "areaCode", "provinceCode", "cityCode"],
        &[("code", "code"), ("name", "name")],
        vec![kind_by_ending(&[
            ("街道办事处", "街道"),
            ("街道", "街道"),
            ("镇", "镇"),
            ("民族乡", "乡"),
            ("乡", "乡"),
            ("苏木", "乡"),
        ])],
    )
}

/// GB/T 4754 with one column per level.
fn industries() -> Mapping {
    mapping(
        "GB/T 4754（分级列）",
        "industry-codes",
        &["门类", "大类", "中类", "小类"],
        // The names stand in a column without a heading.
        &[("第5列", "name"), ("name", "name")],
        vec![Step::LastFilled { headings: texts(&["门类", "大类", "中类", "小类"]), into: "code".into() }],
    )
}

/// GB/T 4754-2011, codes and names in two columns without a heading row.
fn industries_of_2011() -> Mapping {
    let columns = [("A", "code"), ("B", "name")];
    Mapping {
        no_headings: true,
        constants: pairs(&[("edition", "2011")]),
        ..mapping("GB/T 4754-2011（无标题行）", "industry-codes", &[], &columns, vec![])
    }
}

/// The Chinese titles of the IPC as a tab-separated table.
fn ipc_titles() -> Mapping {
    mapping(
        "IPC 中文类名表",
        "ipc-titles",
        &["code", "level", "parent", "title_zh"],
        &[("code", "symbol"), ("title_zh", "title")],
        vec![],
    )
}

/// The holiday notices of the State Council's office as JSON, one file per year.
fn holidays() -> Mapping {
    mapping("节假日安排（JSON）", "holidays", &["name", "date", "isOffDay"], &[("isOffDay", "is_off")], vec![])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_mapping_names_only_what_exists() {
        for mapping in mappings() {
            mapping.validate().unwrap();
        }
    }
}
