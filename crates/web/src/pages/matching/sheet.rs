//! `/matching/post` and `/matching/{id}/edit`: the sheet on which a demand is written.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::{
    accounts::Permission,
    matching::{self, Asked, Kind as About},
};
use navigation::chain;
use terms::Uscc;

use super::{PATH, amount, day, path};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    hx,
    pages::{
        corpus::baskets::account,
        navigation::library,
        room::{self, Room, Sent},
    },
};

#[derive(Template)]
#[template(path = "matching/sheet.html")]
struct SheetPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    errors: &'a Errors,
    fields: Vec<Field>,
    action: String,
    button: String,
}

/// `GET /matching/post`.
pub async fn post_form(State(app): State<App>, frame: Frame) -> Result<Response, AppError> {
    let half_a_year = frame.business_date.saturating_add(jiff::Span::new().months(6));
    let sent = Sent(vec![("valid_until".into(), half_a_year.to_string()), ("published".into(), "no".into())]);
    respond(&app, &frame, None, &sent, &Errors::default()).await
}

/// `GET /matching/{id}/edit`.
pub async fn edit_form(State(app): State<App>, frame: Frame, Path(id): Path<i64>) -> Result<Response, AppError> {
    let asked = matching::demand(app.db(), account(&frame)?, id).await?.asked;
    let budget = asked.budget_fen.map(|fen| format::fixed(fen.into(), 100, 2)).unwrap_or_default();
    let values = [
        ("kind", asked.kind.key().to_owned()),
        ("title", asked.title),
        ("words", asked.words),
        ("chain_node", asked.chain_node),
        ("ipc", asked.ipc),
        ("budget", budget),
        ("valid_until", asked.valid_until.to_string()),
        ("published", if asked.is_published { "yes" } else { "no" }.to_owned()),
    ];
    let sent = Sent(values.map(|(name, value)| (name.to_owned(), value)).into());
    respond(&app, &frame, Some(id), &sent, &Errors::default()).await
}

/// Whether the demand may be anybody's, so that one must say whose.
fn sees_all(frame: &Frame) -> Result<bool, AppError> {
    Ok(account(frame)?.confined(Permission::ChangeDemands).is_none())
}

async fn respond(
    app: &App,
    frame: &Frame,
    edited: Option<i64>,
    sent: &Sent,
    errors: &Errors,
) -> Result<Response, AppError> {
    let (title, action, button) = match edited {
        None => ("matching-post", format!("{PATH}/post"), "matching-post-do"),
        Some(id) => ("matching-edit", format!("{}/edit", path(id)), "matching-edit-do"),
    };
    let room = Room::new(frame.t(title), frame.t("matching-post-hint"))
        .below(frame, &[("matching-title", PATH)])
        .wrong(!errors.is_empty());
    let asks_firm = edited.is_none() && sees_all(frame)?;
    let page = SheetPage {
        frame,
        room: &room,
        errors,
        fields: fields(app, frame, asks_firm, sent, errors).await?,
        action: frame.at(&action),
        button: frame.t(button),
    };
    if errors.is_empty() { hx::page(page) } else { hx::refused(page) }
}

async fn fields(
    app: &App,
    frame: &Frame,
    asks_firm: bool,
    sent: &Sent,
    errors: &Errors,
) -> Result<Vec<Field>, AppError> {
    let kinds = About::ALL.map(|kind| Choice::new(kind.key(), frame.t(&format!("matching-about-{}", kind.key()))));
    let field = |name: &str, key: &str, kind| Field::of(name, frame.t(key), kind, sent.get(name), errors);
    let published = ["no", "yes"].map(|key| Choice::new(key, frame.t(&format!("matching-published-{key}"))));
    let mut fields = Vec::new();
    if asks_firm {
        fields.push(field("uscc", "matching-uscc", Kind::Text).hint(frame.t("matching-uscc-hint")));
    }
    fields.extend([
        field("kind", "matching-kind", Kind::Radios(kinds.into())),
        field("title", "matching-demand-title", Kind::Text),
        field("words", "matching-words", Kind::Lines).hint(frame.t("matching-words-hint")).optional(),
        field("chain_node", "nav-chain", Kind::Select(nodes(app, frame).await?)).optional(),
        field("ipc", "matching-ipc", Kind::Short).hint(frame.t("matching-ipc-hint")).optional(),
        field("budget", "matching-budget", Kind::Short).hint(frame.t("matching-amount-hint")).optional(),
        field("valid_until", "matching-until", Kind::Date),
        field("published", "matching-published", Kind::Radios(published.into()))
            .hint(frame.t("matching-published-hint")),
    ]);
    Ok(fields)
}

