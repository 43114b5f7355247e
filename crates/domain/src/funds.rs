//! The fund map (专项资金与知识产权的融合, C4.2.2): the city's special funds, whether they ask for intellectual property, and what of
//! their projects goes to trading platforms, to use and to protection.
//!
//! A project that nobody tagged is untagged (未标注), not 其他; an amount that was not told is counted as untold.

use std::collections::BTreeMap;

use jiff::Timestamp;
use registry::{Folded, FoldedRow};

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    budget::Sum,
    items::allowed,
};

/// The register of funds.
pub const FUNDS: &str = "special-funds";
/// The register of their projects.
pub const PROJECTS: &str = "fund-projects";

/// A special fund in one year (专项资金).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fund {
    /// Its name.
    pub name: String,
    /// The department in charge; empty where only its projects are known.
    pub department: String,
    /// The year.
    pub year: i64,
    /// How large it is, in fen; none where that was not told.
    pub total_fen: Option<i64>,
    /// Whether it asks for intellectual property; none where nobody has looked.
    pub has_condition: Option<bool>,
    /// What it asks for.
    pub condition: String,
    /// Whether the register of funds holds it.
    pub is_listed: bool,
    /// Its projects by focus; an empty focus is that of those which nobody tagged.
    pub focuses: BTreeMap<String, Sum>,
}

impl Fund {
    /// All of its projects.
    pub fn projects(&self) -> Sum {
        summed(self.focuses.values())
    }

    /// Its projects of one focus.
    pub fn of(&self, focus: &str) -> Sum {
        self.focuses.get(focus).copied().unwrap_or_default()
    }
}

/// A project of a special fund (专项资金项目).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The fund.
    pub fund: String,
    /// The year.
    pub year: i64,
    /// Its name.
    pub name: String,
    /// Who carries it out.
    pub holder: String,
    /// The code of that.
    pub holder_uscc: String,
    /// What it gets, in fen; none where that was not told.
    pub amount_fen: Option<i64>,
    /// What it is about; empty where nobody tagged it.
    pub focus: String,
}

/// What goes to one focus in one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The year.
    pub year: i64,
    /// The focus; empty for projects that nobody tagged.
    pub focus: String,
    /// Its projects.
    pub sum: Sum,
    /// Its part in all amounts of the year that were told, in hundredths of a percent; none where they are nothing.
    pub share: Option<i64>,
}

/// The map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FundMap {
    /// Whether the register of funds ever came.
    pub has_funds: bool,
    /// Whether the register of projects ever came.
    pub has_projects: bool,
    /// The funds, the latest year first.
    pub funds: Vec<Fund>,
    /// The projects, the latest year first.
    pub projects: Vec<Project>,
    /// What goes where, the latest year first, each year in the order of the foci.
    pub shares: Vec<Share>,
}

/// The map of all funds.
pub async fn map(installation: &Installation, account: &Account, now: Timestamp) -> Result<FundMap, Error> {
    allowed(account, Permission::ViewMoney)?;
    Ok(of(&*installation.registers(now).await?))
}

fn of(registers: &Folded) -> FundMap {
    let mut funds: BTreeMap<(i64, String), Fund> =
        registers.get(FUNDS).iter().filter_map(fund).map(|fund| ((fund.year, fund.name.clone()), fund)).collect();
    let mut projects: Vec<Project> = registers.get(PROJECTS).iter().filter_map(project).collect();
    let mut years: BTreeMap<i64, BTreeMap<String, Sum>> = BTreeMap::new();
    for one in &projects {
        let fund = funds.entry((one.year, one.fund.clone())).or_insert_with(|| Fund {
            name: one.fund.clone(),
            department: String::new(),
            year: one.year,
            total_fen: None,
            has_condition: None,
            condition: String::new(),
            is_listed: false,
            focuses: BTreeMap::new(),
        });
        fund.focuses.entry(one.focus.clone()).or_default().add(one.amount_fen);
        years.entry(one.year).or_default().entry(one.focus.clone()).or_default().add(one.amount_fen);
    }
    projects.sort_by(|left, right| (right.year, &left.fund, &left.name).cmp(&(left.year, &right.fund, &right.name)));
    let mut funds: Vec<Fund> = funds.into_values().collect();
    funds.sort_by(|left, right| (right.year, &left.name).cmp(&(left.year, &right.name)));
    FundMap {
        has_funds: registers.delivered.contains_key(FUNDS),
        has_projects: registers.delivered.contains_key(PROJECTS),
        funds,
        projects,
        shares: years.iter().rev().flat_map(|(year, sums)| shares(*year, sums)).collect(),
    }
}

fn text(register: &str, row: &FoldedRow, field: &str) -> String {
    row.text(Folded::column(register, field)).to_owned()
}

fn fund(row: &FoldedRow) -> Option<Fund> {
    let text = |field| text(FUNDS, row, field);
    Some(Fund {
        name: text("fund"),
        department: text("department"),
        year: text("year").parse().ok()?,
        total_fen: text("total").parse().ok(),
        has_condition: match text("has_condition").as_str() {
            "是" => Some(true),
            "否" => Some(false),
            _ => None,
        },
        condition: text("condition"),
        is_listed: true,
        focuses: BTreeMap::new(),
    })
}

fn project(row: &FoldedRow) -> Option<Project> {
    let text = |field| text(PROJECTS, row, field);
    Some(Project {
        fund: text("fund"),
        year: text("year").parse().ok()?,
        name: text("project"),
        holder: text("holder"),
        holder_uscc: text("holder_uscc"),
        amount_fen: text("amount").parse().ok(),
        focus: text("focus"),
    })
}

/// The foci of a year in their order, those that nobody tagged last.
fn shares(year: i64, sums: &BTreeMap<String, Sum>) -> Vec<Share> {
    let whole = summed(sums.values()).fen;
    let share = |focus: &str| {
        let sum = sums.get(focus).copied().unwrap_or_default();
        let share = (whole > 0).then(|| i64::try_from(i128::from(sum.fen) * 10_000 / i128::from(whole)).unwrap_or(0));
        Share { year, focus: focus.to_owned(), sum, share }
    };
    registry::FOCUSES.iter().copied().chain([""]).map(share).collect()
}

fn summed<'a>(sums: impl Iterator<Item = &'a Sum>) -> Sum {
    sums.fold(Sum::default(), |sum, one| Sum {
        fen: sum.fen.saturating_add(one.fen),
        count: sum.count + one.count,
        untold: sum.untold + one.untold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_tagged_is_no_other_and_shares_are_of_what_was_told() {
        let sum = |fen, untold| Sum { fen, count: 1 + untold, untold };
        let sums = BTreeMap::from([
            ("运用".to_owned(), sum(600, 0)),
            ("其他".to_owned(), sum(100, 1)),
            (String::new(), sum(300, 0)),
        ]);
        let found = shares(2023, &sums);
        let told: Vec<(&str, i64, Option<i64>)> =
            found.iter().map(|one| (one.focus.as_str(), one.sum.fen, one.share)).collect();
        let expected = [
            ("交易平台", 0, Some(0)),
            ("运用", 600, Some(6_000)),
            ("保护", 0, Some(0)),
            ("其他", 100, Some(1_000)),
            ("", 300, Some(3_000)),
        ];
        assert_eq!(told, expected);
        assert_eq!(found[3].sum.untold, 1);
        let nothing = BTreeMap::from([("运用".to_owned(), sum(0, 1))]);
        assert!(shares(2023, &nothing).iter().all(|one| one.share.is_none()), "of nothing there is no share");
    }
}
