//! That putting documents together does not depend on order, and that contradictions are told.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::document::{Party, Source};

fn document(format: &str, number: &str, published_on: Option<Date>) -> Document {
    let id = number::publication(number).unwrap();
    let publication =
        Publication { is_grant: id.is_grant(), number: id.to_string(), kind_code: id.kind_code.clone(), published_on };
    let source = Source { format: format.into(), file: "a".into(), place: "1".into() };
    let mut document = Document { publications: vec![publication], sources: vec![source], ..Document::default() };
    document.settle();
    document
}

fn text(language: &str, text: &str) -> Text {
    Text { language: language.into(), text: text.into() }
}

#[test]
fn official_text_wins_over_lists_and_later_claims_over_earlier() {
    let mut application = document("cnipa-xml", "CN101945314A", Some(date(2011, 1, 12)));
    application.claims = vec![text("zh", "1.旧"), text("zh", "2.旧")];
    application.titles = vec![text("zh", "一种耳机")];
    let mut grant = document("cnipa-xml", "CN101945314B", Some(date(2019, 8, 2)));
    grant.claims = vec![text("zh", "1.新")];
    let mut list = document("patsnap", "CN101945314B", Some(date(2019, 8, 2)));
    list.titles = vec![text("zh", "耳机，一种"), text("en", "Earphone")];
    list.state = LegalState::InForce;
    let both = list.merge(application).merge(grant);
    assert_eq!(both.claims, [text("zh", "1.新")]);
    assert_eq!(both.titles, [text("zh", "一种耳机"), text("en", "Earphone")]);
    assert_eq!((both.state, both.sources.len(), both.publications.len()), (LegalState::InForce, 2, 2));
}

#[test]
fn a_number_with_different_content_is_told_and_both_sources_are_kept() {
    let mut one = document("google", "CN101945314B", Some(date(2019, 8, 2)));
    one.titles = vec![text("zh", "一种耳机")];
    one.filed_on = Some(date(2010, 10, 2));
    let mut other = document("lens", "CN101945314B", Some(date(2019, 8, 9)));
    other.titles = vec![text("zh", "一种 耳机")];
    other.filed_on = Some(date(2011, 10, 2));
    let fields: Vec<&str> = differences(&one, &other).into_iter().map(|one| one.field).collect();
    assert_eq!(fields, ["申请日", "公开（公告）日"]);
    assert_eq!(one.merge(other).sources.len(), 2);
}

#[test]
fn a_number_without_kind_code_is_the_same_publication() {
    let bare = document("patentscope", "US20090208610", Some(date(2009, 8, 20)));
    let full = document("us-red-book", "US20090208610A1", Some(date(2009, 8, 20)));
    assert_eq!(bare.identities(), full.identities());
    let both = bare.merge(full);
    assert_eq!(both.publications.len(), 1);
    assert_eq!(both.publications[0].number, "US20090208610A1");
}

fn any_document() -> impl Strategy<Value = Document> {
    let name = prop::sample::select(vec!["", "甲", "乙", "丙"]);
    let parties = prop::collection::vec(prop::sample::select(vec!["甲公司", "乙公司", "丙公司"]), 0..3);
    let texts = prop::collection::vec((prop::sample::select(vec!["zh", "en"]), "[ab]{1,2}"), 0..3);
    (
        prop::sample::select(vec!["cnipa-xml", "docdb", "cnipr", "google", "lens", "other"]),
        prop::sample::select(vec!["CN101945314A", "CN101945314B", "CN101945314"]),
        prop::option::of(0_i8..20),
        (name, parties, texts.clone(), texts),
        prop::option::of(1_i8..20),
        prop::sample::select(vec!["", "CN2010102984204"]),
        prop::sample::select(vec![LegalState::Unknown, LegalState::Pending, LegalState::InForce]),
    )
        .prop_map(|(format, number, day, (file, parties, titles, claims), filed, application, state)| {
            let mut made = document(format, number, day.map(|day| date(2019, 1, day + 1)));
            made.sources[0].file = file.into();
            made.applicants = parties.iter().map(|name| Party { name: (*name).into(), ..Party::default() }).collect();
            made.titles = titles.iter().map(|(language, one)| text(language, one)).collect();
            made.claims = claims.iter().map(|(language, one)| text(language, one)).collect();
            made.filed_on = filed.map(|day| date(2010, 1, day));
            made.application_number = application.into();
            made.state = state;
            made.settle();
            made
        })
}

proptest! {
    #[test]
    fn putting_together_is_commutative_and_associative(a in any_document(), b in any_document(), c in any_document()) {
        prop_assert_eq!(a.clone().merge(b.clone()), b.clone().merge(a.clone()));
        let left = a.clone().merge(b.clone()).merge(c.clone());
        let right = a.merge(b.merge(c));
        prop_assert_eq!(left, right);
    }

    #[test]
    fn putting_together_twice_changes_nothing(a in any_document(), b in any_document()) {
        let once = a.merge(b.clone());
        prop_assert_eq!(once.clone().merge(b), once);
    }
}
