//! Resident identity numbers 居民身份证号 (GB 11643): known here only so that none is taken for something else.

use jiff::civil::Date;

use crate::text;

/// Whether a text is a resident identity number: eighteen places, or fifteen of the old form.
///
/// Whether the check character is right does not matter: a mistyped number still tells the person.
pub fn is_identity_number(cell: &str) -> bool {
    let number = text::fold_code(cell);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match number.len() {
        18 if number.is_ascii() && digits(&number[..17]) => {
            matches!(number.as_bytes()[17], b'0'..=b'9' | b'X') && is_place_and_birthday(&number[..6], &number[6..14])
        }
        15 if digits(&number) => is_place_and_birthday(&number[..6], &format!("19{}", &number[6..12])),
        _ => false,
    }
}

/// The number with all but its first six and last two places covered.
pub fn covered_identity(cell: &str) -> String {
    let length = cell.chars().count();
    cell.chars().enumerate().map(|(at, c)| if at < 6 || at + 2 >= length { c } else { '*' }).collect()
}

/// Whether the first digits are of a province and the others a day of the calendar.
fn is_place_and_birthday(place: &str, birthday: &str) -> bool {
    let province = place[..2].parse::<u8>();
    let is_province = matches!(province, Ok(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83));
    is_province && Date::strptime("%Y%m%d", birthday).is_ok_and(|day| (1900..=2099).contains(&day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_both_forms_are_known_section_2_7() {
        for cell in ["11010519491231002X", " 110105 19491231 002x", "320682199001010011", "110105491231002"] {
            assert!(is_identity_number(cell), "{cell}");
        }
    }

    #[test]
    fn other_numbers_of_as_many_places_are_not() {
        for cell in
            ["110105194913310029", "990105194912310020", "91320682MA10000014", "123456789012345", "P-0001", "", "张三"]
        {
            assert!(!is_identity_number(cell), "{cell}");
        }
    }

    #[test]
    fn a_covered_number_keeps_its_place_and_two_last() {
        assert_eq!(covered_identity("11010519491231002X"), "110105**********2X");
    }
}
