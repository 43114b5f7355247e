//! The market's side, and what others than the office spend and pay: licences, insurance, returns of departments and towns, special
//! funds with their projects, and the policy items of other departments. All invented.

use jiff::civil::{Date, date};

use crate::{
    City,
    cells::{Cell, Row, day, day_or_empty, empty, fen, int, text},
    enterprises::Enterprise,
    patents::{Owner, Patent},
    random::{Random, plus_days, plus_years},
};

const WAN: i64 = 1_000_000;

/// The files of these registers: identifier, name, day of receipt, rows.
pub(crate) fn registers(city: &City) -> Vec<(&'static str, &'static str, Date, Vec<Row>)> {
    let mut files = Vec::new();
    let mut random = Random::new(city.seed, "market");
    for year in [2021, 2022, 2023] {
        let received = date(year + 1, 1, 16);
        files.push(("licences", "许可备案台账", received, licences(city, year, &mut random)));
        // Nobody asked for insurance in the first year.
        if year > 2021 {
            files.push(("insurances", "保险台账", received, insurances(city, year, &mut random)));
        }
        files.push(("ip-spending", "投入填报", date(year + 1, 2, 8), spending(city, year, &mut random)));
    }
    for year in [2022, 2023] {
        files.push(("special-funds", "专项资金目录", date(year, 4, 12), funds(year)));
        files.push(("fund-projects", "专项资金项目", date(year, 11, 20), projects(city, year, &mut random)));
    }
    files.push(("policy-items", "各部门奖补政策", date(2024, 1, 10), items()));
    files
}

/// The firms that exist on a day.
fn firms(city: &City, on: Date) -> Vec<&Enterprise> {
    city.enterprises.iter().filter(|firm| firm.exists_on(on)).collect()
}

/// Licences of a firm's patents to another firm; of some nobody told the fee, and one was recorded late.
fn licences(city: &City, year: i16, random: &mut Random) -> Vec<Row> {
    const KINDS: [&str; 5] = ["普通", "独占", "普通", "开放许可", "排他"];
    let first = date(year, 1, 1);
    let owned = |patent: &&Patent| {
        patent.granted.is_some_and(|granted| granted < first) && matches!(patent.owner, Owner::Enterprise(_))
    };
    let patents: Vec<&Patent> = city.patents.iter().filter(owned).collect();
    let takers = firms(city, first);
    if patents.is_empty() || takers.is_empty() {
        return Vec::new();
    }
    let count = city.scale.of_enterprises(8 + 5 * (i64::from(year) - 2021) as usize).max(6);
    let licence = |n: usize| {
        let patent = patents[(n * 37 + random.below(37)) % patents.len()];
        let Owner::Enterprise(owner) = patent.owner else { return None };
        let (owner, taker) = (&city.enterprises[owner as usize], takers[random.below(takers.len())]);
        if owner.uscc == taker.uscc {
            return None;
        }
        let from = random.day(first, date(year, 12, 20));
        let recorded = plus_days(from, if n == 3 { 120 } else { 15 + (n as i64 % 40) });
        let fee = if n % 6 == 4 { empty() } else { fen(random.between(3, 45) * WAN) };
        Some(vec![
            text(format!("X{year}98000{:04}", n + 1)),
            text(patent.number.to_string()),
            text(owner.name_on(from).to_owned()),
            text(owner.uscc.clone()),
            text(taker.name_on(from).to_owned()),
            text(taker.uscc.clone()),
            text(KINDS[n % KINDS.len()]),
            day(from),
            day(plus_days(plus_years(from, 3), -1)),
            fee,
            day(recorded),
        ])
    };
    (0..count).filter_map(licence).collect()
}

/// Insurance of patents; the treasury gives half of the premium, and of one policy nobody told how much.
fn insurances(city: &City, year: i16, random: &mut Random) -> Vec<Row> {
    const KINDS: [&str; 4] = ["专利被侵权损失险", "专利执行险", "质押融资保证保险", "海外侵权责任险"];
    let first = date(year, 1, 1);
    let holders = firms(city, first);
    let count = city.scale.of_enterprises(if year == 2022 { 14 } else { 24 }).max(6);
    let insurance = |n: usize| {
        let holder = *holders.get(random.below(holders.len()))?;
        let from = random.day(first, date(year, 12, 1));
        let premium = random.between(8, 60) * WAN / 10;
        let subsidy = if n % 9 == 5 { empty() } else { fen((premium / 2).min(2 * WAN)) };
        Some(vec![
            text(format!("PIPC{year}{:06}", 3_200 + n)),
            text(holder.name_on(from).to_owned()),
            text(holder.uscc.clone()),
            text(KINDS[n % KINDS.len()]),
            text(["云川财产保险股份有限公司", "江海财产保险股份有限公司"][n % 2]),
            empty(),
            fen(premium),
            fen(premium * 40),
            day(from),
            day(plus_days(plus_years(from, 1), -1)),
            subsidy,
            if n == 7 { fen(3 * WAN) } else { empty() },
        ])
    };
    (0..count).filter_map(insurance).collect()
}

