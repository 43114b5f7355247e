//! The legal state of an application over time, from events, publications and what sources assert.
//!
//! A code leads to a state only where the office's published meaning says so beyond doubt; every other event is kept
//! and changes nothing. What no source says stays unknown.

use jiff::civil::Date;
use terms::PatentKind;

use crate::document::{Document, LegalState};

/// The state to which an event of INPADOC leads, by the receiving office's code.
///
/// The codes are those of the EPO's published list of legal event codes, for offices met in our sources.
pub fn effect(office: &str, code: &str) -> Option<LegalState> {
    use LegalState::{Ended, InForce, Invalidated, NotGranted, Pending};
    Some(match (office, code.trim()) {
        // China: publication, examination, grant; then what ends it (codes of 2008 and, with C, before).
        ("CN", "PB01" | "SE01" | "C06" | "C10") => Pending,
        ("CN", "GR01" | "C14") => InForce,
        ("CN", "WD01" | "RJ01" | "C02" | "C12") => NotGranted,
        ("CN", "CF01" | "CX01" | "AV01" | "C17" | "C19") => Ended,
        ("CN", "IW01") => Invalidated,
        // The European procedure; what follows in the states is theirs.
        ("EP", "17P" | "17Q") => Pending,
        ("EP", "18D" | "18R" | "18W") => NotGranted,
        ("EP", "27W") => Invalidated,
        // The United States.
        ("US", "STPP") => Pending,
        ("US", "STCF") => InForce,
        ("US", "STCB") => NotGranted,
        ("US", "LAPS" | "FP" | "STCH") => Ended,
        // Japan, Korea, Germany, the United Kingdom.
        ("JP", "R150") => InForce,
        ("JP", "LAPS") | ("GB", "PCNP" | "PE20") | ("DE", "8339") => Ended,
        ("KR", "GRNT") => InForce,
        ("KR", "WITN") => NotGranted,
        _ => return None,
    })
}

/// The state that a data provider's words assert; compound ones such as 授权 | 权利转移 by their first word.
///
/// 失效 and 放弃 mean an end of the right when it was granted, and no grant when it was not.
pub fn stated(words: &str, is_granted: bool) -> LegalState {
    let first = words.split(['|', ';', '；', '、']).map(str::trim).find(|word| !word.is_empty()).unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| first.contains(word));
    // The words of Lens.
    match first {
        "Active" | "Patented" => return LegalState::InForce,
        "Pending" => return LegalState::Pending,
        "Expired" => return LegalState::Ended,
        _ => {}
    }
    let ended = if is_granted { LegalState::Ended } else { LegalState::NotGranted };
    if has(&["部分无效"]) {
        LegalState::InForce
    } else if has(&["全部无效", "宣告无效", "全部撤销"]) {
        LegalState::Invalidated
    } else if has(&["未缴年费", "期限届满", "期满", "权利终止", "专利权终止", "专利权的终止"])
    {
        LegalState::Ended
    } else if has(&["撤回", "驳回", "申请终止"]) {
        LegalState::NotGranted
    } else if has(&["失效", "放弃", "终止"]) {
        ended
    } else if has(&["审中", "实质审查", "实审", "公开", "公布"]) {
        LegalState::Pending
    } else if has(&["授权", "有权", "有效", "权利恢复"]) {
        LegalState::InForce
    } else {
        LegalState::Unknown
    }
}

/// A state and the day from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: LegalState,
    /// The day from which it is known to hold; none where a source asserts it without a day.
    pub since: Option<Date>,
}

