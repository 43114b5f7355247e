//! Start-ups with their own intellectual property in the leading industries (初创型企业, C4.2.5), and the pilots by which they are
//! supported, each with its evaluation.
//!
//! Who is one is read out of the registers, never typed (AMB-29, AMB-30): the enterprise exists, was founded no longer ago than the
//! parameter says, is the first patentee of a patent in force, and is in one of the five leading industries by its code. Each of
//! the three is yes, no or unknown; a start-up fails none of them, and what cannot be told leaves it open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use registry::{Folded, FoldedRow};
use rules::Policy;
use terms::periods::add_years;

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    budget::{Sum, sight},
    freeze::{Rights, Standing},
    items::allowed,
    leading::{Leading, Table},
    matching,
};

/// The register of pilots.
pub const PILOTS: &str = "startup-pilots";
/// The parameter that says for how many years an enterprise is young.
pub const YEARS: &str = "startup_years";

/// How old an enterprise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Founded on this day, and young until that one.
    Young(Date, Date),
    /// Founded on this day, which is too long ago.
    Old(Date),
    /// 没有成立日期.
    Untold,
    /// The day lies ahead.
    Ahead(Date),
    /// The policy sets no years.
    Unset(Date),
}

impl Age {
    /// The age on a day: an enterprise is young up to and with the day on which the years are full (不超过).
    fn on(founded_on: Option<Date>, years: Option<i64>, today: Date) -> Self {
        let Some(founded) = founded_on else { return Self::Untold };
        let Some(years) = years.and_then(|years| i32::try_from(years).ok()) else { return Self::Unset(founded) };
        match add_years(founded, years) {
            _ if founded > today => Self::Ahead(founded),
            Ok(last) if today <= last => Self::Young(founded, last),
            _ => Self::Old(founded),
        }
    }

    /// Whether it is young; none where that cannot be told.
    pub const fn is_young(self) -> Option<bool> {
        match self {
            Self::Young(..) => Some(true),
            Self::Old(_) => Some(false),
            Self::Untold | Self::Ahead(_) | Self::Unset(_) => None,
        }
    }

    /// The day of its founding.
    pub const fn founded_on(self) -> Option<Date> {
        match self {
            Self::Young(founded, _) | Self::Old(founded) | Self::Ahead(founded) | Self::Unset(founded) => Some(founded),
            Self::Untold => None,
        }
    }

    /// Its age as a clerk reads it.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Young(..) => "成立年限之内",
            Self::Old(_) => "成立已超过年限",
            Self::Untold => "企业没有成立日期",
            Self::Ahead(_) => "成立日期晚于今天",
            Self::Unset(_) => "政策参数没有设定成立年限",
        }
    }
}

/// A pilot (试点): one support of one enterprise, with what was found of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pilot {
    /// Its number.
    pub number: String,
    /// The code of its enterprise.
    pub uscc: String,
    /// The enterprise by its present name; as the row has it where the register of enterprises does not hold it.
    pub firm: String,
    /// The town of the enterprise; empty where no register says.
    pub town: String,
    /// 无偿资助, 贷款贴息, 股权投资 or another form.
    pub form: String,
    /// With how much, in fen; none where that was not told.
    pub amount_fen: Option<i64>,
    /// When.
    pub supported_on: Date,
    /// The document.
    pub basis: String,
    /// 继续推广, 调整后继续 or 停止; empty while nobody has evaluated it.
    pub result: String,
    /// When it was evaluated.
    pub evaluated_on: Option<Date>,
    /// What was found, in words.
    pub remarks: String,
}

impl Pilot {
    /// The year in which it counts.
    pub fn year(&self) -> i64 {
        self.supported_on.year().into()
    }
}

/// An enterprise that is young, or may be, or that a pilot has supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Startup {
    /// Its code.
    pub uscc: String,
    /// Its name.
    pub name: String,
    /// Its town; empty where no register says.
    pub town: String,
    /// Its age.
    pub age: Age,
    /// Its leading industry.
    pub leading: Leading,
    /// The patents in force that are its own, or that it shares; none where the register never came.
    pub rights: Option<Vec<(String, Standing)>>,
    /// What pilots gave it.
    pub supported: Sum,
}

impl Startup {
    /// Whether it has intellectual property of its own; none where that cannot be told.
    pub fn own(&self) -> Option<bool> {
        let rights = self.rights.as_ref()?;
        match rights.iter().map(|(_, standing)| standing.is_own()).max() {
            Some(Some(true)) => Some(true),
            // A shared right may count and may not: no document says.
            Some(_) => None,
            None => Some(false),
        }
    }

