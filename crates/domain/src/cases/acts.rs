//! Acts: one person does one thing with one case, in one transaction, and another who was slower is told.

use std::collections::{BTreeMap, BTreeSet};

use db::Tx;
use jiff::{Timestamp, civil::Date};
use rules::{Evaluation, Policy};

use super::{
    Act, Case, Change, OWN_TOWN, Payee, Receiving, State, Whole, clawback, department,
    facts::Known,
    find_in,
    gates::{self, Outcome},
    note,
    opening::{Look, Money, award_of, rights_of},
    save, store, visible, weighed,
};
use crate::{
    Error, Installation,
    accounts::{self, Account, Permission, allows},
    budget, delegations,
    items::{self, Item, amount::Calculation},
    letters::{self, Office},
    messages, payments,
};

/// What is said with an act.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The note.
    pub note: String,
    /// Where the money goes, at [`Act::Confirm`] and [`Act::Amend`].
    pub account: Option<Receiving>,
    /// What the handler settled the paid costs at (核定费用), in fen, at [`Act::Pass`].
    pub costs_fen: Option<i64>,
    /// What the handler settled the compensation got at (核定赔偿), in fen, at [`Act::Pass`].
    pub compensation_fen: Option<i64>,
    /// How much is claimed back, at [`Act::Reclaim`], or came back, at [`Act::Recover`], in fen; none for all that is proposed or open.
    pub amount_fen: Option<i64>,
    /// The day of the event as the handler settled it (核定事项发生日), at [`Act::Pass`].
    pub event: Option<Date>,
    /// On whose behalf it is done (代办), by login; none for oneself.
    pub for_whom: Option<String>,
    /// The version of the case that the person saw, where a page says so.
    pub seen: Option<i64>,
}

/// What this account may do with this case now, in the order of the table.
pub fn possible(account: &Account, whole: &Whole) -> Vec<Act> {
    let case = &whole.case;
    // A department that has spoken has nothing more to say.
    let awaited = whole.opinions.iter().filter(|one| one.agrees.is_none());
    let asked: Vec<String> = awaited.map(|one| one.department.clone()).collect();
    let second = |act: Act| act != Act::PassAgain || !case.is_handled_by(&account.login);
    let paid = |act: Act| act != Act::Archive || case.state == State::Paid || case.amount_fen() == Some(0);
    let done = |act: Act| whole.steps.iter().any(|step| step.act == act.key());
    let once = |act: Act| match act {
        Act::Ask => !case.is_corrected,
        Act::Reconsider => !done(Act::Reconsider),
        _ => true,
    };
    Act::ALL
        .iter()
        .copied()
        .filter(|act| {
            act.fits(case.state)
                && allows(account, act.needs(case.state), &case.resource(&asked))
                && second(*act)
                && paid(*act)
                && once(*act)
        })
        .collect()
}

/// Refuses whoever has stepped aside from a case: it is out of their hands, whatever is to be done with it (回避).
pub(super) async fn not_recused(tx: &mut Tx, case: i64, login: &str) -> Result<(), Error> {
    if store::has_done(tx, case, "recuse", login).await? {
        return Err(Error::Conflict("您已就这件案件回避，不能再办理。".into()));
    }
    Ok(())
}

