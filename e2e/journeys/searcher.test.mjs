// The journey of one who looks for patents to bring in: a search narrowed, a document read, a basket filled and judged,
// what was taken out brought back, a search kept, a file of new documents taken in and told as new. Clause: clause_c3_4_1_1.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { audit, launch, open, signIn } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let page;

before(async () => {
  browser = await launch();
  page = await open(browser);
  await signIn(page, address, 'clerk');
});
after(() => browser?.close());

const nav = (word) => page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: word, exact: true });
const tab = (word) => page.getByRole('navigation', { name: '专利文献' }).getByRole('link', { name: word });
const count = async () => Number((await page.getByRole('status').locator('.total').first().innerText()).replace(/\D/g, ''));

async function search(query) {
  await nav('专利').click();
  await nav('文献').click();
  await page.getByLabel('检索式', { exact: true }).fill(query);
  await page.getByRole('search', { name: '专利文献' }).getByRole('button', { name: '检索' }).click();
}

test('a search is narrowed by a facet to exactly its count, and a mistake is pointed at', async () => {
  await search('IC=H01M AND (散热');
  await page.getByRole('alert').getByText('第 13 个字符处').waitFor();
  assert.equal(await page.locator('.mistake').innerText(), '(');
  await search('IC=H01M');
  const facet = page.getByRole('region', { name: '法律状态' });
  const wanted = Number((await facet.locator('li').first().locator('.count').innerText()).replace(/\D/g, ''));
  await facet.getByRole('link').first().click();
  assert.equal(await count(), wanted);
  assert.deepEqual(await audit(page), []);
  await page.getByRole('link', { name: /^取消限定/ }).click();
  assert.ok(await count() > wanted);
});

test('documents go into a basket, are judged, taken out and brought back', async () => {
  await search('IC=H01M');
  for (const at of [0, 1]) await page.locator('.hit').nth(at).getByRole('checkbox').check();
  await page.getByLabel(/名称为$/).fill(`电池引进 ${Date.now()}`);
  await page.getByRole('button', { name: '收入选中的文献' }).click();
  await page.getByText('已收入 2 件。').waitFor();
  await page.getByRole('link', { name: '打开文献夹' }).click();
  await page.locator('tbody').getByRole('link', { name: '评级', exact: true }).first().click();
  await page.getByLabel(/重点跟进/).check();
  await page.getByLabel('备注').fill('联系权利人');
  await page.getByRole('button', { name: '保存评级与备注' }).click();
  const row = page.getByRole('row', { name: /联系权利人/ });
  await row.getByRole('link', { name: '5', exact: true }).click();
  await page.getByRole('button', { name: '移出文献夹' }).click();
  await page.getByText(/^已移出/).waitFor();
  await page.getByRole('button', { name: '撤销' }).click();
  await row.waitFor();
});

test('new documents are told to a kept search', async () => {
  const name = `电池动向 ${Date.now()}`;
  await search('TI=散热新构造');
  assert.equal(await count(), 0);
  await search('IC=H01M OR TI=散热新构造');
  await page.getByLabel('检索名称').fill(name);
  await page.getByRole('button', { name: '保存检索' }).click();
  const kept = page.getByRole('row', { name: new RegExp(name) });
  await kept.getByRole('button', { name: '打开' }).waitFor();

  await tab('收录文献').click();
  const lines = [
    'search URL:,https://patents.google.com/?q=test',
    'id,title,assignee,inventor/author,priority date,filing/creation date,publication date,grant date,result link,representative figure link',
    'CN-109417194-B,散热新构造,示例大学,张三,2016-06-01,2017-05-30,2021-09-07,2021-09-07,https://patents.google.com/patent/CN109417194B/zh,',
    'XX,没有号码的一行,示例大学,张三,2016-06-01,2017-05-30,2021-09-07,,,',
  ];
  await page.getByLabel('文件', { exact: true }).setInputFiles({ name: 'gp-search.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
  await page.getByRole('button', { name: '开始收录' }).click();
  await page.getByRole('heading', { name: /收录记录第 \d+ 号/ }).waitFor();
  await page.getByText('没有号码的一行').first().waitFor();
  assert.deepEqual(await audit(page), []);

  await nav('专利').click();
  await nav('文献').click();
  await tab('保存的检索').click();
  await kept.getByRole('button', { name: '查看新文献' }).click();
  assert.equal(await count(), 1);
  await page.getByRole('link', { name: '散热新构造' }).click();
  await page.getByText('示例大学').first().waitFor();
});

test('a search works without scripts, and its address shows the same again', async () => {
  const plain = await open(browser, { javaScript: false });
  await signIn(plain, address, 'enterprise');
  await plain.goto(`${address}/corpus/form`);
  await plain.getByLabel('名称', { exact: true }).fill('锂离子电池');
  await plain.getByRole('button', { name: '写成检索式并检索' }).click();
  const first = await plain.locator('.total').first().innerText();
  assert.match(plain.url(), /\/corpus\?q=TI/);
  await plain.goto(plain.url());
  assert.equal(await plain.locator('.total').first().innerText(), first);
  await plain.context().close();
});
