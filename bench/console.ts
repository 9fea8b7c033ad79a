/**
 * The console in Chromium, on two cores: how long its first load takes a slow computer (CPU throttled four times, nothing
 * cached), and what a click on a list of a million certificates takes until its rows are there.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { needsSetUp, newSetUpCode } from '../src/access/set-up.ts';
import type { Config } from '../src/config/config.ts';
import { systemClock } from '../src/lib/clock.ts';
import { indexCertificates } from '../src/reporting/index-certificates.ts';
import { openStore } from '../src/store/open-store.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { addDana, dana } from '../test/support/sign-in-to-console.ts';
import { filledInstallation } from './support/filled-installation.ts';
import { type Figure, median, say } from './support/measure.ts';
import { startServerProcess } from './support/server-process.ts';

const fleet = { devices: 100_000, users: 50_000, certificates: 1_000_000, failures: 50_000 };
const clock = systemClock;
const loads = 5;
const clicks = 40;

/** `folder`: where the filled store is kept, with `--fleet`. */
export async function consoleSpeed({ folder }: { readonly folder: string | null }): Promise<readonly Figure[]> {
  await using open = new AsyncDisposableStack();
  const { config } = open.use(await filledInstallation(21_850, fleet, folder));
  const code = await prepare(config);
  const server = open.use(await startServerProcess(config, null, null));
  if (code !== null) await addDana(server, code);
  const browser = await launchBrowser();
  open.defer(() => browser.close());
  return [...(await firstLoads(browser, server.url)), ...(await listClicks(browser, server.url))];
}

/** The index of certificates; and a set-up code, unless a store that was kept has its administrator. */
async function prepare({ data }: Config): Promise<string | null> {
  await using store = await openStore({ kind: 'sqlite', folder: data }, { clock, node: 'bench' });
  await indexCertificates(
    { ...store, clock, index: store.certificateIndex, source: store.segmentSource, columns: store.segmentColumns },
    { store: 'sqlite', fence: async () => {} },
  );
  return (await needsSetUp(store)) ? newSetUpCode({ ...store, clock }) : null;
}

async function signedIn(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel('Sign-in name').fill(dana.signInName);
  await page.getByLabel('Password').fill(dana.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  return page;
}

async function firstLoads(browser: Browser, url: string): Promise<readonly Figure[]> {
  const page = await signedIn(browser, url);
  const devtools: CDPSession = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  // Usable: the overview shows its numbers; and the navigation answers whoever clicks the moment it is there.
  const untilNumbers = () => page.getByRole('figure').first().waitFor();
  const untilClick = async () => {
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  };
  const figures: Figure[] = [];
  for (const [what, usable] of [
    ['the overview shows its numbers', untilNumbers],
    ['a click is answered', untilClick],
  ] as const) {
    const took: number[] = [];
    for (let load = 0; load < loads; load++) {
      const began = performance.now();
      await page.goto(url, { waitUntil: 'commit' });
      await usable();
      took.push(performance.now() - began);
    }
    const value = median(took) / 1000;
    say(`  first load until ${what}, throttled four times: ${value.toFixed(2)} s`);
    const name = `Console: first load until ${what}, CPU throttled four times`;
    figures.push({ name, value, unit: 's', goal: { most: 2 } });
  }
  await page.context().close();
  return figures;
}

/** Sorting and filtering a list of a million, each until its first rows are another page's. */
async function listClicks(browser: Browser, url: string): Promise<readonly Figure[]> {
  const page = await signedIn(browser, url);
  await page.goto(`${url}/certificates`);
  const rows = page.locator('[role="row"][aria-rowindex="2"]');
  await rows.waitFor();
  const took: number[] = [];
  const filters = [
    'status=valid',
    'status=revoked',
    'status=expired',
    'sort=expires&order=asc',
    'sort=expires&order=desc',
  ];
  for (let click = 0; click < clicks; click++) {
    const query = filters[click % filters.length] ?? '';
    // As a link of the overview does it: the router's own navigation, and then the rows.
    const ms = await page.evaluate<number>(`new Promise((resolve) => {
      const began = performance.now();
      const list = document.querySelector('[role="table"]');
      const seen = new MutationObserver(() => {
        if (list.getAttribute('aria-busy') === 'true' || !document.querySelector('[aria-rowindex="2"]')) return;
        seen.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - began));
      });
      seen.observe(list, { subtree: true, childList: true, attributes: true });
      history.pushState({}, '', '/certificates?${query}');
      dispatchEvent(new PopStateEvent('popstate'));
    })`);
    if (click >= filters.length) took.push(ms);
  }
  await page.context().close();
  const sorted = took.sort((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
  say(`  click to rows among ${fleet.certificates}: p95 ${p95.toFixed(0)} ms`);
  return [
    {
      name: 'Console: from click to rows in a list of 1,000,000 certificates, p95',
      value: p95,
      unit: 'ms',
      goal: { most: 200 },
    },
  ];
}
