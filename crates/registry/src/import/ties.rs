//! Which rows name an enterprise or a patent that no register has introduced yet.
//!
//! This only counts them for the report; the ties themselves are made at the freeze, valid at the date concerned.

use std::collections::{HashMap, HashSet};

use db::Tx;
use terms::{ApplicationNumber, text::fold_name};

use crate::{
    Error, Folded,
    cells::LIST_SEPARATOR,
    fold::{VisibleBatch, rows_of},
    registers::Register,
};

/// What a row needs to be tied.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Needs<'a> {
    /// The enterprise: its code, or failing that its name.
    enterprise: Option<Party<'a>>,
    /// Chinese patents by application number.
    pub(super) patents: Vec<&'a str>,
}

#[derive(Debug, PartialEq, Eq)]
enum Party<'a> {
    Code(&'a str),
    Name(&'a str),
}

/// The enterprises that registers have introduced, by code and by folded name.
#[derive(Debug, Default)]
pub(super) struct Enterprises {
    codes: HashSet<String>,
    /// The code, or none when several enterprises bear the name.
    names: HashMap<String, Option<String>>,
}

/// Whether rows of this register name enterprises.
pub(super) fn names_enterprises(register: &Register) -> bool {
    !matches!(
        register.id,
        "regions"
            | "enterprises"
            | "statistics"
            | "strategic-industries"
            | "survey-waves"
            | "deliveries"
            | "industry-codes"
            | "ipc-titles"
            | "holidays"
            | "prizes"
            | "official-high-value"
            | "official-fees"
            | "licences"
            | "ip-spending"
            | "special-funds"
            | "policy-items"
            | "leading-industries"
            | "outsiders"
            | "sei-judgements"
            | "trajectories"
            | "province-figures"
            | "province-rights"
    )
}

/// What the row needs.
pub(super) fn needs<'a>(register: &Register, cells: &'a [Option<String>]) -> Needs<'a> {
    let get = |field: &str| register.index(field).and_then(|place| cells[place].as_deref());
    let party = |code: &str, name: &str| get(code).map(Party::Code).or_else(|| get(name).map(first).map(Party::Name));
    let mut needs = Needs::default();
    match register.id {
        "enterprise-changes" | "statuses" | "aliases" | "trainees" => needs.enterprise = get("uscc").map(Party::Code),
        "patents" => needs.enterprise = party("first_patentee_uscc", "patentees"),
        "patent-events" => {
            needs.enterprise = party("party_uscc", "party");
            needs.patents.extend(get("application_number"));
        }
        "foreign-grants" => {
            needs.enterprise = party("proprietor_uscc", "proprietor");
            needs.patents.extend(get("cn_application_number"));
        }
        "prizes" | "official-high-value" | "sei-judgements" => needs.patents.extend(get("application_number")),
        "official-fees" => {
            needs.patents.extend(get("number").filter(|number| number.parse::<ApplicationNumber>().is_ok()))
        }
        "pledges" => {
            needs.enterprise = get("pledgor_uscc").map(Party::Code);
            if get("right") == Some("专利") {
                needs.patents.extend(get("objects").into_iter().flat_map(|list| list.split(LIST_SEPARATOR)));
            }
        }
        // Either side of a licence may lie outside the city.
        "licences" => needs.patents.extend(get("objects").into_iter().flat_map(|list| list.split(LIST_SEPARATOR))),
        "insurances" | "fund-projects" => needs.enterprise = party("holder_uscc", "holder"),
        "introductions" | "startup-pilots" | "use-support" => needs.enterprise = get("uscc").map(Party::Code),
        "project-library" => {
            needs.enterprise = get("uscc").map(Party::Code);
            // A mark or a copyright stands in no register of patents.
            let rights = get("rights").into_iter().flat_map(|list| list.split(LIST_SEPARATOR));
            let is_patent = |number: &&str| number.len() >= 9 && number.parse::<ApplicationNumber>().is_ok();
            needs.patents.extend(rights.filter(is_patent));
        }
        "trademarks" | "madrid" => needs.enterprise = party("holder_uscc", "holder"),
        _ => {}
    }
    needs
}

impl Needs<'_> {
    /// Whether everything named is known; `patents` are those of the chunk that are.
    pub(super) fn are_met(&self, enterprises: &Enterprises, patents: &HashSet<String>) -> bool {
        let enterprise = match self.enterprise {
            None => true,
            Some(Party::Code(code)) => enterprises.codes.contains(code),
            Some(Party::Name(name)) => enterprises
                .names
                .get(&fold_name(name))
                .is_some_and(|owner| owner.as_ref().is_some_and(|code| enterprises.codes.contains(code))),
        };
        enterprise && self.patents.iter().all(|number| patents.contains(*number))
    }
}

