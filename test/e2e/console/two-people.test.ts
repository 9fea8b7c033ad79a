/** Who comes by an identity provider, in a browser: without a role, with one; and what one asks for and the other approves. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { adminClient } from '../../support/admin-client.ts';
import { type ConsoleWindow, launchBrowser, openWindow } from '../../support/browser.ts';
import { honestClient, startHonestIdentityProvider } from '../../support/honest-identity-provider.ts';
import { skipUnless } from '../../support/requires.ts';
import { addDana, dana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld } from '../../support/world.ts';

describe('two administrators', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  const looked = async (window: ConsoleWindow, name: string) => {
    await window.settled();
    await window.screenshot(name);
    assert.deepEqual(await window.axe(), [], name);
  };

  test('one of whom an identity provider vouches for, ask and approve', async () => {
    await using world = await startWorld({ authority: false, cryptoThreads: 0, config: { oidcPrivate: true } });
    const api = adminClient(world);
    await addDana(world, await newSetUpCode({ ...world.server.foundation.store, clock: world.clock }));
    await using provider = await startHonestIdentityProvider([`${world.url}/sign-in/return`]);
    await using window = await openWindow(browser, { url: world.url });
    const { page, context } = window;

    await signIn(window, world);
    await window.visit('/administration/identity-providers');
    await page.getByRole('button', { name: 'Add identity provider' }).first().click();
    await page.getByLabel('Name on the sign-in page').fill('Alder Staff');
    await page.getByLabel('Issuer').fill('http://localhost:9');
    await page.getByLabel('Client ID').fill(honestClient.clientId);
    await page.getByLabel('Client secret').fill(honestClient.clientSecret);
    await page.getByLabel('Scopes').fill('profile email groups');
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByText(/does not answer/)
      .first()
      .waitFor();
    await page.getByLabel('Issuer').fill(provider.issuer);
    await looked(window, 'identity-provider-panel');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByLabel('Name on the sign-in page').waitFor({ state: 'detached' });
    await window.visit('/administration/identity-providers');
    await page.getByText('Alder Staff').first().waitFor();
    await looked(window, 'identity-providers-one');

    await context.clearCookies();
    await page.goto(`${world.url}/account`);
    await page.getByRole('button', { name: 'Sign in with Alder Staff' }).waitFor();
    await looked(window, 'sign-in-with-provider');
    provider.next('u-7', { name: 'Robin Finch', email: 'robin@alderfinch.example', groups: ['pki'] });
    await page.getByRole('button', { name: 'Sign in with Alder Staff' }).click();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
    assert.equal(new URL(page.url()).search, '', 'the code stands in no address');
    await window.visit('/');
    await page.getByText(/signed in as robin@alderfinch.example, and may do nothing/).waitFor();
    await looked(window, 'no-rights');

    const members = [{ kind: 'oidcGroup', value: 'pki' }];
    const given = await api('POST', '/role-assignments', { body: { role: 'Administrator', members } });
    assert.equal(given.status, 201, JSON.stringify(given.body));
    assert.equal((await api('PUT', '/settings/second-approval', { body: { deployments: 1 } })).status, 200);
    await window.visit('/administration/settings');
    await page.getByLabel('Hours that a change waits').fill('24');
    const form = page.locator('form', { has: page.getByLabel('Hours that a change waits') });
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/needs a second administrator. Nothing is done yet/).waitFor();
    await looked(window, 'approval-needed');
    await window.visit('/administration/waiting-changes');
    await page.getByRole('link', { name: 'Change second approval' }).click();
    await page.getByText('You asked for this yourself').waitFor();

    await context.clearCookies();
    await signIn(window, world, dana);
    await page.getByText('1 change waits for a second administrator.').waitFor();
    await looked(window, 'overview-with-waiting-change');
    await page.getByRole('link', { name: 'Waiting changes' }).click();
    await page.getByRole('link', { name: 'Change second approval' }).click();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await looked(window, 'waiting-change');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Done').first().waitFor();
    assert.equal((await api('GET', '/settings/second-approval')).body.hours, 24);
    assert.deepEqual(window.complaints, []);
  });
});
