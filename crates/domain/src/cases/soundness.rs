//! Whether a case has what money must rest on, and whether every step of every case and every notice stands in the audit trail as it was
//! done: what was changed behind the program's back is found here.

mod store;

use std::collections::{BTreeMap, BTreeSet};

use db::Tx;
use registry::audit::{self, Entry};
use serde_json::Value;

use super::{Case, Notice, OWN_TOWN, Step, identity_of, opening::rights_of, state_of};
use crate::{Error, items, runs};

/// What a case lacks of what money must rest on, each in words; empty when it lacks nothing.
pub(crate) async fn lacks(tx: &mut Tx, case: &Case) -> Result<Vec<String>, Error> {
    let item = items::find_in(tx, case.item).await?;
    let mut lacks = Vec::new();
    if case.facts.application.is_some() {
        let papers = super::store::papers(tx, case.id).await?;
        let missing = item.terms.papers_for(case.trigger());
        let missing = missing.into_iter().filter(|kind| !papers.iter().any(|paper| paper.kind == *kind));
        lacks.extend(missing.map(|kind| format!("缺少事项要求的材料“{kind}”")));
    } else {
        if case.facts.rights.is_empty() {
            lacks.push("没有所依据的权利".into());
        }
        if case.facts.conditions.is_empty() || case.facts.conditions.iter().any(|one| one.holds == Some(false)) {
            lacks.push("没有满足奖励条件的记录".into());
        }
    }
    let opinions = super::store::opinions(tx, case.id).await?;
    let named = &item.terms.departments;
    // The enterprise's town stands among the opinions by its name.
    let agreed = |name: &&String| {
        let is_its = |asked: &str| asked == **name || **name == OWN_TOWN && !named.iter().any(|other| other == asked);
        opinions.iter().any(|one| is_its(&one.department) && one.agrees == Some(true))
    };
    let silent = item.terms.departments.iter().filter(|name| !agreed(name));
    lacks.extend(silent.map(|name| format!("没有{name}同意的会签")));
    Ok(lacks)
}

/// Whether receiving accounts were emptied because the key that sealed them was lost.
pub(crate) async fn accounts_were_lost(tx: &mut Tx) -> Result<bool, Error> {
    Ok(!audit::of_acts(tx, "key.give-up").await?.is_empty())
}

/// How many steps and notices there are, and which of them the audit trail tells otherwise or not at all.
pub(crate) async fn trail_faults(db: &db::Db) -> Result<(usize, usize, Vec<String>), Error> {
    let mut tx = db.begin_read().await?;
    let mut told: BTreeMap<i64, Vec<Entry>> = BTreeMap::new();
    let mut batches: BTreeMap<i64, Entry> = BTreeMap::new();
    for entry in audit::of_acts(&mut tx, "case.").await? {
        let Ok(object) = entry.object.parse::<i64>() else { continue };
        match &*entry.action {
            "case.batch" => _ = batches.insert(object, entry),
            "case.attach" | "case.detach" => {}
            _ => told.entry(object).or_default().push(entry),
        }
    }
    let mut done: BTreeMap<i64, Vec<Step>> = BTreeMap::new();
    for (case, step) in super::store::steps_of(&mut tx, None).await? {
        done.entry(case).or_default().push(step);
    }
    let steps = done.values().map(Vec::len).sum();
    let was_lost = accounts_were_lost(&mut tx).await?;
    let mut faults = Vec::new();
    let cases = super::store::every(&mut tx).await?;
    let notices = super::store::notices(&mut tx, None).await?;
    let mut published: BTreeMap<i64, Vec<&Notice>> = BTreeMap::new();
    for notice in notices.iter().rev() {
        notice.cases.iter().for_each(|(case, _)| published.entry(case.id).or_default().push(notice));
    }
    let (policy, mut held) = (runs::policy()?, store::rights(&mut tx).await?);
    for case in &cases {
        let (steps, entries) = (done.remove(&case.id).unwrap_or_default(), told.get(&case.id));
        let entries = entries.map_or(&[][..], Vec::as_slice);
        let batch = case.batch.and_then(|batch| batches.get(&batch));
        // A batch from before each opened case had its row of the trail.
        let is_older = batch.is_some_and(|entry| entry.detail["each"] != true);
        faults.extend(identity_fault(case, entries.first().filter(|_| !is_older), (batch, entries)));
        faults.extend(case_fault(case, &steps, entries, (is_older, was_lost)));
        faults.extend(haste(case.id, &steps, published.get(&case.id).map_or(&[], Vec::as_slice)));
        // Rights are held from the day on which a case is opened or handed in.
        let is_held = steps.iter().any(|step| matches!(step.act.as_str(), "open" | "submit"));
        let rests_on: BTreeSet<_> = match policy.award(&case.award).filter(|_| is_held) {
            Some(award) => rights_of(award, case).into_iter().collect(),
            None => BTreeSet::new(),
        };
        if held.remove(&case.id).unwrap_or_default() != rests_on {
            faults.push(format!("案件 {} 防重复登记的权利或事项与案件所依据的不符", case.id));
        }
    }
    notice_faults(&mut tx, (&notices, &told), &mut faults).await?;
    Ok((steps, notices.len(), faults))
}

