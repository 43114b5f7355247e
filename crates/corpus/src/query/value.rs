//! What a word means in a field: a term, a symbol, a number, days, a code; and the refusal of what it cannot mean.

use jiff::{ToSpan, civil::Date};
use terms::{Office, PatentKind, text::fold_code};

use super::{Field, NUMBERS_MAX, Span, Value, fields::Sort};
use crate::{
    QueryError, numbers, state,
    tokenizer::{self, Characters},
};

/// An unquoted word.
pub(super) fn word(field: Field, word: &str, span: Span) -> Result<Value, QueryError> {
    match field.sort() {
        Sort::Text | Sort::Name if word.contains(['*', '?', '＊', '？']) => wildcard(word, span),
        Sort::Text | Sort::Name => {
            has_terms(word, span)?;
            Ok(Value::Words(word.to_owned()))
        }
        Sort::Number if word.contains(['*', '＊']) => number_prefix(word, span),
        _ => quoted(field, word, span),
    }
}

/// A quoted text, and every value of a field where quotes change nothing.
pub(super) fn quoted(field: Field, text: &str, span: Span) -> Result<Value, QueryError> {
    match field.sort() {
        Sort::Text | Sort::Name => {
            has_terms(text, span)?;
            Ok(Value::Phrase(text.to_owned()))
        }
        Sort::Class => Ok(Value::Words(symbol(field, text, span)?)),
        Sort::Number => Ok(Value::Numbers(vec![number(text, span)?])),
        Sort::Day => {
            let (first, last) = period(text, span)?;
            Ok(Value::Days(Some(first), Some(last)))
        }
        Sort::Code => Ok(Value::Whole(code(field, text, span)?)),
        Sort::Arrival => Err(only_later(span)),
    }
}

/// A number of an arrival, of which the later ones are meant.
pub(super) fn later_than(number: &str, span: Span) -> Result<Value, QueryError> {
    let number: u64 = number.parse().map_err(|_| only_later(span))?;
    Ok(Value::Whole(number.to_string()))
}

fn only_later(span: Span) -> QueryError {
    span.error("收录批次只能写成“晚于第几批”，例如 RB>12")
}

/// What stands after `==`.
pub(super) fn whole(field: Field, text: &str, span: Span) -> Result<Value, QueryError> {
    match field.sort() {
        Sort::Name if field != Field::Address && !text.trim().is_empty() => Ok(Value::Whole(text.trim().to_owned())),
        Sort::Class => Ok(Value::Whole(symbol(field, text, span)?)),
        Sort::Code => quoted(field, text, span),
        _ => Err(span.error(format!("字段{}不能用 ==；请用 =，逐字匹配请加引号", field.zh()))),
    }
}

/// Days before or after one.
pub(super) fn compared_days(field: Field, sign: &str, day: &str, at: Span, span: Span) -> Result<Value, QueryError> {
    only_days(field, at)?;
    let (first, last) = period(day, span)?;
    let far = || span.error("日期太远；请核对年份");
    Ok(match sign {
        ">=" => Value::Days(Some(first), None),
        ">" => Value::Days(Some(last.checked_add(1.day()).map_err(|_| far())?), None),
        "<=" => Value::Days(None, Some(last)),
        _ => Value::Days(None, Some(first.checked_sub(1.day()).map_err(|_| far())?)),
    })
}

/// `[A TO B]`, where either may be `*`; `TO` may be left out or written 至.
pub(super) fn range(field: Field, words: &[(String, Span)], open: Span) -> Result<Value, QueryError> {
    only_days(field, open)?;
    let ends: Vec<&(String, Span)> =
        words.iter().filter(|(word, _)| !matches!(word.to_uppercase().as_str(), "TO" | "至" | "到")).collect();
    let [from, to] = ends.as_slice() else {
        return Err(open.error("区间要写两个日期，例如 [2018-01-01 TO 2020-12-31]；一头不限可写 *"));
    };
    let end = |(word, span): &(String, Span)| match word.as_str() {
        "*" => Ok(None),
        word => period(word, *span).map(Some),
    };
    let (first, last) = (end(from)?.map(|days| days.0), end(to)?.map(|days| days.1));
    match (first, last) {
        (None, None) => Err(open.error("区间两头都是 *，等于没有条件；请写一个日期")),
        (Some(first), Some(last)) if first > last => Err(open.error("区间的开始晚于结束；请对调")),
        days => Ok(Value::Days(days.0, days.1)),
    }
}

/// The numbers of a list, each in its folded form.
pub(super) fn list(field: Field, words: &[String], open: Span) -> Result<Value, QueryError> {
    if field.sort() != Sort::Number {
        return Err(open.error("花括号里的号码单只能用于号码字段 NO"));
    }
    if words.is_empty() {
        return Err(open.error("号码单是空的"));
    }
    if words.len() > NUMBERS_MAX {
        return Err(open.error(format!("号码单有 {} 个号码，最多 {NUMBERS_MAX} 个；请分批", words.len())));
    }
    let mut numbers = words.iter().map(|word| number(word, open)).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(Value::Numbers(numbers))
}

fn only_days(field: Field, span: Span) -> Result<(), QueryError> {
    if field.sort() == Sort::Day {
        return Ok(());
    }
    Err(span.error(format!("字段{}不是日期，不能比大小或写区间；可用 AD、PD、GD", field.zh())))
}

