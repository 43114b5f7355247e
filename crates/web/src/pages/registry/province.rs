//! `/registers/province` 省级数: the province's own figure beside ours, and the difference of the lists right by right.

mod rights;

use std::collections::BTreeMap;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{accounts::Permission, runs::Observed};
use registry::{BatchKind, Entry, FoldedRow};
use rules::Policy;

use self::rights::OnlyIn;
use crate::{
    app::App,
    error::AppError,
    form::{Errors, Field, Kind as FieldKind},
    format::{self, Short},
    frame::Frame,
    hx,
    list::{Cell, Kind, ListQuery, Listing, ListingView, downloads},
    pages::{
        cockpit::shown::{self, Shown},
        indicators::categories,
        registry::{
            entries::{EntryForm, cell, errors_of, indicator_name, indicators},
            head_of,
            judgements::folded,
            who,
        },
        room::{self, Room, Sent},
    },
    pieces::Link,
};

const ID: &str = "province-figures";
/// The unit of amounts, which alone have decimals.
const MONEY: &str = "分";
/// How long a number in a list may be.
const NUMBER_CHARS_MAX: usize = 60;

#[derive(Template)]
#[template(path = "registry/province.html")]
struct ProvincePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    figures: Vec<Compared>,
    files: Vec<Link>,
    high_value: Option<HighValue>,
    list: &'a ListingView,
    form: Option<EntryForm>,
}

/// A figure of the province beside ours.
struct Compared {
    indicator: String,
    as_of: String,
    unit: String,
    province: Number,
    ours: Option<Number>,
    difference: Option<Number>,
    is_same: bool,
    /// What our number is, where it is not the figure itself.
    note: String,
    /// How the lists differ.
    list: Option<Link>,
    source: String,
}

/// A number as the page shows it, and as its file holds it.
struct Number {
    shown: Short,
    plain: String,
}

impl Number {
    /// A plain decimal number in a unit; yuan are made short as everywhere.
    fn of(frame: &Frame, plain: &str, unit: &str, is_money: bool) -> Self {
        let amount = plain.trim_start_matches('-');
        let fen = is_money.then(|| terms::Money::parse(amount, terms::MoneyUnit::Yuan).ok()).flatten();
        let shown = match fen {
            Some(money) => format::money(if plain == amount { money.fen } else { -money.fen }, frame.lang),
            None => Short { text: format::group(plain), unit: unit.to_owned(), exact: String::new() },
        };
        Self { shown, plain: plain.to_owned() }
    }
}

/// The id of the table of figures.
const FIGURES: &str = "figures";

/// The figures as a file.
fn figures_file(frame: &Frame) -> Listing<'_, Compared> {
    let number = |one: Option<&Number>| one.map_or_else(Cell::empty, |one| Cell::decimal(&one.plain));
    Listing::new(frame, FIGURES, "/registers/province", frame.t("reg-province-figures"))
        .column("indicator", frame.t("reg-indicator"), Kind::Text, |one: &Compared| Cell::text(one.indicator.clone()))
        .column("as-of", frame.t("reg-as-of"), Kind::Date, |one| Cell::date(one.as_of.parse().ok()))
        .column("province", frame.t("reg-province-value"), Kind::Number, move |one| number(Some(&one.province)))
        .column("ours", frame.t("reg-our-value"), Kind::Number, move |one| number(one.ours.as_ref()))
        .column("difference", frame.t("reg-difference"), Kind::Number, move |one| number(one.difference.as_ref()))
        .column("unit", frame.t("pol-unit"), Kind::Text, |one| Cell::text(one.unit.clone()))
        .column("list", frame.t("reg-province-list"), Kind::Text, |one| {
            Cell::text(one.list.as_ref().map_or_else(String::new, |link| link.label.clone()))
        })
        .column("source", frame.t("reg-source"), Kind::Text, |one| Cell::text(one.source.clone()))
}

/// Both totals of the latest run.
struct HighValue {
    line: String,
    official: Option<String>,
    computed: Option<String>,
    only_official: usize,
    only_computed: usize,
    used: String,
    doubts_line: String,
    doubts: Vec<(Link, String)>,
}

/// `GET /registers/province`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let shown = shown::shown(&app, None).await?;
    let history = domain::runs::history(&app.installation).await?;
    let rights = rights::differing(&app, shown.as_ref(), &history).await?;
    if query.export && query.list.is_none() {
        return rights::listing(&frame, &rights).workbook(&rights, &query);
    }
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    let read = Read { shown, history, rights, query };
    respond(&app, &frame, &room, &read, &Sent::default(), &Errors::default()).await
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, "/registers/province", frame.t("reg-province"), frame.t("reg-province-line")).await
}

/// What the page rests on.
struct Read {
    shown: Option<Shown>,
    history: Vec<Observed>,
    rights: Vec<OnlyIn>,
    query: ListQuery,
}

