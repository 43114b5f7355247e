//! What a patent may be worth: an interval of recorded deals, or a refusal.

use documents::{Document, Scheme};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::PatentKind;

/// Fewer deals than this bear nothing out.
const DEALS_MIN: usize = 5;
/// Older deals do not count.
const YEARS: i32 = 5;

/// A recorded deal over one patent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// The IPC subclass of what was sold: `H01M`.
    pub subclass: String,
    /// What kind of right it was; one of which that is not known is compared with nothing.
    pub kind: Option<PatentKind>,
    /// What was paid, in fen.
    pub amount_fen: i64,
    /// When.
    pub on: Date,
}

/// A value with its basis, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Valuation {
    /// The middle half of comparable deals.
    Interval {
        /// The lower quartile, in fen.
        low_fen: i64,
        /// The upper quartile, in fen.
        high_fen: i64,
        /// What it rests on.
        basis: String,
    },
    /// The evidence is too thin.
    Refused {
        /// Why.
        reason: String,
    },
}

/// The value of a patent by deals over rights of its kind in its subclasses.
pub(super) fn valued(document: &Document, deals: &[Deal], as_of: Date) -> Valuation {
    let ipc = document.classifications.iter().filter(|one| one.scheme == Scheme::Ipc);
    let subclasses: Vec<&str> = ipc.filter_map(|one| one.symbol.get(..4)).collect();
    let since = as_of.saturating_sub(jiff::Span::new().years(YEARS));
    if deals.is_empty() {
        return Valuation::Refused {
            reason: "没有成交价格资料，不给出价值；请由双方协商或委托评估".to_owned()
        };
    }
    let is_comparable = |deal: &&Deal| {
        let is_alike =
            subclasses.contains(&deal.subclass.as_str()) && deal.kind.is_some() && deal.kind == document.kind;
        is_alike && deal.on >= since && deal.on <= as_of
    };
    let mut amounts: Vec<i64> = deals.iter().filter(is_comparable).map(|deal| deal.amount_fen).collect();
    if amounts.len() < DEALS_MIN {
        let reason = format!(
            "近 {YEARS} 年同一 IPC 小类、同一专利类型有价格的成交 {} 件，少于 {DEALS_MIN} 件，不给出价值；请由双方协商或委托评估",
            amounts.len()
        );
        return Valuation::Refused { reason };
    }
    amounts.sort_unstable();
    // Quartiles outwards, so that the interval is never narrower than the half it stands for.
    let (low, high) = ((amounts.len() - 1) / 4, (3 * (amounts.len() - 1)).div_ceil(4));
    Valuation::Interval {
        low_fen: amounts[low],
        high_fen: amounts[high],
        basis: format!(
            "近 {YEARS} 年同一 IPC 小类、同一专利类型 {} 件成交，其中 {} 件在此区间；剩余期限未作比较，单件专利可能大不相同",
            amounts.len(),
            amounts.iter().filter(|amount| (amounts[low]..=amounts[high]).contains(amount)).count()
        ),
    }
}

#[cfg(test)]
mod tests {
    use documents::Classification;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_value_is_an_interval_of_deals_or_a_refusal() {
        let symbol = Classification {
            scheme: Scheme::Ipc,
            symbol: "H01M 4/38".into(),
            edition: String::new(),
            is_inventive: true,
        };
        let kind = Some(PatentKind::Invention);
        let document = Document { classifications: vec![symbol], kind, ..Document::default() };
        let deal =
            |amount: i64, year: i16| Deal { subclass: "H01M".into(), kind, amount_fen: amount, on: date(year, 3, 1) };
        let mut deals: Vec<Deal> = [100, 400, 200, 300].map(|amount| deal(amount, 2024)).to_vec();
        deals.push(Deal { subclass: "A61K".into(), ..deal(1, 2024) });
        deals.push(deal(9, 2015));
        deals.push(Deal { kind: Some(PatentKind::UtilityModel), ..deal(2, 2024) });
        deals.push(Deal { kind: None, ..deal(3, 2024) });
        let day = date(2025, 1, 1);
        assert!(matches!(valued(&document, &deals, day), Valuation::Refused { reason } if reason.contains("4 件")));
        deals.push(deal(500, 2023));
        let Valuation::Interval { low_fen, high_fen, basis } = valued(&document, &deals, day) else { panic!() };
        assert_eq!((low_fen, high_fen), (200, 400));
        assert!(basis.contains("5 件成交，其中 3 件在此区间"), "{basis}");
        let model = Document { kind: Some(PatentKind::UtilityModel), ..document.clone() };
        assert!(matches!(valued(&model, &deals, day), Valuation::Refused { reason } if reason.contains("成交 1 件")));
        assert!(
            matches!(valued(&document, &[], day), Valuation::Refused { reason } if reason.contains("没有成交价格"))
        );
    }
}
