//! A report as an office file: a paper for Word, a workbook for the figures and the data set.

use std::io::{Seek, Write};

use sheets::write::{
    self, Sheet,
    docx::{Block, Chart, Paper, Table, chart},
};

use crate::{
    Cell, Column, Drawing, Figure, Kind, Part, Report, Result,
    compare::Differences,
    project::{Project, Step},
};

/// Writes the report as a paper in the form of GB/T 9704, with its project record where there is one.
pub fn docx<W: Write + Seek>(report: &Report, project: Option<&Project>, writer: W) -> Result<()> {
    Ok(write::docx::docx(&paper(report, project), writer)?)
}

/// Writes the figures, each on a sheet, behind a sheet that lists them, with the documents they rest on.
pub fn xlsx<W: Write + Seek + Send>(report: &Report, writer: &mut W) -> Result<()> {
    let mut sheets = vec![contents(report)];
    sheets.extend(report.figures.iter().enumerate().map(|(at, figure)| sheet(at + 1, figure)));
    sheets.push(data_set(report));
    if let Some(differences) = &report.differences {
        sheets.extend(changes(differences));
    }
    Ok(write::xlsx(&sheets, writer)?)
}

const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// 一, 十一, 二十三: up to ninety-nine.
fn numeral(number: usize) -> String {
    let ten = |tens: usize| if tens == 1 { "十".to_owned() } else { format!("{}十", NUMERALS[tens - 1]) };
    match (number / 10, number % 10) {
        (0, 1..) => NUMERALS[number - 1].to_owned(),
        (tens @ 1..=9, 0) => ten(tens),
        (tens @ 1..=9, ones) => format!("{}{}", ten(tens), NUMERALS[ones - 1]),
        _ => number.to_string(),
    }
}

fn paper(report: &Report, project: Option<&Project>) -> Paper {
    let scope = &report.scope;
    let mut blocks = summary(report);
    let parts = [Part::Data, Part::Direction, Part::Position, Part::Path];
    let mut number = 0;
    let mut searches: Vec<&str> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        blocks.push(Block::Heading(1, format!("{}、{}", numeral(at + 2), part.zh())));
        for (within, figure) in report.figures.iter().filter(|figure| figure.part == part).enumerate() {
            number += 1;
            blocks.push(Block::Heading(2, format!("（{}）{}", numeral(within + 1), figure.question)));
            blocks.push(Block::Text(figure.finding.clone()));
            blocks.extend(chart(number, figure).map(Block::Chart));
            if !figure.rows.is_empty() {
                blocks.push(Block::Table(table(number, figure)));
            }
            blocks.push(Block::Note(format!("方法：{}", figure.method)));
            let place = searches.iter().position(|search| *search == figure.search).unwrap_or_else(|| {
                searches.push(&figure.search);
                searches.len() - 1
            });
            blocks.push(Block::Note(basis_line(figure, place + 1)));
        }
    }
    if let Some(differences) = &report.differences {
        blocks.push(Block::Heading(1, format!("{}、与上一版相比", numeral(parts.len() + 2))));
        blocks.extend(told(differences));
    }
    if let Some(project) = project {
        let place = parts.len() + if report.differences.is_some() { 3 } else { 2 };
        blocks.push(Block::Heading(1, format!("{}、项目记录", numeral(place))));
        blocks.extend(record(report, project));
    }
    blocks.push(Block::Heading(1, "附录　检索式".to_owned()));
    for (at, search) in searches.iter().enumerate() {
        blocks.push(Block::Note(format!("式 {}：{search}", at + 1)));
    }
    let line = format!(
        "数据截止 {} · 专利库快照第 {} 号 · 名称归并账第 {} 版",
        zh_date(scope.as_of),
        report.snapshot.number,
        report.snapshot.ledger
    );
    Paper { title: report.title(), line, blocks, ..Paper::default() }
}

fn summary(report: &Report) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(1, "一、摘要".to_owned())];
    let told = ["trend", "applicants", "specialisation", "path-structure", "path-enterprises", "path-patents"];
    for id in told {
        if let Some(figure) = report.figure(id) {
            blocks.push(Block::Text(format!("{}：{}", figure.question, figure.finding)));
        }
    }
    blocks.push(Block::Text(
        "本报告的每个数字都由所附检索式在上述快照上统计得出，可以重新执行核对；法律状态和价值判断以国家知识产权局的登记和双方协商为准。".to_owned(),
    ));
    blocks
}

fn basis_line(figure: &Figure, search: usize) -> String {
    format!(
        "检索式：附录式 {}　单位：{}　口径：{}　截止：{}　快照：{}",
        search,
        figure.unit.zh(),
        figure.basis.zh(),
        figure.as_of,
        figure.snapshot
    )
}

