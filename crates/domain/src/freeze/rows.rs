//! The tables of a snapshot, as rows that borrow their text from the folded registers.
//!
//! Rows sort by all their columns in order, so that a table never depends on the order in which facts arrived.
//! `from_on` is the first day, `until_on` the first day no longer covered, and null means open.

use jiff::civil::Date;
use rayon::prelude::*;
use rules::{Column, Snapshot};

/// Declares one row type per table, with its columns in order.
macro_rules! tables {
    ($( $(#[$doc:meta])* $row:ident<$life:lifetime> = $table:literal { $( $field:ident: $type:ty ),* $(,)? } )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
            pub(super) struct $row<$life> { $( pub(super) $field: $type, )* }

            impl<$life> Row for $row<$life> {
                const TABLE: &'static str = $table;

                fn columns() -> Vec<(&'static str, Make<Self>)> {
                    vec![$( (stringify!($field), |rows| Cell::column(rows.iter().map(|row| row.$field))) ),*]
                }
            }
        )*
    };
}

tables! {
    /// 区镇.
    Region<'a> = "region" { code: &'a str, name: &'a str, kind: &'a str, valid_from: Option<Date>, valid_to: Option<Date> }
    /// 企业; `gone_on` is the first day on which it no longer exists.
    Enterprise<'a> = "enterprise" {
        uscc: &'a str, name: &'a str, industry: Option<&'a str>, size: Option<&'a str>, founded_on: Option<Date>, gone_on: Option<Date>,
    }
    /// Where an enterprise was registered, and when.
    EnterprisePlace<'a> = "enterprise_place" { uscc: &'a str, from_on: Option<Date>, until_on: Option<Date>, town: Option<&'a str> }
    /// 资质.
    Status<'a> = "status" {
        uscc: &'a str, kind: &'a str, certificate: Option<&'a str>, from_on: Date, until_on: Option<Date>, basis: Option<&'a str>,
    }
    /// 专利.
    Patent<'a> = "patent" {
        application_number: &'a str, kind: &'a str, title: &'a str, filed_on: Option<Date>, granted_on: Option<Date>,
        grant_number: Option<&'a str>, applicant_names: &'a str, grant_uscc: Option<&'a str>, grant_owner: Option<&'a str>,
        grant_town: Option<&'a str>, grant_in_city: bool,
    }
    /// When a patent was in force, and what ended it.
    PatentForce<'a> = "patent_force" { application_number: &'a str, from_on: Date, until_on: Option<Date>, ended_by: Option<&'a str> }
    /// 全部无效: patents that are deemed never to have existed.
    PatentVoid<'a> = "patent_void" { application_number: &'a str }
    /// First-named owners over time.
    PatentOwner<'a> = "patent_owner" {
        application_number: &'a str, from_on: Option<Date>, until_on: Option<Date>, owner: &'a str, owner_uscc: Option<&'a str>,
        place_rule: &'a str, town: Option<&'a str>, in_city: bool,
    }
    /// 分类号.
    PatentIpc<'a> = "patent_ipc" { application_number: &'a str, symbol: &'a str }
    /// Patents against 战略性新兴产业.
    PatentSei<'a> = "patent_sei" { application_number: &'a str, code: &'a str, rule: &'a str, verdict: &'a str }
    /// 国外授权.
    ForeignGrant<'a> = "foreign_grant" {
        office: &'a str, grant_number: &'a str, right_id: &'a str, granted_on: Option<Date>, route: &'a str,
        pct_number: Option<&'a str>, cn_application_number: Option<&'a str>, uscc: Option<&'a str>, proprietor: &'a str,
        kind: &'a str, in_force_from: Option<Date>, in_force_until: Option<Date>, state_known: bool, abroad: bool,
    }
    /// 奖项.
    Prize<'a> = "prize" { prize: &'a str, year: Option<i64>, application_number: &'a str, grade: Option<&'a str>, basis: &'a str }
    /// 质押登记.
    Pledge<'a> = "pledge" {
        number: &'a str, rights: &'a str, uscc: &'a str, pledgee: &'a str, amount_fen: Option<i64>, counted_fen: Option<i64>,
        disbursed_fen: Option<i64>, registered_on: Option<Date>, released_on: Option<Date>, rollover: bool,
    }
    /// 质押标的, each with its part of the counted amount.
    PledgeObject<'a> = "pledge_object" { number: &'a str, object: &'a str, allocated_fen: Option<i64> }
    /// 注册商标.
    Trademark<'a> = "trademark" {
        number: &'a str, nice_class: &'a str, mark: Option<&'a str>, uscc: Option<&'a str>, holder: &'a str,
        registered_on: Option<Date>, expires_on: Option<Date>, kind: Option<&'a str>,
    }
    /// 马德里国际注册.
    Madrid<'a> = "madrid" {
        ir_number: &'a str, registration: &'a str, mark: Option<&'a str>, uscc: Option<&'a str>, holder: &'a str,
        registered_on: Option<Date>, origin: &'a str,
    }
    /// 统计数据; an empty region is the city.
    Statistic<'a> = "statistic" {
        measure: &'a str, region: &'a str, year: Option<i64>, value: Option<i64>, unit: &'a str, vintage: &'a str,
        published_on: Option<Date>, source: &'a str,
    }
    /// 官方高价值发明专利清单.
    OfficialHighValue<'a> = "official_high_value" { application_number: &'a str, as_of: Option<Date>, categories: &'a str }
    /// 培训人员.
    Trainee<'a> = "trainee" {
        person: &'a str, course: &'a str, service: &'a str, uscc: Option<&'a str>, completed_on: Option<Date>, passed: bool,
    }
    /// 调查.
    SurveyWave<'a> = "survey_wave" {
        survey: &'a str, as_of: Option<Date>, sample: Option<i64>, positive: Option<i64>, mean_score: Option<&'a str>, approval: &'a str,
    }
    /// 官费票据.
    OfficialFee<'a> = "official_fee" { number: &'a str, kind: &'a str, amount_fen: Option<i64>, paid_on: Option<Date> }
    /// Whether a file of the register has ever come, whether only such as had no sound row, and the end of the last month reported.
    RegisterState<'a> = "register_state" { register: &'a str, delivered: bool, refused: bool, reported_until: Option<Date> }
    /// 报送情况; `to_on` is the last day of the period.
    Delivery<'a> = "delivery" { register: &'a str, from_on: Date, to_on: Date, state: &'a str }
    /// Interim targets that an author entered.
    Trajectory<'a> = "trajectory" { indicator: &'a str, region: &'a str, on_date: Option<Date>, value: &'a str }
}

