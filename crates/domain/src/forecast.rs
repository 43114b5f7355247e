//! Where an indicator will stand at the target date if it goes on as in the past months, and how far such a
//! forecast has been off before. It informs; nothing is decided or paid by it, so floating point is allowed here.
//!
//! **Method.** Theil–Sen: the median of the slopes between every pair of monthly observations, and the median
//! intercept that goes with it; a single odd month moves neither. With fewer than [`OBSERVATIONS_MIN`] months there
//! is no forecast, and neither where none of them moved: a flat line says nothing of when the next step comes, and would
//! boast of an error of zero. **Back-test.** From every past month with enough history the same method forecasts the same
//! number of months ahead, where the truth is known by now; the mean of the absolute errors is shown on the page,
//! and their 80th percentile is the half-width of the band. With fewer than three such origins there is no band, and
//! without a band no light: how far off the forecast may be is not known.

/// The fewest monthly observations that carry a forecast.
pub const OBSERVATIONS_MIN: usize = 4;
/// The fewest origins that carry an error and a band.
const ORIGINS_MIN: usize = 3;

/// The value of an indicator at the end of a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// Months since year 0: `year * 12 + month - 1`.
    pub month: i32,
    /// The value then, in the indicator's own unit.
    pub value: f64,
}

/// A forecast with its evidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The value expected at the target month.
    pub value: f64,
    /// The change a month that the past shows.
    pub slope_per_month: f64,
    /// Half the width of the band, when the back-test carries one.
    pub band: Option<f64>,
    /// How many months it rests on.
    pub observations: usize,
    /// What the same method would have got wrong before.
    pub back_test: Option<BackTest>,
}

/// How far off earlier forecasts of the same length were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackTest {
    /// How many past months it was tried from.
    pub origins: usize,
    /// How many months ahead it was tried.
    pub months_ahead: i32,
    /// The mean absolute error, in the indicator's unit.
    pub mean_absolute_error: f64,
}

/// The month number of a date.
pub fn month_of(date: jiff::civil::Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// Forecasts the target month from observations in any order; the last one may not lie after the target.
pub fn forecast(observations: &[Observation], target_month: i32) -> Option<Forecast> {
    let mut sorted = observations.to_vec();
    sorted.sort_by_key(|observation| observation.month);
    sorted.dedup_by_key(|observation| observation.month);
    if sorted.windows(2).all(|pair| pair[0].value.total_cmp(&pair[1].value).is_eq()) {
        return None;
    }
    let (value, slope_per_month) = extrapolate(&sorted, target_month)?;
    let ahead = target_month - sorted.last()?.month;
    let errors = past_errors(&sorted, ahead.max(1));
    let tested = errors.len() >= ORIGINS_MIN;
    Some(Forecast {
        value,
        slope_per_month,
        // A band narrower than what it usually misses by would promise more than the past allows.
        band: tested.then(|| percentile(&errors, 80).max(mean(&errors))),
        observations: sorted.len(),
        back_test: tested.then(|| BackTest {
            origins: errors.len(),
            months_ahead: ahead.max(1),
            mean_absolute_error: mean(&errors),
        }),
    })
}

fn extrapolate(sorted: &[Observation], target_month: i32) -> Option<(f64, f64)> {
    if sorted.len() < OBSERVATIONS_MIN || sorted.last()?.month > target_month {
        return None;
    }
    let slopes: Vec<f64> = sorted
        .iter()
        .enumerate()
        .flat_map(|(at, a)| sorted[at + 1..].iter().map(move |b| (b.value - a.value) / f64::from(b.month - a.month)))
        .collect();
    let slope = median(slopes);
    let intercept = median(sorted.iter().map(|o| o.value - slope * f64::from(o.month)).collect());
    Some((intercept + slope * f64::from(target_month), slope))
}

fn past_errors(sorted: &[Observation], ahead: i32) -> Vec<f64> {
    (OBSERVATIONS_MIN..sorted.len())
        .filter_map(|length| {
            let history = &sorted[..length];
            let target = history.last()?.month + ahead;
            let truth = sorted[length..].iter().find(|o| o.month == target)?;
            let (expected, _) = extrapolate(history, target)?;
            Some((expected - truth.value).abs())
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).clamp(1, sorted.len());
    sorted[rank - 1]
}

/// How a target stands: the traffic light of the cockpit, always shown with its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// 已达标: the target is met at the date of the run, and no forecast says that a figure which can fall will fall below it.
    Met,
    /// 预计达标: not met yet, and even the lower edge of the band reaches the target.
    OnTrack,
    /// 有风险: the forecast reaches the target only within its band, or misses it by no more than the band.
    AtRisk,
    /// 预计不达标: even the upper edge of the band misses the target.
    OffTrack,
    /// 未达标: the target date has come and the target is not met.
    Missed,
    /// 无法判断: the figure or its history is not known well enough, or the forecast has no back-test.
    Unknown,
}

impl Outlook {
    /// Its word on the page.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Met => "已达标",
            Self::OnTrack => "预计达标",
            Self::AtRisk => "有风险",
            Self::OffTrack => "预计不达标",
            Self::Missed => "未达标",
            Self::Unknown => "无法判断",
        }
    }
}

/// When a target is looked at, and whether its figure can fall again: a stock or a share can, what only adds up cannot.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    /// Whether the day of the target has come.
    pub is_due: bool,
    /// Whether the figure can fall.
    pub can_fall: bool,
}

