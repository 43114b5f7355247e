//! The history of rows: versions, corrections, releases, roll-backs, ties and judgements.

use std::collections::BTreeMap;

use registry::{
    BatchKind, Entry, ImportOptions, batches,
    history::{self, Act, Aside, Held, Keys, Step, Wanted},
    quarantine::{self, By, Filter},
};

use crate::office::{Office, offices, on};

const NUMBER: &str = "2013106997442";

fn patents(title: &str, address: &str) -> String {
    format!(
        "申请号,名称,申请日,授权公告日,专利权人,地址\n201310699744.2,{title},2013-12-18,2016-05-04,甲有限公司,{address}\n"
    )
}

fn one(register: &'static str, key: &str) -> Wanted {
    Wanted { register, keys: Keys::One(key.to_owned()) }
}

async fn of(office: &Office, wanted: &[Wanted]) -> Vec<Step> {
    history::of(office.db(), wanted).await.unwrap()
}

/// The columns that a step changed, as `heading: before → after`.
fn changed(step: &Step) -> Vec<String> {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "无".to_owned());
    step.changes
        .iter()
        .map(|change| {
            let heading = step.register.columns[change.column].heading;
            format!("{heading}：{} → {}", text(&change.before), text(&change.after))
        })
        .collect()
}

#[tokio::test]
async fn every_version_says_what_it_changed_and_how_long_it_was_the_last_word() {
    for office in offices().await {
        let first = office.import("patents", &patents("一种装置", ""), "2024-01-10").await.batch;
        let second = office.import("patents", &patents("一种新装置", "如皋市"), "2024-02-10").await.batch;
        // What says only what is known makes no version.
        office.import("patents", &patents("一种新装置", ""), "2024-03-10").await;
        let steps = of(&office, &[one("patents", NUMBER)]).await;
        assert_eq!(
            steps.iter().map(|step| (step.act, step.source.batch)).collect::<Vec<_>>(),
            [(Act::Changed, second), (Act::New, first)]
        );
        assert_eq!(changed(&steps[0]), ["名称：一种装置 → 一种新装置", "地址：无 → 如皋市"]);
        assert_eq!((steps[0].known_from, steps[0].known_until), (on("2024-02-10"), None));
        assert_eq!((steps[1].known_from, steps[1].known_until), (on("2024-01-10"), Some(on("2024-02-10"))));
        assert_eq!(steps[0].held, Held { from: Some("2016-05-04".into()), until: None });
        let source = &steps[0].source;
        assert_eq!((source.file.as_str(), source.sheet.as_str(), source.row), ("patents.csv", "patents", 2));
        assert_eq!(steps[0].by_whom, "张三");
        assert_eq!(changed(&steps[1])[0], "申请号：无 → 2013106997442");
    }
}

#[tokio::test]
async fn a_file_received_earlier_but_imported_later_takes_its_place_in_the_order_of_receipt() {
    for office in offices().await {
        office.import("patents", &patents("丙", ""), "2024-03-10").await;
        let options = ImportOptions { received_at: on("2024-01-10"), ..ImportOptions::new(on("2024-04-01"), "李四") };
        office.try_import("patents", &patents("甲", "老址"), &options).await.unwrap();
        let steps = of(&office, &[one("patents", NUMBER)]).await;
        assert_eq!(steps.iter().map(|step| step.act).collect::<Vec<_>>(), [Act::Changed, Act::New]);
        assert_eq!(changed(&steps[0]), ["名称：甲 → 丙"], "the empty address says nothing");
        assert_eq!((steps[1].known_from, steps[1].recorded_at), (on("2024-01-10"), on("2024-04-01")));
    }
}

#[tokio::test]
async fn a_roll_back_is_a_step_with_its_reason_and_what_it_brought_back() {
    for office in offices().await {
        office.import("patents", &patents("甲", ""), "2024-01-10").await;
        let second = office.import("patents", &patents("乙", "新址"), "2024-02-10").await.batch;
        batches::rollback(office.db(), second, on("2024-03-01"), "李四", Some("文件有误")).await.unwrap();
        let steps = of(&office, &[one("patents", NUMBER)]).await;
        assert_eq!(steps.iter().map(|step| step.act).collect::<Vec<_>>(), [Act::Withdrawn, Act::Changed, Act::New]);
        assert_eq!(changed(&steps[0]), ["名称：乙 → 甲", "地址：新址 → 无"]);
        assert_eq!((steps[0].by_whom.as_str(), steps[0].note.as_deref()), ("李四", Some("文件有误")));
        assert_eq!((steps[0].known_from, steps[1].known_until), (on("2024-03-01"), Some(on("2024-03-01"))));
        assert_eq!(steps[0].source.batch, second);
    }
}

