//! Every kind of file that is refused, and what it says.

use std::fs::File;

use sheets::{Error, Limits};

use crate::files::{Folder, Xlsx, at, bomb, compound, ods, package, read, read_within, record, written, xls_stream};

#[track_caller]
fn refused(name: &str, content: impl AsRef<[u8]>, says: &[&str]) -> Error {
    let error = read(name, content).unwrap_err();
    for part in [&[name], says].concat() {
        assert!(error.to_string().contains(part), "{error} does not say {part}");
    }
    error
}

fn one_row() -> Xlsx {
    Xlsx::new(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#)
}

#[test]
fn a_file_that_is_not_there() {
    let error = sheets::open(&Folder::new().path("无.csv"), &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().starts_with("无.csv：打开文件失败"));
    assert!(sheets::open(&std::env::temp_dir(), &Limits::default()).is_err());
}

#[test]
fn empty_files() {
    for content in [&b""[..], b"\xEF\xBB\xBF", b" \r\n\n"] {
        let error = refused("空.csv", content, &["没有任何内容", "重新导出"]);
        assert!(matches!(error, Error::Empty { .. }));
    }
    refused("空.xlsx", b"", &["没有任何内容"]);
}

#[test]
fn a_wrong_extension_is_named_with_the_content() {
    let xlsx = one_row().bytes();
    refused("a.csv", &xlsx, &["扩展名是 .csv", "xlsx 工作簿", "改为 .xlsx"]);
    refused("a.xls", &xlsx, &["扩展名是 .xls", "xlsx 工作簿"]);
    refused("a.ods", &xlsx, &["扩展名是 .ods", "xlsx 工作簿"]);
    refused("a.xlsx", ods(""), &["扩展名是 .xlsx", "ods 电子表格"]);
    refused("a.xlsx", compound("Workbook", &xls_stream(&[], &[])), &["扩展名是 .xlsx", "xls 工作簿"]);
    refused("a.xlsx", "a,b\n1,2\n", &["扩展名是 .xlsx", "文本表格（csv）", "改为 .csv"]);
    refused("a.jsonl", "a,b\n1,2\n", &["扩展名是 .jsonl", "文本表格（csv）"]);
    refused("a.csv", "{\"a\":1}\n", &["扩展名是 .csv", "逐行 JSON"]);
    refused("a.dat", "a,b\n1,2\n", &["扩展名是 .dat", "文本表格（csv）"]);
}

#[test]
fn files_that_are_no_tables() {
    refused("a.xlsx", b"%PDF-1.7 ...", &["PDF 文档", "另存为"]);
    refused("a.xls", "<html><body><table></table></body></html>", &["网页（HTML）"]);
    refused(
        "a.xls",
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>",
        &["XML 表格 2003"],
    );
    refused("a.xlsx", package(&[("word/document.xml", b"<w/>")]), &["Word 文档"]);
    refused("a.xlsx", package(&[("readme.txt", b"x")]), &["zip 压缩包"]);
    refused("a.xlsx", package(&[("xl/workbook.bin", b"x")]), &["xlsb"]);
    refused("a.xls", compound("WordDocument", &[]), &["Word 97-2003"]);
    refused("a.csv", b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3E\0\x01\0\0\0", &["二进制数据"]);
    refused("a.json", "[{\"a\":1}]", &["JSON 数组"]);
}

#[test]
fn unknown_encodings_are_named() {
    let big5 = encoding_rs::BIG5.encode("專利名稱,申請人\n一種裝置,台灣積體電路製造股份有限公司\n").0.into_owned();
    let error = refused("a.csv", big5, &["疑似 Big5", "CSV UTF-8"]);
    assert!(matches!(error, Error::Encoding { .. }));
}

#[test]
fn truncated_files() {
    let xlsx = one_row().bytes();
    for length in [30, xlsx.len() / 2, xlsx.len() - 10] {
        let error = refused("a.xlsx", &xlsx[..length], &["已损坏或不完整", "另存为新文件"]);
        assert!(matches!(error, Error::Damaged { .. }));
    }
    let xls = compound("Workbook", &xls_stream(&[], &[]));
    for length in [600, 1100, 2000] {
        assert!(matches!(refused("a.xls", &xls[..length], &["已损坏"]), Error::Damaged { .. }));
    }
}

#[test]
fn one_changed_byte_in_a_package_is_found() {
    let sheet = written(&[sheets::write::Sheet { name: "表".to_owned(), ..Default::default() }]);
    let mut seen = 0;
    for at in (0..sheet.len()).step_by(7) {
        let mut bytes = sheet.clone();
        bytes[at] ^= 0x55;
        // It may not panic; whether it is found depends on whether the byte mattered.
        seen += u32::from(read("a.xlsx", bytes).is_err());
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn zip_bombs_are_refused_before_and_while_inflating() {
    let folder = Folder::new();
    let path = folder.path("a.xlsx");
    bomb(&path, 64);
    let error = sheets::open(&path, &Limits::default()).unwrap_err();
    assert!(matches!(&error, Error::Unsafe { part, .. } if part == "xl/workbook.xml"), "{error}");
    assert!(error.to_string().contains("膨胀超过 200 倍"), "{error}");
    let generous = Limits { zip_ratio: 5_000, unzipped_bytes: 10 << 20, ..Limits::default() };
    let error = sheets::open(&path, &generous).unwrap_err();
    assert!(error.to_string().contains("解压后的总大小超过上限 10 MB"), "{error}");

    // The directory lies: it says that the part is small.
    let mut bytes = std::fs::read(&path).unwrap();
    let size = (64_u32 << 20).to_le_bytes();
    let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, four)| *four == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    let error = read("a.xlsx", bytes).unwrap_err();
    assert!(matches!(error, Error::Unsafe { .. } | Error::Damaged { .. }), "{error}");
}

#[test]
fn xml_entities_are_never_expanded() {
    let mut book = one_row();
    book.before_sheet = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>"#.to_owned();
    book.rows = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>"#.to_owned();
    let error = refused("a.xlsx", book.bytes(), &["xl/worksheets/sheet1.xml", "DTD", "已拒绝读取"]);
    assert!(matches!(error, Error::Unsafe { .. }));

    // A declaration hidden behind a long comment is seen as well.
    book.before_sheet = format!("<!--{}-->{}", "x".repeat(200_000), book.before_sheet);
    refused("a.xlsx", book.bytes(), &["DTD"]);

    book.before_sheet.clear();
    refused("a.xlsx", book.bytes(), &["已损坏"]);
    refused(
        "a.ods",
        ods("<table:table-row><table:table-cell><text:p>&evil;</text:p></table:table-cell></table:table-row>"),
        &["&evil;"],
    );
    let wide: Vec<u8> = "<!DOCTYPE x><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused("a.xlsx", package(&[("xl/workbook.xml", &wide)]), &["不是 UTF-8"]);
}

#[test]
fn encrypted_workbooks() {
    let says = ["已加密", "取消密码保护"];
    assert!(matches!(refused("a.xlsx", compound("EncryptedPackage", &[1; 5000]), &says), Error::Encrypted { .. }));
    refused("a.xls", compound("Workbook", &xls_stream(&[record(0x002F, &[1, 0, 1, 0, 1, 0])], &[])), &says);
    let ods = package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"),
        ("content.xml", b"\x12\x34"),
    ]);
    refused("a.ods", ods, &says);
}

#[test]
fn a_file_above_the_size_limit_is_refused_unread() {
    let folder = Folder::new();
    let path = folder.path("a.csv");
    File::create(&path).unwrap().set_len(2 << 30).unwrap();
    let error = sheets::open(&path, &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "a.csv：文件大小超过上限 1024 MB。请拆分成几个较小的文件分别上传");
}

#[test]
fn too_many_rows_columns_and_characters() {
    let limits = Limits { rows: 3, columns: 3, cell_chars: 4, ..Limits::default() };
    let refused = |name: &str, content: Vec<u8>| read_within(name, content, &limits).unwrap_err().to_string();
    let rows =
        |n: usize| (1..=n).map(|r| format!(r#"<row r="{r}"><c r="A{r}"><v>1</v></c></row>"#)).collect::<String>();
    assert!(read_within("a.xlsx", Xlsx::new(&rows(3)).bytes(), &limits).is_ok());
    assert!(refused("a.xlsx", Xlsx::new(&rows(4)).bytes()).contains("工作表“表一”行数超过上限 3 行"));
    let wide = r#"<row r="2"><c r="D2"><v>1</v></c></row>"#;
    assert!(refused("a.xlsx", Xlsx::new(wide).bytes()).contains("工作表“表一”第 2 行的列数超过上限 3 列"));
    let long = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>一二三四五</t></is></c></row>"#;
    assert!(refused("a.xlsx", Xlsx::new(long).bytes()).contains("单元格字数超过上限 4 个字"));
    let repeated = r#"<table:table-row table:number-rows-repeated="4000000000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>"#;
    assert!(refused("a.ods", ods(repeated)).contains("行数超过上限 3 行"));
    let repeated = r#"<table:table-row><table:table-cell table:number-columns-repeated="4000000000" office:value-type="float" office:value="1"/></table:table-row>"#;
    assert!(refused("a.ods", ods(repeated)).contains("列数超过上限 3 列"));
}

#[test]
fn workbooks_that_lie_about_their_size() {
    let mut book = one_row();
    book.shared = r#"<sst uniqueCount="99999999999"><si><t>x</t></si></sst>"#.to_owned();
    refused("a.xlsx", book.bytes(), &["xl/sharedStrings.xml", "与内容不符"]);
    let huge = record(0x0200, &[&0_u32.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &[0, 0, 0xFF, 0xFF, 0, 0]].concat());
    refused("a.xls", compound("Workbook", &xls_stream(&[], &[huge])), &["行列范围不合理"]);
    let corner = |row, column| record(0x0203, &[&at(row, column, 0)[..], &1_f64.to_le_bytes()].concat());
    let sheet = [corner(0, 0), corner(65_535, 255), record(0x000A, &[])].concat();
    refused("a.xls", compound("Workbook", &xls_stream(&[], &[sheet.clone(), sheet])), &["单元格数超过上限"]);
    // A circle of sectors.
    let mut circle = compound("Workbook", &xls_stream(&[], &[]));
    circle[512 + 8..512 + 12].copy_from_slice(&2_u32.to_le_bytes());
    refused("a.xls", circle, &["扇区链断裂"]);
}

#[test]
fn rows_out_of_order_and_cells_given_twice() {
    let back = r#"<row r="5"><c r="A5"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>"#;
    refused("a.xlsx", Xlsx::new(back).bytes(), &["工作表“表一”", "第 3 行出现在第 5 行之后"]);
    let twice = r#"<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#;
    refused("a.xlsx", Xlsx::new(twice).bytes(), &["第 1 行第 1 列出现两次"]);
    refused("a.xlsx", Xlsx::new(r#"<row r="1"><c r="?1"><v>1</v></c></row>"#).bytes(), &["表一", "第 1 行附近"]);
    // A range from right to left makes the library panic; that is a damaged file to us.
    let mut backwards = one_row();
    backwards.before_sheet = r#"<dimension ref="B5:A1"/>"#.to_owned();
    let _ = read("a.xlsx", backwards.bytes());
}

#[test]
fn an_ods_cut_off_inside() {
    refused("a.ods", ods("<table:table-row><table:table-cell>").get(..300).unwrap_or_default(), &["已损坏"]);
    refused("a.ods", ods("<table:table-row><table:table-cell><text:p>x"), &["content.xml", "已损坏"]);
}
