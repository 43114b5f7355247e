// From a run's verdict to paid money, each role its step: the enterprise confirms, two clerks look, two departments agree, the list is
// public, the leader decides, two of the finance bureau pay, the bank answers, the auditor finds every step.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, sessions } from '../browser.mjs';
import { rows as rowsOf } from '../workbook.mjs';

const address = process.env.ZHIQIANG_ADDRESS;
let browser;
let session;
let path;

before(async () => {
  browser = await launch();
  session = sessions(browser, address);
});
after(() => browser?.close());

/** A page of somebody's, which is closed when the work is done. */
async function as(login, work) {
  const page = await open(browser, { session: await session(login) });
  try {
    await work(page);
    assert.deepEqual(page.faults, []);
  } finally {
    await page.context().close();
  }
}

/** Chooses an act on the page of the case, says a word and sends it. */
async function act(page, word, { note = '', before: fill } = {}) {
  await page.goto(address + path);
  await page.getByLabel(word, { exact: true }).check();
  if (fill) await fill();
  await page.getByLabel('说明（选填）').fill(note);
  await page.getByRole('button', { name: '提交', exact: true }).click();
  await page.waitForURL((url) => url.pathname === path);
  assert.equal(await page.locator('.errors').count(), 0, await page.locator('main').innerText());
}

test('the enterprise confirms what the run found', () => as('enterprise', async (page) => {
  await page.goto(`${address}/cases?award=innovation-star`);
  path = new URL(await page.locator('main tbody th a').first().getAttribute('href'), address).pathname;
  await page.goto(address + path);
  // What ends the case is opened and read before it can be sent.
  assert.equal(await page.getByRole('button', { name: '放弃领取' }).isVisible(), false);
  await page.getByText('放弃领取').first().click();
  await page.getByText('这一年度的这项奖励不再发放').waitFor();
  await page.getByLabel('开户银行及网点').fill('云川农商银行城东支行');
  await page.getByLabel('账号', { exact: true }).fill('6222 0212 3456 7890');
  await page.getByRole('button', { name: '确认领取' }).click();
  await page.getByText('经办审核').first().waitFor();
}));

test('two clerks look at it, and two departments agree', async () => {
  await as('clerk', (page) => act(page, '审核通过', { note: '登记簿核对无误' }));
  await as('clerk2', (page) => act(page, '复核通过'));
  await as('finance', (page) => act(page, '部门同意'));
  await as('science', (page) => act(page, '部门同意', { note: '无重复资助' }));
});

test('the list is public until its last day is over, and then the leader decides', async () => {
  await as('clerk', async (page) => {
    await page.goto(`${address}/notices`);
    await page.getByRole('button', { name: /^公示“创新之星”的/ }).click();
    await page.waitForURL(/\/notices\/\d+$/);
    await page.getByText('公示中').first().waitFor();
  });
  await as('leader', async (page) => {
    await page.goto(address + path);
    assert.equal(await page.getByLabel('决定兑现', { exact: true }).count(), 0, 'not before the notice is over');
  });
  await as('clerk', async (page) => {
    for (let weeks = 0; weeks < 2; weeks += 1) {
      await page.goto(`${address}/cases`);
      await page.getByRole('button', { name: '演示日期往后一周' }).click();
      await page.waitForURL(`${address}/cases`);
    }
  });
  await as('leader', (page) => act(page, '决定兑现', { note: '同意' }));
});

