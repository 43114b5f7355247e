//! Formats of lines: the Green Book and BRS text of the United States, and the detail dump of CNIPA's search system.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    ops::ControlFlow,
    path::Path,
};

use jiff::civil::Date;

use super::{Doubts, Outcome, Sink, columns, doubt, split, st36, tables};
use crate::{
    classification,
    document::{Citation, Document, Party, Priority, Scheme, Text},
    error::Error,
    number,
};

/// Lines with their ends, each within a limit; a longer one is cut there.
struct Lines<R> {
    reader: BufReader<R>,
    limit: usize,
    line: Vec<u8>,
    taken: u64,
}

impl<R: Read> Lines<R> {
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let read = self.reader.by_ref().take(self.limit as u64).read_until(b'\n', &mut self.line)?;
        self.taken += read as u64;
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok((read > 0).then_some(line))
    }
}

fn lines(path: &Path, sink: &Sink<'_>) -> Result<Lines<File>, Error> {
    let file = File::open(path).map_err(Error::io(&sink.file, "打开文件"))?;
    Ok(Lines { reader: BufReader::new(file), limit: sink.limits.document_bytes, line: Vec::new(), taken: 0 })
}

/// Reads documents that begin with a line of their own.
fn read_blocks(
    path: &Path,
    sink: &mut Sink<'_>,
    format: &str,
    begins: fn(&[u8]) -> bool,
    parse: fn(&str, &mut Doubts) -> Result<Document, String>,
) -> Result<Outcome, Error> {
    let mut lines = lines(path, sink)?;
    let limit = sink.limits.document_bytes;
    let start = sink.bytes;
    let mut block: Vec<u8> = Vec::new();
    let mut is_in_block = false;
    loop {
        let line = lines.next().map_err(Error::io(&sink.file, "读取文件"))?.map(<[u8]>::to_vec);
        let is_end = line.as_deref().is_none_or(begins);
        if is_end && is_in_block {
            sink.bytes = start + lines.taken;
            let flow = offer_block(sink, format, &block, limit, parse);
            if flow.is_break() {
                return Ok(Outcome::Documents);
            }
        }
        let Some(line) = line else { break };
        if is_end {
            block.clear();
            is_in_block = true;
        } else if block.len() <= limit {
            block.extend_from_slice(&line);
            block.push(b'\n');
        }
    }
    Ok(Outcome::Documents)
}

fn offer_block(
    sink: &mut Sink<'_>,
    format: &str,
    block: &[u8],
    limit: usize,
    parse: fn(&str, &mut Doubts) -> Result<Document, String>,
) -> ControlFlow<()> {
    sink.offer(
        format,
        |n| format!("第 {} 篇", n + 1),
        |doubts| {
            if block.len() > limit {
                return Err(format!("一篇文献超过上限 {} MB", limit >> 20));
            }
            // The Green Book is ASCII with a few Latin letters.
            let text = std::str::from_utf8(block).map_or_else(
                |_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(block).0.into_owned(),
                str::to_owned,
            );
            parse(&text, doubts)
        },
        || split::excerpt(block),
    )
}

/// Grants of the United States, 1976 to 2001: lines of a four-letter tag and a value, grouped by lines that are a tag.
pub(crate) fn read_green_book(path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    read_blocks(path, sink, "us-green-book", |line| line.trim_ascii_end() == b"PATN", green_book)
}

/// The text of the American examiners' search system.
pub(crate) fn read_brs(path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    read_blocks(path, sink, "us-brs", |line| line.starts_with(b"*** BRS DOCUMENT BOUNDARY"), brs)
}

