//! How people and exports write a value: blanks, artefacts, marks for nothing.

use terms::text;

/// The text of a cell as meant: `="0123"` is the text 0123, any other formula is no value.
pub(super) fn literal(cell: &str) -> Result<String, String> {
    let trimmed = cell.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    match trimmed.strip_prefix('=') {
        None => Ok(trimmed.to_owned()),
        Some(formula) => match formula.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) if !inner.contains('"') => Ok(inner.trim().to_owned()),
            _ => Err(format!("单元格“{}”是公式，不是值。请在原文件中把公式转为数值后重新导入。", super::short(cell))),
        },
    }
}

/// Marks by which exports say that there is nothing.
pub(super) fn is_blank_mark(text: &str) -> bool {
    matches!(
        text,
        "-" | "--" | "—" | "——" | "/" | "\\" | "无" | "NULL" | "null" | "None" | "NaN" | "nan" | "N/A" | "#N/A"
    )
}

/// Text on one line: control characters, invisible ones and runs of blanks become one blank.
///
/// The separator of lists is made full-width, so that a text never looks like a list.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !plain.is_empty() && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            '|' => plain.push('｜'),
            c => plain.push(c),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// A name as it is kept: artefacts of exports dropped, brackets full-width and blanks dropped in a Chinese one.
pub(crate) fn name(text: &str) -> String {
    let folded = text::fold_width(&text.replace("??", " "));
    let trimmed = folded.trim_matches(|c: char| c.is_whitespace() || matches!(c, '?' | ';' | ',' | '|'));
    if !trimmed.chars().any(is_han) {
        return plain(trimmed);
    }
    let mut name = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        match c {
            '(' | ')' => {
                name.truncate(name.trim_end_matches(' ').len());
                name.push(if c == '(' { '（' } else { '）' });
            }
            '•' | '・' | '‧' | '∙' | '●' | '･' | '⋅' => name.push('·'),
            '|' => name.push('｜'),
            // A blank between Latin words means something, one beside a Chinese character does not.
            ' ' => {
                if name.ends_with(|last: char| last.is_ascii_alphanumeric()) {
                    name.push(' ');
                }
            }
            c => {
                if is_han(c) && name.ends_with(' ') {
                    name.pop();
                }
                name.push(c);
            }
        }
    }
    name
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{2FA1F}')
}

/// Whether a spreadsheet has turned a number into scientific notation, so that digits are lost for good.
pub(crate) fn is_digits_lost(text: &str) -> bool {
    let folded = text::fold_code(text);
    let Some((mantissa, exponent)) = folded.split_once('E') else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or("");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(exponent) && digits(&mantissa.replacen('.', "", 1))
}

/// A Locarno class 洛迦诺分类 such as `01-01`, from `01-01 (12)` or `LOC(12)Cl.01-01`.
pub(super) fn locarno(part: &str) -> Option<String> {
    let folded = text::fold_code(part);
    let bare = folded.rsplit_once("CL.").map_or(folded.as_str(), |(_, class)| class);
    let class = bare.split('(').next()?;
    let (main, sub) = class.split_once('-')?;
    let two = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    (two(main) && two(sub)).then(|| class.to_owned())
}
