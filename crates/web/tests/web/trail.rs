//! Every form that changes something leaves its row in the audit trail: whatever a test of this binary sends with success is
//! held against this list, and no route that takes a form may be missing from it.

use std::collections::BTreeSet;

use db::Db;
use web::routes;

/// The doors that take a form and change something, with the act that the trail then holds.
const CHANGES: [(&str, &str); 120] = [
    ("/sign-in", "session.open"),
    ("/sign-in/code", "session.open"),
    ("/sign-out", "session.close"),
    ("/account/password", "account.password"),
    ("/account/sessions/{id}/end", "session.end"),
    ("/account/second-factor", "account.factor-begin"),
    ("/account/second-factor/confirm", "account.factor"),
    ("/account/second-factor/give-up", "account.factor-end"),
    ("/accounts/open", "account.open"),
    ("/accounts/{login}/amend", "account.amend"),
    ("/accounts/{login}/disable", "account.disable"),
    ("/accounts/{login}/enable", "account.enable"),
    ("/accounts/{login}/reset", "account.reset"),
    ("/accounts/{login}/sign-out", "session.end"),
    ("/organisations/add", "organisation.add"),
    ("/organisations/{id}/rename", "organisation.rename"),
    ("/organisations/{id}/disable", "organisation.disable"),
    ("/organisations/{id}/enable", "organisation.enable"),
    ("/accounts/{login}/link", "account."),
    ("/accounts/{login}/unlock", "account.unlock"),
    ("/invitations/send", "invitation.make"),
    ("/invitations/{id}/revoke", "invitation.revoke"),
    ("/invited", "invitation.take"),
    ("/claims/{id}/decide", "claim."),
    ("/claim", "claim.make"),
    ("/corpus/baskets/open", "basket.open"),
    ("/corpus/baskets/put", "basket.put"),
    ("/corpus/baskets/{id}/remove", "basket.remove"),
    ("/corpus/baskets/{id}/restore", "basket.restore"),
    ("/corpus/baskets/{id}/documents/{key}", "basket.assess"),
    ("/corpus/baskets/{id}/documents/{key}/take-out", "basket.take-out"),
    ("/corpus/searches/save", "search.save"),
    ("/corpus/searches/{id}/open", "search.open"),
    ("/corpus/searches/{id}/remove", "search.remove"),
    ("/corpus/searches/{id}/restore", "search.restore"),
    ("/corpus/names/merge", "name."),
    ("/corpus/names/undo", "name.undo"),
    ("/corpus/names/rule", "name."),
    ("/navigation/import", "chain.edit"),
    ("/navigation/reports/{id}/record", "project.edit"),
    ("/navigation/chains/{id}/edit", "chain.edit"),
    ("/navigation/chains/{id}/add", "chain.edit"),
    ("/navigation/chains/{id}/nodes/{node}", "chain.edit"),
    ("/navigation/chains/{id}/nodes/{node}/shift", "chain.edit"),
    ("/navigation/chains/{id}/nodes/{node}/remove", "chain.edit"),
    ("/navigation/chains/{id}/versions/{version}/restore", "chain.edit"),
    ("/warnings/watches/set", "watch.set"),
    ("/warnings/watches/{id}/remove", "watch.remove"),
    ("/warnings/watches/{id}/restore", "watch.restore"),
    ("/warnings/{id}/handle", "warning.handle"),
    ("/messages/settings", "message.setting"),
    ("/messages/settings/code", "message.code"),
    ("/messages/settings/prove", "message.prove"),
    ("/messages/wordings/{kind}", "message.wording"),
    ("/messages/mails/{id}/again", "mail.again"),
    ("/matching/post", "demand.post"),
    ("/matching/{id}/edit", "demand.edit"),
    ("/matching/{id}/withdraw", "demand.withdraw"),
    ("/matching/{id}/contact/{key}", "deal.contact"),
    ("/matching/deals/{id}/step", "deal.step"),
    ("/matching/deals/{id}/register", "entry-merged"),
    ("/offers/{id}/withdraw", "offer.withdraw"),
    ("/supply/patents/{number}", "offer.keep"),
    ("/supply/demands/{id}/answer", "demand.answer"),
    ("/supply/answers/{id}/withdraw", "demand.answer-withdraw"),
    ("/appointments/ask", "appointment.ask"),
    ("/appointments/{id}/accept", "appointment.accept"),
    ("/appointments/{id}/decline", "appointment.decline"),
    ("/appointments/{id}/end", "appointment.end"),
    ("/preparing/{id}/write", "case."),
    ("/preparing/{id}/papers/{file}/remove", "case.detach"),
    ("/preparing/{id}/hand-over", "preparation.hand-over"),
    ("/cases/{id}/send-back", "preparation.send-back"),
    ("/registers/batches/{id}/rollback", "batch-withdrawn"),
    ("/registers/quarantine/settle", "quarantine-"),
    ("/registers/quarantine/{id}/correct", "quarantine-corrected"),
    ("/registers/quarantine/{id}/release", "quarantine-released"),
    ("/registers/quarantine/{id}/discard", "quarantine-discarded"),
    ("/registers/ties/settle", "tie-merged"),
    ("/registers/ties/undo", "tie-merged"),
    ("/registers/ties/one", "tie-merged"),
    ("/registers/judgements/settle", "judgement-merged"),
    ("/registers/province/enter", "entry-merged"),
    ("/registers/trajectories/enter", "entry-merged"),
    ("/registers/mappings/save", "mapping-saved"),
    ("/registers/mappings/remove", "mapping-deleted"),
    ("/registers/closing/close", "month.close"),
    ("/registers/closing/reopen", "month.reopen"),
    ("/cases/open", "case.batch"),
    ("/cases/apply", "case.begin"),
    ("/cases/{id}/act", "case."),
    ("/cases/{id}/write", "case."),
    ("/cases/{id}/papers/{file}/remove", "case.detach"),
    ("/cases/{id}/object", "case.object"),
    ("/cases/{id}/objections/{objection}/decide", "case."),
    ("/notices/open/{award}", "notice.open"),
    ("/letters/{kind}", "letter.keep"),
    ("/clawbacks/dismiss", "clawback.settle"),
    ("/items/draft/{award}", "item.draft"),
    ("/items/{id}/issue", "item.issue"),
    ("/items/{id}/suspend", "item.suspend"),
    ("/budget/set", "budget.set"),
    ("/budget/prorata/propose", "budget.prorate"),
    ("/budget/prorata/{id}/agree", "budget.agree"),
    ("/budget/prorata/{id}/withdraw", "budget.withdraw"),
    ("/leave/name", "leave.name"),
    ("/leave/{id}/end", "leave.end"),
    ("/payments/order", "payment.order"),
    ("/payments/{id}/approve", "payment.approve"),
    ("/payments/{id}/cancel", "payment.cancel"),
    ("/payments/{id}/send", "payment.send"),
    ("/payments/{id}/answer", "payment.answer"),
    ("/payments/{id}/return", "payment.return"),
    ("/demo/day", "demo.move"),
    ("/what-if", "run.evaluate"),
    // What these begin goes on beside the pages; its rows come when it ends.
    ("/runs/start", ""),
    ("/registers/import", ""),
    ("/corpus/import", ""),
    ("/corpus/meaning/learn", ""),
    ("/navigation/reports", ""),
];

