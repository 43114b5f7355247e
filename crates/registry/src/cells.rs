//! Cells as canonical strings, and their form in the log.
//!
//! A canonical string is what two spellings of the same value have in common, and nothing more: what cannot be read for
//! certain is refused with a reason, never corrected.

mod choice;
mod json;
mod lists;
mod period;
mod written;

use jiff::civil::Date;
use sheets::Cell;
use terms::{
    ApplicationNumber, CaseNumber, DocumentNumber, IndustryCode, IpcPattern, IpcSymbol, MadridNumber, Money, MoneyUnit,
    NiceClass, Office, PctNumber, PublicationNumber, TrademarkNumber, Uscc, text,
};

use crate::registers::{Column, ColumnKind};

pub(crate) use json::{from_json, to_json};
pub(crate) use lists::{names, parts};
pub(crate) use written::{is_digits_lost, name, plain};

/// Between the values of a list in one cell.
pub(crate) const LIST_SEPARATOR: &str = "|";

/// The canonical string of a cell, `None` when it says nothing, or why it cannot be read.
///
/// `unit` is the unit of money that the heading names.
pub(crate) fn canonical(column: &Column, cell: &Cell, unit: Option<MoneyUnit>) -> Result<Option<String>, String> {
    let written = match cell {
        Cell::Empty => return Ok(None),
        Cell::Broken(shown) => return Err(broken(shown)),
        Cell::Date(date) if column.kind == ColumnKind::Date => return date_in_range(*date).map(Some),
        Cell::Date(date) if column.kind == ColumnKind::Year => return Ok(Some(date.year().to_string())),
        cell => written::literal(&cell.text())?,
    };
    if written.is_empty() || written::is_blank_mark(&written) {
        return Ok(None);
    }
    let value = read(column, &written, unit)?;
    Ok(Some(value).filter(|value| !value.is_empty()))
}

/// Why a cell that came broken out of the file cannot be taken; the reader writes the cause behind the value in brackets.
fn broken(shown: &str) -> String {
    const TODO: &str = "请在原文件中改正后重新导入。";
    match shown.strip_suffix('）').and_then(|shown| shown.rsplit_once('（')) {
        Some(("", cause)) => format!("单元格没有可信的值：{cause}。{TODO}"),
        Some((value, cause)) => format!("单元格“{}”不是可信的值：{cause}。{TODO}", short(value)),
        None => format!("单元格“{}”不是可信的值（公式出错、乱码或数字被截断）。{TODO}", short(shown)),
    }
}

/// The nearest thing to a canonical string for a cell that a person releases as it is.
pub(crate) fn released(column: &Column, cell: &Cell, unit: Option<MoneyUnit>) -> Option<String> {
    if let Ok(value) = canonical(column, cell, unit) {
        return value;
    }
    let shown = cell.text();
    let value = match column.kind {
        ColumnKind::ApplicationNumber => {
            ApplicationNumber::parse_ignoring_check(&shown).map(|number| number.to_string()).ok()
        }
        ColumnKind::Uscc => Uscc::parse_ignoring_check(&shown).map(|code| code.to_string()).ok(),
        _ => None,
    };
    Some(value.unwrap_or_else(|| plain(&shown))).filter(|value| !value.is_empty())
}

/// Whether a cell cannot be released even as it is, because what it should say is not there any more.
pub(crate) fn is_lost(column: &Column, cell: &Cell) -> bool {
    match column.kind {
        ColumnKind::ApplicationNumber => ApplicationNumber::parse_ignoring_check(&cell.text()).is_err(),
        ColumnKind::Uscc => Uscc::parse_ignoring_check(&cell.text()).is_err(),
        _ => matches!(cell, Cell::Broken(_)) || is_digits_lost(&cell.text()),
    }
}

