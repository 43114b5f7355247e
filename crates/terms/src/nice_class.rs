//! The class of goods or services of a mark 商品和服务类别 in the Nice classification.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result,
    error::{empty, quoted},
    text,
    written::written_as_text,
};

/// A class of the Nice classification 尼斯分类, 1 to 45: goods to 34, services from 35.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NiceClass(u8);

impl NiceClass {
    /// The number of the class.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether the class holds services (35 to 45).
    pub fn is_services(self) -> bool {
        self.0 >= 35
    }
}

impl FromStr for NiceClass {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        let folded = text::fold_code(cell);
        let bare = folded.strip_prefix('第').unwrap_or(&folded);
        let bare = bare.strip_suffix('类').unwrap_or(bare);
        if bare.is_empty() {
            return Err(empty("商标类别"));
        }
        let is_number = bare.len() <= 2 && bare.bytes().all(|b| b.is_ascii_digit());
        match bare.parse() {
            Ok(number @ 1..=45) if is_number => Ok(Self(number)),
            _ => Err(Error::new(format!("商标类别{}不对。应为 1 至 45 的整数；多个类别请分行填写。", quoted(cell)))),
        }
    }
}

impl fmt::Display for NiceClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

written_as_text!(NiceClass);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn classes_run_from_1_to_45_section_2_4() {
        for (cell, number) in [("1", 1), ("09", 9), ("第35类", 35), (" 45;", 45)] {
            let class: NiceClass = cell.parse().unwrap();
            assert_eq!(class.number(), number);
            assert_eq!(class.to_string().parse::<NiceClass>().unwrap(), class);
        }
        for cell in ["0", "46", "-1", "", "九", "9;35"] {
            assert!(cell.parse::<NiceClass>().is_err(), "{cell}");
        }
        assert!(!"34".parse::<NiceClass>().unwrap().is_services());
        assert!("35".parse::<NiceClass>().unwrap().is_services());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(number in 1..=45_u8, form in 0..4_usize) {
            let cell = [format!("{number}"), format!("{number:02}"), format!("第{number}类"), format!(" {number}；")];
            let class: NiceClass = cell[form].parse().unwrap();
            prop_assert_eq!(class.to_string(), number.to_string());
            prop_assert_eq!(class.is_services(), number > 34);
        }

        #[test]
        fn a_number_outside_the_classes_is_refused(number in 46..10_000_u32) {
            prop_assert!(number.to_string().parse::<NiceClass>().is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(第|类|[0-9]|\\PC){0,6}") {
            if let Ok(class) = text.parse::<NiceClass>() {
                prop_assert_eq!(class.to_string().parse::<NiceClass>().unwrap(), class);
            }
        }
    }
}
