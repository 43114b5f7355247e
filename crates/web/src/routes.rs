//! Every page and who may see it, in one list; nothing is reachable that does not stand here.

use std::sync::LazyLock;

use axum::{
    extract::DefaultBodyLimit,
    routing::{MethodRouter, get, post},
};
use domain::accounts::Permission;

use crate::{
    app::App,
    pages::{
        account, accounts, api, appointments, awards, cases, claims, cockpit, corpus, enterprises, gallery, history,
        home, indicators, invitations, jobs, language, matching, messages, navigation, offers, organisations, patents,
        permissions, policy, registry, runs, search, self_check, settings, sign_in, sign_on, supply, warnings, what_if,
    },
};

/// Who may open a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone, signed in or not.
    Everyone,
    /// Every account.
    SignedIn,
    /// Accounts whose role holds this permission.
    Needs(Permission),
}

/// One address with its handlers.
pub struct Door {
    /// The path below the base path, with parameters as `{id}`.
    pub path: &'static str,
    /// Who may open it.
    pub access: Access,
    /// Whether it takes files, which may be larger than a form.
    pub takes_files: bool,
    /// Whether its pages are kept until something changes: they show what the audit trail tells of, and are read often.
    pub is_kept: bool,
    /// What answers.
    pub handler: MethodRouter<App>,
}

/// One word of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The key of its word.
    pub key: &'static str,
    /// The key of the word under which it stands; empty for a word of its own.
    pub within: &'static str,
    /// Its first page.
    pub path: &'static str,
    /// Who may open that page.
    pub access: Access,
}

