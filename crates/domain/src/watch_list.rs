//! The high-value inventions that want an eye, and those that may become such (高价值专利的培育、维持和保护, C3.4.2.1).
//!
//! **Method.** Watched is every high-value invention of the city as the run counted it, with what endangers it, what it is pledged
//! for, what was decided about it in the last two years, and whether it came from outside. To be cultivated are those of the city's
//! other inventions that will have been maintained for ten years within a year, by the parameter that says from when, and those
//! of which the run could not tell. Whether a competitor's right stands in the way (FTO) is a question for a search and a person.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::civil::Date;
use registry::Folded;
use rules::Rows;
use terms::periods::add_years;

use crate::{
    Error, Installation,
    freeze::UNASSIGNED,
    lapses::{self, Cause},
    runs::Opened,
};

/// Within how many days ten years must be reached to be cultivated.
pub const CULTIVATION_DAYS: i32 = 365;
/// For how many years a decision is told.
const DECIDED_YEARS: i16 = 2;
/// For how many years of maintenance a right is high-value (第三类, AMB-22).
const MAINTAINED_YEARS: i32 = 10;
/// The events that are told of a right.
const TOLD: [&str; 5] = ["部分无效", "保全", "解除保全", "许可备案", "开放许可"];

/// What a right is to the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// 高价值: to be maintained and protected.
    HighValue,
    /// 待培育: will be high-value on this day if it is maintained.
    Ripening(Date),
    /// 待判定: somebody has to say, or a state was not told.
    Undetermined,
}

/// A right of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The right.
    pub application_number: String,
    /// Its title.
    pub title: String,
    /// The enterprise that owns it, where tied.
    pub uscc: Option<String>,
    /// Its town.
    pub town: String,
    /// What it is to the city.
    pub standing: Standing,
    /// The categories by which it is high-value, 1 to 5; empty where the official list names none.
    pub categories: Vec<i64>,
    /// The last day of its term.
    pub term_ends: Option<Date>,
    /// How it may soon be lost, and on which day.
    pub danger: Option<(Cause, Date)>,
    /// How many of its relatives abroad are in force, and how many are perhaps.
    pub abroad: (usize, usize),
    /// The registrations of pledges that hold it on the day, each with its pledgee.
    pub pledges: Vec<(String, String)>,
    /// What was decided of it, with the day it took effect, the latest first.
    pub events: Vec<(String, Date)>,
    /// The day on which it came to the city from outside.
    pub introduced_on: Option<Date>,
}

/// The list of a run, by what the registers said when it was computed: high-value ones in danger first, by the day.
pub async fn read(installation: &Installation, opened: &Opened) -> Result<Vec<Watched>, Error> {
    let known_at = &opened.evaluation.known_at;
    let known_at = known_at.parse().map_err(|_| Error::Damaged(format!("测算的已知时点无法识别：{known_at}")))?;
    Ok(of(opened, &*installation.registers_at(known_at).await?))
}

