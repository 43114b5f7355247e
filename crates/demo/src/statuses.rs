//! Statuses of enterprises: 高新技术企业, 优势 and 示范企业, 贯标备案, 认证 and 绩效评价, with their batches.

use jiff::civil::{Date, date};

use crate::{
    City,
    cells::{Row, day, day_or_empty, text},
    patents::AS_OF,
    random::{Random, plus_days, plus_years},
};

/// One status of one enterprise.
#[derive(Debug, Clone)]
pub struct Status {
    /// The enterprise, by index.
    pub enterprise: u32,
    /// 资质.
    pub kind: &'static str,
    /// 证书编号.
    pub certificate: Option<String>,
    /// 生效日期.
    pub from: Date,
    /// 失效日期, the last day.
    pub until: Option<Date>,
    /// 撤销日期.
    pub revoked: Option<Date>,
    /// 依据文号.
    pub basis: String,
    /// 执行标准 and 监督审核日期, of certificates.
    pub certified: Option<(&'static str, Option<Date>)>,
    /// The day on which the office received it.
    pub received: Date,
}

const HIGH_TECH_DAYS: &[Date] = &[date(2021, 11, 30), date(2022, 11, 18), date(2023, 11, 6), date(2023, 12, 13)];

/// All statuses; 高新技术企业 and their 备案 stand at exactly nine in ten on the planned day (K07).
pub(crate) fn generate(city: &City) -> Vec<Status> {
    let mut random = Random::new(city.seed, "statuses");
    let mut list = Vec::new();
    let living = living(city, &mut random);
    let high_tech = city.scale.of_enterprises(310).min(living.len());
    high_technology(city, &living, high_tech, &mut list, &mut random);
    standards(city, &living, high_tech, &mut list, &mut random);
    exemplary(city, &mut list);
    for &enterprise in living.iter().rev().take(city.scale.of_enterprises(400)) {
        for year in [2022, 2023] {
            let basis = format!("云科〔{year}〕{}号", 20 + year % 7);
            list.push(Status {
                until: Some(date(year, 12, 31)),
                ..status(enterprise, "科技型中小企业", date(year, 5, 20), basis)
            });
        }
    }
    list
}

fn status(enterprise: u32, kind: &'static str, from: Date, basis: String) -> Status {
    // The lists of a year come in the January that follows; in 2023 those of each month in the month that follows.
    let received = match from.year() {
        2023 => plus_days(from.last_of_month(), 15),
        year => date((year + 1).max(2021), 1, 15),
    };
    Status { enterprise, kind, certificate: None, from, until: None, revoked: None, basis, certified: None, received }
}

/// The enterprises that own patents and exist on the planned day: the planned first, the others in another order.
fn living(city: &City, random: &mut Random) -> Vec<u32> {
    let owners = city.enterprises.len() * 85 / 100;
    let exists = |index: &usize| {
        city.enterprises[*index].exists_on(AS_OF) && city.enterprises[*index].founded < date(2015, 1, 1)
    };
    let (planned, mut others): (Vec<u32>, Vec<u32>) =
        (0..owners).filter(exists).map(|index| index as u32).partition(|&index| (index as usize) < city.plans.len());
    random.shuffle(&mut others);
    planned.into_iter().chain(others).collect()
}

fn high_technology(city: &City, living: &[u32], count: usize, list: &mut Vec<Status>, random: &mut Random) {
    let kind = "高新技术企业";
    let basis = |day: Date| format!("苏高企协认〔{}〕{}号", day.year(), 12);
    let mut number = 1_000;
    let mut certificate = |day: Date| {
        number += 3;
        Some(format!("GR{}32{number:06}", day.year()))
    };
    for (n, &enterprise) in living[..count].iter().enumerate() {
        let from = HIGH_TECH_DAYS[n % HIGH_TECH_DAYS.len()];
        if random.permille(600) {
            let before = plus_days(plus_years(from, -3), random.between(-25, 0));
            let until = Some(plus_days(plus_years(before, 3), -1));
            list.push(Status {
                certificate: certificate(before),
                until,
                ..status(enterprise, kind, before, basis(before))
            });
        }
        // An empty last day means three years.
        let until = (n % 4 != 1).then(|| plus_days(plus_years(from, 3), -1));
        list.push(Status { certificate: certificate(from), until, ..status(enterprise, kind, from, basis(from)) });
    }
    let expired = date(2020, 12, 2);
    for &enterprise in living[count..].iter().take(city.scale.of_enterprises(45)) {
        let until = Some(date(2023, 12, 1));
        list.push(Status {
            certificate: certificate(expired),
            until,
            ..status(enterprise, kind, expired, basis(expired))
        });
    }
    let revoked = living[count..].iter().skip(city.scale.of_enterprises(45)).take(2).copied();
    for enterprise in revoked {
        let from = HIGH_TECH_DAYS[0];
        let revoked = Some(date(2023, 6, 15));
        list.push(Status { certificate: certificate(from), revoked, ..status(enterprise, kind, from, basis(from)) });
    }
    let gone = city
        .enterprises
        .iter()
        .enumerate()
        .filter(|(_, enterprise)| !enterprise.exists_on(AS_OF) && enterprise.ended.is_some());
    for (index, _) in gone.take(4) {
        let from = HIGH_TECH_DAYS[0];
        list.push(Status { certificate: certificate(from), ..status(index as u32, kind, from, basis(from)) });
    }
}

/// 省贯标备案 of nine in ten of the 高新技术企业 and of some others; certificates and assessments of fewer.
fn standards(city: &City, living: &[u32], high_tech: usize, list: &mut Vec<Status>, random: &mut Random) {
    let filed = (high_tech * 9).div_ceil(10);
    let others = city.scale.of_enterprises(30);
    // The tenth that has not filed stands in the middle, neither among the largest nor at the end.
    let gap = high_tech / 3..high_tech / 3 + (high_tech - filed);
    let end = (high_tech + others).min(living.len());
    for (n, &enterprise) in living[..end].iter().enumerate().filter(|(n, _)| !gap.contains(n)) {
        let year = 2018 + (n % 6) as i16;
        let from = date(year, [4, 6, 8, 11][n % 4], 20);
        let certificate = Some(format!("JSGB{year}{:05}", 100 + n));
        list.push(Status {
            certificate,
            ..status(enterprise, "省贯标备案", from, format!("云知〔{year}〕{}号", 7 + n % 4))
        });
        if n % 3 == 0 {
            let from = random.day(date(2020, 2, 1), date(2023, 10, 31));
            let until = Some(plus_days(plus_years(from, 3), -1));
            let certificate = Some(format!("{}IP{}ROM", 180 + n % 30, 10_000 + n * 7));
            let plain = status(enterprise, "贯标认证", from, String::new());
            // The last yearly look before the list came.
            let looked = (1..3).map(|years| plus_years(from, years)).rfind(|day| *day <= plain.received);
            list.push(Status { certificate, until, certified: Some(("GB/T 29490-2013", looked)), ..plain });
        }
        if n % 5 == 0 && year < 2022 {
            list.push(status(
                enterprise,
                "省贯标绩效评价",
                date(year + 2, if n % 2 == 0 { 6 } else { 12 }, 25),
                format!("云知〔{}〕{}号", year + 2, 15),
            ));
        }
    }
    // One that filed and whose filing ended before the day, outside the tenth and the nine tenths.
    if let Some(&enterprise) = living.get(end) {
        let ended = Some(date(2022, 6, 30));
        list.push(Status {
            until: ended,
            ..status(enterprise, "省贯标备案", date(2019, 6, 20), "云知〔2019〕8号".to_owned())
        });
    }
}

/// 国家知识产权优势企业 and 示范企业: 31 distinct that count (K05), one that failed its review, one that no longer exists.
fn exemplary(city: &City, list: &mut Vec<Status>) {
    let living = (0..city.enterprises.len() as u32).filter(|&index| {
        let enterprise = &city.enterprises[index as usize];
        enterprise.exists_on(AS_OF) && enterprise.founded < date(2015, 1, 1)
    });
    let count = city.scale.of_enterprises(31);
    let basis = |year: i16| format!("国知发运函字〔{year}〕{}号", 100 + year % 90);
    let mut last = 0;
    for (n, enterprise) in living.take(count).enumerate() {
        last = enterprise;
        let year = 2018 + (n % 6) as i16;
        let advantage = status(enterprise, "国家知识产权优势企业", date(year, 11, 15), basis(year));
        match n % 10 {
            3 => {
                // First 优势, later 示范: one enterprise all the same.
                let from = date(2022, 10, 18);
                let before = Status {
                    from: date(2018, 11, 15),
                    until: Some(date(2022, 10, 17)),
                    received: date(2021, 1, 15),
                    ..advantage
                };
                list.push(before);
                list.push(status(enterprise, "国家知识产权示范企业", from, basis(2022)));
            }
            7 => {
                list.push(Status { from: date(2019, 11, 15), received: date(2021, 1, 15), ..advantage });
                list.push(status(enterprise, "国家知识产权示范企业", date(2023, 10, 20), basis(2023)));
            }
            _ => list.push(advantage),
        }
    }
    let next =
        (last + 1..city.enterprises.len() as u32).find(|&index| city.enterprises[index as usize].exists_on(AS_OF));
    if let Some(enterprise) = next {
        let revoked = Some(date(2022, 12, 30));
        list.push(Status {
            revoked, ..status(enterprise, "国家知识产权优势企业", date(2019, 11, 15), basis(2019))
        });
    }
    let gone =
        city.enterprises.iter().position(|enterprise| !enterprise.exists_on(AS_OF) && enterprise.ended.is_some());
    if let Some(index) = gone {
        list.push(status(index as u32, "国家知识产权优势企业", date(2020, 11, 15), basis(2020)));
    }
}

/// The rows of these statuses.
pub(crate) fn rows(city: &City, list: &[&Status]) -> Vec<Row> {
    let row = |status: &&Status| {
        vec![
            text(city.enterprises[status.enterprise as usize].uscc.clone()),
            text(status.kind),
            status.certificate.clone().map_or_else(crate::cells::empty, text),
            day(status.from),
            day_or_empty(status.until),
            day_or_empty(status.revoked),
            text(status.basis.clone()),
            status.certified.map_or_else(crate::cells::empty, |(standard, _)| text(standard)),
            day_or_empty(status.certified.and_then(|(_, looked)| looked)),
        ]
    };
    list.iter().map(row).collect()
}
