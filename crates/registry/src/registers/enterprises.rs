//! Places, enterprises and their statuses.

use super::{Column, ColumnKind as Kind, Register, column};

/// 资质: what an enterprise may hold.
pub const STATUSES: &[&str] = &[
    "高新技术企业",
    "科技型中小企业",
    "国家知识产权优势企业",
    "国家知识产权示范企业",
    "省贯标备案",
    "省贯标绩效评价",
    "贯标认证",
];

/// Kinds of administrative unit; the city's own row is the one of kind 市.
pub(crate) const REGION_KINDS: &[&str] = &["市", "区", "县", "镇", "乡", "街道", "其他"];

/// The editions of the standard for managing intellectual property in enterprises that a certificate may name.
const STANDARD_EDITIONS: &[&str] = &["GB/T 29490-2013", "GB/T 29490-2023"];

const USCC: Column = column("uscc", "统一社会信用代码", Kind::Uscc)
    .required()
    .also(&["社会信用代码", "信用代码", "统一信用代码", "企业代码"])
    .hint("18 位统一社会信用代码");

const REGIONS: &[Column] = &[
    column("code", "区镇代码", Kind::Region)
        .required()
        .also(&["行政区划代码", "区划代码"])
        .hint("市、区镇的代码，自编亦可"),
    column("name", "区镇名称", Kind::Text).required().also(&["区划名称"]),
    column("kind", "类型", Kind::Choice(REGION_KINDS)).required().hint("本市一行填“市”，其余填区、镇、街道等"),
    column("valid_from", "生效日期", Kind::Date),
    column("valid_to", "失效日期", Kind::Date).hint("撤并前的最后一天"),
    column("address_words", "地址关键词", Kind::Words).hint("地址中出现即认定在此地，多个用；分隔"),
];

const ENTERPRISES: &[Column] = &[
    USCC,
    column("name", "企业名称", Kind::Name).required().also(&["单位名称", "公司名称", "名称"]),
    column("former_names", "曾用名", Kind::Names).also(&["企业曾用名", "原企业名称"]).hint("多个用；分隔"),
    column("region", "区镇", Kind::Text)
        .required()
        .also(&["所属区镇", "所在区镇", "所属镇街", "所属乡镇"])
        .hint("区镇名称或代码"),
    column("founded_on", "成立日期", Kind::Date).also(&["注册日期", "成立时间"]),
    column("industry", "行业代码", Kind::Industry).also(&["国民经济行业代码"]).hint("GB/T 4754 代码，如 C3824"),
    column("size", "规模", Kind::Choice(&["大", "中", "小", "微"])).also(&["企业规模"]),
    column("state", "企业状态", Kind::Choice(&["存续", "注销", "吊销"])).also(&["登记状态", "经营状态"]),
    column("state_since", "状态日期", Kind::Date).hint("注销或吊销的日期"),
];

const CHANGES: &[Column] = &[
    USCC,
    column("kind", "变更事项", Kind::Choice(&["名称", "区镇"])).required(),
    column("before", "变更前", Kind::Text).required().also(&["变更前内容"]),
    column("after", "变更后", Kind::Text).required().also(&["变更后内容"]),
    column("changed_on", "变更日期", Kind::Date).required().also(&["核准日期", "变更时间"]),
];

const STATUS: &[Column] = &[
    USCC,
    column("kind", "资质", Kind::Choice(STATUSES)).required().also(&["资质名称", "资质类型"]),
    column("certificate", "证书编号", Kind::Identifier).also(&["证书号", "备案号"]),
    column("valid_from", "生效日期", Kind::Date).required().also(&["发证日期", "认定日期", "备案日期", "有效期自"]),
    column("valid_to", "失效日期", Kind::Date).also(&["有效期至", "到期日期"]).hint("有效期的最后一天"),
    column("revoked_on", "撤销日期", Kind::Date),
    column("basis", "依据文号", Kind::Document).also(&["文号", "发文字号"]),
    column("standard", "执行标准", Kind::Choice(STANDARD_EDITIONS))
        .also(&["认证标准", "标准版本"])
        .hint("只用于贯标认证"),
    column("surveyed_on", "监督审核日期", Kind::Date).also(&["最近监督审核日期"]).hint("只用于贯标认证，最近一次"),
];

const CREDIT: &[Column] = &[
    USCC,
    column("list", "名单", Kind::Text).required().also(&["名单名称", "失信名单"]),
    column("effect", "处理", Kind::Choice(&["禁止", "从严", "提示"])).required().also(&["惩戒措施"]),
    column("decision", "决定文号", Kind::Text).required().also(&["列入决定文号", "依据文号"]),
    column("valid_from", "列入日期", Kind::Date).required().also(&["生效日期"]),
    column("valid_to", "移出日期", Kind::Date).also(&["截止日期", "失效日期"]).hint("在名单内的最后一天；空为未移出"),
];

pub(super) fn registers() -> Vec<Register> {
    vec![
        Register { id: "regions", name_zh: "区镇", columns: REGIONS, key: &["code"], received: true },
        Register { id: "enterprises", name_zh: "企业", columns: ENTERPRISES, key: &["uscc"], received: true },
        Register {
            id: "enterprise-changes",
            name_zh: "企业变更",
            columns: CHANGES,
            key: &["uscc", "kind", "changed_on"],
            received: true,
        },
        Register {
            id: "statuses",
            name_zh: "企业资质",
            columns: STATUS,
            key: &["uscc", "kind", "valid_from"],
            received: true,
        },
        Register {
            id: "credit-records",
            name_zh: "信用记录",
            columns: CREDIT,
            key: &["uscc", "list", "decision"],
            received: true,
        },
    ]
}
