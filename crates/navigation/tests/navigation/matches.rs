//! Matching over generated corpora.

use documents::applicants::Ledger;
use jiff::civil::date;
use navigation::{
    Subject,
    matching::{Wanted, backtest, find, neighbours},
};

use crate::{WORLD, corpus_of};

/// A firm of 苏州 with several inventions.
fn firm() -> Subject {
    let counted = crate::scan::by(&WORLD.documents.iter().collect::<Vec<_>>(), |one| {
        one.applicants.iter().filter(|party| party.address.contains("苏州")).map(|party| party.name.clone()).collect()
    });
    let (name, _) = counted.iter().max_by_key(|(_, documents)| documents.len()).unwrap();
    Subject::enterprise(&WORLD.corpus, name, std::slice::from_ref(name)).unwrap()
}

fn wanted(demand: Option<&str>) -> Wanted {
    Wanted {
        firm: firm(),
        city: Subject::city("苏州市", &["苏州".to_owned()]),
        demand: demand.map(str::to_owned),
        within: None,
        as_of: date(2024, 6, 30),
        limit: 20,
    }
}

#[test]
fn candidates_are_outside_in_force_and_say_why() {
    let names = Ledger::default().at(0);
    let found = find(&WORLD.corpus, &names, &wanted(None), &[]).unwrap();
    assert_eq!(found.candidates.len(), 20);
    let mut last = u32::MAX;
    for one in &found.candidates {
        let document = WORLD.documents.iter().find(|document| document.key == one.key).unwrap();
        let is_academic = document.owners.iter().any(|party| navigation::bodies::is_academic(&party.name));
        assert!(!crate::scan::is_own(document) || is_academic, "{} is of the city", one.key);
        let state = documents::legal::settled(document).state;
        assert_eq!((document.office.as_str(), state), ("CN", documents::LegalState::InForce));
        assert!(!one.reasons.is_empty(), "{}", one.key);
        assert!(one.score <= last);
        last = one.score;
        for at in &one.evidence {
            let shown: String = at.text.chars().skip(at.start).take(at.length).collect();
            assert_eq!(shown, at.word);
            let texts: Vec<&str> = document
                .titles
                .iter()
                .chain(&document.abstracts)
                .chain(&document.claims)
                .map(|t| t.text.as_str())
                .collect();
            assert!(texts.iter().any(|text| text.contains(&at.text)), "{} is not in {}", at.text, one.key);
        }
        assert!(
            matches!(&one.value, navigation::matching::Valuation::Refused { reason } if reason.contains("没有成交价格资料"))
        );
    }
    assert_eq!(found, find(&WORLD.corpus, &names, &wanted(None), &[]).unwrap());
}

#[test]
fn a_demand_in_words_is_looked_for_by_its_words() {
    let found = find(&WORLD.corpus, &Ledger::default().at(0), &wanted(Some("激光雷达点云")), &[]).unwrap();
    let first = &found.candidates[0];
    let document = WORLD.documents.iter().find(|document| document.key == first.key).unwrap();
    assert!(document.abstracts[0].text.contains("激光雷达点云"), "{}", document.abstracts[0].text);
    assert!(first.reasons.iter().any(|reason| reason.contains("所述需求")), "{:?}", first.reasons);
}

#[test]
fn a_university_of_the_city_is_a_candidate_and_a_firm_of_it_is_not() {
    let owner = |document: &mut documents::Document, name: &str| {
        document.state = documents::LegalState::InForce;
        document.applicants =
            vec![documents::Party { name: name.into(), address: "江苏省苏州市".into(), ..Default::default() }];
        document.owners = document.applicants.clone();
    };
    let mut documents: Vec<documents::Document> =
        WORLD.documents.iter().filter(|one| one.office == "CN" && one.kind.is_some()).take(60).cloned().collect();
    for (at, document) in documents.iter_mut().enumerate() {
        document.family.clear();
        document.titles[0].text = "激光雷达点云".into();
        owner(document, ["苏州大学", "苏州大学资产经营有限公司", "苏州某某机械有限公司"][at % 3]);
    }
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &documents, 50);
    let found = find(&corpus, &Ledger::default().at(0), &wanted(Some("激光雷达点云")), &[]).unwrap();
    let owners: std::collections::BTreeSet<&str> =
        found.candidates.iter().flat_map(|one| &one.owners).map(String::as_str).collect();
    assert_eq!(owners.into_iter().collect::<Vec<_>>(), ["苏州大学"]);
}

#[test]
fn a_demand_may_be_confined_to_a_field() {
    let within = corpus::Query::parse("IC=G06").unwrap();
    let wanted = Wanted { within: Some(within), ..wanted(None) };
    let found = find(&WORLD.corpus, &Ledger::default().at(0), &wanted, &[]).unwrap();
    assert!(!found.candidates.is_empty());
    for one in found.candidates {
        let document = WORLD.documents.iter().find(|document| document.key == one.key).unwrap();
        assert!(document.classifications.iter().any(|class| class.symbol.starts_with("G06")), "{}", one.key);
    }
}

