//! Files made for the purpose: every kind of damage ends in a reason and a place, and costs no other document.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use std::{
    fs,
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use documents::{Document, Error, Item, LegalState, Limits, Scheme, Summary, read};

/// A file in a folder of its own.
struct Laid {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn lay(name: &str, content: impl AsRef<[u8]>) -> Laid {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    Laid { _folder: folder, path }
}

type Outcome = (Summary, Vec<Document>, Vec<(String, String)>);

fn outcome_within(path: &Path, limits: &Limits) -> Result<Outcome, Error> {
    let (mut documents, mut set_aside) = (Vec::new(), Vec::new());
    let length = fs::metadata(path).unwrap().len();
    let mut taken = 0;
    let summary = read(path, limits, &mut |item| {
        let bytes = match item {
            Item::Document { document, bytes, .. } => {
                documents.push(*document);
                bytes
            }
            Item::SetAside { place, reason, bytes, .. } => {
                set_aside.push((place, reason));
                bytes
            }
        };
        assert!((taken..=length).contains(&bytes), "{taken} {bytes} {length}");
        taken = bytes;
        ControlFlow::Continue(())
    })?;
    assert_eq!(summary.records, documents.len() as u64 + set_aside.len() as u64);
    Ok((summary, documents, set_aside))
}

fn outcome(path: &Path) -> Outcome {
    outcome_within(path, &Limits::default()).unwrap()
}

fn grant(number: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE us-patent-grant SYSTEM "us-patent-grant-v45-2014-04-03.dtd" [ ]>
<us-patent-grant lang="EN" country="US"><us-bibliographic-data-grant>
<publication-reference><document-id><country>US</country><doc-number>0{number}</doc-number><kind>B2</kind><date>20150106</date></document-id></publication-reference>
<application-reference appl-type="utility"><document-id><country>US</country><doc-number>13{number}</doc-number><date>20121009</date></document-id></application-reference>
<invention-title id="t">A <i>widget</i> &amp; its use</invention-title></us-bibliographic-data-grant></us-patent-grant>
"#
    )
}

#[test]
fn concatenated_documents_are_read_one_by_one() {
    let laid = lay("weekly.xml", ["6000001", "6000002", "6000003"].map(grant).concat());
    let (summary, documents, _) = outcome(&laid.path);
    assert_eq!((summary.records, summary.format.as_str(), summary.encoding.as_str()), (3, "us-red-book", "UTF-8"));
    assert_eq!(documents[1].publications[0].number, "US6000002B2");
    assert_eq!(documents[1].titles[0].text, "A widget & its use");
    assert!(documents[1].publications[0].is_grant == Some(true));
}

#[test]
fn a_broken_document_costs_only_itself() {
    let (one, two, three) = (grant("6000001"), grant("6000002"), grant("6000003"));
    let crossed = two.replace("</invention-title>", "</title>");
    let cut = &two[..two.len() / 2];
    for (middle, words) in [(crossed.as_str(), "XML 格式有误"), (cut, "截断")] {
        let laid = lay("weekly.xml", format!("{one}{middle}{three}"));
        let (summary, documents, set_aside) = outcome(&laid.path);
        assert_eq!((summary.records, documents.len()), (3, 2), "{words}");
        assert!(set_aside[0].0.contains("第 2 篇") && set_aside[0].1.contains(words), "{set_aside:?}");
    }
    let laid = lay("weekly.xml", format!("{one}{cut}"));
    let (_, documents, set_aside) = outcome(&laid.path);
    assert_eq!((documents.len(), set_aside.len()), (1, 1));
}

#[test]
fn a_file_cut_inside_its_container_says_so() {
    let document = r#"<exch:exchange-document country="DE" doc-number="1258188" kind="B" date-publ="19680104"><exch:bibliographic-data/></exch:exchange-document>"#;
    let whole = format!(
        r#"<?xml version="1.0"?><exch:exchange-documents xmlns:exch="x">{document}{document}</exch:exchange-documents>"#
    );
    assert_eq!(outcome(&lay("a.xml", &whole).path).0.set_aside, 0);
    let cut = whole.trim_end_matches("</exch:exchange-documents>");
    let (_, documents, set_aside) = outcome(&lay("a.xml", cut).path);
    assert_eq!(documents.len(), 2);
    assert!(set_aside[0].1.contains("缺少结束标记"), "{set_aside:?}");
}

