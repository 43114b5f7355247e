//! Who owned a patent, from when, and where that owner sits (专利权人沿革).
//!
//! Only the first-named owner counts. The register's row names the owner at grant; 转让 passes the right from its 登记日期 on
//! (《专利法》第十条), and one before the grant changes nothing; 变更 changes the name or address of the same owner.
//! Persons and enterprises alike are placed by the address; a blank address takes the place of the enterprise.

use std::{cmp::Ordering, collections::HashMap};

use jiff::civil::Date;

use super::{
    interval::Interval,
    places::{Addresses, Place},
    rows::PatentOwner,
    ties::{Ties, Why},
};

/// An event that touches the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passing<'a> {
    /// 登记日期 of a transfer, 生效日期 of a change.
    pub(super) on: Date,
    /// Whether the right passes to somebody else; else the same owner changes name or address.
    pub(super) is_transfer: bool,
    pub(super) document: &'a str,
    pub(super) party: &'a str,
    pub(super) party_uscc: &'a str,
    pub(super) party_address: &'a str,
}

/// The first-named owner as somebody wrote them down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written<'a> {
    pub(super) name: &'a str,
    pub(super) code: &'a str,
    pub(super) address: &'a str,
}

/// A stretch in which neither the owner nor what is written about them changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Holding<'a> {
    /// Counts the owners: the same number is the same owner.
    owner: usize,
    during: Interval,
    written: Written<'a>,
}

/// Everything that places an owner.
pub(super) struct Placing<'g, 'a> {
    pub(super) ties: &'g Ties<'a>,
    pub(super) addresses: Addresses<'g, 'a>,
    pub(super) enterprise_places: &'g HashMap<&'a str, Vec<(Interval, Place<'a>)>>,
}

/// The owner on the day of the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct AtGrant<'a> {
    pub(super) uscc: Option<&'a str>,
    pub(super) town: Option<&'a str>,
    pub(super) in_city: bool,
}

/// Decides who owned a patent when, and who owned it at grant.
pub(super) fn owners<'a>(
    number: &'a str,
    at_grant: Written<'a>,
    granted_on: Option<Date>,
    filed_on: Option<Date>,
    passings: &mut Vec<Passing<'a>>,
    placing: &mut Placing<'_, 'a>,
) -> (AtGrant<'a>, Vec<PatentOwner<'a>>) {
    let holdings = holdings(at_grant, granted_on, passings);
    let ties = tie_owners(&holdings, granted_on.or(filed_on), placing.ties);
    let mut rows = Vec::new();
    for holding in holdings.iter().filter(|holding| !holding.during.is_empty()) {
        let uscc = ties[holding.owner];
        for (during, place_rule, place) in placing.stays(holding.written.address, uscc, holding.during) {
            rows.push(PatentOwner {
                application_number: number,
                from_on: during.from,
                until_on: during.until,
                owner: holding.written.name,
                owner_uscc: uscc,
                place_rule,
                town: place.town,
                in_city: place.in_city,
            });
        }
    }
    let place = granted_on.map_or(Place::UNKNOWN, |on| placing.place_on(at_grant.address, ties[0], on));
    let uscc = granted_on.and(ties[0]);
    (AtGrant { uscc, town: place.town, in_city: place.in_city }, rows)
}

/// A stretch, whether its owner is that at the grant, how they are written, and the enterprise behind them or why there is none.
pub(super) type Link<'a> = (Interval, bool, &'a str, Result<Option<&'a str>, Why>);

/// Who owned a patent when, without regard to where they sat; the stretches cover all of time.
pub(super) fn chain<'a>(
    at_grant: Written<'a>,
    granted_on: Option<Date>,
    filed_on: Option<Date>,
    passings: &mut Vec<Passing<'a>>,
    ties: &Ties<'a>,
) -> Vec<Link<'a>> {
    let first_on = granted_on.or(filed_on);
    let holdings = holdings(at_grant, granted_on, passings);
    let tied = tie_owners(&holdings, first_on, ties);
    let link = |holding: &Holding<'a>| {
        let (written, during) = (holding.written, holding.during);
        let behind = match tied[holding.owner] {
            Some(uscc) => Ok(Some(uscc)),
            None => ties.tie(written.name, written.code, during.from.or(first_on)),
        };
        (during, holding.owner == 0, written.name, behind)
    };
    holdings.iter().filter(|holding| !holding.during.is_empty()).map(link).collect()
}

