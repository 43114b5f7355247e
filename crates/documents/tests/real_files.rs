//! Every file of the three folders of real patent data, read and counted.
//!
//! The files are not part of the repository: they lie in the folder that `ZHIQIANG_DATA` names, else in
//! `../shared/data` beside the workspace. The numbers were counted once with Python (`csv`, `zipfile`, `expat` and the
//! count of start tags), independently of this crate. A file that is not in the table below fails the test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use documents::{Document, Error, Item, Limits, Summary, differences, read, read_from};

/// What a file is to give.
enum Expected {
    /// The format, its records, and how many of them are set aside.
    Records(&'static str, u64, u64),
    /// A refusal that holds these words.
    Refused(&'static str),
}

use Expected::{Records, Refused};

/// Files with more than one record, or with something to say; a path that ends in a stroke is every file below it.
const EXPECTED: &[(&str, Expected)] = &[
    ("cn-patents/gazette-2019-07/2019-07-09_design_grant.csv", Records("cnipa-gazette", 5_237, 0)),
    ("cn-patents/gazette-2019-07/2019-07-09_invention_grant.csv", Records("cnipa-gazette", 4_761, 0)),
    ("cn-patents/gazette-2019-07/2019-07-09_invention_publication.csv", Records("cnipa-gazette", 13_537, 0)),
    ("cn-patents/gazette-2019-07/2019-07-09_utility_model_grant.csv", Records("cnipa-gazette", 16_471, 0)),
    ("cn-patents/gazette-2019-07/2019-07-12_design_grant.csv", Records("cnipa-gazette", 5_299, 0)),
    ("cn-patents/gazette-2019-07/2019-07-12_invention_publication.csv", Records("cnipa-gazette", 15_382, 0)),
    ("cn-patents/pss-list-53k/", Records("pss-list", 52_978, 0)),
    ("cn-patents/pss-detail-listed-companies/", Records("pss-detail", 4_281, 0)),
    ("cn-patents/cnipr-export/cnipr_export_199_records_2012-2013.xlsx", Records("cnipr", 199, 0)),
    ("cn-patents/cnipr-export/abstracts_labelled_2013-2014.xlsx", Refused("没有专利号码列")),
    ("cn-patents/patsnap-export/patsnap_green_aviation_20240401085613950.xlsx", Records("patsnap", 1_999, 0)),
    ("cn-patents/patsnap-export/IPCDatasetWithRegionAndTime.csv", Refused("没有专利号码列")),
    ("cn-patents/title-ipc-9740/", Records("title-list", 9_740, 0)),
    ("cn-patents/cpc-abstract-samples/", Records("cpc-sample", 19, 0)),
    ("cn-patents/cnki-export/", Records("cnki", 33, 0)),
    // Two of the 140 rows repeat the headings.
    ("cn-patents/design-2012/designs_26-05_lamps.csv", Records("patsnap", 138, 0)),
    ("cn-patents/design-2012/patsnap_design_format_sample.xlsx", Records("patsnap", 2, 0)),
    ("world-patents/google-patents/gp-search-20240501-100105_GAN-medical_TolgonaiNk.csv", Records("google", 7_022, 0)),
    ("world-patents/google-patents/gp-search_A63B59-40_nordquists.csv", Records("google", 536, 0)),
    ("world-patents/google-patents/gp-search_excel-resaved-semicolon_first299.csv", Records("google", 299, 0)),
    ("world-patents/google-patents/gp-search_sulfide-electrolyte_VCERS.csv", Records("google", 4_264, 0)),
    ("world-patents/lens/", Records("lens", 1_000, 0)),
    ("world-patents/patentscope/pizza_all_24294_raw.zip", Records("patentscope", 24_294, 0)),
    ("world-patents/patentscope/pizza_medium.csv", Records("patentscope", 10_000, 0)),
    ("patent-xml/cnipa-efiling/", Records("cnipa-efiling", 1, 0)),
    ("patent-xml/cnipa-fulltext/", Records("cnipa-xml", 1, 0)),
    ("patent-xml/docdb/DE-backfile.xml", Records("docdb", 10, 0)),
    ("patent-xml/docdb/docdb-entities.dtd", Refused("DTD")),
    ("patent-xml/docdb/statistics_202324_Amend_001.csv", Refused("没有专利号码列")),
    ("patent-xml/docdb/", Records("docdb", 1, 0)),
    // Its description holds `<First Embodiment` with no end: expat refuses it too.
    ("patent-xml/ep-fulltext/application_v1-5-1-A1-2.xml", Records("ep-xml", 1, 1)),
    ("patent-xml/ep-fulltext/", Records("ep-xml", 1, 0)),
    ("patent-xml/ops/family_fixtures_family_input.xml", Records("ops-family", 6, 0)),
    ("patent-xml/ops/legal_fixtures_legal_code_descriptions_202417.xlsx", Refused("没有专利号码列")),
    ("patent-xml/ops/legal_fixtures_example_1.xml", Records("ops-family", 1, 0)),
    ("patent-xml/ops/legal_fixtures_example_2.xml", Records("ops-family", 1, 0)),
    ("patent-xml/ops/legal_fixtures_example_3.xml", Records("ops-family", 1, 0)),
    ("patent-xml/ops/published_fixtures_ep1000000_abstract_result.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_fixtures_ep1000000_description_result.xml", Refused("JSON")),
    ("patent-xml/ops/published_fixtures_ep1000000_full_cycle_result.xml", Records("ops", 2, 0)),
    ("patent-xml/ops/published_fixtures_search_result.xml", Refused("JSON")),
    ("patent-xml/ops/published_test_biblio_example.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_test_biblio_example_2.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_test_biblio_example_3.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_test_biblio_example_4.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_test_claims_example.xml", Records("ops-fulltext", 1, 0)),
    ("patent-xml/ops/published_test_claims_example_2.xml", Records("ops-fulltext", 1, 0)),
    ("patent-xml/ops/published_test_description_example.xml", Records("ops-fulltext", 1, 0)),
    ("patent-xml/ops/published_test_expected_ep1000000_abstract_result.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_test_expected_ep1000000_biblio_result.xml", Records("ops", 1, 0)),
    ("patent-xml/ops/published_test_expected_ep1000000_claims_result.xml", Records("ops-fulltext", 1, 0)),
    ("patent-xml/ops/published_test_expected_ep1000000_description_result.xml", Records("ops-fulltext", 1, 0)),
    ("patent-xml/ops/published_test_expected_ep1000000_full_cycle_result.xml", Records("ops", 2, 0)),
    ("patent-xml/ops/published_test_expected_search_result.xml", Records("ops-search", 100, 0)),
    ("patent-xml/ops/published_test_full_cycle_example.xml", Records("ops", 2, 0)),
    ("patent-xml/ops/published_test_image_example.xml", Refused("图像查询")),
    ("patent-xml/ops/published_test_search_example.xml", Records("ops-search", 15, 0)),
    ("patent-xml/uspto-biblio-weekly/ipgb20221025_wk43.zip", Records("us-red-book", 11, 0)),
    ("patent-xml/uspto-biblio-weekly/ipgb20230404_wk14.zip", Records("us-red-book", 3, 0)),
    ("patent-xml/uspto-maxplanck/application/v1-5-", Records("us-pap", 1, 0)),
    ("patent-xml/uspto-maxplanck/application/", Records("us-red-book", 1, 0)),
    ("patent-xml/uspto-maxplanck/grant/v2-5-", Records("us-sgml", 1, 0)),
    ("patent-xml/uspto-maxplanck/grant/", Records("us-red-book", 1, 0)),
    ("patent-xml/uspto-maxplanck/test.xml", Records("us-red-book", 2, 0)),
    ("patent-xml/uspto-maxplanck/.gitignore", Refused("没有专利号码列")),
    ("patent-xml/uspto/cpcMaster/", Refused("CPC")),
    ("patent-xml/uspto/cpcScheme/", Refused("CPC 分类表")),
    ("patent-xml/uspto/css_brs/", Records("us-brs", 6, 0)),
    ("patent-xml/uspto/greenbook/", Records("us-green-book", 1, 0)),
    ("patent-xml/uspto/pap/", Records("us-pap", 1, 0)),
    ("patent-xml/uspto/sgml/", Records("us-sgml", 1, 0)),
    ("patent-xml/uspto/xml4ip/", Refused("image file wrapper")),
    ("patent-xml/uspto/xml", Records("us-red-book", 1, 0)),
];

fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("ZHIQIANG_DATA").map_or_else(beside, PathBuf::from);
    if folder.join("patent-xml").is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: the real files are not in {} (set ZHIQIANG_DATA)", folder.display());
    None
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files(&entry, into);
        } else if !entry.ends_with("PROVENANCE.md") {
            into.push(entry);
        }
    }
}

