//! Invented documents from a fixed seed, any number of them, one at a time: for tests, benchmarks and trials.
//!
//! Words follow Zipf's law over real words of the dictionary; phrases of known frequency are planted; families,
//! applicants with variants of their names, classes, citations and dates behave as they do in a real corpus.

use std::sync::LazyLock;

use documents::{Citation, Classification, Document, LegalState, Party, Publication, Scheme, Source, Text};
use jiff::{ToSpan, civil::Date};
use terms::PatentKind;

use crate::tokenizer;

/// Phrases and how many of 10,000 documents have each.
pub const PLANTED: [(&str, u64); 5] = [
    ("量子密钥分发", 5),
    ("钙钛矿叠层电池", 50),
    ("激光雷达点云", 200),
    ("卷积神经网络", 1_000),
    ("传感器模块", 3_700),
];

const CHARACTERS: &str = "电池极材料石墨烯锂离子正负隔膜液体固态金属合金氧化硅碳纳米复纤维布纺织机械手臂控制系统装置方法设备信号传感器检测数据处理网络通信无线射频天线光学激光图像识别算法模型训练学习计算存储芯片半导晶圆封装电路板线圈绕组转子定子轴承齿轮箱阀门管道泵压缩冷却热交换加热温度湿度压力流量速度位置角度支架底座外壳盖板螺栓连接固定旋转移动升降夹持输送切割焊接涂覆喷淋清洗干燥过滤分离提取合成反应催化剂溶剂聚物树脂橡胶塑料薄膜玻璃陶瓷水泥混凝土钢筋结构建筑桥梁道路车辆汽船舶飞航空发动燃油气体氢能源太阳风力储变换逆流器开关保护接地绝缘医疗药组织细胞基因蛋白抗体疫苗诊断治疗植农肥料土壤种子食品饮加工包装运输仓库安全监测报警";
const SUBCLASSES: [&str; 40] = [
    "H01M", "G06F", "H04L", "H01L", "G06T", "G06N", "G01N", "A61K", "C08L", "B65G", "H02J", "H04W", "B23K", "B25J",
    "C07D", "G06Q", "G01R", "F16H", "A61B", "D03D", "D06M", "B29C", "C22C", "C01B", "H02K", "F25B", "E04B", "B60L",
    "G02B", "H01B", "C12N", "A01G", "B01D", "F24F", "G05B", "H05K", "B65D", "E02D", "A47L", "B62D",
];
const PLACES: [(&str, &str); 8] = [
    ("江苏省", "南通市"),
    ("江苏省", "苏州市"),
    ("江苏省", "南京市"),
    ("广东省", "深圳市"),
    ("浙江省", "杭州市"),
    ("上海市", "浦东新区"),
    ("北京市", "海淀区"),
    ("湖北省", "武汉市"),
];
const ENGLISH: [&str; 40] = [
    "battery",
    "electrode",
    "method",
    "device",
    "system",
    "sensor",
    "network",
    "module",
    "circuit",
    "layer",
    "material",
    "composite",
    "polymer",
    "fiber",
    "signal",
    "processor",
    "memory",
    "antenna",
    "laser",
    "image",
    "training",
    "control",
    "vehicle",
    "motor",
    "valve",
    "cooling",
    "heating",
    "pressure",
    "coating",
    "catalyst",
    "solvent",
    "protein",
    "cell",
    "treatment",
    "packaging",
    "robot",
    "gripper",
    "frame",
    "housing",
    "bearing",
];

/// The documents of a seed, from the first; document `n` is the same however many are asked for.
pub fn documents(seed: u64, count: u64) -> impl Iterator<Item = Document> {
    (0..count).map(move |ordinal| document(seed, ordinal))
}

/// One document of a seed.
pub fn document(seed: u64, ordinal: u64) -> Document {
    let mut dice = Dice::new(seed, ordinal);
    let (office, kind, filed) = identity(&mut dice);
    let number = application_number(office, kind, filed, ordinal);
    let publications = publications(&mut dice, office, kind, filed, ordinal);
    let is_granted = publications.iter().any(|each| each.is_grant == Some(true));
    let (title, summary, claims) = texts(&mut dice, office, kind);
    let (applicants, owners) = parties(&mut dice, office);
    Document {
        key: number.clone(),
        office: office.to_owned(),
        application_number: number,
        kind: Some(kind),
        filed_on: dice.chance(9_950).then_some(filed),
        publications,
        titles: vec![title],
        abstracts: summary.into_iter().collect(),
        claims,
        owners,
        inventors: (0..1 + dice.below(4)).map(|_| inventor(&mut dice)).collect(),
        classifications: classifications(&mut dice, kind, &applicants[0].name),
        applicants,
        citations: citations(&mut dice, seed, ordinal),
        state: state(&mut dice, is_granted),
        family: family(seed, ordinal),
        sources: vec![Source { format: "generated".into(), file: format!("seed-{seed}"), place: ordinal.to_string() }],
        ..Document::default()
    }
}

