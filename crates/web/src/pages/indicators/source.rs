//! Where a number comes from that rests on no list of single rights, or on an empty one: the files of its register.

use domain::accounts::Permission;

use super::counted::Counted;
use crate::{frame::Frame, pages::registry::register_name, pieces::Link};

/// The register behind a numerator.
pub(super) fn numerator(frame: &Frame, code: &str) -> Option<Link> {
    let register = match code {
        "K06" => "patents",
        "K09" | "K10" => "survey-waves",
        "M14" => "trademarks",
        _ => Counted::by(code).register(),
    };
    link(frame, register)
}

/// The register behind a denominator.
pub(super) fn denominator(frame: &Frame, code: &str) -> Option<Link> {
    let register = match code {
        "K01" | "K04" => "statistics",
        "K07" | "M02" => "statuses",
        "K09" | "K10" => "survey-waves",
        "M03" | "M04" => "patents",
        "M14" => "enterprises",
        _ => return None,
    };
    link(frame, register)
}

fn link(frame: &Frame, register: &str) -> Option<Link> {
    let words = frame.t1("indicators-source", "register", register_name(frame, register));
    frame
        .may(Permission::ViewRegistry)
        .then(|| Link::new(words, frame.at(&format!("/registers/batches?register={register}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_policy_opens_to_rights_or_to_a_register() {
        let frame = Frame::for_tests();
        for one in &domain::runs::policy().unwrap().indicators {
            if one.numerator.is_empty() {
                continue;
            }
            assert!(numerator(&frame, &one.code).is_some(), "{}", one.code);
            assert_eq!(one.has_denominator(), denominator(&frame, &one.code).is_some(), "{}", one.code);
        }
    }
}
