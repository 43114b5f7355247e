// A town is heard about its own enterprises (区镇初审): the office asks for it in an item, an enterprise applies, its own town sees
// the case and answers, and another town learns nothing of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { audit, launch, open, overflow, PASSWORD, sessions, SIZES } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let session;
/** The logins of the enterprise's own town and of another, and the case. */
let own;
let other;
let path;

before(async () => {
  browser = await launch();
  session = sessions(browser, address);
});
after(() => browser?.close());

async function as(login, work, size = 'wide') {
  const page = await open(browser, { size: SIZES[size], session: login ? await session(login) : undefined });
  try {
    await work(page);
    assert.deepEqual(page.faults, []);
  } finally {
    await page.context().close();
  }
}

/** Chooses an act on the page of the case, says a word and sends it. */
async function act(page, word, note = '') {
  await page.goto(address + path);
  await page.getByLabel(word, { exact: true }).check();
  await page.getByLabel('说明（选填）').fill(note);
  await page.getByRole('button', { name: '提交', exact: true }).click();
  await page.waitForURL((url) => url.pathname === path);
  assert.equal(await page.locator('.errors').count(), 0, await page.locator('main').innerText());
}

/** The cases that are listed for a visitor. */
async function listed(page) {
  await page.goto(`${address}/cases?size=100`);
  return page.locator('main tbody th a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
}

test('the administrator opens an account for the second of two towns', async () => {
  const login = 'town2';
  let password;
  await as('admin', async (page) => {
    const unit = async (whose) => {
      await page.goto(`${address}/accounts/${whose}`);
      return page.locator('#unit').inputValue();
    };
    const [code, spoken] = [await unit('enterprise'), await unit('town')];
    const parents = async (query) => {
      await page.goto(`${address}/organisations?${query}&size=100`);
      return page.locator('main tbody td[data-label="上级"]').allInnerTexts();
    };
    const [home] = await parents(`kind=enterprise&q=${code}`);
    const elsewhere = (await parents('kind=enterprise')).find((town) => town && town !== home);
    const isOwn = home === spoken;
    [own, other] = isOwn ? ['town', login] : [login, 'town'];
    await page.goto(`${address}/accounts`);
    await page.locator('#login').fill(login);
    await page.locator('#name').fill('另一区镇');
    await page.locator('#role').selectOption('town');
    await page.locator('#unit').fill('没有的镇');
    await page.getByRole('button', { name: '开通并生成密码' }).click();
    // What is wrong stands at its field, and nothing typed is lost.
    await page.locator('#unit[aria-invalid="true"]').waitFor();
    await page.locator('#unit').fill(isOwn ? elsewhere : home);
    await page.getByRole('button', { name: '开通并生成密码' }).click();
    password = await page.locator('main code').innerText();
  });
  await as(null, async (page) => {
    await page.goto(`${address}/sign-in`);
    await page.getByLabel('登录名').fill(login);
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.waitForURL(/\/account$/);
    await page.locator('#old').fill(password);
    await page.locator('#new').fill(PASSWORD);
    await page.locator('#again').fill(PASSWORD);
    await page.locator('form[action$="/account/password"] button').click();
    await page.waitForURL(/done=password-changed/);
  });
});

test('the office asks for the enterprise’s own town in a new version of an item', async () => {
  let item;
  await as('clerk', async (page) => {
    await page.goto(`${address}/items/draft/project-approval`);
    await page.locator('#departments').fill('所在区镇\n财政局');
    await page.getByRole('button', { name: '保存草稿' }).click();
    await page.waitForURL(/\/items\/\d+$/);
    item = new URL(page.url()).pathname;
    assert.equal(await page.getByRole('button', { name: '核对无误，发布' }).count(), 0, 'another issues it');
  });
  await as('clerk2', async (page) => {
    await page.goto(address + item);
    await page.getByRole('button', { name: '核对无误，发布' }).click();
    await page.getByRole('button', { name: '核对无误，发布' }).waitFor({ state: 'detached' });
    assert.match(await page.getByRole('main').innerText(), /所在区镇、财政局/);
  });
});

test('an enterprise applies, and two of the office find it in order', async () => {
  await as('enterprise', async (page) => {
    await page.goto(`${address}/cases`);
    await page.locator('#award').selectOption('project-approval');
    await page.locator('#matter').fill('国科发资〔2023〕188号');
    await page.locator('#event').fill('2023-11-02');
    await page.locator('form[action$="/cases/apply"] .button-main').click();
    await page.waitForURL(/\/cases\/\d+$/);
    path = new URL(page.url()).pathname;
    await page.getByLabel('情况说明', { exact: true }).fill('国家重点研发计划课题');
    await page.getByLabel('开户银行及网点').fill('云川农商银行城东支行');
    await page.getByLabel('账号', { exact: true }).fill('6222 0212 3456 7890');
    await page.locator('#kind').selectOption('立项文件');
    await page.locator('#file').setInputFiles({ name: '立项.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 demo') });
    await page.getByRole('button', { name: '保存并提交申报' }).click();
    await page.getByText('待受理').first().waitFor();
  });
  await as(own, async (page) => {
    assert.ok(!(await listed(page)).includes(path), 'a town is not asked before the office has looked');
  });
  await as('clerk', async (page) => {
    await act(page, '受理');
    await act(page, '审核通过', '材料齐全');
  });
  await as('clerk2', (page) => act(page, '复核通过'));
});

test('its own town alone sees the case', async () => {
  await as(own, async (page) => {
    assert.ok((await listed(page)).includes(path));
    await page.goto(address + path);
    await page.getByLabel('部门同意', { exact: true }).waitFor();
    assert.deepEqual(await audit(page), []);
    assert.ok(await overflow(page) <= 0, 'nothing sticks out');
  }, 'narrow');
  await as(other, async (page) => {
    assert.ok(!(await listed(page)).includes(path));
    assert.equal((await page.goto(address + path)).status(), 404);
  });
});

test('the town answers, and with the treasury the case goes on to its notice', async () => {
  await as(own, (page) => act(page, '部门同意', '现场核查：项目在本镇实施'));
  await as('clerk', async (page) => {
    await page.goto(address + path);
    const said = await page.getByRole('main').innerText();
    assert.match(said, /现场核查：项目在本镇实施/);
    assert.doesNotMatch(said, /待公示/, 'the town alone is not all');
  });
  await as('finance', (page) => act(page, '部门同意'));
  await as('clerk', async (page) => {
    await page.goto(address + path);
    await page.getByText('待公示').first().waitFor();
  });
});
