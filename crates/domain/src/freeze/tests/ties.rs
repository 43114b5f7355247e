//! Names and codes tied to enterprises, and those that are left to a person.

use super::{super::ties::*, ALPHA, BETA, City, GAMMA, date};

fn renamed(city: City) -> City {
    city.row(
        "enterprise-changes",
        &[
            ("uscc", ALPHA),
            ("kind", "名称"),
            ("before", "老名公司"),
            ("after", "新名公司"),
            ("changed_on", "2022-05-01"),
        ],
    )
}

fn tie<'a>(city: &'a City, name: &str, code: &str, on: &str) -> Result<Option<&'a str>, Why> {
    Ties::of(&city.0).tie(name, code, on.parse().ok())
}

#[test]
fn a_known_code_decides_whatever_the_name() {
    let city = City::new().enterprise(ALPHA, "甲公司", "").enterprise(BETA, "乙公司", "");
    assert_eq!(tie(&city, "乙公司", ALPHA, "2023-01-01"), Ok(Some(ALPHA)));
}

#[test]
fn an_unknown_code_stays_untied_even_if_the_name_is_known() {
    let city = City::new().enterprise(ALPHA, "甲公司", "");
    assert_eq!(tie(&city, "甲公司", GAMMA, "2023-01-01"), Err(Why::UnknownCode));
    let arrived = city.enterprise(GAMMA, "甲公司", "");
    assert_eq!(
        tie(&arrived, "甲公司", GAMMA, "2023-01-01"),
        Ok(Some(GAMMA)),
        "it ties itself when the other register arrives"
    );
}

#[test]
fn names_fold_brackets_widths_and_spaces_and_nothing_else() {
    let city = City::new().enterprise(ALPHA, "江苏（中国）甲有限公司", "");
    assert_eq!(tie(&city, "江苏(中国) 甲有限公司", "", "2023-01-01"), Ok(Some(ALPHA)));
    assert_eq!(tie(&city, "江苏中国甲有限责任公司", "", "2023-01-01"), Err(Why::UnknownName));
    assert_eq!(tie(&city, "", "", "2023-01-01"), Ok(None));
}

#[test]
fn a_name_ties_only_while_it_was_held() {
    let city = renamed(City::new().enterprise(ALPHA, "新名公司", ""));
    assert_eq!(tie(&city, "老名公司", "", "2022-04-30"), Ok(Some(ALPHA)));
    assert_eq!(tie(&city, "老名公司", "", "2022-05-01"), Err(Why::UnknownName));
    assert_eq!(tie(&city, "新名公司", "", "2022-05-01"), Ok(Some(ALPHA)));
    assert_eq!(tie(&city, "新名公司", "", "2022-04-30"), Err(Why::UnknownName));
}

#[test]
fn a_former_name_without_a_date_ties_at_any_time() {
    let city =
        City::new().row("enterprises", &[("uscc", ALPHA), ("name", "新名公司"), ("former_names", "旧名厂|老名公司")]);
    for name in ["旧名厂", "老名公司", "新名公司"] {
        assert_eq!(tie(&city, name, "", "2010-01-01"), Ok(Some(ALPHA)), "{name}");
    }
    let dated = renamed(city);
    assert_eq!(tie(&dated, "老名公司", "", "2022-05-01"), Err(Why::UnknownName), "a dated change says more");
    assert_eq!(tie(&dated, "旧名厂", "", "2022-05-01"), Ok(Some(ALPHA)));
}

#[test]
fn a_name_that_passed_on_ties_by_the_date() {
    let city = renamed(City::new().enterprise(ALPHA, "新名公司", ""))
        .row("enterprises", &[("uscc", BETA), ("name", "老名公司"), ("founded_on", "2022-06-01")]);
    assert_eq!(tie(&city, "老名公司", "", "2020-01-01"), Ok(Some(ALPHA)));
    assert_eq!(tie(&city, "老名公司", "", "2023-01-01"), Ok(Some(BETA)));
}

