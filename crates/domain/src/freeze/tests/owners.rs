//! 转让 and 变更: who owns from which day, and where.

use proptest::prelude::*;

use super::{ALPHA, BETA, City};

fn city() -> City {
    City::with_regions()
        .enterprise(ALPHA, "皋城甲有限公司", "长江镇")
        .enterprise(BETA, "皋城乙有限公司", "320682101")
        .patent(&[("patentees", "皋城甲有限公司|皋城乙有限公司"), ("address", "江苏省皋城市长江镇一号")])
}

fn transfer(city: City, registered_on: &str, party: &str, address: &str, document: &str) -> City {
    city.event(
        "转让",
        &[("registered_on", registered_on), ("party", party), ("party_address", address), ("document", document)],
    )
}

#[test]
fn the_first_named_patentee_owns_at_grant() {
    assert_eq!(city().owners(), [format!("… … 皋城甲有限公司 {ALPHA} address 长江镇")]);
    city().patents(|tables, _| {
        let patent = &tables.patents[0];
        assert_eq!((patent.grant_uscc, patent.grant_town, patent.grant_in_city), (Some(ALPHA), Some("长江镇"), true));
        assert_eq!(
            (patent.grant_owner, patent.applicant_names),
            (Some("皋城甲有限公司"), "皋城甲有限公司|皋城乙有限公司")
        );
    });
}

#[test]
fn a_transfer_counts_from_its_registration_not_its_effect() {
    let city = city().event(
        "转让",
        &[
            ("effective_on", "2020-01-01"),
            ("registered_on", "2020-02-10"),
            ("party", "皋城乙有限公司"),
            ("party_address", "皋城市如城街道"),
        ],
    );
    assert_eq!(
        city.owners(),
        [
            format!("… 2020-02-10 皋城甲有限公司 {ALPHA} address 长江镇"),
            format!("2020-02-10 … 皋城乙有限公司 {BETA} address 如城街道"),
        ]
    );
}

#[test]
fn a_transfer_before_the_grant_changes_nothing_and_one_on_its_day_does() {
    let before = transfer(city(), "2016-03-01", "外地公司", "上海市", "");
    assert_eq!(before.owners().len(), 1);
    let on = transfer(city(), "2016-03-02", "外地公司", "上海市", "");
    assert_eq!(
        on.owners(),
        [format!("… 2016-03-02 皋城甲有限公司 {ALPHA} address 长江镇"), "2016-03-02 … 外地公司 - outside -".to_owned()]
    );
    on.patents(|tables, _| {
        assert_eq!(tables.patents[0].grant_uscc, Some(ALPHA), "the row names who owned it at grant")
    });
}

#[test]
fn without_a_grant_nothing_passes() {
    let city = transfer(
        City::with_regions().patent(&[("granted_on", ""), ("patentees", "张三")]),
        "2016-03-02",
        "外地公司",
        "",
        "",
    );
    assert_eq!(city.owners(), ["… … 张三 - unknown -"]);
}

#[test]
fn several_transfers_of_a_day_follow_their_documents() {
    for (first, second) in [("转第9号", "转第10号"), ("", "转第1号"), ("2020-A", "2020-B")] {
        let city = transfer(city(), "2020-02-10", "皋城乙有限公司", "皋城市", second);
        let city = transfer(city, "2020-02-10", "中间公司", "上海市", first);
        assert_eq!(
            city.owners(),
            [
                format!("… 2020-02-10 皋城甲有限公司 {ALPHA} address 长江镇"),
                format!("2020-02-10 … 皋城乙有限公司 {BETA} address 未定区镇"),
            ],
            "{first} {second}"
        );
    }
}

#[test]
fn a_transfer_to_a_blank_address_takes_the_place_of_the_enterprise_not_of_the_former_owner() {
    let known = transfer(city(), "2020-02-10", "皋城乙有限公司", "", "");
    assert_eq!(known.owners()[1], format!("2020-02-10 … 皋城乙有限公司 {BETA} enterprise 如城街道"));
    let unknown = transfer(city(), "2020-02-10", "无名公司", "", "");
    assert_eq!(unknown.owners()[1], "2020-02-10 … 无名公司 - unknown -");
}

