//! Offices, provinces, technologies, quality and rank.

use corpus::{Dimension, Field, Query, Value};

use super::{Answer, Growth, RANKED, count_cells, counts, unit_column};
use crate::{
    Result,
    figure::{Cell, Column, Drawing, Kind, Row, percent},
    study::{Body, Study, not},
};

/// The sets by a dimension, the largest first, those without a value last.
fn ranked(study: &Study<'_>, set: &Query, dimension: Dimension, field: Field, heading: &str) -> Result<Answer> {
    let total = study.measure(set)?;
    let mut cells = study.corpus.cross(set, &[dimension])?.cells;
    let size = |cell: &corpus::Cell| study.in_unit((cell.documents, cell.families));
    cells.sort_by(|left, right| {
        let known = right.values[0].is_some().cmp(&left.values[0].is_some());
        known.then(size(right).cmp(&size(left))).then_with(|| left.values.cmp(&right.values))
    });
    let values = cells.iter().filter(|cell| cell.values[0].is_some()).count();
    let mut rows = Vec::new();
    for cell in cells.iter().take(RANKED.min(values)).chain(&cells[values..]) {
        let (name, query) = match &cell.values[0] {
            Some(value) => (value.to_string(), Query::term(field, Value::Whole(value.to_string()))),
            None => {
                let known = cells[..values].iter().filter_map(|cell| cell.values[0].clone());
                let each = known.map(|value| Query::term(field, Value::Whole(value.to_string()))).collect();
                ("未知".to_owned(), not(&Query::Or(each)))
            }
        };
        // The negation of nothing is everything.
        let query = if cell.values[0].is_none() && values == 0 { set.clone() } else { set.clone().and(query) };
        let counted = (cell.documents, cell.families);
        let [documents, families] = count_cells(counted);
        let share = Cell::fraction(study.in_unit(counted), total);
        rows.push(Row::new(vec![Cell::Text(name), documents, families, share], query));
    }
    let first = rows.iter().take(3.min(values)).map(|row| {
        let share = row.cells[3].written(Kind::Percent);
        format!("{} {share}", row.cells[0].written(Kind::Text))
    });
    let first: Vec<String> = first.collect();
    let finding = match values {
        0 => format!("来源没有给出{heading}，无法统计。"),
        _ => format!("共 {values} 个{heading}；居前的是{}。", first.join("、")),
    };
    let columns = [Column::text(heading)].into_iter().chain(counts()).chain([Column::percent("占比")]).collect();
    let drawing = Some(Drawing::Bars { values: vec![unit_column(study, 1)] });
    Ok(Answer { search: set.clone(), columns, rows, finding, drawing })
}

pub(crate) fn offices(study: &Study<'_>) -> Result<Answer> {
    ranked(study, &study.field, Dimension::Office, Field::Office, "受理局")
}

pub(crate) fn provinces(study: &Study<'_>) -> Result<Answer> {
    ranked(study, &study.nation, Dimension::Province, Field::Province, "省份")
}

pub(crate) fn technology(study: &Study<'_>) -> Result<Answer> {
    let total = study.measure(&study.field)?;
    let mut rows = Vec::new();
    let mut growing: Vec<(u64, &str)> = Vec::new();
    for (name, query) in &study.technologies {
        let set = study.field.clone().and(query.clone());
        let counted = study.count(&set)?;
        let growth = Growth::of(study, &set)?;
        if growth.direction() == 1 {
            growing.push((study.in_unit(counted), name));
        }
        let own = study.measure(&study.own.clone().and(query.clone()))?;
        let [documents, families] = count_cells(counted);
        let share = Cell::fraction(study.in_unit(counted), total);
        rows.push(Row::new(
            vec![Cell::Text(name.clone()), documents, families, share, Cell::Count(own), growth.cell()],
            set,
        ));
    }
    growing.sort_unstable_by(|left, right| right.cmp(left));
    let growing: Vec<&str> = growing.iter().take(3).map(|(_, name)| *name).collect();
    let finding = match growing.as_slice() {
        _ if study.judged_years().is_none() => format!("分为 {} 个分支；{}。", rows.len(), super::NOT_COVERED),
        [] => format!("分为 {} 个分支，最近三个完整年份没有分支增长一成以上。", rows.len()),
        some => format!("分为 {} 个分支，其中{}等在最近三个完整年份增长一成以上。", rows.len(), some.join("、")),
    };
    let columns = [Column::text("技术分支")]
        .into_iter()
        .chain(counts())
        .chain([
            Column::percent("占比"),
            Column::count(&format!("其中{}（{}）", study.scope.subject.name, study.unit.zh())),
            Column::percent("三年增速"),
        ])
        .collect();
    let drawing = Some(Drawing::Bars { values: vec![unit_column(study, 1)] });
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing })
}