/// The nodes of the industry chains to choose from.
async fn nodes(app: &App, frame: &Frame) -> Result<Vec<Choice>, AppError> {
    let mut nodes = vec![Choice::new("", frame.t("nav-no-chain"))];
    for chain in library::chains(app).await? {
        nodes.push(Choice::new(chain.id.clone(), frame.said(&chain.name)));
        let name = |node: &chain::Node| format!("{} · {}", frame.said(&chain.name), node.name);
        nodes.extend(chain.nodes.iter().map(|node| Choice::new(format!("{}/{}", chain.id, node.id), name(node))));
    }
    Ok(nodes)
}

/// What the sheet says, with everything that is wrong with it.
async fn read(app: &App, frame: &Frame, sent: &Sent, errors: &mut Errors) -> Result<Asked, AppError> {
    let kind = About::of_key(sent.get("kind"));
    if kind.is_none() {
        errors.add("kind", frame.t("matching-kind-missing"));
    }
    if !nodes(app, frame).await?.iter().any(|node| node.value == sent.get("chain_node")) {
        errors.add("chain_node", frame.t("matching-no-such-node"));
    }
    let asked = Asked {
        uscc: sent.get("uscc").to_owned(),
        kind: kind.unwrap_or(About::Need),
        title: sent.get("title").to_owned(),
        words: sent.get("words").to_owned(),
        chain_node: sent.get("chain_node").to_owned(),
        ipc: sent.get("ipc").to_owned(),
        budget_fen: amount(frame, sent, "budget", errors),
        valid_until: day(frame, sent, "valid_until", errors).unwrap_or(frame.business_date),
        is_published: sent.get("published") == "yes",
    };
    for (field, why) in matching::faults(&asked, frame.business_date) {
        errors.add(field, frame.said(&why));
    }
    Ok(asked)
}

/// `POST /matching/post`.
pub async fn post(State(app): State<App>, frame: Frame, Form(sent): Form<Sent>) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let asked = read(&app, &frame, &sent, &mut errors).await?;
    if sees_all(&frame)?
        && let Err(cause) = sent.get("uscc").parse::<Uscc>()
    {
        errors.add("uscc", frame.said(&cause.message));
    }
    if errors.is_empty() {
        match matching::post(&app.installation, account(&frame)?, &asked, app.business_date(), app.now()).await {
            Ok(id) => return Ok(room::see_other(&frame, &path(id))),
            // All else was looked at above; what is left is whose demand it is.
            Err(domain::Error::Invalid(why)) => errors.add("uscc", frame.said(&why)),
            Err(other) => return Err(other.into()),
        }
    }
    respond(&app, &frame, None, &sent, &errors).await
}

/// `POST /matching/{id}/edit`.
pub async fn edit(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let asked = read(&app, &frame, &sent, &mut errors).await?;
    if !errors.is_empty() {
        matching::demand(app.db(), account(&frame)?, id).await?;
        return respond(&app, &frame, Some(id), &sent, &errors).await;
    }
    matching::edit(&app.installation, account(&frame)?, id, &asked, app.business_date(), app.now()).await?;
    Ok(room::see_other(&frame, &path(id)))
}
