//! Foreign grants, prizes, trade marks, international registrations and pledges.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use crate::{
    City,
    cells::{Cell, Row, day, day_or_empty, empty, fen, int, text},
    enterprises::Enterprise,
    industries::Strategic,
    names,
    patents::{AS_OF, Owner, Tie},
    random::{Random, Zipf, plus_days, plus_years},
    truth::Known,
    words,
};

/// A grant abroad.
#[derive(Debug, Clone)]
pub struct ForeignGrant {
    /// Grant number as the office writes it.
    pub number: String,
    /// WIPO ST.3 code of the office.
    pub office: &'static str,
    /// Day of the grant.
    pub granted: Date,
    /// PCT, 巴黎公约 or 直接.
    pub route: &'static str,
    /// International application number.
    pub pct: Option<String>,
    /// The Chinese family member, by index.
    pub patent: Option<u32>,
    /// The proprietor, by index of enterprise.
    pub enterprise: u32,
    /// 发明, 实用新型 or 外观设计.
    pub kind: &'static str,
    /// The day on which it ended, if it did.
    pub ended: Option<Date>,
    /// True when the same right is claimed by a second enterprise.
    pub claimed_twice: bool,
}

/// A prize for a patent.
#[derive(Debug, Clone)]
pub struct Prize {
    /// 国家科学技术奖 or 中国专利奖.
    pub prize: &'static str,
    /// The year of the prize.
    pub year: i16,
    /// The patent, by index.
    pub patent: u32,
    /// 等级.
    pub grade: &'static str,
    /// Received on this day.
    pub received: Date,
}

/// The enterprise-owned inventions in force on the planned day whose value a link abroad does not change against the plan.
fn candidates(city: &City) -> Vec<(u32, u32)> {
    let known = Known::on(&city.events, date(2024, 2, 29));
    let inventions =
        city.patents.iter().enumerate().filter(|(_, patent)| patent.is_invention() && patent.tie != Tie::Misspelt);
    let mut found: Vec<(u32, u32)> = inventions
        .filter_map(|(index, patent)| {
            let index = index as u32;
            let (Owner::Enterprise(enterprise), _) = known.owner(index, patent, AS_OF) else { return None };
            let free = enterprise as usize >= city.plans.len() || words::topic(patent).1.strategic == Strategic::Met;
            let kept = patent.owner == Owner::Enterprise(enterprise) && known.in_force(index, patent, AS_OF);
            (free && kept).then_some((index, enterprise))
        })
        .collect();
    found.sort_by_key(|(index, enterprise)| (*enterprise, *index));
    found
}

/// Grants abroad: 32 inventions by the PCT route, others that do not count, and one right claimed twice.
pub(crate) fn foreign_grants(city: &City) -> Vec<ForeignGrant> {
    let mut random = Random::new(city.seed, "foreign");
    let candidates = candidates(city);
    if candidates.is_empty() {
        return Vec::new();
    }
    let mut grants: Vec<ForeignGrant> = Vec::new();
    let shapes = [("PCT", "发明", 32), ("巴黎公约", "发明", 6), ("直接", "发明", 2), ("直接", "外观设计", 3)];
    let mut serial = 0;
    for (route, kind, count) in shapes {
        for n in 0..city.scale.of_enterprises(count) {
            // The large owners have most of the grants abroad.
            let (patent, enterprise) = candidates[random.below(candidates.len()).min(random.below(candidates.len()))];
            let office = if kind == "外观设计" {
                "EM"
            } else {
                *random.pick(&["US", "US", "EP", "JP", "KR", "AU", "DE", "HK"][..if route == "PCT" { 6 } else { 8 }])
            };
            serial += random.between(900, 4_000);
            let filed = city.patents[patent as usize].filed;
            let granted = random.day(plus_days(filed, 700).min(date(2023, 6, 1)), date(2023, 12, 12));
            let pct = (route == "PCT").then(|| format!("PCT/CN{}/{:06}", filed.year() + 1, 70_000 + serial % 60_000));
            let linked = n % 6 != 5 && kind == "发明";
            grants.push(ForeignGrant {
                number: foreign_number(office, serial),
                office,
                granted,
                route,
                pct,
                patent: linked.then_some(patent),
                enterprise,
                kind,
                ended: (n % 16 == 15).then(|| random.day(granted, date(2023, 12, 20))),
                claimed_twice: false,
            });
        }
    }
    // The same grant with its number written differently and a sister company as proprietor.
    if let Some(first) = grants.iter().find(|grant| grant.office == "US" && grant.route == "PCT").cloned() {
        let number = first.number.trim_start_matches("US").trim_end_matches("B2").to_owned();
        let enterprise = (first.enterprise + 1) % city.enterprises.len() as u32;
        grants.push(ForeignGrant { number, enterprise, claimed_twice: true, patent: None, ..first });
    }
    grants
}

