//! The kinds of message, whom each is for, how each is mailed when nobody says otherwise, and its standard wording.

use serde::{Deserialize, Serialize};

use crate::accounts::{Permission, Reach, Role};

words! {
    /// What a message is about.
    Kind {
        /// A case of the enterprise's own was opened and is to be confirmed.
        Confirm "confirm" "待企业确认",
        /// Something is missing in an application.
        Missing "missing" "待企业补正",
        /// A case is on public notice.
        Notice "notice" "开始公示",
        /// A case was decided in favour.
        Granted "granted" "决定兑现",
        /// A case ended without money.
        Ended "ended" "未予兑现",
        /// The money has arrived.
        Paid "paid" "资金到账",
        /// The bank returned the money.
        Returned "returned" "银行退回",
        /// The money is claimed back.
        Reclaim "reclaim" "追回资金",
        /// Something became known of a decided case that speaks for claiming its money back.
        Clawback "clawback" "建议追回",
        /// A case waits for the account.
        Waits "waits" "待办案件",
        /// The account is called upon (催办).
        Urged "urged" "催办",
        /// A last day is near or has passed.
        Due "due" "期限提醒",
        /// Nobody is left who could take the next step of a case.
        Stuck "stuck" "无人可办",
        /// A watch has told something new.
        Watch "watch" "新的预警",
        /// An agency was appointed, answered, or its appointment ended.
        Appointment "appointment" "代理委托",
        /// What an agency prepared waits for the enterprise, or was sent back.
        Draft "draft" "代拟材料",
        /// A university or institute answered a demand.
        Answer "answer" "需求应答",
    }
}

words! {
    /// How a message is mailed.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    Mode {
        /// Not at all.
        Never "never" "不发邮件",
        /// By itself, as soon as may be.
        AtOnce "at-once" "随时发送",
        /// With the others of the day.
        Daily "daily" "每日汇总",
        /// With the others of the week.
        Weekly "weekly" "每周汇总",
    }
}

impl Kind {
    /// Whether an account of this role may get it.
    pub fn is_for(self, role: Role) -> bool {
        let handles =
            [Permission::HandleCases, Permission::GiveOpinion, Permission::DecideCases, Permission::ManageMoney];
        match self {
            Self::Watch => role.may(Permission::KeepBaskets),
            Self::Clawback => role.may(Permission::DecideCases),
            Self::Stuck => role.may(Permission::ManageAccounts),
            Self::Appointment => role.may(Permission::Appoint) || role.may(Permission::AnswerAppointments),
            Self::Draft => role.may(Permission::OwnCases) || role.may(Permission::PrepareCases),
            Self::Answer => role.reach(Permission::ViewDemands) == Reach::Own,
            Self::Waits | Self::Urged => handles.into_iter().any(|one| role.may(one)),
            Self::Due => role.may(Permission::OwnCases) || handles.into_iter().any(|one| role.may(one)),
            _ => role.may(Permission::OwnCases),
        }
    }

    /// How it is mailed until the account says otherwise: what comes in numbers is gathered.
    pub const fn usual(self) -> Mode {
        match self {
            Self::Waits | Self::Watch => Mode::Daily,
            _ => Mode::AtOnce,
        }
    }

