//! Statistics, surveys, trainees, fees, official lists and plan figures.

use jiff::civil::{Date, date};

use crate::{
    City,
    cells::{Cell, Row, day, empty, fen, int, text},
    industries::SEI_RULES,
    names,
    patents::{AS_OF, Patent},
    random::{Random, plus_days, plus_years},
    truth::Truth,
};

/// The denominators, set so that K01 is met when first counted in January 2024 and missed once the final figures are in.
#[derive(Debug, Clone)]
pub struct Denominators {
    /// Gross domestic product (地区生产总值) by year: first and final figure in hundredths of 亿元.
    pub gdp: Vec<(i16, i64, Option<i64>)>,
    /// Permanent residents (常住人口) by year, in tenths of 万人.
    pub residents: Vec<(i16, i64)>,
}

/// Permanent residents of 2022 in a city of ordinary size, in tenths of 万人.
const RESIDENTS_2022: i64 = 1_198;

/// Denominators for a city whose inventions in force are known.
pub(crate) fn denominators(city: &City, inventions: usize) -> Denominators {
    // 29.94 inventions for each 10^9 yuan by the final figure of 2022; a hundredth of 亿元 is 10^6 yuan.
    let last = inventions as i64 * 100_000 / 2_994;
    let grow = |value: i64, permille: i64| value * permille / 1_000;
    let first = |value: i64| grow(value, 989);
    let (y2021, y2020, y2019) = (last * 1_000 / 1_058, last * 1_000 / 1_151, last * 1_000 / 1_192);
    let gdp = vec![
        (2019, first(y2019), Some(y2019)),
        (2020, first(y2020), Some(y2020)),
        (2021, first(y2021), Some(y2021)),
        (2022, first(last), Some(last)),
        (2023, grow(last, 1_057), None),
    ];
    let size = city.scale.patents as i64;
    let residents = [(2019, 11), (2020, 7), (2021, 3), (2022, 0), (2023, -4)]
        .map(|(year, more)| (year, (RESIDENTS_2022 + more) * size / 20_000))
        .to_vec();
    Denominators { gdp, residents }
}

/// The statistics with the day on which each was received.
pub(crate) fn statistics(city: &City) -> Vec<(Date, Row)> {
    let mut rows = Vec::new();
    let hundredths = |value: i64| format!("{}.{:02}", value / 100, value % 100);
    let tenths = |value: i64| format!("{}.{}", value / 10, value % 10);
    let mut add = |measure: &'static str,
                   town: &str,
                   year: i16,
                   value: String,
                   unit: &'static str,
                   vintage: &'static str,
                   published: Date,
                   source: String| {
        let received = plus_days(published, 3).max(date(2021, 1, 20));
        let row = vec![
            text(measure),
            text(town.to_owned()),
            int(i64::from(year)),
            text(value),
            text(unit),
            text(vintage),
            day(published),
            text(source),
        ];
        rows.push((received, row));
    };
    for &(year, first, last) in &city.denominators.gdp {
        let bulletin = format!("云川市{year}年国民经济和社会发展统计公报");
        add(
            "地区生产总值",
            "",
            year,
            hundredths(first),
            "亿元",
            "初步核算",
            date(year + 1, 1, 26),
            format!("云川市统计局{year}年经济运行情况"),
        );
        if let Some(last) = last {
            // The final figure of 2022 came just after the first count of January 2024.
            let published = if year == 2022 { date(2024, 1, 18) } else { date(year + 1, 12, 28) };
            add(
                "地区生产总值",
                "",
                year,
                hundredths(last),
                "亿元",
                "最终核实",
                published,
                format!("云川市统计局关于{year}年地区生产总值最终核实的公告"),
            );
        }
        if year == 2023 {
            continue;
        }
        for &(of, residents) in &city.denominators.residents {
            if of == year {
                add("常住人口", "", year, tenths(residents), "万人", "公报", date(year + 1, 3, 10), bulletin.clone());
                // Many more are registered than live here; counting them would be wrong.
                add(
                    "户籍人口",
                    "",
                    year,
                    tenths(residents * 117 / 100),
                    "万人",
                    "公报",
                    date(year + 1, 3, 10),
                    bulletin.clone(),
                );
            }
        }
    }
    for (index, town) in city.towns.iter().enumerate() {
        let people =
            (city.denominators.residents[3].1 * 1_000 / city.towns.len() as i64) * (70 + index as i64 * 3) / 100;
        add(
            "常住人口",
            town,
            2022,
            people.to_string(),
            "人",
            "公报",
            date(2023, 3, 24),
            "云川市统计年鉴2023".to_owned(),
        );
    }
    rows
}

/// The synthetic table of strategic industries.
pub(crate) fn strategic_industries() -> Vec<Row> {
    let row = |rule: &crate::industries::SeiRule| {
        vec![
            text(rule.code),
            int(i64::from(rule.rule)),
            text(rule.name),
            text(rule.ipc),
            text(rule.matching),
            text(rule.excluded_ipc),
            text(rule.keywords),
            text(rule.excluded_keywords),
        ]
    };
    SEI_RULES.iter().map(row).collect()
}

