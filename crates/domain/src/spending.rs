//! What departments and towns spend on intellectual property (知识产权投入, C4.2.6): their returns by year, for each head of the
//! population where that is known, the growth, and who has not reported.
//!
//! A unit that reported nothing has spent an unknown amount, not none; a sum over units says how many it lacks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use registry::{Folded, FoldedRow};

use crate::{
    Error, Installation,
    accounts::{Account, Permission, Resource, allows},
    budget::Sum,
    items::allowed,
    organisations,
    regions::Regions,
};

/// The register.
pub const REGISTER: &str = "ip-spending";

/// Which population counts heads.
const RESIDENTS: &str = "常住人口";

/// A row of the register: what a unit says of one source in one year (投入填报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// The unit as it is shown: a town by its present name.
    pub unit: String,
    /// The unit as the row names it.
    pub written: String,
    /// Whether it is a town.
    pub is_town: bool,
    /// The year.
    pub year: i64,
    /// Where the money comes from.
    pub source: String,
    /// What was set aside, in fen; none where it was not told.
    pub budgeted_fen: Option<i64>,
    /// What was spent, in fen; none where it was not told.
    pub spent_fen: Option<i64>,
}

/// A unit in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitYear {
    /// The unit.
    pub unit: String,
    /// Whether it is a town.
    pub is_town: bool,
    /// The year.
    pub year: i64,
    /// What was set aside; none where the unit has not reported.
    pub budgeted: Option<Sum>,
    /// What was spent; none where the unit has not reported.
    pub spent: Option<Sum>,
    /// How many people lived there in the year; none where that is not known, and for departments.
    pub residents: Option<i64>,
    /// Against the year before, in hundredths of a percent; none where either is not wholly known or the earlier one is nothing.
    pub growth: Option<i64>,
    /// Whether the unit should report: a unit of the registers, or one that has reported before.
    pub is_due: bool,
}

impl UnitYear {
    /// Whether anything of the year came.
    pub const fn is_reported(&self) -> bool {
        self.spent.is_some()
    }

    /// What was spent, in fen, where all of it is known.
    pub fn whole_fen(&self) -> Option<i64> {
        self.spent.filter(|sum| sum.untold == 0).map(|sum| sum.fen)
    }

    /// What was spent for each head, in fen; none where either is not known.
    pub fn per_head_fen(&self) -> Option<i64> {
        self.whole_fen()?.checked_div(self.residents?)
    }
}

/// All units in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The year.
    pub year: i64,
    /// How many units have reported.
    pub reported: usize,
    /// Those that should have and have not.
    pub missing: Vec<String>,
    /// What those that reported have spent.
    pub spent: Sum,
    /// How many people lived in the city; none where that is not known.
    pub residents: Option<i64>,
    /// How many units are wholly known both in this year and in the year before, and how their sum moved, in hundredths of a percent.
    pub alike: Option<(usize, i64)>,
}

impl Course {
    /// Whether the sum is the least that it can be.
    pub fn is_least(&self) -> bool {
        !self.missing.is_empty() || self.spent.untold > 0
    }
}

/// What an account sees of the returns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spending {
    /// Whether the register ever came.
    pub is_collected: bool,
    /// Whether the account sees every unit.
    pub is_whole: bool,
    /// Every unit in every year, the latest year first, then by unit.
    pub units: Vec<UnitYear>,
    /// The years, the latest first.
    pub years: Vec<Course>,
    /// The rows behind them.
    pub returns: Vec<Return>,
}

/// What an account sees of the returns: everybody's, or its own unit's.
pub async fn spending(installation: &Installation, account: &Account, now: Timestamp) -> Result<Spending, Error> {
    allowed(account, Permission::ViewSpending)?;
    let registers = installation.registers(now).await?;
    let departments: Vec<String> = organisations::all(&installation.db, now)
        .await?
        .into_iter()
        .filter(|one| one.kind == organisations::Kind::Department && one.disabled_at.is_none())
        .map(|one| one.name)
        .collect();
    let sees = |unit: &str, is_town: bool| {
        let (town, department) = if is_town { (unit, "") } else { ("", unit) };
        allows(account, Permission::ViewSpending, &Resource::Spending { town, department })
    };
    let mut all = of(&registers, &departments);
    all.is_whole = account.confined(Permission::ViewSpending).is_none();
    all.units.retain(|one| sees(&one.unit, one.is_town));
    all.returns.retain(|one| sees(&one.unit, one.is_town));
    if !all.is_whole {
        // What all units come to is told to those who see them all.
        all.years.clear();
    }
    Ok(all)
}

