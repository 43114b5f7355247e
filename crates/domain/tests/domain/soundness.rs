//! `doctor` finds each single thing that was changed behind the program's back: money rests on what it rested on when it was decided,
//! and every step, payment and notice stands in the audit trail as it was done.

use std::path::{Path, PathBuf};

use domain::Installation;
use domain::cases::{Act, State};
use domain::doctor::{self, State as Found};
use jiff::civil::date;

use crate::clauses::applied;
use crate::delivery::{City, now};

const KEPT: [&str; 3] = ["zhiqiang.sqlite", "demo.json", "secret.key"];
const PAPERS: [&str; 3] = ["生效裁判文书", "权利归属证明", "费用发票和付款凭证"];

/// What is changed in a copy of the database, and what `doctor` then says; `:star` and `:aid` stand for the two paid cases.
const BREAKS: &[(&str, &str)] = &[
    ("update award_case set facts = json_set(facts, '$.rights', json('[]')) where id = :star", "没有所依据的权利"),
    (
        "update award_case set facts = json_set(facts, '$.conditions', json('[]')) where id = :star",
        "没有满足奖励条件的记录",
    ),
    (
        "update award_case set facts = json_set(facts, '$.conditions[0].holds', json('false')) where id = :star",
        "没有满足奖励条件的记录",
    ),
    (
        "update case_file set removed_at = 't' where case_id = :aid and kind = '权利归属证明'",
        "缺少事项要求的材料“权利归属证明”",
    ),
    ("update award_case set handler = null where id = :star", "没有经办或复核"),
    ("update award_case set reviewer = null where id = :star", "没有经办或复核"),
    ("update award_case set reviewer = handler where id = :star", "经办与复核是同一人"),
    ("delete from case_opinion where case_id = :star and department = '财政局'", "没有财政局同意的会签"),
    ("update case_opinion set agrees = 0 where case_id = :star and department = '财政局'", "有部门没有同意"),
    ("update payment set holder = '别的公司' where case_id = :star", "的收款账户与案件 :star 的不符"),
    ("update payment set bank = '别的银行' where case_id = :star", "的收款账户与案件 :star 的不符"),
    ("update payment set account_masked = '1234' where case_id = :star", "的收款账户与案件 :star 的不符"),
    (
        "update award_case set account = json_set(account, '$.bank', '别的银行') where id = :star",
        "收款账户与最后一条审计记录",
    ),
    ("update notice_case set amount_fen = 1 where case_id = :star", "与最近一次公示的金额不符"),
    ("update notice_case set amount_fen = 1 where case_id = :star", "的金额与审计记录"),
    ("update award_case set amount_fen = 123 where id = :star", "与案件核定的金额不符"),
    ("update award_case set amount = json_set(amount, '$.payable_fen', 1) where id = :star", "金额与最后一条审计记录"),
    ("update payment set amount_fen = amount_fen - 1 where case_id = :star", "没有同额的预算"),
    ("update payment_batch set approved_by = null", "没有另一人复核就送了银行"),
    ("update payment_batch set approved_by = 'clerk'", "的复核与审计记录不符"),
    ("update payment_batch set made_by = 'clerk'", "的制单人、案件或合计与审计记录"),
    ("update payment set answered_on = '2023-12-31' where case_id = :star", "的结果或日期与审计记录不符"),
    ("update payment set recovered_fen = 1 where case_id = :star", "的追回与案件 :star 的登记不符"),
    ("update bank_answer set by_whom = 'clerk'", "的回单与审计记录"),
    ("update bank_answer set sha256 = 'x'", "的回单与审计记录"),
    ("update case_step set by_whom = 'clerk' where case_id = :star and act = 'approve'", "“决定兑现”与审计记录"),
    ("update case_step set note = '改了' where case_id = :star and act = 'approve'", "“决定兑现”与审计记录"),
    ("update case_step set after = 'rejected' where case_id = :star and act = 'pass'", "“审核通过”与审计记录"),
    ("delete from case_step where case_id = :star and act = 'confirm'", "不接上一步"),
    ("delete from case_step where case_id = :star and act = 'archive'", "案件中没有"),
    (
        "insert into case_step (case_id, act, before, after, note, by_whom, on_day, at) \
         values (:star, 'urge', 'archived', 'archived', '', 'clerk', '2024-03-08', 't')",
        "“催办”没有审计记录",
    ),
    ("update award_case set state = 'paid' where id = :star", "案件 :star 现为“已拨付”，与最后一步不符"),
    ("update award_case set reviewer = 'leader' where id = :star", "复核与最后一条审计记录"),
    ("update notice set closes_on = '2024-03-06'", "截止日或件数与审计记录"),
    ("delete from notice_case where case_id = :aid", "截止日或件数与审计记录"),
    ("update payment set answered_fen = 1 where case_id = :star", "的回单金额与审计记录不符"),
    ("update payment set answered_on = '2024-03-09' where case_id = :star", "的结果或日期与审计记录不符"),
    (
        "update payment set returned_on = '2024-03-08', returned_by = 'finance' where case_id = :star",
        "退汇日期或登记人",
    ),
    ("delete from bank_answer", "的回单与审计记录"),
    ("update bank_answer set name = '别的.csv'", "的回单与审计记录"),
    ("insert into bank_answer select 'x', batch_id, name, by_whom, at from bank_answer", "有一份回单没有审计记录"),
    ("delete from case_right where case_id = :aid", "案件 :aid 防重复登记的权利或事项"),
    ("update case_right set right_id = '别的' where case_id = :aid", "案件 :aid 防重复登记的权利或事项"),
    ("insert into case_right values (:star, '201710601862', '授权')", "案件 :star 防重复登记的权利或事项"),
    (
        "update award_case set subject = '91350100M000100Y43' where id = :star",
        "案件 :star 的统一社会信用代码与审计记录",
    ),
    ("update award_case set name = '别的公司' where id = :star", "案件 :star 的企业名称与审计记录"),
    ("update award_case set award = 'invention-star' where id = :star", "案件 :star 的奖励或资助与审计记录"),
    ("update award_case set year = 2022 where id = :star", "案件 :star 的年度与审计记录"),
    (
        "update award_case set item_id = (select min(id) from item where award = 'rights-aid') where id = :star",
        "案件 :star 的政策事项版次与审计记录",
    ),
    ("update award_case set level = level + 1 where id = :star", "案件 :star 的等级与最后一条审计记录"),
    ("update award_case set matter = '别的' where id = :aid", "案件 :aid 的事项编号与审计记录"),
    (
        "update award_case set facts = json_set(facts, '$.application.aid.trigger', 'action-abroad') where id = :aid",
        "案件 :aid 的维权情形与审计记录",
    ),
    (
        "update award_case set facts = json_set(facts, '$.rights[0]', '201710601862') where id = :star",
        "案件 :star 的所依据的测算、条件或权利与最后一条审计记录",
    ),
    (
        "update award_case set facts = json_set(facts, '$.conditions[0].actual', '99') where id = :star",
        "案件 :star 的所依据的测算、条件或权利与最后一条审计记录",
    ),
    (
        "update case_step set on_day = '2024-03-07' where case_id = :star and act = 'approve'",
        "案件 :star 的决定（2024-03-07）早于公示",
    ),
    ("update case_step set on_day = '2024-03-09' where case_id = :star and act = 'approve'", "“决定兑现”与审计记录"),
    (
        "update item set terms = json_set(terms, '$.amounts.\"1\"', 99900) where award = 'innovation-star'",
        "的金额与审计记录",
    ),
    (
        "update item set terms = json_set(terms, '$.formula', 'per-right') where award = 'innovation-star'",
        "的计算方式与审计记录",
    ),
    (
        "update item set terms = json_set(terms, '$.cap_per_subject_year_fen', 1) where award = 'innovation-star'",
        "的每家每年上限与审计记录",
    ),
    (
        "update item set terms = json_set(terms, '$.cap_per_invention_fen', 1) where award = 'innovation-star'",
        "的每件发明上限与审计记录",
    ),
    (
        "update item set terms = json_set(terms, '$.basis.number', '别号') where award = 'rights-aid'",
        "的依据文件与审计记录",
    ),
    (
        "update item set terms = json_set(terms, '$.effective_until', '2030-12-31') where award = 'rights-aid'",
        "的有效期与审计记录",
    ),
    (
        "update item set terms = json_set(terms, '$.departments', json('[]')) where award = 'rights-aid'",
        "的内容与审计记录",
    ),
    ("update item set issued_by = 'leader' where award = 'rights-aid'", "的发布人与审计记录"),
    ("update item set state = 'suspended' where award = 'rights-aid'", "的停用没有审计记录"),
    ("update budget_line set amount_fen = amount_fen + 1 where award = 'innovation-star'", "的金额与审计记录"),
    ("update budget_line set year = 2030 where award = 'innovation-star'", "的年度与审计记录"),
    ("update budget_line set source = '别的资金' where award = 'innovation-star'", "的资金来源与审计记录"),
    ("update budget_line set basis = '别号' where award = 'innovation-star'", "的批复文号与审计记录"),
    ("update budget_line set earlier_fen = 5 where award = 'innovation-star'", "启用前已拨付的金额"),
    (
        "update letter set number = (select number from letter where kind = 'decision' and case_id = :aid) \
         where kind = 'decision' and case_id = :star",
        "重复",
    ),
    ("update letter set number = replace(number, '号', '9号') where kind = 'decision' and case_id = :star", "缺 "),
    ("delete from letter where kind = 'decision' and case_id = :star", "却有 "),
    ("update letter_tally set used = used + 1 where kind = 'notice'", "已编到"),
    ("update letter set number = '云川市知奖决〔2023〕1号' where case_id = :star", "的文号或指纹与审计记录"),
    // The end of the trail is cut off and its head set back: the chain alone is sound then.
    (
        "drop trigger audit_is_not_deleted; delete from audit where id > (select max(id) - 3 from audit); \
         update audit_head set seal = (select seal from audit order by id desc limit 1)",
        "没有审计记录",
    ),
];