#[test]
fn two_holders_of_a_name_are_ambiguous_until_a_person_settles_it() {
    let city = City::new().enterprise(ALPHA, "同名公司", "").enterprise(BETA, "同名公司", "");
    assert_eq!(tie(&city, "同名公司", "", "2023-01-01"), Err(Why::Ambiguous));
    let settled = city.row(
        "aliases",
        &[
            ("name", "同名公司"),
            ("uscc", BETA),
            ("valid_from", "2020-01-01"),
            ("valid_to", "2023-01-01"),
            ("reason", "地址相符"),
        ],
    );
    assert_eq!(tie(&settled, "同名公司", "", "2020-01-01"), Ok(Some(BETA)));
    assert_eq!(tie(&settled, "同名公司", "", "2023-01-01"), Ok(Some(BETA)), "the last day counts");
    for day in ["2019-12-31", "2023-01-02"] {
        assert_eq!(tie(&settled, "同名公司", "", day), Err(Why::Ambiguous), "{day}");
    }
}

#[test]
fn an_alias_settles_an_unknown_name_but_ties_to_nobody_unknown() {
    let city = City::new().enterprise(ALPHA, "甲有限公司", "");
    let settled = city.clone().row("aliases", &[("name", "皋城甲厂"), ("uscc", ALPHA)]);
    assert_eq!(tie(&settled, "皋城甲厂", "", "2023-01-01"), Ok(Some(ALPHA)));
    assert_eq!(tie(&settled, "皋城甲厂", GAMMA, "2023-01-01"), Ok(Some(ALPHA)));
    let dangling = city.row("aliases", &[("name", "皋城甲厂"), ("uscc", GAMMA)]);
    assert_eq!(tie(&dangling, "皋城甲厂", "", "2023-01-01"), Err(Why::UnknownName));
}

#[test]
fn the_work_list_names_row_reason_and_candidates() {
    let city = renamed(City::with_regions().enterprise(ALPHA, "新名公司", "长江镇"))
        .enterprise(BETA, "皋城市晨光机械有限公司", "长江镇")
        .patent(&[("patentees", "老名公司"), ("granted_on", "2023-01-01"), ("address", "皋城市")])
        .row(
            "trademarks",
            &[
                ("number", "1"),
                ("nice_class", "7"),
                ("holder", "晨光机械有限责任公司"),
                ("registered_on", "2022-01-01"),
            ],
        )
        .row("madrid", &[("ir_number", "1"), ("holder", "皋城市晨光机戒有限公司"), ("registered_on", "2022-01-01")])
        .row("statuses", &[("uscc", "91320682MA1BETA003"), ("kind", "高新技术企业"), ("valid_from", "2022-01-01")])
        .event("转让", &[("registered_on", "2023-06-01"), ("party", "张三丰"), ("party_address", "上海市")])
        .event("许可备案", &[("effective_on", "2023-07-01"), ("party", "被许可公司")]);
    let list = Ties::untied(&city.0);
    let line = |untied: &Untied| {
        let candidate = untied.candidates.first().map_or("-".to_owned(), |(uscc, _, why)| format!("{uscc} {why}"));
        format!(
            "{} {} {} {:?} {:?} | {candidate}",
            untied.register,
            untied.name,
            untied.why.zh(),
            untied.is_person,
            untied.in_city
        )
    };
    assert_eq!(
        list.iter().map(line).collect::<Vec<_>>(),
        [
            format!("madrid 皋城市晨光机戒有限公司 该日期没有企业使用此名称 false None | {BETA} 名称只差一个字"),
            "patent-events 张三丰 该日期没有企业使用此名称 true Some(false) | -".to_owned(),
            format!("patents 老名公司 该日期没有企业使用此名称 false Some(true) | {ALPHA} 2022-05-01前使用此名称"),
            format!("statuses  代码不在企业登记簿中 false None | {BETA} 代码只差一位"),
            format!(
                "trademarks 晨光机械有限责任公司 该日期没有企业使用此名称 false None | {BETA} 去掉地名和组织形式后名称相同"
            ),
        ]
    );
    assert_eq!(list[2].on, Some(date(2023, 1, 1)));
}
