//! Whole rows: every reason at once, defaults, and what cells must be to each other.

use std::collections::BTreeMap;

use super::{Checked, check, release};
use crate::{entry, registers::register};

fn row(register_id: &str, cells: &[(&str, &str)]) -> Checked {
    let register = register(register_id).unwrap();
    let fields: BTreeMap<String, String> =
        cells.iter().map(|(field, cell)| ((*field).to_owned(), (*cell).to_owned())).collect();
    check(register, &entry::cells(register, &fields).unwrap(), &[])
}

#[track_caller]
fn refused(register: &str, base: &[(&str, &str)], change: (&str, &str), column: &str, why: &str) {
    let sound = row(register, base);
    assert_eq!(sound.reasons, [], "the row without the change is sound");
    let mut cells: Vec<(&str, &str)> = base.iter().copied().filter(|(field, _)| *field != change.0).collect();
    cells.push(change);
    let reasons = row(register, &cells).reasons;
    assert!(
        reasons.iter().any(|reason| reason.column == column && reason.reason.contains(why)),
        "{register} {change:?}: {reasons:?}"
    );
}

fn cell(register_id: &str, row: &Checked, field: &str) -> String {
    row.cells[register(register_id).unwrap().index(field).unwrap()].clone().unwrap_or_default()
}

const PATENT: &[(&str, &str)] = &[
    ("application_number", "201310699744.2"),
    ("title", "一种装置"),
    ("filed_on", "2013-12-18"),
    ("granted_on", "2016-05-04"),
    ("grant_number", "CN103699744B"),
    ("patentees", "甲有限公司"),
];

#[test]
fn a_patent_is_judged_by_its_number() {
    let sound = row("patents", PATENT);
    assert_eq!(cell("patents", &sound, "kind"), "发明");
    assert_eq!(sound.key.as_deref(), Some("2013106997442"));
    refused("patents", PATENT, ("kind", "实用新型"), "专利类型", "矛盾");
    refused("patents", PATENT, ("granted_on", "2012-05-04"), "授权公告日", "早于");
    refused("patents", PATENT, ("grant_number", "CN103699744A"), "授权公告号", "公布号");
    refused("patents", PATENT, ("grant_number", "CN203699744U"), "授权公告号", "矛盾");
    refused("patents", PATENT, ("title", ""), "名称", "不能为空");
    refused("patents", PATENT, ("application_number", "2.0131E+12"), "申请号", "丢失");
    refused("patents", PATENT, ("first_patentee_uscc", "123"), "第一专利权人代码", "");
}

#[test]
fn another_filing_year_is_only_a_warning_but_a_grant_before_the_number_is_an_error() {
    let mut divisional = PATENT.to_vec();
    divisional[2] = ("filed_on", "2011-01-01");
    let row = row("patents", &divisional);
    assert_eq!(row.reasons, []);
    assert!(row.warnings[0].reason.contains("分案"), "{:?}", row.warnings);
    let mut later = PATENT.to_vec();
    later[2] = ("filed_on", "2014-01-01");
    let later = super::tests::row("patents", &later);
    assert!(later.reasons.is_empty() && later.warnings[0].reason.contains("两者必有一错"), "{later:?}");
    let mut early = divisional.clone();
    early[3] = ("granted_on", "2012-05-04");
    let row = super::tests::row("patents", &early);
    assert!(row.reasons[0].reason.contains("早于申请号中的年份"), "{:?}", row.reasons);
}

#[test]
fn every_reason_is_collected() {
    let row = row("patents", &[("application_number", "坏"), ("filed_on", "昨天"), ("patentees", "甲")]);
    let columns: Vec<&str> = row.reasons.iter().map(|reason| reason.column.as_str()).collect();
    assert_eq!(columns, ["申请号", "名称", "申请日"]);
    assert_eq!(row.key, None);
}

