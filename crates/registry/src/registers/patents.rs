//! Patents at home and abroad, what happens to them, prizes and official fees, and contracts that bring technology in.

use super::{Column, ColumnKind as Kind, Register, column};

/// 专利类型.
pub(crate) const PATENT_KINDS: &[&str] = &["发明", "实用新型", "外观设计"];

/// 事件 of the patent register.
pub(crate) const EVENTS: &[&str] = &[
    "终止",
    "恢复",
    "放弃",
    "期满",
    "全部无效",
    "部分无效",
    "转让",
    "变更",
    "许可备案",
    "开放许可",
    "保全",
    "解除保全",
];

const APPLICATION_NUMBER: Column = column("application_number", "申请号", Kind::ApplicationNumber)
    .required()
    .also(&["专利申请号", "专利号", "申请（专利）号"])
    .hint("如 202110123456.7，请设为文本格式，以免末位丢失");

const PATENTS: &[Column] = &[
    APPLICATION_NUMBER,
    column("kind", "专利类型", Kind::Choice(PATENT_KINDS)).also(&["类型", "专利种类"]).hint("可空，由申请号推定"),
    column("title", "名称", Kind::Text).required().also(&[
        "专利名称",
        "发明名称",
        "发明创造名称",
        "标题",
        "标题（中文）",
        "标题（译）（简体中文）",
    ]),
    column("filed_on", "申请日", Kind::Date).required().also(&["申请日期", "专利申请日"]),
    column("granted_on", "授权公告日", Kind::Date).also(&["授权日", "授权日期", "授权公告日期"]),
    column("grant_number", "授权公告号", Kind::PublicationNumber).also(&["授权号"]),
    column("patentees", "专利权人", Kind::Names)
        .required()
        .also(&[
            "申请（专利权）人",
            "申请人",
            "当前专利权人",
            "当前申请（专利权）人",
            "[标]当前申请(专利权)人",
            "权利人",
        ])
        .hint("第一专利权人在前，多个用；分隔"),
    column("first_patentee_uscc", "第一专利权人代码", Kind::Uscc)
        .also(&["专利权人代码", "第一专利权人统一社会信用代码"]),
    column("inventors", "发明人", Kind::Names).also(&["发明（设计）人", "设计人", "发明人（设计人）"]),
    column("ipc", "分类号", Kind::Ipc).also(&["IPC分类号", "国际专利分类号", "Int.Cl."]).hint("多个用；分隔"),
    column("address", "地址", Kind::Text).also(&["专利权人地址", "申请人地址", "联系地址"]),
    column("abstract", "摘要", Kind::Text).also(&["摘要（中文）", "摘要（译）（简体中文）"]),
];

const EVENT: &[Column] = &[
    APPLICATION_NUMBER,
    column("kind", "事件", Kind::Choice(EVENTS)).required().also(&["事件类型", "法律状态", "法律事件"]),
    column("effective_on", "生效日期", Kind::Date).required().also(&["生效日"]),
    column("registered_on", "登记日期", Kind::Date).also(&["登记日", "登记生效日"]).hint("转让自此日起算"),
    column("party", "相对方", Kind::Name).also(&["受让人", "新专利权人", "变更后权利人"]),
    column("party_uscc", "相对方代码", Kind::Uscc).also(&["受让人代码"]),
    column("party_address", "相对方地址", Kind::Text).also(&["受让人地址", "变更后地址"]),
    column("document", "文号", Kind::Document).also(&["决定号", "依据文号"]),
];

const FOREIGN_GRANTS: &[Column] = &[
    column("grant_number", "授权号", Kind::ForeignNumber).required().also(&["专利号", "授权公告号", "公告号"]),
    column("office", "受理局", Kind::Office)
        .required()
        .also(&["授权局", "国家", "授权国家"])
        .hint("WIPO ST.3 代码，如 US、EP、JP"),
    column("granted_on", "授权日期", Kind::Date).required().also(&["授权日", "授权公告日"]),
    column("route", "途径", Kind::Choice(&["PCT", "巴黎公约", "直接"])).required().also(&["申请途径"]),
    column("pct_number", "国际申请号", Kind::Pct).also(&["PCT申请号", "PCT国际申请号"]),
    column("cn_application_number", "中国申请号", Kind::ApplicationNumber).also(&["中国同族申请号"]),
    column("proprietor", "专利权人", Kind::Name).required().also(&["权利人"]),
    column("proprietor_uscc", "专利权人代码", Kind::Uscc).also(&["权利人代码"]),
    column("kind", "类型", Kind::Choice(PATENT_KINDS)).also(&["专利类型"]).hint("默认发明"),
    column("state", "状态", Kind::Choice(&["有效", "失效"])).also(&["法律状态"]),
    column("ended_on", "失效日期", Kind::Date),
];

const PRIZES: &[Column] = &[
    column("prize", "奖项", Kind::Choice(&["国家科学技术奖", "中国专利奖"])).required().also(&["奖项名称"]),
    column("year", "年度", Kind::Year).required().also(&["获奖年度"]),
    APPLICATION_NUMBER,
    column("grade", "等级", Kind::Text).also(&["获奖等级"]),
    column("basis", "文号", Kind::Document).required().also(&["依据文号"]),
];

const OFFICIAL_HIGH_VALUE: &[Column] = &[
    APPLICATION_NUMBER,
    column("as_of", "统计时点", Kind::Date).required().also(&["统计日期", "截止日期"]),
    column("categories", "类别", Kind::Categories).also(&["高价值类别"]).hint("1–5，多个用；分隔"),
];

