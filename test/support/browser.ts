/**
 * Chromium on the console of a world. Whatever the console itself complains of is a fault of the test: an error in its log, an
 * exception, a violation of the Content-Security-Policy, an answer of 500.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findProgram } from './requires.ts';

export const widths = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } } as const;
export type Width = keyof typeof widths;
export type ConsoleTheme = 'light' | 'dark';

/** Where screenshots go; nothing of it is kept by Git. */
export const screenshotFolder = fileURLToPath(new URL('../../tmp/screenshots/', import.meta.url));

export type ConsoleWindow = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What it complained of. Empty it of what a test provokes. */
  readonly complaints: string[];
  /** Goes to a path of the console and waits until it has settled. */
  visit(path: string): Promise<void>;
  /** Waits until nothing is loading. */
  settled(): Promise<void>;
  /** Findings of axe on what is shown, one line each. */
  axe(): Promise<readonly string[]>;
  screenshot(name: string): Promise<void>;
};

export type WindowOptions = {
  readonly url: string;
  readonly width?: Width;
  readonly theme?: ConsoleTheme;
  readonly language?: string;
};

type AxeResults = {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary: string }[];
  }[];
};

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium');
  if (executablePath === undefined) throw new Error('chromium is not there');
  // Chromium has no sandbox for root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args: [...args, '--disable-dev-shm-usage'] });
}

const axeSource = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

// What says how far it is is no sign of loading.
const quiet = `document.querySelector('[role="progressbar"]:not([aria-valuenow]), [aria-busy="true"]') === null && document.querySelector('h1') !== null`;

export async function openWindow(browser: Browser, options: WindowOptions): Promise<ConsoleWindow> {
  const { url, width = 'wide', theme = 'light', language = 'en' } = options;
  const context = await browser.newContext({
    viewport: widths[width],
    colorScheme: theme,
    locale: language,
    timezoneId: 'UTC',
    ignoreHTTPSErrors: true,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // What the server refuses the browser logs by itself; 401 before anybody has signed in is no fault.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });

  // What runs in the browser stands in text: this program knows no DOM.
  const settled = async () => {
    // Not `waitForFunction`: it looks again by `eval`, which the page's policy refuses.
    const deadline = Date.now() + 30_000;
    while (!(await page.evaluate<boolean>(quiet))) {
      if (Date.now() > deadline) throw new Error(`${page.url()} goes on loading for half a minute.`);
      await page.waitForTimeout(30);
    }
    // Drawers slide in.
    await page.evaluate(
      'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {}))).then(() => {})',
    );
  };
  return {
    page,
    context,
    complaints,
    settled,
    async visit(path) {
      await page.goto(`${url}${path}`);
      await settled();
    },
    async axe() {
      await page.evaluate(axeSource);
      // Tabster's, which pass the focus on the moment they get it: nobody ever stands there.
      const { violations } = await page.evaluate<AxeResults>(`axe.run({ exclude: [['[data-tabster-dummy]']] })`);
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')}: ${failureSummary}`),
      );
    },
    async screenshot(name) {
      mkdirSync(screenshotFolder, { recursive: true });
      await page.screenshot({ path: join(screenshotFolder, `${name}-${width}-${theme}.png`) });
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
