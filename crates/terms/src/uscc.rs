//! The unified social credit code 统一社会信用代码 of GB 32100-2015, and the organisation code of GB 11714 inside it.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

/// The 31 symbols in the order of their values; I, O, S, V and Z are left out.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const LENGTH: usize = 18;
const WHAT: &str = "统一社会信用代码";

/// A unified social credit code 统一社会信用代码 (GB 32100-2015), whose check symbol holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uscc([u8; LENGTH]);

impl Uscc {
    /// The eighteen symbols.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII symbols are stored")
    }

    /// Completes the first sixteen symbols with the check symbols of GB 11714 and GB 32100-2015.
    pub fn complete(first_sixteen: &str) -> Result<Self> {
        let body = text::fold_code(first_sixteen);
        if body.len() != 16 {
            return Err(Error::new(format!("{WHAT}的前段{}应为 16 位。请核对。", quoted(first_sixteen))));
        }
        let symbols = symbols(&format!("{body}00"), first_sixteen)?;
        let mut code = symbols;
        code[16] = organisation_check(&code[8..16]);
        code[17] = check_symbol(&code[..17]);
        Ok(Self(code))
    }

    /// Reads a code whose check symbol may be wrong, for a row that a person has released as it is.
    ///
    /// Some old records fail the check and are still in use; length, alphabet and positions 3 to 8 must be right.
    pub fn parse_ignoring_check(cell: &str) -> Result<Self> {
        read(cell).map(Self)
    }

    /// Whether the check symbol in position 18 is right; false only after [`Uscc::parse_ignoring_check`].
    pub fn check_holds(&self) -> bool {
        check_symbol(&self.0[..17]) == self.0[17]
    }

    /// Whether positions 9 to 17 hold as an organisation code of GB 11714.
    ///
    /// A failure is a reason to look again, never a reason to refuse: some lawful codes were issued without it.
    pub fn inner_check_holds(&self) -> bool {
        organisation_check(&self.0[8..16]) == self.0[16]
    }

    /// The six digits of the district of the registering office (登记管理机关行政区划码).
    pub fn registering_district(&self) -> &str {
        &self.as_str()[2..8]
    }
}

impl FromStr for Uscc {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let code = read(cell)?;
        let expected = check_symbol(&code[..17]);
        if code[17] != expected {
            let hint = if code.iter().all(u8::is_ascii_digit) {
                "若该列曾按数字保存，末几位可能已被改成 0；"
            } else {
                ""
            };
            return Err(Error::new(format!(
                "{WHAT}{}的校验位应为 {}，现为 {}，有一位或几位写错。{hint}请对照营业执照核对。",
                quoted(cell),
                char::from(expected),
                char::from(code[17]),
            )));
        }
        Ok(Self(code))
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uscc({})", self.as_str())
    }
}

written_as_text!(Uscc);

fn read(cell: &str) -> Result<[u8; LENGTH]> {
    let folded = text::fold_code(cell);
    if folded.is_empty() {
        return Err(empty(WHAT));
    }
    if let Some(error) = digits_lost(WHAT, &folded) {
        return Err(error);
    }
    let length = folded.chars().count();
    if length != LENGTH {
        return Err(Error::new(format!(
            "{WHAT}{}有 {length} 位，应为 18 位。请对照营业执照核对；9 位的是旧组织机构代码，15 位的是旧注册号，都不能代替。",
            quoted(cell)
        )));
    }
    symbols(&folded, cell)
}

fn symbols(folded: &str, cell: &str) -> Result<[u8; LENGTH]> {
    if let Some(wrong) = folded.chars().find(|c| value(*c).is_none()) {
        return Err(Error::new(format!(
            "{WHAT}{}含有“{wrong}”。代码只用数字和大写字母，且不用 I、O、S、V、Z；请核对是否把 1 写成 I、0 写成 O、5 写成 S、2 写成 Z。",
            quoted(cell)
        )));
    }
    let mut code = [0; LENGTH];
    code.copy_from_slice(folded.as_bytes());
    if !code[2..8].iter().all(u8::is_ascii_digit) {
        return Err(Error::new(format!(
            "{WHAT}{}的第 3 至 8 位应是登记机关的六位行政区划数字。请对照营业执照核对。",
            quoted(cell)
        )));
    }
    Ok(code)
}

fn value(symbol: char) -> Option<u32> {
    let index = ALPHABET.iter().position(|s| char::from(*s) == symbol)?;
    u32::try_from(index).ok()
}

