//! `/registers/province` 省级数: the province's own figure beside ours, and the difference of the high-value lists right by right.

use std::collections::BTreeMap;

use askama::Template;
use axum::{Form, extract::State, http::Uri, response::Response};
use domain::{accounts::Permission, runs::Observed};
use registry::{BatchKind, Entry, FoldedRow};
use rules::Policy;

use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    format,
    frame::Frame,
    hx,
    list::{Cell, Dir, Kind, Listing, ListingView},
    pages::{
        cockpit::shown::{self, Shown},
        patents::read::written,
        registry::{
            entries::{EntryForm, cell, errors_of, indicator_name, indicators},
            head_of,
            judgements::folded,
            who,
        },
        room::{self, Room, Sent},
    },
    pieces::{State as StateWord, Tone},
};

const ID: &str = "province-figures";

#[derive(Template)]
#[template(path = "registry/province.html")]
struct ProvincePage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    figures: Vec<Compared>,
    high_value: Option<HighValue>,
    list: &'a ListingView,
    form: Option<EntryForm>,
}

/// A figure of the province beside ours.
struct Compared {
    indicator: String,
    as_of: String,
    unit: String,
    province: String,
    ours: Option<String>,
    difference: Option<String>,
    is_same: bool,
    source: String,
}

/// Both totals of the latest run.
struct HighValue {
    line: String,
    official: Option<String>,
    computed: Option<String>,
    only_official: usize,
    only_computed: usize,
    used: String,
}

/// A right that only one of the lists holds.
struct OnlyIn {
    number: String,
    title: String,
    official: bool,
}

/// `GET /registers/province`.
pub async fn page(State(app): State<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let (query, words) = room::wishes(&uri);
    let shown = shown::shown(&app, None).await?;
    let rights = shown.as_ref().map(differing).unwrap_or_default();
    let view = {
        let listing = listing(&frame);
        if query.export {
            return listing.workbook(&rights, &query);
        }
        listing.view(&rights, &query)
    };
    let room = head(&app, &frame).await?.with(room::said(&frame, &words));
    respond(&app, &frame, &room, shown.as_ref(), &view, &Sent::default(), &Errors::default()).await
}

async fn head(app: &App, frame: &Frame) -> Result<Room, AppError> {
    head_of(app, frame, "/registers/province", frame.t("reg-province"), frame.t("reg-province-line")).await
}

async fn respond(
    app: &App,
    frame: &Frame,
    room: &Room,
    shown: Option<&Shown>,
    list: &ListingView,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let policy = domain::runs::policy()?;
    let history = domain::runs::history(&app.installation).await?;
    let figures = folded(app, ID).await?.iter().map(|row| compared(frame, &policy, row, &history)).collect();
    let page = ProvincePage {
        frame,
        room,
        errors,
        figures,
        high_value: shown.map(|shown| high_value(frame, shown)),
        list,
        form: frame.may(Permission::ChangeRegistry).then(|| form(frame, &policy, sent, errors)),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

fn compared(frame: &Frame, policy: &Policy, row: &FoldedRow, history: &[Observed]) -> Compared {
    let (code, as_of, province) = (cell(ID, row, "indicator"), cell(ID, row, "as_of"), cell(ID, row, "value"));
    let unit = policy.indicator(code).map_or("", |indicator| indicator.numerator_unit.as_str());
    let is_money = unit == "分";
    let ours = history
        .iter()
        .find(|observed| {
            observed.figure.code == code && observed.figure.region.is_empty() && observed.as_of.to_string() == as_of
        })
        .and_then(|observed| observed.figure.numerator)
        .map(|count| if is_money { format::fixed(count.into(), 100, 2) } else { count.to_string() });
    let difference = ours.as_deref().and_then(|ours| minus(province, ours));
    Compared {
        indicator: indicator_name(frame, policy, code),
        as_of: as_of.to_owned(),
        unit: frame.unit(if is_money { "元" } else { unit }),
        province: format::group(province),
        is_same: difference.as_deref().is_some_and(|text| text.bytes().all(|byte| matches!(byte, b'0' | b'.'))),
        difference: difference.map(|text| format::group(&text)),
        ours: ours.map(|text| format::group(&text)),
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
        used: frame.t(if found.source == "official" { "reg-hv-used-official" } else { "reg-hv-used-computed" }),
    }
}

fn differing(shown: &Shown) -> Vec<OnlyIn> {
    let Some(difference) = &shown.evaluation().high_value.difference else { return Vec::new() };
    let titles: BTreeMap<&str, &str> = match shown.opened.snapshot.rows("patent") {
        Some(rows) => (0..rows.len())
            .filter_map(|row| Some((rows.text(row, "application_number")?, rows.text(row, "title")?)))
            .collect(),
        None => BTreeMap::new(),
    };
    let right = |official: bool| {
        let titles = &titles;
        move |number: &String| OnlyIn {
            number: number.clone(),
            title: titles.get(number.as_str()).copied().unwrap_or_default().to_owned(),
            official,
        }
    };
    let official = difference.only_official.iter().map(right(true));
    official.chain(difference.only_computed.iter().map(right(false))).collect()
}

fn listing(frame: &Frame) -> Listing<'_, OnlyIn> {
    let word = |official: bool| frame.t(if official { "reg-hv-only-official" } else { "reg-hv-only-computed" });
    let sides = vec![Choice::new("official", word(true)), Choice::new("computed", word(false))];
    Listing::new(frame, "difference", "/registers/province", frame.t("reg-hv-difference"))
        .column("number", frame.t("reg-number"), Kind::Code, |right: &OnlyIn| {
            Cell::code(written(&right.number)).link(frame.at(&format!("/patents/{}", right.number)))
        })
        .column("title", frame.t("reg-patent-title"), Kind::Text, |right| Cell::text(right.title.clone()))
        .column("side", frame.t("reg-hv-side"), Kind::Text, move |right| {
            Cell::state(
                StateWord::new(if right.official { Tone::Warn } else { Tone::Plain }, word(right.official)),
                i64::from(!right.official),
            )
        })
        .filter("side", frame.t("reg-hv-side"), sides, |right, side| right.official == (side == "official"))
        .search(frame.t("reg-patent-title"), |right| {
            format!("{} {} {}", written(&right.number), right.number, right.title)
        })
        .sorted_by("side", Dir::Up)
        .when_empty(frame.t("reg-hv-none"), frame.t("reg-hv-none-todo"))
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
        ],
    }
}

/// `POST /registers/province/enter`.
pub async fn enter(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let row: BTreeMap<String, String> = ["indicator", "as_of", "value", "source"]
        .into_iter()
        .map(|field| (field.to_owned(), sent.get(field).to_owned()))
        .collect();
    let who = who(&frame);
    let entry = Entry { register: ID, kind: BatchKind::Entry, rows: &[row], at: app.now(), by_whom: &who, note: None };
    match registry::enter(app.db(), &entry).await {
        Ok(report) => Ok(room::see_other(&frame, &format!("/registers/province?done=entered&batch={}", report.batch))),
        Err(registry::Error::Unsound(reasons)) => {
            let errors = errors_of(&frame, ID, &reasons);
            let shown = shown::shown(&app, None).await?;
            let rights = shown.as_ref().map(differing).unwrap_or_default();
            let view = listing(&frame).view(&rights, &Default::default());
            let room = head(&app, &frame).await?.wrong(true);
            respond(&app, &frame, &room, shown.as_ref(), &view, &sent, &errors).await
        }
        Err(other) => Err(other.into()),
    }
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
