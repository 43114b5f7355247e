//! SQL over the corpus, and scans that are sent and come back the same.

use std::sync::{Arc, LazyLock};

use datafusion::{
    arrow::{array::RecordBatch, util::pretty::pretty_format_batches},
    common::tree_node::{Transformed, TreeNode},
    physical_plan::{ExecutionPlan, collect},
    prelude::SessionContext,
};
use proptest::prelude::*;

use super::SplitScanExec;
use crate::{Corpus, Dimension, Query, Writer, file, generate, tests::agreement};

fn corpus(folder: &std::path::Path) -> Corpus {
    let budget = crate::Budget { documents: 300, bytes: usize::MAX };
    let mut writer = Writer::with_budget(folder, budget).unwrap();
    generate::documents(21, 1_000).for_each(|document| writer.add(document).unwrap());
    writer.commit().unwrap();
    for ordinal in (0..1_000).step_by(31) {
        let mut document = generate::document(21, ordinal);
        document.claims.clear();
        writer.add(document).unwrap();
        writer.set_owners(&generate::document(21, ordinal + 1).key, vec!["海安某公司".into()]).unwrap();
    }
    writer.commit().unwrap();
    Corpus::open(folder).unwrap()
}

async fn rows(context: &SessionContext, sql: &str) -> String {
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    shown(&batches)
}

fn shown(batches: &[RecordBatch]) -> String {
    let text = pretty_format_batches(batches).unwrap().to_string();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

const SQL: [&str; 9] = [
    "select count(*) from corpus",
    "select count(*) from corpus where match('传感器模块')",
    "select key, state, owners, title from corpus where match(title, '电 /5n 池') or match('IC=H01M')",
    "select count(*) from corpus where not match('TI=电池') and filed_year >= 2015",
    "select filed_year, count(distinct family) from corpus where match('KD=发明') group by filed_year",
    "select office, count(*) filter (where state = '有效') from corpus where match('AD>=2010') group by office",
    "select document from corpus where match('OW=海安某公司')",
    "select key from corpus where match('PC=CN') order by key limit 7",
    "select s, count(distinct family) from (select unnest(ipc) s, family from corpus where match('CL=特征')) group by s",
];

#[tokio::test]
async fn sql_counts_what_the_engine_counts() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let context = corpus.session();
    for text in ["传感器模块", "IC=H01M AND AD>=2012", "ST=有效 NOT PC=US", "NO=XX1234"] {
        let query = Query::parse(text).unwrap();
        let counted = corpus.count(&query).unwrap();
        let sql = format!("select count(*) as n from corpus where match('{text}')");
        assert!(rows(&context, &sql).await.contains(&format!("| {counted} ")), "{text}");
        let table = corpus.cross(&query, &[Dimension::Office]).unwrap();
        for cell in table.cells {
            let office = cell.values[0].clone().unwrap();
            let sql = format!(
                "select count(*), count(distinct family) from corpus where match('{text}') and office = '{office}'"
            );
            let expected = format!("| {} ", cell.documents);
            let found = rows(&context, &sql).await;
            assert!(found.contains(&expected) && found.contains(&format!(" {} ", cell.families)), "{text}: {found}");
        }
    }
}

#[tokio::test]
async fn match_where_it_cannot_be_answered_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let context = corpus(folder.path()).session();
    for (sql, what) in [
        ("select count(*) from corpus where match('TI=(')", "检索式第"),
        ("select count(*) from corpus where match('电池') or filed_year = 2000", "match 只能"),
        ("select count(*) from corpus where match(filed_year, '电池')", "不能用于列"),
        ("select count(*) from corpus where match(title, title)", "文字常量"),
    ] {
        let result = match context.sql(sql).await {
            Ok(frame) => frame.collect().await.map(|_| ()),
            Err(error) => Err(error),
        };
        let error = result.expect_err(sql).to_string();
        assert!(error.contains(what), "{sql}: {error}");
    }
}

/// Every scan of a plan sent and received.
fn sent(plan: Arc<dyn ExecutionPlan>, corpus: &Corpus) -> Arc<dyn ExecutionPlan> {
    let resend = |plan: Arc<dyn ExecutionPlan>| match plan.downcast_ref::<SplitScanExec>() {
        Some(scan) => {
            let bytes = scan.encode().unwrap();
            assert!(bytes.len() < 1_000, "a scan that is sent holds no row ids: {} bytes", bytes.len());
            let back: Arc<dyn ExecutionPlan> = Arc::new(SplitScanExec::decode(&bytes, corpus).unwrap());
            Ok(Transformed::yes(back))
        }
        None => Ok(Transformed::no(plan)),
    };
    let sent = plan.transform_up(resend).unwrap();
    assert!(sent.transformed, "the plan scans the corpus");
    sent.data
}

