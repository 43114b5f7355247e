// Journeys of those outside the offices: a university offers and answers, an agency prepares what its enterprise hands in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { audit, launch, open, overflow, sessions, SIZES } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let session;

before(async () => {
  browser = await launch();
  session = sessions(browser, address);
});
after(() => browser?.close());

const as = async (login, size = 'wide', javaScript = true) =>
  open(browser, { size: SIZES[size], javaScript, session: await session(login) });

test('a university offers a patent, answers a demand and takes both back', async () => {
  const page = await as('university');
  await page.goto(address);
  await page.getByRole('heading', { level: 1, name: '本单位专利' }).waitFor();
  await page.goto(`${address}/supply?standing=in-force&offer=none`);
  await page.getByRole('table').getByRole('rowheader').getByRole('link').first().click();
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('alert').getByText('请选择愿意采取的合作方式').waitFor();
  await page.getByLabel('许可').check();
  await page.getByLabel('应用领域').fill('储能');
  await page.getByLabel('联系方式').fill('转化中心 010-1');
  await page.getByRole('button', { name: '保存' }).click();
  await page.waitForURL(/\/offers\/\d+$/);
  const offer = new URL(page.url()).pathname;
  const firm = await as('enterprise', 'narrow');
  await firm.goto(address + offer);
  assert.match(await firm.getByRole('main').innerText(), /转化中心 010-1/);
  assert.ok(await overflow(firm) <= 0, 'nothing sticks out');

  await page.goto(`${address}/supply/demands`);
  await page.getByRole('table').getByRole('rowheader').getByRole('link').first().click();
  await page.getByRole('heading', { name: '应答这条需求' }).waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /预算/);
  await page.getByLabel('应答内容').fill('有样机可测');
  await page.getByLabel('联系方式').fill('转化中心 010-1');
  await page.getByRole('button', { name: '提交应答' }).click();
  await page.getByRole('button', { name: '撤回应答' }).first().click();
  await page.getByText('已撤回').first().waitFor();
  await page.goto(address + offer);
  await page.getByRole('button', { name: '撤回供给' }).click();
  await page.getByText('已撤回').first().waitFor();
  assert.equal((await firm.goto(address + offer)).status(), 404);
  assert.deepEqual(page.faults, []);
  await page.context().close();
  await firm.context().close();
});

for (const [size, javaScript] of [['narrow', true], ['wide', false]]) {
  test(`an agency prepares and the enterprise sends back and sees who wrote what, ${size}`, async () => {
    const firm = await as('enterprise', size, javaScript);
    await firm.goto(`${address}/cases`);
    await firm.locator('#award').selectOption('rights-aid/domestic-win');
    await firm.locator('#matter').fill(`（2023）苏05民初${Date.now() % 100_000}号`);
    await firm.locator('#event').fill('2023-11-02');
    await firm.locator('form[action$="/cases/apply"] .button-main').click();
    await firm.waitForURL(/\/cases\/\d+$/);
    const number = firm.url().split('/').pop();

    const agency = await as('agency', size, javaScript);
    await agency.goto(`${address}/preparing/${number}`);
    assert.equal(await agency.locator('[name="number"], [name="holder"], [name="bank"]').count(), 0, 'no account');
    await agency.getByLabel('情况说明', { exact: true }).fill('起诉两家仿冒者，一审胜诉');
    await agency.getByRole('button', { name: '保存', exact: false }).first().click();
    await agency.getByLabel('给企业的说明').fill('请核对费用');
    await agency.getByRole('button', { name: '交企业核对' }).click();
    await agency.getByText('已交企业核对').first().waitFor();
    if (javaScript) {
      assert.ok(await overflow(agency) <= 0, 'nothing sticks out');
      assert.deepEqual(await audit(agency), []);
    }

    await firm.reload();
    const prepared = firm.getByRole('region', { name: '代理机构代拟' });
    assert.match(await prepared.innerText(), /云川知远专利代理事务所[\s\S]*一审胜诉/);
    await prepared.getByLabel('要改什么').fill('补充费用');
    await prepared.getByRole('button', { name: '退回机构修改' }).click();
    await agency.reload();
    await agency.getByText('补充费用').first().waitFor();
    const closed = await agency.goto(`${address}/cases/${number}`);
    assert.equal(closed.status(), 403, 'the case itself is not its room');
    assert.deepEqual(agency.faults, []);
    await agency.context().close();
    await firm.context().close();
  });
}
