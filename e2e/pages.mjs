// Every page of the router that shows something, with the account that opens it and a way to one of its kind.
// A journey test compares this list with crates/web/src/routes.rs.
import { followFirst } from './browser.mjs';

/** Pages that only lead on or send a file; journeys use them. */
export const NOT_SHOWN = ['/', '/sign-on', '/sign-on/return', '/sign-on/out', '/runs/compare', '/registers/templates/{register}', '/runs/{id}/export',
  '/navigation/reports/{id}/export', '/navigation/chains/{id}/file', '/navigation/chains/{id}/versions/{version}/file', '/sign-in/code', '/claims/{id}/papers/{file}', '/cases/{id}/papers/{file}', '/cases/{id}/letters/{kind}', '/letters/kept/{id}', '/notices/{id}/letter', ...'openapi.json runs runs/{run}/indicators runs/{run}/indicators/{code} runs/{run}/awards verdicts/{run}/{award}/{subject}'.split(' ').map((path) => `/api/${path}`), '/budget/prorata/{id}', '/preparing/{id}', '/preparing/{id}/papers/{file}',
  '/my-enterprise/reports/{id}', '/my-enterprise/reports/{id}/export'];

const at = (path) => async (page, address) => { await go(page, address + path); };
const first = (start, link) => async (page, address) => {
  await go(page, address + start);
  await followFirst(page, link);
};

async function report(page, address) {
  await go(page, `${address}/navigation`);
  await page.locator('select[name="chain"]').selectOption({ index: 1 });
  await page.locator('main form .button-main').click();
  await page.waitForURL(/\/navigation\/reports\/.+/, { timeout: 60_000 });
}