#[tokio::test]
async fn a_plan_that_is_sent_gives_what_it_gives_here() {
    let folder = tempfile::tempdir().unwrap();
    let here = corpus(folder.path());
    let there = Corpus::open(folder.path()).unwrap();
    let context = here.session();
    for sql in SQL {
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let direct = collect(plan.clone(), context.task_ctx()).await.unwrap();
        let received = collect(sent(plan, &there), there.session().task_ctx()).await.unwrap();
        assert_eq!(shown(&received), shown(&direct), "{sql}");
    }
}

#[test]
fn a_scan_of_another_snapshot_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let bytes = SplitScanExec::new(corpus.clone(), Query::All, vec![0], None).unwrap().encode().unwrap();
    let mut writer = Writer::open(folder.path()).unwrap();
    writer.add(generate::document(21, 5_000)).unwrap();
    writer.commit().unwrap();
    let error = SplitScanExec::decode(&bytes, &corpus.latest().unwrap()).unwrap_err().to_string();
    assert!(error.contains("同一快照"), "{error}");
}

#[test]
fn a_scan_that_was_damaged_or_made_up_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = corpus(folder.path());
    let query = Query::parse("TI=电池^2 OR IC=H01M").unwrap();
    let bytes = SplitScanExec::new(corpus.clone(), query, vec![0, 3], Some(7)).unwrap().encode().unwrap();
    for end in 0..bytes.len() {
        assert!(SplitScanExec::decode(&bytes[..end], &corpus).is_err(), "cut at {end}");
    }
    let sent = String::from_utf8(bytes).unwrap();
    for (from, to, what) in
        [("00000001", "00000099", "没有分片"), ("TI=电池", "TI=(电池", "检索式第"), ("[0,3]", "[0,300]", "300")]
    {
        let changed = sent.replacen(from, to, 1);
        assert_ne!(changed, sent, "{from} is sent");
        let error = SplitScanExec::decode(changed.as_bytes(), &corpus).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
}

struct Apart {
    here: Corpus,
    there: Corpus,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

/// The same snapshot opened twice, as on two machines.
static APART: LazyLock<Apart> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let here = corpus(folder.path());
    let there = Corpus::open(folder.path()).unwrap();
    Apart { here, there, runtime: tokio::runtime::Runtime::new().unwrap(), _folder: folder }
});

impl Apart {
    fn rows(&self, scan: SplitScanExec) -> Vec<RecordBatch> {
        let context = SessionContext::new().task_ctx();
        self.runtime.block_on(collect(Arc::new(scan), context)).unwrap()
    }
}

fn count(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_scan_that_is_sent_finds_the_rows_it_finds_here(
        query in agreement::query(),
        columns in prop::sample::subsequence((0..file::schema().fields().len()).collect::<Vec<_>>(), 0..6).prop_shuffle(),
        limit in prop::option::of(0_usize..400),
        chosen in any::<prop::sample::Index>(),
    ) {
        let Apart { here, there, .. } = &*APART;
        let splits: Vec<usize> = (0..here.splits().len()).collect();
        let send = |splits: Vec<usize>, limit| {
            let scan = SplitScanExec::of_splits(here.clone(), splits, query.clone(), columns.clone(), limit).unwrap();
            let bytes = scan.encode().unwrap();
            let received = SplitScanExec::decode(&bytes, there).unwrap();
            assert_eq!(received.encode().unwrap(), bytes, "what is received is sent on the same");
            (scan, received)
        };
        let (scan, received) = send(splits.clone(), limit);
        let (direct, distant) = (APART.rows(scan), APART.rows(received));
        prop_assert_eq!(count(&direct), count(&distant), "{}", query);
        prop_assert_eq!(shown(&direct), shown(&distant), "{}", query);
        // Sent apart, the splits find together what they find in one scan, and that is what the engine counts.
        let cut = chosen.index(splits.len() + 1);
        let apart: usize = [&splits[..cut], &splits[cut..]].map(|part| count(&APART.rows(send(part.to_vec(), None).1))).iter().sum();
        prop_assert_eq!(apart as u64, here.count(&query).unwrap(), "{}", query);
    }
}
