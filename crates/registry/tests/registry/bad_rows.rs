//! Every kind of bad row that the contract names goes the whole way of a file, and what is said about it names the
//! sheet, the row, the column and the value, and says what to do.

use registry::ImportReport;

use crate::office::{Office, offices};

/// One kind of bad row.
struct Kind {
    register: &'static str,
    headings: &'static str,
    /// A row that is sound but for one cell.
    row: &'static str,
    column: &'static str,
    value: &'static str,
    /// What the reason must say.
    says: &'static str,
}

const fn kind(
    register: &'static str,
    headings: &'static str,
    row: &'static str,
    column: &'static str,
    value: &'static str,
    says: &'static str,
) -> Kind {
    Kind { register, headings, row, column, value, says }
}

const PATENT: &str = "申请号,名称,申请日,专利权人,专利类型,授权公告日,授权公告号,分类号,第一专利权人代码";
const PLEDGE: &str = "登记号,权利种类,出质人代码,质权人,标的,登记金额,知识产权金额,分配金额,登记日期,注销日期";
const FOREIGN: &str = "授权号,受理局,授权日期,途径,国际申请号,中国申请号,专利权人,类型,失效日期";
const TRAJECTORY: &str = "指标,区镇,日期,目标值,填报人";
const STATISTIC: &str = "指标,年度,数值,单位,数据版本,发布日期,来源";
const STATUS: &str = "统一社会信用代码,资质,生效日期,失效日期,撤销日期";
const CONTRACT: &str = "合同编号,统一社会信用代码,引进方式,申请号,来源方,合同日期,登记日期";
const CONFIRMED: &str =
    "合同编号,统一社会信用代码,引进方式,来源方,合同日期,登记备案号,付款凭证,登记备案确认,付款确认,确认人,确认日期";
const MARK: &str = "注册号,类别,注册人,注册日期,专用期截止";

const LICENCE: &str = "合同备案号,专利号,许可人,被许可人,许可种类,生效日期";

