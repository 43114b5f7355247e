//! Key patents by a published score whose parts are shown.

use std::collections::{BTreeSet, HashMap};

use corpus::Query;
use documents::{Document, LegalState, families, legal};
use jiff::civil::Date;

use super::{Answer, RANKED};
use crate::{
    Result,
    figure::{Cell, Column, Kind, Row},
    study::Study,
};

pub(crate) const METHOD: &str = "关注分由公布的六部分相加：同族受理局数（每多一个 1 分，至多 5）、同族件数（每多一件 1 分，至多 3）、\
    本领域内被引（每次 1 分，至多 10）、权利要求数（每 5 项 1 分，至多 4）、法律状态（有效 3、审中 1）、\
    自申请日起维持满十年且有效（2）。同族和被引只数本库已收录的文献；来源没有说明的部分记为未知、不给分，总分因而是下限。\
    剩余期限单列，不计分：年限既说明经得起考验，也说明剩余保护短。每族只列得分最高的一件。关注分不是价值，也不用于定价。";

/// The parts of a document's score; a part that no source tells is none. Of a whole corpus there are as many as families, so
/// that it holds nothing of the document but its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scored {
    pub(crate) key: String,
    /// Whether it stands before those that do not, whatever their points.
    pub(crate) is_first: bool,
    pub(crate) offices: u64,
    pub(crate) members: u64,
    pub(crate) cited: u64,
    pub(crate) claims: Option<u64>,
    pub(crate) state: LegalState,
    /// Whole years since filing, where the filing date is known.
    pub(crate) years: Option<u64>,
    /// Whole months until the term ends, where kind and filing date are known.
    pub(crate) months_left: Option<u64>,
}

impl Scored {
    /// The points of each part: offices, members, cited, claims, state, years.
    pub(crate) fn parts(&self) -> [Option<u64>; 6] {
        let state = match self.state {
            LegalState::InForce => Some(3),
            LegalState::Pending => Some(1),
            LegalState::Unknown => None,
            _ => Some(0),
        };
        let kept = self.years.map(|years| if years >= 10 && self.state == LegalState::InForce { 2 } else { 0 });
        [
            Some((self.offices - 1).min(5)),
            Some((self.members - 1).min(3)),
            Some(self.cited.min(10)),
            self.claims.map(|claims| (claims / 5).min(4)),
            state,
            kept,
        ]
    }

    /// The sum of the parts that are known.
    pub(crate) fn points(&self) -> u64 {
        self.parts().into_iter().flatten().sum()
    }
}

/// The scores of a set's documents, the best of each family, the best first; `place` leaves a document out, or says whether
/// it stands before the others.
pub(crate) fn scored(
    study: &Study<'_>,
    set: &Query,
    place: impl Fn(&Document, Option<u64>) -> Option<bool>,
) -> Result<Vec<Scored>> {
    let (relatives, citing) = (study.families()?, study.citing()?);
    let mut best: HashMap<String, Scored> = HashMap::new();
    study.corpus.each_document(set, |document| {
        let months_left = months_left(&document, study.scope.as_of);
        let Some(is_first) = place(&document, months_left) else { return };
        let family = families::name_of(&document);
        let (members, offices) =
            relatives.get(&family).map_or((1, 1), |family| (family.members, family.offices.len() as u64));
        let cited = numbers(&document).filter_map(|number| citing.get(number)).flatten().collect::<BTreeSet<_>>().len();
        let as_of = study.scope.as_of;
        let scored = Scored {
            offices,
            members,
            cited: cited as u64,
            claims: (!document.claims.is_empty()).then_some(document.claims.len() as u64),
            state: standing(&document, as_of),
            years: document.filed_on.and_then(|filed| years_between(filed, as_of)),
            months_left,
            is_first,
            key: document.key,
        };
        match best.get(&family) {
            Some(other) if !is_before(&scored, other) => {}
            _ => drop(best.insert(family, scored)),
        }
    })?;
    let mut all: Vec<Scored> = best.into_values().collect();
    all.sort_by(|left, right| match is_before(left, right) {
        true => std::cmp::Ordering::Less,
        false => std::cmp::Ordering::Greater,
    });
    Ok(all)
}

fn is_before(left: &Scored, right: &Scored) -> bool {
    let order = |one: &Scored| std::cmp::Reverse((one.is_first, one.points(), one.cited));
    order(left).cmp(&order(right)).then_with(|| left.key.cmp(&right.key)).is_lt()
}

