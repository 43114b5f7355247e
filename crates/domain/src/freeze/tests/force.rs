//! 终止, 恢复, 放弃, 期满, 全部无效 and the statutory term, both sides of each day.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use terms::PatentKind;

use super::{super::force::*, City, FILED, GRANTED};

const LAPSE: Date = date(2020, 12, 18);

fn until(life: &Life) -> Option<(Date, &'static str)> {
    let (during, by) = force(PatentKind::Invention, Some(FILED), Some(GRANTED), life).in_force?;
    assert_eq!(during.from, Some(GRANTED));
    during.until.map(|until| (until, by))
}

#[test]
fn a_patent_is_in_force_from_its_grant_to_the_end_of_its_term() {
    assert_eq!(until(&Life::default()), Some((date(2033, 12, 18), "期满")));
    let (during, _) = force(PatentKind::Invention, Some(FILED), Some(GRANTED), &Life::default()).in_force.unwrap();
    assert!(!during.holds(date(2016, 3, 1)) && during.holds(GRANTED));
    assert!(during.holds(date(2033, 12, 17)) && !during.holds(date(2033, 12, 18)));
}

#[test]
fn without_a_grant_it_never_is() {
    assert_eq!(force(PatentKind::Invention, Some(FILED), None, &Life::default()).in_force, None);
}

#[test]
fn the_term_follows_kind_and_law_of_the_filing_date() {
    let end = |kind, filed| {
        let (during, _) = force(kind, Some(filed), Some(filed.tomorrow().unwrap()), &Life::default()).in_force.unwrap();
        during.until.unwrap()
    };
    assert_eq!(end(PatentKind::Invention, date(2003, 12, 31)), date(2023, 12, 31));
    assert_eq!(end(PatentKind::UtilityModel, date(1999, 9, 6)), date(2009, 9, 6));
    assert_eq!(end(PatentKind::Design, date(2021, 5, 31)), date(2031, 5, 31));
    assert_eq!(end(PatentKind::Design, date(2021, 6, 1)), date(2036, 6, 1));
    assert_eq!(end(PatentKind::UtilityModel, date(2012, 2, 29)), date(2022, 2, 28));
}

#[test]
fn on_the_day_of_lapse_abandonment_or_expiry_it_is_not_in_force() {
    for (life, by) in [
        (Life { lapses: vec![LAPSE], ..Life::default() }, "终止"),
        (Life { abandonments: vec![LAPSE], ..Life::default() }, "放弃"),
        (Life { expiries: vec![LAPSE], ..Life::default() }, "期满"),
    ] {
        assert_eq!(until(&life), Some((LAPSE, by)));
    }
}

#[test]
fn a_restoration_heals_back_to_the_lapse_it_answers_whenever_decided() {
    let healed = Some((date(2033, 12, 18), "期满"));
    for restored in [LAPSE, date(2020, 12, 19), date(2022, 6, 1), date(2040, 1, 1)] {
        assert_eq!(
            until(&Life { lapses: vec![LAPSE], restorations: vec![restored], ..Life::default() }),
            healed,
            "{restored}"
        );
    }
    let again =
        Life { lapses: vec![date(2022, 12, 18), LAPSE], restorations: vec![date(2021, 6, 1)], ..Life::default() };
    assert_eq!(until(&again), Some((date(2022, 12, 18), "终止")));
}

#[test]
fn a_lapse_recorded_twice_is_one_lapse_from_its_earlier_date() {
    let twice = Life { lapses: vec![date(2021, 6, 18), LAPSE], ..Life::default() };
    assert_eq!(until(&twice), Some((LAPSE, "终止")));
    let healed = Life { restorations: vec![date(2021, 9, 1)], ..twice };
    assert_eq!(until(&healed), Some((date(2033, 12, 18), "期满")));
}

#[test]
fn a_restoration_without_a_lapse_before_it_is_passed_over_with_a_note() {
    let stray = Life { lapses: vec![LAPSE], restorations: vec![date(2020, 12, 17)], ..Life::default() };
    assert_eq!(until(&stray), Some((LAPSE, "终止")));
    let force = force(PatentKind::Invention, Some(FILED), Some(GRANTED), &stray);
    assert_eq!(force.stray_restorations, [date(2020, 12, 17)]);
    let city = City::new().patent(&[]).event("恢复", &[("effective_on", "2020-12-17")]);
    city.patents(|_, notes| {
        assert_eq!(notes.len(), 1);
        assert!(notes[0].text.contains("2020-12-17的恢复没有对应的终止"), "{}", notes[0].text);
    });
}

#[test]
fn a_restoration_heals_no_abandonment_and_no_expiry() {
    let life = Life { abandonments: vec![LAPSE], restorations: vec![date(2021, 6, 1)], ..Life::default() };
    assert_eq!(until(&life), Some((LAPSE, "放弃")));
    let after = Life {
        lapses: vec![LAPSE],
        restorations: vec![date(2021, 6, 1)],
        abandonments: vec![date(2021, 3, 1)],
        ..Life::default()
    };
    assert_eq!(until(&after), Some((date(2021, 3, 1), "放弃")));
}

#[test]
fn an_end_on_the_day_of_grant_or_before_leaves_no_day() {
    for day in [GRANTED, date(2015, 1, 1)] {
        assert_eq!(until(&Life { lapses: vec![day], ..Life::default() }), None);
    }
}

#[test]
fn total_invalidation_voids_from_the_beginning_and_partial_does_not() {
    let city = City::new().patent(&[]);
    let void = city.clone().event("全部无效", &[("effective_on", "2023-11-01")]);
    void.patents(|tables, _| assert!(tables.force.is_empty() && tables.voids.len() == 1));
    let partly = city.event("部分无效", &[("effective_on", "2023-11-01")]);
    partly.patents(|tables, _| assert!(tables.force.len() == 1 && tables.voids.is_empty()));
}

#[test]
fn the_kind_comes_from_the_number_when_the_row_has_none() {
    City::new().patent(&[("kind", "")]).patents(|tables, _| assert_eq!(tables.patents[0].kind, "发明"));
}

proptest! {
    #[test]
    fn the_order_of_events_changes_nothing(days in prop::collection::vec((0_i32..4000, 0_u8..4), 0..8)) {
        let life = |days: &[(i32, u8)]| {
            let mut life = Life::default();
            for &(day, kind) in days {
                let on = date(2015, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
                [&mut life.lapses, &mut life.restorations, &mut life.abandonments, &mut life.expiries][usize::from(kind)].push(on);
            }
            force(PatentKind::Invention, Some(FILED), Some(GRANTED), &life)
        };
        let reversed: Vec<_> = days.iter().rev().copied().collect();
        prop_assert_eq!(life(&days), life(&reversed));
        if let Some((during, _)) = life(&days).in_force {
            prop_assert!(!during.is_empty() && during.from == Some(GRANTED));
        }
    }
}
