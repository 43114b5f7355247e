//! The templates: which questions each kind of navigation asks, in which order, and how each is counted.

use serde::{Deserialize, Serialize};

use crate::{
    Result,
    figure::Part,
    figures::{
        Answer, applicants, data, effects, key_patents, layout, life_cycle, path, people, position, risk,
        specialisation, trend,
    },
    study::Study,
};

/// A kind of navigation (GB/T 39551-2020).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// 区域规划类 (part 2).
    Regional,
    /// 产业规划类 (part 3).
    #[default]
    Industry,
    /// 企业经营类 (part 4).
    Enterprise,
}

impl Template {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Regional, Self::Industry, Self::Enterprise];

    /// The key that commands and addresses use.
    pub fn key(self) -> &'static str {
        match self {
            Self::Regional => "regional",
            Self::Industry => "industry",
            Self::Enterprise => "enterprise",
        }
    }

    /// The Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Regional => "区域规划类",
            Self::Industry => "产业规划类",
            Self::Enterprise => "企业经营类",
        }
    }

    /// The kind with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The questions in their order.
    pub fn questions(self) -> impl Iterator<Item = &'static Question> {
        QUESTIONS.iter().filter(move |question| question.asked_by.contains(&self))
    }
}

/// A question of a template.
#[derive(Debug)]
pub struct Question {
    /// The id of the figure that answers it.
    pub id: &'static str,
    /// The part of the report.
    pub part: Part,
    /// The question; 主体 stands for the city's or the enterprise's name.
    pub text: &'static str,
    /// How it is counted.
    pub method: &'static str,
    asked_by: &'static [Template],
    pub(crate) answer: fn(&Study<'_>) -> Result<Answer>,
}

const EVERY: &[Template] = &Template::ALL;
const FIELD: &[Template] = &[Template::Industry, Template::Enterprise];
const REGION: &[Template] = &[Template::Regional, Template::Industry];

/// Every question that a template can ask.
const QUESTIONS: &[Question] = &[
    Question {
        id: "data-set",
        part: Part::Data,
        text: "统计了哪些文献",
        method: "检索式命中的文献按公开情况分为三部分，三部分相加等于命中总数；只有截止日前（含当日）公开的进入以下各图表。\
                 件：一件申请计一件；族：一个简单同族计一族，即专利分析报告所称的“项”。",
        asked_by: EVERY,
        answer: data::set,
    },
    Question {
        id: "trend",
        part: Part::Direction,
        text: "专利活动是升是降",
        method: "按申请年（授权口径为授权年）统计。发明申请自申请日起满十八个月公布（《专利法》第三十四条），\
                 年末后不满十八个月的年份标为“未全部公开”，其数量只会增加，不得读作下降。\
                 次年的公开文献全库收录不到前后五年内最多一年的四分之一的，标为“收录不足”，不据以判断升降。\
                 推算区间：取最近五个完整年份（每年不少于 10 件或族、至少三年），看各年在距本截止日同样间隔的日子上已公开的比例，\
                 以本年已公开的数量除以其中最高和最低的比例。",
        asked_by: EVERY,
        answer: trend::answer,
    },
    Question {
        id: "life-cycle",
        part: Part::Direction,
        text: "技术处在生命周期的哪个阶段",
        method: "比较每年的申请人数与申请数量，只用完整年份：最近三年的年均与再前三年的年均相比，增减不到 10% 视为持平。\
                 两者都升为成长期，件数不升而申请人不增为成熟期，两者都降为衰退期，件数升而申请人不增为集中期，\
                 件数不升而申请人增为探索期。",
        asked_by: FIELD,
        answer: life_cycle::answer,
    },
    Question {
        id: "offices",
        part: Part::Direction,
        text: "专利申请到了哪些国家和地区",
        method: "按受理局统计；同族跨局时在每个局各计一次，合计大于总数。",
        asked_by: FIELD,
        answer: position::offices,
    },
    Question {
        id: "provinces",
        part: Part::Direction,
        text: "国内集中在哪些省份",
        method: "中国受理的文献按第一申请人地址所在的省份统计；来源没有地址的列为未知，不按零计。",
        asked_by: FIELD,
        answer: position::provinces,
    },
    Question {
        id: "technology",
        part: Part::Direction,
        text: "技术由哪些部分构成",
        method: "技术分支取产业链节点的检索式；没有选定产业链时取命中最多的 IPC 小类。一件文献可以属于几个分支。\
                 增速是最近三个完整年份与再前三年相比。",
        asked_by: EVERY,
        answer: position::technology,
    },
    Question {
        id: "applicants",
        part: Part::Direction,
        text: "谁掌握这个领域的专利",
        method: "申请人按名称归并账的现行版本合并，共同申请的每人各计一次。",
        asked_by: FIELD,
        answer: applicants::field,
    },
    Question {
        id: "concentration",
        part: Part::Direction,
        text: "专利集中在少数申请人手中吗",
        method: "CR4、CR10：前四、前十名申请人至少一方参与的数量占全部的比例，不重复计数。\
                 HHI：各申请人份额平方之和乘 10,000，份额以全部申请人计数之和为分母；低于 1,000 为分散，高于 1,800 为集中。",
        asked_by: FIELD,
        answer: applicants::concentration,
    },
    Question {
        id: "effects",
        part: Part::Direction,
        text: "各技术分支追求什么效果",
        method: "技术×功效矩阵：功效以公布的关键词表判断，名称、摘要或权利要求中逐字出现任一关键词即计入；\
                 一件文献可以有几种功效。关键词表随程序发布，见方法说明。",
        asked_by: FIELD,
        answer: effects::matrix,
    },
    Question {
        id: "key-patents",
        part: Part::Direction,
        text: "哪些专利最值得关注",
        method: key_patents::METHOD,
        asked_by: FIELD,
        answer: key_patents::answer,
    },
    Question {
        id: "quality",
        part: Part::Position,
        text: "主体的专利质量与全省、全国相比如何",
        method: "分母都是各自范围内本库已收录的全部文献，本库全省、本库全国包含主体自身。法律状态以库中最近所知为准；来源没有说明的不计入有效，列在未知一栏。",
        asked_by: EVERY,
        answer: position::quality,
    },
    Question {
        id: "specialisation",
        part: Part::Position,
        text: "主体在哪些技术上相对专长",
        method: "相对专长 RTA =（主体在该技术的数量÷主体全部）÷（对照在该技术的数量÷对照全部），大于 1 为专长；\
                 RSI =（RTA−1）÷（RTA+1），在 −1 与 1 之间。对照为本库已收录的、省内（按第一申请人地址）和在中国受理的文献中主体以外的部分，均按同一检索式。\
                 判断：RTA 的 95% 区间（对数法，各数加 0.5）不含 1 且 RSI 的绝对值不小于 0.05 的为专长或不专长，其余为不显著；\
                 对照少于主体或不足 30 的，不判断。主体没有文献时不计算。",
        asked_by: EVERY,
        answer: specialisation::answer,
    },
    Question {
        id: "own-applicants",
        part: Part::Position,
        text: "主体的专利在哪些企业和机构手中",
        method: "只统计主体范围内的文献；申请人按名称归并账合并，共同申请的每人各计一次。",
        asked_by: REGION,
        answer: applicants::own,
    },
    Question {
        id: "rank",
        part: Part::Position,
        text: "主体与主要对手相比位置如何",
        method: "领域为各占主体自身专利一成以上的 IPC 小类（至多五个）中的全部文献；对手为其中数量最多的申请人。",
        asked_by: &[Template::Enterprise],
        answer: position::rank,
    },
    Question {
        id: "inventors",
        part: Part::Position,
        text: "发明人在哪里",
        method: "同名的发明人以共同的申请人区分：同一姓名在不同申请人处算作不同的人。",
        asked_by: EVERY,
        answer: people::answer,
    },
    Question {
        id: "layout",
        part: Part::Position,
        text: "主体的专利布局到了哪些国家和地区",
        method: "主体文献所在的同族在各受理局有无文献；不在本库的同族成员无从得知，因此是下限。",
        asked_by: EVERY,
        answer: layout::answer,
    },
    Question {
        id: "white-space",
        part: Part::Position,
        text: "哪些技术与功效别人有而主体没有",
        method: "技术×功效矩阵中主体为零而其他申请人不少于 5 的格子，按其他申请人的数量排列。",
        asked_by: FIELD,
        answer: effects::white_space,
    },
    Question {
        id: "risk",
        part: Part::Position,
        text: "他人的哪些有效专利与主体最相近",
        method: "领域内他人已知有效的专利按与主体自有专利的相似度排列，算法与引进匹配相同（词与分类两个余弦的平均，千分数）。\
                 相近只说明应当核查，不是侵权判断；须由专业人员比对权利要求。状态未知的不在表中。",
        asked_by: &[Template::Enterprise],
        answer: risk::answer,
    },
    Question {
        id: "path-structure",
        part: Part::Path,
        text: "产业结构可以怎样优化",
        method: "把每个技术分支按主体是否专长（与相对专长一图的判断相同）与本库全国的增速分为四类：\
                 专长且增长为做强，专长不增长为转化，不专长而增长为补链，不专长也不增长为观望；专长不显著或不判断的不分类。\
                 增速以 10% 为界。",
        asked_by: EVERY,
        answer: path::structure,
    },
    Question {
        id: "path-enterprises",
        part: Part::Path,
        text: "培育谁，引进谁",
        method: "培育：主体范围内最近三个完整年份仍在申请的企业，按数量排列。\
                 引进：主体没有显出专长的技术分支中，外地企业最近三个完整年份数量最多者。高等院校和科研院所另列于专利一图。",
        asked_by: REGION,
        answer: path::enterprises,
    },
    Question {
        id: "path-people",
        part: Part::Path,
        text: "可以联系哪些人才",
        method: "主体没有显出专长的技术分支中，外地申请人处最近三个完整年份数量最多的发明人；同名以申请人区分。",
        asked_by: EVERY,
        answer: path::inventors,
    },
    Question {
        id: "path-patents",
        part: Part::Path,
        text: "可以引进哪些专利",
        method: "主体之外的申请、有效、剩余期限不少于五年的发明和实用新型；权利人全是主体自己的单位（其在本领域的文献多半属于主体）的不列，\
                 与主体的单位共有的照列。高等院校和科研院所的在前，\
                 再按关注分排列。能否成交由双方商定，本表不含价格。",
        asked_by: EVERY,
        answer: path::patents,
    },
];
