//! In what the subject is specialised: its shares against those of the rest of what the corpus holds, and whether the
//! difference is more than chance.

use corpus::Query;

use super::Answer;
use crate::{
    Result,
    figure::{Cell, Column, Kind, Row},
    study::{Study, not},
};

/// A comparison with less than this says nothing.
const REST_MIN: u64 = 30;

/// How the subject stands in a technology against the rest of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Its share is surely larger.
    Strong,
    /// Its share is surely smaller.
    Weak,
    /// The difference may be chance, or is too small to matter.
    Level,
    /// There is too little to compare with.
    NotJudged,
}

impl Strength {
    /// The Chinese word.
    fn zh(self) -> &'static str {
        match self {
            Self::Strong => "专长",
            Self::Weak => "不专长",
            Self::Level => "不显著",
            Self::NotJudged => "不判断",
        }
    }
}

/// The subject against the rest of a set: the province or the nation as the corpus has it, without the subject.
pub(crate) struct Comparison {
    name: &'static str,
    rest: Query,
    own: u64,
    all: u64,
}

/// How the subject stands in one technology.
pub(crate) struct Standing {
    pub(crate) own: u64,
    pub(crate) rest: u64,
    pub(crate) rta: Cell,
    pub(crate) rsi: Cell,
    pub(crate) strength: Strength,
}

impl Comparison {
    pub(crate) fn new(study: &Study<'_>, name: &'static str, set: &Query) -> Result<Self> {
        let rest = set.clone().and(not(&study.own));
        Ok(Self { name, own: study.measure(&study.own)?, all: study.measure(&rest)?, rest })
    }

    pub(crate) fn of_nation(study: &Study<'_>) -> Result<Self> {
        Self::new(study, "本库全国其余", &study.nation)
    }

    /// Why nothing is judged, where there is too little beside the subject.
    pub(crate) fn lacking(&self, study: &Study<'_>) -> Option<String> {
        (self.all < self.own.max(REST_MIN)).then(|| {
            let (subject, unit) = (&study.scope.subject.name, study.unit.zh());
            format!(
                "{}只有 {} {unit}，{subject} {} {unit}，对照不足，不判断{subject}是否专长",
                self.name, self.all, self.own
            )
        })
    }

    pub(crate) fn standing(&self, study: &Study<'_>, technology: &Query) -> Result<Standing> {
        let own = study.measure(&study.own.clone().and(technology.clone()))?;
        let rest = study.measure(&self.rest.clone().and(technology.clone()))?;
        let [rta, rsi] = specialised((own, self.own), (rest, self.all));
        let strength = match self.lacking(study) {
            Some(_) => Strength::NotJudged,
            None => strength((own, self.own), (rest, self.all)),
        };
        Ok(Standing { own, rest, rta, rsi, strength })
    }
}

/// How far a set is specialised in a technology against another: RTA and RSI, exactly.
fn specialised((part, all): (u64, u64), (other_part, other_all): (u64, u64)) -> [Cell; 2] {
    let (mine, theirs) = (part * other_all, other_part * all);
    match (mine + theirs, i64::try_from(mine), i64::try_from(theirs)) {
        (1.., Ok(above), Ok(below)) => {
            [Cell::fraction(mine, theirs), Cell::Fraction { numerator: above - below, denominator: mine + theirs }]
        }
        _ => [Cell::Unknown, Cell::Unknown],
    }
}

/// Whether the ratio of two shares is more than chance: its 95 % interval by logarithms, each count with a half added so
/// that none is zero (Walter 1975), leaves out 1, and the RSI is at least a twentieth.
fn strength((part, all): (u64, u64), (other_part, other_all): (u64, u64)) -> Strength {
    const Z: f64 = 1.96;
    const RSI_MIN: f64 = 0.05;
    if all == 0 {
        return Strength::NotJudged;
    }
    let has_any = part > 0;
    let [part, all, other_part, other_all] = [part, all, other_part, other_all].map(|count| count as f64 + 0.5);
    let ratio = (part / all) / (other_part / other_all);
    let spread = Z * (1.0 / part - 1.0 / all + 1.0 / other_part - 1.0 / other_all).sqrt();
    let (low, high) = (ratio.ln() - spread, ratio.ln() + spread);
    let rsi = (ratio - 1.0) / (ratio + 1.0);
    if has_any && low > 0.0 && rsi >= RSI_MIN {
        Strength::Strong
    } else if high < 0.0 && rsi <= -RSI_MIN {
        Strength::Weak
    } else {
        Strength::Level
    }
}

