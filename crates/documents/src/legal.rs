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
    // 未授权 is no 授权, and 无权 no 有权.
    if ["未授权", "未获授权", "不予授权"].iter().any(|word| first.contains(word)) {
        return LegalState::NotGranted;
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
    } else if has(&["失效", "放弃", "终止", "无权"]) {
        ended
    } else if has(&["审中", "在审", "实质审查", "实审", "公开", "公布"]) {
        LegalState::Pending
    } else if has(&["授权", "有权", "有效", "权利恢复"]) {
        LegalState::InForce
    } else {
        LegalState::Unknown
    }
}

/// The state that documents alone tell, before the calendar is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The state.
    pub state: LegalState,
    /// Whether it stands on a grant alone: no source asserts it, no event says it, and none says that it ended.
    pub is_presumed: bool,
}

/// What sources assert and what follows from events and grants, whichever is further along.
///
/// - A Chinese grant without a later end: in force (《专利法》第三十九、四十条), until its term is over. A grant abroad says
///   nothing of today: the EPO's is a bundle of national rights, and others lapse by fees that no publication shows.
/// - An event whose code says so: what it says ([`effect`]); a lapse, an abandonment, an invalidation among them.
/// - Of an assertion without a day and a dated fact the later state counts, in the order pending, in force, not granted,
///   ended, invalidated: an old gazette does not revive what a later export calls lapsed, nor an old export what an
///   event has ended.
/// - A published application without more says nothing of today: it may have been withdrawn, and stays unknown.
pub fn settled(document: &Document) -> Settled {
    let known = document.state.max(told(document, None).map_or(LegalState::Unknown, |standing| standing.state));
    let is_granted = document.publications.iter().any(|one| one.is_grant == Some(true));
    let is_presumed = document.office == "CN" && is_granted && known < LegalState::InForce;
    Settled { state: if is_presumed { LegalState::InForce } else { known }, is_presumed }
}

/// What the latest event says that was there on a day, or that is there at all.
fn told(document: &Document, by: Option<Date>) -> Option<Standing> {
    let mut events: Vec<_> = document.events.iter().filter_map(|one| Some((one.on, one.leads_to?))).collect();
    events.retain(|(on, _)| by.is_none_or(|by| on.is_some_and(|on| on <= by)));
    events.sort_by_key(|(on, _)| *on);
    events.into_iter().fold(None, |before: Option<Standing>, (since, state)| match before {
        // A late notice of the examination does not take a decision back.
        Some(before) if state == LegalState::Pending || state == before.state => Some(before),
        _ => Some(Standing { state, since }),
    })
}

/// How long after filing a right abroad can stand at most: twenty years (TRIPS Article 33) and the five by which
/// protection certificates and extensions lengthen it (EU 469/2009 Article 13, 35 U.S.C. 156, 特許法第六十七条).
const ABROAD_YEARS_MAX: i32 = 25;

