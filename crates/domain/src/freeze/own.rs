//! Whose a patent was on a day and whether it was in force: what shows that an enterprise's intellectual property is its own (自主知识产权,
//! AMB-29).
//!
//! Patents alone can be told so: marks, copyrights and grants abroad stand in other registers or in none, and are left to a person.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use registry::Folded;
use tokio::sync::Mutex;

use super::{
    enterprises::Enterprises,
    force,
    interval::Interval,
    owners::{self, Written},
    patents::{self, Events},
    sheet::Sheet,
    ties::{Ties, Why, is_person},
};
use crate::{Error, Installation};

/// The registers that are read.
const READS: &[&str] = &["enterprises", "enterprise-changes", "aliases", "patents", "patent-events"];

/// What a right is to an enterprise on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In force, and the enterprise is its first patentee.
    Own,
    /// Not granted by the day.
    NotGranted,
    /// Ended, given up or void by the day.
    Ended,
    /// In force, and another enterprise's.
    Others,
    /// In force, and a person's.
    Person,
    /// In force; the enterprise is one of its patentees, though not the first.
    Joint,
    /// In force; its patentee is tied to no enterprise.
    Untied,
    /// Not in the register of patents.
    Unregistered,
    /// Not the number of a patent.
    OtherKind,
    /// The register of patents never came.
    Uncollected,
    /// The register of enterprises does not hold the enterprise.
    UnknownFirm,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 11] = [
        Self::Own,
        Self::NotGranted,
        Self::Ended,
        Self::Others,
        Self::Person,
        Self::Joint,
        Self::Untied,
        Self::Unregistered,
        Self::OtherKind,
        Self::Uncollected,
        Self::UnknownFirm,
    ];

    /// Whether the right is the enterprise's own; none where that cannot be told.
    pub const fn is_own(self) -> Option<bool> {
        match self {
            Self::Own => Some(true),
            Self::NotGranted | Self::Ended | Self::Others | Self::Person => Some(false),
            Self::Joint
            | Self::Untied
            | Self::Unregistered
            | Self::OtherKind
            | Self::Uncollected
            | Self::UnknownFirm => None,
        }
    }

    /// Its key in addresses and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::NotGranted => "not-granted",
            Self::Ended => "ended",
            Self::Others => "others",
            Self::Person => "person",
            Self::Joint => "joint",
            Self::Untied => "untied",
            Self::Unregistered => "unregistered",
            Self::OtherKind => "other-kind",
            Self::Uncollected => "uncollected",
            Self::UnknownFirm => "unknown-firm",
        }
    }

    /// The reason as a clerk reads it.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Own => "当日有效，企业是专利权人",
            Self::NotGranted => "当日还没有授权",
            Self::Ended => "当日已经失效",
            Self::Others => "当日的专利权人是其他企业",
            Self::Person => "当日的专利权人是自然人",
            Self::Joint => "企业是共有人，不是第一专利权人；共有的算不算，文件没有写",
            Self::Untied => "专利权人没有对应到登记的企业",
            Self::Unregistered => "专利登记簿中没有这个号码",
            Self::OtherKind => "不是专利号，登记簿不能证明",
            Self::Uncollected => "从未导入专利登记簿",
            Self::UnknownFirm => "企业登记簿中没有这家企业",
        }
    }
}

/// A stretch in which one owner held a patent.
#[derive(Debug, Clone)]
struct Holding {
    during: Interval,
    /// Whether it is the owner at the grant, beside whom others may be named.
    is_first: bool,
    /// The enterprise behind the owner, or what stands in its place.
    owner: Result<String, Standing>,
}

/// One patent over time.
#[derive(Debug, Clone)]
struct Right {
    granted_on: Option<Date>,
    in_force: Option<Interval>,
    holdings: Vec<Holding>,
    /// The enterprises named beside the first patentee.
    others: Vec<String>,
}

/// Every patent with its owners over time, as the registers have them now.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    is_collected: bool,
    firms: BTreeSet<String>,
    patents: HashMap<String, Right>,
    /// The patents that were ever an enterprise's, or that it shares.
    of_firm: BTreeMap<String, BTreeSet<String>>,
}

