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
}
