//! Where a number comes from that rests on no list of single rights, or on an empty one: its own row of a register, the files
//! of the register, or the budget and its payments.

use domain::{
    accounts::Permission,
    budget,
    sources::{self, interval},
};
use registry::FoldedRow;
use rules::evaluation::Indicator;

use super::{address, counted::Counted};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    pages::{
        cockpit::shown::Shown,
        history,
        registry::{entries::cell, judgements::folded, register_name},
    },
    pieces::Link,
};

/// Something that is to be known of a figure besides its parts.
#[derive(Debug)]
pub(super) struct Fact {
    /// What it is.
    pub(super) name: String,
    /// In words.
    pub(super) words: String,
    /// Where it stands.
    pub(super) link: Option<Link>,
}

/// The register behind a numerator.
pub(super) fn numerator(frame: &Frame, code: &str) -> Option<Link> {
    let register = match code {
        "K06" => "patents",
        "K09" | "K10" => "survey-waves",
        "M14" => "trademarks",
        _ => Counted::by(code).register(),
    };
    link(frame, register)
}

/// The register behind a denominator.
pub(super) fn denominator(frame: &Frame, code: &str) -> Option<Link> {
    let register = match code {
        "K01" | "K04" => "statistics",
        "K07" | "M02" => "statuses",
        "K09" | "K10" => "survey-waves",
        "M03" | "M04" => "patents",
        "M14" => "enterprises",
        _ => return None,
    };
    link(frame, register)
}

/// The list of what a denominator counts, where another indicator counts just that.
pub(super) fn denominator_list(frame: &Frame, shown: &Shown, indicator: &Indicator) -> Option<String> {
    let other = match indicator.code.as_str() {
        // 有效高新技术企业.
        "K07" => "M01",
        // 有效发明专利.
        "M03" => "K01",
        _ => return None,
    };
    let counted = shown.evaluation().indicator(other)?;
    (counted.numerator == indicator.denominator).then(|| address(frame, shown, other, "/rights"))
}

/// The statistic that is the denominator: its year, vintage and day of publication, and its own row of the register.
pub(super) async fn statistic(
    app: &App,
    frame: &Frame,
    shown: &Shown,
    indicator: &Indicator,
) -> Result<Option<Fact>, AppError> {
    const ID: &str = "statistics";
    let Some(found) = sources::statistic(&shown.opened, indicator) else { return Ok(None) };
    let is_meant = |row: &&FoldedRow| {
        cell(ID, row, "measure") == found.measure
            && cell(ID, row, "year") == found.year.to_string()
            && cell(ID, row, "vintage") == found.vintage
            && cell(ID, row, "value").parse() == Ok(found.value)
    };
    let rows = folded(app, ID).await?;
    let key =
        rows.iter().find(is_meant).map(|row| ["measure", "region", "year", "vintage"].map(|of| cell(ID, row, of)));
    let published = found.published_on.map_or_else(|| frame.t("word-unknown"), |day| frame.date(day));
    let words = [
        ("measure", frame.said(&found.measure)),
        ("year", found.year.to_string()),
        ("vintage", frame.said(&found.vintage)),
        ("date", published),
        ("source", found.source),
    ];
    Ok(Some(Fact {
        name: frame.t("source-statistic"),
        words: frame.tn("source-statistic-of", words),
        link: key.and_then(|key| history::link(frame, ID, &key)).map(|href| Link::new(frame.t("source-row"), href)),
    }))
}

/// The wave of a survey behind a share, and the interval that its sample size leaves.
pub(super) fn survey(frame: &Frame, shown: &Shown, indicator: &Indicator) -> Vec<Fact> {
    let Some(wave) = sources::wave(&shown.opened, indicator) else { return Vec::new() };
    let day = wave.as_of.map(|day| day.to_string()).unwrap_or_default();
    let words = [
        ("date", wave.as_of.map_or_else(|| frame.t("word-unknown"), |day| frame.date(day))),
        ("approval", wave.approval.clone()),
        ("sample", format::count(wave.sample)),
        ("positive", format::count(wave.positive)),
    ];
    let row = history::link(frame, "survey-waves", &[&wave.survey, &day]);
    let mut facts = vec![Fact {
        name: frame.t("source-wave"),
        words: frame.tn("source-wave-of", words),
        link: row.map(|href| Link::new(frame.t("source-row"), href)),
    }];
    let bounds = sources::confidence_percent(shown.evaluation())
        .and_then(|confidence| Some((confidence, interval(wave.positive, wave.sample, confidence)?)));
    if let Some((confidence, (low, high))) = bounds {
        let edge = |hundredths: i64| format::fixed(hundredths.into(), 100, 2);
        facts.push(Fact {
            name: frame.t1("source-interval", "confidence", confidence),
            words: frame.tn("source-interval-of", [("low", edge(low)), ("high", edge(high))]),
            link: None,
        });
    }
    facts
}

/// Whether the budget and its payments say a figure, and no register.
pub(super) fn is_of_money(code: &str) -> bool {
    matches!(code, "M20" | "M21")
}

/// What the budget and its payments say of the year, for the figures of money that no register holds; read now, as they are
/// no part of a run's facts.
pub(super) async fn money(app: &App, frame: &Frame, shown: &Shown, code: &str) -> Result<Option<Fact>, AppError> {
    if !is_of_money(code) || !frame.may(Permission::ViewMoney) {
        return Ok(None);
    }
    let wanted = i64::from(shown.as_of().year());
    let board = budget::board(&app.installation, &shown.policy, app.now()).await?;
    // Without anything of the run's year, what stands there latest says its own year.
    let has_money = |one: &&budget::Year| one.budget_fen.or(one.subsidy_fen).is_some();
    let known: Vec<&budget::Year> = board.iter().filter(has_money).collect();
    let of_year = known.iter().find(|one| one.year == wanted).or(known.first()).copied();
    let year = of_year.map_or(wanted, |one| one.year);
    let amount =
        |fen: Option<i64>| fen.map_or_else(|| frame.t("word-unknown"), |fen| format::money_text(fen, frame.lang));
    let (budget, subsidy) = of_year.map_or((None, None), |one| (one.budget_fen, one.subsidy_fen));
    let share = of_year.and_then(budget::Year::share);
    let words = [
        ("year", year.to_string()),
        ("budget", amount(budget)),
        ("subsidy", amount(subsidy)),
        (
            "share",
            share.map_or_else(|| frame.t("word-unknown"), |share| format!("{}%", format::fixed(share.into(), 100, 2))),
        ),
    ];
    let key = match (budget.or(subsidy), code) {
        (None, _) => "source-money-none",
        (Some(_), "M20") => "source-money-share",
        _ => "source-money-of",
    };
    Ok(Some(Fact {
        name: frame.t("source-money"),
        words: frame.tn(key, words),
        link: Some(Link::new(frame.t("source-money-link"), frame.at("/budget/board"))),
    }))
}

fn link(frame: &Frame, register: &str) -> Option<Link> {
    let words = frame.t1("indicators-source", "register", register_name(frame, register));
    frame
        .may(Permission::ViewRegistry)
        .then(|| Link::new(words, frame.at(&format!("/registers/batches?register={register}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_policy_opens_to_rights_or_to_a_register() {
        let frame = Frame::for_tests();
        for one in &domain::runs::policy().unwrap().indicators {
            if one.numerator.is_empty() {
                continue;
            }
            assert!(numerator(&frame, &one.code).is_some(), "{}", one.code);
            assert_eq!(one.has_denominator(), denominator(&frame, &one.code).is_some(), "{}", one.code);
        }
    }
}
