//! Folding of what people and spreadsheets write into one form: widths, spaces, brackets, trailing separators.
//!
//! Nothing is corrected here: two texts that fold alike differ only in how they were typed.

/// Folds full-width characters to half-width and every kind of space to a plain one.
///
/// Zero-width characters and the byte order mark are dropped; control characters become spaces.
/// `（` becomes `(`, `；` becomes `;`, `Ａ` becomes `A`, a no-break space becomes a space; `、`, `。` and `〔` stay.
pub fn fold_width(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).map(fold_char).collect()
}

/// The form in which a heading is compared: widths folded, ASCII in lower case, spaces, brackets and the marks `*`, 必填 and 选填 dropped.
pub fn fold_heading(heading: &str) -> String {
    let mut folded: String = fold_width(heading)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '*' && !is_bracket(*c))
        .flat_map(char::to_lowercase)
        .collect();
    // 申请号（必填）: whether a cell must be filled is no part of its name.
    for mark in ["必填", "选填"] {
        if folded.len() > mark.len() && folded.ends_with(mark) {
            folded.truncate(folded.len() - mark.len());
        }
    }
    folded
}

/// The form in which the names of enterprises and persons are compared.
///
/// Widths are folded, spaces dropped, every bracket is `(` or `)`, every middle dot is `·`, ASCII is in upper case.
/// `?` and `;` at either end are dropped: they are what an export makes of a no-break space and of a list of one.
/// Brackets are unified but kept, for 江苏(中国)公司 and 江苏中国公司 may be two enterprises.
pub fn fold_name(name: &str) -> String {
    let folded: String = fold_width(name)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '[' | '{' | '【' | '〔' | '〖' | '「' | '『' | '<' | '《' | '〈' => '(',
            ']' | '}' | '】' | '〕' | '〗' | '」' | '』' | '>' | '》' | '〉' => ')',
            '•' | '・' | '‧' | '∙' | '●' | '･' | '⋅' => '·',
            c => c.to_ascii_uppercase(),
        })
        .collect();
    folded.trim_matches(['?', ';', ',']).to_owned()
}

/// The form in which a number or code is read: widths folded, all spaces dropped, upper case, no `?` before it and no separator after it.
///
/// ```
/// assert_eq!(terms::text::fold_code("?? ＺＬ 2013.x； "), "ZL2013.X");
/// ```
pub fn fold_code(code: &str) -> String {
    let folded: String = fold_width(code)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '。' | '．' | '｡' => '.',
            '－' | '‐' | '‑' | '–' | '—' | '−' => '-',
            c => c.to_ascii_uppercase(),
        })
        .collect();
    folded.trim_start_matches(['?', '\'', '`', ';']).trim_end_matches([';', ',', '|', '、']).to_owned()
}

fn fold_char(c: char) -> char {
    match c {
        // The full-width block repeats ASCII from `!` to `~` at a fixed distance.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).expect("the block maps onto ASCII"),
        c if c.is_whitespace() || c.is_control() => ' ',
        '\u{3164}' | '\u{2800}' => ' ',
        c => c,
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}')
}

fn is_bracket(c: char) -> bool {
    "()[]{}<>【】〔〕〖〗「」『』《》〈〉".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn widths_and_spaces_fold() {
        assert_eq!(fold_width("ＣＮ２０１（Ａ）；\u{3000}x\u{A0}y"), "CN201(A); x y");
        assert_eq!(fold_width("\u{FEFF}申请\u{200B}号"), "申请号");
        assert_eq!(fold_width("、。〔2021〕"), "、。〔2021〕");
    }

    #[test]
    fn headings_are_compared_without_spaces_brackets_and_marks() {
        for heading in ["登记金额（万元）", " 登记金额 (万元) ", "登记金额【万元】*", "登记\n金额万元"]
        {
            assert_eq!(fold_heading(heading), "登记金额万元", "{heading}");
        }
        assert_eq!(fold_heading("IPC 分类号"), "ipc分类号");
        assert_eq!(
            [fold_heading("申请号（必填）"), fold_heading("地址(选填)"), fold_heading("必填")],
            ["申请号", "地址", "必填"]
        );
    }

    #[test]
    fn names_keep_their_brackets_but_in_one_form() {
        assert_eq!(fold_name("江苏（中国） 有限公司;"), "江苏(中国)有限公司");
        assert_eq!(fold_name("??江苏【中国】有限公司"), "江苏(中国)有限公司");
        assert_ne!(fold_name("江苏(中国)有限公司"), fold_name("江苏中国有限公司"));
        assert_eq!(fold_name("A．史密斯"), fold_name("a.史密斯"));
        assert_eq!(fold_name("约翰•史密斯"), fold_name("约翰·史密斯"));
        assert_eq!(fold_name("浙江??公司"), "浙江??公司", "lost characters stay visible");
    }

    #[test]
    fn codes_lose_what_an_export_adds() {
        assert_eq!(fold_code("\u{A0}h04w8/26；"), "H04W8/26");
        assert_eq!(fold_code("??H04W84/12;"), "H04W84/12");
        assert_eq!(fold_code("'201310699744．2"), "201310699744.2");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            for fold in [fold_width as fn(&str) -> String, fold_heading, fold_name] {
                let once = fold(&text);
                prop_assert_eq!(&fold(&once), &once);
            }
        }
    }
}
