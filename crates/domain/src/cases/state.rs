//! Where a case stands, what may be done with it from there, and by whom: one table.

use serde::{Deserialize, Serialize};

use crate::accounts::Permission;

words! {
    /// Where a case stands (案件状态).
    #[derive(Serialize, Deserialize)]
    State {
        /// An application that is being written.
        Draft "draft" "申报草稿",
        /// Proposed by the run; the enterprise has still to confirm.
        Notified "notified" "待企业确认",
        /// Handed in; to be accepted or refused.
        Submitted "submitted" "待受理",
        /// Told once what is missing (一次性告知).
        Correction "correction" "待企业补正",
        /// With the handler (经办).
        Review "review" "经办审核",
        /// With a second person (复核).
        SecondReview "second-review" "复核",
        /// With the departments (部门联审).
        Joint "joint" "部门联审",
        /// Ready for public notice.
        Listed "listed" "待公示",
        /// On public notice.
        Public "public" "公示中",
        /// An objection is being looked into; the amount is frozen.
        Objected "objected" "异议处理",
        /// The notice is over; to be decided.
        Noticed "noticed" "待决定",
        /// Decided; the money is reserved.
        Approved "approved" "已决定",
        /// In a payment batch.
        Ordered "ordered" "拨付中",
        /// The bank returned it.
        Failed "failed" "拨付失败",
        /// Paid.
        Paid "paid" "已拨付",
        /// Closed and archived.
        Archived "archived" "已归档",
        /// The money is being claimed back.
        Reclaimed "reclaimed" "追回中",
        /// The money has come back.
        Recovered "recovered" "已追回",
        /// Not accepted.
        Refused "refused" "不予受理",
        /// Decided against.
        Rejected "rejected" "不予兑现",
        /// Given up by the enterprise.
        Declined "declined" "企业放弃",
        /// Not confirmed in time.
        Expired "expired" "逾期未确认",
        /// Taken back by the enterprise.
        Withdrawn "withdrawn" "已撤回",
    }
}

words! {
    /// What is done with a case (办理动作).
    #[derive(Serialize, Deserialize)]
    Act {
        /// The enterprise confirms facts and account.
        Confirm "confirm" "确认领取",
        /// The enterprise gives up.
        Decline "decline" "放弃",
        /// The enterprise hands its application in.
        Submit "submit" "提交申报",
        /// The application is taken up.
        Accept "accept" "受理",
        /// Everything that is missing is asked for, once.
        Ask "ask" "一次性告知补正",
        /// The application is not taken up.
        Refuse "refuse" "不予受理",
        /// The handler finds it in order.
        Pass "pass" "审核通过",
        /// The second person finds it in order.
        PassAgain "pass-again" "复核通过",
        /// Back to the handler.
        Return "return" "退回经办",
        /// A department agrees.
        Agree "agree" "部门同意",
        /// A department does not agree.
        Disagree "disagree" "部门不同意",
        /// The case is decided in favour.
        Approve "approve" "决定兑现",
        /// The case is decided against.
        Reject "reject" "决定不予兑现",
        /// A decision that cannot be carried out any more is taken back.
        Revoke "revoke" "撤销决定",
        /// The enterprise asks to look again.
        Reconsider "reconsider" "申请重新审核",
        /// The enterprise takes its case back.
        Withdraw "withdraw" "撤回",
        /// A person who may not handle it steps aside (回避).
        Recuse "recuse" "回避",
        /// A case that was not confirmed in time waits for its enterprise once more.
        Reopen "reopen" "重新通知企业",
        /// Somebody is reminded (催办).
        Urge "urge" "催办",
        /// The enterprise names another account.
        Amend "amend" "更正收款账户",
        /// Nothing is left to do.
        Archive "archive" "归档",
        /// The money is claimed back (追回).
        Reclaim "reclaim" "启动追回",
        /// The money has come back.
        Recover "recover" "登记追回到账",
    }
}

use Act as A;
use State as S;

/// One line of the table.
struct Move {
    act: Act,
    from: &'static [State],
    /// The next state; none leaves it where it is or lets the circumstances say.
    to: Option<State>,
    /// What whoever does it may do with this case; that it is one's own case is part of the permission.
    needs: Permission,
}

const fn line(act: Act, from: &'static [State], to: Option<State>, needs: Permission) -> Move {
    Move { act, from, to, needs }
}

/// The states in which no decision has been taken.
const OPEN: &[State] = &[
    S::Draft,
    S::Notified,
    S::Submitted,
    S::Correction,
    S::Review,
    S::SecondReview,
    S::Joint,
    S::Listed,
    S::Public,
    S::Objected,
    S::Noticed,
];
const OWN: Permission = Permission::OwnCases;
const HANDLE: Permission = Permission::HandleCases;
const DECIDE: Permission = Permission::DecideCases;
const OPINE: Permission = Permission::GiveOpinion;

