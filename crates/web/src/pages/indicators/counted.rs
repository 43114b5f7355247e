//! What an indicator counts: the kind of thing, how a list of it is headed, and what the run's facts say of each.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::{
    frame::Frame,
    pages::{cockpit::shown::Shown, history, patents},
};

/// What is counted, ready for a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Right {
    /// Its number, as shown.
    pub(super) number: String,
    /// Its own page.
    pub(super) href: Option<String>,
    /// Its title, mark or name.
    pub(super) name: String,
    /// Whose it is.
    pub(super) owner: String,
    /// The enterprise's code, empty when it is tied to none.
    pub(super) uscc: String,
    /// The enterprise's page.
    pub(super) owner_href: Option<String>,
    /// Its town.
    pub(super) town: String,
    /// The day from which it counts.
    pub(super) on: Option<Date>,
    /// The amount counted, for pledges.
    pub(super) fen: Option<i64>,
}

/// The kind of thing that an indicator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// 发明专利.
    Inventions,
    /// 国外（境外）授权.
    ForeignGrants,
    /// 马德里国际注册.
    MadridMarks,
    /// Enterprises, by one of these statuses when there are any.
    Enterprises(&'static [&'static str]),
    /// 质押登记, each with one of its amounts.
    Pledges { amount: &'static str },
    /// Persons who passed a course.
    Persons,
    /// Courses passed, each by a person (人次).
    Passes,
}

impl Counted {
    /// What the indicator of this code counts.
    pub(super) fn by(code: &str) -> Self {
        match code {
            "K02" | "M08" | "M09" | "M11" | "M12" => Self::ForeignGrants,
            "K03" | "M10" => Self::MadridMarks,
            "K05" => Self::Enterprises(&["国家知识产权优势企业", "国家知识产权示范企业"]),
            "K06" | "M14" => Self::Enterprises(&[]),
            "K07" => Self::Enterprises(&["省贯标备案"]),
            "M01" | "M02" => Self::Enterprises(&["高新技术企业"]),
            "K08" | "M05" | "M07" => Self::Pledges { amount: "counted_fen" },
            "M06" => Self::Pledges { amount: "disbursed_fen" },
            "K11" => Self::Persons,
            "M13" => Self::Passes,
            _ => Self::Inventions,
        }
    }

    /// The register whose rows say it.
    pub(super) const fn register(self) -> &'static str {
        match self {
            Self::Inventions => "patents",
            Self::ForeignGrants => "foreign-grants",
            Self::MadridMarks => "madrid",
            Self::Enterprises(_) => "statuses",
            Self::Pledges { .. } => "pledges",
            Self::Persons | Self::Passes => "trainees",
        }
    }

    pub(super) fn number_heading(self, frame: &Frame) -> String {
        frame.t(match self {
            Self::Inventions => "patents-col-number",
            Self::ForeignGrants => "patents-col-grant-number",
            Self::MadridMarks => "rights-number-madrid",
            Self::Enterprises(_) => "rights-number-enterprise",
            Self::Pledges { .. } => "rights-number-pledge",
            Self::Persons | Self::Passes => "rights-number-person",
        })
    }

    pub(super) fn name_heading(self, frame: &Frame) -> String {
        frame.t(match self {
            Self::Inventions => "patents-col-title",
            Self::ForeignGrants => "rights-name-office",
            Self::MadridMarks => "rights-name-mark",
            Self::Enterprises(_) => "rights-name-status",
            Self::Pledges { .. } => "rights-name-pledgee",
            Self::Persons | Self::Passes => "rights-name-course",
        })
    }

    /// None for what has no day of its own.
    pub(super) fn date_heading(self, frame: &Frame) -> Option<String> {
        let word = match self {
            Self::Inventions | Self::ForeignGrants => "patents-col-granted",
            Self::MadridMarks | Self::Pledges { .. } => "rights-registered-on",
            Self::Enterprises([]) => return None,
            Self::Enterprises(_) => "rights-since",
            Self::Persons | Self::Passes => "rights-completed-on",
        };
        Some(frame.t(word))
    }

    /// What the run's facts say of each thing, by the id that the rules give it.
    fn facts(self, frame: &Frame, shown: &Shown) -> HashMap<String, Right> {
        match self {
            Self::Inventions => inventions(frame, shown),
            Self::ForeignGrants => foreign_grants(frame, shown),
            Self::MadridMarks => table(shown, "madrid", "ir_number", |rows, row| Right {
                href: history::link(frame, "madrid", &[rows.text(row, "ir_number").unwrap_or_default()]),
                name: rows.text(row, "mark").unwrap_or_default().to_owned(),
                on: rows.date(row, "registered_on"),
                ..Right::default()
            }),
            Self::Enterprises([]) => HashMap::new(),
            Self::Enterprises(kinds) => statuses(frame, shown, kinds),
            Self::Pledges { amount } => table(shown, "pledge", "number", |rows, row| Right {
                href: history::link(frame, "pledges", &[rows.text(row, "number").unwrap_or_default()]),
                name: rows.text(row, "pledgee").unwrap_or_default().to_owned(),
                on: rows.date(row, "registered_on"),
                fen: rows.integer(row, amount),
                ..Right::default()
            }),
            Self::Persons => table(shown, "trainee", "person", |rows, row| pass(frame, rows, row)),
            Self::Passes => passes(frame, shown),
        }
    }
}

