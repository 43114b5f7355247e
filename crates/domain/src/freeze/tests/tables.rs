//! The tables that need little more than their cells.

use super::{
    super::{deliveries, figures, foreign, pledges},
    ALPHA, City, Gazetteer, Ties, date,
};

fn gdp(city: City, region: &str, vintage: &str, published_on: &str) -> City {
    city.row(
        "statistics",
        &[
            ("measure", "地区生产总值"),
            ("region", region),
            ("year", "2022"),
            ("value", "130000000000"),
            ("unit", "元"),
            ("vintage", vintage),
            ("published_on", published_on),
            ("source", "统计公报"),
        ],
    )
}

#[test]
fn a_figure_is_known_from_the_day_it_was_published() {
    for (known_at, known) in [
        ("2024-01-31T23:59:59+08:00", 1),
        ("2024-02-01T00:00:00+08:00", 2),
        ("2024-01-31T16:00:00Z", 2),
        ("2024-01-31T15:59:59Z", 1),
    ] {
        let city = gdp(gdp(City::known_at(known_at), "", "初步核算", "2023-02-01"), "", "最终核实", "2024-02-01");
        assert_eq!(figures::statistics(&city.0, &Gazetteer::of(&city.0)).len(), known, "{known_at}");
    }
}

#[test]
fn a_region_in_a_figure_is_the_city_or_a_unit_by_name() {
    let mut city = City::with_regions();
    for (region, vintage) in [("", "公报"), ("皋城市", "初步核算"), ("320682100", "公报"), ("别处", "公报")]
    {
        city = gdp(city, region, vintage, "2023-02-01");
    }
    let mut regions: Vec<_> =
        figures::statistics(&city.0, &Gazetteer::of(&city.0)).iter().map(|row| row.region).collect();
    regions.sort_unstable();
    assert_eq!(regions, ["", "", "别处", "长江镇"]);
}

#[test]
fn only_the_intellectual_property_part_of_mixed_security_counts() {
    let pledge = |number, ip_amount, allocations| {
        [
            ("number", number),
            ("right", "专利"),
            ("pledgor_uscc", ALPHA),
            ("pledgee", "银行"),
            ("objects", "1|2|3"),
            ("amount", "1000"),
            ("ip_amount", ip_amount),
            ("allocations", allocations),
            ("registered_on", "2023-05-01"),
            ("rollover", "是"),
        ]
        .into_iter()
        .filter(|(_, cell): &(_, &str)| !cell.is_empty())
        .collect::<Vec<_>>()
    };
    let city = City::new()
        .row("pledges", &pledge("P1", "400", ""))
        .row("pledges", &pledge("P2", "", "500|300|200"))
        .row("pledges", &pledge("P3", "", "500|500"));
    let mut notes = Vec::new();
    let (rows, objects) = pledges::tables(&city.0, &mut notes);
    assert_eq!(
        rows.iter().map(|row| (row.amount_fen, row.counted_fen, row.rollover)).collect::<Vec<_>>(),
        [(Some(1000), Some(400), true), (Some(1000), Some(1000), true), (Some(1000), Some(1000), true),]
    );
    let parts: Vec<_> = objects.iter().map(|row| row.allocated_fen).collect();
    assert_eq!(parts, [Some(134), Some(133), Some(133), Some(500), Some(300), Some(200), None, None, None]);
    assert!(notes.len() == 1 && notes[0].key == "P3", "{notes:?}");
}

#[test]
fn foreign_grants_are_tied_and_default_to_inventions() {
    let city = City::new().enterprise(ALPHA, "皋城甲有限公司", "").row(
        "foreign-grants",
        &[
            ("grant_number", "US1"),
            ("office", "US"),
            ("granted_on", "2022-03-01"),
            ("route", "PCT"),
            ("proprietor", "皋城甲有限公司"),
        ],
    );
    let rights = foreign::rights(&city.0);
    let rows = foreign::table(&city.0, &Ties::of(&city.0), &rights);
    assert_eq!((rows[0].uscc, rows[0].kind, rows[0].abroad), (Some(ALPHA), "发明", true));
    assert_eq!((rows[0].in_force_from, rows[0].in_force_until), (Some(date(2022, 3, 1)), None));
    assert!(!rows[0].state_known, "a row without a state tells nothing of it");
}

#[test]
fn a_grant_is_one_right_however_it_is_written() {
    let grant = |office, number| [("office", office), ("grant_number", number), ("granted_on", "2022-03-01")];
    let mut city = City::new();
    for (office, number) in [
        ("DE", "EP3000001"),
        ("EP", "EP3000001B1"),
        ("RU", "EA012345"),
        ("EA", "012345"),
        ("US", "US11000001"),
        ("US", "11000001B2"),
        ("JP", "11000001"),
    ] {
        city = city.row("foreign-grants", &grant(office, number));
    }
    let mut rights = foreign::rights(&city.0);
    rights.sort_unstable();
    assert_eq!(
        rights,
        ["EA012345", "EA012345", "EP3000001B1", "EP3000001B1", "JP11000001", "US11000001B2", "US11000001B2"]
    );
}

#[test]
fn a_register_is_delivered_once_a_file_has_come() {
    let city = City::new()
        .row("deliveries", &[("register", "patents"), ("period", "2023-10-01/2023-12-31"), ("state", "未报")]);
    let states = deliveries::register_states(&city.0);
    // The names that are no enterprise of the city decide no figure.
    let told: Vec<_> = states.iter().map(|row| row.register).collect();
    let deciding = registry::registers().iter().map(|register| register.id).filter(|id| *id != "outsiders");
    assert_eq!(told, deciding.collect::<Vec<_>>());
    let delivered: Vec<_> = states.iter().filter(|row| row.delivered).map(|row| row.register).collect();
    assert_eq!(delivered, ["deliveries"]);
    let known = crate::beijing_date(city.0.known_at);
    let reported: Vec<_> = states.iter().filter_map(|row| row.reported_until).collect();
    assert_eq!(reported, [known.first_of_month().yesterday().unwrap()], "the months before the one in which it came");
    assert!(states.iter().all(|row| !row.refused));
    let mut refused = city.clone();
    refused.0.refused.extend(["deliveries", "prizes"]);
    let states = deliveries::register_states(&refused.0);
    let refused: Vec<_> = states.iter().filter(|row| row.refused).map(|row| row.register).collect();
    assert_eq!(refused, ["prizes"], "rows that are there deliver a register");
    let rows = deliveries::table(&city.0, &mut Vec::new());
    assert_eq!(
        (rows[0].register, rows[0].from_on, rows[0].to_on, rows[0].state),
        ("patents", date(2023, 10, 1), date(2023, 12, 31), "未报")
    );
}