    /// What may be filled into its wording.
    pub const fn places(self) -> &'static [&'static str] {
        match self {
            Self::Watch => &["监测", "新增", "升级"],
            Self::Appointment => &["企业", "机构", "状态", "起止", "说明"],
            Self::Draft => &["企业", "机构", "事项", "案件号", "状态", "说明"],
            Self::Answer => &["企业", "机构", "需求", "专利", "说明"],
            // An administrator reads no business data.
            Self::Stuck => &["案件号", "步骤", "职责"],
            Self::Reclaim => &["企业", "事项", "年度", "案件号", "金额", "追回", "期限", "期限说明", "说明"],
            Self::Clawback => &["企业", "事项", "年度", "案件号", "步骤", "金额", "追回", "说明"],
            _ => &["企业", "事项", "年度", "案件号", "步骤", "金额", "期限", "期限说明", "说明"],
        }
    }

    /// Its standard wording: one line, and the text.
    pub(super) const fn standard(self) -> (&'static str, &'static str) {
        match self {
            Self::Confirm => (
                "请确认{年度}年度{事项}",
                "{企业}：按{年度}年末的测算，你单位符合{事项}的条件，拟兑现{金额}。\n请在 {期限} 前核对事实、填写收款账户并确认；不用提交申请材料。逾期未确认的，视为放弃。",
            ),
            Self::Missing => (
                "{事项}申报需要补正",
                "{企业}：你单位申报的{事项}（案件 {案件号}）需要补正：{说明}\n请在 {期限} 前一次补齐并重新提交。",
            ),
            Self::Notice => (
                "{年度}年度{事项}开始公示",
                "{企业}：你单位{年度}年度{事项}（案件 {案件号}）已列入公示，拟兑现{金额}，公示到 {期限} 为止。",
            ),
            Self::Granted => (
                "{年度}年度{事项}已决定兑现",
                "{企业}：你单位{年度}年度{事项}（案件 {案件号}）已决定兑现，金额{金额}。决定书可在案件页下载。",
            ),
            Self::Ended => (
                "{年度}年度{事项}：{步骤}",
                "{企业}：你单位{年度}年度{事项}（案件 {案件号}）现为“{步骤}”。理由：{说明}\n如有异议，可在案件页申请重新审核，或依法申请行政复议。",
            ),
            Self::Paid => (
                "{年度}年度{事项}资金已到账",
                "{企业}：{年度}年度{事项}（案件 {案件号}）的资金{金额}已拨付到你单位的收款账户，请查收。",
            ),
            Self::Returned => (
                "{事项}的款项被银行退回",
                "{企业}：{年度}年度{事项}（案件 {案件号}）的款项被银行退回：{说明}\n请核对并更正收款账户，更正后重新拨付。",
            ),
            Self::Reclaim => (
                "{年度}年度{事项}的资金需要退回",
                "{企业}：{年度}年度{事项}（案件 {案件号}）已启动追回，须退回{追回}（原兑现{金额}）。理由：{说明}\n请在 {期限} 前退回（{期限说明}）。追回决定书可在案件页下载。",
            ),
            Self::Clawback => (
                "建议追回：{企业} {事项}",
                "{企业}{年度}年度{事项}（案件 {案件号}，{步骤}，金额{金额}）在决定后查明：{说明}。\n按现已查明的事实重新核定，应追回{追回}。请决定追回或撤销，或写明不追回的理由。",
            ),
            Self::Waits => (
                "等待办理：{企业} {事项}（{步骤}）",
                "{企业}{年度}年度{事项}（案件 {案件号}）现为“{步骤}”，等您办理。\n办理期限：{期限}，{期限说明}。",
            ),
            Self::Urged => (
                "催办：{企业} {事项}",
                "{企业}{年度}年度{事项}（案件 {案件号}，{步骤}）被催办：{说明}\n办理期限：{期限}，{期限说明}。",
            ),
            Self::Due => (
                "期限提醒：{企业} {事项}",
                "{企业}{年度}年度{事项}（案件 {案件号}，{步骤}）{说明}。\n办理期限：{期限}，{期限说明}。",
            ),
            Self::Stuck => (
                "案件 {案件号} 没有人可以办理",
                "案件 {案件号} 现为“{步骤}”，有权办理这一步的人都已回避或不能再办。\n请在“账号”中为另一人开通{职责}账号；开通后案件即可继续办理。",
            ),
            Self::Appointment => (
                "代理委托{状态}：{企业}与{机构}",
                "{企业}委托{机构}代拟申报材料（{起止}），现为“{状态}”。\n说明：{说明}",
            ),
            Self::Draft => (
                "{事项}的代拟材料：{状态}",
                "{企业}的{事项}申报（案件 {案件号}），{机构}代拟的材料现为“{状态}”。\n说明：{说明}\n提交由企业自己办理。",
            ),
            Self::Answer => {
                ("{机构}应答了需求“{需求}”", "{机构}应答了{企业}的需求“{需求}”，提出的专利：{专利}。\n{说明}")
            }
            Self::Watch => {
                ("监测“{监测}”有新的预警", "监测“{监测}”新增预警 {新增} 条，级别上升 {升级} 条。请查看并记录处理情况。")
            }
        }
    }
}
