//! Technology against effect, and the cells that others fill and the subject does not.

use std::sync::LazyLock;

use corpus::{Dimension, Field, Query, Value};
use serde::Deserialize;

use super::{Answer, recent};
use crate::{
    Result,
    figure::{Cell, Column, Row},
    study::{Study, any_of, not},
};

/// A cell that fewer others fill is no white space of the subject.
const OTHERS_MIN: u64 = 5;
/// How many white spaces are shown.
const SPACES: usize = 20;

#[derive(Deserialize)]
struct Effects {
    date: String,
    effect: Vec<Effect>,
}

#[derive(Deserialize)]
struct Effect {
    name: String,
    words: Vec<String>,
}

/// The published lists of words.
static EFFECTS: LazyLock<Effects> = LazyLock::new(|| {
    toml::from_str(include_str!("../../effects.toml")).expect("a test reads the list that is built in")
});

impl Effect {
    fn search(&self) -> Query {
        let word = |word: &String| Query::term(Field::Text, Value::Phrase(word.clone()));
        any_of(self.words.iter().map(word).collect())
    }
}

pub(crate) fn matrix(study: &Study<'_>) -> Result<Answer> {
    let effects = &*EFFECTS;
    let mut rows = Vec::new();
    let mut most: Option<(u64, String)> = None;
    for (name, query) in &study.technologies {
        let set = study.field.clone().and(query.clone());
        let mut cells = vec![Cell::Text(name.clone())];
        for effect in &effects.effect {
            let count = study.measure(&set.clone().and(effect.search()))?;
            if most.as_ref().is_none_or(|(most, _)| count > *most) && count > 0 {
                most = Some((count, format!("{name}的{}", effect.name)));
            }
            cells.push(Cell::Count(count));
        }
        rows.push(Row::new(cells, set));
    }
    let finding = match most {
        None => "没有一件文献的文字中出现功效关键词，多半是来源没有摘要。".to_owned(),
        Some((count, cell)) => {
            format!("最密集的是{cell}，{count} {}；功效关键词表日期 {}。", study.unit.zh(), effects.date)
        }
    };
    let heads = effects.effect.iter().map(|effect| Column::count(&effect.name));
    let columns = [Column::text("技术分支")].into_iter().chain(heads).collect();
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: None })
}

pub(crate) fn white_space(study: &Study<'_>) -> Result<Answer> {
    let mut spaces = Vec::new();
    for (name, query) in &study.technologies {
        for effect in &EFFECTS.effect {
            let cell = query.clone().and(effect.search());
            if study.corpus.count(&study.own.clone().and(cell.clone()))? > 0 {
                continue;
            }
            let set = study.field.clone().and(cell).and(not(&study.own));
            let others = study.measure(&set)?;
            if others >= OTHERS_MIN {
                spaces.push((others, name.as_str(), effect.name.as_str(), set));
            }
        }
    }
    let found = spaces.len();
    spaces.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| (left.1, left.2).cmp(&(right.1, right.2))));
    let mut rows = Vec::new();
    for (others, technology, effect, set) in spaces.into_iter().take(SPACES) {
        let late = study.measure(&set.clone().and(recent(study)))?;
        let leaders = study.bodies(&set, Dimension::Applicant)?.into_iter().take(3).map(|body| body.name).collect();
        let cells = vec![
            Cell::Text(technology.to_owned()),
            Cell::Text(effect.to_owned()),
            Cell::Count(others),
            Cell::Count(late),
            Cell::List(leaders),
        ];
        rows.push(Row::new(cells, set));
    }
    let subject = &study.scope.subject.name;
    let finding = match rows.first() {
        None => format!("别人不少于 {OTHERS_MIN} {}的格子，{subject}都有涉足。", study.unit.zh()),
        Some(first) => format!(
            "{subject}有 {found} 个格子空白而别人已有布局，最大的是{}的{}。",
            first.cells[0].written(crate::Kind::Text),
            first.cells[1].written(crate::Kind::Text)
        ),
    };
    let columns = vec![
        Column::text("技术分支"),
        Column::text("功效"),
        Column::count(&format!("其他申请人（{}）", study.unit.zh())),
        Column::count("其中最近三个完整年份"),
        Column::text("居前的申请人"),
    ];
    Ok(Answer { search: study.field.clone(), columns, rows, finding, drawing: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effect_has_words_that_can_be_searched() {
        assert!(EFFECTS.effect.len() >= 8);
        for effect in &EFFECTS.effect {
            let text = effect.search().to_string();
            assert!(Query::parse(&text).is_ok(), "{}: {text}", effect.name);
        }
    }
}
