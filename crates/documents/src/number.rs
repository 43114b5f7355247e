//! Canonical forms of publication and application numbers of every office, so that one invention has one name.
//!
//! The rule: the form of the EPO's DOCDB, without separators, with the office's letters before it, except
//!
//! | office | publication | application |
//! | --- | --- | --- |
//! | CN | `CN101945314B` | `CN` and [`ApplicationNumber`]: digits and check character, `CN2010102984204` |
//! | US | applications with four-digit year and seven-digit serial, `US20190198156A1`; grants without zeros before them, `US8930553B2`, `USD435854S1` | series code and serial, `US13648029`, without the year that DOCDB puts before them; where DOCDB gives no series, `US20100942680` |
//! | WO | four-digit year and six-digit serial, `WO1980000272A1` | [`PctNumber`]: `PCT/GB2004/003782`, also from DOCDB's kind `W` |
//! | EP | seven digits, `EP0123456A1` | eight digits without the check digit, `EP17171508` |
//! | JP | `JP2005533465A`; with the emperor's year `JPH0523456A` | `JP1993123456`: the emperor's year is turned into ours; a utility model has a `U` after it |
//! | KR | without the `10` of patents before a year, `KR20230074640A` | year and seven digits; a utility model has a `U` after them |
//! | GB, FR | as DOCDB | year and serial as the office prints them, `GB0320567` |
//! | DE | as DOCDB | without the check digit after the dot |
//!
//! Anything else keeps its letters and digits. Nothing is guessed: what a number does not say is not put into it,
//! and digits that a spreadsheet has lost are an error.

use std::fmt;

use jiff::civil::Date;
use terms::{ApplicationNumber, Error, PctNumber, PublicationNumber, text};

/// Longer than any number of any office.
const LENGTH_MAX: usize = 40;

/// Offices that give publication and grant of one application the same serial.
const SHARED_SERIAL: [&str; 12] = ["CN", "EP", "WO", "US", "DE", "GB", "FR", "EA", "RU", "DK", "NO", "FI"];

/// The number of one publication (公开公告号) in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationId {
    /// The office, a code of WIPO ST.3.
    pub office: String,
    /// The number between office and kind code.
    pub serial: String,
    /// The kind code; empty where the source gives none.
    pub kind_code: String,
}

impl PublicationId {
    /// What publications of the same application share: office and serial, and the letter of the kind code
    /// at offices that number applications and grants apart, where equal serials mean nothing.
    pub fn identity(&self) -> String {
        if SHARED_SERIAL.contains(&self.office.as_str()) {
            return format!("{}{}", self.office, self.serial);
        }
        format!("{}{}{}", self.office, self.serial, self.kind_code.get(..1).unwrap_or_default())
    }

    /// Whether it announces a grant; none where office or kind code does not tell.
    pub fn is_grant(&self) -> Option<bool> {
        self.to_string().parse::<PublicationNumber>().ok()?.is_grant()
    }
}

impl fmt::Display for PublicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.office, self.serial, self.kind_code)
    }
}

/// Reads a publication number written in one piece: `CN-109417194-B`, `US 2013/0101709 A1`, `EP 1 000 000 A1`.
pub fn publication(written: &str) -> Result<PublicationId, Error> {
    let folded = sound(written)?;
    let letters = folded.bytes().take_while(u8::is_ascii_uppercase).count();
    if letters < 2 {
        return Err(malformed(written, "应以两位受理局代码开头，如 CN101945314B"));
    }
    let (office, rest) = folded.split_at(2);
    // The kind code is one letter, or one letter and one digit, behind the serial.
    let bytes = rest.as_bytes();
    let kind_from = match bytes {
        [.., letter, digit] if letter.is_ascii_uppercase() && digit.is_ascii_digit() => bytes.len() - 2,
        [.., letter] if letter.is_ascii_uppercase() => bytes.len() - 1,
        _ => bytes.len(),
    };
    let serial = rest[..kind_from].trim_matches(['-', '/', '.', ':', ',']);
    if !serial.bytes().any(|byte| byte.is_ascii_digit()) {
        // The letter belonged to the serial: `USD435854`, `JPH0235`.
        return publication_of(office, rest, "");
    }
    publication_of(office, serial, &rest[kind_from..])
}

