//! Queries that would cost too much: refused with the reason and the place, or answered in bounded time.

use std::time::{Duration, Instant};

use documents::{Document, Text};

use super::corpus_of;
use crate::{Error, Page, Query, generate};

/// Generous, because tests run unoptimised on busy machines; without the limits these queries do not end.
const BOUND: Duration = Duration::from_secs(120);

fn text(text: String) -> Document {
    Document {
        key: "CN1".into(),
        office: "CN".into(),
        abstracts: vec![Text { language: "zh".into(), text }],
        ..Document::default()
    }
}

#[test]
fn a_wildcard_that_stands_for_too_many_words_is_refused_at_its_place() {
    let letter = |at: u32| char::from(b'a' + u8::try_from(at % 26).unwrap());
    let words: Vec<String> =
        (0..1_500).map(|at| format!("zz{}{}{}", letter(at / 676), letter(at / 26), letter(at))).collect();
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), [text(words.join(" "))], 10);
    for (query, at) in [("AB=zz*", 3), ("电池 OR AB=(石墨 /5n zz*)", 10)] {
        let error = corpus.count(&Query::parse(query).unwrap()).unwrap_err();
        let Error::Query(error) = error else { panic!("{error}") };
        assert_eq!(error.at, at, "{query}: {error}");
        assert!(error.message.contains("zz*") && error.message.contains("多写几个字符"), "{error}");
    }
    assert_eq!(corpus.count(&Query::parse("AB=zzab*").unwrap()).unwrap(), 1);
}

#[test]
fn the_largest_query_that_is_allowed_ends_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(4, 500), 250);
    let begun = Instant::now();
    let many = |term: &str, operator: &str| vec![term; crate::query::TERMS_MAX].join(operator);
    let deep = format!("{}控制{}", "(检测 OR ".repeat(45), ")".repeat(45));
    for text in [many("TI=电?", " OR "), many("ele*", " "), many("\"其特征在于\"", " OR "), deep] {
        let query = Query::parse(&text).unwrap();
        corpus.search(&query, &Page::default()).unwrap();
    }
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
}

#[test]
fn proximity_in_a_text_of_one_character_ends_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), [text("电".repeat(50_000))], 10);
    let begun = Instant::now();
    let query = Query::parse("AB=(电电 /200n 电 /200n 电电电 /200n 电)").unwrap();
    assert_eq!(corpus.count(&query).unwrap(), 1);
    assert_eq!(corpus.count(&Query::parse("AB=(电 /200n 池)").unwrap()).unwrap(), 0);
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
}