/// What a case is, by the word for it: held against the row of the trail with which it began, and against that of its batch.
const IDENTITY: [(&str, &str); 9] = [
    ("subject", "统一社会信用代码"),
    ("name", "企业名称"),
    ("award", "奖励或资助"),
    ("year", "年度"),
    ("item", "政策事项版次"),
    ("level", "等级"),
    ("matter", "事项编号"),
    ("trigger", "维权情形"),
    ("grounds", "所依据的测算、条件或权利"),
];

fn identity_fault(case: &Case, began: Option<&Entry>, (batch, entries): (Option<&Entry>, &[Entry])) -> Option<String> {
    let is = identity_of(case);
    // A claim may leave a lower level and fewer rights; where steps tell them, the last of these is held against them.
    let is_told_later = |key: &str| {
        matches!(key, "level" | "grounds") && entries.iter().any(|entry| entry.detail["after"].get(key).is_some())
    };
    [began, batch].into_iter().flatten().find_map(|entry| {
        // Rows from before all of it was told say what they say.
        let differs = |key: &str| entry.detail.get(key).is_some_and(|told| *told != is[key]) && !is_told_later(key);
        let (_, what) = IDENTITY.iter().find(|(key, _)| differs(key))?;
        Some(format!("案件 {} 的{what}与审计记录 {} 不符", case.id, entry.id))
    })
}

/// A decision that was taken without a notice, or before the last day of its notice was over; the notices of the case in their order.
fn haste(case: i64, steps: &[Step], notices: &[&Notice]) -> Option<String> {
    let (mut later, mut notice) = (notices.iter(), None);
    for step in steps {
        match (step.act.as_str(), notice) {
            ("publish", _) => notice = later.next(),
            ("approve", None) => return Some(format!("案件 {case} 没有公示，{} 就作了决定", step.on)),
            ("approve", Some(notice)) if step.on <= notice.closes_on => {
                let (on, id, last) = (step.on, notice.id, notice.closes_on);
                return Some(format!("案件 {case} 的决定（{on}）早于公示 {id} 结束（{last}）"));
            }
            _ => {}
        }
    }
    None
}

