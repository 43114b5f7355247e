//! The course of a document: filing, publications and legal events by date, and who owned it when.

use documents::{Document, LegalEvent};

use crate::{
    frame::Frame,
    pieces::{Event, Moment},
};

/// An owner with the time from which it is known.
pub(super) struct OwnerRow {
    pub(super) from: String,
    pub(super) owner: String,
    pub(super) basis: String,
}

/// What happened, by date; what has no date comes last.
pub(super) fn events(frame: &Frame, document: &Document) -> Vec<Event> {
    let event = |date: String, what: String, detail: Option<String>| Event {
        moment: Moment::Past,
        date,
        what,
        detail: detail.filter(|text| !text.is_empty()),
        source: None,
    };
    let mut events = Vec::new();
    for priority in &document.priorities {
        if let Some(day) = priority.filed_on {
            events.push(event(day.to_string(), frame.t("corpus-event-priority"), Some(priority.number.clone())));
        }
    }
    if let Some(day) = document.filed_on {
        events.push(event(day.to_string(), frame.t("corpus-event-filed"), Some(document.application_number.clone())));
    }
    for publication in &document.publications {
        if let Some(day) = publication.published_on {
            let what = match publication.is_grant {
                Some(true) => frame.t("corpus-event-granted"),
                _ => frame.t("corpus-event-published"),
            };
            events.push(event(day.to_string(), what, Some(publication.number.clone())));
        }
    }
    events.sort_by(|left, right| left.date.cmp(&right.date));
    let (dated, undated): (Vec<&LegalEvent>, Vec<&LegalEvent>) =
        document.events.iter().partition(|event| event.on.is_some());
    for legal in dated {
        let date = legal.on.map(|day| day.to_string()).unwrap_or_default();
        let place = events.partition_point(|event| event.date <= date);
        events.insert(place, event(date, what(frame, legal), detail(frame, legal)));
    }
    events.extend(
        undated
            .into_iter()
            .map(|legal| event(frame.t("corpus-event-undated"), what(frame, legal), detail(frame, legal))),
    );
    events
}

fn what(frame: &Frame, event: &LegalEvent) -> String {
    if event.text.is_empty() { event.code.clone() } else { frame.said(&event.text) }
}

fn detail(frame: &Frame, event: &LegalEvent) -> Option<String> {
    (!event.party.is_empty()).then(|| frame.t1("corpus-event-party", "name", &event.party))
}

/// Who applied, who is named by later events, and who owns it now, as far as sources say.
pub(super) fn owners(frame: &Frame, document: &Document) -> Vec<OwnerRow> {
    let separator = frame.t("word-separator");
    let names = |parties: &[documents::Party]| {
        parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join(&separator)
    };
    let mut rows = Vec::new();
    if !document.applicants.is_empty() {
        rows.push(OwnerRow {
            from: document.filed_on.map(|day| day.to_string()).unwrap_or_default(),
            owner: names(&document.applicants),
            basis: frame.t("corpus-owner-applied"),
        });
    }
    let mut events: Vec<&LegalEvent> = document.events.iter().filter(|event| !event.party.is_empty()).collect();
    events.sort_by_key(|event| event.on);
    rows.extend(events.into_iter().map(|event| OwnerRow {
        from: event.on.map(|day| day.to_string()).unwrap_or_default(),
        owner: event.party.clone(),
        basis: what(frame, event),
    }));
    if !document.owners.is_empty() {
        rows.push(OwnerRow {
            from: frame.t("corpus-owner-now"),
            owner: names(&document.owners),
            basis: frame.t("corpus-owner-source"),
        });
    }
    rows
}