/// The chart of a figure that has one, from the cells of its table.
fn chart(number: usize, figure: &Figure) -> Option<Chart> {
    /// More bars than this stand on no page; the table has all.
    const BARS_MAX: usize = 20;
    let (kind, values, limit) = match figure.drawing.as_ref()? {
        Drawing::Line { values, band } => {
            let bounds = band.iter().flat_map(|(low, high)| [*low, *high]);
            (chart::Kind::Line, values.iter().copied().chain(bounds).collect::<Vec<_>>(), usize::MAX)
        }
        Drawing::Bars { values } => (chart::Kind::Bars, values.clone(), BARS_MAX),
    };
    let rows = &figure.rows[..figure.rows.len().min(limit)];
    let value = |cell: &Cell| match cell {
        Cell::Count(count) => Some(count.to_string()),
        Cell::Fraction { numerator, denominator } => Some(crate::figure::decimal(*numerator, *denominator, 1, 4)),
        Cell::Text(_) | Cell::List(_) | Cell::Unknown => None,
    };
    let series = |at: &usize| {
        let figures = rows.iter().map(|row| row.cells.get(*at).and_then(value)).collect();
        (figure.columns[*at].heading.clone(), figures)
    };
    (!rows.is_empty()).then(|| Chart {
        caption: format!("图 {number}　{}", figure.question),
        kind,
        unit: figure.unit.zh().to_owned(),
        categories: rows.iter().map(|row| row.cells[0].written(figure.columns[0].kind)).collect(),
        series: values.iter().map(series).collect(),
    })
}

fn table(number: usize, figure: &Figure) -> Table {
    let is_number = |column: &Column| !matches!(column.kind, Kind::Text | Kind::Document);
    let written = |cell: &Cell, column: &Column| match cell {
        Cell::Unknown => "—".to_owned(),
        cell => cell.written(column.kind),
    };
    Table {
        caption: format!("表 {number}　{}", figure.question),
        columns: figure.columns.iter().map(|column| (column.heading.clone(), is_number(column))).collect(),
        rows: figure
            .rows
            .iter()
            .map(|row| row.cells.iter().zip(&figure.columns).map(|(cell, column)| written(cell, column)).collect())
            .collect(),
    }
}

/// The project record, a table for each step; what nobody said is told as such.
fn record(report: &Report, project: &Project) -> Vec<Block> {
    let table = |(step, rows): Step| {
        let said = |words: String| if words.is_empty() { "未填写".to_owned() } else { words };
        Block::Table(Table {
            caption: format!("项目记录　{step}"),
            columns: vec![("事项".into(), false), ("内容".into(), false)],
            rows: rows.into_iter().map(|(label, words)| vec![label.to_owned(), said(words)]).collect(),
        })
    };
    project.steps(report).into_iter().map(table).collect()
}

fn told(differences: &Differences) -> Vec<Block> {
    /// How many documents are named; the workbook has all.
    const NAMED: usize = 50;
    let mut blocks = vec![Block::Text(format!(
        "上一版截止 {}，快照第 {} 号。新进 {} 件，不再命中 {} 件，状态或权利人变化 {} 件。",
        zh_date(differences.earlier_as_of),
        differences.earlier_snapshot,
        differences.added.len(),
        differences.gone.len(),
        differences.changed.len()
    ))];
    if differences.is_other_scope {
        blocks.push(Block::Text("两版的检索式或对象不同，差异不只来自专利的变化。".to_owned()));
    }
    let table = Table {
        caption: format!("新进的专利（前 {NAMED} 件，全部见工作簿）"),
        columns: vec![("号码".into(), false), ("权利人".into(), false)],
        rows: differences.added.iter().take(NAMED).map(|one| vec![one.key.clone(), one.owners.join("；")]).collect(),
    };
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    blocks
}

fn contents(report: &Report) -> Sheet {
    let headings = ["图表", "部分", "问题", "结论", "单位", "口径", "截止日", "快照", "检索式", "方法"];
    let rows = report.figures.iter().enumerate().map(|(at, figure)| {
        vec![
            text(sheet_name(at + 1, figure)),
            text(figure.part.zh()),
            text(&figure.question),
            text(&figure.finding),
            text(figure.unit.zh()),
            text(figure.basis.zh()),
            sheets::Cell::Date(figure.as_of),
            number(figure.snapshot),
            text(&figure.search),
            text(&figure.method),
        ]
    });
    let kinds = |heading: &&str| match *heading {
        "截止日" => write::Kind::Date,
        "快照" => write::Kind::Number,
        _ => write::Kind::Text,
    };
    Sheet {
        name: "目录".to_owned(),
        title: Some(report.title()),
        columns: headings.iter().map(|heading| write::Column::new(*heading, kinds(heading))).collect(),
        rows: rows.collect(),
    }
}

fn sheet_name(at: usize, figure: &Figure) -> String {
    format!("{at:02} {}", figure.question.chars().take(20).collect::<String>())
}

