//! What the policy on technology from outside asks of a right (C3.4.3.1, C3.4.3.2): an invention, from outside the city, of
//! high value. The corpus tells the first two, and of the five categories of C3.4.2.2 those by family and by age; the
//! others stand in the city's registers.

use std::collections::HashSet;

use corpus::{Corpus, Field, Query, Value};
use documents::{Document, LegalState, families};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use terms::{PatentKind, periods::add_years};

use super::{Candidate, not};
use crate::{Result, study::any_of};

/// How a right stands before the policy, as far as the corpus tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it is an invention; none where no source tells.
    pub is_invention: Option<bool>,
    /// Whether who applied sits outside the city; none where no source gives an address.
    pub is_outside: Option<bool>,
    /// The categories of high value that the corpus bears out, each with its basis.
    pub high_value: Vec<String>,
}

impl Standing {
    /// Whether it is known to be an invention from outside, as C3.4.3.1 asks.
    pub fn is_invention_from_outside(&self) -> bool {
        self.is_invention == Some(true) && self.is_outside == Some(true)
    }

    pub(super) fn of(corpus: &Corpus, document: &Document, as_of: Date) -> Result<Self> {
        let is_invention = document.kind.map(|kind| kind == PatentKind::Invention);
        let mut high_value = Vec::new();
        if is_invention == Some(true) && document.state == LegalState::InForce {
            let abroad = granted_abroad(corpus, document)?;
            if !abroad.is_empty() {
                high_value.push(format!("在海外有同族专利权（{}）", abroad.join("、")));
            }
            if document.filed_on.and_then(|filed| add_years(filed, 10).ok()).is_some_and(|ten| as_of > ten) {
                high_value.push("维持年限超过十年（自申请日起）".to_owned());
            }
        }
        Ok(Self { is_invention, is_outside: None, high_value })
    }
}

/// The offices beyond China, Hong Kong, Macao and Taiwan that have granted a member of the family.
fn granted_abroad(corpus: &Corpus, document: &Document) -> Result<Vec<String>> {
    let whole = |field, value: &str| Query::term(field, Value::Whole(value.to_owned()));
    let home = any_of(["CN", "HK", "MO", "TW"].map(|office| whole(Field::Office, office)).into());
    let granted = Query::term(Field::Granted, Value::Days(None, None));
    // The family by the published rule, by which the corpus knows its members: most sources name no number of it.
    let members = whole(Field::Family, &families::name_of(document)).and(granted).and(not(&home));
    Ok(corpus.facet(&members, corpus::Dimension::Office, usize::MAX)?.values.into_iter().map(|one| one.value).collect())
}

/// Says of each candidate whether it comes from outside the city.
pub(super) fn place(corpus: &Corpus, city: &Query, candidates: &mut [Candidate]) -> Result<()> {
    let all = Query::numbers(candidates.iter().map(|one| one.key.clone()).collect());
    let local: HashSet<String> = corpus.keys(&all.clone().and(city.clone()))?.into_iter().collect();
    let mut told = HashSet::new();
    corpus.each_document(&all, |document| {
        let mut parties = document.applicants.iter().chain(&document.owners);
        if parties.any(|party| !party.address.is_empty()) {
            told.insert(document.key);
        }
    })?;
    for one in candidates {
        one.policy.is_outside = told.contains(&one.key).then(|| !local.contains(&one.key));
    }
    Ok(())
}
