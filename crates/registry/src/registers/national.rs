//! Statistics, the strategic-industries table, training, surveys and deliveries.

use super::{Column, ColumnKind as Kind, Register, column};

/// 数据版本 of a statistic.
pub(crate) const VINTAGES: &[&str] = &["初步核算", "最终核实", "普查修订", "公报"];

const STATISTICS: &[Column] = &[
    column("measure", "指标", Kind::Text).required().also(&["指标名称"]).hint("地区生产总值、常住人口、户籍人口等"),
    column("region", "区镇", Kind::Text).hint("空为全市"),
    column("year", "年度", Kind::Year).required().also(&["年份"]),
    column("value", "数值", Kind::Quantity).required().also(&["数据", "指标值"]),
    column("unit", "单位", Kind::Choice(&["元", "万元", "亿元", "人", "万人"])).required().also(&["计量单位"]),
    column("vintage", "数据版本", Kind::Choice(VINTAGES)).required().also(&["版本"]),
    column("published_on", "发布日期", Kind::Date).required().also(&["公布日期"]),
    column("source", "来源", Kind::Text).required().also(&["数据来源"]),
];

const STRATEGIC_INDUSTRIES: &[Column] = &[
    column("code", "产业代码", Kind::Identifier).required(),
    column("rule", "规则号", Kind::Identifier),
    column("name", "产业名称", Kind::Text).required(),
    column("ipc", "分类号", Kind::IpcPatterns).required().also(&["国际专利分类号"]),
    column("match", "匹配方式", Kind::Choice(&["精确", "以下全部"])).hint("默认精确；带 * 的分类号总含以下全部"),
    column("excluded_ipc", "排除分类号", Kind::IpcPatterns),
    column("keywords", "关键词", Kind::Words).hint("名称或摘要出现其一即符合"),
    column("excluded_keywords", "排除关键词", Kind::Words),
];

const TRAINEES: &[Column] = &[
    column("person", "人员编号", Kind::Identifier).required().also(&["学员编号"]).hint("任一固定编号，不要填身份证号"),
    column("name", "姓名", Kind::Text),
    column("uscc", "单位代码", Kind::Uscc).also(&["单位统一社会信用代码"]),
    column("course", "课程", Kind::Text).required().also(&["课程名称", "培训课程"]),
    column("service", "服务类别", Kind::Choice(&["代理", "运营", "策划", "信息", "其他"])).required(),
    column("completed_on", "结业日期", Kind::Date).required(),
    column("result", "结果", Kind::Choice(&["合格", "不合格"])).required().also(&["考核结果"]),
];

const SURVEY_WAVES: &[Column] = &[
    column("survey", "调查", Kind::Choice(&["认知度", "满意度"])).required().also(&["调查名称"]),
    column("approval", "批准文号", Kind::Document).required(),
    column("as_of", "调查时点", Kind::Date).required().also(&["调查日期"]),
    column("sample", "有效样本", Kind::Count).required().also(&["有效样本量"]),
    column("positive", "达标样本", Kind::Count).required().also(&["达标样本量"]),
    column("mean_score", "平均分", Kind::Decimal),
];

const DELIVERIES: &[Column] = &[
    column("register", "登记簿", Kind::RegisterId).required(),
    column("period", "期间", Kind::Period).required().hint("如 2023、2023年12月、2023-01-01/2023-12-31"),
    column("state", "状态", Kind::Choice(&["已报齐", "本期无", "未报"])).required(),
];

pub(super) fn registers() -> Vec<Register> {
    vec![
        Register {
            id: "statistics",
            name_zh: "统计数据",
            columns: STATISTICS,
            key: &["measure", "region", "year", "vintage"],
            received: true,
        },
        Register {
            id: "strategic-industries",
            name_zh: "战略性新兴产业分类对照",
            columns: STRATEGIC_INDUSTRIES,
            key: &["code", "rule", "ipc"],
            received: true,
        },
        Register {
            id: "trainees", name_zh: "培训学员", columns: TRAINEES, key: &["person", "course"], received: true
        },
        Register {
            id: "survey-waves",
            name_zh: "调查",
            columns: SURVEY_WAVES,
            key: &["survey", "as_of"],
            received: true,
        },
        Register {
            id: "deliveries",
            name_zh: "报送情况",
            columns: DELIVERIES,
            key: &["register", "period"],
            received: true,
        },
    ]
}
