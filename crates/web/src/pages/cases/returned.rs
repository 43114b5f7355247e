//! `/payments/{id}/return` 退汇: what the bank had called arrived and sent back, entered by hand from its paper.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use domain::payments::{self, Batch, Payment, Return};

use super::{
    forms,
    payments::{PATH, refused},
};
use crate::{
    app::App,
    error::AppError,
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    pages::{
        corpus::baskets::account,
        room::{self, Sent},
    },
};

/// The form; none while nothing of the batch has arrived.
pub(super) fn form(frame: &Frame, batch: &Batch, sent: &Sent, errors: &Errors) -> Option<(String, Vec<Field>)> {
    let may_return = |one: &&Payment| one.state == "paid" && one.recovered_fen == 0;
    let choice = |one: &Payment| {
        let amount = format::money_text(one.amount_fen, frame.lang);
        Choice::new(one.number.clone(), format!("{} {amount} {}", one.receiving.holder, one.number))
    };
    let choices: Vec<Choice> = batch.payments.iter().filter(may_return).map(choice).collect();
    if choices.is_empty() {
        return None;
    }
    let fields = vec![
        Field::of("payment", frame.t("return-payment"), Kind::Select(choices), sent.get("payment"), errors),
        Field::of("on", frame.t("return-on"), Kind::Date, sent.get("on"), errors).hint(frame.t("return-on-hint")),
        Field::of("reason", frame.t("return-reason"), Kind::Text, sent.get("reason"), errors)
            .hint(frame.t("return-reason-hint")),
    ];
    Some((frame.at(&format!("{PATH}/{}/return", batch.id)), fields))
}

/// `POST /payments/{id}/return`.
pub async fn enter(
    State(app): State<App>,
    frame: Frame,
    Path(id): Path<i64>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let mut errors = Errors::default();
    let on = forms::date(&frame, &sent, "on", &mut errors);
    if on.is_none() && errors.is_empty() {
        errors.add("on", frame.t("return-on-missing"));
    }
    if let Some(on) = on {
        let said = Return { number: sent.get("payment"), on, reason: sent.get("reason") };
        match payments::send_back(&app.installation, account(&frame)?, id, said, app.now()).await {
            Ok(()) => return Ok(room::see_other(&frame, &format!("{PATH}/{id}?done=sent-back"))),
            Err(error) => forms::refusal(&frame, &mut errors, "payment", error)?,
        }
    }
    refused(&app, &frame, id, &sent, &errors).await
}
