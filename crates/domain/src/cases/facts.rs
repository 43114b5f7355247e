//! What the registers say of subjects and rights on the day one asks: credit, existence, qualifications, fees and aid.

use std::collections::{BTreeMap, BTreeSet};

use db::Db;
use jiff::{Timestamp, civil::Date};
use registry::{Folded, FoldedRow};
use terms::WorkingCalendar;

use super::gates::Outcome;
use crate::{Error, items::amount::RightMoney};

/// One entry of a list of dishonest or punished bodies.
pub(super) struct Credit {
    list: String,
    pub(super) outcome: Outcome,
    pub(super) decision: String,
    from: Date,
    until: Option<Date>,
}

impl Credit {
    pub(super) fn words(&self) -> String {
        let until = self.until.map_or_else(|| "未注明截止".to_owned(), |day| format!("至 {day}"));
        format!("列入{}（{} 起，{until}）", self.list, self.from)
    }
}

/// Subject, qualification, first day, last day.
type Qualification = (String, String, Date, Option<Date>);

/// The registers that cases look into, as known at a moment.
pub(crate) struct Known {
    /// The state (存续、注销、吊销) of every enterprise.
    enterprises: BTreeMap<String, String>,
    credit: Option<BTreeMap<String, Vec<Credit>>>,
    qualifications: Option<Vec<Qualification>>,
    /// Kind, fen and day of every fee of a right.
    fees: BTreeMap<String, Vec<(String, i64, Date)>>,
    /// The day on which a right was granted.
    granted: BTreeMap<String, Date>,
    aid: Option<BTreeMap<String, i64>>,
    holidays: Vec<(Date, bool)>,
}

/// The kinds of official fees that obtain a patent (获权所缴官方规费); the annual fee counts when it was paid by the grant.
const OBTAINING: [&str; 8] =
    ["申请费", "公布印刷费", "实质审查费", "实审费", "登记费", "授权登记费", "印刷费", "国家阶段官方费用"];
const ANNUAL: &str = "年费";

struct Sheet {
    register: &'static str,
    rows: Vec<FoldedRow>,
}

impl Sheet {
    async fn read(db: &Db, register: &'static str, at: Timestamp) -> Result<Self, Error> {
        let known = registry::register(register)
            .ok_or_else(|| Error::Damaged(format!("程序中没有登记簿 {register}，请报告。")))?;
        Ok(Self { register, rows: registry::fold_register(db, known, at).await? })
    }

    fn text<'a>(&self, row: &'a FoldedRow, field: &str) -> &'a str {
        row.cells.get(Folded::column(self.register, field)).and_then(Option::as_deref).unwrap_or_default()
    }

    fn date(&self, row: &FoldedRow, field: &str) -> Option<Date> {
        self.text(row, field).parse().ok()
    }

    fn fen(&self, row: &FoldedRow, field: &str) -> i64 {
        self.text(row, field).parse().unwrap_or(0)
    }
}

impl Known {
    /// Reads the registers as known at this moment; `rights` are those whose fees are wanted.
    pub(super) async fn read(db: &Db, rights: &BTreeSet<String>, at: Timestamp) -> Result<Self, Error> {
        let delivered = delivered(db, at).await?;
        let enterprises = Sheet::read(db, "enterprises", at).await?;
        let enterprise =
            |row: &FoldedRow| (enterprises.text(row, "uscc").to_owned(), enterprises.text(row, "state").to_owned());
        let mut known = Self {
            enterprises: enterprises.rows.iter().map(enterprise).collect(),
            credit: None,
            qualifications: None,
            fees: BTreeMap::new(),
            granted: BTreeMap::new(),
            aid: None,
            holidays: Vec::new(),
        };
        if delivered.contains("credit-records") {
            known.credit = Some(credit(&Sheet::read(db, "credit-records", at).await?));
        }
        if delivered.contains("statuses") {
            known.qualifications = Some(qualifications(&Sheet::read(db, "statuses", at).await?));
        }
        let holidays = Sheet::read(db, "holidays", at).await?;
        known.holidays = holidays
            .rows
            .iter()
            .filter_map(|row| Some((holidays.date(row, "date")?, holidays.text(row, "is_off") == "是")))
            .collect();
        if !rights.is_empty() {
            known.read_money(db, rights, delivered.contains("subsidies"), at).await?;
        }
        Ok(known)
    }