fn foreign_number(office: &str, serial: i64) -> String {
    match office {
        "US" => format!("US{}B2", 10_500_000 + serial * 9),
        "EP" => format!("EP{}B1", 3_100_000 + serial * 5),
        "JP" => format!("JP{}B2", 6_500_000 + serial * 3),
        "KR" => format!("KR10{}B1", 2_000_000 + serial * 4),
        "EM" => format!("{:09}-0001", 8_000_000 + serial),
        _ => format!("{office}{}", 2_019_000_000 + serial),
    }
}

/// The rows of these grants.
pub(crate) fn foreign_rows(city: &City, grants: &[&ForeignGrant]) -> Vec<Row> {
    let row = |grant: &&ForeignGrant| {
        let enterprise = &city.enterprises[grant.enterprise as usize];
        vec![
            text(grant.number.clone()),
            text(grant.office),
            day(grant.granted),
            text(grant.route),
            grant.pct.clone().map_or(Cell::Empty, text),
            grant.patent.map_or(Cell::Empty, |patent| text(city.patents[patent as usize].number.to_string())),
            text(enterprise.name_on(grant.granted).to_owned()),
            text(enterprise.uscc.clone()),
            text(grant.kind),
            text(if grant.ended.is_some() { "失效" } else { "有效" }),
            day_or_empty(grant.ended),
        ]
    };
    grants.iter().map(row).collect()
}

/// Prizes, one of them for a utility model, which is no invention.
pub(crate) fn prizes(city: &City) -> Vec<Prize> {
    let mut random = Random::new(city.seed, "prizes");
    let candidates = candidates(city);
    let mut taken = BTreeSet::new();
    let mut prizes = Vec::new();
    let mut give = |prize, year: i16, patent, grade| {
        if taken.insert(patent) {
            prizes.push(Prize { prize, year, patent, grade, received: date(year.max(2020) + 1, 8, 20) });
        }
    };
    if candidates.is_empty() {
        return Vec::new();
    }
    // A prize goes to a patent granted before its year.
    let before = |year: i16| -> Vec<u32> {
        let granted = |index: u32| city.patents[index as usize].granted.is_some_and(|granted| granted.year() < year);
        candidates.iter().map(|(index, _)| *index).filter(|index| granted(*index)).collect()
    };
    for (year, count) in [(2018, 1), (2019, 2), (2020, 2), (2021, 2), (2022, 2)] {
        let of_year = before(year);
        for n in 0..city.scale.of_enterprises(count).min(of_year.len()) {
            let patent = of_year[random.below(of_year.len()).min(random.below(of_year.len()))];
            give("中国专利奖", year, patent, if n == 0 { "银奖" } else { "优秀奖" });
        }
    }
    for year in [2019, 2020] {
        let of_year = before(year);
        if !of_year.is_empty() {
            give("国家科学技术奖", year, *random.pick(&of_year), "二等奖");
        }
    }
    if let Some(model) = city.patents.iter().position(|patent| patent.number.kind == 2) {
        give("中国专利奖", 2021, model as u32, "优秀奖");
    }
    prizes
}

