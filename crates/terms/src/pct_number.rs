//! The international application number 国际申请号 under the Patent Cooperation Treaty.

use std::{fmt, str::FromStr};

use crate::{
    Error, Office, Result,
    error::{digits_lost, empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "国际申请号";

/// A PCT application number 国际申请号: `PCT/CN2019/123456`, before 2004 `PCT/CN99/12345`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PctNumber {
    receiving_office: Office,
    year: u16,
    serial: u32,
}

impl PctNumber {
    /// The receiving office 受理局, which need not be the applicant's country.
    pub fn receiving_office(&self) -> Office {
        self.receiving_office
    }

    /// The year in the number, four digits.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The serial within office and year.
    pub fn serial(&self) -> u32 {
        self.serial
    }
}

impl FromStr for PctNumber {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty(WHAT));
        }
        if let Some(error) = digits_lost(WHAT, &folded) {
            return Err(error);
        }
        let malformed = || {
            Error::new(format!(
                "{WHAT}{}格式不对。应为 PCT/受理局和四位年份/六位序号，如 PCT/CN2019/123456；2004 年以前如 PCT/CN99/12345。请核对。",
                quoted(cell)
            ))
        };
        let rest = folded.strip_prefix("PCT").ok_or_else(malformed)?;
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let code = rest.get(..2).filter(|c| c.bytes().all(|b| b.is_ascii_uppercase())).ok_or_else(malformed)?;
        let (year, serial) = match rest[2..].split_once('/') {
            Some(parts) => parts,
            // Written without its second stroke it still has one reading only.
            None if rest.is_ascii() && rest.len() == 12 => rest[2..].split_at(4),
            None if rest.is_ascii() && rest.len() == 9 => rest[2..].split_at(2),
            None => return Err(malformed()),
        };
        if !(year.bytes().chain(serial.bytes()).all(|b| b.is_ascii_digit())) {
            return Err(malformed());
        }
        let year_number: u16 = year.parse().map_err(|_| malformed())?;
        let serial_number: u32 = serial.parse().map_err(|_| malformed())?;
        let year = match (year.len(), serial.len(), year_number) {
            (4, 6, 2004..=2099) => year_number,
            // The first international applications were filed on 1978-06-01.
            (2, 5, 78..) => 1900 + year_number,
            (2, 5, 0..=3) => 2000 + year_number,
            _ => return Err(malformed()),
        };
        Ok(Self { receiving_office: code.parse()?, year, serial: serial_number })
    }
}

impl fmt::Display for PctNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { receiving_office, year, serial } = self;
        if *year >= 2004 {
            write!(f, "PCT/{receiving_office}{year}/{serial:06}")
        } else {
            write!(f, "PCT/{receiving_office}{:02}/{serial:05}", year % 100)
        }
    }
}

written_as_text!(PctNumber);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, expected: Option<&str>) {
        let read: Option<String> = cell.parse().ok().map(|n: PctNumber| n.to_string());
        assert_eq!(read.as_deref(), expected, "{cell}");
    }

    #[test]
    fn both_forms_are_read_section_2_5() {
        check("PCT/CN2019/123456", Some("PCT/CN2019/123456"));
        check(" pct／cn2019／000001; ", Some("PCT/CN2019/000001"));
        check("PCT/CN99/00123", Some("PCT/CN99/00123"));
        check("PCTCN2019123456", Some("PCT/CN2019/123456"));
        check("PCT/IB2004/000001", Some("PCT/IB2004/000001"));
        let number: PctNumber = "PCT/US03/12345".parse().unwrap();
        assert_eq!((number.year(), number.receiving_office().code()), (2003, "US"));
    }

    #[test]
    fn the_form_changes_with_2004_on_both_sides_section_2_5() {
        check("PCT/CN2003/123456", None);
        check("PCT/CN2004/123456", Some("PCT/CN2004/123456"));
        check("PCT/CN03/12345", Some("PCT/CN03/12345"));
        check("PCT/CN04/12345", None);
        check("PCT/CN77/12345", None);
        check("PCT/CN78/12345", Some("PCT/CN78/12345"));
    }

    #[test]
    fn other_shapes_and_unknown_offices_are_refused_section_2_5() {
        for cell in [
            "",
            "CN2019/123456",
            "PCT/CN2019/12345",
            "PCT/C12019/123456",
            "PCT/QQ2019/123456",
            "PCT/CN2019/1234567",
            "PCT/中国2019/123456",
            "PCT/CN2019-123456",
            "2.02E+12",
        ] {
            check(cell, None);
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "PCT/(CN|US|IB|EP)(20(0[4-9]|[1-9][0-9])/[0-9]{6}|(7[89]|[89][0-9]|0[0-3])/[0-9]{5})") {
            prop_assert_eq!(cell.parse::<PctNumber>().unwrap().to_string(), cell);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(PCT|[/0-9]|\\PC){0,16}") {
            let _ = text.parse::<PctNumber>();
        }
    }
}
