//! Which row of the register of regions is the city (本市) and which are its units, also where the divisions of the whole
//! country stand in it.
//!
//! The city is the one row of kind 市. Where there are several, it is the one whose address words (地址关键词) are written:
//! the office writes them for its own city, no table of divisions does. It is never the first of several.
//! A unit lies elsewhere when its official code is that of another county, or of a province or prefecture; a code of the
//! office's own making says nothing.

use registry::{Folded, FoldedRow};
use terms::{RegionCode, RegionLevel};

use crate::Error;

/// The kind of the city's own row.
const CITY: &str = "市";

/// The register of regions, read for one city.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Regions<'a> {
    rows: &'a [FoldedRow],
    /// The city's own row, where it can be told.
    pub(crate) city: Option<&'a FoldedRow>,
    /// How many rows are of the city's kind.
    cities: usize,
    /// The division in which every unit with an official code lies; none where codes tell nothing.
    division: Option<RegionCode>,
}

impl<'a> Regions<'a> {
    pub(crate) fn of(rows: &'a [FoldedRow]) -> Self {
        let of_kind = || rows.iter().filter(|row| cell(row, "kind") == CITY);
        let cities = of_kind().count();
        let mut marked = of_kind().filter(|row| cities == 1 || !cell(row, "address_words").is_empty());
        let city = marked.next().filter(|_| marked.next().is_none());
        let division = city.and_then(code).filter(|division| {
            let is_below =
                |row: &FoldedRow| code(row).is_some_and(|code| code != *division && code.is_within(division));
            cities > 1 || rows.iter().any(is_below)
        });
        Self { rows, city, cities, division }
    }

    /// The name of the city; empty where it cannot be told.
    pub(crate) fn name(&self) -> String {
        self.city.map(|row| cell(row, "name").to_owned()).unwrap_or_default()
    }

    /// Whether a row is the city's own.
    pub(crate) fn is_city(&self, row: &FoldedRow) -> bool {
        self.city.is_some_and(|city| city.key == row.key)
    }

    /// Whether a row is the city or one of its units; of several cities none of which can be told, nothing is.
    pub(crate) fn holds(&self, row: &FoldedRow) -> bool {
        if self.cities > 0 && self.city.is_none() {
            return false;
        }
        self.is_city(row) || (cell(row, "kind") != CITY && !self.lies_elsewhere(row))
    }

    /// The units of the city (区镇).
    pub(crate) fn units(self) -> impl Iterator<Item = &'a FoldedRow> {
        self.rows.iter().filter(move |row| self.holds(row) && !self.is_city(row))
    }

    /// Refuses where it cannot be told which of several cities is meant: then no address could be placed.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.cities == 0 || self.city.is_some() {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "区镇登记簿中有 {} 行类型为“市”，看不出哪一个是本市。请只给本市一行填写“地址关键词”（如本市的简称、旧称）后重新导入，再测算。",
            self.cities
        )))
    }

    fn lies_elsewhere(&self, row: &FoldedRow) -> bool {
        let Some(code) = code(row) else { return false };
        // An address that names a province or a prefecture may lie anywhere in it.
        let lies_above = cell(row, "kind") == "其他" && code.level() <= RegionLevel::Prefecture;
        lies_above || self.division.is_some_and(|division| !code.is_within(&division))
    }
}

/// The official code (GB/T 2260 and the towns below it); none for one of the office's own making.
fn code(row: &FoldedRow) -> Option<RegionCode> {
    cell(row, "code").parse().ok()
}

fn cell<'a>(row: &'a FoldedRow, field: &str) -> &'a str {
    row.text(Folded::column("regions", field))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn rows(rows: &[[&str; 4]]) -> Vec<FoldedRow> {
        let register = registry::register("regions").unwrap();
        let row = |[code, name, kind, words]: &[&str; 4]| {
            let mut cells = vec![None; register.columns.len()];
            for (field, text) in [("code", code), ("name", name), ("kind", kind), ("address_words", words)] {
                cells[Folded::column("regions", field)] = (!text.is_empty()).then(|| (*text).into());
            }
            FoldedRow { key: (*code).into(), cells, batch: 1, received_at: Timestamp::UNIX_EPOCH }
        };
        rows.iter().map(row).collect()
    }

    fn read(rows: &[FoldedRow]) -> (Option<&str>, Vec<&str>) {
        let regions = Regions::of(rows);
        (regions.city.map(|row| cell(row, "code")), regions.units().map(|row| cell(row, "code")).collect())
    }

    const OWN: [[&str; 4]; 3] =
        [["320682", "皋城市", "市", "皋城"], ["320682100", "长江镇", "镇", ""], ["K1", "开发区", "区", ""]];

    #[test]
    fn the_city_is_never_the_first_of_several() {
        let mut all =
            vec![["130181", "辛集市", "市", ""], ["130181001", "辛集镇", "镇", ""], ["32", "江苏省", "其他", ""]];
        all.push(["320602", "崇川区", "区", ""]);
        all.extend(OWN);
        assert_eq!(read(&rows(&all)), (Some("320682"), vec!["320682100", "K1"]));
        // Nobody said which: nothing is placed, and a run says what to do.
        all[4][3] = "";
        assert_eq!(read(&rows(&all)), (None, vec![]));
        let unsaid = rows(&all);
        let refusal = Regions::of(&unsaid).check().unwrap_err().to_string();
        assert!(refusal.contains("2 行") && refusal.contains("地址关键词"), "{refusal}");
        // Two said so.
        (all[0][3], all[4][3]) = ("辛集", "皋城");
        assert!(Regions::of(&rows(&all)).check().is_err());
    }

    #[test]
    fn a_register_of_one_city_keeps_every_unit_whatever_its_code() {
        let (city, units) = (["320682", "皋城市", "市", ""], ["100001", "长江镇", "镇", ""]);
        assert_eq!(read(&rows(&[city, units])), (Some("320682"), vec!["100001"]));
        assert_eq!(read(&rows(&[units])), (None, vec!["100001"]));
        assert!(Regions::of(&rows(&[units])).check().is_ok());
        assert_eq!(read(&rows(&OWN)), (Some("320682"), vec!["320682100", "K1"]));
    }
}
