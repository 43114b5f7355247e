//! `/registers/judgements` 产业判定: what the keywords of the reference table leave open, for a person to judge with a reason.
//!
//! Basis: 《战略性新兴产业分类与国际专利分类参照关系表（2021）（试行）》; the answers go into the register `sei-judgements`.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::accounts::Permission;
use registry::{BatchKind, Entry, Folded, FoldedRow};

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    hx,
    list::{Cell, Kind, Listing, ListingView},
    pages::{
        cockpit::shown,
        patents::read::written,
        registry::{head_of, who},
        room::{self, Room, Sent},
    },
    pieces::{Notice, Tone},
};

/// One patent under one rule that waits for a person.
struct Open {
    number: String,
    title: String,
    code: String,
    rule: String,
    industry: String,
    keywords: String,
}

#[derive(Template)]
#[template(path = "registry/judgements.html")]
struct JudgementsPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    list: &'a ListingView,
    fields: Option<Vec<Field>>,
}

/// `GET /registers/judgements`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let (rows, head) = open(&app, &frame).await?;
    let may_change = frame.may(Permission::ChangeRegistry);
    let view = {
        let listing = listing(&frame, may_change, &rows);
        if query.export {
            return listing.workbook(&rows, &query);
        }
        listing.view(&rows, &query)
    };
    let notice = room::said(&frame, &words).or(head.notice);
    let room = Room { notice, ..head };
    let errors = Errors::default();
    let fields = (may_change && !rows.is_empty()).then(|| fields(&frame, &Sent::default(), &errors));
    hx::page(JudgementsPage { frame: &frame, room: &room, errors: &errors, list: &view, fields })
}

/// How subgroups with all below are read, where the table has any: the symbols alone do not tell what stands below.
async fn dots(app: &App, frame: &Frame) -> Result<Option<String>, AppError> {
    let reading = domain::freeze::dot_reading(&*app.installation.registers(app.now()).await?);
    if reading.named == 0 {
        return Ok(None);
    }
    let words = [("named", reading.named.to_string()), ("told", reading.told.to_string())];
    Ok(Some(frame.tn("reg-judgements-dots", &words)))
}

/// What waits: inventions in force in the city by the latest run that no rule meets and some rule leaves open.
async fn open(app: &App, frame: &Frame) -> Result<(Vec<Open>, Room), AppError> {
    let title = frame.t("reg-judgements");
    let Some(shown) = shown::shown(app, None).await? else {
        let room = head_of(app, frame, "/registers/judgements", title, frame.t("reg-judgements-no-run")).await?;
        return Ok((Vec::new(), room));
    };
    let room = head_of(app, frame, "/registers/judgements", title, shown.line(frame)).await?;
    let notice = Notice {
        tone: Tone::Plain,
        title: frame.t("reg-judgements-line"),
        lines: [Some(frame.t("reg-judgements-later")), dots(app, frame).await?].into_iter().flatten().collect(),
        link: None,
    };
    let snapshot = &shown.opened.snapshot;
    let (Some(sei), Some(patents)) = (snapshot.rows("patent_sei"), snapshot.rows("patent")) else {
        return Ok((Vec::new(), room));
    };
    let in_city: BTreeSet<&str> = match shown.opened.views.rows("invention_in_city") {
        Some(rows) => (0..rows.len()).filter_map(|row| rows.text(row, "application_number")).collect(),
        None => BTreeSet::new(),
    };
    let titles: BTreeMap<&str, &str> = (0..patents.len())
        .filter_map(|row| Some((patents.text(row, "application_number")?, patents.text(row, "title")?)))
        .collect();
    let verdict_is = |row: usize, verdict: &str| sei.text(row, "verdict") == Some(verdict);
    let met: BTreeSet<&str> = (0..sei.len())
        .filter(|row| verdict_is(*row, "met"))
        .filter_map(|row| sei.text(row, "application_number"))
        .collect();
    let judged = judged(app).await?;
    let rules = rules(app).await?;
    let mut rows = Vec::new();
    for row in (0..sei.len()).filter(|row| verdict_is(*row, "undetermined")) {
        let text = |column| sei.text(row, column).unwrap_or_default();
        let (number, code, rule) = (text("application_number"), text("code"), text("rule"));
        let key = (number.to_owned(), code.to_owned(), rule.to_owned());
        if met.contains(number) || !in_city.contains(number) || judged.contains(&key) {
            continue;
        }
        let (industry, keywords) = rules.get(&(key.1.clone(), key.2.clone())).cloned().unwrap_or_default();
        let title = titles.get(number).copied().unwrap_or_default().to_owned();
        rows.push(Open { number: key.0, title, code: key.1, rule: key.2, industry, keywords });
    }
    Ok((rows, room.with(Some(notice))))
}

type Key = (String, String, String);

/// What people have judged since.
async fn judged(app: &App) -> Result<BTreeSet<Key>, AppError> {
    let rows = folded(app, "sei-judgements").await?;
    let cell = |row: &FoldedRow, field| row.text(Folded::column("sei-judgements", field)).to_owned();
    Ok(rows.iter().map(|row| (cell(row, "application_number"), cell(row, "code"), cell(row, "rule"))).collect())
}