/// The day from which the term of a right is over: by 《专利法》第四十二条 in China, by the longest extension elsewhere.
pub fn term_over(office: &str, kind: Option<PatentKind>, filed_on: Date) -> Option<Date> {
    match (office, kind) {
        ("CN", Some(kind)) => kind.term_over_on(filed_on).ok(),
        ("CN" | "", _) => None,
        _ => filed_on.checked_add(jiff::Span::new().years(ABROAD_YEARS_MAX)).ok(),
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

/// For so many months after filing an application that was published is under examination unless an event says otherwise:
/// in China it may be asked for within three years (《专利法》第三十五条), international ones enter the states in thirty months.
const PENDING_MONTHS: (i32, i32) = (36, 30);

/// The state on a day, as far as the document tells; what a source asserts without a day counts only where nothing
/// dated says anything. It rests on the rules of [`settled`] and on the end of the term.
pub fn state_on(document: &Document, day: Date) -> Standing {
    let filed_on = document.filed_on;
    let published = |is_grant: bool| {
        let of_sort = document.publications.iter().filter(move |one| one.is_grant == Some(is_grant));
        of_sort.filter_map(|one| one.published_on).filter(|on| *on <= day).min()
    };
    let granted = published(true).filter(|_| document.office == "CN");
    let months = if document.office == "CN" { PENDING_MONTHS.0 } else { PENDING_MONTHS.1 };
    let examined_until = filed_on.and_then(|filed| filed.checked_add(jiff::Span::new().months(months)).ok());
    // That a grant came later shows that the application stood until then.
    let is_pending = document.publications.iter().any(|one| one.is_grant == Some(true))
        || examined_until.is_some_and(|until| day < until);
    let publication = match (granted, published(false).filter(|_| is_pending && published(true).is_none())) {
        (Some(since), _) => Some(Standing { state: LegalState::InForce, since: Some(since) }),
        (None, Some(since)) => Some(Standing { state: LegalState::Pending, since: Some(since) }),
        (None, None) => None,
    };
    let dated = [publication, told(document, Some(day))].into_iter().flatten().max_by_key(|one| (one.state, one.since));
    let standing = dated.unwrap_or(Standing { state: document.state, since: None });
    let over = filed_on.and_then(|filed| term_over(&document.office, document.kind, filed));
    match over.filter(|over| standing.state == LegalState::InForce && *over <= day) {
        Some(over) => Standing { state: LegalState::Ended, since: Some(over) },
        None => standing,
    }
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
    fn a_grant_without_a_later_end_is_presumed_and_the_further_of_two_words_counts() {
        let check = |document: &Document, state, is_presumed| {
            assert_eq!(settled(document), Settled { state, is_presumed });
        };
        let mut document = granted();
        check(&document, LegalState::InForce, true);
        document.publications.pop();
        check(&document, LegalState::Unknown, false);
        let event = |code: &str, day| LegalEvent {
            on: Some(day),
            code: code.into(),
            text: String::new(),
            leads_to: effect("CN", code),
            party: String::new(),
        };
        let mut document = granted();
        document.events = vec![event("CF01", date(2016, 4, 20)), event("GR01", date(2013, 5, 1))];
        check(&document, LegalState::Ended, false);
        // An export that was made before the lapse asserts what was; one that knows of it asserts what is.
        document.state = LegalState::InForce;
        check(&document, LegalState::Ended, false);
        let mut document = granted();
        document.state = LegalState::Ended;
        check(&document, LegalState::Ended, false);
        document.state = LegalState::Pending;
        check(&document, LegalState::InForce, true);
    }

    #[test]
    fn a_grant_abroad_says_nothing_of_today_and_ends_by_the_longest_term() {
        let mut abroad = Document {
            office: "EP".into(),
            kind: Some(PatentKind::Invention),
            filed_on: Some(date(1999, 11, 8)),
            publications: vec![published("EP100000000B1", date(2003, 2, 12), true)],
            ..Document::default()
        };
        let day = date(2024, 2, 29);
        assert_eq!(settled(&abroad), Settled { state: LegalState::Unknown, is_presumed: false });
        assert_eq!(state(&abroad, day), LegalState::Unknown);
        abroad.state = LegalState::InForce;
        assert_eq!(state(&abroad, day), LegalState::InForce, "a source may know of an extension");
        assert_eq!(state(&abroad, date(2024, 11, 8)), LegalState::Ended);
        assert_eq!(term_over("CN", None, date(2001, 3, 1)), None);
    }

    #[test]
    fn an_application_is_under_examination_only_as_long_as_that_may_be_asked_for() {
        let mut document = granted();
        document.publications.pop();
        assert_eq!(state(&document, date(2013, 2, 28)), LegalState::Pending);
        assert_eq!(state(&document, date(2013, 3, 1)), LegalState::Unknown);
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
            ("未授权", false, LegalState::NotGranted),
            ("无权-未缴年费", true, LegalState::Ended),
            ("无权", false, LegalState::NotGranted),
            ("在审", false, LegalState::Pending),
            ("有权", true, LegalState::InForce),
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
