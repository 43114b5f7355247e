//! The words of the field as types: identifiers, money, dates, periods and working days.
//!
//! Parsing is the only way in, so whoever holds a value holds a sound one; printing gives the canonical form, and parsing that gives the same value back.
//! There is no IO here, no clock and no floating-point number.
//! What is *not* here: registers and their columns, policy rules, and anything that needs a stored fact.
//!
//! ```
//! use terms::{ApplicationNumber, PatentKind};
//!
//! let number: ApplicationNumber = "ZL201310699744.2".parse()?;
//! assert_eq!(number.to_string(), "2013106997442");
//! assert_eq!(number.kind(), PatentKind::Invention);
//! # Ok::<(), terms::Error>(())
//! ```

mod application_number;
mod case_number;
mod document_number;
mod error;
mod foreign_grant;
mod high_tech_certificate;
mod identity_number;
mod industry_code;
mod ipc;
mod ipc_pattern;
mod madrid;
mod money;
mod nice_class;
mod office;
mod office_table;
mod patent_kind;
mod pct_number;
mod publication_number;
mod region_code;
mod trademark_number;
mod uscc;
mod written;

pub mod calendar;
pub mod dates;
pub mod decimal;
pub mod periods;
pub mod text;

pub use crate::{
    application_number::ApplicationNumber,
    calendar::WorkingCalendar,
    case_number::CaseNumber,
    document_number::DocumentNumber,
    error::Error,
    foreign_grant::ForeignGrant,
    high_tech_certificate::HighTechCertificate,
    identity_number::{covered_identity, is_identity_number},
    industry_code::{IndustryCode, IndustryLevel},
    ipc::{IpcLevel, IpcSymbol},
    ipc_pattern::{IpcPattern, Match},
    madrid::MadridNumber,
    money::{Money, MoneyUnit},
    nice_class::NiceClass,
    office::Office,
    office_table::EDITION as OFFICE_EDITION,
    patent_kind::PatentKind,
    pct_number::PctNumber,
    periods::Period,
    publication_number::PublicationNumber,
    region_code::{RegionCode, RegionLevel},
    trademark_number::TrademarkNumber,
    uscc::Uscc,
};

/// What a parser of this crate answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