/// Puts together a publication number whose parts the source gives apart.
pub fn publication_of(office: &str, serial: &str, kind_code: &str) -> Result<PublicationId, Error> {
    let office = office_code(office)?;
    let folded = sound(serial)?;
    let kind_code: String = text::fold_code(kind_code);
    if kind_code.len() > 2 || !kind_code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(malformed(&kind_code, "文献种类代码应为一个字母加至多一位数字，如 A、B2"));
    }
    let serial = match office.as_str() {
        "US" => american_publication(&bare(&folded), &kind_code),
        "WO" => international_publication(&bare(&folded)),
        "EP" => padded(&bare(&folded), 7),
        "JP" => japanese_publication(&folded),
        "KR" => korean(&bare(&folded)),
        _ => bare(&folded),
    };
    if serial.is_empty() || !serial.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(malformed(serial.as_str(), "其中没有数字"));
    }
    Ok(PublicationId { office, serial, kind_code })
}

/// An application number in canonical form, from the parts that a source gives apart.
///
/// `office` may be empty when the number begins with it; the filing date settles forms that carry no century.
pub fn application(office: &str, number: &str, kind: &str, filed_on: Option<Date>) -> Result<String, Error> {
    let folded = sound(number)?;
    if folded.starts_with("PCT") {
        return international(&folded, number);
    }
    let has_office = folded.bytes().take_while(u8::is_ascii_uppercase).count() >= 2
        && (office.is_empty() || folded.starts_with(office));
    let (office, rest) = if has_office { folded.split_at(2) } else { (office, folded.as_str()) };
    let office = office_code(office)?;
    let rest = rest.trim_start_matches([':', '-', '.']);
    if (kind == "W" || office == "WO")
        && let Some(number) = international_of(&office, &bare(rest))
    {
        return Ok(number);
    }
    let serial = match office.as_str() {
        "CN" => return chinese_application(rest, number),
        "US" => american_application(rest, kind, filed_on),
        "EP" => european_application(rest),
        "JP" => model(japanese_application(rest, filed_on), kind),
        "KR" => korean_application(&bare(rest), kind),
        "GB" | "FR" => short_year(&bare(rest)),
        "DE" => bare(rest.split('.').next().unwrap_or_default()),
        _ => bare(rest),
    };
    if serial.is_empty() {
        return Err(malformed(number, "其中没有号码"));
    }
    Ok(format!("{office}{serial}"))
}

/// Folds widths and spaces; refuses the empty, the endless and the damaged.
fn sound(written: &str) -> Result<String, Error> {
    if written.len() > LENGTH_MAX * 3 {
        return Err(malformed(&written.chars().take(20).collect::<String>(), "长得不可能是号码"));
    }
    let is_plain =
        written.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || matches!(b, b'-' | b'.' | b'/'))
            && !written.is_empty();
    let folded = if is_plain { written.to_owned() } else { text::fold_code(written) };
    if folded.is_empty() {
        return Err(Error::new("号码为空"));
    }
    if folded.len() > LENGTH_MAX {
        return Err(malformed(&folded.chars().take(20).collect::<String>(), "长得不可能是号码"));
    }
    if !folded.is_ascii() {
        return Err(malformed(written, "其中有字母、数字以外的文字"));
    }
    if is_scientific(&folded) {
        return Err(malformed(written, "被表格软件改成了科学计数，末尾数字已丢失，请从原始文件重新导出"));
    }
    Ok(folded)
}

/// `2.0121E+12`: a spreadsheet has lost the digits.
fn is_scientific(folded: &str) -> bool {
    folded.split_once("E+").is_some_and(|(mantissa, exponent)| {
        !mantissa.is_empty()
            && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && exponent.bytes().all(|b| b.is_ascii_digit())
    })
}

fn malformed(written: &str, why: &str) -> Error {
    Error::new(format!("号码“{written}”不对：{why}"))
}

fn office_code(code: &str) -> Result<String, Error> {
    let code = text::fold_code(code);
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { Ok(code) } else { Err(malformed(&code, "受理局代码应为两位字母，如 CN")) }
}

/// The letters and digits alone.
fn bare(folded: &str) -> String {
    folded.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_year(text: &str) -> bool {
    is_digits(text) && text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))
}

