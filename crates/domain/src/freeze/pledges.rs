//! Pledges (质押登记) and what each pledged right secures.
//!
//! Of mixed security only the intellectual-property amount counts. Several rights in one contract share it as the contract
//! allocates it, else equally, to the fen.

use registry::Folded;

use super::{Note, rows, sheet::Sheet};

/// What each object secures; none where the given list does not fit the objects.
///
/// The fen that do not divide go one each to the first objects, so that the parts add up to the whole.
fn allocate<'a>(objects: &[&'a str], given: &[Option<i64>], counted_fen: Option<i64>) -> Vec<(&'a str, Option<i64>)> {
    if !given.is_empty() {
        let fits = given.len() == objects.len();
        return objects
            .iter()
            .enumerate()
            .map(|(index, &object)| (object, given[index % given.len()].filter(|_| fits)))
            .collect();
    }
    let mut distinct: Vec<&str> = Vec::new();
    for object in objects {
        if !distinct.contains(object) {
            distinct.push(object);
        }
    }
    let count = i64::try_from(distinct.len()).unwrap_or(i64::MAX);
    let part = |(index, object)| {
        let extra = |whole: i64| i64::from(i64::try_from(index).is_ok_and(|index| index < whole.rem_euclid(count)));
        (object, counted_fen.map(|whole| whole.div_euclid(count) + extra(whole)))
    };
    distinct.into_iter().enumerate().map(part).collect()
}

/// The rows of tables `pledge` and `pledge_object`.
///
/// The pledgor's code stands as given; whether an enterprise bears it is for the rule to ask of table `enterprise`.
pub(super) fn tables<'a>(
    folded: &'a Folded,
    notes: &mut Vec<Note>,
) -> (Vec<rows::Pledge<'a>>, Vec<rows::PledgeObject<'a>>) {
    let sheet = Sheet::of(folded, "pledges");
    let [
        number,
        right,
        pledgor,
        pledgee,
        objects,
        amount,
        ip_amount,
        allocations,
        disbursed,
        registered_on,
        released_on,
        rollover,
    ] = [
        "number",
        "right",
        "pledgor_uscc",
        "pledgee",
        "objects",
        "amount",
        "ip_amount",
        "allocations",
        "disbursed",
        "registered_on",
        "released_on",
        "rollover",
    ]
    .map(|field| sheet.field(field));
    let (mut pledges, mut pledged) = (Vec::new(), Vec::new());
    for row in sheet.rows {
        let amount_fen = amount.whole(row);
        let counted_fen = ip_amount.whole(row).or(amount_fen);
        pledges.push(rows::Pledge {
            number: number.text(row),
            rights: right.text(row),
            uscc: pledgor.text(row),
            pledgee: pledgee.text(row),
            amount_fen,
            counted_fen,
            disbursed_fen: disbursed.whole(row),
            registered_on: registered_on.date(row),
            released_on: released_on.date(row),
            rollover: rollover.is_yes(row),
        });
        let listed: Vec<&str> = objects.list(row).collect();
        let given: Vec<Option<i64>> = allocations.list(row).map(|part| part.parse().ok()).collect();
        if !given.is_empty() && given.len() != listed.len() {
            let text = format!("分配金额{}项与标的{}件不一致，未分配到件；请更正分配金额", given.len(), listed.len());
            notes.push(Note::new("pledges", &row.key, text));
        }
        let object = |(object, allocated_fen)| rows::PledgeObject { number: number.text(row), object, allocated_fen };
        pledged.extend(allocate(&listed, &given, counted_fen).into_iter().map(object));
    }
    (pledges, pledged)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_given_list_decides() {
        assert_eq!(allocate(&["a", "b"], &[Some(7), Some(3)], Some(100)), [("a", Some(7)), ("b", Some(3))]);
    }

    #[test]
    fn a_list_that_does_not_fit_allocates_nothing() {
        assert_eq!(allocate(&["a", "b"], &[Some(7)], Some(100)), [("a", None), ("b", None)]);
        assert_eq!(allocate(&["a"], &[Some(7), Some(8)], Some(100)), [("a", None)]);
    }

    #[test]
    fn odd_fen_go_to_the_first_objects() {
        assert_eq!(allocate(&["a", "b", "c"], &[], Some(100)), [("a", Some(34)), ("b", Some(33)), ("c", Some(33))]);
        assert_eq!(
            allocate(&["a", "a", "b"], &[], Some(5)),
            [("a", Some(3)), ("b", Some(2))],
            "an object named twice is one"
        );
        assert_eq!(allocate(&["a", "b"], &[], None), [("a", None), ("b", None)]);
        assert_eq!(allocate(&[], &[], Some(5)), []);
    }

    proptest! {
        #[test]
        fn equal_parts_add_up_and_differ_by_at_most_one_fen(whole in 0_i64..1 << 50, count in 1_usize..40) {
            let names: Vec<String> = (0..count).map(|index| index.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let parts: Vec<i64> = allocate(&names, &[], Some(whole)).into_iter().filter_map(|(_, part)| part).collect();
            prop_assert_eq!(parts.iter().sum::<i64>(), whole);
            prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        }
    }
}
