// A journey per kind of user who only looks: leading group, auditor, analyst, enterprise; by mouse, by keyboard, without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { PASSWORD, SIZES, audit, launch, open, overflow, signIn } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

async function as(login, options) {
  const page = await open(browser, options);
  await signIn(page, address, login);
  return page;
}

/** From the cockpit down to the clause behind one right of one town, as the leading group goes. */
async function downToTheClause(page) {
  await page.getByRole('link', { name: '每十亿元地区生产总值发明专利拥有量' }).first().click();
  await page.getByRole('heading', { level: 1, name: '每十亿元地区生产总值发明专利拥有量' }).waitFor();
  const towns = page.getByRole('table', { name: '各区镇' });
  await towns.getByRole('row').nth(1).getByRole('link').first().click();
  const enterprise = page.getByRole('table').getByRole('row').filter({ has: page.locator('a[href*="/enterprises/"]') }).first();
  const name = await enterprise.getByRole('rowheader').innerText();
  const count = enterprise.locator('a[href*="/rights"]');
  const number = Number((await count.innerText()).replaceAll(',', ''));
  await count.click();
  assert.equal(await page.locator('main .total').innerText(), `共 ${number} 条`, `what ${name} counts`);
  await page.getByRole('table').locator('a[href*="/patents/"]').first().click();
  await page.getByRole('heading', { name: '权利经过' }).waitFor();
  assert.match(await page.getByRole('table', { name: '计入哪些指标和奖励' }).innerText(), /每十亿元地区生产总值发明专利拥有量/);
  await page.getByRole('table', { name: '计入哪些指标和奖励' }).getByRole('link', { name: '每十亿元地区生产总值发明专利拥有量' }).click();
  await page.locator('#clauses ~ figure').first().getByRole('link', { name: '查看全文' }).click();
  assert.match(await page.locator('main blockquote').innerText(), /每十亿元地区生产总值发明专利拥有量达 30 件以上/);
}

test('the leading group goes from the cockpit to a right and its clause', async () => {
  const page = await as('leader');
  await downToTheClause(page);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('the same way is open without scripts', async () => {
  const page = await as('leader', { javaScript: false });
  await downToTheClause(page);
  await page.context().close();
});

test('an auditor verifies a run, compares two and reads the trail', async () => {
  const page = await as('auditor');
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '设置' }).click();
  await page.getByRole('main').getByRole('link', { name: '测算' }).click();
  await page.getByRole('table').getByRole('row').nth(1).getByRole('link').click();
  await page.getByRole('button', { name: '核对这次测算' }).click();
  await page.getByText('核对无误').waitFor();
  await page.getByText('结果重新测算后逐字节一致').waitFor();
  await page.getByRole('link', { name: '返回这次测算' }).last().click();
  await page.getByRole('link', { name: '测算', exact: true }).first().click();
  const dates = await page.getByLabel('较早的一次').locator('option').count();
  await page.getByLabel('较早的一次').selectOption({ index: dates - 1 });
  await page.getByRole('button', { name: '查看差异' }).click();
  await page.getByRole('heading', { level: 1, name: '两次测算的差异' }).waitFor();
  assert.match(await page.getByRole('main').innerText(), /统计时点/);
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '资料' }).click();
  await page.getByRole('link', { name: '审计记录' }).click();
  await page.getByLabel('事项').selectOption({ label: '导入文件' });
  await page.getByText('事项：导入文件').waitFor();
  assert.equal(await page.getByRole('link', { name: '导入', exact: true }).count(), 0, 'an auditor changes nothing');
  await page.context().close();
});

test('an analyst changes a condition and sees who gains, who loses and what it costs', async () => {
  const page = await as('leader');
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '奖励' }).click();
  await page.getByRole('link', { name: '改动条件推演' }).click();
  await page.getByRole('button', { name: '开始推演' }).click();
  await page.getByRole('alert').getByText('没有改动任何一项').waitFor();
  await page.getByLabel('创新之星二星级：有效发明专利总量超过这一件数').fill('15');
  await page.getByLabel('创新之星三星级：有效发明专利总量超过这一件数').fill('35');
  await page.getByLabel('创新之星二星级：每家企业的奖励金额').fill('5');
  await page.getByLabel('创新之星三星级：每家企业的奖励金额').fill('10');
  await page.getByRole('button', { name: '开始推演' }).click();
  await page.getByRole('heading', { level: 1, name: '推演结果' }).waitFor();
  const winners = page.getByRole('table', { name: '获奖家数与预算' }).getByRole('row', { name: /二星级/ }).getByRole('cell');
  const numbers = (await winners.allInnerTexts()).map((words) => Number(words.replaceAll(',', '')));
  assert.ok(numbers[2] > numbers[1], `more enterprises reach two stars: ${numbers}`);
  assert.match(await page.getByText('按推演条件', { exact: true }).locator('xpath=following-sibling::dd[1]').innerText(), /万元$/);
  for (const turn of ['新获得', '降级']) {
    const tally = page.locator('.tally li').filter({ hasText: turn });
    const counted = Number((await tally.getByRole('link').innerText()).match(/[\d,]+/)[0].replaceAll(',', ''));
    await tally.getByRole('link').click();
    await page.getByText(`变化：${turn}`).waitFor();
    assert.equal(await page.locator('#moves .total').innerText(), `共 ${counted} 条`);
  }
  await page.context().close();
});

