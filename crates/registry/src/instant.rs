//! Moments as the database keeps them: UTC to the millisecond, of one width, so that text order is time order.

use jiff::{Timestamp, Unit, tz::TimeZone};

use crate::Error;

/// The moment in the form of the database.
pub fn format(at: Timestamp) -> String {
    jiff::fmt::strtime::format("%Y-%m-%dT%H:%M:%S.%3fZ", &at.to_zoned(TimeZone::UTC))
        .expect("every directive of the format is known to a zoned moment")
}

/// Reads the form of the database.
pub(crate) fn parse(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|_| Error::Damaged(format!("时间 {text}")))
}

/// The moment to the precision of the database.
pub(crate) fn kept(at: Timestamp) -> Timestamp {
    at.round(jiff::TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Floor)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_the_database_and_sort_as_text() {
        let earlier: Timestamp = "2024-01-31T16:00:00Z".parse().unwrap();
        let later: Timestamp = "2024-01-31T16:00:00.5Z".parse().unwrap();
        assert_eq!(format(earlier), "2024-01-31T16:00:00.000Z");
        assert!(format(earlier) < format(later));
        assert_eq!(parse(&format(later)).unwrap(), later);
        assert_eq!(kept("2024-01-31T16:00:00.5009Z".parse().unwrap()), later);
    }
}