/// What comes first of a document's dice, so that another can cite it by its number.
fn identity(dice: &mut Dice) -> (&'static str, PatentKind, Date) {
    let filed = filing_day(dice);
    let office = dice.pick(&["CN", "CN", "CN", "CN", "CN", "CN", "US", "EP", "JP", "KR"]);
    let kind = match dice.below(10) {
        0..=4 => PatentKind::Invention,
        5..=8 if office == "CN" => PatentKind::UtilityModel,
        _ if office == "CN" => PatentKind::Design,
        _ => PatentKind::Invention,
    };
    (office, kind, filed)
}

/// Filings grow by about a tenth a year, from the first year of the present form of application numbers.
fn filing_day(dice: &mut Dice) -> Date {
    const FIRST: i16 = 2004;
    const YEARS: i32 = 22;
    const GROWTH: f64 = 1.1;
    let share = dice.unit() * (GROWTH.powi(YEARS) - 1.0);
    let years = (share + 1.0).log(GROWTH).floor() as i32;
    let year = FIRST + i16::try_from(years.min(YEARS - 1)).unwrap_or(0);
    let month = 1 + i8::try_from(dice.below(12)).unwrap_or(0);
    Date::constant(year, month, 1 + i8::try_from(dice.below(28)).unwrap_or(0))
}

fn application_number(office: &str, kind: PatentKind, filed: Date, ordinal: u64) -> String {
    if office != "CN" {
        return format!("{office}{}{ordinal:08}", filed.year());
    }
    let digit = match kind {
        PatentKind::Invention => 1,
        PatentKind::UtilityModel => 2,
        PatentKind::Design => 3,
    };
    format!("CN{}{digit}{:07}", filed.year(), ordinal % 10_000_000)
}

fn publications(dice: &mut Dice, office: &str, kind: PatentKind, filed: Date, ordinal: u64) -> Vec<Publication> {
    let publication = |number: String, code: &str, months: i64, is_grant: bool| Publication {
        number,
        kind_code: code.to_owned(),
        published_on: filed.checked_add(months.months()).ok(),
        is_grant: Some(is_grant),
    };
    let serial = 100_000_000 + ordinal;
    match (office, kind) {
        ("CN", PatentKind::UtilityModel) => vec![publication(format!("CN2{serial}U"), "U", 7, true)],
        ("CN", PatentKind::Design) => vec![publication(format!("CN3{serial}S"), "S", 6, true)],
        _ => {
            let mut all = vec![publication(format!("{office}1{serial}A"), "A", 18, false)];
            if dice.chance(5_500) {
                all.push(publication(format!("{office}1{serial}B"), "B", 30 + dice.below(24) as i64, true));
            }
            all
        }
    }
}

fn texts(dice: &mut Dice, office: &str, kind: PatentKind) -> (Text, Option<Text>, Vec<Text>) {
    let is_chinese = matches!(office, "CN" | "JP" | "KR");
    let language = if is_chinese { "zh" } else { "en" };
    let text = |text: String| Text { language: language.to_owned(), text };
    let title = match is_chinese {
        true => text(format!("一种{}的{}", dice.words(3), dice.words(2))),
        false => text(dice.english(6)),
    };
    if kind == PatentKind::Design {
        return (title, None, Vec::new());
    }
    let mut summary = match is_chinese {
        true => format!("本发明公开了一种{}，包括{}，其特征在于{}。", dice.words(8), dice.words(25), dice.words(25)),
        false => dice.english(60),
    };
    for (phrase, rate) in PLANTED {
        if dice.chance(rate) {
            summary.push_str("，包括");
            summary.push_str(phrase);
        }
    }
    let claims = (1..=3).map(|number| match is_chinese {
        true => text(format!("{number}. 一种{}，其特征在于，包括{}。", dice.words(6), dice.words(18))),
        false => text(format!("{number}. {}", dice.english(25))),
    });
    let claims = claims.collect();
    (title, Some(text(summary)), claims)
}

/// Applicants by Zipf's law, one in ten under a variant of the name.
fn parties(dice: &mut Dice, office: &str) -> (Vec<Party>, Vec<Party>) {
    const APPLICANTS: u64 = 20_000;
    let named = |dice: &mut Dice| {
        let rank = dice.zipf(APPLICANTS);
        let mut own = Dice::new(7, rank);
        let (province, city) = PLACES[own.below(PLACES.len() as u64) as usize];
        let word = format!("{}{}", own.words(1), own.words(1));
        let suffix = if dice.chance(1_000) { "股份有限公司" } else { "有限公司" };
        Party {
            name: format!("{}{word}科技{suffix}", city.trim_end_matches(['市', '区'])),
            other_name: String::new(),
            country: office.to_owned(),
            address: if office == "CN" {
                format!("{province}{city}科创路{}号", 1 + rank % 500)
            } else {
                String::new()
            },
        }
    };
    let applicants: Vec<Party> = (0..1 + u64::from(dice.chance(1_500))).map(|_| named(dice)).collect();
    let owners = match dice.below(10) {
        0 => vec![named(dice)],
        1..=6 => applicants.clone(),
        _ => Vec::new(),
    };
    (applicants, owners)
}

