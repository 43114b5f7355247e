//! Splits, manifests and changes over time.

use std::fs;

use documents::{Document, LegalState};

use super::corpus_of;
use crate::{Budget, Corpus, Dimension, Error, Page, Query, Taken, Writer, generate};

fn titled(key: &str, title: &str) -> Document {
    Document {
        key: key.into(),
        office: "CN".into(),
        titles: vec![documents::Text { language: "zh".into(), text: title.into() }],
        ..Document::default()
    }
}

fn count(corpus: &Corpus, query: &str) -> u64 {
    corpus.count(&Query::parse(query).unwrap()).unwrap()
}

#[test]
fn a_corpus_that_is_not_there_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Corpus::open(folder.path()), Err(Error::Absent(_))));
}

#[test]
fn documents_are_found_read_and_paged_over_splits() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(5, 250), 100);
    assert_eq!(corpus.manifest().splits.len(), 3);
    assert_eq!(count(&corpus, ""), 250);
    let query = Query::parse("方法").unwrap_or(Query::All);
    for order in [crate::Order::Relevance, crate::Order::FiledLatest, crate::Order::FiledEarliest] {
        let page = |offset, limit| Page { offset, limit, order, by_family: false };
        let all = corpus.search(&query, &page(0, 1_000)).unwrap();
        assert_eq!(all.hits.len() as u64, all.documents);
        let mut paged = Vec::new();
        for offset in (0..all.hits.len()).step_by(7) {
            paged.extend(corpus.search(&query, &page(offset, 7)).unwrap().hits.into_iter().map(|hit| hit.document));
        }
        let whole: Vec<Document> = all.hits.into_iter().map(|hit| hit.document).collect();
        assert_eq!(paged, whole, "{order:?}");
    }
    let expected = generate::document(5, 123);
    assert_eq!(corpus.document(&expected.key).unwrap(), expected);
    assert_eq!(corpus.find(&expected.publications[0].number).unwrap(), [expected]);
    assert!(matches!(corpus.document("CN0"), Err(Error::NotFound(_))));
}

#[test]
fn taking_the_same_in_twice_changes_nothing_and_a_later_version_takes_the_place() {
    let folder = tempfile::tempdir().unwrap();
    corpus_of(folder.path(), [titled("CN1", "石墨烯电池"), titled("CN2", "机器人")], 10);
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.add(titled("CN1", "石墨烯电池")).unwrap();
    writer.add(titled("CN2", "机器人手臂")).unwrap();
    writer.add(titled("CN3", "无人机")).unwrap();
    assert_eq!(writer.commit().unwrap(), Taken { new: 1, changed: 1, unchanged: 1, contrary: 0 });
    let corpus = Corpus::open(folder.path()).unwrap();
    assert_eq!(corpus.manifest().documents(), 3);
    assert_eq!((count(&corpus, ""), count(&corpus, "机器人"), count(&corpus, "TI=\"手臂\"")), (3, 1, 1));
    assert_eq!(corpus.facet(&Query::All, Dimension::Office, 9).unwrap().documents, 3);
    let before = corpus.manifest().number;
    writer.add(titled("CN3", "无人机")).unwrap();
    writer.commit().unwrap();
    assert_eq!(corpus.latest().unwrap().manifest().number, before, "nothing new, no new snapshot");
}

