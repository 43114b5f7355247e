//! The vectors of DOMAIN 2.2 and every notation met in real files.

use super::*;
use proptest::prelude::*;

fn number(cell: &str) -> ApplicationNumber {
    cell.parse().unwrap_or_else(|error| panic!("{cell}: {error}"))
}

fn message(cell: &str) -> String {
    cell.parse::<ApplicationNumber>().unwrap_err().message
}

#[test]
fn the_check_characters_of_section_2_2_come_out() {
    for (digits, check) in [
        ("201710601862", '3'),
        ("201310699744", '2'),
        ("97101765", '4'),
        ("95115608", 'X'),
        ("202110123456", '7'),
        ("202180012345", '7'),
        ("202111000007", 'X'),
    ] {
        assert_eq!(number(digits).check(), check, "{digits}");
        assert_eq!(number(&format!("{digits}{check}")).digits(), digits);
        assert_eq!(number(&format!("{digits}.{check}")).digits(), digits);
        for wrong in "0123456789X".chars().filter(|c| *c != check) {
            assert!(message(&format!("{digits}.{wrong}")).contains(&format!("应为 {check}")));
        }
    }
}

#[test]
fn every_notation_of_section_2_2_is_the_same_number() {
    for cell in [
        "2013106997442",
        "201310699744.2",
        "201310699744",
        "CN201310699744.2",
        "ZL201310699744.2",
        "zl 2013 1 0699744.2",
        "ＺＬ２０１３１０６９９７４４．２",
        "201310699744。2",
        "\u{A0}CN2013106997442 ;",
        "CN:201310699744:A",
        "CN201310699744",
        "CN.201310699744.2",
        "??201310699744.2",
        "'2013106997442",
    ] {
        assert_eq!(number(cell), number("201310699744.2"), "{cell}");
        assert_eq!(number(cell).to_string(), "2013106997442");
    }
    assert_eq!(number("95115608.x").to_string(), "95115608X");
    assert_eq!(number("zl95115608x").with_dot(), "95115608.X");
    assert_eq!(number("CN:201711494189:A").digits(), "201711494189");
}

#[test]
fn a_number_without_its_check_character_is_known_as_such() {
    assert!(!number("201310699744").check_was_given());
    assert!(number("2013106997442").check_was_given());
    assert_eq!(number("201310699744"), number("2013106997442"));
}

#[test]
fn a_number_mangled_by_a_spreadsheet_says_that_digits_are_lost() {
    for cell in ["2.0121E+12", "2.02E+12", "2.0193e+12", " 2.02E+12;"] {
        let message = message(cell);
        assert!(message.contains("丢失") && message.contains("文本"), "{message}");
    }
}

#[test]
fn the_type_digit_gives_the_kind_section_2_2() {
    use PatentKind::{Design, Invention, UtilityModel};
    for (digits, kind, is_pct_phase) in [
        ("202110123456", Invention, false),
        ("202120123456", UtilityModel, false),
        ("202130123456", Design, false),
        ("202180012345", Invention, true),
        ("202190012345", UtilityModel, true),
        ("97101765", Invention, false),
        ("97201765", UtilityModel, false),
        ("97301765", Design, false),
        ("97801765", Invention, true),
        ("97901765", UtilityModel, true),
    ] {
        assert_eq!(number(digits).kind(), kind, "{digits}");
        assert_eq!(number(digits).is_pct_phase(), is_pct_phase, "{digits}");
    }
    for digits in ["202100123456", "202140123456", "202170123456", "97401765"] {
        assert!(message(digits).contains("种类位"), "{digits}");
    }
}

#[test]
fn years_are_read_from_both_forms_and_bounded_on_both_sides_section_2_2() {
    assert_eq!(number("85100001").year(), 1985);
    assert_eq!(number("99100001").year(), 1999);
    assert_eq!(number("00100001").year(), 2000);
    assert_eq!(number("03100001").year(), 2003);
    assert_eq!(number("200310100001").year(), 2003);
    for cell in ["84100001", "04100001", "200210100001", "210010100001", "12345678"] {
        assert!(message(cell).contains("年份"), "{cell}");
    }
}

#[test]
fn other_shapes_are_refused_with_an_example() {
    for cell in [
        "20131069974",
        "20131069974421",
        "201310699744.",
        "201310699744.23",
        "201310699744Y",
        "CN103456789A",
        "PCT/CN2013/012345",
        "公司",
        "２０１３年",
    ] {
        assert!(message(cell).contains("如 201310699744.2"), "{cell}");
    }
    assert!(message(" ; ").contains("为空"));
}

#[test]
fn a_released_row_keeps_its_digits_and_gets_the_right_check() {
    let released = ApplicationNumber::parse_ignoring_check("201310699744.5").unwrap();
    assert_eq!(released.to_string(), "2013106997442");
}

#[test]
fn numbers_sort_as_their_text_does() {
    let mut numbers = ["202110123456", "97101765", "201310699744", "03100001"].map(number);
    numbers.sort();
    let printed: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let mut sorted = printed.clone();
    sorted.sort();
    assert_eq!(printed, sorted);
}

proptest! {
    #[test]
    fn printing_and_parsing_agree(digits in "20(0[3-9]|[1-9][0-9])[12389][0-9]{7}|(8[5-9]|9[0-9]|0[0-3])[12389][0-9]{5}") {
        let number: ApplicationNumber = digits.parse().unwrap();
        let again: ApplicationNumber = number.to_string().parse().unwrap();
        prop_assert_eq!(again, number);
        prop_assert!(again.check_was_given());
        prop_assert_eq!(number.with_dot().parse::<ApplicationNumber>().unwrap(), number);
    }

    #[test]
    fn changing_any_one_digit_is_noticed(digits in "20(0[3-9]|[1-9][0-9])[12389][0-9]{7}", at in 5usize..12, by in 1u8..10) {
        let printed = digits.parse::<ApplicationNumber>().unwrap().to_string();
        let mut wrong = printed.into_bytes();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        prop_assert!(String::from_utf8(wrong).unwrap().parse::<ApplicationNumber>().is_err());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(CN|ZL|[:.]|\\PC){0,20}") {
        let _ = text.parse::<ApplicationNumber>();
    }
}
