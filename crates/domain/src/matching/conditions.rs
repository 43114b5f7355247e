//! How a contract stands against the conditions of C3.4.3: what the registers and the corpus know beside its row, and what a
//! person confirmed of it. What neither says is not known, and is neither met nor missed.

use std::collections::{BTreeMap, BTreeSet};

use corpus::Corpus;
use documents::{LegalState, bodies};
use jiff::{Timestamp, civil::Date};
use registry::{Folded, FoldedRow};
use terms::{PatentKind, text::fold_name};

use super::introductions::{Introduction, document};
use crate::{Error, Installation, freeze, subjects};

/// What is known beside a row, for its conditions; none where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether the firm was a high-tech enterprise on the day of the contract.
    pub is_high_tech: Option<bool>,
    /// Whether the other side sat outside the city.
    pub is_outside: Option<bool>,
    /// Whether the other side is a university or an institute.
    pub is_academic: Option<bool>,
    /// Whether the patent is an invention in force on the day of the contract.
    pub is_invention_in_force: Option<bool>,
    /// Whether an official list names it as of high value.
    pub is_high_value: Option<bool>,
    /// Whether the patent was not the firm's own before the contract.
    pub is_from_another: Option<bool>,
}

/// One condition of the clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The clause.
    pub clause: &'static str,
    /// The condition.
    pub text: &'static str,
    /// Whether it is met; none while that is not known.
    pub holds: Option<bool>,
    /// What would settle it, where it is not known.
    pub missing: &'static str,
}

/// What the registers and the corpus know beside a row.
pub async fn facts(
    installation: &Installation,
    corpus: Option<&Corpus>,
    row: &Introduction,
    now: Timestamp,
) -> Result<Facts, Error> {
    let registers = installation.registers(now).await?;
    Ok(beside(&registers, corpus, std::slice::from_ref(row)).pop().unwrap_or_default())
}

/// The same of many rows, in their order.
pub(crate) fn beside(registers: &Folded, corpus: Option<&Corpus>, rows: &[Introduction]) -> Vec<Facts> {
    if rows.is_empty() {
        return Vec::new();
    }
    let numbers: BTreeSet<&str> = rows.iter().map(|row| row.application_number.as_str()).collect();
    let of_patents = |register: &'static str| {
        let mut found: BTreeMap<&str, Vec<&FoldedRow>> = BTreeMap::new();
        for row in registers.get(register) {
            let number = cell(register, row, "application_number");
            if numbers.contains(number) {
                found.entry(number).or_default().push(row);
            }
        }
        found
    };
    let known = Known {
        registers,
        corpus,
        city: subjects::city_of(registers.get("regions")),
        patents: of_patents("patents"),
        events: of_patents("patent-events"),
        named: of_patents("official-high-value"),
    };
    rows.iter().map(|row| known.facts(row)).collect()
}

/// What is asked about each row.
struct Known<'a> {
    registers: &'a Folded,
    corpus: Option<&'a Corpus>,
    city: Option<subjects::City>,
    patents: BTreeMap<&'a str, Vec<&'a FoldedRow>>,
    events: BTreeMap<&'a str, Vec<&'a FoldedRow>>,
    named: BTreeMap<&'a str, Vec<&'a FoldedRow>>,
}

