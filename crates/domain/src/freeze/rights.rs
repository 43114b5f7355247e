//! What the registers tell of rights that somebody may bring in, in words: fees, pledges, prizes, strategic emerging industries.
//!
//! The rights come from the corpus and most stand in no register of the city, so that silence says nothing. The categories of
//! high value (C3.4.2.2) that the corpus cannot know are told where registers bear them out: a pledge counts only where the
//! policy sets a threshold, as the rule has it.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use registry::Folded;

use super::{
    pledges,
    sei::{Industries, Verdict},
    sheet::Sheet,
};
use crate::lapses::{Cause, Paid, next_danger};

/// The registers that are read.
pub const READS: [&str; 6] =
    ["official-fees", "pledges", "prizes", "strategic-industries", "sei-judgements", "ipc-titles"];

/// A right as the corpus has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Right {
    /// Its application number as registers write it, without the office.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its abstract.
    pub summary: String,
    /// Its IPC symbols.
    pub symbols: Vec<String>,
    /// When it was filed.
    pub filed_on: Option<Date>,
    /// When it was granted.
    pub granted_on: Option<Date>,
}

/// What the registers tell of a right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// What speaks for or against a deal.
    pub signs: Vec<String>,
    /// The categories of high value, each with its basis, were it an invention in force.
    pub high_value: Vec<String>,
}

/// What the registers tell of each right on a day; `threshold_fen` is from which pledged amount of one patent on it counts.
pub fn told(folded: &Folded, rights: &[Right], as_of: Date, threshold_fen: Option<i64>) -> Vec<Told> {
    let fees = Fees::of(folded);
    let pledges = Pledged::of(folded);
    let prizes = prizes(folded);
    let mut industries = Industries::of(folded);
    let one = |right: &Right| {
        let mut told = Told::default();
        told.signs.extend(fees.sign(right, as_of));
        for pledge in pledges.of_right(&right.number) {
            told.signs.extend(pledge.sign(as_of));
            told.high_value.extend(pledge.high_value(threshold_fen));
        }
        told.high_value.extend(prizes.get(right.number.as_str()).into_iter().flatten().cloned());
        told
    };
    let mut all: Vec<Told> = rights.iter().map(one).collect();
    for (right, told) in rights.iter().zip(&mut all) {
        told.high_value.extend(industry(&mut industries, right));
    }
    all
}

/// Annual fees as paid, by number.
struct Fees<'a> {
    paid: HashMap<&'a str, Vec<Date>>,
    until: Option<Date>,
}

impl<'a> Fees<'a> {
    fn of(folded: &'a Folded) -> Self {
        let sheet = Sheet::of(folded, "official-fees");
        let [number, kind, paid_on] = ["number", "kind", "paid_on"].map(|field| sheet.field(field));
        let mut paid: HashMap<&str, Vec<Date>> = HashMap::new();
        for row in sheet.rows.iter().filter(|row| kind.text(row) == "年费") {
            if let Some(on) = paid_on.date(row) {
                paid.entry(number.text(row)).or_default().push(on);
            }
        }
        let until = paid.values().flatten().max().copied();
        Self { paid, until }
    }

    /// What the receipts say of a right of which there are any; of the others nothing is known.
    fn sign(&self, right: &Right, as_of: Date) -> Option<String> {
        let all = self.paid.get(right.number.as_str())?;
        let last = all.iter().max()?;
        let paid = Paid {
            on: all.iter().copied().filter(|day| right.granted_on.is_none_or(|granted| *day > granted)).collect(),
            until: self.until,
        };
        let danger = right.filed_on.and_then(|filed| next_danger(filed, right.granted_on, &paid, as_of));
        Some(match danger {
            Some((Cause::FeeLate, by)) => {
                format!("年费逾期未见缴纳，滞纳期至 {by}（缴费登记簿，最近一次缴费 {last}）")
            }
            Some((Cause::FeeDue | Cause::FeeUnknown, by)) => {
                format!("年费 {by} 到期，尚未见缴纳（缴费登记簿，最近一次缴费 {last}）")
            }
            Some((Cause::TermEnds, _)) | None => format!("年费最近一次缴纳于 {last}（缴费登记簿）"),
        })
    }
}

/// A pledge of a right.
struct Pledge<'a> {
    number: &'a str,
    pledgee: &'a str,
    registered_on: Option<Date>,
    released_on: Option<Date>,
    allocated_fen: Option<i64>,
}

impl Pledge<'_> {
    /// A pledge that stands is in the way of a transfer; one that was released is not.
    fn sign(&self, as_of: Date) -> Option<String> {
        let is_standing = self.released_on.is_none_or(|day| day > as_of);
        let on = self.registered_on.map(|day| format!("，{day} 登记")).unwrap_or_default();
        is_standing
            .then(|| format!("已质押给{}{on}，未见注销，转让须经质权人同意（质押登记 {}）", self.pledgee, self.number))
    }

    fn high_value(&self, threshold_fen: Option<i64>) -> Option<String> {
        let (amount, threshold) = (self.allocated_fen?, threshold_fen?);
        let wan = |fen: i64| format!("{} 万元", fen / 1_000_000);
        (amount >= threshold)
            .then(|| format!("质押融资 {}，达到门槛 {}（质押登记 {}）", wan(amount), wan(threshold), self.number))
    }
}

/// The pledges by right.
struct Pledged<'a>(BTreeMap<&'a str, Vec<Pledge<'a>>>);

impl<'a> Pledged<'a> {
    fn of(folded: &'a Folded) -> Self {
        let (pledges, objects) = pledges::tables(folded, &mut Vec::new());
        let by_number: HashMap<&str, _> = pledges.iter().map(|pledge| (pledge.number, pledge)).collect();
        let mut pledged: BTreeMap<&str, Vec<Pledge<'_>>> = BTreeMap::new();
        for object in &objects {
            let Some(pledge) = by_number.get(object.number) else { continue };
            pledged.entry(object.object).or_default().push(Pledge {
                number: pledge.number,
                pledgee: pledge.pledgee,
                registered_on: pledge.registered_on,
                released_on: pledge.released_on,
                allocated_fen: object.allocated_fen,
            });
        }
        Self(pledged)
    }

    fn of_right(&self, number: &str) -> impl Iterator<Item = &Pledge<'a>> {
        self.0.get(number).into_iter().flatten()
    }
}

/// The prizes by right, in words.
fn prizes(folded: &Folded) -> HashMap<&str, Vec<String>> {
    let sheet = Sheet::of(folded, "prizes");
    let [prize, year, number, grade, basis] =
        ["prize", "year", "application_number", "grade", "basis"].map(|field| sheet.field(field));
    let mut told: HashMap<&str, Vec<String>> = HashMap::new();
    for row in sheet.rows {
        let words = format!("获{} 年{}{}（{}）", year.text(row), prize.text(row), grade.text(row), basis.text(row));
        told.entry(number.text(row)).or_default().push(words);
    }
    told
}

/// The strategic emerging industry that the reference table finds for a right; what waits for a person is not told.
fn industry<'a>(industries: &mut Industries<'a>, right: &'a Right) -> Option<String> {
    let symbols = right.symbols.iter().map(String::as_str);
    let found = industries.judge(&right.number, symbols, &right.title, &right.summary);
    let met = found.into_iter().find(|one| one.verdict == Verdict::Met.as_str())?;
    Some(format!("属于战略性新兴产业（产业代码 {}，参照关系表规则 {}）", met.code, met.rule))
}
