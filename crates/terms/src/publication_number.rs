//! Publication numbers 公布号/公告号 with their kind codes: ZC 0007, ZC 0008 for China, the common shape for other offices.
//!
//! A publication number is never the key of a patent: the publication of the application and that of the grant may share it.

use std::{fmt, str::FromStr};

use crate::{
    Error, Office, PatentKind, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "公布（公告）号";

/// A publication number 公布号/公告号: office, serial and kind code, such as `CN102889890B` or `WO2019/123456A1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationNumber {
    office: Office,
    serial: String,
    kind_code: String,
}

impl PublicationNumber {
    /// The publishing office.
    pub fn office(&self) -> Office {
        self.office
    }

    /// The number between office and kind code, without separators.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The kind code (文献种类标识代码), such as `B` or `A1`; empty when the cell had none.
    pub fn kind_code(&self) -> &str {
        &self.kind_code
    }

    /// Whether this document is the announcement of a grant; `None` when office or kind code does not tell.
    ///
    /// China: B, C, U, Y, S and D are grants (C, Y and D before April 2010), A alone is not.
    pub fn is_grant(&self) -> Option<bool> {
        let letter = self.kind_code.chars().next()?;
        match (self.office.code(), letter) {
            ("CN", 'B' | 'C' | 'U' | 'Y' | 'S' | 'D') | ("EP" | "JP" | "KR", 'B') | ("US", 'B' | 'S' | 'E') => {
                Some(true)
            }
            // Before 2001 the United States printed grants as plain A; A1, A2 and A9 are applications.
            ("US", 'A') if self.kind_code == "A" => Some(true),
            ("CN" | "EP" | "US" | "JP" | "KR" | "WO", 'A') => Some(false),
            ("WO", _) => Some(false),
            _ => None,
        }
    }

    /// The kind of patent, where the number tells: for China by its first digit, for the United States only designs.
    pub fn patent_kind(&self) -> Option<PatentKind> {
        match (self.office.code(), self.serial.chars().next()?) {
            ("CN", '1') => Some(PatentKind::Invention),
            ("CN", '2') => Some(PatentKind::UtilityModel),
            ("CN", _) | ("US", 'D') => Some(PatentKind::Design),
            _ => None,
        }
    }
}

impl FromStr for PublicationNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        if let Some(error) = digits_lost(WHAT, &folded) {
            return Err(error);
        }
        let bare: String = folded.chars().filter(|c| !matches!(c, '/' | '-' | ',' | '.' | ':')).collect();
        if !bare.is_ascii() || bare.len() < 3 {
            return Err(malformed(cell));
        }
        let (code, rest) = bare.split_at(2);
        if !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(malformed(cell));
        }
        let office: Office = code.parse()?;
        let last_digit = rest.rfind(|c: char| c.is_ascii_digit()).ok_or_else(|| malformed(cell))?;
        let (serial, kind_code) = split_kind_code(rest, last_digit);
        let prefix = serial.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = serial.len() - prefix.len();
        let is_sound =
            prefix.len() <= 3 && prefix.bytes().all(|b| b.is_ascii_uppercase()) && (1..=15).contains(&digits);
        if !is_sound {
            return Err(malformed(cell));
        }
        let number = Self { office, serial: serial.to_owned(), kind_code: kind_code.to_owned() };
        match office.code() {
            "CN" => validate_chinese(&number, cell)?,
            "WO" if !(prefix.is_empty() && matches!(digits, 7 | 8 | 10)) => {
                return Err(Error::new(format!(
                    "国际公布号{}格式不对。应为 WO、四位年份、六位序号，如 WO2019/123456A1。请核对。",
                    quoted(cell)
                )));
            }
            _ => {}
        }
        Ok(number)
    }
}

impl fmt::Display for PublicationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { office, serial, kind_code } = self;
        match (office.code(), serial.len()) {
            ("WO", 10) => write!(f, "WO{}/{}{kind_code}", &serial[..4], &serial[4..]),
            ("WO", _) => write!(f, "WO{}/{}{kind_code}", &serial[..2], &serial[2..]),
            (code, _) => write!(f, "{code}{serial}{kind_code}"),
        }
    }
}

written_as_text!(PublicationNumber);

/// A kind code is one letter, or one letter and one digit, after the digits of the serial.
fn split_kind_code(rest: &str, last_digit: usize) -> (&str, &str) {
    let bytes = rest.as_bytes();
    let after = &rest[last_digit + 1..];
    match after.len() {
        0 if last_digit >= 2
            && bytes[last_digit - 1].is_ascii_uppercase()
            && bytes[last_digit - 2].is_ascii_digit() =>
        {
            rest.split_at(last_digit - 1)
        }
        0 => (rest, ""),
        1 => rest.split_at(last_digit + 1),
        _ => (rest, ""),
    }
}

