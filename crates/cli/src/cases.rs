//! Award cases from the command line: open from a run, apply, act, publish, and what the day brings.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::Installation;
use domain::accounts::Account;
use domain::cases::{self, About, Act, Receiving, Said, State, Whole, Written};
use domain::items::aid::{Ending, Trigger};
use domain::payments;
use rules::Policy;
use serde_json::{Value, json};
use terms::{Money, MoneyUnit};

use crate::Context;
use crate::account::As;
use crate::output::{Unusable, day, yuan};
use crate::people::People;

#[derive(Debug, Args)]
pub(crate) struct Case {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出可见的案件
    List {
        /// 只列这一状态，如 待企业确认
        #[arg(long, value_parser = state)]
        state: Option<State>,
        /// 只列这项奖励或资助，写名称或编号
        #[arg(long)]
        award: Option<String>,
    },
    /// 一件案件：条件、核查、金额由来、步骤、付款
    Show {
        /// 案件编号
        id: i64,
    },
    /// 由一次测算为全部达标企业生成案件（免申即享）
    Open {
        /// 奖励编号，如 innovation-star
        award: String,
        /// 测算编号（可只写开头几位；latest 为统计时点最晚的一次）
        #[arg(long)]
        run: String,
    },
    /// 企业申报：建立草稿，或找到同一事项的草稿
    Begin {
        /// 资助编号，如 rights-aid
        award: String,
        /// 立项文号、合同号、裁判文书号等
        matter: String,
        /// 事项发生日
        #[arg(long, value_name = "DATE")]
        event: String,
        /// 维权情形，只用于维权援助
        #[arg(long, value_parser = trigger)]
        trigger: Option<Trigger>,
    },
    /// 填写申报：情况说明、已付费用、收款账户
    Write {
        /// 案件编号
        id: i64,
        /// 情况说明
        #[arg(long, default_value = "")]
        statement: String,
        /// 已付费用，如 8.5万元
        #[arg(long, value_name = "AMOUNT")]
        costs: Option<String>,
        #[command(flatten)]
        account: AccountGiven,
        /// 维权的国家（地区）
        #[arg(long, default_value = "")]
        place: String,
        /// 裁判结果
        #[arg(long, value_parser = ending)]
        ending: Option<Ending>,
        /// 企业是不是维护自己权利的一方：true 或 false
        #[arg(long, value_name = "BOOL")]
        defender: Option<bool>,
        /// 已获赔偿，没有的写 0元
        #[arg(long, value_name = "AMOUNT")]
        compensation: Option<String>,
    },
    /// 提交一份申报材料（PDF、OFD、PNG、JPEG）
    Attach {
        /// 案件编号
        id: i64,
        /// 是哪一项材料
        kind: String,
        /// 文件
        file: PathBuf,
    },
    /// 办理：确认领取、审核通过、复核通过、部门同意、决定兑现……
    Act {
        /// 案件编号
        id: i64,
        /// 办理动作，见 case show 的“现在可以”
        #[arg(value_parser = act)]
        act: Act,
        /// 理由或意见
        #[arg(long, default_value = "")]
        note: String,
        /// 审核通过时核定的费用，如 8万元
        #[arg(long)]
        costs: Option<String>,
        /// 审核通过时核定的已获赔偿，不能少于自报数
        #[arg(long, value_name = "AMOUNT")]
        compensation: Option<String>,
        /// 审核通过时核定的事项发生日
        #[arg(long, value_name = "DATE")]
        event: Option<String>,
        /// 启动追回时追回多少、登记追回到账时退回多少，如 2万元；不写即为建议或尚待退回的全部
        #[arg(long, value_name = "AMOUNT")]
        amount: Option<String>,
        /// 受谁委托代办（登录名），见 leave list
        #[arg(long = "for", value_name = "LOGIN")]
        for_whom: Option<String>,
        #[command(flatten)]
        account: AccountGiven,
    },
    /// 把一项奖励全部待公示的案件公示
    Notice {
        /// 奖励或资助编号
        award: String,
    },
    /// 登记公示期内收到的异议，须具名
    Object {
        /// 案件编号
        id: i64,
        /// 提出人
        #[arg(long)]
        who: String,
        /// 联系方式
        #[arg(long)]
        contact: String,
        /// 理由
        #[arg(long)]
        content: String,
    },
    /// 书面答复一项异议：成立则不予兑现，不成立则照常继续
    Settle {
        /// 异议编号，见 case show
        objection: i64,
        /// 异议成立
        #[arg(long, conflicts_with = "dismiss", required_unless_present = "dismiss")]
        uphold: bool,
        /// 异议不成立
        #[arg(long)]
        dismiss: bool,
        /// 核查结果和答复
        #[arg(long)]
        answer: String,
    },
    /// 列出追回建议：决定之后才查明的事实
    Clawbacks,
    /// 登记一条追回建议不追回，写明理由
    Dismiss {
        /// 追回建议编号，见 case clawbacks
        id: i64,
        /// 理由
        #[arg(long)]
        note: String,
    },
    /// 办理到期事项：公示期满、逾期未确认；可每天定时运行
    Daily,
}

