//! Contracts in the register of introductions (引进合同): how a signed deal becomes a row of it, what the rows add up to,
//! and how a row stands against the conditions of C3.4.3.

use std::collections::BTreeMap;

use corpus::Corpus;
use documents::{Document, LegalState};
use jiff::{Timestamp, civil::Date};
use registry::{BatchKind, Entry, Folded, FoldedRow, ImportReport};
use terms::{PatentKind, periods::add_years};

use super::{Contract, Deal, Stage, firm_of};
use crate::{Error, Installation, accounts::Account, subjects};

/// The register.
pub const REGISTER: &str = "introductions";

/// What a person adds to a contract when it is entered, by the fields of the register.
const ADDED: [&str; 11] = [
    "application_number",
    "source_place",
    "registration",
    "registered_on",
    "registration_confirmed",
    "products",
    "products_confirmed",
    "payment",
    "payment_confirmed",
    "implementation",
    "implementation_confirmed",
];

/// Whether a person adds this field to the row of a deal; the others follow from the contract.
pub fn is_added(deal: &Deal, field: &str) -> bool {
    ADDED.contains(&field) && (field != "application_number" || deal.application_number.is_empty())
}

/// A row of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// The row's key.
    pub key: String,
    /// The number of the contract.
    pub contract_number: String,
    /// The code of the firm that brings the technology in.
    pub uscc: String,
    /// The firm's name; its code where the register of enterprises does not know it.
    pub firm: String,
    /// The town of the firm; empty where it is not known.
    pub town: String,
    /// 转让, 许可 or 产学研.
    pub kind: String,
    /// The patent; empty where the contract is over none.
    pub application_number: String,
    /// Whose it was.
    pub source: String,
    /// Where that was at the contract.
    pub source_place: String,
    /// The day of the contract.
    pub contract_on: Date,
    /// Its amount in fen; none where it was not told.
    pub amount_fen: Option<i64>,
    /// The number under which it was registered or recorded.
    pub registration: String,
    /// The products that it has to do with.
    pub products: String,
    /// What proves the payment.
    pub payment: String,
    /// What was done with it.
    pub implementation: String,
    /// What a person found on looking into it.
    pub confirmed: Confirmed,
}

/// What a person found on looking into a contract; none where nobody has (经办人确认). Words alone confirm nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Whether it has to do with the firm's products.
    pub products: Option<bool>,
    /// Whether the transfer is registered or the licence recorded.
    pub registration: Option<bool>,
    /// Whether it was paid.
    pub payment: Option<bool>,
    /// Whether it was put to use.
    pub implementation: Option<bool>,
}

/// What the rows of one kind and town add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The kind.
    pub kind: String,
    /// The town.
    pub town: String,
    /// How many rows.
    pub count: usize,
    /// The sum of the amounts that were told.
    pub amount_fen: i64,
    /// How many rows tell no amount.
    pub untold: usize,
}

/// What is known beside a row, for its conditions; none where it is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether the firm was a high-tech enterprise on the day of the contract.
    pub is_high_tech: Option<bool>,
    /// Whether the other side sat outside the city.
    pub is_outside: Option<bool>,
    /// Whether the other side is a university or an institute.
    pub is_academic: bool,
    /// Whether the patent is an invention in force on the day of the contract.
    pub is_invention_in_force: Option<bool>,
    /// Whether an official list names it as of high value.
    pub is_high_value: Option<bool>,
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