impl Rights {
    pub(crate) fn of(folded: &Folded) -> Self {
        let enterprises = Enterprises::of(folded);
        let ties = Ties::new(folded, &enterprises);
        let events = patents::events(folded, &mut Vec::new());
        let sheet = Sheet::of(folded, "patents");
        let [number, kind, filed_on, granted_on, patentees, code, address] =
            ["application_number", "kind", "filed_on", "granted_on", "patentees", "first_patentee_uscc", "address"]
                .map(|field| sheet.field(field));
        let nothing = Events::default();
        let mut rights = Self {
            is_collected: folded.delivered.contains_key("patents"),
            firms: enterprises.rows.iter().map(|one| one.uscc.to_owned()).collect(),
            ..Self::default()
        };
        for row in sheet.rows {
            let (number, filed, granted) = (number.text(row), filed_on.date(row), granted_on.date(row));
            let Some(kind) = patents::kind_of(kind.text(row), number) else { continue };
            let Events { life, passings } = events.get(number).unwrap_or(&nothing);
            let written = Written { name: patentees.first(row), code: code.text(row), address: address.text(row) };
            let chain = owners::chain(written, granted, filed, &mut passings.clone(), &ties);
            let holding = |(during, is_first, name, tied)| Holding { during, is_first, owner: owner(name, tied) };
            let named = patentees.list(row).skip(1);
            let others = named.filter_map(|name| ties.tie(name, "", granted.or(filed)).ok().flatten());
            let right = Right {
                granted_on: granted,
                in_force: force::force(kind, filed, granted, life).in_force.map(|(during, _)| during),
                holdings: chain.into_iter().map(holding).collect(),
                others: others.map(str::to_owned).collect(),
            };
            rights.add(number, right);
        }
        rights
    }

    fn add(&mut self, number: &str, right: Right) {
        let owners = right.holdings.iter().filter_map(|one| one.owner.as_ref().ok());
        for firm in owners.chain(&right.others) {
            self.of_firm.entry(firm.clone()).or_default().insert(number.to_owned());
        }
        self.patents.insert(number.to_owned(), right);
    }

    /// What a right is to an enterprise on a day.
    pub(crate) fn standing(&self, number: &str, uscc: &str, on: Date) -> Standing {
        let Some(right) = self.patents.get(number) else {
            let is_patent = number.len() >= 9 && number.parse::<terms::ApplicationNumber>().is_ok();
            return match (is_patent, self.is_collected) {
                (false, _) => Standing::OtherKind,
                (true, true) => Standing::Unregistered,
                (true, false) => Standing::Uncollected,
            };
        };
        if right.granted_on.is_none_or(|granted| on < granted) {
            return Standing::NotGranted;
        }
        if !right.in_force.is_some_and(|during| during.holds(on)) {
            return Standing::Ended;
        }
        if !self.firms.contains(uscc) {
            return Standing::UnknownFirm;
        }
        let Some(holding) = right.holdings.iter().find(|one| one.during.holds(on)) else { return Standing::Untied };
        match &holding.owner {
            Ok(owner) if owner == uscc => Standing::Own,
            _ if holding.is_first && right.others.iter().any(|one| one == uscc) => Standing::Joint,
            Ok(_) => Standing::Others,
            Err(standing) => *standing,
        }
    }

    /// The patents that are an enterprise's own on a day, and those that it shares; none where the register never came.
    pub(crate) fn of_firm(&self, uscc: &str, on: Date) -> Option<Vec<(&str, Standing)>> {
        if !self.is_collected {
            return None;
        }
        let numbers = self.of_firm.get(uscc).into_iter().flatten();
        let standings = numbers.map(|number| (number.as_str(), self.standing(number, uscc, on)));
        Some(standings.filter(|(_, one)| matches!(one, Standing::Own | Standing::Joint)).collect())
    }
}

/// The enterprise behind an owner; a person needs none.
fn owner(name: &str, tied: Result<Option<&str>, Why>) -> Result<String, Standing> {
    match tied {
        Ok(Some(uscc)) => Ok(uscc.to_owned()),
        Err(Why::UnknownName) if is_person(name) => Err(Standing::Person),
        Ok(None) | Err(_) => Err(Standing::Untied),
    }
}