/// The list.
pub fn doors() -> Vec<Door> {
    use Access::{Everyone, Needs, SignedIn};
    use Permission::{
        AdmitEnterprises, AnswerAppointments, AnswerDemands, Appoint, ChangeDemands, ChangeOffers, ChangeRegistry,
        DecideCases, Evaluate, HandleCases, Invite, KeepBaskets, ManageAccounts, ManageMoney, OwnCases, PrepareCases,
        ReopenMonths, SearchCorpus, ViewAppointments, ViewAudit, ViewCases, ViewDemands, ViewFigures, ViewMarket,
        ViewMoney, ViewOffers, ViewOwnEnterprise, ViewPermissions, ViewPledges, ViewPolicy, ViewRegistry, ViewRights,
        ViewSpending,
    };
    vec![
        door("/sign-in", Everyone, get(sign_in::form).post(sign_in::submit)),
        door("/sign-in/code", SignedIn, get(sign_in::code_form).post(sign_in::code)),
        door("/sign-on", Everyone, get(sign_on::begin)),
        door("/sign-on/return", Everyone, get(sign_on::finish)),
        door("/sign-on/out", Everyone, get(sign_on::out)),
        door("/language", Everyone, post(language::choose)),
        door("/", SignedIn, get(home::page)),
        door("/sign-out", SignedIn, post(sign_in::sign_out)),
        door("/account", SignedIn, get(account::page)),
        door("/account/password", SignedIn, post(account::change)),
        door("/account/sessions/{id}/end", SignedIn, post(account::end)),
        door("/account/second-factor", SignedIn, get(account::second_factor::page).post(account::second_factor::begin)),
        door("/account/second-factor/confirm", SignedIn, post(account::second_factor::confirm)),
        door("/account/second-factor/give-up", SignedIn, post(account::second_factor::give_up)),
        door("/accounts", Needs(ManageAccounts), get(accounts::page)),
        door("/accounts/open", Needs(ManageAccounts), post(accounts::open)),
        door("/accounts/{login}", Needs(ManageAccounts), get(accounts::one)),
        door("/accounts/{login}/amend", Needs(ManageAccounts), post(accounts::amend)),
        door("/accounts/{login}/disable", Needs(ManageAccounts), post(accounts::disable)),
        door("/accounts/{login}/enable", Needs(ManageAccounts), post(accounts::enable)),
        door("/accounts/{login}/reset", Needs(ManageAccounts), post(accounts::reset)),
        door("/accounts/{login}/unlock", Needs(ManageAccounts), post(accounts::unlock)),
        door("/accounts/{login}/link", Needs(ManageAccounts), post(accounts::link)),
        door("/accounts/{login}/sign-out", Needs(ManageAccounts), post(accounts::sign_out)),
        door("/organisations", Needs(ManageAccounts), get(organisations::page)),
        door("/organisations/add", Needs(ManageAccounts), post(organisations::add)),
        door("/organisations/{id}", Needs(ManageAccounts), get(organisations::one)),
        door("/organisations/{id}/rename", Needs(ManageAccounts), post(organisations::rename)),
        door("/organisations/{id}/disable", Needs(ManageAccounts), post(organisations::disable)),
        door("/organisations/{id}/enable", Needs(ManageAccounts), post(organisations::enable)),
        door("/permissions", Needs(ViewPermissions), get(permissions::page)),
        door("/invitations", Needs(Invite), get(invitations::page)),
        door("/invitations/send", Needs(Invite), post(invitations::send)),
        door("/invitations/{id}", Needs(Invite), get(invitations::one)),
        door("/invitations/{id}/revoke", Needs(Invite), post(invitations::revoke)),
        door("/invited", Everyone, get(invitations::form).post(invitations::take)),
        door("/claims", Needs(AdmitEnterprises), get(claims::page)),
        door("/claims/{id}", Needs(AdmitEnterprises), get(claims::one)),
        door("/claims/{id}/decide", Needs(AdmitEnterprises), post(claims::decide)),
        door("/claims/{id}/papers/{file}", Needs(AdmitEnterprises), get(claims::paper)),
        // A stranger may send less than an office.
        upload_door(
            "/claim",
            Everyone,
            get(claims::public::form)
                .post(claims::public::submit)
                .layer(DefaultBodyLimit::max(claims::public::CLAIM_BYTES_MAX)),
        ),
        door("/claim/state", Everyone, get(claims::public::state_form).post(claims::public::state)),
        door("/gallery", SignedIn, get(gallery::page)),
        kept_door("/cockpit", Needs(ViewFigures), get(cockpit::page)),
        door("/cockpit/lapses", Needs(ViewRights), get(cockpit::lapses)),
        door("/cockpit/high-value", Needs(ViewRights), get(cockpit::high_value)),
        kept_door("/indicators", Needs(ViewFigures), get(indicators::page)),
        kept_door("/indicators/{code}", Needs(ViewFigures), get(indicators::one)),
        kept_door("/indicators/{code}/rights", Needs(ViewRights), get(indicators::rights)),
        kept_door("/indicators/{code}/changes", Needs(ViewRights), get(indicators::changes)),
        kept_door("/indicators/{code}/towns/{town}", Needs(ViewRights), get(indicators::town)),
        kept_door("/awards", Needs(ViewFigures), get(awards::page)),
        kept_door("/awards/{award}", Needs(ViewRights), get(awards::list)),
        kept_door("/awards/{award}/{subject}", Needs(ViewRights), get(awards::one)),
        door("/api/openapi.json", SignedIn, get(api::openapi::page)),
        door("/api/runs", Needs(ViewFigures), get(api::all_runs)),
        door("/api/runs/{run}/indicators", Needs(ViewFigures), get(api::indicators)),
        door("/api/runs/{run}/indicators/{code}", Needs(ViewRights), get(api::indicator)),
        door("/api/runs/{run}/awards", Needs(ViewRights), get(api::awards)),
        door("/api/verdicts/{run}/{award}/{subject}", Needs(ViewRights), get(api::verdict)),
        kept_door("/enterprises", Needs(ViewRights), get(enterprises::page)),
        door("/enterprises/{uscc}", Needs(ViewRights), get(enterprises::one)),
        door("/enterprises/{uscc}/history", Needs(ViewRights), get(history::enterprise)),
        door("/my-enterprise", Needs(ViewOwnEnterprise), get(enterprises::own)),
        door("/my-enterprise/reports", Needs(ViewOwnEnterprise), get(navigation::own)),
        door("/my-enterprise/reports/{id}", Needs(ViewOwnEnterprise), get(navigation::report::page)),
        door("/my-enterprise/reports/{id}/export", Needs(ViewOwnEnterprise), get(navigation::report::export)),
        kept_door("/patents", Needs(ViewRights), get(patents::page)),
        door("/patents/{number}", Needs(ViewRights), get(patents::one)),
        door("/corpus", Needs(SearchCorpus), get(corpus::page)),
        door("/corpus/form", Needs(SearchCorpus), get(corpus::form::page)),
        door("/corpus/numbers", Needs(SearchCorpus), get(corpus::numbers::page).post(corpus::numbers::submit)),
        door("/corpus/audit", Needs(SearchCorpus), get(corpus::audit::page)),
        door("/corpus/like", Needs(SearchCorpus), get(corpus::like::page).post(corpus::like::submit)),
        door("/corpus/meaning", Needs(SearchCorpus), get(corpus::meaning::page)),
        door("/corpus/meaning/learn", Needs(ChangeRegistry), post(corpus::meaning::learn)),
        door("/corpus/meaning/forget", Needs(ChangeRegistry), post(corpus::meaning::forget)),
        upload_door("/corpus/import", Needs(ChangeRegistry), get(corpus::import::page).post(corpus::import::submit)),
        door("/corpus/intakes", Needs(ViewRegistry), get(corpus::intakes::page)),
        door("/corpus/intakes/{number}", Needs(ViewRegistry), get(corpus::intakes::one)),
        door("/corpus/documents/{key}", Needs(SearchCorpus), get(corpus::document::page)),
        door("/corpus/baskets", Needs(KeepBaskets), get(corpus::baskets::page)),
        door("/corpus/baskets/open", Needs(KeepBaskets), post(corpus::baskets::open)),
        door("/corpus/baskets/put", Needs(KeepBaskets), post(corpus::baskets::put)),
        door("/corpus/baskets/{id}", Needs(KeepBaskets), get(corpus::baskets::one)),
        door("/corpus/baskets/{id}/remove", Needs(KeepBaskets), post(corpus::baskets::remove)),
        door("/corpus/baskets/{id}/restore", Needs(KeepBaskets), post(corpus::baskets::restore)),
        door(
            "/corpus/baskets/{id}/documents/{key}",
            Needs(KeepBaskets),
            get(corpus::baskets::kept).post(corpus::baskets::assess),
        ),
        door("/corpus/baskets/{id}/documents/{key}/take-out", Needs(KeepBaskets), post(corpus::baskets::take_out)),
        door("/corpus/searches", Needs(KeepBaskets), get(corpus::searches::page)),
        door("/corpus/searches/save", Needs(KeepBaskets), post(corpus::searches::save)),
        door("/corpus/searches/{id}/open", Needs(KeepBaskets), post(corpus::searches::open)),
        door("/corpus/searches/{id}/remove", Needs(KeepBaskets), post(corpus::searches::remove)),
        door("/corpus/searches/{id}/restore", Needs(KeepBaskets), post(corpus::searches::restore)),
        door("/corpus/names", Needs(Evaluate), get(corpus::names::page)),
        door("/corpus/names/merge", Needs(ChangeRegistry), post(corpus::names::merge)),
        door("/corpus/names/undo", Needs(ChangeRegistry), post(corpus::names::undo)),
        door("/corpus/names/rule", Needs(ChangeRegistry), post(corpus::names::rule)),
        door("/corpus/names/{version}", Needs(Evaluate), get(corpus::names::one)),
        door("/warnings", Needs(KeepBaskets), get(warnings::page)),
        door("/warnings/run", Needs(KeepBaskets), post(warnings::run)),
        door("/warnings/digest", Needs(KeepBaskets), get(warnings::digest)),
        door("/warnings/watches", Needs(KeepBaskets), get(warnings::watches)),
        door("/warnings/watches/set", Needs(KeepBaskets), post(warnings::set)),
        door("/warnings/watches/{id}/remove", Needs(KeepBaskets), post(warnings::remove)),
        door("/warnings/watches/{id}/restore", Needs(KeepBaskets), post(warnings::restore)),
        door("/warnings/{id}", Needs(KeepBaskets), get(warnings::one)),
        door("/warnings/{id}/handle", Needs(KeepBaskets), post(warnings::handle)),
        door("/messages", SignedIn, get(messages::page)),
        door("/messages/read", SignedIn, post(messages::read)),
        door("/messages/settings", SignedIn, get(messages::settings::page).post(messages::settings::keep)),
        door("/messages/settings/code", SignedIn, post(messages::settings::code)),
        door("/messages/settings/prove", SignedIn, post(messages::settings::prove)),
        door("/messages/mails", Needs(HandleCases), get(messages::mails::page)),
        door("/messages/mails/{id}", Needs(HandleCases), get(messages::mails::one)),
        door("/messages/mails/{id}/again", Needs(HandleCases), post(messages::mails::again)),
        door("/messages/wordings", Needs(HandleCases), get(messages::wordings::page)),
        door(
            "/messages/wordings/{kind}",
            Needs(HandleCases),
            get(messages::wordings::one).post(messages::wordings::keep),
        ),
        door("/messages/wordings/{kind}/preview", Needs(HandleCases), post(messages::wordings::preview)),
        door("/messages/{id}", SignedIn, get(messages::one)),
        door("/messages/{id}/open", SignedIn, post(messages::open)),
        door("/matching", Needs(ViewDemands), get(matching::page)),
        door("/matching/post", Needs(ChangeDemands), get(matching::post_form).post(matching::post)),
        door("/matching/deals", Needs(ViewDemands), get(matching::deals)),
        door("/matching/deals/{id}", Needs(ViewDemands), get(matching::deal)),
        door("/matching/deals/{id}/step", Needs(ChangeDemands), post(matching::step)),
        door("/matching/deals/{id}/register", Needs(ChangeRegistry), post(matching::register)),
        door("/matching/introduced", Needs(ViewDemands), get(matching::introduced)),
        door("/matching/{id}", Needs(ViewDemands), get(matching::one)),
        door("/matching/{id}/edit", Needs(ChangeDemands), get(matching::edit_form).post(matching::edit)),
        door("/matching/{id}/withdraw", Needs(ChangeDemands), post(matching::withdraw)),
        door("/matching/{id}/contact/{key}", Needs(ChangeDemands), get(matching::contact_form).post(matching::contact)),
        door("/offers", Needs(ViewOffers), get(offers::page)),
        door("/offers/{id}", Needs(ViewOffers), get(offers::one)),
        door("/offers/{id}/withdraw", Needs(ChangeOffers), post(offers::withdraw)),
        door("/supply", Needs(ChangeOffers), get(supply::page)),
        door("/supply/patents/{number}", Needs(ChangeOffers), get(supply::patent_form).post(supply::keep_offer)),
        door("/supply/demands", Needs(AnswerDemands), get(supply::demands)),
        door("/supply/demands/{id}", Needs(AnswerDemands), get(supply::demand)),
        door("/supply/demands/{id}/answer", Needs(AnswerDemands), post(supply::answer)),
        door("/supply/answers/{id}/withdraw", Needs(AnswerDemands), post(supply::withdraw_answer)),
        door("/supply/deals", Needs(ChangeOffers), get(supply::deals)),
        door("/appointments", Needs(ViewAppointments), get(appointments::page)),
        door("/appointments/ask", Needs(Appoint), post(appointments::ask)),
        door("/appointments/{id}", Needs(ViewAppointments), get(appointments::one)),
        door("/appointments/{id}/accept", Needs(AnswerAppointments), post(appointments::act)),
        door("/appointments/{id}/decline", Needs(AnswerAppointments), post(appointments::act)),
        door("/appointments/{id}/end", Needs(ViewAppointments), post(appointments::act)),
        door("/preparing", Needs(PrepareCases), get(cases::preparing::page)),
        door("/preparing/{id}", Needs(PrepareCases), get(cases::preparing::one)),
        upload_door("/preparing/{id}/write", Needs(PrepareCases), post(cases::preparing::write)),
        door("/preparing/{id}/papers/{file}", Needs(PrepareCases), get(cases::preparing::paper)),
        upload_door("/preparing/{id}/papers/{file}/remove", Needs(PrepareCases), post(cases::preparing::remove)),
        door("/preparing/{id}/hand-over", Needs(PrepareCases), post(cases::preparing::hand_over)),
        door("/navigation", Needs(ViewRights), get(navigation::page)),
        door("/navigation/reports", Needs(Evaluate), post(navigation::start)),
        door("/navigation/reports/{id}", Needs(ViewRights), get(navigation::report::page)),
        door(
            "/navigation/reports/{id}/record",
            Needs(Evaluate),
            get(navigation::record::form).post(navigation::record::keep),
        ),
        door("/navigation/reports/{id}/export", Needs(ViewRights), get(navigation::report::export)),
        upload_door(
            "/navigation/import",
            Needs(ChangeRegistry),
            get(navigation::chain::file::form).post(navigation::chain::file::import),
        ),
        door("/navigation/chains/{id}", Needs(ViewRights), get(navigation::chain::page)),
        door("/navigation/chains/{id}/file", Needs(ViewRights), get(navigation::chain::file::present)),
        door(
            "/navigation/chains/{id}/edit",
            Needs(ChangeRegistry),
            get(navigation::chain::edit::head_form).post(navigation::chain::edit::head),
        ),
        door(
            "/navigation/chains/{id}/add",
            Needs(ChangeRegistry),
            get(navigation::chain::edit::add_form).post(navigation::chain::edit::add),
        ),
        door(
            "/navigation/chains/{id}/nodes/{node}",
            Needs(ChangeRegistry),
            get(navigation::chain::edit::node_form).post(navigation::chain::edit::change),
        ),
        door("/navigation/chains/{id}/nodes/{node}/shift", Needs(ChangeRegistry), post(navigation::chain::edit::shift)),
        door(
            "/navigation/chains/{id}/nodes/{node}/remove",
            Needs(ChangeRegistry),
            post(navigation::chain::edit::remove),
        ),
        door("/navigation/chains/{id}/count", Needs(ChangeRegistry), post(navigation::chain::edit::count)),
        door("/navigation/chains/{id}/versions", Needs(ViewRights), get(navigation::chain::versions::page)),
        door("/navigation/chains/{id}/versions/{version}", Needs(ViewRights), get(navigation::chain::versions::one)),
        door(
            "/navigation/chains/{id}/versions/{version}/restore",
            Needs(ChangeRegistry),
            post(navigation::chain::versions::restore),
        ),
        door(
            "/navigation/chains/{id}/versions/{version}/file",
            Needs(ViewRights),
            get(navigation::chain::versions::file),
        ),
        door("/cases", Needs(ViewCases), get(cases::page)),
        door("/cases/open", Needs(HandleCases), post(cases::open)),
        door("/cases/daily", Needs(HandleCases), post(cases::daily)),
        door("/cases/apply", Needs(OwnCases), post(cases::apply::begin)),
        door("/cases/{id}", Needs(ViewCases), get(cases::one::page)),
        door("/cases/{id}/act", Needs(ViewCases), post(cases::acts::act)),
        upload_door("/cases/{id}/write", Needs(OwnCases), post(cases::acts::write)),
        door("/cases/{id}/papers/{file}", Needs(ViewCases), get(cases::acts::paper)),
        upload_door("/cases/{id}/papers/{file}/remove", Needs(OwnCases), post(cases::acts::remove)),
        door("/cases/{id}/letters/{kind}", Needs(ViewCases), get(cases::letters::of_case)),
        door("/cases/{id}/send-back", Needs(OwnCases), post(cases::preparing::send_back)),
        door("/cases/{id}/object", Needs(HandleCases), post(cases::acts::object)),
        door("/cases/{id}/objections/{objection}/decide", Needs(DecideCases), post(cases::acts::decide)),
        door("/self-check", Everyone, get(self_check::page)),
        door("/notices", Everyone, get(cases::notices::page)),
        door("/notices/open/{award}", Needs(HandleCases), post(cases::notices::open)),
        door("/notices/{id}", Everyone, get(cases::notices::one)),
        door("/notices/{id}/letter", Everyone, get(cases::letters::of_notice)),
        door("/clawbacks", Needs(ViewMoney), get(cases::clawbacks::page)),
        door("/clawbacks/dismiss", Needs(DecideCases), post(cases::clawbacks::dismiss)),
        door("/letters", Needs(ViewMoney), get(cases::letters::archive)),
        door("/letters/kept/{id}", Needs(ViewCases), get(cases::letters::one)),
        door("/letters/{kind}", Needs(HandleCases), get(cases::letters::page).post(cases::letters::keep)),
        door("/items", Needs(ViewPolicy), get(cases::items::page)),
        door("/items/draft/{award}", Needs(HandleCases), get(cases::drafts::draft).post(cases::drafts::submit)),
        door("/items/{id}", Needs(ViewPolicy), get(cases::items::one)),
        door("/items/{id}/trial", Needs(ViewMoney), get(cases::items::trial)),
        door("/items/{id}/issue", Needs(HandleCases), post(cases::items::issue)),
        door("/items/{id}/suspend", Needs(HandleCases), post(cases::items::suspend)),
        door("/budget", Needs(ViewMoney), get(cases::budget::page)),
        door("/budget/board", Needs(ViewMoney), get(cases::board::page)),
        door("/budget/set", Needs(ManageMoney), post(cases::budget::set)),
        door("/budget/effect", Needs(ViewMoney), get(cases::effect::page)),
        door("/budget/effect/came", Needs(ViewMoney), get(cases::effect::came)),
        door("/budget/licences", Needs(ViewMarket), get(cases::market::licences)),
        door("/budget/insurances", Needs(ViewMarket), get(cases::market::insurances)),
        door("/budget/spending", Needs(ViewSpending), get(cases::spending::page)),
        door("/budget/spending/rows", Needs(ViewSpending), get(cases::spending::rows)),
        door("/budget/funds", Needs(ViewMoney), get(cases::funds::page)),
        door("/budget/funds/shares", Needs(ViewMoney), get(cases::funds::shares)),
        door("/budget/funds/projects", Needs(ViewMoney), get(cases::funds::projects)),
        door("/budget/overlaps", Needs(ViewMoney), get(cases::overlaps::page)),
        door("/budget/overlaps/both", Needs(ViewMoney), get(cases::overlaps::both)),
        door("/budget/overlaps/items", Needs(ViewMoney), get(cases::overlaps::items)),
        door("/budget/overlaps/documents", Needs(ViewMoney), get(cases::overlaps::documents)),
        door("/budget/leverage", Needs(ViewMarket), get(cases::leverage::page)),
        door("/budget/leverage/rows", Needs(ViewMarket), get(cases::leverage::rows)),
        door("/budget/projects", Needs(ViewMarket), get(cases::projects::page)),
        door("/budget/projects/rights", Needs(ViewMarket), get(cases::projects::rights)),
        door("/budget/projects/totals", Needs(ViewMarket), get(cases::projects::totals)),
        door("/budget/startups", Needs(ViewMarket), get(cases::startups::page)),
        door("/budget/startups/forms", Needs(ViewMarket), get(cases::startups::forms)),
        door("/budget/startups/pilots", Needs(ViewMarket), get(cases::startups::pilots)),
        door("/budget/pledges", Needs(ViewPledges), get(cases::uses::of_market)),
        door("/budget/prorata", Needs(ViewMoney), get(cases::proration::page)),
        door("/budget/prorata/propose", Needs(ManageMoney), post(cases::proration::propose)),
        door("/budget/prorata/{id}", Needs(ViewMoney), get(cases::proration::one)),
        door("/budget/prorata/{id}/agree", Needs(DecideCases), post(cases::proration::agree)),
        door("/budget/prorata/{id}/withdraw", Needs(ViewMoney), post(cases::proration::withdraw)),
        door("/leave", Needs(HandleCases), get(cases::leave::page)),
        door("/leave/name", Needs(HandleCases), post(cases::leave::name)),
        door("/leave/{id}/end", Needs(HandleCases), post(cases::leave::end)),
        door("/budget/uses", Needs(ViewMoney), get(cases::uses::of_budget)),
        door("/payments/arrived", Needs(ViewMoney), get(cases::uses::of_payments)),
        door("/payments", Needs(ViewMoney), get(cases::payments::page)),
        door("/payments/order", Needs(ManageMoney), post(cases::payments::order)),
        door("/payments/{id}", Needs(ViewMoney), get(cases::payments::one)),
        door("/payments/{id}/approve", Needs(ManageMoney), post(cases::payments::approve)),
        door("/payments/{id}/cancel", Needs(ManageMoney), post(cases::payments::cancel)),
        door("/payments/{id}/send", Needs(ManageMoney), post(cases::payments::send)),
        upload_door("/payments/{id}/answer", Needs(ManageMoney), post(cases::payments::take)),
        door("/payments/{id}/return", Needs(ManageMoney), post(cases::returned::enter)),
        door("/demo/day", Needs(HandleCases), post(cases::next_day)),
        door("/registers", Needs(ViewRegistry), get(registry::page)),
        upload_door(
            "/registers/import",
            Needs(ChangeRegistry),
            get(registry::upload::page).post(registry::upload::submit),
        ),
        door("/registers/batches", Needs(ViewRegistry), get(registry::batches::page)),
        door("/registers/batches/{id}", Needs(ViewRegistry), get(registry::batches::one)),
        door(
            "/registers/batches/{id}/rollback",
            Needs(ChangeRegistry),
            get(registry::batches::rollback_form).post(registry::batches::rollback),
        ),
        door("/registers/quarantine", Needs(ViewRegistry), get(registry::quarantine::page)),
        door("/registers/quarantine/settle", Needs(ChangeRegistry), post(registry::quarantine::settle)),
        door("/registers/quarantine/{id}", Needs(ViewRegistry), get(registry::correction::page)),
        door("/registers/quarantine/{id}/correct", Needs(ChangeRegistry), post(registry::correction::correct)),
        door("/registers/quarantine/{id}/release", Needs(ChangeRegistry), post(registry::correction::release)),
        door("/registers/quarantine/{id}/discard", Needs(ChangeRegistry), post(registry::correction::discard)),
        door("/registers/ties", Needs(ViewRegistry), get(registry::ties::page)),
        door("/registers/ties/outside", Needs(ViewRegistry), get(registry::ties::outside)),
        door("/registers/ties/undo", Needs(ChangeRegistry), post(registry::ties::undo)),
        door("/registers/ties/settle", Needs(ChangeRegistry), post(registry::ties::settle)),
        door("/registers/ties/one", Needs(ChangeRegistry), get(registry::ties::one).post(registry::ties::settle_one)),
        door("/registers/judgements", Needs(ViewRegistry), get(registry::judgements::page)),
        door("/registers/judgements/settle", Needs(ChangeRegistry), post(registry::judgements::settle)),
        door("/registers/province", Needs(ViewRegistry), get(registry::province::page)),
        door("/registers/province/enter", Needs(ChangeRegistry), post(registry::province::enter)),
        door("/registers/trajectories", Needs(ViewRegistry), get(registry::entries::page)),
        door("/registers/trajectories/enter", Needs(ChangeRegistry), post(registry::entries::enter)),
        door("/registers/mappings", Needs(ViewRegistry), get(registry::mappings::page)),
        door("/registers/mappings/save", Needs(ChangeRegistry), post(registry::mappings::save)),
        door("/registers/mappings/remove", Needs(ChangeRegistry), post(registry::mappings::remove)),
        door("/registers/templates/{register}", Needs(ViewRegistry), get(registry::template)),
        door("/registers/closing", Needs(ViewRegistry), get(registry::closing::page)),
        door("/registers/closing/check", Needs(ChangeRegistry), get(registry::closing::check)),
        door("/registers/closing/close", Needs(ChangeRegistry), post(registry::closing::close)),
        door(
            "/registers/closing/reopen",
            Needs(ReopenMonths),
            get(registry::closing::reopen_form).post(registry::closing::reopen),
        ),
        door("/registers/history/{register}", Needs(ViewRights), get(history::page)),
        door("/registers/audit", Needs(ViewAudit), get(registry::audit::page)),
        door("/registers/audit/{id}", Needs(ViewAudit), get(registry::audit::one)),
        door("/registers/audit/verify", Needs(ViewAudit), get(registry::audit::verify)),
        door("/jobs/{id}", SignedIn, get(jobs::page)),
        door("/jobs/{id}/cancel", SignedIn, post(jobs::cancel)),
        kept_door("/policy", Needs(ViewPolicy), get(policy::page)),
        kept_door("/policy/{clause}", Needs(ViewPolicy), get(policy::one)),
        door("/runs", Needs(ViewFigures), get(runs::page)),
        door("/runs/start", Needs(Evaluate), post(runs::start)),
        door("/runs/compare", Needs(ViewFigures), get(runs::compared)),
        door("/runs/{id}", Needs(ViewFigures), get(runs::one)),
        door("/runs/{id}/verify", Needs(ViewFigures), post(runs::verify)),
        door("/runs/{id}/export", Needs(ViewFigures), get(runs::export)),
        door("/runs/{id}/diff/{after}", Needs(ViewFigures), get(runs::difference)),
        door("/what-if", Needs(Evaluate), get(what_if::form).post(what_if::submit)),
        door("/what-if/{run}", Needs(ViewFigures), get(what_if::one)),
        door("/search", SignedIn, get(search::page)),
        door("/settings", SignedIn, get(settings::page)),
    ]
}