const KINDS: &[Kind] = &[
    // C3.2.4.2: a licence is of patents, between two.
    kind("licences", LICENCE, "X1,201310699744.3,甲大学,乙公司,普通,2023-03-01", "专利号", "201310699744.3", "校验位"),
    kind("licences", LICENCE, "X1,201310699744.2,甲大学,甲大学,普通,2023-03-01", "被许可人", "甲大学", "相同"),
    // C4.2.4: a project rests on numbers that are right, and a review says something.
    kind(
        "project-library",
        "项目编号,项目名称,统一社会信用代码,年度,依据权利",
        "XM1,甲,91320682MA10000390,2023,201310699744.3",
        "依据权利",
        "201310699744.3",
        "校验位",
    ),
    // C4.2.5: an evaluation says something.
    kind(
        "startup-pilots",
        "试点编号,统一社会信用代码,扶持方式,扶持日期,评估结论,评估日期",
        "SD1,91320682MA10000390,股权投资,2023-03-01,,2024-01-10",
        "评估结论",
        "",
        "没有评估结论",
    ),
    // C4.2.6: a return without an amount says nothing.
    kind(
        "ip-spending",
        "投入单位,单位类型,年度,经费来源,支出金额",
        "甲镇,区镇,2023,本级财政,",
        "支出金额",
        "",
        "没有一项金额",
    ),
    // C3.4.3: what is confirmed rests on numbers, a name and a day.
    kind(
        "introductions",
        CONFIRMED,
        "HT-1,91320682MA10000390,产学研,江左大学,2024-01-18,,未付款,,是,李四,2024-02-01",
        "付款确认",
        "是",
        "没有六位以上的号码",
    ),
    kind(
        "introductions",
        CONFIRMED,
        "HT-1,91320682MA10000390,产学研,江左大学,2024-01-18,尚未登记,,是,,李四,2024-02-01",
        "登记备案确认",
        "是",
        "登记备案号",
    ),
    kind(
        "introductions",
        CONFIRMED,
        "HT-1,91320682MA10000390,产学研,江左大学,2024-01-18,,发票 05128831,,是,,2024-02-01",
        "确认人",
        "",
        "由谁确认",
    ),
    // DOMAIN 4.9: what was transferred or licensed is named, and registered after it was signed.
    kind(
        "introductions",
        CONTRACT,
        "HT-1,91320682MA10000390,转让,,江左大学,2024-01-18,",
        "申请号",
        "",
        "须写明是哪一件专利",
    ),
    kind(
        "introductions",
        CONTRACT,
        "HT-1,91320682MA10000390,许可,2013106997442,江左大学,2024-01-18,2024-01-17",
        "登记日期",
        "2024-01-17",
        "先后颠倒",
    ),
    kind(
        "introductions",
        CONTRACT,
        "HT-1,91320682MA10000390,作价入股,2013106997442,江左大学,2024-01-18,",
        "引进方式",
        "作价入股",
        "产学研",
    ),
    // DOMAIN 2.1: credit codes.
    kind(
        "enterprises",
        "统一社会信用代码,企业名称,区镇",
        "91350100M000100Y4Z,甲,城北",
        "统一社会信用代码",
        "91350100M000100Y4Z",
        "Z",
    ),
    kind(
        "enterprises",
        "统一社会信用代码,企业名称,区镇",
        "91350100M000100Y44,甲,城北",
        "统一社会信用代码",
        "91350100M000100Y44",
        "校验",
    ),
    kind("enterprises", "统一社会信用代码,企业名称,区镇", "9135010,甲,城北", "统一社会信用代码", "9135010", "18"),
    kind("enterprises", "统一社会信用代码,企业名称,区镇", "9.135E+17,甲,城北", "统一社会信用代码", "9.135E+17", "丢失"),
    kind(
        "enterprises",
        "统一社会信用代码,企业名称,区镇,行业代码",
        "91350100M000100Y43,甲,城北,9999",
        "行业代码",
        "9999",
        "行业",
    ),
    kind("enterprises", "统一社会信用代码,企业名称,区镇,规模", "91350100M000100Y43,甲,城北,巨型", "规模", "巨型", "大"),
    kind(
        "enterprises",
        "统一社会信用代码,企业名称,区镇,成立日期,企业状态,状态日期",
        "91350100M000100Y43,甲,城北,2020-01-01,注销,2019-01-01",
        "状态日期",
        "2019-01-01",
        "先后颠倒",
    ),
    // DOMAIN 2.2: application numbers, old and new, mangled and contradicting.
    kind("patents", PATENT, "2.0121E+12,甲,2013-12-18,乙,,,,,", "申请号", "2.0121E+12", "丢失"),
    kind("patents", PATENT, "201310699744.3,甲,2013-12-18,乙,,,,,", "申请号", "201310699744.3", "校验位"),
    kind("patents", PATENT, "97101765.5,甲,1997-03-18,乙,,,,,", "申请号", "97101765.5", "校验位"),
    kind("patents", PATENT, "201340699744,甲,2013-12-18,乙,,,,,", "申请号", "201340699744", "种类"),
    kind("patents", PATENT, "CN,甲,2013-12-18,乙,,,,,", "申请号", "CN", ""),
    kind("patents", PATENT, ",甲,2013-12-18,乙,,,,,", "申请号", "", "不能为空"),
    kind("patents", PATENT, "201310699744.2,,2013-12-18,乙,,,,,", "名称", "", "不能为空"),
    kind("patents", PATENT, "201310699744.2,甲,2013-12-18,????;,,,,,", "专利权人", "????;", ""),
    kind("patents", PATENT, "201310699744.2,甲,2013-12-18,乙,外观设计,,,,", "专利类型", "外观设计", "矛盾"),
    kind("patents", PATENT, "201310699744.2,甲,2013-12-18,乙,植物新品种,,,,", "专利类型", "植物新品种", "发明"),
    kind("patents", PATENT, "201310699744.2,甲,2013-12-18,乙,,2012-01-01,,,", "授权公告日", "2012-01-01", "早于"),
    // DOMAIN 2.3: a publication is no grant.
    kind(
        "patents",
        PATENT,
        "201310699744.2,甲,2013-12-18,乙,,2016-05-04,CN103699744A,,",
        "授权公告号",
        "CN103699744A",
        "公布号",
    ),
    kind(
        "patents",
        PATENT,
        "201310699744.2,甲,2013-12-18,乙,,2016-05-04,CN203699744U,,",
        "授权公告号",
        "CN203699744U",
        "矛盾",
    ),
    kind("patents", PATENT, "201310699744.2,甲,2013-12-18,乙,,2016-05-04,12345,,", "授权公告号", "12345", ""),
    // DOMAIN 2.6: symbols.
    kind("patents", PATENT, "201310699744.2,甲,2013-12-18,乙,,,,X99Z1/00,", "分类号", "X99Z1/00", ""),
    kind(
        "patents",
        PATENT,
        "201310699744.2,甲,2013-12-18,乙,,,,,91350100M000100Y44",
        "第一专利权人代码",
        "91350100M000100Y44",
        "校验",
    ),
    // Dates that are none, of two readings, or out of any range.
    kind("patents", PATENT, "201310699744.2,甲,2023-02-30,乙,,,,,", "申请日", "2023-02-30", ""),
    kind("patents", PATENT, "201310699744.2,甲,昨天,乙,,,,,", "申请日", "昨天", ""),
    kind("patents", PATENT, "201310699744.2,甲,1013-12-18,乙,,,,,", "申请日", "1013-12-18", "年份"),
    // Formulas and errors of spreadsheets.
    kind("patents", PATENT, "201310699744.2,=A1&B1,2013-12-18,乙,,,,,", "名称", "=A1&B1", "公式"),
    // Events: a closed list.
    kind("patent-events", "申请号,事件,生效日期", "201310699744.2,失效,2020-01-01", "事件", "失效", "终止"),
    // DOMAIN 2.5: offices, international numbers.
    kind("foreign-grants", FOREIGN, "US10123456B2,QQ,2021-01-05,PCT,PCT/CN2019/123456,,甲,,", "受理局", "QQ", ""),
    kind("foreign-grants", FOREIGN, "US10123456B2,JP,2021-01-05,PCT,PCT/CN2019/123456,,甲,,", "受理局", "JP", "矛盾"),
    kind("foreign-grants", FOREIGN, "US10123456B2,US,2021-01-05,海牙,,,甲,,", "途径", "海牙", "PCT"),
    kind(
        "foreign-grants",
        FOREIGN,
        "US10123456B2,US,2021-01-05,PCT,PCT/2019/1,,甲,,",
        "国际申请号",
        "PCT/2019/1",
        "PCT",
    ),
    kind(
        "foreign-grants",
        FOREIGN,
        "US10123456B2,US,2021-01-05,PCT,PCT/CN2019/123456,201310699744.3,甲,,",
        "中国申请号",
        "201310699744.3",
        "校验位",
    ),
    kind(
        "foreign-grants",
        FOREIGN,
        "USD912345S1,US,2021-01-05,PCT,PCT/CN2019/123456,,甲,发明,",
        "类型",
        "发明",
        "外观设计",
    ),
    kind(
        "foreign-grants",
        FOREIGN,
        "US10123456B2,US,2021-01-05,PCT,PCT/CN2019/123456,,甲,,2020-01-01",
        "失效日期",
        "2020-01-01",
        "早于",
    ),
    // DOMAIN 1.10: neither applications nor their publications, utility models or designs are grants of inventions.
    kind(
        "foreign-grants",
        FOREIGN,
        "WO2020/123456,WO,2021-01-05,PCT,PCT/CN2019/123456,,甲,,",
        "受理局",
        "WO",
        "不授予",
    ),
    kind("foreign-grants", FOREIGN, "1234567,XX,2021-01-05,PCT,PCT/CN2019/123456,,甲,,", "受理局", "XX", "不授予"),
    kind("foreign-grants", FOREIGN, "1234567,EM,2021-01-05,直接,,,甲,,", "受理局", "EM", "不授予"),
    kind("foreign-grants", FOREIGN, "SU1234567,SU,2023-01-05,PCT,,,甲,,", "受理局", "SU", "1992"),
    kind(
        "foreign-grants",
        FOREIGN,
        "US20200123456A1,US,2021-01-05,PCT,PCT/CN2019/123456,,甲,,",
        "授权号",
        "US20200123456A1",
        "不是授权号",
    ),
    kind("foreign-grants", FOREIGN, "EP3000001A1,EP,2021-01-05,PCT,,,甲,,", "授权号", "EP3000001A1", "不是授权号"),
    kind("foreign-grants", FOREIGN, "JP3200001U,JP,2021-01-05,PCT,,,甲,发明,", "类型", "发明", "实用新型"),
    kind("foreign-grants", FOREIGN, "DE202019000001U1,DE,2021-01-05,直接,,,甲,发明,", "类型", "发明", "实用新型"),
    // DOMAIN 2.2: the type digit denies what the official list says.
    kind("official-high-value", "申请号,统计时点", "201820000001,2023-12-31", "申请号", "201820000001", "实用新型"),
    // DOMAIN 2.7: the number of a person's identity card is sensitive, so the reason itself covers it.
    kind(
        "trainees",
        "人员编号,课程,服务类别,结业日期,结果",
        "320682199001010011,专利,代理,2023-01-01,合格",
        "人员编号",
        "320682**********11",
        "身份证号",
    ),
    kind("trajectories", TRAJECTORY, "K99,,2023-12-31,3,张三", "指标", "K99", "K01"),
    kind("trajectories", TRAJECTORY, "M15,,2023-12-31,3,张三", "指标", "M15", "K01"),
    kind("trajectories", TRAJECTORY, "K02,,2023-12-31,-5,张三", "目标值", "-5", "负数"),
    kind("trajectories", TRAJECTORY, "K07,,2023-12-31,150,张三", "目标值", "150", "100"),
    kind("foreign-grants", FOREIGN, "甲乙丙,US,2021-01-05,PCT,PCT/CN2019/123456,,甲,,", "授权号", "甲乙丙", "专利号"),
    // Money: never rounded, never without a readable unit.
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,1.005,,,2023-01-01,",
        "登记金额",
        "1.005",
        "",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,五百万,,,2023-01-01,",
        "登记金额",
        "五百万",
        "",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,-5,,,2023-01-01,",
        "登记金额",
        "-5",
        "负数",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,5,6,,2023-01-01,",
        "知识产权金额",
        "6",
        "大于",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,5,,2;2,2023-01-01,",
        "分配金额",
        "2;2",
        "一一对应",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,5,,9,2023-01-01,",
        "分配金额",
        "9",
        "之和",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.3,5,,,2023-01-01,",
        "标的",
        "201310699744.3",
        "校验位",
    ),
    kind(
        "pledges",
        PLEDGE,
        "Y1,专利,91350100M000100Y43,某银行,201310699744.2,5,,,2023-01-01,2022-01-01",
        "注销日期",
        "2022-01-01",
        "先后颠倒",
    ),
    kind(
        "pledges",
        PLEDGE,
        "1.23E+15,专利,91350100M000100Y43,某银行,201310699744.2,5,,,2023-01-01,",
        "登记号",
        "1.23E+15",
        "丢失",
    ),
    // DOMAIN 2.4: trademarks; Madrid.
    kind("trademarks", MARK, "G1234567,9,甲,2020-01-01,2029-12-31", "注册号", "G1234567", "国际注册号"),
    kind("trademarks", MARK, "12345678,46,甲,2020-01-01,2029-12-31", "类别", "46", "45"),
    kind("trademarks", MARK, "12345678,9,甲,2020-01-01,2019-12-31", "专用期截止", "2019-12-31", "先后颠倒"),
    kind("madrid", "国际注册号,注册人,国际注册日,原属局", "12,甲,2020-01-01,CN", "国际注册号", "12", ""),
    kind("madrid", "国际注册号,注册人,国际注册日,原属局", "1234567,甲,2020-01-01,ZZ", "原属局", "ZZ", ""),
    // Statistics: two populations, units that do not fit, figures published before their year.
    kind("statistics", STATISTIC, "人口,2022,124,万人,公报,2023-03-01,公报", "指标", "人口", "常住人口"),
    kind("statistics", STATISTIC, "地区生产总值,2022,124,万人,公报,2023-03-01,公报", "单位", "万人", "不符"),
    kind("statistics", STATISTIC, "地区生产总值,22,124,亿元,公报,2023-03-01,公报", "年度", "22", "四位"),
    kind("statistics", STATISTIC, "地区生产总值,2022,很多,亿元,公报,2023-03-01,公报", "数值", "很多", ""),
    kind("statistics", STATISTIC, "地区生产总值,2022,124,亿元,公报,2021-03-01,公报", "发布日期", "2021-03-01", "早于"),
    kind("statistics", STATISTIC, "地区生产总值,2022,124,亿元,快报,2023-03-01,公报", "数据版本", "快报", "初步核算"),
    // Statuses, the strategic-industries table, lists, deliveries, places, persons.
    kind("statuses", STATUS, "91350100M000100Y43,瞪羚企业,2021-11-30,,", "资质", "瞪羚企业", "高新技术企业"),
    kind(
        "statuses",
        STATUS,
        "91350100M000100Y43,高新技术企业,2021-11-30,2020-01-01,",
        "失效日期",
        "2020-01-01",
        "先后颠倒",
    ),
    kind("strategic-industries", "产业代码,产业名称,分类号", "1.1,甲,新一代", "分类号", "新一代", ""),
    kind("official-high-value", "申请号,统计时点,类别", "201310699744.2,2023-12-31,6", "类别", "6", "1 至 5"),
    kind(
        "official-fees",
        "申请号,费用种类,金额,缴费日期",
        "201310699744.3,年费,900,2023-01-01",
        "申请号",
        "201310699744.3",
        "校验位",
    ),
    kind(
        "survey-waves",
        "调查,批准文号,调查时点,有效样本,达标样本",
        "认知度,苏统制〔2023〕5号,2023-12-01,1000,1001",
        "达标样本",
        "1001",
        "多于",
    ),
    kind(
        "survey-waves",
        "调查,批准文号,调查时点,有效样本,达标样本",
        "认知度,苏统制〔2023〕5号,2023-12-01,-1,0",
        "有效样本",
        "-1",
        "负数",
    ),
    kind(
        "trainees",
        "人员编号,课程,服务类别,结业日期,结果",
        "P1,专利,咨询,2023-01-01,合格",
        "服务类别",
        "咨询",
        "代理",
    ),
    kind("deliveries", "登记簿,期间,状态", "账本,2023,已报齐", "登记簿", "账本", "没有登记簿"),
    kind("deliveries", "登记簿,期间,状态", "专利,去年,已报齐", "期间", "去年", "无法识别"),
    kind("regions", "区镇代码,区镇名称,类型", "代码,甲镇,镇", "区镇代码", "代码", ""),
    kind(
        "prizes",
        "奖项,年度,申请号,文号",
        "市科技奖,2022,201310699744.2,国知发〔2022〕1号",
        "奖项",
        "市科技奖",
        "中国专利奖",
    ),
    kind("holidays", "日期,名称,放假", "2023-01-01,元旦,也许", "放假", "也许", "是"),
];

