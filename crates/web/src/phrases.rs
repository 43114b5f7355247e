//! English for what the rest of the program says in Chinese: the policy's names, the reasons of its rules, the words of the
//! registers, refusals. `i18n/phrases.txt` holds it.
//!
//! A run keeps the Chinese of its rules, so the text itself is the key: words that were changed since are shown as they
//! were said, never under a translation of something else.

use std::{collections::HashMap, sync::LazyLock};

const TEXT: &str = include_str!("../i18n/phrases.txt");
/// How deep a phrase may hold phrases; hostile text goes no further.
const DEPTH_MAX: usize = 6;
/// Where one sentence or item ends.
const ENDS: [(char, &str); 3] = [('。', ". "), ('；', "; "), ('、', ", ")];

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(TEXT));

/// A sentence with places for other words.
struct Pattern {
    /// What stands between the places: before the first, between them, after the last.
    between: Vec<&'static str>,
    /// The names of the places.
    names: Vec<&'static str>,
    english: &'static str,
}

struct Phrases {
    whole: HashMap<&'static str, &'static str>,
    patterns: Vec<Pattern>,
}

/// The text in English; nothing when it is not known.
pub(crate) fn english(text: &str) -> Option<String> {
    let mut english = PHRASES.translate(text.trim(), 0)?;
    if let Some(first) = english.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Some(english)
}

/// Whether a text holds Chinese characters.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'))
}

impl Phrases {
    fn read(text: &'static str) -> Self {
        let mut phrases = Self { whole: HashMap::new(), patterns: Vec::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((chinese, english)) = line.split_once(" = ") else { continue };
            match Pattern::read(chinese, english) {
                Some(pattern) => phrases.patterns.push(pattern),
                None => _ = phrases.whole.insert(chinese, english),
            }
        }
        phrases
    }

    fn translate(&self, text: &str, depth: usize) -> Option<String> {
        if depth > DEPTH_MAX {
            return None;
        }
        if let Some(english) = self.whole.get(text) {
            return Some((*english).to_owned());
        }
        if !is_chinese(text) {
            return None;
        }
        let by_pattern = |wordless: bool| {
            let mut patterns = self.patterns.iter().filter(|pattern| pattern.is_wordless() == wordless);
            let (pattern, parts) = patterns.find_map(|pattern| Some((pattern, pattern.parts(text)?)))?;
            Some(pattern.fill(parts, |part| self.translate(part, depth + 1)))
        };
        let piecewise = || ENDS.iter().find_map(|(end, joint)| self.piecewise(text, *end, joint, depth));
        // What only brackets hold together is the last to be tried.
        by_pattern(false).or_else(piecewise).or_else(|| by_pattern(true))
    }

    /// Sentence by sentence; one that is not known stands as it is, but not all of them.
    fn piecewise(&self, text: &str, end: char, joint: &str, depth: usize) -> Option<String> {
        let pieces: Vec<&str> = text.split(end).filter(|piece| !piece.is_empty()).collect();
        if pieces.len() < 2 && !text.ends_with(end) {
            return None;
        }
        let known: Vec<Option<String>> = pieces.iter().map(|piece| self.translate(piece, depth + 1)).collect();
        known.iter().any(Option::is_some).then(|| {
            let words = pieces.iter().zip(known).map(|(piece, known)| known.unwrap_or_else(|| (*piece).to_owned()));
            let text = words.collect::<Vec<_>>().join(joint);
            if end == '。' { format!("{text}.") } else { text }
        })
    }
}