/// The doors that take a form and change nothing that is kept of the city, with the reason.
const SILENT: [(&str, &str); 13] = [
    ("/language", "a cookie of the visitor"),
    ("/claim/state", "looks"),
    ("/corpus/numbers", "a search whose list is too long for an address"),
    ("/navigation/chains/{id}/count", "tells what an edited search would find"),
    ("/corpus/meaning/forget", "nothing is kept where nothing was learnt; else its test holds the row"),
    ("/corpus/like", "a search whose text is too long for an address"),
    ("/runs/{id}/verify", "computes again and compares"),
    ("/jobs/{id}/cancel", "the job itself records how it ended"),
    ("/warnings/run", "each watch records what it tells"),
    ("/messages/read", "what one has read of one's own messages"),
    ("/messages/{id}/open", "what one has read of one's own messages"),
    ("/messages/wordings/{kind}/preview", "shows what a wording would say"),
    ("/cases/daily", "each case that moves records it"),
];

fn is_of(door: &str, path: &str) -> bool {
    let (mut door, mut path) = (door.split('/'), path.split('/'));
    loop {
        match (door.next(), path.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one == other || one.starts_with('{') => {}
            _ => return false,
        }
    }
}

async fn acts_after(db: &Db, id: i64) -> Vec<String> {
    let entries = registry::audit::recent(db, None, 200).await.unwrap();
    entries.into_iter().filter(|entry| entry.id > id).map(|entry| entry.action).collect()
}

/// The number of the newest row.
pub(crate) async fn newest(db: &Db) -> i64 {
    registry::audit::recent(db, None, 1).await.unwrap().first().map_or(0, |entry| entry.id)
}

/// Checks that a form which was taken left the row that its door owes.
pub(crate) async fn check(db: &Db, path: &str, before: i64) {
    let path = path.split('?').next().unwrap_or_default();
    // The longest pattern without parameters wins, as in the router.
    let found = CHANGES.iter().filter(|(door, _)| is_of(door, path)).min_by_key(|(door, _)| door.matches('{').count());
    match found {
        Some((_, act)) if !act.is_empty() => {
            let acts = acts_after(db, before).await;
            assert!(acts.iter().any(|one| one.starts_with(act)), "{path} left no {act} in the trail: {acts:?}");
        }
        Some(_) => {}
        None => assert!(SILENT.iter().any(|(door, _)| is_of(door, path)), "does {path} change something?"),
    }
}

/// The doors that take a form, as the list of routes is written: from outside a stranger is turned away at every door alike.
fn taking_forms() -> BTreeSet<&'static str> {
    let doors = include_str!("../../src/routes.rs").split("door(").skip(1);
    let taking = doors.filter(|door| door.split("fn ").next().unwrap_or_default().contains("post("));
    let paths: BTreeSet<&str> = taking.filter_map(|door| door.split('"').nth(1)).collect();
    let known: BTreeSet<&str> = routes::doors().iter().map(|door| door.path).collect();
    assert!(paths.is_subset(&known) && paths.len() > 40, "{paths:?}");
    paths
}

#[test]
fn every_door_that_takes_a_form_says_what_it_leaves_in_the_trail() {
    let listed: BTreeSet<&str> = CHANGES.iter().chain(&SILENT).map(|(door, _)| *door).collect();
    assert_eq!(taking_forms(), listed);
}
