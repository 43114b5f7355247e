//! One hit as the list shows it: what was found is marked, and everything is text until the template escapes it.

use std::ops::Range;

use corpus::{Field, Hit, Query};
use documents::{Document, LegalState, Party};

use super::Wish;
use crate::{
    format,
    frame::Frame,
    pieces::{Link, State as StateWord, Tone},
};

/// How long the piece of a text is that a hit shows, in characters.
const PIECE_CHARS: usize = 150;
/// How much of it stands before what was found.
const LEAD_CHARS: usize = 30;
/// Only so much of a text is looked through for marks.
const READ_BYTES_MAX: usize = 60_000;
/// How many names or symbols a hit shows.
const NAMED_MAX: usize = 3;

/// A stretch of text, found or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) text: String,
    pub(crate) is_found: bool,
}

/// A hit ready to print.
pub(crate) struct HitView {
    pub(crate) key: String,
    pub(crate) href: String,
    pub(crate) title: Vec<Segment>,
    /// The title without marks, for those who hear it.
    pub(crate) spoken: String,
    pub(crate) state: Option<StateWord>,
    pub(crate) number: String,
    pub(crate) facts: Vec<(String, Vec<Segment>)>,
    pub(crate) piece: Vec<Segment>,
    pub(crate) family: Option<Link>,
}

impl HitView {
    pub(super) fn of(frame: &Frame, query: &Query, hit: &Hit, wish: &Wish) -> Self {
        let document = &hit.document;
        let family = hit.family_documents.filter(|count| *count > 1).map(|count| {
            let name = documents::families::name_of(document);
            let mut of_family = wish.narrowed_by(format!("FA=\"{}\"", name.replace('"', "\"\"")));
            of_family.by_family = false;
            Link::new(frame.t1("corpus-family-hits", "count", format::count(count)), frame.at(&of_family.href()))
        });
        Self {
            family,
            piece: piece(query, document),
            facts: facts(frame, query, document),
            ..Self::plain(frame, query, document)
        }
    }

    /// A document in a list of its own kind: number, title and state.
    pub(crate) fn plain(frame: &Frame, query: &Query, document: &Document) -> Self {
        let title = title_of(frame, document);
        Self {
            key: document.key.clone(),
            href: frame.at(&path(&document.key)),
            title: marked(query, Field::Title, &title),
            spoken: title,
            state: state(frame, document.state),
            number: number_of(document),
            facts: Vec::new(),
            piece: Vec::new(),
            family: None,
        }
    }
}

/// The path of a document's page.
pub(crate) fn path(key: &str) -> String {
    format!("/corpus/documents/{}", format::encode(key))
}

/// The title, the visitor's language first.
pub(crate) fn title_of(frame: &Frame, document: &Document) -> String {
    let language = if frame.is_chinese() { "zh" } else { "en" };
    let own = document.titles.iter().find(|title| title.language == language);
    match own.or(document.titles.first()) {
        Some(title) => title.text.clone(),
        None => frame.t("corpus-no-title"),
    }
}

/// The number by which a document is called: its last publication, else its application.
pub(crate) fn number_of(document: &Document) -> String {
    document.publications.last().map_or_else(|| document.key.clone(), |publication| publication.number.clone())
}

/// A legal state with its word; nothing where no source says.
pub(crate) fn state(frame: &Frame, state: LegalState) -> Option<StateWord> {
    let tone = match state {
        LegalState::Unknown => return None,
        LegalState::Pending => Tone::Plain,
        LegalState::InForce => Tone::Ok,
        LegalState::NotGranted | LegalState::Ended => Tone::Warn,
        LegalState::Invalidated => Tone::Bad,
    };
    Some(StateWord::new(tone, frame.said(corpus::state_name(state))))
}

fn facts(frame: &Frame, query: &Query, document: &Document) -> Vec<(String, Vec<Segment>)> {
    let plain = |text: String| vec![Segment { text, is_found: false }];
    let mut facts = Vec::new();
    if let Some(kind) = document.kind {
        facts.push((frame.t("corpus-fact-kind"), plain(frame.said(kind.zh()))));
    }
    if !document.applicants.is_empty() {
        facts.push((
            frame.t("corpus-fact-applicants"),
            marked(query, Field::Applicant, &names(frame, &document.applicants)),
        ));
    }
    if !document.owners.is_empty() && document.owners != document.applicants {
        facts.push((frame.t("corpus-fact-owners"), marked(query, Field::Owner, &names(frame, &document.owners))));
    }
    if let Some(day) = document.filed_on {
        facts.push((frame.t("corpus-fact-filed"), plain(day.to_string())));
    }
    let symbols: Vec<&str> = document.classifications.iter().map(|one| one.symbol.as_str()).take(NAMED_MAX).collect();
    if !symbols.is_empty() {
        facts.push((frame.t("corpus-fact-classes"), plain(symbols.join(&frame.t("word-list-separator")))));
    }
    facts
}