/// The rows of these prizes.
pub(crate) fn prize_rows(city: &City, prizes: &[&Prize]) -> Vec<Row> {
    let row = |prize: &&Prize| {
        let basis = if prize.prize == "中国专利奖" { "云知发" } else { "云科发" };
        vec![
            text(prize.prize),
            int(i64::from(prize.year)),
            text(city.patents[prize.patent as usize].number.to_string()),
            text(prize.grade),
            text(format!("{basis}〔{}〕{}号", prize.year + 1, 11)),
        ]
    };
    prizes.iter().map(row).collect()
}

/// Trade marks, about two to an enterprise, and a few collective and certification marks.
pub(crate) fn trademarks(city: &City, random: &mut Random) -> Vec<(Date, Row)> {
    let owners = Zipf::new(city.enterprises.len(), 20);
    let count = city.enterprises.len() * 2;
    let mut rows = Vec::with_capacity(count);
    for n in 0..count {
        let holder = &city.enterprises[owners.draw(random)];
        let registered = random.day(date(2012, 2, 1), date(2023, 12, 14));
        let kind = match n % 300 {
            7 => "集体",
            8 => "证明",
            _ if random.permille(150) => "服务",
            _ => "商品",
        };
        rows.push((registered, trademark(n, kind, holder, registered, random)));
    }
    rows
}

fn trademark(n: usize, kind: &'static str, holder: &Enterprise, registered: Date, random: &mut Random) -> Row {
    let class = if kind == "服务" { random.between(35, 45) } else { random.between(1, 34) };
    vec![
        text(format!("{}", 12_000_000 + n as i64 * 17)),
        int(class),
        text(format!("{}{}", names::brand(n * 3 + 11), if n.is_multiple_of(4) { "牌" } else { "" })),
        text(holder.name_on(registered).to_owned()),
        if random.permille(800) { text(holder.uscc.clone()) } else { Cell::Empty },
        day(registered),
        day(plus_days(plus_years(registered, 10), -1)),
        text(kind),
    ]
}

/// International registrations under the Madrid system: 28 that count, and some of other origin.
pub(crate) fn madrid(city: &City, random: &mut Random) -> Vec<(Date, Row)> {
    let count = city.scale.of_enterprises(28);
    let mut rows = Vec::new();
    for n in 0..count + 3 {
        let registered = random.day(date(2016, 5, 1), date(2023, 9, 25));
        let holder = &city.enterprises[(n * 5 + n / 3) % (city.enterprises.len() / 6).max(1)];
        // The last three: two of foreign origin, one of a holder outside the city.
        let (name, code, origin) = match n.saturating_sub(count) {
            _ if n < count => (holder.name_on(registered).to_owned(), text(holder.uscc.clone()), "CN"),
            0 => ("Nordlicht Pumpen GmbH".to_owned(), Cell::Empty, "DE"),
            1 => (holder.name_on(registered).to_owned(), text(holder.uscc.clone()), "EM"),
            _ => (names::OUTSIDERS[8].0.to_owned(), Cell::Empty, "CN"),
        };
        let classes = if n % 4 == 0 { "9；11；35" } else { "9" };
        rows.push((
            registered,
            vec![
                text(format!("{}", 1_300_000 + n as i64 * 7_919)),
                text(format!("YC {}", names::brand(n * 7 + 3))),
                text(name),
                code,
                day(registered),
                text(origin),
                text(classes),
                text(["US；EM；JP", "EM；KR；VN；TH", "AU、US、SG"][n % 3]),
            ],
        ));
    }
    rows
}

pub(crate) const BANKS: &[&str] = &[
    "云川农村商业银行股份有限公司",
    "江苏云川民丰村镇银行股份有限公司",
    "沧江银行股份有限公司云川支行",
    "云川市融资担保有限公司",
];

/// What the registered pledges of patents and trade marks come to in a year, in fen, for K08.
pub(crate) const PLEDGED: &[(i16, i64)] = &[(2021, 16_250_000_000), (2022, 23_180_000_000), (2023, 26_845_000_000)];

