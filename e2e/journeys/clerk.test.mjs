// The clerk's journey, which changes the city: a file in, an import cancelled, a row corrected, names tied, a month closed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, signIn } from '../browser.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let page;

before(async () => {
  browser = await launch();
  page = await open(browser);
  await signIn(page, address, 'clerk');
});
after(() => browser?.close());

const nav = (word) => page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: word });
const room = (word) => page.getByRole('navigation', { name: '资料' }).getByRole('link', { name: word });

/** A unified social credit code with its check character (GB 32100-2015). */
function code(serial) {
  const letters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const body = `91320682${`MA${String(serial).padStart(7, '0')}`}`;
  const sum = [...body].reduce((total, letter, at) => total + letters.indexOf(letter) * (3 ** at % 31), 0);
  return body + letters[(31 - (sum % 31)) % 31];
}

async function upload(register, name, lines) {
  await page.goto(`${address}/registers/import`);
  await page.getByLabel('登记簿', { exact: true }).selectOption({ label: register });
  await page.getByLabel('文件', { exact: true }).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
  await page.getByRole('button', { name: '开始导入' }).click();
}

test('a file comes in, and the row that is wrong waits beside it', async () => {
  await page.goto(`${address}/enterprises`);
  const town = (await page.getByLabel('区镇').locator('option').allInnerTexts())[1];
  await nav('资料').click();
  await room('导入').click();
  const wrong = code(3).slice(0, 17) + (code(3).endsWith('0') ? '1' : '0');
  await upload('企业', '新设企业.csv', [
    '统一社会信用代码,企业名称,区镇',
    `${code(1)},云川新设一号有限公司,${town}`,
    `${code(2)},云川新设二号有限公司,${town}`,
    `${wrong},云川新设三号有限公司,${town}`,
  ]);
  await page.waitForURL(/\/registers\/batches\/\d+/);
  const counts = page.getByRole('table', { name: '行数核对' });
  assert.match(await counts.getByRole('row', { name: /^收入/ }).innerText(), /\b2\b/);
  assert.match(await counts.getByRole('row', { name: /^隔离/ }).innerText(), /\b1\b/);

  await page.locator('#problems a[href*="/registers/quarantine/"], main tbody a[href*="/registers/quarantine/"]').first().click();
  await page.getByText('校验位应为').first().waitFor();
  await page.getByLabel('统一社会信用代码').fill(code(3));
  await page.getByRole('button', { name: '更正并收入' }).click();
  await page.getByText('已更正收入，隔离行已处理。').waitFor();
});

test('the same file again changes nothing and says so', async () => {
  await page.goto(`${address}/enterprises`);
  const town = (await page.getByLabel('区镇').locator('option').allInnerTexts())[1];
  await upload('企业', '再次送来.csv', ['统一社会信用代码,企业名称,区镇', `${code(1)},云川新设一号有限公司,${town}`]);
  await page.waitForURL(/\/registers\/batches\/\d+/);
  assert.match(await page.getByRole('table', { name: '行数核对' }).getByRole('row', { name: /^未变/ }).innerText(), /\b1\b/);
});

test('a cancelled import leaves nothing behind and says so', async () => {
  const rows = ['人员编号,课程,服务类别,结业日期,结果'];
  for (let person = 0; person < 250_000; person += 1) rows.push(`E2E${person},专利运营,运营,2023-06-30,合格`);
  await upload('培训学员', '大批学员.csv', rows);
  await page.getByText('停止后不保留这份文件的任何内容').waitFor();
  await page.reload();
  await page.getByRole('button', { name: '停止处理' }).click();
  await page.getByText('已停止').waitFor();
  await page.goto(`${address}/registers/batches?register=trainees&q=${encodeURIComponent('大批学员')}`);
  assert.match(await page.getByRole('table').getByRole('row').nth(1).innerText(), /未完成/);
});

test('names with one candidate are tied together', async () => {
  await page.goto(`${address}/registers/ties?candidates=one`);
  const before = Number((await page.locator('.listing .total').innerText()).replace(/\D/g, ''));
  const boxes = page.getByRole('table').getByRole('checkbox');
  const ticked = await boxes.count();
  assert.ok(ticked > 0, 'the demo leaves names with one candidate');
  await page.getByLabel('全选本页').check();
  await page.getByLabel('确认为所列的唯一企业').check();
  await page.getByLabel('理由').fill('与登记地址相符');
  await page.getByRole('button', { name: '处理选中的名称' }).click();
  await page.getByText(`已认定 ${ticked} 个名称`).waitFor();
  await page.goto(`${address}/registers/ties?candidates=one`);
  assert.equal(Number((await page.locator('.listing .total').innerText()).replace(/\D/g, '')), before - ticked);
});

test('a month is closed once its open rows were looked at', async () => {
  await page.goto(`${address}/registers/closing`);
  await page.getByRole('button', { name: '看要月结的数' }).click();
  await page.getByRole('button', { name: '按这些数月结' }).click();
  await page.getByRole('alert').getByText('还有隔离行没有处理').waitFor();
  await page.getByLabel('已核对，它们不影响本月结果').check();
  await page.getByRole('button', { name: '按这些数月结' }).click();
  await page.getByText(/\d{4}-\d{2} 已月结。/).waitFor();
});

test('a file comes in without scripts', async () => {
  const plain = await open(browser, { javaScript: false });
  await signIn(plain, address, 'clerk');
  await plain.goto(`${address}/registers/import`);
  await plain.getByLabel('登记簿', { exact: true }).selectOption({ label: '节假日安排' });
  await plain.getByLabel('文件', { exact: true }).setInputFiles({ name: '节假日.csv', mimeType: 'text/csv', buffer: Buffer.from('日期,名称,放假\n2030-01-01,元旦,是\n') });
  await plain.getByRole('button', { name: '开始导入' }).click();
  await plain.waitForURL(/\/registers\/batches\/\d+/);
  await plain.context().close();
});
