//! Where the families of the subject have members, beside those of everyone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use corpus::Dimension;

use super::{Answer, RANKED};
use crate::{
    Result,
    figure::{Cell, Column, Drawing, Row, percent},
    study::Study,
};

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let own: BTreeSet<Arc<str>> = {
        let cells = study.corpus.cross(&study.own, &[Dimension::Family])?.cells;
        cells.into_iter().filter_map(|cell| cell.values.into_iter().next().flatten()).collect()
    };
    let all = study.families()?;
    let mut offices: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut abroad = 0;
    for (family, relatives) in all {
        let is_own = own.contains(family.as_str());
        for office in &relatives.offices {
            let entry = offices.entry(office.clone()).or_default();
            entry.0 += u64::from(is_own);
            entry.1 += 1;
        }
        abroad += u64::from(is_own && relatives.offices.iter().any(|office| office != "CN"));
    }
    let (mine, theirs) = (own.len() as u64, all.len() as u64);
    let mut offices: Vec<(String, (u64, u64))> = offices.into_iter().collect();
    offices.sort_by(|left, right| right.1.1.cmp(&left.1.1).then_with(|| left.0.cmp(&right.0)));
    let rows = offices
        .into_iter()
        .take(RANKED)
        .map(|(office, (own, all))| Row {
            cells: vec![
                Cell::Text(office),
                Cell::Count(own),
                Cell::fraction(own, mine),
                Cell::Count(all),
                Cell::fraction(all, theirs),
            ],
            ..Row::default()
        })
        .collect();
    let subject = &study.scope.subject.name;
    let finding = match mine {
        0 => format!("{subject}在本领域没有文献。"),
        _ => format!("{subject}的 {mine} 族中有 {} 族在中国大陆以外有同族文献，占 {}。", abroad, percent(abroad, mine)),
    };
    let columns = vec![
        Column::text("受理局"),
        Column::count(&format!("{subject}（族）")),
        Column::percent(&format!("{subject}占比")),
        Column::count("全部（族）"),
        Column::percent("全部占比"),
    ];
    let drawing = Some(Drawing::Bars { values: vec![1] });
    Ok(Answer { search: study.own.clone(), columns, rows, finding, drawing })
}
