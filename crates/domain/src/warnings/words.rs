//! What watches look for, how grave a warning is and by which rule, and where its handling stands.

use serde::Serialize;

words! {
    /// What a watch looks for.
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    Kind {
        /// A body's first filing in an IPC subclass.
        Entry "entry" "竞争对手进入新小类",
        /// New families in a field, of others.
        Field "field" "领域内的新同族",
        /// Rights in force whose term ends within twelve months.
        Lapse "lapse" "权利将届满",
        /// Own documents cited by others, and what is gazetted of them.
        Own "own" "自有专利被引用或有变动",
    }
}

impl Kind {
    /// The rule by which a level is given, a sentence for each level, the gravest first.
    pub const fn rule(self) -> [(Level, &'static str); 3] {
        use Level::{Major, Notable, Ordinary};
        match self {
            Self::Entry => [
                (Major, "首次申请的申请日在三年以内，且本方在该小类有有效专利。"),
                (Notable, "申请日在三年以内，或本方在该小类有有效专利。"),
                (Ordinary, "其余情形，以及库中此前没有该主体的文献、不能断定是首次的。"),
            ],
            Self::Field => [
                (Major, "新同族中有他人在中国的有效专利。"),
                (Notable, "没有有效的，但有他人在中国审查中的申请。"),
                (Ordinary, "只有国外的、已失效的或状态未知的。"),
            ],
            Self::Lapse => [
                (Major, "剩余期限不满三个月。"),
                (Notable, "剩余期限不满六个月。"),
                (Ordinary, "剩余期限不满十二个月。"),
            ],
            Self::Own => [
                (Major, "被宣告无效或请求宣告无效。"),
                (Notable, "权利终止、转移、许可、质押、保全，或被列为他人申请的 X、Y、E 类对比文件。"),
                (Ordinary, "其余引用、公布、授权和事项。"),
            ],
        }
    }
}

/// How grave a warning is; the greater the graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 一般.
    Ordinary,
    /// 较大.
    Notable,
    /// 重大.
    Major,
}

impl Level {
    /// Every level, the gravest first.
    pub const ALL: [Self; 3] = [Self::Major, Self::Notable, Self::Ordinary];

    /// The key in the database and in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Major => "major",
            Self::Notable => "notable",
            Self::Ordinary => "ordinary",
        }
    }

    /// The level with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.key() == key)
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Major => "重大",
            Self::Notable => "较大",
            Self::Ordinary => "一般",
        }
    }
}

words! {
    /// Where the handling of a warning stands.
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    Stage {
        /// Nobody has begun, or it was opened again.
        Open "open" "未处理",
        /// Somebody is at it.
        Handling "handling" "处理中",
        /// It is done with.
        Closed "closed" "已关闭",
    }
}

impl Stage {
    /// Whether a step may lead from here to there: a note while handling is a step of its own.
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Open | Self::Handling, Self::Handling | Self::Closed) | (Self::Closed, Self::Open)
        )
    }
}