/// A city with a paid and archived star and a paid aid.
async fn paid(dir: &Path) -> (i64, i64) {
    let city = City::alone().await;
    let waiting = city.cases(State::Notified).await;
    let star = waiting[0].id;
    city.listed(&waiting[0]).await;
    let mut aid = None;
    for (place, case) in waiting.iter().enumerate().skip(1) {
        let matter = format!("（2023）苏06民初{place}号");
        let case = applied(&city, &city.firm(case), ("rights-aid", &matter), &PAPERS).await.unwrap();
        city.act("clerk", case.id, Act::Accept, "").await.unwrap();
        // Aid is for high-tech enterprises.
        if city.act("clerk", case.id, Act::Pass, "判决已生效，系维权一方").await.is_ok() {
            aid = Some(case.id);
            break;
        }
    }
    let aid = aid.expect("one of them is a high-tech enterprise");
    city.act("clerk2", aid, Act::PassAgain, "").await.unwrap();
    city.act("finance", aid, Act::Agree, "").await.unwrap();
    city.act("science", aid, Act::Agree, "").await.unwrap();
    city.notice("rights-aid").await;
    city.decided("innovation-star", &[star], date(2024, 3, 8)).await;
    city.act("leader", aid, Act::Approve, "已核").await.unwrap();
    let (batch, rows) = city.sent(&[star, aid]).await;
    let answer: Vec<_> = rows.iter().map(|(number, _)| (&**number, "成功", "")).collect();
    city.answer(batch, &answer).await.unwrap();
    city.act("clerk", star, Act::Archive, "").await.unwrap();
    city.is_sound().await;
    city.db().close().await;
    KEPT.iter().for_each(|name| _ = std::fs::copy(city.installation.dir().join(name), dir.join(name)).unwrap());
    copy_files(city.installation.dir(), dir);
    (star, aid)
}