#[test]
fn sources_of_one_application_are_one_document_in_whatever_order_they_come() {
    let publication = |number: &str, kind_code: &str| documents::Publication {
        number: format!("{number}{kind_code}"),
        kind_code: kind_code.to_owned(),
        published_on: None,
        is_grant: Some(kind_code == "B"),
    };
    let told = |application: &str, publications: &[(&str, &str)], title: &str, format: &str| {
        let mut document = titled("", title);
        document.application_number = application.to_owned();
        document.publications = publications.iter().map(|(number, kind)| publication(number, kind)).collect();
        document.sources =
            vec![documents::Source { file: format!("{format}.csv"), place: "1".into(), format: format.into() }];
        document.settle();
        document
    };
    // A list that knows only the first publication, one that knows only the grant, and the text that knows both are one;
    // another application stays apart.
    let all = [
        told("", &[("CN102889890", "A")], "石墨烯电池", "google"),
        told("", &[("CN103999999", "B")], "石墨烯电池组", "lens"),
        told("CN201210000001", &[("CN102889890", "A"), ("CN103999999", "B")], "一种石墨烯电池", "cnipa-xml"),
        told("CN201210000002", &[("CN102889891", "A")], "机器人", "lens"),
    ];
    for order in [[0, 1, 2, 3], [2, 3, 1, 0], [3, 1, 0, 2], [1, 2, 0, 3], [0, 2, 1, 3], [2, 0, 3, 1]] {
        for documents in [1, 2, 3, 10] {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = Writer::with_budget(folder.path(), Budget { documents, bytes: usize::MAX }).unwrap();
            order.iter().for_each(|&at| writer.add(all[at].clone()).unwrap());
            let taken = writer.commit().unwrap();
            assert_eq!(taken.new + taken.changed + taken.unchanged, 4, "{order:?} {documents}: {taken:?}");
            let corpus = Corpus::open(folder.path()).unwrap();
            assert_eq!(count(&corpus, ""), 2, "{order:?} {documents}");
            for number in ["CN102889890A", "CN103999999B", "CN201210000001"] {
                let [found] = &corpus.find(number).unwrap()[..] else { panic!("{number} {order:?} {documents}") };
                assert_eq!(found.titles[0].text, "一种石墨烯电池");
                assert_eq!((found.publications.len(), found.sources.len()), (2, 3), "{order:?} {documents}");
            }
            // What was kept of either under the key that it had then is the one document now.
            let keys: Vec<String> = all.iter().map(|document| document.key.clone()).collect();
            let kept: Vec<String> = corpus.documents(&keys).unwrap().into_iter().map(|one| one.unwrap().key).collect();
            assert!(kept[0] == kept[1] && kept[0] == kept[2] && kept[0] != kept[3], "{order:?} {documents}: {kept:?}");
            // What is told again is known, though it names the document otherwise.
            drop((corpus, writer));
            let mut writer = Writer::open(folder.path()).unwrap();
            writer.add(all[1].clone()).unwrap();
            assert_eq!(writer.commit().unwrap(), Taken { unchanged: 1, ..Taken::default() });
        }
    }
}

#[test]
fn a_document_is_found_by_the_key_that_it_had_before_it_was_joined() {
    let publication = documents::Publication {
        number: "JP4123456B2".into(),
        kind_code: "B2".into(),
        published_on: None,
        is_grant: Some(true),
    };
    let told = |application: &str, publications: Vec<documents::Publication>| {
        let mut document = Document { application_number: application.into(), publications, ..titled("", "Widget") };
        document.office = "JP".into();
        document.settle();
        document
    };
    let by_publication = told("", vec![publication.clone()]);
    let by_application = told("JP2005123456", Vec::new());
    let both = told("JP2005123456", vec![publication]);
    // A kind letter is part of such a key, and no notation in which anybody writes the number.
    assert_eq!(by_publication.key, "JP4123456B");
    let folder = tempfile::tempdir().unwrap();
    for document in [&by_application, &by_publication, &both] {
        corpus_of(folder.path(), [document.clone()], 10);
    }
    let corpus = Corpus::open(folder.path()).unwrap();
    assert_eq!(corpus.manifest().documents(), 1);
    for key in [&by_publication.key, &by_application.key] {
        assert_eq!(corpus.find(key).unwrap().len(), 1, "{key}");
        assert!(corpus.documents(std::slice::from_ref(key)).unwrap()[0].is_some(), "{key}");
    }
}

#[test]
fn only_one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::open(folder.path()).unwrap();
    assert!(matches!(Writer::open(folder.path()), Err(Error::Locked(_))));
    drop(writer);
    assert!(Writer::open(folder.path()).is_ok());
}

