//! `doctor` on a sound installation, and with each fault planted once.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::program::{city, copy, json, words, zhiqiang};

const EVALUATE: [&str; 4] = ["--json", "evaluate", "--as-of", "2023-12-31"];

async fn database(data: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(data.join("zhiqiang.sqlite")).foreign_keys(false).connect().await.unwrap()
}

async fn sql(data: &Path, text: &'static str) {
    let mut connection = database(data).await;
    sqlx::raw_sql(text).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Changes one byte in the middle of a file.
fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

/// The only folder in a folder of the installation.
fn only(data: &Path, folder: &str) -> PathBuf {
    let mut entries = std::fs::read_dir(data.join(folder)).unwrap();
    let path = entries.next().unwrap().unwrap().path();
    assert!(entries.next().is_none());
    path
}

/// What `doctor` says: its exit status, its faults, and everything.
fn examined(data: &Path) -> (Option<i32>, Vec<String>, Value) {
    let output = zhiqiang(data, &["--json", "doctor"]);
    let line: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", words(&output)));
    let findings = line["findings"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    (output.status.code(), findings, line)
}

fn pristine(dir: &Path) -> PathBuf {
    let data = dir.join("pristine");
    city(&data, dir, 50);
    let dirty = dir.join("dirty.csv");
    std::fs::write(&dirty, "申请号,名称,申请日,专利权人\n2.0121E+12,甲,2012-07-17,某公司\n").unwrap();
    json(&zhiqiang(&data, &["--json", "import", "patents", &dirty.display().to_string()]));
    json(&zhiqiang(&data, &EVALUATE));
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_installation_is_said_to_be_sound() {
    let dir = tempfile::tempdir().unwrap();
    let data = pristine(dir.path());
    let (status, findings, line) = examined(&data);
    assert_eq!((status, findings), (Some(0), Vec::new()), "{line}");
    let checked: Vec<&str> =
        line["checks"].as_array().unwrap().iter().map(|one| one["check"].as_str().unwrap()).collect();
    assert_eq!(
        checked,
        [
            "database",
            "integrity",
            "batches",
            "trail",
            "payments",
            "cases",
            "items",
            "budget",
            "papers",
            "letters",
            "scan",
            "secrets",
            "runs",
            "corpus",
            "reports",
            "folders",
            "holidays",
            "disk"
        ]
    );
    let output = zhiqiang(&data, &["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "结构版本",
        "外键",
        "4 个批次的行数相符",
        "封签前后相接",
        "1 次测算",
        "还没有导入节假日安排",
        "MiB",
        "安装完好",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // An installation on which nothing was done yet is sound as well.
    let fresh = dir.path().join("fresh");
    // A folder that is not there is said to be missing, and is not made into an installation.
    let output = zhiqiang(&fresh, &["doctor"]);
    assert!(output.status.code() == Some(2) && words(&output).contains("没有数据目录"), "{}", words(&output));
    assert!(!fresh.exists());
    assert!(zhiqiang(&fresh, &["init"]).status.success());
    let (status, findings, _) = examined(&fresh);
    assert_eq!((status, findings), (Some(0), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_planted_fault_is_found_and_said() {
    let dir = tempfile::tempdir().unwrap();
    let pristine = pristine(dir.path());
    let (runs, snapshots, details, policies) = ("runs", "snapshots", "details", "policies");
    let file = |folder: &'static str, name: &'static str| move |data: &Path| flip(&only(data, folder).join(name));
    type Fault = Box<dyn Fn(&Path)>;
    let files: [(Fault, &str); 7] = [
        (Box::new(file(runs, "manifest.json")), "测算清单已被改动或缺失"),
        (Box::new(file(runs, "result.json")), "保存的结果已被改动或缺失"),
        (
            Box::new(|data| std::fs::remove_file(only(data, "runs").join("result.json")).unwrap()),
            "保存的结果已被改动或缺失",
        ),
        (Box::new(file(snapshots, "patent.parquet")), "事实快照已被改动"),
        (Box::new(|data| std::fs::remove_dir_all(only(data, "snapshots")).unwrap()), "事实快照已被改动"),
        (Box::new(file(details, "manifest.json")), "保存的明细已被改动"),
        (Box::new(file(policies, "rules.sql")), "政策文件已被改动"),
    ];
    let statements = [
        (
            "pragma ignore_check_constraints = on; update batch set rows_read = rows_read + 1 where id = 3",
            "共 51 行，而收入、未变与隔离合计 50 行",
        ),
        (
            "delete from fact where id = (select max(id) from fact where register = 'patents')",
            "收入 50 行，登记簿中只有 49 行",
        ),
        ("delete from quarantine", "隔离 1 行，隔离区中却有 0 行"),
        (
            "update run_figure set numerator = 5000 where code = 'K01' and region = ''",
            "供趋势、预测、比上月使用的指标数与保存的结果不同（K01）",
        ),
        ("update batch set state = 'cancelled' where id = 3", "已取消，却还留有 50 行"),
        ("drop trigger audit_is_not_deleted; delete from audit where id = 2", "接不上它前面的一条"),
        (
            "drop trigger audit_is_not_deleted; delete from audit where id = (select max(id) from audit)",
            "末尾的记录被删除",
        ),
        (
            "drop trigger audit_is_not_changed; update audit set action = 'nothing' where action = 'run.evaluate'",
            "没有审计记录",
        ),
        (
            "drop trigger audit_is_not_changed; update audit set action = 'nothing' where action = 'import-merged' and object = '1'",
            "批次 1（regions.csv）没有审计记录",
        ),
        (
            "insert into reliance (batch_id, on_batch_id, row_count, example_key) values (98, 99, 1, 'x')",
            "数据库不完整：reliance",
        ),
    ];
    let check = |at: &str, data: &Path, word: &str| {
        let (status, findings, line) = examined(data);
        assert_eq!(status, Some(1), "{at}: {line}");
        assert!(findings.iter().any(|one| one.contains(word) && one.contains("请")), "{at}: {word}: {findings:?}");
    };
    for (number, (plant, word)) in files.into_iter().enumerate() {
        let data = dir.path().join(format!("file-{number}"));
        copy(&pristine, &data);
        plant(&data);
        check(word, &data, word);
    }
    for (number, (statement, word)) in statements.into_iter().enumerate() {
        let data = dir.path().join(format!("sql-{number}"));
        copy(&pristine, &data);
        sql(&data, statement).await;
        check(statement, &data, word);
    }
    // A page of the database overwritten.
    let data = dir.path().join("page");
    copy(&pristine, &data);
    let mut connection = database(&data).await;
    let (root, size): (i64, i64) =
        sqlx::query_as("select rootpage, page_size from sqlite_master, pragma_page_size where name = 'fact_by_key'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    connection.close().await.unwrap();
    let path = data.join("zhiqiang.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let (root, size) = (usize::try_from(root).unwrap(), usize::try_from(size).unwrap());
    bytes[(root - 1) * size..root * size].fill(0);
    std::fs::write(&path, bytes).unwrap();
    check("an index page of zeros", &data, "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_fault_is_said_as_a_remark() {
    let dir = tempfile::tempdir().unwrap();
    let data = pristine(dir.path());
    let orphan = data.join("runs").join("f".repeat(64));
    std::fs::create_dir(&orphan).unwrap();
    let left = data.join("snapshots").join(".left.partial-1-0");
    std::fs::create_dir(&left).unwrap();
    let holidays = dir.path().join("holidays.csv");
    std::fs::write(&holidays, "日期,名称,放假\n2021-01-01,元旦,是\n").unwrap();
    json(&zhiqiang(&data, &["--json", "import", "holidays", &holidays.display().to_string()]));
    assert!(!left.exists(), "cleared away at the start");
    let output = zhiqiang(&data, &["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains(&format!("留意  {} 不属于任何测算", orphan.display())), "{text}");
    assert!(text.contains("留意  节假日安排只到 2021 年"), "{text}");
    // A database of a newer program is refused untouched.
    sql(&data, "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (99990101000000, 'x', true, x'00', 0)").await;
    let output = zhiqiang(&data, &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("比本程序新"), "{}", words(&output));
}