pub(crate) fn answer(study: &Study<'_>) -> Result<Answer> {
    let nation = Comparison::of_nation(study)?;
    let province = study.province.as_ref().map(|set| Comparison::new(study, "本库全省其余", set)).transpose()?;
    let mut rows = Vec::new();
    let mut strong: Vec<&str> = Vec::new();
    for (name, query) in &study.technologies {
        let of_nation = nation.standing(study, query)?;
        let of_province = province.as_ref().map(|province| province.standing(study, query)).transpose()?;
        if of_nation.strength == Strength::Strong {
            strong.push(name);
        }
        let in_province = of_province.as_ref().map_or(Cell::Unknown, |one| Cell::Count(one.rest));
        let [rta, rsi] = of_province.map_or([Cell::Unknown, Cell::Unknown], |one| [one.rta, one.rsi]);
        let cells = vec![
            Cell::Text(name.clone()),
            Cell::Count(of_nation.own),
            in_province,
            Cell::Count(of_nation.rest),
            rta,
            rsi,
            of_nation.rta,
            of_nation.rsi,
            Cell::Text(of_nation.strength.zh().to_owned()),
        ];
        rows.push(Row::new(cells, study.own.clone().and(query.clone())));
    }
    let subject = &study.scope.subject.name;
    let finding = match (nation.own, nation.lacking(study), strong.as_slice()) {
        (0, ..) => format!("{subject}在本领域没有文献，不计算相对专长。"),
        (_, Some(why), _) => format!("{why}。"),
        (_, None, []) => format!("{subject}没有一个技术分支的份额显著高于本库全国其余部分。"),
        (_, None, strong) => format!("与本库全国其余部分相比，{subject}相对专长于{}。", strong.join("、")),
    };
    let unit = study.unit.zh();
    let mut columns = vec![Column::text("技术分支")];
    let sets = [subject.as_str(), "本库全省其余", "本库全国其余"];
    columns.extend(sets.map(|name| Column::count(&format!("{name}（{unit}）"))));
    let indices = ["RTA（对全省其余）", "RSI（对全省其余）", "RTA（对全国其余）", "RSI（对全国其余）"];
    columns.extend(indices.map(|name| Column::new(name, Kind::Index)));
    columns.push(Column::text("判断（对全国其余）"));
    Ok(Answer { search: study.own.clone(), columns, rows, finding, drawing: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_that_may_be_chance_is_not_judged() {
        let check = |mine, theirs, expected| assert_eq!(strength(mine, theirs), expected, "{mine:?} {theirs:?}");
        check((7, 40), (100, 1_000), Strength::Level);
        check((70, 400), (1_000, 10_000), Strength::Strong);
        check((10, 400), (1_000, 10_000), Strength::Weak);
        check((0, 400), (1_000, 10_000), Strength::Weak);
        check((0, 3), (1, 10_000), Strength::Level);
        // Sure, but too small to matter.
        check((102_000, 1_000_000), (1_000_000, 10_000_000), Strength::Level);
        check((0, 0), (1_000, 10_000), Strength::NotJudged);
    }

    #[test]
    fn what_only_the_subject_has_is_an_rsi_of_one() {
        assert_eq!(specialised((3, 10), (0, 50)), [Cell::Unknown, Cell::fraction(150, 150)]);
        assert_eq!(specialised((0, 10), (0, 50)), [Cell::Unknown, Cell::Unknown]);
        assert_eq!(specialised((2, 10), (10, 50))[1], Cell::fraction(0, 200));
    }
}
