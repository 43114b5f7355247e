//! The yearly trend, with the years that are still being published as a band instead of a false fall.

use std::collections::BTreeMap;

use corpus::{Field, Query, Value};
use jiff::{Span, civil::Date};

use super::{Answer, count_cells, counts, unit_column};
use crate::{
    Basis, Result,
    figure::{Cell, Column, Drawing, Row},
    study::{Study, not},
};

/// How many years are shown one by one.
const YEARS: i16 = 20;
/// How many complete years the band is drawn from, at least how many, and with how much each.
const REFERENCE_YEARS: i16 = 5;
const REFERENCE_YEARS_MIN: usize = 3;
const REFERENCE_MIN: u64 = 10;

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let (by_year, undated) = years(study, &study.field)?;
    let (own, _) = years(study, &study.own)?;
    let complete = study.last_complete_year();
    let last = study.scope.as_of.year();
    let first = by_year.keys().next().copied().unwrap_or(last).max(last - YEARS + 1);
    let mut rows = earlier(study, &by_year, first)?;
    let mut bands = Vec::new();
    for year in first..=last {
        let counted = by_year.get(&year).copied().unwrap_or_default();
        let is_incomplete = year > complete;
        let band = if is_incomplete && study.judged_years().is_some() {
            band(study, year, study.in_unit(counted))?
        } else {
            None
        };
        let own = study.in_unit(own.get(&year).copied().unwrap_or_default());
        let state = match (is_incomplete, study.is_covered(year)) {
            (true, _) => "未全部公开",
            (false, true) => "完整",
            (false, false) => "收录不足",
        };
        let (low, high) = match band {
            Some((low, high)) => (Cell::Count(low), high.map_or(Cell::Unknown, Cell::Count)),
            None if is_incomplete => (Cell::Unknown, Cell::Unknown),
            None => (Cell::blank(), Cell::blank()),
        };
        let [documents, families] = count_cells(counted);
        let cells = vec![
            Cell::Text(year.to_string()),
            documents,
            families,
            Cell::Count(own),
            Cell::Text(state.into()),
            low,
            high,
        ];
        rows.push(Row { is_incomplete, ..Row::new(cells, study.field.clone().and(study.year(year))) });
        bands.extend(band.filter(|_| is_incomplete).map(|band| (year, band)));
    }
    if let Some(undated) = undated {
        rows.push(undated);
    }
    let (word, unit) = (study.scope.basis.zh(), study.unit.zh());
    let columns = [Column::text(&format!("{word}年"))]
        .into_iter()
        .chain(counts())
        .chain([
            Column::count(&format!("其中{}（{unit}）", study.scope.subject.name)),
            Column::text("公开情况"),
            Column::count(&format!("推算下限（{unit}）")),
            Column::count(&format!("推算上限（{unit}）")),
        ])
        .collect();
    let drawing = Drawing::Line { values: vec![unit_column(study, 1), 3], band: Some((5, 6)) };
    let finding = finding(study, &by_year, complete, &bands);
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: Some(drawing) })
}

/// Documents and families by year, and the row of those whose year no source gives.
type ByYear = BTreeMap<i16, (u64, u64)>;

fn years(study: &Study<'_>, query: &Query) -> Result<(ByYear, Option<Row>)> {
    let mut by_year = ByYear::new();
    let mut undated = None;
    for cell in study.corpus.cross(query, &[study.year_dimension()])?.cells {
        let counted = (cell.documents, cell.families);
        match cell.values[0].as_deref().and_then(|year| year.parse().ok()) {
            Some(year) => drop(by_year.insert(year, counted)),
            None => {
                let field = if study.scope.basis == Basis::Granted { Field::Granted } else { Field::Filed };
                let without = not(&Query::term(field, Value::Days(None, None)));
                let own = study.measure(&study.own.clone().and(without.clone()))?;
                let [documents, families] = count_cells(counted);
                let [state, low, high] = [Cell::blank(), Cell::blank(), Cell::blank()];
                let cells =
                    vec![Cell::Text("未载日期".into()), documents, families, Cell::Count(own), state, low, high];
                undated = Some(Row::new(cells, query.clone().and(without)));
            }
        }
    }
    Ok((by_year, undated))
}

