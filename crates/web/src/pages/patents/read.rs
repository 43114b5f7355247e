//! The patents of a run, read once from its snapshot: who owns each on the day, whether it is in force, and what it counts as.
//!
//! Intervals include their first day and exclude their last (see `domain::freeze`).

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use domain::runs::Opened;
use jiff::civil::Date;
use rules::Rows;

use super::names;
use crate::{
    by_run::ByRun,
    search_key::{SearchKey, Sought},
};

static LISTS: ByRun<Vec<Patent>> = ByRun::new(3);
static TOWNS: ByRun<BTreeSet<String>> = ByRun::new(3);

/// One patent on the day of the run.
#[derive(Debug, Clone)]
pub(crate) struct Patent {
    /// The application number, digits and check character.
    pub(crate) number: String,
    /// The title.
    pub(crate) title: String,
    /// 发明, 实用新型 or 外观设计.
    pub(crate) kind: String,
    /// The filing date.
    pub(crate) filed_on: Option<Date>,
    /// The day of the grant announcement.
    pub(crate) granted_on: Option<Date>,
    /// The number of the grant announcement.
    pub(crate) grant_number: String,
    /// The first-named owner on the day; the last one known when none covers it.
    pub(crate) owner: String,
    /// The enterprise the owner is tied to.
    pub(crate) owner_uscc: Option<String>,
    /// Its town; empty outside the city.
    pub(crate) town: String,
    /// How it stands on the day.
    pub(crate) state: Standing,
    /// Categories of high value, from the source that the run chose.
    pub(crate) categories: BTreeSet<i64>,
    /// Whether it is on the run's list of high-value inventions, with or without a category.
    pub(crate) is_high_value: bool,
    /// Whether a person has yet to judge it.
    pub(crate) is_undetermined: bool,
    /// On which of the two lists it stands alone.
    pub(crate) only_in: OnlyIn,
    /// By what it is found, made when somebody searches.
    key: OnceLock<SearchKey>,
}

/// How a patent stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// 有效.
    InForce,
    /// 尚未授权.
    NotGranted,
    /// 已失效.
    Ended,
    /// 已被宣告全部无效.
    Void,
}

impl Standing {
    /// Every standing, with its key in an address.
    pub(crate) const ALL: [(Self, &'static str); 4] =
        [(Self::InForce, "in-force"), (Self::NotGranted, "not-granted"), (Self::Ended, "ended"), (Self::Void, "void")];

    /// Its key in an address.
    pub(crate) fn key(self) -> &'static str {
        Self::ALL.iter().find(|(standing, _)| *standing == self).map_or("", |(_, key)| key)
    }
}

/// On which list of high-value inventions a patent stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnlyIn {
    /// On both, or on neither, or there is no official list.
    Neither,
    /// Only on the official list.
    Official,
    /// Only in our pre-judgement.
    Computed,
}

/// A stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The first day; open when none.
    pub(crate) from: Option<Date>,
    /// The first day after it; open when none.
    pub(crate) until: Option<Date>,
}

impl Stretch {
    /// The stretch in columns `from_on` and `until_on`.
    pub(crate) fn of(rows: Rows<'_>, row: usize) -> Self {
        Self { from: rows.date(row, "from_on"), until: rows.date(row, "until_on") }
    }

    /// Whether it covers a day.
    pub(crate) fn covers(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| until > day)
    }
}

/// Every patent of the run, by application number.
pub(crate) fn patents(opened: &Opened) -> Arc<Vec<Patent>> {
    LISTS.get(&opened.summary.run, || read(opened))
}

/// The towns in which patents of the run stand.
pub(crate) fn towns(opened: &Opened) -> Arc<BTreeSet<String>> {
    let named = |all: &[Patent]| {
        let names: HashSet<&str> = all.iter().map(|patent| patent.town.as_str()).collect();
        names.into_iter().filter(|town| !town.is_empty()).map(str::to_owned).collect()
    };
    TOWNS.get(&opened.summary.run, || named(&patents(opened)))
}

fn read(opened: &Opened) -> Vec<Patent> {
    let as_of = opened.evaluation.as_of;
    let Some(rows) = opened.snapshot.rows("patent") else { return Vec::new() };
    let in_force = in_force_on(opened, as_of);
    let void = numbers(opened.snapshot.rows("patent_void"));
    let owners = owners_on(opened, as_of);
    let (high_value, categories) = high_value(opened);
    let mut undetermined = numbers(opened.views.rows("high_value_undetermined"));
    undetermined.retain(|number| !high_value.contains(number));
    let difference = opened.evaluation.high_value.difference.clone().unwrap_or_default();
    let only_official: HashSet<&str> = difference.only_official.iter().map(String::as_str).collect();
    let only_computed: HashSet<&str> = difference.only_computed.iter().map(String::as_str).collect();
    (0..rows.len())
        .filter_map(|row| {
            let number = rows.text(row, "application_number")?;
            let granted_on = rows.date(row, "granted_on");
            let owner = owners.get(number);
            let state = if void.contains(number) {
                Standing::Void
            } else if granted_on.is_none_or(|day| day > as_of) {
                Standing::NotGranted
            } else if in_force.contains(number) {
                Standing::InForce
            } else {
                Standing::Ended
            };
            Some(Patent {
                number: number.to_owned(),
                title: rows.text(row, "title").unwrap_or_default().to_owned(),
                kind: rows.text(row, "kind").unwrap_or_default().to_owned(),
                filed_on: rows.date(row, "filed_on"),
                granted_on,
                grant_number: rows.text(row, "grant_number").unwrap_or_default().to_owned(),
                owner: owner
                    .map(|owner| owner.name)
                    .or_else(|| rows.text(row, "applicant_names")?.split('|').next())
                    .unwrap_or_default()
                    .to_owned(),
                owner_uscc: owner.and_then(|owner| owner.uscc).map(str::to_owned),
                town: owner.and_then(|owner| owner.town).unwrap_or_default().to_owned(),
                state,
                categories: categories.get(number).cloned().unwrap_or_default(),
                is_high_value: high_value.contains(number),
                is_undetermined: undetermined.contains(number),
                only_in: match (only_official.contains(number), only_computed.contains(number)) {
                    (true, _) => OnlyIn::Official,
                    (_, true) => OnlyIn::Computed,
                    _ => OnlyIn::Neither,
                },
                key: OnceLock::new(),
            })
        })
        .collect()
}