/// The words of the navigation, in order, each with the word under which it stands: at most eight stand for themselves,
/// whoever looks. One appears as soon as its page stands in the list.
const SECTIONS: [(&str, &str, &str); 24] = [
    ("nav-cockpit", "", "/cockpit"),
    ("nav-indicators", "", "/indicators"),
    ("nav-awards", "", "/awards"),
    ("nav-enterprises", "", "/enterprises"),
    ("nav-my-enterprise", "", "/my-enterprise"),
    ("nav-supply", "", "/supply"),
    ("nav-preparing", "", "/preparing"),
    ("nav-own-patents", "nav-patents", "/patents"),
    ("nav-corpus", "nav-patents", "/corpus"),
    ("nav-warnings", "nav-patents", "/warnings"),
    ("nav-navigation", "nav-patents", "/navigation"),
    ("nav-matching", "nav-patents", "/matching"),
    ("nav-offers", "nav-patents", "/offers"),
    ("nav-award-cases", "nav-cases", "/cases"),
    ("nav-appointments", "nav-cases", "/appointments"),
    ("nav-claims", "nav-cases", "/claims"),
    ("nav-pledges", "nav-cases", "/budget/pledges"),
    ("nav-licences", "nav-cases", "/budget/licences"),
    ("nav-spending", "nav-cases", "/budget/spending"),
    ("nav-projects", "nav-cases", "/budget/projects"),
    ("nav-registers", "", "/registers"),
    ("nav-accounts", "", "/accounts"),
    ("nav-permissions", "", "/permissions"),
    ("nav-settings", "", "/settings"),
];

