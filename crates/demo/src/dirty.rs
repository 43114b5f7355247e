//! Dirty rows as real files have them, planted so that a test can ask after each.

use crate::{
    City,
    cells::{Cell, Row, text},
    deliveries::Delivery,
    numbers::{self, Number},
    registers,
};

/// What is wrong with a planted row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dirt {
    /// The check character does not fit.
    BadCheckCharacter,
    /// A spreadsheet turned the number into `2.0121E+12` and lost digits.
    MangledNumber,
    /// The key stands in the file already, with other content.
    DuplicateKey,
    /// A day that no calendar has.
    ImpossibleDate,
    /// A required cell is empty.
    MissingRequired,
    /// A value outside the closed list.
    OutsideClosedList,
    /// An amount with a fraction of a fen.
    FractionOfFen,
    /// The type contradicts the number.
    ContradictingType,
    /// A unit that no register knows.
    UnknownTown,
    /// A text that a careless spreadsheet would run as a formula.
    Formula,
    /// A text that a careless page would run as a script.
    Script,
}

/// What becomes of a planted row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expect {
    /// It is quarantined.
    Quarantined,
    /// It is accepted and shown harmlessly.
    Accepted,
    /// Accepted and listed for a person, or quarantined: never dropped.
    Either,
}

/// A planted row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirtyRow {
    /// The register.
    pub register: &'static str,
    /// The name of the file.
    pub file: String,
    /// The row number as a spreadsheet or an editor shows it.
    pub row: u32,
    /// What is wrong.
    pub dirt: Dirt,
    /// The field that is wrong.
    pub field: &'static str,
    /// What stands there.
    pub value: String,
    /// What becomes of the row.
    pub expect: Expect,
}

/// A planted row with its cells and its place among the rows of data, the first being 1.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) file: usize,
    pub(crate) at: usize,
    pub(crate) cells: Row,
    pub(crate) row: DirtyRow,
}

type Plan = (Dirt, &'static str);

/// What may be wrong in a register, and in which field.
fn kinds(register: &str) -> &'static [Plan] {
    match register {
        "patents" => &[
            (Dirt::BadCheckCharacter, "application_number"),
            (Dirt::MangledNumber, "application_number"),
            (Dirt::DuplicateKey, "title"),
            (Dirt::ImpossibleDate, "filed_on"),
            (Dirt::MissingRequired, "title"),
            (Dirt::ContradictingType, "kind"),
            (Dirt::Formula, "title"),
            (Dirt::MissingRequired, "patentees"),
            (Dirt::BadCheckCharacter, "first_patentee_uscc"),
            (Dirt::Script, "title"),
            (Dirt::ImpossibleDate, "granted_on"),
        ],
        "enterprises" => &[
            (Dirt::BadCheckCharacter, "uscc"),
            (Dirt::DuplicateKey, "name"),
            (Dirt::MissingRequired, "name"),
            (Dirt::UnknownTown, "region"),
            (Dirt::Script, "name"),
            (Dirt::Formula, "name"),
            (Dirt::ImpossibleDate, "founded_on"),
            (Dirt::OutsideClosedList, "size"),
        ],
        "enterprise-changes" => &[(Dirt::ImpossibleDate, "changed_on"), (Dirt::OutsideClosedList, "kind")],
        "statuses" => &[
            (Dirt::OutsideClosedList, "kind"),
            (Dirt::BadCheckCharacter, "uscc"),
            (Dirt::ImpossibleDate, "valid_from"),
            (Dirt::MissingRequired, "valid_from"),
            (Dirt::DuplicateKey, "certificate"),
        ],
        "patent-events" => &[
            (Dirt::OutsideClosedList, "kind"),
            (Dirt::ImpossibleDate, "effective_on"),
            (Dirt::MangledNumber, "application_number"),
        ],
        "foreign-grants" => &[(Dirt::OutsideClosedList, "route"), (Dirt::MissingRequired, "granted_on")],
        "pledges" => &[
            (Dirt::FractionOfFen, "amount"),
            (Dirt::BadCheckCharacter, "pledgor_uscc"),
            (Dirt::MissingRequired, "pledgee"),
        ],
        "trademarks" => {
            &[(Dirt::OutsideClosedList, "kind"), (Dirt::ImpossibleDate, "registered_on"), (Dirt::DuplicateKey, "mark")]
        }
        "trainees" => &[
            (Dirt::OutsideClosedList, "service"),
            (Dirt::MissingRequired, "course"),
            (Dirt::BadCheckCharacter, "uscc"),
        ],
        "official-fees" => &[(Dirt::FractionOfFen, "amount"), (Dirt::ImpossibleDate, "paid_on")],
        "statistics" => &[(Dirt::OutsideClosedList, "unit")],
        _ => &[],
    }
}