impl Pattern {
    fn read(chinese: &'static str, english: &'static str) -> Option<Self> {
        let mut pattern = Self { between: Vec::new(), names: Vec::new(), english };
        let mut rest = chinese;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}')?;
            pattern.between.push(before);
            pattern.names.push(name);
            rest = behind;
        }
        pattern.between.push(rest);
        (!pattern.names.is_empty()).then_some(pattern)
    }

    /// Whether nothing but marks stands between its places.
    fn is_wordless(&self) -> bool {
        !self.between.iter().any(|words| is_chinese(words))
    }

    /// What stands in the places of this text, each as short as may be; nothing when the text is of another form.
    fn parts<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, others) = self.between.split_first()?;
        let mut rest = text.strip_prefix(first)?;
        let mut parts = Vec::with_capacity(self.names.len());
        for (at, next) in others.iter().enumerate() {
            let is_last = at + 1 == others.len();
            let end = if is_last { rest.strip_suffix(next)?.len() } else { rest.find(next)? };
            if end == 0 && !is_last {
                return None;
            }
            parts.push(&rest[..end]);
            rest = &rest[end + next.len()..];
        }
        Some(parts)
    }

    fn fill(&self, parts: Vec<&str>, translate: impl Fn(&str) -> Option<String>) -> String {
        let mut english = self.english.to_owned();
        for (name, part) in self.names.iter().zip(parts) {
            let words = translate(part).unwrap_or_else(|| part.to_owned());
            english = english.replace(&format!("{{{name}}}"), &words);
        }
        english
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(chinese: &str, expected: &str) {
        assert_eq!(english(chinese).as_deref(), Some(expected), "{chinese}");
    }

    #[test]
    fn names_and_sentences_are_known() {
        check("创新之星", "Innovation Star");
        check("有效发明专利总量超过 20 件", "More than 20 invention patents in force");
        check("大", "Large");
        assert_eq!(english("南通某某有限公司"), None);
        assert_eq!(english("plain"), None);
        assert_eq!(english(""), None);
    }

    #[test]
    fn a_reason_is_told_part_by_part() {
        check(
            "专利登记簿从未报送；无法计算：缺少分母（地区生产总值）",
            "The register “patents” was never delivered; Not computable: the denominator is missing (GDP)",
        );
        check(
            "申请号“2013106997441”的校验位应为 2，现为 1，有一位或几位写错。请对照受理通知书或专利证书核对。",
            "The check character of Application number “2013106997441” should be 2 and is 1: a digit is wrong. \
             Check it against the filing receipt or the patent certificate.",
        );
        check(
            "与已收录的 CN101000001（list.csv 第 2 行）号码相同而内容矛盾：申请日为“2009-01-01”，已有的为“2006-01-01”；名称为“发动机”，已有的为“电池”。没有收录，已有的不变；请核对号码",
            "The number is that of CN101000001 (list.csv, row 2), taken in before, and the content contradicts it: Filed on is “2009-01-01”, so far “2006-01-01”; Name is “发动机”, so far “电池”. It was not taken in, what was there is unchanged; check the number",
        );
        check("未达到目标：28.09（至少），要求 >= 30", "Target not met: 28.09 (at least), required >= 30");
    }

    #[test]
    fn what_the_policy_says_to_a_reader_has_its_english() {
        let policy = domain::runs::policy().unwrap();
        let indicators =
            policy.indicators.iter().flat_map(|one| [&one.name, &one.numerator, &one.denominator, &one.reason]);
        let awards = policy.awards.iter().flat_map(|one| {
            let levels = one.levels.iter().map(|level| &level.name);
            [&one.name, &one.reason, &one.promised].into_iter().chain(levels).chain(one.facts.values())
        });
        let parameters = policy.parameters.iter().map(|one| &one.meaning);
        let without: Vec<&String> = indicators
            .chain(awards)
            .chain(parameters)
            .filter(|text| is_chinese(text) && english(text).is_none_or(|english| is_chinese(&english)))
            .collect();
        assert!(without.is_empty(), "no English in i18n/phrases.txt for {without:?}");
    }

    #[test]
    fn registers_and_their_columns_have_their_english() {
        let registers = registry::registers().iter();
        let words = registers.flat_map(|one| one.columns.iter().flat_map(|c| [c.heading, c.hint]).chain([one.name_zh]));
        let without: Vec<&str> = words.filter(|text| is_chinese(text) && english(text).is_none()).collect();
        assert!(without.is_empty(), "no English in i18n/phrases.txt for {without:?}");
    }

    #[test]
    fn fields_and_states_of_the_corpus_have_their_english() {
        let words = corpus::Field::all().map(corpus::Field::zh).chain(corpus::STATES.map(corpus::state_name));
        let without: Vec<&str> = words.filter(|text| english(text).is_none_or(|text| is_chinese(&text))).collect();
        assert!(without.is_empty(), "no English in i18n/phrases.txt for {without:?}");
        for query in [
            "(",
            "XX=1",
            "AD>=x",
            "ST=x",
            "IC=99",
            "NO={}",
            "a /5n",
            "a^0",
            "PA=a^2",
            "^2",
            "(a)^2",
            "*a",
            "\"a",
            "AD=[2020 TO 2018]",
        ] {
            let error = corpus::Query::parse(query).unwrap_err().to_string();
            let said = english(&error).unwrap_or_default();
            assert!(said.starts_with("At character"), "{query}: {error}: {said}");
        }
    }

    #[test]
    fn the_questions_of_navigation_and_how_they_are_counted_have_their_english() {
        let questions = navigation::Template::ALL.into_iter().flat_map(navigation::Template::questions);
        let texts = questions.flat_map(|one| [one.text, one.method]).map(|text| text.replace("主体", "Haian"));
        let without: Vec<String> =
            texts.filter(|text| english(text).is_none_or(|english| is_chinese(&english))).collect();
        assert!(without.is_empty(), "no English in i18n/phrases.txt for {without:?}");
    }

    #[test]
    fn no_phrase_stands_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (chinese, english) = line.split_once(" = ").expect("中文 = English");
            assert!(!chinese.is_ascii() && seen.insert(chinese), "{line}");
            for place in chinese.split('{').skip(1) {
                let name = place.split('}').next().unwrap();
                assert!(english.contains(&format!("{{{name}}}")), "{line}");
            }
        }
    }
}