#[test]
fn a_killed_writer_leaves_the_last_snapshot_and_goes_on_from_its_mark() {
    let folder = tempfile::tempdir().unwrap();
    let budget = Budget { documents: 40, bytes: usize::MAX };
    let mut writer = Writer::with_budget(folder.path(), budget).unwrap();
    for ordinal in 0..100 {
        writer.add(generate::document(1, ordinal)).unwrap();
        writer.mark("a.xml", ordinal + 1);
    }
    // Killed: what is not in a split is lost, half a split and half a manifest lie about.
    std::mem::forget(writer);
    let splits = folder.path().join("splits");
    fs::create_dir(splits.join("00000003.partial")).unwrap();
    fs::create_dir(splits.join("00000003")).unwrap();
    fs::write(splits.join("00000003/documents.parquet"), "half").unwrap();
    fs::write(folder.path().join("manifest-3.json"), "{").unwrap();
    fs::write(folder.path().join("CURRENT.next"), "manifest-3").unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    assert_eq!((corpus.manifest().documents(), count(&corpus, "")), (80, 80));
    let copy = tempfile::tempdir().unwrap();
    copy_folder(folder.path(), copy.path());
    let mut writer = Writer::with_budget(copy.path(), budget).unwrap();
    let done = writer.progress("a.xml");
    assert!((79..=80).contains(&done), "{done}");
    for ordinal in done..100 {
        writer.add(generate::document(1, ordinal)).unwrap();
        writer.mark("a.xml", ordinal + 1);
    }
    writer.commit().unwrap();
    let corpus = Corpus::open(copy.path()).unwrap();
    assert_eq!((corpus.manifest().documents(), writer.progress("a.xml")), (100, 100));
    assert_eq!(corpus.document(&generate::document(1, 99).key).unwrap(), generate::document(1, 99));
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    for item in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(item.file_name());
        if item.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_folder(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}

#[test]
fn a_damaged_or_older_index_is_built_again_and_a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(2, 60), 100);
    let expected = count(&corpus, "CL=特征");
    assert!(expected > 0);
    drop(corpus);
    let split = folder.path().join("splits/00000001");
    fs::remove_file(split.join("index/meta.json")).unwrap();
    assert_eq!(count(&Corpus::open(folder.path()).unwrap(), "CL=特征"), expected);
    let meta = fs::read_to_string(split.join("meta.json")).unwrap();
    fs::write(split.join("meta.json"), meta.replace("jieba", "other")).unwrap();
    assert_eq!(count(&Corpus::open(folder.path()).unwrap(), "CL=特征"), expected);
    assert_eq!(fs::read_to_string(split.join("meta.json")).unwrap(), meta);
    fs::write(split.join("documents.parquet"), "not Parquet").unwrap();
    let error = Corpus::open(folder.path()).err().unwrap().to_string();
    assert!(error.contains("专利库"), "{error}");
}

#[test]
fn later_states_and_owners_are_searched_counted_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = titled("CN1", "电池");
    first.state = LegalState::Pending;
    first.owners = vec![documents::Party { name: "甲科技公司".into(), ..documents::Party::default() }];
    corpus_of(folder.path(), [first, titled("CN2", "电池")], 10);
    let mut writer = Writer::open(folder.path()).unwrap();
    assert!(writer.set_state("CN1", LegalState::InForce).unwrap());
    assert!(writer.set_owners("CN2", vec!["乙实业公司".into(), "丙公司".into()]).unwrap());
    assert!(!writer.set_state("CN9", LegalState::Ended).unwrap());
    writer.commit().unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    for (query, expected) in [
        ("ST=审中", 0),
        ("ST=有效", 1),
        ("ST=未知", 1),
        ("OW=甲科技", 1),
        ("OW=乙实业", 1),
        ("OW==丙公司", 1),
        ("OW=(乙 /3n 公司)", 1),
        ("NOT ST=有效", 1),
        ("电池 NOT OW=丙公司", 1),
        ("OW=公司 AND ST=有效", 1),
    ] {
        assert_eq!(count(&corpus, query), expected, "{query}");
    }
    for dimension in [Dimension::State, Dimension::Owner] {
        let (by_index, facet) = corpus.facet_by_each(&Query::All, dimension, 10).unwrap();
        assert_eq!(by_index.unwrap(), facet);
        assert_eq!(facet.documents, 2);
    }
    assert_eq!(corpus.document("CN1").unwrap().state, LegalState::InForce);
    assert_eq!(corpus.document("CN2").unwrap().owners.len(), 2);
}

#[test]
fn a_document_that_contradicts_another_of_its_number_is_set_aside_whether_it_comes_at_once_or_later() {
    let folder = tempfile::tempdir().unwrap();
    let document = |title: &str, applicant: &str, day: i8| documents::Document {
        application_number: "CN2010102984204".into(),
        office: "CN".into(),
        filed_on: Some(jiff::civil::date(2010, 10, day)),
        applicants: vec![documents::Party { name: applicant.into(), ..documents::Party::default() }],
        sources: vec![documents::Source { format: "chinese-list".into(), file: "dup.csv".into(), place: title.into() }],
        ..titled("CN201010298420", title)
    };
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.add(document("耳机", "甲公司", 2)).unwrap();
    writer.add(document("发动机", "乙公司", 4)).unwrap();
    assert_eq!(writer.commit().unwrap(), Taken { new: 1, contrary: 1, ..Taken::default() });
    let told = writer.take_contrary();
    assert_eq!((told[0].file.as_str(), told[0].place.as_str()), ("dup.csv", "发动机"));
    for words in ["申请日为“2010-10-04”，已有的为“2010-10-02”", "（dup.csv 耳机）", "名称为“发动机”"]
    {
        assert!(told[0].reason.contains(words), "{words}: {}", told[0].reason);
    }
    writer.add(document("轮胎", "丙公司", 9)).unwrap();
    assert_eq!(writer.commit().unwrap().contrary, 2, "it is told from what stands in a split as well");
    assert_eq!(writer.take_contrary()[0].place, "轮胎");
    let corpus = Corpus::open(folder.path()).unwrap();
    let kept = corpus.find("201010298420").unwrap();
    assert_eq!((kept.len(), kept[0].titles[0].text.as_str()), (1, "耳机"));
    assert_eq!(kept[0].filed_on, Some(jiff::civil::date(2010, 10, 2)));
}

