//! Accounts, their roles, and what each may do, which the policies of [`permissions`] decide.
//!
//! Passwords are argon2id; a session is a random token of which only the hash is kept.

mod keeping;
mod password;
pub mod permissions;
pub mod second_factor;
mod sessions;
mod store;
#[cfg(test)]
mod tests;

use jiff::SignedDuration;

use crate::Error;

pub use self::keeping::{
    Detail, New, all, amend, change_password, details, disable, enable, find, heard_enterprises, open,
    open_with_fresh_password, reset, staff,
};
pub(crate) use self::keeping::{
    check_about, check_login, end_sessions, forget_given_password, heard_enterprises_in, holders, known, of_enterprise,
    open_in, speak_for_towns, usable,
};
pub use self::password::{CHARS_MIN as PASSWORD_CHARS_MIN, HISTORY as PASSWORDS_REMEMBERED};
pub(crate) use self::password::{check as check_password, fresh as fresh_word, hash as hash_password};
pub use self::permissions::{Organisation, Reach, Resource, allows};
pub use self::sessions::{Open, Session, Visit, end, end_all, open_sessions, sign_in, sign_out, visit};
pub(crate) use self::sessions::{open as open_session, token_hash};

/// How long a session lives without being used (超时退出, GB/T 22239-2019).
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a session lives at most.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);

words! {
    /// What an account is for (角色, DOMAIN.md 9.1).
    Role {
        /// 业务科室经办: receives registers, settles quarantine and ties, runs the rules.
        Clerk "clerk" "业务科室",
        /// Reads every figure down to the rights it counted.
        Leader "leader" "领导小组",
        /// Reads awards, runs and what-ifs.
        Finance "finance" "财政局",
        /// Reads everything, the audit trail included, and changes nothing.
        Auditor "auditor" "审计",
        /// Reads figures and rights.
        Town "town" "区镇街道",
        /// Reads its own page only; its account's unit is its unified social credit code.
        Enterprise "enterprise" "企业",
        /// 联审部门 (科技局、税务局…): says what it thinks of the cases it is asked about; its account's unit is its name.
        Department "department" "联审部门",
        /// Reads the pledge loans that it gave; its account's unit is its name in the register of pledges.
        Bank "bank" "金融机构",
        /// Reads the city's figures, the rights behind them and what is public.
        Province "province" "省级机关",
        /// Offers its patents, answers demands; its account's unit is its name.
        University "university" "高校院所",
        /// 服务机构 (代理机构): prepares the applications of the enterprises that appointed it; its account's unit is its name.
        Agency "agency" "服务机构",
        /// Keeps accounts; reads no business data.
        Administrator "administrator" "系统管理员",
        /// Reads who may do what; keeps no accounts, reads no trail and no business data.
        SecurityAdministrator "security-administrator" "安全管理员",
    }
}