/// Does it; gives the case as it stands then.
pub async fn act(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    (id, act): (i64, Act),
    said: &Said,
    now: Timestamp,
) -> Result<Case, Error> {
    let words = note("note", &said.note)?;
    // What the registers say is read before the writing transaction, which is to be short.
    let before = {
        let mut tx = installation.db.begin_read().await?;
        visible(&mut tx, account, id).await?
    };
    let verdict = asked_again(installation, policy, (&before, act), now).await?;
    // Only money that depends on grants asks what was paid for each right, and only where a case is looked at anew.
    let is_grant_linked = award_of(policy, &before.award)?.money_class == items::GRANT_LINKED;
    let rights: BTreeSet<String> = if is_grant_linked && matches!(act, Act::Submit | Act::Pass | Act::Reconsider) {
        let mut looked_at = before.clone();
        if let Some(verdict) = &verdict {
            weighed::renew(policy, &mut looked_at, verdict)?;
        }
        looked_at.facts.rights.into_iter().collect()
    } else {
        BTreeSet::new()
    };
    let known = Known::read(installation, &rights, now).await?;
    let mut tx = installation.db.begin().await?;
    let before = find_in(&mut tx, id).await?;
    let asked = super::asked(&mut tx, account, id).await?;
    if !allows(account, act.needs(before.state), &before.resource(&asked)) {
        return Err(Error::Forbidden(act.zh()));
    }
    if !act.fits(before.state) {
        return Err(Error::Conflict(format!("案件现为“{}”，不能“{}”。请刷新后再看。", before.state.zh(), act.zh())));
    }
    if said.seen.is_some_and(|seen| seen != before.version) {
        return Err(Error::Conflict("这件案件在您打开之后有了变化。请看过最新的内容再办理。".into()));
    }
    if act.needs_note() && words.is_empty() {
        return Err(Error::Field { field: "note", why: format!("“{}”要写明理由。", act.zh()) });
    }
    let is_owner = act.needs(before.state) == Permission::OwnCases;
    if !is_owner && act != Act::Recuse && act != Act::Urge {
        not_recused(&mut tx, id, &account.login).await?;
    }
    let today = installation.business_date(now);
    // The last day counts to its end.
    if matches!(act, Act::Confirm | Act::Submit) && before.is_late(today) {
        let due = before.due_on.map(|day| day.to_string()).unwrap_or_default();
        return Err(Error::Conflict(format!(
            "“{}”最迟到 {due}，已经过期。有正当理由的，请联系业务科室重新通知。",
            act.zh()
        )));
    }
    let for_whom = said.for_whom.as_deref().unwrap_or_default();
    if !for_whom.is_empty() {
        may_act_for(&mut tx, account, (&before, act), (for_whom, today)).await.map_err(|error| error.at("for"))?;
    }
    let item = items::find_in(&mut tx, before.item).await?;
    let verdict = verdict.as_ref();
    let doing =
        Doing { installation, policy, account, for_whom, item: &item, known: &known, verdict, said, words, today, now };
    let mut after = before.clone();
    if let Some(state) = act.leads_to() {
        after.state = state;
    }
    let told = doing.carry_out(&mut tx, act, &before, &mut after).await?;
    if after.state != before.state {
        (after.due_on, after.due_why) = match after.state {
            State::Reclaimed => returned_by(&known, policy, today)?,
            state => due(&known, &item, state, today),
        };
    }
    let words = told.as_deref().unwrap_or(words);
    let change = Change { act: act.key(), note: words, by: &account.login, for_whom, on: today, now };
    save(&mut tx, &before, &after, &change).await?;
    letters::of_step(&mut tx, &Office { installation, policy, known: &known }, Some(&before), &after, &change).await?;
    tx.commit().await?;
    after.version = before.version + 1;
    Ok(after)
}

/// The award of a run's case asked again for its own year by what is known now: when its enterprise asks to look again, and at each look of
/// the handler after that. An application rests on its papers, at which people look.
async fn asked_again(
    installation: &Installation,
    policy: &Policy,
    (case, act): (&Case, Act),
    now: Timestamp,
) -> Result<Option<Evaluation>, Error> {
    let Some(day) = case.facts.event.filter(|_| case.facts.application.is_none()) else { return Ok(None) };
    let is_asked = match act {
        Act::Reconsider => act.fits(case.state),
        Act::Pass => {
            let mut tx = installation.db.begin_read().await?;
            act.fits(case.state) && store::count_done(&mut tx, case.id, Act::Reconsider.key()).await? > 0
        }
        _ => false,
    };
    if !is_asked {
        return Ok(None);
    }
    Ok(weighed::verdicts(installation, policy, &BTreeSet::from([day]), now).await?.remove(&day))
}