/// Fields with their continuation lines joined: group, tag, value.
fn fields(text: &str, first_group: &str) -> Vec<(String, String, String)> {
    let mut group = first_group.to_owned();
    let mut fields: Vec<(String, String, String)> = Vec::new();
    for line in text.lines() {
        let (tag, value) = match line.split_once(' ') {
            Some((tag, value)) => (tag, value.trim()),
            None => (line, ""),
        };
        if tag.is_empty() {
            if let Some((.., last)) = fields.last_mut() {
                last.push(' ');
                last.push_str(value);
            }
        } else if value.is_empty() && tag.len() <= 4 {
            group = tag.to_owned();
            fields.push((group.clone(), String::new(), String::new()));
        } else {
            // The value keeps its columns: classifications need them.
            let value = line.get(tag.len() + 1..).unwrap_or_default();
            let value = value.strip_prefix(' ').unwrap_or(value).trim_end();
            fields.push((group.clone(), tag.to_owned(), value.to_owned()));
        }
    }
    fields
}

fn green_book(text: &str, doubts: &mut Doubts) -> Result<Document, String> {
    let fields = fields(text, "PATN");
    let first = |group: &str, tag: &str| {
        fields.iter().find(|(g, t, _)| g == group && t == tag).map_or("", |(.., value)| value.as_str().trim())
    };
    let mut document = Document { office: "US".to_owned(), ..Document::default() };
    let (serial, kind) = green_book_number(first("PATN", "WKU"))?;
    let id = number::publication_of("US", &serial, kind).map_err(|error| error.to_string())?;
    document.publications.push(st36::publication(id, st36::date(first("PATN", "ISD"))));
    document.filed_on = st36::date(first("PATN", "APD"));
    // The last digit checks the number; the series stands apart.
    let (series, written) = (first("PATN", "SRC"), first("PATN", "APN"));
    match written.get(..6).filter(|serial| serial.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(serial) if !series.is_empty() => document.application_number = format!("US{series:0>2}{serial}"),
        _ => doubt(doubts, "申请号缺少系列代码，未采用"),
    }
    document.titles.push(Text { language: "en".into(), text: tables::folded(first("PATN", "TTL")) });
    let mut party = Party::default();
    let mut citation: (String, String) = Default::default();
    let mut priority: (String, Option<Date>, String) = Default::default();
    let mut edition = String::new();
    let mut texts: [(&str, String); 3] = [("ABST", String::new()), ("DESC", String::new()), ("CLMS", String::new())];
    let mut previous = "PATN";
    let end = (String::new(), String::new(), String::new());
    for (group, tag, value) in fields.iter().chain([&end]) {
        if tag.is_empty() {
            match previous {
                "INVT" => document.inventors.extend(take_party(&mut party)),
                "ASSG" => document.owners.extend(take_party(&mut party)),
                "LREP" => document.agents.extend(take_party(&mut party)),
                "UREF" | "FREF" => document.citations.extend(green_book_citation(&mut citation)),
                "PRIR" => document.priorities.extend(green_book_priority(&mut priority)),
                _ => {}
            }
            previous = group;
            continue;
        }
        let value = value.as_str();
        match (group.as_str(), tag.as_str()) {
            ("INVT" | "ASSG", "NAM") => party.name = value.replace("; ", ", "),
            ("LREP", "FRM" | "FR2") if party.name.is_empty() => party.name = value.replace("; ", ", "),
            ("INVT" | "ASSG", "CTY" | "STA") => {
                party.address = st36::join([party.address.clone(), value.into()].into_iter())
            }
            ("INVT" | "ASSG", "CNT") => party.country = st36::office(value.get(..2).unwrap_or_default()),
            ("UREF" | "FREF", "PNO") => citation.0 = value.to_owned(),
            ("FREF", "CNT") => citation.1 = value.get(..2).unwrap_or_default().to_owned(),
            ("PRIR", "CNT") => priority.0 = value.get(..2).unwrap_or_default().to_owned(),
            ("PRIR", "APD") => priority.1 = st36::date(value),
            ("PRIR", "APN") => priority.2 = value.to_owned(),
            ("CLAS", "EDF") => edition = value.trim().to_owned(),
            ("CLAS", "OCL" | "XCL") => document.classifications.extend(classification::united_states(value)),
            ("CLAS", "ICL") => {
                let mut found = classification::symbol(Scheme::Ipc, value);
                found.iter_mut().for_each(|found| found.edition.clone_from(&edition));
                document.classifications.extend(found);
            }
            ("PCTA", "PCN") => document.pct_number = number::application("", value, "", None).unwrap_or_default(),
            ("OREF", _) => {
                document.citations.extend(st36::citation(String::new(), tables::folded(value), String::new(), ""))
            }
            ("ABST", _) => paragraph(&mut texts[0].1, value),
            ("BSUM" | "DETD" | "DRWD" | "GOVT" | "PARN", _) => paragraph(&mut texts[1].1, value),
            ("CLMS" | "DCLM", "STM") => {}
            ("CLMS" | "DCLM", "NUM") => document.claims.extend(take_text(&mut texts[2].1)),
            ("CLMS" | "DCLM", _) => paragraph(&mut texts[2].1, value),
            _ => {}
        }
    }
    document.claims.extend(take_text(&mut texts[2].1));
    document.abstracts.extend(take_text(&mut texts[0].1));
    document.descriptions.extend(take_text(&mut texts[1].1));
    Ok(document)
}

