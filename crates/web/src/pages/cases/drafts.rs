//! `/items/draft/{award}`: the form in which the office drafts what an award or an aid pays. It sends back what it showed, so that of two
//! who edit at once the second is told.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::items::{
    self, Basis, Formula, Item, Limits, Review, Subsidy, Terms, Track,
    aid::{self, Aid, Deduction, Trigger},
    window::{Window, Written},
};
use rules::{Policy, policy::AwardDef};

use super::{forms, items::PATH, policy};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx,
    pages::{
        corpus::baskets::account,
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "cases/draft.html")]
struct DraftPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    action: String,
    seen: &'a str,
}

/// `GET /items/draft/{award}`.
pub async fn draft(State(app): State<App>, frame: Frame, Path(award): Path<String>) -> Result<Response, AppError> {
    let latest = items::all(app.db()).await?.into_iter().find(|item| item.award == award);
    let document = policy::document()?;
    let seen = latest.as_ref().map(Item::mark).unwrap_or_default();
    let mut sent = latest.map_or_else(|| blank(&app), |item| typed(&item.terms));
    sent.0.push(("seen".into(), seen));
    drafting(&frame, &document.policy, &award, &sent, &Errors::default())
}

fn drafting(frame: &Frame, policy: &Policy, award: &str, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let def = policy
        .award(award)
        .ok_or_else(|| domain::Error::NotFound { what: "奖励或资助事项", id: award.to_owned() })?;
    let room = Room::new(frame.said(&def.name), frame.t("item-draft-line"))
        .below(frame, &[("cases-title", super::PATH), ("items-title", PATH)])
        .wrong(!errors.is_empty());
    let action = frame.at(&format!("{PATH}/draft/{award}"));
    let page = DraftPage {
        frame,
        room: &room,
        errors,
        fields: fields(frame, def, sent, errors),
        action,
        seen: sent.get("seen"),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn blank(app: &App) -> Sent {
    Sent(
        [
            ("track".into(), "apply".into()),
            ("formula".into(), "per-subject".into()),
            ("from".into(), app.business_date().to_string()),
        ]
        .into_iter()
        .chain(days(&Limits::default()))
        .collect(),
    )
}

/// How long each step may take, as one would have typed it.
fn days(limits: &Limits) -> [(String, String); 4] {
    [("accept", limits.accept), ("enterprise", limits.enterprise), ("step", limits.step), ("notice", limits.notice)]
        .map(|(name, days)| (name.into(), days.to_string()))
}

/// Terms as one would have typed them.
fn typed(terms: &Terms) -> Sent {
    let date = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let (formula, percent) = match terms.formula {
        Formula::PerSubject => ("per-subject", String::new()),
        Formula::PerRight => ("per-right", String::new()),
        Formula::ShareOfCost { percent } => ("share", percent.to_string()),
    };
    let mut sent: Vec<(String, String)> = vec![
        ("track".into(), terms.track.key().into()),
        ("number".into(), terms.basis.number.clone()),
        ("title".into(), terms.basis.title.clone()),
        ("conclusion".into(), terms.review.conclusion.clone()),
        ("concluded".into(), date(terms.review.concluded_on)),
        ("from".into(), terms.effective_from.to_string()),
        ("until".into(), date(terms.effective_until)),
        ("formula".into(), formula.into()),
        ("percent".into(), percent),
        ("cap".into(), terms.cap_per_subject_year_fen.map(forms::yuan).unwrap_or_default()),
        ("departments".into(), terms.departments.join("\n")),
        ("papers".into(), terms.papers.join("\n")),
    ];
    sent.extend(days(&terms.limits));
    if let Some(window) = terms.window {
        let Written { from, until } = window.into();
        sent.extend([("window-from".into(), from), ("window-until".into(), until)]);
    }
    if let Some(subsidy) = &terms.subsidy {
        sent.push(("subsidy".into(), if subsidy.is_policy_subsidy { "yes" } else { "no" }.into()));
        sent.push(("exempted".into(), subsidy.exempted_by.clone()));
    }
    if terms.pays_difference {
        sent.push(("difference".into(), "yes".into()));
    }
    if terms.pays_pro_rata {
        sent.push(("pro-rata".into(), "yes".into()));
    }
    if let Some(fen) = terms.cap_per_invention_fen {
        sent.push(("cap-invention".into(), forms::yuan(fen)));
    }
    if let Some(aid) = &terms.aid {
        sent.push(("deduction".into(), aid.deduction.key().into()));
        if aid.takes_settlements {
            sent.push(("settlements".into(), "yes".into()));
        }
        sent.extend(aid.proofs.iter().map(|(trigger, papers)| (proofs_of(*trigger), papers.join("\n"))));
    }
    sent.extend(terms.amounts.iter().map(|(level, fen)| (format!("amount-{level}"), forms::yuan(*fen))));
    Sent(sent)
}

/// The levels of an award with their names; one without levels pays its only amount.
fn levels(frame: &Frame, award: &AwardDef) -> Vec<(i64, String)> {
    if award.levels.is_empty() {
        return vec![(1, frame.t("item-each"))];
    }
    award.levels.iter().map(|one| (one.level, frame.said(&one.name))).collect()
}

fn fields(frame: &Frame, award: &AwardDef, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    let tracks = Track::ALL.map(|track| Choice::new(track.key(), frame.said(track.zh()))).into();
    let formulas =
        [("per-subject", "item-per-subject"), ("per-right", "item-per-right"), ("share", "item-share-choice")]
            .map(|(key, words)| Choice::new(key, frame.t(words)))
            .into();
    let yes = |name: &str, key: &str| {
        let box_of =
            Choice { is_chosen: sent.get(name) == "yes", ..Choice::new("yes", frame.t(&format!("{key}-yes"))) };
        Field::of(name, frame.t(key), FieldKind::Checks(vec![box_of]), "", errors).optional()
    };
    let mut fields = vec![
        field("track", "item-track", FieldKind::Radios(tracks)),
        field("number", "item-number", FieldKind::Text).hint(frame.t("item-number-hint")),
        field("title", "item-title", FieldKind::Text),
        field("conclusion", "item-conclusion", FieldKind::Lines).hint(frame.t("item-conclusion-hint")),
        field("concluded", "item-concluded", FieldKind::Date),
        field("from", "item-from", FieldKind::Date),
        field("until", "item-until", FieldKind::Date).hint(frame.t("item-until-hint")),
        field("formula", "item-formula", FieldKind::Radios(formulas)),
        field("percent", "item-percent", FieldKind::Number).hint(frame.t("item-percent-hint")).optional(),
    ];
    for (level, name) in levels(frame, award) {
        let own = format!("amount-{level}");
        let label = frame.t1("item-amount-of", "level", name);
        fields.push(Field::of(&own, label, FieldKind::Text, sent.get(&own), errors).hint(frame.t("item-amount-hint")));
    }
    fields.extend([
        yes("difference", "item-difference"),
        field("cap", "item-cap-year", FieldKind::Text).optional(),
        yes("pro-rata", "item-pro-rata"),
        field("departments", "item-departments", FieldKind::Lines).hint(frame.t("item-departments-hint")).optional(),
        field("papers", "item-papers", FieldKind::Lines).hint(frame.t("item-list-hint")).optional(),
        field("window-from", "item-window-from", FieldKind::Text).hint(frame.t("item-window-hint")).optional(),
        field("window-until", "item-window-until", FieldKind::Text).optional(),
        field("accept", "item-accept", FieldKind::Number).hint(frame.t("item-days-hint")),
        field("enterprise", "item-enterprise", FieldKind::Number).hint(frame.t("item-days-hint")),
        field("step", "item-step", FieldKind::Number).hint(frame.t("item-days-hint")),
        field("notice", "item-notice", FieldKind::Number),
    ]);
    if award.money_class != items::GRANT_LINKED {
        let choices = ["", "yes", "no"].map(|key| {
            Choice::new(key, frame.t(&format!("item-subsidy-{}", if key.is_empty() { "unsaid" } else { key })))
        });
        fields.extend([
            field("subsidy", "item-subsidy", FieldKind::Radios(choices.into())).hint(frame.t("item-subsidy-hint")),
            field("exempted", "item-exempted", FieldKind::Text).hint(frame.t("item-exempted-hint")).optional(),
        ]);
    }
    if award.id == items::PCT_GRANT {
        fields.push(
            field("cap-invention", "item-cap-invention", FieldKind::Text)
                .hint(frame.t("item-cap-invention-hint"))
                .optional(),
        );
    }
    if award.id == aid::AWARD {
        for trigger in Trigger::ALL {
            let name = proofs_of(trigger);
            let label = frame.t1("item-proofs-of", "trigger", frame.said(trigger.zh()));
            let usual = trigger.usual_papers().join("、");
            fields.push(
                Field::of(&name, label, FieldKind::Lines, sent.get(&name), errors)
                    .hint(frame.t1("item-proofs-hint", "usual", usual))
                    .optional(),
            );
        }
        let ways = Deduction::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
        let way = if sent.get("deduction").is_empty() { Deduction::None.key() } else { sent.get("deduction") };
        fields.push(Field::of("deduction", frame.t("item-deduction"), FieldKind::Radios(ways), way, errors));
        fields.push(yes("settlements", "item-settlements"));
    }
    fields
}

/// The name of the field that takes the papers of a trigger.
fn proofs_of(trigger: Trigger) -> String {
    format!("proofs-{}", trigger.key())
}

/// What the form says of the aid for defending rights.
fn read_aid(award: &AwardDef, sent: &Sent) -> Option<Aid> {
    let proofs = Trigger::ALL.into_iter().map(|trigger| (trigger, lines(sent.get(&proofs_of(trigger)))));
    (award.id == aid::AWARD).then(|| Aid {
        proofs: proofs.filter(|(_, papers)| !papers.is_empty()).collect(),
        deduction: Deduction::of_key(sent.get("deduction")).unwrap_or_default(),
        takes_settlements: sent.get("settlements") == "yes",
    })
}

/// When applications are taken; none when both days are empty, or cannot be read.
fn read_window(frame: &Frame, sent: &Sent, errors: &mut Errors) -> Option<Window> {
    let written = Written { from: sent.get("window-from").into(), until: sent.get("window-until").into() };
    if written.from.trim().is_empty() && written.until.trim().is_empty() {
        return None;
    }
    Window::try_from(written).map_err(|why| errors.add("window-from", frame.said(&why))).ok()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What was typed, as terms; what cannot be read stands beside its field.
fn read(frame: &Frame, award: &AwardDef, sent: &Sent, errors: &mut Errors) -> Option<Terms> {
    let concluded_on = forms::date(frame, sent, "concluded", errors);
    let from = forms::date(frame, sent, "from", errors);
    let effective_until = forms::date(frame, sent, "until", errors);
    let cap_per_subject_year_fen = forms::fen(frame, sent, "cap", errors);
    let cap_per_invention_fen = forms::fen(frame, sent, "cap-invention", errors);
    let mut amounts = std::collections::BTreeMap::new();
    for (level, _) in levels(frame, award) {
        if let Some(fen) = forms::fen(frame, sent, &format!("amount-{level}"), errors) {
            amounts.insert(level, fen);
        }
    }
    let formula = match sent.get("formula") {
        "per-right" => Formula::PerRight,
        "share" => match sent.get("percent").parse() {
            Ok(percent) => Formula::ShareOfCost { percent },
            Err(_) => {
                errors.add("percent", frame.t("item-percent-wrong"));
                return None;
            }
        },
        _ => Formula::PerSubject,
    };
    let mut days = |name: &str, wrong: &str| {
        sent.get(name).trim().parse::<u32>().unwrap_or_else(|_| {
            errors.add(name, frame.t(wrong));
            0
        })
    };
    let limits = Limits {
        accept: days("accept", "item-days-wrong"),
        enterprise: days("enterprise", "item-days-wrong"),
        step: days("step", "item-days-wrong"),
        notice: days("notice", "item-notice-wrong"),
    };
    let window = read_window(frame, sent, errors);
    let Some(effective_from) = from else {
        if errors.of("from").is_none() {
            errors.add("from", frame.t("item-from-missing"));
        }
        return None;
    };
    errors.is_empty().then(|| Terms {
        track: if sent.get("track") == "confirm" { Track::Confirm } else { Track::Apply },
        basis: Basis { number: sent.get("number").into(), title: sent.get("title").into() },
        review: Review { conclusion: sent.get("conclusion").into(), concluded_on },
        effective_from,
        effective_until,
        formula,
        amounts,
        pays_difference: sent.get("difference") == "yes",
        cap_per_subject_year_fen,
        cap_per_invention_fen,
        pays_pro_rata: sent.get("pro-rata") == "yes",
        aid: read_aid(award, sent),
        departments: lines(sent.get("departments")),
        papers: lines(sent.get("papers")),
        window,
        subsidy: match sent.get("subsidy") {
            "" => None,
            said => Some(Subsidy { is_policy_subsidy: said == "yes", exempted_by: sent.get("exempted").trim().into() }),
        },
        limits,
    })
}

/// `POST /items/draft/{award}`.
pub async fn submit(
    State(app): State<App>,
    frame: Frame,
    Path(award): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let document = policy::document()?;
    let policy = &document.policy;
    let def = policy
        .award(&award)
        .ok_or_else(|| domain::Error::NotFound { what: "奖励或资助事项", id: award.clone() })?;
    let mut errors = Errors::default();
    let Some(terms) = read(&frame, def, &sent, &mut errors) else {
        return drafting(&frame, policy, &award, &sent, &errors);
    };
    let drafted = (terms, Some(sent.get("seen")));
    match items::draft(&app.installation, policy, account(&frame)?, &award, drafted, app.now()).await {
        Ok(id) => Ok(room::see_other(&frame, &format!("{PATH}/{id}"))),
        Err(error) => {
            forms::refusal(&frame, &mut errors, "track", error)?;
            drafting(&frame, policy, &award, &sent, &errors)
        }
    }
}