/// What departments and towns say of the year; in 2023 a department and two towns have not reported, and one tells no spending.
fn spending(city: &City, year: i16, random: &mut Random) -> Vec<Row> {
    const DEPARTMENTS: [(&str, i64); 4] =
        [("科学技术局", 320), ("市场监督管理局", 460), ("工业和信息化局", 210), ("商务局", 60)];
    let grown =
        |wan: i64, random: &mut Random| wan * (100 + 6 * (i64::from(year) - 2021) + random.between(-2, 4)) / 100 * WAN;
    let mut rows = Vec::new();
    let mut put = |unit: &str, kind: &'static str, source: &'static str, budgeted: i64, spent: Cell| {
        rows.push(vec![text(unit.to_owned()), text(kind), int(i64::from(year)), text(source), fen(budgeted), spent]);
    };
    for (place, (unit, wan)) in DEPARTMENTS.into_iter().enumerate() {
        if year == 2023 && place == 3 {
            continue;
        }
        let budgeted = grown(wan, random);
        let spent = if year == 2023 && place == 2 { empty() } else { fen(budgeted * 96 / 100) };
        put(unit, "部门", "本级财政", budgeted, spent);
        if place == 1 {
            put(unit, "部门", "上级专项", 80 * WAN, fen(75 * WAN));
        }
    }
    for (place, town) in city.towns.iter().enumerate() {
        if year == 2023 && matches!(place, 4 | 9) {
            continue;
        }
        let budgeted = grown(30 + 7 * (place as i64 % 11), random);
        put(town, "区镇", "本级财政", budgeted, fen(budgeted * (88 + place as i64 % 10) / 100));
    }
    rows
}