/// The receiving account as it is typed.
#[derive(Debug, Args)]
struct AccountGiven {
    /// 收款户名
    #[arg(long, requires = "bank", requires = "number")]
    holder: Option<String>,
    /// 开户银行及网点
    #[arg(long, requires = "holder")]
    bank: Option<String>,
    /// 收款账号
    #[arg(long, requires = "holder")]
    number: Option<String>,
}

impl AccountGiven {
    fn receiving(self) -> Option<Receiving> {
        Some(Receiving { holder: self.holder?, bank: self.bank?, number: self.number? })
    }
}

/// How a thing is called.
type Name<T> = fn(T) -> &'static str;

/// One of a list, by its Chinese name or by its key.
fn one_of<T: Copy>(all: &[T], (key, zh): (Name<T>, Name<T>), (what, text): (&str, &str)) -> Result<T, String> {
    let names = || all.iter().map(|one| zh(*one)).collect::<Vec<_>>().join("，");
    let found = all.iter().find(|one| zh(**one) == text || key(**one) == text);
    found.copied().ok_or_else(|| format!("没有这一{what}；可用：{}", names()))
}

fn state(text: &str) -> Result<State, String> {
    one_of(&State::ALL, (State::key, State::zh), ("状态", text))
}

fn trigger(text: &str) -> Result<Trigger, String> {
    one_of(&Trigger::ALL, (Trigger::key, Trigger::zh), ("维权情形", text))
}

fn ending(text: &str) -> Result<Ending, String> {
    one_of(&Ending::ALL, (Ending::key, Ending::zh), ("裁判结果", text))
}

fn act(text: &str) -> Result<Act, String> {
    one_of(&Act::ALL, (Act::key, Act::zh), ("动作", text))
}