test('an enterprise sees its own page and nothing else', async () => {
  const page = await as('enterprise');
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '本企业' }).click();
  await page.getByRole('heading', { name: '奖励与差距' }).waitFor();
  for (const path of ['/cockpit', '/indicators', '/enterprises', '/patents', '/registers', '/runs', '/what-if', '/registers/audit']) {
    const answer = await page.goto(address + path);
    assert.equal(answer.status(), 403, path);
    assert.match(await page.getByRole('main').innerText(), /没有权限/);
    assert.deepEqual(await audit(page), [], path);
  }
  await page.context().close();
});

test('nobody sees a figure without signing in', async () => {
  const page = await open(browser);
  await page.goto(`${address}/cockpit`);
  assert.match(page.url(), /\/sign-in/);
  await page.context().close();
});

test('a hostile name in a register is shown as text', async () => {
  const page = await as('clerk');
  let dialogs = 0;
  page.on('dialog', (dialog) => { dialogs += 1; return dialog.dismiss(); });
  await page.goto(`${address}/enterprises?q=script`);
  await page.getByRole('link', { name: '<script>alert' }).first().click();
  assert.match(await page.title(), /<script>alert/);
  assert.equal(dialogs, 0);
  await page.context().close();
});

test('the keyboard alone signs in and reaches a figure', async () => {
  const page = await open(browser);
  const { keyboard } = page;
  const focused = () => page.evaluate(() => document.activeElement?.innerText ?? '');
  const tabTo = async (words) => {
    for (let presses = 0; presses < 120; presses += 1) {
      await keyboard.press('Tab');
      if ((await focused()).includes(words)) return;
    }
    assert.fail(`no way to “${words}” by the keyboard`);
  };
  await page.goto(`${address}/sign-in`);
  for (let presses = 0; presses < 20; presses += 1) {
    await keyboard.press('Tab');
    if (await page.getByLabel('登录名').evaluate((field) => field === document.activeElement)) break;
  }
  await keyboard.type('leader');
  await keyboard.press('Tab');
  await keyboard.type(PASSWORD);
  await keyboard.press('Enter');
  await page.waitForURL(/cockpit/);
  await keyboard.press('Tab');
  assert.equal(await focused(), '跳到正文', 'the first stop skips to the content');
  await keyboard.press('Enter');
  await tabTo('万人高价值发明专利拥有量');
  await keyboard.press('Enter');
  await page.waitForURL(/indicators\/K04/);
  await tabTo('查看计入的全部');
  await keyboard.press('Enter');
  await page.waitForURL(/rights/);
  await page.context().close();
});

test('the province goes from the cockpit to a right and its clause, and is offered no change', async () => {
  const page = await as('province');
  await downToTheClause(page);
  assert.equal(await page.getByRole('main').locator('form[method="post"]').count(), 0);
  const words = await page.getByRole('navigation', { name: '主导航' }).innerText();
  assert.ok(!/办理|资料/.test(words), words);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

for (const size of Object.keys(SIZES)) {
  test(`a bank reads the loans that it gave and opens what is public, ${size}`, async () => {
    const page = await as('bank', { size: SIZES[size] });
    await page.getByRole('heading', { level: 1, name: '质押融资登记' }).waitFor();
    const banks = await page.locator('main tbody td[data-label="质权人"]').allInnerTexts();
    assert.ok(banks.length > 0);
    assert.deepEqual([...new Set(banks.map((name) => name.trim()))], ['云川农村商业银行股份有限公司']);
    assert.ok(await overflow(page) <= 0, 'nothing sticks out');
    assert.deepEqual(await audit(page), []);
    const closed = await page.goto(`${address}/payments`);
    assert.equal(closed.status(), 403);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