/// A unit that should report, with the first and the last day on which there is one.
struct Due {
    is_town: bool,
    from: Option<Date>,
    to: Option<Date>,
}

fn of(registers: &Folded, departments: &[String]) -> Spending {
    let regions = Regions::of(registers.get("regions"));
    let cell = |row: &FoldedRow, field| row.text(Folded::column("regions", field)).to_owned();
    let mut due: BTreeMap<String, Due> =
        departments.iter().map(|name| (name.clone(), Due { is_town: false, from: None, to: None })).collect();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for row in regions.units() {
        let (code, name) = (cell(row, "code"), cell(row, "name"));
        let day = |field| cell(row, field).parse().ok();
        due.insert(name.clone(), Due { is_town: true, from: day("valid_from"), to: day("valid_to") });
        names.insert(code, name);
    }
    let returns = returns(registers, &names);
    for one in &returns {
        let is_town = one.is_town;
        due.entry(one.unit.clone()).or_insert(Due { is_town, from: None, to: None });
    }
    let residents = residents(registers, &names);
    let years: BTreeSet<i64> = returns.iter().map(|one| one.year).collect();
    let mut units = Vec::new();
    for (unit, one) in &due {
        let mut before: Option<UnitYear> = None;
        for year in &years {
            let found = unit_year(unit, one, *year, (&returns, &residents), before.as_ref());
            units.push(found.clone());
            before = Some(found);
        }
    }
    units.retain(|one| one.is_due || one.is_reported());
    units.sort_by(|left, right| (right.year, &left.unit).cmp(&(left.year, &right.unit)));
    let course = |year: &i64| course(*year, &units, residents.get(&(String::new(), *year)).copied());
    let courses = years.iter().rev().map(course).collect();
    let is_collected = registers.delivered.contains_key(REGISTER);
    Spending { is_collected, is_whole: true, units, years: courses, returns }
}

fn returns(registers: &Folded, towns: &BTreeMap<String, String>) -> Vec<Return> {
    let text = |row: &FoldedRow, field| row.text(Folded::column(REGISTER, field)).to_owned();
    let one = |row: &FoldedRow| {
        let written = text(row, "unit");
        Some(Return {
            // A file may give the town by its code.
            unit: towns.get(&written).unwrap_or(&written).clone(),
            written,
            is_town: text(row, "kind") == "区镇",
            year: text(row, "year").parse().ok()?,
            source: text(row, "source"),
            budgeted_fen: text(row, "budgeted").parse().ok(),
            spent_fen: text(row, "spent").parse().ok(),
        })
    };
    registers.get(REGISTER).iter().filter_map(one).collect()
}

/// Who lived where in which year, the city under an empty name; of several publications the latest.
fn residents(registers: &Folded, towns: &BTreeMap<String, String>) -> BTreeMap<(String, i64), i64> {
    let text = |row: &FoldedRow, field| row.text(Folded::column("statistics", field)).to_owned();
    let mut found: BTreeMap<(String, i64), (String, i64)> = BTreeMap::new();
    for row in registers.get("statistics").iter().filter(|row| text(row, "measure") == RESIDENTS) {
        let region = text(row, "region");
        let region = towns.get(&region).unwrap_or(&region).clone();
        let (Ok(year), Ok(value)) = (text(row, "year").parse(), text(row, "value").parse()) else { continue };
        let published = text(row, "published_on");
        let kept = found.entry((region, year)).or_default();
        if published >= kept.0 {
            *kept = (published, value);
        }
    }
    found.into_iter().map(|(at, (_, value))| (at, value)).filter(|(_, value)| *value > 0).collect()
}

