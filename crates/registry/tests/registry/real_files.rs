//! Real exports, counted a second time without any code of ours.
//!
//! The files are not part of the repository; where they are absent the tests say so and pass.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use registry::{ImportOptions, ImportReport};

use crate::office::{Office, counts, offices, on};

/// The file of the data folder, or a loud remark that it is not there.
fn data(name: &str) -> Option<PathBuf> {
    let folder = std::env::var("ZHIQIANG_DATA")
        .map_or_else(|_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("跳过：没有真实数据文件 {}（可用 ZHIQIANG_DATA 指定数据文件夹）", path.display());
    None
}

async fn import(office: &Office, register: &str, path: &std::path::Path) -> ImportReport {
    registry::import::import(office.db(), register, path, &ImportOptions::new(on("2024-01-10"), "张三")).await.unwrap()
}

/// The records of a gazette file by heading.
fn gazette(path: &std::path::Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(path).unwrap();
    let (text, _, had_errors) = encoding_rs::GB18030.decode(&bytes);
    assert!(!had_errors);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| headings.iter().zip(record.unwrap().iter()).map(|(h, c)| (h.to_owned(), c.to_owned())).collect())
        .collect()
}

/// The check character of a number, computed here a second time.
fn check_holds(number: &str) -> bool {
    let (digits, check) = number.split_at(number.len() - 1);
    let sum: u32 = digits.bytes().zip([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]).map(|(d, w)| u32::from(d - b'0') * w).sum();
    let expected = if sum % 11 == 10 { "X".to_owned() } else { (sum % 11).to_string() };
    check.eq_ignore_ascii_case(&expected)
}

/// The same for a number of the old form of eight digits too.
fn check_holds_of(number: &str) -> bool {
    match number.len() {
        13 => check_holds(number),
        9 => {
            let (digits, check) = number.split_at(8);
            let sum: u32 = digits.bytes().zip(2..).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
            let expected = if sum % 11 == 10 { "X".to_owned() } else { (sum % 11).to_string() };
            check.eq_ignore_ascii_case(&expected)
        }
        _ => false,
    }
}

#[tokio::test]
async fn the_gazette_is_taken_whole_but_for_mangled_numbers() {
    for name in [
        "2019-07-09_utility_model_grant.csv",
        "2019-07-09_invention_grant.csv",
        "2019-07-09_invention_publication.csv",
        "2019-07-09_design_grant.csv",
        "2019-07-12_invention_publication.csv",
        "2019-07-12_design_grant.csv",
    ] {
        let Some(path) = data(&format!("cn-patents/gazette-2019-07/{name}")) else { return };
        let records = gazette(&path);
        let mangled = records.iter().filter(|record| record["filing_id"].contains("E+")).count() as u64;
        let sound: Vec<_> = records.iter().filter(|record| !record["filing_id"].contains("E+")).collect();
        assert!(sound.iter().all(|record| check_holds(&record["filing_id"])));
        let complete = |record: &&&BTreeMap<String, String>| {
            ["name", "filing_date", "patentee"]
                .iter()
                .all(|heading| !record[*heading].trim_matches([' ', ';', '?']).is_empty())
        };
        let taken: BTreeSet<&str> = sound.iter().filter(complete).map(|record| record["filing_id"].as_str()).collect();

        let office = offices().await.remove(0);
        let report = import(&office, "patents", &path).await;
        let [rows, accepted, ..] = counts(&report);
        println!("{name}: {:?}", counts(&report));
        let others: Vec<_> =
            report.problems.iter().filter(|problem| !problem.reason.contains("丢失")).take(5).collect();
        assert_eq!(rows, records.len() as u64, "{name}");
        assert_eq!(report.encoding.as_deref(), Some("GB18030"));
        let lost = registry::quarantine::list(
            office.db(),
            &registry::quarantine::Filter { limit: 100_000, ..Default::default() },
        )
        .await
        .unwrap()
        .iter()
        .filter(|row| row.reasons.iter().any(|reason| reason.column == "申请号" && reason.reason.contains("丢失")))
        .count() as u64;
        assert_eq!(lost, mangled, "{name}");
        assert_eq!(accepted, taken.len() as u64, "{name}: {others:#?}");

        let folded = office.known("2024-12-31").await;
        let granted = registry::Folded::column("patents", "granted_on");
        let has_grants = name.contains("grant");
        assert!(
            folded.get("patents").iter().all(|row| row.cells[granted].is_some() == has_grants),
            "{name}: publications are no grants"
        );
        let address = registry::Folded::column("patents", "address");
        let glued = folded
            .get("patents")
            .iter()
            .filter_map(|row| row.cells[address].as_deref())
            .find(|address| address.len() > 6 && address.as_bytes()[..6].iter().all(u8::is_ascii_digit));
        assert_eq!(glued, None, "{name}: a postcode is still glued to an address");
    }
}

