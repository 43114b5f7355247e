// The pages that are audited and photographed, by name and path; a function follows a link of another page.
export const PAGES = [
  { name: 'cockpit', path: '/cockpit' },
  { name: 'indicators', path: '/indicators' },
  { name: 'one indicator', path: '/indicators/K01' },
  { name: 'high-value indicator', path: '/indicators/K04' },
  { name: 'one town', path: ['/indicators/K01', 'main a[href*="/indicators/K01/towns/"]'] },
  { name: 'awards', path: '/awards' },
  { name: 'one award', path: '/awards/innovation-star' },
  { name: 'one winner', path: ['/awards/innovation-star', 'main a[href*="/awards/innovation-star/9"]'] },
  { name: 'enterprises', path: '/enterprises' },
  { name: 'one enterprise', path: ['/enterprises', 'main a[href*="/enterprises/9"]'] },
  { name: 'patents', path: '/patents' },
  { name: 'one patent', path: ['/patents', 'main a[href*="/patents/2"]'] },
  { name: 'registers', path: '/registers' },
  { name: 'import', path: '/registers/import' },
  { name: 'batches', path: '/registers/batches' },
  { name: 'one batch', path: ['/registers/batches', 'main a[href*="/registers/batches/"]'] },
  { name: 'quarantine', path: '/registers/quarantine' },
  { name: 'one quarantined row', path: ['/registers/quarantine', 'main a[href*="/registers/quarantine/"]'] },
  { name: 'ties', path: '/registers/ties' },
  { name: 'judgements', path: '/registers/judgements' },
  { name: 'province figures', path: '/registers/province' },
  { name: 'closing', path: '/registers/closing' },
  { name: 'policy', path: '/policy' },
  { name: 'one clause', path: '/policy/C2.1.2' },
  { name: 'runs', path: '/runs' },
  { name: 'what-if', path: '/what-if' },
  { name: 'search', path: '/search?q=云川' },
  { name: 'gallery', path: '/gallery' },
];

/** Opens a page by its path, or by the first matching link of another page; says where it came to. */
export async function reach(page, address, path) {
  const [start, link] = Array.isArray(path) ? path : [path];
  const answer = await page.goto(address + start);
  if (answer.status() !== 200) throw new Error(`${start} answered ${answer.status()}`);
  if (link) {
    const href = await page.locator(link).first().getAttribute('href');
    const linked = await page.goto(new URL(href, page.url()).href);
    if (linked.status() !== 200) throw new Error(`${href} answered ${linked.status()}`);
  }
  return page.url();
}
