//! The path: what to optimise, whom to grow and attract, which people and which patents; each with its evidence.

use std::collections::{HashMap, HashSet};

use corpus::{Dimension, Field, Query, Value};

use super::{
    Answer, Growth, RANKED, key_patents,
    people::people,
    recent,
    specialisation::{Comparison, Strength},
};
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
    strength: Strength,
    growth: Growth,
}

impl Standing<'_> {
    fn is_strong(&self) -> bool {
        self.strength == Strength::Strong
    }

    /// What to do there; nothing is advised on what may be chance.
    fn advice(&self) -> &'static str {
        match (self.strength, self.growth.is_judged, self.growth.direction() == 1) {
            (Strength::NotJudged, ..) => "不判断",
            (Strength::Level, ..) => "专长不显著",
            (Strength::Strong, false, _) => "有专长，增速不明",
            (Strength::Weak, false, _) => "增速不明",
            (Strength::Strong, true, true) => "做强",
            (Strength::Strong, true, false) => "转化",
            (Strength::Weak, true, true) => "补链",
            (Strength::Weak, true, false) => "观望",
        }
    }
}

fn standings<'s>(study: &'s Study<'_>, nation: &Comparison) -> Result<Vec<Standing<'s>>> {
    let standing = |(name, query): &'s (String, Query)| {
        let stands = nation.standing(study, query)?;
        let growth = Growth::of(study, &study.nation.clone().and(query.clone()))?;
        Ok(Standing { name, query, own: stands.own, rsi: stands.rsi, strength: stands.strength, growth })
    };
    study.technologies.iter().map(standing).collect()
}

/// The technologies in which the subject shows no strength.
fn open_fields<'s>(study: &'s Study<'_>) -> Result<Vec<Standing<'s>>> {
    let mut open = standings(study, &Comparison::of_nation(study)?)?;
    open.retain(|one| !one.is_strong());
    Ok(open)
}

pub(crate) fn structure(study: &Study<'_>) -> Result<Answer> {
    let nation = Comparison::of_nation(study)?;
    let standings = standings(study, &nation)?;
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
    let finding = match (nation.lacking(study), study.judged_years()) {
        (Some(why), Some(_)) => format!("{why}。"),
        (Some(why), None) => format!("{why}。{}。", super::NOT_COVERED),
        (None, None) => format!("有专长：{}；{}。", named("有专长，增速不明"), super::NOT_COVERED),
        (None, Some(_)) => format!("做强：{}；转化：{}；补链：{}。", named("做强"), named("转化"), named("补链")),
    };
    let columns = vec![
        Column::text("技术分支"),
        Column::text("建议"),
        Column::count(&format!("{}（{}）", study.scope.subject.name, study.unit.zh())),
        Column::new("RSI（对全国其余）", Kind::Index),
        Column::count("本库全国此前三年"),
        Column::count("本库全国最近三年"),
        Column::percent("本库全国增速"),
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
    for one in open_fields(study)? {
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
    for one in open_fields(study)? {
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

/// The bodies that are at home with the subject: most of their documents of the field are its own. Who only applied together
/// with one of them is not.
fn local_bodies(study: &Study<'_>) -> Result<HashSet<String>> {
    let by_name = |set| -> Result<HashMap<String, u64>> {
        let bodies = study.bodies(set, Dimension::Applicant)?.into_iter();
        Ok(bodies.map(|body| (study.names.canonical(&body.name), body.documents)).collect())
    };
    let (own, all) = (by_name(&study.own)?, by_name(&study.field)?);
    let is_local = |(name, documents): &(String, u64)| documents * 2 > all.get(name).copied().unwrap_or(0);
    Ok(own.into_iter().filter(is_local).map(|(name, _)| name).collect())
}

pub(crate) fn patents(study: &Study<'_>) -> Result<Answer> {
    let kinds = ["发明", "实用新型"].map(|kind| Query::term(Field::Kind, Value::Whole(kind.into())));
    let state = |name: &str| Query::term(Field::State, Value::Whole(name.into()));
    let outside = study.field.clone().and(not(&study.own)).and(any_of(kinds.to_vec()));
    let set = outside.clone().and(state("有效"));
    let unknown = study.measure(&outside.and(state("未知")))?;
    let unit = study.unit.zh();
    let local = local_bodies(study)?;
    let found = key_patents::scored(study, &set, |document, months_left| {
        let owners = key_patents::owners(document);
        let is_local = !owners.is_empty() && owners.iter().all(|owner| local.contains(&study.names.canonical(owner)));
        let is_long = months_left.is_some_and(|months| months >= MONTHS_MIN);
        (is_long && !is_local).then(|| owners.iter().any(|owner| bodies::is_academic(owner)))
    })?;
    let academic = found.iter().filter(|one| one.is_first).count();
    let rows = key_patents::rows(study, &found)?;
    let finding = match found.len() {
        0 => format!("没有一件外地专利已知有效且剩余期限不少于五年；另有 {unknown} {unit}状态未知。"),
        all => format!(
            "外地已知有效且剩余期限不少于五年的共 {all} 族，其中院校院所 {academic} 族；表中列前 {}；另有 {unknown} {unit}状态未知，不在表中。",
            rows.len()
        ),
    };
    Ok(Answer { search: set, columns: key_patents::columns(), rows, finding, drawing: None })
}
