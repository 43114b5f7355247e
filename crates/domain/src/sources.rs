//! Where a denominator or a share was taken from: the statistic with its year and vintage, and the wave of a survey with
//! the interval that its sample size leaves.
//!
//! Nothing here decides: a target is judged by the figure of the run.

use jiff::civil::Date;
use rules::{Evaluation, Rows, evaluation::Indicator};

use crate::runs::Opened;

/// A published statistic (统计数), as a run counted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistic {
    /// What it measures: 地区生产总值 or 常住人口.
    pub measure: String,
    /// The year it is of.
    pub year: i64,
    /// The number, in the unit of the denominator.
    pub value: i64,
    /// Its vintage (数据版本): 初步核算, 公报, 最终核实 or 普查修订.
    pub vintage: String,
    /// The day on which it was published.
    pub published_on: Option<Date>,
    /// The publication.
    pub source: String,
}

/// The statistic that a run took as the denominator of this indicator: of those that hold the number, the one published last.
pub fn statistic(opened: &Opened, indicator: &Indicator) -> Option<Statistic> {
    let measure = match indicator.code.as_str() {
        "K01" => "地区生产总值",
        "K04" => "常住人口",
        _ => return None,
    };
    let parameters = &opened.evaluation.parameters;
    let back = i64::from(parameters.get("denominator_year").is_none_or(|year| year != "same"));
    let year = i64::from(opened.evaluation.as_of.year()) - back;
    let rows = opened.snapshot.rows("statistic")?;
    let is_meant = |row: &usize| {
        rows.text(*row, "measure") == Some(measure)
            && rows.text(*row, "region").unwrap_or_default().is_empty()
            && rows.integer(*row, "year") == Some(year)
            && rows.integer(*row, "value") == indicator.denominator
    };
    let row = (0..rows.len()).filter(is_meant).max_by_key(|row| rows.date(*row, "published_on"))?;
    Some(Statistic {
        measure: measure.to_owned(),
        year,
        value: rows.integer(row, "value")?,
        vintage: text(rows, row, "vintage"),
        published_on: rows.date(row, "published_on"),
        source: text(rows, row, "source"),
    })
}

/// A wave of a survey (调查), as a run counted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// The survey: 认知度 or 满意度.
    pub survey: String,
    /// Its day.
    pub as_of: Option<Date>,
    /// The document that approved it (批准文号).
    pub approval: String,
    /// Valid answers.
    pub sample: i64,
    /// Answers that reach the mark.
    pub positive: i64,
}

/// The waves of the survey behind this indicator up to the day of the run, oldest first; of several of one day the one that
/// counts stands last.
pub fn waves(opened: &Opened, indicator: &Indicator) -> Vec<Wave> {
    let survey = match indicator.code.as_str() {
        "K09" => "认知度",
        "K10" => "满意度",
        _ => return Vec::new(),
    };
    let Some(rows) = opened.snapshot.rows("survey_wave") else { return Vec::new() };
    let is_meant = |row: &usize| {
        rows.text(*row, "survey") == Some(survey)
            && rows.date(*row, "as_of").is_some_and(|day| day <= opened.evaluation.as_of)
    };
    let wave = |row: usize| {
        Some(Wave {
            survey: survey.to_owned(),
            as_of: rows.date(row, "as_of"),
            approval: text(rows, row, "approval"),
            sample: rows.integer(row, "sample")?,
            positive: rows.integer(row, "positive")?,
        })
    };
    let mut waves: Vec<Wave> = (0..rows.len()).filter(is_meant).filter_map(wave).collect();
    waves.sort_by(|a, b| (a.as_of, a.sample, &a.approval).cmp(&(b.as_of, b.sample, &b.approval)));
    waves
}

/// The wave that a run took for this indicator.
pub fn wave(opened: &Opened, indicator: &Indicator) -> Option<Wave> {
    let is_meant =
        |wave: &Wave| Some(wave.sample) == indicator.denominator && Some(wave.positive) == indicator.numerator;
    waves(opened, indicator).into_iter().rev().find(is_meant)
}

/// The level of confidence that a run's parameters set for the intervals of surveys, in percent.
pub fn confidence_percent(evaluation: &Evaluation) -> Option<i64> {
    evaluation.parameters.get("survey_confidence_percent")?.parse().ok()
}

/// The interval of a share at a level of confidence in percent, in hundredths of a percent, rounded outwards.
///
/// Wilson's score interval (E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209–212), which keeps
/// to 0–100 % and holds its level for small samples and shares near the ends (L. D. Brown, T. T. Cai, A. Das Gupta,
/// Statistical Science 16 (2001) 101–133). It takes the sample as drawn at random, without a design effect.
///
/// ```
/// assert_eq!(domain::sources::interval(8, 10, 95), Some((4901, 9434)));
/// assert_eq!(domain::sources::interval(0, 0, 95), None);
/// ```
pub fn interval(positive: i64, sample: i64, confidence_percent: i64) -> Option<(i64, i64)> {
    // The two-sided quantiles of the normal distribution.
    let z = match confidence_percent {
        90 => 1.644_853_627,
        95 => 1.959_963_985,
        99 => 2.575_829_304,
        _ => return None,
    };
    if sample <= 0 || !(0..=sample).contains(&positive) {
        return None;
    }
    // Floats inform and decide nothing.
    let (n, share) = (sample as f64, positive as f64 / sample as f64);
    let shrunk = 1.0 + z * z / n;
    let middle = (share + z * z / (2.0 * n)) / shrunk;
    let half = z / shrunk * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let hundredths = |edge: f64| edge.clamp(0.0, 1.0) * 10_000.0;
    Some((hundredths(middle - half).floor() as i64, hundredths(middle + half).ceil() as i64))
}

fn text(rows: Rows<'_>, row: usize, column: &str) -> String {
    rows.text(row, column).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_narrows_with_the_sample_and_widens_with_the_confidence() {
        for (positive, sample, confidence, expected) in [
            // Wilson for 0 of 20 at 95 %: 0–16.11 %.
            (0, 20, 95, Some((0, 1612))),
            (20, 20, 95, Some((8388, 10_000))),
            (750, 1000, 95, Some((7222, 7759))),
            (7500, 10_000, 95, Some((7414, 7584))),
            (750, 1000, 99, Some((7131, 7836))),
            (5, 4, 95, None),
            (1, 2, 80, None),
        ] {
            assert_eq!(interval(positive, sample, confidence), expected, "{positive}/{sample} at {confidence}");
        }
    }
}