fn counted(path: &Path) -> Result<Summary, Error> {
    let (mut documents, mut set_aside, mut next) = (0, 0, 0);
    let summary = read(path, &Limits::default(), &mut |item| {
        let ordinal = match item {
            Item::Document { document, ordinal, .. } => {
                assert!(!document.key.is_empty());
                assert_eq!(document.sources.len(), 1);
                documents += 1;
                ordinal
            }
            Item::SetAside { ordinal, reason, place, .. } => {
                assert!(!reason.is_empty() && !place.is_empty());
                set_aside += 1;
                ordinal
            }
        };
        assert_eq!(ordinal, next);
        next += 1;
        ControlFlow::Continue(())
    })?;
    assert_eq!((summary.documents, summary.set_aside, summary.skipped), (documents, set_aside, 0));
    assert_eq!(summary.records, documents + set_aside);
    Ok(summary)
}

#[test]
fn every_real_file_gives_what_was_counted_in_it_or_says_why_not() {
    let Some(folder) = data() else { return };
    let mut paths = Vec::new();
    for name in ["cn-patents", "world-patents", "patent-xml"] {
        files(&folder.join(name), &mut paths);
    }
    let mut faults = Vec::new();
    for path in &paths {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
        let Some((_, expected)) = EXPECTED.iter().find(|(prefix, _)| name.starts_with(prefix)) else {
            faults.push(format!("{name} is in no row of the table"));
            continue;
        };
        match (counted(path), expected) {
            (Ok(summary), Records(format, records, set_aside)) => {
                let found = (summary.format.as_str(), summary.records, summary.set_aside);
                if found != (*format, *records, *set_aside) {
                    faults.push(format!("{name}: {found:?}"));
                }
            }
            (Err(error), Refused(words)) if error.to_string().contains(words) => {}
            (Ok(summary), _) => faults.push(format!("{name}: read as {}", summary.format)),
            (Err(error), _) => faults.push(format!("{name}: {error}")),
        }
    }
    assert!(paths.len() > 140, "only {} files", paths.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn documents(path: &Path) -> Vec<Document> {
    let mut all = Vec::new();
    read(path, &Limits::default(), &mut |item| {
        if let Item::Document { document, .. } = item {
            all.push(*document);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    all
}

fn merged(all: Vec<Document>) -> BTreeMap<String, Document> {
    let mut by_key: BTreeMap<String, Document> = BTreeMap::new();
    for document in all {
        let merged = match by_key.remove(&document.key) {
            Some(known) => known.merge(document),
            None => document,
        };
        by_key.insert(merged.key.clone(), merged);
    }
    by_key
}

#[test]
fn a_chinese_record_and_its_english_twin_are_one_document_with_both_sources() {
    let Some(folder) = data() else { return };
    let by_key = merged(documents(&folder.join("cn-patents/pss-list-53k/patentInfoTmp.xlsx")));
    assert_eq!(by_key.len(), 41_772);
    let languages = |one: &Document| one.titles.iter().map(|title| title.language.clone()).collect::<Vec<_>>();
    let twins = by_key.values().filter(|one| languages(one) == ["zh", "en"]).count();
    assert_eq!(twins, 5_203);
    assert_eq!(by_key.values().map(|one| one.sources.len()).sum::<usize>(), 52_978);
}

#[test]
fn an_application_and_its_grant_in_one_answer_merge_without_contradiction() {
    let Some(folder) = data() else { return };
    let all = documents(&folder.join("patent-xml/ops/published_test_full_cycle_example.xml"));
    let [application, grant] = &all[..] else { panic!("{} documents", all.len()) };
    assert_eq!(application.identities(), grant.identities());
    assert_eq!(differences(application, grant), []);
    let both = application.clone().merge(grant.clone());
    let numbers: Vec<&str> = both.publications.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["EP1000000A1", "EP1000000B1"]);
    assert_eq!((both.key.as_str(), both.application_number.as_str()), ("EP1000000", "EP99203729"));
}

#[test]
fn the_members_of_a_real_family_are_one_family_by_their_priorities_alone() {
    let Some(folder) = data() else { return };
    let mut members = merged(documents(&folder.join("patent-xml/ops/family_fixtures_family_input.xml")));
    // The first filing is Dutch; EP, AT, DE and US claim it. The office's own number is left out, so that only ours counts.
    members.values_mut().for_each(|one| assert_eq!(std::mem::take(&mut one.family), "19768124"));
    assert_eq!(members.len(), 5, "{:?}", members.keys());
    let names: BTreeSet<String> = members.values().map(documents::families::name_of).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    // The first filing of a source that names no priority is its own.
    let first = members.values_mut().find(|one| one.office == "NL").unwrap();
    first.priorities.clear();
    assert!(names.contains(&documents::families::name_of(first)), "{names:?}");
}

#[test]
fn numbers_that_a_spreadsheet_damaged_are_left_out_and_counted() {
    let Some(folder) = data() else { return };
    let path = folder.join("cn-patents/gazette-2019-07/2019-07-09_design_grant.csv");
    let summary = counted(&path).unwrap();
    let damaged = summary.doubts.iter().find(|(reason, _)| reason.contains("科学计数")).map(|(_, count)| *count);
    assert_eq!(damaged, Some(4_755));
    let known = documents(&path).iter().filter(|one| !one.application_number.is_empty()).count();
    assert_eq!(known, 5_237 - 4_755);
}

#[test]
fn the_headings_that_stand_over_each_other_in_one_gazette_are_put_right() {
    let Some(folder) = data() else { return };
    let all = documents(&folder.join("cn-patents/gazette-2019-07/2019-07-09_invention_grant.csv"));
    let has_postcode = |text: &str| text.len() > 6 && text.as_bytes()[..6].iter().all(u8::is_ascii_digit);
    assert!(all.iter().all(|one| one.inventors.iter().all(|inventor| !has_postcode(&inventor.name))));
    let with_address = all.iter().filter(|one| one.applicants.first().is_some_and(|first| !first.address.is_empty()));
    assert!(with_address.count() > 4_700);
}

#[test]
fn a_reading_goes_on_where_it_was_stopped() {
    let Some(folder) = data() else { return };
    for (name, stop) in [("patent-xml/docdb/DE-backfile.xml", 4), ("world-patents/lens/pizza_lens_1000_raw.csv", 700)] {
        let path = folder.join(name);
        let mut seen = Vec::new();
        let first = read(&path, &Limits::default(), &mut |item| {
            if let Item::Document { document, .. } = item {
                seen.push(document.key);
            }
            if seen.len() == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert!(first.is_stopped);
        let rest = read_from(&path, &Limits::default(), stop as u64, &mut |item| {
            if let Item::Document { document, .. } = item {
                seen.push(document.key);
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(rest.records, rest.skipped + rest.documents);
        let whole: Vec<String> = documents(&path).into_iter().map(|one| one.key).collect();
        assert_eq!(seen, whole, "{name}");
    }
}
