//! The industries of the synthetic city: what its enterprises are called, make and patent, and the table of strategic industries.
//!
//! The table has the form of the official reference table (战略性新兴产业分类与国际专利分类参照关系表) but is invented and much shorter.
//! Every topic says what the table makes of it, and a test reads the table to see that it does.

/// What the table of strategic industries makes of a patent on a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategic {
    /// A rule matches, by symbol alone or with its keyword.
    Met,
    /// A symbol matches, the keyword is not found: a person has to judge.
    Undetermined,
    /// No rule matches.
    Not,
}

/// Something that the industry's patents are about.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(crate) ipc: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) strategic: Strategic,
}

/// One industry.
#[derive(Debug)]
pub(crate) struct Industry {
    pub(crate) field: &'static str,
    /// How many of a thousand enterprises.
    pub(crate) weight: u32,
    /// Words in the names of its enterprises.
    pub(crate) trades: &'static [&'static str],
    /// GB/T 4754 classes with their names.
    pub(crate) classes: &'static [(&'static str, &'static str)],
    pub(crate) topics: &'static [Topic],
    /// Parts that its inventions are made of.
    pub(crate) parts: &'static [&'static str],
    pub(crate) aims: &'static [&'static str],
}

const fn met(ipc: &'static str, noun: &'static str) -> Topic {
    Topic { ipc, noun, strategic: Strategic::Met }
}
const fn open(ipc: &'static str, noun: &'static str) -> Topic {
    Topic { ipc, noun, strategic: Strategic::Undetermined }
}
const fn not(ipc: &'static str, noun: &'static str) -> Topic {
    Topic { ipc, noun, strategic: Strategic::Not }
}

