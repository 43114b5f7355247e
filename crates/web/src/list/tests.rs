//! The list over a handful of enterprises.

use jiff::civil::{Date, date};

use super::*;
use crate::{format::encode, list::view::page_links};

struct Firm {
    name: &'static str,
    town: &'static str,
    rights: Option<i64>,
    since: Option<Date>,
}

const FIRMS: [Firm; 4] = [
    Firm { name: "知强科技", town: "城北", rights: Some(12), since: Some(date(2015, 3, 1)) },
    Firm { name: "安达电气", town: "城南", rights: Some(1_200), since: None },
    Firm { name: "=cmd()", town: "城北", rights: None, since: Some(date(2020, 1, 1)) },
    Firm { name: "如皋医药", town: "城北", rights: Some(0), since: Some(date(2009, 12, 31)) },
];

fn listing(frame: &Frame) -> Listing<'_, Firm> {
    Listing::new(frame, "firms", "/firms", "企业")
        .column("name", "名称", Kind::Text, |firm: &Firm| Cell::text(firm.name).link("/firms/1"))
        .column("rights", "件数", Kind::Number, |firm| firm.rights.map_or_else(Cell::empty, Cell::number))
        .column("since", "成立日期", Kind::Date, |firm| Cell::date(firm.since))
        .filter(
            "town",
            "区镇",
            vec![Choice::new("城北", "城北街道"), Choice::new("城南", "城南街道")],
            |firm, town| firm.town == town,
        )
        .search("名称", |firm| firm.name.to_owned())
        .sorted_by("name", Dir::Up)
}

fn check(address: &str, expected: &[&str]) {
    let frame = Frame::for_tests();
    let query = ListQuery::parse(&address.parse().unwrap());
    let view = listing(&frame).view(&FIRMS, &query);
    let names: Vec<&str> = view.rows.iter().map(|row| row[0].text.as_str()).collect();
    assert_eq!(names, expected, "{address}");
}

#[test]
fn rows_are_sorted_filtered_and_searched_by_the_address() {
    check("/firms", &["=cmd()", "安达电气", "如皋医药", "知强科技"]);
    check("/firms?sort=rights&dir=down", &["安达电气", "知强科技", "如皋医药", "=cmd()"]);
    check("/firms?sort=rights", &["如皋医药", "知强科技", "安达电气", "=cmd()"]);
    check("/firms?sort=since&dir=down", &["=cmd()", "知强科技", "如皋医药", "安达电气"]);
    check("/firms?town=%E5%9F%8E%E5%8D%97", &["安达电气"]);
    check("/firms?q=zq", &["知强科技"]);
    check("/firms?q=yiyao", &["如皋医药"]);
    check("/firms?sort=nonsense&page=99&size=7", &["=cmd()", "安达电气", "如皋医药", "知强科技"]);
    check("/firms?q=nothing", &[]);
}

#[test]
fn years_and_words_that_stand_in_the_rows_are_filtered_by_and_what_passes_is_what_is_listed() {
    let frame = Frame::for_tests();
    let listing =
        listing(&frame)
            .words("place", "区镇", &FIRMS, |firm| firm.town)
            .years("year", "年度", &FIRMS, |firm| firm.since.map_or(0, |day| day.year().into()));
    let view = listing.view(&FIRMS, &ListQuery::default());
    let choices = |name: &str| {
        let filter = view.filters.iter().find(|filter| filter.name == name).unwrap();
        filter.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>()
    };
    assert!(choices("place").ends_with(&["城北", "城南"]), "each once: {:?}", choices("place"));
    assert!(choices("year").ends_with(&["2020", "2015", "2009", "0"]), "the latest first: {:?}", choices("year"));
    for (address, expected) in [
        (format!("/firms?place={}&year=2015", encode("城北")), vec!["知强科技"]),
        (format!("/firms?place={}&q=yy", encode("城北")), vec!["如皋医药"]),
        ("/firms?year=2014&size=1".to_owned(), vec![]),
    ] {
        let query = ListQuery::parse(&address.parse().unwrap());
        let passing: Vec<&str> = listing.passing(&FIRMS, &query).map(|firm| firm.name).collect();
        assert_eq!(passing, expected, "{address}");
        assert_eq!(listing.view(&FIRMS, &query).total, expected.len().to_string(), "{address}");
    }
}

#[test]
fn the_filter_is_told_in_words_and_can_be_cleared() {
    let frame = Frame::for_tests();
    let query = ListQuery::parse(&format!("/firms?q=zq&town={}&sort=rights&dir=down", encode("城北")).parse().unwrap());
    let view = listing(&frame).view(&FIRMS, &query);
    assert_eq!(view.summary, ["检索“zq”", "区镇：城北街道"]);
    assert_eq!(view.clear, "/firms?sort=rights&dir=down");
    assert_eq!(view.total, "1");
}

#[test]
fn nothing_at_all_and_nothing_found_are_told_apart() {
    let frame = Frame::for_tests();
    let nothing_found = ListQuery::parse(&"/firms?q=nothing".parse().unwrap());
    let found = listing(&frame).view(&FIRMS, &nothing_found).empty.unwrap();
    let none =
        listing(&frame).when_empty("还没有企业。", "请导入企业名录。").view(&[], &ListQuery::default()).empty.unwrap();
    assert_eq!(none.0, "还没有企业。");
    assert_ne!(found, none);
}

