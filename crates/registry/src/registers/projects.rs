//! What is supported for its own intellectual property: the project library, pilots for start-ups, and which industries of GB/T 4754 are
//! the five leading ones (C4.2.4, C4.2.5); and what was paid to further the use of rights before or beside this program (C3.2.4.1).

use super::{Column, ColumnKind as Kind, Register, column};

/// 主导产业: the five that C4.2.5 names (AMB-30).
pub const LEADING_INDUSTRIES: &[&str] = &["新能源", "电子信息", "特高压输变电", "生物医药", "电子商务"];

/// 项目标签: what makes a project worth more support (C4.2.4).
pub const PROJECT_TAGS: &[&str] = &["前瞻性", "示范性", "创新型"];

/// 评审结论: what the experts said.
pub const REVIEWS: &[&str] = &["通过", "不通过", "暂缓"];

/// 扶持方式: how public money supports.
pub const SUPPORT_FORMS: &[&str] = &["无偿资助", "贷款贴息", "股权投资", "融资担保", "其他"];

/// 评估结论: whether a pilot was worth it.
pub const PILOT_RESULTS: &[&str] = &["继续推广", "调整后继续", "停止"];

/// 扶持事项: the items of the class of use, by the names that the policy gives them (C3.2.4.1).
pub const USE_ITEMS: &[&str] = &["质押融资贴息", "质押融资费用补助", "知识产权保险保费补贴"];

const INDUSTRIES: &[Column] = &[
    column("industry", "主导产业", Kind::Choice(LEADING_INDUSTRIES)).required().also(&["产业", "产业名称"]),
    column("code", "行业代码", Kind::Industry)
        .required()
        .also(&["国民经济行业代码"])
        .hint("GB/T 4754 代码；大类、中类含其下各类，写得最细的一行为准"),
    column("basis", "依据", Kind::Text).also(&["对照依据", "说明"]),
];

const LIBRARY: &[Column] = &[
    column("number", "项目编号", Kind::Identifier).required().also(&["编号"]),
    column("name", "项目名称", Kind::Text).required().also(&["项目"]),
    column("uscc", "统一社会信用代码", Kind::Uscc).required().also(&["承担企业代码", "企业代码"]),
    column("holder", "企业名称", Kind::Name).also(&["承担企业", "承担单位"]),
    column("year", "年度", Kind::Year).required().also(&["入库年度"]),
    column("tags", "项目标签", Kind::Words)
        .also(&["标签", "项目类型"])
        .hint("前瞻性、示范性、创新型，多个用；分隔；没有判断过的留空"),
    column("industry", "主导产业", Kind::Choice(LEADING_INDUSTRIES))
        .also(&["产业标签"])
        .hint("留空的按企业的行业代码对照"),
    column("rights", "依据权利", Kind::Rights)
        .also(&["知识产权", "专利号", "权利清单"])
        .hint("项目所依据的权利的号码，多个用；分隔"),
    column("review", "评审结论", Kind::Choice(REVIEWS)).also(&["专家评审", "评审结果"]).hint("没有评审的留空"),
    column("reviewed_on", "评审日期", Kind::Date),
    column("review_document", "评审文号", Kind::Document).also(&["评审文件"]),
    column("form", "扶持方式", Kind::Choice(SUPPORT_FORMS)).also(&["支持方式"]).hint("没有扶持的留空"),
    column("amount", "扶持金额", Kind::Money).also(&["支持金额"]).hint("元；没有扶持的填 0，未知的留空"),
    column("supported_on", "扶持日期", Kind::Date).also(&["支持日期", "拨付日期"]),
    column("results", "项目成果", Kind::Text).also(&["成果"]).hint("照验收材料抄录；还没有的留空"),
];

const PILOTS: &[Column] = &[
    column("number", "试点编号", Kind::Identifier).required().also(&["编号"]),
    column("uscc", "统一社会信用代码", Kind::Uscc).required().also(&["企业代码"]),
    column("holder", "企业名称", Kind::Name).also(&["企业"]),
    column("form", "扶持方式", Kind::Choice(SUPPORT_FORMS)).required().also(&["支持方式"]),
    column("amount", "扶持金额", Kind::Money).also(&["支持金额"]).hint("元；未知的留空，不填零"),
    column("supported_on", "扶持日期", Kind::Date).required().also(&["支持日期", "拨付日期"]),
    column("basis", "依据文号", Kind::Document).also(&["文号"]),
    column("result", "评估结论", Kind::Choice(PILOT_RESULTS)).also(&["评估结果"]).hint("还没有评估的留空"),
    column("evaluated_on", "评估日期", Kind::Date),
    column("remarks", "评估说明", Kind::Text),
];

const USES: &[Column] = &[
    column("number", "台账编号", Kind::Identifier).required().also(&["编号"]),
    column("item", "扶持事项", Kind::Choice(USE_ITEMS)).required().also(&["事项"]),
    column("uscc", "统一社会信用代码", Kind::Uscc).required().also(&["企业代码"]),
    column("object", "贷款或保单号", Kind::Identifier)
        .required()
        .also(&["质押登记号", "保单号", "对象编号"])
        .hint("贴息和费用补助填质押登记号，保费补贴填保单号"),
    column("amount", "扶持金额", Kind::Money).also(&["补贴金额", "贴息金额"]).hint("元；未知的留空，不填零"),
    column("paid_on", "拨付日期", Kind::Date).required().also(&["到账日期"]),
    column("basis", "依据文号", Kind::Document).also(&["文号"]),
];

pub(super) fn registers() -> Vec<Register> {
    let register = |id, name_zh, columns, key| Register { id, name_zh, columns, key, received: true };
    vec![
        register("leading-industries", "主导产业对照表", INDUSTRIES, &["industry", "code"]),
        register("project-library", "自主知识产权项目库", LIBRARY, &["number"]),
        register("startup-pilots", "初创企业扶持试点", PILOTS, &["number"]),
        register("use-support", "运用扶持台账", USES, &["number"]),
    ]
}
