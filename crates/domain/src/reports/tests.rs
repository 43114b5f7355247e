//! Which months count as reported, in the grid and to a run.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use registry::BatchKind;

use super::of_runs::{File, Knowledge};
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Pledges came on the 9th of February and of April 2023; run `r` knew up to a day.
fn came(known: Date) -> Reports {
    let file = |received| File { received, recorded_at: at("2024-03-01T01:00:00Z"), withdrawn_at: None };
    Reports {
        files: [("pledges".to_owned(), vec![file(date(2023, 2, 9)), file(date(2023, 4, 9))])].into(),
        runs: [("r".to_owned(), Knowledge { known, computed_at: at("2024-03-01T02:00:00Z") })].into(),
    }
}

fn reported(reports: &Reports, said: Vec<Said>) -> Reported<'_> {
    let needed = [("K08".to_owned(), BTreeSet::from(["pledges".to_owned()]))].into();
    Reported { reports, needed, said }
}

#[test]
fn a_month_is_reported_by_a_file_after_its_end_that_the_run_knew() {
    let month = |month_end, known| reported(&came(known), Vec::new()).month("K08", month_end, "r");
    let (january, february, march) = (date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31));
    assert!(month(january, date(2023, 2, 9)) && !month(january, date(2023, 2, 8)));
    assert!(!month(february, date(2023, 4, 8)), "the file of February came before its end");
    assert!(month(february, date(2023, 4, 9)) && month(march, date(2023, 5, 12)));
    assert!(!month(date(2023, 4, 30), date(2023, 12, 31)), "nothing came since");
    assert!(reported(&came(march), Vec::new()).month("K04", march, "r"), "rests on no register");
    assert_eq!(reported_until(date(2023, 2, 9)), january);
    assert_eq!(reported_until(february), january, "the last day of a month is not over yet");
}

#[test]
fn what_was_recorded_or_withdrawn_after_a_run_is_nothing_to_it() {
    let january = date(2023, 1, 31);
    let with = |change: fn(&mut File)| {
        let mut reports = came(date(2023, 3, 14));
        reports.files.values_mut().flatten().for_each(change);
        reported(&reports, Vec::new()).month("K08", january, "r")
    };
    assert!(with(|_| ()));
    assert!(!with(|file| file.recorded_at = at("2024-03-01T02:00:01Z")));
    assert!(!with(|file| file.withdrawn_at = Some(at("2024-03-01T02:00:00Z"))));
    assert!(with(|file| file.withdrawn_at = Some(at("2024-03-01T02:00:01Z"))));
}

#[test]
fn what_is_said_of_a_period_goes_before_files_and_the_narrowest_goes_first() {
    let said = |from, to, state| Said { register: "pledges".into(), from, to, state };
    let (march, april) = (date(2023, 3, 31), date(2023, 4, 30));
    let known = came(date(2023, 12, 31));
    let year = || said(date(2023, 1, 1), date(2023, 12, 31), Delivery::Complete);
    assert!(reported(&known, vec![year()]).month("K08", april, "r"), "said to be complete");
    let of_march = said(date(2023, 3, 1), march, Delivery::Missing);
    let both = reported(&known, vec![year(), of_march]);
    assert!(!both.month("K08", march, "r") && both.month("K08", april, "r"));
}

fn said(register: &str, period: &str, state: &str) -> FoldedRow {
    let cells = ["register", "period", "state"].map(|field| match field {
        "register" => Some(register.into()),
        "period" => Some(period.into()),
        _ => Some(state.into()),
    });
    FoldedRow {
        key: format!("{register}{period}").into(),
        cells: cells.to_vec(),
        batch: 1,
        received_at: Timestamp::UNIX_EPOCH,
    }
}

fn batch(register: &str, kind: BatchKind, received_at: &str, state: &str) -> Batch {
    Batch {
        id: 1,
        register: register.into(),
        kind,
        file: "a.csv".into(),
        encoding: None,
        state: state.into(),
        received_at: at(received_at),
        recorded_at: Timestamp::UNIX_EPOCH,
        withdrawn_at: None,
        rows: 1,
        accepted: 1,
        changed: 0,
        unchanged: 0,
        quarantined: 0,
        untied: 0,
        by_whom: "clerk".into(),
        note: None,
    }
}

#[test]
fn the_grid_and_the_course_of_a_target_read_the_same_files_alike() {
    use BatchKind::{Correction, Entry, Import};
    let batches = [
        batch("pledges", Import, "2023-02-09T01:00:00Z", "merged"),
        batch("pledges", Entry, "2023-04-09T01:00:00Z", "merged"),
        batch("pledges", Correction, "2023-05-09T01:00:00Z", "merged"),
    ];
    let months: Vec<Date> = (1..=5).map(|month| date(2023, month, 1)).collect();
    let grid = completeness(&[], &batches, &months);
    let grid = &grid.iter().find(|one| one.register.id == "pledges").unwrap().months;
    let known = came(date(2023, 12, 31));
    let course = reported(&known, Vec::new());
    for (month, delivery) in months.iter().zip(grid) {
        assert_eq!(delivery.is_reported(), course.month("K08", month.last_of_month(), "r"), "{month}");
    }
    // A file all of whose rows wait in quarantine reports nothing.
    let refused = Batch { rows: 2, accepted: 0, quarantined: 2, ..batches[0].clone() };
    assert!(
        completeness(&[], &[refused], &months).iter().all(|one| one.months.iter().all(|month| !month.is_reported()))
    );
    assert_eq!(grid[0], Delivery::Received(date(2023, 2, 9)));
    assert_eq!(
        grid[1..4],
        [Delivery::Received(date(2023, 4, 9)), Delivery::Received(date(2023, 4, 9)), Delivery::Silent]
    );
}

#[test]
fn what_was_said_of_a_month_goes_before_the_files_that_came_after_it() {
    let deliveries = [
        said("patents", "2023-01-01/2023-12-31", "已报齐"),
        said("patents", "2023-11-01/2023-11-30", "未报"),
        said("prizes", "2023-12-01/2023-12-31", "本期无"),
    ];
    // Half past midnight of 1 January in Beijing is still December in Greenwich.
    let batches = [
        batch("pledges", BatchKind::Import, "2023-12-31T16:30:00Z", "merged"),
        batch("pledges", BatchKind::Import, "2024-02-05T00:00:00Z", "withdrawn"),
    ];
    let months = [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)];
    let found = completeness(&deliveries, &batches, &months);
    let of = |id: &str| found.iter().find(|one| one.register.id == id).unwrap().months.clone();
    assert_eq!(of("patents"), [Delivery::Missing, Delivery::Complete, Delivery::Silent]);
    assert_eq!(of("prizes"), [Delivery::Silent, Delivery::NothingDue, Delivery::Silent]);
    let new_year = Delivery::Received(date(2024, 1, 1));
    assert_eq!(of("pledges"), [new_year, new_year, Delivery::Silent]);
}
