//! Whether an installation is sound (体检): every invariant that this installation has something to check for, each with
//! a sentence, and for each that is broken what to do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::installation::{FOLDERS, REPORTS};
use crate::runs::{self, Verification};
use crate::{Error, Installation};

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All is as it should be.
    Sound,
    /// Nothing is wrong, but someone should know.
    Remark,
    /// Something is wrong.
    Fault,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked: `database`, `integrity`, `batches`, `trail`, `payments`, `cases`, `items`, `budget`, `papers`, `letters`, `scan`, `secrets`, `runs`, `corpus`,
    /// `reports`, `folders`,
    /// `holidays` or `disk`.
    pub check: &'static str,
    /// What was found.
    pub state: State,
    /// The finding in Chinese, with what to do when something is wrong.
    pub message: String,
}

/// Below this much room on the disk the next import or run may fail.
const ROOM_NEEDED_MIB: u64 = 64;
/// Below this much room someone should know.
const ROOM_WANTED_MIB: u64 = 1024;

const FROM_BACKUP: &str = "请停止使用，用 zhiqiang restore 从最近的备份恢复，并联系维护人员";

/// Examines an installation; only its own files and database are read, nothing is computed again.
pub async fn examine(installation: &Installation, now: Timestamp) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut found = |check, done: Result<Vec<Check>, Error>| match done {
        Ok(found) => checks.extend(found),
        Err(cause) => checks.push(fault(check, &format!("没有检查成：{cause}。{FROM_BACKUP}。"))),
    };
    found("database", database(installation).await);
    found("integrity", integrity(installation).await);
    found("batches", batches(installation).await);
    found("trail", trail(installation).await);
    found("payments", payments(installation).await);
    found("cases", cases(installation).await);
    found("items", items(installation).await);
    found("budget", budget(installation).await);
    found("papers", papers(installation).await);
    found("letters", letters(installation).await);
    found("scan", Ok(vec![scan(installation)]));
    found("secrets", secrets(installation).await);
    found("runs", kept_runs(installation).await);
    found("corpus", corpus(installation));
    found("reports", reports(installation));
    found("folders", folders(installation).await);
    found("holidays", holidays(installation, now).await);
    found("disk", Ok(vec![disk(installation.dir())]));
    checks
}

fn sound(check: &'static str, message: String) -> Check {
    Check { check, state: State::Sound, message }
}

fn remark(check: &'static str, message: String) -> Check {
    Check { check, state: State::Remark, message }
}

fn fault(check: &'static str, message: &str) -> Check {
    Check { check, state: State::Fault, message: message.to_owned() }
}

/// One fault each, or the sentence that all is well.
fn faults_or(check: &'static str, faults: &[String], advice: &str, well: String) -> Vec<Check> {
    if faults.is_empty() {
        return vec![sound(check, well)];
    }
    faults.iter().map(|one| fault(check, &format!("{one}。{advice}。"))).collect()
}

async fn database(installation: &Installation) -> Result<Vec<Check>, Error> {
    let mut tx = installation.db.begin_read().await?;
    let version = db::schema::version(&mut tx).await?;
    let engine = installation.db.engine();
    let message = format!("数据库 {engine} 的结构版本为 {version}，与本程序一致。");
    Ok(vec![if version == db::schema::newest() {
        sound("database", message)
    } else {
        fault(
            "database",
            &format!(
                "数据库 {engine} 的结构版本为 {version}，本程序需要 {}。请用本程序重新打开以升级。",
                db::schema::newest()
            ),
        )
    }])
}

async fn integrity(installation: &Installation) -> Result<Vec<Check>, Error> {
    let mut tx = installation.db.begin_read().await?;
    let faults: Vec<String> =
        db::schema::faults(&mut tx).await?.iter().map(|one| format!("数据库不完整：{one}")).collect();
    Ok(faults_or("integrity", &faults, FROM_BACKUP, "数据库文件完整，外键与约束成立。".to_owned()))
}

async fn batches(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = registry::soundness::batches(&installation.db).await?;
    let well = format!("{count} 个批次的行数相符：收入、未变与隔离合计等于读取的行数。");
    Ok(faults_or("batches", &faults, FROM_BACKUP, well))
}

async fn trail(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = registry::soundness::trail(&installation.db).await?;
    let well = format!("审计记录 {count} 条，封签前后相接，每个批次和测算都有记录。");
    Ok(faults_or("trail", &faults, "请查明是谁改动了数据库，并从备份核对", well))
}