/// The rows of the register that an account sees, the latest contract first.
pub async fn introductions(
    installation: &Installation,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Introduction>, Error> {
    let rows = folded(installation, REGISTER, now).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let towns: BTreeMap<String, String> = folded(installation, "regions", now)
        .await?
        .iter()
        .map(|row| (cell("regions", row, "code").to_owned(), cell("regions", row, "name").to_owned()))
        .collect();
    let firms: BTreeMap<String, (String, String)> = folded(installation, "enterprises", now)
        .await?
        .iter()
        .map(|row| ["uscc", "name", "region"].map(|field| cell("enterprises", row, field).to_owned()))
        .map(|[uscc, name, region]| (uscc, (name, towns.get(&region).cloned().unwrap_or(region))))
        .collect();
    let own = firm_of(account);
    let mut all: Vec<Introduction> = rows
        .iter()
        .filter(|row| own.is_none_or(|own| cell(REGISTER, row, "uscc") == own))
        .filter_map(|row| introduction(row, &firms))
        .collect();
    all.sort_by(|left, right| right.contract_on.cmp(&left.contract_on).then_with(|| left.key.cmp(&right.key)));
    Ok(all)
}

fn introduction(row: &FoldedRow, firms: &BTreeMap<String, (String, String)>) -> Option<Introduction> {
    let text = |field| cell(REGISTER, row, field).to_owned();
    let confirmed = |field| match cell(REGISTER, row, field) {
        "是" => Some(true),
        "否" => Some(false),
        _ => None,
    };
    let uscc = text("uscc");
    let (firm, town) = firms.get(&uscc).cloned().unwrap_or_else(|| (uscc.clone(), String::new()));
    Some(Introduction {
        key: row.key.to_string(),
        contract_number: text("contract_number"),
        uscc,
        firm,
        town,
        kind: text("kind"),
        application_number: text("application_number"),
        source: text("source"),
        source_place: text("source_place"),
        // The import takes no row without a day.
        contract_on: text("contract_on").parse().ok()?,
        amount_fen: text("amount").parse().ok(),
        registration: text("registration"),
        products: text("products"),
        payment: text("payment"),
        implementation: text("implementation"),
        confirmed: Confirmed {
            products: confirmed("products_confirmed"),
            registration: confirmed("registration_confirmed"),
            payment: confirmed("payment_confirmed"),
            implementation: confirmed("implementation_confirmed"),
        },
    })
}

/// The rows of a year by kind and town.
pub fn totals(rows: &[Introduction], year: i16) -> Vec<Total> {
    let mut sums: BTreeMap<(&str, &str), (usize, i64, usize)> = BTreeMap::new();
    for one in rows.iter().filter(|one| one.contract_on.year() == year) {
        let (count, amount, untold) = sums.entry((&one.town, &one.kind)).or_default();
        *count += 1;
        match one.amount_fen {
            Some(fen) => *amount = amount.saturating_add(fen),
            None => *untold += 1,
        }
    }
    let total = |((town, kind), (count, amount_fen, untold)): ((&str, &str), _)| Total {
        kind: kind.to_owned(),
        town: town.to_owned(),
        count,
        amount_fen,
        untold,
    };
    sums.into_iter().map(total).collect()
}

/// A price that a row tells of one patent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The patent.
    pub application_number: String,
    /// The price, in fen.
    pub amount_fen: i64,
    /// The day of the contract.
    pub on: Date,
}

impl Price {
    /// The IPC subclass of the patent, such as `H01M`, and its kind; none where the corpus does not tell the class.
    pub fn sort(&self, corpus: &Corpus) -> Option<(String, Option<PatentKind>)> {
        let document = document(corpus, &self.application_number)?;
        let ipc = document.classifications.iter().find(|one| one.scheme == documents::Scheme::Ipc)?;
        Some((ipc.symbol.get(..4)?.to_owned(), document.kind))
    }
}

/// The prices of single patents that were transferred, of all firms, for the value of their like.
pub async fn prices(installation: &Installation, now: Timestamp) -> Result<Vec<Price>, Error> {
    let rows = folded(installation, REGISTER, now).await?;
    let mut patents: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *patents.entry(cell(REGISTER, row, "contract_number")).or_default() += 1);
    let price = |row: &FoldedRow| {
        let is_single = patents.get(cell(REGISTER, row, "contract_number")) == Some(&1);
        let price = Price {
            application_number: cell(REGISTER, row, "application_number").to_owned(),
            amount_fen: cell(REGISTER, row, "amount").parse().ok()?,
            on: cell(REGISTER, row, "contract_on").parse().ok()?,
        };
        (is_single && cell(REGISTER, row, "kind") == "转让").then_some(price)
    };
    Ok(rows.iter().filter_map(price).collect())
}

