//! The places of a letter and of a certificate: number, addressee, signature and day, and the pages they stand on (GB/T 9704-2012, 7.2
//! to 7.3).

use super::{Form, HEAD, NAMESPACES, Style, escaped, run};

/// 三号 in twentieths of a point: the width of a character.
const CHARACTER: usize = 320;

/// The styles beside those of a report.
pub(super) const STYLES: [Style; 7] = [
    (
        "Number",
        "Number",
        "仿宋_GB2312",
        32,
        false,
        r#"<w:spacing w:after="280" w:line="560" w:lineRule="exact"/><w:jc w:val="center"/>"#,
    ),
    (
        "Addressee",
        "Addressee",
        "仿宋_GB2312",
        32,
        false,
        r#"<w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="left"/>"#,
    ),
    (
        "Signature",
        "Signature",
        "仿宋_GB2312",
        32,
        false,
        r#"<w:keepLines/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="right"/>"#,
    ),
    (
        "CellLarge",
        "Cell large",
        "仿宋_GB2312",
        24,
        false,
        r#"<w:spacing w:before="40" w:after="40" w:line="360" w:lineRule="exact"/>"#,
    ),
    (
        "CertificateTitle",
        "Certificate title",
        "方正小标宋简体",
        84,
        false,
        r#"<w:spacing w:before="480" w:after="360" w:line="1200" w:lineRule="exact"/><w:jc w:val="center"/>"#,
    ),
    (
        "CertificateAddressee",
        "Certificate addressee",
        "楷体_GB2312",
        40,
        true,
        r#"<w:spacing w:before="120" w:line="800" w:lineRule="exact"/><w:jc w:val="left"/>"#,
    ),
    (
        "CertificateText",
        "Certificate text",
        "楷体_GB2312",
        40,
        false,
        r#"<w:spacing w:line="800" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="800"/><w:jc w:val="both"/>"#,
    ),
];

/// Size and margins of the page, last in its section.
pub(super) const fn page(form: Form) -> &'static str {
    match form {
        // A4 with 37 mm above, 35 below, 28 left and 26 right.
        Form::Report | Form::Letter => {
            r#"<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1400" w:gutter="0"/>"#
        }
        // A4 across, in a double frame.
        Form::Certificate => {
            r#"<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1700" w:right="2268" w:bottom="1418" w:left="2268" w:header="1000" w:footer="700" w:gutter="0"/><w:pgBorders w:offsetFrom="page"><w:top w:val="thinThickSmallGap" w:sz="24" w:space="28" w:color="B22222"/><w:left w:val="thinThickSmallGap" w:sz="24" w:space="28" w:color="B22222"/><w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="28" w:color="B22222"/><w:right w:val="thickThinSmallGap" w:sz="24" w:space="28" w:color="B22222"/></w:pgBorders>"#
        }
    }
}

/// The head of every page: the mark in red, or nothing.
pub(super) fn header(mark: &str) -> String {
    let run = if mark.is_empty() {
        String::new()
    } else {
        format!(
            r#"<w:r><w:rPr><w:rFonts w:ascii="黑体" w:hAnsi="黑体" w:eastAsia="黑体"/><w:color w:val="C00000"/><w:sz w:val="28"/></w:rPr><w:t>{}</w:t></w:r>"#,
            escaped(mark)
        )
    };
    format!(
        r#"{HEAD}<w:hdr {NAMESPACES}><w:p><w:pPr><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr>{run}</w:p></w:hdr>"#
    )
}

/// Which pages a foot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// 单页码.
    Odd,
    /// 双页码.
    Even,
}

