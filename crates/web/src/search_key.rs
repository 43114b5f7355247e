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
        Self::of_folded(fold(name))
    }

    fn of_folded(text: String) -> Self {
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

    /// Whether every word is found in the name, its initials or its pinyin.
    pub fn matches(&self, sought: &Sought) -> bool {
        sought.0.iter().all(|word| self.text.contains(&word.text) || word.is_sound_of(self))
    }
}

/// What is searched for: words, all of which must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought(Vec<Word>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// Whether it may be the sound of Chinese letters: digits and Chinese letters stand in the text itself or not at all.
    may_be_sound: bool,
}

impl Word {
    fn is_sound_of(&self, key: &SearchKey) -> bool {
        self.may_be_sound && (key.initials.contains(&self.text) || key.full.contains(&self.text))
    }
}

impl Sought {
    /// The words of a query.
    pub fn of(query: &str) -> Self {
        let word = |text: &str| {
            let text = fold(text);
            let may_be_sound = text.is_ascii() && text.contains(|letter: char| letter.is_ascii_alphabetic());
            Word { text, may_be_sound }
        };
        Self(query.split_whitespace().map(word).collect())
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every word is found in a text, by itself or by sound; the sounds are made only when a word needs them.
    pub fn is_in(&self, text: &str) -> bool {
        let text = fold(text);
        let mut key = None;
        self.0.iter().all(|word| {
            text.contains(&word.text)
                || word.may_be_sound && word.is_sound_of(key.get_or_insert_with(|| SearchKey::of_folded(text.clone())))
        })
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
        let name = "江苏知强（如皋）科技有限公司";
        let key = SearchKey::of(name);
        for query in ["知强", "jszq", "zhiqiang", "ZQ", "(如皋)", "知强 kj", "ＺＱ", ""] {
            assert!(key.matches(&Sought::of(query)) && Sought::of(query).is_in(name), "{query}");
        }
        for query in ["qz", "知强 xyz", "2023", "知q"] {
            assert!(!key.matches(&Sought::of(query)) && !Sought::of(query).is_in(name), "{query}");
        }
    }

    #[test]
    fn names_are_sorted_by_sound() {
        let mut names = ["强", "安", "知", "B", "安安"];
        names.sort_by_cached_key(|name| sort_key(name));
        assert_eq!(names, ["安", "安安", "B", "强", "知"]);
    }
}