const OFFICIAL_FEES: &[Column] = &[
    column("number", "申请号", Kind::PatentNumber).required().also(&[
        "授权号",
        "申请号或授权号",
        "申请号 or 授权号",
        "专利号",
    ]),
    column("kind", "费用种类", Kind::Text).required().also(&["费用名称"]),
    column("amount", "金额", Kind::Money).required().also(&["缴费金额"]).hint("元"),
    column("paid_on", "缴费日期", Kind::Date).required().also(&["缴费日"]),
    column("receipt", "票据号", Kind::Identifier).also(&["票据号码", "收据号"]),
];

const SUBSIDIES: &[Column] = &[
    column("number", "申请号", Kind::PatentNumber).required().also(&["授权号", "专利号", "申请号或授权号"]),
    column("payer", "资助单位", Kind::Name).required().also(&["发放单位"]),
    column("amount", "金额", Kind::Money).required().also(&["资助金额"]).hint("元"),
    column("paid_on", "发放日期", Kind::Date).required().also(&["资助日期", "拨付日期"]),
    column("basis", "依据文号", Kind::Document).also(&["文号"]),
];

/// What a person answers who has looked into something.
const YES_NO: &[&str] = &["是", "否"];

/// 引进方式.
pub(crate) const INTRODUCTION_KINDS: &[&str] = &["转让", "许可", "产学研"];

const INTRODUCTIONS: &[Column] = &[
    column("contract_number", "合同编号", Kind::Identifier).required().also(&["合同号"]),
    column("uscc", "统一社会信用代码", Kind::Uscc)
        .required()
        .also(&["引进方代码", "受让方代码"])
        .hint("引进技术的企业"),
    column("kind", "引进方式", Kind::Choice(INTRODUCTION_KINDS)).required().also(&["方式", "合同类型"]),
    column("application_number", "申请号", Kind::ApplicationNumber)
        .also(&["专利号", "专利申请号"])
        .hint("一份合同含多件专利的，每件一行；没有专利的合作可空"),
    column("source", "来源方", Kind::Name).required().also(&["让与人", "许可人", "转让方", "合作院校"]),
    column("source_place", "来源方所在地", Kind::Text).also(&["来源方地址"]).hint("签订合同时的地址"),
    column("contract_on", "合同日期", Kind::Date).required().also(&["签订日期", "合同签订日期"]),
    column("amount", "合同金额", Kind::Money).also(&["成交金额", "合同成交额"]).hint("元；未知的留空，不填零"),
    column("registration", "登记备案号", Kind::Identifier).also(&["备案号", "登记号", "合同登记号"]),
    column("registered_on", "登记日期", Kind::Date).also(&["备案日期", "登记备案日期"]),
    column("products", "关联产品", Kind::Text).hint("与引进的技术相关联的本企业产品"),
    column("payment", "付款凭证", Kind::Text).hint("发票和银行回单的号码"),
    column("implementation", "实施情况", Kind::Text).also(&["转化实施情况"]).hint("用于何处，产量或销售额"),
    column("products_confirmed", "产品关联确认", Kind::Choice(YES_NO)).hint("经办人核对后填是或否；没有核对的留空"),
    column("registration_confirmed", "登记备案确认", Kind::Choice(YES_NO))
        .hint("经办人核对登记簿副本或备案证明后填是或否；没有核对的留空"),
    column("payment_confirmed", "付款确认", Kind::Choice(YES_NO))
        .hint("经办人核对发票和银行回单后填是或否；没有核对的留空"),
    column("implementation_confirmed", "实施确认", Kind::Choice(YES_NO))
        .hint("经办人核实已实施后填是或否；没有核实的留空"),
    column("high_value", "高价值类别", Kind::Categories)
        .hint("引进的专利属于高价值发明专利五类中的哪几类，1–5，多个用；分隔"),
    column("high_value_confirmed", "高价值确认", Kind::Choice(YES_NO)).hint("经办人核对后填是或否；没有核对的留空"),
    column("confirmed_by", "确认人", Kind::Name).also(&["经办人"]),
    column("confirmed_on", "确认日期", Kind::Date),
];

pub(super) fn registers() -> Vec<Register> {
    vec![
        Register { id: "patents", name_zh: "专利", columns: PATENTS, key: &["application_number"], received: true },
        Register {
            id: "patent-events",
            name_zh: "专利法律事件",
            columns: EVENT,
            key: &["application_number", "kind", "effective_on", "party", "document"],
            received: true,
        },
        Register {
            id: "foreign-grants",
            name_zh: "境外授权",
            columns: FOREIGN_GRANTS,
            key: &["office", "grant_number"],
            received: true,
        },
        Register {
            id: "prizes",
            name_zh: "专利奖项",
            columns: PRIZES,
            key: &["prize", "year", "application_number"],
            received: true,
        },
        Register {
            id: "official-high-value",
            name_zh: "高价值发明专利官方清单",
            columns: OFFICIAL_HIGH_VALUE,
            key: &["application_number", "as_of"],
            received: true,
        },
        Register {
            id: "official-fees",
            name_zh: "官费",
            columns: OFFICIAL_FEES,
            key: &["receipt", "number", "kind"],
            received: true,
        },
        Register {
            id: "subsidies",
            name_zh: "各级资助",
            columns: SUBSIDIES,
            key: &["number", "payer", "paid_on"],
            received: true,
        },
        Register {
            id: "introductions",
            name_zh: "引进合同",
            columns: INTRODUCTIONS,
            key: &["contract_number", "application_number"],
            received: true,
        },
    ]
}