/** Takes a list in of which one row contradicts another. */
async function takeIn(page, address) {
  await go(page, `${address}/corpus/import`);
  const rows = ['公开（公告）号,名称,申请日', 'CN101000001A,电池,2006-01-01', 'CN101000001A,发动机,2009-01-01'];
  await page.locator('input[type="file"]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await page.locator('main form .button-main').click();
  await page.waitForURL(/\/corpus\/intakes\/\d+/, { timeout: 60_000 });
}

export const PAGES = [
  { name: 'sign-in', door: '/sign-in', as: null, open: at('/sign-in') },
  { name: 'claim', door: '/claim', as: null, open: at('/claim') },
  { name: 'claim-state', door: '/claim/state', as: null, open: at('/claim/state') },
  { name: 'claims', door: '/claims', open: async (page, address) => { await claim(page, address); await go(page, `${address}/claims`); } },
  { name: 'claim-to-decide', door: '/claims/{id}', open: async (page, address) => {
    await claim(page, address);
    await first('/claims', 'main tbody a[href*="/claims/"]')(page, address);
  } },
  { name: 'invitations', door: '/invitations', as: 'admin', open: at('/invitations') },
  { name: 'invitation', door: '/invitations/{id}', as: 'admin', open: async (page, address) => {
    await invite(page, address);
    await first('/invitations', 'main tbody a[href*="/invitations/"]')(page, address);
  } },
  { name: 'invited', door: '/invited', as: 'admin', open: async (page, address) => {
    await go(page, await invite(page, address));
  } },
  { name: 'cockpit', door: '/cockpit', open: at('/cockpit') },
  { name: 'lapses', door: '/cockpit/lapses', open: at('/cockpit/lapses') },
  { name: 'high-value', door: '/cockpit/high-value', open: at('/cockpit/high-value') },
  { name: 'indicators', door: '/indicators', open: at('/indicators') },
  { name: 'indicator', door: '/indicators/{code}', open: at('/indicators/K01') },
  { name: 'indicator-high-value', door: '/indicators/{code}', open: at('/indicators/K04') },
  { name: 'indicator-not-computable', door: '/indicators/{code}', open: at('/indicators/M15') },
  { name: 'rights', door: '/indicators/{code}/rights', open: at('/indicators/K08/rights') },
  { name: 'changes', door: '/indicators/{code}/changes', open: at('/indicators/K01/changes') },
  { name: 'town', door: '/indicators/{code}/towns/{town}', open: first('/indicators/K01', 'main a[href*="/indicators/K01/towns/"]') },
  { name: 'awards', door: '/awards', open: at('/awards') },
  { name: 'award', door: '/awards/{award}', open: at('/awards/innovation-star') },
  { name: 'award-subject', door: '/awards/{award}/{subject}', open: first('/awards/innovation-star', 'main tbody a[href*="/awards/innovation-star/9"]') },
  { name: 'enterprises', door: '/enterprises', open: at('/enterprises') },
  { name: 'enterprise', door: '/enterprises/{uscc}', open: first('/enterprises', 'main tbody a[href*="/enterprises/9"]') },
  { name: 'enterprise-history', door: '/enterprises/{uscc}/history', open: async (page, address) => {
    await first('/enterprises', 'main tbody a[href*="/enterprises/9"]')(page, address);
    await go(page, `${page.url().split('?')[0]}/history`);
  } },
  { name: 'my-enterprise', door: '/my-enterprise', as: 'enterprise', open: at('/my-enterprise') },
  { name: 'patents', door: '/patents', open: at('/patents') },
  { name: 'patents-none-found', door: '/patents', open: at('/patents?q=nothing-of-the-kind') },
  { name: 'patent', door: '/patents/{number}', open: first('/patents?high-value=any', 'main tbody a[href*="/patents/2"]') },
  { name: 'corpus', door: '/corpus', open: at('/corpus') },
  { name: 'corpus-hits', door: '/corpus', open: at(`/corpus?q=${encodeURIComponent('锂离子电池 散热 OR IC=H02S')}&narrow=${encodeURIComponent('ST=有效')}`) },
  { name: 'corpus-family', door: '/corpus', open: at(`/corpus?q=${encodeURIComponent('IC=H01M')}&unit=family&sort=filed&facet=applicant`) },
  { name: 'corpus-none-found', door: '/corpus', open: at(`/corpus?q=${encodeURIComponent('TI="没有这种东西"')}`) },
  { name: 'corpus-mistake', door: '/corpus', open: at(`/corpus?q=${encodeURIComponent('石墨烯 AND (电池')}`), status: 422 },
  { name: 'corpus-form', door: '/corpus/form', open: at('/corpus/form') },
  { name: 'corpus-numbers', door: '/corpus/numbers', open: at('/corpus/numbers') },
  { name: 'corpus-audit', door: '/corpus/audit', open: at(`/corpus/audit?q=${encodeURIComponent('(TI=电池 OR IC=H01M) AND AD>=2015 NOT PC=US')}`) },
  { name: 'corpus-like', door: '/corpus/like', open: at('/corpus/like') },
  { name: 'leave', door: '/leave', open: at('/leave') },
  { name: 'budget-effect', door: '/budget/effect', as: 'finance', open: at('/budget/effect') },
  { name: 'budget-came', door: '/budget/effect/came', as: 'finance', open: at('/budget/effect/came') },
  { name: 'budget-pledges', door: '/budget/pledges', as: 'finance', open: at('/budget/pledges') },
  { name: 'budget-licences', door: '/budget/licences', as: 'finance', open: at('/budget/licences') },
  { name: 'budget-insurances', door: '/budget/insurances', as: 'finance', open: at('/budget/insurances') },
  { name: 'spending', door: '/budget/spending', as: 'finance', open: at('/budget/spending') },
  { name: 'spending-rows', door: '/budget/spending/rows', as: 'finance', open: at('/budget/spending/rows') },
  { name: 'funds', door: '/budget/funds', as: 'finance', open: at('/budget/funds') },
  { name: 'fund-shares', door: '/budget/funds/shares', as: 'finance', open: at('/budget/funds/shares') },
  { name: 'fund-projects', door: '/budget/funds/projects', as: 'finance', open: at('/budget/funds/projects') },
  { name: 'overlaps', door: '/budget/overlaps', as: 'finance', open: at('/budget/overlaps') },
  { name: 'overlaps-both', door: '/budget/overlaps/both', as: 'finance', open: at('/budget/overlaps/both') },
  { name: 'overlaps-items', door: '/budget/overlaps/items', as: 'finance', open: at('/budget/overlaps/items') },
  { name: 'overlaps-documents', door: '/budget/overlaps/documents', as: 'finance', open: at('/budget/overlaps/documents') },
  { name: 'leverage', door: '/budget/leverage', as: 'finance', open: at('/budget/leverage') },
  { name: 'leverage-rows', door: '/budget/leverage/rows', as: 'finance', open: at('/budget/leverage/rows') },
  { name: 'projects', door: '/budget/projects', as: 'finance', open: at('/budget/projects') },
  { name: 'project-rights', door: '/budget/projects/rights', as: 'finance', open: at('/budget/projects/rights') },
  { name: 'project-totals', door: '/budget/projects/totals', as: 'finance', open: at('/budget/projects/totals') },
  { name: 'startups', door: '/budget/startups', as: 'finance', open: at('/budget/startups') },
  { name: 'startup-forms', door: '/budget/startups/forms', as: 'finance', open: at('/budget/startups/forms') },
  { name: 'startup-pilots', door: '/budget/startups/pilots', as: 'finance', open: at('/budget/startups/pilots') },
  { name: 'budget-prorata', door: '/budget/prorata', as: 'finance', open: at('/budget/prorata') },
  { name: 'own-reports', door: '/my-enterprise/reports', as: 'enterprise', open: at('/my-enterprise/reports') },
  { name: 'corpus-meaning', door: '/corpus/meaning', open: at('/corpus/meaning') },
  { name: 'names', door: '/corpus/names', open: at('/corpus/names') },
  { name: 'name-entry', door: '/corpus/names/{version}', open: async (page, address) => {
    await go(page, `${address}/corpus/names`);
    await page.fill('#name', `云川某某厂${Date.now()}`);
    await page.fill('#into', '云川某某有限公司');
    await page.fill('#reason', '2023-05-01 更名公告');
    await page.getByRole('button', { name: /记入归并账|Enter in the ledger/ }).click();
    await page.waitForURL(/done=named/);
    await followFirst(page, 'main tbody a[href*="/corpus/names/"]');
  } },
  { name: 'corpus-import', door: '/corpus/import', open: at('/corpus/import') },
  { name: 'intakes', door: '/corpus/intakes', open: async (page, address) => { await takeIn(page, address); await go(page, `${address}/corpus/intakes`); } },
  { name: 'intake', door: '/corpus/intakes/{number}', open: takeIn },
  { name: 'corpus-document', door: '/corpus/documents/{key}', open: first(`/corpus?q=${encodeURIComponent('NOT PC=CN')}`, 'main .hit a[href*="/corpus/documents/"]') },
  { name: 'corpus-document-of-the-city', door: '/corpus/documents/{key}', open: first(`/corpus?q=${encodeURIComponent('PC=CN KD=发明 PR=云川 ST=有效')}&sort=filed-earliest`, 'main .hit a[href*="/corpus/documents/"]') },
  { name: 'baskets', door: '/corpus/baskets', open: at('/corpus/baskets') },
  { name: 'basket', door: '/corpus/baskets/{id}', open: filledBasket },
  { name: 'basket-document', door: '/corpus/baskets/{id}/documents/{key}', open: async (page, address) => {
    await filledBasket(page, address);
    await followFirst(page, 'main tbody a[href*="/documents/"]:not([href^="/corpus/documents"])');
  } },
  { name: 'saved-searches', door: '/corpus/searches', open: async (page, address) => {
    await go(page, `${address}/corpus?q=${encodeURIComponent('IC=H01M')}`);
    await page.locator('#search-name').fill(`H01M ${Date.now() % 1_000_000}`);
    await page.locator('form[action$="/searches/save"] button').click();
    await page.waitForURL(/\/corpus\/searches/);
  } },
  { name: 'warnings', door: '/warnings', open: at('/warnings') },
  { name: 'warnings-of-an-enterprise', door: '/warnings', as: 'enterprise', open: at('/warnings') },
  { name: 'watches', door: '/warnings/watches', open: at('/warnings/watches') },
  { name: 'watch-refused', door: '/warnings/watches', open: async (page, address) => {
    await go(page, `${address}/warnings/watches`);
    await page.locator('form[action$="/watches/set"] .button-main').click();
  }, status: 422 },
  { name: 'warning', door: '/warnings/{id}', open: handledWarning },
  { name: 'warning-digest', door: '/warnings/digest', open: at('/warnings/digest') },
  { name: 'matching', door: '/matching', open: at('/matching') },
  { name: 'matching-of-an-enterprise', door: '/matching', as: 'enterprise', open: at('/matching') },
  { name: 'matching-post', door: '/matching/post', open: at('/matching/post') },
  { name: 'matching-post-refused', door: '/matching/post', open: async (page, address) => {
    await go(page, `${address}/matching/post`);
    await page.locator('main form .button-main').click();
  }, status: 422 },
  { name: 'matching-demand', door: '/matching/{id}', as: 'enterprise', open: demand },
  { name: 'matching-edit', door: '/matching/{id}/edit', as: 'enterprise', open: async (page, address) => {
    await demand(page, address);
    await followFirst(page, 'main a[href$="/edit"]');
  } },
  { name: 'matching-contact', door: '/matching/{id}/contact/{key}', as: 'enterprise', open: async (page, address) => {
    await demand(page, address);
    await followFirst(page, 'main a[href*="/contact/"]');
  } },
  { name: 'matching-deals', door: '/matching/deals', open: at('/matching/deals') },
  { name: 'matching-deal', door: '/matching/deals/{id}', open: first('/matching/deals?stage=contact', 'main tbody a[href*="/matching/deals/"]') },
  { name: 'matching-deal-signed', door: '/matching/deals/{id}', open: first('/matching/deals?stage=signed', 'main tbody a[href*="/matching/deals/"]') },
  { name: 'matching-introduced', door: '/matching/introduced', open: at('/matching/introduced') },
  { name: 'row-history', door: '/registers/history/{register}', open: first('/indicators/K08/rights', 'main a[href*="/registers/history/"]') },
  { name: 'navigation', door: '/navigation', open: at('/navigation') },
  { name: 'chain', door: '/navigation/chains/{id}', open: first('/navigation', 'main a[href*="/navigation/chains/"]') },
  { name: 'chain-edit', door: '/navigation/chains/{id}/edit', open: at('/navigation/chains/new-energy/edit') },
  { name: 'chain-add', door: '/navigation/chains/{id}/add', open: at('/navigation/chains/new-energy/add?below=solar') },
  { name: 'chain-node', door: '/navigation/chains/{id}/nodes/{node}', open: at('/navigation/chains/new-energy/nodes/cells') },
  { name: 'chain-node-mistake', door: '/navigation/chains/{id}/nodes/{node}', open: async (page, address) => {
    await go(page, `${address}/navigation/chains/new-energy/nodes/cells`);
    await page.locator('textarea[name="search"]').fill('IC=H10F OR TI=(电池');
    await page.locator('main form .button-main').click();
  }, status: 422 },
  { name: 'chain-versions', door: '/navigation/chains/{id}/versions', open: at('/navigation/chains/new-energy/versions') },
  { name: 'chain-version', door: '/navigation/chains/{id}/versions/{version}', open: at('/navigation/chains/new-energy/versions/0') },
  { name: 'chain-import', door: '/navigation/import', open: at('/navigation/import') },
  { name: 'report', door: '/navigation/reports/{id}', open: report },
  { name: 'report-record', door: '/navigation/reports/{id}/record', open: async (page, address) => {
    await report(page, address);
    await followFirst(page, 'main a[href$="/record"]');
  } },
  { name: 'registers', door: '/registers', open: at('/registers') },
  { name: 'import', door: '/registers/import', open: at('/registers/import') },
  { name: 'import-refused', door: '/registers/import', open: async (page, address) => {
    await go(page, `${address}/registers/import`);
    await page.locator('main form .button-main').click();
  }, status: 422 },
  { name: 'batches', door: '/registers/batches', open: at('/registers/batches') },
  { name: 'batch', door: '/registers/batches/{id}', open: first('/registers/batches?register=patents', 'main tbody a[href*="/registers/batches/"]') },
  { name: 'rollback', door: '/registers/batches/{id}/rollback', open: async (page, address) => {
    await first('/registers/batches?register=patents', 'main tbody a[href*="/registers/batches/"]')(page, address);
    await followFirst(page, 'main a[href$="/rollback"]');
  } },
  { name: 'quarantine', door: '/registers/quarantine', open: at('/registers/quarantine') },
  { name: 'quarantine-row', door: '/registers/quarantine/{id}', open: first('/registers/quarantine', 'main tbody a[href*="/registers/quarantine/"]') },
  { name: 'ties', door: '/registers/ties', open: at('/registers/ties') },
  { name: 'tie', door: '/registers/ties/one', open: first('/registers/ties', 'main tbody a[href*="/registers/ties/one"]') },
  { name: 'ties-outside', door: '/registers/ties/outside', open: at('/registers/ties/outside') },
  { name: 'judgements', door: '/registers/judgements', open: at('/registers/judgements') },
  { name: 'province', door: '/registers/province', open: at('/registers/province') },
  { name: 'trajectories', door: '/registers/trajectories', open: at('/registers/trajectories') },
  { name: 'mappings', door: '/registers/mappings', open: at('/registers/mappings') },
  { name: 'closing', door: '/registers/closing', open: at('/registers/closing') },
  { name: 'closing-check', door: '/registers/closing/check', open: async (page, address) => {
    await go(page, `${address}/registers/closing`);
    await page.getByRole('button', { name: /看要月结的数|See the figures/ }).click();
    await page.waitForURL(/\/registers\/closing\/check/);
  } },
  { name: 'reopen', door: '/registers/closing/reopen', as: 'leader', open: at('/registers/closing/reopen?month=2023-12'), status: 404 },
  { name: 'audit', door: '/registers/audit', as: 'auditor', open: at('/registers/audit') },
  { name: 'audit-entry', door: '/registers/audit/{id}', as: 'auditor', open: first('/registers/audit', 'main tbody a[href*="/registers/audit/"]') },
  { name: 'audit-verified', door: '/registers/audit/verify', as: 'auditor', open: at('/registers/audit/verify') },
  { name: 'accounts', door: '/accounts', as: 'admin', open: at('/accounts') },
  { name: 'account-of-others', door: '/accounts/{login}', as: 'admin', open: at('/accounts/clerk') },
  { name: 'organisations', door: '/organisations', as: 'admin', open: at('/organisations') },
  { name: 'organisation', door: '/organisations/{id}', as: 'admin', open: first('/organisations?kind=department', 'main tbody a[href*="/organisations/"]') },
  { name: 'permissions', door: '/permissions', as: 'security', open: at('/permissions') },
  { name: 'my-account', door: '/account', open: at('/account') },
  { name: 'second-factor', door: '/account/second-factor', open: at('/account/second-factor') },
  { name: 'policy', door: '/policy', open: at('/policy') },
  { name: 'clause', door: '/policy/{clause}', open: at('/policy/C3.3.2.2') },
  { name: 'runs', door: '/runs', open: at('/runs') },
  { name: 'run', door: '/runs/{id}', open: first('/runs', 'main tbody a[href*="/runs/"]') },
  { name: 'run-difference', door: '/runs/{id}/diff/{after}', open: async (page, address) => {
    await go(page, `${address}/runs`);
    await page.locator('form[action$="/runs/compare"] button').click();
  } },
  { name: 'verified', door: '/jobs/{id}', open: async (page, address) => {
    await first('/runs', 'main tbody a[href*="/runs/"]')(page, address);
    await page.locator('form[action$="/verify"] button').click();
    await page.locator('main .state-ok').waitFor();
  } },
  { name: 'what-if', door: '/what-if', open: at('/what-if') },
  { name: 'what-if-outcome', door: '/what-if/{run}', open: async (page, address) => {
    await go(page, `${address}/what-if`);
    await page.locator('#set-star_2_inventions').fill('15');
    await page.locator('#set-star_2_amount_fen').fill('5');
    await page.locator('main form .button-main').click();
    await page.waitForURL(/\/what-if\/.+/);
  } },
  { name: 'cases', door: '/cases', open: at('/cases') },
  { name: 'cases-of-an-enterprise', door: '/cases', as: 'enterprise', open: at('/cases') },
  { name: 'cases-none-found', door: '/cases', as: 'leader', open: at('/cases?q=nothing-of-the-kind') },
  { name: 'case', door: '/cases/{id}', open: first('/cases?award=innovation-star', 'main tbody th a[href*="/cases/"]') },
  { name: 'case-of-an-enterprise', door: '/cases/{id}', as: 'enterprise', open: first('/cases', 'main tbody th a[href*="/cases/"]') },
  { name: 'case-applied-for', door: '/cases/{id}', as: 'enterprise', open: applied },
  { name: 'case-refused', door: '/cases', as: 'enterprise', open: async (page, address) => {
    await go(page, `${address}/cases`);
    await page.locator('form[action$="/cases/apply"] .button-main').click();
  }, status: 422 },
  { name: 'self-check', door: '/self-check', as: null, open: at('/self-check?invention-star.grants_in_year=3&innovation-star.valid_inventions=31&innovation-star.high_value_inventions=4') },
  { name: 'notices', door: '/notices', open: at('/notices') },
  { name: 'notice', door: '/notices/{id}', open: first('/notices', 'main tbody a[href*="/notices/"]') },
  { name: 'notice-for-everybody', door: '/notices/{id}', as: null, open: first('/notices', 'main tbody a[href*="/notices/"]') },
  { name: 'case-recovered', door: '/cases/{id}', as: 'finance', open: first('/cases?state=recovered', 'main tbody th a[href*="/cases/"]') },
  { name: 'offers', door: '/offers', as: 'enterprise', open: at('/offers') },
  { name: 'offer', door: '/offers/{id}', as: 'enterprise', open: first('/offers', 'main tbody th a[href*="/offers/"]') },
  { name: 'offer-of-ones-own', door: '/offers/{id}', as: 'university', open: first('/offers', 'main tbody th a[href*="/offers/"]') },
  { name: 'supply', door: '/supply', as: 'university', open: at('/supply') },
  { name: 'supply-patent', door: '/supply/patents/{number}', as: 'university', open: first('/supply?standing=in-force', 'main tbody th a[href*="/supply/patents/"]') },
  { name: 'supply-patent-refused', door: '/supply/patents/{number}', as: 'university', open: async (page, address) => {
    await first('/supply?standing=in-force&offer=none', 'main tbody th a[href*="/supply/patents/"]')(page, address);
    await page.locator('main form .button-main').click();
  }, status: 422 },
  { name: 'supply-demands', door: '/supply/demands', as: 'university', open: at('/supply/demands') },
  { name: 'supply-demand', door: '/supply/demands/{id}', as: 'university', open: first('/supply/demands', 'main tbody th a[href*="/supply/demands/"]') },
  { name: 'supply-deals', door: '/supply/deals', as: 'university', open: at('/supply/deals') },
  { name: 'appointments', door: '/appointments', as: 'enterprise', open: at('/appointments') },
  { name: 'appointments-of-an-agency', door: '/appointments', as: 'agency', open: at('/appointments') },
  { name: 'appointment', door: '/appointments/{id}', as: 'enterprise', open: first('/appointments', 'main tbody th a[href*="/appointments/"]') },
  { name: 'appointment-asked', door: '/appointments/{id}', as: 'agency2', open: first('/appointments', 'main tbody th a[href*="/appointments/"]') },
  { name: 'preparing', door: '/preparing', as: 'agency', open: at('/preparing') },
  { name: 'items', door: '/items', open: at('/items') },
  { name: 'item', door: '/items/{id}', open: first('/items', 'main tbody th a[href*="/items/"]') },
  { name: 'item-with-faults', door: '/items/{id}', open: faultyItem },
  { name: 'item-tried', door: '/items/{id}/trial', open: async (page, address) => {
    await first('/items', 'main tbody th a[href*="/items/"]')(page, address);
    await followFirst(page, 'main a[href$="/trial"]');
  } },
  { name: 'item-draft', door: '/items/draft/{award}', open: at('/items/draft/innovation-star') },
  { name: 'letters', door: '/letters', open: at('/letters') },
  { name: 'clawbacks', door: '/clawbacks', as: 'leader', open: at('/clawbacks') },
  { name: 'letter-template', door: '/letters/{kind}', open: at('/letters/decision') },
  { name: 'budget', door: '/budget', as: 'finance', open: at('/budget') },
  { name: 'subsidy-board', door: '/budget/board', as: 'finance', open: at('/budget/board') },
  { name: 'budget-uses', door: '/budget/uses', as: 'finance', open: at('/budget/uses') },
  { name: 'money-arrived', door: '/payments/arrived', as: 'finance', open: at('/payments/arrived') },
  { name: 'payments', door: '/payments', as: 'finance', open: at('/payments') },
  { name: 'payment', door: '/payments/{id}', as: 'finance', open: first('/payments', 'main tbody a[href*="/payments/"]') },
  { name: 'messages', door: '/messages', open: at('/messages') },
  { name: 'messages-of-an-enterprise', door: '/messages', as: 'enterprise', open: at('/messages') },
  { name: 'messages-none', door: '/messages', as: 'auditor', open: at('/messages') },
  { name: 'message', door: '/messages/{id}', open: first('/messages', 'main tbody th a[href*="/messages/"]') },
  { name: 'message-settings', door: '/messages/settings', open: at('/messages/settings') },
  { name: 'message-settings-refused', door: '/messages/settings', open: async (page, address) => {
    await go(page, `${address}/messages/settings`);
    await page.locator('#address').fill('张三');
    await page.locator('form:has(#address) .button-main').click();
  }, status: 422 },
  { name: 'mails', door: '/messages/mails', open: at('/messages/mails') },
  { name: 'mail', door: '/messages/mails/{id}', open: mailed },
  { name: 'message-wordings', door: '/messages/wordings', open: at('/messages/wordings') },
  { name: 'message-wording', door: '/messages/wordings/{kind}', open: at('/messages/wordings/confirm') },
  { name: 'search', door: '/search', open: at('/search?q=云川') },
  { name: 'settings', door: '/settings', open: at('/settings') },
  { name: 'gallery', door: '/gallery', open: at('/gallery') },
  { name: 'not-found', open: at('/nowhere'), status: 404 },
  { name: 'forbidden', as: 'enterprise', open: at('/registers'), status: 403 },
];

/** A basket of the visitor's with three documents in it. */
async function filledBasket(page, address) {
  await go(page, `${address}/corpus?q=${encodeURIComponent('IC=H01M')}`);
  const boxes = page.locator('main .hit input[type=checkbox]');
  for (let at = 0; at < 3; at += 1) await boxes.nth(at).check();
  await page.locator('#new-basket').fill(`H01M ${Date.now() % 1_000_000}`);
  await page.locator('#pick button').click();
  await page.locator('main .notice a').click();
  await page.waitForURL(/\/corpus\/baskets\/\d+/);
}

/** A demand of the visitor's, once the patents that fit it have been worked out. */
async function demand(page, address) {
  await first(`/matching?q=${encodeURIComponent('电芯')}`, 'main tbody th a[href*="/matching/"]')(page, address);
  await page.locator('#candidates article').first().waitFor();
}

/** The first warning that waits, after somebody has begun with it. */
async function handledWarning(page, address) {
  await first('/warnings?kind=entry', 'main tbody th a[href*="/warnings/"]')(page, address);
  if (await page.locator('#note').count() && await page.locator('.timeline').count() === 0) {
    await page.locator('#note').fill('已请该领域的企业核对在售产品，等回复。');
    await page.locator('form[action$="/handle"] .button-main').click();
    await page.waitForURL(/\/warnings\/\d+$/);
  }
}

/** A mail that waits: the code that proves an address, asked for once. */
async function mailed(page, address) {
  await go(page, `${address}/messages/mails`);
  if (await page.locator('main tbody a[href*="/messages/mails/"]').count() === 0) {
    await go(page, `${address}/messages/settings`);
    await page.locator('#address').fill('zhang@example.cn');
    await page.locator('main form:has(#address) .button-main').click();
    await page.waitForURL(/done=/);
    await go(page, `${address}/messages/mails`);
  }
  await followFirst(page, 'main tbody a[href*="/messages/mails/"]');
}

/** An application of the demo's enterprise with one paper in it. */
async function applied(page, address) {
  await go(page, `${address}/cases`);
  await page.locator('#award').selectOption('rights-aid/domestic-win');
  await page.locator('#matter').fill(`（2023）苏06民初${Date.now() % 10_000}号`);
  await page.locator('#event').fill('2023-11-02');
  await page.locator('form[action$="/cases/apply"] .button-main').click();
  await page.waitForURL(/\/cases\/\d+$/);
  await page.locator('#file').setInputFiles({ name: '判决书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 demo') });
  await page.locator('button[value="attach"]').click();
  await page.locator('a[href*="/papers/"]').first().waitFor();
}

