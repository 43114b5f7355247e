// Signing in with the government's sign-on, against a real provider: tied by the administrator, once only, and from one's own browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, signIn } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Goes to the provider by the button and signs in there; where the provider sends the browser is returned, and not followed when asked. */
async function goThere(page, subject, { stop = false, from = '/sign-in' } = {}) {
  let back = '';
  await page.route('**/sign-on/return?*', async (route) => {
    back = route.request().url();
    await (stop ? route.abort() : route.continue());
  });
  await page.goto(`${address}${from}`);
  await page.getByRole('link', { name: '用政府统一身份认证登录' }).click();
  await page.locator('input[name=login]').fill(subject);
  await page.locator('input[name=password]').fill('anything');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click().catch((fault) => { if (!stop) throw fault; });
  for (let tries = 0; back === '' && tries < 50; tries += 1) await page.waitForTimeout(100);
  await page.unroute('**/sign-on/return?*');
  assert.ok(back.startsWith(`${address}/sign-on/return?`), back);
  return back;
}

test('a subject that no account is tied to is told what to do', async () => {
  const page = await open(browser);
  await goThere(page, 'citizen-42');
  await page.getByRole('heading', { name: '还没有绑定账号' }).waitFor();
  assert.equal(await page.locator('main code').innerText(), 'citizen-42');
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
  await goThere(page, 'citizen-42', { from: '/sign-in?next=%2Findicators' });
  await page.waitForURL(`${address}/indicators`);
  assert.ok(await visitor() && await visitor() !== before, 'the session is a fresh one');
  await page.context().close();
});

test('an answer is taken once, by the browser that asked, with the state that it asked with', async () => {
  const page = await open(browser);
  const refused = async (where, url) => {
    const answer = await where.goto(url);
    assert.equal(answer.status(), 422, url);
    await where.getByText('不是从这个浏览器开始的').waitFor();
    await where.goto(`${address}/cockpit`);
    assert.match(where.url(), /\/sign-in\?next=/);
  };
  const stolen = await goThere(page, 'citizen-42', { stop: true });
  const thief = await open(browser);
  await thief.goto(`${address}/sign-in`);
  await refused(thief, stolen);
  await thief.context().close();
  await refused(page, stolen);
  const forged = new URL(await goThereAgain(page));
  forged.searchParams.set('state', 'f'.repeat(64));
  await refused(page, forged.href);
  await page.context().close();

  const own = await open(browser);
  const used = await goThere(own, 'citizen-42');
  await own.getByRole('button', { name: '退出' }).click();
  await own.waitForURL(/\/sign-in/);
  await refused(own, used);
  await own.context().close();
});

/** The provider remembers who signed in there, and sends the browser straight back. */
async function goThereAgain(page) {
  let back = '';
  await page.route('**/sign-on/return?*', async (route) => { back = route.request().url(); await route.abort(); });
  await page.goto(`${address}/sign-in`);
  await page.getByRole('link', { name: '用政府统一身份认证登录' }).click().catch(() => {});
  for (let tries = 0; back === '' && tries < 50; tries += 1) await page.waitForTimeout(100);
  await page.unroute('**/sign-on/return?*');
  return back;
}

test('a code of another sign-on is worth nothing', async () => {
  const [one, other] = [await open(browser), await open(browser)];
  const first = new URL(await goThere(one, 'citizen-42', { stop: true }));
  const second = new URL(await goThere(other, 'citizen-42', { stop: true }));
  // The visitor's own state with a code that was given to somebody else's browser: the verifier does not fit.
  second.searchParams.set('code', first.searchParams.get('code'));
  const answer = await other.goto(second.href);
  assert.equal(answer.status(), 422);
  await other.getByText('没有通过核对').waitFor();
  await other.goto(`${address}/cockpit`);
  assert.match(other.url(), /\/sign-in\?next=/);
  await one.context().close();
  await other.context().close();
});

test('the way back never leaves the site', async () => {
  const page = await open(browser);
  await goThere(page, 'citizen-42', { from: '/sign-in?next=https%3A%2F%2Fevil.example%2F' });
  await page.waitForURL((url) => url.origin === address && !url.pathname.startsWith('/sign'));
  await page.context().close();
});
