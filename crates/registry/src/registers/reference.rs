//! Reference tables, which come in the same way: industries, the IPC and the working calendar.

use super::{Column, ColumnKind as Kind, Register, column};

const INDUSTRY_CODES: &[Column] = &[
    column("code", "代码", Kind::Industry).required().also(&["行业代码"]),
    column("name", "名称", Kind::Text).required().also(&["行业名称", "类别名称"]),
    column("edition", "版本", Kind::Text).hint("如 2017"),
];

const IPC_TITLES: &[Column] = &[
    column("symbol", "分类号", Kind::IpcNode).required().also(&["code"]),
    column("title", "名称", Kind::Text).required().also(&["title_zh", "类名"]),
    column("level", "层级", Kind::Text),
    column("parent", "上级", Kind::IpcNode),
];

const HOLIDAYS: &[Column] = &[
    column("date", "日期", Kind::Date).required(),
    column("name", "名称", Kind::Text).required().also(&["节日"]),
    column("is_off", "放假", Kind::Choice(&["是", "否"]))
        .required()
        .also(&["isOffDay", "是否放假"])
        .hint("调休上班填否"),
];

pub(super) fn registers() -> Vec<Register> {
    vec![
        Register {
            id: "industry-codes",
            name_zh: "国民经济行业分类",
            columns: INDUSTRY_CODES,
            key: &["code", "edition"],
            received: true,
        },
        Register {
            id: "ipc-titles", name_zh: "国际专利分类表", columns: IPC_TITLES, key: &["symbol"], received: true
        },
        Register { id: "holidays", name_zh: "节假日安排", columns: HOLIDAYS, key: &["date"], received: true },
    ]
}