#[test]
fn a_change_keeps_the_owner_and_what_it_does_not_name() {
    let renamed = city().event("变更", &[("effective_on", "2019-05-01"), ("party", "改名公司")]);
    assert_eq!(
        renamed.owners(),
        [
            format!("… 2019-05-01 皋城甲有限公司 {ALPHA} address 长江镇"),
            format!("2019-05-01 … 改名公司 {ALPHA} address 长江镇")
        ]
    );
    let moved = city().event("变更", &[("effective_on", "2019-05-01"), ("party_address", "南京市")]);
    assert_eq!(moved.owners()[1], format!("2019-05-01 … 皋城甲有限公司 {ALPHA} outside -"));
}

#[test]
fn a_change_that_names_a_known_enterprise_ties_the_same_owner_before_it_too() {
    let city = City::with_regions()
        .enterprise(BETA, "皋城乙有限公司", "长江镇")
        .patent(&[("patentees", "旧名公司"), ("address", "皋城")])
        .event("变更", &[("effective_on", "2019-05-01"), ("party", "皋城乙有限公司")]);
    assert_eq!(
        city.owners(),
        [
            format!("… 2019-05-01 旧名公司 {BETA} address 未定区镇"),
            format!("2019-05-01 … 皋城乙有限公司 {BETA} address 未定区镇")
        ]
    );
}

#[test]
fn a_change_of_the_day_of_a_transfer_comes_first_unless_documents_say_otherwise() {
    let city = transfer(city(), "2020-02-10", "皋城乙有限公司", "皋城市", "");
    let city = city.event("变更", &[("effective_on", "2020-02-10"), ("party", "改名公司")]);
    assert_eq!(city.owners()[1], format!("2020-02-10 … 皋城乙有限公司 {BETA} address 未定区镇"));
}

#[test]
fn a_transfer_without_registration_counts_from_its_effect_with_a_note() {
    let city =
        city().event("转让", &[("effective_on", "2020-01-01"), ("party", "外地公司"), ("party_address", "上海")]);
    assert_eq!(city.owners()[1], "2020-01-01 … 外地公司 - outside -");
    city.patents(|_, notes| assert!(notes[0].text.contains("转让没有登记日期")));
}

#[test]
fn a_blank_address_follows_the_enterprise_when_it_moves() {
    let city = City::with_regions()
        .enterprise(ALPHA, "皋城甲有限公司", "如城街道")
        .row(
            "enterprise-changes",
            &[
                ("uscc", ALPHA),
                ("kind", "区镇"),
                ("before", "长江镇"),
                ("after", "如城街道"),
                ("changed_on", "2021-07-01"),
            ],
        )
        .patent(&[("patentees", "皋城甲有限公司")]);
    assert_eq!(
        city.owners(),
        [
            format!("… 2021-07-01 皋城甲有限公司 {ALPHA} enterprise 长江镇"),
            format!("2021-07-01 … 皋城甲有限公司 {ALPHA} enterprise 如城街道"),
        ]
    );
    city.patents(|tables, _| assert_eq!(tables.patents[0].grant_town, Some("长江镇")));
}

#[test]
fn without_any_region_no_address_can_be_judged() {
    let city = City::new().patent(&[("patentees", "张三"), ("address", "皋城市")]);
    assert_eq!(city.owners(), ["… … 张三 - unknown -"]);
}

proptest! {
    #[test]
    fn owners_cover_all_of_time_without_gap_or_overlap(
        events in prop::collection::vec((0_i32..3000, any::<bool>(), 0_usize..4, 0_usize..4, 0_u8..3), 0..7)
    ) {
        let mut city = city();
        for (day, is_transfer, party, address, document) in events {
            let on = super::date(2014, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap().to_string();
            let party = ["皋城甲有限公司", "皋城乙有限公司", "外地公司", ""][party];
            let address = ["皋城市长江镇", "上海市", "皋城", ""][address];
            let kind = if is_transfer { "转让" } else { "变更" };
            let document = document.to_string();
            city = city.event(kind, &[("registered_on", &on), ("party", party), ("party_address", address), ("document", &document)]);
        }
        city.patents(|tables, _| {
            let owners = &tables.owners;
            assert_eq!(owners.first().unwrap().from_on, None);
            assert_eq!(owners.last().unwrap().until_on, None);
            for pair in owners.windows(2) {
                assert!(pair[0].until_on.is_some() && pair[0].until_on == pair[1].from_on, "{pair:?}");
                assert!(pair[0].from_on < pair[0].until_on, "{pair:?}");
            }
        });
    }
}
