//! The path: what to optimise, whom to grow and attract, which people and which patents; each with its evidence.

use std::collections::HashSet;

use corpus::{Dimension, Field, Query, Value};

use super::{Answer, Growth, RANKED, key_patents, people::people, position::specialised, recent};
use crate::{
    Result, bodies,
    figure::{Cell, Column, Kind, Row},
    study::{Body, Study, any_of, not},
};

/// How many names stand for each technology.
const EACH: usize = 2;
/// A patent to bring in has at least so many months left.
const MONTHS_MIN: u64 = 60;

/// How the subject stands in a technology.
struct Standing<'a> {
    name: &'a str,
    query: &'a Query,
    own: u64,
    rsi: Cell,
    growth: Growth,
}

impl Standing<'_> {
    fn is_strong(&self) -> bool {
        matches!(self.rsi, Cell::Fraction { numerator: 1.., .. })
    }

    /// What to do there.
    fn advice(&self) -> &'static str {
        if !self.growth.is_judged {
            return if self.is_strong() { "有专长，增速不明" } else { "增速不明" };
        }
        match (self.is_strong(), self.growth.direction() == 1) {
            (true, true) => "做强",
            (true, false) => "转化",
            (false, true) => "补链",
            (false, false) => "观望",
        }
    }
}

fn standings<'s>(study: &'s Study<'_>) -> Result<Vec<Standing<'s>>> {
    let (own_all, nation_all) = (study.measure(&study.own)?, study.measure(&study.nation)?);
    let standing = |(name, query): &'s (String, Query)| {
        let own = study.measure(&study.own.clone().and(query.clone()))?;
        let set = study.nation.clone().and(query.clone());
        let [_, rsi] = specialised((own, own_all), (study.measure(&set)?, nation_all));
        Ok(Standing { name, query, own, rsi, growth: Growth::of(study, &set)? })
    };
    study.technologies.iter().map(standing).collect()
}

pub(crate) fn structure(study: &Study<'_>) -> Result<Answer> {
    let standings = standings(study)?;
    let rows = standings
        .iter()
        .map(|one| {
            let cells = vec![
                Cell::Text(one.name.to_owned()),
                Cell::Text(one.advice().to_owned()),
                Cell::Count(one.own),
                one.rsi.clone(),
                Cell::Count(one.growth.early),
                Cell::Count(one.growth.late),
                one.growth.cell(),
            ];
            Row::new(cells, study.nation.clone().and(one.query.clone()))
        })
        .collect();
    let named = |advice: &str| {
        let names: Vec<&str> = standings.iter().filter(|one| one.advice() == advice).map(|one| one.name).collect();
        if names.is_empty() { "无".to_owned() } else { names.join("、") }
    };
    let finding = match study.judged_years() {
        None => format!("有专长：{}；{}。", named("有专长，增速不明"), super::NOT_COVERED),
        Some(_) => format!("做强：{}；转化：{}；补链：{}。", named("做强"), named("转化"), named("补链")),
    };
    let columns = vec![
        Column::text("技术分支"),
        Column::text("建议"),
        Column::count(&format!("{}（{}）", study.scope.subject.name, study.unit.zh())),
        Column::new("RSI（对全国）", Kind::Index),
        Column::count("全国此前三年"),
        Column::count("全国最近三年"),
        Column::percent("全国增速"),
    ];
    Ok(Answer { search: study.nation.clone(), columns, rows, finding, drawing: None })
}

/// The bodies of the latest years in a set, without people.
fn enterprises_of(study: &Study<'_>, set: &Query) -> Result<Vec<Body>> {
    let all = study.bodies(&set.clone().and(recent(study)), Dimension::Applicant)?;
    Ok(all.into_iter().filter(|body| bodies::is_company(&body.name)).collect())
}

