//! The values of the gallery's examples; all invented.

use axum::response::Response;
use jiff::civil::{Date, date};

use super::Listings;
use crate::{
    chart::{Chart, Forecast, Kind as ChartKind, Series, Target},
    error::AppError,
    form::{Choice, Errors, Field, Kind as FieldKind},
    frame::Frame,
    list::{Cell, Dir, Kind, ListQuery, Listing},
    pieces::{
        Clause, Condition, Event, Explanation, Figure, Link, Moment, Notice, Progress, Spark, State, Tab, Tone, Verdict,
    },
};

const HERE: &str = "#";

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(super) fn crumbs() -> Vec<Link> {
    vec![Link::new("指标", HERE), Link::new("发明专利拥有量", HERE), Link::new("江城街道", HERE)]
}

pub(super) fn clause() -> Clause {
    Clause {
        place: "二、总体目标（C2.1.2）".into(),
        text: "每十亿元地区生产总值发明专利拥有量达 30 件以上，".into(),
        document: "关于提升知识产权创新支撑力的实施意见".into(),
        href: HERE.into(),
    }
}

pub(super) fn states() -> Vec<State> {
    [
        (Tone::Ok, "已达标"),
        (Tone::Warn, "有风险"),
        (Tone::Bad, "未达标"),
        (Tone::Unknown, "无法计算"),
        (Tone::Plain, "未启用"),
    ]
    .into_iter()
    .map(|(tone, word)| State::new(tone, word))
    .collect()
}

pub(super) fn figures() -> Vec<Figure> {
    let course = [Some(21.4), Some(22.9), Some(24.0), None, Some(26.8), Some(28.1), Some(29.6), Some(30.4)];
    let figure = Figure {
        name: "每十亿元地区生产总值发明专利拥有量".into(),
        href: HERE.into(),
        value: some("30.42"),
        unit: "件".into(),
        exact: "3,954 件 ÷ 1,300 亿元".into(),
        target: some("目标 ≥ 30"),
        state: Some(State::new(Tone::Ok, "已达标")),
        as_of: "截至2023年12月31日".into(),
        note: None,
        waiting: None,
        spark: Some(Spark::of(&course, Some(30.0), "近八个季度由 21.4 升至 30.4，去年第四季度无数据")),
    };
    vec![
        figure.clone(),
        Figure {
            name: "年知识产权质押融资".into(),
            value: some("1.86"),
            unit: "亿元".into(),
            exact: "186,400,000.00 元".into(),
            target: some("目标 ≥ 2 亿元"),
            state: Some(State::new(Tone::Warn, "有风险")),
            note: some("按近三年进度，年底预计 1.93–2.11 亿元"),
            spark: Some(Spark::of(
                &[Some(0.2), Some(0.5), Some(0.9), Some(1.1), Some(1.5), Some(1.86)],
                Some(2.0),
                "本年累计由 0.2 亿元升至 1.86 亿元",
            )),
            ..figure.clone()
        },
        Figure {
            name: "高新技术企业知识产权贯标备案率".into(),
            value: some("84.6"),
            unit: "%".into(),
            exact: "330 家 ÷ 390 家".into(),
            target: some("目标 ≥ 90%"),
            state: Some(State::new(Tone::Bad, "未达标")),
            note: some("还差 21 家"),
            waiting: Some(Link::new("企业资质登记簿有 24 行待处理，未计入；处理后结论可能改变", HERE)),
            spark: None,
            ..figure.clone()
        },
        Figure {
            name: "知识产权权利人满意度".into(),
            value: None,
            unit: String::new(),
            exact: String::new(),
            target: some("目标 > 85%"),
            state: Some(State::new(Tone::Unknown, "无法计算")),
            note: some("没有收到 2023 年的调查结果，请导入“调查”登记簿"),
            spark: None,
            ..figure
        },
    ]
}

struct Firm {
    name: String,
    town: &'static str,
    rights: Option<i64>,
    pledged_fen: i64,
    since: Option<Date>,
    stars: u8,
}

const TOWNS: [&str; 3] = ["江城街道", "如城街道", "东部经济开发区"];

