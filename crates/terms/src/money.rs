//! Money in whole fen 分, read from cells in 元, 万元 or 亿元 without ever rounding.

use std::{fmt, str::FromStr};

use crate::{
    Error, Result, decimal,
    error::{empty, quoted},
    text,
    written::written_as_text,
};

const WHAT: &str = "金额";

/// An amount of renminbi 人民币 in whole fen 分.
///
/// It prints in yuan, `1234.56元`, and parses so; [`Money::format_zh`] is for people, [`Money::parse`] for cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money {
    /// The amount in fen; any value is valid.
    pub fen: i64,
}

/// The unit in which a column or a cell gives money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum MoneyUnit {
    /// 元.
    #[default]
    Yuan,
    /// 万元, ten thousand yuan.
    TenThousandYuan,
    /// 亿元, a hundred million yuan.
    HundredMillionYuan,
}

impl MoneyUnit {
    /// The Chinese word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::TenThousandYuan => "万元",
            Self::HundredMillionYuan => "亿元",
        }
    }

    /// The unit that a heading names, as in 登记金额（万元）; `None` when it names none, or a foreign currency.
    pub fn in_heading(heading: &str) -> Option<Self> {
        let folded = text::fold_heading(heading);
        let before = folded.strip_suffix('元')?;
        match before.chars().next_back() {
            Some('万') if before.ends_with("百万") || before.ends_with("千万") => None,
            Some('万') => Some(Self::TenThousandYuan),
            Some('亿') => Some(Self::HundredMillionYuan),
            Some('美' | '欧' | '日' | '港' | '韩' | '百' | '千' | '加' | '澳') => None,
            _ => Some(Self::Yuan),
        }
    }

    /// The power of ten from this unit to fen.
    fn scale(self) -> u32 {
        match self {
            Self::Yuan => 2,
            Self::TenThousandYuan => 6,
            Self::HundredMillionYuan => 10,
        }
    }
}

impl fmt::Display for MoneyUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.zh())
    }
}

impl FromStr for MoneyUnit {
    type Err = Error;

    fn from_str(cell: &str) -> Result<Self> {
        match text::fold_code(cell).as_str() {
            "元" | "人民币元" => Ok(Self::Yuan),
            "万元" | "万" => Ok(Self::TenThousandYuan),
            "亿元" | "亿" => Ok(Self::HundredMillionYuan),
            _ => Err(Error::new(format!("金额单位{}无法识别。请填“元”“万元”或“亿元”。", quoted(cell)))),
        }
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self { fen: 0 };

    /// So many fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self { fen }
    }

    /// So many whole yuan.
    pub fn from_yuan(yuan: i64) -> Result<Self> {
        yuan.checked_mul(100).map(Self::from_fen).ok_or_else(too_large)
    }

    /// Reads a cell: the unit written in it, else `default_unit`.
    ///
    /// Thousands separators, ¥ and 人民币 are understood.
    /// A negative amount, a part of a fen and a foreign currency are refused; nothing is rounded.
    ///
    /// ```
    /// use terms::{Money, MoneyUnit};
    /// assert_eq!(Money::parse("2亿元", MoneyUnit::Yuan)?.fen, 20_000_000_000);
    /// assert_eq!(Money::parse("12.5", MoneyUnit::TenThousandYuan)?.fen, 12_500_000);
    /// # Ok::<(), terms::Error>(())
    /// ```
    pub fn parse(cell: &str, default_unit: MoneyUnit) -> Result<Self> {
        let money = Self::read(cell, default_unit)?;
        if money.fen < 0 {
            return Err(Error::new(format!("{WHAT}{}为负数。请填写实际金额；冲销请另行更正原记录。", quoted(cell))));
        }
        Ok(money)
    }

    /// The sum, or an error beyond 64 bits.
    pub fn checked_add(self, other: Self) -> Result<Self> {
        self.fen.checked_add(other.fen).map(Self::from_fen).ok_or_else(too_large)
    }

    /// The difference, or an error beyond 64 bits.
    pub fn checked_sub(self, other: Self) -> Result<Self> {
        self.fen.checked_sub(other.fen).map(Self::from_fen).ok_or_else(too_large)
    }