/// Whether an account may do this for another: who is on leave must have asked for it, and must not have stepped aside himself.
async fn may_act_for(
    tx: &mut Tx,
    account: &Account,
    (case, act): (&Case, Act),
    (whom, today): (&str, Date),
) -> Result<(), Error> {
    if act.needs(case.state) != Permission::HandleCases || act == Act::Recuse {
        return Err(Error::Invalid(format!("“{}”不能代人办理。", act.zh())));
    }
    if !delegations::stands_in(tx, account, whom, today).await? {
        return Err(Error::Conflict(format!("{whom} 今天没有委托您代办。请以本人名义办理，或请对方先登记请假委托。")));
    }
    if store::has_done(tx, case.id, "recuse", whom).await? {
        return Err(Error::Conflict(format!("{whom} 已就这件案件回避，不能代其办理。")));
    }
    Ok(())
}

/// The last day of a step that begins today.
pub(super) fn due(known: &Known, item: &Item, state: State, today: Date) -> (Option<Date>, String) {
    let limits = &item.terms.limits;
    let days = match state {
        State::Notified | State::Correction => limits.enterprise,
        State::Submitted => limits.accept,
        State::Review | State::SecondReview | State::Joint | State::Listed | State::Objected | State::Noticed => {
            limits.step
        }
        _ => return (None, String::new()),
    };
    known.due(today, days, state.zh())
}

/// The last day on which claimed money is to be returned (限期追回), with the reason.
fn returned_by(known: &Known, policy: &Policy, today: Date) -> Result<(Option<Date>, String), Error> {
    const NAME: &str = "reclaim_return_days";
    let settings = policy.settings(today, &BTreeMap::new())?;
    let Some(days) = settings.integer(NAME).and_then(|days| u32::try_from(days).ok()) else {
        return Ok((None, "政策文件没有载明退回资金的期限".into()));
    };
    let (day, why) = known.due(today, days, "退回资金");
    let basis = match settings.basis(NAME) {
        "reading" => "原文未定天数，按本系统的解读".to_owned(),
        basis => format!("依据{basis}"),
    };
    Ok((day, format!("{why}；{basis}")))
}

struct Doing<'a> {
    installation: &'a Installation,
    policy: &'a Policy,
    account: &'a Account,
    /// For whom he acts; empty for himself.
    for_whom: &'a str,
    item: &'a Item,
    known: &'a Known,
    /// The award of the case asked again, where it is looked at again.
    verdict: Option<&'a Evaluation>,
    said: &'a Said,
    words: &'a str,
    today: Date,
    now: Timestamp,
}