#[test]
fn foreign_grants_default_to_inventions_and_designs_are_none() {
    const GRANT: &[(&str, &str)] = &[
        ("grant_number", "US10123456B2"),
        ("office", "US"),
        ("granted_on", "2021-01-05"),
        ("route", "PCT"),
        ("pct_number", "PCT/CN2019/123456"),
        ("proprietor", "甲有限公司"),
    ];
    assert_eq!(cell("foreign-grants", &row("foreign-grants", GRANT), "kind"), "发明");
    refused("foreign-grants", GRANT, ("ended_on", "2020-01-01"), "失效日期", "早于");
    refused("foreign-grants", GRANT, ("office", "XX1"), "受理局", "");
    refused("foreign-grants", GRANT, ("office", "JP"), "受理局", "矛盾");
    let mut validated = GRANT.to_vec();
    validated[0] = ("grant_number", "EP3123456B1");
    validated[1] = ("office", "DE");
    let validated = row("foreign-grants", &validated);
    assert_eq!((validated.reasons.len(), validated.warnings.len()), (0, 1));
    let mut regional = GRANT.to_vec();
    regional[0] = ("grant_number", "EA012345B1");
    regional[1] = ("office", "RU");
    assert_eq!(row("foreign-grants", &regional).reasons, []);
    let mut later = GRANT.to_vec();
    later.push(("cn_application_number", "202210000001"));
    let later = row("foreign-grants", &later);
    assert!(later.reasons.is_empty() && later.warnings[0].reason.contains("恐非同族"), "{later:?}");
    let community =
        [("office", "EM"), ("grant_number", "008000001-0001"), ("kind", "外观设计"), ("granted_on", "2021-01-05")];
    let mut design: Vec<_> =
        GRANT.iter().filter(|(field, _)| !community.iter().any(|(f, _)| f == field)).copied().collect();
    design.extend(community);
    assert_eq!(row("foreign-grants", &design).reasons, []);
    assert_eq!(
        cell("foreign-grants", &row("foreign-grants", &[("office", "JP"), ("grant_number", "JP3200001U")]), "kind"),
        "实用新型"
    );
    refused("foreign-grants", GRANT, ("route", "海牙"), "途径", "PCT、巴黎公约、直接");
    let mut design = GRANT.to_vec();
    design[0] = ("grant_number", "USD912345S1");
    assert_eq!(cell("foreign-grants", &row("foreign-grants", &design), "kind"), "外观设计");
    design.push(("kind", "发明"));
    assert!(row("foreign-grants", &design).reasons[0].reason.contains("外观设计"));
}

#[test]
fn pledges_hold_together() {
    const PLEDGE: &[(&str, &str)] = &[
        ("number", "Y2023320001"),
        ("right", "专利"),
        ("pledgor_uscc", "91350100M000100Y43"),
        ("pledgee", "某银行"),
        ("objects", "201310699744.2；97101765.4"),
        ("amount", "100万元"),
        ("allocations", "60万元;40万元"),
        ("registered_on", "2023-03-01"),
    ];
    let sound = row("pledges", PLEDGE);
    assert_eq!(sound.reasons, []);
    assert_eq!(cell("pledges", &sound, "objects"), "2013106997442|971017654");
    assert_eq!(cell("pledges", &sound, "allocations"), "60000000|40000000");
    refused("pledges", PLEDGE, ("released_on", "2023-02-01"), "注销日期", "早于");
    refused("pledges", PLEDGE, ("ip_amount", "200万元"), "知识产权金额", "大于");
    refused("pledges", PLEDGE, ("allocations", "100万元"), "分配金额", "一一对应");
    refused("pledges", PLEDGE, ("allocations", "60万元;50万元"), "分配金额", "之和");
    refused("pledges", PLEDGE, ("objects", "201310699744.3；97101765.4"), "标的", "校验位");
    refused("pledges", PLEDGE, ("amount", "1.005"), "登记金额", "");
}

