//! A batch (批次): a run's verdicts under one item become cases, each with its gates and its amount.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use rules::{Evaluation, Policy, policy::AwardDef};
use serde_json::json;

use super::{
    Application, Case, Change, Facts, Ground, State, Step, clawback,
    facts::Known,
    gates::{self, Asked, Outcome},
    identity_of, state_of, store,
};
use crate::{
    Error, Installation,
    accounts::{self, Account, Permission},
    items::{self, GRANT_LINKED, Item, Track, amount},
    letters::{self, Office},
    messages, runs,
};

/// What came of opening a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The batch.
    pub batch: i64,
    /// How many cases wait for their enterprises.
    pub opened: usize,
    /// How many a gate stopped at once; each stands with its reason.
    pub stopped: usize,
    /// Of those that wait, how many enterprises have no account, so that they must be told in another way.
    pub unheard: usize,
    /// How many subjects have their case for this year already.
    pub known: usize,
}

/// Opens a case for everyone to whom a run gives this award.
pub async fn open_batch(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    (award, run): (&str, &str),
    now: Timestamp,
) -> Result<Opening, Error> {
    items::allowed(account, Permission::HandleCases)?;
    let award = award_of(policy, award)?;
    let evaluation = official(installation, run).await?;
    let (as_of, today) = (evaluation.as_of, installation.business_date(now));
    if (as_of.month(), as_of.day()) != (12, 31) || as_of > today {
        return Err(Error::Invalid(format!("按年兑现要用已过去的年末（12月31日）的测算，这一次是 {as_of}。")));
    }
    let none = || {
        Error::Invalid(format!(
            "“{}”在 {} 没有已发布的免申即享事项。请先起草、核对并发布。",
            award.name, evaluation.as_of
        ))
    };
    let item = items::in_force(&installation.db, &award.id, evaluation.as_of).await?.ok_or_else(none)?;
    if item.terms.track != Track::Confirm {
        return Err(none());
    }
    let proposing = Proposing::read(installation, policy, (award, &item), &evaluation, now).await?;
    let year = i64::from(evaluation.as_of.year());
    let mut tx = installation.db.begin().await?;
    store::hold(&mut tx, &award.id, "").await?;
    let money = Money::read(&mut tx, award, &item, None).await?;
    let taken = store::taken(&mut tx, &award.id, year).await?;
    let batch = store::insert_batch(&mut tx, item.id, &evaluation.run, year, &account.login, &now.to_string()).await?;
    let heard = accounts::heard_enterprises_in(&mut tx).await?;
    let mut opening = Opening { batch, opened: 0, stopped: 0, unheard: 0, known: 0 };
    let office = Office { installation, policy, known: &proposing.known };
    for one in &proposing.earned {
        if taken.contains(&one.subject) {
            opening.known += 1;
            continue;
        }
        let (mut case, stop) = proposing.case(one, &money)?;
        case.batch = Some(batch);
        if stop.is_empty() {
            opening.opened += 1;
            opening.unheard += usize::from(!heard.contains(&case.subject));
        } else {
            opening.stopped += 1;
        }
        case.id = store::insert(&mut tx, &case).await?;
        store::set_rights(&mut tx, case.id, &rights_of(award, &case)).await?;
        let step = Step {
            act: "open".into(),
            before: String::new(),
            after: case.state.key().into(),
            note: stop,
            by: account.login.clone(),
            for_whom: String::new(),
            on: proposing.today,
        };
        store::insert_step(&mut tx, case.id, &step, now).await?;
        let mut detail = identity_of(&case);
        (detail["after"], detail["note"], detail["on"]) = (state_of(&case), json!(step.note), json!(step.on));
        registry::audit::record(&mut tx, now, &account.login, "case.open", &case.id.to_string(), &detail).await?;
        let change = Change { act: "open", note: &step.note, by: &step.by, for_whom: "", on: step.on, now };
        messages::of_case(&mut tx, None, &case, &change).await?;
        letters::of_step(&mut tx, &office, None, &case, &change).await?;
    }
    let detail = json!({
        "award": award.id, "run": evaluation.run, "item": item.id, "year": year,
        "opened": opening.opened, "stopped": opening.stopped, "known": opening.known,
        "unheard": opening.unheard, "each": true,
    });
    registry::audit::record(&mut tx, now, &account.login, "case.batch", &batch.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(opening)
}

/// The batches that rest on a run.
pub(crate) async fn batches_upon(tx: &mut db::Tx, run: &str) -> Result<Vec<i64>, Error> {
    store::batches_upon(tx, run).await
}

/// What an item would come to under a run, as if it were the first: the cases that [`open_batch`] would open, none of them kept.
pub async fn simulate(
    installation: &Installation,
    policy: &Policy,
    item: &Item,
    run: &str,
    now: Timestamp,
) -> Result<Vec<Case>, Error> {
    let award = award_of(policy, &item.award)?;
    if item.terms.track != Track::Confirm {
        return Err(Error::Invalid(format!("“{}”要企业申报，测算中没有对象，不能试算。", award.name)));
    }
    let evaluation = official(installation, run).await?;
    let proposing = Proposing::read(installation, policy, (award, item), &evaluation, now).await?;
    let money = Money::default();
    proposing.earned.iter().map(|one| Ok(proposing.case(one, &money)?.0)).collect()
}

/// A run that money may rest on: of the whole city, and under no assumption.
async fn official(installation: &Installation, run: &str) -> Result<Evaluation, Error> {
    let summary = runs::find(installation, run).await?;
    if summary.is_what_if() || !summary.scope.is_empty() {
        return Err(Error::Invalid("推演和局部测算不能用来兑现。请选一次全市的正式测算。".into()));
    }
    if summary.standing == runs::Standing::Aside {
        return Err(Error::Invalid(format!(
            "{} 所在的月份已经月结，以另一次测算为准。兑现请用月结依据的那一次。",
            summary.as_of
        )));
    }
    runs::load(installation, &summary.run).await
}

/// What a run proposes under an item, with what the registers say of it.
struct Proposing<'a> {
    installation: &'a Installation,
    policy: &'a Policy,
    award: &'a AwardDef,
    item: &'a Item,
    evaluation: &'a Evaluation,
    earned: Vec<&'a rules::evaluation::Award>,
    known: Known,
    today: Date,
}