/// The first place at which a case and its rows of the trail part.
fn case_fault(case: &Case, steps: &[Step], entries: &[Entry], (is_older, was_lost): (bool, bool)) -> Option<String> {
    let id = case.id;
    let mut rest = entries.iter();
    let mut stood = "";
    for (place, step) in (1..).zip(steps) {
        let what = step.zh();
        if step.before != stood {
            return Some(format!("案件 {id} 第 {place} 步“{what}”不接上一步"));
        }
        stood = &step.after;
        if place == 1 && step.act == "open" && is_older {
            continue;
        }
        match rest.next() {
            None => return Some(format!("案件 {id} 第 {place} 步“{what}”没有审计记录")),
            Some(entry) if !tells(entry, step) => {
                return Some(format!("案件 {id} 第 {place} 步“{what}”与审计记录 {} 不符", entry.id));
            }
            Some(_) => {}
        }
    }
    if let Some(entry) = rest.next() {
        return Some(format!("审计记录 {} 所记案件 {id} 的一步，案件中没有", entry.id));
    }
    if stood != case.state.key() {
        return Some(format!("案件 {id} 现为“{}”，与最后一步不符", case.state.zh()));
    }
    let now = state_of(case);
    let last = entries.iter().rev().find_map(|entry| Some((entry.id, entry.detail.get("after")?.as_object()?)));
    let (entry, after) = last?;
    let is_lost = |key: &str| key == "account" && was_lost && case.account.is_none();
    let differs = |key: &str, value: &Value| now.get(key).unwrap_or(&Value::Null) != value && !is_lost(key);
    let (key, _) = after.iter().find(|(key, value)| differs(key, value))?;
    let word = match &**key {
        "amount_fen" => "金额",
        "handler" | "handler_for" => "经办",
        "reviewer" | "reviewer_for" => "复核",
        "account" => "收款账户",
        "level" => "等级",
        "grounds" => "所依据的测算、条件或权利",
        _ => "内容",
    };
    Some(format!("案件 {id} 的{word}与最后一条审计记录 {entry} 不符"))
}

/// Whether an entry tells this step: the same act by the same person, to the same end and with the same words.
fn tells(entry: &Entry, step: &Step) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let same = entry.action.strip_prefix("case.") == Some(&step.act) && entry.who == step.by;
    // What began an application says what it is about, not where it stands.
    same && (step.act == "begin"
        || (text(&entry.detail["after"]["state"]) == step.after
            && text(&entry.detail["note"]) == step.note
            // Rows from before the day was told say nothing of it.
            && entry.detail.get("on").is_none_or(|on| *on == step.on.to_string())
            && text(&entry.detail["for"]) == step.for_whom))
}

/// Holds every notice against its entry, and every amount on it against what the trail says was published.
async fn notice_faults(
    tx: &mut Tx,
    (notices, told): (&[Notice], &BTreeMap<i64, Vec<Entry>>),
    faults: &mut Vec<String>,
) -> Result<(), Error> {
    let entries = audit::of_acts(tx, "notice.open").await?;
    // How many notices a case has been on so far, in their order.
    let mut times: BTreeMap<i64, usize> = BTreeMap::new();
    for notice in notices.iter().rev() {
        let id = notice.id;
        match entries.iter().find(|entry| entry.object == id.to_string()) {
            None => faults.push(format!("公示 {id} 没有审计记录")),
            Some(entry)
                if entry.detail["closes_on"] != notice.closes_on.to_string()
                    || entry.detail["cases"] != notice.cases.len() =>
            {
                faults.push(format!("公示 {id} 的截止日或件数与审计记录 {} 不符", entry.id));
            }
            Some(_) => {}
        }
        for (case, fen) in &notice.cases {
            let time = times.entry(case.id).or_default();
            let mut published = told.get(&case.id).into_iter().flatten().filter(|entry| entry.action == "case.publish");
            match published.nth(*time) {
                None => faults.push(format!("公示 {id} 上的案件 {} 没有公示的审计记录", case.id)),
                Some(entry) if entry.detail["after"]["amount_fen"].as_i64() != *fen => {
                    faults.push(format!("公示 {id} 上案件 {} 的金额与审计记录 {} 不符", case.id, entry.id));
                }
                Some(_) => {}
            }
            *time += 1;
        }
    }
    for entry in entries.iter().filter(|entry| !notices.iter().any(|notice| notice.id.to_string() == entry.object)) {
        faults.push(format!("审计记录 {} 所记的公示 {} 不在", entry.id, entry.object));
    }
    Ok(())
}
