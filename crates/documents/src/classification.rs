//! Classification symbols as offices print them, each with the edition it is of.
//!
//! The canonical form is that of WIPO ST.8 without padding: `H04L 9/32`, also for CPC.
//! Whether a symbol exists in the scheme is not asked: schemes change yearly, and a document keeps what it was given.

use crate::document::{Classification, Scheme};

/// Reads one symbol of the IPC or CPC, in any of the notations that the offices' files use:
/// `A61K   8/04        20060101ALI20221215BHEP`, `H04W8/26(2009.01)I`, `G06F017/60`, `G06F 1516`, `H04L 9/32`.
///
/// None when it is no symbol at least at the level of a subclass.
pub fn symbol(scheme: Scheme, text: &str) -> Option<Classification> {
    let bytes = text.trim_ascii_start().as_bytes();
    let section = bytes.first()?.to_ascii_uppercase();
    let is_symbol = (section.is_ascii_uppercase() && section <= b'H' || scheme == Scheme::Cpc && section == b'Y')
        && bytes.len() >= 4
        && bytes[1].is_ascii_digit()
        && bytes[2].is_ascii_digit()
        && bytes[3].is_ascii_alphabetic();
    if !is_symbol {
        return None;
    }
    let mut symbol = String::with_capacity(16);
    symbol.extend([section, bytes[1], bytes[2], bytes[3].to_ascii_uppercase()].map(char::from));
    let rest = &text.trim_ascii_start()[4..];
    let after = groups(rest, &mut symbol)?;
    let (edition, is_inventive) = edition(after);
    Some(Classification { scheme, symbol, edition, is_inventive })
}

/// Reads a class of the Locarno classification: `01-01 (12)`, `26-05(undefined)`, `LOC(10)Cl. 26-05`.
pub fn locarno(text: &str) -> Option<Classification> {
    let dash = text.find('-')?;
    let digits_before = text[..dash].bytes().rev().take_while(u8::is_ascii_digit).count();
    let after = &text[dash + 1..];
    let digits_after = after.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits_before) || digits_after != 2 {
        return None;
    }
    let class: u8 = text[dash - digits_before..dash].parse().ok()?;
    let edition = text.split('(').nth(1).and_then(|rest| rest.split(')').next()).unwrap_or_default().trim();
    let edition = if edition.bytes().all(|byte| byte.is_ascii_digit()) { edition } else { "" };
    Some(Classification {
        scheme: Scheme::Locarno,
        symbol: format!("{class:02}-{}", &after[..2]),
        edition: edition.to_owned(),
        is_inventive: true,
    })
}

/// Reads a national class of the United States: three characters of class, then the subclass.
pub fn united_states(text: &str) -> Option<Classification> {
    let text = text.trim();
    let (class, subclass) = text.split_once('/').or_else(|| text.split_at_checked(3))?;
    let (class, subclass) = (class.trim(), subclass.trim());
    let symbol = match subclass.split_at_checked(3) {
        // Three digits of subclass, then three of its decimals.
        Some((whole, decimals)) if subclass.len() == 6 && subclass.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
            let dot = if decimals.is_empty() { "" } else { "." };
            format!("{class}/{whole}{dot}{decimals}")
        }
        _ => format!("{class}/{subclass}"),
    };
    let is_sound = symbol.len() <= 24 && symbol.starts_with(|c: char| c.is_ascii_alphanumeric());
    let symbol = symbol.trim_end_matches('/').to_owned();
    is_sound.then_some(Classification { scheme: Scheme::Uspc, symbol, edition: String::new(), is_inventive: true })
}

/// Puts main group and subgroup to a subclass, and returns what follows them; none when the groups are malformed.
fn groups<'a>(rest: &'a str, symbol: &mut String) -> Option<&'a str> {
    let spaced = rest.len() - rest.trim_ascii_start().len();
    let rest = rest.trim_ascii_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        // A subclass alone, with or without an edition.
        return (rest.is_empty() || rest.starts_with('(')).then_some(rest);
    }
    let divider = rest.as_bytes().get(digits);
    if matches!(divider, Some(b'/' | b':')) {
        let main = rest[..digits].trim_start_matches('0');
        let sub = &rest[digits + 1..];
        let length = sub.bytes().take_while(u8::is_ascii_digit).count();
        if main.is_empty() || main.len() > 4 || !(1..=6).contains(&length) {
            return None;
        }
        let sub_digits = &sub[..length];
        symbol.push(' ');
        symbol.push_str(main);
        symbol.push('/');
        symbol.push_str(sub_digits);
        if length == 1 {
            symbol.push('0');
        }
        return Some(&sub[length..]);
    }
    // The American form before 2005 has no stroke: three columns of main group, then the subgroup.
    let columns = 3_usize.saturating_sub(spaced.min(2));
    if digits <= columns {
        symbol.push(' ');
        symbol.push_str(rest[..digits].trim_start_matches('0'));
        symbol.push_str("/00");
        return (digits <= 4).then_some(&rest[digits..]);
    }
    let (main, sub) = rest[..digits].split_at(columns);
    let main = main.trim_start_matches('0');
    if main.is_empty() || sub.len() < 2 || sub.len() > 6 {
        return None;
    }
    symbol.push(' ');
    symbol.push_str(main);
    symbol.push('/');
    symbol.push_str(sub);
    Some(&rest[digits..])
}