/// The field in which rows of this register name a town.
pub(super) fn town_field(register: &Register) -> Option<&'static str> {
    match register.id {
        "enterprises" | "statistics" | "trajectories" => Some("region"),
        "enterprise-changes" => Some("after"),
        _ => None,
    }
}

/// The names of the persons that the register of trainees knows by these batches, by number; none for other registers.
pub(super) async fn persons(
    tx: &mut Tx,
    register: &'static Register,
    visible: &HashMap<i64, VisibleBatch>,
) -> Result<HashMap<String, String>, Error> {
    if register.id != "trainees" {
        return Ok(HashMap::new());
    }
    let [person, name] = ["person", "name"].map(|field| Folded::column(register.id, field));
    let rows = rows_of(tx, register, visible).await?;
    let named = rows.iter().filter(|row| !row.text(name).is_empty());
    Ok(named.map(|row| (row.text(person).to_owned(), row.text(name).to_owned())).collect())
}

/// The application of each grant number that the register of patents knows by these batches; none for other registers.
pub(super) async fn grants(
    tx: &mut Tx,
    register: &'static Register,
    visible: &HashMap<i64, VisibleBatch>,
) -> Result<HashMap<String, String>, Error> {
    if register.id != "patents" {
        return Ok(HashMap::new());
    }
    let [number, grant] = ["application_number", "grant_number"].map(|field| Folded::column(register.id, field));
    let rows = rows_of(tx, register, visible).await?;
    let granted = rows.iter().filter(|row| !row.text(grant).is_empty());
    Ok(granted.map(|row| (row.text(grant).to_owned(), row.text(number).to_owned())).collect())
}

/// The names and codes of the towns known by these batches, for registers whose rows name one; empty while none is known.
pub(super) async fn towns(
    tx: &mut Tx,
    register: &Register,
    visible: &HashMap<i64, VisibleBatch>,
) -> Result<HashSet<String>, Error> {
    let regions = crate::register("regions").expect("this register is defined");
    if town_field(register).is_none() {
        return Ok(HashSet::new());
    }
    let places = ["code", "name", "address_words"].map(|field| Folded::column(regions.id, field));
    let rows = rows_of(tx, regions, visible).await?;
    let written = rows.iter().flat_map(|row| places.iter().filter_map(|place| row.cells[*place].as_deref()));
    Ok(written.flat_map(|list| list.split(LIST_SEPARATOR)).map(fold_name).collect())
}

/// Loads every enterprise with its current and former names and aliases, as known by these batches.
pub(super) async fn enterprises(tx: &mut Tx, visible: &HashMap<i64, VisibleBatch>) -> Result<Enterprises, Error> {
    let mut known = Enterprises::default();
    let mut load = async |id: &'static str, code: &str, names: &[&str]| -> Result<(), Error> {
        let register = crate::register(id).expect("these registers are defined");
        let code = Folded::column(id, code);
        let names: Vec<usize> = names.iter().map(|name| Folded::column(id, name)).collect();
        let kind = register.index("kind");
        for row in rows_of(tx, register, visible).await? {
            let Some(uscc) = &row.cells[code] else { continue };
            if id == "enterprises" {
                known.codes.insert(uscc.to_string());
            }
            if id == "enterprise-changes" && kind.is_some_and(|kind| row.cells[kind].as_deref() != Some("名称")) {
                continue;
            }
            let lists = names.iter().filter_map(|place| row.cells[*place].as_deref());
            for name in lists.flat_map(|list| list.split(LIST_SEPARATOR)) {
                known
                    .names
                    .entry(fold_name(name))
                    .and_modify(|owner| {
                        if owner.as_deref() != Some(uscc) {
                            *owner = None;
                        }
                    })
                    .or_insert_with(|| Some(uscc.to_string()));
            }
        }
        Ok(())
    };
    load("enterprises", "uscc", &["name", "former_names"]).await?;
    load("enterprise-changes", "uscc", &["before", "after"]).await?;
    load("aliases", "uscc", &["name"]).await?;
    Ok(known)
}

/// The first-named of a list.
fn first(names: &str) -> &str {
    names.split(LIST_SEPARATOR).next().unwrap_or(names)
}