#[test]
fn a_term_that_is_over_ends_a_right_on_the_day_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let right = |key: &str, office: &str, filed, is_grant| documents::Document {
        office: office.into(),
        kind: Some(terms::PatentKind::Invention),
        filed_on: Some(filed),
        publications: vec![documents::Publication {
            number: format!("{key}B"),
            kind_code: "B".into(),
            published_on: Some(jiff::civil::date(2010, 5, 1)),
            is_grant,
        }],
        ..titled(key, "电池")
    };
    let day = jiff::civil::date;
    let mut told_abroad = right("US7000001", "US", day(1998, 3, 1), Some(true));
    told_abroad.state = LegalState::InForce;
    let all = [
        right("CN100000001", "CN", day(2004, 3, 1), Some(true)),
        right("CN100000002", "CN", day(2008, 3, 1), Some(true)),
        right("CN100000003", "CN", day(2008, 3, 1), Some(false)),
        right("EP1000000", "EP", day(2008, 3, 1), Some(true)),
        told_abroad,
    ];
    corpus_of(folder.path(), all, 10);
    let on = |year, month, query: &str| count(&Corpus::open_on(folder.path(), day(year, month, 1)).unwrap(), query);
    // Two Chinese grants, and what a source asserts; a publication and a grant abroad say nothing of today.
    assert_eq!((on(2022, 1, "ST=有效"), on(2022, 1, "ST=未知")), (3, 2));
    assert_eq!((on(2023, 3, "ST=有效"), on(2023, 3, "ST=失效")), (2, 1), "twenty-five years abroad");
    assert_eq!((on(2024, 2, "ST=有效"), on(2024, 3, "ST=有效")), (2, 1), "twenty years in China");
    let corpus = Corpus::open_on(folder.path(), day(2024, 3, 1)).unwrap();
    let (by_index, facet) = corpus.facet_by_each(&Query::All, Dimension::State, 10).unwrap();
    assert_eq!(by_index.unwrap(), facet);
    assert_eq!(corpus.document("CN100000001").unwrap().state, LegalState::Ended);
    let presumed = corpus.document("CN100000002").unwrap();
    assert_eq!((presumed.state, presumed.is_presumed), (LegalState::InForce, true));
    assert_eq!(count(&Corpus::open(folder.path()).unwrap(), "ST=有效"), 3, "a writer knows no day");
}

#[test]
fn families_are_those_of_equal_priorities_whichever_source_brought_them() {
    let folder = tempfile::tempdir().unwrap();
    let claims = |key: &str, numbers: &[&str]| documents::Document {
        application_number: key.into(),
        priorities: numbers
            .iter()
            .map(|number| documents::Priority { office: "CN".into(), number: (*number).into(), filed_on: None })
            .collect(),
        ..titled(key, "电池")
    };
    let mut asserted = claims("JP2011000001", &[]);
    asserted.family = "41234567".into();
    let mut asserted_with_priority = claims("KR20110000001", &["CN2010102984204"]);
    asserted_with_priority.family = "41234567".into();
    let all = [
        claims("CN2010102984204", &[]),
        claims("US13648029", &["CN2010102984204"]),
        claims("EP11717150", &["CN2010102984204", "CN2011100000001"]),
        asserted,
        asserted_with_priority,
    ];
    let corpus = corpus_of(folder.path(), all, 2);
    let cross = corpus.cross(&Query::All, &[]).unwrap();
    assert_eq!((cross.documents, cross.families), (5, 3));
    assert_eq!(count(&corpus, "FA=CN2010102984204"), 3);
    assert_eq!(count(&corpus, "FA=41234567"), 1, "only where no priority is known");
}