/// The industry and the keywords of each rule.
async fn rules(app: &App) -> Result<BTreeMap<(String, String), (String, String)>, AppError> {
    let rows = folded(app, "strategic-industries").await?;
    let cell = |row: &FoldedRow, field| row.text(Folded::column("strategic-industries", field)).to_owned();
    let mut rules: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    for row in &rows {
        let rule = rules.entry((cell(row, "code"), cell(row, "rule"))).or_default();
        rule.0 = cell(row, "name");
        if rule.1.is_empty() {
            rule.1 = cell(row, "keywords").replace('|', "、");
        }
    }
    Ok(rules)
}

/// The rows of a register as known now.
pub(crate) async fn folded(app: &App, id: &'static str) -> Result<Vec<FoldedRow>, AppError> {
    let register = registry::register(id).ok_or_else(|| AppError::internal("a register of the program is gone"))?;
    Ok(registry::fold_register(app.db(), register, app.now()).await?)
}

fn listing<'a>(frame: &'a Frame, with_boxes: bool, rows: &[Open]) -> Listing<'a, Open> {
    let rules: BTreeMap<String, (String, usize)> = rows.iter().fold(BTreeMap::new(), |mut rules, row| {
        rules.entry(rule_key(row)).or_insert_with(|| (row.industry.clone(), 0)).1 += 1;
        rules
    });
    let rules = rules.into_iter().map(|(key, (industry, count))| {
        let label = frame.tn(
            "reg-judgements-rule",
            &[("rule", key.replace(' ', "-")), ("industry", industry), ("count", count.to_string())],
        );
        Choice::new(key, label)
    });
    Listing::new(frame, "judgements", "/registers/judgements", frame.t("reg-judgements"))
        .column("number", frame.t("reg-number"), Kind::Code, move |open: &Open| {
            let pick = with_boxes.then(|| format!("{}\t{}\t{}", open.number, open.code, open.rule));
            Cell::code(written(&open.number)).pick(pick).link(frame.at(&format!("/patents/{}", open.number)))
        })
        .column("title", frame.t("reg-patent-title"), Kind::Text, |open| Cell::text(open.title.clone()))
        .column("industry", frame.t("reg-industry"), Kind::Text, |open| Cell::text(open.industry.clone()))
        .column("rule", frame.t("reg-rule"), Kind::Code, |open| Cell::code(rule_key(open).replace(' ', "-")))
        .column("keywords", frame.t("reg-keywords"), Kind::Text, |open| Cell::text(open.keywords.clone()))
        .filter("rule", frame.t("reg-rule"), rules.collect(), |open, key| rule_key(open) == key)
        .search(frame.t("reg-patent-title"), |open| {
            format!("{} {} {} {}", open.number, written(&open.number), open.title, open.industry)
        })
        .when_empty(frame.t("reg-judgements-none"), frame.t("reg-judgements-none-todo"))
}

fn rule_key(open: &Open) -> String {
    format!("{} {}", open.code, open.rule).trim_end().to_owned()
}

fn fields(frame: &Frame, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let verdicts = vec![Choice::new("是", frame.t("reg-judge-yes")), Choice::new("否", frame.t("reg-judge-no"))];
    vec![
        Field::of("verdict", frame.t("reg-judge"), FieldKind::Radios(verdicts), sent.get("verdict"), errors),
        Field::of("reason", frame.t("reg-reason"), FieldKind::Text, sent.get("reason"), errors)
            .hint(frame.t("reg-judge-reason-hint")),
    ]
}

/// `POST /registers/judgements/settle`.
pub async fn settle(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let mut entered: Vec<BTreeMap<String, String>> = Vec::new();
    for pick in sent.all("pick") {
        let [number, code, rule] = pick.split('\t').collect::<Vec<_>>()[..] else { continue };
        let cells = [
            ("application_number", number),
            ("code", code),
            ("rule", rule),
            ("verdict", sent.get("verdict")),
            ("reason", sent.get("reason")),
        ];
        entered.push(cells.into_iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect());
    }
    if entered.is_empty() {
        errors.add("judgements", frame.t("reg-bulk-none"));
    }
    if !["是", "否"].contains(&sent.get("verdict")) {
        errors.add("verdict", frame.t("reg-judge-missing"));
    }
    if sent.get("reason").is_empty() {
        errors.add("reason", frame.t("reg-reason-missing"));
    }
    if !errors.is_empty() {
        let (rows, head) = open(&app, &frame).await?;
        let query = room::wishes(&"/registers/judgements".parse().unwrap_or_default()).0;
        let room = head.wrong(true);
        let view = listing(&frame, true, &rows).view(&rows, &query);
        let fields = Some(fields(&frame, &sent, &errors));
        return hx::refused(JudgementsPage { frame: &frame, room: &room, errors: &errors, list: &view, fields });
    }
    let who = who(&frame);
    let note = Some(sent.get("reason"));
    let entry = Entry {
        register: "sei-judgements",
        kind: BatchKind::Judgement,
        rows: &entered,
        at: app.now(),
        by_whom: &who,
        note,
    };
    let report = registry::enter(app.db(), &entry).await?;
    Ok(room::see_other(
        &frame,
        &format!("/registers/judgements?done=judged&count={}&batch={}", entered.len(), report.batch),
    ))
}
