//! Classification symbols and what stands above them, as far as the symbol itself shows.

use terms::text::fold_code;

/// A symbol without spaces and everything above it: section, class, subclass, main group, the symbol itself.
///
/// None where it is no symbol of IPC or CPC. The dot levels between main group and subgroup are not in the symbol.
pub(crate) fn levels(symbol: &str) -> Option<Vec<String>> {
    let folded = fold_code(symbol);
    let bytes = folded.as_bytes();
    let is_section = matches!(bytes.first()?, b'A'..=b'H' | b'Y');
    let class_digits = bytes.iter().skip(1).take(2).filter(|byte| byte.is_ascii_digit()).count();
    let mut levels = vec![folded.get(..1)?.to_owned()];
    if !is_section {
        return None;
    }
    match bytes.len() {
        1 => return Some(levels),
        2 => return None,
        _ if class_digits != 2 => return None,
        _ => levels.push(folded[..3].to_owned()),
    }
    if bytes.len() == 3 {
        return Some(levels);
    }
    if !bytes[3].is_ascii_uppercase() {
        return None;
    }
    levels.push(folded[..4].to_owned());
    let rest = &folded[4..];
    if rest.is_empty() {
        return Some(levels);
    }
    let (group, subgroup) = rest.split_once('/').unwrap_or((rest, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if group.is_empty() || group.len() > 4 || !digits(group) || !digits(subgroup) || subgroup.len() > 6 {
        return None;
    }
    levels.push(format!("{}{}", &folded[..4], group.trim_start_matches('0')));
    if !subgroup.is_empty() {
        levels.push(format!("{}{}/{subgroup}", &folded[..4], group.trim_start_matches('0')));
    }
    Some(levels)
}

/// The term that stands for a symbol and what is below it: of a main group `9/00`, the group.
pub(crate) fn at_or_below(symbol: &str) -> String {
    let mut levels = levels(symbol).unwrap_or_default();
    if levels.last().is_some_and(|symbol| symbol.ends_with("/00")) {
        levels.pop();
    }
    levels.pop().unwrap_or_else(|| fold_code(symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_shows_what_stands_above_it() {
        let check = |symbol: &str, expected: &str| assert_eq!(levels(symbol).unwrap_or_default().join(" "), expected);
        check("H04L 9/32", "H H04 H04L H04L9 H04L9/32");
        check("h04l0009/32", "H H04 H04L H04L9 H04L9/32");
        check("H04", "H H04");
        check("Y02E60/10", "Y Y02 Y02E Y02E60 Y02E60/10");
        check("06-01", "");
        check("H0", "");
        check("H04L9/x", "");
    }

    #[test]
    fn a_main_group_means_everything_in_it_and_a_subgroup_itself() {
        assert_eq!(at_or_below("H04L9/00"), "H04L9");
        assert_eq!(at_or_below("H04L 9/32"), "H04L9/32");
        assert_eq!(at_or_below("H04L"), "H04L");
    }
}