/// The page number (7.5): 四号 half-width figures in 宋体 with a dash (一字线) on either side, at the outer edge of the page with one character
/// left free (右空一字, 左空一字).
pub(super) fn footer(side: Side) -> String {
    /// 四号 in half points, and its width in twentieths of a point.
    const SIZE: usize = 28;
    const FREE: usize = SIZE * 10;
    let run = |inner: &str| {
        format!(
            r#"<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="{SIZE}"/><w:szCs w:val="{SIZE}"/></w:rPr>{inner}</w:r>"#
        )
    };
    let dash = |text: &str| run(&format!(r#"<w:t xml:space="preserve">{text}</w:t>"#));
    let field = [
        r#"<w:fldChar w:fldCharType="begin"/>"#,
        r#"<w:instrText xml:space="preserve"> PAGE \* Arabic </w:instrText>"#,
        r#"<w:fldChar w:fldCharType="separate"/>"#,
        "<w:t>1</w:t>",
        r#"<w:fldChar w:fldCharType="end"/>"#,
    ];
    let field: String = field.iter().map(|part| run(part)).collect();
    let (edge, place) = match side {
        Side::Odd => ("right", "right"),
        Side::Even => ("left", "left"),
    };
    let standing = format!(
        r#"<w:ind w:{edge}Chars="100" w:{edge}="{FREE}" w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="{place}"/>"#
    );
    format!(
        r#"{HEAD}<w:ftr {NAMESPACES}><w:p><w:pPr>{standing}</w:pPr>{}{field}{}</w:p></w:ftr>"#,
        dash("— "),
        dash(" —")
    )
}

/// Who signs, and below it the day, which ends four characters from the right with the name centred above it: there is room for the
/// seal (7.3.5.1). A name wider than that begins further left.
pub(super) fn signature(by: &str, on: &str) -> String {
    const FROM_RIGHT: usize = 4 * CHARACTER;
    let (name, day) = (width(by), width(on));
    let middle = FROM_RIGHT + day / 2;
    let indent = if on.is_empty() { 2 * CHARACTER } else { middle.saturating_sub(name / 2) };
    let line = |text: &str, right: usize, above: usize, keep: &str| {
        format!(
            r#"<w:p><w:pPr><w:pStyle w:val="Signature"/>{keep}<w:spacing w:before="{above}" w:line="560" w:lineRule="exact"/><w:ind w:right="{right}" w:firstLineChars="0" w:firstLine="0"/></w:pPr>{}</w:p>"#,
            run(text)
        )
    };
    let mut xml = line(by, indent, 840, "<w:keepNext/>");
    if !on.is_empty() {
        xml.push_str(&line(on, FROM_RIGHT, 0, ""));
    }
    xml
}

/// How wide a text is in 三号, in twentieths of a point.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { CHARACTER / 2 } else { CHARACTER }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_stand_between_dashes_at_the_outer_edge_of_odd_and_even_pages() {
        for (side, edge, other) in [(Side::Odd, "right", "left"), (Side::Even, "left", "right")] {
            let xml = footer(side);
            assert!(xml.contains(&format!(r#"<w:jc w:val="{edge}"/>"#)), "{xml}");
            assert!(xml.contains(&format!(r#"w:{edge}="280""#)) && !xml.contains(&format!("w:{other}=")), "{xml}");
            assert!(xml.contains("— </w:t>") && xml.contains("> —</w:t>") && xml.contains(" PAGE "), "{xml}");
            let runs = xml.matches("<w:r>").count();
            assert_eq!(
                (xml.matches(r#"w:ascii="宋体""#).count(), xml.matches(r#"<w:sz w:val="28"/>"#).count()),
                (runs, runs)
            );
        }
    }

    #[test]
    fn the_name_is_centred_over_the_day_which_ends_four_characters_from_the_right() {
        // 云川市知识产权局 is eight characters wide, 2024年3月8日 six: the name reaches a character further on either side.
        let xml = signature("云川市知识产权局", "2024年3月8日");
        assert!(xml.contains(r#"<w:ind w:right="960" "#) && xml.contains(r#"<w:ind w:right="1280" "#), "{xml}");
        let alone = signature("云川市知识产权局", "");
        assert!(alone.contains(r#"<w:ind w:right="640" "#) && alone.matches("<w:p>").count() == 1, "{alone}");
        assert!(signature(&"长".repeat(30), "2024年3月8日").contains(r#"<w:ind w:right="0" "#));
    }
}
