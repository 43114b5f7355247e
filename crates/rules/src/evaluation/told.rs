//! A figure as it is told: a lower bound never reads as a plain number.

use terms::Money;

use super::Indicator;

/// A numerator or denominator in the words of an office: `49 件`, `26454万元` out of 分, `131329000万元` out of 元.
pub fn quantity(number: i64, unit: &str) -> String {
    let money = match unit {
        "分" => Some(Money::from_fen(number)),
        "元" => Money::from_yuan(number).ok(),
        _ => None,
    };
    money.map_or_else(|| format!("{number} {unit}").trim_end().to_owned(), Money::format_zh)
}

impl Indicator {
    /// The verdict in one word; a monitored figure has none to give.
    pub fn verdict(&self) -> &'static str {
        match self.met {
            _ if self.target.is_none() => "监测",
            Some(true) => "达标",
            Some(false) => "未达标",
            None => "未定",
        }
    }

    /// Whether the figure and its numerator are the least that they can be.
    pub fn is_lower(&self) -> bool {
        self.bound == "lower"
    }

    /// The figure with its bound: `29.94`, `至少 28`; nothing where it is not known.
    pub fn figure(&self) -> Option<String> {
        let value = self.value.as_ref()?;
        Some(if self.is_lower() { format!("至少 {value}") } else { value.clone() })
    }

    /// Why, with what is known of the figure first where the reason does not say that it is a bound.
    pub fn why(&self) -> String {
        let Some(figure) = self.figure().filter(|_| self.is_lower() && self.met.is_none()) else {
            return self.reason.clone();
        };
        match (self.operator, &self.target) {
            (Some(operator), Some(target)) => format!("{figure}，要求 {operator} {target}；{}", self.reason),
            _ => format!("{figure}；{}", self.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Operator;

    fn indicator(bound: &str, met: Option<bool>, reason: &str) -> Indicator {
        Indicator {
            code: "K03".into(),
            name: "马德里国际商标注册量累计".into(),
            clauses: Vec::new(),
            numerator: Some(28),
            denominator: None,
            value: Some("28".into()),
            operator: Some(Operator::AtLeast),
            target: Some("30".into()),
            met,
            reason: reason.into(),
            by_region: Vec::new(),
            bound: bound.into(),
            upper: None,
            unit: "件".into(),
            evidence_count: 28,
            reading: String::new(),
        }
    }

    #[test]
    fn quantities_carry_their_unit() {
        assert_eq!(quantity(49, "件"), "49 件");
        assert_eq!(quantity(26_454_000_000, "分"), "2.6454亿元");
        assert_eq!(quantity(130_000_000_000, "元"), "1300亿元");
        assert_eq!(quantity(i64::MAX, "元"), format!("{} 元", i64::MAX), "beyond what money holds");
        assert_eq!(quantity(7, ""), "7");
    }

    #[test]
    fn a_lower_bound_is_told_as_one() {
        let open = indicator("lower", None, "已知部分尚不足以判定；马德里国际注册登记簿有未报的期间");
        assert_eq!(open.figure().as_deref(), Some("至少 28"));
        assert_eq!(open.why(), "至少 28，要求 >= 30；已知部分尚不足以判定；马德里国际注册登记簿有未报的期间");
        let monitored = Indicator { operator: None, target: None, ..open };
        assert!(monitored.why().starts_with("至少 28；"));
        // A decided one says it in its own reason.
        let met = indicator("lower", Some(true), "达到目标：28（至少），要求 >= 20");
        assert_eq!(
            (met.figure().as_deref(), met.why().as_str()),
            (Some("至少 28"), "达到目标：28（至少），要求 >= 20")
        );
        let exact = indicator("exact", Some(false), "未达到目标：28，要求 >= 30");
        assert_eq!((exact.figure().as_deref(), exact.why().as_str()), (Some("28"), "未达到目标：28，要求 >= 30"));
        assert_eq!(Indicator { value: None, ..indicator("unknown", None, "没有") }.figure(), None);
    }
}