/// `043479030`: nine columns, of which the last checks the others; a letter first says design, plant or reissue.
fn green_book_number(written: &str) -> Result<(String, &'static str), String> {
    let written = written.trim();
    let serial = if written.len() == 9 { &written[..8] } else { written };
    let letters = serial.bytes().take_while(u8::is_ascii_uppercase).count();
    let kind = match &serial[..letters] {
        "D" => "S",
        "PP" => "P",
        "RE" => "E",
        "" => "A",
        _ => "",
    };
    let has_digits = serial[letters..].bytes().any(|byte| byte.is_ascii_digit());
    if has_digits { Ok((serial.to_owned(), kind)) } else { Err("缺少专利号 WKU".to_owned()) }
}

fn take_party(party: &mut Party) -> Option<Party> {
    let party = std::mem::take(party);
    (!party.name.is_empty()).then_some(party)
}

fn green_book_citation(citation: &mut (String, String)) -> Option<Citation> {
    let (number, country) = std::mem::take(citation);
    let office = if country.len() == 2 { country } else { "US".to_owned() };
    let cited = number::publication_of(&office, &number, "").map_or(number, |id| id.to_string());
    st36::citation(cited, String::new(), String::new(), "")
}

fn green_book_priority(priority: &mut (String, Option<Date>, String)) -> Option<Priority> {
    let (office, filed_on, written) = std::mem::take(priority);
    let number = number::application(&office, &written, "", filed_on).ok()?;
    Some(Priority { office, number, filed_on })
}

fn paragraph(text: &mut String, value: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&tables::folded(value));
}

fn take_text(text: &mut String) -> Option<Text> {
    let text = std::mem::take(text);
    (!text.is_empty()).then(|| Text { language: "en".into(), text })
}