async fn payments(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = crate::payments::faults(installation).await?;
    let waiting = crate::cases::waiting_clawbacks(&installation.db).await?;
    let well = format!(
        "{count} 笔付款各有公示、决定、依据、材料或权利、会签和预算，收款账户与案件一致，预算与付款分文不差，每批与审计记录相符。"
    );
    let mut checks = faults_or("payments", &faults, "请停止拨付并查明", well);
    if waiting > 0 {
        let words = format!("有 {waiting} 条追回建议等领导小组决定。请看“追回建议”页，或用 zhiqiang case clawbacks。");
        checks.push(remark("payments", words));
    }
    Ok(checks)
}

/// Every step of a case and every notice against the trail.
async fn cases(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (steps, notices, faults) = crate::cases::trail_faults(&installation.db).await?;
    let well = format!("{steps} 步案件办理和 {notices} 次公示都与审计记录相符。");
    Ok(faults_or("cases", &faults, "请停止拨付，查明是谁改动了数据库，并从备份核对", well))
}

/// Every version of an item against the trail.
async fn items(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = crate::items::trail_faults(&installation.db).await?;
    let well = format!("政策事项 {count} 版的金额、计算方式、上限和依据都与审计记录相符。");
    Ok(faults_or("items", &faults, "请停止拨付，查明是谁改动了数据库，并从备份核对", well))
}

/// Every line of the budget against the trail.
async fn budget(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = crate::budget::faults(&installation.db).await?;
    let well = format!("预算 {count} 笔的年度、来源、文号和金额都与审计记录相符。");
    Ok(faults_or("budget", &faults, "请停止拨付，查明是谁改动了数据库，并从备份核对", well))
}

async fn papers(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = crate::cases::paper_faults(installation).await?;
    Ok(faults_or(
        "papers",
        &faults,
        "请从备份恢复 evidence 文件夹中的这个文件",
        format!("{count} 份案件材料齐全，指纹相符。"),
    ))
}

/// The letters as they were issued, and decisions that have none.
async fn letters(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = crate::letters::faults(installation).await?;
    let numbers = crate::letters::number_faults(&installation.db).await?;
    let well = format!("{count} 份文书都与签发时相同，文号连续，没有重复。");
    let mut checks = match (faults.is_empty(), numbers.is_empty()) {
        (true, true) => vec![sound("letters", well)],
        _ => Vec::new(),
    };
    let of = |faults: &[String], advice: &str| -> Vec<Check> {
        faults.iter().map(|one| fault("letters", &format!("{one}。{advice}。"))).collect()
    };
    checks.extend(of(&faults, "请从备份恢复 letters 文件夹中的这个文件"));
    checks.extend(of(&numbers, "请查明是谁改动了数据库，并从备份核对"));
    let missing = crate::letters::missing(&installation.db).await?;
    if missing > 0 {
        let words = format!("有 {missing} 项决定或公示没有留存的文书。请由业务科室用 zhiqiang letter supply 补制。");
        checks.push(remark("letters", words));
    }
    Ok(checks)
}

/// Whether what is handed in is looked at before it is kept.
fn scan(installation: &Installation) -> Check {
    match crate::evidence::hook(installation) {
        Ok(Some(words)) => sound("scan", words),
        Ok(None) => remark("scan", "没有设置病毒查杀，上传的材料只查类型和大小。请按说明写 scan.toml。".to_owned()),
        Err(why) => fault("scan", &format!("{why}。现在收不下任何材料，请改正 scan.toml。")),
    }
}

async fn secrets(installation: &Installation) -> Result<Vec<Check>, Error> {
    let (count, faults) = crate::secrets::faults(&installation.db, &installation.vault).await?;
    let file = installation.vault.file().display();
    let well = format!("{count} 项敏感内容都是密文，用 {file} 的密钥打得开；请确认密钥已另存，且不与备份放在一起。");
    Ok(faults_or("secrets", &faults, "请查明是谁改动了数据库；明文可用 zhiqiang key rotate 加密", well))
}

async fn kept_runs(installation: &Installation) -> Result<Vec<Check>, Error> {
    let found: Vec<Verification> = runs::inspect_all(installation).await?;
    let mut checks = Vec::new();
    for run in found.iter().filter(|run| !run.findings.is_empty()) {
        let findings = run.findings.join("；");
        checks.push(fault(
            "runs",
            &format!("测算 {}：{findings}。请从备份恢复这些文件，或以同样的时点和知悉时间重新测算。", run.run),
        ));
    }
    if checks.is_empty() {
        let message = format!("{} 次测算的结果、明细、快照和政策文件齐全，指纹相符。", found.len());
        checks.push(sound("runs", message));
    }
    Ok(checks)
}

