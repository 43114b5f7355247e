//! `/cases/{id}`: a case with what it rests on, how its amount comes about, the gates, the opinions, the papers, its whole course, and what
//! this visitor may do with it now.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    accounts::Permission,
    budget,
    cases::{self, Act, Case, Outcome, State as Stands, Whole},
    delegations::{self, Delegation},
    items::{
        self, Item,
        amount::{Calculation, Line},
    },
    letters, payments,
};

use super::{
    PATH, aided, forms, money,
    own_acts::{self, OwnAct},
    path,
    people::People,
    preparing::{self, Shown},
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::baskets::account,
        policy,
        registry::audit::case_act,
        room::{Room, Sent},
    },
    pieces::{Event, Link, Moment, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "cases/one.html")]
struct CasePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    state: StateWord,
    due: String,
    facts: Vec<(String, Link)>,
    lines: Vec<(String, String, String)>,
    held: String,
    gates: Vec<(StateWord, String, String, String)>,
    conditions: Vec<(StateWord, String, String, String, Link)>,
    rights: Vec<(Link, String, String)>,
    has_money: bool,
    opinions: Vec<(String, StateWord, String, String)>,
    letters: Vec<(Link, String)>,
    papers: Vec<(String, Link, String, Option<String>)>,
    objections: Vec<Objected>,
    payments: Vec<money::Paid>,
    steps: Vec<Event>,
    seen: i64,
    acting: Option<(String, Vec<Field>)>,
    own_acts: Vec<OwnAct>,
    /// That the enterprise must be told in another way, for those who have to; empty where it has an account.
    unheard: String,
    /// That nobody is left to take the next step, and what helps; empty where somebody is.
    stuck: String,
    clawbacks: Vec<Speaking>,
    /// The form of an application: what is written, and the paper that may be sent with it.
    writing: Option<Writing>,
    objecting: Option<(String, Vec<Field>)>,
    /// What an agency prepared; none where nothing was.
    prepared: Option<Shown>,
}

/// The form of an application.
struct Writing {
    action: String,
    fields: Vec<Field>,
    /// Which paper, and its file; empty where the item asks for none.
    paper: Vec<Field>,
}

/// An objection with the form that answers it.
struct Objected {
    state: StateWord,
    who: String,
    on: String,
    content: String,
    answer: String,
    form: Option<(String, Vec<Field>)>,
}

/// A fact that speaks against a decision, with what is left of the amount and how that comes about.
struct Speaking {
    state: StateWord,
    fact: String,
    on: String,
    /// The amount that stood, that which is due, and the difference.
    amounts: String,
    lines: Vec<(String, String, String)>,
    note: String,
}

/// `GET /cases/{id}`.
pub async fn page(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    respond(&app, &frame, id, &Sent::default(), &Errors::default()).await
}

