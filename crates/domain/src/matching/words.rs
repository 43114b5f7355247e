//! What demands are about, how far a deal has come, and what sorts of contract there are.

/// What a demand is about (围绕需求、围绕研发、围绕市场、围绕发展, C3.4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 围绕需求: what production lacks.
    Need,
    /// 围绕研发: what a project of research builds on.
    Research,
    /// 围绕市场: what a product for a market takes.
    Market,
    /// 围绕发展: what the firm will grow into.
    Growth,
}

impl Kind {
    /// Every kind, in the order of the clause.
    pub const ALL: [Self; 4] = [Self::Need, Self::Research, Self::Market, Self::Growth];

    /// The key in the database and in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Research => "research",
            Self::Market => "market",
            Self::Growth => "growth",
        }
    }

    /// The kind with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The words of the clause.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Need => "围绕需求",
            Self::Research => "围绕研发",
            Self::Market => "围绕市场",
            Self::Growth => "围绕发展",
        }
    }
}

/// Whether a demand is still looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It holds.
    Open,
    /// Its last day is over.
    Expired,
    /// It was taken back.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Open, Self::Expired, Self::Withdrawn];

    /// The key in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The Chinese word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Open => "征集中",
            Self::Expired => "已到期",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// How far a deal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// 接洽: the owner was spoken to.
    Contact,
    /// 洽谈: terms are being talked over.
    Negotiation,
    /// 已签约: there is a contract.
    Signed,
    /// 已终止: nothing came of it, or the contract was dissolved.
    Ended,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::Contact, Self::Negotiation, Self::Signed, Self::Ended];

    /// The key in the database and in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Negotiation => "negotiation",
            Self::Signed => "signed",
            Self::Ended => "ended",
        }
    }

    /// The stage with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.key() == key)
    }

    /// The Chinese word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Contact => "接洽",
            Self::Negotiation => "洽谈",
            Self::Signed => "已签约",
            Self::Ended => "已终止",
        }
    }

    /// Whether a step may lead from here to there; one that stays where it was is a note.
    pub const fn may_become(self, next: Self) -> bool {
        use Stage::{Contact, Ended, Negotiation, Signed};
        matches!(
            (self, next),
            (Contact, _) | (Negotiation, Negotiation | Signed | Ended) | (Signed, Signed | Ended) | (Ended, Contact)
        )
    }
}

/// What sort of contract it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContractKind {
    /// 转让.
    Transfer,
    /// 许可.
    Licence,
    /// 产学研 co-operation.
    Cooperation,
}

impl ContractKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Transfer, Self::Licence, Self::Cooperation];

    /// The word of the register, also the key in the database.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Transfer => "转让",
            Self::Licence => "许可",
            Self::Cooperation => "产学研",
        }
    }

    /// The kind with this word.
    pub fn of_zh(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.zh() == word)
    }
}