fn of(opened: &Opened, folded: &Folded) -> Vec<Watched> {
    let as_of = opened.evaluation.as_of;
    let (Some(inventions), Some(patents)) = (opened.views.rows("invention_in_city"), opened.snapshot.rows("patent"))
    else {
        return Vec::new();
    };
    let facts = Facts::read(opened, folded, as_of);
    let titles: BTreeMap<&str, (&str, Option<Date>)> = (0..patents.len())
        .filter_map(|row| {
            let title = patents.text(row, "title").unwrap_or_default();
            Some((patents.text(row, "application_number")?, (title, patents.date(row, "filed_on"))))
        })
        .collect();
    let own: BTreeMap<&str, usize> =
        (0..inventions.len()).filter_map(|row| Some((inventions.text(row, "application_number")?, row))).collect();
    // An official list may name rights that the registers have lapsed or elsewhere: K04 counts them, and so they are watched.
    let numbers: BTreeSet<&str> = own.keys().chain(facts.categories.keys()).copied().collect();
    let mut watched: Vec<Watched> = numbers
        .into_iter()
        .filter_map(|number| {
            let row = own.get(number).copied();
            let (title, filed_on) = titles.get(number).copied().unwrap_or_default();
            let granted_on = row.and_then(|row| inventions.date(row, "granted_on"));
            let categories = facts.categories.get(number);
            let standing = match categories {
                Some(_) => Standing::HighValue,
                None => facts.ripening(number, filed_on?, granted_on, as_of)?,
            };
            let word = |column| row.and_then(|row| inventions.text(row, column));
            Some(Watched {
                application_number: number.to_owned(),
                title: title.to_owned(),
                uscc: word("owner_uscc").map(str::to_owned),
                town: word("town").unwrap_or(UNASSIGNED).to_owned(),
                standing,
                categories: categories.into_iter().flatten().copied().collect(),
                term_ends: filed_on.and_then(|day| add_years(day, 20).ok()).and_then(|day| day.yesterday().ok()),
                danger: facts.dangers.get(number).copied(),
                abroad: facts.abroad.get(number).copied().unwrap_or_default(),
                pledges: facts.pledges.get(number).cloned().unwrap_or_default(),
                events: facts.events.get(number).cloned().unwrap_or_default(),
                introduced_on: facts.introduced.get(number).copied(),
            })
        })
        .collect();
    watched.sort_by(|a, b| {
        let gravity = |one: &Watched| (one.standing, one.danger.is_none(), one.danger);
        gravity(a).cmp(&gravity(b)).then_with(|| a.application_number.cmp(&b.application_number))
    });
    watched
}

/// What is known of rights, by number.
struct Facts<'a> {
    categories: BTreeMap<&'a str, BTreeSet<i64>>,
    undetermined: BTreeSet<&'a str>,
    dangers: BTreeMap<String, (Cause, Date)>,
    abroad: BTreeMap<&'a str, (usize, usize)>,
    pledges: BTreeMap<&'a str, Vec<(String, String)>>,
    events: BTreeMap<&'a str, Vec<(String, Date)>>,
    introduced: BTreeMap<&'a str, Date>,
    /// Whether maintenance is counted from the grant rather than the filing.
    from_grant: bool,
}

impl<'a> Facts<'a> {
    fn read(opened: &'a Opened, folded: &'a Folded, as_of: Date) -> Self {
        let mut facts = Self {
            categories: BTreeMap::new(),
            undetermined: numbers(opened.views.rows("high_value_undetermined")),
            dangers: lapses::soon(opened)
                .into_iter()
                .map(|lapse| (lapse.application_number, (lapse.cause, lapse.on)))
                .collect(),
            abroad: abroad(opened.snapshot.rows("foreign_grant"), as_of),
            pledges: pledges(opened.snapshot.rows("pledge"), opened.snapshot.rows("pledge_object"), as_of),
            events: events(folded, as_of),
            introduced: introduced(opened.snapshot.rows("patent_owner"), as_of),
            from_grant: opened.evaluation.parameters.get("maintenance_start").is_some_and(|start| start == "grant"),
        };
        if let Some(rows) = opened.views.rows("high_value") {
            for row in 0..rows.len() {
                if let Some(number) = rows.text(row, "application_number") {
                    facts.categories.entry(number).or_default().extend(rows.integer(row, "category"));
                }
            }
        }
        facts
    }

    /// Why a right that is not high-value is listed all the same.
    fn ripening(&self, number: &str, filed_on: Date, granted_on: Option<Date>, as_of: Date) -> Option<Standing> {
        let start = if self.from_grant { granted_on? } else { filed_on };
        // Ten whole years are not over ten (恰满十年不算): it counts from the day after.
        let day = add_years(start, MAINTAINED_YEARS).ok()?.tomorrow().ok()?;
        let is_near = lapses::within(as_of, day, CULTIVATION_DAYS);
        match (is_near, self.undetermined.contains(number)) {
            (true, _) => Some(Standing::Ripening(day)),
            (false, true) => Some(Standing::Undetermined),
            (false, false) => None,
        }
    }
}

