//! How long an import takes against reading the same cells plus a bare indexed insert of them (aim: at most 3 times).
//!
//! `cargo run -p registry --example import_speed -- 100000`

use std::{fmt::Write, ops::ControlFlow, path::Path, time::Instant};

use db::{Db, with_conn};
use jiff::Timestamp;
use registry::ImportOptions;
use sqlx::AssertSqlSafe;

#[tokio::main]
async fn main() {
    let rows: u32 = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let folder = std::env::temp_dir().join(format!("zhiqiang-import-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let path = folder.join("patents.csv");
    std::fs::write(&path, patents(rows)).expect("the temporary folder can be written");

    let bare = bare(&path, &folder).await;
    let target = std::env::var("ZHIQIANG_TEST_POSTGRES")
        .unwrap_or_else(|_| folder.join("registry.sqlite").display().to_string());
    let db = Db::connect(&target).await.expect("the database opens");
    let mut options = ImportOptions::new(Timestamp::UNIX_EPOCH, "speed");
    let mut times = vec![("reading and bare insert", bare)];
    for name in ["first import", "the same again"] {
        let start = Instant::now();
        let report = registry::import::import(&db, "patents", &path, &options).await.expect("the file is sound");
        times.push((name, start.elapsed().as_secs_f64()));
        eprintln!("{}", report.summary);
        options.received_at = "2024-01-01T00:00:00Z".parse().expect("a moment");
    }
    let start = Instant::now();
    let folded = registry::fold(&db, Timestamp::MAX).await.expect("the facts fold");
    times.push(("fold", start.elapsed().as_secs_f64()));
    eprintln!("{} rows known", folded.get("patents").len());
    for (name, seconds) in times {
        eprintln!("{name:>24}: {seconds:.3} s, {:.2} times", seconds / bare);
    }
    drop(std::fs::remove_dir_all(&folder));
}

/// Reads the cells and writes them, as texts, into a table with an index on the number.
async fn bare(path: &Path, folder: &Path) -> f64 {
    let db = Db::connect_sqlite(&folder.join("bare.sqlite")).await.expect("the database opens");
    let mut tx = db.begin().await.expect("a transaction");
    let table = "create table bare (number text, title text, filed text, granted text, grantno text, patentees text, ipc text, address text)";
    for sql in [table, "create index bare_number on bare (number)"] {
        with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ())).expect("a table");
    }
    let start = Instant::now();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut book = sheets::open(path, &sheets::Limits::default()).expect("the file opens");
    book.read_sheet(0, &mut |row| {
        rows.push(row.cells.iter().map(|cell| cell.text().into_owned()).collect());
        ControlFlow::Continue(())
    })
    .expect("the file is read");
    for chunk in rows.chunks(100) {
        let mut sql = String::from("insert into bare values ");
        for place in 0..chunk.len() {
            let comma = if place == 0 { "" } else { "," };
            let numbers: Vec<String> = (1..=8).map(|number| format!("${}", place * 8 + number)).collect();
            write!(sql, "{comma}({})", numbers.join(",")).expect("a text can be written to");
        }
        with_conn!(&mut tx, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for cell in chunk.iter().flatten() {
                query = query.bind(cell.as_str());
            }
            query.execute(conn).await.map(|_| ())
        })
        .expect("the rows are written");
    }
    tx.commit().await.expect("the rows are kept");
    start.elapsed().as_secs_f64()
}

fn patents(rows: u32) -> String {
    let mut text = String::from("申请号,名称,申请日,授权公告日,授权公告号,专利权人,分类号,地址\n");
    for number in 0..rows {
        let application: terms::ApplicationNumber =
            format!("2018{}{number:07}", 1 + number % 3).parse().expect("a number of twelve digits");
        let (kind, letter) = [("1", 'B'), ("2", 'U'), ("3", 'S')][number as usize % 3];
        writeln!(
            text,
            "{},一种用于第{number}号设备的自动装置及其方法,2018-{:02}-{:02},2020-{:02}-01,CN{kind}1{number:07}{letter},\
             江苏第{}精密机械有限公司;张三,{},江苏省南通市如皋市如城街道第{number}号",
            application.with_dot(),
            1 + number % 12,
            1 + number % 28,
            1 + number % 12,
            number % 9_973,
            if kind == "3" { "15-09" } else { "H04L9/32(2006.01)I;G06F11/14(2006.01)I" },
        )
        .expect("a text can be written to");
    }
    text
}
