// Measures what a user feels on every page: first paint, layout shift, scripts. `npm run measure` prints the table.
import { launch, open, sessions } from './browser.mjs';
import { startCity } from './city.mjs';
import { PAGES, reach } from './pages.mjs';

const ROUNDS = 5;

/** First paint (ms), layout shift, and scripts (bytes as sent) of the page as it was loaded last. */
export function felt(page) {
  return page.evaluate(async () => {
    const shift = await new Promise((done) => {
      let sum = 0;
      const observer = new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; });
      observer.observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => done(sum), 150);
    });
    const [navigation] = performance.getEntriesByType('navigation');
    const scripts = performance.getEntriesByType('resource').filter(({ initiatorType }) => initiatorType === 'script');
    const paint = performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint');
    return {
      answer: navigation.responseStart - navigation.requestStart,
      paint: paint?.startTime,
      shift,
      scripts: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      charts: document.querySelectorAll('.chart-canvas').length,
    };
  });
}

const middle = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function table() {
  const city = await startCity();
  const browser = await launch();
  const session = sessions(browser, city.address);
  console.log('page                        answer ms   paint ms      shift  scripts KB  charts');
  for (const entry of PAGES) {
    const page = await open(browser, { session: await session(entry.as === undefined ? 'clerk' : entry.as) });
    await reach(page, city.address, entry);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // A page that came from a form is measured where the form led; a refused one is gone after a reload.
      await page.goto(page.url());
      rounds.push(await felt(page));
    }
    const of = (key) => middle(rounds.map((one) => one[key]));
    console.log([
      entry.name.padEnd(26), of('answer').toFixed(0).padStart(10), of('paint').toFixed(0).padStart(10),
      of('shift').toFixed(4).padStart(10), (of('scripts') / 1024).toFixed(0).padStart(11), String(of('charts')).padStart(7),
    ].join(' '));
    await page.context().close();
  }
  await browser.close();
  await city.stop();
}

if (process.argv[1] === new URL(import.meta.url).pathname) await table();
