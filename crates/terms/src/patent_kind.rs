//! The three kinds of patent and how long each lasts. 《专利法》第二条、第四十二条.
//!
//! Fees are not here: they are a dated schedule, not a word.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, date};

use crate::{
    Error, Result,
    error::{empty, quoted},
    periods, text,
    written::written_as_text,
};

/// Invention 发明, utility model 实用新型 or design 外观设计 (《专利法》第二条).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatentKind {
    /// Invention patent 发明专利.
    Invention,
    /// Utility model 实用新型.
    UtilityModel,
    /// Design 外观设计.
    Design,
}

impl PatentKind {
    /// The three kinds, in the order of the law.
    pub const ALL: [Self; 3] = [Self::Invention, Self::UtilityModel, Self::Design];

    /// The official word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Invention => "发明",
            Self::UtilityModel => "实用新型",
            Self::Design => "外观设计",
        }
    }

    /// The years of the term by the law in force on the filing date.
    ///
    /// 《专利法》第四十二条: inventions twenty, utility models ten, designs fifteen;
    /// designs filed on or before 2021-05-31, under the law of 2008, ten.
    pub fn term_years(self, filed_on: Date) -> i32 {
        const FIFTEEN_YEARS_FROM: Date = date(2021, 6, 1);
        match self {
            Self::Invention => 20,
            Self::Design if filed_on >= FIFTEEN_YEARS_FROM => 15,
            Self::UtilityModel | Self::Design => 10,
        }
    }

    /// The first day on which the term is over (期满), not moved for holidays.
    ///
    /// A utility model filed on 1999-09-06 lasts to 2009-09-05 and has ended on 2009-09-06.
    /// For a PCT national phase the filing date is the international one (细则第一百一十九条).
    pub fn term_over_on(self, filed_on: Date) -> Result<Date> {
        periods::add_years(filed_on, self.term_years(filed_on))
    }
}

impl FromStr for PatentKind {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        match folded.strip_suffix("专利").unwrap_or(&folded) {
            "发明" | "发明授权" => Ok(Self::Invention),
            "实用新型" | "新型" => Ok(Self::UtilityModel),
            "外观设计" | "外观" => Ok(Self::Design),
            "" => Err(empty("专利类型")),
            _ => Err(Error::new(format!("专利类型{}无法识别。请填“发明”“实用新型”或“外观设计”。", quoted(cell)))),
        }
    }
}

impl fmt::Display for PatentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.zh())
    }
}

written_as_text!(PatentKind);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_invention_filed_2003_12_31_is_expired_on_2023_12_31_section_1_8() {
        let over_on = PatentKind::Invention.term_over_on(date(2003, 12, 31)).unwrap();
        assert_eq!(over_on, date(2023, 12, 31));
        assert!(date(2023, 12, 30) < over_on, "2023-12-30 is its last day");
    }

    #[test]
    fn a_utility_model_filed_1999_09_06_ended_2009_09_06_section_3_3() {
        let over_on = PatentKind::UtilityModel.term_over_on(date(1999, 9, 6)).unwrap();
        assert_eq!(over_on, date(2009, 9, 6), "a Sunday: not moved");
    }

    #[test]
    fn designs_last_fifteen_years_only_if_filed_from_2021_06_01_section_3_3() {
        assert_eq!(PatentKind::Design.term_years(date(2021, 5, 31)), 10);
        assert_eq!(PatentKind::Design.term_years(date(2021, 6, 1)), 15);
        assert_eq!(PatentKind::UtilityModel.term_years(date(2021, 6, 1)), 10);
    }

    #[test]
    fn kinds_are_read_in_their_usual_spellings() {
        for (cell, kind) in [
            ("发明", PatentKind::Invention),
            (" 发明专利; ", PatentKind::Invention),
            ("实用新型专利", PatentKind::UtilityModel),
            ("外观", PatentKind::Design),
        ] {
            assert_eq!(cell.parse::<PatentKind>().unwrap(), kind);
        }
        assert!("商标".parse::<PatentKind>().is_err());
        for kind in PatentKind::ALL {
            assert_eq!(kind.to_string().parse::<PatentKind>().unwrap(), kind);
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(at in 0..3_usize, blank in "[ \u{3000}]{0,2}", ending in "(专利)?[;；]?") {
            let kind = PatentKind::ALL[at];
            let cell = format!("{blank}{kind}{ending}");
            prop_assert_eq!(cell.parse::<PatentKind>().unwrap(), kind, "{}", cell);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(发明|实用|新型|外观|设计|专利|授权|\\PC){0,4}") {
            if let Ok(kind) = text.parse::<PatentKind>() {
                prop_assert_eq!(kind.to_string().parse::<PatentKind>().unwrap(), kind);
            }
        }
    }
}
