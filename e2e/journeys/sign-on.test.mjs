// Signing in with the government's sign-on, against a real provider: tied by the administrator, once only, and from one's own browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, signIn } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Goes to the provider by the button, signs in there and is sent back; the address at which the browser came back. */
async function goThere(page, subject, from = '/sign-in') {
  const back = page.waitForRequest((request) => request.url().startsWith(`${address}/sign-on/return?`));
  await page.goto(`${address}${from}`);
  await page.getByRole('link', { name: '用政府统一身份认证登录' }).click();
  await page.locator('input[name=login]').fill(subject);
  await page.locator('input[name=password]').fill('anything');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  return (await back).url();
}

test('a subject that no account is tied to is told what to do', async () => {
  const page = await open(browser);
  await goThere(page, 'citizen-41');
  await page.getByRole('heading', { name: '还没有绑定账号' }).waitFor();
  assert.equal(await page.locator('main code').innerText(), 'citizen-41');
  await page.goto(`${address}/cockpit`);
  assert.match(page.url(), /\/sign-in\?next=/);
  await page.context().close();
});

test('the administrator ties the account, and its owner gets in where they wanted to go', async () => {
  const admin = await open(browser);
  await signIn(admin, address, 'admin');
  await admin.goto(`${address}/accounts/leader`);
  await admin.getByLabel('统一登录标识').fill('citizen-42');
  await admin.getByRole('button', { name: '保存绑定' }).click();
  await admin.getByText('统一登录绑定已保存。').waitFor();
  await admin.goto(`${address}/accounts/clerk2`);
  await admin.getByLabel('统一登录标识').fill('citizen-42');
  await admin.getByRole('button', { name: '保存绑定' }).click();
  await admin.getByText('已绑定账号“leader”').first().waitFor();
  await admin.context().close();

  const page = await open(browser);
  const visitor = async () => (await page.context().cookies()).find(({ name }) => name === 'zhiqiang_session')?.value;
  await page.goto(`${address}/indicators`);
  const before = await visitor();
  await goThere(page, 'citizen-42', '/sign-in?next=%2Findicators');
  await page.waitForURL(`${address}/indicators`);
  assert.ok(await visitor() && await visitor() !== before, 'the session is a fresh one');
  await page.context().close();
});

/** Signs out here, and at the provider to which the page leads on; the browser comes back to our sign-in. */
async function signOut(page) {
  await page.goto(`${address}/account`);
  await page.getByRole('button', { name: '退出', exact: true }).click();
  await page.waitForURL(/\/session\/end/);
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.waitForURL(`${address}/sign-in`);
}

test('signing out here leads to signing out at the provider, who then asks again who it is', async () => {
  const page = await open(browser);
  await goThere(page, 'citizen-42', '/sign-in?next=%2Findicators');
  await page.waitForURL(`${address}/indicators`);
  await signOut(page);
  await page.getByRole('link', { name: '用政府统一身份认证登录' }).click();
  await page.locator('input[name=login]').waitFor();
  await page.context().close();
});

test('an answer is taken once, and never by another browser or with another state', async () => {
  const refused = async (page, url) => {
    const answer = await page.goto(url);
    assert.equal(answer.status(), 422, url);
    await page.getByText('不是从这个浏览器开始的').waitFor();
    await page.goto(`${address}/cockpit`);
    assert.match(page.url(), /\/sign-in\?next=/);
  };
  const own = await open(browser);
  const used = await goThere(own, 'citizen-42');
  await signOut(own);
  await refused(own, used);
  const forged = new URL(used);
  forged.searchParams.set('state', 'f'.repeat(64));
  await refused(own, forged.href);
  const thief = await open(browser);
  await thief.goto(`${address}/sign-in`);
  await refused(thief, used);
  await thief.context().close();
  await own.context().close();
});

test('the way back never leaves the site', async () => {
  const page = await open(browser);
  await goThere(page, 'citizen-42', '/sign-in?next=https%3A%2F%2Fevil.example%2F');
  await page.waitForURL((url) => url.origin === address && !url.pathname.startsWith('/sign'));
  await page.context().close();
});
