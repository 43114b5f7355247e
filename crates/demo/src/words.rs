//! Titles, abstracts, inventors, symbols and names as the lists of an office write them.

use jiff::civil::Date;

use crate::{
    City,
    industries::{INDUSTRIES, Industry, Topic},
    names::{self, INSTITUTES, OUTSIDERS},
    patents::{Owner, Patent, Place, Tie},
    random::Random,
};

const QUALITIES: &[&str] =
    &["高效", "新型", "便携式", "模块化", "自适应", "低噪声", "防腐蚀", "可调节", "轻量化", "多功能", "耐高温", "快装"];
const PROBLEMS: &[&str] = &["结构复杂", "能耗较高", "寿命较短", "精度不足", "维护不便", "成本较高", "稳定性差"];

/// The industry and the topic of a patent.
pub(crate) fn topic(patent: &Patent) -> (&'static Industry, &'static Topic) {
    let industry = &INDUSTRIES[usize::from(patent.topic.0)];
    (industry, &industry.topics[usize::from(patent.topic.1)])
}

/// The title, 名称.
pub(crate) fn title(patent: &Patent) -> String {
    let (industry, topic) = topic(patent);
    let mut random = Random::new(patent.words, "title");
    let (quality, part) = (random.pick(QUALITIES), random.pick(industry.parts));
    let noun = topic.noun;
    if patent.number.kind == 3 {
        return format!("{part}（{quality}型）");
    }
    if is_process(topic) {
        return match random.below(3) {
            0 => format!("一种{quality}{noun}"),
            1 => format!("一种基于{part}的{noun}及系统"),
            _ => format!("{noun}、装置、设备及存储介质"),
        };
    }
    // A utility model protects no process, 《专利法》第二条.
    match random.below(if patent.is_invention() { 6 } else { 4 }) {
        0 => format!("一种{quality}{noun}"),
        1 => format!("一种带有{part}的{noun}"),
        2 => format!("一种{noun}用{part}"),
        3 => format!("{quality}{noun}"),
        4 => format!("一种{noun}及其制备方法"),
        _ => format!("一种{quality}{noun}及其使用方法"),
    }
}

/// True when the topic is a process, which only an invention can protect.
pub(crate) fn is_process(topic: &Topic) -> bool {
    topic.noun.ends_with("方法") || topic.noun.ends_with("工艺")
}