pub(crate) const INDUSTRIES: &[Industry] = &[
    Industry {
        field: "新能源",
        weight: 160,
        trades: &["光伏科技", "新能源", "储能技术", "风电设备", "电池"],
        classes: &[("3825", "光伏设备及元器件制造"), ("3841", "锂离子电池制造"), ("3415", "风能原动设备制造")],
        topics: &[
            met("H01L31/0224", "晶硅太阳能电池栅线"),
            met("H02S20/32", "光伏组件跟踪支架"),
            met("H01M10/0525", "锂离子电池电芯"),
            met("F03D7/02", "风力发电机组变桨机构"),
            met("H01M4/36", "硅碳负极材料"),
            open("H02J7/35", "储能充放电控制电路"),
            open("H02J3/38", "分布式电源并网装置"),
            open("H01M4/139", "电极浆料搅拌设备"),
            not("H01M10/12", "铅酸蓄电池极板"),
            not("F24S25/00", "热水集热器支架"),
        ],
        parts: &["支撑框架", "导流板", "汇流条", "密封边框", "温度采样模块", "缓冲垫", "均衡电路", "冷却流道"],
        aims: &["提高了转换效率", "延长了循环寿命", "降低了度电成本", "改善了散热均匀性"],
    },
    Industry {
        field: "电子信息",
        weight: 150,
        trades: &["电子科技", "半导体", "光电", "微电子", "通信技术"],
        classes: &[("3972", "半导体分立器件制造"), ("3982", "电子电路制造"), ("3921", "通信系统设备制造")],
        topics: &[
            met("H01L21/50", "半导体封装结构"),
            met("H05K3/46", "高密度互连电路板"),
            met("H04L9/32", "工业数据安全认证方法"),
            met("G02B6/42", "光模块耦合组件"),
            open("H01L23/367", "功率器件散热底座"),
            open("H05K1/02", "柔性印制电路板"),
            open("G02B6/44", "光缆护套"),
            not("G06F11/30", "机房设备运行监测方法"),
            not("H03K17/687", "电子开关"),
            not("G01D21/02", "多参数环境传感器"),
        ],
        parts: &["基板", "引线框", "屏蔽罩", "信号采集单元", "导热胶层", "焊盘", "处理单元", "接插端子"],
        aims: &["降低了信号损耗", "提高了良品率", "缩短了响应时间", "减小了体积"],
    },
    Industry {
        field: "输变电",
        weight: 140,
        trades: &["电力设备", "电气", "电缆", "变压器", "输电器材"],
        classes: &[
            ("3821", "变压器、整流器和电感器制造"),
            ("3823", "配电开关控制设备制造"),
            ("3831", "电线、电缆制造"),
        ],
        topics: &[
            met("H02G7/20", "特高压输电线路金具"),
            met("H01F27/28", "换流变压器绕组"),
            met("G01R31/12", "绝缘局部放电检测装置"),
            met("H01B17/50", "特高压复合绝缘子"),
            open("H02G1/02", "架空线路放线滑车"),
            open("H01F27/08", "油浸变压器散热片"),
            open("H01B17/06", "盘形悬式绝缘子"),
            not("H02B1/56", "开关柜通风结构"),
            not("H01H33/66", "真空断路器灭弧室"),
            not("H01B7/17", "电力电缆铠装层"),
            not("E04H12/10", "输电角钢塔"),
        ],
        parts: &["均压环", "夹持臂", "绝缘筒", "接地端子", "压接管", "油箱壁", "导电杆", "锁紧螺栓"],
        aims: &["提高了耐压水平", "便于高空安装", "降低了运行损耗", "避免了局部过热"],
    },
    Industry {
        field: "生物医药",
        weight: 90,
        trades: &["药业", "生物科技", "医疗器械", "医药", "生物制品"],
        classes: &[("2710", "化学药品原料药制造"), ("2720", "化学药品制剂制造"), ("2761", "生物药品制造")],
        topics: &[
            met("A61K39/395", "单克隆抗体制剂"),
            met("C12N15/85", "重组蛋白表达载体"),
            met("C07D471/04", "抗肿瘤稠环化合物"),
            met("A61M25/00", "植介入导管"),
            met("G01N33/53", "炎症标志物检测试剂盒"),
            open("C07D401/14", "激酶抑制剂中间体"),
            open("A61K36/48", "中药复方颗粒"),
            open("A61M5/315", "预充式注射器"),
            not("A61B17/70", "脊柱固定器械"),
            not("A61G7/05", "多功能护理床"),
        ],
        parts: &["过滤层", "缓冲液", "活性成分", "冻干保护剂", "推杆", "密封胶塞", "层析柱", "反应釜"],
        aims: &["提高了生物利用度", "降低了毒副作用", "提高了纯度", "简化了工艺步骤"],
    },
    Industry {
        field: "商务软件",
        weight: 70,
        trades: &["网络科技", "电子商务", "软件", "信息技术", "数据科技"],
        classes: &[("6513", "应用软件开发"), ("6432", "互联网生活服务平台"), ("6540", "运行维护服务")],
        topics: &[
            met("G06Q30/06", "电子商务订单匹配方法"),
            met("G06F16/9535", "商品个性化推荐方法"),
            met("G06N3/08", "神经网络质检模型训练方法"),
            met("H04L67/12", "工业互联网设备接入方法"),
            open("G06Q10/08", "仓储物流调度方法"),
            open("G06Q30/02", "会员积分核算方法"),
            open("H04L67/10", "分布式请求转发方法"),
            not("G06F3/0484", "交互界面展示方法"),
            not("G06F9/451", "表单自动填充方法"),
        ],
        parts: &["数据采集模块", "特征提取模块", "消息队列", "缓存单元", "规则引擎", "接口网关", "校验模块"],
        aims: &["提高了匹配准确率", "缩短了等待时间", "降低了服务器负载", "减少了人工操作"],
    },
    Industry {
        field: "高端装备",
        weight: 130,
        trades: &["智能装备", "数控机床", "自动化设备", "精密机械", "机器人"],
        classes: &[("3422", "金属成形机床制造"), ("3491", "工业机器人制造"), ("3434", "连续搬运设备制造")],
        topics: &[
            met("B25J9/16", "工业机器人轨迹规划方法"),
            met("B23K26/38", "激光切割头"),
            met("B23Q5/28", "五轴联动转台"),
            open("B25J15/06", "真空吸盘夹爪"),
            open("B23Q3/06", "数控机床夹具"),
            not("B65G47/90", "自动上下料机构"),
            not("B21D28/02", "冲压模具"),
            not("B66C13/22", "起重机吊具"),
            not("B24B9/00", "管件打磨设备"),
        ],
        parts: &["机架", "滑轨", "伺服电机", "丝杆", "定位销", "导向柱", "夹紧气缸", "限位块"],
        aims: &["提高了定位精度", "提高了加工效率", "降低了劳动强度", "便于维护更换"],
    },
    Industry {
        field: "新材料",
        weight: 90,
        trades: &["新材料", "化纤", "纺织科技", "高分子材料", "复合材料"],
        classes: &[("2822", "涤纶纤维制造"), ("1751", "化纤织造加工"), ("3062", "玻璃纤维增强塑料制品制造")],
        topics: &[
            met("D01F9/22", "聚丙烯腈碳纤维"),
            met("C08L67/04", "生物基聚乳酸材料"),
            met("C01B32/184", "石墨烯薄膜"),
            open("D01F6/62", "再生聚酯纤维"),
            open("C08L63/00", "环氧树脂复合材料"),
            not("D03D15/00", "高密机织面料"),
            not("D06B3/10", "织物染整设备"),
            not("D01H5/22", "纺纱牵伸机构"),
        ],
        parts: &["基体树脂", "偶联剂", "喷丝板", "导丝辊", "热定型箱", "填料", "烘干室"],
        aims: &["提高了拉伸强度", "改善了耐热性", "降低了能耗", "提高了手感"],
    },
    Industry {
        field: "船舶海工",
        weight: 30,
        trades: &["船舶重工", "海洋装备", "船用设备"],
        classes: &[("3731", "金属船舶制造"), ("3737", "海洋工程装备制造")],
        topics: &[
            met("B63B35/44", "海洋工程自升式平台"),
            open("B63B35/00", "内河自卸驳船"),
            not("B63B59/06", "船体除锈装置"),
            not("B63H21/38", "船用柴油机滤清器"),
        ],
        parts: &["甲板", "桩腿", "压载舱", "绞车", "护舷", "吊臂"],
        aims: &["提高了稳性", "缩短了建造周期", "提高了抗风浪能力"],
    },
    Industry {
        field: "节能环保",
        weight: 60,
        trades: &["环保科技", "环境工程", "节能技术", "水处理设备"],
        classes: &[("3591", "环境保护专用设备制造"), ("7721", "水污染治理")],
        topics: &[
            met("C02F9/00", "工业废水深度处理系统"),
            met("B01D53/86", "挥发性有机物催化燃烧装置"),
            open("C02F1/52", "污水絮凝沉淀池"),
            open("B01D53/78", "烟气喷淋塔"),
            not("B01D46/02", "布袋除尘器"),
            not("B07B1/28", "固废振动筛分机"),
        ],
        parts: &["进水管", "曝气盘", "填料层", "刮泥板", "风机", "换热器", "排渣口"],
        aims: &["降低了排放浓度", "减少了药剂用量", "便于清理", "提高了处理能力"],
    },
    Industry {
        field: "汽车零部件",
        weight: 80,
        trades: &["汽车部件", "车业", "汽车科技", "传动部件"],
        classes: &[("3670", "汽车零部件及配件制造"), ("3612", "新能源车整车制造")],
        topics: &[
            met("B60L53/30", "电动汽车充电桩"),
            not("F16D65/12", "通风制动盘"),
            not("B62D25/20", "车身地板总成"),
            not("F16H57/04", "变速器润滑油路"),
            not("B60R19/34", "防撞吸能盒"),
        ],
        parts: &["壳体", "法兰", "加强筋", "橡胶衬套", "轴承座", "油封", "锁扣"],
        aims: &["减轻了整车重量", "降低了噪声", "提高了强度", "便于装配"],
    },
    Industry {
        field: "现代农业与食品",
        weight: 40,
        trades: &["食品", "农业科技", "生态农业", "水产"],
        classes: &[("1371", "蔬菜加工"), ("0141", "蔬菜种植"), ("1469", "其他调味品制造")],
        topics: &[
            not("A23L19/20", "腌制萝卜条加工工艺"),
            not("A01G9/24", "连栋温室控温装置"),
            not("A01K61/10", "池塘循环水养殖系统"),
            not("A23B7/02", "果蔬热风干燥设备"),
        ],
        parts: &["输送带", "清洗槽", "喷雾管", "保温层", "投料斗", "切片刀"],
        aims: &["延长了保质期", "节约了用水", "提高了产量", "保持了风味"],
    },
    Industry {
        field: "家居建材",
        weight: 60,
        trades: &["家居", "建材", "门窗", "包装制品", "工艺品"],
        classes: &[("2110", "木质家具制造"), ("3312", "金属门窗制造"), ("2231", "纸和纸板容器制造")],
        topics: &[
            not("A47B47/00", "可拆装组合柜"),
            not("E06B1/04", "断桥隔热窗框"),
            not("B65D5/42", "抗压瓦楞纸箱"),
            not("E04F13/08", "装配式墙面板"),
        ],
        parts: &["面板", "连接件", "铰链", "密封条", "龙骨", "卡扣"],
        aims: &["便于运输", "提高了密封性", "降低了成本", "安装方便"],
    },
];