/// The state on the cut-off day: what the corpus knows last, else what dated events tell; a right whose term is over
/// has ended, whatever a source says.
fn standing(document: &Document, as_of: Date) -> LegalState {
    match document.state {
        LegalState::Unknown => legal::state_on(document, as_of).state,
        LegalState::InForce if months_left(document, as_of) == Some(0) => LegalState::Ended,
        state => state,
    }
}

/// The numbers under which a document may be cited.
fn numbers(document: &Document) -> impl Iterator<Item = &str> {
    let publications = document.publications.iter().flat_map(|one| {
        let bare = one.number.strip_suffix(one.kind_code.as_str()).unwrap_or(&one.number);
        [one.number.as_str(), bare]
    });
    [document.key.as_str(), document.application_number.as_str()]
        .into_iter()
        .chain(publications)
        .filter(|n| !n.is_empty())
}

fn years_between(from: Date, to: Date) -> Option<u64> {
    let span = from.until((jiff::Unit::Year, to)).ok()?;
    u64::try_from(span.get_years()).ok()
}

/// Whole months until the term ends: of inventions of every office and of what is Chinese (《专利法》第四十二条).
///
/// None where kind or filing date is unknown.
pub(crate) fn months_left(document: &Document, as_of: Date) -> Option<u64> {
    let kind = document.kind.filter(|kind| *kind == terms::PatentKind::Invention || document.office == "CN")?;
    let over = kind.term_over_on(document.filed_on?).ok()?;
    let span = as_of.until((jiff::Unit::Month, over)).ok()?;
    Some(u64::try_from(span.get_months()).unwrap_or(0))
}

/// A remaining term in words: 8 年 3 个月.
pub(crate) fn term_left(months: Option<u64>) -> Cell {
    Cell::text(match months {
        None => String::new(),
        Some(0) => "已届满".to_owned(),
        Some(months) => match (months / 12, months % 12) {
            (0, months) => format!("{months} 个月"),
            (years, 0) => format!("{years} 年"),
            (years, months) => format!("{years} 年 {months} 个月"),
        },
    })
}

/// The rows of the first of them, for which their documents are read.
pub(crate) fn rows(study: &Study<'_>, all: &[Scored]) -> Result<Vec<Row>> {
    all.iter().take(RANKED).map(|one| Ok(row(one, &study.corpus.document(&one.key)?))).collect()
}

/// Who owns it, or who applied where no source names owners.
pub(crate) fn owners(document: &Document) -> Vec<String> {
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    parties.iter().map(|party| party.name.clone()).collect()
}

fn row(scored: &Scored, document: &Document) -> Row {
    let points = scored.parts().map(|part| part.map_or(Cell::Unknown, Cell::Count));
    let cells = [
        Cell::Text(scored.key.clone()),
        Cell::text(document.titles.first().map(|title| title.text.clone()).unwrap_or_default()),
        Cell::List(owners(document)),
        if scored.state == LegalState::Unknown { Cell::Unknown } else { Cell::text(scored.state.zh()) },
        term_left(scored.months_left),
        Cell::Count(scored.points()),
    ];
    let number = Query::numbers(vec![scored.key.clone()]);
    Row::new(cells.into_iter().chain(points).collect(), number)
}

pub(crate) fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("号码", Kind::Document),
        Column::text("名称"),
        Column::text("权利人"),
        Column::text("法律状态"),
        Column::text("剩余期限"),
        Column::count("关注分"),
    ];
    columns.extend(["同族受理局", "同族件数", "被引", "权利要求", "状态", "维持十年"].map(Column::count));
    columns
}

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let all = scored(study, &study.field, |_, _| Some(false))?;
    let rows = rows(study, &all)?;
    let own: std::collections::HashSet<String> = study.corpus.keys(&study.own)?.into_iter().collect();
    let mine = all.iter().take(RANKED).filter(|one| own.contains(&one.key)).count();
    let finding = match all.first() {
        None => "没有文献。".to_owned(),
        Some(first) => format!(
            "得分最高的是{}（{} 分，{}）；前 {} 件中{}有 {mine} 件。",
            first.key,
            first.points(),
            match rows.first().map(|row| &row.cells[2]) {
                Some(Cell::List(owners)) if !owners.is_empty() => owners[0].clone(),
                _ => "权利人未知".to_owned(),
            },
            rows.len(),
            study.scope.subject.name
        ),
    };
    Ok(Answer { search: study.field.clone(), columns: columns(), rows, finding, drawing: None })
}
