//! Csv and JSON lines: encodings, dividers, quotes, line numbers.

use encoding_rs::GB18030;
use sheets::{Error, Format, Limits};

use crate::files::{Folder, read, read_within, shown};

fn check(name: &str, content: impl AsRef<[u8]>, expected: &str) {
    assert_eq!(shown(&read(name, content).unwrap()), expected);
}

const TABLE: &str = "申请号,名称\n2013106997442,一种“焊接”机器人\n";

#[test]
fn every_encoding_gives_the_same_rows() {
    let expected = "1|申请号|名称\n2|2013106997442|一种“焊接”机器人";
    let utf16 = |mark: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{TABLE}").encode_utf16().flat_map(order).collect()
    };
    check("a.csv", TABLE, expected);
    check("a.csv", format!("\u{FEFF}{TABLE}"), expected);
    check("a.csv", GB18030.encode(TABLE).0, expected);
    for mark in ["", "\u{FEFF}"] {
        check("a.csv", utf16(mark, u16::to_le_bytes), expected);
        check("a.csv", utf16(mark, u16::to_be_bytes), expected);
    }
}

#[test]
fn the_encoding_is_shown() {
    let folder = Folder::new();
    let name = |content: &[u8]| {
        let book = sheets::open(&folder.file("a.csv", content), &Limits::default()).unwrap();
        assert_eq!(book.format(), Format::Csv);
        assert_eq!(book.sheet_names(), ["a"]);
        book.encoding().unwrap().to_owned()
    };
    assert_eq!(name(TABLE.as_bytes()), "UTF-8");
    assert_eq!(name(&GB18030.encode(TABLE).0), "GB18030");
    assert_eq!(name(&TABLE.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()), "UTF-16LE");
}

#[test]
fn characters_beyond_gbk_are_read_as_gb18030() {
    // A no-break space takes four bytes in GB18030 and is no GBK at all.
    let bytes = b"IPC,\xC3\xFB\xB3\xC6\nH04W8/26;\x81\x30\x84\x32H04W84/12,\xD2\xBB\xD6\xD6\n";
    check("a.csv", bytes, "1|IPC|名称\n2|H04W8/26;\u{A0}H04W84/12|一种");
}

#[test]
fn gb_beyond_the_first_piece_is_found() {
    let mut bytes = b"a,b\n".to_vec();
    for _ in 0..20_000 {
        bytes.extend(b"12345,67890\n");
    }
    bytes.extend(GB18030.encode("如皋市,海安县\n").0.iter());
    let rows = read("a.csv", bytes).unwrap();
    assert_eq!(shown(&rows[20_001..]), "20002|如皋市|海安县");
}

#[test]
fn wrong_bytes_break_one_cell_and_no_other() {
    let mut bytes = "名称,地址\n甲公司,如皋\n乙公司,海安\n".as_bytes().to_vec();
    let at = bytes.len() - "安\n".len();
    bytes[at] = 0xFF;
    let rows = read("a.csv", bytes).unwrap();
    assert_eq!(shown(&rows[..2]), "1|名称|地址\n2|甲公司|如皋");
    assert!(shown(&rows[2..]).starts_with("3|乙公司|<海\u{FFFD}"), "{}", shown(&rows));
}

#[test]
fn a_file_cut_off_inside_a_character_breaks_its_last_cell() {
    let bytes = "名称,地址\n甲公司,如皋".as_bytes();
    check("a.csv", &bytes[..bytes.len() - 1], "1|名称|地址\n2|甲公司|<如\u{FFFD}>");
}

#[test]
fn dividers_are_found() {
    check("a.csv", "a;b\n1,5;2\n", "1|a|b\n2|1,5|2");
    check("a.txt", "a\tb\n1,5\t2\n", "1|a|b\n2|1,5|2");
    check("a.csv", "a|b\n1|2\n", "1|a|b\n2|1|2");
    check("a.csv", "sep=;\na;b\n1;2\n", "2|a|b\n3|1|2");
    check("a.csv", "一列\n甲;乙;\n丙\n丁\n", "1|一列\n2|甲;乙;\n3|丙\n4|丁");
}

#[test]
fn rows_keep_the_number_of_the_line_they_begin_on() {
    check("a.csv", "a,b\r\n\r\n\"x\r\ny\",2\r\n3,4", "1|a|b\n3|x\r\ny|2\n5|3|4");
    check("a.csv", "a,b\r1,2\r,,\r3,4\r", "1|a|b\n2|1|2\n4|3|4");
}

#[test]
fn lines_keep_the_cells_they_have() {
    check("a.csv", "a,b,c\n1\n1,2,3,4\n1,,3\n", "1|a|b|c\n2|1\n3|1|2|3|4\n4|1||3");
}

#[test]
fn numbers_in_text_stay_as_they_are() {
    check("a.csv", "号\n2.0121E+12\n007\n1.50\n", "1|号\n2|2.0121E+12\n3|007\n4|1.50");
}

