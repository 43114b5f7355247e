//! What the registers tell of rights that somebody may bring in.

use jiff::civil::{Date, date};

use super::{
    super::rights::{Right, Told, told},
    City, FILED, GRANTED, NUMBER,
};

fn of(city: &City, as_of: Date, threshold_fen: Option<i64>) -> Told {
    let right = Right {
        number: NUMBER.into(),
        title: "一种服务器".into(),
        summary: "用于制造。".into(),
        symbols: vec!["G06F11/36".into()],
        filed_on: Some(FILED),
        granted_on: Some(GRANTED),
    };
    told(&city.0, &[right], as_of, threshold_fen).pop().unwrap()
}

fn fee(city: City, number: &str, paid_on: &str) -> City {
    city.row("official-fees", &[("number", number), ("kind", "年费"), ("amount", "1200"), ("paid_on", paid_on)])
}

#[test]
fn fees_are_told_from_receipts_and_silence_says_nothing() {
    let nothing = of(&fee(City::new(), "2012100000009", "2023-05-01"), date(2024, 2, 29), None);
    assert_eq!(nothing, Told::default(), "no receipt of this right: nobody knows");
    let paid = fee(City::new(), NUMBER, "2023-12-01");
    let told = of(&paid, date(2024, 2, 29), None).signs;
    assert!(told.len() == 1 && told[0].contains("最近一次缴纳于 2023-12-01"), "{told:?}");
    // Paid the year before, and others later than the day on which this one was due.
    let owing = fee(fee(City::new(), NUMBER, "2022-12-01"), "2012100000009", "2024-02-01");
    let told = of(&owing, date(2024, 2, 29), None).signs;
    assert!(
        told[0].contains("逾期未见缴纳") && told[0].contains("2024-06-18") && told[0].contains("2022-12-01"),
        "{told:?}"
    );
    let soon = of(&fee(City::new(), NUMBER, "2022-12-01"), date(2023, 12, 1), None).signs;
    assert!(soon[0].contains("年费 2023-12-18 到期"), "{soon:?}");
}

#[test]
fn pledges_prizes_and_industries_are_told_with_their_basis() {
    let pledge = |released: &'static str| {
        City::new().row(
            "pledges",
            &[
                ("number", "Y2023980000001"),
                ("right", "专利"),
                ("pledgor_uscc", super::ALPHA),
                ("pledgee", "某银行"),
                ("objects", NUMBER),
                ("amount", "500000000"),
                ("registered_on", "2023-05-01"),
                ("released_on", released),
            ],
        )
    };
    let day = date(2024, 2, 29);
    let told = of(&pledge(""), day, None);
    assert!(told.signs[0].contains("已质押给某银行") && told.signs[0].contains("Y2023980000001"), "{told:?}");
    assert!(told.high_value.is_empty(), "without a threshold no pledge is a high one (AMB-23)");
    assert!(of(&pledge("2024-01-01"), day, None).signs.is_empty(), "released");
    assert!(of(&pledge(""), day, Some(500_000_001)).high_value.is_empty());
    let high = of(&pledge(""), day, Some(500_000_000)).high_value;
    assert!(high[0].contains("500 万元"), "{high:?}");
    let city = City::new()
        .row(
            "prizes",
            &[
                ("prize", "中国专利奖"),
                ("year", "2022"),
                ("application_number", NUMBER),
                ("grade", "优秀奖"),
                ("basis", "国知发运字〔2022〕1号"),
            ],
        )
        .row("strategic-industries", &[("code", "1.1"), ("rule", "7"), ("name", "信息"), ("ipc", "G06F11*")]);
    let high = of(&city, day, None).high_value;
    assert!(high[0].contains("2022 年中国专利奖优秀奖"), "{high:?}");
    assert!(high[1].contains("战略性新兴产业（产业代码 1.1"), "{high:?}");
}
