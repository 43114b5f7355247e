//! Each figure against a plain scan; every row against the search behind it.

use std::collections::{BTreeMap, BTreeSet};

use corpus::Query;
use documents::Document;
use navigation::{Basis, Cell, Figure, Kind, Report, Row, Scope, Template, survey};
use terms::text::fold_name;

use crate::{
    WORLD, corpus_of, report,
    scan::{self, by, counted, family, field, is_in, is_own},
    scope,
};

fn industry() -> (Scope, Report) {
    let scope = scope(Template::Industry);
    let report = report(&scope);
    (scope, report)
}

fn figure<'r>(report: &'r Report, id: &str) -> &'r Figure {
    report.figure(id).unwrap_or_else(|| panic!("no figure {id}"))
}

fn text(row: &Row, at: usize) -> String {
    row.cells[at].written(Kind::Text)
}

fn count(row: &Row, at: usize) -> u64 {
    match row.cells[at] {
        Cell::Count(count) => count,
        ref other => panic!("{other:?} is no count"),
    }
}

#[test]
fn every_row_opens_down_to_as_many_documents_as_it_says() {
    for template in Template::ALL {
        let mut scope = scope(template);
        if template == Template::Enterprise {
            let name = &WORLD.documents.iter().find(|document| is_in(document, &["H01M"])).unwrap().applicants[0].name;
            scope.search = format!("PA==\"{name}\"");
            scope.subject.name.clone_from(name);
            scope.technologies.clear();
        }
        let report = report(&scope);
        let mut checked = 0;
        for figure in &report.figures {
            Query::parse(&figure.search).unwrap_or_else(|error| panic!("{}: {error}", figure.id));
            for row in &figure.rows {
                assert_eq!(row.cells.len(), figure.columns.len(), "{}", figure.id);
                let Some(search) = &row.search else { continue };
                let cross = WORLD.corpus.cross(&Query::parse(search).unwrap(), &[]).unwrap();
                for (column, cell) in figure.columns.iter().zip(&row.cells) {
                    let expected = match column.heading.as_str() {
                        "件" | "最近三年（件）" => cross.documents,
                        "族" | "最近三年（族）" => cross.families,
                        _ => continue,
                    };
                    assert_eq!(*cell, Cell::Count(expected), "{} {search}", figure.id);
                    checked += 1;
                }
            }
        }
        assert!(checked > 80, "{template:?}: only {checked} cells were checked");
    }
}

#[test]
fn the_trend_is_that_of_a_scan_and_marks_what_is_not_yet_public() {
    let (scope, report) = industry();
    let trend = figure(&report, "trend");
    let documents = field(&scope);
    let years = by(&documents, |document| document.filed_on.map(|day| day.year()).into_iter().collect());
    let last_shown = 2024;
    let mut sum = 0;
    for row in &trend.rows {
        sum += count(row, 1);
        let Ok(year) = text(row, 0).parse::<i16>() else { continue };
        let of_year = years.get(&year).cloned().unwrap_or_default();
        assert_eq!((count(row, 1), count(row, 2)), counted(of_year.iter().copied()), "{year}");
        assert_eq!(count(row, 3), counted(of_year.iter().copied().filter(|one| is_own(one))).1, "{year}");
        // 2022-12-31 and eighteen months is 2024-06-30, the cut-off.
        assert_eq!(row.is_incomplete, year > 2022, "{year}");
        if let (true, Cell::Count(low)) = (row.is_incomplete, &row.cells[5]) {
            assert!(*low >= count(row, 2), "an estimate may not be below what is public");
        }
    }
    assert_eq!(sum, documents.len() as u64, "the rows add up to the field");
    assert!(trend.rows.iter().any(|row| text(row, 0) == last_shown.to_string()));
    assert!(trend.rows.iter().any(|row| row.cells[6] != Cell::Unknown), "a band is drawn");
    assert!(trend.finding.contains("2023 年起尚未全部公开"), "{}", trend.finding);
}