const MOVES: &[Move] = &[
    line(A::Confirm, &[S::Notified], Some(S::Review), OWN),
    line(A::Decline, &[S::Notified], Some(S::Declined), OWN),
    line(A::Submit, &[S::Draft, S::Correction], Some(S::Submitted), OWN),
    line(A::Accept, &[S::Submitted], Some(S::Review), HANDLE),
    line(A::Ask, &[S::Submitted], Some(S::Correction), HANDLE),
    line(A::Refuse, &[S::Submitted, S::Correction], Some(S::Refused), HANDLE),
    line(A::Pass, &[S::Review], Some(S::SecondReview), HANDLE),
    line(A::PassAgain, &[S::SecondReview], None, HANDLE),
    line(A::Return, &[S::SecondReview, S::Joint, S::Listed, S::Noticed], Some(S::Review), HANDLE),
    line(A::Agree, &[S::Joint], None, OPINE),
    line(A::Disagree, &[S::Joint], Some(S::Review), OPINE),
    line(A::Approve, &[S::Noticed], Some(S::Approved), DECIDE),
    line(A::Reject, &[S::Review, S::Noticed], Some(S::Rejected), DECIDE),
    line(A::Revoke, &[S::Approved, S::Failed], Some(S::Rejected), DECIDE),
    line(A::Reconsider, &[S::Rejected, S::Refused], None, OWN),
    line(A::Withdraw, OPEN, Some(S::Withdrawn), OWN),
    line(A::Amend, &[S::Review, S::Approved, S::Failed], None, OWN),
    line(A::Recuse, &[S::Submitted, S::Review, S::SecondReview, S::Joint, S::Objected, S::Noticed], None, HANDLE),
    line(A::Reopen, &[S::Expired], Some(S::Notified), HANDLE),
    line(A::Urge, OPEN, None, HANDLE),
    line(A::Archive, &[S::Paid, S::Approved], Some(S::Archived), HANDLE),
    line(A::Reclaim, &[S::Paid, S::Archived], Some(S::Reclaimed), DECIDE),
    line(A::Recover, &[S::Reclaimed], None, Permission::ManageMoney),
];

impl Act {
    fn line(self) -> &'static Move {
        // Every act stands in the table; a test counts them.
        MOVES.iter().find(|one| one.act == self).unwrap_or(&MOVES[0])
    }

    /// The state that follows, where the act alone says it.
    pub(super) fn leads_to(self) -> Option<State> {
        self.line().to
    }

    /// Whether it may be done from here.
    pub fn fits(self, state: State) -> bool {
        self.line().from.contains(&state)
    }

    /// The permission that it needs in a state, asked about the case: whoever's turn it is may step aside.
    pub fn needs(self, state: State) -> Permission {
        match (self, state) {
            (A::Recuse, S::Joint) => OPINE,
            (A::Recuse, S::Objected | S::Noticed) => DECIDE,
            _ => self.line().needs,
        }
    }

    /// Whether one must say why.
    pub const fn needs_note(self) -> bool {
        matches!(
            self,
            A::Decline
                | A::Ask
                | A::Refuse
                | A::Return
                | A::Disagree
                | A::Reject
                | A::Revoke
                | A::Reconsider
                | A::Withdraw
                | A::Recuse
                | A::Reopen
                | A::Urge
                | A::Reclaim
        )
    }

    /// Whether an amount may be said with it: what is claimed back, or what came back.
    pub const fn takes_amount(self) -> bool {
        matches!(self, A::Reclaim | A::Recover)
    }
}

impl State {
    /// Whether nothing more is to come of it, save what the enterprise or the city begins anew.
    pub const fn is_over(self) -> bool {
        matches!(self, S::Archived | S::Recovered | S::Refused | S::Rejected | S::Declined | S::Expired | S::Withdrawn)
    }

    /// Whether it has been decided in favour, so that no later decision may rest on the same right.
    pub const fn is_granted(self) -> bool {
        matches!(self, S::Approved | S::Ordered | S::Failed | S::Paid | S::Archived | S::Reclaimed)
    }

    /// Whether its amount stands, and so counts against what the subject may still get: from the handler's look on, because the
    /// amount is not lowered any more after it.
    pub const fn holds_money(self) -> bool {
        matches!(
            self,
            S::SecondReview
                | S::Joint
                | S::Listed
                | S::Public
                | S::Objected
                | S::Noticed
                | S::Approved
                | S::Ordered
                | S::Failed
                | S::Paid
                | S::Archived
                | S::Reclaimed
        )
    }

    /// Whether it takes part in the check that the same right is not paid for twice.
    pub const fn holds_rights(self) -> bool {
        !matches!(self, S::Draft | S::Refused | S::Rejected | S::Declined | S::Expired | S::Withdrawn | S::Recovered)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::accounts::Role;

    #[test]
    fn every_act_stands_once_in_the_table() {
        assert_eq!(MOVES.len(), Act::ALL.len());
        let acts: BTreeSet<Act> = MOVES.iter().map(|one| one.act).collect();
        assert_eq!(acts.len(), Act::ALL.len());
    }

    #[test]
    fn no_act_leads_to_money_around_the_notice_and_the_decision() {
        // Only the bank's answer and the payment batch lead to these; see `payments`.
        for state in [State::Ordered, State::Paid, State::Failed] {
            assert!(MOVES.iter().all(|one| one.to != Some(state)), "{state:?}");
        }
        let before = |state: State| MOVES.iter().filter(move |one| one.to == Some(state)).flat_map(|one| one.from);
        assert_eq!(before(State::Approved).copied().collect::<Vec<_>>(), [State::Noticed]);
        assert!(MOVES.iter().all(|one| !matches!(one.to, Some(State::Public | State::Noticed))), "only a notice does");
    }

    #[test]
    fn no_role_both_handles_and_decides_or_pays() {
        for role in Role::ALL {
            let powers =
                [Permission::HandleCases, Permission::DecideCases, Permission::ManageMoney, Permission::OwnCases];
            let held = powers.into_iter().filter(|power| role.may(*power)).count();
            assert!(held <= 1, "{role:?}");
        }
    }
}