/// What the run's facts say about each thing that an indicator counts.
pub(super) struct Book<'a> {
    frame: &'a Frame,
    shown: &'a Shown,
    facts: HashMap<String, Right>,
}

impl<'a> Book<'a> {
    /// The facts for the things of one indicator.
    pub(super) fn open(frame: &'a Frame, shown: &'a Shown, code: &str) -> Self {
        let facts = Counted::by(code).facts(frame, shown);
        Self { frame, shown, facts }
    }

    /// One thing with its facts.
    pub(super) fn right(&self, id: &str, region: Option<&str>, uscc: Option<&str>) -> Right {
        let known = self.facts.get(id).cloned().unwrap_or_default();
        let name = uscc.and_then(|uscc| self.shown.enterprise_name(uscc)).map(str::to_owned);
        let enterprise = uscc
            .filter(|_| crate::routes::exists("/enterprises"))
            .map(|uscc| self.shown.keep(self.frame.at(&format!("/enterprises/{uscc}"))));
        // An enterprise that is itself the thing counted leads to its own page by its number too.
        let own_page = if uscc == Some(id) { enterprise.clone() } else { None };
        Right {
            number: if known.number.is_empty() { id.to_owned() } else { known.number },
            href: known.href.or(own_page),
            name: known.name,
            owner: name.or_else(|| Some(known.owner).filter(|owner| !owner.is_empty())).unwrap_or_default(),
            uscc: uscc.unwrap_or_default().to_owned(),
            owner_href: enterprise,
            town: region.unwrap_or_default().to_owned(),
            on: known.on,
            fen: known.fen,
        }
    }
}

fn inventions(frame: &Frame, shown: &Shown) -> HashMap<String, Right> {
    let patents = patents::read::patents(&shown.opened);
    let right = |patent: &patents::read::Patent| Right {
        number: patents::read::written(&patent.number),
        href: Some(shown.keep(frame.at(&format!("/patents/{}", patent.number)))),
        name: patent.title.clone(),
        owner: patents::names::shown(frame, &patent.owner, patent.owner_uscc.is_some()),
        on: patent.granted_on,
        ..Right::default()
    };
    patents.iter().filter(|patent| patent.kind == "发明").map(|patent| (patent.number.clone(), right(patent))).collect()
}

/// Grants abroad by the right that the freeze found; of several rows the one that bears its number.
fn foreign_grants(frame: &Frame, shown: &Shown) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows("foreign_grant") else { return HashMap::new() };
    let mut found = HashMap::with_capacity(rows.len());
    for row in 0..rows.len() {
        let (Some(office), Some(number)) = (rows.text(row, "office"), rows.text(row, "grant_number")) else { continue };
        // Snapshots of before 2026-11-27 do not say which rows are one right.
        let id = rows.text(row, "right_id").map_or_else(|| written_whole(office, number), str::to_owned);
        let right = Right {
            number: number.to_owned(),
            href: history::link(frame, "foreign-grants", &[office, number]),
            name: patents::office(frame, office),
            owner: rows.text(row, "proprietor").unwrap_or_default().to_owned(),
            on: rows.date(row, "granted_on"),
            ..Right::default()
        };
        if id == written_whole(office, number) || !found.contains_key(&id) {
            found.insert(id, right);
        }
    }
    found
}

/// The number with the office before it, unless one stands there already.
fn written_whole(office: &str, number: &str) -> String {
    match number.starts_with(office) || number.starts_with("EP") {
        true => number.to_owned(),
        false => format!("{office}{number}"),
    }
}

/// The enterprises that hold one of these statuses on the day, with the status and its first day.
fn statuses(frame: &Frame, shown: &Shown, kinds: &[&str]) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows("status") else { return HashMap::new() };
    (0..rows.len())
        .filter(|row| rows.text(*row, "kind").is_some_and(|kind| kinds.contains(&kind)))
        .filter(|row| patents::read::Stretch::of(rows, *row).covers(shown.as_of()))
        .filter_map(|row| {
            let right =
                Right { name: frame.said(rows.text(row, "kind")?), on: rows.date(row, "from_on"), ..Right::default() };
            Some((rows.text(row, "uscc")?.to_owned(), right))
        })
        .collect()
}

/// A table of the snapshot by one of its columns.
fn table(
    shown: &Shown,
    name: &str,
    key: &str,
    right: impl Fn(rules::Rows<'_>, usize) -> Right,
) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows(name) else { return HashMap::new() };
    (0..rows.len()).filter_map(|row| Some((rows.text(row, key)?.to_owned(), right(rows, row)))).collect()
}

fn pass(frame: &Frame, rows: rules::Rows<'_>, row: usize) -> Right {
    let [person, course] = ["person", "course"].map(|column| rows.text(row, column).unwrap_or_default());
    Right {
        number: person.to_owned(),
        href: history::link(frame, "trainees", &[person, course]),
        name: course.to_owned(),
        on: rows.date(row, "completed_on"),
        ..Right::default()
    }
}

/// Courses passed by the id that the rules give them: person and course.
fn passes(frame: &Frame, shown: &Shown) -> HashMap<String, Right> {
    let Some(rows) = shown.opened.snapshot.rows("trainee") else { return HashMap::new() };
    (0..rows.len())
        .map(|row| pass(frame, rows, row))
        .map(|right| (format!("{} {}", right.number, right.name), right))
        .collect()
}
