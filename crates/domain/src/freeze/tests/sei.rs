//! Strategic emerging industries: symbols, exclusions, keywords and judgements.

use super::super::{DotReading, dot_reading};
use super::{City, NUMBER};

fn rule(city: City, rule: &str, cells: &[(&str, &str)]) -> City {
    let mut row = vec![("code", "1.1"), ("rule", rule), ("name", "下一代信息网络产业")];
    row.extend_from_slice(cells);
    city.row("strategic-industries", &row)
}

/// The verdicts on the invention with these symbols and this title.
fn verdicts(city: City, ipc: &str, title: &str) -> Vec<(String, String)> {
    let city = city.patent(&[("ipc", ipc), ("title", title), ("abstract", "用于制造。")]);
    city.patents(|tables, _| {
        tables.industries.iter().map(|row| (row.rule.to_owned(), row.verdict.to_owned())).collect()
    })
}

fn check(cells: &[(&str, &str)], ipc: &str, title: &str, expected: Option<&str>) {
    let found = verdicts(rule(City::new(), "1", cells), ipc, title);
    let found: Vec<&str> = found.iter().map(|(_, verdict)| verdict.as_str()).collect();
    assert_eq!(found, Vec::from_iter(expected), "{ipc} {title}");
}

#[test]
fn symbols_match_exactly_or_with_all_below() {
    let star = [("ipc", "G06F11*|A01B*|C08*|G06F15/00")];
    for symbol in ["G06F11/00", "G06F11/36", "A01B1/02", "C08L9/00", "G06F15/00"] {
        check(&star, symbol, "", Some("met"));
    }
    for symbol in ["G06F15/16", "G06F12/00", "A01C1/00", "C07C1/00", ""] {
        check(&star, symbol, "", None);
    }
    check(&[("ipc", "G06F15/00"), ("match", "以下全部")], "G06F15/16", "", Some("met"));
    check(&[("ipc", "G06F15/00"), ("match", "精确")], "G06F15/16", "", None);
}

/// `G06F3/048` stands one dot below `G06F3/01`, `G06F3/0481` two dots below it, `G06F3/12` beside it.
fn scheme(city: City) -> City {
    let rows = [("G06F3/00", "G06F"), ("G06F3/01", "G06F3/00"), ("G06F3/048", "G06F3/01"), ("G06F3/0481", "G06F3/048")];
    let row = |city: City, (symbol, parent)| {
        city.row("ipc-titles", &[("symbol", symbol), ("title", "输入装置"), ("parent", parent)])
    };
    rows.into_iter().chain([("G06F3/12", "G06F3/00")]).fold(city, row)
}

#[test]
fn a_subgroup_with_all_below_reaches_its_dotted_children_once_the_scheme_is_loaded() {
    let rules = [vec![("ipc", "G06F3/01*")], vec![("ipc", "G06F3/01"), ("match", "以下全部")]];
    for cells in rules {
        let without = || rule(City::new(), "1", &cells);
        let matches = |city: City, ipc| !verdicts(city, ipc, "").is_empty();
        for (symbol, beneath) in [("G06F3/048", true), ("G06F3/0481", true), ("G06F3/12", false), ("G06F3/00", false)] {
            assert_eq!(matches(scheme(without()), symbol), beneath, "{symbol}");
            assert!(!matches(without(), symbol), "{symbol}: nothing is guessed from the symbol");
        }
        assert!(matches(without(), "G06F3/01") && matches(scheme(without()), "G06F3/01"));
        assert_eq!(dot_reading(&without().0), DotReading { named: 1, told: 0 });
        assert_eq!(dot_reading(&scheme(without()).0), DotReading { named: 1, told: 1 });
    }
    // An exclusion reaches as far, and what names a subgroup exactly goes no further.
    let kept = rule(City::new(), "1", &[("ipc", "G06F3*"), ("excluded_ipc", "G06F3/01*")]);
    assert!(verdicts(scheme(kept), "G06F3/0481", "").is_empty());
    assert!(verdicts(scheme(rule(City::new(), "1", &[("ipc", "G06F3/01")])), "G06F3/048", "").is_empty());
    // Rows that name each other as parents end somewhere.
    let round = [("G06F3/02", "G06F3/023"), ("G06F3/023", "G06F3/02")];
    let row = |city: City, (symbol, parent)| {
        city.row("ipc-titles", &[("symbol", symbol), ("title", "键盘"), ("parent", parent)])
    };
    let round = round.into_iter().fold(rule(City::new(), "1", &[("ipc", "G06F3/01*")]), row);
    assert!(verdicts(round, "G06F3/023", "").is_empty());
}

