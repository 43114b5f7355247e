//! What was counted, and what was left out and why.

use corpus::{Field, Query, Value};

use super::{Answer, count_cells, counts};
use crate::{
    Basis, Result,
    figure::{Cell, Column, Row},
    study::{Study, not},
};

pub(crate) fn set(study: &Study<'_>) -> Result<Answer> {
    let dated = Query::term(Field::Published, Value::Days(None, None));
    let counted = match study.scope.basis {
        Basis::Filed => "截止日前已公开（进入统计）",
        Basis::Granted => "截止日前已授权公告（进入统计）",
    };
    let left_out = study.asked.clone().and(not(&Query::And(vec![
        Query::term(Field::Published, Value::Days(None, Some(study.scope.as_of))),
        match study.scope.basis {
            Basis::Filed => Query::All,
            Basis::Granted => Query::term(Field::Granted, Value::Days(None, Some(study.scope.as_of))),
        },
    ])));
    let sets = [
        ("检索式命中", study.asked.clone()),
        (counted, study.field.clone()),
        ("其余，有公开日", left_out.clone().and(dated.clone())),
        ("其余，来源没有公开日", left_out.and(not(&dated))),
        ("其中主体的", study.own.clone()),
    ];
    let mut rows = Vec::new();
    let mut found = Vec::new();
    for (name, query) in sets {
        let count = study.count(&query)?;
        found.push(count);
        let name = name.replace("主体", &study.scope.subject.name);
        rows.push(Row::new([Cell::Text(name)].into_iter().chain(count_cells(count)).collect(), query));
    }
    let thin = told(&study.thin);
    let mut finding = format!(
        "检索式命中 {} 件，截至 {} 有 {} 件、{} 族进入统计，其中{} {} 件；没有公开日、因而未计入的 {} 件。",
        found[0].0, study.scope.as_of, found[1].0, found[1].1, study.scope.subject.name, found[4].0, found[3].0
    );
    if !thin.is_empty() {
        finding.push_str(&format!("近二十年中，全库收录不足（不到前后五年内最多一年的四分之一）的公开年份：{thin}。"));
    }
    let columns = [Column::text("范围")].into_iter().chain(counts()).collect();
    Ok(Answer { search: study.asked.clone(), columns, rows, finding, drawing: None })
}

/// Years in words, those in a row together: 2014–2018、2020.
fn told(years: &std::collections::BTreeSet<i16>) -> String {
    let mut runs: Vec<(i16, i16)> = Vec::new();
    for &year in years {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == year => *last = year,
            _ => runs.push((year, year)),
        }
    }
    let run = |(first, last): &(i16, i16)| if first == last { first.to_string() } else { format!("{first}–{last}") };
    runs.iter().map(run).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    #[test]
    fn years_in_a_row_are_told_together() {
        assert_eq!(super::told(&[2014, 2015, 2016, 2018].into()), "2014–2016、2018");
        assert_eq!(super::told(&[].into()), "");
    }
}