#[tokio::test]
async fn the_swapped_issue_gets_its_addresses_back() {
    let Some(path) = data("cn-patents/gazette-2019-07/2019-07-09_invention_grant.csv") else { return };
    let office = offices().await.remove(0);
    let report = import(&office, "patents", &path).await;
    assert!(report.mapping.as_deref().unwrap().contains("颠倒"));
    let folded = office.known("2024-12-31").await;
    let (address, inventors) =
        (registry::Folded::column("patents", "address"), registry::Folded::column("patents", "inventors"));
    let rows = folded.get("patents");
    let in_provinces = |place: usize| {
        rows.iter()
            .filter(|row| row.cells[place].as_deref().is_some_and(|cell| cell.contains('省') || cell.contains('市')))
            .count()
    };
    assert!(in_provinces(address) * 10 > rows.len() * 6, "{} of {}", in_provinces(address), rows.len());
    assert!(in_provinces(inventors) * 100 < rows.len(), "{} of {}", in_provinces(inventors), rows.len());
}

#[tokio::test]
async fn the_long_list_of_the_search_system_is_read_as_it_is() {
    let Some(path) = data("cn-patents/pss-list-53k/patentInfoTmp.xlsx") else { return };
    let records = workbook(&path);
    let place = |heading: &str| records[0].iter().position(|cell| cell == heading).unwrap();
    let (number, title) = (place("申请号"), place("专利名称"));
    let (filed, applicant) = (place("申请日"), place("申请人"));
    let digits = |cell: &str| {
        cell.trim_start_matches("CN")
            .trim_start_matches(':')
            .chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    };
    let rows: Vec<&Vec<String>> =
        records[1..].iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
    let complete = |row: &&&Vec<String>| {
        [title, filed].iter().all(|place| !row[*place].trim().is_empty())
            && !row[applicant].trim_matches([' ', ';']).is_empty()
    };
    let keys: BTreeSet<String> = rows.iter().filter(complete).map(|row| digits(&row[number])).collect();
    let office = offices().await.remove(0);
    let report = import(&office, "patents", &path).await;
    println!("pss: {:?} {:?}", counts(&report), report.problems.iter().take(3).collect::<Vec<_>>());
    assert_eq!(report.rows, rows.len() as u64);
    assert_eq!(report.accepted, keys.len() as u64);
    assert!(report.warnings.iter().any(|warning| warning.reason.contains("校验位")), "twins carry no check character");
}

