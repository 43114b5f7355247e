//! What is written is read back the same.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use sheets::{
    Cell, Row,
    write::{Column, Kind, Sheet},
};

use crate::files::{Folder, part, read, shown, text, written};

fn columns(count: usize) -> Vec<Column> {
    (0..count).map(|index| Column::new(format!("列{index}"), Kind::Text)).collect()
}

fn sheet(rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet { name: "表".to_owned(), title: None, columns: columns(3), rows }
}

fn csv_bytes(sheet: &Sheet) -> Vec<u8> {
    let mut bytes = Vec::new();
    sheets::write::csv(sheet, &mut bytes).unwrap();
    bytes
}

/// The rows below the heading, filled up to three cells.
fn body(rows: Vec<Row>) -> Vec<Vec<Cell>> {
    let filled = |mut row: Row| {
        row.cells.resize(3, Cell::Empty);
        row.cells
    };
    rows.into_iter().skip(1).map(filled).collect()
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[一-龥a-zA-Z0-9 ，。（）()、;|,\"'=+@\\-]{1,20}",
        "\\PC{1,12}",
        "[=+\\-@'\t\r\n＝]{1,3}[0-9a-zA-Z(),\"]{0,8}",
        "_x[0-9A-F]{4}_",
        "[0-9]{13}[0-9X]",
        Just("2.0121E+12".to_owned()),
        Just("{\"a\":1}".to_owned()),
    ]
}

fn any_date() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![
        (-999_999_999_999_999_i64..=999_999_999_999_999).prop_map(|value| value.to_string()),
        (-9_999_999_i64..9_999_999, 1_u8..100)
            .prop_map(|(whole, cents)| { format!("{whole}.{cents:02}").trim_end_matches('0').to_owned() }),
    ]
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        2 => Just(Cell::Empty),
        4 => any_text().prop_map(Cell::Text),
        1 => any_date().prop_map(Cell::Date),
        1 => any_number().prop_map(Cell::Number),
        1 => any::<bool>().prop_map(Cell::Flag),
    ]
}