#[test]
fn the_pages_around_the_one_shown_are_linked() {
    let check = |page, last, expected: &[usize]| {
        let numbers: Vec<usize> =
            page_links(page, last, |_| String::new()).iter().map(|link| link.number.unwrap_or(0)).collect();
        assert_eq!(numbers, expected, "{page} of {last}");
    };
    check(1, 1, &[]);
    check(1, 3, &[1, 2, 3]);
    check(5, 9, &[1, 0, 4, 5, 6, 0, 9]);
    check(9, 9, &[1, 0, 8, 9]);
}

#[test]
fn the_workbook_holds_exact_values_of_every_row_that_passes() {
    let frame = Frame::for_tests();
    let query = ListQuery::parse(&format!("/firms?town={}&export=xlsx", encode("城北")).parse().unwrap());
    let sheet = listing(&frame).sheet(&FIRMS, &query);
    assert_eq!(sheet.rows.len(), 3);
    assert_eq!(
        sheet.rows[0],
        [sheets::Cell::Text("=cmd()".into()), sheets::Cell::Empty, sheets::Cell::Date(date(2020, 1, 1))]
    );
    assert_eq!(sheet.rows[2][1], sheets::Cell::Number("12".into()));
    let response = listing(&frame).workbook(&FIRMS, &query).unwrap();
    assert!(response.headers()["content-disposition"].to_str().unwrap().contains("firms.xlsx"));
}

#[test]
fn a_page_of_several_lists_says_which_one_it_means() {
    let frame = Frame::for_tests();
    let query = ListQuery::parse(&"/firms?list=firms&run=a&q=zq&sort=rights&town=x".parse().unwrap());
    assert_eq!(query.of("firms"), query);
    let other = query.of("others");
    assert_eq!(other.href("/firms"), "/firms?list=others&run=a#others");
    assert_eq!(query.leading().href("/firms"), "/firms?run=a");
    let mut view = listing(&frame).view(&FIRMS, &query);
    assert!(view.search_label.is_none() && view.filters.is_empty(), "a short table beside others has no form");
    assert_eq!(view.export, "/firms?list=firms&q=zq&run=a&town=x&sort=rights&dir=up&export=xlsx");
    view.keep("run", "a");
    assert_eq!(view.clear, "/firms?list=firms&sort=rights&dir=up&run=a#firms");
}

#[test]
fn a_page_to_print_says_what_it_leaves_out() {
    let frame = Frame::for_tests();
    let many: Vec<Firm> =
        (0..2001).map(|rights| Firm { name: "知强科技", town: "城北", rights: Some(rights), since: None }).collect();
    let query = ListQuery::parse(&"/firms?export=print".parse().unwrap());
    let printed = |rows: &[Firm]| listing(&frame).printed_page(rows, &query).unwrap();
    assert!(printed(&many).contains("共 2,001 条，本页只列前 2,000 条"));
    assert!(!printed(&many[..2000]).contains("本页只列前"));
}

#[test]
fn a_file_says_the_unit_of_its_numbers_and_which_are_least_ones() {
    let frame = Frame::for_tests();
    let listing = |mixed: bool| {
        Listing::new(&frame, "firms", "/firms", "企业").column("amount", "数", Kind::Number, move |firm: &Firm| {
            match firm.rights {
                None => Cell::empty(),
                Some(0) => Cell::number(0).unit("件").at_least(&frame_of()),
                Some(rights) if mixed && rights > 100 => Cell::money(rights, crate::i18n::Lang::Chinese),
                Some(rights) => Cell::number(rights).unit("件"),
            }
        })
    };
    let sheet = |mixed: bool| listing(mixed).sheet(&FIRMS, &ListQuery::default());
    let heads = |mixed: bool| sheet(mixed).columns.iter().map(|one| one.heading.clone()).collect::<Vec<_>>();
    assert_eq!(heads(false), ["数（件）"]);
    assert_eq!(sheet(false).rows[3], [sheets::Cell::Text("至少 0".into())], "no plain number");
    assert_eq!(heads(true), ["数", "数的单位"]);
    let (number, text) = (|text: &str| sheets::Cell::Number(text.into()), |text: &str| sheets::Cell::Text(text.into()));
    assert_eq!(sheet(true).rows[0], [number("12"), text("件")]);
    assert_eq!(sheet(true).rows[1], [number("12.00"), text("元")]);
    assert_eq!(sheet(true).rows[2], [sheets::Cell::Empty, sheets::Cell::Empty]);
}

#[test]
fn what_is_only_in_the_file_is_not_on_the_page() {
    let frame = Frame::for_tests();
    let listing = Listing::new(&frame, "firms", "/firms", "企业")
        .column("name", "名称", Kind::Text, |firm: &Firm| Cell::text(firm.name))
        .column("rights", "专利", Kind::Number, |firm| firm.rights.map_or_else(Cell::empty, Cell::number))
        .only_in_file(&["rights"]);
    let (view, sheet) = (listing.view(&FIRMS, &ListQuery::default()), listing.sheet(&FIRMS, &ListQuery::default()));
    assert_eq!(view.heads.iter().map(|head| head.label.as_str()).collect::<Vec<_>>(), ["名称"]);
    assert!(view.rows.iter().all(|row| row.len() == 1));
    assert_eq!(sheet.columns.iter().map(|one| one.heading.as_str()).collect::<Vec<_>>(), ["名称", "专利"]);
    assert!(sheet.rows.iter().all(|row| row.len() == 2));
}

fn frame_of() -> Frame {
    Frame::for_tests()
}
