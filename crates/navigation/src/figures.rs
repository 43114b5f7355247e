//! The answers to the questions of the templates, a file per group; each counts and says what it found.

pub(crate) mod applicants;
pub(crate) mod data;
pub(crate) mod effects;
pub(crate) mod key_patents;
pub(crate) mod layout;
pub(crate) mod life_cycle;
pub(crate) mod path;
pub(crate) mod people;
pub(crate) mod position;
pub(crate) mod risk;
pub(crate) mod specialisation;
pub(crate) mod trend;

use corpus::Query;

use crate::{
    Result, Unit,
    figure::{Cell, Column, Drawing, Row},
    study::Study,
};

/// The answer to a question.
pub(crate) struct Answer {
    pub(crate) search: Query,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    pub(crate) finding: String,
    pub(crate) drawing: Option<Drawing>,
}

/// How many rows a ranking shows.
pub(crate) const RANKED: usize = 15;

/// The columns 件 and 族.
pub(crate) fn counts() -> [Column; 2] {
    [Column::count("件"), Column::count("族")]
}

/// Documents and families as cells.
pub(crate) fn count_cells((documents, families): (u64, u64)) -> [Cell; 2] {
    [Cell::Count(documents), Cell::Count(families)]
}

/// The place of the column of the report's unit, where 件 and 族 begin at `first`.
pub(crate) fn unit_column(study: &Study<'_>, first: usize) -> usize {
    if study.unit == Unit::Documents { first } else { first + 1 }
}

/// How much a set grew: the last three complete years and the three before, in the report's unit.
pub(crate) struct Growth {
    pub(crate) late: u64,
    pub(crate) early: u64,
    /// Whether the corpus covers all six years.
    pub(crate) is_judged: bool,
}

impl Growth {
    pub(crate) fn of(study: &Study<'_>, query: &Query) -> Result<Self> {
        let last = study.last_complete_year();
        let sum = |from: i16| -> Result<u64> {
            (from..from + 3).map(|year| study.measure(&query.clone().and(study.year(year)))).sum()
        };
        Ok(Self { late: sum(last - 2)?, early: sum(last - 5)?, is_judged: study.judged_years().is_some() })
    }

    /// The change as an exact fraction; unknown where there was nothing before or the corpus does not cover it.
    pub(crate) fn cell(&self) -> Cell {
        match (i64::try_from(self.late), i64::try_from(self.early)) {
            (Ok(late), Ok(early)) if early > 0 && self.is_judged => {
                Cell::Fraction { numerator: late - early, denominator: self.early }
            }
            _ => Cell::Unknown,
        }
    }

    /// 1 where it rose by at least a tenth, -1 where it fell by as much, else 0; from nothing any number is a rise.
    pub(crate) fn direction(&self) -> i8 {
        match (self.late, self.early) {
            _ if !self.is_judged => 0,
            (late, early) if late * 10 >= early * 11 && late > early => 1,
            (late, early) if late * 10 <= early * 9 && late < early => -1,
            _ => 0,
        }
    }
}

/// The years of the last three complete ones, as a search.
pub(crate) fn recent(study: &Study<'_>) -> Query {
    let last = study.last_complete_year();
    Query::Or((last - 2..=last).map(|year| study.year(year)).collect())
}

/// What is said where the corpus does not cover the years.
pub(crate) const NOT_COVERED: &str = "库中这些年份公开的文献收录不足，不判断升降";
