//! The statuses (资质) that an award asks of its enterprise on the day of the event, and what else a certificate must show.
//!
//! A certificate under GB/T 29490 (贯标认证) names the edition it was given under, and is kept up by a yearly look (监督审核).

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::policy::Settings;

use super::{
    facts::Sheet,
    gates::{Asked, Gate, Outcome},
};
use crate::{
    Error,
    freeze::{self, Interval},
};

/// 贯标认证, the only status with an edition and a yearly look.
const CERTIFIED: &str = "贯标认证";
const BASIS: &str = "登记簿“企业资质”";

/// One status of one enterprise.
pub(super) struct Qualification {
    kind: String,
    during: Interval,
    /// The edition of the standard; empty when the register does not say.
    standard: String,
    surveyed_on: Option<Date>,
    revoked_on: Option<Date>,
}

/// Every status, by enterprise.
pub(super) fn of(sheet: &Sheet<'_>) -> BTreeMap<String, Vec<Qualification>> {
    let mut all: BTreeMap<String, Vec<Qualification>> = BTreeMap::new();
    for row in sheet.rows {
        let (kind, day) = (sheet.text(row, "kind"), |field| sheet.date(row, field));
        let during = day("valid_from").and_then(|from| freeze::held(kind, from, day("valid_to"), day("revoked_on")));
        let Some(during) = during else { continue };
        all.entry(sheet.text(row, "uscc").to_owned()).or_default().push(Qualification {
            kind: kind.to_owned(),
            during,
            standard: sheet.text(row, "standard").to_owned(),
            surveyed_on: day("surveyed_on"),
            revoked_on: day("revoked_on"),
        });
    }
    all
}

/// One gate for each status that the award asks for, its subject's own first.
pub(super) fn gates(asked: &Asked<'_>) -> Result<Vec<Gate>, Error> {
    let own = registry::STATUSES.contains(&asked.award.subject.as_str()).then_some(&asked.award.subject);
    own.into_iter().chain(&asked.award.requires).map(|kind| gate(asked, kind)).collect()
}

fn gate(asked: &Asked<'_>, kind: &str) -> Result<Gate, Error> {
    let Some(all) = asked.known.qualifications(asked.subject) else {
        return Ok(Gate::new(kind, Outcome::Unknown, "从未导入“企业资质”，无法核对", BASIS));
    };
    let holding: Vec<&Qualification> =
        all.iter().filter(|one| one.kind == kind && one.during.holds(asked.event)).collect();
    if holding.is_empty() {
        let words = match kind {
            "高新技术企业" => format!("{} 不是有效的高新技术企业", asked.event),
            _ => format!("{} 没有有效的{kind}", asked.event),
        };
        return Ok(Gate::new(kind, Outcome::Block, words, BASIS));
    }
    // Held on the day of the event, and not taken away before the day of the money (AMB-10); plain expiry does no harm.
    let taken = holding.iter().map(|one| one.revoked_on.filter(|day| *day <= asked.today));
    if let Some(day) = taken.min().flatten() {
        let words = format!("{} {kind}有效，但已于 {day} 撤销", asked.event);
        return Ok(Gate::new(kind, Outcome::Block, words, BASIS));
    }
    if kind != CERTIFIED {
        return Ok(Gate::new(kind, Outcome::Pass, format!("{} {kind}有效", asked.event), BASIS));
    }
    // One sound certificate is enough.
    let settings = asked.policy.settings(asked.event, &BTreeMap::new())?;
    let looked = holding.into_iter().map(|one| certificate(&settings, asked.event, one));
    let best = looked.min_by_key(|(outcome, ..)| *outcome).unwrap_or((Outcome::Unknown, "无法核对".into(), BASIS));
    Ok(Gate::new(kind, best.0, best.1, best.2))
}

/// What a certificate must show beside its days (GB/T 29490; 认监委、国家知识产权局公告 2023 年第 27 号), in words with their basis.
fn certificate<'a>(settings: &'a Settings, event: Date, held: &Qualification) -> (Outcome, String, &'a str) {
    const OLD: &str = "GB/T 29490-2013";
    if held.standard.is_empty() {
        return (Outcome::Unknown, "证书没有登记执行标准（2013 版或 2023 版），请补登后再核对".into(), BASIS);
    }
    let (last, basis) = (settings.date("standard_2013_last_day"), settings.basis("standard_2013_last_day"));
    match last {
        None if held.standard == OLD => return (Outcome::Unknown, "政策文件没有载明旧版证书的截止日".into(), BASIS),
        Some(last) if held.standard == OLD && event > last => {
            return (Outcome::Block, format!("证书依据 {OLD}，{last} 之后不再有效，应换发 2023 版"), basis);
        }
        _ => {}
    }
    let (months, basis) = (settings.integer("surveillance_months"), settings.basis("surveillance_months"));
    let Some(months) = months.and_then(|months| i32::try_from(months).ok()) else {
        return (Outcome::Unknown, "政策文件没有载明监督审核的间隔".into(), BASIS);
    };
    // The certificate itself covers the first year; a look after the event says nothing of that day.
    let seen = held.surveyed_on.filter(|day| *day <= event).max(held.during.from);
    match seen.and_then(|day| terms::periods::add_months(day, months).ok()) {
        Some(due) if event <= due => {
            (Outcome::Pass, format!("{event} 证书有效（{}，监督审核至 {due}）", held.standard), BASIS)
        }
        Some(due) => {
            (Outcome::Unknown, format!("证书应于 {due} 前监督审核，登记簿没有记载，请补登监督审核日期"), basis)
        }
        None => (Outcome::Unknown, "算不出监督审核到期的日子，请核对登记簿的日期".into(), BASIS),
    }
}

#[cfg(test)]
mod tests {
    //! Both sides of every day.

    use jiff::civil::date;

    use super::*;

    fn looked(standard: &str, surveyed_on: Option<Date>, event: Date) -> Outcome {
        let during = Interval { from: Some(date(2023, 3, 1)), until: Some(date(2026, 3, 1)) };
        let held =
            Qualification { kind: CERTIFIED.into(), during, standard: standard.into(), surveyed_on, revoked_on: None };
        let policy = crate::runs::policy().unwrap();
        certificate(&policy.settings(event, &BTreeMap::new()).unwrap(), event, &held).0
    }

    #[test]
    fn the_edition_of_2013_ends_with_2025_and_an_unnamed_one_is_not_known() {
        let seen = Some(date(2025, 3, 1));
        assert_eq!(looked("GB/T 29490-2013", seen, date(2025, 12, 31)), Outcome::Pass);
        assert_eq!(looked("GB/T 29490-2013", seen, date(2026, 1, 1)), Outcome::Block);
        assert_eq!(looked("GB/T 29490-2023", seen, date(2026, 1, 1)), Outcome::Pass);
        assert_eq!(looked("", seen, date(2025, 12, 31)), Outcome::Unknown);
    }

    #[test]
    fn a_certificate_is_looked_at_every_year_and_a_later_look_does_not_heal_an_earlier_day() {
        let of = |seen, event| looked("GB/T 29490-2023", seen, event);
        assert_eq!(of(None, date(2024, 3, 1)), Outcome::Pass);
        assert_eq!(of(None, date(2024, 3, 2)), Outcome::Unknown);
        assert_eq!(of(Some(date(2024, 2, 20)), date(2025, 2, 20)), Outcome::Pass);
        assert_eq!(of(Some(date(2024, 2, 20)), date(2025, 2, 21)), Outcome::Unknown);
        assert_eq!(of(Some(date(2024, 6, 1)), date(2024, 5, 31)), Outcome::Unknown);
    }
}
