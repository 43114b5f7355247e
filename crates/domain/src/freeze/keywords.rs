//! Finding keywords in titles and abstracts, whatever their width, case and spacing.
//!
//! A keyword that begins or ends with a Latin letter or digit is found only as a whole word: LED is not in OLED.

use std::collections::HashMap;

use terms::text::fold_width;

/// All keywords of a table, each once.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    words: Vec<(String, Letters)>,
    numbers: HashMap<String, usize>,
    /// Per keyword, the number of the text in which it was last looked for, and whether it was found.
    answers: Vec<(u64, bool)>,
    texts: u64,
}

/// A folded text in which keywords are looked for, each at most once.
pub(super) struct Text<'k> {
    keywords: &'k mut Keywords,
    title: (String, Letters),
    summary: (String, Letters),
}

/// Which letters a text holds, by a hash of 512 places: a keyword with a letter outside them need not be looked for.
#[derive(Debug, Clone, Copy)]
struct Letters([u64; 8]);

impl Letters {
    fn of(text: &str) -> Self {
        let mut places = [0; 8];
        for letter in text.chars() {
            // Neighbouring code points, which share their high bits, fall into different places.
            let place = u32::from(letter).wrapping_mul(0x9E37_79B1) >> 23;
            places[place as usize / 64] |= 1 << (place % 64);
        }
        Self(places)
    }

    fn hold(&self, word: &Self) -> bool {
        self.0.iter().zip(&word.0).all(|(text, word)| text & word == *word)
    }
}

impl Keywords {
    /// Adds a keyword, and gives its number.
    pub(super) fn add(&mut self, word: &str) -> usize {
        let folded = fold(word);
        let next = self.words.len();
        let number = *self.numbers.entry(folded.clone()).or_insert(next);
        if number == next {
            let letters = Letters::of(&folded);
            self.words.push((folded, letters));
            self.answers.push((0, false));
        }
        number
    }

    /// Takes a title and an abstract to look in.
    pub(super) fn text(&mut self, title: &str, summary: &str) -> Text<'_> {
        self.texts += 1;
        let (title, summary) = (fold(title), fold(summary));
        let letters = (Letters::of(&title), Letters::of(&summary));
        Text { keywords: self, title: (title, letters.0), summary: (summary, letters.1) }
    }
}

impl Text<'_> {
    /// Whether the title or the abstract holds the keyword of this number.
    pub(super) fn holds(&mut self, number: usize) -> bool {
        let (asked_in, answer) = self.keywords.answers[number];
        if asked_in == self.keywords.texts {
            return answer;
        }
        let (word, letters) = &self.keywords.words[number];
        let found = [&self.title, &self.summary].iter().any(|(text, held)| held.hold(letters) && is_in(word, text));
        self.keywords.answers[number] = (self.keywords.texts, found);
        found
    }
}

fn is_in(word: &str, text: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    let joins = |outer: Option<char>, inner: Option<char>| outer.is_some_and(is_latin) && inner.is_some_and(is_latin);
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !joins(before, word.chars().next()) && !joins(after, word.chars().next_back())
    })
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
}

/// Widths and case folded; a space is kept, once, only between two Latin letters or digits.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut spaced = false;
    for letter in fold_width(text).chars() {
        if letter == ' ' {
            spaced = true;
            continue;
        }
        if spaced && is_latin(letter) && folded.ends_with(is_latin) {
            folded.push(' ');
        }
        spaced = false;
        // Han has no case, and is nearly all of the text.
        if matches!(letter, '\u{4E00}'..='\u{9FFF}') {
            folded.push(letter)
        } else {
            folded.extend(letter.to_lowercase())
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(word: &str, title: &str, summary: &str, expected: bool) {
        let mut keywords = Keywords::default();
        let number = keywords.add(word);
        assert_eq!(keywords.text(title, summary).holds(number), expected, "{word} in {title} / {summary}");
    }

    #[test]
    fn a_keyword_is_found_in_title_or_abstract_whatever_its_width_and_case() {
        check("光伏", "一种光伏组件", "", true);
        check("光伏", "一种组件", "用于光 伏发电", true);
        check("ＬＥＤ灯", "一种led灯", "", true);
        check("5G", "基于５ｇ通信的装置", "", true);
        check("deep learning", "Deep  Learning 方法", "", true);
        check("光伏", "一种组件", "用于发电", false);
        check("光伏", "一种光", "伏特计", false);
        check("", "一种光伏组件", "", false);
    }

    #[test]
    fn latin_keywords_are_whole_words() {
        check("LED", "一种OLED屏", "", false);
        check("LED", "OLED与LED屏", "", true);
        check("AI", "MAIN control", "", false);
        check("AI", "基于AI的方法", "", true);
        check("5G", "15g砝码", "", false);
    }

    proptest! {
        #[test]
        fn han_keywords_are_found_wherever_they_stand(text in "[光伏风电叶片]{0,30}", word in "[光伏风电叶片]{1,3}") {
            check(&word, &text, "", text.contains(&word));
        }
    }

    #[test]
    fn each_text_is_asked_anew() {
        let mut keywords = Keywords::default();
        let (sun, wind) = (keywords.add("光伏"), keywords.add("风电"));
        assert_eq!(keywords.add("光 伏"), sun);
        assert!(keywords.text("光伏板", "").holds(sun));
        let mut text = keywords.text("风电叶片", "");
        assert!(!text.holds(sun) && text.holds(wind) && text.holds(wind));
    }
}
