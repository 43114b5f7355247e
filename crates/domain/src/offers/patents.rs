//! The patents of a university or institute: in the city's register by its name or code, and in the corpus by its names.

use std::collections::{BTreeMap, BTreeSet};

use corpus::{Corpus, Field, Query, Value};
use documents::{Document, LegalState, applicants::Names};
use jiff::{Timestamp, civil::Date};
use registry::{Folded, FoldedRow};
use terms::{ApplicationNumber, text::fold_name};

use super::store;
use crate::{
    Error, Installation,
    accounts::{Account, Organisation, Permission},
    items::allowed,
    names,
};

words! {
    /// How a patent stands.
    Standing {
        InForce "in-force" "有效",
        Pending "pending" "审中",
        /// No source says.
        Unknown "unknown" "未知",
        /// Nothing is left to offer.
        Ended "ended" "失效",
    }
}

/// A patent of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patent {
    /// The application number as registers write it.
    pub application_number: String,
    /// The document of the corpus; empty where it holds none.
    pub document_key: String,
    /// The title.
    pub title: String,
    /// When it was filed.
    pub filed_on: Option<Date>,
    /// How it stands on the day.
    pub standing: Standing,
    /// Whether the city's register has it.
    pub is_registered: bool,
}

/// The patents of the account's university or institute, by number.
pub async fn patents(
    installation: &Installation,
    corpus: Option<&Corpus>,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Patent>, Error> {
    allowed(account, Permission::ChangeOffers)?;
    let Organisation::University(name) = account.organisation() else { return Ok(Vec::new()) };
    // An account without a unit owns nothing.
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let code = {
        let mut tx = installation.db.begin_read().await?;
        store::university(&mut tx, name).await?.map(|(_, code)| code).unwrap_or_default()
    };
    let own = Own { names: names_of(installation, name).await?, code };
    let today = installation.business_date(now);
    let mut found: BTreeMap<String, Patent> = registered(&*installation.registers(now).await?, &own, today)
        .into_iter()
        .map(|patent| (patent.application_number.clone(), patent))
        .collect();
    for patent in corpus.map(|corpus| documented(corpus, &own)).transpose()?.into_iter().flatten() {
        match found.get_mut(&patent.application_number) {
            // The office's register tells of an end, the corpus of everything else.
            Some(known) => {
                let standing = if known.standing == Standing::Ended { Standing::Ended } else { patent.standing };
                *known = Patent { standing, is_registered: true, ..patent };
            }
            None => {
                found.insert(patent.application_number.clone(), patent);
            }
        }
    }
    Ok(found.into_values().collect())
}

/// A patent of the account's university or institute.
pub async fn patent(
    installation: &Installation,
    corpus: Option<&Corpus>,
    account: &Account,
    number: &str,
    now: Timestamp,
) -> Result<Patent, Error> {
    let all = patents(installation, corpus, account, now).await?;
    let missing = || Error::NotFound { what: "本单位专利", id: number.to_owned() };
    all.into_iter().find(|one| one.application_number == number.trim()).ok_or_else(missing)
}

/// By what a university is known.
struct Own {
    /// Its names.
    names: Vec<String>,
    /// Its code; empty where none is known.
    code: String,
}

impl Own {
    fn is_named<'a>(&self, mut parties: impl Iterator<Item = &'a str>) -> bool {
        let names: BTreeSet<String> = self.names.iter().map(|name| fold_name(name)).collect();
        parties.any(|party| names.contains(&fold_name(party)))
    }
}

/// The names of a university: its own, and those that the ledger of names puts together with it.
pub(super) async fn names_of(installation: &Installation, name: &str) -> Result<Vec<String>, Error> {
    let ledger: Names = names::at(&installation.db, None).await?;
    let canonical = ledger.canonical(name);
    let mut all = vec![name.to_owned()];
    all.extend(ledger.under(&canonical).map(str::to_owned));
    all.push(canonical);
    all.sort();
    all.dedup();
    Ok(all)
}