    /// The patents that are its own.
    pub fn own_rights(&self) -> impl Iterator<Item = &str> {
        let all = self.rights.iter().flatten();
        all.filter(|(_, standing)| *standing == Standing::Own).map(|(number, _)| number.as_str())
    }

    /// Whether it is a start-up of C4.2.5; none where that cannot be told.
    pub fn is_one(&self) -> Option<bool> {
        all([self.age.is_young(), self.own(), self.leading.is_in()])
    }

    /// What fails it, or where nothing does, what cannot be told: each in the words of a clerk.
    pub fn reasons(&self) -> Vec<&'static str> {
        let own = match self.own() {
            Some(true) => "有自主的有效专利",
            Some(false) => "登记簿中没有它的有效专利",
            None if self.rights.is_none() => Standing::Uncollected.zh(),
            None => Standing::Joint.zh(),
        };
        let told = [(self.age.is_young(), self.age.zh()), (self.own(), own), (self.leading.is_in(), self.leading.zh())];
        let verdict = self.is_one();
        told.into_iter().filter(|(holds, _)| *holds == verdict).map(|(_, words)| words).collect()
    }
}

/// One no is enough; while one is unknown it is open.
fn all<const N: usize>(holds: [Option<bool>; N]) -> Option<bool> {
    if holds.contains(&Some(false)) {
        return Some(false);
    }
    if holds.contains(&None) { None } else { Some(true) }
}

/// The pilots of a form in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormTotal {
    /// The year.
    pub year: i64,
    /// The form.
    pub form: String,
    /// What they gave.
    pub given: Sum,
    /// How many were evaluated.
    pub evaluated: usize,
    /// How many of these are to go on, as they are or changed.
    pub going_on: usize,
}

/// What an account sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Startups {
    /// Whether the register of pilots ever came.
    pub has_pilots: bool,
    /// For how many years an enterprise is young; none where the policy sets none.
    pub years: Option<i64>,
    /// The day that is today.
    pub today: Date,
    /// The enterprises: start-ups first, then those of which it is open; each by name.
    pub startups: Vec<Startup>,
    /// The pilots, the latest first.
    pub pilots: Vec<Pilot>,
}

impl Startups {
    /// The pilots by year and form, the latest year first.
    pub fn by_form(&self) -> Vec<FormTotal> {
        let mut found: BTreeMap<(i64, &str), FormTotal> = BTreeMap::new();
        for one in &self.pilots {
            let total = found.entry((one.year(), one.form.as_str())).or_insert_with(|| FormTotal {
                year: one.year(),
                form: one.form.clone(),
                given: Sum::default(),
                evaluated: 0,
                going_on: 0,
            });
            total.given.add(one.amount_fen);
            total.evaluated += usize::from(!one.result.is_empty());
            total.going_on += usize::from(matches!(one.result.as_str(), "继续推广" | "调整后继续"));
        }
        let mut all: Vec<FormTotal> = found.into_values().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.year));
        all
    }
}

/// The enterprises and pilots that an account may see: all of them, or those of its own town.
pub async fn startups(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    now: Timestamp,
) -> Result<Startups, Error> {
    allowed(account, Permission::ViewMarket)?;
    let registers = installation.registers(now).await?;
    let rights = installation.rights(now).await?;
    let sees = sight(account, &registers);
    let today = installation.business_date(now);
    let years = policy.settings(today, &BTreeMap::new())?.integer(YEARS);
    let mut pilots = pilots(&registers);
    let mut startups = of(&registers, &rights, &pilots, (years, today));
    pilots.retain(|one| sees(&one.uscc));
    startups.retain(|one| sees(&one.uscc));
    Ok(Startups { has_pilots: registers.delivered.contains_key(PILOTS), years, today, startups, pilots })
}

fn pilots(registers: &Folded) -> Vec<Pilot> {
    let firms = matching::firms(registers);
    let pilot = |row: &FoldedRow| {
        let text = |field| row.text(Folded::column(PILOTS, field)).to_owned();
        let uscc = text("uscc");
        let (firm, town) = firms.get(&uscc).cloned().unwrap_or_else(|| (text("holder"), String::new()));
        Some(Pilot {
            number: text("number"),
            firm: if firm.is_empty() { uscc.clone() } else { firm },
            town,
            form: text("form"),
            amount_fen: text("amount").parse().ok(),
            // The import takes no row without a day; one released without it has no year to count in.
            supported_on: text("supported_on").parse().ok()?,
            basis: text("basis"),
            result: text("result"),
            evaluated_on: text("evaluated_on").parse().ok(),
            remarks: text("remarks"),
            uscc,
        })
    };
    let mut pilots: Vec<Pilot> = registers.get(PILOTS).iter().filter_map(pilot).collect();
    pilots.sort_by(|left, right| (right.supported_on, &left.number).cmp(&(left.supported_on, &right.number)));
    pilots
}

