//! Finding the heading row.

use sheets::{Cell, Row};
use terms::MoneyUnit;

use super::Headings;
use crate::{import::tests_only::headings, mappings::Mapping, register};

fn row(number: u32, cells: &[&str]) -> Row {
    let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
    Row { number, cells: cells.iter().map(cell).collect() }
}

#[test]
fn headings_are_found_after_folding_in_any_order_with_units() {
    let known = headings(register("pledges").unwrap());
    assert!(known.find("s", &row(1, &["2023年质押登记汇总表"])).is_err());
    let headings = [
        "登记日期",
        "登记金额（万元）",
        "质权人 ",
        "标的*",
        "备注",
        "出质人代码",
        "权利种类",
        "登 记 号",
        "分配金额(单位:元)",
    ];
    let layout = known.find("s", &row(3, &headings)).unwrap();
    let amount = layout.register.index("amount").unwrap();
    assert_eq!(layout.units[amount], Some(MoneyUnit::TenThousandYuan));
    assert_eq!(layout.ignored, ["备注"]);
    let mapped = layout.map(&row(4, &["2023-01-01", "50", "某银行", "x", "", "", "", "Y1"]).cells).unwrap();
    assert_eq!(mapped[amount], Cell::Text("50".into()));
    assert_eq!(mapped[layout.register.index("number").unwrap()], Cell::Text("Y1".into()));
}

#[test]
fn the_canonical_heading_wins_over_a_synonym_and_field_names_are_headings_too() {
    let known = headings(register("patents").unwrap());
    let layout = known.find("s", &row(1, &["专利号", "申请号", "名称", "申请日", "申请人"])).unwrap();
    let mapped = layout.map(&row(2, &["ZL1", "2", "n", "d", "p"]).cells).unwrap();
    assert_eq!(mapped[0], Cell::Text("2".into()));
    assert_eq!(layout.ignored, ["专利号"]);
    assert!(known.find("s", &row(1, &["application_number", "title", "filed_on", "patentees"])).is_ok());
}

#[test]
fn what_is_missing_is_named() {
    let known = headings(register("patents").unwrap());
    let missing = known.find("s", &row(1, &["申请号", "申请日", "其他"])).unwrap_err();
    assert_eq!(missing.headings, ["名称", "专利权人"]);
}

#[test]
fn the_gazette_is_known_by_its_headings_and_the_swapped_issue_by_their_order() {
    let known = headings(register("patents").unwrap());
    let usual = [
        "item",
        "name",
        "authorization_notice_id",
        "authorized_announcement_date",
        "filing_id",
        "filing_date",
        "patentee",
        "designer",
        "address",
        "Int.Cl.",
    ];
    let layout = known.find("s", &row(1, &usual)).unwrap();
    assert_eq!(layout.mapping.as_ref().unwrap().source, "专利公报");
    let at = |field: &str| layout.register.index(field).unwrap();
    let cells = [
        "1",
        "枕",
        "CN109996757A",
        "2019.07.09",
        "2016108901234",
        "2016.12.16",
        "甲",
        "张三",
        "226600江苏省如皋市",
        "A47G9/10",
    ];
    let mapped = layout.map(&row(2, &cells).cells).unwrap();
    assert_eq!(mapped[at("address")], Cell::Text("江苏省如皋市".into()));
    assert!(mapped[at("granted_on")].is_empty() && mapped[at("grant_number")].is_empty(), "a publication is no grant");

    let mut swapped = usual;
    swapped.swap(7, 8);
    let layout = known.find("s", &row(1, &swapped)).unwrap();
    assert!(layout.mapping.as_ref().unwrap().source.contains("颠倒"));
    let mapped = layout
        .map(&row(2, &cells.map(|cell| if cell == "CN109996757A" { "CN102889890B" } else { cell })).cells)
        .unwrap();
    assert_eq!(mapped[at("address")], Cell::Text("江苏省如皋市".into()));
    assert_eq!(mapped[at("inventors")], Cell::Text("张三".into()));
    assert_eq!(mapped[at("grant_number")], Cell::Text("CN102889890B".into()));
}

#[test]
fn a_mapping_says_by_its_place_which_of_two_equal_headings_is_right() {
    let register = register("regions").unwrap();
    let row = row(1, &["区镇代码", "区镇代码", "区镇名称", "类型"]);
    let plain = headings(register).find("s", &row).unwrap();
    assert_eq!(plain.doubled, Some((0, 1)));
    let mapping = Mapping {
        source: "两列代码".into(),
        register: "regions".into(),
        headings: [("第2列".to_owned(), "code".to_owned())].into(),
        ..Mapping::default()
    };
    for is_forced in [false, true] {
        let known = Headings::new(register, vec![mapping.clone()], is_forced);
        let layout = known.find("s", &row).unwrap();
        assert_eq!((layout.doubled, &*layout.ignored), (None, &["区镇代码".to_owned()][..]), "{is_forced}");
        let cells = ["1", "320682", "如皋市", "市"].map(|text| Cell::Text(text.into()));
        assert_eq!(layout.map(&cells).unwrap()[0], Cell::Text("320682".into()));
    }
}