/// The edition, and whether the symbol classes the invention; a symbol without marks does.
fn edition(after: &str) -> (String, bool) {
    let after = after.trim_ascii();
    if let Some((edition, marks)) = after.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let edition = edition.trim();
        let is_edition = edition.len() <= 10 && edition.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        return (if is_edition { edition.to_owned() } else { String::new() }, !marks.trim_start().starts_with('N'));
    }
    let bytes = after.as_bytes();
    if bytes.len() >= 8 && bytes[..8].iter().all(u8::is_ascii_digit) {
        // ST.8: version, level, position, value, date of action, status, source, office.
        return (version(&after[..8]), bytes.get(10) != Some(&b'N'));
    }
    (String::new(), true)
}

/// `20060101` as `2006.01`; what is no such date, as nothing.
pub(crate) fn version(date: &str) -> String {
    let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    if is_date { format!("{}.{}", &date[..4], &date[4..6]) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, edition: &str, is_inventive: bool) {
        let found = symbol(Scheme::Ipc, text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (found.symbol.as_str(), found.edition.as_str(), found.is_inventive),
            (expected, edition, is_inventive),
            "{text}"
        );
        assert_eq!(symbol(Scheme::Ipc, &found.symbol).map(|again| again.symbol), Some(found.symbol));
    }

    #[test]
    fn every_notation_gives_one_symbol() {
        check("A61K   8/04        20060101ALI20221215BHEP        ", "A61K 8/04", "2006.01", true);
        check("F02M  41/12        20060101A I20051008RMEP        ", "F02M 41/12", "2006.01", true);
        check("A61K2800/10        20130101ALN20221215BHEP", "A61K 2800/10", "2013.01", false);
        check("H04L   27/26    (2006.01)", "H04L 27/26", "2006.01", true);
        check("H04W8/26(2009.01)I", "H04W 8/26", "2009.01", true);
        check("G06F3/0481(2013.01)N", "G06F 3/0481", "2013.01", false);
        check("G06F017/60", "G06F 17/60", "", true);
        check("G06F 1516", "G06F 15/16", "", true);
        check("G06F  728", "G06F 7/28", "", true);
        check("G01G 1904", "G01G 19/04", "", true);
        check("A21D 13/00", "A21D 13/00", "", true);
        check("H04L 9/32", "H04L 9/32", "", true);
        check("A01M", "A01M", "", true);
    }

    #[test]
    fn what_is_no_symbol_is_none() {
        for text in ["", "A", "01-01 (12)", "Y02E 10/50", "A61K 1/", "A61K x", "发明", "A61"] {
            assert_eq!(symbol(Scheme::Ipc, text), None, "{text}");
        }
        assert_eq!(symbol(Scheme::Cpc, "Y02E 10/50").map(|found| found.symbol).as_deref(), Some("Y02E 10/50"));
    }

    #[test]
    fn designs_and_american_classes_have_forms_of_their_own() {
        let found = locarno("01-01 (12)  ").unwrap();
        assert_eq!((found.symbol.as_str(), found.edition.as_str()), ("01-01", "12"));
        assert_eq!(locarno("26-05(undefined)").unwrap().edition, "");
        assert_eq!(locarno("26"), None);
        assert_eq!(united_states("709228").unwrap().symbol, "709/228");
        assert_eq!(united_states("177 25").unwrap().symbol, "177/25");
        assert_eq!(united_states("426/231").unwrap().symbol, "426/231");
        assert_eq!(united_states("600300000").unwrap().symbol, "600/300");
        assert_eq!(united_states("705/026100").unwrap().symbol, "705/26.1");
    }
}