pub(super) async fn respond(
    app: &App,
    frame: &Frame,
    id: i64,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let visitor = account(frame)?;
    let whole = cases::find(app.db(), visitor, id).await?;
    let item = items::find(app.db(), whole.case.item).await?;
    let paid = payments::of_case(app.db(), id).await?;
    let line = budget::reservation(app.db(), id).await?;
    let case = &whole.case;
    let stood_in_for = delegations::stood_in_for(app.db(), visitor, frame.business_date).await?;
    let document = policy::document()?;
    let award = super::award_name(frame, &document.policy, &case.award);
    let mut room =
        Room::new(case.name.clone(), frame.tn("case-line", &[("award", award), ("year", case.year.to_string())]))
            .below(frame, &[("cases-title", PATH)])
            .wrong(!errors.is_empty());
    room.tabs_label = String::new();
    let is_own = case.is_of(visitor);
    let can_write = is_own && matches!(case.state, Stands::Draft | Stands::Correction);
    let people = People::read(app).await?;
    let number = case.receiving_number(&app.installation.vault, account(frame)?)?.unwrap_or_default();
    let page = CasePage {
        frame,
        room: &room,
        errors,
        state: super::standing(frame, case),
        due: due(frame, case),
        facts: facts(
            frame,
            &people,
            &whole,
            &item,
            &number,
            line.as_ref().map(|line| money::standing(frame, line, &paid)),
        ),
        lines: amount_lines(frame, &case.amount),
        held: if case.amount_fen().is_none() { frame.said(&case.amount.held) } else { String::new() },
        gates: case
            .facts
            .gates
            .iter()
            .map(|gate| {
                (outcome(frame, gate.outcome), frame.said(&gate.name), frame.said(&gate.words), frame.said(&gate.basis))
            })
            .collect(),
        conditions: conditions(frame, case),
        has_money: case.amount.rights.iter().any(|right| right.fees_fen.is_some()),
        rights: rights(frame, case),
        opinions: whole
            .opinions
            .iter()
            .map(|one| {
                (one.department.clone(), agreed(frame, one.agrees), one.note.clone(), people.name(frame, &one.by))
            })
            .collect(),
        letters: letters::of_case(app.db(), visitor, id)
            .await?
            .iter()
            .map(|one| {
                let words = format!("{} {}", frame.said(one.kind.zh()), one.number);
                (Link::new(words, frame.at(&super::letters::kept(one))), super::letters::mark(frame, one))
            })
            .collect(),
        papers: papers(frame, &whole, can_write),
        objections: objections(app, frame, &whole, sent, errors)?,
        payments: money::payments(frame, &paid),
        steps: whole.steps.iter().rev().map(|step| event(frame, &people, step)).collect(),
        seen: case.version,
        acting: if is_own { None } else { acting(frame, &whole, &stood_in_for, sent, errors)? },
        own_acts: if is_own { own_acts::of(frame, visitor, &whole, &number, sent, errors) } else { Vec::new() },
        unheard: match super::heard(app, frame).await? {
            Some(heard) if super::is_unheard(case, &heard) => frame.t("case-unheard"),
            _ => String::new(),
        },
        stuck: if whole.is_stuck && !is_own { stuck(frame, case) } else { String::new() },
        clawbacks: whole.clawbacks.iter().map(|one| speaking(frame, one)).collect(),
        writing: can_write.then(|| writing(frame, &item, case, &number, sent, errors)),
        objecting: (frame.may(Permission::HandleCases) && case.state == Stands::Public)
            .then(|| objecting(frame, id, sent, errors)),
        prepared: preparing::shown(app, frame, case, sent, errors).await?,
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn amount_lines(frame: &Frame, amount: &Calculation) -> Vec<(String, String, String)> {
    let line =
        |line: &Line| (frame.said(&line.words), format::money_text(line.left_fen, frame.lang), frame.said(&line.basis));
    amount.lines.iter().map(line).collect()
}

fn speaking(frame: &Frame, one: &cases::Clawback) -> Speaking {
    let money = |fen: Option<i64>| {
        fen.map_or_else(|| frame.t("case-amount-unknown"), |fen| format::money_text(fen, frame.lang))
    };
    let tone = match one.outcome.as_str() {
        "" => Tone::Bad,
        "taken" => Tone::Warn,
        _ => Tone::Plain,
    };
    let words = [("stood", money(one.stood_fen)), ("due", money(one.due_fen)), ("claim", money(one.claim_fen()))];
    Speaking {
        state: StateWord::new(tone, frame.said(one.zh())),
        fact: frame.said(&one.fact),
        on: one.found_on.to_string(),
        amounts: if one.weighed.is_some() { frame.tn("clawback-amounts", words) } else { String::new() },
        lines: one.weighed.as_ref().map(|weighed| amount_lines(frame, &weighed.amount)).unwrap_or_default(),
        note: one.note.clone(),
    }
}

fn stuck(frame: &Frame, case: &Case) -> String {
    let key = match case.state {
        Stands::Objected | Stands::Noticed => "case-stuck-decide",
        _ => "case-stuck-handle",
    };
    frame.t(key)
}

fn due(frame: &Frame, case: &Case) -> String {
    match (case.due_on, case.due_why.as_str()) {
        (Some(day), why) => frame.tn("case-due-on", &[("date", frame.date(day)), ("why", frame.said(why))]),
        (None, "") => String::new(),
        (None, why) => frame.said(why),
    }
}

fn facts(
    frame: &Frame,
    people: &People,
    whole: &Whole,
    item: &Item,
    number: &str,
    line: Option<String>,
) -> Vec<(String, Link)> {
    let case = &whole.case;
    let level = policy::document().map(|document| super::level(frame, &document.policy, case)).unwrap_or_default();
    let plain = |text: String| Link::new(text, String::new());
    let mut facts = vec![
        (frame.t("cases-number"), plain(case.id.to_string())),
        (frame.t("case-uscc"), plain(case.subject.clone())),
    ];
    if frame.may(Permission::ViewRights) {
        facts[1].1.href = frame.at(&format!("/enterprises/{}", case.subject));
    }
    if !level.is_empty() {
        facts.push((frame.t("cases-level"), plain(level)));
    }
    let amount =
        case.amount_fen().map_or_else(|| frame.t("case-amount-unknown"), |fen| format::money_text(fen, frame.lang));
    facts.push((frame.t("cases-amount"), plain(amount)));
    if let Some(fen) = case.reclaim_fen {
        facts.push((frame.t("case-reclaim-open"), plain(format::money_text(fen, frame.lang))));
    }
    let words =
        frame.tn("case-item", &[("number", item.terms.basis.number.clone()), ("version", item.version.to_string())]);
    facts.push((frame.t("case-basis"), Link::new(words, frame.at(&format!("{}/{}", super::items::PATH, item.id)))));
    if !case.facts.run.is_empty() {
        let short: String = case.facts.run.chars().take(8).collect();
        let href = if frame.may(Permission::ViewFigures) {
            frame.at(&format!("/runs/{}", case.facts.run))
        } else {
            String::new()
        };
        facts.push((frame.t("cases-run"), Link::new(short, href)));
    }
    if let Some(application) = &case.facts.application {
        if let Some(event) = case.facts.event {
            facts.push((frame.t("apply-event"), plain(frame.date(event))));
        }
        facts.push((frame.t("case-matter"), plain(application.matter.clone())));
        if let Some(fen) = application.costs_fen {
            facts.push((frame.t("case-costs"), plain(format::money_text(fen, frame.lang))));
        }
        facts.extend(aided::facts(frame, application));
        if !application.statement.is_empty() {
            facts.push((frame.t("case-statement"), plain(application.statement.clone())));
        }
    }
    if let Some(receiving) = &case.account {
        facts.push((frame.t("case-account"), plain(format!("{} {} {number}", receiving.holder, receiving.bank))));
    }
    for (key, who, whom) in
        [("cases-handler", &case.handler, &case.handler_for), ("case-reviewer", &case.reviewer, &case.reviewer_for)]
    {
        if let Some(who) = who {
            facts.push((frame.t(key), plain(super::acting(frame, people, who, whom.as_deref().unwrap_or_default()))));
        }
    }
    if let Some(words) = line {
        facts.push((frame.t("budget-title"), plain(words)));
    }
    facts
}

fn outcome(frame: &Frame, outcome: Outcome) -> StateWord {
    match outcome {
        Outcome::Pass => StateWord::new(Tone::Ok, frame.t("gate-pass")),
        Outcome::Strict => StateWord::new(Tone::Warn, frame.t("gate-strict")),
        Outcome::Unknown => StateWord::new(Tone::Unknown, frame.t("gate-unknown")),
        Outcome::Block => StateWord::new(Tone::Bad, frame.t("gate-block")),
    }
}

fn conditions(frame: &Frame, case: &Case) -> Vec<(StateWord, String, String, String, Link)> {
    let verdict = |holds| match holds {
        Some(true) => StateWord::new(Tone::Ok, frame.t("verdict-met")),
        Some(false) => StateWord::new(Tone::Bad, frame.t("verdict-missed")),
        None => StateWord::new(Tone::Unknown, frame.t("verdict-unknown")),
    };
    let row = |one: &cases::Ground| {
        let first = one.clause.split('、').next().unwrap_or_default();
        let actual = one.actual.clone().unwrap_or_else(|| frame.t("condition-unknown"));
        let clause = Link::new(one.clause.clone(), frame.at(&format!("/policy/{first}")));
        (verdict(one.holds), frame.said(&one.text), actual, frame.said(&one.required), clause)
    };
    case.facts.conditions.iter().map(row).collect()
}

fn rights(frame: &Frame, case: &Case) -> Vec<(Link, String, String)> {
    let can_open = frame.may(Permission::ViewRights);
    let row = |right: &String| {
        let money = case.amount.rights.iter().find(|one| one.right == *right);
        let fen = |fen: Option<i64>| {
            fen.map_or_else(|| frame.t("case-amount-unknown"), |fen| format::money_text(fen, frame.lang))
        };
        let is_chinese = right.bytes().next().is_some_and(|digit| digit.is_ascii_digit());
        let href = if can_open && is_chinese { frame.at(&format!("/patents/{right}")) } else { String::new() };
        (
            Link::new(right.clone(), href),
            fen(money.and_then(|one| one.fees_fen)),
            fen(money.and_then(|one| one.aided_fen)),
        )
    };
    case.facts.rights.iter().map(row).collect()
}

fn agreed(frame: &Frame, agrees: Option<bool>) -> StateWord {
    match agrees {
        Some(true) => StateWord::new(Tone::Ok, frame.t("case-agrees")),
        Some(false) => StateWord::new(Tone::Bad, frame.t("case-disagrees")),
        None => StateWord::new(Tone::Unknown, frame.t("case-silent")),
    }
}

fn papers(frame: &Frame, whole: &Whole, can_write: bool) -> Vec<(String, Link, String, Option<String>)> {
    let row = |paper: &cases::Paper| {
        let own = format!("{}/papers/{}", path(whole.case.id), paper.id);
        let remove = can_write.then(|| frame.at(&format!("{own}/remove")));
        let size = frame.t1("case-paper-size", "count", format::count((paper.size + 1023) / 1024));
        (paper.kind.clone(), Link::new(paper.name.clone(), frame.at(&own)), size, remove)
    };
    whole.papers.iter().map(row).collect()
}

fn objections(
    app: &App,
    frame: &Frame,
    whole: &Whole,
    sent: &Sent,
    errors: &Errors,
) -> Result<Vec<Objected>, AppError> {
    let visitor = account(frame)?;
    let row = |one: &cases::Objection| {
        let word = match one.is_upheld {
            None => StateWord::new(Tone::Warn, frame.t("objection-open")),
            Some(true) => StateWord::new(Tone::Bad, frame.t("objection-upheld")),
            Some(false) => StateWord::new(Tone::Ok, frame.t("objection-dismissed")),
        };
        let choices = ["dismissed", "upheld"].map(|key| Choice::new(key, frame.t(&format!("objection-{key}")))).into();
        let form = (one.is_upheld.is_none() && frame.may(Permission::DecideCases)).then(|| {
            let fields = vec![
                Field::of(
                    "decision",
                    frame.t("objection-decision"),
                    FieldKind::Radios(choices),
                    sent.get("decision"),
                    errors,
                ),
                Field::of("answer", frame.t("objection-answer"), FieldKind::Lines, sent.get("answer"), errors),
            ];
            (frame.at(&format!("{}/objections/{}/decide", path(whole.case.id), one.id)), fields)
        });
        let who = one.objector(&app.installation.vault, visitor)?;
        Ok(Objected {
            state: word,
            // Who objects is known to those who handle it.
            who: who.map_or_else(|| frame.t("objection-masked"), |(who, contact)| format!("{who} {contact}")),
            on: one.raised_on.to_string(),
            content: one.content.clone(),
            answer: one.answer.clone(),
            form,
        })
    };
    whole.objections.iter().map(row).collect()
}

fn event(frame: &Frame, people: &People, step: &cases::Step) -> Event {
    let act = case_act(frame, &step.act);
    let after = Stands::of_key(&step.after).map(|after| frame.said(after.zh())).unwrap_or_default();
    Event {
        moment: Moment::Past,
        date: step.on.to_string(),
        what: frame.tn(
            "case-step",
            &[("act", act), ("by", super::acting(frame, people, &step.by, &step.for_whom)), ("state", after)],
        ),
        detail: (!step.note.is_empty()).then(|| frame.said(&step.note)),
        source: None,
    }
}

/// The form of what may be done now; none when nothing may.
fn acting(
    frame: &Frame,
    whole: &Whole,
    stood_in_for: &[Delegation],
    sent: &Sent,
    errors: &Errors,
) -> Result<Option<(String, Vec<Field>)>, AppError> {
    let (visitor, case) = (account(frame)?, &whole.case);
    let acts = cases::possible(visitor, whole);
    if acts.is_empty() {
        return Ok(None);
    }
    // What ends a case or takes money back is never chosen beforehand.
    let onward =
        acts.iter().find(|act| matches!(act, Act::Accept | Act::Pass | Act::PassAgain | Act::Agree | Act::Archive));
    let chosen = match sent.get("act") {
        "" => onward.map_or("", |act| act.key()),
        typed => typed,
    };
    let choices = acts.iter().map(|act| Choice::new(act.key(), frame.said(act.zh()))).collect();
    let mut fields = vec![Field::of("act", frame.t("case-act"), FieldKind::Radios(choices), chosen, errors)];
    if !stood_in_for.is_empty() && acts.iter().any(|act| act.needs(case.state) == Permission::HandleCases) {
        fields.push(on_behalf(frame, case, stood_in_for, sent, errors));
    }
    let costs = case.facts.application.as_ref().and_then(|one| one.settled_fen.or(one.costs_fen));
    if let (Some(fen), true) = (costs, acts.contains(&Act::Pass)) {
        let typed = if sent.get("settled").is_empty() { forms::yuan(fen) } else { sent.get("settled").to_owned() };
        fields.push(
            Field::of("settled", frame.t("case-settled"), FieldKind::Text, &typed, errors)
                .hint(frame.t("case-settled-hint")),
        );
    }
    if let (Some(event), true, true) = (case.facts.event, acts.contains(&Act::Pass), case.facts.application.is_some()) {
        let typed = if sent.get("event").is_empty() { event.to_string() } else { sent.get("event").to_owned() };
        fields.push(
            Field::of("event", frame.t("case-settled-event"), FieldKind::Date, &typed, errors)
                .hint(frame.t("case-settled-event-hint")),
        );
    }
    fields.extend(claimed(frame, whole, &acts, sent, errors));
    if acts.contains(&Act::Pass) {
        fields.extend(aided::settling(frame, case, sent, errors));
    }
    fields.push(
        Field::of("note", frame.t("case-note"), FieldKind::Lines, sent.get("note"), errors)
            .hint(frame.t("case-note-hint"))
            .optional(),
    );
    Ok(Some((frame.at(&format!("{}/act", path(case.id))), fields)))
}

/// How much is claimed back, or came back: what was worked out, or what is still open.
fn claimed(frame: &Frame, whole: &Whole, acts: &[Act], sent: &Sent, errors: &Errors) -> Option<Field> {
    let act = acts.iter().find(|act| act.takes_amount())?;
    let proposed = whole.clawbacks.iter().find(|one| one.is_open()).and_then(cases::Clawback::claim_fen);
    let fen = match act {
        Act::Recover => whole.case.reclaim_fen,
        _ => proposed.filter(|fen| *fen > 0),
    };
    let typed = sent.get(act.key());
    let value = if typed.is_empty() { fen.map(forms::yuan).unwrap_or_default() } else { typed.to_owned() };
    let words = |what: &str| frame.t(&format!("case-{}-{what}", act.key()));
    let field = Field::of(act.key(), words("amount"), FieldKind::Text, &value, errors).hint(words("hint"));
    Some(field.optional())
}

/// On whose behalf it is done; what he handled before is his.
fn on_behalf(frame: &Frame, case: &Case, stood_in_for: &[Delegation], sent: &Sent, errors: &Errors) -> Field {
    let mut choices = vec![Choice::new("", frame.t("case-for-self"))];
    choices.extend(
        stood_in_for
            .iter()
            .map(|one| Choice::new(one.from_login.clone(), frame.t1("case-for-other", "name", one.from_name.clone()))),
    );
    let his = stood_in_for.iter().find(|one| case.handler.as_ref() == Some(&one.from_login));
    let chosen = match sent.get("act") {
        "" => his.map_or("", |one| &one.from_login),
        _ => sent.get("for"),
    };
    Field::of("for", frame.t("case-for"), FieldKind::Radios(choices), chosen, errors)
}

pub(super) fn receiving(frame: &Frame, case: &Case, number: &str, sent: &Sent, errors: &Errors) -> [Field; 3] {
    let payee = case.account.as_ref();
    let known = |name: &str, kept: Option<&str>, fallback: &str| {
        let kept = kept.unwrap_or(fallback);
        if sent.get(name).is_empty() { kept.to_owned() } else { sent.get(name).to_owned() }
    };
    [
        Field::of(
            "holder",
            frame.t("case-holder"),
            FieldKind::Text,
            &known("holder", payee.map(|one| one.holder.as_str()), &case.name),
            errors,
        )
        .hint(frame.t("case-holder-hint")),
        Field::of(
            "bank",
            frame.t("case-bank"),
            FieldKind::Text,
            &known("bank", payee.map(|one| one.bank.as_str()), ""),
            errors,
        ),
        Field::of("number", frame.t("case-account-number"), FieldKind::Text, &known("number", None, number), errors)
            .autocomplete("off"),
    ]
}

/// What is written into an application besides where the money goes.
pub(super) fn application_fields(frame: &Frame, item: &Item, case: &Case, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let application = case.facts.application.clone().unwrap_or_default();
    let of = |name: &str, kept: String| if errors.is_empty() { kept } else { sent.get(name).to_owned() };
    let costs = application.costs_fen.map(forms::yuan).unwrap_or_default();
    let mut fields = vec![
        Field::of(
            "statement",
            frame.t("case-statement"),
            FieldKind::Lines,
            &of("statement", application.statement),
            errors,
        )
        .hint(frame.t("case-statement-hint")),
        Field::of("costs", frame.t("case-costs"), FieldKind::Text, &of("costs", costs), errors)
            .hint(frame.t("case-costs-hint")),
    ];
    fields.extend(aided::fields(frame, item, case, sent, errors));
    fields
}

fn writing(frame: &Frame, item: &Item, case: &Case, number: &str, sent: &Sent, errors: &Errors) -> Writing {
    let mut fields = application_fields(frame, item, case, sent, errors);
    fields.extend(receiving(frame, case, number, sent, errors));
    let needed = cases::needed(case, item);
    // Holder and bank go with the number.
    let is_needed = |name: &str| needed.contains(&name) || matches!(name, "holder" | "bank");
    let fields = fields.into_iter().map(|field| {
        let is_needed = is_needed(&field.name);
        field.needed(is_needed)
    });
    Writing {
        action: frame.at(&format!("{}/write", path(case.id))),
        fields: fields.collect(),
        paper: paper(frame, item, case, sent, errors),
    }
}

pub(super) fn paper(frame: &Frame, item: &Item, case: &Case, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let kinds = item.terms.papers_for(case.trigger());
    if kinds.is_empty() {
        return Vec::new();
    }
    let kinds = kinds.into_iter().map(|kind| Choice::new(kind, kind)).collect();
    vec![
        Field::of("kind", frame.t("case-paper-kind"), FieldKind::Select(kinds), sent.get("kind"), errors),
        Field::of("file", frame.t("case-paper-file"), FieldKind::File(".pdf,.ofd,.png,.jpg,.jpeg"), "", errors)
            .hint(frame.t1("case-paper-hint", "count", cases::PAPER_BYTES_MAX / 1024 / 1024)),
    ]
}

fn objecting(frame: &Frame, id: i64, sent: &Sent, errors: &Errors) -> (String, Vec<Field>) {
    let field = |name: &str, kind| Field::of(name, frame.t(&format!("objection-{name}")), kind, sent.get(name), errors);
    let fields =
        vec![field("who", FieldKind::Text), field("contact", FieldKind::Text), field("content", FieldKind::Lines)];
    (frame.at(&format!("{}/object", path(id))), fields)
}
