//! The certificate number of a high and new technology enterprise 高新技术企业证书编号.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{empty, quoted},
    text,
    written::written_as_text,
};

const DIGITS: usize = 12;

/// A certificate number 高新技术企业证书编号: `GR`, year of issue, province, six digits: `GR202132001234`.
///
/// `GF` is the prefix of re-examined certificates of the years when there was a re-examination.
/// How long it is valid follows from the dates of the status, never from the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HighTechCertificate {
    is_reexamined: bool,
    number: u64,
}

impl HighTechCertificate {
    /// The year of issue.
    pub fn year(&self) -> u16 {
        u16::try_from(self.number / 100_000_000).expect("twelve digits hold a year of four")
    }

    /// The two digits of the province in GB/T 2260.
    pub fn province(&self) -> u8 {
        u8::try_from(self.number / 1_000_000 % 100).expect("two digits")
    }
}

impl FromStr for HighTechCertificate {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        if folded.is_empty() {
            return Err(empty("高新技术企业证书编号"));
        }
        let (is_reexamined, digits) = match (folded.strip_prefix("GR"), folded.strip_prefix("GF")) {
            (Some(digits), _) => (false, digits),
            (None, Some(digits)) => (true, digits),
            (None, None) => (false, ""),
        };
        let is_sound = digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_sound).map(|number| Self { is_reexamined, number });
        // The present rules for recognition date from 2008.
        number.filter(|n| (2008..=2099).contains(&n.year()) && n.province() >= 11).ok_or_else(|| {
            Error::new(format!(
                "高新技术企业证书编号{}格式不对。应为 GR、四位年份、两位省份代码和六位序号，如 GR202132001234。请对照证书核对。",
                quoted(cell)
            ))
        })
    }
}

impl fmt::Display for HighTechCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_reexamined { "GF" } else { "GR" }, self.number)
    }
}

written_as_text!(HighTechCertificate);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn year_and_province_are_in_the_number_section_2_7() {
        let certificate: HighTechCertificate = "gr 202132001234".parse().unwrap();
        assert_eq!(certificate.to_string(), "GR202132001234");
        assert_eq!((certificate.year(), certificate.province()), (2021, 32));
    }

    #[test]
    fn other_shapes_are_refused_section_2_7() {
        for cell in [
            "",
            "202132001234",
            "GR20213200123",
            "GR2021320012345",
            "GR200732001234",
            "GR202105001234",
            "GX202132001234",
        ] {
            assert!(cell.parse::<HighTechCertificate>().is_err(), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(cell in "G[RF]20(0[89]|[1-9][0-9])(11|32|65)[0-9]{6}") {
            prop_assert_eq!(cell.parse::<HighTechCertificate>().unwrap().to_string(), cell);
        }
    }
}
