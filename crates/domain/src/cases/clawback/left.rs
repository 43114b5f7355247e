//! What a case still holds of the cap of each of its inventions when some of its money came back: what was returned no longer counts, what
//! is only claimed back does.

use std::collections::BTreeMap;

use crate::items::amount::Calculation;

/// What each invention holds of its cap, in fen.
type Shares = BTreeMap<String, i64>;

/// A sum that was or will be with the enterprise, in fen, and what each invention holds of its cap at that sum.
struct Stage {
    net_fen: i64,
    shares: Shares,
}

/// What is left for each invention of a case of which so much came back: as it was settled while nothing did, as it was weighed at each
/// claim when all of that claim did, and in proportion between the two.
///
/// `claims` are the sums that were due at each claim with how they came about, from the first claim on.
pub(super) fn left(settled: &Calculation, back_fen: i64, claims: &[(i64, Calculation)]) -> Shares {
    let shares = |one: &Calculation| one.inventions.iter().map(|one| (one.invention.clone(), one.fen)).collect();
    let paid_fen = settled.payable_fen.unwrap_or(0);
    let net_fen = (paid_fen - back_fen).clamp(0, paid_fen);
    let mut above = Stage { net_fen: paid_fen, shares: shares(settled) };
    let nothing = (0, Calculation::default());
    for (due_fen, weighed) in claims.iter().chain([&nothing]) {
        let below = Stage { net_fen: (*due_fen).clamp(0, above.net_fen), shares: shares(weighed) };
        if net_fen > below.net_fen {
            return between(&above, &below, net_fen);
        }
        above = below;
    }
    above.shares
}

/// Rounded up, so that no cap is freed by a fen that has not come.
fn between(above: &Stage, below: &Stage, net_fen: i64) -> Shares {
    let (part, whole) = (i128::from(net_fen - below.net_fen), i128::from(above.net_fen - below.net_fen));
    let share = |(invention, most): (&String, &i64)| {
        let least = below.shares.get(invention).copied().unwrap_or(0).min(*most);
        let more = (i128::from(most - least) * part + whole - 1) / whole;
        (invention.clone(), least + i64::try_from(more).unwrap_or(i64::MAX))
    };
    above.shares.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    //! On three inventions of which two fall, one after the other.

    use super::*;
    use crate::items::amount::InventionMoney;

    fn calculation(payable_fen: i64, inventions: &[(&str, i64)]) -> Calculation {
        let one = |(invention, fen): &(&str, i64)| InventionMoney {
            invention: (*invention).to_owned(),
            grants: 1,
            before_fen: 0,
            fen: *fen,
        };
        Calculation {
            payable_fen: Some(payable_fen),
            inventions: inventions.iter().map(one).collect(),
            ..Calculation::default()
        }
    }

    fn of(pairs: &[(&str, i64)]) -> Shares {
        pairs.iter().map(|(invention, fen)| ((*invention).to_owned(), *fen)).collect()
    }

    #[test]
    fn what_came_back_frees_the_cap_of_the_invention_that_fell_and_of_no_other() {
        // A quarter of what the caps count was paid, because the money falls by the year.
        let settled = calculation(750, &[("A", 1_000), ("B", 1_000), ("C", 1_000)]);
        let first = (500, calculation(500, &[("B", 1_000), ("C", 1_000)]));
        let second = (250, calculation(250, &[("C", 1_000)]));
        let whole = of(&[("A", 1_000), ("B", 1_000), ("C", 1_000)]);
        assert_eq!(left(&settled, 0, &[]), whole);
        assert_eq!(left(&settled, 0, std::slice::from_ref(&first)), whole, "a claim alone frees nothing");
        assert_eq!(left(&settled, 100, std::slice::from_ref(&first)), of(&[("A", 600), ("B", 1_000), ("C", 1_000)]));
        assert_eq!(left(&settled, 250, std::slice::from_ref(&first)), of(&[("B", 1_000), ("C", 1_000)]));
        let both = [first, second];
        assert_eq!(left(&settled, 250, &both), of(&[("B", 1_000), ("C", 1_000)]), "the second claim frees nothing yet");
        assert_eq!(left(&settled, 251, &both), of(&[("B", 996), ("C", 1_000)]));
        assert_eq!(left(&settled, 500, &both), of(&[("C", 1_000)]));
        assert_eq!(left(&settled, 750, &both), of(&[]), "all of it came back");
    }

    #[test]
    fn money_that_nobody_weighed_comes_off_every_invention_alike() {
        let settled = calculation(900, &[("A", 600), ("B", 300)]);
        assert_eq!(left(&settled, 300, &[]), of(&[("A", 400), ("B", 200)]));
        // A thing is never freed by rounding.
        assert_eq!(left(&settled, 1, &[]), of(&[("A", 600), ("B", 300)]));
        // More came back than was due to: what stood goes last.
        let claim = [(300, calculation(300, &[("B", 300)]))];
        assert_eq!(left(&settled, 750, &claim), of(&[("B", 150)]));
        assert_eq!(left(&settled, 900, &claim), of(&[]));
    }
}
