// Every page that a clerk may open: it renders, passes the accessibility audit, and does not run over a phone's edge.
// Clauses whose page is looked at here: clause_c4_1_6 (cockpit), clause_c2_0 (targets), clause_c0_2 (policy text).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { SIZES, audit, launch, open, overflow, signIn } from '../browser.mjs';
import { startCity } from '../city.mjs';
import { PAGES, reach } from '../pages.mjs';

let city;
let browser;

before(async () => {
  city = await startCity();
  browser = await launch();
}, { timeout: 1_500_000 });

after(async () => {
  await browser?.close();
  await city?.stop();
});

for (const { name, path } of PAGES) {
  test(`${name} passes the audit and fits a phone`, async () => {
    const wide = await open(browser);
    await signIn(wide, city.address, 'clerk');
    const found = await reach(wide, city.address, path);
    assert.deepEqual(await audit(wide), [], found);
    await wide.setViewportSize(SIZES.narrow);
    assert.deepEqual(await audit(wide), [], `${found} on a phone`);
    assert.equal(await overflow(wide), 0, `${found} runs over the edge of a phone`);
    assert.deepEqual(wide.faults, [], found);
    await wide.context().close();
  });
}

test('a leader goes from the cockpit to the rights behind a figure without a script', async () => {
  const page = await open(browser, { javaScript: false });
  await signIn(page, city.address, 'leader');
  await page.goto(`${city.address}/indicators/K01`);
  assert.match(await page.title(), /每十亿元地区生产总值发明专利拥有量/);
  const town = page.locator('main a[href*="/indicators/K01/towns/"]').first();
  await town.click();
  await page.locator('main a[href*="/indicators/K01/rights"]').first().click();
  await page.locator('main a[href*="/patents/"]').first().click();
  assert.match(page.url(), /\/patents\/\d{8,12}[\dX]/);
  await page.context().close();
});

test('an enterprise sees its own page and not the registers', async () => {
  const page = await open(browser);
  await signIn(page, city.address, 'enterprise');
  const own = await page.goto(`${city.address}/my-enterprise`);
  assert.equal(own.status(), 200);
  const registers = await page.goto(`${city.address}/registers`);
  assert.equal(registers.status(), 403);
  await page.context().close();
});

test('a hostile name in a register is shown as text', async () => {
  const page = await open(browser);
  let dialogs = 0;
  page.on('dialog', (dialog) => { dialogs += 1; return dialog.dismiss(); });
  await signIn(page, city.address, 'clerk');
  await page.goto(`${city.address}/enterprises?q=script`);
  const hostile = page.locator('main a', { hasText: '<script>alert' }).first();
  assert.equal(await hostile.isVisible(), true, 'the demo plants such a name');
  await hostile.click();
  assert.match(await page.title(), /<script>alert/);
  assert.equal(dialogs, 0);
  await page.context().close();
});

test('nobody sees a figure without signing in', async () => {
  const page = await open(browser);
  await page.goto(`${city.address}/cockpit`);
  assert.match(page.url(), /\/sign-in/);
  assert.deepEqual(await audit(page), []);
  await page.context().close();
});
