//! Values of xlsx, ods and xls cells.

use std::ops::ControlFlow;

use sheets::{Format, Limits};

use crate::files::{Folder, Xlsx, at, compound, ods, read, record, shown, xls_stream};

fn xlsx(rows: &str, expected: &str) {
    assert_eq!(shown(&read("a.xlsx", Xlsx::new(rows).bytes()).unwrap()), expected);
}

#[test]
fn xlsx_cells_become_values() {
    xlsx(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>内联</t></is></c></row>
           <row r="4"><c r="A4"><v>2013106997442</v></c><c r="B4"><v>12.5</v></c><c r="C4" t="b"><v>1</v></c><c r="D4"><v>3.0</v></c></row>
           <row r="5"><c r="A5" t="e"><v>#REF!</v></c><c r="B5" s="1"><v>45291</v></c><c r="C5" s="2"><v>45291.5</v></c><c r="D5" t="d"><v>2023-12-31T00:00:00</v></c></row>"#,
        "1|共享||内联\n4|number 2013106997442|number 12.5|flag true|number 3\n5|<#REF!>|date 2023-12-31|date 2023-12-31|date 2023-12-31",
    );
}

#[test]
fn formulas_are_read_by_their_stored_value() {
    xlsx(
        r#"<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c><c r="C1"><f>A1*2</f></c><c r="D1"><f>A1</f><v/></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>"#,
        "1|number 2||<=A1*2（公式没有计算结果，请用表格软件打开并保存后再上传）>|<=A1（公式没有计算结果，请用表格软件打开并保存后再上传）>|<#DIV/0!>",
    );
}

#[test]
fn the_1904_system_is_respected() {
    let mut book = Xlsx::new(r#"<row r="1"><c r="A1" s="1"><v>43829</v></c></row>"#);
    book.is_1904 = true;
    assert_eq!(shown(&read("a.xlsx", book.bytes()).unwrap()), "1|date 2023-12-31");
}

#[test]
fn a_number_with_more_digits_than_a_spreadsheet_keeps_is_broken() {
    let rows = read("a.xlsx", Xlsx::new(r#"<row r="1"><c r="A1"><v>9.132068212345678E+17</v></c></row>"#).bytes());
    assert!(shown(&rows.unwrap()).starts_with("1|<913206821234567800（超过 15 位"));
}

#[test]
fn numbers_written_with_an_exponent_print_as_digits() {
    xlsx(
        r#"<row r="1"><c r="A1"><v>2.013106997442E12</v></c><c r="B1"><v>1E-3</v></c></row>"#,
        "1|number 2013106997442|number 0.001",
    );
}

#[test]
fn cells_formatted_but_empty_out_to_the_last_column_are_no_columns() {
    xlsx(
        r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="2"><c r="A2" s="1"/></row>"#,
        "1|number 1",
    );
}

#[test]
fn reading_stops_when_told() {
    let folder = Folder::new();
    let path =
        folder.file("a.xlsx", Xlsx::new(r#"<row r="1"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>"#).bytes());
    let mut book = sheets::open(&path, &Limits::default()).unwrap();
    assert_eq!((book.format(), book.encoding()), (Format::Xlsx, None));
    let mut seen = 0;
    book.read_sheet(0, &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(seen, 1);
    let error = book.read_sheet(1, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.to_string(), "a.xlsx：没有第 2 个工作表，该文件共有 1 个工作表。请重新选择工作表");
}

#[test]
fn ods_cells_become_values() {
    let rows = r#"
        <table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
        <table:table-row>
          <table:table-cell office:value-type="string"><text:p>甲<text:s text:c="2"/>乙 &amp; 丙</text:p><office:annotation><text:p>批注</text:p></office:annotation><text:p>二</text:p></table:table-cell>
          <table:table-cell office:value-type="float" office:value="2013106997442"><text:p>2.0131E+12</text:p></table:table-cell>
          <table:covered-table-cell office:value-type="string"><text:p>藏</text:p></table:covered-table-cell>
          <table:table-cell office:value-type="date" office:date-value="2023-12-31"/>
          <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
          <table:table-cell table:number-columns-repeated="16000"/>
        </table:table-row>
        <table:table-row table:number-rows-repeated="2">
          <table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/>
          <table:table-cell table:formula="of:=[.A1]"/>
          <table:table-cell table:formula="of:=#REF!" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>
        </table:table-row>
        <table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let broken = "<=[.A1]（公式没有计算结果，请用表格软件打开并保存后再上传）>|<#REF!>";
    let folder = Folder::new();
    let all = sheets::read_all(&folder.file("a.ods", ods(rows)), &Limits::default()).unwrap();
    assert_eq!(
        all.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect::<Vec<_>>(),
        [("表一", 3), ("表二", 0)]
    );
    assert_eq!(
        shown(&all[0].1),
        format!(
            "3|甲  乙 & 丙\n二|number 2013106997442||date 2023-12-31|flag true\n4|number 7|number 7|{broken}\n5|number 7|number 7|{broken}"
        )
    );
}

#[test]
fn xls_cells_become_values() {
    let label = |row, column, text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = (units.len() / 2) as u16;
        record(0x0204, &[&at(row, column, 0)[..], &length.to_le_bytes(), &[1], &units].concat())
    };
    let number = |row, column, format, value: f64| {
        record(0x0203, &[&at(row, column, format)[..], &value.to_le_bytes()].concat())
    };
    let cells = [
        record(0x0200, &[&[0, 0, 0, 0, 6, 0, 0, 0][..], &[0, 0, 3, 0, 0, 0]].concat()),
        label(2, 1, "申请号"),
        number(4, 0, 0, 2_013_106_997_442.0),
        number(4, 1, 1, 45_291.0),
        record(0x0205, &[&at(4, 2, 0)[..], &[0x17, 1]].concat()),
        record(0x0205, &[&at(5, 2, 0)[..], &[1, 0]].concat()),
    ];
    let bytes = compound("Workbook", &xls_stream(&[], &cells));
    let expected = "3||申请号\n5|number 2013106997442|date 2023-12-31|<#REF!>\n6|||flag true";
    assert_eq!(shown(&read("a.xls", &bytes).unwrap()), expected);
    let is_1904 = compound("Workbook", &xls_stream(&[record(0x0022, &[1, 0])], &[number(0, 0, 1, 43_829.0)]));
    assert_eq!(shown(&read("a.xls", is_1904).unwrap()), "1|date 2023-12-31");
}
