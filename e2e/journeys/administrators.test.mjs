// The three administrators and a town, each at their own work: one invites and closes accounts, one reads who may do what, one finds it
// in the trail; none of them sees the city's business, and a town sees its own figures and changes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, sessions } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
const LOGIN = 'wangmin';
const PASSWORD = 'Meihua-kai-2024-zao';
let browser;
let session;

before(async () => {
  browser = await launch();
  session = sessions(browser, address);
});
after(() => browser?.close());

async function as(login, work) {
  const page = await open(browser, login ? { session: await session(login) } : undefined);
  try {
    await work(page);
    assert.deepEqual(page.faults, []);
  } finally {
    await page.context().close();
  }
}

/** What these addresses answer. */
async function answers(page, paths) {
  const statuses = [];
  for (const path of paths) statuses.push((await page.request.get(address + path)).status());
  return statuses;
}

test('the administrator invites somebody, who opens the account and finds what is theirs', async () => {
  let link;
  await as('admin', async (page) => {
    await page.goto(`${address}/invitations`);
    await page.locator('#name').fill('王敏');
    await page.locator('#role').selectOption({ label: '业务科室' });
    await page.getByRole('button', { name: '生成邀请链接' }).click();
    link = await page.locator('main code').innerText();
    assert.deepEqual(await answers(page, ['/cockpit', '/enterprises', '/registers/audit', '/permissions']), [403, 403, 403, 403]);
  });
  await as(null, async (page) => {
    await page.goto(link);
    await page.getByLabel('登录名').fill(LOGIN);
    await page.locator('input[type="password"]').first().fill(PASSWORD);
    await page.locator('input[type="password"]').last().fill(PASSWORD);
    await page.locator('main form .button-main').click();
    await page.getByText('账号已开通').first().waitFor();
    const again = await page.request.get(link);
    assert.ok(!/登录名/.test(await again.text()), 'a link opens one account');
  });
});

test('the administrator disables the account, and it is open no more', async () => {
  await as('admin', async (page) => {
    await page.goto(`${address}/accounts/${LOGIN}`);
    await page.getByRole('button', { name: '停用', exact: true }).click();
    await page.getByRole('main').getByText('已停用').first().waitFor();
  });
  await as(null, async (page) => {
    await page.goto(`${address}/sign-in`);
    await page.getByLabel('登录名').fill(LOGIN);
    await page.getByLabel('密码').fill(PASSWORD);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    assert.match(page.url(), /\/sign-in/);
  });
});

test('the security administrator reads who may do what and on what it rests, and nothing else', () => as('security', async (page) => {
  await page.goto(`${address}/permissions`);
  await page.getByRole('row', { name: /办理兑现案件/ }).waitFor();
  assert.equal(await page.getByRole('main').locator('form[method="post"]').count(), 0);
  assert.deepEqual(await answers(page, ['/accounts', '/registers/audit', '/cockpit', '/cases']), [403, 403, 403, 403]);
}));

test('the auditor finds the invitation, the account and its end in the trail', () => as('auditor', async (page) => {
  await page.goto(`${address}/registers/audit?q=${LOGIN}`);
  const trail = await page.locator('main tbody').innerText();
  for (const word of ['接受邀请', '停用账号']) assert.ok(trail.includes(word), `${word}: ${trail}`);
  assert.deepEqual(await answers(page, ['/accounts', '/permissions']), [403, 403]);
}));

test('a town goes from an indicator to its own figure, and is offered no change', () => as('town', async (page) => {
  await page.goto(`${address}/indicators/K01`);
  await page.locator('main tr', { hasText: '云川经济开发区' }).locator('a[href*="/towns/"]').first().click();
  await page.waitForURL(/\/indicators\/K01\/towns\//);
  assert.ok((await page.getByRole('heading', { level: 1 }).innerText()).length > 0);
  assert.equal(await page.getByRole('main').locator('form[method="post"]').count(), 0);
  assert.deepEqual(await answers(page, ['/registers', '/payments', '/accounts', '/registers/audit']), [403, 403, 403, 403]);
}));
