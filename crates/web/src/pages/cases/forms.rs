//! What the pages of cases share: buttons, amounts and dates as typed, and refusals beside their fields.

use crate::{error::AppError, form::Errors, frame::Frame, pages::room::Sent};

/// One button that sends nothing but itself.
pub(crate) struct Act {
    pub(crate) action: String,
    pub(crate) label: String,
    pub(crate) line: String,
}

impl Act {
    pub(super) fn new(action: String, label: String, line: impl Into<String>) -> Self {
        Self { action, label, line: line.into() }
    }
}

/// An amount as typed, in fen: a plain number is yuan. Nothing typed is nothing known.
pub(super) fn fen(frame: &Frame, sent: &Sent, name: &str, errors: &mut Errors) -> Option<i64> {
    match sent.get(name) {
        "" => None,
        text => match terms::Money::parse(text, terms::MoneyUnit::Yuan) {
            Ok(money) => Some(money.fen),
            Err(cause) => {
                errors.add(name, frame.said(&cause.to_string()));
                None
            }
        },
    }
}

/// A date as typed.
pub(crate) fn date(frame: &Frame, sent: &Sent, name: &str, errors: &mut Errors) -> Option<jiff::civil::Date> {
    match sent.get(name) {
        "" => None,
        text => match terms::dates::parse_date(text) {
            Ok(date) => Some(date),
            Err(cause) => {
                errors.add(name, frame.said(&cause.to_string()));
                None
            }
        },
    }
}

/// Fen as one would type them, in yuan.
pub(super) fn yuan(fen: i64) -> String {
    if fen % 100 == 0 { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
}

/// Sets a refusal beside the field it speaks of, or beside this one where it names none; hands on what is no refusal.
pub(crate) fn refusal(frame: &Frame, errors: &mut Errors, field: &str, error: domain::Error) -> Result<(), AppError> {
    match error {
        domain::Error::Field { field, why } => {
            errors.add(field, frame.said(&why));
            Ok(())
        }
        domain::Error::Invalid(why) | domain::Error::Conflict(why) => {
            errors.add(field, frame.said(&why));
            Ok(())
        }
        other => Err(other.into()),
    }
}