/// The light for a target that is reached from below (every target of the policy is).
pub fn outlook(met: Option<bool>, forecast: Option<&Forecast>, target: f64, course: Course) -> Outlook {
    match (met, course.is_due) {
        (Some(true), is_due) if is_due || !course.can_fall => return Outlook::Met,
        (Some(false), true) => return Outlook::Missed,
        (None, true) => return Outlook::Unknown,
        _ => {}
    }
    let is_met = met == Some(true);
    let Some((forecast, band)) = forecast.and_then(|forecast| Some((forecast, forecast.band?))) else {
        return if is_met { Outlook::Met } else { Outlook::Unknown };
    };
    if forecast.value - band >= target {
        if is_met { Outlook::Met } else { Outlook::OnTrack }
    } else if forecast.value + band >= target {
        Outlook::AtRisk
    } else {
        Outlook::OffTrack
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AHEAD: Course = Course { is_due: false, can_fall: true };
    const DUE: Course = Course { is_due: true, can_fall: true };

    fn line(months: std::ops::Range<i32>, start: f64, slope: f64) -> Vec<Observation> {
        months.clone().map(|m| Observation { month: m, value: start + slope * f64::from(m - months.start) }).collect()
    }

    #[test]
    fn a_straight_line_is_continued_without_error() {
        let found = forecast(&line(0..12, 100.0, 2.0), 14).unwrap();
        assert!((found.value - 128.0).abs() < 1e-9);
        assert!((found.slope_per_month - 2.0).abs() < 1e-9);
        let back = found.back_test.unwrap();
        assert_eq!((back.months_ahead, back.origins), (3, 6));
        assert!(back.mean_absolute_error < 1e-9);
    }

    #[test]
    fn one_odd_month_does_not_bend_the_forecast() {
        let mut points = line(0..12, 100.0, 2.0);
        points[5].value = 900.0;
        let found = forecast(&points, 13).unwrap();
        assert!((found.value - 126.0).abs() < 2.0, "{found:?}");
    }

    #[test]
    fn the_back_test_shows_the_error_of_a_trend_that_breaks() {
        let mut points = line(0..8, 100.0, 5.0);
        points.extend(line(8..16, 140.0, 0.0));
        let found = forecast(&points, 17).unwrap();
        assert!(found.back_test.unwrap().mean_absolute_error > 3.0);
        assert!(found.band.unwrap() > 0.0);
    }

    #[test]
    fn a_course_that_never_moved_gives_no_forecast_and_one_step_is_a_course() {
        let mut points = line(0..12, 26.0, 0.0);
        assert_eq!(forecast(&points, 14), None);
        points[11].value = 31.0;
        assert!(forecast(&points, 14).is_some());
    }

    #[test]
    fn too_short_a_history_gives_no_forecast_and_a_short_one_gives_no_band() {
        assert_eq!(forecast(&line(0..3, 1.0, 1.0), 5), None);
        let found = forecast(&line(0..5, 1.0, 1.0), 6).unwrap();
        assert_eq!((found.band, found.back_test), (None, None));
    }

    #[test]
    fn without_a_back_test_no_light_is_lit_on_either_side_of_the_target() {
        let with = |months: i32| forecast(&line(0..months, 0.0, 1.0), months + 1).unwrap();
        let (short, tested) = (with(5), with(12));
        assert_eq!((short.band, tested.band), (None, Some(0.0)));
        for (found, over, under) in
            [(short, Outlook::Unknown, Outlook::Unknown), (tested, Outlook::OnTrack, Outlook::OffTrack)]
        {
            assert_eq!(outlook(Some(false), Some(&found), found.value - 1.0, AHEAD), over, "the forecast is over");
            assert_eq!(outlook(Some(false), Some(&found), found.value + 1.0, AHEAD), under, "the forecast is under");
        }
    }

    #[test]
    fn the_light_changes_on_both_edges_of_the_band() {
        let with =
            |value: f64| Forecast { value, slope_per_month: 0.0, band: Some(2.0), observations: 12, back_test: None };
        let light = |value: f64| outlook(Some(false), Some(&with(value)), 30.0, AHEAD);
        assert_eq!(light(32.0), Outlook::OnTrack);
        assert_eq!(light(31.9), Outlook::AtRisk);
        assert_eq!(light(28.0), Outlook::AtRisk);
        assert_eq!(light(27.9), Outlook::OffTrack);
        assert_eq!(outlook(Some(false), Some(&with(99.0)), 30.0, DUE), Outlook::Missed);
        assert_eq!(outlook(None, None, 30.0, AHEAD), Outlook::Unknown);
        assert_eq!(outlook(Some(true), None, 30.0, AHEAD), Outlook::Met);
    }

    /// Being over the target today does not decide the day of the target, where the figure can fall again.
    #[test]
    fn a_target_that_is_met_is_at_risk_when_its_figure_is_falling() {
        let with =
            |value: f64| Forecast { value, slope_per_month: -0.5, band: Some(2.0), observations: 12, back_test: None };
        let light = |value: f64, course: Course| outlook(Some(true), Some(&with(value)), 30.0, course);
        assert_eq!(light(32.0, AHEAD), Outlook::Met);
        assert_eq!(light(31.9, AHEAD), Outlook::AtRisk);
        assert_eq!(light(27.9, AHEAD), Outlook::OffTrack);
        assert_eq!(light(27.9, DUE), Outlook::Met, "on the day the figure itself decides");
        assert_eq!(light(27.9, Course { is_due: false, can_fall: false }), Outlook::Met, "what adds up stays");
    }
}