#[test]
fn an_entity_bomb_is_refused_unexpanded_and_the_rest_is_read() {
    let bomb = grant("6000002").replace(
        "[ ]>",
        r#"[<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"#,
    );
    let laid = lay("weekly.xml", format!("{bomb}{}", grant("6000003")));
    let (_, documents, set_aside) = outcome(&laid.path);
    assert_eq!(documents.len(), 1);
    assert!(set_aside[0].1.contains("实体"), "{set_aside:?}");
    // Pictures declared as unparsed entities, as the old American files have them, are harmless.
    let pictures = grant("6000002").replace("[ ]>", r#"[<!ENTITY D0001.TIF SYSTEM "D0001.TIF" NDATA TIF>]>"#);
    assert_eq!(outcome(&lay("a.xml", pictures).path).1.len(), 1);
}

#[test]
fn encodings_are_what_is_declared_or_the_document_is_set_aside() {
    let chinese = grant("6000002").replace("A <i>widget</i>", "一种装置");
    let declared = chinese.replace("UTF-8", "GB2312");
    let (gb, ..) = encoding_rs::GB18030.encode(&declared);
    let (summary, documents, _) = outcome(&lay("a.xml", &gb).path);
    assert_eq!((summary.encoding.as_str(), documents[0].titles[0].text.as_str()), ("gb18030", "一种装置 & its use"));
    // Declared as UTF-8 and written in GB18030.
    let (gb, ..) = encoding_rs::GB18030.encode(&chinese);
    let (_, documents, set_aside) = outcome(&lay("a.xml", &gb).path);
    assert!(documents.is_empty() && set_aside[0].1.contains("不是 UTF-8"), "{set_aside:?}");
    // Declared as GB2312 and written in UTF-8, which nothing else looks like.
    assert_eq!(outcome(&lay("a.xml", &declared).path).1[0].titles[0].text, "一种装置 & its use");
    // UTF-16 with its mark.
    let wide: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain(chinese.replace("UTF-8", "UTF-16").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(outcome(&lay("a.xml", &wide).path).1[0].titles[0].text, "一种装置 & its use");
    let unknown = chinese.replace("UTF-8", "no-such-code").replace("一种", "\u{1}");
    assert_eq!(outcome(&lay("a.xml", unknown).path).2.len(), 1);
}

#[test]
fn absurd_lengths_are_set_aside_in_bounded_time_and_the_next_document_is_read() {
    let limits = Limits { document_bytes: 1 << 20, ..Limits::default() };
    let endless = grant("6000002").replace("A <i>widget</i>", &"x".repeat(5 << 20));
    let laid = lay("weekly.xml", format!("{}{endless}{}", grant("6000001"), grant("6000003")));
    let (_, documents, set_aside) = outcome_within(&laid.path, &limits).unwrap();
    assert_eq!(documents.len(), 2);
    assert!(set_aside[0].1.contains("超过上限 1 MB"), "{set_aside:?}");
    // A title of a hundred thousand characters is no title; nesting without end is no document.
    let long = grant("6000002").replace("A <i>widget</i>", &"x".repeat(100_000));
    assert!(outcome(&lay("a.xml", long).path).2[0].1.contains("名称超过"));
    let deep = grant("6000002").replace("A <i>widget</i>", &"<b>".repeat(200_000));
    let from = Instant::now();
    assert_eq!(outcome(&lay("a.xml", deep).path).2.len(), 1);
    assert!(from.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_file_of_beginnings_alone_is_gone_through_once() {
    let begun = Instant::now();
    let opened = r#"<exchange-document country="CN" doc-number="1" kind="A">"#;
    let whole = r#"<exchange-document country="CN" doc-number="101945314" kind="B"></exchange-document>"#;
    for end in ["", "</exchange-document>"] {
        let laid = lay("a.xml", format!("<exchange-documents>{}{end}{whole}", opened.repeat(30_000)));
        let (summary, documents, set_aside) = outcome(&laid.path);
        assert!(documents.iter().any(|one| one.publications[0].number == "CN101945314B"), "what is sound is read");
        assert!(summary.set_aside >= 29_999 && set_aside[7].1.contains("截断"), "{:?}", set_aside[7]);
    }
    // Answers within answers without end: what stands around a document is no deeper than it can be.
    let deep = format!(
        "{}{}",
        "<world-patent-data>".repeat(40_000),
        "<publication-reference>1</publication-reference>".repeat(40_000)
    );
    let (_, documents, set_aside) = outcome(&lay("a.xml", deep).path);
    assert!(documents.is_empty() && set_aside[0].1.contains("嵌套过深"), "{:?}", set_aside.first());
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn what_is_no_patent_file_is_refused_with_what_it_is() {
    for (name, content, words) in [
        (
            "a.xml",
            "<?xml version=\"1.0\"?><class-scheme scheme-type=\"cpc\"><class-item/></class-scheme>",
            "CPC 分类表",
        ),
        ("a.xml", "<!DOCTYPE html><html><body>登录</body></html>", "网页"),
        ("a.xml", "<recipe><step>1</step></recipe>", "<recipe>"),
        ("a.json", "{\n \"a\": 1\n}", "JSON"),
        ("a.csv", "姓名,电话\n甲,1\n", "没有专利号码列"),
        ("a.pdf", "%PDF-1.7 …", "PDF"),
        ("a.xml", "", "空的"),
    ] {
        let error = outcome_within(&lay(name, content).path, &Limits::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn an_archive_is_read_part_by_part_and_a_bomb_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zipped = |name: &str, parts: &[(&str, Vec<u8>)]| -> PathBuf {
        let path = folder.path().join(name);
        let mut archive = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        for (part, content) in parts {
            archive.start_file(*part, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap();
        path
    };
    let inner = zipped("inner.zip", &[("DOC.xml", grant("6000002").into_bytes())]);
    let parts = [
        ("weekly/a.xml", grant("6000001").into_bytes()),
        ("weekly/a.zip", fs::read(inner).unwrap()),
        ("weekly/list.txt", b"lst".to_vec()),
        ("weekly/rows.csv", "公开（公告）号,标题,申请人,申请号\nCN101945314B,一种耳机,某公司,201010298420.4\n".into()),
    ];
    let (summary, documents, _) = outcome(&zipped("weekly.zip", &parts));
    assert_eq!(summary.records, 3);
    assert_eq!(summary.format, "us-red-book+incopat");
    assert_eq!(documents[1].sources[0].file, "weekly.zip/weekly/a.zip/DOC.xml");
    assert_eq!(summary.passed_over.values().sum::<u64>(), 1);
    let bomb = zipped("bomb.zip", &[("a.xml", vec![b' '; 64 << 20])]);
    let error = outcome_within(&bomb, &Limits::default()).unwrap_err().to_string();
    assert!(error.contains("压缩炸弹"), "{error}");
}

#[test]
fn an_incopat_export_is_read_by_its_headings_alone() {
    let table = "序号,标题 (中文),标题,摘要 (中文),申请人,当前权利人,发明人,公开（公告）号,公开（公告）日,申请号,申请日,IPC主分类,IPC,CPC,专利类型,当前法律状态,优先权信息,首项权利要求\n\
        1,一种焊接装置,一种焊接装置,本发明公开了焊接装置。,某某机械有限公司; 某某大学,某某机械有限公司,赵某; 钱某,CN101945314B,2019-08-02,CN201010298420.4,2010-10-02,B23K37/00,B23K37/00; B23K37/04,B23K37/00,发明授权,授权,JP2009-123456 2009-10-02,1. 一种焊接装置。\n\
        2,另一种装置,另一种装置,-,-,-,-,-,-,2.0121E+12,2012-07-17,,,,,,,\n";
    let (summary, documents, set_aside) = outcome(&lay("导出.csv", table).path);
    assert_eq!((summary.format.as_str(), summary.records), ("incopat", 2));
    let one = &documents[0];
    assert_eq!((one.key.as_str(), one.state), ("CN2010102984204", LegalState::InForce));
    assert_eq!(one.applicants.len(), 2);
    assert_eq!(one.classifications.iter().filter(|found| found.scheme == Scheme::Ipc).count(), 2);
    assert_eq!(one.claims[0].text, "1. 一种焊接装置。");
    assert!(set_aside[0].0 == "第 3 行" && set_aside[0].1.contains("科学计数"), "{set_aside:?}");
}

#[test]
fn a_link_proves_a_number_that_a_spreadsheet_changed() {
    let table = "id;title;assignee;inventor/author;priority date;filing/creation date;publication date;grant date;result link;representative figure link\n\
        US-2019198156-A1;One ;Acme Co., Ltd., Other Inc.;A B, C D;21/12/2017;21/12/2017;27/06/2019;;https://patents.google.com/patent/US20190198156A1/en;\n\
        CN-10941719-B;Two ;某公司;甲;21/12/2017;21/12/2017;27/06/2019;;https://patents.google.com/patent/CN109417194B/en;\n";
    let (summary, documents, _) = outcome(&lay("gp.csv", table).path);
    assert_eq!(documents[0].publications[0].number, "US20190198156A1");
    assert_eq!(documents[0].publications[0].published_on.map(|day| day.to_string()).as_deref(), Some("2019-06-27"));
    let names: Vec<&str> = documents[0].applicants.iter().map(|party| party.name.as_str()).collect();
    assert_eq!(names, ["Acme Co., Ltd.", "Other Inc."]);
    assert_eq!(documents[1].publications[0].number, "CN109417194B");
    assert_eq!(summary.doubts.values().sum::<u64>(), 1);
}

#[test]
fn latin_letters_of_a_western_export_are_read() {
    let table = "Publication Number,Publication Date,Title,Priority Data,IPC,Applicants,Inventors\n\
        EP1820402,23.08.2007,Caf\u{e9},\"[200402236U 2004-10-01T23:59:59.000Z ES, 2005070132 2005-09-23T23:59:59.000Z ES]\",A21D 13/00;A21D 13/00,M\u{fc}ller SA,NA\n";
    let latin: Vec<u8> = table.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let (summary, documents, _) = outcome(&lay("ps.csv", latin).path);
    assert_eq!((summary.format.as_str(), summary.encoding.as_str()), ("patentscope", "ISO-8859-1"));
    assert_eq!(documents[0].applicants[0].name, "Müller SA");
    assert_eq!(documents[0].priorities.len(), 2);
    assert!(documents[0].inventors.is_empty());
}

#[test]
fn a_list_with_any_number_and_any_title_is_read() {
    for (headings, row) in [
        ("公开（公告）号,名称", "CN101234567A,甲法"),
        ("公开号,标题", "CN101234567A,甲法"),
        ("公告号,名称", "CN101234567B,甲法"),
        ("公开（公告）号,发明名称,申请人", "CN101234567A,甲法,甲公司"),
        ("申请号,标题", "201010298420.4,甲法"),
        ("申请号,发明名称", "201010298420.4,甲法"),
    ] {
        let laid = lay("list.csv", format!("{headings}\n{row}\n"));
        let (summary, documents, set_aside) = outcome(&laid.path);
        assert_eq!((summary.format.as_str(), documents.len(), set_aside.len()), ("chinese-list", 1, 0), "{headings}");
        assert_eq!(documents[0].titles[0].text, "甲法", "{headings}");
    }
    let laid = lay("list.csv", "名称,申请人\n甲法,甲公司\n");
    assert!(outcome_within(&laid.path, &Limits::default()).is_err(), "a title alone names nothing");
}
