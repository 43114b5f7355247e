//! Whom the patent documents of the world are asked about: the city by the words of its addresses, an enterprise by its names.

use jiff::Timestamp;
use registry::{Folded, FoldedRow};
use terms::Uscc;

use crate::regions::Regions;
use crate::{Error, Installation};

/// The city (本市), as addresses name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    /// Its name: 海安市.
    pub name: String,
    /// What stands in an address of the city: its name and further words.
    pub words: Vec<String>,
}

/// An enterprise as owners of patents are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    /// Its present name.
    pub name: String,
    /// Its present and former names.
    pub names: Vec<String>,
}

/// The city's own row of the register of regions; none where it cannot be told.
pub async fn city(installation: &Installation, now: Timestamp) -> Result<Option<City>, Error> {
    Ok(city_of(&folded(installation, "regions", now).await?))
}

/// The city among the rows of the register of regions.
pub(crate) fn city_of(rows: &[FoldedRow]) -> Option<City> {
    let row = Regions::of(rows).city?;
    let cell = |field| cell("regions", row, field);
    let name = cell("name");
    Some(City { words: names(&name, &cell("address_words")), name })
}

/// The names of the city's units (区镇) in the register of regions.
pub async fn towns(installation: &Installation, now: Timestamp) -> Result<Vec<String>, Error> {
    let rows = folded(installation, "regions", now).await?;
    Ok(Regions::of(&rows).units().map(|row| cell("regions", row, "name")).collect())
}

/// The enterprise with this code.
pub async fn enterprise(installation: &Installation, uscc: &Uscc, now: Timestamp) -> Result<Option<Enterprise>, Error> {
    let rows = folded(installation, "enterprises", now).await?;
    let cell = |row: &FoldedRow, field| cell("enterprises", row, field);
    let Some(row) = rows.iter().find(|row| cell(row, "uscc") == uscc.as_str()) else { return Ok(None) };
    let name = cell(row, "name");
    Ok(Some(Enterprise { names: names(&name, &cell(row, "former_names")), name }))
}

/// Every enterprise with its code.
pub async fn enterprises(installation: &Installation, now: Timestamp) -> Result<Vec<(String, Enterprise)>, Error> {
    let rows = folded(installation, "enterprises", now).await?;
    let firm = |row: &FoldedRow| {
        let cell = |field| cell("enterprises", row, field);
        (cell("uscc"), Enterprise { names: names(&cell("name"), &cell("former_names")), name: cell("name") })
    };
    Ok(rows.iter().map(firm).collect())
}

async fn folded(installation: &Installation, register: &str, now: Timestamp) -> Result<Vec<FoldedRow>, Error> {
    let Some(register) = registry::register(register) else { return Ok(Vec::new()) };
    Ok(registry::fold_register(&installation.db, register, now).await?)
}

fn cell(register: &str, row: &FoldedRow, field: &str) -> String {
    row.text(Folded::column(register, field)).to_owned()
}

/// A name and those of a list that differ from it.
fn names(name: &str, others: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    for other in others.split('|').map(str::trim).filter(|other| !other.is_empty()) {
        if !names.iter().any(|known| known == other) {
            names.push(other.to_owned());
        }
    }
    names
}