fn padded(serial: &str, length: usize) -> String {
    if is_digits(serial) && serial.len() < length { format!("{serial:0>length$}") } else { serial.to_owned() }
}

/// `20190198156` with seven digits of serial, of which DOCDB prints six; grants without zeros.
fn american_publication(serial: &str, kind_code: &str) -> String {
    let is_application = serial.len() == 10 && is_year(&serial[..4]) && !kind_code.starts_with(['B', 'E', 'S']);
    if is_digits(serial) && is_application {
        return format!("{}0{}", &serial[..4], &serial[4..]);
    }
    let letters = serial.bytes().take_while(u8::is_ascii_uppercase).count();
    let (prefix, digits) = serial.split_at(letters);
    let digits = if is_digits(digits) { digits.trim_start_matches('0') } else { digits };
    format!("{prefix}{digits}")
}

/// Two or four digits of year and five or six of serial become four and six.
fn international_publication(serial: &str) -> String {
    if !is_digits(serial) {
        return serial.to_owned();
    }
    match serial.len() {
        7 | 8 => {
            let century = if serial.as_bytes()[0] >= b'7' { "19" } else { "20" };
            format!("{century}{}{:0>6}", &serial[..2], &serial[2..])
        }
        9 if is_year(&serial[..4]) => format!("{}0{}", &serial[..4], &serial[4..]),
        _ => serial.to_owned(),
    }
}

/// The letter of the era and the year stay; zeros between year and serial go. `H05-023456` is `H0523456`.
fn japanese_publication(folded: &str) -> String {
    let bare = bare(folded);
    let (era, rest) = bare.split_at(bare.bytes().take_while(u8::is_ascii_uppercase).count());
    if matches!(era, "S" | "H" | "T" | "R") && is_digits(rest) && rest.len() > 2 {
        return format!("{era}{}{}", &rest[..2], rest[2..].trim_start_matches('0'));
    }
    match folded.split_once('-') {
        Some((year, serial)) if is_year(year) && is_digits(serial) => format!("{year}{serial:0>6}"),
        _ => bare,
    }
}

/// A thirteen-digit number has the kind of right before the year.
fn korean(serial: &str) -> String {
    let has_right = serial.len() == 13 && is_digits(serial) && is_year(&serial[2..6]);
    if has_right { serial[2..].to_owned() } else { serial.to_owned() }
}

fn korean_application(serial: &str, kind: &str) -> String {
    let is_model = serial.len() == 13 && serial.starts_with("20");
    model(korean(serial), if is_model { "U" } else { kind })
}

/// Japan and Korea number utility models apart from inventions, with equal numbers.
fn model(serial: String, kind: &str) -> String {
    if kind.starts_with('U') && !serial.ends_with('U') { format!("{serial}U") } else { serial }
}

/// An international application from its text.
fn international(folded: &str, written: &str) -> Result<String, Error> {
    if let Ok(number) = folded.parse::<PctNumber>() {
        return Ok(number.to_string());
    }
    let rest: String = bare(folded.trim_start_matches("PCT"));
    let number = rest.get(..2).and_then(|office| international_of(office, &rest[2..]));
    number.ok_or_else(|| malformed(written, "国际申请号应形如 PCT/CN2019/123456"))
}

/// `2004003782` or `9800107` of a receiving office; `2005US12345` where the office is WO.
fn international_of(office: &str, digits: &str) -> Option<String> {
    let (office, digits) = match (office, digits.get(4..6)) {
        ("WO", Some(code)) if code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            (code, format!("{}{}", &digits[..4], &digits[6..]))
        }
        _ => (office, digits.to_owned()),
    };
    if !is_digits(&digits) {
        return None;
    }
    let (year, serial) = match digits.len() {
        9 | 10 if is_year(&digits[..4]) => digits.split_at(4),
        7 => digits.split_at(2),
        _ => return None,
    };
    let (number, year): (u32, u16) = (serial.parse().ok()?, year.parse().ok()?);
    let written = match year {
        2004.. => format!("PCT/{office}{year}/{number:06}"),
        1978..=2003 => format!("PCT/{office}{:02}/{number:05}", year % 100),
        ..=99 => format!("PCT/{office}{year:02}/{number:05}"),
        _ => return None,
    };
    written.parse::<PctNumber>().ok().map(|number| number.to_string())
}

