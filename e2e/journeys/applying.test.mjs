// An enterprise applies with its papers: nothing that it typed is lost when it sends one, and handing in asks for what is missing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, overflow, sessions, SIZES } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let session;

before(async () => {
  browser = await launch();
  session = sessions(browser, address);
});
after(() => browser?.close());

const pdf = (name) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 demo') });

for (const [size, javaScript] of [['narrow', true], ['wide', false]]) {
  test(`what is typed outlives a paper, ${size}`, async () => {
    const page = await open(browser, { size: SIZES[size], javaScript, session: await session('enterprise') });
    await page.goto(`${address}/cases`);
    await page.locator('#award').selectOption('rights-aid/domestic-win');
    await page.locator('#matter').fill(`（2023）苏06民初${Date.now() % 100_000}号`);
    await page.locator('#event').fill('2023-11-02');
    await page.locator('form[action$="/cases/apply"] .button-main').click();
    await page.waitForURL(/\/cases\/\d+$/);
    if (javaScript) assert.ok(await overflow(page) <= 0, 'nothing sticks out');
    const statement = page.getByLabel('情况说明', { exact: true });
    await statement.fill('起诉两家仿冒者，一审胜诉');
    await page.getByLabel('已付费用（元）').fill('80000');
    const kinds = await page.locator('#kind option').allInnerTexts();
    for (const kind of kinds) {
      await page.locator('#kind').selectOption(kind);
      await page.locator('#file').setInputFiles(pdf(`${kind}.pdf`));
      await page.getByRole('button', { name: '上传材料' }).click();
      await page.getByRole('link', { name: `${kind}.pdf` }).waitFor();
      assert.equal(await statement.inputValue(), '起诉两家仿冒者，一审胜诉');
    }
    assert.equal(await page.getByLabel('已付费用（元）').inputValue(), '80000');

    // Taking a paper out keeps what was typed since.
    await statement.fill('起诉三家仿冒者，一审胜诉');
    await page.getByRole('button', { name: '移除' }).first().click();
    await page.getByRole('link', { name: `${kinds[0]}.pdf` }).waitFor({ state: 'detached' });
    assert.equal(await statement.inputValue(), '起诉三家仿冒者，一审胜诉');

    // Handing in is stopped by the browser while a field is empty, and by the server while a paper is missing.
    const submit = page.getByRole('button', { name: '保存并提交申报' });
    await submit.click();
    assert.equal(await page.locator('#ending:invalid').count(), 1, 'the browser asks for what is empty');
    await page.locator('[name="ending"][value="won"]').check();
    await page.locator('[name="defender"][value="yes"]').check();
    await page.getByLabel('已获赔偿（元）').fill('0');
    await page.getByLabel('开户银行及网点').fill('云川农商银行城东支行');
    await page.getByLabel('账号', { exact: true }).fill('6222 0212 3456 7890');
    await submit.click();
    await page.getByText(`还缺材料：${kinds[0]}`).first().waitFor();
    await page.locator('#kind').selectOption(kinds[0]);
    await page.locator('#file').setInputFiles(pdf('补.pdf'));
    // The paper that was chosen goes with it.
    await submit.click();
    await page.getByText('待受理').first().waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}