#[test]
fn a_licence_names_two_sides_and_patents_and_an_insurance_is_not_given_more_than_it_costs() {
    const LICENCE: &[(&str, &str)] = &[
        ("number", "X2023980001"),
        ("objects", "201310699744.2；97101765.4"),
        ("licensor", "甲大学"),
        ("licensee", "乙公司"),
        ("kind", "普通许可"),
        ("effective_on", "2023-03-01"),
        ("ended_on", "2026-02-28"),
        ("amount", "20万元"),
        ("registered_on", "2023-05-31"),
    ];
    let sound = row("licences", LICENCE);
    assert_eq!((sound.reasons.len(), sound.warnings.len()), (0, 0), "recorded on the last day of three months");
    assert_eq!(
        (cell("licences", &sound, "objects"), cell("licences", &sound, "kind")),
        ("2013106997442|971017654".into(), "普通".into())
    );
    let late: Vec<_> =
        LICENCE.iter().map(|one| if one.0 == "registered_on" { (one.0, "2023-06-02") } else { *one }).collect();
    assert!(row("licences", &late).warnings[0].reason.contains("三个月"));
    refused("licences", LICENCE, ("objects", "201310699744.3"), "专利号", "校验位");
    refused("licences", LICENCE, ("licensee", "甲大学"), "被许可人", "相同");
    refused("licences", LICENCE, ("ended_on", "2023-02-01"), "终止日期", "早于");
    refused("licences", LICENCE, ("kind", "强制"), "许可种类", "请填");
    let blank: Vec<_> = LICENCE.iter().filter(|one| one.0 != "amount").copied().collect();
    assert_eq!(cell("licences", &row("licences", &blank), "amount"), "", "an unknown fee is no zero");

    const INSURANCE: &[(&str, &str)] = &[
        ("number", "P1"),
        ("holder", "乙公司"),
        ("kind", "专利执行险"),
        ("premium", "5000"),
        ("insured", "20万元"),
        ("valid_from", "2023-03-01"),
        ("subsidy", "2500"),
    ];
    refused("insurances", INSURANCE, ("subsidy", "5000.01"), "财政补贴金额", "大于保费");
    refused("insurances", INSURANCE, ("valid_to", "2023-02-01"), "终保日期", "早于");
}

#[test]
fn returns_funds_and_items_say_what_they_mean() {
    const RETURN: &[(&str, &str)] =
        &[("unit", "甲镇"), ("kind", "区镇"), ("year", "2023"), ("source", "本级财政"), ("spent", "0")];
    refused("ip-spending", RETURN, ("spent", ""), "支出金额", "没有一项金额");
    refused("ip-spending", RETURN, ("kind", "企业"), "单位类型", "请填");
    const FUND: &[(&str, &str)] = &[
        ("department", "甲局"),
        ("fund", "甲资金"),
        ("year", "2023"),
        ("has_condition", "是"),
        ("condition", "有授权发明专利"),
    ];
    refused("special-funds", FUND, ("has_condition", "否"), "条件内容", "又写了条件内容");
    refused("special-funds", FUND, ("has_condition", ""), "有无知识产权条件", "没有填有无");
    const PROJECT: &[(&str, &str)] = &[("fund", "甲资金"), ("year", "2023"), ("project", "平台"), ("amount", "0")];
    assert!(row("fund-projects", PROJECT).warnings[0].reason.contains("未知的请留空"));
    refused("fund-projects", PROJECT, ("focus", "推广"), "聚焦方向", "请填");
    const ITEM: &[(&str, &str)] = &[
        ("department", "甲局"),
        ("document", "云科发〔2022〕8号"),
        ("clause", "第五条"),
        ("item", "授权奖励"),
        ("event", "发明专利授权"),
        ("valid_from", "2022-03-01"),
        ("amount", "2000"),
        ("cap", "10万元"),
    ];
    refused("policy-items", ITEM, ("cap", "1000"), "奖补金额", "大于最高金额");
    refused("policy-items", ITEM, ("event", "开会"), "事件种类", "请填");
    refused("policy-items", ITEM, ("relation", "看情况"), "与本政策关系", "请填");
}