impl<'a> Proposing<'a> {
    async fn read(
        installation: &'a Installation,
        policy: &'a Policy,
        (award, item): (&'a AwardDef, &'a Item),
        evaluation: &'a Evaluation,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let earned: Vec<_> = evaluation.awards.iter().filter(|one| one.award == award.id && one.level > 0).collect();
        let rights: BTreeSet<String> = if award.money_class == GRANT_LINKED {
            earned.iter().flat_map(|one| one.evidence.iter().cloned()).collect()
        } else {
            BTreeSet::new()
        };
        let known = Known::read(installation, &rights, now).await?;
        let today = installation.business_date(now);
        Ok(Self { installation, policy, award, item, evaluation, earned, known, today })
    }

    /// The case of one subject, and what stops it at once; empty when nothing does.
    fn case(&self, one: &rules::evaluation::Award, money: &Money) -> Result<(Case, String), Error> {
        let Self { policy, award, item, evaluation, ref known, today, .. } = *self;
        let name = one.name.as_deref().unwrap_or(&one.subject);
        let mut case = Case {
            level: one.level,
            facts: facts_of(&evaluation.run, evaluation.as_of, one, award),
            ..Case::begun(item, (&one.subject, name), evaluation.as_of.year(), State::Notified, today)
        };
        let is_demo = self.installation.demo().is_some();
        Look { policy, award, item, known, money, today, is_demo }.at(&mut case)?;
        let stop = gates::stops(&case.facts.gates, Outcome::Block);
        if stop.is_empty() {
            (case.due_on, case.due_why) = known.due(today, item.terms.limits.enterprise, "企业确认");
        } else {
            case.state = State::Rejected;
        }
        Ok((case, stop))
    }
}

pub(super) fn award_of<'a>(policy: &'a Policy, award: &str) -> Result<&'a AwardDef, Error> {
    policy.award(award).ok_or_else(|| Error::NotFound { what: "奖励或资助事项", id: award.to_owned() })
}

pub(super) fn facts_of(run: &str, as_of: Date, one: &rules::evaluation::Award, award: &AwardDef) -> Facts {
    let condition = |condition: &rules::evaluation::Condition| Ground {
        text: condition.text.clone(),
        actual: condition.actual.clone(),
        required: condition.required.clone(),
        clause: if condition.clause.is_empty() { award.clauses.join("、") } else { condition.clause.clone() },
        holds: condition.holds,
    };
    Facts {
        run: run.to_owned(),
        event: Some(as_of),
        conditions: one.conditions.iter().map(condition).collect(),
        rights: one.evidence.clone(),
        gates: Vec::new(),
        application: None,
    }
}

/// The rights and events for which no second case may be opened under any item: each grant where money depends on grants, else the
/// matter applied for.
pub(super) fn rights_of(award: &AwardDef, case: &Case) -> Vec<(String, String)> {
    if award.money_class == GRANT_LINKED {
        case.facts.rights.iter().map(|right| (right.clone(), "授权".to_owned())).collect()
    } else if case.matter.is_empty() {
        Vec::new()
    } else {
        // One matter is one, however its brackets and spaces are typed and under whatever item it is handed in.
        vec![(terms::text::fold_name(&case.matter), "事项".to_owned())]
    }
}

/// A case and where it stands.
type Holder = (i64, State);