fn firms() -> Vec<Firm> {
    let names = ["知强电气", "安达医药", "长江新材料", "南岸机器人", "白蒲食品", "神马电力设备与特高压输变电系统集成"];
    (0..64_i64)
        .map(|at| {
            let index = usize::try_from(at).unwrap_or_default();
            Firm {
                name: format!(
                    "江苏{}{}有限公司",
                    names[index % names.len()],
                    if at < 6 { String::new() } else { format!("（{}厂）", at / 6) }
                ),
                town: TOWNS[index % TOWNS.len()],
                rights: (at % 9 != 4).then_some((at * 37) % 61 * if at == 3 { 40 } else { 1 }),
                pledged_fen: if at % 3 == 0 { (at + 1) * 1_234_567_800 } else { 0 },
                since: (at % 7 != 5).then(|| date(2003 + i16::try_from(at % 20).unwrap_or_default(), 3, 14)),
                stars: u8::try_from(at % 4).unwrap_or_default(),
            }
        })
        .collect()
}

fn listing(frame: &Frame) -> Listing<'_, Firm> {
    let towns = TOWNS.into_iter().map(|town| Choice::new(town, town)).collect();
    let stars = ["无", "二星", "三星", "四星"];
    Listing::new(frame, "firms", "/gallery", "企业名录")
        .column("name", "企业名称", Kind::Text, |firm: &Firm| Cell::text(firm.name.as_str()).link(HERE))
        .column("town", "区镇", Kind::Text, |firm| Cell::text(firm.town))
        .column("rights", "有效发明专利", Kind::Number, |firm| {
            firm.rights.map_or_else(Cell::empty, |count| Cell::number(count).unit("件"))
        })
        .column("pledged", "质押融资", Kind::Money, |firm| Cell::money(firm.pledged_fen, frame.lang))
        .column("since", "成立日期", Kind::Date, |firm| Cell::date(firm.since))
        .column("stars", "创新之星", Kind::Text, move |firm| {
            let tone = if firm.stars == 0 { Tone::Plain } else { Tone::Ok };
            Cell::state(State::new(tone, stars[usize::from(firm.stars)]), firm.stars.into())
        })
        .filter("town", "区镇", towns, |firm, town| firm.town == town)
        .search("检索企业", |firm| firm.name.clone())
        .sorted_by("rights", Dir::Down)
        .when_empty("还没有企业。", "请先在“资料”中导入企业名录，或下载空白模板填写。")
}

pub(super) fn listings<'a>(frame: &'a Frame, query: &ListQuery) -> Listings<'a> {
    let mut found = ListQuery::default();
    found.q = "不存在的企业".into();
    let mut filtered = listing(frame).view(&firms(), &found);
    filtered.id = "firms-none-found";
    filtered.caption = "企业名录（没有找到）".into();
    let mut empty = listing(frame).view(&[], &ListQuery::default());
    empty.id = "firms-empty";
    empty.caption = "企业名录（还没有数据）".into();
    Listings { frame, full: listing(frame).view(&firms(), query), filtered, empty }
}

pub(super) fn workbook(frame: &Frame, query: &ListQuery) -> Result<Response, AppError> {
    listing(frame).workbook(&firms(), query)
}

pub(super) fn explanations() -> Vec<Explanation> {
    let quote = Clause {
        place: "三（三）2（C3.3.2.2）".into(),
        text: "对有效发明专利拥有量超过20件、30件、40件、50件，且高价值发明专利达5件以上的企业，分别给予二星、三星、四星、五星“创新之星”奖励。".into(),
        ..clause()
    };
    let met = Condition {
        verdict: Verdict::Met,
        text: "有效发明专利拥有量超过 30 件".into(),
        actual: some("31 件"),
        required: "> 30 件".into(),
        distance: None,
        reason: None,
        clause: Some(quote.clone()),
        evidence: ["2013106997442", "2015101234568", "201610765432X", "2017102345679"]
            .map(|number| Link::new(number, HERE))
            .to_vec(),
        evidence_more: Some(Link::new("列出全部 31 件", HERE)),
    };
    let missed = Condition {
        verdict: Verdict::Missed,
        text: "高价值发明专利达 5 件以上".into(),
        actual: some("4 件"),
        required: "≥ 5 件".into(),
        distance: some("再有 1 件即可达标"),
        evidence_more: None,
        ..met.clone()
    };
    let unknown = Condition {
        verdict: Verdict::Unknown,
        text: "上一年度缴纳的官方费用".into(),
        actual: None,
        required: "> 0 元".into(),
        distance: None,
        reason: some("没有收到 2023 年的官费清单。导入“官费”登记簿后即可确定。"),
        clause: None,
        evidence: Vec::new(),
        evidence_more: None,
    };
    vec![Explanation {
        outcome: State::new(Tone::Bad, "未达三星"),
        sentence: "江苏知强电气有限公司在2023年12月31日满足 3 项条件中的 1 项，另有 1 项尚不能确定。".into(),
        conditions: vec![met, missed, unknown],
    }]
}