#[test]
fn a_project_rests_on_numbers_and_tags_of_the_list_and_a_pilot_is_evaluated_in_words() {
    const PROJECT: &[(&str, &str)] = &[
        ("number", "XM2023001"),
        ("name", "甲"),
        ("uscc", "91320682MA10000390"),
        ("year", "2023"),
        ("tags", "前瞻型；创新性；前瞻性"),
        ("rights", "201310699744.2；2023SR0123456；12345678"),
        ("review", "通过"),
        ("reviewed_on", "2023-09-12"),
        ("form", "贴息"),
        ("amount", "20万元"),
        ("supported_on", "2023-10-20"),
    ];
    let sound = row("project-library", PROJECT);
    assert_eq!((sound.reasons.len(), sound.warnings.len()), (0, 0), "{:?} {:?}", sound.reasons, sound.warnings);
    assert_eq!(cell("project-library", &sound, "tags"), "前瞻性|创新型", "each tag once, in its own spelling");
    assert_eq!(cell("project-library", &sound, "rights"), "2013106997442|2023SR0123456|12345678");
    assert_eq!(cell("project-library", &sound, "form"), "贷款贴息");
    refused("project-library", PROJECT, ("tags", "引领性"), "项目标签", "请填");
    refused("project-library", PROJECT, ("rights", "201310699744.3"), "依据权利", "校验位");
    refused("project-library", PROJECT, ("review", ""), "评审结论", "没有评审结论");
    refused("project-library", PROJECT, ("form", ""), "扶持方式", "没有扶持方式");
    let warned = |field: &str, value: &'static str| {
        let cells: Vec<_> = PROJECT.iter().map(|one| if one.0 == field { (one.0, value) } else { *one }).collect();
        row("project-library", &cells).warnings.iter().map(|one| one.reason.clone()).collect::<String>()
    };
    assert!(warned("review", "不通过").contains("评审不通过而有扶持金额"));
    assert!(warned("supported_on", "2023-09-11").contains("早于评审日期"));
    assert!(warned("amount", "0").contains("未知的请留空"));
    const PILOT: &[(&str, &str)] = &[
        ("number", "SD1"),
        ("uscc", "91320682MA10000390"),
        ("form", "股权投资"),
        ("amount", "50万元"),
        ("supported_on", "2023-03-01"),
        ("result", "停止"),
        ("evaluated_on", "2024-01-10"),
    ];
    assert_eq!(row("startup-pilots", PILOT).reasons.len(), 0);
    refused("startup-pilots", PILOT, ("result", ""), "评估结论", "没有评估结论");
    refused("startup-pilots", PILOT, ("evaluated_on", "2023-02-01"), "评估日期", "早于");
    refused("startup-pilots", PILOT, ("form", "表扬"), "扶持方式", "请填");
    const USE: &[(&str, &str)] = &[
        ("number", "YY1"),
        ("item", "贴息"),
        ("uscc", "91320682MA10000390"),
        ("object", "y2023 32990001"),
        ("amount", "2万元"),
        ("paid_on", "2023-12-01"),
    ];
    assert_eq!(cell("use-support", &row("use-support", USE), "item"), "质押融资贴息");
    refused("use-support", USE, ("item", "奖励"), "扶持事项", "请填");
    refused("use-support", USE, ("object", ""), "贷款或保单号", "");
    const INDUSTRY: &[(&str, &str)] = &[("industry", "特高压"), ("code", "382")];
    assert_eq!(cell("leading-industries", &row("leading-industries", INDUSTRY), "industry"), "特高压输变电");
    refused("leading-industries", INDUSTRY, ("industry", "船舶"), "主导产业", "请填");
    refused("leading-industries", INDUSTRY, ("code", "9999"), "行业代码", "GB/T 4754");
}

