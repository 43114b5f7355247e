//! Periods of delivery: a year, half, quarter, month, day or a range of days, kept as `from/to`.

use jiff::civil::{Date, date};
use terms::text;

use crate::cells::short;

pub(super) fn read(written: &str) -> Result<String, String> {
    let folded = text::fold_code(written);
    let days = range(&folded).or_else(|| whole(&folded));
    match days {
        Some((first, last)) if first <= last => Ok(format!("{first}/{last}")),
        Some(_) => Err(format!("期间“{}”的起日晚于止日。请核对。", short(written))),
        None => Err(format!(
            "期间“{}”无法识别。请填 2023、2023年第4季度、2023年12月或 2023-01-01/2023-12-31。",
            short(written)
        )),
    }
}

fn range(folded: &str) -> Option<(Date, Date)> {
    let (first, last) = folded.split_once('至').or_else(|| folded.split_once('~')).or_else(|| {
        // A stroke also stands inside a date, so only the middle one of an odd number can part two of them.
        let strokes: Vec<usize> = folded.match_indices('/').map(|(at, _)| at).collect();
        (strokes.len() % 2 == 1)
            .then(|| (&folded[..strokes[strokes.len() / 2]], &folded[strokes[strokes.len() / 2] + 1..]))
    })?;
    Some((whole(first)?.0, whole(last)?.1))
}

/// A period written in one piece, as its first and last day.
fn whole(folded: &str) -> Option<(Date, Date)> {
    if let Ok(day) = terms::dates::parse_date(folded) {
        return Some((day, day));
    }
    let (year, rest) = folded.split_at_checked(4)?;
    let year: i16 = year.parse().ok().filter(|year| (1900..=2199).contains(year))?;
    let rest = rest.trim_start_matches("年度").trim_start_matches('年').trim_start_matches(['-', '.', '/']);
    let (from, months) = match rest {
        "" | "全年" => (1, 12),
        "上半年" | "H1" => (1, 6),
        "下半年" | "H2" => (7, 6),
        rest => match quarter(rest) {
            Some(quarter) => (quarter * 3 - 2, 3),
            None => (rest.trim_end_matches('月').parse().ok().filter(|month| (1..=12).contains(month))?, 1),
        },
    };
    let last = Date::new(year, from + months - 1, 1).ok()?.last_of_month();
    Some((date(year, from, 1), last))
}

fn quarter(rest: &str) -> Option<i8> {
    let bare = rest.trim_start_matches('第').trim_end_matches('度').trim_end_matches('季');
    let bare = bare.strip_prefix('Q').unwrap_or(bare);
    if bare == rest {
        return None;
    }
    match bare {
        "1" | "一" => Some(1),
        "2" | "二" => Some(2),
        "3" | "三" => Some(3),
        "4" | "四" => Some(4),
        _ => None,
    }
}