fn any_rows() -> impl Strategy<Value = Vec<Vec<Cell>>> {
    let row = prop::collection::vec(any_cell(), 3)
        .prop_filter("a blank row is passed over", |row| row.iter().any(|cell| !cell.is_empty()));
    prop::collection::vec(row, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn xlsx_gives_back_what_was_written(rows in any_rows()) {
        let found = body(read("a.xlsx", written(&[sheet(rows.clone())])).unwrap());
        // A workbook has no yes and no of our language, so flags are words in it.
        let expected: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.into_iter().map(|cell| match cell {
            Cell::Flag(_) => Cell::Text(cell.text().into_owned()),
            cell => cell,
        }).collect()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn csv_gives_back_what_was_written(rows in any_rows()) {
        let found = body(read("a.csv", csv_bytes(&sheet(rows.clone()))).unwrap());
        let expected: Vec<Vec<Cell>> = rows.iter().map(|row| row.iter().map(|cell| match cell.text() {
            text if text.is_empty() => Cell::Empty,
            text => Cell::Text(text.into_owned()),
        }).collect()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_csv_cell_starts_a_formula(cell in any_text()) {
        let bytes = csv_bytes(&sheet(vec![vec![Cell::Text(cell)]]));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&bytes[3..]);
        for record in reader.records() {
            let record = record.unwrap();
            let first = &record[0];
            let is_number = first.parse::<f64>().is_ok();
            prop_assert!(is_number || !first.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}", first);
        }
    }

    #[test]
    fn well_formed_csv_is_read_as_the_csv_crate_reads_it(
        rows in prop::collection::vec(prop::collection::vec("[a-z一-龥,;\"\r\n ]{0,8}", 2..4), 1..6),
        ends_with_return in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(if ends_with_return { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(b"h1,h2,h3\n".to_vec());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let expected: Vec<Vec<String>> = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice()).records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .filter(|row: &Vec<String>| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        let found: Vec<Vec<String>> = read("a.csv", &bytes).unwrap().into_iter().skip(1)
            .map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect())
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for name in ["a.csv", "a.jsonl", "a.xlsx", "a.xls", "a.ods"] {
            let _ = read(name, &bytes);
        }
    }

    #[test]
    fn no_damage_makes_a_workbook_reader_panic(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let cells = [crate::files::record(0x0203, &[&crate::files::at(0, 0, 0)[..], &1_f64.to_le_bytes()].concat())];
        let xls = crate::files::compound("Workbook", &crate::files::xls_stream(&[], &cells));
        let mut bytes = xls;
        for (place, value) in places {
            // Most of the file is filling; the head, the directory and the records are what matters.
            let at = place.index(1536 + 300);
            bytes[at] = value;
        }
        let _ = read("a.xls", bytes);
    }
}

#[test]
fn codes_stay_text_in_a_workbook() {
    let mut table = sheet(vec![vec![
        text("913206821234567890"),
        Cell::Number("2013106997442".to_owned()),
        Cell::Number("123456789012345678".to_owned()),
    ]]);
    table.columns[1].kind = Kind::Code;
    table.columns[2].kind = Kind::Number;
    let bytes = written(&[table]);
    let rows = read("a.xlsx", &bytes).unwrap();
    assert_eq!(shown(&rows[1..]), "2|913206821234567890|2013106997442|123456789012345678");
    assert!(part(&bytes, "xl/styles.xml").contains("numFmtId=\"49\""));
}

#[test]
fn texts_never_become_formulas_in_a_workbook() {
    let bytes = written(&[sheet(vec![vec![text("=1+1"), text("+2"), text("@x")]])]);
    assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
    assert_eq!(shown(&read("a.xlsx", bytes).unwrap()[1..]), "2|=1+1|+2|@x");
}

#[test]
fn csv_begins_with_a_mark_and_guards_formulas() {
    let rows = vec![
        vec![text("=HYPERLINK(\"x\")"), Cell::Number("-5".to_owned()), text("-5.25")],
        vec![text("-x"), text("@y"), text("'=z")],
    ];
    let bytes = csv_bytes(&sheet(rows));
    let expected = "\u{FEFF}列0,列1,列2\r\n\"'=HYPERLINK(\"\"x\"\")\",-5,-5.25\r\n'-x,'@y,''=z\r\n";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn a_template_has_a_frozen_heading_drop_downs_and_hints() {
    let mut kind = Column::new("类型", Kind::Text);
    kind.choices = vec!["市".to_owned(), "区".to_owned()];
    kind.hint = Some("市一行为城市本身".to_owned());
    kind.required = true;
    let mut industry = Column::new("行业", Kind::Code);
    industry.choices = (0..100).map(|index| format!("行业{index}")).collect();
    let table = Sheet {
        name: "区/镇".to_owned(),
        title: Some("区镇表".to_owned()),
        columns: vec![kind, industry],
        rows: vec![],
    };
    let bytes = written(&[table]);
    let first = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(first.contains("state=\"frozen\"") && first.contains("ySplit=\"2\""), "{first}");
    assert!(first.contains("\"市,区\"") && first.contains("'选项'!$A$1:$A$100"), "{first}");
    let folder = Folder::new();
    let all = sheets::read_all(&folder.file("a.xlsx", &bytes), &sheets::Limits::default()).unwrap();
    assert_eq!(all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["区 镇", "填写说明", "选项"]);
    assert_eq!(shown(&all[0].1), "1|区镇表\n2|类型|行业");
    assert!(shown(&all[1].1).contains("2|区/镇|类型|是|市一行为城市本身|市、区"));
}

#[test]
fn a_large_table_goes_through_the_disk() {
    let row = |index: usize| {
        vec![text(&format!("甲{index}")), Cell::Number(index.to_string()), Cell::Date(date(2023, 12, 31))]
    };
    let rows: Vec<Vec<Cell>> = (0..70_000).map(row).collect();
    let found = body(read("a.xlsx", written(&[sheet(rows.clone())])).unwrap());
    assert!(found == rows);
}

#[test]
fn a_cell_too_long_for_a_workbook_is_named() {
    let table = sheet(vec![vec![text(&"长".repeat(40_000))]]);
    let error = sheets::write::xlsx(&[table], &mut std::io::Cursor::new(Vec::new())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "工作表“表”第 2 行“列0”列有 40000 个字，超过 Excel 单元格上限 32767 个字。请改为导出 csv，或缩短该单元格"
    );
}

#[test]
fn rows_that_are_handed_over_one_by_one_are_those_of_a_table_held_in_memory() {
    let rows = vec![
        vec![text("=1+1"), Cell::Date(date(2023, 12, 31)), text("2013106997442")],
        vec![text("石墨烯"), Cell::Empty, text("甲；乙")],
    ];
    let held = sheet(rows.clone());
    let head = Sheet { rows: Vec::new(), ..held.clone() };
    let mut streamed = std::io::Cursor::new(Vec::new());
    sheets::write::xlsx_streamed(&head, |row| rows.iter().try_for_each(|cells| row(cells)), &mut streamed).unwrap();
    let read_back = |bytes: &[u8]| body(read("a.xlsx", bytes).unwrap());
    assert_eq!(read_back(streamed.get_ref()), read_back(&written(&[held])));
    let mut empty = std::io::Cursor::new(Vec::new());
    sheets::write::xlsx_streamed(&head, |_| Ok(()), &mut empty).unwrap();
    assert!(read_back(empty.get_ref()).is_empty());
}
