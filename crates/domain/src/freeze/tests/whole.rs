//! The snapshot as a whole: its id depends on what is said, not on the order in which it was said.

use std::sync::Arc;

use proptest::prelude::*;

use super::{ALPHA, BETA, City};

fn city() -> City {
    City::with_regions()
        .enterprise(ALPHA, "皋城甲有限公司", "长江镇")
        .enterprise(BETA, "皋城乙有限公司", "如城街道")
        .row("statuses", &[("uscc", ALPHA), ("kind", "高新技术企业"), ("valid_from", "2021-11-30")])
        .row(
            "strategic-industries",
            &[("code", "1.1"), ("rule", "1"), ("name", "网络"), ("ipc", "G06F11*"), ("keywords", "光伏")],
        )
        .row("strategic-industries", &[("code", "1.1"), ("rule", "1"), ("name", "网络"), ("ipc", "G06F*")])
        .patent(&[("patentees", "皋城甲有限公司"), ("ipc", "G06F11/00|G06F3/01"), ("address", "皋城市长江镇")])
        .event("转让", &[("registered_on", "2020-02-10"), ("party", "皋城乙有限公司"), ("document", "2")])
        .event("转让", &[("registered_on", "2020-02-10"), ("party", "外地公司"), ("document", "1")])
        .event("终止", &[("effective_on", "2021-12-18")])
        .event("恢复", &[("effective_on", "2022-05-18")])
}

#[test]
fn an_empty_installation_freezes_to_every_table() {
    let snapshot = super::super::freeze(&City::new().0).unwrap();
    let names: Vec<&str> = snapshot.tables().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "delivery",
            "enterprise",
            "enterprise_place",
            "foreign_grant",
            "madrid",
            "official_fee",
            "official_high_value",
            "patent",
            "patent_force",
            "patent_ipc",
            "patent_owner",
            "patent_sei",
            "patent_void",
            "pledge",
            "pledge_object",
            "prize",
            "region",
            "register_state",
            "statistic",
            "status",
            "survey_wave",
            "trademark",
            "trainee",
            "trajectory",
        ]
    );
}

#[test]
fn the_id_changes_with_a_fact_and_not_with_batch_or_time_of_receipt() {
    let mut later = city();
    for rows in later.0.rows.values_mut() {
        for row in Arc::make_mut(rows) {
            row.batch = 7;
            row.received_at = "2020-01-01T00:00:00Z".parse().unwrap();
        }
    }
    assert_eq!(later.snapshot_id(), city().snapshot_id());
    assert_ne!(city().event("放弃", &[("effective_on", "2023-12-31")]).snapshot_id(), city().snapshot_id());
}

#[test]
fn progress_ends_where_it_said_it_would() {
    let mut told = Vec::new();
    super::super::freeze_with_notes(&city().0, &mut |progress| told.push(progress)).unwrap();
    let last = told.last().unwrap();
    assert!(last.done == last.of && last.of > 0, "{told:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_of_rows_changes_nothing(seed in any::<u64>()) {
        let mut shuffled = city();
        for (index, rows) in shuffled.0.rows.values_mut().enumerate() {
            let turns = usize::try_from(seed >> (index % 40)).unwrap_or(0);
            let rows = Arc::make_mut(rows);
            let length = rows.len().max(1);
            rows.rotate_left(turns % length);
            if (seed >> (index % 64)) & 1 == 1 {
                rows.reverse();
            }
        }
        prop_assert_eq!(shuffled.snapshot_id(), city().snapshot_id());
    }
}

#[test]
fn that_a_name_is_none_of_the_city_is_no_fact_of_a_figure() {
    let plain = super::super::freeze(&city().0).unwrap();
    let answer = [("name", "外地公司"), ("is_outside", "是"), ("reason", "外地")];
    let answered = super::super::freeze(&city().row("outsiders", &answer).0).unwrap();
    assert_eq!(plain.id(), answered.id());
}
