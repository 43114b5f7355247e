//! The project library (项目库, C4.2.4): forward-looking, exemplary and innovative projects, what support they got, and whether the
//! intellectual property that they rest on is the enterprise's own.
//!
//! **Own** is read out of the register of patents, never typed (AMB-29): a project has its own intellectual property when one of its
//! rights is in force on the day and the enterprise is its first patentee. The day is that of the expert review, for on it the support
//! rests; where there was none it is today. What cannot be told is unknown and says why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use registry::{Folded, FoldedRow};

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    budget::{Sum, sight},
    freeze::{Rights, Standing},
    items::allowed,
    leading::{Leading, Table},
    matching,
};

/// The register.
pub const REGISTER: &str = "project-library";

/// A right on which a project rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its number.
    pub number: String,
    /// What it was to the enterprise on the day.
    pub standing: Standing,
    /// What it is to the enterprise today.
    pub today: Standing,
}

/// What the experts said (专家评审).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// 通过, 不通过 or 暂缓.
    pub result: String,
    /// When; none where that was not told.
    pub on: Option<Date>,
    /// The document; empty where it was not told.
    pub document: String,
}

/// Where the industry of a project comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Industry {
    /// The row says it.
    Tagged(String),
    /// The enterprise's code says it, or why it does not.
    OfFirm(Leading),
}

impl Industry {
    /// The industries.
    pub fn names(&self) -> &[String] {
        match self {
            Self::Tagged(industry) => std::slice::from_ref(industry),
            Self::OfFirm(leading) => leading.industries(),
        }
    }

    /// Why there is none; empty where there is one.
    pub fn why_none(&self) -> &'static str {
        match self {
            Self::Tagged(_) | Self::OfFirm(Leading::In(_)) => "",
            Self::OfFirm(leading) => leading.zh(),
        }
    }
}

/// A project of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The code of its enterprise.
    pub uscc: String,
    /// The enterprise by its present name; as the row has it where the register of enterprises does not hold it.
    pub firm: String,
    /// The town of the enterprise; empty where no register says.
    pub town: String,
    /// The year in which it came into the library.
    pub year: i64,
    /// 前瞻性, 示范性, 创新型; empty where nobody has judged.
    pub tags: Vec<String>,
    /// Its leading industry.
    pub industry: Industry,
    /// The rights that it rests on.
    pub rights: Vec<Evidence>,
    /// What the experts said; none where there was no review.
    pub review: Option<Review>,
    /// How it is supported; empty where it is not, or was not told.
    pub form: String,
    /// With how much, in fen; none where that was not told.
    pub amount_fen: Option<i64>,
    /// When.
    pub supported_on: Option<Date>,
    /// What came of it, in words; empty while nothing was told.
    pub results: String,
    /// The day for which [`Project::own`] holds.
    pub day: Date,
}

impl Project {
    /// Whether its intellectual property was its own on the day; none where that cannot be told.
    pub fn own(&self) -> Option<bool> {
        any(self.rights.iter().map(|one| one.standing.is_own()))
    }

    /// Whether it is today.
    pub fn own_today(&self) -> Option<bool> {
        any(self.rights.iter().map(|one| one.today.is_own()))
    }

    /// Whether it bears a tag; the empty one is that of projects that nobody tagged.
    pub fn has_tag(&self, tag: &str) -> bool {
        if tag.is_empty() { self.tags.is_empty() } else { self.tags.iter().any(|one| one == tag) }
    }

    /// Why: what its rights are, each reason once with the first number of which it holds.
    pub fn reasons(&self) -> Vec<(Standing, &str, usize)> {
        let mut found: Vec<(Standing, &str, usize)> = Vec::new();
        for one in &self.rights {
            match found.iter_mut().find(|(standing, ..)| *standing == one.standing) {
                Some((.., count)) => *count += 1,
                None => found.push((one.standing, one.number.as_str(), 1)),
            }
        }
        found.sort_by_key(|(standing, ..)| *standing);
        found
    }
}

/// One own right is enough; while one is unknown there may be one; of none nothing is known.
fn any(own: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<Option<bool>> = own.collect();
    if all.contains(&Some(true)) {
        return Some(true);
    }
    if all.is_empty() || all.contains(&None) { None } else { Some(false) }
}

/// The projects of a year, all of them or those of one tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The year.
    pub year: i64,
    /// The tag; empty for projects that nobody tagged, none for all of the year.
    pub tag: Option<String>,
    /// How many have their own intellectual property, have none, and cannot be told.
    pub own: [usize; 3],
    /// What they were supported with.
    pub amount: Sum,
}

