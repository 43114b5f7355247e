//! Contracts in the register of introductions (引进合同): how a signed deal becomes a row of it, and what the rows add up to.

use std::collections::BTreeMap;

use corpus::Corpus;
use documents::Document;
use jiff::{Timestamp, civil::Date};
use registry::{BatchKind, Entry, Folded, FoldedRow, ImportReport};
use terms::PatentKind;

use super::{Contract, Deal, Stage, firm_of};
use crate::{Error, Installation, accounts::Account};

/// The register.
pub const REGISTER: &str = "introductions";

/// What a person adds to a contract when it is entered, by the fields of the register.
const ADDED: [&str; 13] = [
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
    "high_value",
    "high_value_confirmed",
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
    /// Whether the patent is of high value, being of the sort that the row names.
    pub high_value: Option<bool>,
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

/// The rows of the register that an account sees, the latest contract first.
pub async fn introductions(
    installation: &Installation,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Introduction>, Error> {
    let registers = installation.registers(now).await?;
    let own = firm_of(account);
    let mut all = rows(&registers);
    all.retain(|one| own.is_none_or(|own| one.uscc == own));
    all.sort_by(|left, right| right.contract_on.cmp(&left.contract_on).then_with(|| left.key.cmp(&right.key)));
    Ok(all)
}

/// Every row of the register, in the order of its keys.
pub(crate) fn rows(registers: &Folded) -> Vec<Introduction> {
    let rows = registers.get(REGISTER);
    if rows.is_empty() {
        return Vec::new();
    }
    let firms = firms(registers);
    rows.iter().filter_map(|row| introduction(row, &firms)).collect()
}

/// The name and the town of every enterprise of the register, by its code.
pub(crate) fn firms(registers: &Folded) -> BTreeMap<String, (String, String)> {
    let of = |register: &'static str| move |row: &FoldedRow, field: &str| cell(register, row, field).to_owned();
    let (region, enterprise) = (of("regions"), of("enterprises"));
    let towns: BTreeMap<String, String> =
        registers.get("regions").iter().map(|row| (region(row, "code"), region(row, "name"))).collect();
    let firms = registers.get("enterprises").iter().map(|row| {
        let town = enterprise(row, "region");
        (enterprise(row, "uscc"), (enterprise(row, "name"), towns.get(&town).cloned().unwrap_or(town)))
    });
    firms.collect()
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
            high_value: confirmed("high_value_confirmed"),
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
pub(super) fn document(corpus: &Corpus, application_number: &str) -> Option<Document> {
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

async fn folded(installation: &Installation, register: &str, now: Timestamp) -> Result<Vec<FoldedRow>, Error> {
    Ok(registry::fold_register(&installation.db, register_of(register)?, now).await?)
}

fn register_of(id: &str) -> Result<&'static registry::Register, Error> {
    registry::register(id).ok_or_else(|| Error::NotFound { what: "登记簿", id: id.to_owned() })
}

fn cell<'r>(register: &str, row: &'r FoldedRow, field: &str) -> &'r str {
    row.text(Folded::column(register, field))
}
