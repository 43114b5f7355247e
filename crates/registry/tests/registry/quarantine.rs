//! Settling the rows that were set aside.

use std::collections::BTreeMap;

use registry::{
    Error, batches,
    quarantine::{self, By, Filter, QuarantinedRow},
};

use crate::office::{Office, offices, on};

const ROWS: &str = "\
登记号,权利种类,出质人代码,质权人,标的,登记金额（万元）,登记日期
Y1,专利,91350100M000100Y43,某银行,201310699744.2,100,2023-13-01
Y2,专利,91350100M000100Y44,某银行,201310699744.2,100,2023-01-01
1.23E+15,专利,91350100M000100Y43,某银行,201310699744.2,100,2023-01-01
";

const BY: &str = "李四";

fn by(day: &str) -> By<'static> {
    By { who: BY, at: on(day) }
}

async fn open(office: &Office) -> Vec<QuarantinedRow> {
    quarantine::list(office.db(), &Filter { state: Some("open"), limit: 100, ..Filter::default() }).await.unwrap()
}

fn put(field: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(field.to_owned(), value.to_owned())])
}

#[tokio::test]
async fn a_row_is_corrected_and_keeps_the_unit_of_its_heading() {
    for office in offices().await {
        let report = office.import("pledges", ROWS, "2024-01-10").await;
        assert_eq!((report.accepted, report.quarantined), (0, 3));
        let rows = open(&office).await;
        assert_eq!(
            rows[0].cells[5],
            ("登记金额（万元）".to_owned(), "100".to_owned()),
            "raw cells under the headings as written"
        );
        assert_eq!(rows[0].fields["amount"], "100万元");
        let still =
            quarantine::correct(office.db(), rows[0].id, &put("登记日期", "昨天"), by("2024-01-11")).await.unwrap_err();
        assert!(matches!(still, Error::Unsound(_)));
        assert_eq!(open(&office).await.len(), 3, "nothing has changed");
        let corrected = quarantine::correct(office.db(), rows[0].id, &put("登记日期", "2023-12-01"), by("2024-01-11"))
            .await
            .unwrap();
        assert_eq!(corrected.accepted, 1);
        assert_eq!(office.cell("pledges", "Y1", "amount", "2024-01-11").await.as_deref(), Some("100000000"));
        assert_eq!(office.cell("pledges", "Y1", "amount", "2024-01-10").await, None, "known from the correction on");
        let row = quarantine::find(office.db(), rows[0].id).await.unwrap();
        assert_eq!(
            (row.state.as_str(), row.resolution_batch, row.resolved_by.as_deref()),
            ("corrected", Some(corrected.batch), Some(BY))
        );
        let twice = quarantine::correct(office.db(), rows[0].id, &put("登记日期", "2023-12-01"), by("2024-01-12"))
            .await
            .unwrap_err();
        assert!(matches!(twice, Error::Conflict(_)));
    }
}

#[tokio::test]
async fn a_row_is_released_with_a_reason_that_stays_and_one_without_identity_is_not() {
    for office in offices().await {
        office.import("pledges", ROWS, "2024-01-10").await;
        let rows = open(&office).await;
        assert!(matches!(
            quarantine::release(office.db(), rows[1].id, "  ", by("2024-01-11")).await,
            Err(Error::Unusable(_))
        ));
        let released = quarantine::release(office.db(), rows[1].id, "登记证原件如此", by("2024-01-11")).await.unwrap();
        let row = quarantine::find(office.db(), rows[1].id).await.unwrap();
        assert_eq!((row.state.as_str(), row.note.as_deref()), ("released", Some("放行：登记证原件如此")));
        assert_eq!(office.cell("pledges", "Y2", "amount", "2024-01-12").await.as_deref(), Some("100000000"));
        let lost = quarantine::release(office.db(), rows[2].id, "不得已", by("2024-01-11")).await.unwrap_err();
        assert!(matches!(&lost, Error::Unsound(reasons) if reasons[0].reason.contains("不能照原样放行")), "{lost}");
        // The release is a batch of its own and can be taken back; the row is open again.
        batches::rollback(office.db(), released.batch, on("2024-02-01"), BY, None).await.unwrap();
        assert_eq!(office.cell("pledges", "Y2", "amount", "2024-02-01").await, None);
        assert_eq!(open(&office).await.len(), 3);
    }
}