#[tokio::test]
async fn what_was_set_aside_and_how_a_person_settled_it_stand_in_the_history() {
    const PLEDGES: &str = "登记号,权利种类,出质人代码,质权人,标的,登记金额,登记日期\n\
        Y1,专利,91350100M000100Y43,某银行,201310699744.2,100,2023-13-01\n\
        Y2,专利,91350100M000100Y44,某银行,201310699744.2,100,2023-01-01\n\
        Y3,专利,91350100M000100Y44,某银行,201310699744.2,100,2023-01-01\n";
    for office in offices().await {
        office.import("pledges", PLEDGES, "2024-01-10").await;
        let filter = Filter { limit: 10, ..Filter::default() };
        let rows = quarantine::list(office.db(), &filter).await.unwrap();
        let by = By { who: "李四", at: on("2024-01-11") };
        let right = BTreeMap::from([("登记日期".to_owned(), "2023-12-01".to_owned())]);
        quarantine::correct(office.db(), rows[0].id, &right, by).await.unwrap();
        quarantine::release(office.db(), rows[1].id, "登记证原件如此", by).await.unwrap();

        let corrected = of(&office, &[one("pledges", "Y1")]).await;
        let acts: Vec<Act> = corrected.iter().map(|step| step.act).collect();
        assert_eq!(acts, [Act::New, Act::SetAside(Aside::Corrected)]);
        let source = &corrected[0].source;
        assert_eq!((source.kind, source.row, source.quarantine), (BatchKind::Correction, 2, Some(rows[0].id)));
        assert_eq!(corrected[0].by_whom, "李四");
        assert!(corrected[1].reasons[0].reason.contains("日期"), "{:?}", corrected[1].reasons);

        let released = of(&office, &[one("pledges", "Y2")]).await;
        assert_eq!(released[0].note.as_deref(), Some("放行：登记证原件如此"));
        assert_eq!(released[1].act, Act::SetAside(Aside::Released));
        assert_eq!(of(&office, &[one("pledges", "Y3")]).await[0].act, Act::SetAside(Aside::Open));
    }
}

#[tokio::test]
async fn ties_and_judgements_are_found_by_a_part_of_their_keys() {
    for office in offices().await {
        let enter = async |register: &str, kind, cells: &[(&str, &str)]| {
            let row = cells.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
            let entry =
                Entry { register, kind, rows: &[row], at: on("2024-01-03"), by_whom: "李四", note: Some("查证") };
            registry::enter(office.db(), &entry).await.unwrap();
        };
        let tie = [("name", "甲有限公司"), ("uscc", "91350100M000100Y43"), ("reason", "同一法人")];
        enter("aliases", BatchKind::Tie, &tie).await;
        let judgement = [
            ("application_number", "201310699744.2"),
            ("code", "1.1"),
            ("rule", "2"),
            ("verdict", "是"),
            ("reason", "摘要载明"),
        ];
        enter("sei-judgements", BatchKind::Judgement, &judgement).await;
        let under = |register, part: &str| Wanted { register, keys: Keys::Under(part.to_owned()) };
        let found = of(&office, &[under("aliases", "甲有限公司"), under("sei-judgements", NUMBER)]).await;
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|step| step.by_whom == "李四" && step.note.as_deref() == Some("查证")));
        let with = Wanted { register: "aliases", keys: Keys::With("91350100M000100Y43".into()) };
        assert_eq!(of(&office, &[with]).await.len(), 1);
        assert!(of(&office, &[under("aliases", "甲"), one("patents", "x")]).await.is_empty(), "a part is a whole part");
    }
}

/// Every step's state is the state that a fold at that moment gives.
#[tokio::test]
async fn the_changes_told_one_after_another_are_the_folds_at_their_moments() {
    for office in offices().await {
        let mut batches_of = Vec::new();
        for (at, (title, address)) in [("甲", ""), ("乙", "一号"), ("乙", "二号"), ("丙", "")].into_iter().enumerate()
        {
            let day = format!("2024-0{}-10", at + 1);
            batches_of.push(office.import("patents", &patents(title, address), &day).await.batch);
        }
        batches::rollback(office.db(), batches_of[3], on("2024-05-10"), "李四", None).await.unwrap();
        let mut steps = of(&office, &[one("patents", NUMBER)]).await;
        steps.reverse();
        assert_eq!(steps.len(), 5);
        let mut told: Vec<Option<String>> = vec![None; steps[0].register.columns.len()];
        for step in &steps {
            for change in &step.changes {
                assert_eq!(told[change.column], change.before);
                told[change.column].clone_from(&change.after);
            }
            let folded = registry::fold(office.db(), step.known_from).await.unwrap();
            let held = folded.get("patents")[0].cells.iter().map(|cell| cell.as_deref().map(str::to_owned));
            assert_eq!(held.collect::<Vec<_>>(), told, "{:?}", step.act);
        }
    }
}

/// The log of a large city: a history is read by its keys, however long the log is.
#[tokio::test]
async fn a_history_is_found_by_the_index_of_the_log() {
    let plan = |office: &Office, sql: &'static str| {
        let db = office.db().clone();
        async move {
            let mut tx = db.begin_read().await.unwrap();
            let rows: Vec<(i64, i64, i64, String)> =
                db::with_conn!(&mut tx, conn => sqlx::query_as(sql).fetch_all(conn).await).unwrap();
            rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("\n")
        }
    };
    let office = offices().await.remove(0);
    let facts = plan(
        &office,
        "explain query plan select f.id from fact f join batch b on b.id = f.batch_id \
         where f.register = 'patents' and f.fact_key >= 'a' and f.fact_key < 'b' and b.state in ('merged', 'withdrawn') \
         order by f.fact_key, f.id",
    )
    .await;
    assert!(
        facts.contains("fact_by_key (register=? AND fact_key>? AND fact_key<?)") && !facts.contains("TEMP"),
        "{facts}"
    );
}