/// One rule of the synthetic table of strategic industries.
#[derive(Debug)]
pub(crate) struct SeiRule {
    pub(crate) code: &'static str,
    pub(crate) rule: u32,
    pub(crate) name: &'static str,
    pub(crate) ipc: &'static str,
    /// 匹配方式; empty says nothing, which means 精确.
    pub(crate) matching: &'static str,
    pub(crate) excluded_ipc: &'static str,
    pub(crate) keywords: &'static str,
    pub(crate) excluded_keywords: &'static str,
}

const fn rule(
    code: &'static str,
    rule: u32,
    name: &'static str,
    ipc: &'static str,
    excluded_ipc: &'static str,
    keywords: &'static str,
) -> SeiRule {
    SeiRule { code, rule, name, ipc, matching: "", excluded_ipc, keywords, excluded_keywords: "" }
}

pub(crate) const SEI_RULES: &[SeiRule] = &[
    rule("1.1", 1, "下一代信息网络产业", "H04L9*", "", ""),
    rule("1.1", 2, "下一代信息网络产业", "G06F11*；G06F21*", "G06F11/30；G06F11/14", "网络安全服务；可信计算"),
    rule("1.1", 3, "下一代信息网络产业", "H04L67*；H04W4*", "H04W4/12", "工业互联网；物联网"),
    rule("1.2", 1, "电子核心产业", "H01L21*；H01L23*", "H01L21/02", "封装；晶圆；集成电路"),
    rule("1.2", 2, "电子核心产业", "H05K1*；H05K3*", "H05K3/00", "高密度互连"),
    rule("1.2", 3, "电子核心产业", "G02B6*", "G02B6/00", "光模块；光纤预制棒"),
    rule("1.4", 1, "互联网与云计算、大数据服务", "G06F16/9535、G06F16/958", "", ""),
    rule("1.5", 1, "人工智能", "G06N*", "G06N7/06", ""),
    rule("2.1", 1, "智能制造装备产业", "B25J*", "B25J1*", "工业机器人；协作机器人"),
    SeiRule { matching: "以下全部", ..rule("2.1", 2, "智能制造装备产业", "B23K26/00", "", "") },
    rule("2.1", 3, "智能制造装备产业", "B23Q*", "B23Q11*", "五轴联动"),
    rule("2.5", 1, "海洋工程装备产业", "B63B35*", "B63B35/71*", "海洋工程；深海"),
    rule("3.3", 1, "先进石化化工新材料", "C08L*", "C08L1*;C08L89*", "生物基；可降解"),
    rule("3.5", 1, "高性能纤维及制品和复合材料", "D01F*", "", "碳纤维；芳纶"),
    rule("3.6", 1, "前沿新材料", "C01B32*", "C01B32/50*", ""),
    rule("4.1", 1, "生物医药产业", "A61K39*|C12N15*", "", ""),
    rule("4.1", 2, "生物医药产业", "C07D*", "", "抗肿瘤；抗病毒"),
    rule("4.1", 3, "生物医药产业", "A61K36*", "", "现代中药；中药创新药"),
    rule("4.2", 1, "生物医学工程产业", "A61M*；G01N33/53*", "", "植介入；试剂盒"),
    rule("5.2", 1, "新能源汽车装置、配件制造", "H01M10*", "H01M10/06*；H01M10/12", "锂离子电池；动力电池"),
    rule("5.3", 1, "新能源汽车相关设施制造", "B60L53*", "", ""),
    SeiRule {
        excluded_keywords: "微型风扇", ..rule("6.2", 1, "风能产业", "F03D*", "F03D13/20", "风力发电")
    },
    rule("6.3", 1, "太阳能产业", "H01L31*", "H01L31/10*", "太阳能电池；光伏组件"),
    rule("6.3", 2, "太阳能产业", "H02S*", "", ""),
    rule("6.3", 3, "太阳能产业", "H01M4*", "H01M4/90*", "正极材料；负极材料"),
    rule("6.5", 1, "智能电网产业", "H02G7*；H02G1*；H01B17*", "", "特高压；柔性直流"),
    rule("6.5", 2, "智能电网产业", "H01F27*", "", "换流变压器；非晶合金"),
    rule("6.5", 3, "智能电网产业", "G01R31/12", "", ""),
    rule("6.5", 4, "智能电网产业", "H02J3*；H02J7*", "H02J7/00", "柔性直流；光伏储能；微电网"),
    rule("7.2", 1, "先进环保产业", "C02F9*", "", ""),
    rule("7.2", 2, "先进环保产业", "C02F1*", "C02F1/00", "海水淡化；膜法"),
    rule("7.2", 3, "先进环保产业", "B01D53*", "B01D53/02*", "挥发性有机物；脱硝"),
    rule("8.1", 1, "数字创意技术设备", "G06Q30*", "", "电子商务；直播"),
    rule("9.1", 1, "新技术与创新创业服务", "G06Q10*", "", "供应链金融；无人仓"),
];