impl Doing<'_> {
    /// Does it; gives what is to be said of it instead of the note, where it has more to say.
    async fn carry_out(&self, tx: &mut Tx, act: Act, before: &Case, after: &mut Case) -> Result<Option<String>, Error> {
        match act {
            Act::Confirm | Act::Amend => {
                let names = [before.name.as_str(), self.known.name(&before.subject).unwrap_or(&before.name)];
                let given = receiving(self.said.account.as_ref(), names)?;
                after.account = Some(kept(self.installation, before, &given)?);
            }
            Act::Submit => {
                if before.state == State::Draft {
                    // What was asked for has its own last day.
                    super::applications::in_window(self.item, before.facts.event.unwrap_or(self.today), self.today)?;
                }
                super::applications::complete(tx, before, self.item).await?;
                let award = award_of(self.policy, &before.award)?;
                store::set_rights(tx, before.id, &rights_of(award, after)).await?;
                self.look(tx, after).await?;
            }
            Act::Ask if before.is_corrected => {
                return Err(Error::Conflict("只能一次性告知补正，这件已经告知过。请受理或不予受理。".into()));
            }
            Act::Ask => {
                self.not_who_refused(tx, before).await?;
                after.is_corrected = true;
            }
            Act::Accept | Act::Refuse => self.not_who_refused(tx, before).await?,
            Act::Pass => {
                self.not_who_refused(tx, before).await?;
                self.pass(tx, after).await?;
            }
            Act::Reconsider => {
                if store::count_done(tx, before.id, "reconsider").await? > 0 {
                    return Err(Error::Conflict("已经重新审核过一次。仍不服的，可依法申请行政复议或提起诉讼。".into()));
                }
                // What was not even accepted is looked at from there, and its papers may be asked for.
                after.state = if before.state == State::Refused { State::Submitted } else { State::Review };
                after.is_corrected = false;
                self.weigh_again(tx, after).await?;
            }
            Act::Reopen => {}
            Act::Revoke => {
                budget::release(tx, before.id).await?;
                clawback::taken(tx, before.id, (&self.account.login, self.today), self.now).await?;
            }
            Act::Reclaim => self.reclaim(tx, before, after).await?,
            Act::PassAgain => self.pass_again(tx, before, after).await?,
            Act::Agree | Act::Disagree => self.opine(tx, act, after).await?,
            Act::Approve => self.approve(tx, before, after).await?,
            Act::Recuse => {
                if before.is_handled_by(&self.account.login) {
                    (after.handler, after.handler_for) = (None, None);
                    after.state = State::Review;
                }
            }
            Act::Archive if before.state == State::Approved && before.amount_fen() != Some(0) => {
                return Err(Error::Conflict("资金还没有拨付，不能归档。".into()));
            }
            Act::Recover => return self.recover(tx, before, after).await.map(Some),
            Act::Decline | Act::Return | Act::Reject | Act::Withdraw | Act::Urge | Act::Archive => {}
        }
        Ok(None)
    }

    /// Claims back what is proposed, or as much as was said; what still stands at a lower level stands at that from now on.
    async fn reclaim(&self, tx: &mut Tx, before: &Case, after: &mut Case) -> Result<(), Error> {
        let net = payments::net_fen(tx, before.id).await?.filter(|fen| *fen > 0);
        let net = net.ok_or_else(|| Error::Conflict("这件案件没有发放资金，无从追回。".into()))?;
        let proposed = clawback::claim(tx, before.id).await?;
        let claim = proposed.as_ref().and_then(clawback::Clawback::claim_fen).filter(|fen| *fen > 0);
        let fen = self.said.amount_fen.or(claim).unwrap_or(net);
        if !(1..=net).contains(&fen) {
            let net = terms::Money::from_fen(net).format_zh();
            let why = format!("追回金额应大于 0，不超过企业现有的 {net}。");
            return Err(Error::Field { field: Act::Reclaim.key(), why });
        }
        after.reclaim_fen = Some(fen);
        if let Some(weighed) = proposed.and_then(|one| one.weighed).filter(|one| one.level > 0 && fen < net) {
            after.level = weighed.level;
            after.facts.rights = weighed.rights;
            after.facts.conditions = weighed.conditions;
            store::set_rights(tx, before.id, &rights_of(award_of(self.policy, &before.award)?, after)).await?;
        }
        clawback::taken(tx, before.id, (&self.account.login, self.today), self.now).await
    }

    /// Notes what came back; the case goes on when nothing of the claim is open any more.
    async fn recover(&self, tx: &mut Tx, before: &Case, after: &mut Case) -> Result<String, Error> {
        let net = payments::net_fen(tx, before.id).await?.unwrap_or(0);
        let open = before.reclaim_fen.unwrap_or(net);
        let fen = self.said.amount_fen.unwrap_or(open);
        let zh = |fen: i64| terms::Money::from_fen(fen).format_zh();
        if !(1..=open).contains(&fen) {
            let why = format!("追回到账的金额应大于 0，不超过尚未退回的 {}。", zh(open));
            return Err(Error::Field { field: Act::Recover.key(), why });
        }
        payments::recover(tx, before.id, fen, (&self.account.login, self.today), self.now).await?;
        after.reclaim_fen = Some(open - fen).filter(|left| *left > 0);
        after.state = match after.reclaim_fen {
            Some(_) => State::Reclaimed,
            None if fen == net => State::Recovered,
            // What was due all along stays paid.
            None => State::Paid,
        };
        let left = after.reclaim_fen.map(|left| format!("，尚未退回 {}", zh(left))).unwrap_or_default();
        let words = if self.words.is_empty() { String::new() } else { format!("；{}", self.words) };
        Ok(format!("退回 {}{left}{words}", zh(fen)))
    }

    /// Whoever refused a case does not look at it again.
    async fn not_who_refused(&self, tx: &mut Tx, case: &Case) -> Result<(), Error> {
        for who in [&*self.account.login, self.for_whom] {
            if !who.is_empty() && store::has_done(tx, case.id, "refuse", who).await? {
                return Err(Error::Conflict("您曾对这件案件不予受理，重新审核要由另一人办理。".into()));
            }
        }
        Ok(())
    }

    fn acts_for(&self) -> Option<String> {
        Some(self.for_whom.to_owned()).filter(|login| !login.is_empty())
    }

    /// Asks the award again where the case is looked at again: level, conditions, rights, gates and amount are those of what is known now.
    async fn weigh_again(&self, tx: &mut Tx, case: &mut Case) -> Result<(), Error> {
        let Some(verdict) = self.verdict else { return Ok(()) };
        weighed::renew(self.policy, case, verdict)?;
        let award = award_of(self.policy, &case.award)?;
        store::set_rights(tx, case.id, &rights_of(award, case)).await?;
        self.look(tx, case).await?;
        if case.level == 0 {
            let held = format!("按现在掌握的情况，{} 不符合“{}”的条件", verdict.as_of, award.name);
            case.amount = Calculation { held, ..Calculation::default() };
        }
        Ok(())
    }

    /// Looks at gates and amount again, on what is known today.
    async fn look(&self, tx: &mut Tx, case: &mut Case) -> Result<(), Error> {
        let award = award_of(self.policy, &case.award)?;
        let money = Money::read(tx, award, self.item, Some(case)).await?;
        self.with(award, &money).at(case)
    }

    fn with<'b>(&'b self, award: &'b rules::policy::AwardDef, money: &'b Money) -> Look<'b> {
        Look {
            policy: self.policy,
            award,
            item: self.item,
            known: self.known,
            money,
            today: self.today,
            is_demo: self.installation.demo().is_some(),
        }
    }

    async fn pass(&self, tx: &mut Tx, after: &mut Case) -> Result<(), Error> {
        // An invention may be granted to several enterprises.
        let award = if self.item.terms.cap_per_invention_fen.is_some() { &*after.award } else { "" };
        store::lock(tx, &after.subject, award).await?;
        if let (Some(settled), Some(application)) = (self.said.costs_fen, &mut after.facts.application) {
            if application.costs_fen.is_none_or(|typed| settled > typed) {
                return Err(Error::Invalid("核定的费用不能多于申报的费用。".into()).at("settled"));
            }
            application.settled_fen = Some(settled);
        }
        if let (Some(settled), Some(application)) = (self.said.compensation_fen, &mut after.facts.application) {
            let told = application.aid.as_ref().and_then(|claim| claim.compensation_fen);
            if settled < told.unwrap_or(0) {
                let why = Error::Invalid("核定的赔偿不能少于企业自报的赔偿。".into());
                return Err(why.at("settled-compensation"));
            }
            application.settled_compensation_fen = Some(settled);
        }
        if let Some(event) = self.said.event.filter(|day| after.facts.event != Some(*day)) {
            self.settle_event(after, event).map_err(|error| error.at("event"))?;
        }
        match self.verdict {
            Some(_) => self.weigh_again(tx, after).await?,
            None => self.look(tx, after).await?,
        }
        if after.level == 0 {
            return Err(Error::Conflict(format!("不能继续：{}。请决定不予兑现。", after.amount.held)));
        }
        self.may_go_on(after, Outcome::Block)?;
        if after.amount_fen().is_none() {
            return Err(Error::Conflict(format!("金额还不能核定：{}", after.amount.held)));
        }
        if after.amount_fen() > Some(0) && after.account.is_none() {
            return Err(Error::Conflict("企业还没有填写收款账户。请企业先“更正收款账户”。".into()));
        }
        after.handler = Some(self.account.login.clone());
        after.handler_for = self.acts_for();
        Ok(())
    }

    /// The day of the event decides year, item and standing, and is the applicant's word until the handler has held it against the papers.
    fn settle_event(&self, case: &mut Case, event: Date) -> Result<(), Error> {
        if case.facts.application.is_none() {
            return Err(Error::Invalid("测算生成的案件以年末为准，不能改事项发生日。".into()));
        }
        if self.words.is_empty() {
            return Err(Error::Invalid("改了事项发生日，请写明依据哪份材料。".into()));
        }
        if event > self.today || i64::from(event.year()) != case.year {
            return Err(Error::Invalid(format!(
                "事项发生日 {event} 不在案件的 {} 年度之内。请不予受理，由企业按实际日期另行申报。",
                case.year
            )));
        }
        case.facts.event = Some(event);
        Ok(())
    }

    /// Whether the gates let a case go on; what is strict or could not be checked needs a word from whoever answers for it.
    fn may_go_on(&self, case: &Case, stopping: Outcome) -> Result<(), Error> {
        let stop = gates::stops(&case.facts.gates, stopping);
        if !stop.is_empty() {
            return Err(Error::Conflict(format!("不能继续：{stop}")));
        }
        if gates::worst(&case.facts.gates) >= Outcome::Strict && self.words.is_empty() {
            let open = gates::stops(&case.facts.gates, Outcome::Strict);
            return Err(Error::Field {
                field: "note", why: format!("要从严审核，请写明核实了什么：{open}")
            });
        }
        Ok(())
    }

    async fn pass_again(&self, tx: &mut Tx, before: &Case, after: &mut Case) -> Result<(), Error> {
        if before.is_handled_by(&self.account.login) || before.is_handled_by(self.for_whom) {
            return Err(Error::Conflict("经办和复核不能是同一个人，受委托代办的也算在内。请由另一人复核。".into()));
        }
        after.reviewer = Some(self.account.login.clone());
        after.reviewer_for = self.acts_for();
        let departments = self.departments(tx, before).await?;
        store::ask_departments(tx, before.id, &departments, &self.now.to_string()).await?;
        after.state = if departments.is_empty() { State::Listed } else { State::Joint };
        Ok(())
    }

    /// Whom the item wants to hear, with the enterprise's own town by its name.
    async fn departments(&self, tx: &mut Tx, case: &Case) -> Result<Vec<String>, Error> {
        let mut named = self.item.terms.departments.clone();
        let Some(town) = named.iter_mut().find(|name| *name == OWN_TOWN) else { return Ok(named) };
        let untold = || format!("登记簿没有{}所在的区镇，无法请区镇初审。请补上所属区镇后再复核。", case.name);
        let known = self.known.town(&case.subject).ok_or_else(|| Error::Conflict(untold()))?;
        if !accounts::speak_for_towns(tx).await?.contains(known) {
            let why = "没有可用的账号，无法请它初审。请系统管理员为它开通区镇账号后再复核。";
            return Err(Error::Conflict(format!("{known}{why}")));
        }
        known.clone_into(town);
        Ok(named)
    }

    async fn opine(&self, tx: &mut Tx, act: Act, after: &mut Case) -> Result<(), Error> {
        let department = department(self.account).unwrap_or_default();
        let agrees = act == Act::Agree;
        let by = (&*self.account.login, &*self.now.to_string());
        if !store::opine(tx, after.id, department, agrees, self.words, by).await? {
            return Err(Error::Conflict(format!("这件案件没有请{department}会签，或已经表态。")));
        }
        if agrees && store::opinions(tx, after.id).await?.iter().all(|one| one.agrees == Some(true)) {
            after.state = State::Listed;
        }
        Ok(())
    }

    /// Decides in favour: the gates are asked again, the amount stays as published, and the budget is reserved.
    async fn approve(&self, tx: &mut Tx, before: &Case, after: &mut Case) -> Result<(), Error> {
        if let Some(open) = super::open_questions(tx, Some(before.id)).await?.remove(&before.id) {
            return Err(Error::Conflict(format!("还不能决定：{open}。请先办结。")));
        }
        let award = award_of(self.policy, &before.award)?;
        let money = Money::read(tx, award, self.item, Some(before)).await?;
        after.facts.gates = self.with(award, &money).gates(after)?;
        let fen = before.amount_fen().ok_or_else(|| Error::Conflict("金额没有核定，不能决定。".into()))?;
        // Money does not rest on what could not be checked; a title without money may.
        self.may_go_on(after, if fen > 0 { Outcome::Unknown } else { Outcome::Block })?;
        if fen > 0 {
            budget::reserve(tx, before, fen, self.today.year()).await?;
        }
        Ok(())
    }
}

