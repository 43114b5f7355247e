//! An office with a fresh database and a folder for the files it receives.

use std::path::PathBuf;

use db::test::TestDb;
use jiff::Timestamp;
use registry::{Error, Folded, ImportOptions, ImportReport};

/// One office.
pub(crate) struct Office {
    pub(crate) base: TestDb,
    pub(crate) folder: tempfile::TempDir,
}

/// The offices on which a story is told.
pub(crate) async fn offices() -> Vec<Office> {
    db::test::databases().await.into_iter().map(|base| Office { base, folder: tempfile::tempdir().unwrap() }).collect()
}

/// Noon in Beijing on a day.
pub(crate) fn on(day: &str) -> Timestamp {
    format!("{day}T12:00:00+08:00").parse().unwrap()
}

impl Office {
    pub(crate) fn db(&self) -> &db::Db {
        &self.base.db
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Imports a csv text received and recorded on a day.
    pub(crate) async fn import(&self, register: &str, text: &str, day: &str) -> ImportReport {
        self.try_import(register, text, &ImportOptions::new(on(day), "张三")).await.unwrap()
    }

    pub(crate) async fn try_import(
        &self,
        register: &str,
        text: &str,
        options: &ImportOptions,
    ) -> Result<ImportReport, Error> {
        let path = self.file(&format!("{register}.csv"), text);
        registry::import::import(self.db(), register, &path, options).await
    }

    pub(crate) async fn known(&self, day: &str) -> Folded {
        registry::fold(self.db(), on(day)).await.unwrap()
    }

    /// One cell of the row with this key, as known on a day.
    pub(crate) async fn cell(&self, register: &str, key: &str, field: &str, day: &str) -> Option<String> {
        let folded = self.known(day).await;
        let place = Folded::column(register, field);
        folded
            .get(register)
            .iter()
            .find(|row| row.key == key)
            .and_then(|row| row.cells[place].as_deref().map(str::to_owned))
    }
}

/// The counts: rows, accepted, changed, unchanged, quarantined.
pub(crate) fn counts(report: &ImportReport) -> [u64; 5] {
    assert_eq!(report.rows, report.accepted + report.unchanged + report.quarantined, "{report:?}");
    [report.rows, report.accepted, report.changed, report.unchanged, report.quarantined]
}

pub(crate) const PATENTS: &str = "\
2023年专利清单,,,,,
申请号,名称,申请日,授权公告日,专利权人,地址
201310699744.2,一种装置,2013-12-18,2016-05-04,甲有限公司,江苏省如皋市如城街道
97101765.4,一种方法,1997/3/18,,乙有限公司；丙大学,
,,,,,
2.0131E+12,坏号,2013-12-18,2016-05-04,甲有限公司,
";