pub(crate) fn enterprises(study: &Study<'_>) -> Result<Answer> {
    let mut rows = Vec::new();
    let columns_of = |advice: &str, body: &Body, technology: &str, set: Query| {
        let cells = vec![
            Cell::Text(advice.to_owned()),
            Cell::Text(body.name.clone()),
            Cell::Text(technology.to_owned()),
            Cell::Count(body.documents),
            Cell::Count(body.families),
        ];
        Row::new(cells, set.and(body.search(Field::Applicant)).and(recent(study)))
    };
    let grown = enterprises_of(study, &study.own)?;
    for body in grown.iter().take(RANKED / 3) {
        rows.push(columns_of("培育", body, "本领域", study.own.clone()));
    }
    let grown = rows.len();
    for one in standings(study)?.iter().filter(|one| !one.is_strong()) {
        let outside = study.field.clone().and(one.query.clone()).and(not(&study.own));
        for body in enterprises_of(study, &outside)?.iter().take(EACH) {
            rows.push(columns_of("引进", body, one.name, outside.clone()));
        }
    }
    let finding = match rows.len() {
        0 => "没有可列的企业。".to_owned(),
        all => format!(
            "可培育的{}企业 {grown} 家，可引进的外地企业 {} 家次，数量见表。",
            study.scope.subject.name,
            all - grown
        ),
    };
    let columns = vec![
        Column::text("建议"),
        Column::text("企业"),
        Column::text("所在技术分支"),
        Column::count("最近三年（件）"),
        Column::count("最近三年（族）"),
    ];
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: None })
}

pub(crate) fn inventors(study: &Study<'_>) -> Result<Answer> {
    let mut rows = Vec::new();
    for one in standings(study)?.iter().filter(|one| !one.is_strong()) {
        let outside = study.field.clone().and(one.query.clone()).and(not(&study.own)).and(recent(study));
        for person in people(study, &outside)?.iter().take(EACH) {
            let cells = vec![
                Cell::Text(person.name.clone()),
                Cell::Text(person.body.clone()),
                Cell::Text(bodies::sort_of(&person.body).to_owned()),
                Cell::Text(one.name.to_owned()),
                Cell::Count(person.documents),
                Cell::Count(person.families),
            ];
            rows.push(Row::new(cells, outside.clone().and(person.search())));
        }
    }
    let academic = rows.iter().filter(|row| row.cells[2] == Cell::Text("院校院所".into())).count();
    let finding = match rows.len() {
        0 => "没有可列的发明人。".to_owned(),
        all => format!("列出外地发明人 {all} 人次，其中院校院所 {academic} 人次，可优先联系。"),
    };
    let columns = vec![
        Column::text("发明人"),
        Column::text("申请人"),
        Column::text("类别"),
        Column::text("技术分支"),
        Column::count("最近三年（件）"),
        Column::count("最近三年（族）"),
    ];
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: None })
}

pub(crate) fn patents(study: &Study<'_>) -> Result<Answer> {
    let kinds = ["发明", "实用新型"].map(|kind| Query::term(Field::Kind, Value::Whole(kind.into())));
    let state = |name: &str| Query::term(Field::State, Value::Whole(name.into()));
    let outside = study.field.clone().and(not(&study.own)).and(any_of(kinds.to_vec()));
    let set = outside.clone().and(state("有效"));
    let unknown = study.measure(&outside.and(state("未知")))?;
    let unit = study.unit.zh();
    let own: HashSet<String> =
        study.bodies(&study.own, Dimension::Applicant)?.into_iter().flat_map(|body| body.spellings).collect();
    let mut found: Vec<_> = key_patents::scored(study, &set)?
        .into_iter()
        .filter(|one| one.months_left.is_some_and(|months| months >= MONTHS_MIN))
        .filter(|one| !one.owners().iter().any(|owner| own.contains(owner)))
        .map(|one| (one.owners().iter().any(|owner| bodies::is_academic(owner)), one))
        .collect();
    // The order of scores stays within each.
    found.sort_by_key(|(is_academic, _)| !is_academic);
    let academic = found.iter().filter(|(is_academic, _)| *is_academic).count();
    let rows: Vec<Row> = found.iter().take(RANKED).map(|(_, one)| key_patents::row(one)).collect();
    let finding = match found.len() {
        0 => format!("没有一件外地专利已知有效且剩余期限不少于五年；另有 {unknown} {unit}状态未知。"),
        all => format!(
            "外地已知有效且剩余期限不少于五年的共 {all} 族，其中院校院所 {academic} 族；表中列前 {}；另有 {unknown} {unit}状态未知，不在表中。",
            rows.len()
        ),
    };
    Ok(Answer { search: set, columns: key_patents::columns(), rows, finding, drawing: None })
}