/// The official list (国家知识产权局 feeds it down) for a day: ours without some of it and with some that we leave to a person.
pub(crate) fn official_list(city: &City, truth: &Truth, target: usize) -> Vec<u32> {
    let mut random = Random::new(city.seed, "official");
    let of_plan = city.planned_inventions();
    let withheld = city.withheld(truth);
    let planned = |index: &u32| of_plan.contains(index);
    let (kept, mut free): (Vec<u32>, Vec<u32>) = truth.high_value.iter().copied().partition(planned);
    random.shuffle(&mut free);
    let dropped = city.scale.of_patents(14).min(free.len());
    let mut list: Vec<u32> = kept.into_iter().chain(free.drain(dropped..)).collect();
    list.retain(|index| !withheld.contains(index));
    let mut more: Vec<u32> = truth.undetermined.iter().copied().filter(|index| !planned(index)).collect();
    random.shuffle(&mut more);
    let wanted = target.saturating_sub(list.len()).max(city.scale.of_patents(8));
    list.extend(more.into_iter().take(wanted));
    list.truncate(target.max(1));
    list.sort_unstable();
    list
}

/// The rows of an official list.
pub(crate) fn official_rows(city: &City, as_of: Date, list: &[u32]) -> Vec<Row> {
    let row = |&index: &u32| {
        let patent: &Patent = &city.patents[index as usize];
        let mut categories = Vec::new();
        if crate::words::topic(patent).1.strategic != crate::industries::Strategic::Not {
            categories.push("1");
        }
        if city.foreign.iter().any(|grant| {
            grant.patent == Some(index) && grant.granted <= as_of && grant.ended.is_none_or(|ended| ended > as_of)
        }) {
            categories.push("2");
        }
        if plus_years(patent.filed, 10) < as_of {
            categories.push("3");
        }
        if city.prizes.iter().any(|prize| prize.patent == index) {
            categories.push("5");
        }
        vec![text(patent.number.to_string()), day(as_of), text(categories.join("；"))]
    };
    list.iter().map(row).collect()
}

/// How many of the official list of the planned day there are: 9.8 for ten thousand residents, a near miss of K04.
pub(crate) fn official_target(city: &City) -> usize {
    let residents =
        city.denominators.residents.iter().find(|(year, _)| *year == 2022).map_or(0, |(_, residents)| *residents);
    (residents * 980 / 1_000) as usize
}

/// Persons trained by the end of 2023: 1,034 distinct who passed, more courses than persons, and some who failed (K11).
pub(crate) fn trainees(city: &City, random: &mut Random) -> Vec<(Date, Row)> {
    const COURSES: &[(&str, &str)] = &[
        ("专利代理实务", "代理"),
        ("知识产权运营实务", "运营"),
        ("专利导航与布局策划", "策划"),
        ("专利信息检索分析", "信息"),
        ("企业知识产权总监研修", "其他"),
    ];
    let mut rows = Vec::new();
    for (year, count) in [(2021, 300), (2022, 380), (2023, 354)] {
        for n in 0..count {
            let id = (i64::from(year) - 2021) * 400 + n;
            let times = 1 + usize::from(random.permille(260));
            let start = random.below(COURSES.len());
            for step in 0..times {
                rows.push(trainee(city, id, COURSES[(start + step) % COURSES.len()], year, "合格", random));
            }
        }
        for n in 0..60 {
            rows.push(trainee(
                city,
                5_000 + (i64::from(year) - 2021) * 100 + n,
                COURSES[random.below(5)],
                year,
                "不合格",
                random,
            ));
        }
    }
    rows
}

fn trainee(
    city: &City,
    id: i64,
    (course, service): (&'static str, &'static str),
    year: i16,
    result: &'static str,
    random: &mut Random,
) -> (Date, Row) {
    let completed = random.day(date(year, 3, 1), date(year, 12, 10));
    let employer = if random.permille(850) {
        text(city.enterprises[random.below(city.enterprises.len())].uscc.clone())
    } else {
        Cell::Empty
    };
    let name = names::person(50_000 + id as u64);
    (
        completed,
        vec![
            text(format!("RC{id:06}")),
            text(name),
            employer,
            text(course),
            text(service),
            day(completed),
            text(result),
        ],
    )
}

/// Survey waves: 认知度 ends at exactly 75.00 %, which is not more than 75 % (K09); 满意度 passes (K10).
pub(crate) fn surveys() -> Vec<(Date, Row)> {
    let waves = [
        ("认知度", 2021, 2_000, 1_364, "68.40"),
        ("认知度", 2022, 2_000, 1_452, "71.90"),
        ("认知度", 2023, 2_000, 1_500, "74.60"),
        ("满意度", 2021, 620, 509, "81.20"),
        ("满意度", 2022, 640, 541, "84.10"),
        ("满意度", 2023, 655, 572, "86.90"),
    ];
    let wave = |(survey, year, sample, positive, mean): (&'static str, i16, i64, i64, &'static str)| {
        let as_of = date(year, 11, 30);
        let approval = format!("云统制〔{year}〕{}号", if survey == "认知度" { 3 } else { 4 });
        (plus_days(as_of, 20), vec![text(survey), text(approval), day(as_of), int(sample), int(positive), text(mean)])
    };
    waves.map(wave).to_vec()
}