/// The chain of owners; it covers all of time, and a stretch that another event of the same day replaces is empty.
fn holdings<'a>(at_grant: Written<'a>, granted_on: Option<Date>, passings: &mut Vec<Passing<'a>>) -> Vec<Holding<'a>> {
    // The row already names who owned the patent at its grant; without a grant there is nothing to pass on.
    passings.retain(|passing| granted_on.is_some_and(|granted_on| granted_on <= passing.on));
    passings.sort_by(|a, b| a.on.cmp(&b.on).then_with(|| compare_documents(a, b)));
    let mut holdings = vec![Holding { owner: 0, during: Interval::ALWAYS, written: at_grant }];
    for passing in passings.iter() {
        let last = holdings.len() - 1;
        let before = &mut holdings[last];
        before.during.until = Some(passing.on);
        let or_before = |new, old| if str::is_empty(new) { old } else { new };
        let (owner, written) = if passing.is_transfer {
            let new = Written { name: passing.party, code: passing.party_uscc, address: passing.party_address };
            (before.owner + 1, new)
        } else {
            let same = Written {
                name: or_before(passing.party, before.written.name),
                code: or_before(passing.party_uscc, before.written.code),
                address: or_before(passing.party_address, before.written.address),
            };
            (before.owner, same)
        };
        holdings.push(Holding { owner, during: Interval { from: Some(passing.on), until: None }, written });
    }
    holdings
}

/// The order of events of one day: by document number, a change of name before a transfer, then by party.
fn compare_documents(a: &Passing<'_>, b: &Passing<'_>) -> Ordering {
    compare_numbers(a.document, b.document).then(a.is_transfer.cmp(&b.is_transfer)).then_with(|| {
        (a.party, a.party_uscc, a.party_address, a.document).cmp(&(b.party, b.party_uscc, b.party_address, b.document))
    })
}

/// Compares document numbers, runs of digits by their value, so that 第9号 comes before 第10号.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (digits_a, digits_b) = (leading_digits(a), leading_digits(b));
        if !digits_a.is_empty() && !digits_b.is_empty() {
            let (value_a, value_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
            let order = value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b));
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[digits_a.len()..], &b[digits_b.len()..]);
            continue;
        }
        let (mut letters_a, mut letters_b) = (a.chars(), b.chars());
        match (letters_a.next(), letters_b.next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (letters_a.as_str(), letters_b.as_str()),
            (x, y) => return x.cmp(&y),
        }
    }
}

fn leading_digits(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len()]
}

/// The enterprise behind each owner of the chain: all that is written about one owner names the same one.
fn tie_owners<'a>(holdings: &[Holding<'a>], first_on: Option<Date>, ties: &Ties<'a>) -> Vec<Option<&'a str>> {
    let mut tied: Vec<Option<&'a str>> = Vec::new();
    for holding in holdings {
        tied.resize(tied.len().max(holding.owner + 1), None);
        if tied[holding.owner].is_none() {
            let written = holding.written;
            tied[holding.owner] =
                ties.tie(written.name, written.code, holding.during.from.or(first_on)).unwrap_or(None);
        }
    }
    tied
}

impl<'a> Placing<'_, 'a> {
    /// Where an owner sat during a stretch, and by which rule: the parts follow each other without gap.
    fn stays(
        &mut self,
        address: &'a str,
        uscc: Option<&str>,
        during: Interval,
    ) -> Vec<(Interval, &'static str, Place<'a>)> {
        let unknown = vec![(during, "unknown", Place::UNKNOWN)];
        if address.is_empty() {
            let Some(places) = uscc.and_then(|uscc| self.enterprise_places.get(uscc)) else {
                return unknown;
            };
            let part = |&(when, place): &(Interval, Place<'a>)| {
                let rule = if place.town.is_some() { "enterprise" } else { "unknown" };
                during.overlap(when).map(|both| (both, rule, place))
            };
            return places.iter().filter_map(part).collect();
        }
        if self.addresses.is_blind() {
            return unknown;
        }
        let located = self.addresses.locate(address);
        if !located.in_city {
            return vec![(during, "outside", Place::UNKNOWN)];
        }
        let part = |&(when, town): &(Interval, &'a str)| {
            let place = Place { town: Some(town), in_city: true };
            during.overlap(when).map(|both| (both, "address", place))
        };
        located.towns.iter().filter_map(part).collect()
    }

    /// Where an owner sat on a day.
    fn place_on(&mut self, address: &'a str, uscc: Option<&str>, on: Date) -> Place<'a> {
        if !address.is_empty() {
            let located = self.addresses.locate(address);
            return Place { town: located.town_on(on), in_city: located.in_city };
        }
        let places = uscc.and_then(|uscc| self.enterprise_places.get(uscc));
        let place = places.and_then(|places| places.iter().find(|(during, _)| during.holds(on)));
        place.map_or(Place::UNKNOWN, |&(_, place)| place)
    }
}