fn numbers(rows: Option<Rows<'_>>) -> BTreeSet<&str> {
    rows.map(|rows| (0..rows.len()).filter_map(|row| rows.text(row, "application_number")).collect())
        .unwrap_or_default()
}

/// The relatives abroad of each right: those in force on the day, and those of which nobody told.
fn abroad(rows: Option<Rows<'_>>, as_of: Date) -> BTreeMap<&str, (usize, usize)> {
    let mut found: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let Some(rows) = rows else { return found };
    for row in 0..rows.len() {
        let (Some(number), Some("发明")) = (rows.text(row, "cn_application_number"), rows.text(row, "kind")) else {
            continue;
        };
        let holds = rows.date(row, "in_force_from").is_none_or(|from| from <= as_of)
            && rows.date(row, "in_force_until").is_none_or(|until| until > as_of)
            && rows.date(row, "granted_on").is_some_and(|granted| granted <= as_of);
        if rows.flag(row, "abroad") == Some(true) && holds {
            let counts = found.entry(number).or_default();
            if rows.flag(row, "state_known") == Some(true) { counts.0 += 1 } else { counts.1 += 1 }
        }
    }
    found
}

/// The pledges that hold each right on the day.
fn pledges<'a>(
    all: Option<Rows<'a>>,
    objects: Option<Rows<'a>>,
    as_of: Date,
) -> BTreeMap<&'a str, Vec<(String, String)>> {
    let mut found: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    let (Some(all), Some(objects)) = (all, objects) else { return found };
    let holding: BTreeMap<&str, &str> = (0..all.len())
        .filter(|&row| {
            all.date(row, "registered_on").is_some_and(|on| on <= as_of)
                && all.date(row, "released_on").is_none_or(|on| on > as_of)
        })
        .filter_map(|row| Some((all.text(row, "number")?, all.text(row, "pledgee")?)))
        .collect();
    for row in 0..objects.len() {
        let (Some(number), Some(object)) = (objects.text(row, "number"), objects.text(row, "object")) else { continue };
        if let Some(pledgee) = holding.get(number) {
            found.entry(object).or_default().push((number.to_owned(), (*pledgee).to_owned()));
        }
    }
    found
}

/// What was decided of each right in the last years.
fn events(folded: &Folded, as_of: Date) -> BTreeMap<&str, Vec<(String, Date)>> {
    const REGISTER: &str = "patent-events";
    let since = as_of.saturating_sub(jiff::Span::new().years(DECIDED_YEARS));
    let column = |field| Folded::column(REGISTER, field);
    let mut found: BTreeMap<&str, Vec<(String, Date)>> = BTreeMap::new();
    for row in folded.get(REGISTER) {
        let kind = row.text(column("kind"));
        let Ok(on) = row.text(column("effective_on")).parse::<Date>() else { continue };
        if TOLD.contains(&kind) && since <= on && on <= as_of {
            found.entry(row.text(column("application_number"))).or_default().push((kind.to_owned(), on));
        }
    }
    found.values_mut().for_each(|events| events.sort_by_key(|(_, on)| Reverse(*on)));
    found
}

/// The day on which a right that was first owned outside came to the city.
fn introduced(rows: Option<Rows<'_>>, as_of: Date) -> BTreeMap<&str, Date> {
    let Some(rows) = rows else { return BTreeMap::new() };
    let mut outside: BTreeMap<&str, Date> = BTreeMap::new();
    let mut came: BTreeMap<&str, Date> = BTreeMap::new();
    for row in 0..rows.len() {
        let Some(number) = rows.text(row, "application_number") else { continue };
        match (rows.flag(row, "in_city"), rows.date(row, "from_on")) {
            (Some(false), from) => {
                let from = from.unwrap_or(Date::MIN);
                outside.insert(number, outside.get(number).map_or(from, |first| from.min(*first)));
            }
            (Some(true), Some(on)) if on <= as_of => {
                came.insert(number, came.get(number).map_or(on, |first| on.min(*first)));
            }
            _ => {}
        }
    }
    came.retain(|number, on| outside.get(number).is_some_and(|from| from < on));
    came
}
