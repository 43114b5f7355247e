// Photographs every page for a person to look at: both widths, light and dark, printed on A4, in both languages.
//   npm run screens -- FOLDER [part of a page's name …]
// Printed pages become pictures by pdftoppm (Debian: poppler-utils).
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { SIZES, launch, open, sessions } from './browser.mjs';
import { startCity } from './city.mjs';
import { PAGES, reach } from './pages.mjs';

const [folder, ...wanted] = process.argv.slice(2);
if (!folder) {
  console.error('usage: npm run screens -- FOLDER [part of a page\'s name …]');
  process.exit(2);
}
const root = resolve(process.env.INIT_CWD ?? '.', folder);
const pages = PAGES.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const city = await startCity();
const browser = await launch();
const session = sessions(browser, city.address);
let faults = 0;

for (const [language, english] of [['zh', false], ['en', true]]) {
  for (const entry of pages) {
    const page = await open(browser, { session: await session(entry.as === undefined ? 'clerk' : entry.as, { english }) });
    try {
      await reach(page, city.address, entry);
      for (const [width, size] of Object.entries(SIZES)) {
        await page.setViewportSize(size);
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: path(`${language}-${width}-${colorScheme}`, `${entry.name}.png`), fullPage: true });
        }
      }
      await page.emulateMedia({ colorScheme: 'light' });
      const pdf = path(`${language}-print`, `${entry.name}.pdf`);
      await page.pdf({ path: pdf, preferCSSPageSize: true });
      const drawn = spawnSync('pdftoppm', ['-r', '70', '-png', pdf, pdf.replace(/\.pdf$/, '')]);
      if (drawn.status !== 0) throw new Error(`pdftoppm: ${drawn.error ?? drawn.stderr}`);
    } catch (fault) {
      faults += 1;
      console.error(`${language} ${entry.name}: ${fault.message}`);
    }
    await page.context().close();
  }
}
await browser.close();
await city.stop();
process.exit(faults > 0 ? 1 : 0);

function path(kind, name) {
  mkdirSync(join(root, kind), { recursive: true });
  return join(root, kind, name);
}