/// The indexes of the industry's topics of this kind; of the next weaker kind where it has none.
pub(crate) fn topics(industry: usize, strategic: Strategic) -> Vec<u8> {
    let of = |wanted: Strategic| -> Vec<u8> {
        let topics = INDUSTRIES[industry].topics.iter().enumerate();
        topics.filter(|(_, topic)| topic.strategic == wanted).map(|(index, _)| index as u8).collect()
    };
    let found = of(strategic);
    if found.is_empty() { of(Strategic::Not) } else { found }
}

/// What the table says to a symbol and a text, written out plainly.
#[cfg(test)]
pub(crate) fn judge(symbols: &[&str], text: &str) -> Strategic {
    let list = |cell: &'static str| cell.split(['；', ';', '、', '|']).filter(|word| !word.is_empty());
    let covers = |pattern: &str, below: bool, symbol: &str| match pattern.strip_suffix('*') {
        Some(stem) if stem.len() > 4 && !stem.contains('/') => {
            symbol.strip_prefix(stem).is_some_and(|rest| rest.starts_with('/'))
        }
        Some(stem) => symbol.starts_with(stem),
        None if below => symbol.split('/').next() == pattern.split('/').next(),
        None => symbol == pattern,
    };
    let mut best = Strategic::Not;
    for rule in SEI_RULES {
        let below = rule.matching == "以下全部";
        let hit = symbols.iter().any(|symbol| {
            list(rule.ipc).any(|pattern| covers(pattern, below, symbol))
                && !list(rule.excluded_ipc).any(|pattern| covers(pattern, false, symbol))
        });
        if !hit {
            continue;
        }
        let found = rule.keywords.is_empty() || list(rule.keywords).any(|word| text.contains(word));
        let refused = list(rule.excluded_keywords).any(|word| text.contains(word));
        best = best.min(match (found, refused) {
            (true, false) => Strategic::Met,
            (false, _) => Strategic::Undetermined,
            (true, true) => Strategic::Not,
        });
    }
    best
}
