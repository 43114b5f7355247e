//! When a month may be closed, and which word stands in the grid of completeness.

use std::collections::BTreeMap;

use jiff::civil::date;
use registry::{Batch, BatchKind, FoldedRow};

use super::*;

fn run(as_of: &str) -> Summary {
    Summary {
        run: "r".into(),
        policy: "p".into(),
        as_of: as_of.into(),
        known_at: "2024-02-29T15:59:59Z".into(),
        snapshot: "s".into(),
        overrides: BTreeMap::new(),
        scope: String::new(),
        created_at: "2024-02-29T15:59:59Z".into(),
        created_by: "clerk".into(),
        standing: runs::Standing::Open,
    }
}

#[test]
fn a_month_closes_upon_a_regular_run_of_its_last_day() {
    assert_eq!(decide(&run("2023-12-31"), &[], false).unwrap(), ("2023-12".to_owned(), date(2023, 12, 31)));
    assert!(decide(&run("2023-12-30"), &[], false).unwrap_err().to_string().contains("不是月末"));
    let what_if = Summary { overrides: BTreeMap::from([("a".into(), "b".into())]), ..run("2023-12-31") };
    assert!(decide(&what_if, &[], true).unwrap_err().to_string().contains("推演"));
    let town = Summary { scope: "城东镇".into(), ..run("2023-12-31") };
    assert!(decide(&town, &[], true).is_err());
}

#[test]
fn open_rows_must_be_acknowledged() {
    let patents = registry::register("patents").unwrap();
    let refusal = decide(&run("2023-12-31"), &[(patents, 3)], false).unwrap_err().to_string();
    assert!(refusal.contains(patents.name_zh) && refusal.contains("3 行"), "{refusal}");
    assert!(decide(&run("2023-12-31"), &[(patents, 3)], true).is_ok());
    assert!(!is_required(registry::register("holidays").unwrap()));
    assert!(!is_required(registry::register("aliases").unwrap()));
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

fn file(register: &str, received_at: &str, state: &str) -> Batch {
    Batch {
        id: 1,
        register: register.into(),
        kind: BatchKind::Import,
        file: "a.csv".into(),
        encoding: None,
        state: state.into(),
        received_at: received_at.parse().unwrap(),
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
fn what_was_said_of_a_month_goes_before_the_files_received_in_it() {
    let deliveries = [
        said("patents", "2023-01-01/2023-12-31", "已报齐"),
        said("patents", "2023-11-01/2023-11-30", "未报"),
        said("prizes", "2023-12-01/2023-12-31", "本期无"),
    ];
    // Half past midnight of 1 January in Beijing is still December in Greenwich.
    let batches =
        [file("pledges", "2023-12-31T16:30:00Z", "merged"), file("pledges", "2023-12-05T00:00:00Z", "withdrawn")];
    let months = [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)];
    let found = completeness(&deliveries, &batches, &months);
    let of = |id: &str| found.iter().find(|one| one.register.id == id).unwrap().months.clone();
    assert_eq!(of("patents"), [Delivery::Missing, Delivery::Complete, Delivery::Silent]);
    assert_eq!(of("prizes"), [Delivery::Silent, Delivery::NothingDue, Delivery::Silent]);
    assert_eq!(of("pledges"), [Delivery::Silent, Delivery::Silent, Delivery::Received(1)]);
}
