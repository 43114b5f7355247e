//! Reading and printing are inverse, errors stand where the fault is, hostile queries are refused.

use jiff::civil::date;
use proptest::prelude::*;

use super::{fields::Sort, *};

fn check(text: &str, expected: &str) {
    let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(query.to_string(), expected, "{text}");
    assert_eq!(Query::parse(expected).unwrap(), query, "{expected}");
}

#[test]
fn the_language_of_the_trade_is_read() {
    check("石墨烯", "石墨烯");
    check("石墨烯 电池", "石墨烯 AND 电池");
    check("名称=石墨烯 or 摘要=电池 and 申请人=“某某公司”", "TI=石墨烯 OR AB=电池 AND PA=\"某某公司\"");
    check("TI=（石墨烯 OR 碳纳米管） NOT CL=铜", "(TI=石墨烯 OR TI=碳纳米管) AND NOT CL=铜");
    check("ti：石墨烯", "TI=石墨烯");
    check("IC=h04l 9/32", "IC=H04L9/32");
    check("IPC=\"H04L 9/32\"", "IC=H04L9/32");
    check("IC==H04L9/00", "IC==\"H04L9/00\"");
    check("AD=2018", "AD=[2018-01-01 TO 2018-12-31]");
    check("AD=201805", "AD=[2018-05-01 TO 2018-05-31]");
    check("AD=[2018 TO 2020]", "AD=[2018-01-01 TO 2020-12-31]");
    check("申请日>=2018-05 AND 公开日<2020", "AD>=2018-05-01 AND PD<=2019-12-31");
    check("AD>2018", "AD>=2019-01-01");
    check("GD=[* TO 2020]", "GD<=2020-12-31");
    check("NO=ZL201310699744.2", "NO=CN2013106997442");
    check("PN={CN102889890B，CN103731270B}", "NO={CN102889890B, CN103731270B}");
    check("NO=CN1028*", "NO=CN1028*");
    check("ST=有权 AND PC=美国 AND KD=新型", "ST=\"有效\" AND PC=\"US\" AND KD=\"实用新型\"");
    check("TI=(电池 /5n 负极)", "TI=(电池 /5n 负极)");
    check("(电池 OR 电芯) W/3 \"负极 材料\"", "(电池 OR 电芯) /3w \"负极 材料\"");
    check("TI=电池 (5N) 负极", "TI=(电池 /5n 负极)");
    check("batter* col?r", "batter* AND col?r");
    check("石墨*", "\"石墨\"");
    check("石墨烯^3 TI=\"负极\"^2 电池＾1", "石墨烯^3 AND TI=\"负极\"^2 AND 电池");
    check("10^6 CL=a^x", "10^6 AND CL=a^x");
    check("\"and\" 他说", "\"and\" AND 他说");
    check("", "*");
    check("PA==“南通某某有限公司”", "PA==\"南通某某有限公司\"");
}

#[track_caller]
fn refuse(text: &str, at: usize, what: &str) {
    let error = Query::parse(text).expect_err(text);
    assert!(error.message.contains(what), "{text}: {error}");
    assert_eq!(error.at, at, "{text}: {error}");
}

#[test]
fn an_error_stands_where_the_fault_is() {
    refuse("石墨烯 AND", 7, "没有写完");
    refuse("TI=(石墨烯", 3, "没有配对的右括号");
    refuse("石墨烯) 电池", 3, "多了一个右括号");
    refuse("XX=石墨烯", 0, "没有名为“XX”");
    refuse("TI=\"石墨烯", 3, "引号没有配对");
    refuse("AD=二〇一八", 3, "不是日期");
    refuse("AD=2018-13-01", 3, "不是日期");
    refuse("AD=[2020 TO 2018]", 3, "对调");
    refuse("TI>=2018", 2, "不是日期");
    refuse("*石墨烯", 0, "不能开头");
    refuse("a*", 0, "至少要有两个");
    refuse("锂*电池*材", 0, "只能写在末尾");
    refuse("IC=锂", 3, "不是分类号");
    refuse("ST=好", 3, "没有“好”");
    refuse("NO=abc", 3, "不像专利号");
    refuse("电池 /5n AD=2018", 7, "邻近");
    refuse("TI=电池 /5n CL=负极", 10, "同一字段");
    refuse("电池 /x 负极", 3, "邻近算符写法有误");
    refuse("电池 /9999n 负极", 3, "邻近距离");
    refuse("OR 电池", 0, "两边都要有");
    refuse("()", 1, "括号里是空的");
    refuse("TI=，", 4, "没有写完");
    refuse("!!%%", 0, "没有可检索的字词");
    refuse("PC=火星", 3, "受理局");
    refuse("电池^0", 2, "1 到 99");
    refuse("电池^1.5 负极", 2, "1 到 99");
    refuse("(电池 OR 负极)^2", 10, "一个词或词组之后");
    refuse("^2 电池", 0, "紧跟");
    refuse("PA=公司^2", 5, "不参与排序");
    refuse("电池^2 /5n 负极", 0, "邻近");
}

