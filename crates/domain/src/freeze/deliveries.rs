//! Which registers are complete for which period (报送情况).
//!
//! A register of which a file has come counts as complete unless a delivery says otherwise; one of which none has ever come is unknown.

use jiff::civil::Date;
use registry::{Folded, Register};

use super::{Note, rows, sheet::Sheet};
use crate::{beijing_date, reports::reported_until, ties};

/// The rows of table `delivery`; one that names no register or no period says nothing.
pub(super) fn table<'a>(folded: &'a Folded, notes: &mut Vec<Note>) -> Vec<rows::Delivery<'a>> {
    let sheet = Sheet::of(folded, "deliveries");
    let [register, period, state] = ["register", "period", "state"].map(|field| sheet.field(field));
    let mut deliveries = Vec::with_capacity(sheet.rows.len());
    for row in sheet.rows {
        match (registry::register(register.text(row)), period_days(period.text(row))) {
            (Some(register), Some((from_on, to_on))) => {
                deliveries.push(rows::Delivery { register: register.id, from_on, to_on, state: state.text(row) });
            }
            _ => notes.push(Note::new("deliveries", &row.key, "登记簿或期间无法识别，未采用；请更正".to_owned())),
        }
    }
    deliveries
}

/// The rows of table `register_state`: every register, delivered or not, but for the one that decides no figure.
pub(super) fn register_states(folded: &Folded) -> Vec<rows::RegisterState<'static>> {
    let state = |register: &'static Register| {
        let last = folded.delivered.get(register.id);
        let delivered = last.is_some() || !folded.get(register.id).is_empty();
        rows::RegisterState {
            register: register.id,
            delivered,
            refused: !delivered && folded.refused.contains(register.id),
            reported_until: last.map(|at| reported_until(beijing_date(*at))),
        }
    };
    registry::registers().iter().filter(|register| register.id != ties::OUTSIDERS).map(state).collect()
}

/// The first and the last day of a period, as the register keeps it: `from/to`.
fn period_days(period: &str) -> Option<(Date, Date)> {
    let (from, to) = period.split_once('/')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}
