//! The facts of a snapshot that alarms look at, as plain rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rules::Snapshot;

/// Everything that alarms look at.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) owners: Vec<Owner>,
    pub(super) enterprises: BTreeMap<String, Life>,
    pub(super) patents: Vec<Patent>,
    /// When a patent was in force: its first day, and the first day no longer.
    pub(super) force: BTreeMap<String, (Date, Option<Date>)>,
    /// Patents that count as never granted (全部无效).
    pub(super) void: BTreeSet<String>,
    pub(super) grants: Vec<Grant>,
    pub(super) pledges: Vec<Pledge>,
}

/// Who owned a right, and when; `until_on` is the first day no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) application_number: String,
    pub(super) from_on: Option<Date>,
    pub(super) until_on: Option<Date>,
    pub(super) owner: String,
    pub(super) uscc: Option<String>,
}

impl Owner {
    /// Whether it owns the right at the end of this day.
    pub(super) fn holds_on(&self, day: Date) -> bool {
        self.from_on.is_none_or(|from| from <= day) && self.until_on.is_none_or(|until| until > day)
    }

    /// Whether it gave the right away after one day and not later than another.
    pub(super) fn gave_away(&self, after: Date, until: Date) -> bool {
        self.until_on.is_some_and(|day| day > after && day <= until)
    }
}

/// When an enterprise was founded, and the first day on which it was gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) founded_on: Option<Date>,
    pub(super) gone_on: Option<Date>,
}

impl Life {
    fn exists_on(self, day: Date) -> bool {
        self.founded_on.is_none_or(|founded| founded <= day) && self.gone_on.is_none_or(|gone| gone > day)
    }
}

/// A patent or application, with the enterprise that first had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patent {
    pub(super) application_number: String,
    pub(super) is_invention: bool,
    pub(super) uscc: Option<String>,
    pub(super) filed_on: Option<Date>,
}

/// A grant abroad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) number: String,
    pub(super) office: String,
    pub(super) pct: Option<String>,
    pub(super) uscc: Option<String>,
    pub(super) granted_on: Option<Date>,
    pub(super) until_on: Option<Date>,
}

/// One right in one registered pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pledge {
    pub(super) number: String,
    pub(super) object: String,
    pub(super) uscc: String,
    pub(super) registered_on: Option<Date>,
    pub(super) released_on: Option<Date>,
}

impl Pledge {
    /// Whether it stands at the end of this day.
    pub(super) fn is_open_on(&self, day: Date) -> bool {
        self.registered_on.is_some_and(|registered| registered <= day)
            && self.released_on.is_none_or(|released| released > day)
    }
}

impl Facts {
    pub(super) fn read(snapshot: &Snapshot) -> Self {
        Self {
            owners: owners(snapshot),
            enterprises: enterprises(snapshot),
            patents: patents(snapshot),
            force: force(snapshot),
            void: void(snapshot),
            grants: grants(snapshot),
            pledges: pledges(snapshot),
        }
    }

    /// The inventions that count for the stars on a day: in force, and a living enterprise is the first patentee.
    pub(super) fn star_rights(&self, day: Date) -> BTreeSet<String> {
        let inventions: BTreeSet<&str> =
            self.patents.iter().filter(|one| one.is_invention).map(|one| one.application_number.as_str()).collect();
        self.owners
            .iter()
            .filter(|owner| owner.holds_on(day) && inventions.contains(owner.application_number.as_str()))
            .filter(|owner| self.is_in_force(&owner.application_number, day))
            .filter(|owner| {
                let life = owner.uscc.as_ref().and_then(|uscc| self.enterprises.get(uscc));
                life.is_some_and(|life| life.exists_on(day))
            })
            .map(|owner| owner.application_number.clone())
            .collect()
    }

