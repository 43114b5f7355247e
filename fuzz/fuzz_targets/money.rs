//! Any text through the parser of money, in every unit.
#![no_main]

use terms::{Money, MoneyUnit};

libfuzzer_sys::fuzz_target!(|text: &str| {
    terms_fuzz::round_trip::<Money>(text);
    for unit in [MoneyUnit::Yuan, MoneyUnit::TenThousandYuan, MoneyUnit::HundredMillionYuan] {
        if let Ok(money) = Money::parse(text, unit) {
            assert!(money.fen >= 0);
            assert_eq!(money.format_zh().parse(), Ok(money));
        }
    }
});