    /// So many times the amount, or an error beyond 64 bits.
    pub fn checked_mul(self, times: i64) -> Result<Self> {
        self.fen.checked_mul(times).map(Self::from_fen).ok_or_else(too_large)
    }

    /// The sum of all, or an error beyond 64 bits.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// `count` shares that differ by one fen at most and add up to the whole, the larger ones first.
    ///
    /// An error when there is nobody to share among.
    pub fn split_equally(self, count: usize) -> Result<Vec<Self>> {
        let shares = i64::try_from(count)
            .ok()
            .filter(|shares| *shares > 0)
            .ok_or_else(|| Error::new("没有可以分配金额的对象。请先填写标的。"))?;
        let (share, rest) = (self.fen.div_euclid(shares), self.fen.rem_euclid(shares));
        Ok((0..shares).map(|index| Self::from_fen(share + i64::from(index < rest))).collect())
    }

    /// The amount for people, exact, in the largest unit in which it stays short: `2亿元`, `12.5万元`, `1234.56元`.
    pub fn format_zh(self) -> String {
        let (magnitude, fen_per_yuan) = (self.fen.unsigned_abs(), 100);
        let ten_thousand_yuan = 10_000 * fen_per_yuan;
        let unit = if magnitude >= 10_000 * ten_thousand_yuan && magnitude.is_multiple_of(ten_thousand_yuan) {
            MoneyUnit::HundredMillionYuan
        } else if magnitude >= ten_thousand_yuan {
            MoneyUnit::TenThousandYuan
        } else {
            MoneyUnit::Yuan
        };
        format!("{}{unit}", decimal::unscaled(self.fen, unit.scale()))
    }

    fn read(cell: &str, default_unit: MoneyUnit) -> Result<Self> {
        let folded = text::fold_code(cell);
        let bare = folded
            .trim_start_matches("人民币")
            .trim_start_matches("RMB")
            .trim_start_matches("CNY")
            .trim_start_matches(['¥', '￥']);
        if bare.is_empty() {
            return Err(empty(WHAT));
        }
        let at = bare.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
        let (number, unit) = bare.split_at(at);
        let unit = match unit {
            "" => default_unit,
            "元整" => MoneyUnit::Yuan,
            unit => unit.parse().map_err(|_| {
                Error::new(format!(
                    "{WHAT}{}无法识别。请填数字，可带单位“元”“万元”或“亿元”，如 1234.56、12.5万元；外币请先折算成人民币。",
                    quoted(cell)
                ))
            })?,
        };
        decimal::scaled(WHAT, number, unit.scale()).map(Self::from_fen)
    }
}

impl FromStr for Money {
    type Err = Error;

    /// Reads what `Display` prints, negative differences included.
    fn from_str(text: &str) -> Result<Self> {
        Self::read(text, MoneyUnit::Yuan)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}元", decimal::unscaled(self.fen, MoneyUnit::Yuan.scale()))
    }
}

written_as_text!(Money, MoneyUnit);