/// Pledges of three years, with mixed security, allocations, renewals, copyright, and one patent pledged to two banks at once.
pub(crate) fn pledges(city: &City, random: &mut Random) -> Vec<(Date, Row)> {
    let candidates = candidates(city);
    let mut rows: Vec<(Date, Row)> = Vec::new();
    if candidates.is_empty() {
        return rows;
    }
    for &(year, total) in PLEDGED {
        let count = city.scale.of_enterprises(38 + 6 * (i64::from(year) - 2021) as usize);
        let mut left = total;
        for n in 0..count {
            let mean = total / count as i64;
            // Whole ten thousands of yuan; the last pledge takes what is left.
            let amount = if n + 1 == count {
                left
            } else {
                (mean * random.between(40, 130) / 100 / 1_000_000 * 1_000_000).min(left - 1_000_000)
            };
            left -= amount;
            rows.push(pledge(city, &candidates, Pledge { year, n, amount, copyright: false }, random));
        }
        for n in 0..3 {
            rows.push(pledge(
                city,
                &candidates,
                Pledge { year, n: count + n, amount: 300_000_000, copyright: true },
                random,
            ));
        }
    }
    // The same patent stands in the next contract, of another bank, while the first is not released.
    let is_patent = |row: &(Date, Row)| row.1[1] == text("专利");
    let pair = (1..rows.len()).rev().find(|&at| is_patent(&rows[at - 1]) && is_patent(&rows[at]));
    if let Some(at) = pair {
        rows[at].1[4] = rows[at - 1].1[4].clone();
        rows[at].1[7] = Cell::Empty;
        rows[at - 1].1[10] = Cell::Empty;
    }
    rows
}

struct Pledge {
    year: i16,
    n: usize,
    amount: i64,
    copyright: bool,
}

fn pledge(city: &City, candidates: &[(u32, u32)], what: Pledge, random: &mut Random) -> (Date, Row) {
    let Pledge { year, n, amount, copyright } = what;
    let registered = random.day(date(year, 1, 6), date(year, 12, 28));
    let at = random.below(candidates.len());
    let (_, enterprise) = candidates[at];
    let of_owner = candidates[at..].iter().take_while(|(_, owner)| *owner == enterprise);
    let granted = |index: u32| city.patents[index as usize].granted.is_some_and(|granted| granted <= registered);
    let objects: Vec<String> = of_owner
        .filter(|(index, _)| granted(*index))
        .take(1 + n % 3)
        .map(|(index, _)| city.patents[*index as usize].number.to_string())
        .collect();
    let right = match n % 7 {
        _ if copyright => "著作权",
        3 => "商标",
        _ if objects.is_empty() => "商标",
        _ => "专利",
    };
    let objects = match right {
        "专利" => objects,
        "商标" => vec![format!("{}", 12_000_000 + random.between(0, 900) * 17)],
        _ => vec![format!("{year}SR{:07}", random.between(1, 999_999))],
    };
    // In mixed security the machines count for the larger part, and only the bank's share for the right counts.
    let mixed = n % 9 == 4 && !copyright;
    let (registered_amount, share) = if mixed { (amount * 3, fen(amount)) } else { (amount, Cell::Empty) };
    let allocations = if right == "专利" && objects.len() > 1 && n % 2 == 0 {
        allocate(amount, objects.len())
    } else {
        Cell::Empty
    };
    let released = (n % 3 == 0 && year < 2023).then(|| plus_days(registered, 364));
    let row = vec![
        text(format!("Y{year}3299{:06}", (i64::from(year) - 2000) * 1_000 + n as i64)),
        text(right),
        text(city.enterprises[enterprise as usize].uscc.clone()),
        text(BANKS[n % BANKS.len()]),
        text(objects.join("；")),
        fen(registered_amount),
        share,
        allocations,
        fen(amount * [100, 100, 80, 0][n % 4] / 100),
        day(registered),
        day_or_empty(released),
        if n % 8 == 5 {
            text("是")
        } else if n % 2 == 0 {
            text("否")
        } else {
            empty()
        },
    ];
    (registered, row)
}

/// Shares in the order of the objects, whole yuan, with the rest at the first.
fn allocate(amount: i64, count: usize) -> Cell {
    let share = amount / count as i64 / 100 * 100;
    let first = amount - share * (count as i64 - 1);
    Cell::FenList(std::iter::once(first).chain(std::iter::repeat_n(share, count - 1)).collect())
}
