//! A share that was estimated from a sample, with its interval.

use serde::{Deserialize, Serialize};

/// A share of a sample with its 95 % interval by Wilson's score, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// How many of the sample have what is asked for.
    pub having: u64,
    /// The size of the sample.
    pub of: u64,
    /// The lower bound in thousandths, rounded down.
    pub low: u64,
    /// The upper bound in thousandths, rounded up.
    pub high: u64,
}

impl Interval {
    /// The interval of a share; none of an empty sample.
    pub fn wilson(having: u64, of: u64) -> Option<Self> {
        const Z: f64 = 1.96;
        if of == 0 || having > of {
            return None;
        }
        let (n, p) = (of as f64, having as f64 / of as f64);
        let middle = p + Z * Z / (2.0 * n);
        let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scaled = |bound: f64| (bound / (1.0 + Z * Z / n)).clamp(0.0, 1.0) * 1000.0;
        // A share of all or nothing is its own bound.
        let low = if having == 0 { 0 } else { scaled(middle - spread).floor() as u64 };
        let high = if having == of { 1000 } else { scaled(middle + spread).ceil() as u64 };
        Some(Self { having, of, low, high })
    }

    /// In words: `84.0%（95% 区间 76.7%–89.4%，42/50）`.
    pub fn zh(&self) -> String {
        let share = crate::figure::percent(self.having, self.of);
        let bound = |thousandths: u64| format!("{}.{}%", thousandths / 10, thousandths % 10);
        format!("{share}（95% 区间 {}–{}，{}/{}）", bound(self.low), bound(self.high), self.having, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_published_tables() {
        // 8 of 10: 0.490 to 0.943; 0 of 10: 0 to 0.278 (Wilson 1927, without continuity correction).
        assert_eq!(Interval::wilson(8, 10).map(|one| (one.low, one.high)), Some((490, 944)));
        assert_eq!(Interval::wilson(0, 10).map(|one| (one.low, one.high)), Some((0, 278)));
        assert_eq!(Interval::wilson(10, 10).map(|one| (one.low, one.high)), Some((722, 1000)));
        assert_eq!(Interval::wilson(0, 0), None);
        assert_eq!(Interval::wilson(42, 50).unwrap().zh(), "84.0%（95% 区间 71.4%–91.7%，42/50）");
    }
}
