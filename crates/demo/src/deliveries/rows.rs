//! Rows of the larger registers: units, enterprises and their changes, patents and their events.

use jiff::civil::{Date, date};

use crate::{
    City,
    cells::{Cell, Row, day, day_or_empty, text},
    enterprises::Enterprise,
    events::{Event, Party},
    names::{CITY, FORMER_TOWN, TOWNS},
    numbers::{self, DIVISION},
    patents::{AS_OF, Patent, Tie},
    words,
};

/// The city, its units, and the town that was merged at the end of 2021.
pub(super) fn region_rows(city: &City) -> Vec<Row> {
    let mut rows = vec![vec![text(DIVISION), text(CITY), text("市"), Cell::Empty, Cell::Empty, text("云川市；云川县")]];
    for (index, name) in city.towns.iter().enumerate() {
        let (kind, keywords) =
            TOWNS.get(index).map_or(("镇", String::new()), |(_, kind, keywords)| (*kind, (*keywords).to_owned()));
        rows.push(vec![
            text(format!("{DIVISION}{:03}", index + 1)),
            text(name.clone()),
            text(kind),
            Cell::Empty,
            Cell::Empty,
            text(keywords),
        ]);
    }
    let (until, code) = (date(2021, 12, 31), format!("{DIVISION}{:03}", city.towns.len() + 1));
    rows.push(vec![text(code), text(FORMER_TOWN), text("镇"), Cell::Empty, day(until), Cell::Empty]);
    rows
}

pub(super) fn enterprise_row(city: &City, enterprise: &Enterprise, on: Date) -> Row {
    let name = enterprise.name_on(on);
    let former: Vec<&str> = enterprise
        .names
        .iter()
        .filter(|(from, former)| *from <= on && former != name)
        .map(|(_, former)| former.as_str())
        .collect();
    let ended = enterprise.ended.filter(|(_, day)| *day <= on);
    vec![
        text(enterprise.uscc.clone()),
        text(name.to_owned()),
        text(former.join("；")),
        text(city.towns[enterprise.town_on(on)].clone()),
        day(enterprise.founded),
        text(enterprise.class),
        text(enterprise.size),
        text(ended.map_or("存续", |(how, _)| how)),
        day_or_empty(ended.map(|(_, day)| day)),
    ]
}

/// Changes registered in a year; the first file has all the earlier ones as well.
pub(super) fn change_rows(city: &City, year: i16) -> Vec<Row> {
    let mut rows = Vec::new();
    let in_file = |day: Date| day.year() == year || (year == 2020 && day.year() < 2020);
    for enterprise in &city.enterprises {
        let change = |kind: &'static str, before: &str, after: &str, on: Date| {
            vec![text(enterprise.uscc.clone()), text(kind), text(before.to_owned()), text(after.to_owned()), day(on)]
        };
        for pair in enterprise.names.windows(2).filter(|pair| in_file(pair[1].0)) {
            rows.push(change("名称", &pair[0].1, &pair[1].1, pair[1].0));
        }
        for pair in enterprise.towns.windows(2).filter(|pair| in_file(pair[1].0)) {
            rows.push(change("区镇", &city.towns[pair[0].1], &city.towns[pair[1].1], pair[1].0));
        }
    }
    rows
}

/// The row of a patent in a list that ends on a day; what was granted later stands in it as pending.
pub(super) fn patent_row(city: &City, patent: &Patent, last: Date) -> Row {
    let granted = patent.granted.filter(|granted| *granted <= last);
    let mut style = (patent.words >> 7) as u32;
    if granted.is_none() && style % 6 == 3 {
        // Only a granted patent may carry the prefix ZL.
        style = 0;
    }
    let code = match patent.tie {
        Tie::Code => words::owner_code(city, patent.owner),
        _ => None,
    };
    vec![
        text(numbers::notation(patent.number, style)),
        if patent.words % 10 < 7 { text(patent.kind_zh()) } else { Cell::Empty },
        text(words::title(patent)),
        day(patent.filed),
        day_or_empty(granted),
        granted.map_or(Cell::Empty, |_| text(patent.grant_number())),
        text(words::patentees(city, patent)),
        code.map_or(Cell::Empty, text),
        text(words::inventors(patent)),
        text(words::ipc(patent)),
        text(words::address(city, patent)),
        if patent.number.kind == 3 { Cell::Empty } else { text(words::summary(patent)) },
    ]
}

pub(super) fn event_row(city: &City, event: &Event) -> Row {
    let (party, code, address) = match event.party {
        Party::None => (Cell::Empty, Cell::Empty, Cell::Empty),
        Party::Court => (text("云川市人民法院"), Cell::Empty, Cell::Empty),
        Party::Owner(owner) => (
            text(words::owner(city, owner, event.effective)),
            words::owner_code(city, owner).map_or(Cell::Empty, text),
            text(words::owner_address(city, owner, event.effective)),
        ),
        Party::Renamed(owner) => (
            text(words::owner(city, owner, AS_OF)),
            words::owner_code(city, owner).map_or(Cell::Empty, text),
            text(words::owner_address(city, owner, event.effective)),
        ),
    };
    vec![
        text(city.patents[event.patent as usize].number.to_string()),
        text(event.kind),
        day(event.effective),
        day_or_empty(event.registered),
        party,
        code,
        address,
        event.document.clone().map_or(Cell::Empty, text),
    ]
}
