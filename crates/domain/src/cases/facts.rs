//! What the registers say of subjects and rights on the day one asks: credit, existence, qualifications, fees and aid.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use corpus::Corpus;
use jiff::{Timestamp, ToSpan, civil::Date};
use registry::{Folded, FoldedRow};
use terms::WorkingCalendar;
use tokio::sync::Mutex;

use super::{
    gates::Outcome,
    introduced::{self, Contract},
    qualifications::{self, Qualification},
};
use crate::{Error, Installation, beijing_date, items::amount::RightMoney, regions::Regions};

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

/// What holds of every subject, as the registers say it now.
pub(crate) struct Base {
    /// The state (存续、注销、吊销) and the present name of every enterprise.
    enterprises: BTreeMap<String, (String, String)>,
    credit: Option<BTreeMap<String, Vec<Credit>>>,
    /// The statuses of every enterprise.
    qualifications: Option<BTreeMap<String, Vec<Qualification>>>,
    /// The contracts that bring technology in, by number.
    contracts: Option<BTreeMap<String, Vec<Contract>>>,
    holidays: Vec<(Date, bool)>,
    /// The name of the city; empty where it cannot be told.
    city: String,
    /// The present town of every enterprise that lies in one.
    towns: BTreeMap<String, String>,
    /// The day up to which lists of the dishonest have come, and that up to which aid was told.
    credit_on: Option<Date>,
    aid_on: Option<Date>,
}

/// What was made of the registers, with the batches it was made from; made again when one has come or gone.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Option<Made>>>);

/// The batches that spoke and the snapshot of the corpus that was asked, and what was made of them.
struct Made {
    batches: Vec<i64>,
    corpus: Option<Corpus>,
    base: Arc<Base>,
}

/// The registers that [`Base`] is made of; of `subsidies` only whether it came.
const READS: &[&str] = &[
    "enterprises",
    "enterprise-changes",
    "statuses",
    "credit-records",
    "holidays",
    "introductions",
    "deliveries",
    "subsidies",
    "regions",
    "patents",
    "patent-events",
    "official-high-value",
];

/// The registers that cases look into, as known at a moment.
pub(crate) struct Known {
    base: Arc<Base>,
    /// Kind, fen and day of every fee of a right.
    fees: BTreeMap<String, Vec<(String, i64, Date)>>,
    /// The day on which a right was granted.
    granted: BTreeMap<String, Date>,
    /// The international application that a grant abroad came from.
    inventions: BTreeMap<String, String>,
    aid: Option<BTreeMap<String, i64>>,
}

/// The kinds of official fees that obtain a patent (获权所缴官方规费); the annual fee counts when it was paid by the grant.
const OBTAINING: [&str; 8] =
    ["申请费", "公布印刷费", "实质审查费", "实审费", "登记费", "授权登记费", "印刷费", "国家阶段官方费用"];
const ANNUAL: &str = "年费";

/// For how many days what was delivered speaks for the present.
const FRESH_DAYS: i64 = 366;

fn is_fresh(on: Date, today: Date) -> bool {
    today <= on.saturating_add(FRESH_DAYS.days())
}

pub(super) struct Sheet<'a> {
    pub(super) register: &'static str,
    pub(super) rows: &'a [FoldedRow],
}

impl<'a> Sheet<'a> {
    pub(super) fn of(folded: &'a Folded, register: &'static str) -> Self {
        Self { register, rows: folded.get(register) }
    }

    pub(super) fn text<'r>(&self, row: &'r FoldedRow, field: &str) -> &'r str {
        row.text(Folded::column(self.register, field))
    }

    pub(super) fn date(&self, row: &FoldedRow, field: &str) -> Option<Date> {
        self.text(row, field).parse().ok()
    }

    fn fen(&self, row: &FoldedRow, field: &str) -> i64 {
        self.text(row, field).parse().unwrap_or(0)
    }
}

