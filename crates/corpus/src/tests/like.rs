//! Documents like one: what is asked for, what is found first, and that the question can be sent as text.

use documents::{Document, Text};
use proptest::prelude::*;

use super::corpus_of;
use crate::{Corpus, Page, Query, Value, generate};

fn document(number: u32, title: &str, summary: &str) -> Document {
    let text = |text: &str| vec![Text { language: "zh".into(), text: text.into() }];
    let key = format!("CN20181000{number:05}");
    Document {
        office: "CN".into(),
        application_number: key.clone(),
        key,
        titles: text(title),
        abstracts: text(summary),
        ..Document::default()
    }
}

fn small(folder: &std::path::Path) -> Corpus {
    let battery = "公开了一种锂离子电池，正极和负极之间设有隔膜，隔膜涂有陶瓷，隔膜的陶瓷提高安全。";
    let tie = "公开了一种轨枕，内部设有钢筋架，钢筋架焊接固定。";
    let documents = [
        document(1, "一种锂离子电池隔膜", battery),
        document(2, "一种陶瓷涂覆的电池隔膜", "公开了一种隔膜，涂有陶瓷，用于锂离子电池。"),
        document(3, "一种钢筋混凝土轨枕", tie),
        document(4, "一种电池组的箱体", "公开了一种箱体，设有安全阀。"),
        document(5, "锂离子电池隔膜的制备方法", "公开了一种方法，陶瓷浆料涂于隔膜。"),
        document(6, "一种锂离子电池隔膜装置", "公开了一种装置。"),
    ];
    corpus_of(folder, documents, 4)
}

fn first(corpus: &Corpus, query: &Query) -> Vec<String> {
    corpus.search(query, &Page::default()).unwrap().hits.into_iter().map(|hit| hit.document.key).collect()
}

fn words(query: &Query) -> Vec<(String, u8)> {
    match query {
        Query::Or(parts) => parts.iter().flat_map(words).collect(),
        Query::And(parts) => words(&parts[0]),
        Query::Term(term) => match &term.value {
            Value::Words(text) => vec![(text.clone(), term.weight)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[test]
fn the_likest_come_first_and_the_document_itself_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = small(folder.path());
    let found = first(&corpus, &corpus.like_document("CN2018100000001").unwrap());
    assert_eq!(found[0], "CN2018100000002", "{found:?}");
    assert!(!found.contains(&"CN2018100000001".to_owned()), "{found:?}");
    let found = first(&corpus, &corpus.like_text("轨枕内的钢筋").unwrap());
    assert_eq!(found[0], "CN2018100000003", "{found:?}");
}

#[test]
fn every_word_of_a_short_text_counts_and_tells_a_method_from_a_device() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = small(folder.path());
    for (title, nearest) in [("电池隔膜的方法", "CN2018100000005"), ("一种电池隔膜装置", "CN2018100000006")]
    {
        let found = first(&corpus, &corpus.like_text(title).unwrap());
        assert_eq!(found[0], nearest, "{title}: {found:?}");
    }
    // Single letters and common words too; what no document has is not asked for.
    let asked = words(&corpus.like_text("一种隔膜的火箭").unwrap());
    assert!(asked.contains(&("的".into(), 2)) && asked.contains(&("一种".into(), 2)), "{asked:?}");
    assert!(!asked.iter().any(|(word, _)| word.contains("火箭")), "{asked:?}");
}

#[test]
fn a_word_that_returns_counts_more_and_one_of_the_title_most() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = small(folder.path());
    let asked = words(&corpus.like_document("CN2018100000001").unwrap());
    let weight = |word: &str| asked.iter().find(|(asked, _)| asked == word).map(|(_, weight)| *weight);
    // Twice what is counted: three for the title, and what the abstract adds.
    assert_eq!((weight("隔膜"), weight("陶瓷"), weight("正极")), (Some(6), Some(4), Some(2)), "{asked:?}");
}

#[test]
fn a_text_without_words_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = small(folder.path());
    for text in ["", "。，！", "2018 100", "火箭"] {
        let query = corpus.like_text(text).unwrap();
        assert_eq!(corpus.count(&query).unwrap(), 0, "{text}");
        assert_eq!(corpus.count(&Query::parse(&query.to_string()).unwrap()).unwrap(), 0, "{text}: {query}");
    }
}

#[test]
fn a_long_text_asks_for_so_many_words_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(5, 400), 200);
    let text: String = (0..400)
        .flat_map(|ordinal| generate::document(5, ordinal).claims)
        .fold(String::new(), |all, claim| all + &claim.text + "\n");
    let asked = words(&corpus.like_text(&text).unwrap());
    assert!((32..=64).contains(&asked.len()), "{}", asked.len());
    assert!(asked.iter().any(|(_, weight)| *weight > 6), "{asked:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_asked_can_be_sent_as_text(text in "([a-zA-Z0-9^*\"(电池隔膜的)]{0,8}( and | OR | not |，|/5n | )){0,20}", at in 1_u32..7) {
        let folder = tempfile::tempdir().unwrap();
        let noise = [document(7, &text, &text), document(8, "and or not 电池 OR", "NEAR/5")];
        let corpus = corpus_of(folder.path(), noise, 4);
        for query in [corpus.like_text(&text).unwrap(), corpus.like_document(&format!("CN20181000{:05}", 7 + at % 2)).unwrap()] {
            let printed = query.to_string();
            let read = Query::parse(&printed);
            prop_assert!(read.is_ok(), "{printed}: {read:?}");
            prop_assert_eq!(read.unwrap().to_string(), printed.clone());
            let both = [&query, &Query::parse(&printed).unwrap()].map(|query| first(&corpus, query));
            prop_assert_eq!(&both[0], &both[1], "{}", printed);
        }
    }
}

#[test]
fn a_question_of_likeness_is_known_as_one_and_tells_its_most_telling_words_first() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = small(folder.path());
    let query = corpus.like_document("CN2018100000001").unwrap();
    let sent = Query::parse(&query.to_string()).unwrap();
    assert!(sent.likeness().is_some_and(|words| words > 3), "also when it was sent as text: {sent}");
    let narrowed = sent.clone().and(Query::parse("AD>=2015").unwrap());
    assert_eq!(narrowed.likeness(), sent.likeness());
    let telling = words(&sent.telling(2));
    assert_eq!(telling.len(), 2);
    assert!(!telling.iter().any(|(word, _)| word == "一种" || word == "公开"), "{telling:?}");
    for other in ["电池", "电池 OR 隔膜", "电池^3 OR 隔膜", "TI=(电池^2 OR 隔膜^2)"] {
        assert_eq!(Query::parse(other).unwrap().likeness(), None, "{other}");
    }
}