test('the money goes out once, by four eyes, and the bank answers', async () => {
  let batch;
  let number;
  await as('finance', async (page) => {
    await page.goto(`${address}/payments`);
    assert.equal(await page.locator('main input[name="pick"]:checked').count(), 0, 'nothing is ticked beforehand');
    await page.locator('main input[name="pick"]').first().check();
    await page.getByRole('button', { name: '制作拨付批次' }).click();
    await page.waitForURL(/\/payments\/\d+$/);
    batch = new URL(page.url()).pathname;
    assert.equal(await page.getByRole('button', { name: '复核通过' }).count(), 0, 'its maker does not approve it');
  });
  await as('finance2', async (page) => {
    await page.goto(address + batch);
    await page.getByRole('button', { name: '复核通过' }).click();
    await page.getByText('待送银行').waitFor();
  });
  await as('finance', async (page) => {
    await page.goto(address + batch);
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出银行文件' }).click()]);
    const rows = rowsOf(await file.path());
    [number] = rows[1];
    assert.match(number, /^ZQ\d+$/);
    await page.goto(address + batch);
    const answer = Buffer.from(`付款编号,结果,原因\n${number},成功,\n`);
    await page.getByLabel('回单文件').setInputFiles({ name: '回单.csv', mimeType: 'text/csv', buffer: answer });
    await page.getByRole('button', { name: '登记回单' }).click();
    await page.getByText('到账 1 笔').waitFor();
  });
  await as('clerk', (page) => act(page, '归档'));
  await as('enterprise', async (page) => {
    await page.goto(address + path);
    await page.getByText('已归档').first().waitFor();
    await page.getByText(number).first().waitFor();
    const [certificate] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '荣誉证书' }).click()]);
    assert.match(certificate.suggestedFilename(), /\.docx$/);
  });
});

test('what the bank sends back later is entered, and paid once more to the corrected account', async () => {
  const batches = `${address}/payments?list=batches`;
  let batch;
  await as('finance', async (page) => {
    await page.goto(batches);
    await page.goto(new URL(await page.locator('#batches a[href*="/payments/"]').first().getAttribute('href'), address).href);
    batch = new URL(page.url()).pathname;
    await page.getByText('已办结').first().waitFor();
    await page.getByText('登记退汇').first().click();
    await page.getByLabel('退汇原因和凭证编号').fill('账户已销户，退汇通知 2024-17 号');
    await page.getByRole('button', { name: '登记退汇' }).click();
    await page.getByText('请填写退汇日期').first().waitFor();
    assert.equal(await page.getByLabel('退汇原因和凭证编号').inputValue(), '账户已销户，退汇通知 2024-17 号');
    await page.getByLabel('退汇日期', { exact: true }).fill(await page.evaluate(() => document.querySelector('#batch tbody td[data-label="回单日期"]').innerText.trim()));
    await page.getByRole('button', { name: '登记退汇' }).click();
    await page.getByText('款项回到预留').first().waitFor();
    await page.getByText('其中到账后退汇').waitFor();
  });
  await as('enterprise', async (page) => {
    await page.goto(address + path);
    await page.getByText('拨付失败').first().waitFor();
    await page.getByLabel('开户银行及网点').fill('云川农商银行城西支行');
    await page.getByLabel('账号', { exact: true }).fill('6222 0212 9999 8888');
    await page.getByRole('button', { name: '更正收款账户' }).click();
    await page.getByText('城西支行').first().waitFor();
  });
  await as('finance2', async (page) => {
    await page.goto(`${address}/payments`);
    await page.locator('main input[name="pick"]').first().check();
    await page.getByRole('button', { name: '制作拨付批次' }).click();
    await page.waitForURL(/\/payments\/\d+$/);
    batch = new URL(page.url()).pathname;
  });
  await as('finance', async (page) => {
    await page.goto(address + batch);
    await page.getByRole('button', { name: '复核通过' }).click();
    await page.getByText('是您登记退汇的，再次拨付要由另一人复核').first().waitFor();
  });
});

test('the auditor finds every step in the trail, and it is whole', () => as('auditor', async (page) => {
  await page.goto(`${address}/registers/audit?act=payment.answer`);
  assert.equal(await page.locator('main tbody tr').count(), 2, 'this one, and that with which the city begins');
  await page.goto(`${address}/registers/audit/verify`);
  await page.locator('main .notice').first().waitFor();
}));