/// Official fees paid for inventions granted from 2021 on.
pub(crate) fn fees(city: &City, random: &mut Random) -> Vec<(Date, Row)> {
    let paid = city
        .patents
        .iter()
        .filter(|patent| patent.number.kind == 1 && patent.granted.is_some_and(|granted| granted.year() >= 2021));
    let ended = |event: &&crate::events::Event| event.kind.contains("终止");
    let lapsed: std::collections::BTreeSet<String> =
        city.events.iter().filter(ended).map(|event| city.patents[event.patent as usize].number.to_string()).collect();
    let mut rows = Vec::new();
    for (n, patent) in paid.enumerate() {
        let granted = patent.granted.unwrap_or(AS_OF);
        // Of earlier years one in nine was asked for; of the last year one in sixty has not come.
        if (granted.year() < 2023 && n % 9 != 0) || (granted.year() == 2023 && n % 60 == 7) {
            continue;
        }
        for (kind, yuan, back) in [("申请费", 900, 700), ("实质审查费", 2_500, 500), ("年费", 1_200, 20)] {
            let yuan = if random.permille(600) { yuan * 15 / 100 } else { yuan };
            let on = plus_days(granted, -back).max(patent.filed);
            let receipt = text(format!("ZL{:08}", 40_000_000 + n * 31));
            rows.push((on, vec![text(patent.number.to_string()), text(kind), fen(yuan * 100), day(on), receipt]));
        }
        // Then the annual fees, some weeks before each anniversary; some of the last year were forgotten.
        let due = (1..20).map(|year| plus_years(patent.filed, year)).filter(|day| *day > granted);
        for (nth, anniversary) in due.enumerate() {
            let on = plus_days(anniversary, -i64::from(10 + random.below(40) as u32));
            let is_forgotten = n % 90 == 9 && plus_days(anniversary, 183) > AS_OF;
            if on > AS_OF || is_forgotten || lapsed.contains(&patent.number.to_string()) {
                continue;
            }
            let receipt = text(format!("ZL{:08}-{}", 40_000_000 + n * 31, nth + 1));
            rows.push((on, vec![text(patent.number.to_string()), text("年费"), fen(120_000), day(on), receipt]));
        }
    }
    rows
}

/// Which registers are complete for which period: the international registrations of the last quarter are still out.
pub(crate) fn deliveries() -> Vec<Row> {
    let mut rows = Vec::new();
    for (register, state) in [
        ("patents", "已报齐"),
        ("patent-events", "已报齐"),
        ("pledges", "已报齐"),
        ("prizes", "本期无"),
        ("madrid", "未报"),
        ("official-fees", "未报"),
    ] {
        for month in [10, 11, 12] {
            rows.push(vec![text(register), text(format!("2023-{month}")), text(state)]);
        }
    }
    rows
}

/// Interim targets for the city and shares of the larger towns, entered by the office: the policy has none.
pub(crate) fn trajectories(city: &City) -> Vec<Row> {
    let plan = [
        ("K01", ["24.5", "27.5", "30"]),
        ("K02", ["15", "22", "30"]),
        ("K03", ["16", "23", "30"]),
        ("K04", ["7.5", "8.8", "10"]),
        ("K05", ["22", "26", "30"]),
        ("K06", ["20", "30", "40"]),
        ("K07", ["80", "85", "90"]),
        ("K08", ["2", "2", "2"]),
        ("K09", ["68", "72", "75"]),
        ("K10", ["80", "83", "85"]),
        ("K11", ["300", "650", "1000"]),
    ];
    let mut rows = Vec::new();
    for (code, values) in plan {
        for (value, year) in values.into_iter().zip(2021..) {
            rows.push(vec![
                text(code),
                empty(),
                day(date(year, 12, 31)),
                text(value),
                text("云川市知识产权工作领导小组办公室"),
            ]);
        }
    }
    for (index, town) in city.towns.iter().enumerate().take(6) {
        let share = city.denominators.gdp[3].1 / 1_000 * (20 - index as i64 * 2) / 100 * 3;
        rows.push(vec![
            text("K01"),
            text(town.clone()),
            day(AS_OF),
            text(share.to_string()),
            text("云川市知识产权工作领导小组办公室"),
        ]);
    }
    rows
}

/// The figures that the province published for the city; they need not agree with ours.
pub(crate) fn province_figures(city: &City, truth: &Truth) -> Vec<Row> {
    let source = || text("江苏省知识产权局2023年专利统计简报（演示数据）");
    let inventions = truth.inventions as i64 + city.scale.of_patents(9) as i64;
    vec![
        vec![text("K01"), day(AS_OF), text(inventions.to_string()), source()],
        vec![text("K04"), day(AS_OF), text(official_target(city).to_string()), source()],
        vec![text("K08"), day(date(2023, 12, 31)), text("268450000"), source()],
    ]
}
