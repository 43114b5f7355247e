//! Search audits against sets of keys.

use std::collections::BTreeSet;

use corpus::{Query, generate};
use documents::{Citation, Document};
use navigation::audit::{Role, audit};

use crate::{WORLD, corpus_of};

fn keys(text: &str) -> BTreeSet<String> {
    WORLD.corpus.keys(&Query::parse(text).unwrap()).unwrap().into_iter().collect()
}

#[test]
fn what_a_clause_adds_and_keeps_out_are_sets_of_documents() {
    let text = "(传感器模块 OR IC=H01M OR IC=H01L) AND AD>=2012 AND NOT PC=US";
    let found = audit(&WORLD.corpus, &Query::parse(text).unwrap()).unwrap();
    let all = keys(text);
    assert_eq!(found.documents, all.len() as u64);
    let clause = |search: &str| found.clauses.iter().find(|clause| clause.search == search).unwrap();
    let class = clause("IC=H01M");
    let without = keys("(传感器模块 OR IC=H01L) AND AD>=2012 AND NOT PC=US");
    assert_eq!(class.role, Role::Alternative);
    assert_eq!(class.adds, all.difference(&without).count() as u64);
    assert_eq!(class.keeps_out, 0, "an alternative keeps nothing out");
    assert_eq!(class.alone, keys("IC=H01M").len() as u64);
    assert_eq!(keys(&class.adds_search), all.difference(&without).cloned().collect());
    let exclusion = clause("NOT PC=\"US\"");
    let with = keys("(传感器模块 OR IC=H01M OR IC=H01L) AND AD>=2012");
    assert_eq!(exclusion.role, Role::Exclusion);
    assert_eq!(exclusion.adds, 0);
    assert_eq!(exclusion.keeps_out, with.difference(&all).count() as u64);
    assert!(exclusion.keeps_out > 0);
    assert_eq!(keys(&exclusion.keeps_out_search), with.difference(&all).cloned().collect());
}

#[test]
fn samples_are_fixed_and_lie_where_they_say() {
    let query = Query::parse("IC=H01M AND AD>=2012").unwrap();
    let found = audit(&WORLD.corpus, &query).unwrap();
    assert_eq!(found, audit(&WORLD.corpus, &query).unwrap());
    let inside = keys("IC=H01M AND AD>=2012");
    assert_eq!(found.inside.sample.len(), 50);
    assert!(found.inside.sample.iter().all(|key| inside.contains(key)));
    assert!(!found.outside.sample.is_empty());
    assert!(found.outside.sample.iter().all(|key| !inside.contains(key)));
    let cited = found.cited.unwrap();
    assert!(cited.of > 0 && cited.low <= 1000 * cited.having / cited.of && cited.high <= 1000);
    assert!(found.related.is_some());
}

#[test]
fn a_search_of_one_clause_or_without_hits_is_audited_too() {
    for text in ["IC=H01M", "*", "TI=没有这样的词语啊"] {
        let found = audit(&WORLD.corpus, &Query::parse(text).unwrap()).unwrap();
        assert!(found.clauses.is_empty());
        assert!(Query::parse(&found.outside.search).is_ok(), "{}", found.outside.search);
    }
}

#[test]
fn what_documents_cite_in_whatever_writing_bars_no_audit() {
    let cite = |number: &str| Citation {
        number: number.into(),
        literature: String::new(),
        category: String::new(),
        phase: String::new(),
    };
    let odd = ["D1", "US }", "对比文件", "=", "CN101945314B"];
    let documents: Vec<Document> =
        generate::documents(5, 300).map(|document| Document { citations: odd.map(cite).into(), ..document }).collect();
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &documents, 300);
    let found = audit(&corpus, &Query::parse("IC=H01M OR IC=G06F").unwrap()).unwrap();
    assert!(found.documents > 0 && found.cited.is_none(), "nothing of that is there: {:?}", found.cited);
}