/// What an invention is made of, and what for.
struct Making {
    parts: [&'static str; 3],
    aim: &'static str,
    problem: &'static str,
    join: &'static str,
}

fn making(patent: &Patent) -> Making {
    let (industry, _) = topic(patent);
    let mut random = Random::new(patent.words, "abstract");
    let start = random.below(industry.parts.len());
    let parts = [0, 1, 3].map(|step| industry.parts[(start + step) % industry.parts.len()]);
    let (aim, problem) = (random.pick(industry.aims), random.pick(PROBLEMS));
    let join = random.pick(&["可拆卸连接", "电性连接", "固定连接", "相互配合", "滑动配合"]);
    Making { parts, aim, problem, join }
}

/// The abstract, 摘要.
pub(crate) fn summary(patent: &Patent) -> String {
    let title = title(patent);
    let what = if patent.is_invention() { "本发明" } else { "本实用新型" };
    let Making { parts: [a, b, c], aim, problem, join } = making(patent);
    format!(
        "{what}公开了{title}，涉及{field}技术领域，包括{a}、{b}和{c}，所述{a}与{b}{join}，所述{c}设置于{a}的一侧。{what}{aim}，解决了现有技术中{problem}的问题。",
        field = topic(patent).0.field
    )
}

/// The claims, 权利要求.
pub(crate) fn claims(patent: &Patent) -> Vec<String> {
    let title = title(patent);
    let Making { parts: [a, b, c], aim, join, .. } = making(patent);
    vec![
        format!("1. {title}，其特征在于，包括{a}、{b}和{c}，所述{a}与{b}{join}，所述{c}设置于{a}的一侧。"),
        format!("2. 根据权利要求1所述的{title}，其特征在于，所述{b}与{c}之间设有缓冲件。"),
        format!("3. 根据权利要求1或2所述的{title}，其特征在于，所述{a}可更换，从而{aim}。"),
    ]
}

/// The symbols, 分类号, in one of the usual notations; designs have none.
pub(crate) fn ipc(patent: &Patent) -> String {
    if patent.number.kind == 3 {
        return String::new();
    }
    let mut random = Random::new(patent.words, "ipc");
    let symbol = topic(patent).1.ipc;
    let mut list = match random.below(4) {
        0 => symbol.to_owned(),
        1 => format!("{symbol}(2006.01)I"),
        2 => format!("{} {}", &symbol[..4], &symbol[4..]),
        _ => symbol.to_owned(),
    };
    if random.permille(350) {
        // A second symbol that no rule of the table knows.
        list.push_str(random.pick::<&str>(&["; F16B5/02", "；B65B57/00;", ";G05B19/042", "|F16M11/04"]));
    }
    list
}

/// The inventors, 发明人.
pub(crate) fn inventors(patent: &Patent) -> String {
    let mut random = Random::new(patent.words, "inventors");
    let count = random.between(1, 5);
    let names: Vec<String> = (0..count).map(|_| names::person(random.below(4000) as u64)).collect();
    names.join(";")
}

/// The name of an owner on a day.
pub(crate) fn owner(city: &City, owner: Owner, day: Date) -> String {
    match owner {
        Owner::Enterprise(index) => city.enterprises[index as usize].name_on(day).to_owned(),
        Owner::Institute(index) => INSTITUTES[index as usize].0.to_owned(),
        Owner::Person(index) => names::person(u64::from(index)),
        Owner::Outsider(index) => OUTSIDERS[index as usize].0.to_owned(),
    }
}

/// The address of an owner on a day.
pub(crate) fn owner_address(city: &City, owner: Owner, day: Date) -> String {
    let towns = &city.towns;
    match owner {
        Owner::Enterprise(index) => {
            let town = city.enterprises[index as usize].town_on(day);
            names::address(Some(&towns[town]), u64::from(index))
        }
        Owner::Institute(index) => {
            names::address(Some(&towns[index as usize % towns.len()]), 700_000 + u64::from(index))
        }
        Owner::Person(index) => {
            names::address(Some(&towns[index as usize * 7 % towns.len()]), 900_000 + u64::from(index))
        }
        Owner::Outsider(index) => OUTSIDERS[index as usize].1.to_owned(),
    }
}

/// The code of an owner, if it has one that the lists give.
pub(crate) fn owner_code(city: &City, owner: Owner) -> Option<String> {
    match owner {
        Owner::Enterprise(index) => Some(city.enterprises[index as usize].uscc.clone()),
        Owner::Institute(index) => Some(crate::numbers::uscc("12", 5_000_000 + u64::from(index))),
        Owner::Person(_) | Owner::Outsider(_) => None,
    }
}

/// The patentees, 专利权人, the first-named first.
pub(crate) fn patentees(city: &City, patent: &Patent) -> String {
    let day = patent.granted.unwrap_or(patent.filed);
    let mut random = Random::new(patent.words, "patentees");
    let mut list = owner(city, patent.owner, day);
    match patent.tie {
        // Two characters changed places, which a person can see and a program must not guess.
        Tie::Misspelt => list = list.replace("有限公司", "限有公司"),
        _ if random.permille(150) => list = list.replace('（', "(").replace('）', ")"),
        _ => {}
    }
    if let Some(second) = patent.second {
        list.push(';');
        list.push_str(&owner(city, second, day));
    } else if random.permille(80) {
        list.push('；');
    }
    list
}

/// The address, 地址, of the first-named patentee.
pub(crate) fn address(city: &City, patent: &Patent) -> String {
    let day = patent.granted.unwrap_or(patent.filed);
    match patent.place {
        Place::Full => owner_address(city, patent.owner, day),
        Place::NoTown => names::address(None, patent.words),
        Place::Blank => String::new(),
    }
}