fn inventor(dice: &mut Dice) -> Party {
    const SURNAMES: [&str; 12] = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫"];
    const GIVEN: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
    let name = format!("{}{}{}", dice.pick(&SURNAMES), dice.pick(&GIVEN), dice.pick(&GIVEN));
    Party { name, ..Party::default() }
}

fn classifications(dice: &mut Dice, kind: PatentKind, applicant: &str) -> Vec<Classification> {
    let symbol =
        |scheme, symbol: String, is_inventive| Classification { scheme, symbol, edition: String::new(), is_inventive };
    if kind == PatentKind::Design {
        return vec![symbol(Scheme::Locarno, format!("{:02}-{:02}", 1 + dice.below(32), 1 + dice.below(9)), true)];
    }
    // An applicant works in a few fields.
    let home = applicant.bytes().map(u64::from).sum::<u64>();
    let mut all = Vec::new();
    for at in 0..1 + dice.below(4) {
        let place = if dice.chance(6_000) { home + at } else { dice.zipf(SUBCLASSES.len() as u64) };
        let subclass = SUBCLASSES[(place % SUBCLASSES.len() as u64) as usize];
        let name = format!("{subclass} {}/{:02}", 1 + dice.below(20), 2 * dice.below(30));
        if dice.chance(3_000) {
            all.push(symbol(Scheme::Cpc, name.clone(), at == 0));
        }
        all.push(symbol(Scheme::Ipc, name, at == 0));
    }
    all
}

fn citations(dice: &mut Dice, seed: u64, ordinal: u64) -> Vec<Citation> {
    let count = if ordinal == 0 { 0 } else { dice.below(4) };
    let cited = (0..count).map(|_| dice.below(ordinal)).collect::<Vec<_>>();
    cited
        .into_iter()
        .map(|other| {
            let (office, kind, filed) = identity(&mut Dice::new(seed, other));
            Citation {
                number: application_number(office, kind, filed, other),
                literature: String::new(),
                category: String::new(),
                phase: String::new(),
            }
        })
        .collect()
}

fn state(dice: &mut Dice, is_granted: bool) -> LegalState {
    match (is_granted, dice.below(10)) {
        (_, 0) => LegalState::Unknown,
        (true, 1..=6) => LegalState::InForce,
        (true, 7..=8) => LegalState::Ended,
        (true, _) => LegalState::Invalidated,
        (false, 1..=5) => LegalState::Pending,
        (false, _) => LegalState::NotGranted,
    }
}

/// Of each four documents in a row, some belong together.
fn family(seed: u64, ordinal: u64) -> String {
    let block = ordinal / 4;
    let first = match (Dice::new(seed ^ 0x5eed, block).below(10), ordinal % 4) {
        (0..=5, _) => return String::new(),
        (6..=7, at) => at / 2,
        (8, at) => at / 3,
        _ => 0,
    };
    format!("F{block}-{first}")
}

/// Words of two characters that the dictionary knows, in a fixed order.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut characters: Vec<char> = CHARACTERS.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    let mut words = Vec::new();
    for first in &characters {
        for second in &characters {
            let word = format!("{first}{second}");
            if tokenizer::jieba().has_word(&word) {
                words.push(word);
            }
        }
    }
    // Frequent words should not be neighbours in the order of characters.
    let mut dice = Dice::new(1, 1);
    for at in (1..words.len()).rev() {
        words.swap(at, dice.below(at as u64 + 1) as usize);
    }
    words
});

/// Numbers from a seed (`SplitMix64`), the same on every machine and version.
struct Dice(u64);

impl Dice {
    fn new(seed: u64, ordinal: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ ordinal.wrapping_mul(0xD1B5_4A32_D192_ED03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that happens so many times in 10,000.
    fn chance(&mut self, rate: u64) -> bool {
        self.below(10_000) < rate
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    /// A rank from 0 by Zipf's law of exponent one.
    fn zipf(&mut self, ranks: u64) -> u64 {
        let rank = ((ranks + 1) as f64).powf(self.unit()).floor() as u64;
        rank.clamp(1, ranks) - 1
    }

    fn words(&mut self, count: usize) -> String {
        let words = &*WORDS;
        (0..count).map(|_| words[self.zipf(words.len() as u64) as usize].as_str()).collect()
    }

    fn english(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| ENGLISH[self.zipf(ENGLISH.len() as u64) as usize]).collect();
        words.join(" ")
    }
}

/// The number that the generator gives a document, as an application number, where it is Chinese.
#[cfg(test)]
fn checked(document: &Document) -> Option<terms::ApplicationNumber> {
    document.key.strip_prefix("CN")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_documents_and_each_key_once() {
        let all: Vec<Document> = documents(3, 500).collect();
        assert_eq!(all[77], document(3, 77));
        assert_ne!(all[77], document(4, 77));
        let mut keys: Vec<&str> = all.iter().map(|document| document.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 500);
        assert!(all.iter().filter(|document| document.office == "CN").all(|document| checked(document).is_some()));
    }
}