#[test]
fn statistics_come_to_base_units_exactly_and_the_registered_population_is_its_own_measure() {
    const GDP: &[(&str, &str)] = &[
        ("measure", "GDP"),
        ("year", "2022"),
        ("value", "1,300.25"),
        ("unit", "亿元"),
        ("vintage", "初步核算"),
        ("published_on", "2023-01-20"),
        ("source", "统计公报"),
    ];
    let sound = row("statistics", GDP);
    assert_eq!(
        (cell("statistics", &sound, "measure"), cell("statistics", &sound, "value")),
        ("地区生产总值".into(), "130025000000".into())
    );
    assert_eq!(cell("statistics", &sound, "unit"), "元");
    refused("statistics", GDP, ("unit", "万人"), "单位", "不符");
    refused("statistics", GDP, ("value", "1.123456789"), "数值", "");
    refused("statistics", GDP, ("published_on", "2021-12-31"), "发布日期", "早于");
    refused("statistics", GDP, ("measure", "人口"), "指标", "常住人口");
    let people = [("measure", "户籍人口"), ("value", "124.05"), ("unit", "万人")];
    let mut cells = GDP.to_vec();
    cells.retain(|(field, _)| !people.iter().any(|(other, _)| other == field));
    cells.extend(people);
    let row = row("statistics", &cells);
    assert_eq!((row.reasons.len(), cell("statistics", &row, "value")), (0, "1240500".into()));
    assert_eq!(cell("statistics", &row, "measure"), "户籍人口");
}

#[test]
fn dates_stand_in_order() {
    const STATUS: &[(&str, &str)] =
        &[("uscc", "91350100M000100Y43"), ("kind", "高企"), ("valid_from", "2021-11-30"), ("valid_to", "2024-11-30")];
    refused("statuses", STATUS, ("valid_to", "2020-11-30"), "失效日期", "先后颠倒");
    refused("statuses", STATUS, ("revoked_on", "2020-11-30"), "撤销日期", "先后颠倒");
    const MARK: &[(&str, &str)] = &[
        ("number", "12345678"),
        ("nice_class", "9"),
        ("holder", "甲"),
        ("registered_on", "2020-01-01"),
        ("expires_on", "2029-12-31"),
    ];
    refused("trademarks", MARK, ("expires_on", "2019-12-31"), "专用期截止", "先后颠倒");
    const WAVE: &[(&str, &str)] = &[
        ("survey", "认知度"),
        ("approval", "苏统制[2023]5号"),
        ("as_of", "2023-12-01"),
        ("sample", "1000"),
        ("positive", "751"),
    ];
    refused("survey-waves", WAVE, ("positive", "1001"), "达标样本", "多于");
}

#[test]
fn a_row_is_released_as_it_is_unless_its_identity_is_lost() {
    let register = register("patents").unwrap();
    let fields = |number: &str| {
        let cells =
            [("application_number", number), ("title", "装置"), ("filed_on", "2013-12-18"), ("patentees", "甲")];
        let fields = cells.iter().map(|(field, cell)| ((*field).to_owned(), (*cell).to_owned())).collect();
        entry::cells(register, &fields).unwrap()
    };
    let released = release(register, &fields("201310699744.3"), &[]).unwrap();
    assert_eq!(released.key.as_deref(), Some("2013106997442"));
    let trainees = crate::registers::register("trainees").unwrap();
    let person = |number: &str| {
        let cells = [
            ("person", number),
            ("course", "专利"),
            ("service", "代理"),
            ("completed_on", "2023-01-01"),
            ("result", "合格"),
        ];
        let fields = cells.iter().map(|(field, cell)| ((*field).to_owned(), (*cell).to_owned())).collect();
        entry::cells(trainees, &fields).unwrap()
    };
    let identity = release(trainees, &person("11010519491231002X"), &[]).unwrap_err();
    assert!(identity[0].value == "110105**********2X" && identity[0].reason.contains("不能照原样放行"), "{identity:?}");
    assert!(release(trainees, &person("P-1"), &[]).is_ok());
    let lost = release(register, &fields("2.0131E+12"), &[]).unwrap_err();
    assert!(lost[0].reason.contains("不能照原样放行"));
}
