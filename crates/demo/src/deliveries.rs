//! The files in which the offices deliver, month by month, each in its own manner.

mod rows;

use std::collections::BTreeSet;

use jiff::{
    Timestamp,
    civil::{Date, date},
    tz::Offset,
};

use crate::{
    City,
    cells::{Cell, Row, text},
    events, figures, market,
    patents::{AS_OF, Patent},
    payouts, projects,
    random::{Random, plus_days},
    registers, rights, statuses,
};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Xlsx,
    Utf8,
    Utf8Bom,
    Gb18030,
    Utf16,
    JsonLines,
}

/// How its days are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Days {
    /// 2023-12-31
    Iso,
    /// 2023.12.31
    Dots,
    /// 2023/1/5
    Slashes,
    /// 20231231
    Compact,
    /// 2023年1月5日
    Chinese,
    /// A true date of the spreadsheet; ISO in text files.
    True,
}

/// One file to come.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) register: &'static str,
    pub(crate) name: &'static str,
    pub(crate) received: Date,
    pub(crate) format: Format,
    pub(crate) days: Days,
    /// Money in 万元, which the heading then says.
    pub(crate) wan: bool,
    /// Title rows above the headings.
    pub(crate) titles: u32,
    /// Headings that differ from the canonical ones, by field.
    pub(crate) headings: &'static [(&'static str, &'static str)],
    pub(crate) body: Body,
}

/// The clean rows of a file.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Rows(Vec<Row>),
    /// All enterprises as they stood on a day.
    Enterprises(Date),
    /// Patents granted within these days, and those pending as of the last day if wanted.
    Patents {
        first: Date,
        last: Date,
        pending: bool,
    },
    /// Events received on a day.
    Events(Date),
}

impl Delivery {
    fn new(register: &'static str, name: &'static str, received: Date, body: Body) -> Self {
        let (format, days) = (Format::Utf8, Days::Iso);
        Self { register, name, received, format, days, wan: false, titles: 0, headings: &[], body }
    }

    fn format(self, format: Format, days: Days) -> Self {
        Self { format, days, ..self }
    }

    fn titled(self, titles: u32) -> Self {
        Self { titles, ..self }
    }

    fn headed(self, headings: &'static [(&'static str, &'static str)]) -> Self {
        Self { headings, ..self }
    }

