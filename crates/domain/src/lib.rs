//! The work of the city's intellectual-property office: from frozen facts to runs, indicators, awards and the cockpit.
//!
//! Types here are not the wire format: `web` and `cli` have their own views.
//! Everything that decides is pure; time is an argument; SQL stands only in `store.rs` files.

#[macro_use]
mod words;

pub mod accounts;
pub mod alarms;
pub mod appointments;
pub mod backup;
pub mod baskets;
pub mod budget;
pub mod case_table;
pub mod cases;
pub mod claims;
pub mod closing;
pub mod cockpit;
pub mod delegations;
pub mod doctor;
mod error;
mod evidence;
pub mod explanations;
pub mod forecast;
pub mod freeze;
pub mod funds;
mod installation;
pub mod intake;
pub mod invitations;
pub mod items;
pub mod jobs;
pub mod lapses;
pub mod leading;
pub mod letters;
pub mod matching;
pub mod messages;
pub mod names;
pub mod number_lists;
pub mod offers;
pub mod organisations;
pub mod overlaps;
pub mod payments;
pub mod projects;
pub mod proration;
mod regions;
mod registers;
pub mod reports;
pub mod runs;
pub mod saved_searches;
pub mod secrets;
pub mod self_check;
pub mod sign_in_limits;
pub mod sign_on;
pub mod sources;
pub mod spending;
pub mod stakes;
pub mod startups;
pub mod subjects;
pub mod ties;
pub mod versions;
pub mod waiting;
pub mod warnings;
pub mod watch_list;
pub mod what_if;

pub use error::Error;
pub use installation::{Demo, Installation, Recovery, beijing_date};
