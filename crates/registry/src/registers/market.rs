//! What the market does with rights: licences and insurance; and what others than this office spend and pay: returns of units,
//! special funds with their projects, and the policy items of other departments.

use super::{Column, ColumnKind as Kind, Register, column};

/// 许可种类: how a licence is given.
pub const LICENCE_KINDS: &[&str] = &["独占", "排他", "普通", "开放许可", "交叉", "分许可"];

/// 聚焦方向: what the project of a special fund is about (C4.2.2).
pub const FOCUSES: &[&str] = &["交易平台", "运用", "保护", "其他"];

/// 事件种类: what a policy pays for.
pub const PAID_EVENTS: &[&str] = &[
    "发明专利授权",
    "境外专利授权",
    "有效发明专利拥有量",
    "项目立项",
    "贯标认证",
    "专利引进",
    "产学研合作",
    "维权",
    "质押融资",
    "保险",
    "商标注册",
    "资质认定",
    "其他",
];

/// 与本政策关系: what another document says of money that ours pays for the same event.
pub const RELATIONS: &[&str] = &["就高不就低", "不重复享受", "可以同时享受"];

const LICENCES: &[Column] = &[
    column("number", "合同备案号", Kind::Identifier)
        .required()
        .also(&["许可合同备案号", "备案号", "合同编号", "合同号"])
        .hint("没有备案的填合同编号"),
    column("objects", "专利号", Kind::Rights)
        .required()
        .also(&["申请号", "许可专利", "专利号清单", "标的"])
        .hint("号码，多个用；分隔"),
    column("licensor", "许可人", Kind::Name).required().also(&["许可方", "让与人"]),
    column("licensor_uscc", "许可人代码", Kind::Uscc).also(&["许可方代码"]),
    column("licensee", "被许可人", Kind::Name).required().also(&["被许可方", "受让人"]),
    column("licensee_uscc", "被许可人代码", Kind::Uscc).also(&["被许可方代码"]),
    column("kind", "许可种类", Kind::Choice(LICENCE_KINDS)).required().also(&["种类", "许可方式", "许可类型"]),
    column("effective_on", "生效日期", Kind::Date).required().also(&["合同生效日期", "许可起始日"]),
    column("ended_on", "终止日期", Kind::Date).also(&["许可终止日", "合同终止日期"]).hint("合同期的最后一天"),
    column("amount", "许可费", Kind::Money).also(&["金额", "合同金额", "使用费"]).hint("元；未知的留空，不填零"),
    column("registered_on", "备案日期", Kind::Date).also(&["备案公告日", "登记日期"]),
];

const INSURANCES: &[Column] = &[
    column("number", "保单号", Kind::Identifier).required().also(&["保险单号", "保单号码"]),
    column("holder", "投保人", Kind::Name).required().also(&["投保企业", "被保险人"]),
    column("holder_uscc", "投保人代码", Kind::Uscc).also(&["投保企业代码", "统一社会信用代码"]),
    column("kind", "险种", Kind::Text)
        .required()
        .also(&["保险种类", "保险名称"])
        .hint("如专利被侵权损失险、海外侵权责任险、质押融资保证保险"),
    column("insurer", "保险机构", Kind::Name).also(&["保险公司", "承保机构"]),
    column("objects", "标的", Kind::Rights).also(&["保险标的", "专利号"]).hint("号码，多个用；分隔"),
    column("premium", "保费", Kind::Money).also(&["保险费", "保费金额"]).hint("元；未知的留空，不填零"),
    column("insured", "保额", Kind::Money).also(&["保险金额", "赔偿限额"]).hint("元"),
    column("valid_from", "起保日期", Kind::Date).required().also(&["保险起期", "生效日期"]),
    column("valid_to", "终保日期", Kind::Date).also(&["保险止期", "失效日期"]).hint("有效期的最后一天"),
    column("subsidy", "财政补贴金额", Kind::Money)
        .also(&["保费补贴", "补贴金额"])
        .hint("元；没有补贴的填 0，未知的留空"),
    column("claimed", "已赔付金额", Kind::Money).also(&["赔付金额", "理赔金额"]).hint("元；没有出险的留空"),
];