    /// Whether a patent is in force at the end of a day.
    pub(super) fn is_in_force(&self, application_number: &str, day: Date) -> bool {
        self.force
            .get(application_number)
            .is_some_and(|(from, until)| *from <= day && until.is_none_or(|until| until > day))
    }
}

fn owners(snapshot: &Snapshot) -> Vec<Owner> {
    let Some(rows) = snapshot.rows("patent_owner") else { return Vec::new() };
    (0..rows.len())
        .filter_map(|row| {
            Some(Owner {
                application_number: rows.text(row, "application_number")?.to_owned(),
                from_on: rows.date(row, "from_on"),
                until_on: rows.date(row, "until_on"),
                owner: rows.text(row, "owner").unwrap_or_default().to_owned(),
                uscc: rows.text(row, "owner_uscc").map(str::to_owned),
            })
        })
        .collect()
}

fn enterprises(snapshot: &Snapshot) -> BTreeMap<String, Life> {
    let Some(rows) = snapshot.rows("enterprise") else { return BTreeMap::new() };
    (0..rows.len())
        .filter_map(|row| {
            let life = Life { founded_on: rows.date(row, "founded_on"), gone_on: rows.date(row, "gone_on") };
            Some((rows.text(row, "uscc")?.to_owned(), life))
        })
        .collect()
}

fn patents(snapshot: &Snapshot) -> Vec<Patent> {
    let Some(rows) = snapshot.rows("patent") else { return Vec::new() };
    (0..rows.len())
        .filter_map(|row| {
            Some(Patent {
                application_number: rows.text(row, "application_number")?.to_owned(),
                is_invention: rows.text(row, "kind") == Some("发明"),
                uscc: rows.text(row, "grant_uscc").map(str::to_owned),
                filed_on: rows.date(row, "filed_on"),
            })
        })
        .collect()
}

fn force(snapshot: &Snapshot) -> BTreeMap<String, (Date, Option<Date>)> {
    let Some(rows) = snapshot.rows("patent_force") else { return BTreeMap::new() };
    (0..rows.len())
        .filter_map(|row| {
            let number = rows.text(row, "application_number")?.to_owned();
            Some((number, (rows.date(row, "from_on")?, rows.date(row, "until_on"))))
        })
        .collect()
}

fn void(snapshot: &Snapshot) -> BTreeSet<String> {
    let Some(rows) = snapshot.rows("patent_void") else { return BTreeSet::new() };
    (0..rows.len()).filter_map(|row| rows.text(row, "application_number").map(str::to_owned)).collect()
}

fn grants(snapshot: &Snapshot) -> Vec<Grant> {
    let Some(rows) = snapshot.rows("foreign_grant") else { return Vec::new() };
    (0..rows.len())
        .filter_map(|row| {
            Some(Grant {
                number: rows.text(row, "grant_number")?.to_owned(),
                office: rows.text(row, "office")?.to_owned(),
                pct: rows.text(row, "pct_number").map(str::to_owned),
                uscc: rows.text(row, "uscc").map(str::to_owned),
                granted_on: rows.date(row, "granted_on"),
                until_on: rows.date(row, "in_force_until"),
            })
        })
        .collect()
}

fn pledges(snapshot: &Snapshot) -> Vec<Pledge> {
    let (Some(pledges), Some(objects)) = (snapshot.rows("pledge"), snapshot.rows("pledge_object")) else {
        return Vec::new();
    };
    let rows: BTreeMap<&str, usize> =
        (0..pledges.len()).filter_map(|row| Some((pledges.text(row, "number")?, row))).collect();
    (0..objects.len())
        .filter_map(|at| {
            let number = objects.text(at, "number")?;
            let row = *rows.get(number)?;
            Some(Pledge {
                number: number.to_owned(),
                object: objects.text(at, "object")?.to_owned(),
                uscc: pledges.text(row, "uscc")?.to_owned(),
                registered_on: pledges.date(row, "registered_on"),
                released_on: pledges.date(row, "released_on"),
            })
        })
        .collect()
}