/// The papers and letters that the database names.
fn copy_files(from: &Path, to: &Path) {
    for folder in ["evidence", "letters"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
        for entry in std::fs::read_dir(from.join(folder)).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
        }
    }
}

/// The faults of a copy in which this was changed.
async fn faults(from: &Path, sql: Option<String>) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    KEPT.iter().for_each(|name| _ = std::fs::copy(from.join(name), dir.path().join(name)).unwrap());
    copy_files(from, dir.path());
    if let Some(sql) = sql {
        let file: PathBuf = dir.path().join(KEPT[0]);
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).foreign_keys(false);
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone())).execute(&mut connection).await;
        assert!(done.unwrap().rows_affected() > 0, "{sql}");
        sqlx::Connection::close(connection).await.unwrap();
    }
    let (installation, _) = Installation::open(dir.path(), None, now()).await.unwrap();
    let checks = doctor::examine(&installation, now()).await;
    // The copy has the database alone, not the files of its runs.
    const MONEY: [&str; 7] = ["payments", "cases", "items", "budget", "trail", "papers", "letters"];
    let of_money = checks.into_iter().filter(|one| MONEY.contains(&one.check));
    of_money.filter(|check| check.state == Found::Fault).map(|check| check.message).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_was_changed_behind_the_program_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (star, aid) = Box::pin(paid(dir.path())).await;
    assert_eq!(faults(dir.path(), None).await, Vec::<String>::new());
    let fill = |text: &str| text.replace(":star", &star.to_string()).replace(":aid", &aid.to_string());
    let mut missed = Vec::new();
    for (sql, word) in BREAKS {
        let found = faults(dir.path(), Some(fill(sql))).await;
        if !found.iter().any(|fault| fault.contains(&fill(word))) {
            missed.push(format!("{sql}: {word}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_leaves_one_row_of_the_trail_for_each_case_it_opens() {
    let city = City::alone().await;
    let cases = domain::cases::all(city.db(), city.of("clerk")).await.unwrap();
    let mut tx = city.db().begin_read().await.unwrap();
    let rows = registry::audit::of_acts(&mut tx, "case.open").await.unwrap();
    assert!(rows.len() > 3 && rows.len() == cases.len());
    for case in &cases {
        let row = rows.iter().find(|row| row.object == case.id.to_string()).unwrap();
        assert_eq!((&*row.who, row.detail["subject"].as_str()), ("clerk", Some(&*case.subject)));
        assert_eq!(row.detail["after"]["amount_fen"].as_i64(), case.amount_fen());
        assert_eq!(row.detail["name"].as_str(), Some(&*case.name));
    }
}
