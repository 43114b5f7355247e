//! The budget (预算): what is set aside for an item in a year, what is reserved by decisions, what is paid.
//!
//! Reserving is one statement whose condition is the room left, and the database itself holds `reserved + paid <= amount`: two
//! decisions at once cannot overspend.

mod board;
mod effect;
mod leverage;
mod market;
mod soundness;
mod store;

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;

pub use self::{
    board::{Pledge, Year, board, pledges, pledges_of},
    effect::{Came, Effect, Kind, came, effects},
    leverage::{Brought, Leverage, LeverageYear, Supported, USE_SUPPORT, leverage},
    market::{Insurance, Licence, Market, Moved, Sum, insurances, licences},
};
pub(crate) use self::{market::sight, soundness::faults};
use crate::{
    Error,
    accounts::{Account, Permission},
    cases::Case,
    items::allowed,
};

/// Money set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// The year.
    pub year: i64,
    /// Where it comes from (资金来源).
    pub source: String,
    /// The award it is for; empty for any.
    pub award: String,
    /// The document that grants it.
    pub basis: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// Reserved by decisions and not yet paid.
    pub reserved_fen: i64,
    /// Paid: what arrived at enterprises.
    pub paid_fen: i64,
    /// What was paid out of it before this program was in use, as the books tell; none where nobody said.
    pub earlier_fen: Option<i64>,
    /// What of it came back; it goes to the treasury and is not spent again out of this line.
    pub recovered_fen: i64,
}

impl Line {
    /// What was paid and did not come back, in fen.
    pub const fn net_fen(&self) -> i64 {
        self.paid_fen - self.recovered_fen
    }

    /// What may still be reserved, in fen.
    pub fn left_fen(&self) -> i64 {
        self.amount_fen - self.used_fen()
    }

    /// What is reserved or was paid, by this program or before it, in fen.
    fn used_fen(&self) -> i64 {
        self.reserved_fen + self.paid_fen + self.earlier_fen.unwrap_or(0)
    }
}

/// Every line, the latest year first.
pub async fn lines(db: &Db) -> Result<Vec<Line>, Error> {
    let mut tx = db.begin_read().await?;
    store::lines(&mut tx).await
}

pub(crate) async fn lines_in(tx: &mut Tx) -> Result<Vec<Line>, Error> {
    store::lines(tx).await
}

/// Money of a line that a decision holds, or that was paid out of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Use {
    /// The line.
    pub line_id: i64,
    /// The case.
    pub case_id: i64,
    /// Its enterprise.
    pub name: String,
    /// Its award.
    pub award: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// `reserved` or `paid`.
    pub state: String,
    /// The day on which it arrived; empty while it has not.
    pub paid_on: String,
    /// What of it came back, in fen.
    pub recovered_fen: i64,
    /// When; empty where nothing did.
    pub recovered_on: String,
}

/// What every line holds and has paid, case by case: the rows that its figures add up.
pub async fn uses(db: &Db, account: &Account) -> Result<Vec<Use>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    store::uses(&mut tx).await
}

