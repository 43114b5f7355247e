//! Doubts about a row that only other rows, other registers or the day of the import can raise.
//!
//! They stop nothing, but for a trajectory of a town that does not exist, which nothing could ever read.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use db::Tx;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use terms::text::fold_name;

use super::{Reason, reader::ReadRow, ties};
use crate::{Error, fold::VisibleBatch, registers::Register};

/// The columns that tell what has happened, so that no day to come can stand there.
const PAST: &[&str] = &[
    "filed_on",
    "granted_on",
    "founded_on",
    "state_since",
    "changed_on",
    "revoked_on",
    "registered_on",
    "released_on",
    "paid_on",
    "completed_on",
    "contract_on",
];

/// What the rows of an import are held against.
pub(super) struct Doubts {
    register: &'static Register,
    /// The towns that rows may name; empty when that is not asked or none is known.
    towns: HashSet<String>,
    /// The names of persons by number.
    persons: HashMap<String, String>,
    /// Announcement number of a grant, by hash → application number, by hash, and its row.
    grants: HashMap<u64, (u64, u32)>,
    hasher: RandomState,
    /// The day of the import.
    today: Date,
}

impl Doubts {
    pub(super) async fn begin(
        tx: &mut Tx,
        register: &'static Register,
        recorded_at: Timestamp,
        merged: &HashMap<i64, VisibleBatch>,
    ) -> Result<Self, Error> {
        let beijing = TimeZone::fixed(jiff::tz::offset(8));
        Ok(Self {
            register,
            towns: ties::towns(tx, register, merged).await?,
            persons: ties::persons(tx, register, merged).await?,
            grants: HashMap::new(),
            hasher: RandomState::new(),
            today: recorded_at.to_zoned(beijing).date(),
        })
    }

    /// Every doubt about a row, those of its own cells first.
    pub(super) fn about(&mut self, row: &ReadRow) -> Vec<Reason> {
        let mut doubts = row.checked.warnings.clone();
        doubts.extend(self.to_come(row));
        doubts.extend(self.unknown_town(row).filter(|_| !self.is_of_no_use_without_town()));
        doubts.extend(self.other_name(row));
        doubts.extend(self.same_grant(row));
        doubts
    }

    /// Why a row can be of no use: a trajectory of a town that does not exist.
    pub(super) fn misplaced(&self, row: &ReadRow) -> Option<Reason> {
        self.unknown_town(row).filter(|_| self.is_of_no_use_without_town())
    }

    fn is_of_no_use_without_town(&self) -> bool {
        self.register.id == "trajectories"
    }

    fn to_come<'a>(&'a self, row: &'a ReadRow) -> impl Iterator<Item = Reason> + 'a {
        PAST.iter().filter_map(move |field| {
            let day = self.cell(row, field)?;
            let is_to_come = day.parse::<Date>().is_ok_and(|day| day > self.today);
            is_to_come.then(|| self.reason(field, day, "这一天还没有到，不会已经发生。请核对年份。".to_owned()))
        })
    }

    /// A row whose town no register knows would stand in no town without anybody being told.
    fn unknown_town(&self, row: &ReadRow) -> Option<Reason> {
        let field = ties::town_field(self.register).filter(|_| !self.towns.is_empty())?;
        let town = self.cell(row, field)?;
        let is_name = self.register.id == "enterprise-changes" && self.cell(row, "kind") == Some("名称");
        let then = match self.register.id {
            "enterprises" | "enterprise-changes" => "统计时归入未定区镇",
            _ => "这个数不会用于任何区镇",
        };
        (!is_name && !self.towns.contains(&fold_name(town))).then(|| {
            let why = format!("“区镇”登记簿中没有“{town}”，{then}。请核对写法，或先导入这个区镇。");
            self.reason(field, town, why)
        })
    }

    /// One number under two names is counted as one person.
    fn other_name(&mut self, row: &ReadRow) -> Option<Reason> {
        if self.register.id != "trainees" {
            return None;
        }
        let (person, name) = (self.cell(row, "person")?, self.cell(row, "name")?);
        let known = self.persons.entry(person.to_owned()).or_insert_with(|| name.to_owned());
        let is_other = fold_name(known) != fold_name(name);
        is_other.then(|| {
            let why = "同一人员编号已用于另一个姓名，将只计为一人。请核对编号是否重复使用。";
            self.reason("person", person, why.to_owned())
        })
    }

    /// One announcement of a grant belongs to one application.
    fn same_grant(&mut self, row: &ReadRow) -> Option<Reason> {
        if self.register.id != "patents" {
            return None;
        }
        let (number, grant) = (self.cell(row, "application_number")?, self.cell(row, "grant_number")?);
        let (number, key) = (self.hasher.hash_one(number), self.hasher.hash_one(grant));
        let (first, first_row) = *self.grants.entry(key).or_insert((number, row.number));
        (first != number).then(|| {
            let why = format!("本文件第 {first_row} 行的另一件申请也是这个授权公告号，两者必有一错。请核对。");
            self.reason("grant_number", grant, why)
        })
    }

    fn cell<'r>(&self, row: &'r ReadRow, field: &str) -> Option<&'r str> {
        row.checked.cells[self.register.index(field)?].as_deref()
    }

    fn reason(&self, field: &str, value: &str, reason: String) -> Reason {
        let place = self.register.index(field).expect("a doubt is about a cell of the register");
        Reason { column: self.register.columns[place].heading.to_owned(), value: value.to_owned(), reason }
    }
}