impl Base {
    fn of(folded: &Folded, corpus: Option<&Corpus>) -> Self {
        let sheet = |register| Sheet::of(folded, register);
        // Delivered is also what was said to have nothing to deliver.
        let said = sheet("deliveries");
        let nothing = |register: &str| {
            let of = |row: &&FoldedRow| said.text(row, "register") == register && said.text(row, "state") == "本期无";
            said.rows.iter().filter(of).map(|row| row.received_at).max()
        };
        let has = |register: &str| folded.delivered.contains_key(register) || nothing(register).is_some();
        let told_on = |register: &'static str| {
            let rows = folded.get(register).iter().map(|row| row.received_at).max();
            rows.into_iter().chain(nothing(register)).max().map(beijing_date)
        };
        let (enterprises, holidays) = (sheet("enterprises"), sheet("holidays"));
        let enterprise = |row: &FoldedRow| {
            let word = |field| enterprises.text(row, field).to_owned();
            (word("uscc"), (word("state"), word("name")))
        };
        let day = |row: &FoldedRow| Some((holidays.date(row, "date")?, holidays.text(row, "is_off") == "是"));
        Self {
            enterprises: enterprises.rows.iter().map(enterprise).collect(),
            credit: has("credit-records").then(|| credit(&sheet("credit-records"))),
            qualifications: has("statuses").then(|| qualifications::of(&sheet("statuses"))),
            contracts: has("introductions").then(|| introduced::of(folded, corpus)),
            holidays: holidays.rows.iter().filter_map(day).collect(),
            city: Regions::of(folded.get("regions")).name(),
            towns: crate::freeze::present_towns(folded),
            credit_on: told_on("credit-records"),
            aid_on: told_on("subsidies"),
        }
    }
}

/// The present snapshot of the corpus: the one that was open, while nothing has been written since; none where there is no corpus.
fn corpus(installation: &Installation, open: Option<&Corpus>) -> Result<Option<Corpus>, Error> {
    match open.map_or_else(|| Corpus::open(&installation.corpus_dir()), Corpus::latest) {
        Ok(corpus) => Ok(Some(corpus)),
        Err(corpus::Error::Absent(_)) => Ok(None),
        Err(cause) => Err(cause.into()),
    }
}

impl Known {
    /// What the registers say now; `rights` are those whose fees are wanted.
    pub(crate) async fn read(
        installation: &Installation,
        rights: &BTreeSet<String>,
        at: Timestamp,
    ) -> Result<Self, Error> {
        let folded = installation.registers(at).await?;
        let base = {
            let mut shelf = installation.known.0.lock().await;
            let batches = folded.batches_of(READS);
            // Only contracts are asked about in the corpus.
            let asks = !folded.get("introductions").is_empty();
            let before = shelf.take();
            let corpus =
                if asks { corpus(installation, before.as_ref().and_then(|made| made.corpus.as_ref()))? } else { None };
            let number = |corpus: &Option<Corpus>| corpus.as_ref().map(|corpus| corpus.manifest().number);
            let made = match before {
                Some(made) if made.batches == batches && number(&made.corpus) == number(&corpus) => made,
                _ => Made { batches, base: Arc::new(Base::of(&folded, corpus.as_ref())), corpus },
            };
            Arc::clone(&shelf.insert(made).base)
        };
        let mut known =
            Self { base, fees: BTreeMap::new(), granted: BTreeMap::new(), inventions: BTreeMap::new(), aid: None };
        if !rights.is_empty() {
            known.read_money(&folded, rights, installation.business_date(at));
        }
        Ok(known)
    }