pub(crate) async fn run(context: &Context, command: Case) -> anyhow::Result<()> {
    let installation = context.open().await?;
    if let Action::Daily = command.action {
        return daily(context, &installation).await;
    }
    let account = command.by.account(&installation.db).await?;
    let people = People::read(&installation.db, &account).await?;
    let policy = domain::runs::policy()?;
    let doing = Doing { context, installation: &installation, account: &account, people: &people, policy: &policy };
    match command.action {
        Action::List { state, award } => doing.list(state, award.as_deref()).await,
        Action::Show { id } => doing.show(id).await,
        Action::Open { award, run } => doing.open(&award, &run).await,
        Action::Begin { award, matter, event, trigger } => doing.begin((&award, &matter), &event, trigger).await,
        Action::Write { id, statement, costs, account, place, ending, defender, compensation } => {
            let fen = |amount: Option<String>| amount.as_deref().map(fen).transpose();
            let (costs_fen, compensation_fen) = (fen(costs)?, fen(compensation)?);
            let (account, is_defender) = (account.receiving(), defender);
            let written = Written { statement, costs_fen, account, place, ending, is_defender, compensation_fen };
            doing.write(id, &written).await
        }
        Action::Attach { id, kind, file } => doing.attach(id, &kind, &file).await,
        Action::Act { id, act, note, costs, compensation, event, amount, for_whom, account } => {
            let fen = |amount: Option<String>| amount.as_deref().map(fen).transpose();
            let (costs_fen, compensation_fen) = (fen(costs)?, fen(compensation)?);
            let (account, event) = (account.receiving(), event.as_deref().map(event_day).transpose()?);
            let amount_fen = fen(amount)?;
            let said = Said { note, account, costs_fen, compensation_fen, amount_fen, event, for_whom, seen: None };
            doing.act(id, act, said).await
        }
        Action::Notice { award } => doing.notice(&award).await,
        Action::Object { id, who, contact, content } => doing.object(id, (&who, &contact, &content)).await,
        Action::Settle { objection, uphold, answer, .. } => doing.settle(objection, (uphold, &answer)).await,
        Action::Clawbacks => doing.clawbacks().await,
        Action::Dismiss { id, note } => {
            cases::dismiss(&installation, &account, (id, &note), context.now).await?;
            context.output.print(&json!({ "clawback": id }), |_| format!("追回建议 {id} 已登记为不追回。"))
        }
        Action::Daily => Ok(()),
    }
}

/// The day of the event as typed.
fn event_day(text: &str) -> Result<jiff::civil::Date, Unusable> {
    day("事项发生日 --event", text)
}

/// An amount as typed, in fen.
fn fen(text: &str) -> anyhow::Result<i64> {
    let money = Money::parse(text, MoneyUnit::Yuan);
    Ok(money.map_err(|cause| Unusable(format!("金额“{text}”：{cause}")))?.fen)
}

async fn daily(context: &Context, installation: &Installation) -> anyhow::Result<()> {
    let (expired, noticed) = cases::daily(installation, "cli", context.now).await?;
    context.output.print(&json!({ "expired": expired, "noticed": noticed }), |_| {
        format!("逾期未确认 {expired} 件，公示期满待决定 {noticed} 件。")
    })
}

/// One command by one account.
struct Doing<'a> {
    context: &'a Context,
    installation: &'a Installation,
    account: &'a Account,
    people: &'a People,
    policy: &'a Policy,
}