#[test]
fn a_firm_without_patents_is_asked_for_a_demand() {
    let stranger = Subject::enterprise(&WORLD.corpus, "没有专利有限公司", &["没有专利有限公司".to_owned()]).unwrap();
    let wanted = Wanted { firm: stranger, ..wanted(None) };
    let refused = find(&WORLD.corpus, &Ledger::default().at(0), &wanted, &[]).unwrap_err().to_string();
    assert!(refused.contains("--demand"), "{refused}");
}

#[test]
fn the_back_test_finds_buyers_that_buy_what_they_make_and_hides_the_deal_itself() {
    let mut documents: Vec<documents::Document> = WORLD.documents.iter().take(120).cloned().collect();
    documents.iter_mut().for_each(|document| document.owners.clear());
    // Two buyers, each at home in one class and words; what they buy lies there.
    for (at, document) in documents.iter_mut().enumerate() {
        let (buyer, symbol, word) = match at % 2 {
            0 => ("海安电池有限公司", "H01M 4/38", "锂离子电池正极材料"),
            _ => ("海安软件有限公司", "G06F 9/44", "操作系统任务调度"),
        };
        document.family.clear();
        document.titles[0].text = format!("一种{word}");
        document.classifications.retain(|one| one.scheme != documents::Scheme::Ipc);
        document.classifications.push(documents::Classification {
            scheme: documents::Scheme::Ipc,
            symbol: symbol.into(),
            edition: String::new(),
            is_inventive: true,
        });
        let party = |name: &str| documents::Party { name: name.into(), ..Default::default() };
        document.applicants = vec![party(&format!("卖方{at}研究所"))];
        match at % 10 {
            0 | 1 => document.owners = vec![party(buyer)],
            2..=5 => document.applicants = vec![party(buyer)],
            _ => {}
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &documents, 50);
    let found = backtest(&corpus, &Ledger::default().at(0)).unwrap();
    assert_eq!((found.transfers, found.buyers, found.unknown_buyers), (24, 2, 0));
    assert_eq!(found.generated, 120, "generated documents are called so");
    assert_eq!((found.hits[0].k, found.hits[0].ours.having), (1, 24));
    assert!(found.hits[0].popularity.having < 24, "popularity knows no subject");
    // Without the firms' own patents each buyer is known only by its other purchases.
    let bare: Vec<_> =
        documents.iter().filter(|one| !one.applicants[0].name.starts_with("海安")).take(13).cloned().collect();
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &bare, 50);
    let found = backtest(&corpus, &Ledger::default().at(0)).unwrap();
    let single = found.transfers - found.hits[0].ours.having;
    assert!(found.unknown_buyers <= single, "who has nothing else is a miss: {found:?}");
}

#[test]
fn a_corpus_without_transfers_cannot_be_tested() {
    let mut documents: Vec<documents::Document> = WORLD.documents.iter().take(20).cloned().collect();
    documents.iter_mut().for_each(|document| document.owners.clear());
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &documents, 50);
    assert!(backtest(&corpus, &Ledger::default().at(0)).unwrap_err().to_string().contains("无法回测"));
}

#[test]
fn whose_term_is_over_is_no_candidate_whatever_a_source_says() {
    let wanted = Wanted { as_of: date(2032, 6, 30), limit: 300, ..wanted(None) };
    let found = find(&WORLD.corpus, &Ledger::default().at(0), &wanted, &[]).unwrap();
    assert!(!found.candidates.is_empty());
    for one in &found.candidates {
        let document = WORLD.documents.iter().find(|document| document.key == one.key).unwrap();
        let over = document.filed_on.map(|filed| document.kind.unwrap().term_over_on(filed).unwrap());
        assert!(over.is_none_or(|over| over > wanted.as_of), "{} ended on {over:?}", one.key);
    }
}