/// GB 32100-2015: weights are the powers of 3 modulo 31.
///
/// The outer `% 31` matters: when the sum is divisible by 31 the symbol is `0`, where `31 - 0` would point past the alphabet.
fn check_symbol(seventeen: &[u8]) -> u8 {
    let mut weight = 1;
    let mut sum = 0;
    for symbol in seventeen {
        sum += value(char::from(*symbol)).unwrap_or_default() * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET[((31 - sum % 31) % 31) as usize]
}

/// GB 11714: the check of the organisation code, in which letters count from A = 10 to Z = 35.
fn organisation_check(eight: &[u8]) -> u8 {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = eight
        .iter()
        .zip(WEIGHTS)
        .map(|(symbol, weight)| char::from(*symbol).to_digit(36).unwrap_or_default() * weight)
        .sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).expect("below ten"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(cell: &str) -> String {
        cell.parse::<Uscc>().unwrap_err().message
    }

    #[test]
    fn the_published_codes_of_section_2_1_are_valid() {
        for code in [
            "91350100M000100Y43",
            "91110000600037341L",
            "91110108551385082Q",
            "91320682MA10000390",
            "123206820142000010",
        ] {
            let uscc: Uscc = code.parse().unwrap();
            assert_eq!(uscc.to_string(), code);
            assert!(uscc.check_holds());
        }
    }

    #[test]
    fn a_sum_divisible_by_31_gives_the_check_symbol_0_section_2_1() {
        assert_eq!(check_symbol(b"91320682MA1000039"), b'0');
        assert_eq!(check_symbol(b"12320682014200001"), b'0');
    }

    #[test]
    fn eighteen_digits_need_not_be_an_identity_card_section_2_1() {
        assert!("123206820142000010".parse::<Uscc>().is_ok());
    }

    #[test]
    fn forbidden_letters_are_refused_before_arithmetic_section_2_1() {
        assert!(message("91350100M000100Y4Z").contains("“Z”"));
        for letter in ["I", "O", "S", "V", "Z"] {
            assert!(message(&format!("9135010{letter}M000100Y43")).contains(letter));
        }
    }

    #[test]
    fn a_wrong_check_symbol_is_named_with_the_right_one_section_2_1() {
        let message = message("91350100M000100Y44");
        assert!(message.contains("应为 3") && message.contains("现为 4"), "{message}");
        let released = Uscc::parse_ignoring_check("91350100M000100Y44").unwrap();
        assert!(!released.check_holds());
    }

    #[test]
    fn registrars_may_be_letters_but_the_district_is_digits_section_2_1() {
        assert!(Uscc::complete("N2320682MA100003").is_ok());
        assert!(Uscc::complete("Y1A20682MA100003").is_err());
    }

    #[test]
    fn the_inner_code_of_published_codes_holds_section_2_1() {
        for code in ["91350100M000100Y43", "91110000600037341L", "91110108551385082Q"] {
            assert!(code.parse::<Uscc>().unwrap().inner_check_holds(), "{code}");
        }
        let invented: Uscc = "91320682MA10000390".parse().unwrap();
        assert!(!invented.inner_check_holds(), "a warning only: the code is still read");
    }

    #[test]
    fn notations_fold_to_one_code() {
        for cell in [
            " 91350100m000100y43 ",
            "９１３５０１００Ｍ０００１００Ｙ４３",
            "9135 0100 M000 100Y 43",
            "91350100M000100Y43\u{A0};",
        ] {
            assert_eq!(cell.parse::<Uscc>().unwrap().as_str(), "91350100M000100Y43");
        }
    }

    #[test]
    fn a_code_mangled_by_a_spreadsheet_says_that_digits_are_lost() {
        assert!(message("1.23207E+17").contains("丢失"));
        assert!(message("123206820142000000").contains("按数字保存"));
    }

    #[test]
    fn a_wrong_length_is_counted_in_the_message() {
        assert!(message("91350100M000100Y4").contains("有 17 位"));
        assert!(message("").contains("为空"));
    }

    proptest! {
        #[test]
        fn completing_printing_and_parsing_agree(body in "[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{8}") {
            let uscc = Uscc::complete(&body).unwrap();
            prop_assert!(uscc.inner_check_holds());
            prop_assert_eq!(uscc.to_string().parse::<Uscc>().unwrap(), uscc);
        }

        #[test]
        fn changing_any_one_symbol_is_noticed(body in "[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9]{8}", at in 0usize..18, by in 1usize..31) {
            let uscc = Uscc::complete(&body).unwrap();
            let mut wrong = *uscc.as_str().as_bytes().first_chunk::<18>().unwrap();
            let index = ALPHABET.iter().position(|s| *s == wrong[at]).unwrap();
            wrong[at] = ALPHABET[(index + by) % 31];
            let wrong = String::from_utf8(wrong.to_vec()).unwrap();
            prop_assert!(wrong.parse::<Uscc>().is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = text.parse::<Uscc>();
        }
    }
}