const SPENDING: &[Column] = &[
    column("unit", "投入单位", Kind::Text).required().also(&["单位", "部门", "填报单位"]).hint("部门名称，或区镇名称"),
    column("kind", "单位类型", Kind::Choice(&["部门", "区镇"])).required(),
    column("year", "年度", Kind::Year).required(),
    column("source", "经费来源", Kind::Text).required().also(&["资金来源"]).hint("如本级财政、上级专项"),
    column("budgeted", "预算金额", Kind::Money).also(&["预算数", "安排金额"]).hint("元；标题可写万元"),
    column("spent", "支出金额", Kind::Money)
        .also(&["决算数", "实际支出", "投入金额"])
        .hint("元；没有支出的填 0，未知的留空"),
];

const FUNDS: &[Column] = &[
    column("department", "主管部门", Kind::Text).required().also(&["部门", "资金主管部门"]),
    column("fund", "资金名称", Kind::Text).required().also(&["专项资金", "专项资金名称"]),
    column("year", "年度", Kind::Year).required(),
    column("total", "资金总额", Kind::Money).also(&["总额", "安排金额"]).hint("元；未知的留空，不填零"),
    column("has_condition", "有无知识产权条件", Kind::Choice(&["是", "否"]))
        .also(&["知识产权条件"])
        .hint("文件中有没有知识产权方面的条件；没有查过的留空"),
    column("condition", "条件内容", Kind::Text).also(&["知识产权条件内容"]).hint("照文件抄录"),
    column("basis", "依据文号", Kind::Document).also(&["文号", "管理办法文号"]),
];

const PROJECTS: &[Column] = &[
    column("fund", "资金名称", Kind::Text).required().also(&["专项资金", "专项资金名称"]),
    column("year", "年度", Kind::Year).required(),
    column("project", "项目名称", Kind::Text).required().also(&["项目"]),
    column("holder", "承担单位", Kind::Name).also(&["项目单位", "承担企业"]),
    column("holder_uscc", "承担单位代码", Kind::Uscc).also(&["项目单位代码", "统一社会信用代码"]),
    column("amount", "资金金额", Kind::Money).also(&["金额", "资助金额", "安排金额"]).hint("元；未知的留空，不填零"),
    column("focus", "聚焦方向", Kind::Choice(FOCUSES)).also(&["方向", "标签"]).hint("没有判断过的留空，不填其他"),
];

const ITEMS: &[Column] = &[
    column("department", "发文部门", Kind::Text).required().also(&["部门", "主管部门"]),
    column("document", "文件文号", Kind::Document).required().also(&["文号", "文件", "依据文号"]),
    column("title", "文件名称", Kind::Text).also(&["文件标题"]),
    column("clause", "条款", Kind::Text).required().also(&["条款号", "条文"]).hint("如第六条第（二）项"),
    column("item", "奖补事项", Kind::Text).required().also(&["事项", "事项名称"]),
    column("subject", "奖补对象", Kind::Text).also(&["对象", "支持对象"]),
    column("event", "事件种类", Kind::Choice(PAID_EVENTS)).required().also(&["事件", "奖补事件"]).hint("为什么事给钱"),
    column("amount", "奖补金额", Kind::Money).also(&["金额", "标准"]).hint("元；按比例或分档的留空，在条款中写明"),
    column("cap", "最高金额", Kind::Money).also(&["上限", "封顶金额"]).hint("元"),
    column("valid_from", "生效日期", Kind::Date).required().also(&["施行日期"]),
    column("valid_to", "失效日期", Kind::Date).also(&["有效期至"]).hint("有效期的最后一天"),
    column("relation", "与本政策关系", Kind::Choice(RELATIONS))
        .also(&["重复规定"])
        .hint("文件怎么说就怎么填；文件没有说的留空"),
    column("rests_on", "上位文件", Kind::Words).also(&["依据文件", "制定依据"]).hint("文号，多个用；分隔"),
];

pub(super) fn registers() -> Vec<Register> {
    let register = |id, name_zh, columns, key| Register { id, name_zh, columns, key, received: true };
    vec![
        register("licences", "专利实施许可", LICENCES, &["number"]),
        register("insurances", "知识产权保险", INSURANCES, &["number"]),
        register("ip-spending", "知识产权投入", SPENDING, &["unit", "year", "source"]),
        register("special-funds", "专项资金", FUNDS, &["fund", "year"]),
        register("fund-projects", "专项资金项目", PROJECTS, &["fund", "year", "project"]),
        register("policy-items", "部门奖补政策", ITEMS, &["document", "clause", "item"]),
    ]
}
