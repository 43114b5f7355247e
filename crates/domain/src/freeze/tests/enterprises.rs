//! Enterprises over time: existence and place.

use super::{super::enterprises::*, super::places::UNASSIGNED, ALPHA, BETA, City, Gazetteer, date};

#[test]
fn an_enterprise_is_gone_from_its_state_date_or_ever_since_when_that_is_unknown() {
    let city = City::new()
        .row(
            "enterprises",
            &[
                ("uscc", ALPHA),
                ("name", "甲"),
                ("state", "注销"),
                ("state_since", "2023-06-30"),
                ("founded_on", "2020-01-01"),
            ],
        )
        .row("enterprises", &[("uscc", BETA), ("name", "乙"), ("state", "吊销")])
        .row("enterprises", &[("uscc", "X"), ("name", "丙"), ("state", "存续"), ("state_since", "2023-06-30")]);
    let enterprises = Enterprises::of(&city.0);
    let gone: Vec<_> = enterprises.table().iter().map(|row| row.gone_on).collect();
    assert_eq!(gone, [Some(date(2023, 6, 30)), Some(date(1, 1, 1)), None]);
    let alpha = &enterprises.rows[0];
    assert!(alpha.exists_on(date(2023, 6, 29)) && !alpha.exists_on(date(2023, 6, 30)));
    assert!(alpha.exists_on(date(2020, 1, 1)) && !alpha.exists_on(date(2019, 12, 31)));
}

#[test]
fn places_follow_the_dated_changes() {
    let moved = |city: City, before, after, on| {
        city.row(
            "enterprise-changes",
            &[("uscc", ALPHA), ("kind", "区镇"), ("before", before), ("after", after), ("changed_on", on)],
        )
    };
    let city = City::with_regions().enterprise(ALPHA, "甲", "长江镇").enterprise(BETA, "乙", "外市");
    let city = moved(city, "如城街道", "南京市江宁区", "2020-01-01");
    let city = moved(city, "南京市江宁区", "320682100", "2022-01-01");
    let gazetteer = Gazetteer::of(&city.0);
    let mut rows = place_table(&Enterprises::of(&city.0).places(&gazetteer));
    rows.sort();
    let rows: Vec<_> = rows.iter().map(|row| (row.uscc, row.from_on, row.until_on, row.town)).collect();
    let (away, back) = (Some(date(2020, 1, 1)), Some(date(2022, 1, 1)));
    assert_eq!(
        rows,
        [
            (ALPHA, None, away, Some("如城街道")),
            (ALPHA, away, back, None),
            (ALPHA, back, None, Some("长江镇")),
            (BETA, None, None, Some(UNASSIGNED)),
        ]
    );
}
