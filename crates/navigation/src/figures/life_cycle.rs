//! The life cycle: applicants against filings by year.

use std::collections::BTreeMap;

use corpus::Dimension;

use super::{Answer, Growth};
use crate::{
    Result,
    figure::{Cell, Column, Drawing, Row},
    study::Study,
};

/// How many complete years are shown.
const YEARS: i16 = 15;

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let last = study.last_complete_year();
    let by_year = applicants_by_year(study)?;
    let mut rows = Vec::new();
    for year in last - YEARS + 1..=last {
        let query = study.field.clone().and(study.year(year));
        let (documents, families) = study.count(&query)?;
        let applicants = by_year.get(&year).copied().unwrap_or(0);
        let cells = vec![
            Cell::Text(year.to_string()),
            Cell::Count(applicants),
            Cell::Count(documents),
            Cell::Count(families),
            Cell::fraction(documents, applicants),
        ];
        rows.push(Row::new(cells, query));
    }
    let applicants = |from: i16| (from..from + 3).map(|year| by_year.get(&year).copied().unwrap_or(0)).sum();
    let is_judged = study.judged_years().is_some();
    let bodies = Growth { late: applicants(last - 2), early: applicants(last - 5), is_judged };
    let filings = Growth::of(study, &study.field)?;
    let columns = vec![
        Column::text("年份"),
        Column::count("申请人（个）"),
        Column::count("件"),
        Column::count("族"),
        Column::new("每个申请人的件数", crate::Kind::Index),
    ];
    let stage = stage(&filings, &bodies);
    let finding = format!(
        "{} 至 {last} 年与此前三年相比，数量 {} 对 {} {}，申请人年次 {} 对 {}：{stage}。",
        last - 2,
        filings.late,
        filings.early,
        study.unit.zh(),
        bodies.late,
        bodies.early
    );
    // The numbers of documents are another unit, and the trend draws them.
    let drawing = Some(Drawing::Line { values: vec![1], band: None });
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing })
}

/// How many bodies applied in each year.
fn applicants_by_year(study: &Study<'_>) -> Result<BTreeMap<i16, u64>> {
    let columns = study.corpus.values(&study.field, &[study.year_dimension(), Dimension::Applicant])?;
    let [years, applicants] = columns.as_slice() else { return Ok(BTreeMap::new()) };
    let names: Vec<String> = (0..applicants.codes())
        .map(|code| study.names.canonical(applicants.name(u32::try_from(code).unwrap_or(u32::MAX))))
        .collect();
    let mut seen: Vec<(i16, &str)> = Vec::new();
    for hit in 0..years.hits() {
        let Some(year) = years.of(hit).first().and_then(|code| years.name(*code).parse().ok()) else { continue };
        seen.extend(applicants.of(hit).iter().map(|code| (year, names[*code as usize].as_str())));
    }
    seen.sort_unstable();
    seen.dedup();
    let mut by_year = BTreeMap::new();
    seen.iter().for_each(|(year, _)| *by_year.entry(*year).or_insert(0) += 1);
    Ok(by_year)
}

fn stage(filings: &Growth, bodies: &Growth) -> &'static str {
    if !filings.is_judged {
        return super::NOT_COVERED;
    }
    if filings.late + filings.early == 0 {
        return "完整年份内没有记录，不判断阶段";
    }
    match (filings.direction(), bodies.direction()) {
        (1, 1) => "成长期",
        (1, _) => "集中期，数量向较少的申请人集中",
        (-1, -1) => "衰退期",
        (_, 1) => "探索期，新进入者增加而数量未升",
        _ => "成熟期",
    }
}
