//! Pledges and trademarks at home and under Madrid.

use super::{Column, ColumnKind as Kind, Register, column};

const PLEDGES: &[Column] = &[
    column("number", "登记号", Kind::Identifier).required().also(&["质押登记号", "质权登记号"]),
    column("right", "权利种类", Kind::Choice(&["专利", "商标", "著作权"])).required().also(&["质押类型", "权利类型"]),
    column("pledgor_uscc", "出质人代码", Kind::Uscc).required().also(&["出质人统一社会信用代码"]),
    column("pledgee", "质权人", Kind::Name).required(),
    column("objects", "标的", Kind::Rights).required().also(&["质押标的", "标的号码"]).hint("号码，多个用；分隔"),
    column("amount", "登记金额", Kind::Money)
        .required()
        .also(&["质押金额", "担保金额", "债权数额"])
        .hint("元；标题可写万元"),
    column("ip_amount", "知识产权金额", Kind::Money).hint("混合担保中知识产权部分；空为全部"),
    column("allocations", "分配金额", Kind::Moneys).hint("按标的顺序，多个用；分隔"),
    column("disbursed", "实际放款", Kind::Money).also(&["放款金额", "实际放款金额"]),
    column("registered_on", "登记日期", Kind::Date).required().also(&["质押登记日", "登记日"]),
    column("released_on", "注销日期", Kind::Date).also(&["质押注销日", "解除日期"]),
    column("rollover", "续贷", Kind::Choice(&["是", "否"])).also(&["是否续贷"]),
];

const TRADEMARKS: &[Column] = &[
    column("number", "注册号", Kind::Trademark).required().also(&["商标注册号", "申请/注册号"]),
    column("nice_class", "类别", Kind::NiceClass).required().also(&["国际分类", "商标类别"]),
    column("mark", "名称", Kind::Text).also(&["商标名称", "商标"]),
    column("holder", "注册人", Kind::Name).required().also(&["商标注册人", "权利人"]),
    column("holder_uscc", "注册人代码", Kind::Uscc),
    column("registered_on", "注册日期", Kind::Date).required().also(&["注册公告日期", "注册日"]),
    column("expires_on", "专用期截止", Kind::Date).required().also(&["专用权截止", "有效期至", "专用权期限截止"]),
    column("kind", "种类", Kind::Choice(&["商品", "服务", "集体", "证明"])).also(&["商标种类"]),
];

const MADRID: &[Column] = &[
    column("ir_number", "国际注册号", Kind::Madrid).required(),
    column("mark", "名称", Kind::Text).also(&["商标名称", "商标"]),
    column("holder", "注册人", Kind::Name).required().also(&["权利人"]),
    column("holder_uscc", "注册人代码", Kind::Uscc),
    column("registered_on", "国际注册日", Kind::Date).required().also(&["国际注册日期"]),
    column("origin", "原属局", Kind::Office).required().also(&["原属国"]).hint("WIPO ST.3 代码，如 CN"),
    column("nice_classes", "类别", Kind::NiceClasses).also(&["国际分类"]),
    column("designations", "指定缔约方", Kind::Offices),
];

pub(super) fn registers() -> Vec<Register> {
    vec![
        Register { id: "pledges", name_zh: "质押登记", columns: PLEDGES, key: &["number"], received: true },
        Register {
            id: "trademarks",
            name_zh: "商标",
            columns: TRADEMARKS,
            key: &["number", "nice_class"],
            received: true,
        },
        Register {
            id: "madrid", name_zh: "马德里国际注册", columns: MADRID, key: &["ir_number"], received: true
        },
    ]
}