/// Checks a receiving account: the enterprise's own, under its name then or now, with a bank and a number that can be one.
pub(super) fn receiving(given: Option<&Receiving>, names: [&str; 2]) -> Result<Receiving, Error> {
    let given = given.ok_or_else(|| Error::Invalid("请填写收款账户。".into()).at("number"))?;
    let number: String = given.number.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    let fold = |text: &str| text.trim().replace('(', "（").replace(')', "）");
    if !names.iter().any(|name| fold(&given.holder) == fold(name)) {
        return Err(Error::Field { field: "holder", why: format!("户名应与企业名称一致：{}", names[1]) });
    }
    if given.bank.trim().is_empty() || given.bank.chars().count() > 100 {
        return Err(Error::Invalid("请填写开户银行及网点，不超过 100 个字。".into()).at("bank"));
    }
    if !(8..=32).contains(&number.len()) || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Error::Invalid("账号应为 8 到 32 位数字。请核对。".into()).at("number"));
    }
    Ok(Receiving { holder: given.holder.trim().into(), bank: given.bank.trim().into(), number })
}

/// A receiving account as a case keeps it.
pub(super) fn kept(installation: &Installation, case: &Case, given: &Receiving) -> Result<Payee, Error> {
    Payee::new(given, &installation.vault.keys()?, super::place(&case.id.to_string()))
}