/// Also the fifteen digits of the office's own "standard" form: right, year, serial: `102010000298420`.
fn chinese_application(rest: &str, written: &str) -> Result<String, Error> {
    let rest = rest.split(':').next().unwrap_or_default();
    let digits = bare(rest);
    if digits.len() == 15 && is_digits(&digits) && digits.starts_with("10") && is_year(&digits[2..6]) {
        return Err(malformed(written, "只有标准化号码，看不出原申请号"));
    }
    let number: ApplicationNumber = rest.parse()?;
    Ok(format!("CN{number}"))
}

/// Series code and serial; DOCDB's year goes, for the other sources do not give it.
///
/// Where DOCDB has the serial with two digits of year behind it and no series code, as `94268010 A` of 2010, the form
/// is the EPO's other one for the same number, `20100942680`: which series it was of is not said.
fn american_application(rest: &str, kind: &str, filed_on: Option<Date>) -> String {
    if let Some((series, serial)) = rest.split_once('/') {
        let serial = bare(serial);
        if is_digits(series) && series.len() <= 2 && is_digits(&serial) && serial.len() <= 6 {
            return format!("{series:0>2}{serial:0>6}");
        }
    }
    let serial = bare(rest);
    if !is_digits(&serial) {
        return serial;
    }
    if serial.len() == 12 && is_year(&serial[..4]) && &serial[..4] >= "2000" {
        return serial[4..].to_owned();
    }
    match filed_on.map(|day| day.year()) {
        Some(year) if !kind.is_empty() && (3..=8).contains(&serial.len()) => {
            match serial.strip_suffix(&format!("{:02}", year % 100)) {
                Some(number) => format!("{year}0{number:0>6}"),
                None => serial,
            }
        }
        _ => serial,
    }
}

/// `17171508.9` and the EPO's `20170171508` are `17171508`.
fn european_application(rest: &str) -> String {
    let serial = bare(rest.split('.').next().unwrap_or_default());
    let has_century = serial.len() == 11 && is_digits(&serial) && is_year(&serial[..4]) && serial.as_bytes()[4] == b'0';
    if has_century { format!("{}{}", &serial[2..4], &serial[5..]) } else { serial }
}

/// `2005-123456`, `H05-123456` and, when the filing year is known, DOCDB's `12345693`.
fn japanese_application(rest: &str, filed_on: Option<Date>) -> String {
    let serial = bare(rest);
    let (era, digits) = serial.split_at(serial.bytes().take_while(u8::is_ascii_uppercase).count());
    let first_year = match era {
        "S" => 1925,
        "H" => 1988,
        "R" => 2018,
        _ => 0,
    };
    if first_year > 0 && is_digits(digits) && (3..=8).contains(&digits.len()) {
        let year: u16 = digits[..2].parse().unwrap_or_default();
        return format!("{}{:0>6}", first_year + year, &digits[2..]);
    }
    if let Some((year, serial)) = rest.split_once('-')
        && is_year(year)
        && is_digits(serial)
    {
        return format!("{year}{serial:0>6}");
    }
    let year = filed_on.map(|day| day.year());
    // `53-84696` of 1978: the era is the one the filing date lies in.
    if let (Some(year), Some((short, serial))) = (year, rest.split_once(['-', '/'])) {
        let first_year = match year {
            ..1989 => 1925,
            1989..2019 => 1988,
            _ => 2018,
        };
        let is_era = short.parse() == Ok(year - first_year) && is_digits(serial) && serial.len() <= 6;
        if is_era {
            return format!("{year}{serial:0>6}");
        }
    }
    match year.filter(|year| *year < 2000) {
        Some(year) if serial.len() == 8 && is_digits(&serial) && serial[6..] == format!("{:02}", year % 100) => {
            format!("{year}{}", &serial[..6])
        }
        _ => serial,
    }
}

/// The EPO's `20030020567` is `0320567`.
fn short_year(serial: &str) -> String {
    let has_century = serial.len() == 11 && is_digits(serial) && is_year(&serial[..4]) && &serial[4..6] == "00";
    if has_century { format!("{}{}", &serial[2..4], &serial[6..]) } else { serial.to_owned() }
}

#[cfg(test)]
mod tests;
