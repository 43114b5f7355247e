// Every page: it renders, passes the accessibility audit in both widths, light and dark, does not run over a phone's edge,
// does not jump while it loads, carries no more scripts than it needs, and in English leaves nothing in Chinese but data.
// Clauses whose page is looked at here: clause_c4_1_6 (cockpit), clause_c2_0 (targets), clause_c0_2 (policy text).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { SIZES, audit, launch, open, overflow, sessions } from '../browser.mjs';
import { felt } from '../measure.mjs';
import { NOT_SHOWN, PAGES, reach } from '../pages.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
const SCRIPT_BYTES_MAX = 400 * 1024;
let browser;
let session;
let towns = [];

before(async () => {
  browser = await launch();
  session = sessions(browser, address);
  const list = await open(browser, { session: await session('clerk') });
  await list.goto(`${address}/enterprises`);
  towns = (await list.getByLabel('区镇').locator('option').allInnerTexts()).slice(1);
  await list.context().close();
});

after(() => browser?.close());

const page = async (entry, options) =>
  open(browser, { session: await session(entry.as === undefined ? 'clerk' : entry.as, options) });

test('the list holds every page of the router', () => {
  const routes = readFileSync(new URL('../../crates/web/src/routes.rs', import.meta.url), 'utf8');
  const doors = [...routes.matchAll(/door\(\s*"([^"]+)",\s*[^"]*?\bget\(/g)].map(([, path]) => path);
  assert.ok(doors.length > 40, `only ${doors.length} doors were read`);
  const listed = new Set([...PAGES.map(({ door }) => door), ...NOT_SHOWN]);
  assert.deepEqual(doors.filter((door) => !listed.has(door)), []);
});

for (const entry of PAGES) {
  test(`${entry.name} is accessible, fits a phone and does not jump`, async () => {
    const shown = await page(entry);
    const found = await reach(shown, address, entry);
    const { shift, scripts, charts } = await felt(shown);
    assert.equal(shift, 0, `${found} jumps while it loads`);
    assert.ok(scripts < SCRIPT_BYTES_MAX, `${found} loads ${scripts} bytes of scripts`);
    assert.ok(charts > 0 || scripts < 40 * 1024, `${found} has no chart and loads ${scripts} bytes of scripts`);
    assert.deepEqual(await audit(shown), [], found);
    await shown.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await audit(shown, ['color-contrast']), [], `${found} in the dark`);
    await shown.setViewportSize(SIZES.narrow);
    assert.deepEqual(await audit(shown, ['color-contrast']), [], `${found} in the dark on a phone`);
    await shown.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await audit(shown), [], `${found} on a phone`);
    assert.equal(await overflow(shown), 0, `${found} runs over the edge of a phone`);
    assert.deepEqual(shown.faults, [], found);
    await shown.context().close();
  });

  // The gallery's examples and delivered cells are data, and a title is the name of what a page is about; chains, their
  // searches and what a report finds in them are the city's own words; what is noted on a warning is its reader's;
  // demands and what is told of talks are the firm's; organisations and who is invited bear their names.
  if (['gallery', 'letter-template', 'message-wording', 'patent', 'enterprise-history', 'row-history', 'corpus-document', 'corpus-document-of-the-city', 'basket', 'navigation', 'chain', 'chain-node', 'chain-node-mistake', 'chain-version', 'report', 'warning',
    'invitation', 'organisations', 'organisation', 'matching-demand', 'matching-deal', 'matching-deal-signed'].includes(entry.name)) continue;
  test(`${entry.name} is whole in English`, async () => {
    const shown = await page(entry, { english: true });
    const found = await reach(shown, address, entry);
    assert.deepEqual(await chinese(shown), [], found);
    await shown.context().close();
  });
}

/**
 * Chinese left on an English page, apart from what is Chinese by nature: quotations, marked as Chinese, and data: names of
 * towns, owners and files, titles, and what people and files wrote.
 */
async function chinese(shown) {
  const data = [
    '[lang="zh-CN"]', '.data', '.top-name', '.top-account', '#headings-hint', 'option', '.evidence li', '#no_headings-hint', '#constants-hint', 'textarea', '#demands th', '#names tbody', '#deals th', '#letters [data-label="Remark"]', '#batch [data-label="Receiving account"]', '.crumbs [href*="/matching/"]',
    ...['spending', 'returns', 'funds', 'projects', 'their-items', 'offers', 'supply-deals', 'sought'].map((list) => `#${list} tbody th`),
    ...['/offers', '/supply'].map((path) => `body:has(.crumbs [href^="${path}"]) h1`), '#fitting li', '#preparing tbody td', '[data-label="Field of use"]',
    'a[href*="/enterprises/"]', 'a[href*="/patents/"]', 'a[href*="/awards/"][href*="/9"]', '[aria-labelledby="lapses"] th',
    ...['Title', 'Name', 'Owner', 'Patentee', 'Enterprise or owner', 'Mark', 'Pledgee', 'Course', 'File', 'Value', 'Source', 'Candidates', 'Industry', 'Keywords of the rule',
      'Person in charge', 'Details', 'Object', 'Entered by', 'Headings', 'Constants', 'Watch', 'Enterprise or award', 'Office', 'Fund', 'Department', 'What it asks for', 'Their item', 'Clause', 'For whom', 'Paid by', 'Whose', 'Project', 'Remarks'].map((label) => `[data-label="${label}"]`),
  ];
  const found = await shown.evaluate((selectors) => {
    const left = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!/[\u3400-\u9fff]/.test(node.data) || parent.closest(`script, style, ${selectors.join(', ')}`)) continue;
      left.push(`${parent.closest('[id]')?.id ?? ''} ${parent.tagName.toLowerCase()}: ${node.data.trim()}`);
    }
    return left;
  }, data);
  const name = /[\u3400-\u9fff（）()]*(公司|大学|学院|研究院|研究所|事务所|医院|中心)|\d{8}-\S+|\S+〔\d{4}〕\d+号|“[^”]*”|演示\S+/g;
  const plain = (words) => (towns.length ? words.replaceAll(new RegExp(towns.join('|'), 'g'), '') : words).replace(name, '');
  return found.filter((words) => /[\u3400-\u9fff]/.test(plain(words)));
}
