import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type ConsoleTheme, type ConsoleWindow, launchBrowser, openWindow, type Width } from '../../support/browser.ts';
import { consoleWorld } from '../../support/console-world.ts';
import { skipUnless } from '../../support/requires.ts';
import { rounds } from '../../support/rounds.ts';
import { signIn } from '../../support/sign-in-to-console.ts';
import type { World } from '../../support/world.ts';
import { consolePages } from './pages.ts';

/** The first is looked at everywhere, the others under CI. */
const looks: readonly { readonly width: Width; readonly theme: ConsoleTheme }[] = [
  { width: 'narrow', theme: 'dark' },
  { width: 'wide', theme: 'light' },
  { width: 'wide', theme: 'dark' },
  { width: 'narrow', theme: 'light' },
];

describe('every page of the console', { skip: skipUnless('chromium') }, () => {
  let world: World;
  let browser: Browser;
  before(async () => {
    [world, browser] = await Promise.all([consoleWorld(), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  for (const { width, theme } of looks.slice(0, rounds(1, looks.length)))
    test(`is free of what axe finds, fits, and complains of nothing: ${width}, ${theme}`, async () => {
      await using window = await openWindow(browser, { url: world.url, width, theme });
      await signIn(window, world);
      const found: string[] = [];
      for (const { name, path } of consolePages) {
        await window.visit(path);
        await window.screenshot(name);
        found.push(...(await window.axe()).map((finding) => `${path}: ${finding}`));
        found.push(...(await overflowing(window)).map((what) => `${path}: is wider than the window: ${what}`));
      }
      assert.deepEqual([...found, ...window.complaints], []);
    });
});

/** What makes the page scroll sideways; lists do so within themselves. */
function overflowing({ page }: ConsoleWindow): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`(() => {
    const room = document.documentElement.clientWidth;
    const scrolls = (element) =>
      element !== null && element.id !== 'content' &&
      (['auto', 'scroll', 'hidden'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    return [...document.querySelectorAll('#content *')]
      .filter((element) => {
        const { right, width } = element.getBoundingClientRect();
        return width > 0 && right > room + 1 && !scrolls(element.parentElement);
      })
      .slice(0, 3)
      .map((element) => element.tagName + ' ' + element.textContent.slice(0, 60));
  })()`);
}
