//! Office files that are made of a report, and editions that are compared.

use std::io::Cursor;

use navigation::{Template, compare::compare, export, project::Project, survey};

use crate::{WORLD, corpus_of, report, scope};

#[test]
fn a_workbook_has_a_sheet_for_every_figure_and_the_data_set() {
    let report = report(&scope(Template::Industry));
    let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
    let mut bytes = Cursor::new(Vec::new());
    export::xlsx(&report, &mut bytes).unwrap();
    std::fs::write(file.path(), bytes.into_inner()).unwrap();
    let mut book = sheets::open(file.path(), &sheets::Limits::default()).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), report.figures.len() + 2);
    let mut rows = 0;
    let place = names.iter().position(|name| name == "数据集").unwrap();
    book.read_sheet(place, &mut |_| {
        rows += 1;
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(rows, report.documents.len() + 2, "a title, a heading and the documents");
}

#[test]
fn a_paper_is_the_same_again() {
    let report = report(&scope(Template::Industry));
    let bytes = |project: Option<&Project>| {
        let mut bytes = Cursor::new(Vec::new());
        export::docx(&report, project, &mut bytes).unwrap();
        bytes.into_inner()
    };
    assert!(bytes(None).starts_with(b"PK"));
    assert_eq!(bytes(None), bytes(None));
    assert_ne!(bytes(None), bytes(Some(&Project::default())), "the record stands in it");
}

#[test]
fn the_project_record_tells_sources_searches_and_versions_off_the_report() {
    let report = report(&scope(Template::Industry));
    let told: u64 = report.sources.iter().map(|source| source.documents).sum();
    assert!(told >= report.documents.len() as u64, "every document came from a file: {:?}", report.sources);
    assert!(report.sources.iter().all(|source| source.latest.is_none_or(|day| day <= report.scope.as_of)));
    let steps = Project { question: "引进什么".into(), ..Project::default() }.steps(&report);
    let names: Vec<&str> = steps.iter().map(|(step, _)| *step).collect();
    assert_eq!(names, ["项目信息", "信息采集", "数据处理", "分析", "成果产出与评审", "成果运用与评价"]);
    let said = |label: &str| {
        let found = steps.iter().flat_map(|(_, rows)| rows).find(|(of, _)| *of == label);
        found.unwrap_or_else(|| panic!("no {label}")).1.clone()
    };
    assert_eq!(said("要回答的问题"), "引进什么");
    assert_eq!(said("检索式"), report.scope.search);
    assert_eq!(said("命中"), format!("{} 件", report.documents.len()));
    assert!(said("数据来源").contains(&report.sources[0].file) && said("运用成效").is_empty());
}

#[test]
fn the_next_edition_names_what_came_went_and_changed() {
    let scope = scope(Template::Industry);
    let earlier = report(&scope);
    let folder = tempfile::tempdir().unwrap();
    let mut documents = WORLD.documents.clone();
    let of_field: Vec<String> = earlier.documents.iter().map(|one| one.key.clone()).collect();
    // One document is no longer there, one lapsed, one changed hands, and a year passed.
    documents.retain(|document| document.key != of_field[0]);
    for document in &mut documents {
        if document.key == of_field[1] {
            document.state = documents::LegalState::Ended;
        }
        if document.key == of_field[2] {
            document.owners = vec![documents::Party { name: "海安新主有限公司".into(), ..Default::default() }];
        }
    }
    let corpus = corpus_of(folder.path(), &documents, 900);
    let mut next = scope.clone();
    next.as_of = jiff::civil::date(2025, 6, 30);
    let report = survey(&corpus, &next, &documents::applicants::Ledger::default().at(0)).unwrap();
    let differences = compare(&earlier, &report);
    assert!(!differences.is_other_scope);
    let gone: Vec<&str> = differences.gone.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(gone, [of_field[0].as_str()]);
    assert_eq!(report.documents.len(), earlier.documents.len() + differences.added.len() - 1);
    assert!(!differences.added.is_empty());
    let changed: Vec<&str> = differences.changed.iter().map(|one| one.key.as_str()).collect();
    assert!(changed.contains(&of_field[2].as_str()), "{changed:?}");
    let row = differences.rows.iter().find(|row| row.figure == "trend" && row.name.starts_with("2023")).unwrap();
    assert!(!row.before.is_empty() && row.before != row.after, "{row:?}");
    // The same edition again differs in nothing.
    let same = compare(&report, &report);
    assert!(same.added.is_empty() && same.gone.is_empty() && same.changed.is_empty() && same.rows.is_empty());
    let other = navigation::Scope { search: "IC=H01M".into(), ..scope };
    assert!(compare(&earlier, &crate::report(&other)).is_other_scope);
}

#[test]
fn a_report_is_kept_once_and_read_back_unchanged() {
    use navigation::shelf;
    let folder = tempfile::tempdir().unwrap();
    let report = report(&scope(Template::Industry));
    let id = shelf::keep(folder.path(), &report).unwrap();
    assert_eq!(shelf::keep(folder.path(), &report).unwrap(), id);
    assert_eq!(shelf::read(folder.path(), &id).unwrap().as_ref(), Some(&report));
    assert_eq!(shelf::read(folder.path(), "../secret").unwrap(), None);
    let kept = shelf::list(folder.path());
    assert_eq!((kept.len(), kept[0].documents), (1, report.documents.len() as u64));
}