    async fn read_money(
        &mut self,
        db: &Db,
        rights: &BTreeSet<String>,
        has_aid: bool,
        at: Timestamp,
    ) -> Result<(), Error> {
        // A foreign right is known by its office and number, its receipts by the number alone.
        let mut named: BTreeMap<String, String> = rights.iter().map(|right| (right.clone(), right.clone())).collect();
        let patents = Sheet::read(db, "patents", at).await?;
        for row in &patents.rows {
            let number = patents.text(row, "application_number");
            if let Some(day) = patents.date(row, "granted_on").filter(|_| rights.contains(number)) {
                self.granted.insert(number.to_owned(), day);
            }
        }
        let foreign = Sheet::read(db, "foreign-grants", at).await?;
        for row in &foreign.rows {
            let number = foreign.text(row, "grant_number");
            let office = foreign.text(row, "office");
            let is_whole = number.starts_with(office) || number.starts_with("EP");
            let right = if is_whole { number.to_owned() } else { format!("{office}{number}") };
            if let Some(day) = foreign.date(row, "granted_on").filter(|_| rights.contains(&right)) {
                self.granted.insert(right.clone(), day);
                named.insert(number.to_owned(), right);
            }
        }
        let fees = Sheet::read(db, "official-fees", at).await?;
        for row in &fees.rows {
            let Some(right) = named.get(fees.text(row, "number")) else { continue };
            let Some(paid_on) = fees.date(row, "paid_on") else { continue };
            let fee = (fees.text(row, "kind").to_owned(), fees.fen(row, "amount"), paid_on);
            self.fees.entry(right.clone()).or_default().push(fee);
        }
        if has_aid {
            let aid = Sheet::read(db, "subsidies", at).await?;
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for row in &aid.rows {
                if let Some(right) = named.get(aid.text(row, "number")) {
                    let sum = sums.entry(right.clone()).or_default();
                    *sum = sum.saturating_add(aid.fen(row, "amount"));
                }
            }
            self.aid = Some(sums);
        }
        Ok(())
    }

    /// The state of an enterprise; none when the register does not hold it.
    pub(super) fn state(&self, subject: &str) -> Option<&str> {
        self.enterprises.get(subject).map(String::as_str)
    }

    /// The entries that hold on this day; none when no list was ever delivered.
    pub(super) fn credit(&self, subject: &str, today: Date) -> Option<Vec<&Credit>> {
        let all = self.credit.as_ref()?;
        let holds = |record: &&Credit| record.from <= today && record.until.is_none_or(|last| today <= last);
        Some(all.get(subject).into_iter().flatten().filter(holds).collect())
    }

    pub(super) fn holds(&self, subject: &str, kind: &str, day: Date) -> Option<bool> {
        let all = self.qualifications.as_ref()?;
        Some(all.iter().any(|(who, what, from, until)| {
            who == subject && what == kind && *from <= day && until.is_none_or(|last| day <= last)
        }))
    }

    /// The money behind a right; fees are unknown without any receipt, aid while its register was never delivered.
    pub(super) fn money(&self, right: &str) -> RightMoney {
        let granted = self.granted.get(right);
        let counts = |kind: &str, paid_on: Date| {
            OBTAINING.contains(&kind) || (kind == ANNUAL && granted.is_some_and(|day| paid_on <= *day))
        };
        let fees = self.fees.get(right).map(|fees| {
            let counted = fees.iter().filter(|(kind, _, paid_on)| counts(kind, *paid_on));
            counted.fold(0_i64, |sum, (_, fen, _)| sum.saturating_add(*fen))
        });
        let aided = self.aid.as_ref().map(|aid| aid.get(right).copied().unwrap_or(0));
        RightMoney { right: right.to_owned(), fees_fen: fees, aided_fen: aided }
    }

    /// The `days`-th working day after `from`, with the reason; the reason alone where the calendar does not reach.
    pub(super) fn due(&self, from: Date, days: u32, what: &str) -> (Option<Date>, String) {
        let calendar = WorkingCalendar::from_rows(self.holidays.iter().copied());
        match calendar.and_then(|calendar| calendar.add_working_days(from, days)) {
            Ok(day) => (Some(day), format!("{from} 起第 {days} 个工作日（{what}）")),
            Err(cause) => (None, format!("{days} 个工作日（{what}），但{cause}")),
        }
    }
}

/// The registers of which a file has come, or of which it was said that there is nothing to deliver.
async fn delivered(db: &Db, at: Timestamp) -> Result<BTreeSet<String>, Error> {
    let mut delivered: BTreeSet<String> = registry::delivered(db, at).await?.into_iter().map(str::to_owned).collect();
    let said = Sheet::read(db, "deliveries", at).await?;
    let nothing = said.rows.iter().filter(|row| said.text(row, "state") == "本期无");
    delivered.extend(nothing.map(|row| said.text(row, "register").to_owned()));
    Ok(delivered)
}

fn credit(sheet: &Sheet) -> BTreeMap<String, Vec<Credit>> {
    let mut records: BTreeMap<String, Vec<Credit>> = BTreeMap::new();
    for row in &sheet.rows {
        let Some(from) = sheet.date(row, "valid_from") else { continue };
        let outcome = match sheet.text(row, "effect") {
            "提示" => Outcome::Pass,
            "从严" => Outcome::Strict,
            // Anything else bars, also a word that is not known.
            _ => Outcome::Block,
        };
        records.entry(sheet.text(row, "uscc").to_owned()).or_default().push(Credit {
            list: sheet.text(row, "list").to_owned(),
            outcome,
            decision: sheet.text(row, "decision").to_owned(),
            from,
            until: sheet.date(row, "valid_to"),
        });
    }
    records
}

fn qualifications(sheet: &Sheet) -> Vec<Qualification> {
    let row = |row: &FoldedRow| {
        let revoked = sheet.date(row, "revoked_on").and_then(|day| day.yesterday().ok());
        let until = [sheet.date(row, "valid_to"), revoked].into_iter().flatten().min();
        let word = |field| sheet.text(row, field).to_owned();
        Some((word("uscc"), word("kind"), sheet.date(row, "valid_from")?, until))
    };
    sheet.rows.iter().filter_map(row).collect()
}