/// The states of a document by day: publications, events, and the end of a Chinese patent's term.
pub fn timeline(document: &Document) -> Vec<Standing> {
    let mut days: Vec<(Date, u8, LegalState)> = Vec::new();
    for publication in &document.publications {
        let state = match publication.is_grant {
            Some(true) => LegalState::InForce,
            Some(false) => LegalState::Pending,
            None => continue,
        };
        days.extend(publication.published_on.map(|day| (day, 0, state)));
    }
    let events = document.events.iter().filter_map(|event| Some((event.on?, 1, event.leads_to?)));
    days.extend(events);
    let was_granted = days.iter().any(|(_, _, state)| *state == LegalState::InForce);
    if let (true, "CN", Some(kind), Some(filed_on)) =
        (was_granted, document.office.as_str(), document.kind, document.filed_on)
    {
        days.extend(term_over(kind, filed_on));
    }
    days.sort_by_key(|(day, order, _)| (*day, *order));
    let mut standings: Vec<Standing> = Vec::new();
    for (day, _, state) in days {
        let last = standings.last().map(|standing| standing.state);
        // A late publication does not put a decided application back into examination.
        let is_news = last != Some(state) && !(state == LegalState::Pending && last.is_some());
        if is_news {
            standings.push(Standing { state, since: Some(day) });
        }
    }
    standings
}

fn term_over(kind: PatentKind, filed_on: Date) -> Option<(Date, u8, LegalState)> {
    Some((kind.term_over_on(filed_on).ok()?, 2, LegalState::Ended))
}

/// The state on a day, as far as the document tells; what a source asserts without a day counts only where nothing
/// dated says anything.
pub fn state_on(document: &Document, day: Date) -> Standing {
    let dated = timeline(document).into_iter().rev().find(|standing| standing.since.is_some_and(|since| since <= day));
    dated.unwrap_or(Standing { state: document.state, since: None })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::document::{LegalEvent, Publication};

    fn published(number: &str, day: Date, is_grant: bool) -> Publication {
        Publication {
            number: number.into(),
            kind_code: number[11..].into(),
            published_on: Some(day),
            is_grant: Some(is_grant),
        }
    }

    fn granted() -> Document {
        Document {
            office: "CN".into(),
            kind: Some(PatentKind::Invention),
            filed_on: Some(date(2010, 3, 1)),
            publications: vec![
                published("CN101234567A", date(2011, 9, 1), false),
                published("CN101234567B", date(2013, 5, 1), true),
            ],
            ..Document::default()
        }
    }

    fn state(document: &Document, day: Date) -> LegalState {
        state_on(document, day).state
    }

    #[test]
    fn publications_events_and_the_term_give_the_state_of_a_day() {
        let mut document = granted();
        assert_eq!(state(&document, date(2011, 8, 31)), LegalState::Unknown);
        assert_eq!(state(&document, date(2011, 9, 1)), LegalState::Pending);
        assert_eq!(state(&document, date(2013, 5, 1)), LegalState::InForce);
        assert_eq!(state(&document, date(2030, 3, 1)), LegalState::Ended);
        document.events.push(LegalEvent {
            on: Some(date(2016, 4, 20)),
            code: "CF01".into(),
            text: "Termination of patent right due to non-payment of annual fee".into(),
            leads_to: effect("CN", "CF01"),
            party: String::new(),
        });
        assert_eq!(state_on(&document, date(2020, 1, 1)).since, Some(date(2016, 4, 20)));
        assert_eq!(state(&document, date(2016, 4, 19)), LegalState::InForce);
    }

    #[test]
    fn what_no_source_says_is_unknown_and_an_assertion_has_no_day() {
        let mut document = Document::default();
        assert_eq!(state(&document, date(2020, 1, 1)), LegalState::Unknown);
        document.state = LegalState::InForce;
        assert_eq!(state_on(&document, date(2020, 1, 1)), Standing { state: LegalState::InForce, since: None });
        assert_eq!(effect("CN", "TR01"), None);
        assert_eq!(effect("ZZ", "GR01"), None);
    }

    #[test]
    fn the_words_of_providers_are_read_by_their_first() {
        for (words, is_granted, expected) in [
            ("授权 | 权利转移", true, LegalState::InForce),
            ("撤回-视为撤回", false, LegalState::NotGranted),
            ("实质审查", false, LegalState::Pending),
            ("未缴年费", true, LegalState::Ended),
            ("放弃", true, LegalState::Ended),
            ("放弃", false, LegalState::NotGranted),
            ("部分无效", true, LegalState::InForce),
            ("全部无效", true, LegalState::Invalidated),
            ("Active", true, LegalState::InForce),
            ("-", true, LegalState::Unknown),
            ("", true, LegalState::Unknown),
        ] {
            assert_eq!(stated(words, is_granted), expected, "{words}");
        }
    }
}
