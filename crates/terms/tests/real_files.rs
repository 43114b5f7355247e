//! The parsers against real files: gazettes, the SEI table, the IPC scheme, divisions and holidays.
//!
//! The files are not part of the repository: they lie in the folder that `ZHIQIANG_DATA` names, else in `../shared/data` beside the workspace.
//! Without them each test says loudly that it was skipped, and passes.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use jiff::civil::date;
use terms::{
    ApplicationNumber, IpcLevel, IpcPattern, IpcSymbol, Match, PublicationNumber, RegionCode, WorkingCalendar, dates,
};

/// The file's bytes, or `None` with a loud line when the data folder lacks it.
fn data(file: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("ZHIQIANG_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join(file);
    let bytes = fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("SKIPPED: no {} — set ZHIQIANG_DATA to the data folder", path.display());
    }
    bytes
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}

/// Splits a csv record byte by byte; in GB18030 neither a comma nor a quotation mark is ever part of another character.
fn csv_fields(record: &[u8]) -> Vec<String> {
    let mut fields = vec![Vec::new()];
    let mut is_quoted = false;
    for byte in record {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => fields.push(Vec::new()),
            byte => fields.last_mut().expect("it begins with one field").push(*byte),
        }
    }
    fields.iter().map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect()
}

fn read<T: FromStr<Err = terms::Error>>(cell: &str) -> T {
    cell.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_number_of_the_gazettes_is_sound_or_known_to_have_lost_digits() {
    let (mut sound, mut lost, mut publications, mut grants) = (0, 0, 0, 0);
    for file in [
        "2019-07-09_design_grant",
        "2019-07-09_invention_grant",
        "2019-07-09_invention_publication",
        "2019-07-09_utility_model_grant",
        "2019-07-12_design_grant",
        "2019-07-12_invention_publication",
    ] {
        let Some(bytes) = data(&format!("cn-patents/gazette-2019-07/{file}.csv")) else {
            return;
        };
        for record in bytes.split(|b| *b == b'\n').skip(1).filter(|record| record.len() > 1) {
            let fields = csv_fields(record);
            let publication: PublicationNumber = read(&fields[2]);
            publications += 1;
            grants += u32::from(publication.is_grant() == Some(true));
            dates::parse_date(&fields[3]).unwrap();
            dates::parse_date(&fields[5]).unwrap();
            match fields[4].parse::<ApplicationNumber>() {
                Ok(number) => {
                    sound += 1;
                    assert!(number.check_was_given());
                    assert_eq!(Some(number.kind()), publication.patent_kind(), "{number}");
                }
                Err(error) if error.message.contains("丢失") => lost += 1,
                Err(error) => panic!("{error}"),
            }
        }
    }
    // Ten utility models stand among the publications of inventions, so the grants are ten more than the grant files.
    assert_eq!((sound, lost, publications, grants), (11_294, 49_393, 60_687, 31_778));
}

#[test]
fn every_pattern_of_the_strategic_industry_table_is_read() {
    let Some(bytes) = data("sei/sei2021_ipc_rules.jsonl") else {
        return;
    };
    let mut patterns = [0, 0];
    for line in lines(&bytes) {
        for (list, count) in ["\"ipc_include\": [", "\"ipc_exclude\": ["].iter().zip(&mut patterns) {
            let (_, rest) = line.split_once(list).unwrap();
            let (list, _) = rest.split_once(']').unwrap();
            for cell in list.split(',').map(|cell| cell.trim().trim_matches('"')).filter(|cell| !cell.is_empty()) {
                let pattern: IpcPattern = read(cell);
                assert!(pattern.matches(&pattern.symbol));
                // What stands below a subgroup only the dots of a scheme tell; the official table never asks.
                assert!(pattern.reach == Match::Exact || pattern.symbol.level() < IpcLevel::Subgroup, "{cell}");
                *count += 1;
            }
        }
    }
    assert_eq!(patterns, [1689, 983]);
}

#[test]
fn every_symbol_of_the_ipc_scheme_is_read_and_printed_alike() {
    let Some(bytes) = data("ipc/ipc_2026.01_zh.tsv") else {
        return;
    };
    let mut count = 0;
    for line in lines(&bytes).iter().skip(1) {
        let mut columns = line.split('\t');
        let (code, _, parent) = (columns.next().unwrap(), columns.next(), columns.next().unwrap());
        let symbol: IpcSymbol = read(code);
        assert_eq!(symbol.to_string(), code);
        if !parent.is_empty() {
            assert!(symbol.is_at_or_below(&read(parent)), "{code} below {parent}");
        }
        count += 1;
    }
    assert_eq!(count, 76_102);
}

#[test]
fn every_division_down_to_the_towns_is_read() {
    for file in ["provinces", "cities", "areas", "streets"] {
        let Some(bytes) = data(&format!("admin-divisions/{file}.csv")) else {
            return;
        };
        for line in lines(&bytes).iter().skip(1) {
            let code: RegionCode = read(line.split(',').next().unwrap());
            assert!(code.is_within(&read(&code.to_string()[..2])));
        }
    }
}

#[test]
fn the_published_holidays_make_a_calendar_that_knows_its_last_year() {
    let mut rows = Vec::new();
    for year in 2007..=2027 {
        let Some(bytes) = data(&format!("holidays/{year}.json")) else {
            return;
        };
        let mut day = None;
        for line in lines(&bytes) {
            if let Some((_, rest)) = line.split_once("\"date\": \"") {
                day = Some(dates::parse_date(&rest[..10]).unwrap());
            } else if line.contains("\"isOffDay\"") {
                rows.push((day.take().unwrap(), line.contains("true")));
            }
        }
    }
    let calendar = WorkingCalendar::from_rows(rows).unwrap();
    assert_eq!(calendar.years(), 2007..=2026);
    assert_eq!(calendar.is_working_day(date(2023, 4, 23)), Ok(true), "a make-up Sunday");
    assert_eq!(calendar.next_working_day(date(2023, 9, 28)), Ok(date(2023, 10, 7)), "a make-up Saturday");
    assert_eq!(calendar.is_working_day(date(2022, 12, 31)), Ok(false), "from the notice for 2023");
    assert!(calendar.is_working_day(date(2027, 1, 4)).is_err());
}