/// A measure of quality: its name and the search that marks it.
fn marks() -> [(&'static str, Query); 6] {
    let state = |name: &str| Query::term(Field::State, Value::Whole(name.into()));
    [
        ("发明", Query::term(Field::Kind, Value::Whole("发明".into()))),
        ("已授权", Query::term(Field::Granted, Value::Days(None, None))),
        ("有效", state("有效")),
        ("失效或无效", Query::Or(vec![state("失效"), state("全部无效")])),
        ("未授权（驳回、撤回等）", state("未授权")),
        ("状态未知", state("未知")),
    ]
}

pub(crate) fn quality(study: &Study<'_>) -> Result<Answer> {
    let sets = [Some(&study.own), study.province.as_ref(), Some(&study.nation)];
    let totals = sets.map(|set| set.map(|set| study.measure(set)).transpose());
    let [own, province, nation] = totals;
    let totals = [own?, province?, nation?];
    let mut rows = Vec::new();
    for (name, mark) in marks() {
        let mut cells = vec![Cell::Text(name.to_owned())];
        for (set, total) in sets.iter().zip(totals) {
            let marked = set.map(|set| study.measure(&set.clone().and(mark.clone()))).transpose()?;
            cells.push(marked.map_or(Cell::Unknown, Cell::Count));
            cells.push(marked.zip(total).map_or(Cell::Unknown, |(marked, total)| Cell::fraction(marked, total)));
        }
        rows.push(Row::new(cells, study.own.clone().and(mark)));
    }
    let share = |at: usize, column: usize| rows[at].cells[column].written(Kind::Percent);
    let finding = match totals[0] {
        None | Some(0) => format!("{}在本领域没有文献。", study.scope.subject.name),
        Some(total) => format!(
            "{}共 {total} {}，发明占 {}（本库全国 {}）；已知有效的占 {}（本库全国 {}），状态未知的占 {}（本库全国 {}）。",
            study.scope.subject.name,
            study.unit.zh(),
            share(0, 2),
            share(0, 6),
            share(2, 2),
            share(2, 6),
            share(5, 2),
            share(5, 6)
        ),
    };
    let mut columns = vec![Column::text("特征")];
    for name in [study.scope.subject.name.as_str(), "本库全省", "本库全国"] {
        columns.push(Column::count(&format!("{name}（{}）", study.unit.zh())));
        columns.push(Column::percent(&format!("{name}占比")));
    }
    Ok(Answer { search: study.own.clone(), columns, rows, finding, drawing: None })
}

/// Where an enterprise stands among those of its field.
pub(crate) fn rank(study: &Study<'_>) -> Result<Answer> {
    let bodies = study.bodies(&study.field, Dimension::Applicant)?;
    let own = study.measure(&study.own)?;
    let size = |body: &Body| study.in_unit((body.documents, body.families));
    let ahead = bodies.iter().filter(|body| size(body) > own).count();
    let total = study.measure(&study.field)?;
    let subject = &study.scope.subject.name;
    // The enterprise is one row, its own search, under whatever name it stands among the applicants.
    let canonical = study.names.canonical(subject);
    let is_subject = |body: &Body| body.spellings.iter().any(|name| study.names.canonical(name) == canonical);
    let row = |place: usize, name: &str, counted: (u64, u64), query: Query| {
        let [documents, families] = count_cells(counted);
        let share = Cell::fraction(study.in_unit(counted), total);
        Row::new(vec![Cell::Text(name.to_owned()), Cell::Count(place as u64), documents, families, share], query)
    };
    let mut rows: Vec<Row> = bodies
        .iter()
        .take(RANKED)
        .enumerate()
        .filter(|(_, body)| !is_subject(body))
        .map(|(at, body)| {
            let query = study.field.clone().and(body.search(Field::Applicant));
            row(at + 1, &body.name, (body.documents, body.families), query)
        })
        .collect();
    let mine = row(ahead + 1, &format!("{subject}（本企业）"), study.count(&study.own)?, study.own.clone());
    rows.insert(ahead.min(rows.len()), mine);
    let unit = study.unit.zh();
    let finding = format!(
        "领域内有 {} 个申请人；{subject} {own} {unit}，占 {}，有 {ahead} 个申请人在其前。",
        bodies.len(),
        percent(own, total)
    );
    let columns = [Column::text("申请人"), Column::count("位次")]
        .into_iter()
        .chain(counts())
        .chain([Column::percent("占比")])
        .collect();
    let drawing = Some(Drawing::Bars { values: vec![unit_column(study, 2)] });
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing })
}