fn has_terms(text: &str, span: Span) -> Result<(), QueryError> {
    if tokenizer::tokens(Characters, text).is_empty() {
        return Err(span.error(format!("“{}”里没有可检索的字词", shortened(text))));
    }
    Ok(())
}

/// A word with wildcards: at least two letters or digits, or one Chinese character, before the first of them.
fn wildcard(word: &str, span: Span) -> Result<Value, QueryError> {
    let word: String = word.chars().map(|c| if matches!(c, '＊' | '？') { tokenizer::fold(c) } else { c }).collect();
    let start = word.find(['*', '?']).unwrap_or(word.len());
    let before = tokenizer::tokens(Characters, &word[..start]);
    let Some(last) = before.last() else {
        return Err(span.error(format!("通配符不能开头：“{}”；请先写至少两个字母或一个汉字", shortened(&word))));
    };
    let is_ideograph = tokenizer::is_ideograph(&last.text);
    if !is_ideograph && last.text.chars().count() < 2 {
        return Err(span.error(format!("通配符前至少要有两个字母或数字：“{}”", shortened(&word))));
    }
    if is_ideograph && word[start..].trim_end_matches('*').contains('*') {
        return Err(span.error("中文里 * 只能写在末尾；中间缺一个字请用 ?，缺几个字请用 词1 /5w 词2"));
    }
    Ok(match word.trim_end_matches('*') {
        plain if is_ideograph && !plain.contains('?') => Value::Phrase(plain.to_owned()),
        shorter if is_ideograph => Value::Wildcard(shorter.to_owned()),
        _ => Value::Wildcard(word),
    })
}

fn number_prefix(word: &str, span: Span) -> Result<Value, QueryError> {
    let prefix = numbers::fold(word.trim_end_matches(['*', '＊']));
    if prefix.contains(['*', '?', '＊']) || prefix.chars().count() < 4 {
        return Err(span.error("号码的通配符只能写在末尾，前面至少四位，例如 CN1028*"));
    }
    Ok(Value::Wildcard(format!("{prefix}*")))
}

fn number(text: &str, span: Span) -> Result<String, QueryError> {
    let folded = numbers::fold(text);
    if folded.len() < 4 || !folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(span.error(format!("“{}”不像专利号；请写公开号或申请号，例如 CN102889890B", shortened(text))));
    }
    Ok(folded)
}

fn symbol(field: Field, text: &str, span: Span) -> Result<String, QueryError> {
    let folded = fold_code(text);
    let symbol = folded.trim_end_matches('*');
    let is_symbol = match field {
        Field::Locarno => symbol.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && !symbol.is_empty(),
        _ => crate::classes::levels(symbol).is_some(),
    };
    if is_symbol {
        return Ok(symbol.to_owned());
    }
    let example = if field == Field::Locarno { "06-01" } else { "H04L、H04L9/32" };
    Err(span.error(format!("“{}”不是{}；请写成 {example} 这样的形式", shortened(text), field.zh())))
}

fn code(field: Field, text: &str, span: Span) -> Result<String, QueryError> {
    let refused = |error: terms::Error| span.error(error.to_string());
    match field {
        Field::Office => match text {
            "中国" | "国内" => Ok("CN".to_owned()),
            _ => Ok(text.parse::<Office>().map_err(refused)?.code().to_owned()),
        },
        Field::Kind => Ok(text.parse::<PatentKind>().map_err(refused)?.zh().to_owned()),
        Field::State => match state::named(text) {
            Some(state) => Ok(state::zh(state).to_owned()),
            None => {
                let all = state::ALL.map(state::zh).join("、");
                Err(span.error(format!("没有“{}”这种法律状态；可用：{all}", shortened(text))))
            }
        },
        _ if text.trim().is_empty() => Err(span.error(format!("{}是空的", field.zh()))),
        Field::Province => match crate::row::place(text.trim()).0 {
            Some(province) => Ok(province),
            None => Err(span.error(format!("没有“{}”这个省份；请写江苏、北京这样的名称", shortened(text)))),
        },
        _ => Ok(text.trim().to_owned()),
    }
}

/// The first and last day of a year, a month or a day.
fn period(text: &str, span: Span) -> Result<(Date, Date), QueryError> {
    if let Ok(day) = terms::dates::parse_date(text) {
        return Ok((day, day));
    }
    let folded = fold_code(text);
    let parts: Vec<&str> = folded.split(['-', '.', '/', '年', '月']).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<i16>().ok();
    let days = match parts.as_slice() {
        [year] if year.len() == 4 => {
            number(year).and_then(|year| Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)))
        }
        [year_month] if year_month.len() == 6 && year_month.bytes().all(|byte| byte.is_ascii_digit()) => {
            return period(&format!("{}-{}", &year_month[..4], &year_month[4..]), span);
        }
        [year, month] if year.len() == 4 => number(year).zip(number(month)).and_then(|(year, month)| {
            let first = Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
            Some((first, first.last_of_month()))
        }),
        _ => None,
    };
    days.ok_or_else(|| span.error(format!("“{}”不是日期；请写成 2018、2018-05 或 2018-05-01", shortened(text))))
}

fn shortened(text: &str) -> String {
    const LENGTH_MAX: usize = 20;
    match text.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_name_that_is_read_back() {
        for state in state::ALL {
            assert_eq!(state::named(state::zh(state)), Some(state));
        }
        assert_eq!(state::named("有效"), Some(documents::LegalState::InForce));
    }
}