#[test]
fn the_band_is_what_earlier_years_had_published_at_the_same_distance() {
    let (scope, report) = industry();
    let row = figure(&report, "trend").rows.iter().find(|row| text(row, 0) == "2023").unwrap();
    let documents = field(&scope);
    let filed = |year| -> Vec<&'static Document> {
        documents.iter().copied().filter(|one| one.filed_on.is_some_and(|day| day.year() == year)).collect()
    };
    let families = |of: &[&'static Document]| counted(of.iter().copied()).1;
    let now = families(&filed(2023));
    let mut bounds = Vec::new();
    for year in 2018..=2022 {
        let then = scope.as_of.with().year(2024 - (2023 - year)).build().unwrap();
        let mut of_year = filed(year);
        let all = families(&of_year);
        of_year.retain(|one| scan::first_published(one).is_some_and(|day| day <= then));
        let public = families(&of_year);
        if all >= 10 {
            bounds.push((now * all / public, (now * all).div_ceil(public)));
        }
    }
    assert!(bounds.len() >= 3);
    let (low, high) = (bounds.iter().map(|one| one.0).min().unwrap(), bounds.iter().map(|one| one.1).max().unwrap());
    assert_eq!(row.cells[5..], [Cell::Count(low.max(now)), Cell::Count(high)]);
}

#[test]
fn applicants_and_their_concentration_are_those_of_a_scan() {
    let (scope, report) = industry();
    let documents = field(&scope);
    let groups = by(&documents, scan::applicants);
    let sizes: BTreeMap<&String, (u64, u64)> =
        groups.iter().map(|(name, of)| (name, counted(of.iter().copied()))).collect();
    let ranking = figure(&report, "applicants");
    let mut shown = Vec::new();
    for row in &ranking.rows {
        let name = fold_name(&text(row, 0));
        assert_eq!((count(row, 2), count(row, 3)), sizes[&name], "{name}");
        shown.push(count(row, 3));
    }
    let mut all: Vec<u64> = sizes.values().map(|(_, families)| *families).collect();
    all.sort_unstable_by(|left, right| right.cmp(left));
    assert_eq!(shown, all[..15]);
    let concentration = figure(&report, "concentration");
    let (sum, squares): (u64, u64) = (all.iter().sum(), all.iter().map(|n| n * n).sum());
    assert_eq!(
        concentration.rows[2].cells[4],
        Cell::Fraction { numerator: i64::try_from(squares * 10_000).unwrap(), denominator: sum * sum }
    );
    let top: BTreeSet<String> = ranking.rows[..4].iter().map(|row| fold_name(&text(row, 0))).collect();
    let held = documents.iter().copied().filter(|one| scan::applicants(one).iter().any(|name| top.contains(name)));
    assert_eq!(count(&concentration.rows[0], 1), counted(held).1);
    assert_eq!(count(&concentration.rows[0], 2), counted(documents.iter().copied()).1);
}

#[test]
fn names_that_the_ledger_merges_are_one_applicant() {
    use documents::applicants::{Act, Entry, Evidence, Ledger};
    let scope = scope(Template::Industry);
    let plain = survey(&WORLD.corpus, &scope, &Ledger::default().at(0)).unwrap();
    let rows = &figure(&plain, "applicants").rows;
    let (first, second) = (text(&rows[0], 0), text(&rows[1], 0));
    let mut ledger = Ledger::default();
    let act = Act::Merge { name: second.clone(), into: first.clone() };
    let evidence = vec![Evidence::Person { reason: "年报".into() }];
    ledger.enter(Entry { act, evidence, by: "审核员".into(), on: jiff::civil::date(2024, 1, 1) }).unwrap();
    let merged = survey(&WORLD.corpus, &scope, &ledger.at(1)).unwrap();
    let row = &figure(&merged, "applicants").rows[0];
    let both = [fold_name(&first), fold_name(&second)];
    let documents = field(&scope);
    let held = documents.iter().copied().filter(|one| scan::applicants(one).iter().any(|name| both.contains(name)));
    assert_eq!((count(row, 2), count(row, 3)), counted(held));
}

