//! The real files of the trade, read whole, with the rows that each is known to have.

use std::{
    env,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use sheets::{Cell, Limits};

use crate::files::Folder;

/// The folder of real files: `ZHIQIANG_DATA`, or `shared/data` beside the workspace.
fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = env::var_os("ZHIQIANG_DATA").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: the real files are not in {} (set ZHIQIANG_DATA)", folder.display());
    None
}

/// Sheets with their rows, the heading row among them, then the encoding.
type Expected = (&'static str, &'static [(&'static str, usize)], Option<&'static str>);

const UTF8: Option<&str> = Some("UTF-8");
const GB: Option<&str> = Some("GB18030");

/// Rows are those of the sources' own counts plus one heading row; GB/T 4754-2011 and the two lists of
/// enterprises have no heading.
const FILES: [Expected; 29] = [
    ("admin-divisions/provinces.csv", &[("provinces", 31 + 1)], UTF8),
    ("admin-divisions/cities.csv", &[("cities", 342 + 1)], UTF8),
    ("admin-divisions/areas.csv", &[("areas", 2_978 + 1)], UTF8),
    ("admin-divisions/streets.csv", &[("streets", 41_352 + 1)], UTF8),
    ("admin-divisions/areacity_level4_jiangsu.csv", &[("areacity_level4_jiangsu", 1_368 + 1)], UTF8),
    ("enterprise-names/listed_company", &[("listed_company", 1_516)], UTF8),
    ("enterprise-names/listed_patent_num.csv", &[("listed_patent_num", 1_232)], UTF8),
    ("industry/GBT4754-2017.xlsx", &[("Sheet1", 1_769)], None),
    ("industry/GBT4754-2017(all).xlsx", &[("Sheet1", 1_769)], None),
    ("industry/GBT4754-2011.xlsx", &[("Sheet1", 1_425)], None),
    ("sei/sei2021_ipc_rules.jsonl", &[("sei2021_ipc_rules", 303 + 1)], UTF8),
    (
        "cn-patents/gazette-2019-07/2019-07-09_utility_model_grant.csv",
        &[("2019-07-09_utility_model_grant", 16_471 + 1)],
        GB,
    ),
    (
        "cn-patents/gazette-2019-07/2019-07-09_invention_publication.csv",
        &[("2019-07-09_invention_publication", 13_537 + 1)],
        GB,
    ),
    ("cn-patents/gazette-2019-07/2019-07-09_invention_grant.csv", &[("2019-07-09_invention_grant", 4_761 + 1)], GB),
    ("cn-patents/gazette-2019-07/2019-07-09_design_grant.csv", &[("2019-07-09_design_grant", 5_237 + 1)], GB),
    (
        "cn-patents/gazette-2019-07/2019-07-12_invention_publication.csv",
        &[("2019-07-12_invention_publication", 15_382 + 1)],
        GB,
    ),
    ("cn-patents/gazette-2019-07/2019-07-12_design_grant.csv", &[("2019-07-12_design_grant", 5_299 + 1)], GB),
    ("cn-patents/pss-list-53k/patentInfoTmp.xlsx", &[("Sheet1", 52_978 + 1)], None),
    ("cn-patents/cnipr-export/cnipr_export_199_records_2012-2013.xlsx", &[("Sheet1", 199 + 1)], None),
    ("cn-patents/cnipr-export/abstracts_labelled_2013-2014.xlsx", &[("2013年", 91), ("Sheet1", 48)], None),
    ("cn-patents/patsnap-export/patsnap_green_aviation_20240401085613950.xlsx", &[("sheet1", 1_999 + 1)], None),
    ("cn-patents/patsnap-export/IPCDatasetWithRegionAndTime.csv", &[("IPCDatasetWithRegionAndTime", 16_759)], UTF8),
    ("cn-patents/title-ipc-9740/oof_predictions.csv", &[("oof_predictions", 9_740 + 1)], UTF8),
    // Each has 19 rows; the blank ones behind them are passed over.
    ("cn-patents/cpc-abstract-samples/sample_train.csv", &[("sample_train", 19 + 1)], UTF8),
    ("cn-patents/cpc-abstract-samples/sample_val.csv", &[("sample_val", 19 + 1)], UTF8),
    ("cn-patents/cpc-abstract-samples/sample_test.csv", &[("sample_test", 19 + 1)], UTF8),
    ("cn-patents/cnki-export/MaterialChemistry_18_19.xlsx", &[("Sheet1", 33 + 1)], None),
    ("cn-patents/design-2012/designs_26-05_lamps.csv", &[("designs_26-05_lamps", 141)], UTF8),
    (
        "cn-patents/design-2012/patsnap_design_format_sample.xlsx",
        &[("result_20210424", 2 + 1), ("Sheet1", 0), ("Sheet2", 0), ("Sheet3", 0)],
        None,
    ),
];

#[test]
fn real_files_have_the_rows_they_are_known_to_have() {
    let Some(folder) = folder() else { return };
    for (name, expected, encoding) in FILES {
        let path = folder.join(name);
        let book = sheets::open(&path, &Limits::default()).unwrap();
        assert_eq!(book.encoding(), encoding, "{name}");
        let all = sheets::read_all(&path, &Limits::default()).unwrap();
        let found: Vec<(&str, usize)> = all.iter().map(|(sheet, rows)| (sheet.as_str(), rows.len())).collect();
        assert_eq!(found, expected, "{name}");
        let broken = all.iter().flat_map(|(_, rows)| rows).flat_map(|row| &row.cells);
        assert_eq!(broken.filter(|cell| matches!(cell, Cell::Broken(_))).count(), 0, "{name}");
    }
}

#[test]
fn the_gazettes_keep_every_number_and_every_cell() {
    let Some(folder) = folder() else { return };
    let (mut rows_read, mut damaged) = (0, 0);
    for (name, ..) in FILES.iter().filter(|(name, ..)| name.contains("gazette")) {
        let all = sheets::read_all(&folder.join(name), &Limits::default()).unwrap();
        for row in &all[0].1[1..] {
            assert_eq!(row.cells.len(), 10, "{name} row {}", row.number);
            let number = row.cells[4].text();
            // What a spreadsheet destroyed before the file came stays as it came, for the register to refuse.
            let is_whole = number.len() == 13 && number[..12].bytes().all(|byte| byte.is_ascii_digit());
            assert!(is_whole || number.contains("E+12"), "{name} row {}: {number}", row.number);
            damaged += usize::from(!is_whole);
            rows_read += 1;
        }
    }
    assert_eq!(rows_read, 16_471 + 13_537 + 4_761 + 5_237 + 15_382 + 5_299);
    assert!((40_000..rows_read).contains(&damaged), "{damaged}");
}

#[test]
fn codes_of_industries_keep_their_leading_zeros() {
    let Some(folder) = folder() else { return };
    let all = sheets::read_all(&folder.join("industry/GBT4754-2017.xlsx"), &Limits::default()).unwrap();
    let found = all[0].1.iter().find(|row| row.cells[0].text() == "0111").map(|row| row.cells[1].text().into_owned());
    assert_eq!(found.as_deref(), Some("稻谷种植"));
}

#[test]
fn legacy_workbooks_of_a_search_system_are_read() {
    let Some(folder) = folder() else { return };
    let zip = File::open(folder.join("world-patents/patentscope/pizza_all_24294_raw.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(zip).unwrap();
    let here = Folder::new();
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let mut bytes = Vec::new();
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().unwrap().rsplit('/').next().unwrap_or_default().to_owned();
        if !name.ends_with(".xls") || name.starts_with('.') {
            continue;
        }
        part.read_to_end(&mut bytes).unwrap();
        let all = sheets::read_all(&here.file(&name, bytes), &Limits::default()).unwrap();
        // Above the heading stands the query.
        found.push(all[0].1.len() - 2);
    }
    found.sort_unstable();
    assert_eq!(found, [6_177, 8_458, 9_659]);
}