#[test]
fn compaction_changes_the_splits_and_nothing_that_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let budget = Budget { documents: 100, bytes: usize::MAX };
    corpus_of(folder.path(), generate::documents(8, 130), 30);
    let mut writer = Writer::with_budget(folder.path(), budget).unwrap();
    for ordinal in 0..10 {
        let mut document = generate::document(8, ordinal);
        document.titles[0].text.push_str("改进");
        writer.add(document).unwrap();
        assert!(writer.set_state(&generate::document(8, ordinal + 20).key, LegalState::Ended).unwrap());
    }
    writer.commit().unwrap();
    let before = Corpus::open(folder.path()).unwrap();
    let queries = ["", "改进", "ST=失效", "PA=科技", "CL=特征"];
    let counts = |corpus: &Corpus| queries.map(|query| count(corpus, query));
    let expected = counts(&before);
    assert!(writer.compact().unwrap() > 1);
    let after = Corpus::open(folder.path()).unwrap();
    assert_eq!(counts(&after), expected);
    assert_eq!(counts(&before), expected, "a reader keeps what it has open");
    assert!(before.document(&generate::document(8, 77).key).is_ok());
    assert!(after.manifest().changes.is_none());
    assert_eq!((after.manifest().splits.len(), after.manifest().documents()), (2, 130));
    assert_eq!(writer.compact().unwrap(), 0, "once is enough");
}

#[test]
fn a_document_is_found_by_what_it_cites_and_what_cites_it() {
    let folder = tempfile::tempdir().unwrap();
    let cite = |number: &str| documents::Citation {
        number: number.into(),
        literature: String::new(),
        category: String::new(),
        phase: String::new(),
    };
    let cited = generate::document(5, 1);
    let publication = cited.publications[0].number.clone();
    let mut citing = titled("CN9", "改进");
    citing.citations = vec![cite(&publication)];
    let corpus = corpus_of(folder.path(), [cited.clone(), citing], 10);
    assert_eq!(corpus.count(&Query::citing(&cited)).unwrap(), 1);
    assert_eq!(corpus.search(&Query::citing(&cited), &Page::default()).unwrap().hits[0].document.key, "CN9");
    assert_eq!(count(&corpus, &format!("CT={publication}")), 1);
    assert_eq!(count(&corpus, "CT=CN999999999"), 0);
}

#[test]
fn what_arrived_later_is_told_from_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), [titled("CN1", "石墨烯电池"), titled("CN2", "机器人")], 10);
    let seen = corpus.manifest().latest_arrival();
    let later = Query::parse(&format!("RB>{seen}")).unwrap();
    assert_eq!(later.to_string(), format!("RB>{seen}"));
    assert_eq!(corpus.count(&later).unwrap(), 0);
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.add(titled("CN2", "机器人手臂")).unwrap();
    writer.add(titled("CN3", "无人机")).unwrap();
    writer.commit().unwrap();
    let corpus = corpus.latest().unwrap();
    assert_eq!(corpus.count(&later).unwrap(), 2, "the changed one counts as new");
    assert_eq!(count(&corpus, &format!("手臂 AND RB>{seen}")), 1);
    let seen = corpus.manifest().latest_arrival();
    writer.compact().unwrap();
    let corpus = corpus.latest().unwrap();
    assert_eq!(corpus.manifest().splits.len(), 1);
    assert_eq!(count(&corpus, &format!("RB>{seen}")), 0, "compaction makes nothing new");
}

#[test]
fn every_hit_comes_in_the_order_of_the_pages() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(5, 250), 100);
    for order in [crate::Order::Relevance, crate::Order::FiledLatest, crate::Order::FiledEarliest] {
        for by_family in [false, true] {
            let page = Page { offset: 0, limit: 1_000, order, by_family };
            let query = Query::parse("PA=科技").unwrap();
            let paged: Vec<String> =
                corpus.search(&query, &page).unwrap().hits.into_iter().map(|hit| hit.document.key).collect();
            let mut all = Vec::new();
            let mut visit = |hit: crate::Hit| {
                all.push(hit.document.key);
                std::ops::ControlFlow::Continue(())
            };
            corpus.each_hit(&query, order, by_family, &mut visit).unwrap();
            assert_eq!(all, paged, "{order:?} {by_family}");
        }
    }
}

#[test]
fn a_facet_opens_to_its_count() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), generate::documents(6, 400), 150);
    for (dimension, field) in
        [(Dimension::Province, "PV"), (Dimension::City, "CITY"), (Dimension::Applicant, "PA"), (Dimension::Owner, "OW")]
    {
        for value in corpus.facet(&Query::All, dimension, 5).unwrap().values {
            assert_eq!(count(&corpus, &format!("{field}==\"{}\"", value.value)), value.documents, "{value:?}");
        }
    }
}