fn read(column: &Column, written: &str, unit: Option<MoneyUnit>) -> Result<String, String> {
    use ColumnKind as Kind;
    let what = column.heading;
    match column.kind {
        Kind::Text => Ok(plain(written)),
        Kind::Name => Ok(name(written)),
        Kind::Names => Ok(names(written).join(LIST_SEPARATOR)),
        Kind::Words => Ok(parts(written).into_iter().map(|part| plain(&part)).collect::<Vec<_>>().join(LIST_SEPARATOR)),
        Kind::Uscc => parsed::<Uscc>(written),
        Kind::Date => terms::dates::parse_date(written).map_err(|error| error.message).and_then(date_in_range),
        Kind::Year => year(what, written),
        Kind::Count => count(what, written),
        Kind::Decimal | Kind::Quantity => decimal(what, written),
        Kind::Money => money(written, unit),
        Kind::Moneys => each(lists::amounts(written), |part| money(part, unit)),
        Kind::Choice(options) => choice::choose(column, options, written),
        Kind::ApplicationNumber => parsed::<ApplicationNumber>(written),
        Kind::PublicationNumber => parsed::<PublicationNumber>(written),
        Kind::Identifier => identifier(what, written),
        Kind::ForeignNumber => foreign_number(what, written),
        Kind::PatentNumber => parsed::<ApplicationNumber>(written).or_else(|reason| {
            // What looks like a Chinese number is judged as one; only another shape may be a foreign number.
            let folded = text::fold_code(written);
            let is_long_number =
                folded.starts_with(|c: char| c.is_ascii_digit()) && matches!(folded.replace('.', "").len(), 12 | 13);
            let is_chinese = is_digits_lost(&folded) || folded.starts_with("ZL") || is_long_number;
            if is_chinese { Err(reason) } else { foreign_number(what, written) }
        }),
        Kind::Rights => each(parts(written), |part| identifier(what, part)),
        Kind::Pct => parsed::<PctNumber>(written),
        Kind::Trademark => trademark(written),
        Kind::Madrid => parsed::<MadridNumber>(written),
        Kind::NiceClass => parsed::<NiceClass>(written),
        Kind::NiceClasses => each(lists::fine(written), parsed::<NiceClass>),
        Kind::Office => parsed::<Office>(written),
        Kind::Offices => each(lists::fine(written), parsed::<Office>),
        Kind::Ipc => each(parts(written), ipc),
        Kind::IpcPatterns => each(parts(written), parsed::<IpcPattern>),
        Kind::IpcNode => parsed::<IpcSymbol>(written),
        Kind::Industry => parsed::<IndustryCode>(written),
        Kind::Region => region(what, written),
        Kind::Document => Ok(parsed::<DocumentNumber>(written)
            .or_else(|_| parsed::<CaseNumber>(written))
            .unwrap_or_else(|_| plain(written))),
        Kind::Categories => each(lists::fine(written), |part| category(what, part)),
        Kind::RegisterId => register_id(written),
        Kind::Period => period::read(written),
    }
}

fn parsed<T: std::str::FromStr<Err = terms::Error> + ToString>(written: &str) -> Result<String, String> {
    written.parse::<T>().map(|value| value.to_string()).map_err(|error| error.message)
}

/// Reads every part of a list; the first that cannot be read refuses the cell. Repeats stand once.
fn each<P: AsRef<str>>(parts: Vec<P>, read: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut values: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        values.push(read(part.as_ref())?);
    }
    Ok(values.join(LIST_SEPARATOR))
}

/// Days that no register of this field can mean are typing errors.
fn date_in_range(date: Date) -> Result<String, String> {
    match date.year() {
        1900..=2199 => Ok(date.to_string()),
        year => Err(format!("日期的年份 {year} 不可信。请核对年份。")),
    }
}

fn year(what: &str, written: &str) -> Result<String, String> {
    let folded = text::fold_code(written);
    let digits = folded.strip_suffix('年').or_else(|| folded.strip_suffix("年度")).unwrap_or(&folded);
    match digits.parse::<i16>() {
        Ok(year @ 1900..=2199) if digits.len() == 4 => Ok(year.to_string()),
        _ => Err(format!("{what}“{}”不是年份。请填四位年份，如 2023。", short(written))),
    }
}

fn count(what: &str, written: &str) -> Result<String, String> {
    match terms::decimal::scaled(what, written, 0) {
        Ok(value) if value >= 0 => Ok(value.to_string()),
        Ok(_) => Err(format!("{what}“{}”不能为负数。请核对。", short(written))),
        Err(error) => Err(error.message),
    }
}