    fn read_money(&mut self, folded: &Folded, rights: &BTreeSet<String>, today: Date) {
        // A foreign right is known by its office and number, its receipts by the number alone.
        let mut named: BTreeMap<String, String> = rights.iter().map(|right| (right.clone(), right.clone())).collect();
        let patents = Sheet::of(folded, "patents");
        for row in patents.rows {
            let number = patents.text(row, "application_number");
            if let Some(day) = patents.date(row, "granted_on").filter(|_| rights.contains(number)) {
                self.granted.insert(number.to_owned(), day);
            }
        }
        let foreign = Sheet::of(folded, "foreign-grants");
        for row in foreign.rows {
            let number = foreign.text(row, "grant_number");
            let office = foreign.text(row, "office");
            let is_whole = number.starts_with(office) || number.starts_with("EP");
            let right = if is_whole { number.to_owned() } else { format!("{office}{number}") };
            if let Some(day) = foreign.date(row, "granted_on").filter(|_| rights.contains(&right)) {
                self.granted.insert(right.clone(), day);
                let invention = foreign.text(row, "pct_number");
                if !invention.is_empty() {
                    self.inventions.insert(right.clone(), invention.to_owned());
                }
                named.insert(number.to_owned(), right);
            }
        }
        let fees = Sheet::of(folded, "official-fees");
        for row in fees.rows {
            let Some(right) = named.get(fees.text(row, "number")) else { continue };
            let Some(paid_on) = fees.date(row, "paid_on") else { continue };
            let fee = (fees.text(row, "kind").to_owned(), fees.fen(row, "amount"), paid_on);
            self.fees.entry(right.clone()).or_default().push(fee);
        }
        // Old word of what others paid is no word of what they have paid by now.
        if self.base.aid_on.is_some_and(|on| is_fresh(on, today)) {
            let aid = Sheet::of(folded, "subsidies");
            let mut sums: BTreeMap<String, i64> = BTreeMap::new();
            for row in aid.rows {
                if let Some(right) = named.get(aid.text(row, "number")) {
                    let sum = sums.entry(right.clone()).or_default();
                    *sum = sum.saturating_add(aid.fen(row, "amount"));
                }
            }
            self.aid = Some(sums);
        }
    }

    /// The state of an enterprise; none when the register does not hold it.
    pub(super) fn state(&self, subject: &str) -> Option<&str> {
        self.base.enterprises.get(subject).map(|(state, _)| state.as_str())
    }

    /// The name of the city, as its letters bear it; empty where it cannot be told.
    pub(crate) fn city(&self) -> &str {
        &self.base.city
    }

    /// The town in which an enterprise lies now; none where no register says.
    pub(super) fn town(&self, subject: &str) -> Option<&str> {
        self.base.towns.get(subject).map(String::as_str)
    }

    /// The present name of an enterprise; none when the register does not hold it.
    pub(crate) fn name(&self, subject: &str) -> Option<&str> {
        self.base.enterprises.get(subject).map(|(_, name)| name.as_str())
    }

    /// The entries that hold on this day; none when no list was delivered within a year.
    pub(super) fn credit(&self, subject: &str, today: Date) -> Option<Vec<&Credit>> {
        let all = self.base.credit.as_ref().filter(|_| self.credit_on().is_some_and(|on| is_fresh(on, today)))?;
        let holds = |record: &&Credit| record.from <= today && record.until.is_none_or(|last| today <= last);
        Some(all.get(subject).into_iter().flatten().filter(holds).collect())
    }

    /// The day up to which lists of the dishonest have come.
    pub(super) fn credit_on(&self) -> Option<Date> {
        self.base.credit_on
    }

    /// The contracts that bring technology in, by number; none when their register was never delivered.
    pub(super) fn contracts(&self) -> Option<&BTreeMap<String, Vec<Contract>>> {
        self.base.contracts.as_ref()
    }

    /// The statuses of an enterprise; none when their register was never delivered.
    pub(super) fn qualifications(&self, subject: &str) -> Option<&[Qualification]> {
        let all = self.base.qualifications.as_ref()?;
        Some(all.get(subject).map_or(&[], Vec::as_slice))
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
        let invention = self.inventions.get(right).cloned();
        RightMoney { right: right.to_owned(), fees_fen: fees, aided_fen: aided, invention }
    }

    /// The `days`-th working day after `from`, with the reason; the reason alone where the calendar does not reach.
    pub(crate) fn due(&self, from: Date, days: u32, what: &str) -> (Option<Date>, String) {
        let calendar = WorkingCalendar::from_rows(self.base.holidays.iter().copied());
        match calendar.and_then(|calendar| calendar.add_working_days(from, days)) {
            Ok(day) => (Some(day), format!("{from} 起第 {days} 个工作日（{what}）")),
            Err(cause) => (None, format!("{days} 个工作日（{what}），但{cause}")),
        }
    }
}

fn credit(sheet: &Sheet<'_>) -> BTreeMap<String, Vec<Credit>> {
    let mut records: BTreeMap<String, Vec<Credit>> = BTreeMap::new();
    for row in sheet.rows {
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
