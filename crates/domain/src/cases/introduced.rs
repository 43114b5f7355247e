//! The contract that an award for bringing technology in (引进, 产学研; C3.4.3) rests on: a row of the register with what a person
//! confirmed of it, not the applicant's word. Its conditions are those that the pages of matching show.

use std::collections::BTreeMap;

use corpus::Corpus;
use registry::Folded;
use terms::text::fold_name;

use super::{
    facts::Known,
    gates::{Asked, Gate, Outcome, worst},
};
use crate::matching::{self, Check, ContractKind, Facts, Introduction, REGISTER};

const NAME: &str = "引进合同";
const BASIS: &str = "登记簿“引进合同”";

/// A contract as the register holds it, over one patent, with what is known beside it.
pub(super) struct Contract {
    pub(super) row: Introduction,
    facts: Facts,
}

/// Every contract, by its number however its brackets are typed.
pub(super) fn of(registers: &Folded, corpus: Option<&Corpus>) -> BTreeMap<String, Vec<Contract>> {
    let rows = matching::introduced(registers);
    let beside = matching::beside(registers, corpus, &rows);
    let mut all: BTreeMap<String, Vec<Contract>> = BTreeMap::new();
    for (row, facts) in rows.into_iter().zip(beside) {
        all.entry(fold_name(&row.contract_number)).or_default().push(Contract { row, facts });
    }
    all
}

/// Whether an award rests on a contract, and if so whether on one of this kind.
pub(super) fn takes(award: &str, kind: &str) -> Option<bool> {
    let is_academic = match award {
        "patent-introduction" => false,
        "university-introduction" => true,
        _ => return None,
    };
    Some((kind == ContractKind::Cooperation.zh()) == is_academic)
}

/// The contracts of an enterprise that an award may be asked for, each number once; none where the award rests on no contract.
pub(super) fn open_to<'k>(known: &'k Known, award: &str, subject: &str) -> Option<Vec<&'k Introduction>> {
    takes(award, "")?;
    let fits = |one: &&Contract| one.row.uscc == subject && takes(award, &one.row.kind) == Some(true);
    let of_number = |rows: &'k Vec<Contract>| rows.iter().find(fits).map(|one| &one.row);
    Some(known.contracts().into_iter().flat_map(BTreeMap::values).filter_map(of_number).collect())
}

/// The gates of an award that rests on a contract: the contract itself, and each condition of its clause; none for any other award.
pub(super) fn gates(asked: &Asked<'_>) -> Vec<Gate> {
    if takes(&asked.award.id, "").is_none() {
        return Vec::new();
    }
    let Some(all) = asked.known.contracts() else {
        let words = format!("从未导入“{NAME}”（{REGISTER}），无法核对");
        return vec![Gate::new(NAME, Outcome::Unknown, words, BASIS)];
    };
    let found = all.get(&fold_name(asked.matter)).map_or(&[][..], Vec::as_slice);
    // A contract over several patents has several rows; one that holds is enough.
    found.iter().map(|one| held_against(asked, one)).min_by_key(|gates| worst(gates)).unwrap_or_else(|| {
        let words = format!("登记簿中没有合同“{}”；请先登记合同，再申报", asked.matter);
        vec![Gate::new(NAME, Outcome::Block, words, BASIS)]
    })
}

fn held_against(asked: &Asked<'_>, one: &Contract) -> Vec<Gate> {
    let row = &one.row;
    let number = &row.contract_number;
    let wrong = if row.uscc != asked.subject {
        format!("合同 {number} 的引进方不是本企业")
    } else if takes(&asked.award.id, &row.kind) != Some(true) {
        format!("合同 {number} 登记为“{}”，不属于这一事项", row.kind)
    } else if row.contract_on != asked.event {
        format!("合同 {number} 登记的日期是 {}，申报的是 {}", row.contract_on, asked.event)
    } else {
        let from = Some(&*row.source_place).filter(|place| !place.is_empty()).unwrap_or("所在地未填");
        let patent = Some(&*row.application_number).filter(|number| !number.is_empty()).unwrap_or("未填");
        let words = format!("合同 {number}：来源方 {}（{from}），专利 {patent}", row.source);
        let mut gates = vec![Gate::new(NAME, Outcome::Pass, words, BASIS)];
        gates.extend(matching::checks(row, &one.facts).iter().map(|check| condition(number, check)));
        return gates;
    };
    vec![Gate::new(NAME, Outcome::Block, wrong, BASIS)]
}

/// One condition of the clause as a gate: no is no, and what nobody knows holds the money.
fn condition(number: &str, check: &Check) -> Gate {
    let (outcome, words) = match check.holds {
        Some(true) => (Outcome::Pass, format!("合同 {number}：已核实")),
        Some(false) => (Outcome::Block, format!("合同 {number}：不符合“{}”", check.text)),
        None => (Outcome::Unknown, format!("合同 {number}：还没有核实，{}", check.missing)),
    };
    Gate::new(check.text, outcome, words, check.clause)
}
