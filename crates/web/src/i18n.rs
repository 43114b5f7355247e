//! The words of the pages in Chinese and English, from the Fluent files in `i18n/`.
//!
//! `zh.ftl` and `en.ftl` hold the words of the shell; `pages/zh.ftl` and `pages/en.ftl` those of the domain's pages,
//! `accounts/zh.ftl` and `accounts/en.ftl` those of the ways to an account.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// 中文, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Lang {
    /// The key in the cookie, and the value of the page's `lang`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Chinese, Self::English].into_iter().find(|lang| lang.key() == key)
    }

    /// The other language, which the switch offers.
    pub const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }
}

const CHINESE: [&str; 3] =
    [include_str!("../i18n/zh.ftl"), include_str!("../i18n/pages/zh.ftl"), include_str!("../i18n/accounts/zh.ftl")];
const ENGLISH: [&str; 3] =
    [include_str!("../i18n/en.ftl"), include_str!("../i18n/pages/en.ftl"), include_str!("../i18n/accounts/en.ftl")];

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [bundle(Lang::Chinese, CHINESE), bundle(Lang::English, ENGLISH)]);

fn bundle(lang: Lang, texts: [&str; 3]) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = lang.key().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    for text in texts {
        // A file with a mistake keeps what could be read; a test refuses such a file.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// The word for a key in a language; a key that is missing is logged and shown as nothing, never as itself.
pub fn word(lang: Lang, key: &str, values: &[(&str, String)]) -> String {
    let index = if lang == Lang::Chinese { 0 } else { 1 };
    let bundle = &BUNDLES[index];
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, lang = lang.key(), "a word is missing");
        return String::new();
    };
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        arguments.set(*name, value.as_str());
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(key, lang = lang.key(), ?errors, "a word could not be filled in");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn keys(texts: [&str; 3]) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for text in texts {
            assert!(FluentResource::try_new(text.to_owned()).is_ok(), "the file is not well formed");
            for line in text.lines() {
                if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| !key.starts_with([' ', '#', '-'])) {
                    assert!(keys.insert(key.to_owned()), "{key} is defined twice");
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_hold_the_same_words() {
        let (chinese, english) = (keys(CHINESE), keys(ENGLISH));
        assert_eq!(chinese.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "only in Chinese");
        assert_eq!(english.difference(&chinese).collect::<Vec<_>>(), Vec::<&String>::new(), "only in English");
    }

    #[test]
    fn every_word_that_a_page_asks_for_exists() {
        let known = keys(CHINESE);
        let mut asked = Vec::new();
        for folder in ["src", "templates"] {
            read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut asked);
        }
        assert!(asked.len() > 50, "the search for words found only {}", asked.len());
        let missing: Vec<_> = asked.iter().filter(|(_, key)| !known.contains(key)).collect();
        assert!(missing.is_empty(), "words asked for but not written: {missing:?}");
    }

    fn read(dir: &Path, asked: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, asked);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for call in [".t(\"", ".t1(\"", ".tn(\""] {
                for rest in text.split(call).skip(1) {
                    let key = rest.split('"').next().unwrap_or_default();
                    asked.push((path.display().to_string(), key.to_owned()));
                }
            }
        }
    }
}