/// The cells of the first sheet as text.
fn workbook(path: &std::path::Path) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book = calamine::open_workbook_auto(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[tokio::test]
async fn the_detail_pages_of_the_search_system_are_read_two_lines_a_record() {
    let Some(path) = data("cn-patents/pss-detail-listed-companies/patent_all.txt") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let records: Vec<BTreeMap<&str, &str>> =
        lines.chunks(2).map(|pair| pair[0].split(':').zip(pair[1].split(':')).collect()).collect();
    assert_eq!(records.len(), 4_281);
    let is_sound = |record: &&BTreeMap<&str, &str>| {
        let filled = |label: &str| !record[label].trim_matches([' ', ';']).is_empty();
        let number = record["申请号"].trim_start_matches("CN").replace('.', "");
        filled("发明名称")
            && filled("申请日")
            && filled("申请（专利权）人")
            && number.len() > 2
            && check_holds_of(&number)
    };
    let sound: Vec<_> = records.iter().filter(is_sound).collect();
    let keys: BTreeSet<&str> = sound.iter().map(|record| record["申请号"]).collect();
    for office in offices().await {
        let report = import(&office, "patents", &path).await;
        println!(
            "pss detail: {:?} {:#?}",
            counts(&report),
            report.problems.iter().filter(|p| p.column != "申请号" && p.column != "名称").take(9).collect::<Vec<_>>()
        );
        assert_eq!(report.encoding.as_deref(), Some("UTF-8"));
        assert_eq!(report.mapping.as_deref(), Some("专利检索系统详览"));
        assert_eq!(report.rows, records.len() as u64);
        assert_eq!(report.accepted, keys.len() as u64);
        // A publication is no grant.
        let folded = office.known("2024-12-31").await;
        let column = |field: &str| registry::Folded::column("patents", field);
        let granted = folded.get("patents").iter().filter(|row| row.cells[column("granted_on")].is_some()).count();
        assert!(granted > 1_000 && granted < folded.get("patents").len());
        assert!(folded.get("patents").iter().all(|row| row.cells[column("ipc")].is_some()), "designs by Locarno too");
    }
}

#[tokio::test]
async fn the_industries_of_2011_load_by_the_places_of_their_columns() {
    let Some(path) = data("industry/GBT4754-2011.xlsx") else { return };
    let rows = workbook(&path);
    let codes: BTreeSet<String> = rows.iter().map(|row| row[0].trim().to_owned()).collect();
    assert_eq!((rows.len(), codes.len()), (1_425, 1_424), "section A stands twice");
    for office in offices().await {
        let options = ImportOptions::new(on("2024-01-10"), "张三");
        let unnamed = registry::import::import(office.db(), "industry-codes", &path, &options).await.unwrap_err();
        assert!(unnamed.to_string().contains("没有标题行的"), "{unnamed}");
        if let Some(newer) = data("industry/GBT4754-2017.xlsx") {
            import(&office, "industry-codes", &newer).await;
        }
        let before = office.known("2024-12-31").await.get("industry-codes").len();
        let options = ImportOptions { mapping: Some("GB/T 4754-2011（无标题行）".into()), ..options };
        let report = registry::import::import(office.db(), "industry-codes", &path, &options).await.unwrap();
        assert_eq!(counts(&report), [1_425, 1_424, 0, 1, 0], "{:#?}", report.problems);
        let folded = office.known("2024-12-31").await;
        assert_eq!(folded.get("industry-codes").len(), before + codes.len(), "one edition does not correct another");
        let name = registry::Folded::column("industry-codes", "name");
        let row = folded.get("industry-codes").iter().find(|row| row.key == "0111\u{1f}2011").unwrap();
        assert_eq!(row.cells[name].as_deref(), Some("稻谷种植"));
    }
}

#[tokio::test]
async fn the_cnipr_export_brings_utility_models_with_their_grants() {
    let Some(path) = data("cn-patents/cnipr-export/cnipr_export_199_records_2012-2013.xlsx") else { return };
    for office in offices().await {
        let report = import(&office, "patents", &path).await;
        assert_eq!(counts(&report), [199, 199, 0, 0, 0], "{:#?}", report.problems);
        let folded = office.known("2024-12-31").await;
        let column = |field: &str| registry::Folded::column("patents", field);
        let rows = folded.get("patents");
        assert!(rows.iter().all(|row| row.cells[column("kind")].as_deref() == Some("实用新型")));
        assert!(
            rows.iter().all(|row| row.cells[column("granted_on")].is_some() && row.cells[column("abstract")].is_some())
        );
        let nantong = rows
            .iter()
            .filter(|row| {
                row.cells[column("address")].as_deref().is_some_and(|a| a.contains("南通") || a.contains("海安"))
            })
            .count();
        assert_eq!(nantong, 5);
    }
}

#[tokio::test]
async fn the_strategic_industries_table_keeps_its_negative_keywords_apart() {
    let Some(path) = data("sei/sei2021_ipc_rules.jsonl") else { return };
    let office = offices().await.remove(0);
    let report = import(&office, "strategic-industries", &path).await;
    println!("sei: {:?} {:?}", counts(&report), report.problems.iter().take(3).collect::<Vec<_>>());
    let lines = std::fs::read_to_string(&path).unwrap().lines().filter(|line| !line.trim().is_empty()).count() as u64;
    assert_eq!(
        (report.rows, report.quarantined),
        (lines, 0),
        "{:#?}",
        report.problems.iter().take(5).collect::<Vec<_>>()
    );
    let folded = office.known("2024-12-31").await;
    let column = |field: &str| registry::Folded::column("strategic-industries", field);
    let rows = folded.get("strategic-industries");
    let patterns: usize =
        rows.iter().filter_map(|row| row.cells[column("ipc")].as_deref()).map(|list| list.split('|').count()).sum();
    assert_eq!(patterns, 1_689);
    let excluded: usize = rows
        .iter()
        .filter_map(|row| row.cells[column("excluded_ipc")].as_deref())
        .map(|list| list.split('|').count())
        .sum();
    assert_eq!(excluded, 983);
    let negative = rows
        .iter()
        .find(|row| row.cells[column("excluded_keywords")].as_deref().is_some_and(|words| words.contains("非机动车")));
    assert!(negative.is_some());
    assert!(rows.iter().all(|row| {
        !row.cells[column("keywords")].as_deref().unwrap_or("").split('|').any(|word| word.starts_with("不包"))
    }));
    assert!(rows.iter().all(|row| row.cells[column("match")].as_deref() == Some("精确")));
}

#[tokio::test]
async fn the_divisions_of_a_province_are_read_on_all_levels() {
    let Some(path) = data("admin-divisions/areacity_level4_jiangsu.csv") else { return };
    let office = offices().await.remove(0);
    let report = import(&office, "regions", &path).await;
    assert_eq!(counts(&report)[..2], [1_368, 1_368], "{:?}", report.problems.first());
    let kind = registry::Folded::column("regions", "kind");
    let folded = office.known("2024-12-31").await;
    let of = |wanted| folded.get("regions").iter().filter(|row| row.cells[kind].as_deref() == Some(wanted)).count();
    assert_eq!(["镇", "街道", "乡", "区", "县"].map(of), [718, 475, 32, 63, 19]);
}

#[tokio::test]
async fn national_reference_tables_are_read_row_for_row() {
    let office = offices().await.remove(0);
    for (register, file, rows, kept) in [
        ("regions", "admin-divisions/provinces.csv", 31, 31),
        ("regions", "admin-divisions/cities.csv", 342, 342),
        ("regions", "admin-divisions/areas.csv", 2_978, 2_978),
        ("regions", "admin-divisions/streets.csv", 41_352, 41_352),
        ("ipc-titles", "ipc/ipc_2026.01_zh.tsv", 76_102, 76_101),
        ("holidays", "holidays/2023.json", 34, 34),
        ("industry-codes", "industry/GBT4754-2017.xlsx", 1_768, 1_766),
        ("industry-codes", "industry/GBT4754-2017(all).xlsx", 1_768, 1_766),
    ] {
        let Some(path) = data(file) else { continue };
        let report = import(&office, register, &path).await;
        println!("{file}: {:?} {:?}", counts(&report), report.problems.iter().take(3).collect::<Vec<_>>());
        let [all, accepted, _, unchanged, _] = counts(&report);
        let problems: Vec<_> = report.problems.iter().take(5).collect();
        assert_eq!((all, accepted + unchanged), (rows, kept), "{file}: {problems:#?}");
    }
    let folded = office.known("2024-12-31").await;
    if data("admin-divisions/streets.csv").is_some() {
        // Towns are told from counties although the headings of the ones are among those of the others.
        let mut kinds: BTreeMap<(usize, &str), u64> = BTreeMap::new();
        for row in folded.get("regions") {
            let kind = row.cells[registry::Folded::column("regions", "kind")].as_deref().unwrap();
            *kinds.entry((row.key.len(), kind)).or_default() += 1;
        }
        for (of, expected) in [
            ((2, "其他"), 31),
            ((4, "其他"), 342),
            ((6, "县"), 1_468),
            ((6, "区"), 1_103),
            ((9, "镇"), 21_379),
            ((9, "街道"), 9_121),
            ((9, "乡"), 8_203),
        ] {
            assert_eq!(kinds.get(&of), Some(&expected), "{of:?} of {kinds:?}");
        }
    }
    let holidays = folded.get("holidays");
    if !holidays.is_empty() {
        let is_off = registry::Folded::column("holidays", "is_off");
        let first = holidays.iter().find(|row| row.key == "2023-01-28").unwrap();
        assert_eq!(first.cells[is_off].as_deref(), Some("否"), "a make-up working day");
    }
}