    /// The moment at which the office received it, in the morning of Beijing.
    pub(crate) fn received_at(&self) -> Timestamp {
        let morning = self.received.at(9, 30, 0, 0);
        Offset::constant(8).to_timestamp(morning).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The name of the file.
    pub(crate) fn file_name(&self) -> String {
        let ending = match self.format {
            Format::Xlsx => "xlsx",
            Format::JsonLines => "jsonl",
            _ => "csv",
        };
        let day = self.received;
        format!("{:04}{:02}{:02}-{}-{}.{ending}", day.year(), day.month(), day.day(), self.register, self.name)
    }

    /// The heading of a field as this file has it.
    pub(crate) fn heading(&self, field: &str, canonical: &'static str) -> &'static str {
        self.headings.iter().find(|(own, _)| *own == field).map_or(canonical, |(_, heading)| heading)
    }

    /// Calls back with each clean row.
    pub(crate) fn rows<E>(&self, city: &City, each: &mut dyn FnMut(&[Cell]) -> Result<(), E>) -> Result<(), E> {
        match &self.body {
            Body::Rows(rows) => rows.iter().try_for_each(|row| each(row)),
            Body::Enterprises(on) => {
                let known = city.enterprises.iter().filter(|enterprise| enterprise.founded <= *on);
                known.map(|enterprise| rows::enterprise_row(city, enterprise, *on)).try_for_each(|row| each(&row))
            }
            Body::Patents { first, last, pending } => {
                let wanted = city.patents.iter().filter(|patent| in_list(patent, *first, *last, *pending));
                wanted.map(|patent| rows::patent_row(city, patent, *last)).try_for_each(|row| each(&row))
            }
            Body::Events(on) => {
                let wanted = city.events.iter().filter(|event| events::received(event.reported) == *on);
                wanted.map(|event| rows::event_row(city, event)).try_for_each(|row| each(&row))
            }
        }
    }

    /// How many clean rows there are.
    pub(crate) fn count(&self, city: &City) -> usize {
        match &self.body {
            Body::Rows(rows) => rows.len(),
            Body::Enterprises(on) => city.enterprises.iter().filter(|enterprise| enterprise.founded <= *on).count(),
            Body::Patents { first, last, pending } => {
                city.patents.iter().filter(|patent| in_list(patent, *first, *last, *pending)).count()
            }
            Body::Events(on) => city.events.iter().filter(|event| events::received(event.reported) == *on).count(),
        }
    }
}

fn in_list(patent: &Patent, first: Date, last: Date, pending: bool) -> bool {
    match patent.granted {
        Some(granted) if granted <= last => granted >= first,
        // Published eighteen months after the filing, and not yet granted.
        _ => pending && patent.is_invention() && plus_days(patent.filed, 550) <= last,
    }
}

/// Every file of the city in the order in which they came.
pub(crate) fn all(city: &City) -> Vec<Delivery> {
    let mut list = Vec::new();
    places(city, &mut list);
    status_files(city, &mut list);
    patent_files(city, &mut list);
    right_files(city, &mut list);
    figure_files(city, &mut list);
    if city.scale.is_larger() {
        for delivery in &mut list {
            // A workbook holds about a million rows and cannot be written as a stream.
            if delivery.format == Format::Xlsx {
                delivery.format = Format::Utf8Bom;
            }
        }
    }
    list.retain(|delivery| delivery.count(city) > 0);
    list.sort_by_key(|delivery| (delivery.received, delivery.file_name()));
    list
}

fn places(city: &City, list: &mut Vec<Delivery>) {
    list.push(
        Delivery::new("regions", "区镇名录", date(2021, 1, 8), Body::Rows(rows::region_rows(city)))
            .format(Format::Xlsx, Days::True)
            .titled(1),
    );
    let shapes = [
        (date(2021, 1, 15), Format::Xlsx, Days::True, 2),
        (date(2022, 1, 14), Format::Gb18030, Days::Slashes, 0),
        (date(2023, 1, 13), Format::Xlsx, Days::Dots, 1),
        (date(2024, 1, 10), Format::Gb18030, Days::Iso, 1),
    ];
    for (received, format, days, titles) in shapes {
        let as_of = date(received.year() - 1, 12, 31);
        let file = Delivery::new("enterprises", "企业名录", received, Body::Enterprises(as_of))
            .format(format, days)
            .titled(titles);
        list.push(file.headed(if received.year() == 2022 {
            &[("name", "单位名称"), ("region", "所属区镇"), ("state", "登记状态")]
        } else {
            &[]
        }));
        let changes = rows::change_rows(city, as_of.year());
        list.push(
            Delivery::new("enterprise-changes", "变更登记", plus_days(received, 3), Body::Rows(changes))
                .format(Format::Utf8Bom, Days::Chinese),
        );
    }
}

fn status_files(city: &City, list: &mut Vec<Delivery>) {
    let shapes = [
        (Format::Xlsx, Days::Chinese),
        (Format::Utf8, Days::Iso),
        (Format::Gb18030, Days::Dots),
        (Format::Xlsx, Days::True),
    ];
    let days: BTreeSet<Date> = city.statuses.iter().map(|status| status.received).collect();
    for (n, received) in days.into_iter().enumerate() {
        let (format, days) = shapes[n % shapes.len()];
        for (name, wanted) in [("高企与科技型企业", true), ("知识产权资质", false)] {
            let of_file = |status: &&statuses::Status| {
                status.received == received && matches!(status.kind, "高新技术企业" | "科技型中小企业") == wanted
            };
            let rows: Vec<&statuses::Status> = city.statuses.iter().filter(of_file).collect();
            let file =
                Delivery::new("statuses", name, received, Body::Rows(statuses::rows(city, &rows))).format(format, days);
            let headings: &[_] = if wanted {
                &[("valid_from", "发证日期"), ("valid_to", "有效期至")]
            } else {
                &[("valid_from", "认定日期")]
            };
            list.push(file.titled(u32::from(format == Format::Xlsx)).headed(headings));
        }
    }
}

/// Headings of a list exported from a patent database, which all are known synonyms.
const EXPORT: &[(&str, &str)] = &[
    ("title", "发明名称"),
    ("granted_on", "授权公告日"),
    ("patentees", "申请（专利权）人"),
    ("inventors", "发明（设计）人"),
    ("ipc", "IPC分类号"),
];

/// Headings that nobody knows beforehand: the clerk has to say once what they mean.
pub(crate) const STRANGE: &[(&str, &str)] = &[("patentees", "权属单位（第一位为主）"), ("granted_on", "下证公告时间")];

fn patent_files(city: &City, list: &mut Vec<Delivery>) {
    let stock = Body::Patents { first: date(1985, 4, 1), last: date(2020, 12, 31), pending: false };
    list.push(
        Delivery::new("patents", "专利存量清单", date(2021, 1, 20), stock)
            .format(Format::Gb18030, Days::Dots)
            .titled(1)
            .headed(EXPORT),
    );
    for (year, format) in [(2021, Format::Utf8Bom), (2022, Format::Utf16)] {
        let body = Body::Patents { first: date(year, 1, 1), last: date(year, 12, 31), pending: true };
        list.push(Delivery::new("patents", "专利年度清单", date(year + 1, 1, 18), body).format(format, Days::Iso));
    }
    let mut first = date(2023, 1, 1);
    while first < date(2024, 2, 1) {
        let last = plus_days(first.last_of_month(), 0);
        let received = plus_days(last, 10);
        let (format, days) = match first.month() {
            3 | 9 => (Format::Gb18030, Days::Slashes),
            1 | 5 | 7 | 11 => (Format::Xlsx, Days::Compact),
            12 => (Format::Xlsx, Days::True),
            _ => (Format::Utf8, Days::Iso),
        };
        let body = Body::Patents { first, last, pending: first.month() == 6 };
        let file = Delivery::new("patents", "专利月度清单", received, body).format(format, days);
        list.push(match first.month() {
            8 => file.headed(STRANGE),
            1 | 7 => file.titled(2).headed(EXPORT),
            _ => file,
        });
        first = plus_days(last, 1);
    }
    let body = Body::Patents { first: date(2024, 2, 1), last: date(2024, 2, 10), pending: false };
    list.push(Delivery::new("patents", "专利月度清单", date(2024, 2, 18), body));

    let mut days: Vec<Date> = city.events.iter().map(|event| events::received(event.reported)).collect();
    days.sort_unstable();
    days.dedup();
    for (n, received) in days.into_iter().enumerate() {
        let name = if received == events::LATE_LAPSES { "补报终止名单" } else { "法律状态变动" };
        let format = [Format::Utf8, Format::Gb18030, Format::Xlsx, Format::Utf8Bom][n % 4];
        list.push(
            Delivery::new("patent-events", name, received, Body::Events(received))
                .format(format, [Days::Iso, Days::Slashes, Days::True][n % 3]),
        );
    }
}

/// What one file reports of: its first and last day, and the day on which it comes.
struct Period {
    first: Date,
    last: Date,
    received: Date,
}

/// The periods of an office that reports by the year to 2022, the first file with all that went before, and every so
/// many months in 2023; each file comes so many days after its period.
fn periods(months: i8, days: i64) -> Vec<Period> {
    let period = |first, last| Period { first, last, received: plus_days(last, days) };
    let mut periods = vec![period(Date::MIN, date(2020, 12, 31))];
    periods.extend([2021, 2022].map(|year| period(date(year, 1, 1), date(year, 12, 31))));
    for month in (1..=12).step_by(months as usize) {
        periods.push(period(date(2023, month, 1), date(2023, month + months - 1, 1).last_of_month()));
    }
    periods
}

/// Splits rows by the day on which something happened into the files of these periods.
fn by_period(rows: &[(Date, Row)], periods: &[Period]) -> Vec<(Date, Vec<Row>)> {
    let of = |period: &Period| {
        let within = rows.iter().filter(|(day, _)| period.first <= *day && *day <= period.last);
        (period.received, within.map(|(_, row)| row.clone()).collect())
    };
    periods.iter().map(of).collect()
}

/// The grants abroad month by month: each as it stood when the file was made, and once more when it had ended.
fn foreign_files(city: &City, list: &mut Vec<Delivery>) {
    for Period { first, last, received } in periods(1, 11) {
        let grants: Vec<rights::ForeignGrant> = city
            .foreign
            .iter()
            .filter(|grant| !grant.claimed_twice && grant.granted <= last)
            .filter(|grant| grant.granted >= first || grant.ended.is_some_and(|day| first <= day && day <= last))
            .map(|grant| rights::ForeignGrant { ended: grant.ended.filter(|day| *day <= last), ..grant.clone() })
            .collect();
        let rows = rights::foreign_rows(city, &grants.iter().collect::<Vec<_>>());
        list.push(
            Delivery::new("foreign-grants", "境外授权", received, Body::Rows(rows))
                .format(Format::Xlsx, Days::True)
                .titled(1),
        );
    }
}

fn right_files(city: &City, list: &mut Vec<Delivery>) {
    let mut random = Random::new(city.seed, "rights");
    foreign_files(city, list);
    for year in 2021..=2024 {
        let prizes: Vec<&rights::Prize> = city.prizes.iter().filter(|prize| prize.received.year() == year).collect();
        list.push(Delivery::new(
            "prizes",
            "获奖项目",
            date(year, 8, 22),
            Body::Rows(rights::prize_rows(city, &prizes)),
        ));
    }
    let twice: Vec<&rights::ForeignGrant> = city.foreign.iter().filter(|grant| grant.claimed_twice).collect();
    list.push(Delivery::new(
        "foreign-grants",
        "补充申报",
        date(2024, 1, 30),
        Body::Rows(rights::foreign_rows(city, &twice)),
    ));
    for (received, rows) in by_period(&rights::trademarks(city, &mut random), &periods(12, 16)) {
        list.push(
            Delivery::new("trademarks", "商标清单", received, Body::Rows(rows))
                .format(Format::Gb18030, Days::Slashes)
                .headed(&[("expires_on", "有效期至")]),
        );
    }
    for (received, rows) in by_period(&rights::madrid(city, &mut random), &periods(3, 11)) {
        list.push(
            Delivery::new("madrid", "马德里国际注册", received, Body::Rows(rows)).format(Format::Utf8Bom, Days::Iso),
        );
    }
    for (received, rows) in by_period(&rights::pledges(city, &mut random), &periods(1, 9)) {
        let file = Delivery::new("pledges", "质押登记台账", received, Body::Rows(rows))
            .format(Format::Xlsx, Days::Chinese)
            .titled(2);
        list.push(Delivery { wan: true, ..file });
    }
}

fn figure_files(city: &City, list: &mut Vec<Delivery>) {
    let mut random = Random::new(city.seed, "figures");
    let mut statistics = figures::statistics(city);
    statistics.sort_by_key(|(received, _)| *received);
    let mut days: Vec<Date> = statistics.iter().map(|(received, _)| *received).collect();
    days.dedup();
    for received in days {
        let rows = statistics.iter().filter(|(day, _)| *day == received).map(|(_, row)| row.clone()).collect();
        list.push(Delivery::new("statistics", "统计数据", received, Body::Rows(rows)));
    }
    let sei = Body::Rows(figures::strategic_industries());
    list.push(
        Delivery::new("strategic-industries", "产业分类对照表", date(2021, 3, 1), sei)
            .format(Format::Xlsx, Days::Iso)
            .titled(1),
    );
    for (as_of, received, official) in
        [(date(2022, 12, 31), date(2023, 2, 20), &city.official_2022), (AS_OF, date(2024, 1, 26), &city.official_2023)]
    {
        let rows = figures::official_rows(city, as_of, official);
        list.push(
            Delivery::new("official-high-value", "高价值发明专利清单", received, Body::Rows(rows))
                .format(Format::Xlsx, Days::Iso)
                .titled(1),
        );
    }
    for (received, rows) in by_period(&figures::trainees(city, &mut random), &periods(1, 8)) {
        list.push(
            Delivery::new("trainees", "实训结业名单", received, Body::Rows(rows))
                .format(Format::Gb18030, Days::Chinese),
        );
    }
    for (received, row) in figures::surveys() {
        list.push(
            Delivery::new(
                "survey-waves",
                if row[0] == text("认知度") { "认知度调查" } else { "满意度调查" },
                received,
                Body::Rows(vec![row]),
            )
            .format(Format::JsonLines, Days::Iso),
        );
    }
    for (received, rows) in by_period(&figures::fees(city, &mut random), &periods(12, 19)) {
        list.push(Delivery::new("official-fees", "缴费记录", received, Body::Rows(rows)));
    }
    let others = market::registers(city).into_iter().chain(projects::registers(city));
    for (register, name, received, rows) in payouts::registers(city).into_iter().chain(others) {
        list.push(Delivery::new(register, name, received, Body::Rows(rows)));
    }
    let rows_of = |register: &str| -> Vec<Row> {
        let of = list.iter().filter(|one| one.register == register);
        of.filter_map(|one| if let Body::Rows(rows) = &one.body { Some(rows.clone()) } else { None })
            .flatten()
            .collect()
    };
    for (year, rows) in projects::uses(&rows_of("pledges"), &rows_of("insurances")) {
        list.push(Delivery::new("use-support", "运用扶持台账", date(year + 1, 1, 20), Body::Rows(rows)));
    }
    list.push(Delivery::new("deliveries", "报送情况", date(2024, 1, 13), Body::Rows(figures::deliveries())));
    list.push(Delivery::new("trajectories", "分年度目标", date(2021, 4, 2), Body::Rows(figures::trajectories(city))));
    list.push(Delivery::new("province-figures", "省级通报数", date(2024, 2, 8), Body::Rows(city.province.clone())));
}

/// The columns of a file: field, heading, and the place of the field in a row.
pub(crate) fn headings(delivery: &Delivery) -> Vec<(&'static str, String)> {
    let columns = registers::columns(delivery.register).iter();
    let heading = |&(field, canonical): &(&'static str, &'static str)| {
        let heading = delivery.heading(field, canonical);
        let money = delivery.wan && matches!(field, "amount" | "ip_amount" | "allocations" | "disbursed");
        (field, if money { format!("{heading}（万元）") } else { heading.to_owned() })
    };
    columns.map(heading).collect()
}
