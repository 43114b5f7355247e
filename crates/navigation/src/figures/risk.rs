//! What of others is nearest to an enterprise's own patents and in force: what to look at before a product is launched.

use corpus::{Field, Query, Value};

use super::{
    Answer, RANKED,
    key_patents::{months_left, term_left},
};
use crate::{
    Result,
    figure::{Cell, Column, Kind, Row},
    matching,
    study::{Study, not},
};

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let in_force = Query::term(Field::State, Value::Whole("有效".into()));
    let set = study.field.clone().and(in_force).and(not(&study.own));
    let near = matching::nearest(study.corpus, &study.own, &set)?;
    let row = |((words, classes), document): &((u32, u32), documents::Document)| {
        let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
        let cells = vec![
            Cell::Text(document.key.clone()),
            Cell::text(document.titles.first().map(|title| title.text.as_str()).unwrap_or_default()),
            Cell::List(parties.iter().map(|party| party.name.clone()).collect()),
            term_left(months_left(document, study.scope.as_of)),
            Cell::Count(u64::from((words + classes) / 2)),
            Cell::Count(u64::from(*words)),
            Cell::Count(u64::from(*classes)),
        ];
        Row::new(cells, Query::numbers(vec![document.key.clone()]))
    };
    let rows: Vec<Row> = near.iter().take(RANKED).map(row).collect();
    let others = study.measure(&set)?;
    let unknown = Query::term(Field::State, Value::Whole("未知".into()));
    let unknown = study.measure(&study.field.clone().and(unknown).and(not(&study.own)))?;
    let finding = format!(
        "领域内他人已知有效的 {others} {0}，另有 {unknown} {0}状态未知，不在表中；表中列出与{1}自有专利最相近的 {2} 件，产品上市前应逐件核查。",
        study.unit.zh(),
        study.scope.subject.name,
        rows.len()
    );
    let columns = vec![
        Column::new("号码", Kind::Document),
        Column::text("名称"),
        Column::text("权利人"),
        Column::text("剩余期限"),
        Column::count("相近分"),
        Column::count("词"),
        Column::count("分类"),
    ];
    Ok(Answer { search: set, columns, rows, finding, drawing: None })
}
