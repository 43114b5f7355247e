//! Numbers of patents in every notation: what a document answers to, and how a list that a user pastes is read.

use documents::Document;
use terms::{ApplicationNumber, text::fold_code};

/// The form in which numbers are compared: upper case, no spaces and separators, `ZL` as `CN`.
pub(crate) fn fold(number: &str) -> String {
    let folded: String = fold_code(number).chars().filter(char::is_ascii_alphanumeric).collect();
    match folded.strip_prefix("ZL") {
        Some(rest) => format!("CN{rest}"),
        None => folded,
    }
}

/// Every folded form by which a document is found.
pub(crate) fn forms(document: &Document) -> Vec<String> {
    let mut forms = vec![fold(&document.key)];
    if !document.application_number.is_empty() {
        forms.extend(application(&document.office, &document.application_number));
    }
    for publication in &document.publications {
        let number = fold(&publication.number);
        if let Some(serial) = number.strip_suffix(publication.kind_code.as_str()).filter(|serial| serial.len() > 4) {
            forms
                .extend(serial.strip_prefix(document.office.as_str()).filter(|bare| bare.len() > 5).map(str::to_owned));
            forms.push(serial.to_owned());
        }
        forms.push(number);
    }
    forms.extend((!document.pct_number.is_empty()).then(|| fold(&document.pct_number)));
    forms.retain(|form| !form.is_empty());
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The folded numbers that a document cites, with and without their kind codes.
pub(crate) fn cited(document: &Document) -> Vec<String> {
    let mut forms = Vec::new();
    for number in document.citations.iter().map(|citation| fold(&citation.number)).filter(|number| number.len() > 4) {
        // A kind code is a letter, and perhaps a digit, behind the digits.
        let bare = number.trim_end_matches(|c: char| c.is_ascii_digit());
        let end = if number.len() - bare.len() > 1 { number.as_str() } else { bare };
        let serial = end.trim_end_matches(|c: char| c.is_ascii_uppercase());
        if serial.len() < end.len() && serial.len() > 5 {
            forms.push(serial.to_owned());
        }
        forms.push(number);
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// An application number with and without office and check character.
fn application(office: &str, number: &str) -> Vec<String> {
    let folded = fold(number);
    let bare = folded.strip_prefix(office).unwrap_or(&folded).to_owned();
    let mut forms = vec![format!("{office}{bare}"), bare.clone()];
    if office == "CN"
        && let Ok(number) = bare.parse::<ApplicationNumber>()
    {
        let with_check = format!("{}{}", number.digits(), number.check());
        forms.extend([
            number.digits().to_owned(),
            format!("CN{}", number.digits()),
            format!("CN{with_check}"),
            with_check,
        ]);
    }
    forms
}

/// The numbers of a pasted list, one a line or parted by separators; what is no number is left out.
///
/// Commas inside a number (`US 9,123,456 B2`) are no separators when each part but the first begins with three digits.
pub fn read_list(text: &str) -> Vec<String> {
    let mut numbers = Vec::new();
    for line in text.split(['\n', '\r', ';', '；', '|', '\t', '、']) {
        let parts: Vec<&str> = line.split([',', '，']).map(str::trim).collect();
        let is_one = parts.len() > 1
            && parts[1..].iter().all(|part| part.len() >= 3 && part.bytes().take(3).all(|byte| byte.is_ascii_digit()))
            && parts[1..].iter().all(|part| part.bytes().filter(u8::is_ascii_digit).count() <= 4);
        let found: Vec<String> =
            if is_one { vec![line.to_owned()] } else { parts.iter().map(|&p| p.to_owned()).collect() };
        numbers.extend(found.iter().map(|part| part.trim().to_owned()).filter(|part| {
            let folded = fold(part);
            folded.len() >= 4 && folded.bytes().any(|byte| byte.is_ascii_digit())
        }));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_number_is_found_in_every_notation() {
        let document = Document {
            key: "CN201310699744".into(),
            office: "CN".into(),
            application_number: "CN201310699744".into(),
            publications: vec![documents::Publication {
                number: "CN103731270B".into(),
                kind_code: "B".into(),
                published_on: None,
                is_grant: Some(true),
            }],
            ..Document::default()
        };
        let forms = forms(&document);
        for written in [
            "201310699744.2",
            "ZL 2013 1 0699744.2",
            "ZL201310699744.2",
            "CN201310699744",
            "CN201310699744.2",
            "2013106997442",
            "CN 103731270 B",
            "CN103731270",
            "103731270",
            "ＣＮ１０３７３１２７０Ｂ",
        ] {
            assert!(forms.contains(&fold(written)), "{written} → {} not in {forms:?}", fold(written));
        }
    }

    #[test]
    fn a_citation_is_found_with_and_without_its_kind_code() {
        let cite = |number: &str| documents::Citation {
            number: number.into(),
            literature: String::new(),
            category: String::new(),
            phase: String::new(),
        };
        let document = Document {
            citations: ["CN101945314B", "US9123456B2", "CN201310699744", ""].map(cite).into(),
            ..Document::default()
        };
        assert_eq!(cited(&document), ["CN101945314", "CN101945314B", "CN201310699744", "US9123456", "US9123456B2"]);
    }

    #[test]
    fn a_pasted_list_keeps_commas_inside_numbers() {
        assert_eq!(read_list("US 9,123,456 B2\nCN102889890B，CN1; 不是"), ["US 9,123,456 B2", "CN102889890B"]);
        assert_eq!(read_list("CN102889890B, CN103731270B"), ["CN102889890B", "CN103731270B"]);
    }
}