fn values(list: &[&str]) -> Vec<Option<String>> {
    list.iter().map(|text| (!text.is_empty()).then(|| (*text).to_owned())).collect()
}

pub(super) fn charts(frame: &Frame) -> Vec<Chart> {
    let months: Vec<String> = (1..=12).map(|month| format!("2023-{month:02}")).collect();
    let actual = values(&["24.10", "24.62", "25.30", "25.90", "", "26.70", "27.44", "28.02", "28.90", "", "", ""]);
    let planned = values(&["24", "24.5", "25", "25.5", "26", "26.5", "27", "27.5", "28", "28.7", "29.4", "30"]);
    let line = Chart {
        line: "截至2023年9月30日；10 月起为预测，区间为八成把握".into(),
        x_title: "月份".into(),
        y_title: "件 / 十亿元".into(),
        unit: "件".into(),
        from_zero: false,
        target: Some(Target { value: "30".into(), label: "目标 ≥ 30".into() }),
        forecast: Some(Forecast {
            name: "预测".into(),
            values: values(&["", "", "", "", "", "", "", "", "28.90", "29.42", "29.95", "30.45"]),
            low: values(&["", "", "", "", "", "", "", "", "28.90", "29.10", "29.30", "29.50"]),
            high: values(&["", "", "", "", "", "", "", "", "28.90", "29.74", "30.60", "31.40"]),
        }),
        ..Chart::new(
            frame,
            "course",
            "每十亿元地区生产总值发明专利拥有量的走势",
            ChartKind::Line,
            months,
            vec![Series::of("实际", actual), Series { dashed: true, ..Series::of("计划", planned) }],
        )
    };
    let towns: Vec<String> =
        TOWNS.iter().chain(&["下原镇", "九华镇", "未定区镇"]).map(|town| (*town).to_owned()).collect();
    let lying = Chart {
        x_title: "区镇".into(),
        y_title: "件".into(),
        unit: "件".into(),
        ..Chart::new(
            frame,
            "gap",
            "各区镇离目标还差多少件",
            ChartKind::BarsLying,
            towns.clone(),
            vec![Series::of("差距", values(&["312", "245", "120", "64", "", "7"]))],
        )
    };
    let stacked = Chart {
        x_title: "区镇".into(),
        y_title: "件".into(),
        unit: "件".into(),
        ..Chart::new(
            frame,
            "kinds",
            "各区镇有效专利的构成",
            ChartKind::Stacked,
            towns,
            vec![
                Series::of("发明专利", values(&["812", "745", "520", "164", "88", "17"])),
                Series::of("实用新型", values(&["2120", "1985", "1430", "602", "390", "41"])),
                Series::of("外观设计", values(&["310", "255", "402", "133", "52", ""])),
            ],
        )
    };
    vec![line, lying, stacked]
}

pub(super) fn errors() -> Errors {
    let mut errors = Errors::default();
    errors.add("code", "统一社会信用代码的校验位不符：应为 18 位，最后一位是 X。请核对营业执照。");
    errors.add("kind", "请选择资质。");
    errors
}

pub(super) fn fields(errors: &Errors) -> Vec<Field> {
    let kinds = || vec![Choice::new("高新技术企业", "高新技术企业"), Choice::new("科技型中小企业", "科技型中小企业")];
    vec![
        Field::of("code", "统一社会信用代码", FieldKind::Text, "91320682MA1ABCDE1Y", errors).hint("18 位，见营业执照"),
        Field::of("kind", "资质", FieldKind::Radios(kinds()), "", errors),
        Field::of(
            "town",
            "区镇",
            FieldKind::Select(TOWNS.map(|town| Choice::new(town, town)).to_vec()),
            "如城街道",
            errors,
        ),
        Field::of("from", "生效日期", FieldKind::Date, "2023-01-01", errors),
        Field::of("count", "件数", FieldKind::Number, "12", errors),
        Field::of("file", "登记簿文件", FieldKind::File(".xlsx,.xls,.ods,.csv,.jsonl"), "", errors)
            .hint("xlsx、xls、ods、csv 或 jsonl，不超过 256 MB"),
        Field::of("note", "说明", FieldKind::Lines, "", errors).optional(),
        Field::of(
            "tell",
            "办结后通知",
            FieldKind::Checks(vec![Choice::new("sms", "短信"), Choice::new("mail", "电子邮件")]),
            "sms",
            errors,
        )
        .optional(),
    ]
}