struct OwnerOn<'a> {
    name: &'a str,
    uscc: Option<&'a str>,
    town: Option<&'a str>,
}

/// The owner on the day; where no stretch covers it, the last one.
fn owners_on(opened: &Opened, day: Date) -> HashMap<&str, OwnerOn<'_>> {
    let mut found = HashMap::new();
    let mut settled = HashSet::new();
    let Some(rows) = opened.snapshot.rows("patent_owner") else { return found };
    for row in 0..rows.len() {
        let Some(number) = rows.text(row, "application_number") else { continue };
        if settled.contains(number) {
            continue;
        }
        if Stretch::of(rows, row).covers(day) {
            settled.insert(number);
        }
        let town = rows.text(row, "town").filter(|_| rows.flag(row, "in_city") == Some(true));
        found.insert(
            number,
            OwnerOn { name: rows.text(row, "owner").unwrap_or_default(), uscc: rows.text(row, "owner_uscc"), town },
        );
    }
    found
}

fn in_force_on(opened: &Opened, day: Date) -> HashSet<&str> {
    let Some(rows) = opened.snapshot.rows("patent_force") else { return HashSet::new() };
    (0..rows.len())
        .filter(|row| Stretch::of(rows, *row).covers(day))
        .filter_map(|row| rows.text(row, "application_number"))
        .collect()
}

/// The run's high-value inventions and their categories.
fn high_value(opened: &Opened) -> (HashSet<&str>, HashMap<&str, BTreeSet<i64>>) {
    let (mut all, mut categories) = (HashSet::new(), HashMap::<&str, BTreeSet<i64>>::new());
    if let Some(rows) = opened.views.rows("high_value") {
        for row in 0..rows.len() {
            let Some(number) = rows.text(row, "application_number") else { continue };
            all.insert(number);
            if let Some(category) = rows.integer(row, "category") {
                categories.entry(number).or_default().insert(category);
            }
        }
    }
    (all, categories)
}

fn numbers(rows: Option<Rows<'_>>) -> HashSet<&str> {
    rows.map(|rows| (0..rows.len()).filter_map(|row| rows.text(row, "application_number")).collect())
        .unwrap_or_default()
}

impl Patent {
    /// Whether its owner is taken for a natural person.
    pub(crate) fn is_of_person(&self) -> bool {
        names::is_person(&self.owner, self.owner_uscc.is_some())
    }

    /// Whether a search finds it; the names of persons are searched only by those who may see them.
    pub(crate) fn is_found(&self, sought: &Sought, may_see_persons: bool) -> bool {
        let key = self.key.get_or_init(|| SearchKey::of(&self.search_text(self.is_of_person())));
        key.matches(sought) || (may_see_persons && self.is_of_person() && sought.is_in(&self.search_text(false)))
    }

    /// What a search looks through: the number in its two usual forms, the grant's number, the title, and the owner.
    pub(crate) fn search_text(&self, is_covered: bool) -> String {
        let owner = if is_covered { "" } else { &self.owner };
        format!("{} {} {} {} {owner}", self.number, written(&self.number), self.grant_number, self.title)
    }
}

/// An application number as it is written: `202110123456.7`.
pub(crate) fn written(number: &str) -> String {
    match number.char_indices().next_back() {
        Some((at, _)) if number.len() == 9 || number.len() == 13 => format!("{}.{}", &number[..at], &number[at..]),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_stretch_includes_its_first_day_and_excludes_its_last() {
        let stretch = Stretch { from: Some(date(2023, 1, 1)), until: Some(date(2023, 12, 31)) };
        assert!(stretch.covers(date(2023, 1, 1)) && stretch.covers(date(2023, 12, 30)));
        assert!(!stretch.covers(date(2022, 12, 31)) && !stretch.covers(date(2023, 12, 31)));
        assert!(Stretch { from: None, until: None }.covers(date(1985, 4, 1)));
    }

    #[test]
    fn numbers_are_written_with_a_point_before_the_check_character() {
        assert_eq!(written("2021101234567"), "202110123456.7");
        assert_eq!(written("85100001X"), "85100001.X");
        assert_eq!(written("20211012345"), "20211012345");
    }
}
