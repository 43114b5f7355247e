//! The names and codes of legal states.

use documents::LegalState;

/// Every state; the place in this list is its code in the columns.
pub const ALL: [LegalState; 6] = [
    LegalState::Unknown,
    LegalState::Pending,
    LegalState::InForce,
    LegalState::NotGranted,
    LegalState::Ended,
    LegalState::Invalidated,
];

/// The Chinese name.
pub fn zh(state: LegalState) -> &'static str {
    state.zh()
}

/// The state that is called so.
pub(crate) fn named(name: &str) -> Option<LegalState> {
    Some(match name {
        "未知" => LegalState::Unknown,
        "审中" | "在审" | "公开" | "实质审查" => LegalState::Pending,
        "有效" | "有权" | "授权" => LegalState::InForce,
        "未授权" | "未授权终局" | "驳回" | "撤回" | "视撤" => LegalState::NotGranted,
        "失效" | "无权" | "终止" | "期满" | "放弃" => LegalState::Ended,
        "全部无效" | "无效" => LegalState::Invalidated,
        _ => return None,
    })
}

/// The Chinese name, none where the state is unknown.
pub(crate) fn known(state: LegalState) -> Option<&'static str> {
    (state != LegalState::Unknown).then(|| zh(state))
}
