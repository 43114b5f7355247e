//! What the calendar does to the rights of a split: those whose term is over by a day have ended (《专利法》第四十二条). It is
//! worked out when a snapshot is opened on a day, and never written.

use std::ops::Bound;

use documents::{LegalState, legal};
use jiff::civil::Date;
use tantivy::{
    Searcher, Term,
    collector::DocSetCollector,
    query::{BooleanQuery, Occur, Query, RangeQuery, TermQuery},
    schema::{Field, IndexRecordOption},
};
use terms::PatentKind;

use crate::{
    Result,
    changes::Overlay,
    schema::{self, day_number, fields},
    state,
};

/// No term is shorter than this many years, so that only what was filed before is asked for its own.
const YEARS_MIN: i32 = 10;

/// Lays the ended rights of a day over the index; what was noted of a row by name stays.
pub(crate) fn lay_over(searcher: &Searcher, overlay: &mut Overlay, day: Date) -> Result<()> {
    for kind in [PatentKind::Invention, PatentKind::UtilityModel, PatentKind::Design] {
        let of_kind = || clause(Occur::Must, fields().kind, kind.zh());
        let chinese = |occur| clause(occur, fields().office, "CN");
        for (office, occur) in [("CN", Occur::Must), ("abroad", Occur::MustNot)] {
            let over = |filed| legal::term_over(office, Some(kind), filed);
            lay(searcher, overlay, day, vec![chinese(occur), of_kind()], over)?;
        }
    }
    Ok(())
}

/// Ends the rights in force of some clauses whose term is over by the day.
fn lay(
    searcher: &Searcher,
    overlay: &mut Overlay,
    day: Date,
    mut clauses: Vec<(Occur, Box<dyn Query>)>,
    over: impl Fn(Date) -> Option<Date>,
) -> Result<()> {
    // A term ends so many years after filing, so the last filing that may be over is found by stepping back.
    let mut last = day.saturating_sub(jiff::Span::new().years(YEARS_MIN));
    while over(last).is_some_and(|end| end > day) && last.year() > 0 {
        last = last.saturating_sub(jiff::Span::new().years(1));
    }
    let bound = |day: i64| Bound::Included(Term::from_field_i64(fields().filed, day));
    let year_later = last.saturating_add(jiff::Span::new().years(1));
    clauses.push(clause(Occur::Must, fields().state, state::zh(LegalState::InForce)));
    clauses.push((Occur::Must, Box::new(RangeQuery::new(bound(0), bound(day_number(year_later))))));
    let column = searcher.segment_reader(0).fast_fields().i64("filed")?;
    for address in searcher.search(&BooleanQuery::new(clauses), &DocSetCollector)? {
        let filed = column.first(address.doc_id).and_then(schema::day_of);
        if filed.and_then(&over).is_some_and(|over| over <= day) {
            overlay.states.entry(address.doc_id).or_insert(LegalState::Ended);
        }
    }
    Ok(())
}

fn clause(occur: Occur, field: Field, value: &str) -> (Occur, Box<dyn Query>) {
    (occur, Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic)))
}