pub(super) fn tasks() -> Vec<Progress> {
    let running = Progress {
        id: "task-import".into(),
        title: "导入“专利”登记簿：2023年12月专利清单.xlsx".into(),
        done: 12_400,
        total: Some(20_000),
        doing: "已读 12,400 / 20,000 行：接受 12,102，未变 251，待处理 47。正在核对申请号。".into(),
        poll: None,
        cancel: some(HERE),
        if_cancelled: "停止后本批次整体作废，此前的数据不变。".into(),
        ended: None,
    };
    let done = Progress {
        id: "task-done".into(),
        title: "导入“专利”登记簿：2023年11月专利清单.xlsx".into(),
        done: 20_000,
        doing: "共读 20,000 行：接受 19,640，未变 251，待处理 109。".into(),
        cancel: None,
        ended: Some(State::new(Tone::Ok, "已完成")),
        ..running.clone()
    };
    let stopped = Progress {
        id: "task-stopped".into(),
        title: "导入“专利”登记簿：2023年10月专利清单.xlsx".into(),
        total: Some(20_000),
        doing: "已在第 12,400 行停止，没有保存任何内容。".into(),
        cancel: None,
        ended: Some(State::new(Tone::Plain, "已停止")),
        ..running.clone()
    };
    let unsized_one = Progress {
        id: "task-open".into(),
        title: "测算：2023年12月31日".into(),
        total: None,
        doing: "正在冻结事实。".into(),
        ..running.clone()
    };
    vec![running, unsized_one, done, stopped]
}

pub(super) fn events() -> Vec<Event> {
    let past = |day: &str, what: &str, detail: Option<&str>| Event {
        moment: Moment::Past,
        date: day.into(),
        what: what.into(),
        detail: detail.map(str::to_owned),
        source: Some(Link::new("专利登记簿，第 3 批", HERE)),
    };
    vec![
        past("2013-12-20", "申请", Some("江苏知强电气有限公司")),
        past("2016-08-17", "授权公告", None),
        past("2021-12-20", "专利权终止", Some("未缴年费，自应缴费期满之日起终止")),
        past("2022-05-06", "恢复权利", Some("回溯至 2021-12-20，期间视为有效")),
        Event {
            moment: Moment::Overdue,
            date: "2023-12-20".into(),
            what: "第 11 年年费".into(),
            detail: some("已过期 11 天，滞纳期至 2024-06-20"),
            source: None,
        },
        Event {
            moment: Moment::Deadline,
            date: "2024-06-20".into(),
            what: "滞纳期届满，逾期即终止".into(),
            detail: some("还有 117 个工作日；届满日为法定工作日，不顺延"),
            source: None,
        },
    ]
}

pub(super) fn notices() -> Vec<Notice> {
    let notice = |tone, title: &str, line: &str, link: Option<&str>| Notice {
        tone,
        title: title.into(),
        lines: vec![line.into()],
        link: link.map(|label| Link::new(label, HERE)),
    };
    vec![
        notice(
            Tone::Plain,
            "本页按 2 月 1 日所知的事实计算。",
            "此后收到的登记簿不计入。如需计入，请重新测算。",
            Some("重新测算"),
        ),
        notice(Tone::Ok, "批次 12 已导入。", "接受 19,640 行，109 行待处理。", Some("处理 109 行")),
        notice(
            Tone::Warn,
            "“商标”登记簿 12 月尚未报齐。",
            "马德里国际商标的件数是下限，报齐后可能增加。",
            Some("查看资料完整性"),
        ),
        notice(Tone::Bad, "批次 12 不能撤回。", "批次 14 有 3 行以它为依据。请先撤回批次 14。", Some("查看批次 14")),
    ]
}

pub(super) fn tabs() -> Vec<Tab> {
    [("专利", true, "31"), ("资质", false, "4"), ("创新之星", false, ""), ("还差什么", false, "2")]
        .into_iter()
        .map(|(word, is_current, count)| Tab { link: Link::new(word, HERE), is_current, count: count.into() })
        .collect()
}
