//! A small, fixed generator of pseudo-random numbers, so that a seed gives the same city on every machine for ever.
//!
//! It is `SplitMix64` with whole numbers only: no floating point, no operating system, no outside crate whose stream may change.
//! It is not fit for secrets.

use jiff::{ToSpan, civil::Date};

/// One stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of this name: a new register can be added without moving the numbers of the others.
    pub(crate) fn new(seed: u64, stream: &str) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in stream.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut random = Self(seed ^ hash);
        random.next();
        random
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from 0 to `n - 1`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// True `n` times out of a thousand.
    pub(crate) fn permille(&mut self, n: usize) -> bool {
        self.below(1000) < n
    }

    /// One of the items.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// The index of one of the weights, the heavier the likelier.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut left = self.below(total as usize) as u32;
        for (index, &weight) in weights.iter().enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// A day from `first` to `last`, both included.
    pub(crate) fn day(&mut self, first: Date, last: Date) -> Date {
        let days = i64::from(days_between(first, last)).max(0);
        first.saturating_add(self.between(0, days).days())
    }

    /// Brings the items into another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = self.below(index + 1);
            items.swap(index, other);
        }
    }
}

/// Owners drawn by a flattened Zipf law: the weight of rank `r` is `1 / (r + offset)`, in whole numbers.
#[derive(Debug, Clone)]
pub(crate) struct Zipf(Vec<u64>);

impl Zipf {
    pub(crate) fn new(ranks: usize, offset: usize) -> Self {
        let mut sum = 0;
        let steps = (0..ranks).map(|rank| {
            sum += 1_000_000_000 / (rank + offset).max(1) as u64;
            sum
        });
        Self(steps.collect())
    }

    /// A rank, 0 the likeliest.
    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let total = self.0.last().copied().unwrap_or(0);
        let point = random.below(total as usize) as u64;
        self.0.partition_point(|&sum| sum <= point)
    }
}

/// How many days `last` lies after `first`.
pub(crate) fn days_between(first: Date, last: Date) -> i32 {
    last.since(first).map_or(0, |span| span.get_days())
}

/// The day `days` after `date`, or before it when negative.
pub(crate) fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

/// The corresponding day `years` later.
pub(crate) fn plus_years(date: Date, years: i64) -> Date {
    date.saturating_add(years.years())
}