/// A fund: department, name, 万元, whether it asks for intellectual property, in which words.
type FundRow = (&'static str, &'static str, i64, Option<bool>, &'static str);

const FUNDS: [FundRow; 6] = [
    ("科学技术局", "科技创新专项资金", 5_000, Some(true), "申报单位近三年有授权发明专利"),
    ("工业和信息化局", "工业转型升级专项资金", 8_000, Some(false), ""),
    ("市场监督管理局", "知识产权专项资金", 430, Some(true), "直接用于知识产权创造、运用、保护"),
    ("商务局", "外经贸发展专项资金", 1_500, None, ""),
    ("农业农村局", "现代农业发展专项资金", 2_600, Some(false), ""),
    ("人力资源和社会保障局", "人才发展专项资金", 3_000, Some(true), "创业人才须带有效发明专利"),
];

fn funds(year: i16) -> Vec<Row> {
    let fund = |(department, name, wan, has, words): FundRow| {
        let has = has.map_or(empty(), |has| text(if has { "是" } else { "否" }));
        // In the year before, nobody had looked at the fund for agriculture.
        let has = if year == 2022 && department == "农业农村局" { empty() } else { has };
        vec![
            text(department),
            text(name),
            int_year(year),
            fen((wan + if year == 2023 { wan / 20 } else { 0 }) * WAN),
            has,
            text(words),
            empty(),
        ]
    };
    FUNDS.map(fund).to_vec()
}

fn int_year(year: i16) -> Cell {
    int(i64::from(year))
}

fn projects(city: &City, year: i16, random: &mut Random) -> Vec<Row> {
    const NAMES: [(&str, &str); 8] = [
        ("知识产权交易服务平台建设", "交易平台"),
        ("高价值专利转化实施", "运用"),
        ("专利密集型产品产业化", "运用"),
        ("海外知识产权布局与维权", "保护"),
        ("智能化改造和数字化转型", "其他"),
        ("知识产权保护工作站建设", "保护"),
        ("新产品研发与试制", ""),
        ("专利导航与运营", "运用"),
    ];
    let holders = firms(city, date(year, 1, 1));
    let mut rows = Vec::new();
    for (place, (_, fund, ..)) in FUNDS.iter().enumerate() {
        for n in 0..5 {
            let (name, focus) = NAMES[(place * 3 + n * 2 + (year as usize % 2)) % NAMES.len()];
            let Some(holder) = holders.get(random.below(holders.len())) else { continue };
            let amount = if n == 4 && place % 3 == 1 { empty() } else { fen(random.between(10, 180) * WAN) };
            rows.push(vec![
                text(*fund),
                int_year(year),
                text(format!("{}{name}", holder.name_on(date(year, 6, 1)))),
                text(holder.name_on(date(year, 6, 1)).to_owned()),
                text(holder.uscc.clone()),
                amount,
                text(focus),
            ]);
        }
    }
    rows
}

/// An item: department, document, title, clause, item, for whom, event, 元, at most 元, from, to, relation, what it rests on.
type ItemRow = ([&'static str; 7], Option<i64>, Option<i64>, (Date, Option<Date>), &'static str, &'static str);

fn items() -> Vec<Row> {
    const SCIENCE: (&str, &str) = ("云科发〔2022〕8号", "云川市科技创新奖励办法（演示）");
    const TALENT: (&str, &str) = ("云人社发〔2022〕21号", "云川市创业人才扶持办法（演示）");
    const INDUSTRY: (&str, &str) = ("云工信发〔2023〕5号", "云川市工业转型升级奖补细则（演示）");
    let from = date(2022, 3, 1);
    let rows: [ItemRow; 8] = [
        (
            ["科学技术局", SCIENCE.0, SCIENCE.1, "第五条", "高质量发明专利授权奖励", "高新技术企业", "发明专利授权"],
            Some(2_000),
            Some(100_000),
            (from, Some(date(2024, 12, 31))),
            "就高不就低",
            "云政发〔2021〕3号",
        ),
        (
            ["科学技术局", SCIENCE.0, SCIENCE.1, "第八条", "国外授权补助", "企业", "境外专利授权"],
            Some(20_000),
            Some(200_000),
            (from, Some(date(2024, 12, 31))),
            "",
            "云政发〔2021〕3号",
        ),
        (
            ["科学技术局", SCIENCE.0, SCIENCE.1, "第十二条", "产学研合作补助", "企业", "产学研合作"],
            None,
            Some(300_000),
            (from, None),
            "可以同时享受",
            "云政发〔2021〕3号",
        ),
        (
            [
                "工业和信息化局",
                INDUSTRY.0,
                INDUSTRY.1,
                "第七条第（二）项",
                "管理体系认证奖励",
                "规模以上企业",
                "贯标认证",
            ],
            Some(50_000),
            None,
            (date(2023, 2, 1), Some(date(2025, 12, 31))),
            "不重复享受",
            "云政发〔2021〕7号",
        ),
        (
            ["工业和信息化局", INDUSTRY.0, INDUSTRY.1, "第九条", "首台（套）装备奖励", "企业", "资质认定"],
            Some(500_000),
            None,
            (date(2023, 2, 1), Some(date(2025, 12, 31))),
            "",
            "云政发〔2021〕7号",
        ),
        (
            ["人力资源和社会保障局", TALENT.0, TALENT.1, "第四条", "知识产权项目立项配套", "创业人才企业", "项目立项"],
            Some(100_000),
            None,
            (date(2022, 7, 1), Some(date(2023, 6, 30))),
            "不重复享受",
            "云政发〔2021〕3号",
        ),
        (
            [
                "省知识产权局",
                "苏知发〔2023〕88号",
                "省级发明专利授权资助办法（演示）",
                "第三条",
                "发明专利授权资助",
                "企业",
                "发明专利授权",
            ],
            Some(200),
            None,
            (date(2023, 1, 1), Some(date(2024, 12, 31))),
            "不重复享受",
            "",
        ),
        (
            [
                "商务局",
                "云商发〔2021〕14号",
                "云川市外经贸发展扶持办法（演示）",
                "第十条",
                "海外维权补助",
                "外贸企业",
                "维权",
            ],
            None,
            Some(100_000),
            (date(2021, 6, 1), None),
            "",
            "云政发〔2021〕3号；云政发〔2021〕9号",
        ),
    ];
    let yuan = |yuan: Option<i64>| yuan.map_or(empty(), |yuan| fen(yuan * 100));
    let row = |(words, amount, cap, (from, to), relation, above): ItemRow| {
        let mut row: Row = words.map(text).to_vec();
        row.extend([yuan(amount), yuan(cap), day(from), day_or_empty(to), text(relation), text(above)]);
        row
    };
    rows.map(row).to_vec()
}
