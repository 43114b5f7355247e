//! Where a number comes from that rests on no list of single rights: the files of its register.

use domain::accounts::Permission;

use crate::{frame::Frame, pages::registry::register_name, pieces::Link};

/// The register behind a numerator.
pub(super) fn numerator(frame: &Frame, code: &str) -> Option<Link> {
    let register = match code {
        "K09" | "K10" => "survey-waves",
        "M01" | "M02" => "statuses",
        "M03" => "patents",
        "M04" => "patent-events",
        "M05" | "M06" | "M07" => "pledges",
        "M08" | "M09" | "M11" | "M12" => "foreign-grants",
        "M10" => "madrid",
        "M13" => "trainees",
        "M14" => "trademarks",
        _ => return None,
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
            let by_rights = one.code.starts_with('K') && !matches!(one.code.as_str(), "K09" | "K10");
            assert!(by_rights || numerator(&frame, &one.code).is_some(), "{}", one.code);
            assert_eq!(one.has_denominator(), denominator(&frame, &one.code).is_some(), "{}", one.code);
        }
    }
}
