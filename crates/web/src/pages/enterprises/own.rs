//! The three parts of an enterprise's home: what it has to do and by when, what it has got, and what it may get with what is still
//! missing.

use domain::{
    cases::{self, Act, Case, Outcome, State as Stands},
    letters, payments,
};
use jiff::civil::Date;

use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    pages::{
        cases::{self as rooms, award_name},
        corpus::baskets::account,
        policy,
    },
    pieces::{Link, State as StateWord, Tone},
};

/// The parts.
pub(super) struct Own {
    pub(super) todo: Vec<Todo>,
    pub(super) got: Vec<Got>,
    pub(super) offers: Vec<Offered>,
}

/// A case that waits for the enterprise.
pub(super) struct Todo {
    pub(super) link: Link,
    /// What is to be done.
    pub(super) what: String,
    pub(super) state: StateWord,
    pub(super) amount: String,
    pub(super) due: String,
}

/// A case that was decided in favour.
pub(super) struct Got {
    pub(super) link: Link,
    pub(super) year: i64,
    pub(super) amount: String,
    pub(super) state: StateWord,
    /// When it was decided, when the money arrived, when it came back.
    pub(super) days: Vec<String>,
    pub(super) letters: Vec<Link>,
}

/// Something that may be applied for.
pub(super) struct Offered {
    pub(super) name: String,
    pub(super) item: String,
    pub(super) until: String,
    pub(super) papers: String,
    /// What the registers hold against it today.
    pub(super) lacking: Vec<(StateWord, String)>,
}

/// Reads the parts of the visitor's own enterprise.
pub(super) async fn read(app: &App, frame: &Frame) -> Result<Own, AppError> {
    let visitor = account(frame)?;
    let document = policy::document()?;
    let all = cases::all(app.db(), visitor).await?;
    let mine = rooms::mine(app, frame).await?;
    let todo = all.iter().filter(|case| mine.contains_key(&case.id)).map(|case| {
        let amount = case.amount_fen().map(|fen| format::money_text(fen, frame.lang)).unwrap_or_default();
        Todo {
            link: link(frame, &document.policy, case),
            what: frame.t(&format!("mine-todo-{}", case.state.key())),
            state: rooms::standing(frame, case),
            amount,
            due: case.due_on.map(|day| frame.date(day)).unwrap_or_default(),
        }
    });
    let todo = todo.collect();
    let mut got = Vec::new();
    for case in all.iter().filter(|case| case.state.is_granted() || case.state == Stands::Recovered) {
        got.push(one_got(app, frame, &document.policy, case).await?);
    }
    let offers = cases::offers(&app.installation, &document.policy, visitor, app.now()).await?;
    let offers = offers.iter().map(|offer| offered(frame, &document.policy, offer)).collect();
    Ok(Own { todo, got, offers })
}

fn link(frame: &Frame, policy: &rules::Policy, case: &Case) -> Link {
    Link::new(award_name(frame, policy, &case.award), frame.at(&rooms::path(case.id)))
}

async fn one_got(app: &App, frame: &Frame, policy: &rules::Policy, case: &Case) -> Result<Got, AppError> {
    let whole = cases::find(app.db(), account(frame)?, case.id).await?;
    let paid = payments::of_case(app.db(), case.id).await?;
    let day = |key: &str, day: Option<Date>| day.map(|day| frame.t1(key, "date", frame.date(day)));
    let decided = whole.steps.iter().rev().find(|step| step.act == Act::Approve.key()).map(|step| step.on);
    let arrived = paid.iter().find(|one| one.state == "paid");
    let days = [
        day("mine-decided-on", decided),
        day("mine-arrived-on", arrived.and_then(|one| one.answered_on)),
        day("mine-recovered-on", arrived.and_then(|one| one.recovered_on)),
    ];
    let issued = letters::of_case(app.db(), account(frame)?, case.id).await?;
    let kinds = letters::Kind::ALL.into_iter();
    let kinds = kinds.filter(|kind| issued.iter().any(|one| one.kind == *kind && one.taken_back_on.is_none()));
    let letter = |kind: letters::Kind| {
        Link::new(frame.said(kind.zh()), frame.at(&format!("{}/letters/{}", rooms::path(case.id), kind.key())))
    };
    Ok(Got {
        link: link(frame, policy, case),
        year: case.year,
        amount: format::money_text(case.amount_fen().unwrap_or(0), frame.lang),
        state: rooms::state(frame, case.state),
        days: days.into_iter().flatten().collect(),
        letters: kinds.map(letter).collect(),
    })
}

fn offered(frame: &Frame, policy: &rules::Policy, offer: &cases::Offer) -> Offered {
    let name = award_name(frame, policy, &offer.award);
    let lacking = |gate: &cases::Gate| {
        let (tone, key) = match gate.outcome {
            Outcome::Block => (Tone::Bad, "mine-lacks"),
            Outcome::Unknown => (Tone::Unknown, "gate-unknown"),
            Outcome::Strict | Outcome::Pass => (Tone::Warn, "gate-strict"),
        };
        (StateWord::new(tone, frame.t(key)), format!("{}：{}", frame.said(&gate.name), frame.said(&gate.words)))
    };
    Offered {
        name: match (&offer.trigger, &offer.contract) {
            (None, None) => name,
            (None, Some((number, on))) => {
                let words = [("award", name), ("number", number.clone()), ("date", frame.date(*on))];
                frame.tn("apply-award-contract", words)
            }
            (Some(trigger), _) => {
                let words = [("award", name), ("trigger", frame.said(trigger.zh()))];
                frame.tn("apply-award-for", words)
            }
        },
        item: frame.at(&format!("/items/{}", offer.item)),
        until: offer.until.map(|day| frame.date(day)).unwrap_or_default(),
        papers: offer.papers.join("、"),
        lacking: offer.lacking.iter().map(lacking).collect(),
    }
}
