//! Effect per yuan (资金效益, C4.2.1): for every item and year what was paid beside what it was paid for, per ten thousand yuan.
//!
//! What came of the money is counted in the cases that were paid: their rights, or the cases themselves. It says what the money was given
//! for, not that it came about by the money.

use std::collections::{BTreeMap, BTreeSet};

use db::Db;

use super::store;
use crate::{
    Error,
    accounts::{Account, Permission},
    cases::Facts,
    items::allowed,
};

/// What is counted as come of an item's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 当年授权的发明专利.
    Granted,
    /// 年末有效的发明专利.
    InForce,
    /// PCT 国外授权.
    GrantedAbroad,
    /// 获批的项目.
    Projects,
    /// 通过认证的企业.
    Certified,
    /// 引进的技术.
    Introduced,
    /// 维权的案件.
    Defended,
    /// 其他: the cases.
    Cases,
}

impl Kind {
    /// What is counted for an award.
    pub fn of(award: &str) -> Self {
        match award {
            "invention-star" => Self::Granted,
            "innovation-star" => Self::InForce,
            "pct-grant" => Self::GrantedAbroad,
            "project-approval" => Self::Projects,
            "standard-certification" => Self::Certified,
            "patent-introduction" | "university-introduction" => Self::Introduced,
            "rights-aid" => Self::Defended,
            _ => Self::Cases,
        }
    }

    /// Its Chinese name with its unit.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Granted => "当年授权发明专利（件）",
            Self::InForce => "年末有效发明专利（件）",
            Self::GrantedAbroad => "PCT 国外授权（件）",
            Self::Projects => "获批项目（项）",
            Self::Certified => "通过认证的企业（家）",
            Self::Introduced => "引进的技术（项）",
            Self::Defended => "维权案件（件）",
            Self::Cases => "案件（件）",
        }
    }

    const fn counts_rights(self) -> bool {
        matches!(self, Self::Granted | Self::InForce | Self::GrantedAbroad)
    }
}

/// One thing that money was paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// The award.
    pub award: String,
    /// The year it was for.
    pub year: i64,
    /// The right, the matter, or the enterprise's code.
    pub what: String,
    /// The case.
    pub case: i64,
    /// Its enterprise.
    pub name: String,
}

/// An item in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The award.
    pub award: String,
    /// The year that the money was for, not that in which it was paid.
    pub year: i64,
    /// What was paid and not recovered, in fen.
    pub paid_fen: i64,
    /// The cases that it was paid to.
    pub cases: usize,
    /// What is counted.
    pub kind: Kind,
    /// How much came; none where a paid case does not say what it rests on.
    pub came: Option<i64>,
}

impl Effect {
    /// How much came for each ten thousand yuan, in hundredths; none where nothing was paid or it is not known.
    pub fn per_ten_thousand(&self) -> Option<i64> {
        const TEN_THOUSAND_YUAN_FEN: i128 = 1_000_000;
        let came = i128::from(self.came?) * TEN_THOUSAND_YUAN_FEN * 100;
        (self.paid_fen > 0).then(|| i64::try_from(came / i128::from(self.paid_fen)).unwrap_or(i64::MAX))
    }
}

/// What a paid case holds of it: nothing where that is not known.
fn things(case: &store::PaidCase) -> Result<Vec<Came>, Error> {
    let facts: Facts = serde_json::from_str(&case.facts)
        .map_err(|_| Error::Damaged(format!("第 {} 号案件的记录已损坏。请从备份恢复。", case.id)))?;
    let what = match Kind::of(&case.award) {
        kind if kind.counts_rights() => facts.rights,
        Kind::Certified => vec![case.subject.clone()],
        _ if case.matter.is_empty() => vec![case.id.to_string()],
        _ => vec![case.matter.clone()],
    };
    let came = |what| {
        let (award, name) = (case.award.clone(), case.name.clone());
        Came { award, year: case.year, what, case: case.id, name }
    };
    Ok(what.into_iter().map(came).collect())
}

/// What was paid in fen, for how many cases, and what came of it; none where a case does not tell.
type Counted = (i64, usize, Option<BTreeSet<String>>);

/// Every item and year in which a case was opened, the latest year first.
pub async fn effects(db: &Db, account: &Account) -> Result<Vec<Effect>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let (paid, opened) = {
        let mut tx = db.begin_read().await?;
        (store::paid_cases(&mut tx).await?, store::opened(&mut tx).await?)
    };
    let mut counted: BTreeMap<(i64, String), Counted> =
        opened.into_iter().map(|(award, year)| ((year, award), (0, 0, Some(BTreeSet::new())))).collect();
    for case in &paid {
        let sums = counted.entry((case.year, case.award.clone())).or_insert((0, 0, Some(BTreeSet::new())));
        sums.0 = sums.0.saturating_add(case.paid_fen);
        sums.1 += 1;
        let things = things(case)?;
        if things.is_empty() {
            sums.2 = None;
        }
        if let Some(all) = &mut sums.2 {
            all.extend(things.into_iter().map(|one| one.what));
        }
    }
    let effect = |((year, award), (paid_fen, cases, came)): ((i64, String), Counted)| {
        let came = came.map(|all| i64::try_from(all.len()).unwrap_or(i64::MAX));
        Effect { kind: Kind::of(&award), award, year, paid_fen, cases, came }
    };
    Ok(counted.into_iter().rev().map(effect).collect())
}

/// Everything that money was paid for, each once in its item and year.
pub async fn came(db: &Db, account: &Account) -> Result<Vec<Came>, Error> {
    allowed(account, Permission::ViewMoney)?;
    let mut tx = db.begin_read().await?;
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    for case in store::paid_cases(&mut tx).await? {
        for one in things(&case)? {
            if seen.insert((one.award.clone(), one.year, one.what.clone())) {
                all.push(one);
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_paid_or_is_not_known_has_no_effect_rather_than_none() {
        let effect = |paid_fen, came| {
            let award = "invention-star".to_owned();
            Effect { kind: Kind::of(&award), award, year: 2023, paid_fen, cases: 1, came }.per_ten_thousand()
        };
        assert_eq!(effect(2_000_000, Some(7)), Some(350), "seven for 20,000 yuan are 3.50");
        assert_eq!(effect(3_000_000, Some(1)), Some(33));
        assert_eq!(effect(0, Some(7)), None);
        assert_eq!(effect(2_000_000, None), None);
        assert_eq!(effect(2_000_000, Some(0)), Some(0));
    }
}
