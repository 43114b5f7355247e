//! The contract that an award for bringing technology in (引进, 产学研; C3.4.3) rests on: a row of the register, not the applicant's word.

use std::collections::BTreeMap;

use super::{
    facts::Sheet,
    gates::{Asked, Gate, Outcome},
};

const REGISTER: &str = "introductions";
const NAME: &str = "引进合同";
const BASIS: &str = "登记簿“引进合同”";

/// A contract as the register holds it.
#[derive(Clone)]
pub(super) struct Contract {
    cells: BTreeMap<&'static str, String>,
}

/// What is read of a row.
const FIELDS: [&str; 11] = [
    "contract_number",
    "uscc",
    "kind",
    "application_number",
    "source",
    "source_place",
    "contract_on",
    "registration",
    "products",
    "payment",
    "implementation",
];

impl Contract {
    fn get(&self, field: &str) -> &str {
        self.cells.get(field).map_or("", String::as_str)
    }
}

/// Every contract, by its number however its brackets are typed.
pub(super) fn of(sheet: &Sheet<'_>) -> BTreeMap<String, Vec<Contract>> {
    let mut all: BTreeMap<String, Vec<Contract>> = BTreeMap::new();
    for row in sheet.rows {
        let cells = FIELDS.map(|field| (field, sheet.text(row, field).to_owned())).into();
        let number = terms::text::fold_name(sheet.text(row, "contract_number"));
        all.entry(number).or_default().push(Contract { cells });
    }
    all
}

/// Whether a gate asks about the contract, and so cannot be answered before there is one.
pub(super) fn is_of_a_matter(gate: &Gate) -> bool {
    gate.name == NAME
}

/// The gate of an award that rests on a contract; none for any other.
pub(super) fn gate(asked: &Asked<'_>) -> Option<Gate> {
    let is_academic = match asked.award.id.as_str() {
        "patent-introduction" => false,
        "university-introduction" => true,
        _ => return None,
    };
    let Some(all) = asked.known.contracts() else {
        let words = format!("从未导入“{NAME}”（{REGISTER}），无法核对");
        return Some(Gate::new(NAME, Outcome::Unknown, words, BASIS));
    };
    let found = all.get(&terms::text::fold_name(asked.matter)).map_or(&[][..], Vec::as_slice);
    let looked = found.iter().map(|one| held_against(asked, one, is_academic));
    // A contract over several patents has several rows; one that holds is enough.
    let (outcome, words) = looked
        .min_by_key(|(outcome, _)| *outcome)
        .unwrap_or_else(|| (Outcome::Block, format!("登记簿中没有合同“{}”；请先登记合同，再申报", asked.matter)));
    Some(Gate::new(NAME, outcome, words, BASIS))
}

fn held_against(asked: &Asked<'_>, one: &Contract, is_academic: bool) -> (Outcome, String) {
    let block = |words: String| (Outcome::Block, words);
    if one.get("uscc") != asked.subject {
        return block("这份合同的引进方不是本企业".into());
    }
    if (one.get("kind") == "产学研") != is_academic {
        return block(format!("这份合同登记为“{}”，不属于这一事项", one.get("kind")));
    }
    if one.get("contract_on") != asked.event.to_string() {
        return block(format!("合同登记的日期是 {}，申报的是 {}", one.get("contract_on"), asked.event));
    }
    let mut needed = vec![("payment", "付款凭证"), ("implementation", "转化实施")];
    if !is_academic {
        needed.extend([("products", "关联的产品"), ("registration", "转让登记或许可备案")]);
    }
    let missing: Vec<&str> =
        needed.iter().filter(|(field, _)| one.get(field).trim().is_empty()).map(|(_, words)| *words).collect();
    if !missing.is_empty() {
        return (Outcome::Unknown, format!("合同还没有登记：{}", missing.join("、")));
    }
    let also = if is_academic {
        "是否高等院校或科研院所、技术是否高价值"
    } else {
        "是否在本市以外、专利是否有效"
    };
    let words = format!(
        "来源方 {}（{}），专利 {}；请核对{also}",
        one.get("source"),
        one.get("source_place"),
        one.get("application_number")
    );
    (Outcome::Strict, words)
}
