//! When a month may be closed.

use std::collections::BTreeMap;

use jiff::civil::date;

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

#[test]
fn a_closing_stays_while_something_rests_on_it() {
    let closing = |month: &str| Closing {
        month: month.into(),
        as_of: date(2023, 12, 31),
        run: "r".into(),
        closed_at: "2024-02-29T15:59:59Z".parse().unwrap(),
        closed_by: "clerk".into(),
        note: String::new(),
    };
    let closed = [closing("2023-12"), closing("2023-11")];
    let why = in_the_way(&closed, &closed[1], &[]).unwrap();
    assert!(why.contains("2023-12") && why.contains("最后一个月"), "{why}");
    assert_eq!(in_the_way(&closed, &closed[0], &[]), None);
    assert!(in_the_way(&closed, &closed[0], &[7]).unwrap().contains("兑现批次 7"));
}
