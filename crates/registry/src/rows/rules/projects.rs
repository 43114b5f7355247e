//! What the cells of the project library and of the pilots for start-ups must be to each other.

use terms::ApplicationNumber;

use super::{Row, market::told_amount};
use crate::{
    cells::{LIST_SEPARATOR, short},
    registers::PROJECT_TAGS,
};

/// From so many letters on, a number of digits is one of a patent; registration numbers of trademarks are shorter.
const PATENT_LENGTH_MIN: usize = 9;

pub(super) fn project(row: &mut Row<'_>) {
    tags(row);
    rights(row);
    told_unless_none(row);
    if row.get("reviewed_on").zip(row.get("supported_on")).is_some_and(|(reviewed, supported)| supported < reviewed) {
        row.warn("supported_on", "扶持日期早于评审日期。请核对两个日期。".into());
    }
    if row.get("review").is_some() && row.get("reviewed_on").is_none() && row.is_sound("reviewed_on") {
        row.warn("reviewed_on", "有评审结论而没有评审日期，自主知识产权只按今天判断。请尽量补填。".into());
    }
    if row.get("review").is_none()
        && row.is_sound("review")
        && (row.get("reviewed_on").is_some() || row.get("review_document").is_some())
    {
        row.refuse("review", "写了评审日期或评审文号而没有评审结论。请写明。".into());
    }
    if row.get("review") == Some("不通过") && row.whole("amount").is_some_and(|fen| fen > 0) {
        row.warn("amount", "评审不通过而有扶持金额。请核对。".into());
    }
}

pub(super) fn pilot(row: &mut Row<'_>) {
    row.in_order("supported_on", "evaluated_on");
    told_amount(row, "amount", "扶持金额");
    if row.get("result").is_none() && row.is_sound("result") && row.get("evaluated_on").is_some() {
        row.refuse("result", "写了评估日期而没有评估结论。请写明。".into());
    }
}

/// A project that is not supported may say zero; one that is supported in some form may not.
fn told_unless_none(row: &mut Row<'_>) {
    if row.get("form").is_some() {
        told_amount(row, "amount", "扶持金额");
    } else if row.is_sound("form") && row.whole("amount").is_some_and(|fen| fen > 0) {
        row.refuse("form", "写了扶持金额而没有扶持方式。请写明。".into());
    }
}

/// Each tag of the closed list once, however its last character was typed.
fn tags(row: &mut Row<'_>) {
    let Some(list) = row.get("tags").map(str::to_owned) else { return };
    let mut read: Vec<&str> = Vec::new();
    for written in list.split(LIST_SEPARATOR) {
        let stem = written.trim_end_matches(['性', '型', '类']);
        let Some(tag) = PROJECT_TAGS.iter().find(|tag| tag.trim_end_matches(['性', '型']) == stem) else {
            let why = format!("“{}”不在项目标签的可选值之内。请填：{}。", short(written), PROJECT_TAGS.join("、"));
            return row.refuse("tags", why);
        };
        if !read.contains(tag) {
            read.push(tag);
        }
    }
    row.set("tags", read.join(LIST_SEPARATOR));
}

/// What looks like the number of a patent is one, in the form of an application number; other rights keep their number.
fn rights(row: &mut Row<'_>) {
    let Some(list) = row.get("rights").map(str::to_owned) else { return };
    let mut read = Vec::new();
    for written in list.split(LIST_SEPARATOR) {
        let digits = written.trim_start_matches("ZL").replace('.', "");
        let is_patent = digits.len() >= PATENT_LENGTH_MIN
            && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'X' | b'x'));
        match written.parse::<ApplicationNumber>() {
            _ if !is_patent => read.push(written.to_owned()),
            Ok(number) => read.push(number.to_string()),
            Err(error) => return row.refuse("rights", error.message),
        }
    }
    row.set("rights", read.join(LIST_SEPARATOR));
}