/// What one may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See the cockpit, indicators, awards, runs and their differences.
    ViewFigures,
    /// See patents and all enterprises.
    ViewRights,
    /// See the enterprise that the account belongs to.
    ViewOwnEnterprise,
    /// Read the policy text, its rules and their coverage.
    ViewPolicy,
    /// See batches, quarantine, ties and completeness.
    ViewRegistry,
    /// Import files, take patent documents in, roll batches back, correct or release rows, settle ties, judge, enter trajectories, close a month.
    ChangeRegistry,
    /// Take the closing of a month back.
    ReopenMonths,
    /// Start a run or a what-if.
    Evaluate,
    /// Search the corpus of patent documents and read them; they are published by law (《专利法》第二十一条).
    SearchCorpus,
    /// Keep baskets of documents and searches of one's own.
    KeepBaskets,
    /// See demands for technology, the talks about them and the contracts: all of them, or those of one's own enterprise.
    ViewDemands,
    /// Post demands, and note contacts, negotiations and contracts.
    ChangeDemands,
    /// See what universities and institutes offer: what is published, and one's own.
    ViewOffers,
    /// Offer the patents of one's own university, take offers back, and see the talks about them.
    ChangeOffers,
    /// See the demands that enterprises published to universities, and answer them.
    AnswerDemands,
    /// See which enterprise appointed which agency, for what and until when.
    ViewAppointments,
    /// Appoint an agency for one's own enterprise, and end that.
    Appoint,
    /// Accept, decline and end the appointments of one's own agency.
    AnswerAppointments,
    /// Write the applications of an enterprise that appointed one's own agency, and add papers; never hand them in.
    PrepareCases,
    /// See award cases: staff all, a department those it is asked about, an enterprise its own.
    ViewCases,
    /// Draft and issue policy items; open, handle and publish cases.
    HandleCases,
    /// Say what one's department thinks of a case.
    GiveOpinion,
    /// Decide cases and objections.
    DecideCases,
    /// Confirm, apply and act in the cases of one's own enterprise.
    OwnCases,
    /// See budget and payments.
    ViewMoney,
    /// See pledge loans: all of them, or those that one's own bank gave.
    ViewPledges,
    /// See licences and insurance of intellectual property, and which projects, start-ups and loans are supported: all of them, or those of
    /// one's own town.
    ViewMarket,
    /// See what departments and towns spend on intellectual property: all of them, or one's own.
    ViewSpending,
    /// Set the budget, order and approve payments, take in the bank's answers.
    ManageMoney,
    /// Read the audit trail.
    ViewAudit,
    /// Create and disable accounts.
    ManageAccounts,
    /// Read who may do what, and by which policy.
    ViewPermissions,
    /// See the names of natural persons: patentees, trainees.
    SeePersons,
    /// See the whole number of the account that money goes to.
    SeeAccounts,
    /// See who objects to a case.
    SeeObjectors,
    /// Invite to an account: the administrator everybody, the office enterprises.
    Invite,
    /// See and decide the claims of enterprises that ask for an account.
    AdmitEnterprises,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 37] = [
        Self::ViewFigures,
        Self::ViewRights,
        Self::ViewOwnEnterprise,
        Self::ViewPolicy,
        Self::ViewRegistry,
        Self::ChangeRegistry,
        Self::ReopenMonths,
        Self::Evaluate,
        Self::SearchCorpus,
        Self::KeepBaskets,
        Self::ViewDemands,
        Self::ChangeDemands,
        Self::ViewOffers,
        Self::ChangeOffers,
        Self::AnswerDemands,
        Self::ViewAppointments,
        Self::Appoint,
        Self::AnswerAppointments,
        Self::PrepareCases,
        Self::ViewCases,
        Self::HandleCases,
        Self::GiveOpinion,
        Self::DecideCases,
        Self::OwnCases,
        Self::ViewMoney,
        Self::ViewPledges,
        Self::ViewMarket,
        Self::ViewSpending,
        Self::ManageMoney,
        Self::ViewAudit,
        Self::ManageAccounts,
        Self::ViewPermissions,
        Self::SeePersons,
        Self::SeeAccounts,
        Self::SeeObjectors,
        Self::Invite,
        Self::AdmitEnterprises,
    ];

    /// The words for it in a refusal.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::ViewFigures => "查看指标与奖励",
            Self::ViewRights => "查看专利与企业",
            Self::ViewOwnEnterprise => "查看本企业",
            Self::ViewPolicy => "查看政策文本",
            Self::ViewRegistry => "查看资料台账",
            Self::ChangeRegistry => "维护资料台账",
            Self::ReopenMonths => "撤回月结",
            Self::Evaluate => "测算",
            Self::SearchCorpus => "检索专利文献",
            Self::KeepBaskets => "保存文献夹与检索式",
            Self::ViewDemands => "查看技术需求与洽谈",
            Self::ChangeDemands => "发布技术需求与记录洽谈",
            Self::ViewOffers => "查看专利供给",
            Self::ChangeOffers => "发布本单位专利供给",
            Self::AnswerDemands => "应答技术需求",
            Self::ViewAppointments => "查看代理委托",
            Self::Appoint => "委托代理机构",
            Self::AnswerAppointments => "答复代理委托",
            Self::PrepareCases => "代拟申报材料",
            Self::ViewCases => "查看兑现案件",
            Self::HandleCases => "办理兑现案件",
            Self::GiveOpinion => "部门联审",
            Self::DecideCases => "决定兑现案件",
            Self::OwnCases => "办理本企业案件",
            Self::ViewMoney => "查看预算与拨付",
            Self::ViewPledges => "查看质押贷款",
            Self::ViewMarket => "查看许可、保险与受扶持项目",
            Self::ViewSpending => "查看知识产权投入",
            Self::ManageMoney => "管理预算与拨付",
            Self::ViewAudit => "查看审计记录",
            Self::ManageAccounts => "管理账号",
            Self::ViewPermissions => "查看权限",
            Self::SeePersons => "查看自然人姓名",
            Self::SeeAccounts => "查看收款账号",
            Self::SeeObjectors => "查看异议人",
            Self::Invite => "邀请开通账号",
            Self::AdmitEnterprises => "审核企业认领",
        }
    }
}

impl Role {
    /// Whether it is of the city's own offices; to everybody else a member of the staff is known by the office alone.
    pub const fn is_of_the_city(self) -> bool {
        !matches!(self, Self::Enterprise | Self::Bank | Self::Province | Self::University | Self::Agency)
    }
}

/// A signed-in account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// The name typed at sign-in.
    pub login: String,
    /// The name shown on pages.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// The unit it belongs to: the name of a town, department, bank, provincial body, university or agency, an
    /// enterprise's code, or empty for the city.
    pub unit: String,
    /// Whether its password was given by somebody else and must be changed before anything else.
    pub must_change: bool,
    /// Whether a sign-in asks for a code besides the password.
    pub has_second_factor: bool,
    /// Whether the code of this sign-in has still to be given.
    pub awaits_code: bool,
}

pub(crate) fn random_token() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|cause| Error::Conflict(format!("系统随机数不可用：{cause}")))?;
    Ok(hex(&bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