/// The batches that something was made from, and what was made.
type Made = Option<(Vec<i64>, Arc<Rights>)>;

/// What was made of the registers, made again when a batch has come or gone.
#[derive(Clone, Default)]
pub(crate) struct RightsShelf(Arc<Mutex<Made>>);

impl Installation {
    /// Every patent with its owners, as the registers have them now.
    pub(crate) async fn rights(&self, at: Timestamp) -> Result<Arc<Rights>, Error> {
        let folded = self.registers(at).await?;
        let batches = folded.batches_of(READS);
        let mut shelf = self.rights.0.lock().await;
        if let Some((of, rights)) = &*shelf
            && *of == batches
        {
            return Ok(Arc::clone(rights));
        }
        let rights = Arc::new(Rights::of(&folded));
        *shelf = Some((batches, Arc::clone(&rights)));
        Ok(rights)
    }
}

#[cfg(test)]
mod tests {
    //! Both sides of each day on which a right begins, passes on or ends.

    use jiff::civil::date;

    use super::*;

    fn right(owner: Result<String, Standing>) -> Right {
        Right {
            granted_on: Some(date(2020, 5, 1)),
            in_force: Some(Interval { from: Some(date(2020, 5, 1)), until: Some(date(2024, 5, 1)) }),
            holdings: vec![
                Holding { during: Interval { from: None, until: Some(date(2022, 3, 1)) }, is_first: true, owner },
                Holding {
                    during: Interval { from: Some(date(2022, 3, 1)), until: None },
                    is_first: false,
                    owner: Ok("B".into()),
                },
            ],
            others: vec!["C".into()],
        }
    }

    fn rights(owner: Result<String, Standing>) -> Rights {
        let mut rights =
            Rights { is_collected: true, firms: ["A", "B", "C", "D"].map(str::to_owned).into(), ..Rights::default() };
        rights.add("2013106997442", right(owner));
        rights
    }

    #[test]
    fn a_right_is_own_from_its_grant_until_it_passes_on_or_ends() {
        let rights = rights(Ok("A".into()));
        let check = |firm: &str, on: Date, expected: Standing| {
            assert_eq!(rights.standing("2013106997442", firm, on), expected, "{firm} {on}");
        };
        check("A", date(2020, 4, 30), Standing::NotGranted);
        check("A", date(2020, 5, 1), Standing::Own);
        check("A", date(2022, 2, 28), Standing::Own);
        check("A", date(2022, 3, 1), Standing::Others);
        check("B", date(2022, 2, 28), Standing::Others);
        check("B", date(2022, 3, 1), Standing::Own);
        check("B", date(2024, 4, 30), Standing::Own);
        check("B", date(2024, 5, 1), Standing::Ended);
        // Who shared the right with its first owner does not share it with the next one.
        check("C", date(2021, 1, 1), Standing::Joint);
        check("C", date(2022, 3, 1), Standing::Others);
        check("E", date(2021, 1, 1), Standing::UnknownFirm);
        assert_eq!(rights.of_firm("C", date(2021, 1, 1)).unwrap(), [("2013106997442", Standing::Joint)]);
        assert!(rights.of_firm("A", date(2023, 1, 1)).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_told_is_unknown_and_says_why() {
        let on = date(2021, 1, 1);
        assert_eq!(rights(Err(Standing::Untied)).standing("2013106997442", "A", on), Standing::Untied);
        assert_eq!(rights(Err(Standing::Person)).standing("2013106997442", "A", on).is_own(), Some(false));
        let rights = rights(Ok("A".into()));
        assert_eq!(rights.standing("971017654", "A", on), Standing::Unregistered);
        assert_eq!(rights.standing("2023SR0123456", "A", on), Standing::OtherKind);
        assert_eq!(rights.standing("12345678", "A", on), Standing::OtherKind, "the number of a mark");
        assert_eq!(Rights::default().standing("971017654", "A", on), Standing::Uncollected);
        assert_eq!(Rights::default().of_firm("A", on), None);
        for one in Standing::ALL {
            assert_eq!(one.is_own() == Some(true), one == Standing::Own, "{one:?}");
        }
    }
}