/// Plants about one row in two hundred, in every register and every kind.
pub(crate) fn plant(city: &City, deliveries: &[Delivery]) -> Vec<Planted> {
    let mut planted = Vec::new();
    let mut turn = std::collections::BTreeMap::new();
    for (file, delivery) in deliveries.iter().enumerate() {
        let kinds = kinds(delivery.register);
        let clean = delivery.count(city);
        if kinds.is_empty() || (delivery.register == "statistics" && clean < 15) {
            continue;
        }
        let count = if clean >= 12 { clean.div_ceil(200) } else { 0 };
        let donors = donors(city, delivery, count);
        for (n, donor) in donors.iter().enumerate() {
            let turn = turn.entry(delivery.register).or_insert(0);
            let (dirt, field) = kinds[*turn % kinds.len()];
            *turn += 1;
            if let Some(row) = make((file, delivery), (n, clean), donor, (dirt, field), planted.len()) {
                planted.push(row);
            }
        }
    }
    planted
}

/// Clean rows to start from, one for each dirty row; of the patents only utility models, so that nothing accepted moves a figure.
fn donors(city: &City, delivery: &Delivery, count: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    // Stopping early is the only way in which this fails.
    let _ = delivery.rows(city, &mut |row| {
        if rows.len() == count {
            return Err(());
        }
        let kind = row.get(1);
        // A row stands well before the dirty one that repeats it.
        if delivery.register != "patents" || kind == Some(&text("实用新型")) && row[7] != Cell::Empty {
            rows.push(row.to_vec());
        }
        Ok(())
    });
    rows
}

fn make(
    (file, delivery): (usize, &Delivery),
    (n, clean): (usize, usize),
    donor: &Row,
    (dirt, field): Plan,
    nth: usize,
) -> Option<Planted> {
    let columns = registers::columns(delivery.register);
    let place = |field: &str| columns.iter().position(|(own, _)| *own == field);
    let at_field = place(field)?;
    let mut cells = donor.clone();
    if dirt != Dirt::DuplicateKey {
        fresh_key(delivery.register, &mut cells, nth);
    }
    cells[at_field] = spoil(&cells[at_field], dirt, field)?;
    let expect = match dirt {
        Dirt::Script => Expect::Accepted,
        Dirt::UnknownTown => Expect::Either,
        _ => Expect::Quarantined,
    };
    // Repeats come at the end, behind what they repeat; the others are spread over the file.
    let at = if dirt == Dirt::DuplicateKey { clean + n + 1 } else { (5 + 7 * n + n).min(clean + n + 1) };
    let value = match &cells[at_field] {
        Cell::Text(text) => text.to_string(),
        _ => String::new(),
    };
    let row = DirtyRow { register: delivery.register, file: delivery.file_name(), row: 0, dirt, field, value, expect };
    Some(Planted { file, at, cells, row })
}

/// Gives the row a key that no other row has.
fn fresh_key(register: &str, cells: &mut Row, nth: usize) {
    let key = match register {
        "patents" => Number { year: 2022, kind: 2, serial: 9_500_000 + nth as u32 }.to_string(),
        "enterprises" => numbers::uscc("91", 8_000_000 + nth as u64),
        "pledges" => format!("Y20993299{nth:06}"),
        "trademarks" => format!("{}", 90_000_000 + nth),
        "trainees" => format!("RC9{nth:05}"),
        "foreign-grants" => format!("US{}B2", 19_000_000 + nth),
        "official-fees" => return cells[4] = text(format!("ZL99{nth:06}")),
        _ => return,
    };
    cells[0] = text(key);
    if register == "enterprises" {
        // A name of its own, so that what is accepted makes no other name ambiguous.
        cells[1] = text(format!("云川待核{nth}商贸有限公司"));
        cells[2] = Cell::Empty;
    }
    if register == "patents" {
        // Granted with a number of its own, so that only the planted fault is wrong.
        cells[5] = text(format!("CN2{:08}U", 99_900_000 + nth));
        let (filed, granted) = (jiff::civil::date(2022, 3, 8), jiff::civil::date(2022, 10, 18));
        cells[3] = Cell::Day(filed);
        cells[4] = Cell::Day(granted);
    }
}

/// The cell with the fault in it.
fn spoil(cell: &Cell, dirt: Dirt, field: &str) -> Option<Cell> {
    let spoilt = match dirt {
        Dirt::BadCheckCharacter => {
            let Cell::Text(good) = cell else { return None };
            let mut bad = good.to_string();
            let last = bad.pop()?;
            bad.push(if last == '1' { '2' } else { '1' });
            bad
        }
        Dirt::MangledNumber => "2.0121E+12".to_owned(),
        Dirt::DuplicateKey => "与前一行不同的内容".to_owned(),
        Dirt::ImpossibleDate => "2023-02-30".to_owned(),
        Dirt::MissingRequired => return Some(Cell::Empty),
        Dirt::OutsideClosedList => if field == "unit" { "千元" } else { "其它类" }.to_owned(),
        Dirt::FractionOfFen => "12.34567899".to_owned(),
        Dirt::ContradictingType => "外观设计".to_owned(),
        Dirt::UnknownTown => "云外镇".to_owned(),
        Dirt::Formula => "=HYPERLINK(\"http://203.0.113.9/x\",\"点击领取补贴\")".to_owned(),
        Dirt::Script => "<script>alert('云川')</script>有限公司".to_owned(),
    };
    Some(text(spoilt))
}