/// The search for what is owned under these names.
pub fn own_search(names: &[String]) -> Query {
    let whole = |field, name: &String| Query::term(field, Value::Whole(name.clone()));
    Query::Or(names.iter().flat_map(|name| [whole(Field::Owner, name), whole(Field::Applicant, name)]).collect())
}

/// What the corpus holds of it: owned now, or applied for where no source names an owner.
fn documented(corpus: &Corpus, own: &Own) -> Result<Vec<Patent>, Error> {
    let search = Query::And(vec![Query::term(Field::Office, Value::Whole("CN".into())), own_search(&own.names)]);
    let mut found = Vec::new();
    corpus.each_document(&search, |document| found.extend(of_document(document, own)))?;
    Ok(found)
}

fn of_document(document: Document, own: &Own) -> Option<Patent> {
    let parties = if document.owners.is_empty() { &document.applicants } else { &document.owners };
    if !own.is_named(parties.iter().map(|party| party.name.as_str())) {
        return None;
    }
    let number: ApplicationNumber = document.application_number.strip_prefix("CN")?.parse().ok()?;
    Some(Patent {
        application_number: number.to_string(),
        title: document.titles.first().map(|title| title.text.clone()).unwrap_or_default(),
        filed_on: document.filed_on,
        standing: match document.state {
            LegalState::InForce => Standing::InForce,
            LegalState::Pending => Standing::Pending,
            LegalState::Unknown => Standing::Unknown,
            LegalState::NotGranted | LegalState::Ended | LegalState::Invalidated => Standing::Ended,
        },
        document_key: document.key,
        is_registered: false,
    })
}

/// What the city's register has of it, as transfers and ends have left it by the day.
fn registered(registers: &Folded, own: &Own, today: Date) -> Vec<Patent> {
    let mut events: BTreeMap<&str, Vec<&FoldedRow>> = BTreeMap::new();
    for row in registers.get("patent-events") {
        events.entry(cell("patent-events", row, "application_number")).or_default().push(row);
    }
    let patent = |row: &FoldedRow| {
        let text = |field| cell("patents", row, field);
        let number = text("application_number");
        let events = events.get(number).map_or(&[][..], Vec::as_slice);
        let (is_own, has_ended) = today_of(own, text, events, today);
        is_own.then(|| Patent {
            application_number: number.to_owned(),
            document_key: String::new(),
            title: text("title").to_owned(),
            filed_on: text("filed_on").parse().ok(),
            standing: match (has_ended, text("granted_on").is_empty()) {
                (true, _) => Standing::Ended,
                (false, false) => Standing::InForce,
                (false, true) => Standing::Pending,
            },
            is_registered: true,
        })
    };
    registers.get("patents").iter().filter_map(patent).collect()
}

/// Whether a right is the university's on a day, and whether it has ended.
fn today_of<'r>(own: &Own, text: impl Fn(&'static str) -> &'r str, events: &[&FoldedRow], today: Date) -> (bool, bool) {
    let is_own = |names: &str, code: &str| (!own.code.is_empty() && code == own.code) || own.is_named(names.split('|'));
    let mut whose = is_own(text("patentees"), text("first_patentee_uscc"));
    let mut ended = false;
    let day = |event: &FoldedRow| {
        let field = if cell("patent-events", event, "kind") == "转让" { "registered_on" } else { "effective_on" };
        let days = [field, "effective_on"].map(|field| cell("patent-events", event, field).parse::<Date>().ok());
        days.into_iter().flatten().next()
    };
    let mut dated: Vec<(Date, &FoldedRow)> =
        events.iter().filter_map(|event| Some((day(event)?, *event))).filter(|(on, _)| *on <= today).collect();
    dated.sort_by_key(|(on, _)| *on);
    for (_, event) in dated {
        let text = |field| cell("patent-events", event, field);
        match text("kind") {
            "转让" => whose = is_own(text("party"), text("party_uscc")),
            "终止" | "放弃" | "期满" | "全部无效" => ended = true,
            "恢复" => ended = false,
            _ => {}
        }
    }
    (whose, ended)
}

fn cell<'r>(register: &str, row: &'r FoldedRow, field: &str) -> &'r str {
    row.text(Folded::column(register, field))
}
