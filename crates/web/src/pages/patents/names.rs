//! Names of natural persons among patentees: shown whole to those alone whom the policies let see them (《个人信息保护法》).

use domain::accounts::Permission;

use crate::frame::Frame;

/// Endings that make a short name an institution's and no person's.
const INSTITUTIONS: [&str; 12] =
    ["大学", "学院", "学校", "中学", "小学", "医院", "公司", "集团", "研究所", "研究院", "中心", "工厂"];

/// Whether a patentee is taken for a natural person: not tied to an enterprise, and of two to four Han characters.
pub(crate) fn is_person(name: &str, is_tied: bool) -> bool {
    let length = name.chars().count();
    let is_han = name.chars().all(
        |letter| matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' | '·'),
    );
    !is_tied && (2..=4).contains(&length) && is_han && !INSTITUTIONS.iter().any(|ending| name.ends_with(ending))
}

/// A person's name with all but its first character covered: `王**`.
pub(crate) fn covered(name: &str) -> String {
    name.chars().next().map_or_else(String::new, |first| format!("{first}**"))
}

/// Whether this visitor sees the names of natural persons.
pub(crate) fn may_see(frame: &Frame) -> bool {
    frame.may(Permission::SeePersons)
}

/// A patentee as this visitor may see it.
pub(crate) fn shown(frame: &Frame, name: &str, is_tied: bool) -> String {
    if is_person(name, is_tied) && !may_see(frame) { covered(name) } else { name.to_owned() }
}

/// Several patentees divided by `|`, as this visitor may see them; the first may be tied.
pub(crate) fn all_shown(frame: &Frame, names: &str, first_is_tied: bool) -> String {
    let one = |(at, name): (usize, &str)| shown(frame, name, at == 0 && first_is_tied);
    names.split('|').filter(|name| !name.is_empty()).enumerate().map(one).collect::<Vec<_>>().join("；")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_told_from_enterprises_and_institutions() {
        for (name, is_tied, expected) in [
            ("王敏", false, true),
            ("欧阳文山", false, true),
            ("王敏", true, false),
            ("演示市新材料有限公司", false, false),
            ("苏州大学", false, false),
            ("JOHN", false, false),
            ("王", false, false),
        ] {
            assert_eq!(is_person(name, is_tied), expected, "{name}");
        }
    }

    #[test]
    fn a_covered_name_keeps_its_first_character() {
        assert_eq!(covered("王敏"), "王**");
        assert_eq!(covered("欧阳文山"), "欧**");
    }
}
