//! Applicants, and how far they hold a field together.

use corpus::{Dimension, Field, Query};

use super::{Answer, RANKED, count_cells, counts, unit_column};
use crate::{
    Result, bodies,
    figure::{Cell, Column, Drawing, Kind, Row, percent},
    study::{Body, Study, any_of},
};

pub(crate) fn field(study: &Study<'_>) -> Result<Answer> {
    ranking(study, &study.field)
}

pub(crate) fn own(study: &Study<'_>) -> Result<Answer> {
    ranking(study, &study.own)
}

fn ranking(study: &Study<'_>, set: &Query) -> Result<Answer> {
    let all = study.bodies(set, Dimension::Applicant)?;
    let total = study.measure(set)?;
    let mut rows = Vec::new();
    for body in all.iter().take(RANKED) {
        let search = body.search(Field::Applicant);
        let own = study.measure(&study.own.clone().and(search.clone()))?;
        let [documents, families] = count_cells((body.documents, body.families));
        let cells = vec![
            Cell::Text(body.name.clone()),
            Cell::Text(bodies::sort_of(&body.name).to_owned()),
            documents,
            families,
            Cell::fraction(size(study, body), total),
            Cell::Count(own),
        ];
        rows.push(Row::new(cells, set.clone().and(search)));
    }
    let academic = all.iter().take(RANKED).filter(|body| bodies::is_academic(&body.name)).count();
    let finding = match all.first() {
        None => "来源没有给出申请人，无法统计。".to_owned(),
        Some(first) => format!(
            "共 {} 个申请人；第一名{}占 {}；前 {} 名中院校院所 {academic} 家。",
            all.len(),
            first.name,
            percent(size(study, first), total),
            rows.len()
        ),
    };
    let columns = [Column::text("申请人"), Column::text("类别")]
        .into_iter()
        .chain(counts())
        .chain([
            Column::percent("占比"),
            Column::count(&format!("其中{}（{}）", study.scope.subject.name, study.unit.zh())),
        ])
        .collect();
    let drawing = Some(Drawing::Bars { values: vec![unit_column(study, 2)] });
    Ok(Answer { search: set.clone(), columns, rows, finding, drawing })
}

fn size(study: &Study<'_>, body: &Body) -> u64 {
    study.in_unit((body.documents, body.families))
}

pub(crate) fn concentration(study: &Study<'_>) -> Result<Answer> {
    let all = study.bodies(&study.field, Dimension::Applicant)?;
    let total = study.measure(&study.field)?;
    let columns = vec![
        Column::text("指标"),
        Column::count("分子"),
        Column::count("分母"),
        Column::percent("占比"),
        Column::new("指数（点）", Kind::Index),
    ];
    if all.is_empty() {
        let finding = "来源没有给出申请人，无法判断集中度。".to_owned();
        return Ok(Answer { search: study.field.clone(), columns, rows: Vec::new(), finding, drawing: None });
    }
    let mut rows = Vec::new();
    for (name, top) in [("CR4", 4), ("CR10", 10)] {
        let of_top = all.iter().take(top).map(|body| body.search(Field::Applicant)).collect();
        let query = study.field.clone().and(any_of(of_top));
        let held = study.measure(&query)?;
        rows.push(Row::new(
            vec![
                Cell::Text(name.to_owned()),
                Cell::Count(held),
                Cell::Count(total),
                Cell::fraction(held, total),
                Cell::blank(),
            ],
            query,
        ));
    }
    // Σ n² and (Σ n)²; the index is their quotient times 10,000.
    let sum: u64 = all.iter().map(|body| size(study, body)).sum();
    let squares: u64 = all.iter().map(|body| size(study, body).pow(2)).sum();
    let index = Cell::fraction(squares.saturating_mul(10_000), sum.pow(2));
    let cells =
        vec![Cell::Text("HHI".to_owned()), Cell::Count(squares), Cell::Count(sum.pow(2)), Cell::blank(), index.clone()];
    rows.push(Row::new(cells, study.field.clone()));
    let degree = match index {
        Cell::Fraction { numerator, denominator }
            if u128::from(numerator.unsigned_abs()) > 1_800 * u128::from(denominator) =>
        {
            "集中"
        }
        Cell::Fraction { numerator, denominator }
            if u128::from(numerator.unsigned_abs()) >= 1_000 * u128::from(denominator) =>
        {
            "中等集中"
        }
        Cell::Fraction { .. } => "分散",
        _ => "无法判断",
    };
    let share = rows[0].cells[3].written(Kind::Percent);
    let points = rows[2].cells[4].written(Kind::Index);
    let finding = format!("前四名申请人参与了 {share}，HHI 为 {points} 点，属于{degree}。");
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: None })
}