/// The patent documents: the manifest, and the data files that it names.
fn corpus(installation: &Installation) -> Result<Vec<Check>, Error> {
    let Some(found) = corpus::inspect(&installation.corpus_dir())? else {
        return Ok(vec![sound("corpus", "还没有收录专利文献。".to_owned())]);
    };
    if found.faults.is_empty() {
        let (documents, splits) = (found.documents, found.splits);
        return Ok(vec![sound("corpus", format!("专利库有 {documents} 件文献，{splits} 个分片的行数与指纹相符。"))]);
    }
    Ok(found.faults.iter().map(|one| fault("corpus", one)).collect())
}

/// The kept reports, whose names begin the hashes of what they say.
fn reports(installation: &Installation) -> Result<Vec<Check>, Error> {
    let folder = installation.dir().join(REPORTS);
    let (mut count, mut faults) = (0, Vec::new());
    for entry in fs::read_dir(&folder).into_iter().flatten() {
        let path = entry.map_err(|cause| Error::io(&folder, cause))?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        let hash = runs::sha256(&fs::read(&path).map_err(|cause| Error::io(&path, cause))?);
        if !path.file_stem().is_some_and(|name| !name.is_empty() && hash.starts_with(&*name.to_string_lossy())) {
            faults.push(format!("导航报告 {} 已被改动", path.display()));
        }
    }
    Ok(faults_or("reports", &faults, "请从备份恢复这个文件，或重新生成报告", format!("{count} 份导航报告的指纹相符。")))
}

/// Folders that nothing refers to: no harm, but they take room.
async fn folders(installation: &Installation) -> Result<Vec<Check>, Error> {
    let listed = runs::list(installation).await?;
    let known: BTreeSet<&str> = listed.iter().flat_map(|run| [run.run.as_str(), run.snapshot.as_str()]).collect();
    let mut unknown = Vec::new();
    let mut hidden = Vec::new();
    for folder in FOLDERS {
        let parent = installation.dir().join(folder);
        hidden.extend(rules::folder::unfinished(&parent)?);
        if !["snapshots", "runs", "details"].contains(&folder) {
            continue;
        }
        for entry in fs::read_dir(&parent).map_err(|cause| Error::io(&parent, cause))? {
            let entry = entry.map_err(|cause| Error::io(&parent, cause))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && !known.contains(name.as_str()) {
                unknown.push(entry.path());
            }
        }
    }
    let mut checks = Vec::new();
    for path in hidden {
        checks.push(fault("folders", &format!("有没有写完的文件 {}。请重新启动一次，启动时会清除。", path.display())));
    }
    for path in unknown {
        let path = path.display();
        checks.push(remark(
            "folders",
            format!("{path} 不属于任何测算（测算在登记前中断）。同样的测算会用到它；不需要时可以删除。"),
        ));
    }
    if checks.is_empty() {
        checks.push(sound("folders", "没有未写完或无主的文件。".to_owned()));
    }
    Ok(checks)
}

async fn holidays(installation: &Installation, now: Timestamp) -> Result<Vec<Check>, Error> {
    let holidays = registry::register("holidays").expect("the register stands in the list");
    let days = registry::fold_register(&installation.db, holidays, now).await?;
    let year = installation.business_date(now).year();
    let last = days.iter().filter_map(|row| row.key.get(..4)?.parse::<i16>().ok()).max();
    Ok(vec![match last {
        Some(last) if last >= year => sound("holidays", format!("节假日安排到 {last} 年。")),
        Some(last) => {
            remark("holidays", format!("节假日安排只到 {last} 年，此后的工作日期限算不出来。请导入 {year} 年的安排。"))
        }
        None => remark("holidays", "还没有导入节假日安排，工作日期限算不出来。请导入 holidays 登记簿。".to_owned()),
    }])
}

fn disk(dir: &Path) -> Check {
    let Ok(room) = rustix::fs::statvfs(dir) else {
        return remark("disk", format!("数据目录 {} 所在磁盘的余量无法得知。", dir.display()));
    };
    let free_mib = room.f_bavail.saturating_mul(room.f_frsize) / (1024 * 1024);
    let message = format!("数据目录 {} 所在磁盘还有 {free_mib} MiB", dir.display());
    if free_mib < ROOM_NEEDED_MIB {
        fault("disk", &format!("{message}，不足以完成下一次导入或测算。请清理磁盘或扩大空间。"))
    } else if free_mib < ROOM_WANTED_MIB {
        remark("disk", format!("{message}，请及早清理或扩大空间。"))
    } else {
        sound("disk", format!("{message}。"))
    }
}