/// What other cases come to, and on which rights they rest.
#[derive(Default)]
pub(super) struct Money {
    /// What stands for a subject under this award, whatever the year.
    before: BTreeMap<String, i64>,
    /// What stands for a subject in a year under all awards.
    by_year: BTreeMap<(String, i64), i64>,
    /// What stands for each invention under this award, whosesoever and whatever the year, where the item limits that.
    inventions: BTreeMap<String, i64>,
    /// Living cases by right and event.
    rights: BTreeMap<(String, String), Vec<Holder>>,
}

impl Money {
    /// What concerns one case, or every subject. The rights of the case must have been written before.
    pub(super) async fn read(
        tx: &mut db::Tx,
        award: &AwardDef,
        item: &Item,
        only: Option<&Case>,
    ) -> Result<Self, Error> {
        let mut money = Self::default();
        for (subject, of, year, fen) in store::amounts(tx, only.map_or("", |case| &case.subject)).await? {
            if of == award.id && item.terms.pays_difference {
                // Paid in parts, a level has been paid in full by their sum.
                *money.before.entry(subject.clone()).or_default() += fen;
            }
            *money.by_year.entry((subject, year)).or_default() += fen;
        }
        if item.terms.cap_per_invention_fen.is_some() {
            for (case, calculation, back_fen) in store::standing(tx, &award.id).await? {
                if only.is_some_and(|own| own.id == case) {
                    continue;
                }
                for (invention, fen) in clawback::left(tx, case, &calculation, back_fen).await? {
                    *money.inventions.entry(invention).or_default() += fen;
                }
            }
        }
        for (right, event, case, state) in store::held_rights(tx, only.map(|case| case.id)).await? {
            money.rights.entry((right, event)).or_default().push((case, state));
        }
        Ok(money)
    }
}

/// One look at a case: its gates and its amount as of a day.
pub(super) struct Look<'a> {
    pub(super) policy: &'a Policy,
    pub(super) award: &'a AwardDef,
    pub(super) item: &'a Item,
    pub(super) known: &'a Known,
    pub(super) money: &'a Money,
    pub(super) today: Date,
    pub(super) is_demo: bool,
}

impl Look<'_> {
    /// Writes gates and amount into the case.
    pub(super) fn at(&self, case: &mut Case) -> Result<(), Error> {
        let is_grant_linked = self.award.money_class == GRANT_LINKED;
        let settings = self.policy.settings(self.today, &BTreeMap::new())?;
        let dated = |name: &str| Some((settings.integer(name)?, settings.basis(name).to_owned()));
        let rights = if is_grant_linked {
            case.facts.rights.iter().map(|right| self.known.money(right)).collect()
        } else {
            case.facts
                .rights
                .iter()
                .map(|right| amount::RightMoney {
                    right: right.clone(),
                    fees_fen: None,
                    aided_fen: None,
                    invention: None,
                })
                .collect()
        };
        let ground = amount::Ground {
            level: if self.award.levels.is_empty() { 1 } else { case.level },
            is_grant_linked,
            tapers: self.item.terms.tapers(self.award),
            rights,
            fee_share: dated("official_fee_cap_percent"),
            taper: dated("grant_linked_taper_percent"),
            before_fen: self.money.before.get(&case.subject).copied().unwrap_or(0),
            this_year_fen: self.money.by_year.get(&(case.subject.clone(), case.year)).copied().unwrap_or(0),
            costs_fen: case.facts.application.as_ref().and_then(|one| one.settled_fen.or(one.costs_fen)),
            compensation_fen: case.facts.application.as_ref().and_then(Application::compensation_fen),
            inventions: self.money.inventions.clone(),
        };
        case.amount = amount::calculate(&self.item.terms, &ground)?;
        case.facts.gates = self.gates(case)?;
        Ok(())
    }

    /// The gates alone, for the days after the notice on which the amount must stay what was published.
    pub(super) fn gates(&self, case: &Case) -> Result<Vec<gates::Gate>, Error> {
        let event = case.facts.event.unwrap_or(self.today);
        let mut doubles = Vec::new();
        for (right, on) in rights_of(self.award, case) {
            let others = self.money.rights.get(&(right.clone(), on.clone())).into_iter().flatten();
            // Among themselves the earlier case stands; one that was decided stands before any.
            let stands = |id: i64, state: State| case.id == 0 || id < case.id || state.is_granted();
            let first = others.filter(|(id, state)| *id != case.id && stands(*id, *state)).min_by_key(|other| other.0);
            if let Some((id, _)) = first {
                doubles.push(format!("{right}（{on}）已由案件 {id} 享受"));
            }
        }
        gates::ask(&Asked {
            policy: self.policy,
            award: self.award,
            item: self.item,
            subject: &case.subject,
            matter: &case.matter,
            event,
            today: self.today,
            doubles: &doubles,
            amount: &case.amount,
            claim: case.facts.application.as_ref().and_then(|one| one.aid.as_ref()),
            known: self.known,
            is_demo: self.is_demo,
        })
    }
}