/// The first names of a list, and how many there are when there are more.
fn names(frame: &Frame, parties: &[Party]) -> String {
    let named: Vec<&str> = parties.iter().map(|party| party.name.as_str()).take(NAMED_MAX).collect();
    let named = named.join(&frame.t("word-separator"));
    if parties.len() <= NAMED_MAX {
        return named;
    }
    frame.tn("corpus-names-more", &[("names", named), ("count", parties.len().to_string())])
}

/// The piece of the abstract, or of the claims, in which something was found; else the abstract's beginning.
fn piece(query: &Query, document: &Document) -> Vec<Segment> {
    let texts = document.abstracts.iter().map(|text| (Field::Abstract, text));
    let texts = texts.chain(document.claims.iter().map(|text| (Field::Claims, text)));
    for (field, text) in texts {
        let text = beginning(&text.text);
        if let Some(first) = query.marks(field, text).first().cloned() {
            return around(query, field, text, first.start);
        }
    }
    document.abstracts.first().map_or_else(Vec::new, |text| around(query, Field::Abstract, beginning(&text.text), 0))
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= READ_BYTES_MAX).last().unwrap_or(0);
    if text.len() <= READ_BYTES_MAX { text } else { &text[..end] }
}

/// The piece of a text around a place, marked.
fn around(query: &Query, field: Field, text: &str, place: usize) -> Vec<Segment> {
    let before = text[..place].chars().count();
    let skipped = before.saturating_sub(LEAD_CHARS);
    let mut bounds = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let start = bounds.nth(skipped).unwrap_or(0);
    let end = text[start..].char_indices().nth(PIECE_CHARS).map_or(text.len(), |(at, _)| start + at);
    let mut segments = cut(&text[start..end], &within(&query.marks(field, text), start..end));
    if start > 0 {
        segments.insert(0, Segment { text: "…".to_owned(), is_found: false });
    }
    if end < text.len() {
        segments.push(Segment { text: "…".to_owned(), is_found: false });
    }
    segments
}

/// The marks within a range, counted from its beginning.
fn within(marks: &[Range<usize>], range: Range<usize>) -> Vec<Range<usize>> {
    let clipped = marks.iter().map(|mark| mark.start.max(range.start)..mark.end.min(range.end));
    clipped.filter(|mark| mark.start < mark.end).map(|mark| mark.start - range.start..mark.end - range.start).collect()
}

/// A text with what a query found in it marked.
pub(crate) fn marked(query: &Query, field: Field, text: &str) -> Vec<Segment> {
    if text.len() > READ_BYTES_MAX {
        return vec![Segment { text: text.to_owned(), is_found: false }];
    }
    cut(text, &query.marks(field, text))
}

fn cut(text: &str, marks: &[Range<usize>]) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(marks.len() * 2 + 1);
    let mut at = 0;
    for mark in marks {
        if at < mark.start {
            segments.push(Segment { text: text[at..mark.start].to_owned(), is_found: false });
        }
        segments.push(Segment { text: text[mark.clone()].to_owned(), is_found: true });
        at = mark.end;
    }
    if at < text.len() {
        segments.push(Segment { text: text[at..].to_owned(), is_found: false });
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(segments: &[Segment]) -> String {
        segments.iter().map(|one| if one.is_found { format!("[{}]", one.text) } else { one.text.clone() }).collect()
    }

    #[test]
    fn what_was_found_is_marked_and_nothing_is_lost() {
        let query = Query::parse("\"石墨烯\"").unwrap();
        let text = "一种<b>石墨烯</b>与石墨烯";
        let segments = marked(&query, Field::Title, text);
        assert_eq!(shown(&segments), "一种<b>[石墨烯]</b>与[石墨烯]");
        assert_eq!(segments.iter().map(|one| one.text.as_str()).collect::<String>(), text);
    }

    #[test]
    fn a_piece_of_a_long_text_is_the_one_in_which_something_was_found() {
        let query = Query::parse("\"石墨烯\"").unwrap();
        let text = format!("{}石墨烯{}", "前".repeat(500), "后".repeat(500));
        let document =
            Document { abstracts: vec![documents::Text { language: "zh".into(), text }], ..Document::default() };
        let piece = shown(&piece(&query, &document));
        assert!(piece.starts_with("…前") && piece.contains("前[石墨烯]后") && piece.ends_with("后…"), "{piece}");
        assert_eq!(piece.chars().count(), PIECE_CHARS + 4);
    }
}