#[test]
fn an_excluded_symbol_does_not_match_while_another_still_may() {
    let rule = [("ipc", "G06F11*"), ("excluded_ipc", "G06F11/14|G06F11/36")];
    check(&rule, "G06F11/14", "", None);
    check(&rule, "G06F11/14|G06F11/30", "", Some("met"));
    check(&rule, "G06F11/14|G06F11/36", "", None);
}

#[test]
fn an_exclusion_binds_its_own_rule_only() {
    let city = rule(City::new(), "1", &[("ipc", "G06F11*"), ("excluded_ipc", "G06F11/14")]);
    let city = rule(city, "2", &[("ipc", "G06F11/14")]);
    assert_eq!(verdicts(city, "G06F11/14", ""), [("2".to_owned(), "met".to_owned())]);
}

#[test]
fn keywords_settle_and_their_absence_waits_for_a_person() {
    let rule = [("ipc", "H02S*"), ("keywords", "光伏|太阳能"), ("excluded_keywords", "玩具")];
    check(&rule, "H02S20/30", "一种太 阳 能支架", Some("met"));
    check(&rule, "H02S20/30", "一种支架", Some("undetermined"));
    check(&rule, "H02S20/30", "一种光伏玩具", Some("refused"));
    check(&rule, "H02S20/30", "一种玩具", Some("refused"));
    check(&rule, "H02J3/00", "光伏", None);
    check(&[("ipc", "H02S*"), ("keywords", "制造")], "H02S20/30", "", Some("met"));
}

#[test]
fn the_best_row_of_a_rule_decides() {
    let city = rule(City::new(), "1", &[("ipc", "H02S*"), ("keywords", "光伏")]);
    let city = rule(city, "1", &[("ipc", "H02S20/30")]);
    assert_eq!(verdicts(city, "H02S20/30", ""), [("1".to_owned(), "met".to_owned())]);
}

#[test]
fn a_judgement_is_remembered_where_the_symbol_matches() {
    for (judged, ipc, expected) in
        [("是", "H02S20/30", Some("met")), ("否", "H02S20/30", Some("refused")), ("是", "A01B1/00", None)]
    {
        let city = rule(City::new(), "1", &[("ipc", "H02S*"), ("keywords", "光伏")]);
        let city = city.row(
            "sei-judgements",
            &[
                ("application_number", NUMBER),
                ("code", "1.1"),
                ("rule", "1"),
                ("verdict", judged),
                ("reason", "已核对全文"),
            ],
        );
        let found: Vec<String> = verdicts(city, ipc, "").into_iter().map(|(_, verdict)| verdict).collect();
        assert_eq!(found, Vec::from_iter(expected.map(str::to_owned)), "{judged} {ipc}");
    }
}

#[test]
fn only_granted_inventions_are_judged() {
    let rules = || rule(City::new(), "1", &[("ipc", "H02S*")]);
    for cells in [[("kind", "实用新型"), ("ipc", "H02S20/30")], [("granted_on", ""), ("ipc", "H02S20/30")]] {
        rules().patent(&cells).patents(|tables, _| assert!(tables.industries.is_empty()));
    }
}
