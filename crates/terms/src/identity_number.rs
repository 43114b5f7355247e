//! The citizen's identity number 公民身份号码 (GB 11643), recognised so that it can be kept out of registers; never stored.

use jiff::civil::Date;

use crate::text;

/// Whether a text is an identity number 公民身份号码: 18 places with a sound check character, or the 15 digits of before 1999.
///
/// A credit code may have 18 digits too; the day of birth in the middle and the check tell them apart.
pub fn is_identity_number(text: &str) -> bool {
    let folded = text::fold_code(text);
    if !folded.is_ascii() {
        return false;
    }
    match folded.len() {
        15 => folded.bytes().all(|byte| byte.is_ascii_digit()) && is_day(&format!("19{}", &folded[6..12])),
        18 => is_day(&folded[6..14]) && check_of(&folded[..17]) == folded.chars().last(),
        _ => false,
    }
}

/// Eight digits that are a day on which somebody alive may have been born.
fn is_day(digits: &str) -> bool {
    let part = |from, to| digits[from..to].parse::<i16>().ok();
    let (Some(year), Some(month), Some(day)) = (part(0, 4), part(4, 6), part(6, 8)) else { return false };
    let narrow = |number: i16| i8::try_from(number).unwrap_or_default();
    (1900..2100).contains(&year) && Date::new(year, narrow(month), narrow(day)).is_ok()
}

/// The check character of 17 digits; none where one is no digit.
fn check_of(digits: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (digit, weight) in digits.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    "10X98765432".chars().nth((sum % 11) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_number_is_told_by_its_day_and_its_check() {
        // The example of GB 11643 itself, in all notations.
        for text in
            ["11010519491231002X", " 11010519491231002x ", "１１０１０５１９４９１２３１００２Ｘ", "110105491231002"]
        {
            assert!(is_identity_number(text), "{text}");
        }
        for text in [
            "110105194912310021",
            "11010519491331002X",
            "123206820142000010",
            "91320682MA10000390",
            "202300000012345",
            "P-0001",
            "人员一",
            "",
        ] {
            assert!(!is_identity_number(text), "{text}");
        }
    }
}
