//! What demands are about, how far a deal has come, and what sorts of contract there are.

words! {
    /// What a demand is about (围绕需求、围绕研发、围绕市场、围绕发展, C3.4.1.2).
    Kind {
        /// What production lacks.
        Need "need" "围绕需求",
        /// What a project of research builds on.
        Research "research" "围绕研发",
        /// What a product for a market takes.
        Market "market" "围绕市场",
        /// What the firm will grow into.
        Growth "growth" "围绕发展",
    }
}

words! {
    /// Whether a demand is still looked after.
    State {
        /// It holds.
        Open "open" "征集中",
        /// Its last day is over.
        Expired "expired" "已到期",
        /// It was taken back.
        Withdrawn "withdrawn" "已撤回",
    }
}

words! {
    /// How far a deal has come.
    Stage {
        /// The owner was spoken to.
        Contact "contact" "接洽",
        /// Terms are being talked over.
        Negotiation "negotiation" "洽谈",
        /// There is a contract.
        Signed "signed" "已签约",
        /// Nothing came of it, or the contract was dissolved.
        Ended "ended" "已终止",
    }
}

impl Stage {
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
