//! The cells of a register for people: lists divided, money in yuan, and natural persons covered (《个人信息保护法》).

use registry::{
    ColumnKind, Register,
    history::{Act, Step},
};

use crate::{format, frame::Frame, pages::patents::names};

/// What a step changed, or why the row was set aside, one part after another.
pub(crate) fn changes(frame: &Frame, step: &Step) -> String {
    if matches!(step.act, Act::SetAside(_)) {
        let reasons = step
            .reasons
            .iter()
            .map(|reason| format!("{}“{}”：{}", frame.said(&reason.column), reason.value, frame.said(&reason.reason)));
        return reasons.collect::<Vec<_>>().join("；");
    }
    if step.changes.is_empty() {
        return frame.t("history-no-change");
    }
    let shown = |place: usize, value: &Option<String>| match value {
        Some(value) => cell(frame, step.register, place, value),
        None => frame.t("word-none"),
    };
    let parts = step.changes.iter().map(|change| {
        let column = frame.said(step.register.columns[change.column].heading);
        let (before, after) = (shown(change.column, &change.before), shown(change.column, &change.after));
        let values = [("column", column), ("before", before), ("after", after)];
        frame.tn(if step.act == Act::New { "history-set" } else { "history-change" }, &values)
    });
    parts.collect::<Vec<_>>().join("；")
}

/// A key for people.
pub(super) fn key(frame: &Frame, register: &Register, key: &str) -> String {
    let parts = key.split(registry::KEY_SEPARATOR).zip(register.key);
    let shown = parts.filter(|(part, _)| !part.is_empty()).map(|(part, field)| match register.index(field) {
        Some(place) => cell(frame, register, place, part),
        None => part.to_owned(),
    });
    shown.collect::<Vec<_>>().join(" / ")
}

/// The names of owners that a step tells.
pub(super) fn owners(step: &Step) -> impl Iterator<Item = &str> {
    let is_owner = |field: &str| matches!(field, "patentees" | "party" | "holder" | "proprietor");
    let of_owners = step.changes.iter().filter(move |change| is_owner(step.register.columns[change.column].field));
    of_owners.flat_map(|change| [&change.before, &change.after]).flatten().flat_map(|names| names.split('|'))
}

fn cell(frame: &Frame, register: &Register, place: usize, value: &str) -> String {
    let column = &register.columns[place];
    let covers = !names::may_see(frame);
    match column.kind {
        ColumnKind::Name | ColumnKind::Names if covers => names::all_shown(frame, value, false),
        // The address of a natural person is a home; whose it is cannot be told from one change.
        _ if covers && column.field.ends_with("address") => frame.t("history-covered"),
        _ if covers && register.id == "trainees" && column.field == "name" => names::covered(value),
        ColumnKind::Money | ColumnKind::Moneys => value.split('|').map(yuan).collect::<Vec<_>>().join("；"),
        _ => value.split('|').map(|part| frame.said(part)).collect::<Vec<_>>().join("；"),
    }
}

/// An amount kept in fen.
fn yuan(fen: &str) -> String {
    fen.parse::<i128>().map_or_else(|_| fen.to_owned(), |fen| format!("{} 元", format::fixed(fen, 100, 2)))
}