/// What the projects of each year come to, the latest year first: all of them, then tag by tag. One of two tags stands under both.
pub fn totals(projects: &[Project]) -> Vec<Total> {
    let years: BTreeSet<i64> = projects.iter().map(|one| one.year).collect();
    let tags = || registry::PROJECT_TAGS.iter().copied().chain([""]).map(|tag| Some(tag.to_owned()));
    let total = |year: i64, tag: Option<String>| {
        let is_of = |one: &&Project| one.year == year && tag.as_deref().is_none_or(|tag| one.has_tag(tag));
        let (mut own, mut amount) = ([0; 3], Sum::default());
        for one in projects.iter().filter(is_of) {
            amount.add(one.amount_fen);
            own[match one.own() {
                Some(true) => 0,
                Some(false) => 1,
                None => 2,
            }] += 1;
        }
        Total { year, tag, own, amount }
    };
    let of_year = |year: i64| [None].into_iter().chain(tags()).map(move |tag| (year, tag));
    years.into_iter().rev().flat_map(of_year).map(|(year, tag)| total(year, tag)).collect()
}

/// What an account sees of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Whether the register ever came.
    pub is_collected: bool,
    /// The day that is today.
    pub today: Date,
    /// The projects, the latest year first, then by number.
    pub projects: Vec<Project>,
}

/// The projects that an account may see: all of them, or those of its own town.
pub async fn library(installation: &Installation, account: &Account, now: Timestamp) -> Result<Library, Error> {
    allowed(account, Permission::ViewMarket)?;
    let registers = installation.registers(now).await?;
    let rights = installation.rights(now).await?;
    let sees = sight(account, &registers);
    let today = installation.business_date(now);
    let mut projects = of(&registers, &rights, today);
    projects.retain(|one| sees(&one.uscc));
    Ok(Library { is_collected: registers.delivered.contains_key(REGISTER), today, projects })
}

fn of(registers: &Folded, rights: &Rights, today: Date) -> Vec<Project> {
    let firms = matching::firms(registers);
    let codes = industry_codes(registers);
    let table = Table::of(registers);
    let project = |row: &FoldedRow| {
        let text = |field| row.text(Folded::column(REGISTER, field)).to_owned();
        let list = |field: &'static str| -> Vec<String> {
            text(field).split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect()
        };
        let day = |field| text(field).parse::<Date>().ok();
        let uscc = text("uscc");
        let (firm, town) = firms.get(&uscc).cloned().unwrap_or_else(|| (text("holder"), String::new()));
        let firm = if firm.is_empty() { uscc.clone() } else { firm };
        let review = (!text("review").is_empty()).then(|| Review {
            result: text("review"),
            on: day("reviewed_on"),
            document: text("review_document"),
        });
        let judged = review.as_ref().and_then(|review| review.on).unwrap_or(today);
        let evidence = |number: String| Evidence {
            standing: rights.standing(&number, &uscc, judged),
            today: rights.standing(&number, &uscc, today),
            number,
        };
        let industry = match text("industry") {
            tag if tag.is_empty() => Industry::OfFirm(table.leading(codes.get(&uscc).map_or("", String::as_str))),
            tag => Industry::Tagged(tag),
        };
        Some(Project {
            number: text("number"),
            name: text("name"),
            firm,
            town,
            // The import takes no row without a year; one released without it has no year to stand in.
            year: text("year").parse().ok()?,
            tags: list("tags"),
            industry,
            rights: list("rights").into_iter().map(evidence).collect(),
            review,
            form: text("form"),
            amount_fen: text("amount").parse().ok(),
            supported_on: day("supported_on"),
            results: text("results"),
            day: judged,
            uscc,
        })
    };
    let mut projects: Vec<Project> = registers.get(REGISTER).iter().filter_map(project).collect();
    projects.sort_by(|left, right| (right.year, &left.number).cmp(&(left.year, &right.number)));
    projects
}

/// The code of GB/T 4754 of every enterprise that tells one.
pub(crate) fn industry_codes(registers: &Folded) -> BTreeMap<String, String> {
    let [uscc, industry] = ["uscc", "industry"].map(|field| Folded::column("enterprises", field));
    let rows = registers.get("enterprises").iter();
    rows.map(|row| (row.text(uscc).to_owned(), row.text(industry).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_own_right_is_enough_and_an_unknown_one_leaves_it_open() {
        let own = |list: &[Option<bool>]| any(list.iter().copied());
        assert_eq!(own(&[Some(false), None, Some(true)]), Some(true));
        assert_eq!(own(&[Some(false), None]), None);
        assert_eq!(own(&[Some(false), Some(false)]), Some(false));
        assert_eq!(own(&[]), None, "no right was named");
    }
}