#[test]
fn places_technologies_and_specialisation_are_those_of_a_scan() {
    let (scope, report) = industry();
    let documents = field(&scope);
    for (office, of) in by(&documents, |one| vec![one.office.clone()]) {
        let row = figure(&report, "offices").rows.iter().find(|row| text(row, 0) == office).unwrap();
        assert_eq!((count(row, 1), count(row, 2)), counted(of));
    }
    let nation: Vec<&Document> = documents.iter().copied().filter(|one| one.office == "CN").collect();
    let is_jiangsu = |one: &&Document| one.applicants[0].address.starts_with("江苏");
    let province: Vec<&Document> = nation.iter().copied().filter(is_jiangsu).collect();
    let row = figure(&report, "provinces").rows.iter().find(|row| text(row, 0) == "江苏").unwrap();
    assert_eq!((count(row, 1), count(row, 2)), counted(province.iter().copied()));
    let own: Vec<&Document> = documents.iter().copied().filter(|one| is_own(one)).collect();
    for (at, subclass) in ["H01M", "G06F"].into_iter().enumerate() {
        let part = |set: &[&'static Document]| counted(set.iter().copied().filter(|one| is_in(one, &[subclass]))).1;
        let whole = |set: &[&'static Document]| counted(set.iter().copied()).1;
        let row = &figure(&report, "specialisation").rows[at];
        let rest = |set: &[&'static Document]| set.iter().copied().filter(|one| !is_own(one)).collect::<Vec<_>>();
        let (province, nation) = (rest(&province), rest(&nation));
        assert_eq!([count(row, 1), count(row, 2), count(row, 3)], [part(&own), part(&province), part(&nation)]);
        let (mine, theirs) = (part(&own) * whole(&nation), part(&nation) * whole(&own));
        let numerator = i64::try_from(mine).unwrap() - i64::try_from(theirs).unwrap();
        assert_eq!(row.cells[7], Cell::Fraction { numerator, denominator: mine + theirs });
        let technology = &figure(&report, "technology").rows[at];
        assert_eq!(count(technology, 2), part(&documents));
    }
}

#[test]
fn the_life_cycle_and_the_inventors_are_those_of_a_scan() {
    let (scope, report) = industry();
    let documents = field(&scope);
    for row in &figure(&report, "life-cycle").rows {
        let year: i16 = text(row, 0).parse().unwrap();
        let of_year: Vec<&Document> =
            documents.iter().copied().filter(|one| one.filed_on.is_some_and(|day| day.year() == year)).collect();
        let applicants: BTreeSet<String> = of_year.iter().flat_map(|one| scan::applicants(one)).collect();
        assert_eq!((count(row, 1), count(row, 2)), (applicants.len() as u64, of_year.len() as u64), "{year}");
    }
    let pairs = by(&documents, |one| {
        let at = scan::applicants(one);
        one.inventors.iter().flat_map(|who| at.iter().map(|name| (who.name.clone(), name.clone()))).collect()
    });
    let rows = &figure(&report, "inventors").rows;
    for row in rows {
        let pair = (text(row, 0), fold_name(&text(row, 1)));
        assert_eq!((count(row, 3), count(row, 4)), counted(pairs[&pair].iter().copied()), "{pair:?}");
    }
    let most = pairs.values().map(|of| counted(of.iter().copied()).1).max().unwrap();
    assert_eq!(count(&rows[0], 4), most);
}

#[test]
fn the_matrix_counts_words_of_the_published_list_and_white_space_is_where_the_city_has_none() {
    let (scope, report) = industry();
    let matrix = figure(&report, "effects");
    let spaces = figure(&report, "white-space");
    let own = Query::parse(&format!("{} AND PD<=2024-06-30 AND PR=苏州", "(IC=H01M OR IC=G06F)")).unwrap();
    assert!(matrix.rows.iter().any(|row| row.cells[1..].iter().any(|cell| *cell != Cell::Count(0))));
    assert_eq!(text(&spaces.rows[0], 1), "延长寿命");
    for row in &spaces.rows {
        assert!(count(row, 2) >= 5);
        let search = Query::parse(row.search.as_ref().unwrap()).unwrap();
        assert_eq!(WORLD.corpus.cross(&search, &[]).unwrap().families, count(row, 2));
        assert_eq!(WORLD.corpus.count(&search.and(own.clone())).unwrap(), 0);
    }
    let column = matrix.columns.iter().position(|column| column.heading == "自动化与智能化").unwrap();
    let words = ["自动化", "智能化", "自动控制", "自动识别", "无人值守", "远程监控", "实时监测"];
    let documents = field(&scope);
    let has = |one: &&Document| {
        let texts = one.titles.iter().chain(&one.abstracts).chain(&one.claims).map(|text| text.text.to_lowercase());
        texts.into_iter().any(|text| words.iter().any(|word| text.contains(word)))
    };
    let found = documents.iter().copied().filter(|one| is_in(one, &["H01M"])).filter(has);
    let found = counted(found).1;
    assert!(found > 0);
    assert_eq!(count(&matrix.rows[0], column), found);
}

#[test]
fn key_patents_show_the_parts_of_their_score() {
    let (scope, report) = industry();
    let documents = field(&scope);
    let key = figure(&report, "key-patents");
    let mut last = u64::MAX;
    for row in &key.rows {
        let document = documents.iter().find(|one| one.key == text(row, 0)).unwrap();
        let mates: Vec<&Document> = WORLD.documents.iter().filter(|one| family(one) == family(document)).collect();
        let offices: BTreeSet<&str> = mates.iter().map(|one| one.office.as_str()).collect();
        let citing = documents.iter().filter(|one| one.citations.iter().any(|cited| cited.number == document.key));
        assert_eq!(count(row, 6), (offices.len() as u64 - 1).min(5));
        assert_eq!(count(row, 7), (mates.len() as u64 - 1).min(3));
        assert_eq!(count(row, 8), (citing.count() as u64).min(10));
        let parts: u64 = (6..12).map(|at| if row.cells[at] == Cell::Unknown { 0 } else { count(row, at) }).sum();
        assert_eq!(count(row, 5), parts, "the score is the sum of the parts shown");
        assert!(!(text(row, 3) == "有效" && text(row, 4) == "已届满"), "{} has ended with its term", document.key);
        assert!(count(row, 5) <= last);
        last = count(row, 5);
    }
}

#[test]
fn what_to_bring_in_is_others_in_force_and_long_enough() {
    let (_, report) = industry();
    let path = figure(&report, "path-patents");
    assert!(!path.rows.is_empty());
    for row in &path.rows {
        let document = WORLD.documents.iter().find(|one| one.key == text(row, 0)).unwrap();
        assert!(!is_own(document));
        assert_eq!(document.state, documents::LegalState::InForce);
        let over = document.kind.unwrap().term_over_on(document.filed_on.unwrap()).unwrap();
        assert!(over >= jiff::civil::date(2029, 6, 30), "{} ends on {over}", document.key);
    }
}

#[test]
fn who_applied_together_with_the_city_once_is_still_to_be_brought_in() {
    let names = documents::applicants::Ledger::default().at(0);
    let scope = scope(Template::Industry);
    let mut documents = WORLD.documents.clone();
    // The largest owner from outside applies together with somebody of the city.
    let owners = |one: &Document| -> BTreeSet<String> {
        let parties = if one.owners.is_empty() { &one.applicants } else { &one.owners };
        parties.iter().map(|party| names.canonical(&party.name)).collect()
    };
    let in_field: Vec<&Document> = field(&scope);
    let outside: Vec<&Document> = in_field.iter().copied().filter(|one| !is_own(one)).collect();
    let largest = by(&outside, |one| owners(one).into_iter().collect());
    let (largest, _) = largest.into_iter().max_by_key(|(_, of)| of.len()).unwrap();
    let partner = outside.iter().flat_map(|one| &one.applicants).find(|party| names.canonical(&party.name) == largest);
    let key = in_field.iter().find(|one| is_own(one) && !owners(one).contains(&largest)).unwrap().key.clone();
    documents.iter_mut().find(|one| one.key == key).unwrap().applicants.push(partner.unwrap().clone());
    let folder = tempfile::tempdir().unwrap();
    let report = survey(&corpus_of(folder.path(), &documents, 5_000), &scope, &names).unwrap();

    let is_in_field = |one: &&Document| {
        is_in(one, &["H01M", "G06F"]) && scan::first_published(one).is_some_and(|day| day <= scope.as_of)
    };
    let applied = |is_counted: &dyn Fn(&Document) -> bool| -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for one in documents.iter().filter(is_in_field).filter(|one| is_counted(one)) {
            let names: BTreeSet<String> = one.applicants.iter().map(|party| names.canonical(&party.name)).collect();
            names.into_iter().for_each(|name| *counts.entry(name).or_insert(0) += 1);
        }
        counts
    };
    let (own, all) = (applied(&is_own), applied(&|_| true));
    assert!(own.contains_key(&largest));
    let is_local = |name: &String| own.get(name).is_some_and(|count| count * 2 > all[name]);
    let is_wanted = |one: &&Document| {
        let Some(kind) = one.kind.filter(|kind| *kind != terms::PatentKind::Design) else { return false };
        let over = one.filed_on.and_then(|filed| kind.term_over_on(filed).ok());
        let has_term = kind == terms::PatentKind::Invention || one.office == "CN";
        !is_own(one)
            && documents::legal::settled(one).state == documents::LegalState::InForce
            && has_term
            && over.is_some_and(|over| over >= jiff::civil::date(2029, 6, 30))
            && !owners(one).iter().all(is_local)
    };
    let wanted: Vec<&Document> = documents.iter().filter(is_in_field).filter(is_wanted).collect();
    assert!(wanted.iter().any(|one| owners(one).contains(&largest)), "the partner has something to bring in");
    let academic = wanted.iter().filter(|one| owners(one).iter().any(|name| navigation::bodies::is_academic(name)));
    let expected = [counted(wanted.iter().copied()).1, counted(academic.copied()).1];
    let finding = &figure(&report, "path-patents").finding;
    let told = format!("共 {} 族，其中院校院所 {} 族", expected[0], expected[1]);
    assert!(finding.contains(&told), "{told}: {finding}");
}

#[test]
fn the_parts_of_an_industry_report_are_all_there_and_each_figure_says_how_it_was_made() {
    let (scope, report) = industry();
    let parts: BTreeSet<navigation::Part> = report.figures.iter().map(|figure| figure.part).collect();
    assert_eq!(parts.len(), 4);
    for figure in &report.figures {
        assert!(!figure.method.is_empty() && !figure.finding.is_empty(), "{}", figure.id);
        assert_eq!((figure.as_of, figure.snapshot), (scope.as_of, WORLD.corpus.manifest().number));
        assert!(!figure.question.contains("主体") && !figure.method.contains("主体"), "{}", figure.method);
    }
    assert_eq!(report.documents.len(), field(&scope).len());
}

#[test]
fn a_report_is_the_same_again_whatever_the_splits_and_survives_json() {
    let (scope, report) = industry();
    let folder = tempfile::tempdir().unwrap();
    let mut documents = WORLD.documents.clone();
    documents.reverse();
    let corpus = corpus_of(folder.path(), &documents, 1_300);
    let mut again = survey(&corpus, &scope, &documents::applicants::Ledger::default().at(0)).unwrap();
    again.snapshot = report.snapshot.clone();
    again.figures.iter_mut().for_each(|figure| figure.snapshot = report.snapshot.number);
    assert_eq!(again, report);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(Report::from_json(&text).unwrap(), report);
    assert!(Report::from_json("{}").unwrap_err().to_string().contains("第 1 行"));
}

#[test]
fn grants_are_counted_by_the_year_of_the_grant_without_a_band() {
    let mut scope = scope(Template::Industry);
    scope.basis = Basis::Granted;
    let report = report(&scope);
    let trend = figure(&report, "trend");
    let granted = |one: &Document| {
        one.publications.iter().filter(|each| each.is_grant == Some(true)).filter_map(|each| each.published_on).min()
    };
    for row in &trend.rows {
        let Ok(year) = text(row, 0).parse::<i16>() else { continue };
        let of_year = WORLD.documents.iter().filter(|one| is_in(one, &["H01M", "G06F"]));
        let of_year = of_year.filter(|one| granted(one).is_some_and(|day| day.year() == year && day <= scope.as_of));
        assert_eq!((count(row, 1), count(row, 2)), counted(of_year), "{year}");
        assert!(!matches!(row.cells[5], Cell::Count(_)));
        assert_eq!(row.is_incomplete, year == 2024);
    }
}

#[test]
fn a_search_that_finds_nothing_or_is_wrong_says_so() {
    let names = documents::applicants::Ledger::default().at(0);
    let refused = |change: &dyn Fn(&mut Scope)| {
        let mut scope = scope(Template::Industry);
        change(&mut scope);
        survey(&WORLD.corpus, &scope, &names).unwrap_err().to_string()
    };
    assert!(refused(&|scope| scope.search = "TI=(".into()).contains("检索式有误"));
    assert!(refused(&|scope| scope.subject.search = "PR=".into()).contains("苏州市"));
    assert!(refused(&|scope| scope.search = "TI=没有这样的词语啊".into()).contains("没有命中任何文献"));
    assert!(refused(&|scope| scope.subject.search = "PR=没有这座城市".into()).contains("没有“苏州市”的文献"));
    assert!(refused(&|scope| scope.as_of = jiff::civil::date(1999, 1, 1)).contains("请把截止日改晚"));
}

#[test]
fn an_enterprise_stands_once_among_its_rivals_and_what_was_not_granted_did_not_lapse() {
    let (_, industry) = industry();
    let name = text(&figure(&industry, "own-applicants").rows[0], 0);
    let subject = navigation::Subject::enterprise(&WORLD.corpus, &name, std::slice::from_ref(&name)).unwrap();
    let scope = Scope::of_enterprise(&WORLD.corpus, subject, None, jiff::civil::date(2024, 6, 30)).unwrap();
    let report = report(&scope);
    let rank = figure(&report, "rank");
    let places: Vec<u64> = rank.rows.iter().map(|row| count(row, 1)).collect();
    assert!(places.is_sorted(), "{places:?}");
    let named = rank.rows.iter().filter(|row| text(row, 0).starts_with(&name)).count();
    assert_eq!(named, 1, "{:?}", rank.rows.iter().map(|row| text(row, 0)).collect::<Vec<_>>());
    let quality = figure(&industry, "quality");
    let row = |mark: &str| quality.rows.iter().find(|row| text(row, 0).starts_with(mark)).unwrap();
    let not_granted = row("未授权").search.clone().unwrap();
    assert!(not_granted.contains("未授权") && !row("失效").search.clone().unwrap().contains("未授权"));
}

#[test]
fn nothing_is_judged_where_the_subject_is_most_of_what_there_is() {
    let mut scope = scope(Template::Industry);
    scope.subject.search = "NOT PR=苏州".to_owned();
    let report = report(&scope);
    for id in ["specialisation", "path-structure"] {
        assert!(figure(&report, id).finding.contains("对照不足，不判断"), "{id}: {}", figure(&report, id).finding);
    }
    assert!(figure(&report, "path-structure").rows.iter().all(|row| text(row, 1) == "不判断"));
    assert!(figure(&report, "specialisation").rows.iter().all(|row| text(row, 8) == "不判断"));
}

#[test]
fn a_corpus_that_holds_one_week_says_nothing_of_a_course_over_time() {
    let week = |one: &&Document| scan::first_published(one).is_some_and(|day| (2018..=2019).contains(&day.year()));
    let few: Vec<Document> = WORLD.documents.iter().filter(week).cloned().collect();
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus_of(folder.path(), &few, 700);
    let report = survey(&corpus, &scope(Template::Industry), &documents::applicants::Ledger::default().at(0)).unwrap();
    assert!(figure(&report, "data-set").finding.contains("2020–2024"), "{}", figure(&report, "data-set").finding);
    for id in ["trend", "life-cycle", "technology", "path-structure"] {
        assert!(figure(&report, id).finding.contains("收录不足"), "{id}: {}", figure(&report, id).finding);
    }
    let trend = figure(&report, "trend");
    let row = trend.rows.iter().find(|row| text(row, 0) == "2021").unwrap();
    assert_eq!((text(row, 4).as_str(), &row.cells[5]), ("收录不足", &Cell::Text(String::new())));
    assert!(figure(&report, "technology").rows.iter().all(|row| row.cells[5] == Cell::Unknown));
}

#[test]
fn the_layout_follows_families_beyond_the_search() {
    let (scope, report) = industry();
    let all: BTreeSet<String> = field(&scope).iter().map(|one| family(one)).collect();
    let own: BTreeSet<String> = field(&scope).iter().filter(|one| is_own(one)).map(|one| family(one)).collect();
    for row in &figure(&report, "layout").rows {
        let there: BTreeSet<String> =
            WORLD.documents.iter().filter(|one| one.office == text(row, 0)).map(family).collect();
        let counts = [own.intersection(&there).count() as u64, all.intersection(&there).count() as u64];
        assert_eq!([count(row, 1), count(row, 3)], counts, "{}", text(row, 0));
    }
}
