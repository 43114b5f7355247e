//! Which addresses lie in the city, and in which town.

use super::{super::places::*, City, date};

fn town(address: &str) -> Option<String> {
    let city = City::with_regions();
    let located = Gazetteer::of(&city.0).locate(address);
    located.in_city.then(|| located.towns[0].1.to_owned())
}

#[test]
fn the_longest_word_of_a_unit_gives_the_town() {
    for (address, expected) in [
        ("江苏省南通市皋城市长江镇中心路1号", Some("长江镇")),
        ("皋城市沿江开发区", Some("长江镇")),
        ("如城街道长江路88号", Some("如城街道")),
        ("皋城市城北街道如城路", Some("城北街道")),
        ("皋城市人民路", Some(UNASSIGNED)),
        ("226500 江苏省 皋 城市", Some(UNASSIGNED)),
        ("上海市浦东新区", None),
        ("", None),
    ] {
        assert_eq!(town(address).as_deref(), expected, "{address}");
    }
}

/// The divisions of the whole country may be in the register: a province is not in the city because it is known.
#[test]
fn provinces_and_prefectures_place_nothing() {
    let city = City::with_regions()
        .row("regions", &[("code", "32"), ("name", "江苏省"), ("kind", "其他")])
        .row("regions", &[("code", "3206"), ("name", "南通市"), ("kind", "其他")]);
    let gazetteer = Gazetteer::of(&city.0);
    assert!(!gazetteer.locate("江苏省南通市崇川区工农路1号").in_city);
    assert_eq!(gazetteer.locate("江苏省南通市皋城市长江镇").towns[0].1, "长江镇");
}

#[test]
fn equal_words_go_by_their_place_in_the_address() {
    assert_eq!(town("长江如城").as_deref(), Some("长江镇"));
    assert_eq!(town("如城长江").as_deref(), Some("如城街道"));
}

#[test]
fn a_unit_gives_its_town_only_while_it_exists() {
    let city = City::with_regions()
        .row("regions", &[("code", "1"), ("name", "江边乡"), ("kind", "乡"), ("valid_to", "2020-12-31")])
        .row(
            "regions",
            &[
                ("code", "2"),
                ("name", "滨江街道"),
                ("kind", "街道"),
                ("valid_from", "2021-01-01"),
                ("address_words", "江边乡|滨江"),
            ],
        );
    let gazetteer = Gazetteer::of(&city.0);
    let located = gazetteer.locate("皋城市江边乡二组");
    assert_eq!(located.town_on(date(2020, 12, 31)), Some("江边乡"));
    assert_eq!(located.town_on(date(2021, 1, 1)), Some("滨江街道"));
    assert_eq!(located.towns.len(), 2);
    let later = gazetteer.locate("滨江路");
    assert!(later.in_city);
    assert_eq!(
        (later.town_on(date(2020, 12, 31)), later.town_on(date(2021, 1, 1))),
        (Some(UNASSIGNED), Some("滨江街道"))
    );
}

#[test]
fn a_region_is_named_by_code_name_or_word() {
    let city = City::with_regions();
    let gazetteer = Gazetteer::of(&city.0);
    for named in ["320682100", "长江镇", "长 江 镇", "长江", "沿江开发区"] {
        assert_eq!(gazetteer.named(named), Place { town: Some("长江镇"), in_city: true }, "{named}");
    }
    assert_eq!(gazetteer.named("皋城市"), Place { town: Some(UNASSIGNED), in_city: true });
    assert_eq!([gazetteer.named("崇川区"), gazetteer.named("")], [Place::UNKNOWN; 2]);
    assert_eq!(gazetteer.registered("崇川区"), Place { town: Some(UNASSIGNED), in_city: true }, "as the import said");
    assert_eq!(gazetteer.registered(""), Place::UNKNOWN);
}