fn unit_year(
    unit: &str,
    due: &Due,
    year: i64,
    (returns, residents): (&[Return], &BTreeMap<(String, i64), i64>),
    before: Option<&UnitYear>,
) -> UnitYear {
    let rows: Vec<&Return> = returns.iter().filter(|one| one.unit == unit && one.year == year).collect();
    let sum = |fen: fn(&Return) -> Option<i64>| {
        (!rows.is_empty()).then(|| {
            let mut sum = Sum::default();
            rows.iter().for_each(|one| sum.add(fen(one)));
            sum
        })
    };
    let there = due.from.is_none_or(|from| i64::from(from.year()) <= year)
        && due.to.is_none_or(|to| i64::from(to.year()) >= year);
    let mut one = UnitYear {
        unit: unit.to_owned(),
        is_town: due.is_town,
        year,
        budgeted: sum(|one| one.budgeted_fen),
        spent: sum(|one| one.spent_fen),
        residents: residents.get(&(unit.to_owned(), year)).copied().filter(|_| due.is_town),
        growth: None,
        is_due: there,
    };
    let earlier = before.filter(|before| before.year == year - 1).and_then(UnitYear::whole_fen);
    one.growth = earlier.zip(one.whole_fen()).and_then(|(before, now)| growth(before, now));
    one
}

fn course(year: i64, units: &[UnitYear], residents: Option<i64>) -> Course {
    let of_year = |year: i64| units.iter().filter(move |one| one.year == year);
    let mut spent = Sum::default();
    for sum in of_year(year).filter_map(|one| one.spent) {
        spent.fen = spent.fen.saturating_add(sum.fen);
        spent.count += sum.count;
        spent.untold += sum.untold;
    }
    let before: BTreeMap<&str, i64> =
        of_year(year - 1).filter_map(|one| Some((one.unit.as_str(), one.whole_fen()?))).collect();
    let both: Vec<(i64, i64)> =
        of_year(year).filter_map(|one| Some((*before.get(one.unit.as_str())?, one.whole_fen()?))).collect();
    let total = |of: fn(&(i64, i64)) -> i64| both.iter().map(of).fold(0_i64, i64::saturating_add);
    Course {
        year,
        reported: of_year(year).filter(|one| one.is_reported()).count(),
        missing: of_year(year).filter(|one| !one.is_reported()).map(|one| one.unit.clone()).collect(),
        spent,
        residents,
        alike: growth(total(|one| one.0), total(|one| one.1)).map(|growth| (both.len(), growth)),
    }
}

/// How far an amount moved, in hundredths of a percent; none where it began at nothing.
fn growth(before: i64, now: i64) -> Option<i64> {
    let moved = i128::from(now) - i128::from(before);
    (before > 0).then(|| i64::try_from(moved * 10_000 / i128::from(before)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(unit: &str, year: i64, spent_fen: Option<i64>) -> Return {
        let (unit, written) = (unit.to_owned(), unit.to_owned());
        Return { unit, written, is_town: true, year, source: "本级财政".into(), budgeted_fen: None, spent_fen }
    }

    #[test]
    fn who_has_not_reported_has_spent_an_unknown_amount_and_growth_compares_like_with_like() {
        let returns = [
            told("甲镇", 2022, Some(10_000)),
            told("甲镇", 2023, Some(12_500)),
            told("乙镇", 2022, Some(90_000)),
            told("丙镇", 2023, None),
        ];
        let residents = BTreeMap::from([(("甲镇".to_owned(), 2023), 500)]);
        let due = Due { is_town: true, from: None, to: None };
        let mut units = Vec::new();
        for unit in ["甲镇", "乙镇", "丙镇"] {
            let mut before = None;
            for year in [2022, 2023] {
                let one = unit_year(unit, &due, year, (&returns, &residents), before.as_ref());
                units.push(one.clone());
                before = Some(one);
            }
        }
        let find = |unit: &str, year| units.iter().find(|one| one.unit == unit && one.year == year).unwrap();
        assert_eq!((find("甲镇", 2023).growth, find("甲镇", 2023).per_head_fen()), (Some(2_500), Some(25)));
        assert_eq!((find("乙镇", 2023).spent, find("乙镇", 2023).growth), (None, None));
        assert_eq!(find("丙镇", 2023).whole_fen(), None, "an amount that was not told is not nothing");
        let course = course(2023, &units, None);
        assert_eq!((course.reported, course.missing.clone(), course.is_least()), (2, vec!["乙镇".to_owned()], true));
        // 乙镇 reported in one of the years only, and is left out of the comparison.
        assert_eq!(course.alike, Some((1, 2_500)));
    }

    #[test]
    fn a_unit_that_is_gone_is_not_due() {
        let gone = Due { is_town: true, from: None, to: Some(jiff::civil::date(2021, 12, 31)) };
        let of = |year| unit_year("丁镇", &gone, year, (&[], &BTreeMap::new()), None).is_due;
        assert_eq!((of(2021), of(2022)), (true, false));
    }
}