/// Does what the day brings: cases not confirmed in time expire, and notices whose last day has passed close.
///
/// Gives how many cases expired and how many may now be decided.
pub async fn daily(installation: &Installation, by: &str, now: Timestamp) -> Result<(usize, usize), Error> {
    let today = installation.business_date(now);
    let known = Known::read(installation, &BTreeSet::new(), now).await?;
    let policy = crate::runs::policy()?;
    let office = Office { installation, policy: &policy, known: &known };
    let mut tx = installation.db.begin().await?;
    let (mut expired, mut noticed) = (0, 0);
    for case in store::late(&mut tx, State::Notified, today).await? {
        let after = Case { state: State::Expired, due_on: None, due_why: String::new(), ..case.clone() };
        save(&mut tx, &case, &after, &Change { act: "expire", note: &case.due_why, by, for_whom: "", on: today, now })
            .await?;
        expired += 1;
    }
    for case in store::late(&mut tx, State::Correction, today).await? {
        let after = Case { state: State::Refused, due_on: None, due_why: String::new(), ..case.clone() };
        let note = format!("逾期未补正：{}", case.due_why);
        let change = Change { act: "expire", note: &note, by, for_whom: "", on: today, now };
        save(&mut tx, &case, &after, &change).await?;
        letters::of_step(&mut tx, &office, Some(&case), &after, &change).await?;
        expired += 1;
    }
    for case in store::noticed(&mut tx, today).await? {
        let item = items::find_in(&mut tx, case.item).await?;
        let (due_on, due_why) = due(&known, &item, State::Noticed, today);
        let after = Case { state: State::Noticed, due_on, due_why, ..case.clone() };
        save(&mut tx, &case, &after, &Change { act: "notice-over", note: "", by, for_whom: "", on: today, now })
            .await?;
        noticed += 1;
    }
    messages::remind(&mut tx, &known, (by, today), now).await?;
    tx.commit().await?;
    clawback::look(installation, &policy, by, now).await?;
    Ok((expired, noticed))
}
