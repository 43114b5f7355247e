//! What people settle in the program itself; kept in the same log, so that an old run stays computable.

use super::{Column, ColumnKind as Kind, Register, column};

const ALIASES: &[Column] = &[
    column("name", "名称", Kind::Name).required(),
    column("uscc", "统一社会信用代码", Kind::Uscc).required(),
    column("valid_from", "生效日期", Kind::Date),
    column("valid_to", "失效日期", Kind::Date),
    column("reason", "理由", Kind::Text),
];

/// Names and codes that a person found to be no enterprise of the city. It decides no figure: such a name counts for nobody anyway.
const OUTSIDERS: &[Column] = &[
    column("name", "名称", Kind::Text),
    column("code", "所给代码", Kind::Text),
    // A later answer says 否 of what was taken back.
    column("is_outside", "不是本市企业", Kind::Choice(&["是", "否"])).required(),
    column("reason", "理由", Kind::Text).required(),
];

const SEI_JUDGEMENTS: &[Column] = &[
    column("application_number", "申请号", Kind::ApplicationNumber).required(),
    column("code", "产业代码", Kind::Identifier).required(),
    column("rule", "规则号", Kind::Identifier).required(),
    column("verdict", "判定", Kind::Choice(&["是", "否"])).required(),
    column("reason", "理由", Kind::Text).required(),
];

/// The indicators that have a target (DOMAIN.md 1.6).
const TARGETS: &[&str] = &["K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10", "K11"];

/// Those of them that are a percentage.
pub(crate) const SHARES: &[&str] = &["K07", "K09", "K10"];

const TRAJECTORIES: &[Column] = &[
    column("indicator", "指标", Kind::Choice(TARGETS)).required(),
    column("region", "区镇", Kind::Text),
    column("date", "日期", Kind::Date).required(),
    column("value", "目标值", Kind::Decimal).required(),
    column("author", "填报人", Kind::Text).required(),
];

const PROVINCE_FIGURES: &[Column] = &[
    column("indicator", "指标", Kind::Text).required(),
    column("as_of", "统计时点", Kind::Date).required(),
    column("value", "数值", Kind::Decimal).required(),
    column("source", "来源", Kind::Text).required(),
];

const PROVINCE_RIGHTS: &[Column] = &[
    column("indicator", "指标", Kind::Text).required(),
    column("as_of", "统计时点", Kind::Date).required(),
    column("number", "编号", Kind::Text).required(),
    // A later list of the same figure says 否 of what it no longer holds; nothing said means yes.
    column("is_listed", "在列", Kind::Choice(&["是", "否"])),
];

pub(super) fn registers() -> Vec<Register> {
    vec![
        Register {
            id: "aliases",
            name_zh: "名称认定",
            columns: ALIASES,
            key: &["name", "uscc", "valid_from"],
            received: false,
        },
        Register {
            id: "outsiders",
            name_zh: "非本市企业认定",
            columns: OUTSIDERS,
            key: &["name", "code"],
            received: false,
        },
        Register {
            id: "sei-judgements",
            name_zh: "产业关键词判定",
            columns: SEI_JUDGEMENTS,
            key: &["application_number", "code", "rule"],
            received: false,
        },
        Register {
            id: "trajectories",
            name_zh: "目标轨迹",
            columns: TRAJECTORIES,
            key: &["indicator", "region", "date"],
            received: false,
        },
        Register {
            id: "province-figures",
            name_zh: "省级公布数",
            columns: PROVINCE_FIGURES,
            key: &["indicator", "as_of"],
            received: false,
        },
        Register {
            id: "province-rights",
            name_zh: "省级公布清单",
            columns: PROVINCE_RIGHTS,
            key: &["indicator", "as_of", "number"],
            received: false,
        },
    ]
}
