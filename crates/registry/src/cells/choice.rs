//! Closed lists: one spelling per value, and the spellings that certainly mean the same.

use terms::{PatentKind, text};

use crate::{cells::short, registers::Column};

/// What other offices write for a value of a closed list.
const SAME: &[(&str, &[&str])] = &[
    ("存续", &["在业", "开业", "在营", "正常", "存续在营开业在册", "在营开业在册"]),
    ("注销", &["已注销", "注销企业"]),
    ("吊销", &["已吊销", "吊销未注销", "吊销企业"]),
    ("大", &["大型", "大型企业"]),
    ("中", &["中型", "中型企业"]),
    ("小", &["小型", "小型企业"]),
    ("微", &["微型", "微型企业"]),
    ("是", &["y", "yes", "true", "1"]),
    ("否", &["n", "no", "false", "0"]),
    ("高新技术企业", &["国家高新技术企业", "高企"]),
    ("国家知识产权优势企业", &["优势企业", "知识产权优势企业"]),
    ("国家知识产权示范企业", &["示范企业", "知识产权示范企业"]),
    ("贯标认证", &["知识产权管理体系认证"]),
    ("PCT", &["pct途径"]),
    ("巴黎公约", &["巴黎公约途径"]),
    ("初步核算", &["初步核算数"]),
    ("最终核实", &["最终核实数"]),
    ("普查修订", &["普查修订数"]),
    ("商品", &["商品商标"]),
    ("服务", &["服务商标"]),
    ("集体", &["集体商标"]),
    ("证明", &["证明商标"]),
    ("名称", &["企业名称", "名称变更", "企业名称变更"]),
    ("区镇", &["区镇变更", "所属区镇"]),
    ("专利", &["专利权"]),
    ("商标", &["商标权", "注册商标专用权"]),
    ("独占", &["独占许可", "独占实施许可"]),
    ("排他", &["排他许可", "排他实施许可"]),
    ("普通", &["普通许可", "普通实施许可"]),
    ("交叉", &["交叉许可"]),
    ("不重复享受", &["不重复", "不得重复享受"]),
    ("特高压输变电", &["特高压", "输变电", "特高压和输变电"]),
    ("质押融资贴息", &["贷款贴息", "贴息"]),
    ("质押融资费用补助", &["费用补助", "评估费补助"]),
    ("知识产权保险保费补贴", &["保费补贴", "保险补贴"]),
    ("无偿资助", &["资助", "补助", "无偿补助"]),
    ("贷款贴息", &["贴息"]),
    ("股权投资", &["股权", "直接股权投资"]),
];

pub(super) fn choose(column: &Column, options: &[&str], written: &str) -> Result<String, String> {
    let folded = text::fold_heading(written);
    if let Some(option) = options.iter().find(|option| text::fold_heading(option) == folded) {
        return Ok((*option).to_owned());
    }
    let same = SAME.iter().find(|(value, spellings)| options.contains(value) && spellings.contains(&folded.as_str()));
    if let Some((value, _)) = same {
        return Ok((*value).to_owned());
    }
    // 发明专利, 实用新型专利 and the like are known to the type itself.
    if let Some(kind) = written.parse::<PatentKind>().ok().map(PatentKind::zh).filter(|kind| options.contains(kind)) {
        return Ok(kind.to_owned());
    }
    Err(format!("“{}”不在{}的可选值之内。请填：{}。", short(written), column.heading, options.join("、")))
}
