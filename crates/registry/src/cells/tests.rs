//! Every kind of cell, as files write it.

use jiff::civil::date;
use sheets::Cell;
use terms::MoneyUnit;

use super::{canonical, names};
use crate::registers::{Column, register};

fn column(register_id: &str, field: &str) -> &'static Column {
    let register = register(register_id).unwrap();
    &register.columns[register.index(field).unwrap()]
}

fn read(place: &str, cell: Cell) -> Result<Option<String>, String> {
    let (register, field) = place.split_once('.').unwrap();
    canonical(column(register, field), &cell, None)
}

fn check(place: &str, written: &str, expected: &str) {
    assert_eq!(read(place, Cell::Text(written.into())), Ok(Some(expected.to_owned())), "{place} {written}");
}

fn refused(place: &str, written: &str, why: &str) {
    let reason = read(place, Cell::Text(written.into())).expect_err(written);
    assert!(reason.contains(why), "{place} {written}: {reason}");
}

#[test]
fn identifiers_are_folded_and_checked() {
    check("patents.application_number", "ZL201310699744.2", "2013106997442");
    check("patents.application_number", " CN２０１３１０６９９７４４．２;", "2013106997442");
    refused("patents.application_number", "2.0131E+12", "丢失");
    refused("patents.application_number", "201310699744.3", "校验位");
    check("enterprises.uscc", "91350100m000100y43", "91350100M000100Y43");
    refused("enterprises.uscc", "91350100M000100Y4Z", "");
    check("pledges.number", "y2023320001234", "Y2023320001234");
    refused("pledges.number", "1.23E+15", "丢失");
    check("foreign-grants.grant_number", "US 10,123,456 B2", "US10123456B2");
    check("foreign-grants.grant_number", "10,123,456", "10123456");
    check("official-fees.number", "201310699744.2", "2013106997442");
    refused("official-fees.number", "201310699744.3", "校验位");
    check("official-fees.number", "US10123456B2", "US10123456B2");
    refused("trademarks.number", "G1234567", "国际");
    check("trademarks.nice_class", "9", "9");
    refused("trademarks.nice_class", "46", "");
    refused("madrid.origin", "ZZ", "");
}

#[test]
fn dates_and_years_are_read_in_every_notation() {
    for written in ["2023-12-31", "2023.12.31", "2023/12/31", "20231231", "2023年12月31日"] {
        check("patents.filed_on", written, "2023-12-31");
    }
    check("patents.filed_on", "2023/1/5", "2023-01-05");
    assert_eq!(read("patents.filed_on", Cell::Date(date(2023, 12, 31))), Ok(Some("2023-12-31".into())));
    assert_eq!(read("patents.filed_on", Cell::Number("20231231".into())), Ok(Some("2023-12-31".into())));
    refused("patents.filed_on", "2023-02-30", "");
    check("statistics.year", "2022年", "2022");
    refused("statistics.year", "22", "四位年份");
}

#[test]
fn money_takes_the_unit_of_the_cell_then_of_the_heading() {
    let amount = column("pledges", "amount");
    let fen = |cell: &str, unit| canonical(amount, &Cell::Text(cell.into()), unit);
    assert_eq!(fen("1,234.56", None), Ok(Some("123456".into())));
    assert_eq!(fen("500", Some(MoneyUnit::TenThousandYuan)), Ok(Some("500000000".into())));
    assert_eq!(fen("500万元", None), Ok(Some("500000000".into())));
    assert_eq!(fen("2亿元", None), Ok(Some("20000000000".into())));
    assert!(fen("1.234", None).is_err());
    assert!(fen("-5", None).is_err());
    assert!(fen("五百万", None).is_err());
}

#[test]
fn lists_part_at_their_separators_and_a_company_keeps_its_own() {
    let list = |written: &str| names(written);
    assert_eq!(list("甲有限公司；乙大学;"), ["甲有限公司", "乙大学"]);
    assert_eq!(list("张三、李四、欧阳小明"), ["张三", "李四", "欧阳小明"]);
    assert_eq!(list("江苏甲、乙科技有限公司"), ["江苏甲、乙科技有限公司"]);
    assert_eq!(list("甲有限公司、乙研究院"), ["甲有限公司", "乙研究院"]);
    assert_eq!(list("张晓明;????王涛;"), ["张晓明", "王涛"]);
    check("patents.ipc", "H04W8/26(2009.01)I;??H04W84/12(2009.01)I", "H04W8/26|H04W84/12");
    check("patents.ipc", "01-01 (12)  ", "01-01");
    check("strategic-industries.ipc", "G06F11*|A01B*|G06F15/00", "G06F11*|A01B*|G06F15/00");
    check("official-high-value.categories", "1、3；5", "1|3|5");
    refused("official-high-value.categories", "6", "1 至 5");
    refused("patents.ipc", "H04W8/26;乱码", "乱码");
}

#[test]
fn names_are_kept_as_chinese_writes_them() {
    check("trademarks.holder", "江苏甲(集团)有限公司 ;", "江苏甲（集团）有限公司");
    check("trademarks.holder", "ＡＢＢ （中国） 有限公司", "ABB（中国）有限公司");
    check("trademarks.holder", "Robert Bosch  GmbH", "Robert Bosch GmbH");
    check("trademarks.holder", "A.马勒西恩科;", "A.马勒西恩科");
}

#[test]
fn closed_lists_take_one_spelling_and_refuse_the_rest_with_the_choices() {
    check("patents.kind", "发明专利", "发明");
    check("enterprises.state", "在业", "存续");
    check("pledges.rollover", "Y", "是");
    refused("patent-events.kind", "失效", "终止、恢复");
    refused("statuses.kind", "瞪羚企业", "高新技术企业");
}

#[test]
fn formulas_and_broken_cells_are_no_values_but_marks_for_nothing_are_nothing() {
    refused("patents.title", "=A1&B1", "公式");
    check("patents.title", "=\"标题\"", "标题");
    assert!(read("patents.title", Cell::Broken("#REF!".into())).unwrap_err().contains("#REF!"));
    for blank in ["", "  ", "-", "—", "无", "N/A"] {
        assert_eq!(read("patents.abstract", Cell::Text(blank.into())), Ok(None), "{blank}");
    }
}

#[test]
fn periods_of_delivery_become_ranges_of_days() {
    for (written, expected) in [
        ("2023", "2023-01-01/2023-12-31"),
        ("2023年度", "2023-01-01/2023-12-31"),
        ("2023年第4季度", "2023-10-01/2023-12-31"),
        ("2023Q1", "2023-01-01/2023-03-31"),
        ("2023年2月", "2023-02-01/2023-02-28"),
        ("2023-12", "2023-12-01/2023-12-31"),
        ("2023上半年", "2023-01-01/2023-06-30"),
        ("2023-01-01/2023-06-30", "2023-01-01/2023-06-30"),
        ("2023年1月至2023年3月", "2023-01-01/2023-03-31"),
        ("2023-12-31", "2023-12-31/2023-12-31"),
    ] {
        check("deliveries.period", written, expected);
    }
    refused("deliveries.period", "去年", "无法识别");
    refused("deliveries.period", "2023-06-30/2023-01-01", "晚于");
    check("deliveries.register", "专利", "patents");
    check("deliveries.register", "专利登记簿", "patents");
    check("deliveries.register", "质押登记簿", "pledges");
    refused("deliveries.register", "账本", "没有登记簿");
}