/// The document of a Chinese application number as registers write it.
fn document(corpus: &Corpus, application_number: &str) -> Option<Document> {
    let number: terms::ApplicationNumber = application_number.parse().ok()?;
    corpus.find(&format!("CN{}", number.digits())).ok()?.into_iter().next()
}

/// The row that a deal makes for the register, by field; none while nothing is signed.
pub fn prefilled(deal: &Deal) -> Option<BTreeMap<String, String>> {
    let contract = deal.contract.as_ref().filter(|_| deal.stage == Stage::Signed)?;
    Some(row(deal, contract))
}

fn row(deal: &Deal, contract: &Contract) -> BTreeMap<String, String> {
    let amount = contract.amount_fen.map(|fen| format!("{}.{:02}", fen / 100, fen % 100)).unwrap_or_default();
    let cells = [
        ("contract_number", contract.number.clone()),
        ("uscc", deal.uscc.clone()),
        ("kind", contract.kind.zh().to_owned()),
        ("application_number", deal.application_number.clone()),
        ("source", deal.source.clone()),
        ("source_place", deal.source_place.clone()),
        ("contract_on", contract.signed_on.to_string()),
        ("amount", amount),
    ];
    cells.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

/// A contract as the register would write it, or why it would not take it.
pub(super) fn sound(deal: &Deal, contract: &Contract, today: Date) -> Result<Contract, Error> {
    if contract.signed_on > today {
        return Err(Error::Invalid(format!("合同日期 {} 还没有到，请核对。", contract.signed_on)));
    }
    let register = register_of(REGISTER)?;
    let checked = registry::entry::check(register, &row(deal, contract)).map_err(registry::Error::Unsound)?;
    let number = checked.cells[Folded::column(REGISTER, "contract_number")].clone().unwrap_or_default();
    Ok(Contract { number, ..contract.clone() })
}

/// The row of the register that a deal has become, if it has.
pub async fn registered(installation: &Installation, deal: &Deal, now: Timestamp) -> Result<Option<FoldedRow>, Error> {
    let Some(contract) = &deal.contract else { return Ok(None) };
    let is_of = |row: &FoldedRow| {
        let number = cell(REGISTER, row, "application_number");
        cell(REGISTER, row, "contract_number") == contract.number
            && cell(REGISTER, row, "uscc") == deal.uscc
            && (deal.application_number.is_empty() || number == deal.application_number)
    };
    Ok(folded(installation, REGISTER, now).await?.into_iter().find(is_of))
}

/// Enters the row of a signed deal into the register as a batch of its own, with what a person adds to it; entered again
/// it corrects the row. Whoever enters it stands behind what it confirms. The batch can be withdrawn as any other.
pub async fn register(
    installation: &Installation,
    account: &Account,
    deal: &Deal,
    added: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<ImportReport, Error> {
    let Some(mut row) = prefilled(deal) else {
        return Err(Error::Conflict("这项洽谈还没有签约，没有可登记的合同。".into()));
    };
    let added = added.iter().filter(|(field, value)| is_added(deal, field) && !value.is_empty());
    row.extend(added.map(|(field, value)| (field.clone(), value.clone())));
    if row.keys().any(|field| field.ends_with("_confirmed")) {
        row.insert("confirmed_by".into(), account.name.clone());
        row.insert("confirmed_on".into(), installation.business_date(now).to_string());
    }
    let note = format!("洽谈第 {} 号", deal.id);
    let entry = Entry {
        register: REGISTER,
        kind: BatchKind::Entry,
        rows: &[row],
        at: now,
        by_whom: &account.login,
        note: Some(&note),
    };
    Ok(registry::enter(&installation.db, &entry).await?)
}

/// What the registers and the corpus know beside a row.
pub async fn facts(
    installation: &Installation,
    corpus: Option<&Corpus>,
    row: &Introduction,
    is_academic: bool,
    now: Timestamp,
) -> Result<Facts, Error> {
    let statuses = folded(installation, "statuses", now).await?;
    let is_high_tech = (!statuses.is_empty()).then(|| {
        let is_firms = |status: &&FoldedRow| {
            cell("statuses", status, "uscc") == row.uscc && cell("statuses", status, "kind") == "高新技术企业"
        };
        statuses.iter().filter(is_firms).any(|status| held_on(status, row.contract_on))
    });
    let city = subjects::city(installation, now).await?;
    let is_outside = city
        .filter(|_| !row.source_place.is_empty())
        .map(|city| !city.words.iter().any(|word| row.source_place.contains(word.as_str())));
    let is_invention_in_force =
        corpus.and_then(|corpus| document(corpus, &row.application_number)).and_then(|document| {
            match documents::legal::state_on(&document, row.contract_on).state {
                LegalState::Unknown => None,
                state => Some(state == LegalState::InForce && document.kind == Some(PatentKind::Invention)),
            }
        });
    let named = folded(installation, "official-high-value", now)
        .await?
        .iter()
        .any(|listed| cell("official-high-value", listed, "application_number") == row.application_number);
    // What the city's list does not name may well be of high value: the list is of the city's own patents.
    Ok(Facts { is_high_tech, is_outside, is_academic, is_invention_in_force, is_high_value: named.then_some(true) })
}

/// Whether a status held on a day; 高新技术企业 without a last day holds three years (《高新技术企业认定管理办法》第九条).
fn held_on(status: &FoldedRow, day: Date) -> bool {
    let date = |field| cell("statuses", status, field).parse::<Date>().ok();
    let Some(from) = date("valid_from") else { return false };
    let is_over = match date("valid_to") {
        Some(last) => day > last,
        None => add_years(from, 3).is_ok_and(|lapse| day >= lapse),
    };
    from <= day && !is_over && date("revoked_on").is_none_or(|revoked| day < revoked)
}

/// How a row stands against the clause of its kind; what nobody has confirmed is not known.
pub fn checks(row: &Introduction, facts: &Facts) -> Vec<Check> {
    let confirmed = &row.confirmed;
    let clause = if row.kind == "产学研" { "C3.4.3.2" } else { "C3.4.3.1" };
    let check = |text, holds, missing| Check { clause, text, holds, missing };
    let is_high_tech = check("签订合同时是高新技术企业", facts.is_high_tech, "资质登记簿还没有报送，不能判断");
    let paid = check("已付款，有凭证", confirmed.payment, "请填写发票和银行回单的号码，由经办人确认");
    let worked = |text| check(text, confirmed.implementation, "请填写用于何处，产量或销售额，由经办人确认");
    if clause == "C3.4.3.2" {
        return vec![
            is_high_tech,
            check("来源方是高等院校或科研院所", Some(facts.is_academic), ""),
            check(
                "引进的是高价值专利技术",
                facts.is_high_value,
                "官方高价值名单中没有这件专利；是否属于五类之一，须由人判定",
            ),
            worked("已转化实施"),
            paid,
        ];
    }
    vec![
        is_high_tech,
        check("来源方在本市以外", facts.is_outside, "请填写来源方签订合同时的所在地"),
        check("签订合同时是有效的发明专利", facts.is_invention_in_force, "专利文献库中没有这件专利，或不知其法律状态"),
        check("与企业生产相关联", confirmed.products, "请填写关联的产品，由经办人确认"),
        worked("用于转型升级创新发展"),
        check("转让已登记或许可已备案", confirmed.registration, "请填写登记或备案的号码和日期，由经办人确认"),
        paid,
    ]
}

async fn folded(installation: &Installation, register: &str, now: Timestamp) -> Result<Vec<FoldedRow>, Error> {
    Ok(registry::fold_register(&installation.db, register_of(register)?, now).await?)
}

fn register_of(id: &str) -> Result<&'static registry::Register, Error> {
    registry::register(id).ok_or_else(|| Error::NotFound { what: "登记簿", id: id.to_owned() })
}

fn cell<'r>(register: &str, row: &'r FoldedRow, field: &str) -> &'r str {
    row.text(Folded::column(register, field))
}