#[test]
fn what_was_applied_for_together_is_not_sold() {
    let party = |name: &str| documents::Party { name: name.into(), ..Default::default() };
    let mut documents: Vec<documents::Document> = WORLD.documents.clone();
    let wanted = wanted(None);
    let first = find(&WORLD.corpus, &Ledger::default().at(0), &wanted, &[]).unwrap().candidates[0].key.clone();
    // The university keeps the first; with a partner it has two that the partner holds, and one went to a buyer.
    let mut shared = 0;
    for document in &mut documents {
        if document.key == first {
            document.applicants = vec![party("江左大学")];
            document.owners = vec![party("江左大学")];
        } else if document.office == "CN" && !crate::scan::is_own(document) && shared < 3 {
            document.applicants = vec![party("江左大学"), party("合作伙伴有限公司")];
            document.owners = vec![party(if shared == 2 { "买方有限公司" } else { "合作伙伴有限公司" })];
            shared += 1;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &documents, 5_000);
    let found = find(&corpus, &Ledger::default().at(0), &Wanted { limit: 300, ..wanted }, &[]).unwrap();
    let signs = &found.candidates.iter().find(|one| one.key == first).unwrap().signs;
    assert!(signs.iter().any(|sign| sign == "权利人曾有 1 件专利转给他人"), "{signs:?}");
}

#[test]
fn candidates_say_how_they_stand_before_the_policy() {
    let found = find(&WORLD.corpus, &Ledger::default().at(0), &Wanted { limit: 300, ..wanted(None) }, &[]).unwrap();
    let abroad = |document: &documents::Document| {
        let members = WORLD.documents.iter().filter(|one| !one.family.is_empty() && one.family == document.family);
        let is_granted = |one: &&documents::Document| {
            let home = ["CN", "HK", "MO", "TW"].contains(&one.office.as_str());
            !home && one.publications.iter().any(|publication| publication.is_grant == Some(true))
        };
        members.filter(is_granted).count() > 0
    };
    let mut with_value = 0;
    for one in &found.candidates {
        let document = WORLD.documents.iter().find(|document| document.key == one.key).unwrap();
        let is_invention = document.kind == Some(terms::PatentKind::Invention);
        assert_eq!(one.policy.is_invention, document.kind.map(|_| is_invention), "{}", one.key);
        let has_address = document.applicants.iter().chain(&document.owners).any(|party| !party.address.is_empty());
        assert_eq!(one.policy.is_outside, has_address.then(|| !crate::scan::is_own(document)), "{}", one.key);
        let is_old = document.filed_on.is_some_and(|filed| filed < date(2014, 6, 30));
        let expected = [abroad(document), is_old].map(|holds| holds && is_invention);
        let has = |word: &str| one.policy.high_value.iter().any(|basis| basis.contains(word));
        assert_eq!([has("海外"), has("超过十年")], expected, "{}", one.key);
        with_value += usize::from(expected.contains(&true));
    }
    assert!(with_value > 0 && with_value < found.candidates.len(), "{with_value} of {}", found.candidates.len());
}

#[test]
fn a_family_by_priorities_alone_is_a_family_before_the_policy_too() {
    let wanted = Wanted { limit: 300, ..wanted(None) };
    let first = find(&WORLD.corpus, &Ledger::default().at(0), &wanted, &[]).unwrap().candidates.remove(0).key;
    let mut documents: Vec<documents::Document> = WORLD.documents.clone();
    let own = documents.iter_mut().find(|one| one.key == first).unwrap();
    own.kind = Some(terms::PatentKind::Invention);
    own.application_number = "CN201810699744".into();
    own.pct_number.clear();
    own.priorities.clear();
    own.family.clear();
    let mut abroad = own.clone();
    abroad.key = "US9999991".into();
    abroad.office = "US".into();
    abroad.application_number = "US13999991".into();
    abroad.publications = vec![documents::Publication {
        number: "US9999991B2".into(),
        kind_code: "B2".into(),
        published_on: Some(date(2020, 1, 7)),
        is_grant: Some(true),
    }];
    let filed_on = own.filed_on;
    abroad.priorities = vec![documents::Priority { office: "CN".into(), number: "CN201810699744".into(), filed_on }];
    documents.push(abroad);
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &documents, 5_000);
    let found = find(&corpus, &Ledger::default().at(0), &wanted, &[]).unwrap();
    let told = &found.candidates.iter().find(|one| one.key == first).unwrap().policy.high_value;
    assert!(told.iter().any(|basis| basis.contains("海外") && basis.contains("US")), "{told:?}");
}

#[test]
fn an_outside_patent_concerns_the_firms_of_the_city_in_its_main_groups() {
    let city = Subject::city("苏州市", &["苏州".to_owned()]);
    let groups = |document: &documents::Document| -> std::collections::BTreeSet<String> {
        let symbols = document.classifications.iter().filter(|one| one.scheme == documents::Scheme::Ipc);
        symbols.filter_map(|one| Some(one.symbol.split_once('/')?.0.replace(' ', ""))).collect()
    };
    let document = WORLD.documents.iter().find(|one| !crate::scan::is_own(one) && groups(one).len() == 1).unwrap();
    let group = groups(document).pop_first().unwrap();
    let there: Vec<&documents::Document> =
        WORLD.documents.iter().filter(|one| crate::scan::is_own(one) && groups(one).contains(&group)).collect();
    let mut expected: Vec<(u64, String)> =
        crate::scan::by(&there, |one| one.applicants.iter().map(|party| party.name.clone()).collect())
            .into_iter()
            .filter(|(name, _)| navigation::bodies::is_company(name))
            .map(|(name, documents)| (documents.len() as u64, name))
            .collect();
    expected.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
    let found: Vec<(u64, String)> = neighbours(&WORLD.corpus, &city, document)
        .unwrap()
        .into_iter()
        .map(|one| {
            assert_eq!(one.group, group);
            (one.documents, one.name)
        })
        .collect();
    assert!(!found.is_empty());
    assert_eq!(found, expected);
}
