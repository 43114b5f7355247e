//! The meaning of words as it is learnt: what says the same in other words is near, nothing is lost when files are, and words alone
//! rank as before.

use std::fs;

use documents::{Document, Text};

use super::corpus_of;
use crate::{Corpus, Manifest, Nearness, Page, Query, Writer, generate, place_by_meaning};

fn document(number: u32, title: &str) -> Document {
    let key = format!("CN20181000{number:05}");
    Document {
        office: "CN".into(),
        application_number: key.clone(),
        key,
        titles: vec![Text { language: "zh".into(), text: title.into() }],
        ..Document::default()
    }
}

/// Two topics; in the first, half say 电芯 and half 蓄电池 of what stands beside 极耳, 电解液 and 隔膜.
fn topics() -> Vec<Document> {
    let mut all = Vec::new();
    for at in 0..12 {
        let (one, other) = (["极耳", "电解液", "隔膜"][at % 3], ["极耳", "电解液", "隔膜"][(at + 1) % 3]);
        all.push(format!("电芯 {one} {other}"));
        all.push(format!("蓄电池 {one} {other}"));
        all.push(format!("轨枕 钢筋 {}", ["道床", "扣件", "混凝土"][at % 3]));
    }
    all.iter().zip(1..).map(|(title, number)| document(number, title)).collect()
}

fn keys(corpus: &Corpus, query: &Query, by: Nearness) -> Vec<String> {
    let page = Page { limit: 100, ..Page::default() };
    corpus.near(query, by, &page).unwrap().hits.into_iter().map(|hit| hit.document.key).collect()
}

#[test]
fn what_says_the_same_in_other_words_is_near_once_it_was_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let mut documents = topics();
    documents.push(document(900, "蓄电池 蓄电池"));
    let corpus = corpus_of(folder.path(), documents, 10);
    let asked = corpus.like_text("电芯 极耳").unwrap();
    for by in [Nearness::Meaning, Nearness::Both] {
        assert_eq!(keys(&corpus, &asked, by), keys(&corpus, &asked, Nearness::Words), "nothing is learnt yet");
    }
    let learnt = corpus.learn(&mut |_, _| true).unwrap().unwrap();
    assert_eq!((learnt.documents, corpus.learnt().unwrap()), (37, Some(learnt.clone())));
    assert!(!keys(&corpus, &asked, Nearness::Words).contains(&"CN2018100000900".to_owned()), "it shares no word");
    let (near, both) = (keys(&corpus, &asked, Nearness::Meaning), keys(&corpus, &asked, Nearness::Both));
    let place = |list: &[String], key: &str| list.iter().position(|one| one == key);
    let other_words = place(&near, "CN2018100000900").expect("near by meaning");
    let trains: Vec<usize> =
        (1..=36).step_by(3).filter_map(|at| place(&near, &format!("CN20181000{:05}", at + 2))).collect();
    assert!(trains.iter().all(|train| *train > other_words), "{near:?}");
    assert!(place(&both, "CN2018100000900").is_some() && both.len() >= near.len());
    let again = corpus.learn(&mut |_, _| true).unwrap().unwrap();
    assert_eq!(again, learnt, "the same documents teach the same");
    assert!(corpus.forget().unwrap() && !corpus.forget().unwrap());
    assert_eq!(keys(&corpus, &asked, Nearness::Both), keys(&corpus, &asked, Nearness::Words));
}

#[test]
fn a_list_is_paged_by_document_and_by_family_as_it_is_ranked() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(5, 400), 150);
    corpus.learn(&mut |_, _| true).unwrap();
    let question = corpus.like_document(&generate::document(5, 7).key).unwrap();
    for by in [Nearness::Words, Nearness::Meaning, Nearness::Both] {
        let whole = keys(&corpus, &question, by);
        assert!(whole.len() > 20, "{by:?}: {}", whole.len());
        let page = Page { offset: 10, limit: 10, ..Page::default() };
        let hits = corpus.near(&question, by, &page).unwrap();
        let paged: Vec<String> = hits.hits.iter().map(|hit| hit.document.key.clone()).collect();
        assert_eq!(paged, whole[10..20], "{by:?}");
        let families = corpus.near(&question, by, &Page { limit: 1_000, by_family: true, ..Page::default() }).unwrap();
        let members: u64 = families.hits.iter().filter_map(|hit| hit.family_documents).sum();
        assert_eq!(families.families, Some(families.hits.len() as u64), "{by:?}");
        assert_eq!(members, families.documents, "{by:?}");
    }
    let narrowed = question.and(Query::parse("AD>=2015").unwrap());
    let within = keys(&corpus, &narrowed, Nearness::Meaning);
    let allowed = Query::parse("AD>=2015").unwrap();
    let all: Vec<String> = corpus
        .search(&allowed, &Page { limit: 1_000, ..Page::default() })
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.document.key)
        .collect();
    assert!(!within.is_empty() && within.iter().all(|key| all.contains(key)), "what narrows it holds");
}

#[test]
fn what_comes_later_is_placed_and_what_is_lost_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), topics(), 10);
    place_by_meaning(folder.path()).unwrap();
    assert!(!folder.path().join("meaning").exists(), "nothing is learnt unasked");
    corpus.learn(&mut |_, _| true).unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.add(document(901, "蓄电池 电解液")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    place_by_meaning(folder.path()).unwrap();
    let later = Corpus::open(folder.path()).unwrap();
    let asked = later.like_text("电芯 电解液").unwrap();
    let before = keys(&later, &asked, Nearness::Meaning);
    assert!(before.contains(&"CN2018100000901".to_owned()));
    let meaning = folder.path().join("meaning");
    let of_kind = |ending: &str| -> Vec<std::path::PathBuf> {
        let all = fs::read_dir(&meaning).unwrap().map(|item| item.unwrap().path());
        all.filter(|path| path.to_string_lossy().ends_with(ending)).collect()
    };
    let vectors = of_kind(".vectors");
    assert_eq!(vectors.len(), later.manifest().splits.len());
    fs::remove_file(&vectors[0]).unwrap();
    fs::write(&vectors[1], b"cut short").unwrap();
    let opened = Corpus::open(folder.path()).unwrap();
    assert_eq!(keys(&opened, &asked, Nearness::Meaning), before);
    // A backup takes the model along; vectors follow from it.
    let kept = Manifest::files(folder.path()).unwrap();
    assert!(kept.iter().any(|file| file == "meaning/CURRENT.json"), "{kept:?}");
    let model = of_kind(".parquet").remove(0);
    let mut bytes = fs::read(&model).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&model, bytes).unwrap();
    let damaged = Corpus::open(folder.path()).unwrap().near(&asked, Nearness::Meaning, &Page::default());
    assert!(damaged.unwrap_err().to_string().contains("校验和不符"));
}

#[test]
fn learning_that_is_stopped_leaves_what_was_learnt_before() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), topics(), 10);
    let mut steps = 0;
    let stopped = corpus.learn(&mut |done, all| {
        steps = all;
        done < 5
    });
    assert_eq!((stopped.unwrap(), corpus.learnt().unwrap()), (None, None));
    let learnt = corpus.learn(&mut |_, _| true).unwrap();
    for last in 0..steps {
        assert_eq!(corpus.learn(&mut |done, _| done < last).unwrap(), None, "at step {last}");
        assert_eq!(corpus.learnt().unwrap(), learnt);
    }
}
