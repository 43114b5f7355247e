// What every table does: sort, filter, search by initials, page, export, print; tried on the enterprises, and in short on the others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, signIn } from '../browser.mjs';
import { PAGES } from '../pages.mjs';
import { formulas, rows } from '../workbook.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let page;

before(async () => {
  browser = await launch();
  page = await open(browser);
  await page.addInitScript(() => { globalThis.print = () => { globalThis.printed = (globalThis.printed ?? 0) + 1; }; });
  await signIn(page, address, 'clerk');
});
after(() => browser?.close());

const table = () => page.getByRole('table');
const total = async () => Number((await page.locator('.listing .total').innerText()).replace(/\D/g, ''));
const column = async (heading) => {
  const heads = await table().getByRole('columnheader').allInnerTexts();
  const at = heads.findIndex((words) => words.trim() === heading);
  return table().locator('tbody tr').evaluateAll((found, place) => found.map((row) => row.children[place].innerText.trim()), at);
};

test('a click on a heading sorts, another turns the order', async () => {
  await page.goto(`${address}/enterprises`);
  const sorted = async () => (await column('有效发明专利')).filter(Boolean).map((words) => Number(words.replaceAll(',', '')));
  const down = await sorted();
  assert.deepEqual(down, down.toSorted((a, b) => b - a));
  await table().getByRole('link', { name: '有效发明专利' }).click();
  await table().locator('th[aria-sort="ascending"]').waitFor();
  const up = await sorted();
  assert.deepEqual(up, up.toSorted((a, b) => a - b));
});

test('a filter narrows the list, is said in words and can be cleared', async () => {
  await page.goto(`${address}/enterprises`);
  const all = await total();
  await page.getByLabel('规模').selectOption({ label: '大' });
  await page.getByText('规模：大').waitFor();
  const some = await total();
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.deepEqual([...new Set(await column('规模'))], ['大']);
  await page.getByRole('link', { name: '清除筛选' }).click();
  await page.getByText('规模：大').waitFor({ state: 'detached' });
  assert.equal(await total(), all);
});

test('a name is found by the initials of its pinyin', async () => {
  await page.goto(`${address}/enterprises?q=${encodeURIComponent('云川')}`);
  const byWords = await total();
  await page.getByLabel('企业名称或代码').fill('yunchuan');
  await page.getByRole('button', { name: '筛选' }).click();
  await page.getByText('检索“yunchuan”').waitFor();
  assert.ok(await total() >= byWords && byWords > 0);
  await page.getByLabel('企业名称或代码').fill('yc');
  await page.getByRole('button', { name: '筛选' }).click();
  await page.getByText('检索“yc”').waitFor();
  assert.ok(await total() >= byWords);
  await page.getByLabel('企业名称或代码').fill('查无此名');
  await page.getByRole('button', { name: '筛选' }).click();
  await page.getByText('没有符合条件的记录').waitFor();
});

test('pages follow each other and hold what is left', async () => {
  await page.goto(`${address}/enterprises`);
  const firsts = await column('企业名称');
  await page.getByRole('link', { name: '下一页' }).click();
  await page.getByText(`第 ${firsts.length + 1}–`).waitFor();
  const seconds = await column('企业名称');
  assert.equal(seconds.filter((name) => firsts.includes(name)).length, 0);
});

test('the export holds the rows of the list, all of them, in its order', async () => {
  await page.goto(`${address}/enterprises?size=100`);
  await page.getByLabel('规模').selectOption({ label: '大' });
  await page.getByText('规模：大').waitFor();
  const [count, names, codes] = [await total(), await column('企业名称'), await column('统一社会信用代码')];
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 Excel' }).click()]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
  const sheet = rows(await download.path());
  const head = sheet.findIndex((row) => row[0] === '企业名称');
  assert.ok(head >= 0, `no heading row: ${JSON.stringify(sheet.slice(0, 4))}`);
  const body = sheet.slice(head + 1);
  assert.equal(body.length, count);
  assert.deepEqual(body.slice(0, names.length).map((row) => row[0]), names);
  assert.deepEqual(body.slice(0, codes.length).map((row) => row[1]), codes, 'codes stay text');
});

// The other tables, several of them beside others on their page: a page, the id of the list, and a heading to sort by.
const OTHERS = [
  { name: 'run-difference', list: 'indicator-changes', heading: '增加' },
  { name: 'run-difference', list: 'award-changes', heading: '统一社会信用代码' },
  { name: 'run', list: 'run-parameters', heading: '参数' },
  { name: 'awards', list: 'alarms-list', heading: '区镇' },
  { name: 'indicator', list: 'town-parts', heading: '区镇' },
  { name: 'trajectories', list: 'trajectories', heading: '日期' },
];

for (const { name, list, heading } of OTHERS) {
  test(`the table ${list} of ${name} sorts by a click and exports what it tells`, async () => {
    await PAGES.find((one) => one.name === name).open(page, address);
    const found = page.locator(`#${list}`);
    const told = Number((await found.locator('.total').innerText()).replace(/\D/g, ''));
    assert.ok(told > 0, 'a table without rows proves nothing');
    const others = await page.locator(`.listing:not(#${list}) tbody`).allInnerTexts();
    await found.getByRole('link', { name: heading, exact: true }).click();
    await found.locator('th[aria-sort]').waitFor();
    assert.equal(Number((await found.locator('.total').innerText()).replace(/\D/g, '')), told);
    assert.deepEqual(await page.locator(`.listing:not(#${list}) tbody`).allInnerTexts(), others, 'the other tables stay');
    const [download] = await Promise.all([page.waitForEvent('download'), found.getByRole('link', { name: '导出 Excel' }).click()]);
    const sheet = rows(await download.path());
    const head = sheet.findIndex((row) => row.includes(heading));
    assert.equal(sheet.length - head - 1, told);
  });
}

test('a whole list is printed from the list', async () => {
  await page.goto(`${address}/enterprises`);
  const all = await total();
  await page.getByRole('link', { name: '打印全部' }).click();
  await page.getByRole('link', { name: '返回清单' }).waitFor();
  await page.waitForLoadState('load'); // the link stands above rows that are still arriving
  assert.equal(await table().locator('tbody tr').count(), all);
  await page.getByRole('button', { name: '打印' }).click();
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
});

test('the print button prints', async () => {
  await page.goto(`${address}/enterprises`);
  await page.getByRole('button', { name: '打印' }).click();
  assert.equal(await page.evaluate(() => globalThis.printed), 1);
});

test('no export of any page holds a formula', async () => {
  const tried = new Set();
  for (const { name, door, as, open: go } of PAGES) {
    if (as !== undefined || tried.has(door)) continue;
    await go(page, address);
    const links = await page.locator('main a[href*="export"]').evaluateAll((found) => found.map((link) => link.href));
    for (const href of links.slice(0, 2)) {
      const answer = await page.request.get(href);
      assert.equal(answer.status(), 200, href);
      const bytes = await answer.body();
      if (bytes.subarray(0, 2).toString() !== 'PK') continue;
      assert.equal(formulas(bytes), 0, `${name}: ${href}`);
      tried.add(door);
    }
  }
  assert.ok(tried.size >= 12, `only ${[...tried].join(' ')} export`);
});