async fn import(office: &Office, kind: &Kind) -> ImportReport {
    // A title and a blank row stand above, as in real files, so that the row's number is not its place among the rows.
    office.import(kind.register, &format!("某市汇总表\n\n{}\n{}\n", kind.headings, kind.row), "2024-01-10").await
}

/// What is not as it should be in the answer to one bad row.
async fn faults(office: &Office, kind: &Kind) -> Vec<String> {
    let report = import(office, kind).await;
    let mut faults = Vec::new();
    let mut check = |holds: bool, fault: &str| {
        if !holds {
            faults.push(format!("{} {}：{fault}：{:?}", kind.register, kind.row, report.problems));
        }
    };
    check((report.rows, report.accepted, report.quarantined) == (1, 0, 1), "not set aside");
    check(report.file == format!("{}.csv", kind.register), "the file is not named");
    match report.problems.iter().find(|problem| problem.column == kind.column) {
        None => check(false, "the column is not named"),
        Some(problem) => {
            check((problem.sheet.as_str(), problem.row) == (kind.register, 4), "the place is not named");
            check(problem.value == kind.value, "the value is not shown");
            check(problem.reason.contains(kind.says), "what is wrong is not said");
            check(problem.reason.contains('请') || problem.reason.contains("应为"), "what to do is not said");
        }
    }
    let filter = registry::quarantine::Filter { batch: Some(report.batch), limit: 10, ..Default::default() };
    let kept = registry::quarantine::list(office.db(), &filter).await.unwrap();
    let raw: Vec<&str> = kept.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell.as_str()).collect();
    let filled: Vec<&str> = kind.row.split(',').filter(|cell| !cell.is_empty()).collect();
    check(kept.len() == 1 && kept[0].row == 4 && raw == filled, "the raw cells are not kept");
    faults
}

#[tokio::test]
async fn each_kind_of_bad_row_says_where_it_is_what_is_wrong_and_what_to_do() {
    for office in offices().await {
        let mut found = Vec::new();
        for kind in KINDS {
            found.extend(faults(&office, kind).await);
        }
        assert!(found.is_empty(), "{}: {found:#?}", office.base.name);
    }
}