/// A figure's sheet: fractions as numbers, and the search behind each row in the last column.
fn sheet(at: usize, figure: &Figure) -> Sheet {
    let kind = |column: &Column| match column.kind {
        Kind::Text => write::Kind::Text,
        Kind::Document => write::Kind::Code,
        Kind::Count | Kind::Percent | Kind::Index => write::Kind::Number,
    };
    let mut columns: Vec<write::Column> =
        figure.columns.iter().map(|column| write::Column::new(column.heading.clone(), kind(column))).collect();
    columns.push(write::Column { width: Some(60), ..write::Column::new("检索式", write::Kind::Text) });
    let rows = figure.rows.iter().map(|row| {
        let cells = row.cells.iter().zip(&figure.columns).map(|(cell, column)| match cell {
            Cell::Count(count) => number(*count),
            Cell::Unknown => sheets::Cell::Empty,
            Cell::Fraction { numerator, denominator } if column.kind == Kind::Index => {
                sheets::Cell::Number(crate::figure::decimal(*numerator, *denominator, 1, 4))
            }
            Cell::Fraction { numerator, denominator } => {
                sheets::Cell::Number(crate::figure::decimal(*numerator, *denominator, 100, 2))
            }
            other => text(other.written(column.kind)),
        });
        cells.chain([text(row.search.as_deref().unwrap_or_default())]).collect()
    });
    for (column, of) in columns.iter_mut().zip(&figure.columns).filter(|(_, of)| of.kind == Kind::Percent) {
        column.heading = format!("{}（%）", of.heading);
    }
    Sheet { name: sheet_name(at, figure), title: Some(figure.question.clone()), columns, rows: rows.collect() }
}

fn data_set(report: &Report) -> Sheet {
    let own = report.scope.subject.name.as_str();
    let columns = ["号码", "法律状态", "权利人", "是否属于主体"];
    let rows = report.documents.iter().map(|one| {
        vec![text(&one.key), text(one.state.zh()), text(one.owners.join("；")), sheets::Cell::Flag(one.is_own)]
    });
    Sheet {
        name: "数据集".to_owned(),
        title: Some(format!("数据集：截至 {} 的全部文献", report.scope.as_of)),
        columns: columns
            .iter()
            .map(|heading| {
                let kind = if *heading == "号码" { write::Kind::Code } else { write::Kind::Text };
                write::Column::new(heading.replace("主体", own), kind)
            })
            .collect(),
        rows: rows.collect(),
    }
}

fn changes(differences: &Differences) -> [Sheet; 2] {
    let patents = [("新进", &differences.added), ("不再命中", &differences.gone)];
    let mut rows: Vec<Vec<sheets::Cell>> = Vec::new();
    for (word, members) in patents {
        rows.extend(members.iter().map(|one| {
            vec![text(word), text(&one.key), text(one.state.zh()), text(""), text(one.owners.join("；")), text("")]
        }));
    }
    rows.extend(differences.changed.iter().map(|one| {
        let owners = one.owners.clone().unwrap_or_default();
        let (before, after) = (one.states.0.zh(), one.states.1.zh());
        vec![
            text("变化"),
            text(&one.key),
            text(before),
            text(after),
            text(owners.0.join("；")),
            text(owners.1.join("；")),
        ]
    }));
    let columns = ["变化", "号码", "法律状态（前）", "法律状态（后）", "权利人（前）", "权利人（后）"];
    let figures = differences.rows.iter().map(|row| {
        let told = |cells: &[(String, String)]| {
            cells.iter().map(|(heading, value)| format!("{heading} {value}")).collect::<Vec<_>>().join("，")
        };
        vec![text(&row.figure), text(&row.name), text(told(&row.before)), text(told(&row.after))]
    });
    let texts = |headings: &[&str]| headings.iter().map(|one| write::Column::new(*one, write::Kind::Text)).collect();
    [
        Sheet { name: "专利变化".to_owned(), title: None, columns: texts(&columns), rows },
        Sheet {
            name: "图表变化".to_owned(),
            title: None,
            columns: texts(&["图表", "行", "上一版", "本版"]),
            rows: figures.collect(),
        },
    ]
}

fn zh_date(day: jiff::civil::Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn number(number: u64) -> sheets::Cell {
    sheets::Cell::Number(number.to_string())
}

/// A text that a cell of a workbook can hold.
fn text(text: impl Into<String>) -> sheets::Cell {
    const CHARACTERS_MAX: usize = 32_000;
    let text = text.into();
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => sheets::Cell::Text(format!("{}…（太长，未写全）", &text[..end])),
        None if text.is_empty() => sheets::Cell::Empty,
        None => sheets::Cell::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_numbered_in_chinese() {
        let told: Vec<String> = [1, 9, 10, 11, 20, 23].into_iter().map(numeral).collect();
        assert_eq!(told, ["一", "九", "十", "十一", "二十", "二十三"]);
    }
}