async fn respond(
    app: &App,
    frame: &Frame,
    room: &Room,
    read: &Read,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let policy = domain::runs::policy()?;
    let lists = rights::lists(app).await?;
    let mut figures = Vec::new();
    for row in folded(app, ID).await? {
        let (code, as_of) = (cell(ID, &row, "indicator"), cell(ID, &row, "as_of"));
        let ours = ours(app, read, code, as_of).await?;
        let has_list = lists.contains_key(&(code.to_owned(), as_of.to_owned()));
        figures.push(Compared {
            list: list_of(frame, read, code, as_of, has_list),
            ..compared(frame, &policy, &row, ours)
        });
    }
    if read.query.export {
        return figures_file(frame).workbook(&figures, &read.query);
    }
    let list = rights::listing(frame, &read.rights).view(&read.rights, &read.query);
    let page = ProvincePage {
        frame,
        room,
        errors,
        figures,
        files: downloads(frame, "/registers/province", FIGURES, &read.query),
        high_value: read.shown.as_ref().map(|shown| high_value(frame, shown)),
        list: &list,
        form: frame.may(Permission::ChangeRegistry).then(|| form(frame, &policy, sent, errors)),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

/// Our own number of a day. Where the province's list is what an indicator counts, it is our own judgement that is compared.
async fn ours(app: &App, read: &Read, code: &str, as_of: &str) -> Result<Option<i64>, AppError> {
    let Some(run) = rights::run_of(&read.history, code, as_of) else { return Ok(None) };
    let (_, opened) = shown::run(app, run).await?;
    Ok(match code {
        "K04" => opened.evaluation.high_value.computed,
        code => opened.evaluation.indicator(code).and_then(|indicator| indicator.numerator),
    })
}

/// How the lists of a figure differ, with the way to the rights; nothing when no list was entered.
fn list_of(frame: &Frame, read: &Read, code: &str, as_of: &str, has_list: bool) -> Option<Link> {
    let figure = rights::figure(code, as_of);
    let of_figure: Vec<&OnlyIn> = read.rights.iter().filter(|right| right.figure == figure).collect();
    if of_figure.is_empty() {
        return has_list.then(|| Link::new(frame.t("reg-same"), String::new()));
    }
    let theirs = of_figure.iter().filter(|right| right.official).count();
    let words = [("theirs", format::count(theirs)), ("ours", format::count(of_figure.len() - theirs))];
    let href = frame.at(&format!("/registers/province?figure={}#difference", format::encode(&figure)));
    Some(Link::new(frame.tn("reg-province-list-differs", words), href))
}

fn compared(frame: &Frame, policy: &Policy, row: &FoldedRow, ours: Option<i64>) -> Compared {
    let (code, as_of, province) = (cell(ID, row, "indicator"), cell(ID, row, "as_of"), cell(ID, row, "value"));
    let unit = policy.indicator(code).map_or("", |indicator| indicator.numerator_unit.as_str());
    let is_money = unit == MONEY;
    let ours = ours.map(|count| if is_money { format::fixed(count.into(), 100, 2) } else { count.to_string() });
    let difference = ours.as_deref().and_then(|ours| minus(province, ours));
    let unit = frame.unit(if is_money { "元" } else { unit });
    let number = |plain: &str| Number::of(frame, plain, &unit, is_money);
    Compared {
        indicator: indicator_name(frame, policy, code),
        as_of: as_of.to_owned(),
        province: number(province),
        is_same: difference.as_deref().is_some_and(|text| text.bytes().all(|byte| matches!(byte, b'0' | b'.'))),
        difference: difference.as_deref().map(number),
        ours: ours.as_deref().map(number),
        unit: unit.clone(),
        note: if code == "K04" { frame.t("reg-hv-computed") } else { String::new() },
        list: None,
        source: cell(ID, row, "source").to_owned(),
    }
}

/// The exact difference of two decimal numbers, as text with as many decimals as the finer one.
fn minus(left: &str, right: &str) -> Option<String> {
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let places = decimals(left).max(decimals(right));
    let scaled = |text: &str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{fraction:0<places$}").parse::<i128>().ok()
    };
    let scale = 10_u64.checked_pow(u32::try_from(places).ok()?)?;
    Some(format::fixed(scaled(left)?.checked_sub(scaled(right)?)?, scale, u32::try_from(places).ok()?))
}

fn high_value(frame: &Frame, shown: &Shown) -> HighValue {
    let found = &shown.evaluation().high_value;
    let count = |number: Option<i64>| number.map(format::count);
    let (only_official, only_computed) = found
        .difference
        .as_ref()
        .map_or((0, 0), |difference| (difference.only_official.len(), difference.only_computed.len()));
    HighValue {
        line: shown.line(frame),
        official: count(found.official),
        computed: count(found.computed),
        only_official,
        only_computed,
        doubts_line: categories::doubts_line(frame, shown),
        doubts: categories::doubts(frame, shown),
        used: frame.t(if found.source == "official" { "reg-hv-used-official" } else { "reg-hv-used-computed" }),
    }
}

fn form(frame: &Frame, policy: &Policy, sent: &Sent, errors: &Errors) -> EntryForm {
    EntryForm {
        title: frame.t("reg-province-enter"),
        action: frame.at("/registers/province/enter"),
        button: frame.t("reg-province-do"),
        fields: vec![
            Field::of(
                "indicator",
                frame.t("reg-indicator"),
                FieldKind::Select(indicators(policy)),
                sent.get("indicator"),
                errors,
            ),
            Field::of("as_of", frame.t("reg-as-of"), FieldKind::Date, sent.get("as_of"), errors),
            Field::of("value", frame.t("reg-province-value"), FieldKind::Number, sent.get("value"), errors)
                .hint(frame.t("reg-province-value-hint")),
            Field::of("source", frame.t("reg-source"), FieldKind::Text, sent.get("source"), errors)
                .hint(frame.t("reg-source-hint")),
            Field::of("rights", frame.t("reg-province-rights"), FieldKind::Lines, sent.get("rights"), errors)
                .hint(frame.t("reg-province-rights-hint"))
                .optional(),
        ],
    }
}

/// `POST /registers/province/enter`.
pub async fn enter(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let row: BTreeMap<String, String> = ["indicator", "as_of", "value", "source"]
        .into_iter()
        .map(|field| (field.to_owned(), sent.get(field).to_owned()))
        .collect();
    let policy = domain::runs::policy()?;
    let rows = rights::replaced(&app, (sent.get("indicator"), sent.get("as_of")), &numbers(&sent)).await?;
    let errors = mistakes(&frame, &policy, &sent);
    if !errors.is_empty() {
        return again(&app, &frame, &sent, &errors).await;
    }
    let who = who(&frame);
    let entry =
        |register, rows| Entry { register, kind: BatchKind::Entry, rows, at: app.now(), by_whom: &who, note: None };
    match registry::enter(app.db(), &entry(ID, &[row])).await {
        Ok(report) => {
            if !rows.is_empty() {
                registry::enter(app.db(), &entry(rights::LISTS, &rows)).await?;
            }
            Ok(room::see_other(&frame, &format!("/registers/province?done=entered&batch={}", report.batch)))
        }
        Err(registry::Error::Unsound(reasons)) => again(&app, &frame, &sent, &errors_of(&frame, ID, &reasons)).await,
        Err(other) => Err(other.into()),
    }
}

/// The form again, with what was wrong.
async fn again(app: &App, frame: &Frame, sent: &Sent, errors: &Errors) -> Result<Response, AppError> {
    let shown = shown::shown(app, None).await?;
    let history = domain::runs::history(&app.installation).await?;
    let rights = rights::differing(app, shown.as_ref(), &history).await?;
    let room = head(app, frame).await?.wrong(true);
    let read = Read { shown, history, rights, query: ListQuery::default() };
    respond(app, frame, &room, &read, sent, errors).await
}

/// What the register itself cannot know: that pieces, firms and persons are whole, and what a list may hold.
fn mistakes(frame: &Frame, policy: &Policy, sent: &Sent) -> Errors {
    let mut errors = Errors::default();
    let value = sent.get("value");
    let unit = policy.indicator(sent.get("indicator")).map_or("", |indicator| indicator.numerator_unit.as_str());
    let has_decimals = value.split_once('.').is_some_and(|(_, decimals)| decimals.bytes().any(|digit| digit != b'0'));
    if unit != MONEY && has_decimals {
        let words = [("value", value.to_owned()), ("unit", frame.unit(unit))];
        errors.add("value", frame.tn("reg-province-value-whole", words));
    }
    if let Some(long) = numbers(sent).into_iter().find(|number| number.chars().count() > NUMBER_CHARS_MAX) {
        let beginning: String = long.chars().take(20).collect();
        errors.add("rights", frame.t1("reg-province-rights-long", "number", beginning));
    }
    errors
}

/// The numbers of the list, one a line, each once.
fn numbers(sent: &Sent) -> Vec<&str> {
    let mut seen = std::collections::BTreeSet::new();
    let lines = sent.get("rights").lines().map(str::trim).filter(|line| !line.is_empty());
    lines.filter(|line| seen.insert(rights::plain(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::minus;

    #[test]
    fn the_difference_is_exact() {
        assert_eq!(minus("30.5", "30.25").as_deref(), Some("0.25"));
        assert_eq!(minus("3900", "3899").as_deref(), Some("1"));
        assert_eq!(minus("29.99", "30").as_deref(), Some("-0.01"));
        assert_eq!(minus("无", "30"), None);
    }
}