/// What makes a column from all rows.
type Make<R> = fn(&[R]) -> Column;

/// A row of a snapshot table.
pub(super) trait Row: Ord + Sized + Sync {
    /// The table's name.
    const TABLE: &'static str;
    /// The table's columns in order, each with what makes it from the rows.
    fn columns() -> Vec<(&'static str, Make<Self>)>;
}

/// A type that a column may have.
trait Cell: Sized {
    /// The column of these cells.
    fn column(cells: impl Iterator<Item = Self> + Clone) -> Column;
}

macro_rules! cells {
    ($( $type:ty => $column:ident ),*) => { $(
        impl Cell for $type {
            fn column(cells: impl Iterator<Item = Self> + Clone) -> Column {
                Column::$column(cells.map(Some))
            }
        }
        impl Cell for Option<$type> {
            fn column(cells: impl Iterator<Item = Self> + Clone) -> Column {
                Column::$column(cells)
            }
        }
    )* };
}

cells!(&str => texts, i64 => integers, Date => dates, bool => flags);

/// The tables that go into one snapshot.
#[derive(Default)]
pub(super) struct Tables {
    tables: Vec<(&'static str, Vec<(&'static str, Column)>)>,
    rows: usize,
}

impl Tables {
    /// Adds a table, column by column on all cores; the snapshot itself puts its rows in order.
    pub(super) fn add<R: Row>(&mut self, rows: Vec<R>) {
        let columns = R::columns().into_par_iter().map(|(name, column)| (name, column(&rows))).collect();
        self.tables.push((R::TABLE, columns));
        self.rows += rows.len();
    }

    /// How many rows were added.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The snapshot of all tables added.
    pub(super) fn freeze(self) -> Result<Snapshot, rules::Error> {
        Snapshot::of_columns(self.tables)
    }
}
