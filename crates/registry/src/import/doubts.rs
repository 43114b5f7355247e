//! Doubts about a row that only other rows, other registers or the day of the import can raise.
//!
//! They stop nothing, but for a trajectory of a town that does not exist, which nothing could ever read.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
};

use db::Tx;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use terms::{ForeignGrant, text::fold_name};

use super::{Reason, reader::ReadRow, ties};
use crate::{
    Error, Folded,
    cells::LIST_SEPARATOR,
    fold::{VisibleBatch, rows_of},
    registers::Register,
};

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
    /// Announcement number of a grant → application number, as registered before.
    known_grants: HashMap<String, String>,
    /// Foreign right → who claims it, and in which row.
    claims: HashMap<String, Vec<Claim>>,
    /// The day of the import.
    today: Date,
}

/// Who is named the proprietor of a foreign right.
struct Claim {
    /// The key of the row; a later row of this key corrects it.
    key: (String, String),
    code: String,
    name: String,
    /// Where the row stands, in words.
    place: String,
}

impl Claim {
    /// Whether this can only be somebody else: two codes that differ, or two names where a code is missing.
    fn is_of_another(&self, other: &Self) -> bool {
        match self.code.is_empty() || other.code.is_empty() {
            false => self.code != other.code,
            true => fold_name(&self.name) != fold_name(&other.name),
        }
    }

    /// Who it is, as the row says it.
    fn claimant(&self) -> &str {
        if self.code.is_empty() { &self.name } else { &self.code }
    }
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
            known_grants: ties::grants(tx, register, merged).await?,
            claims: claims(tx, register, merged).await?,
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
        doubts.extend(self.other_claimant(row));
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
        if let Some(known) = self.known_grants.get(grant).filter(|known| *known != number) {
            let why = format!("登记簿中申请 {known} 也是这个授权公告号，两者必有一错。请核对。");
            return Some(self.reason("grant_number", grant, why));
        }
        let (number, key) = (self.hasher.hash_one(number), self.hasher.hash_one(grant));
        let (first, first_row) = *self.grants.entry(key).or_insert((number, row.number));
        (first != number).then(|| {
            let why = format!("本文件第 {first_row} 行的另一件申请也是这个授权公告号，两者必有一错。请核对。");
            self.reason("grant_number", grant, why)
        })
    }

    /// One foreign right counts for one enterprise, so that of two who claim it one would go without a word.
    fn other_claimant(&mut self, row: &ReadRow) -> Option<Reason> {
        if self.register.id != FOREIGN {
            return None;
        }
        let text = |field: &str| self.cell(row, field).unwrap_or_default();
        let (right, claim) = claim_of(&text, format!("本文件第 {} 行", row.number));
        let mut known = self.claims.get(&right).into_iter().flatten();
        let other = known.find(|known| known.key != claim.key && known.is_of_another(&claim));
        let doubt = other.map(|known| {
            let why = format!(
                "{}的同一项授权（{right}）写的是 {}；一项授权只计入一家，更正之前不据此奖励任何一家。请核对专利权人。",
                known.place,
                known.claimant()
            );
            let field = if claim.code.is_empty() { "proprietor" } else { "proprietor_uscc" };
            self.reason(field, claim.claimant(), why)
        });
        let claims = self.claims.entry(right).or_default();
        claims.retain(|known| known.key != claim.key);
        claims.push(claim);
        doubt
    }

    fn cell<'r>(&self, row: &'r ReadRow, field: &str) -> Option<&'r str> {
        row.checked.cells[self.register.index(field)?].as_deref()
    }

    fn reason(&self, field: &str, value: &str, reason: String) -> Reason {
        let place = self.register.index(field).expect("a doubt is about a cell of the register");
        Reason { column: self.register.columns[place].heading.to_owned(), value: value.to_owned(), reason }
    }
}

/// The register of rights granted abroad.
const FOREIGN: &str = "foreign-grants";

/// The right that a row is about, and who claims it.
fn claim_of<'r>(text: &dyn Fn(&str) -> &'r str, place: String) -> (String, Claim) {
    let (office, number) = (text("office"), text("grant_number"));
    let grant = office.parse().ok().and_then(|office| ForeignGrant::read(office, number));
    let right = grant.map_or_else(|| format!("{office}{number}"), |grant| grant.right());
    let name = text("proprietor").split(LIST_SEPARATOR).next().unwrap_or_default().to_owned();
    let key = (office.to_owned(), number.to_owned());
    (right, Claim { key, code: text("proprietor_uscc").to_owned(), name, place })
}

/// Who claims each foreign right by these batches; none for other registers.
async fn claims(
    tx: &mut Tx,
    register: &'static Register,
    visible: &HashMap<i64, VisibleBatch>,
) -> Result<HashMap<String, Vec<Claim>>, Error> {
    let mut claims: HashMap<String, Vec<Claim>> = HashMap::new();
    if register.id != FOREIGN {
        return Ok(claims);
    }
    for row in rows_of(tx, register, visible).await? {
        let text = |field: &str| row.text(Folded::column(register.id, field));
        let (right, claim) = claim_of(&text, "登记簿中已有".to_owned());
        claims.entry(right).or_default().push(claim);
    }
    Ok(claims)
}
