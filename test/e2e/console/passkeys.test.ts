import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { addDana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld } from '../../support/world.ts';

describe('a passkey of Chromium’s own authenticator', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test('is added on the account page, and signs in without a password', async () => {
    await using world = await startWorld({ authority: false, cryptoThreads: 0 });
    await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
    // A passkey belongs to a name; an address has none.
    const url = world.url.replace('127.0.0.1', 'localhost');
    await using window = await openWindow(browser, { url });
    const { page, context } = window;
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await signIn(window, { ...world, url });
    await window.visit('/account');
    await page.getByRole('textbox', { name: 'Name of the passkey' }).fill('Laptop');
    await page.getByRole('button', { name: 'Add passkey' }).click();
    await page.getByText('The passkey is added.').waitFor();
    await context.clearCookies();
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.deepEqual(window.complaints, []);
  });
});