#[tokio::test]
async fn a_discarded_row_stays_discarded_when_the_same_file_comes_again() {
    for office in offices().await {
        let first = office.import("pledges", ROWS, "2024-01-10").await;
        let rows = open(&office).await;
        quarantine::discard(office.db(), rows[2].id, "重复申报", by("2024-01-11")).await.unwrap();
        let refused = batches::rollback(office.db(), first.batch, on("2024-02-01"), BY, None).await.unwrap_err();
        assert!(matches!(&refused, Error::Conflict(why) if why.contains("以它为依据")), "{refused}");
        office.import("pledges", ROWS, "2024-01-12").await;
        let left: Vec<i64> = open(&office).await.iter().map(|row| row.row).collect();
        assert_eq!(left, [2, 3], "the discarded row does not come back, the others are not listed twice");
    }
}

#[tokio::test]
async fn a_row_that_comes_right_in_a_later_file_is_settled_by_it() {
    for office in offices().await {
        office.import("pledges", ROWS, "2024-01-10").await;
        let right = "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记日期\nY1,专利,91350100M000100Y43,某银行,201310699744.2,100,2023-03-01\n";
        let later = office.import("pledges", right, "2024-02-10").await;
        let rows = quarantine::list(office.db(), &Filter { state: Some("corrected"), limit: 10, ..Filter::default() })
            .await
            .unwrap();
        assert_eq!((rows.len(), rows[0].row, rows[0].resolution_batch), (1, 2, Some(later.batch)));
        batches::rollback(office.db(), later.batch, on("2024-03-01"), BY, None).await.unwrap();
        assert_eq!(open(&office).await.len(), 3);
    }
}

#[tokio::test]
async fn what_waits_is_counted_as_of_a_moment() {
    for office in offices().await {
        office.import("pledges", ROWS, "2024-01-10").await;
        let rows = open(&office).await;
        let corrected = quarantine::correct(office.db(), rows[0].id, &put("登记日期", "2023-12-01"), by("2024-01-20"))
            .await
            .unwrap();
        quarantine::discard(office.db(), rows[2].id, "重复申报", by("2024-01-25")).await.unwrap();
        let waiting = async |day: &str| quarantine::waiting(office.db(), on(day)).await.unwrap().remove("pledges");
        assert_eq!(waiting("2024-01-09").await, None, "nothing had come yet");
        assert_eq!(waiting("2024-01-15").await, Some(3));
        assert_eq!(waiting("2024-01-22").await, Some(2));
        assert_eq!(waiting("2024-01-30").await, Some(1));
        office.import("pledges", ROWS, "2024-01-28").await;
        assert_eq!(waiting("2024-01-30").await, Some(1), "the same file again brings nothing that waits");
        batches::rollback(office.db(), corrected.batch, on("2024-02-01"), BY, None).await.unwrap();
        assert_eq!(waiting("2024-02-02").await, Some(2), "what was taken back waits again, once");
    }
}

#[tokio::test]
async fn a_number_that_fails_its_check_is_released_beside_others_and_never_over_one() {
    const HEAD: &str = "申请号,名称,申请日,授权公告日,专利权人,地址\n";
    for office in offices().await {
        office
            .import("patents", &format!("{HEAD}2013106997442,真,2013-12-18,2016-01-02,甲公司,白蒲镇\n"), "2024-01-10")
            .await;
        let wrong = "2013106997441,另一件,2013-12-19,2016-02-02,乙公司,南京市\n2013106997451,第三件,2013-12-20,2016-03-02,丙公司,南京市\n";
        let report = office.import("patents", &format!("{HEAD}{wrong}"), "2024-01-11").await;
        assert_eq!((report.accepted, report.quarantined), (0, 2));
        let rows = open(&office).await;
        let refused = quarantine::release(office.db(), rows[0].id, "证书如此", by("2024-01-12")).await.unwrap_err();
        assert!(matches!(&refused, Error::Conflict(why) if why.contains("登记簿中已有 2013106997442")), "{refused}");
        let title = async |key: &str| office.cell("patents", key, "title", "2024-02-01").await;
        assert_eq!(title("2013106997442").await.as_deref(), Some("真"), "nothing has changed");
        let released = quarantine::release(office.db(), rows[1].id, "证书如此", by("2024-01-12")).await.unwrap();
        assert_eq!((released.accepted, released.changed), (1, 0));
    }
}
