//! What sort of body a name is: university or institute, enterprise, or person.

/// The Chinese words with which universities, colleges and research institutes are named.
pub const ACADEMIC: [&str; 7] = ["大学", "学院", "学校", "研究院", "研究所", "科学院", "研究中心"];

/// Whether a name is that of a university, a college or a research institute (高等院校、科研院所).
///
/// By the words with which such bodies are named; a company that a university owns is a company.
pub fn is_academic(name: &str) -> bool {
    const ENGLISH: [&str; 4] = ["UNIV", "INSTITUTE OF", "INST ", "ACAD"];
    let upper = name.to_uppercase();
    !is_company(name) && ACADEMIC.iter().chain(&ENGLISH).any(|word| upper.contains(word))
}

/// Whether a body is one of learning, as far as its name tells; none for a name that tells neither that nor a company.
pub fn tells_academic(name: &str) -> Option<bool> {
    match (is_academic(name), is_company(name)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Whether a name is that of a company.
pub fn is_company(name: &str) -> bool {
    const WORDS: [&str; 9] = ["公司", "集团", "企业", "厂", "合作社", "有限合伙", "株式会社", "银行", "店"];
    const ENGLISH: [&str; 11] =
        ["CO", "LTD", "INC", "CORP", "LLC", "GMBH", "AG", "CORPORATION", "COMPANY", "LIMITED", "KK"];
    let is_word = |word: &str| ENGLISH.contains(&word.trim_matches(|c: char| !c.is_alphanumeric()));
    WORDS.iter().any(|word| name.contains(word)) || name.to_uppercase().split_whitespace().any(is_word)
}

/// The Chinese word for what sort of body a name is.
pub fn sort_of(name: &str) -> &'static str {
    match tells_academic(name) {
        Some(true) => "院校院所",
        Some(false) => "企业",
        None => "个人或其他",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_sort_of_body_they_are() {
        for (name, sort) in [
            ("南通大学", "院校院所"),
            ("中国科学院上海硅酸盐研究所", "院校院所"),
            ("江苏省农业科学院", "院校院所"),
            ("南通大学资产经营有限公司", "企业"),
            ("海安县机械厂", "企业"),
            ("TSINGHUA UNIVERSITY", "院校院所"),
            ("Toyota Motor Corp.", "企业"),
            ("INCOME TAX BOARD", "个人或其他"),
            ("王小明", "个人或其他"),
        ] {
            assert_eq!(sort_of(name), sort, "{name}");
            let is_academic = [("院校院所", true), ("企业", false)].iter().find(|known| known.0 == sort);
            assert_eq!(tells_academic(name), is_academic.map(|known| known.1), "{name}");
        }
    }
}
