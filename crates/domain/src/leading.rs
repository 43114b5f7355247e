//! The five leading industries (主导产业, C4.2.5): which of them an enterprise is in, by its code of GB/T 4754 and the city's own table
//! (AMB-30). The table of strategic emerging industries is another one and is not asked.
//!
//! The row that says most decides: a class before its group, a group before its division. Several rows that say as much all hold.

use registry::Folded;
use terms::{IndustryCode, IndustryLevel};

/// The register of the table.
pub const REGISTER: &str = "leading-industries";

/// Which of the leading industries an enterprise is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leading {
    /// In these, and in no other.
    In(Vec<String>),
    /// In none.
    Outside,
    /// 企业没有行业代码.
    NoCode,
    /// The code is wider than rows of the table that lie in it.
    TooWide,
    /// The table never came.
    Uncollected,
}

impl Leading {
    /// Whether it is in one; none where that cannot be told.
    pub const fn is_in(&self) -> Option<bool> {
        match self {
            Self::In(_) => Some(true),
            Self::Outside => Some(false),
            Self::NoCode | Self::TooWide | Self::Uncollected => None,
        }
    }

    /// The industries; none but where they are known.
    pub fn industries(&self) -> &[String] {
        match self {
            Self::In(industries) => industries,
            _ => &[],
        }
    }

    /// What stands in the place of an industry, as a clerk reads it.
    pub const fn zh(&self) -> &'static str {
        match self {
            Self::In(_) => "属于主导产业",
            Self::Outside => "不在五个主导产业之内",
            Self::NoCode => "企业没有行业代码",
            Self::TooWide => "企业的行业代码太宽，对照表分得更细",
            Self::Uncollected => "从未导入主导产业对照表",
        }
    }
}

/// The table.
pub(crate) struct Table {
    is_collected: bool,
    rows: Vec<(IndustryCode, String)>,
}

impl Table {
    pub(crate) fn of(folded: &Folded) -> Self {
        let [industry, code] = ["industry", "code"].map(|field| Folded::column(REGISTER, field));
        let rows = folded.get(REGISTER).iter();
        let row = |row: &registry::FoldedRow| {
            Some((row.text(code).parse::<IndustryCode>().ok()?, row.text(industry).to_owned()))
        };
        Self { is_collected: folded.delivered.contains_key(REGISTER), rows: rows.filter_map(row).collect() }
    }

    /// The leading industries of a code.
    pub(crate) fn leading(&self, code: &str) -> Leading {
        if !self.is_collected {
            return Leading::Uncollected;
        }
        let Ok(code) = code.parse::<IndustryCode>() else { return Leading::NoCode };
        let within = || self.rows.iter().filter(move |(wider, _)| code.is_within(wider));
        let level: Option<IndustryLevel> = within().map(|(wider, _)| wider.level()).max();
        let is_divided = self.rows.iter().any(|(row, _)| row.is_within(&code) && row.level() > code.level());
        match (level, is_divided) {
            (_, true) => Leading::TooWide,
            (None, false) => Leading::Outside,
            (Some(level), false) => {
                let fullest = within().filter(|(wider, _)| wider.level() == level);
                let mut industries: Vec<String> = fullest.map(|(_, industry)| industry.clone()).collect();
                industries.sort();
                industries.dedup();
                Leading::In(industries)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_says_most_decides_and_a_wide_code_is_unknown() {
        let rows = [("38", "特高压输变电"), ("3825", "新能源"), ("27", "生物医药"), ("64", "电子商务")];
        let rows = rows.map(|(code, industry)| (code.parse().unwrap(), industry.to_owned())).to_vec();
        let table = Table { is_collected: true, rows };
        let check = |code: &str, expected: Leading| assert_eq!(table.leading(code), expected, "{code}");
        check("3825", Leading::In(vec!["新能源".into()]));
        check("3821", Leading::In(vec!["特高压输变电".into()]));
        check("C2710", Leading::In(vec!["生物医药".into()]));
        check("1371", Leading::Outside);
        check("38", Leading::TooWide);
        check("C", Leading::TooWide);
        check("", Leading::NoCode);
        assert_eq!(Table { is_collected: false, rows: Vec::new() }.leading("3825"), Leading::Uncollected);
        assert!(Leading::TooWide.is_in().is_none() && Leading::Outside.is_in() == Some(false));
    }
}
