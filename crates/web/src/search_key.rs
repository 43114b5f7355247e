//! Finding and ordering Chinese names by their pinyin (拼音).

use pinyin::ToPinyin;

/// What a name can be found by: itself, its initials, and its full pinyin, all in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchKey {
    text: String,
    initials: String,
    full: String,
}

impl SearchKey {
    /// The key of a name.
    pub fn of(name: &str) -> Self {
        let text = fold(name);
        let (mut initials, mut full) = (String::new(), String::new());
        for letter in text.chars() {
            match letter.to_pinyin() {
                Some(sound) => {
                    initials.push_str(sound.first_letter());
                    full.push_str(sound.plain());
                }
                None => {
                    initials.push(letter);
                    full.push(letter);
                }
            }
        }
        Self { text, initials, full }
    }

    /// Whether every word of a query is found in the name, its initials or its pinyin.
    pub fn matches(&self, query: &str) -> bool {
        query
            .split_whitespace()
            .map(fold)
            .all(|word| self.text.contains(&word) || self.initials.contains(&word) || self.full.contains(&word))
    }
}

/// The key by which a name is sorted: pinyin first, the name itself to tell equal sounds apart.
pub fn sort_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() * 3);
    for letter in name.chars() {
        match letter.to_pinyin() {
            Some(sound) => key.push_str(sound.plain()),
            None => key.extend(letter.to_lowercase()),
        }
        key.push(' ');
    }
    // Below every letter, so that a name comes before the longer ones that begin with it.
    key.push('\0');
    key.push_str(name);
    key
}

/// Lower case, half width, without spaces.
fn fold(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
            other => other,
        })
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_itself_its_initials_and_its_pinyin() {
        let key = SearchKey::of("江苏知强（如皋）科技有限公司");
        for query in ["知强", "jszq", "zhiqiang", "ZQ", "(如皋)", "知强 kj", "ＺＱ", ""] {
            assert!(key.matches(query), "{query}");
        }
        for query in ["qz", "知强 xyz"] {
            assert!(!key.matches(query), "{query}");
        }
    }

    #[test]
    fn names_are_sorted_by_sound() {
        let mut names = ["强", "安", "知", "B", "安安"];
        names.sort_by_cached_key(|name| sort_key(name));
        assert_eq!(names, ["安", "安安", "B", "强", "知"]);
    }
}
