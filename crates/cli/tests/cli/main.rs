//! The program as a user runs it: exit statuses, the JSON of the contract, and what a kill leaves behind.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

mod api;
mod backup;
mod backup_postgres;
mod corpus;
mod delivery;
mod doctor;
mod full_disk;
mod kills;
mod mail;
mod navigation;
mod paying;
mod people;
mod program;
mod server;
mod together;
mod told;
mod trail;

use crate::program::{json, patents, zhiqiang};

#[test]
fn a_file_is_imported_once_and_an_indicator_computed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let regions =
        file("regions.csv", "区镇代码,区镇名称,类型,地址关键词\n320999,示例市,市,示例市\n320999101,城东镇,镇,\n");
    let patents = file("patents.csv", &patents(40));
    let gdp = file(
        "statistics.csv",
        "指标,区镇,年度,数值,单位,数据版本,发布日期,来源\n地区生产总值,,2022,13.33,亿元,最终核实,2023-03-01,公报\n",
    );
    for (register, path) in [("regions", &regions), ("patents", &patents), ("statistics", &gdp)] {
        let report = json(&zhiqiang(&data, &["--json", "import", register, path]));
        assert_eq!(report["quarantined"], 0, "{report}");
        assert_eq!(report["rows"], report["accepted"], "{report}");
    }
    let again = json(&zhiqiang(&data, &["--json", "import", "patents", &patents]));
    assert_eq!((&again["rows"], &again["unchanged"], &again["accepted"]), (&40.into(), &40.into(), &0.into()));

    let answer = json(&zhiqiang(&data, &["--json", "evaluate", "--as-of", "2023-12-31"]));
    let k01 = answer["indicators"].as_array().unwrap().iter().find(|one| one["code"] == "K01").unwrap();
    assert_eq!(k01["numerator"], 40);
    assert_eq!(k01["denominator"], 1_333_000_000_i64);
    assert_eq!(k01["met"], true, "{k01}");
    assert_eq!(k01["by_region"][0]["region"], "城东镇");
    let verified = json(&zhiqiang(&data, &["--json", "verify", answer["run"].as_str().unwrap()]));
    assert_eq!(verified["verified"], true);
}

#[test]
fn unusable_input_ends_with_two_and_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    for args in [
        &["import", "patents", "no-such-file.csv"][..],
        &["import", "no-such-register", "/dev/null"],
        &["evaluate", "--as-of", "2023-02-30"],
        &["evaluate", "--as-of", "2023-12-31", "--set", "nonsense"],
        &["explain", "latest", "K01"],
        &["rollback", "999"],
    ] {
        let output = zhiqiang(&data, args);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {words}");
        assert!(words.contains("错误："), "{args:?}: {words}");
    }
}

#[test]
fn a_quarantined_row_is_no_failure_and_names_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("patents.csv");
    let text = "申请号,名称,申请日,专利权人\n2.0121E+12,甲,2012-07-17,某公司\n201310699744.2,乙,2013-12-18,某公司\n201310699744.3,丙,2013-12-18,某公司\n";
    std::fs::write(&file, text).unwrap();
    let report =
        json(&zhiqiang(&dir.path().join("data"), &["--json", "import", "patents", &file.display().to_string()]));
    assert_eq!(
        (&report["rows"], &report["accepted"], &report["quarantined"]),
        (&3.into(), &1.into(), &2.into()),
        "{report}"
    );
    let problem = &report["problems"][0];
    assert_eq!(
        (&problem["row"], &problem["column"], &problem["value"]),
        (&2.into(), &"申请号".into(), &"2.0121E+12".into())
    );
    assert!(problem["reason"].as_str().unwrap().contains("丢失"), "{problem}");
}
