//! The one error of this crate: a Chinese sentence for the person who wrote the cell.
//!
//! Every caller does the same with it, which is to show it beside the cell; so it has no variants.

/// A value that cannot be read, as a Chinese sentence saying what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The sentence, ready to be shown.
    pub message: String,
}

impl Error {
    /// An error with this sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// The value between quotation marks, cut short so that a hostile cell cannot fill the page.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN_CHARS: usize = 40;
    let text = text.trim();
    let mut shown: String = text.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    format!("“{shown}”")
}

/// The error for a cell with nothing in it.
pub(crate) fn empty(what: &str) -> Error {
    Error::new(format!("{what}为空。请补填。"))
}

/// The error for a number that a spreadsheet has turned into scientific notation, or `None` if it is not one.
///
/// `2.0121E+12` keeps five of thirteen digits: the others are gone and nothing can bring them back.
pub(crate) fn digits_lost(what: &str, folded: &str) -> Option<Error> {
    let (mantissa, exponent) = folded.split_once(['E', 'e'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa_is_number = match mantissa.split_once('.') {
        Some((whole, part)) => is_number(whole) && (part.is_empty() || is_number(part)),
        None => is_number(mantissa),
    };
    (mantissa_is_number && is_number(exponent)).then(|| {
        Error::new(format!(
            "{what}{}已被电子表格改成科学计数法，后面的数字已经丢失，无法还原。请从原始文件重新取数，并把该列设为“文本”格式后再导入。",
            quoted(folded)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_notation_is_told_from_other_text() {
        for text in ["2.0121E+12", "2.02E+12", "2E+12", "2.02e12", "2.E+12"] {
            let error = digits_lost("申请号", text).unwrap();
            assert!(error.message.contains("丢失"), "{text}");
        }
        for text in ["201310699744", "E01B3/32", "2013E", "12E+", "", "E+12", "1.2.3E+5"] {
            assert_eq!(digits_lost("申请号", text), None, "{text}");
        }
    }

    #[test]
    fn a_long_value_is_cut_in_the_message() {
        assert_eq!(quoted(&"长".repeat(5000)).chars().count(), 43);
        assert_eq!(quoted(" a\nb "), "“a b”");
    }
}