fn too_large() -> Error {
    Error::new("金额超出可计算的范围。请核对单位是否填错。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(cell: &str, unit: MoneyUnit, fen: Option<i64>) {
        assert_eq!(Money::parse(cell, unit).ok().map(|m| m.fen), fen, "{cell}");
    }

    #[test]
    fn cells_are_read_in_their_own_unit_or_the_columns_section_2_7() {
        use MoneyUnit::{HundredMillionYuan, TenThousandYuan, Yuan};
        check("2亿元", Yuan, Some(20_000_000_000));
        check("1,234.56", Yuan, Some(123_456));
        check("12.5万元", Yuan, Some(12_500_000));
        check("12.5", TenThousandYuan, Some(12_500_000));
        check("12.5元", TenThousandYuan, Some(1_250));
        check("1.3", HundredMillionYuan, Some(13_000_000_000));
        check("￥１，２３４．５ 元；", Yuan, Some(123_450));
        check("人民币500万元", Yuan, Some(500_000_000));
        check("500万", Yuan, Some(500_000_000));
        check("100元整", Yuan, Some(10_000));
        check("0", Yuan, Some(0));
    }

    #[test]
    fn a_part_of_a_fen_is_refused_never_rounded() {
        use MoneyUnit::{HundredMillionYuan, TenThousandYuan, Yuan};
        check("0.01", Yuan, Some(1));
        check("0.001", Yuan, None);
        check("0.010", Yuan, Some(1));
        check("0.000001", TenThousandYuan, Some(1));
        check("0.0000001", TenThousandYuan, None);
        check("0.0000000001", HundredMillionYuan, Some(1));
        check("0.00000000001", HundredMillionYuan, None);
        let message = Money::parse("1.239", Yuan).unwrap_err().message;
        assert!(message.contains("不作四舍五入"), "{message}");
    }

    #[test]
    fn one_fen_short_of_two_hundred_million_is_not_two_hundred_million_section_1_8() {
        let sum = Money::parse("199,999,999.99", MoneyUnit::Yuan).unwrap();
        assert_eq!(sum.fen, 19_999_999_999);
        assert!(sum < Money::parse("2亿元", MoneyUnit::Yuan).unwrap());
        assert_eq!(sum.format_zh(), "19999.999999万元", "it never shows as 2亿元");
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for cell in ["", "-1", "元", "约2亿元", "100万美元", "1千元", "12,34", "2E+8", "1.2.3", "九万", "1万2千元"]
        {
            check(cell, MoneyUnit::Yuan, None);
        }
        assert!(Money::parse("2.02E+08", MoneyUnit::Yuan).unwrap_err().message.contains("丢失"));
    }

    #[test]
    fn a_heading_may_name_the_unit() {
        use MoneyUnit::{HundredMillionYuan, TenThousandYuan, Yuan};
        for (heading, unit) in [
            ("登记金额（万元）", Some(TenThousandYuan)),
            ("登记金额(亿元)", Some(HundredMillionYuan)),
            ("登记金额 [元]", Some(Yuan)),
            ("登记金额", None),
            ("登记金额（万美元）", None),
            ("登记金额（百万元）", None),
        ] {
            assert_eq!(MoneyUnit::in_heading(heading), unit, "{heading}");
        }
    }

    #[test]
    fn amounts_show_in_the_largest_short_unit() {
        for (fen, shown) in [
            (20_000_000_000, "2亿元"),
            (21_250_000_000, "2.125亿元"),
            (12_500_000, "12.5万元"),
            (999_999, "9999.99元"),
            (1_000_000, "1万元"),
            (123_456, "1234.56元"),
            (-12_500_000, "-12.5万元"),
            (0, "0元"),
        ] {
            assert_eq!(Money::from_fen(fen).format_zh(), shown);
        }
    }

    #[test]
    fn arithmetic_beyond_64_bits_is_an_error() {
        let most = Money::from_fen(i64::MAX);
        assert!(most.checked_add(Money::from_fen(1)).is_err());
        assert!(Money::from_fen(i64::MIN).checked_sub(Money::from_fen(1)).is_err());
        assert!(most.checked_mul(2).is_err());
        assert!(Money::from_yuan(i64::MAX).is_err());
        assert!(Money::checked_sum([most, Money::from_fen(1)]).is_err());
        assert_eq!(Money::checked_sum([]).unwrap(), Money::ZERO);
    }

    #[test]
    fn nothing_is_shared_among_nobody() {
        assert!(Money::from_fen(100).split_equally(0).is_err());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_agree(fen: i64) {
            let money = Money::from_fen(fen);
            prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
            prop_assert_eq!(money.format_zh().parse::<Money>().unwrap(), money);
        }

        #[test]
        fn equal_shares_add_up_and_differ_by_one_fen_at_most(fen in 0i64..1_000_000_000_000, count in 1usize..50) {
            let shares = Money::from_fen(fen).split_equally(count).unwrap();
            prop_assert_eq!(Money::checked_sum(shares.iter().copied()).unwrap().fen, fen);
            prop_assert!(shares[0].fen - shares[count - 1].fen <= 1);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "([0-9.,万亿元-]|\\PC){0,20}") {
            let _ = Money::parse(&text, MoneyUnit::Yuan);
        }
    }
}
