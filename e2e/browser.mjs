// The browser: Debian's Chromium, one profile per account, and the accessibility audit.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
export const SIZES = { wide: WIDE, narrow: NARROW };

/** The sign-ins that the demo prints; the passwords are synthetic like everything else there. */
export const PASSWORD = 'zhiqiang-demo-2023';

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/** A page in a context of its own; any error that a script of ours throws is kept in `page.faults`. */
export async function open(browser, { size = WIDE, javaScript = true, dark = false, session } = {}) {
  const context = await browser.newContext({
    viewport: size, javaScriptEnabled: javaScript, colorScheme: dark ? 'dark' : 'light', locale: 'zh-CN',
    storageState: session,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.faults = [];
  page.on('pageerror', (fault) => page.faults.push(String(fault)));
  return page;
}

export async function signIn(page, address, login) {
  await page.goto(`${address}/sign-in`);
  await page.getByLabel('登录名').fill(login);
  await page.getByLabel('密码').fill(PASSWORD);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

/** Signs in once for an account and language, and keeps the session for any number of contexts. */
export function sessions(browser, address) {
  const kept = new Map();
  return async (login, { english = false } = {}) => {
    const key = `${login} ${english}`;
    if (!kept.has(key)) {
      const page = await open(browser);
      if (login) await signIn(page, address, login);
      else await page.goto(`${address}/sign-in`);
      if (english) {
        await page.getByRole('button', { name: 'English' }).click();
        await page.getByRole('button', { name: '中文' }).waitFor();
      }
      kept.set(key, await page.context().storageState());
      await page.context().close();
    }
    return kept.get(key);
  };
}

/** Goes where the first link of this kind leads. */
export async function followFirst(page, link) {
  const href = await page.locator(link).first().getAttribute('href');
  await page.goto(new URL(href, page.url()).href);
}

/** Violations of WCAG 2.1 A and AA on the page as it stands, as readable lines; `rules` narrows the audit. */
export async function audit(page, rules) {
  await page.evaluate(axeSource);
  const wanted = rules ? { type: 'rule', values: rules } : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
  const result = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly }), wanted);
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')} – ${node.failureSummary?.split('\n')[1] ?? violation.help}`));
}

/** How many pixels the page is wider than its window; more than none is a fault at 390. */
export function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - globalThis.innerWidth));
}