/// A decimal number in plain notation: separators and needless zeros dropped, nothing rounded.
fn decimal(what: &str, written: &str) -> Result<String, String> {
    const PLACES: u32 = 8;
    let value = terms::decimal::scaled(what, written, PLACES)
        .or_else(|error| terms::decimal::scaled(what, written, 2).map(|_| i64::MAX).map_err(|_| error))
        .map_err(|error| error.message)?;
    if value == i64::MAX {
        // Too large for eight places: two are enough for such a number.
        let value = terms::decimal::scaled(what, written, 2).map_err(|error| error.message)?;
        return Ok(trimmed(&terms::decimal::unscaled(value, 2)));
    }
    Ok(trimmed(&terms::decimal::unscaled(value, PLACES)))
}

fn trimmed(number: &str) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number.to_owned() }
}

fn money(written: &str, unit: Option<MoneyUnit>) -> Result<String, String> {
    let amount = Money::parse(written, unit.unwrap_or(MoneyUnit::Yuan)).map_err(|error| error.message)?;
    if amount.fen < 0 {
        return Err(format!("金额“{}”不能为负数。请核对。", short(written)));
    }
    Ok(amount.fen.to_string())
}

fn identifier(what: &str, written: &str) -> Result<String, String> {
    let folded = text::fold_code(written);
    if is_digits_lost(&folded) {
        return Err(format!(
            "{what}“{}”已被电子表格改成科学计数法，后面的数字已经丢失，无法还原。请从原始文件重新取数，并把该列设为“文本”格式后再导入。",
            short(written)
        ));
    }
    Ok(folded)
}

fn foreign_number(what: &str, written: &str) -> Result<String, String> {
    if let Ok(number) = written.parse::<PublicationNumber>() {
        return Ok(number.to_string());
    }
    let folded = identifier(what, written)?;
    let bare: String = folded.chars().filter(|c| !matches!(c, ',' | '.' | '/' | '-')).collect();
    if bare.len() >= 4 && bare.bytes().all(|b| b.is_ascii_alphanumeric()) && bare.bytes().any(|b| b.is_ascii_digit()) {
        return Ok(bare);
    }
    Err(format!("{what}“{}”不是专利号。请填受理局公布的号码，如 US10123456B2。", short(written)))
}

fn trademark(written: &str) -> Result<String, String> {
    let number: TrademarkNumber = written.parse().map_err(|error: terms::Error| error.message)?;
    if number.is_international() {
        return Err(format!(
            "“{}”是国际注册号，不是国内商标注册号。请改填国内注册号，或导入马德里国际注册登记簿。",
            short(written)
        ));
    }
    Ok(number.to_string())
}

/// An IPC symbol, or the Locarno class that designs carry in the same column.
fn ipc(part: &str) -> Result<String, String> {
    match parsed::<IpcSymbol>(part) {
        Ok(symbol) => Ok(symbol),
        Err(reason) => written::locarno(part).ok_or(reason),
    }
}

fn region(what: &str, written: &str) -> Result<String, String> {
    let folded = text::fold_code(written);
    let is_code = folded.len() <= 20 && folded.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_code && !is_digits_lost(&folded) {
        return Ok(folded);
    }
    Err(format!("{what}“{}”不是代码。请填行政区划代码，或由字母和数字组成的自编代码。", short(written)))
}

fn category(what: &str, part: &str) -> Result<String, String> {
    let folded = text::fold_code(part);
    match folded.trim_start_matches('第').trim_end_matches('类') {
        digit @ ("1" | "2" | "3" | "4" | "5") => Ok(digit.to_owned()),
        _ => Err(format!("{what}“{}”不在 1 至 5 之内。请填高价值发明专利的五类之一，多个用；分隔。", short(part))),
    }
}

fn register_id(written: &str) -> Result<String, String> {
    let folded = plain(written);
    match crate::registers::register(&folded) {
        Some(register) => Ok(register.id.to_owned()),
        None => Err(format!("没有登记簿“{}”。请填登记簿的标识或中文名称，如 patents 或 专利。", short(written))),
    }
}

/// A value cut short for a message.
pub(crate) fn short(text: &str) -> String {
    let mut shown: String = text.trim().chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