/// Sets a line of the budget, or changes its amount and basis; never below what is reserved and paid.
pub async fn set(
    db: &Db,
    account: &Account,
    (year, source, award): (i64, &str, &str),
    (amount_fen, basis): (i64, &str),
    now: Timestamp,
) -> Result<i64, Error> {
    allowed(account, Permission::ManageMoney)?;
    let (source, basis) = (source.trim(), basis.trim());
    if !(2000..=2100).contains(&year) {
        return Err(Error::Field { field: "year", why: format!("年度 {year} 不对，请填四位年份。") });
    }
    let is_unusable = |text: &str| text.is_empty() || text.chars().count() > 200;
    if let Some((field, _)) = [("source", source), ("basis", basis)].into_iter().find(|(_, text)| is_unusable(text)) {
        return Err(Error::Field {
            field, why: "请填写资金来源和预算批复文号，各不超过 200 个字。".into()
        });
    }
    let mut tx = db.begin().await?;
    let lines = store::lines(&mut tx).await?;
    let before = lines.iter().find(|line| line.year == year && line.source == source && line.award == award);
    let id = match before {
        Some(line) if amount_fen < line.used_fen() => {
            let used = terms::Money::from_fen(line.used_fen()).format_zh();
            return Err(Error::Conflict(format!("已预留和已拨付共 {used}，预算不能低于这个数。")));
        }
        Some(line) => {
            store::amend(&mut tx, line.id, amount_fen, basis).await?;
            line.id
        }
        None => store::insert(&mut tx, (year, source, award), amount_fen, basis).await?,
    };
    let detail = json!({
        "year": year, "source": source, "award": award, "basis": basis,
        "before": { "amount_fen": before.map(|line| line.amount_fen) }, "after": { "amount_fen": amount_fen },
    });
    registry::audit::record(&mut tx, now, &account.login, "budget.set", &id.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(id)
}

/// Notes what was paid out of a line before this program was in use, so that the years before are known and not taken for nothing.
pub async fn set_earlier(db: &Db, account: &Account, id: i64, fen: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::ManageMoney)?;
    let mut tx = db.begin().await?;
    let line = store::lines(&mut tx).await?.into_iter().find(|line| line.id == id);
    let line = line.ok_or_else(|| Error::NotFound { what: "预算", id: id.to_string() })?;
    let room = line.amount_fen - line.reserved_fen - line.paid_fen;
    if !(0..=room).contains(&fen) {
        let room = terms::Money::from_fen(room).format_zh();
        let why = format!("启用前已拨付应在 0 到 {room} 之间，不能超过预算余下的数。");
        return Err(Error::Field { field: "earlier", why });
    }
    store::set_earlier(&mut tx, id, fen).await?;
    let detail = json!({
        "year": line.year, "source": line.source, "award": line.award,
        "before": { "amount_fen": line.earlier_fen }, "after": { "amount_fen": fen },
    });
    registry::audit::record(&mut tx, now, &account.login, "budget.earlier", &id.to_string(), &detail).await?;
    Ok(tx.commit().await?)
}

/// Reserves money for a case: from a line of its award first, then from one for any.
pub(crate) async fn reserve(tx: &mut Tx, case: &Case, fen: i64, year: i16) -> Result<(), Error> {
    let mut lines = store::lines(tx).await?;
    lines.retain(|line| line.year == i64::from(year) && (line.award == case.award || line.award.is_empty()));
    lines.sort_by_key(|line| (line.award.is_empty(), line.id));
    for line in &lines {
        if store::reserve(tx, line.id, fen).await? {
            return store::insert_reservation(tx, case.id, line.id, fen).await;
        }
    }
    let left: i64 = lines.iter().map(Line::left_fen).max().unwrap_or(0);
    let (needed, left) = (terms::Money::from_fen(fen).format_zh(), terms::Money::from_fen(left).format_zh());
    Err(Error::Conflict(format!(
        "{year} 年预算不足：本件需 {needed}，可用的预算中余额最多的一笔只有 {left}。请财政局追加预算后再决定。"
    )))
}

/// Turns the reservation of a case into money paid.
pub(crate) async fn spend(tx: &mut Tx, case: i64) -> Result<(), Error> {
    store::settle(tx, case, "paid").await
}

/// Turns money paid for a case, which the bank sent back, into reserved money again.
pub(crate) async fn take_back(tx: &mut Tx, case: i64) -> Result<(), Error> {
    store::take_back(tx, case).await
}

/// Gives the reserved money of a case back to its line.
pub(crate) async fn release(tx: &mut Tx, case: i64) -> Result<(), Error> {
    store::release(tx, case).await
}

/// The line on which a case's money stands, with the amount and how far it has come.
pub async fn reservation(db: &Db, case: i64) -> Result<Option<(Line, i64, String)>, Error> {
    let mut tx = db.begin_read().await?;
    store::reservation(&mut tx, case).await
}
