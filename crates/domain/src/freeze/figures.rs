//! Tables that need no more than their cells: statistics by vintage, marks, prizes, training, surveys, fees, trajectories.

use registry::{Folded, FoldedRow};

use super::{places::Gazetteer, rows, sheet::Sheet, ties::Ties};
use crate::beijing_date;

/// The rows of table `statistic`: only figures that were published by the day of the known time.
pub(super) fn statistics<'a>(folded: &'a Folded, gazetteer: &Gazetteer<'a>) -> Vec<rows::Statistic<'a>> {
    let known_on = beijing_date(folded.known_at);
    let sheet = Sheet::of(folded, "statistics");
    let [measure, region, year, value, unit, vintage, published_on, source] =
        ["measure", "region", "year", "value", "unit", "vintage", "published_on", "source"]
            .map(|field| sheet.field(field));
    let published = |row: &&FoldedRow| published_on.date(row).is_none_or(|on| on <= known_on);
    let row = |row| rows::Statistic {
        measure: measure.text(row),
        region: gazetteer.figure_region(region.text(row)),
        year: year.whole(row),
        value: value.whole(row),
        unit: unit.text(row),
        vintage: vintage.text(row),
        published_on: published_on.date(row),
        source: source.text(row),
    };
    sheet.rows.iter().filter(published).map(row).collect()
}

/// The rows of table `trademark`.
pub(super) fn trademarks<'a>(folded: &'a Folded, ties: &Ties<'a>) -> Vec<rows::Trademark<'a>> {
    let sheet = Sheet::of(folded, "trademarks");
    let [number, nice_class, mark, holder, code, registered_on, expires_on, kind] =
        ["number", "nice_class", "mark", "holder", "holder_uscc", "registered_on", "expires_on", "kind"]
            .map(|field| sheet.field(field));
    let row = |row| rows::Trademark {
        number: number.text(row),
        nice_class: nice_class.text(row),
        mark: mark.some(row),
        uscc: ties.tie(holder.first(row), code.text(row), registered_on.date(row)).unwrap_or(None),
        holder: holder.text(row),
        registered_on: registered_on.date(row),
        expires_on: expires_on.date(row),
        kind: kind.some(row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `madrid`; the letter that a partial transfer adds to the number makes no other registration.
pub(super) fn madrid<'a>(folded: &'a Folded, ties: &Ties<'a>) -> Vec<rows::Madrid<'a>> {
    let sheet = Sheet::of(folded, "madrid");
    let [number, mark, holder, code, registered_on, origin] =
        ["ir_number", "mark", "holder", "holder_uscc", "registered_on", "origin"].map(|field| sheet.field(field));
    let row = |row| rows::Madrid {
        ir_number: number.text(row),
        registration: number.text(row).trim_end_matches(|c: char| c.is_ascii_uppercase()),
        mark: mark.some(row),
        uscc: ties.tie(holder.first(row), code.text(row), registered_on.date(row)).unwrap_or(None),
        holder: holder.text(row),
        registered_on: registered_on.date(row),
        origin: origin.text(row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `prize`.
pub(super) fn prizes(folded: &Folded) -> Vec<rows::Prize<'_>> {
    let sheet = Sheet::of(folded, "prizes");
    let [prize, year, number, grade, basis] =
        ["prize", "year", "application_number", "grade", "basis"].map(|field| sheet.field(field));
    let row = |row| rows::Prize {
        prize: prize.text(row),
        year: year.whole(row),
        application_number: number.text(row),
        grade: grade.some(row),
        basis: basis.text(row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `official_high_value`.
pub(super) fn official_high_values(folded: &Folded) -> Vec<rows::OfficialHighValue<'_>> {
    let sheet = Sheet::of(folded, "official-high-value");
    let [number, as_of, categories] = ["application_number", "as_of", "categories"].map(|field| sheet.field(field));
    let row = |row| rows::OfficialHighValue {
        application_number: number.text(row),
        as_of: as_of.date(row),
        categories: categories.text(row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `trainee`.
pub(super) fn trainees(folded: &Folded) -> Vec<rows::Trainee<'_>> {
    let sheet = Sheet::of(folded, "trainees");
    let [person, course, service, uscc, completed_on, result] =
        ["person", "course", "service", "uscc", "completed_on", "result"].map(|field| sheet.field(field));
    let row = |row| rows::Trainee {
        person: person.text(row),
        course: course.text(row),
        service: service.text(row),
        uscc: uscc.some(row),
        completed_on: completed_on.date(row),
        passed: result.text(row) == "合格",
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `survey_wave`.
pub(super) fn survey_waves(folded: &Folded) -> Vec<rows::SurveyWave<'_>> {
    let sheet = Sheet::of(folded, "survey-waves");
    let [survey, as_of, sample, positive, mean_score, approval] =
        ["survey", "as_of", "sample", "positive", "mean_score", "approval"].map(|field| sheet.field(field));
    let row = |row| rows::SurveyWave {
        survey: survey.text(row),
        as_of: as_of.date(row),
        sample: sample.whole(row),
        positive: positive.whole(row),
        mean_score: mean_score.some(row),
        approval: approval.text(row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `official_fee`; two receipts may say the same.
pub(super) fn official_fees(folded: &Folded) -> Vec<rows::OfficialFee<'_>> {
    let sheet = Sheet::of(folded, "official-fees");
    let [number, kind, amount, paid_on] = ["number", "kind", "amount", "paid_on"].map(|field| sheet.field(field));
    let row = |row| rows::OfficialFee {
        number: number.text(row),
        kind: kind.text(row),
        amount_fen: amount.whole(row),
        paid_on: paid_on.date(row),
    };
    sheet.rows.iter().map(row).collect()
}

/// The rows of table `trajectory`.
pub(super) fn trajectories<'a>(folded: &'a Folded, gazetteer: &Gazetteer<'a>) -> Vec<rows::Trajectory<'a>> {
    let sheet = Sheet::of(folded, "trajectories");
    let [indicator, region, on_date, value] = ["indicator", "region", "date", "value"].map(|field| sheet.field(field));
    let row = |row| rows::Trajectory {
        indicator: indicator.text(row),
        region: gazetteer.figure_region(region.text(row)),
        on_date: on_date.date(row),
        value: value.text(row),
    };
    sheet.rows.iter().map(row).collect()
}