fn brs(text: &str, _: &mut Doubts) -> Result<Document, String> {
    let fields = fields(text, "");
    let all = |tag: &'static str| fields.iter().filter(move |(_, t, _)| t == tag).map(|(.., value)| value.as_str());
    let first = |tag: &'static str| all(tag).next().unwrap_or_default().trim();
    let mut document = Document { office: "US".to_owned(), ..Document::default() };
    let id = number::publication(first("DID")).map_err(|error| error.to_string())?;
    let published_on = st36::date(first("GISD")).or_else(|| st36::date(first("PBD")));
    document.publications.push(st36::publication(id, published_on));
    document.application_number = number::application("US", first("APP"), "", None).unwrap_or_default();
    document.filed_on = st36::date(first("AFD"));
    document.titles.push(Text { language: "en".into(), text: tables::folded(first("TTL")) });
    for symbol in all("IPCP").chain(all("IPCS")) {
        let mut words = symbol.split_whitespace();
        let found = words.next().and_then(|word| classification::symbol(Scheme::Ipc, word));
        let edition = words.next().map(classification::version).unwrap_or_default();
        document.classifications.extend(found.map(|found| crate::Classification { edition, ..found }));
    }
    for symbol in all("CPOI").chain(all("CPOA")) {
        let mut words = symbol.split_whitespace();
        let found = words.next().and_then(|word| classification::symbol(Scheme::Cpc, word));
        let edition = words.next().map(classification::version).unwrap_or_default();
        document.classifications.extend(found.map(|found| crate::Classification { edition, ..found }));
    }
    let cited = all("URPN").filter_map(|number| number::publication_of("US", number, "").ok());
    document.citations.extend(cited.filter_map(|id| st36::citation(id.to_string(), String::new(), String::new(), "")));
    let named = |tag: &'static str| -> Vec<Party> {
        all(tag)
            .map(|name| Party { name: tables::folded(name).replace("; ", ", "), ..Party::default() })
            .filter(|p| !p.name.is_empty())
            .collect()
    };
    document.inventors = named("INNM");
    document.applicants = named("AANM");
    document.owners = named("ASNM");
    let text = |tag: &'static str| tables::folded(&all(tag).collect::<Vec<_>>().join(" "));
    for (into, tag) in
        [(&mut document.abstracts, "ABPR"), (&mut document.descriptions, "DEPR"), (&mut document.claims, "CLPR")]
    {
        let text = text(tag);
        into.extend((!text.is_empty()).then(|| Text { language: "en".into(), text }));
    }
    Ok(document)
}

/// CNIPA's search system in detail: a line of names and a line of values, both divided by colons.
pub(crate) fn read_pss_detail(path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    let mut lines = lines(path, sink)?;
    sink.note_encoding("UTF-8");
    let start = sink.bytes;
    let mut names: Option<(Vec<u8>, u64)> = None;
    let mut number = 0;
    loop {
        let line = lines.next().map_err(Error::io(&sink.file, "读取文件"))?.map(<[u8]>::to_vec);
        number += 1;
        let is_heading = |line: &[u8]| memchr::memmem::find(line, "nrdAnHidden".as_bytes()).is_some();
        let (heading, values) = match (names.take(), line) {
            (None, None) => break,
            (None, Some(line)) if line.trim_ascii().is_empty() => continue,
            (None, Some(line)) => {
                names = Some((line, number));
                continue;
            }
            (Some(heading), Some(line)) if !is_heading(&line) => (heading, Some(line)),
            // A heading without its values, at the end or before the next.
            (Some(heading), other) => {
                names = other.map(|line| (line, number));
                (heading, None)
            }
        };
        sink.bytes = start + lines.taken;
        let flow = sink.offer(
            "pss-detail",
            |_| format!("第 {} 行", heading.1),
            |doubts| {
                let values = values.as_deref().ok_or("有表头行而没有数据行")?;
                pss_detail(&heading.0, values, doubts)
            },
            || split::excerpt(values.as_deref().unwrap_or(&heading.0)),
        );
        if flow.is_break() {
            break;
        }
    }
    Ok(Outcome::Documents)
}

fn pss_detail(names: &[u8], values: &[u8], doubts: &mut Doubts) -> Result<Document, String> {
    let text = |bytes| std::str::from_utf8(bytes).map_err(|_| "不是 UTF-8 编码".to_owned());
    let (names, values) = (text(names)?.trim_start_matches('\u{FEFF}'), text(values)?);
    let names: Vec<&str> = names.split(':').collect();
    let values: Vec<&str> = values.split(':').collect();
    if names.len() != values.len() {
        return Err(format!("表头有 {} 项而数据有 {} 项，无法对应", names.len(), values.len()));
    }
    let table = &tables::PSS_DETAIL;
    let mut row = columns::Values::default();
    for (name, value) in names.iter().zip(values) {
        if let Some(field) = columns::field(table, &terms::text::fold_heading(name)) {
            row.put(field, columns::value(table, name, value));
        }
    }
    columns::document(table, &row, doubts)
}