fn validate_chinese(number: &PublicationNumber, cell: &str) -> Result<()> {
    let serial = &number.serial;
    let first = serial.chars().next();
    if !serial.bytes().all(|b| b.is_ascii_digit())
        || !matches!(serial.len(), 7 | 9)
        || !matches!(first, Some('1' | '2' | '3'))
    {
        return Err(malformed(cell));
    }
    let letters = match first {
        Some('1') => "ABC",
        Some('2') => "UY",
        _ => "SD",
    };
    match number.kind_code.chars().next() {
        Some(letter) if !letters.contains(letter) => Err(Error::new(format!(
            "{WHAT}{}的种类代码 {letter} 与号码首位不符：1 开头为发明（A、B、C），2 开头为实用新型（U、Y），3 开头为外观设计（S、D）。请核对。",
            quoted(cell)
        ))),
        _ => Ok(()),
    }
}

fn malformed(cell: &str) -> Error {
    Error::new(format!(
        "{WHAT}{}格式不对。中国文献应为 CN、9 位（2007 年以前 7 位）数字和种类代码，如 CN102889890B；外国文献为国别代码、号码和种类代码，如 EP1234567B1。请核对。",
        quoted(cell)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, printed: &str, is_grant: Option<bool>, kind: Option<PatentKind>) {
        let number: PublicationNumber = cell.parse().unwrap_or_else(|e| panic!("{cell}: {e}"));
        assert_eq!(number.to_string(), printed);
        assert_eq!(number.is_grant(), is_grant, "{cell}");
        assert_eq!(number.patent_kind(), kind, "{cell}");
    }

    #[test]
    fn chinese_kind_codes_tell_grants_from_applications_section_2_3() {
        use PatentKind::{Design, Invention, UtilityModel};
        check("CN109996757A", "CN109996757A", Some(false), Some(Invention));
        check("cn 102889890 b", "CN102889890B", Some(true), Some(Invention));
        check("ＣＮ２０９０７８９６９Ｕ；", "CN209078969U", Some(true), Some(UtilityModel));
        check("CN305246987S", "CN305246987S", Some(true), Some(Design));
        check("CN1030001C", "CN1030001C", Some(true), Some(Invention));
        check("CN2012345Y", "CN2012345Y", Some(true), Some(UtilityModel));
        check("CN3012345D", "CN3012345D", Some(true), Some(Design));
        check("CN102889890B8", "CN102889890B8", Some(true), Some(Invention));
        check("CN106970934", "CN106970934", None, Some(Invention));
    }

    #[test]
    fn a_kind_code_that_contradicts_the_first_digit_is_refused_section_2_3() {
        for cell in ["CN102889890U", "CN209078969B", "CN305246987A"] {
            let message = cell.parse::<PublicationNumber>().unwrap_err().message;
            assert!(message.contains("首位不符"), "{message}");
        }
    }

    #[test]
    fn foreign_numbers_keep_office_serial_and_kind_section_2_5() {
        check("EP 3 123 456 B1", "EP3123456B1", Some(true), None);
        check("EP3123456A1", "EP3123456A1", Some(false), None);
        check("US10,123,456B2", "US10123456B2", Some(true), None);
        check("US 2019/0123456 A1", "US20190123456A1", Some(false), None);
        check("USD912345S", "USD912345S", Some(true), Some(PatentKind::Design));
        check("WO 2019/123456 A1", "WO2019/123456A1", Some(false), None);
        check("WO99/12345A3", "WO99/12345A3", Some(false), None);
        check("PL2631174T3", "PL2631174T3", None, None);
        check("JP6123456B2", "JP6123456B2", Some(true), None);
    }

    #[test]
    fn other_shapes_are_refused() {
        for cell in [
            "",
            "102889890B",
            "CN10288989B",
            "CN1028898901B",
            "CN402889890A",
            "CNB",
            "QQ123456A",
            "WO2019/12A1",
            "公告号",
            "CN1028Z9890B",
            "2.02E+12",
        ] {
            assert!(cell.parse::<PublicationNumber>().is_err(), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "CN1[0-9]{8}[ABC][1-9]?|CN2[0-9]{6}[UY]|EP[0-9]{7}(B1|A2)?|US(D|RE)?[0-9]{6,8}(B2|S)?|WO20[0-9]{2}/[0-9]{6}A1|WO[0-9]{2}/[0-9]{5}A3") {
            let number: PublicationNumber = cell.parse().unwrap();
            prop_assert_eq!(number.to_string(), cell);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(CN|WO|[A-Z0-9/]|\\PC){0,16}") {
            if let Ok(number) = text.parse::<PublicationNumber>() {
                prop_assert_eq!(number.to_string().parse::<PublicationNumber>().unwrap(), number);
            }
        }
    }
}