#[test]
fn quotes_inside_cells() {
    check("a.csv", "a,b\n\"他说\"\"好\"\"\",5\" 管\n", "1|a|b\n2|他说\"好\"|5\" 管");
    check("a.csv", "a,b\n\"\",x\n\"q\" ,x\n", "1|a|b\n2||x\n3|q|x");
    // A quote closed in the middle of a cell spoils that cell, not the row.
    check("a.csv", "a,b\n\"甲\"乙,x\n1,2\n", "1|a|b\n2|<\"甲\"乙（引号位置不对）>|x\n3|1|2");
}

#[track_caller]
fn open_quote(content: &str, expected_line: u32, expected_column: u32) {
    match read("a.csv", content) {
        Err(Error::OpenQuote { line, column, .. }) => assert_eq!((line, column), (expected_line, expected_column)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unclosed_quote_is_named_by_its_line() {
    open_quote("a,b\n1,2\n3,\"4\n5,6\n7,8\n", 3, 2);
    open_quote("a,b\n\"1,2\n3,\"4\",5\n", 2, 1);
    let error = read("专利.csv", "a,b\n1,\"2\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "专利.csv：第 2 行第 2 列的引号没有正确结束，其后的内容无法可靠读取。请在该行补上或删去引号后再上传"
    );
}

#[test]
fn a_quote_that_swallows_the_rest_of_a_large_file_is_found_early() {
    let content = format!("a,b\n1,\"2\n{}", "3,4\n".repeat(400_000));
    open_quote(&content, 2, 2);
}

#[test]
fn cells_written_with_a_guarding_apostrophe_lose_it() {
    check("a.csv", "a\n'=1+1\n'quoted'\n", "1|a\n2|=1+1\n3|'quoted'");
}

#[test]
fn limits_of_csv_are_kept() {
    let limits = Limits { rows: 2, columns: 3, cell_chars: 5, ..Limits::default() };
    let refused = |content: &str| read_within("a.csv", content, &limits).unwrap_err().to_string();
    assert!(refused("a\nb\nc\n").contains("行数超过上限 2 行"));
    assert!(refused("a,b,c,d\n").contains("第 1 行的列数超过上限 3 列"));
    assert!(refused("a\n一二三四五六\n").contains("第 2 行的单元格字数超过上限 5 个字"));
    assert!(read_within("a.csv", "a,b,c,,,\n一二三四五\n", &limits).is_ok());
    assert!(read("a.csv", ",".repeat(100_000)).unwrap_err().to_string().contains("列数"));
}

#[test]
fn json_lines_become_rows_under_all_their_keys() {
    check(
        "a.jsonl",
        "{\"号\":\"1\",\"数\":2.50}\n\n{\"数\":3.0,\"列\":[\"甲\",\"乙\"],\"空\":null,\"是\":true}\n{\"号\":2013106997442}\n",
        "1|号|数|列|空|是\n1|1|number 2.50|||\n3||number 3|甲|乙||flag true\n4|number 2013106997442||||",
    );
}

#[test]
fn a_broken_json_line_breaks_its_row_and_no_other() {
    let rows =
        read("a.jsonl", "{\"a\":1,\"b\":2}\n{\"a\":1,\n{\"a\":{\"x\":1},\"b\":[[1]]}\n{\"a\":1,\"a\":2}\n").unwrap();
    let shown = shown(&rows);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[2].starts_with("2|<{\"a\":1,（第 2 行不是合法的 JSON 对象：没有写完"), "{shown}");
    assert_eq!(lines[3], "3|<{\"x\":1}（单元格里不能是 JSON 对象）>|<[[1]]（列表里不能再套列表或对象）>");
    assert_eq!(lines[4], "4|<键“a”重复>|");
}

#[test]
fn labelled_records_become_rows_under_all_their_labels() {
    check(
        "a.txt",
        "号:名称:申请日:地址\r\n1:甲:2017.01.16:\r\n号:名称:类别:申请日\r\n2:乙:14-03;:2017.02.01\r\n",
        "1|号|名称|申请日|地址|类别\n2|1|甲|2017.01.16||\n4|2|乙|2017.02.01||14-03;",
    );
}

#[test]
fn a_record_cut_short_breaks_its_row_and_no_other() {
    let labels = "号:名称:申请日:地址\n";
    let text = format!("{labels}1:甲:2017:x\n{labels}2:乙\n折行\n{labels}{labels}3:丙:2018:y\n{labels}");
    let rows = read("a.txt", text).unwrap();
    let shown = shown(&rows);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[1], "2|1|甲|2017|x");
    assert!(lines[2].starts_with("4|<2:乙（标签有 4 个，数值有 2 个）>"), "{shown}");
    assert!(lines[3].starts_with("5|<折行（数值前没有标签）>"), "{shown}");
    assert!(lines[4].starts_with("6|<号:名称:申请日:地址（只有标签，没有数值）>"), "{shown}");
    assert_eq!(lines[5], "8|3|丙|2018|y");
    assert!(lines[6].starts_with("9|<"), "{shown}");
    assert_eq!(lines.len(), 7, "{shown}");
}
