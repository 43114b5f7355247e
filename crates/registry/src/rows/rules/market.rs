//! What the cells of the market's registers and of the registers of others' money must be to each other.

use jiff::{ToSpan, civil::Date};
use terms::ApplicationNumber;

use super::Row;
use crate::cells::LIST_SEPARATOR;

/// A licence is recorded within three months of taking effect (《专利法实施细则》第十四条).
const MONTHS_TO_RECORD: i32 = 3;

pub(super) fn licence(row: &mut Row<'_>) {
    row.in_order("effective_on", "ended_on");
    told_amount(row, "amount", "许可费");
    let day = |row: &Row<'_>, field| row.get(field).and_then(|day| day.parse::<Date>().ok());
    if let (Some(from), Some(recorded)) = (day(row, "effective_on"), day(row, "registered_on"))
        && recorded > from.saturating_add(MONTHS_TO_RECORD.months())
    {
        row.warn(
            "registered_on",
            "备案晚于许可合同生效之日起三个月（专利法实施细则第十四条）。请核对两个日期。".into(),
        );
    }
    let is_same = |row: &Row<'_>, one, other| row.get(one).is_some() && row.get(one) == row.get(other);
    if is_same(row, "licensor", "licensee") || is_same(row, "licensor_uscc", "licensee_uscc") {
        row.refuse("licensee", "许可人和被许可人相同。请核对双方。".into());
    }
    patents(row);
}

/// Reads the numbers of the licensed patents, each in the form of an application number.
fn patents(row: &mut Row<'_>) {
    let Some(list) = row.get("objects").map(str::to_owned) else { return };
    let mut read = Vec::new();
    for object in list.split(LIST_SEPARATOR) {
        match object.parse::<ApplicationNumber>() {
            Ok(number) => read.push(number.to_string()),
            Err(error) => return row.refuse("objects", error.message),
        }
    }
    row.set("objects", read.join(LIST_SEPARATOR));
}

pub(super) fn insurance(row: &mut Row<'_>) {
    row.in_order("valid_from", "valid_to");
    told_amount(row, "premium", "保费");
    if row.whole("premium").zip(row.whole("subsidy")).is_some_and(|(premium, subsidy)| subsidy > premium) {
        row.refuse("subsidy", "财政补贴金额大于保费。请核对两个金额及其单位。".into());
    }
    if row.whole("premium").zip(row.whole("insured")).is_some_and(|(premium, insured)| premium > insured) {
        row.warn("premium", "保费大于保额。请核对两个金额及其单位。".into());
    }
}

/// A return that tells of no amount tells nothing.
pub(super) fn spending(row: &mut Row<'_>) {
    let (budgeted, spent) = (row.whole("budgeted"), row.whole("spent"));
    if row.get("budgeted").is_none() && row.get("spent").is_none() && row.is_sound("budgeted") && row.is_sound("spent")
    {
        row.refuse("spent", "没有一项金额。请填预算金额或支出金额；没有支出的填 0，未知的留空。".into());
    }
    if budgeted.zip(spent).is_some_and(|(budgeted, spent)| spent > budgeted) {
        row.warn("spent", "支出金额大于预算金额。请核对两个金额及其单位。".into());
    }
}

pub(super) fn fund(row: &mut Row<'_>) {
    told_amount(row, "total", "资金总额");
    match (row.get("has_condition"), row.get("condition").is_some()) {
        (Some("否"), true) => row.refuse("condition", "有无知识产权条件填了“否”，又写了条件内容。请核对。".into()),
        (Some("是"), false) if row.is_sound("condition") => {
            row.warn("condition", "有知识产权条件而没有写明内容。请尽量补填。".into());
        }
        (None, true) if row.is_sound("has_condition") => {
            row.refuse("has_condition", "写了条件内容而没有填有无知识产权条件。请写明。".into());
        }
        _ => {}
    }
}

pub(super) fn item(row: &mut Row<'_>) {
    row.in_order("valid_from", "valid_to");
    if row.whole("amount").zip(row.whole("cap")).is_some_and(|(amount, cap)| amount > cap) {
        row.refuse("amount", "奖补金额大于最高金额。请核对两个金额及其单位。".into());
    }
}

/// Zero means that nothing is paid; what is not known stays empty.
pub(super) fn told_amount(row: &mut Row<'_>, field: &'static str, name: &str) {
    if row.whole(field) == Some(0) {
        row.warn(field, format!("{name}为零，将按零计。金额未知的请留空。"));
    }
}
