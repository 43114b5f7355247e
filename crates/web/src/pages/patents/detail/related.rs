//! What stands around a patent: strategic industries, family abroad, prizes, pledges.

use registry::history::Wanted;

use crate::{
    frame::Frame,
    pages::{cockpit::shown::Shown, history},
    pieces::State as StateWord,
};

/// A match with the table of strategic emerging industries (战略性新兴产业).
#[derive(Debug)]
pub(super) struct Strategic {
    /// The industry's code in that table.
    pub(super) code: String,
    /// The rule of the table.
    pub(super) rule: String,
    /// What came out.
    pub(super) state: StateWord,
}

/// A grant abroad that rests on the same invention.
#[derive(Debug)]
pub(super) struct Family {
    /// Its number.
    pub(super) number: String,
    /// The office.
    pub(super) office: String,
    /// The day of the grant.
    pub(super) granted_on: String,
    /// PCT, 巴黎公约 or 直接.
    pub(super) route: String,
    /// Since when and until when it is in force.
    pub(super) in_force: String,
    /// Whether it counts as abroad.
    pub(super) abroad: bool,
}

/// A prize.
#[derive(Debug)]
pub(super) struct Prize {
    /// Its name.
    pub(super) name: String,
    /// The year.
    pub(super) year: String,
    /// The grade.
    pub(super) grade: String,
    /// The document.
    pub(super) basis: String,
}

/// A pledge that holds the patent.
#[derive(Debug)]
pub(super) struct Pledge {
    /// Its number.
    pub(super) number: String,
    /// The pledgee.
    pub(super) pledgee: String,
    /// When it was registered and released.
    pub(super) registered_on: String,
    /// When it was released; empty while it stands.
    pub(super) released_on: String,
    /// The whole amount.
    pub(super) amount: String,
    /// The part that falls on this patent.
    pub(super) allocated: String,
}

/// The rows of other registers that name the patent.
pub(super) fn others(frame: &Frame, shown: &Shown, number: &str) -> Vec<Wanted> {
    let snapshot = &shown.opened.snapshot;
    let key = |parts: &[&str]| parts.join(&registry::KEY_SEPARATOR.to_string());
    let mut wanted = Vec::new();
    if let Some(rows) = snapshot.rows("foreign_grant") {
        wanted.extend(rows.whose("cn_application_number", number).filter_map(|row| {
            Some(history::one("foreign-grants", &key(&[rows.text(row, "office")?, rows.text(row, "grant_number")?])))
        }));
    }
    if let Some(rows) = snapshot.rows("pledge_object").filter(|_| history::may_open(frame, "pledges")) {
        let pledges = rows.whose("object", number).filter_map(|row| rows.text(row, "number"));
        wanted.extend(pledges.map(|pledge| history::one("pledges", pledge)));
    }
    wanted
}

/// Matches with the table of strategic industries, met first.
pub(super) fn strategic(frame: &Frame, shown: &Shown, number: &str) -> Vec<Strategic> {
    let Some(rows) = shown.opened.snapshot.rows("patent_sei") else { return Vec::new() };
    let mut found: Vec<Strategic> = rows
        .whose("application_number", number)
        .map(|row| {
            let (holds, word) = match rows.text(row, "verdict") {
                Some("met") => (Some(true), frame.t("strategic-met")),
                Some("refused") => (Some(false), frame.t("strategic-refused")),
                _ => (None, frame.t("strategic-open")),
            };
            Strategic {
                code: rows.text(row, "code").unwrap_or_default().to_owned(),
                rule: rows.text(row, "rule").unwrap_or_default().to_owned(),
                state: StateWord::new(super::tone(holds), word),
            }
        })
        .collect();
    found.sort_by_key(|one| (one.state.tone.key() != "ok", one.code.clone()));
    found
}

/// Grants abroad on the same invention.
pub(super) fn family(frame: &Frame, shown: &Shown, number: &str) -> Vec<Family> {
    let Some(rows) = shown.opened.snapshot.rows("foreign_grant") else { return Vec::new() };
    let day = |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |date| date.to_string());
    rows.whose("cn_application_number", number)
        .map(|row| {
            let office = rows.text(row, "office").unwrap_or_default();
            Family {
                number: rows.text(row, "grant_number").unwrap_or_default().to_owned(),
                office: crate::pages::patents::office(frame, office),
                granted_on: day(rows.date(row, "granted_on")),
                route: frame.said(rows.text(row, "route").unwrap_or_default()),
                in_force: match (rows.date(row, "in_force_until"), rows.flag(row, "state_known")) {
                    (Some(until), _) => frame.t1("family-until", "date", super::last_day(until)),
                    (None, Some(false)) => frame.t("word-unknown"),
                    (None, _) => frame.t("patents-in-force"),
                },
                abroad: rows.flag(row, "abroad") == Some(true),
            }
        })
        .collect()
}

/// Prizes of the patent.
pub(super) fn prizes(frame: &Frame, shown: &Shown, number: &str) -> Vec<Prize> {
    let Some(rows) = shown.opened.snapshot.rows("prize") else { return Vec::new() };
    let text = |row: usize, column: &'static str| rows.text(row, column).unwrap_or_default().to_owned();
    rows.whose("application_number", number)
        .map(|row| Prize {
            name: frame.said(&text(row, "prize")),
            year: rows.integer(row, "year").map_or_else(String::new, |year| year.to_string()),
            grade: text(row, "grade"),
            basis: text(row, "basis"),
        })
        .collect()
}

/// Pledges that hold the patent, by registration.
pub(super) fn pledges(frame: &Frame, shown: &Shown, number: &str) -> Vec<Pledge> {
    let snapshot = &shown.opened.snapshot;
    let (Some(objects), Some(pledges)) = (snapshot.rows("pledge_object"), snapshot.rows("pledge")) else {
        return Vec::new();
    };
    let money = |fen: Option<i64>| fen.map_or_else(|| frame.t("word-unknown"), |fen| super::money(frame, fen));
    let mut found: Vec<Pledge> = objects
        .whose("object", number)
        .filter_map(|object| {
            let id = objects.text(object, "number")?;
            let row = pledges.whose("number", id).next()?;
            Some(Pledge {
                number: id.to_owned(),
                pledgee: pledges.text(row, "pledgee").unwrap_or_default().to_owned(),
                registered_on: pledges.date(row, "registered_on").map_or_else(String::new, |day| day.to_string()),
                released_on: pledges.date(row, "released_on").map_or_else(String::new, |day| day.to_string()),
                amount: money(pledges.integer(row, "amount_fen")),
                allocated: money(objects.integer(object, "allocated_fen")),
            })
        })
        .collect();
    found.sort_by(|a, b| a.registered_on.cmp(&b.registered_on));
    found
}
