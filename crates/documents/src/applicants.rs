//! The ledger of applicants.