/** A draft that pays after grant-linked money has ended. */
async function faultyItem(page, address) {
  await go(page, `${address}/items/draft/pct-grant`);
  await page.locator('#until').fill('2026-12-31');
  await page.locator('#number').fill('');
  await page.locator('main form .button-main').click();
  await page.waitForURL(/\/items\/\d+$/);
}

/** A claim that waits, made once: an address may make few. */
async function claim(page, address) {
  await go(page, `${address}/claims`);
  if (await page.locator('main tbody a[href*="/claims/"]').count() > 0) return;
  await go(page, `${address}/claim`);
  await page.locator('#uscc').fill('91320594MA1DEM0037');
  await page.locator('#enterprise').fill('云川新设精密仪器有限公司');
  await page.locator('#person').fill('李青');
  await page.locator('#phone').fill('0512-65550000');
  await page.locator('#licence').setInputFiles({ name: '营业执照.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 demo') });
  await page.locator('#authorization').setInputFiles({ name: '授权书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 letter') });
  await page.locator('main form .button-main').click();
  await page.locator('main code').first().waitFor();
}

/** The link of a fresh invitation. */
async function invite(page, address) {
  await go(page, `${address}/invitations`);
  await page.locator('#name').fill('王敏');
  await page.locator('#role').selectOption('clerk');
  await page.locator('main form .button-main').click();
  return page.locator('main code').innerText();
}

async function go(page, address) {
  await page.goto(address);
}

/** Opens a page of the list and fails unless it answered as it should; says where it came to. */
export async function reach(page, address, { name, open, status = 200 }) {
  let answered;
  const note = (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) answered = response.status();
  };
  page.on('response', note);
  await open(page, address);
  page.off('response', note);
  if (answered !== status) throw new Error(`${name} answered ${answered} at ${page.url()}`);
  return page.url();
}