/// The sections whose first page exists.
pub fn sections() -> Vec<Section> {
    let doors = doors();
    let of = |(key, within, path): (&'static str, &'static str, &'static str)| {
        doors.iter().find(|door| door.path == path).map(|door| Section { key, within, path, access: door.access })
    };
    SECTIONS.into_iter().filter_map(of).collect()
}

/// Every address with who may open it.
static ACCESS: LazyLock<Vec<(&str, Access)>> =
    LazyLock::new(|| doors().iter().map(|door| (door.path, door.access)).collect());

/// Whether a page stands in the list.
pub fn exists(path: &str) -> bool {
    ACCESS.iter().any(|(door, _)| *door == path)
}

/// Who may open the page at an address; none where there is none. One with its own words goes before one with a parameter.
pub fn access(path: &str) -> Option<Access> {
    let fits = |door: &str| {
        let (mut door, mut path) = (door.split('/'), path.split('/'));
        let same = |(part, given): (&str, &str)| part == given || (part.starts_with('{') && !given.is_empty());
        door.clone().count() == path.clone().count() && door.by_ref().zip(path.by_ref()).all(same)
    };
    let exact = ACCESS.iter().find(|(door, _)| *door == path);
    exact.or_else(|| ACCESS.iter().find(|(door, _)| fits(door))).map(|(_, access)| *access)
}

/// Whether an address is asked by other programs, which are answered in JSON and led nowhere.
pub fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
}

fn door(path: &'static str, access: Access, handler: MethodRouter<App>) -> Door {
    Door { path, access, takes_files: false, is_kept: false, handler }
}

/// A page whose whole content changes only with a new row of the audit trail, another day or another account.
fn kept_door(path: &'static str, access: Access, handler: MethodRouter<App>) -> Door {
    Door { is_kept: true, ..door(path, access, handler) }
}

/// A page that takes uploads; the form's first field must be the token, which the component `token` prints.
fn upload_door(path: &'static str, access: Access, handler: MethodRouter<App>) -> Door {
    Door { takes_files: true, ..door(path, access, handler) }
}