#[test]
fn hostile_queries_are_refused_with_the_reason_and_place() {
    refuse(&"(".repeat(100_000), DEPTH_MAX, "嵌套超过");
    refuse(&"NOT ".repeat(10_000), 4 * DEPTH_MAX, "嵌套超过");
    refuse(&"ab* ".repeat(5_000), 4 * TERMS_MAX, "检索词超过");
    refuse(&"a ".repeat(LENGTH_MAX), LENGTH_MAX, "个字符，最多");
    let list = format!("NO={{{}}}", "CN1234 ".repeat(NUMBERS_MAX + 1));
    refuse(&list, 3, "号码单有");
    assert!(Query::parse(&format!("NO={{{}}}", "CN1234 ".repeat(NUMBERS_MAX))).is_ok());
    assert!(Query::parse(&format!("{}电池{}", "(".repeat(DEPTH_MAX), ")".repeat(DEPTH_MAX))).is_ok());
}

/// A value that a text field can have.
fn text_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "(电池|石墨烯|batter[a-z]{1,3}|5g|负极材料)".prop_map(Value::Words),
        "(电池|石 墨|lithium \"ion\"|a, b)".prop_map(Value::Phrase),
        "(batt[?*]|ab[a-z]{1,2}\\*|锂\\?电池)".prop_map(Value::Wildcard),
    ]
}

fn text_field() -> impl Strategy<Value = Field> {
    prop::sample::select(vec![
        Field::Text,
        Field::Title,
        Field::Abstract,
        Field::Claims,
        Field::Description,
        Field::Applicant,
        Field::Owner,
        Field::Inventor,
        Field::Agent,
        Field::Address,
    ])
}

fn leaf() -> impl Strategy<Value = Query> {
    let day = (1990_i16..2030, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day));
    let days = (day, 0_i32..2_000, 0..3).prop_map(|(first, more, open)| {
        let last = first.checked_add(jiff::Span::new().days(more)).unwrap();
        match open {
            0 => Value::Days(Some(first), None),
            1 => Value::Days(None, Some(last)),
            _ => Value::Days(Some(first), Some(last)),
        }
    });
    prop_oneof![
        (text_field(), text_value(), 1..=WEIGHT_MAX).prop_map(|(field, value, weight)| {
            match Query::term(field, value) {
                Query::Term(term) if field.sort() == Sort::Text => Query::Term(Term { weight, ..term }),
                other => other,
            }
        }),
        (prop::sample::select(vec![Field::Filed, Field::Published, Field::Granted]), days)
            .prop_map(|(field, value)| Query::term(field, value)),
        "(H04L|H01M4|H01M4/00|G06F17/30)".prop_map(|symbol| Query::term(Field::Ipc, Value::Words(symbol))),
        "(H04L|G06F17/30)".prop_map(|symbol| Query::term(Field::Cpc, Value::Whole(symbol))),
        prop::collection::btree_set("CN[0-9]{9}[AB]", 1..4)
            .prop_map(|numbers| Query::numbers(numbers.into_iter().collect())),
        "(有效|审中)".prop_map(|state| Query::term(Field::State, Value::Whole(state))),
        "(CN|US)".prop_map(|office| Query::term(Field::Office, Value::Whole(office))),
        (
            text_field(),
            prop::collection::vec(prop::collection::vec(text_value(), 1..3), 2..4),
            0_u32..200,
            any::<bool>()
        )
            .prop_map(|(field, operands, distance, is_ordered)| {
                Query::Near(Near { field, operands, distance, is_ordered, span: Span::default() })
            }),
        Just(Query::All),
    ]
}

#[test]
fn a_word_that_the_language_uses_is_printed_so_that_it_can_be_read() {
    for word in ["or", "And", "NOT", "near/5", "w/3", "/5n"] {
        let printed = Query::term(Field::Title, Value::Words(word.into())).to_string();
        assert_eq!(printed, format!("TI=\"{word}\""));
        assert_eq!(Query::parse(&printed).unwrap().to_string(), printed);
    }
}

/// A tree as the parser makes them: no node of one part, no AND within AND, no OR within OR.
pub(crate) fn tree() -> impl Strategy<Value = Query> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| {
                Query::And(
                    parts
                        .into_iter()
                        .flat_map(|part| match part {
                            Query::And(parts) => parts,
                            other => vec![other],
                        })
                        .collect(),
                )
            }),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| {
                Query::Or(
                    parts
                        .into_iter()
                        .flat_map(|part| match part {
                            Query::Or(parts) => parts,
                            other => vec![other],
                        })
                        .collect(),
                )
            }),
            inner.prop_map(|query| Query::Not(Box::new(query))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same_query(query in tree()) {
        let text = query.to_string();
        let read = Query::parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&query), "{}", text);
        let json = serde_json::to_string(&query).unwrap();
        prop_assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_inside_it(text in "[a-z锂电池()\\[\\]{}\"“”=:><*?^/ TIADNO0-9，。（）＝n-]{0,60}") {
        match Query::parse(&text) {
            Ok(query) => prop_assert_eq!(Query::parse(&query.to_string()), Ok(query)),
            Err(error) => prop_assert!(error.at + error.length <= text.chars().count(), "{}: {}", text, error),
        }
    }
}
