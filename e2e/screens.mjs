// Photographs every page at both widths, light and dark, for a person to look at: `npm run screens`.
import { mkdirSync } from 'node:fs';

import { SIZES, launch, open, signIn } from './browser.mjs';
import { startCity } from './city.mjs';
import { PAGES, reach } from './pages.mjs';

mkdirSync('screenshots', { recursive: true });
const city = process.env.ZHIQIANG_ADDRESS ? { address: process.env.ZHIQIANG_ADDRESS, stop: async () => {} } : await startCity();
const browser = await launch();
for (const [width, size] of Object.entries(SIZES)) {
  for (const dark of process.env.ZHIQIANG_DARK ? [false, true] : [false]) {
    const page = await open(browser, { size, dark });
    await signIn(page, city.address, 'clerk');
    for (const { name, path } of PAGES) {
      try {
        await reach(page, city.address, path);
        await page.screenshot({ path: `screenshots/${name.replaceAll(' ', '-')}-${width}${dark ? '-dark' : ''}.png`, fullPage: width === 'narrow' ? false : true });
      } catch (fault) {
        console.error(`${name}: ${fault.message}`);
      }
    }
    await page.context().close();
  }
}
await browser.close();
await city.stop();