impl Known<'_> {
    fn facts(&self, row: &Introduction) -> Facts {
        let place = Some(&*row.source_place).filter(|place| !place.is_empty());
        let found = self.corpus.and_then(|corpus| document(corpus, &row.application_number));
        let in_force =
            found.as_ref().and_then(|document| match documents::legal::state_on(document, row.contract_on).state {
                LegalState::Unknown => None,
                state => Some(state == LegalState::InForce && document.kind == Some(PatentKind::Invention)),
            });
        let applicants = found.map(|document| document.applicants.into_iter().map(|one| one.name).collect::<Vec<_>>());
        Facts {
            is_high_tech: self.is_high_tech(row),
            is_outside: self
                .city
                .as_ref()
                .zip(place)
                .map(|(city, place)| !city.words.iter().any(|word| place.contains(word.as_str()))),
            is_academic: bodies::tells_academic(&row.source),
            is_invention_in_force: in_force,
            // What the city's list does not name may well be of high value: the list is of the city's own patents.
            is_high_value: self.named.contains_key(row.application_number.as_str()).then_some(true),
            is_from_another: self.was_own(row, applicants.unwrap_or_default()).map(|was_own| !was_own),
        }
    }

    fn is_high_tech(&self, row: &Introduction) -> Option<bool> {
        let statuses = self.registers.get("statuses");
        let is_held = |status: &FoldedRow| {
            let text = |field| cell("statuses", status, field);
            let date = |field| text(field).parse::<Date>().ok();
            let during = date("valid_from")
                .and_then(|from| freeze::held(text("kind"), from, date("valid_to"), date("revoked_on")));
            text("uscc") == row.uscc
                && text("kind") == "高新技术企业"
                && during.is_some_and(|during| during.holds(row.contract_on))
        };
        (!statuses.is_empty()).then(|| statuses.iter().any(is_held))
    }

    /// Whether the firm held the patent on the day before the contract: by the city's own register and its transfers, else by who
    /// applied for it.
    fn was_own(&self, row: &Introduction, applicants: Vec<String>) -> Option<bool> {
        let number = row.application_number.as_str();
        if number.is_empty() {
            return None;
        }
        let firm = self.registers.get("enterprises").iter().find(|firm| cell("enterprises", firm, "uscc") == row.uscc);
        let names: BTreeSet<String> = firm
            .into_iter()
            .flat_map(|firm| ["name", "former_names"].map(|field| cell("enterprises", firm, field)))
            .flat_map(|names| names.split('|'))
            .map(fold_name)
            .filter(|name| !name.is_empty())
            .collect();
        let is_firm = |names_of: &str, code: &str| {
            code == row.uscc || names_of.split('|').any(|name| names.contains(&fold_name(name)))
        };
        let mut passed: Vec<(Date, bool)> = Vec::new();
        for event in self.events.get(number).into_iter().flatten() {
            let text = |field| cell("patent-events", event, field);
            let on = [text("registered_on"), text("effective_on")].into_iter().find_map(|day| day.parse::<Date>().ok());
            if let (Some(on), "转让") = (on, text("kind")) {
                passed.push((on, is_firm(text("party"), text("party_uscc"))));
            }
        }
        passed.sort();
        if let Some((_, was_own)) = passed.iter().rev().find(|(on, _)| *on < row.contract_on) {
            return Some(*was_own);
        }
        // A row that names the firm may be younger than the transfer that this contract brought about.
        if passed.iter().any(|(_, is_to_firm)| *is_to_firm) {
            return Some(false);
        }
        let was_own = match self.patents.get(number).and_then(|rows| rows.first()) {
            Some(patent) => {
                let text = |field| cell("patents", patent, field);
                is_firm(text("patentees"), text("first_patentee_uscc"))
            }
            None if applicants.is_empty() => return None,
            None => applicants.iter().any(|name| names.contains(&fold_name(name))),
        };
        // Of a firm without a name nothing is ruled out.
        Some(was_own).filter(|was_own| *was_own || !names.is_empty())
    }
}

fn cell<'r>(register: &str, row: &'r FoldedRow, field: &str) -> &'r str {
    row.text(Folded::column(register, field))
}

/// How a row stands against the clause of its kind; what nobody has confirmed is not known.
pub fn checks(row: &Introduction, facts: &Facts) -> Vec<Check> {
    let confirmed = &row.confirmed;
    let clause = if row.kind == "产学研" { "C3.4.3.2" } else { "C3.4.3.1" };
    let check = |text, holds, missing| Check { clause, text, holds, missing };
    let is_high_tech = check("签订合同时是高新技术企业", facts.is_high_tech, "资质登记簿还没有报送，不能判断");
    let from_another = check(
        "签订合同前不是本企业的专利",
        facts.is_from_another,
        "专利登记簿和专利文献库中都没有这件专利，看不出原来是谁的",
    );
    let paid = check("已付款，有凭证", confirmed.payment, "请填写发票和银行回单的号码，由经办人确认");
    let worked = |text| check(text, confirmed.implementation, "请填写用于何处，产量或销售额，由经办人确认");
    if clause == "C3.4.3.2" {
        return vec![
            is_high_tech,
            check(
                "来源方是高等院校或科研院所",
                facts.is_academic,
                "来源方的名称看不出是不是高等院校或科研院所，请填写全称",
            ),
            from_another,
            check(
                "引进的是高价值专利技术",
                facts.is_high_value.or(confirmed.high_value),
                "官方高价值名单中没有这件专利；请填写属于五类中的哪一类，由经办人确认",
            ),
            worked("已转化实施"),
            paid,
        ];
    }
    vec![
        is_high_tech,
        check("来源方在本市以外", facts.is_outside, "请填写来源方签订合同时的所在地"),
        check("签订合同时是有效的发明专利", facts.is_invention_in_force, "专利文献库中没有这件专利，或不知其法律状态"),
        from_another,
        check("与企业生产相关联", confirmed.products, "请填写关联的产品，由经办人确认"),
        worked("用于转型升级创新发展"),
        check("转让已登记或许可已备案", confirmed.registration, "请填写登记或备案的号码和日期，由经办人确认"),
        paid,
    ]
}