/// One row for the years before those shown, where there are any.
fn earlier(study: &Study<'_>, by_year: &ByYear, first: i16) -> Result<Vec<Row>> {
    if by_year.range(..first).next().is_none() {
        return Ok(Vec::new());
    }
    let field = if study.scope.basis == Basis::Granted { Field::Granted } else { Field::Filed };
    let before = Query::term(field, Value::Days(None, Date::new(first - 1, 12, 31).ok()));
    let query = study.field.clone().and(before.clone());
    let [documents, families] = count_cells(study.count(&query)?);
    let own = study.measure(&study.own.clone().and(before))?;
    let name = Cell::Text(format!("{} 及以前", first - 1));
    let cells =
        vec![name, documents, families, Cell::Count(own), Cell::Text("完整".into()), Cell::blank(), Cell::blank()];
    Ok(vec![Row::new(cells, query)])
}

/// The least and the most that a year will have, by how far earlier years were published at the same distance.
///
/// None where too few years tell; no upper bound where one of them had nothing published yet.
fn band(study: &Study<'_>, year: i16, counted: u64) -> Result<Option<(u64, Option<u64>)>> {
    if study.scope.basis == Basis::Granted || counted == 0 {
        return Ok(None);
    }
    let complete = study.last_complete_year();
    let mut shares: Vec<(u64, u64)> = Vec::new();
    for reference in complete - REFERENCE_YEARS + 1..=complete {
        let filed = study.field.clone().and(study.year(reference));
        let total = study.measure(&filed)?;
        let Ok(then) = study.scope.as_of.checked_sub(Span::new().years(i32::from(year - reference))) else { continue };
        if total >= REFERENCE_MIN {
            let by_then = filed.and(Query::term(Field::Published, Value::Days(None, Some(then))));
            shares.push((study.measure(&by_then)?, total));
        }
    }
    if shares.len() < REFERENCE_YEARS_MIN {
        return Ok(None);
    }
    // counted ÷ (published ÷ total), rounded down for the lower bound and up for the upper.
    let floor = |(published, total): &(u64, u64)| counted * total / published;
    let ceiling = |(published, total): &(u64, u64)| (counted * total).div_ceil(*published);
    let known: Vec<&(u64, u64)> = shares.iter().filter(|(published, _)| *published > 0).collect();
    let high = if known.len() == shares.len() { known.iter().map(|share| ceiling(share)).max() } else { None };
    Ok(known.iter().map(|share| floor(share)).min().map(|low| (low.max(counted), high)))
}

fn finding(study: &Study<'_>, by_year: &ByYear, complete: i16, bands: &[(i16, (u64, Option<u64>))]) -> String {
    let of = |year: i16| study.in_unit(by_year.get(&year).copied().unwrap_or_default());
    let sum = |from: i16| (from..from + 3).map(of).sum::<u64>();
    let (late, early) = (sum(complete - 2), sum(complete - 5));
    let unit = study.unit.zh();
    let course = match (late, early) {
        _ if study.judged_years().is_none() => {
            format!("{} 至 {complete} 年共 {} {unit}；{}", complete - 5, late + early, super::NOT_COVERED)
        }
        (0, 0) => format!("{} 至 {complete} 年没有记录", complete - 5),
        (late, 0) => format!("{} 至 {complete} 年共 {late} {unit}，此前三年没有", complete - 2),
        (late, early) => {
            let change = late.abs_diff(early);
            let word = if late >= early { "增加" } else { "减少" };
            format!(
                "{} 至 {complete} 年共 {late} {unit}，比此前三年{word} {}",
                complete - 2,
                crate::figure::percent(change, early)
            )
        }
    };
    let open = study.scope.as_of.year() - complete;
    let tail = match (open, bands.first()) {
        (..=0, _) => String::new(),
        (_, Some((year, (low, Some(high))))) => {
            format!("；{} 年起尚未全部公开，推算 {year} 年最终为 {low} 至 {high} {unit}", complete + 1)
        }
        (_, Some((year, (low, None)))) => {
            format!("；{} 年起尚未全部公开，推算 {year} 年最终不少于 {low} {unit}", complete + 1)
        }
        (_, None) => format!("；{} 年起尚未全部公开，不得读作下降", complete + 1),
    };
    format!("{course}{tail}。")
}