impl Doing<'_> {
    async fn list(&self, state: Option<State>, award: Option<&str>) -> anyhow::Result<()> {
        let mut found = cases::all(&self.installation.db, self.account).await?;
        found.retain(|case| {
            let is_of = |award: &str| case.award == award || self.award(&case.award) == award;
            state.is_none_or(|state| case.state == state) && award.is_none_or(is_of)
        });
        self.context.output.list(&found, |case| self.value(case), |case| self.line(case), "没有这样的案件。")
    }

    async fn clawbacks(&self) -> anyhow::Result<()> {
        let all = cases::clawbacks(&self.installation.db, self.account).await?;
        let value = |one: &cases::Clawback| {
            json!({
                "id": one.id, "case": one.case, "name": one.name, "award": one.award, "year": one.year,
                "amount_fen": one.amount_fen, "stood_fen": one.stood_fen, "due_fen": one.due_fen,
                "claim_fen": one.claim_fen(), "weighed": json!(one.weighed), "state": one.state.key(), "fact": one.fact,
                "found_on": one.found_on,
                "settled_on": one.settled_on, "outcome": one.outcome, "note": one.note,
            })
        };
        let line = |one: &cases::Clawback| {
            let [stood, due, claim] = [one.stood_fen.or(one.amount_fen), one.due_fen, one.claim_fen()].map(yuan);
            format!(
                "{}  案件 {}  {}  原有 {stood}，现应得 {due}，应追回 {claim}  {}  {}  {}",
                one.id,
                one.case,
                one.name,
                one.found_on,
                one.fact,
                one.zh()
            )
        };
        self.context.output.list(&all, value, line, "没有追回建议：已决定的案件都与登记簿相符。")
    }

    async fn show(&self, id: i64) -> anyhow::Result<()> {
        let db = &self.installation.db;
        let whole = cases::find(db, self.account, id).await?;
        let paid = payments::of_case(db, id).await?;
        let possible = cases::possible(self.account, &whole);
        let mut object = self.details(&whole)?;
        object["payments"] = paid.iter().map(crate::payments::payment).collect();
        object["possible"] = possible.iter().map(|act| act.key()).collect();
        self.context.output.print(&object, |_| {
            let mut text = self.words(&whole);
            for one in &paid {
                let _ = writeln!(text, "付款  {}", crate::payments::payment_words(one));
            }
            let acts: Vec<&str> = possible.iter().map(|act| act.zh()).collect();
            let _ = match acts.is_empty() {
                true => writeln!(text, "{}现在没有要办的。", self.account.name),
                false => writeln!(text, "{}现在可以：{}", self.account.name, acts.join("，")),
            };
            text
        })
    }

    /// Every detail; of the receiving account only the last digits; who objected only for those who may know.
    fn details(&self, whole: &Whole) -> anyhow::Result<Value> {
        let (case, facts) = (&whole.case, &whole.case.facts);
        let mut object = self.value(case);
        object["item"] = case.item.into();
        object["facts"] = json!(facts);
        object["amount"] = json!(case.amount);
        object["due_why"] = case.due_why.clone().into();
        object["account"] = json!(case.account.as_ref().map(|one| json!({
            "holder": one.holder, "bank": one.bank, "number": one.masked,
        })));
        object["steps"] = whole
            .steps
            .iter()
            .map(|step| {
                json!({
                    "act": step.act, "before": step.before, "after": step.after, "note": step.note,
                    "by": self.people.key(&step.by), "for": self.people.key(&step.for_whom), "on": step.on,
                })
            })
            .collect();
        let opinion = |one: &cases::Opinion| json!({ "department": one.department, "agrees": one.agrees, "note": one.note, "by": self.people.key(&one.by) });
        object["opinions"] = whole.opinions.iter().map(opinion).collect();
        let paper = |one: &cases::Paper| json!({ "id": one.id, "kind": one.kind, "name": one.name, "sha256": one.sha256, "size": one.size });
        object["papers"] = whole.papers.iter().map(paper).collect();
        let objection = |one: &cases::Objection| {
            let who = one.objector(&self.installation.vault, self.account)?.map(|(who, _)| who);
            anyhow::Ok(json!({
                "id": one.id, "who": who, "content": one.content, "raised_on": one.raised_on,
                "is_upheld": one.is_upheld, "answer": one.answer,
            }))
        };
        object["objections"] = whole.objections.iter().map(objection).collect::<anyhow::Result<_>>()?;
        Ok(object)
    }

    async fn open(&self, award: &str, run: &str) -> anyhow::Result<()> {
        let run = crate::runs::run_id(self.installation, run).await?;
        let opening =
            cases::open_batch(self.installation, self.policy, self.account, (award, &run), self.context.now).await?;
        let cases::Opening { batch, opened, stopped, unheard, known } = opening;
        let object =
            json!({ "batch": batch, "opened": opened, "stopped": stopped, "unheard": unheard, "known": known });
        self.context.output.print(&object, |_| {
            let told = match unheard {
                0 => String::new(),
                count => format!("其中 {count} 家企业没有账号，须另行通知。"),
            };
            format!("批次 {batch}：待企业确认 {opened} 件，核查未过 {stopped} 件，本年已有案件 {known} 家。{told}")
        })
    }

    async fn begin(&self, (award, matter): (&str, &str), event: &str, trigger: Option<Trigger>) -> anyhow::Result<()> {
        let event = event_day(event)?;
        let about = About { award, matter, event, trigger };
        let id = cases::begin(self.installation, self.policy, self.account, about, self.context.now).await?;
        self.context.output.print(&json!({ "case": id }), |_| format!("案件 {id} 是申报草稿，请填写、附材料后提交。"))
    }

    async fn write(&self, id: i64, written: &Written) -> anyhow::Result<()> {
        cases::write(self.installation, self.account, id, written, self.context.now).await?;
        self.context.output.print(&json!({ "case": id }), |_| format!("案件 {id} 已填写。"))
    }

    async fn attach(&self, id: i64, kind: &str, file: &std::path::Path) -> anyhow::Result<()> {
        let unread = |cause| Unusable(format!("材料 {} 打不开：{cause}。请检查路径。", file.display()));
        let bytes = std::fs::read(file).map_err(unread)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        cases::attach(self.installation, self.account, id, (kind, &name, &bytes), self.context.now)
            .await
            .with_context(|| format!("材料 {} 没有收下", file.display()))?;
        self.context
            .output
            .print(&json!({ "case": id, "bytes": bytes.len() }), |_| format!("案件 {id} 已收下 {name}。"))
    }

    async fn act(&self, id: i64, act: Act, said: Said) -> anyhow::Result<()> {
        let case = cases::act(self.installation, self.policy, self.account, (id, act), &said, self.context.now).await?;
        self.context.output.print(&self.value(&case), line_done)
    }

    async fn notice(&self, award: &str) -> anyhow::Result<()> {
        let id = cases::open_notice(self.installation, self.policy, self.account, award, self.context.now).await?;
        let notice = cases::notice(&self.installation.db, id).await?;
        let object = json!({
            "notice": id, "opened_on": notice.opened_on, "closes_on": notice.closes_on,
            "cases": notice.cases.iter().map(|(case, _)| case.id).collect::<Vec<_>>(),
        });
        self.context.output.print(&object, |_| {
            format!(
                "公示 {id}：{} 件，{} 至 {}（{}）。",
                notice.cases.len(),
                notice.opened_on,
                notice.closes_on,
                notice.why
            )
        })
    }

    async fn object(&self, id: i64, said: (&str, &str, &str)) -> anyhow::Result<()> {
        cases::raise_objection(self.installation, self.account, id, said, self.context.now).await?;
        let objections = cases::find(&self.installation.db, self.account, id).await?.objections;
        let newest = objections.first().map(|one| one.id);
        self.context.output.print(&json!({ "case": id, "objection": newest }), |_| {
            format!("案件 {id} 的异议 {} 已登记，答复之前不作决定。", newest.unwrap_or_default())
        })
    }

    async fn settle(&self, objection: i64, said: (bool, &str)) -> anyhow::Result<()> {
        let case = cases::decide_objection(self.installation, self.account, objection, said, self.context.now).await?;
        let whole = cases::find(&self.installation.db, self.account, case).await?;
        self.context.output.print(&self.value(&whole.case), line_done)
    }

    /// The award by its name; by what the case says where the policy has no such award any more.
    fn award<'b>(&'b self, id: &'b str) -> &'b str {
        self.policy.award(id).map_or(id, |award| &award.name)
    }

    fn value(&self, case: &cases::Case) -> Value {
        let who = |login: &Option<String>| login.as_deref().map(|login| self.people.key(login).to_owned());
        json!({
            "case": case.id, "award": case.award, "subject": case.subject, "name": case.name, "year": case.year,
            "level": case.level, "matter": case.matter, "state": case.state.key(), "amount_fen": case.amount_fen(),
            "handler": who(&case.handler), "handler_for": who(&case.handler_for), "reviewer": who(&case.reviewer),
            "reviewer_for": who(&case.reviewer_for), "due_on": case.due_on, "opened_on": case.opened_on,
            "reclaim_fen": case.reclaim_fen,
        })
    }

    fn line(&self, case: &cases::Case) -> String {
        let due = case.due_on.map_or_else(String::new, |day| format!("  最迟 {day}"));
        let (award, amount) = (self.award(&case.award), yuan(case.amount_fen()));
        format!("{}  {award}  {} 年度  {}  {}  {amount}{due}", case.id, case.year, case.name, case.state.zh())
    }

    fn words(&self, whole: &Whole) -> String {
        let case = &whole.case;
        let mut text = format!("{}\n{}", self.line(case), case.subject);
        let level = self.policy.award(&case.award).filter(|award| !award.levels.is_empty());
        if level.is_some() {
            let _ = write!(text, "  第 {} 级", case.level);
        }
        if !case.matter.is_empty() {
            let _ = write!(text, "  {}", case.matter);
        }
        text.push('\n');
        for (what, by, whom) in
            [("经办", &case.handler, &case.handler_for), ("复核", &case.reviewer, &case.reviewer_for)]
        {
            if let Some(by) = by {
                let _ = writeln!(text, "{what}  {}", self.people.acting(by, whom.as_deref().unwrap_or_default()));
            }
        }
        for ground in &case.facts.conditions {
            let holds = match ground.holds {
                Some(true) => "符合",
                Some(false) => "不符",
                None => "未知",
            };
            let actual = ground.actual.as_deref().unwrap_or("—");
            let _ = writeln!(
                text,
                "条件  {holds}  {}：{actual}，要求 {}（{}）",
                ground.text, ground.required, ground.clause
            );
        }
        for gate in &case.facts.gates {
            let outcome = match gate.outcome {
                cases::Outcome::Pass => "通过",
                cases::Outcome::Strict => "从严",
                cases::Outcome::Unknown => "未知",
                cases::Outcome::Block => "不过",
            };
            let _ = writeln!(text, "核查  {outcome}  {}：{}（{}）", gate.name, gate.words, gate.basis);
        }
        for line in &case.amount.lines {
            let _ = writeln!(text, "金额  {}，计 {}（{}）", line.words, yuan(Some(line.left_fen)), line.basis);
        }
        if !case.amount.held.is_empty() {
            let _ = writeln!(text, "金额未核定：{}", case.amount.held);
        }
        if let Some(account) = &case.account {
            let _ = writeln!(text, "收款  {}  {}  {}", account.holder, account.bank, account.masked);
        }
        if let Some(fen) = case.reclaim_fen {
            let _ = writeln!(text, "追回  尚待退回 {}；{}", yuan(Some(fen)), case.due_why);
        }
        for one in &whole.clawbacks {
            let [stood, due, claim] = [one.stood_fen, one.due_fen, one.claim_fen()].map(yuan);
            let _ = writeln!(
                text,
                "决定后查明  {}  {}：原有 {stood}，现应得 {due}，应追回 {claim}（{}）",
                one.found_on,
                one.fact,
                one.zh()
            );
        }
        if whole.is_stuck {
            let _ = writeln!(
                text,
                "没有人能办理这一步：有权办理的人都已回避。请系统管理员为另一人开通账号（account open）。"
            );
        }
        for opinion in &whole.opinions {
            let agrees = match opinion.agrees {
                Some(true) => "同意",
                Some(false) => "不同意",
                None => "未表态",
            };
            let _ = writeln!(text, "联审  {}  {agrees}  {}", opinion.department, opinion.note);
        }
        for paper in &whole.papers {
            let _ = writeln!(text, "材料  {}  {}（{} 字节）", paper.kind, paper.name, paper.size);
        }
        for objection in &whole.objections {
            let _ = writeln!(
                text,
                "异议 {}  {}  {}  {}",
                objection.id, objection.raised_on, objection.content, objection.answer
            );
        }
        for step in &whole.steps {
            let after = State::of_key(&step.after).map_or("", State::zh);
            let _ = writeln!(
                text,
                "步骤  {}  {}  {} → {after}  {}",
                step.on,
                self.people.acting(&step.by, &step.for_whom),
                step.zh(),
                step.note
            );
        }
        text
    }
}

fn line_done(case: &Value) -> String {
    let state = case["state"].as_str().and_then(State::of_key).map_or("", State::zh);
    format!("案件 {} 现为“{state}”，金额 {}。", case["case"], yuan(case["amount_fen"].as_i64()))
}