/// The enterprises that exist today and are young or may be, and those that a pilot has supported.
fn of(registers: &Folded, rights: &Rights, pilots: &[Pilot], (years, today): (Option<i64>, Date)) -> Vec<Startup> {
    let firms = matching::firms(registers);
    let table = Table::of(registers);
    let supported: BTreeSet<&str> = pilots.iter().map(|one| one.uscc.as_str()).collect();
    let startup = |row: &FoldedRow| {
        let text = |field| row.text(Folded::column("enterprises", field));
        let day = |field| text(field).parse::<Date>().ok();
        let uscc = text("uscc").to_owned();
        let is_gone = matches!(text("state"), "注销" | "吊销") && day("state_since").is_none_or(|since| since <= today);
        let age = Age::on(day("founded_on"), years, today);
        let is_listed = (!is_gone && age.is_young() != Some(false)) || supported.contains(uscc.as_str());
        if !is_listed {
            return None;
        }
        let mut sum = Sum::default();
        pilots.iter().filter(|one| one.uscc == uscc).for_each(|one| sum.add(one.amount_fen));
        let owned = |all: Vec<(&str, Standing)>| all.into_iter().map(|(one, is)| (one.to_owned(), is)).collect();
        let (name, town) = firms.get(&uscc).cloned().unwrap_or_default();
        Some(Startup {
            name,
            town,
            age,
            leading: table.leading(text("industry")),
            rights: rights.of_firm(&uscc, today).map(owned),
            supported: sum,
            uscc,
        })
    };
    let mut startups: Vec<Startup> = registers.get("enterprises").iter().filter_map(startup).collect();
    // Start-ups first, then those of which it is open.
    let rank = |one: &Startup| [Some(true), None, Some(false)].iter().position(|verdict| *verdict == one.is_one());
    startups.sort_by(|left, right| (rank(left), &left.name, &left.uscc).cmp(&(rank(right), &right.name, &right.uscc)));
    startups
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_enterprise_is_young_up_to_and_with_the_day_on_which_the_years_are_full() {
        let founded = date(2019, 3, 1);
        let young = |today| Age::on(Some(founded), Some(5), today).is_young();
        assert_eq!(young(date(2024, 3, 1)), Some(true));
        assert_eq!(young(date(2024, 3, 2)), Some(false));
        assert_eq!(young(date(2019, 2, 28)), None, "a day that lies ahead");
        assert_eq!(Age::on(None, Some(5), date(2024, 3, 1)).is_young(), None);
        assert_eq!(Age::on(Some(founded), None, date(2024, 3, 1)).is_young(), None, "no years are set");
    }

    fn startup(age: Age, rights: Option<&[Standing]>, leading: Leading) -> Startup {
        let number = |standing: &Standing| ("2013106997442".to_owned(), *standing);
        Startup {
            uscc: "A".into(),
            name: "甲".into(),
            town: String::new(),
            age,
            leading,
            rights: rights.map(|all| all.iter().map(number).collect()),
            supported: Sum::default(),
        }
    }

    #[test]
    fn one_no_is_no_and_what_cannot_be_told_leaves_it_open_with_its_reason() {
        let young = Age::Young(date(2021, 1, 1), date(2026, 1, 1));
        let inside = || Leading::In(vec!["新能源".into()]);
        assert_eq!(startup(young, Some(&[Standing::Own]), inside()).is_one(), Some(true));
        let shared = startup(young, Some(&[Standing::Joint]), inside());
        assert_eq!((shared.is_one(), shared.reasons()), (None, vec![Standing::Joint.zh()]));
        let both = startup(young, Some(&[Standing::Joint, Standing::Own]), inside());
        assert_eq!((both.is_one(), both.own_rights().count()), (Some(true), 1));
        let none = startup(Age::Untold, Some(&[]), Leading::NoCode);
        assert_eq!((none.is_one(), none.reasons()), (Some(false), vec!["登记簿中没有它的有效专利"]));
        let open = startup(Age::Untold, Some(&[Standing::Own]), inside());
        assert_eq!((open.is_one(), open.reasons()), (None, vec!["企业没有成立日期"]));
        assert_eq!(startup(young, None, inside()).reasons(), [Standing::Uncollected.zh()]);
    }
}
