//! Invented names: the city, its units, firms, universities and people, and how their addresses are written.

use crate::random::Random;

/// The name of the city, which exists nowhere.
pub const CITY: &str = "云川市";

/// The units (镇、区、街道) with their kind and address words.
pub(crate) const TOWNS: &[(&str, &str, &str)] = &[
    ("云川经济开发区", "区", "云川开发区；经济技术开发区"),
    ("云川高新技术产业开发区", "区", "云川高新区"),
    ("城中街道", "街道", "城中"),
    ("城北街道", "街道", "城北"),
    ("澄湖街道", "街道", "澄湖"),
    ("望津街道", "街道", "望津"),
    ("栖云镇", "镇", "栖云"),
    ("松桥镇", "镇", "松桥"),
    ("南渚镇", "镇", "南渚"),
    ("碧埠镇", "镇", "碧埠；旧埠村"),
    ("长荻镇", "镇", "长荻"),
    ("石濂镇", "镇", "石濂"),
    ("丁沐镇", "镇", "丁沐"),
    ("荷泾镇", "镇", "荷泾"),
    ("陆沚镇", "镇", "陆沚"),
    ("槐浦镇", "镇", "槐浦；槐浦工业集中区"),
    ("晏港镇", "镇", "晏港"),
    ("磨盘镇", "镇", "磨盘"),
    ("东琅镇", "镇", "东琅"),
    ("柳堰镇", "镇", "柳堰"),
    ("雁沙镇", "镇", "雁沙"),
];

/// The town that was merged into 碧埠镇 at the end of 2021.
pub(crate) const FORMER_TOWN: &str = "旧埠镇";

const FIRST: &[char] = &[
    '澄', '岳', '衡', '铭', '启', '泓', '瀚', '锐', '晟', '骏', '禾', '嵘', '湛', '奕', '恺', '朗', '昱', '凌', '沁',
    '皓', '祺', '曜', '弘', '睿', '翊', '峻', '瑾', '霖', '煜', '珩', '楷', '旻', '璟', '韬', '霁', '骁', '岚', '樾',
    '聿', '戎',
];
const SECOND: &[char] = &[
    '源', '拓', '达', '通', '宇', '川', '辰', '誉', '驰', '诚', '创', '汇', '科', '峰', '泽', '腾', '航', '光', '邦',
    '原', '信', '润', '维', '图', '展', '鼎', '纳', '利', '联', '升', '兴', '和', '力', '特', '博', '讯', '新', '恒',
    '茂', '凯',
];
const THIRD: &[char] = &['亚', '中', '天', '华', '东', '海', '金', '宏', '大', '立'];

/// A brand of two characters, of three when the pairs run out; each index has its own.
pub(crate) fn brand(index: usize) -> String {
    let pairs = FIRST.len() * SECOND.len();
    // 977 shares no factor with the 1,600 pairs, so neighbours look different.
    let pair = (index % pairs) * 977 % pairs;
    let mut brand = String::new();
    let mut rest = index / pairs;
    while rest > 0 {
        brand.push(THIRD[rest % THIRD.len()]);
        rest /= THIRD.len();
    }
    brand.push(FIRST[pair / SECOND.len()]);
    brand.push(SECOND[pair % SECOND.len()]);
    brand
}

const SURNAMES: &[char] = &[
    '王', '李', '张', '刘', '陈', '杨', '黄', '赵', '吴', '周', '徐', '孙', '马', '朱', '胡', '郭', '何', '林', '高',
    '罗', '郑', '梁', '谢', '宋', '唐', '许', '韩', '冯', '邓', '曹', '彭', '曾', '萧', '田', '董', '袁', '潘', '于',
    '蒋', '蔡',
];
const GIVEN: &[char] = &[
    '伟', '芳', '娜', '敏', '静', '丽', '强', '磊', '军', '洋', '勇', '艳', '杰', '娟', '涛', '明', '超', '霞', '平',
    '刚', '桂', '英', '华', '玉', '萍', '红', '鹏', '辉', '斌', '宁', '楠', '晨', '雪', '琳', '阳', '浩', '宇', '轩',
    '佳', '怡',
];

/// The name of an invented person; the same index gives the same name.
pub(crate) fn person(index: u64) -> String {
    let mut random = Random::new(index, "person");
    let mut name = String::new();
    name.push(*random.pick(SURNAMES));
    name.push(*random.pick(GIVEN));
    if random.permille(700) {
        name.push(*random.pick(GIVEN));
    }
    name
}

const ROADS: &[&str] = &[
    "通海路",
    "万新路",
    "惠政路",
    "兴园路",
    "科创大道",
    "纬三路",
    "经七路",
    "人民路",
    "长安路",
    "益寿路",
    "鹿门路",
    "解放路",
];

/// The address of a body in a town, always the same for the same index.
pub(crate) fn address(town: Option<&str>, index: u64) -> String {
    let mut random = Random::new(index, "address");
    let postcode = if random.permille(300) { "225999 " } else { "" };
    let town = town.unwrap_or("");
    format!("{postcode}江苏省{CITY}{town}{}{}号", random.pick(ROADS), random.between(1, 299))
}

/// Universities and institutes of the city.
pub(crate) const INSTITUTES: &[(&str, usize)] = &[
    ("云川理工学院", 1),
    ("云川职业技术学院", 2),
    ("江苏省云川农业科学研究所", 9),
    ("云川先进电力装备研究院", 0),
    ("云川市第一人民医院", 3),
];

/// Bodies outside the city, with their addresses; no word of a unit of the city occurs in them.
pub(crate) const OUTSIDERS: &[(&str, &str)] = &[
    ("江左大学", "210099 江苏省南京市栖霞区文澜路9号"),
    ("东淮理工大学", "221099 江苏省徐州市泉山区大学路1号"),
    ("沪滨科技大学", "200999 上海市杨浦区国科路88号"),
    ("钱江工程学院", "310099 浙江省杭州市下沙高教园2号大街12号"),
    ("北辰航空大学", "100999 北京市海淀区知行路37号"),
    ("荆楚工业大学", "430099 湖北省武汉市洪山区珞瑜东路5号"),
    ("中原电力研究院", "450099 河南省郑州市高新区瑞达路60号"),
    ("深圳市远岬半导体有限公司", "518099 广东省深圳市南山区科苑路15号"),
    ("苏州蓝砚生物科技有限公司", "215099 江苏省苏州市工业园区星湖街328号"),
    ("无锡梵石新能源有限公司", "214099 江苏省无锡市新吴区长江路21号"),
    ("常州禹木数控有限公司", "213099 江苏省常州市武进区常武路801号"),
    ("宁波听澜船舶工程有限公司", "315099 浙江省宁波市北仑区明州路300号"),
];
