import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { newSetUpCode } from '../../../src/access/set-up.ts';
import { adminClient, assertProblem } from '../../support/admin-client.ts';
import { launchBrowser, openWindow } from '../../support/browser.ts';
import { skipUnless } from '../../support/requires.ts';
import { dana, signIn } from '../../support/sign-in-to-console.ts';
import { startWorld } from '../../support/world.ts';

describe('the first run', { skip: skipUnless('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  test('makes the authority and the first administrator, with the set-up code alone', async () => {
    await using world = await startWorld({ authority: false });
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await page.goto(world.url);
    await page.getByRole('heading', { name: 'Set up Scepward' }).waitFor();
    await window.screenshot('first-run-code');
    assert.deepEqual(await window.axe(), []);

    const next = page.getByRole('button', { name: 'Next' });
    await next.click();
    await page.getByText('This is needed.').waitFor();
    await page.getByRole('textbox', { name: 'Set-up code' }).fill('AAAA-BBBB-CCCC-DDDD');
    await next.click();
    await page.getByRole('textbox', { name: 'Organisation' }).fill('Alder & Finch');
    await page.getByLabel('Address of the server for devices').fill('http://pki.alderfinch.example');
    await page.getByText('ECDSA P-256').click();
    await window.screenshot('first-run-authority');
    assert.deepEqual(await window.axe(), []);
    await next.click();
    await page.getByLabel('Your name').fill(dana.name);
    await page.getByLabel('Sign-in name').fill(dana.signInName);
    await page.locator('input[type=password]').fill('password1234');
    await window.screenshot('first-run-administrator');
    assert.deepEqual(await window.axe(), []);

    // A code that somebody guessed.
    const finish = page.getByRole('button', { name: 'Set up' });
    await finish.click();
    await page.getByRole('alert').first().waitFor();
    assert.equal((await world.server.foundation.store.administrators.all()).length, 0);
    const code = await newSetUpCode({ ...world.server.foundation.store, clock: world.clock });
    while (await page.getByRole('button', { name: 'Back' }).isEnabled())
      await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('textbox', { name: 'Set-up code' }).fill(code);
    await next.click();
    assert.equal(await page.getByRole('textbox', { name: 'Organisation' }).inputValue(), 'Alder & Finch');
    await next.click();

    // A password that everybody has.
    await finish.click();
    await page.getByRole('alert').first().waitFor();
    assert.equal(await page.getByLabel('Your name').inputValue(), dana.name);
    await page.locator('input[type=password]').fill(dana.password);
    await finish.click();

    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const [authority] = await world.server.foundation.store.authorities.all();
    assert.equal(authority?.name, 'Alder & Finch');
    assert.deepEqual(window.complaints, []);

    await using other = await openWindow(browser, { url: world.url });
    await signIn(other, world);
  });

  test('fills an installation to look around in with the sample organisation, and says how far it is', async () => {
    await using world = await startWorld({ authority: false });
    const { store } = world.server.foundation;
    const code = await newSetUpCode({ ...store, clock: world.clock });
    await using window = await openWindow(browser, { url: world.url });
    const { page } = window;
    await page.goto(world.url);
    const next = page.getByRole('button', { name: 'Next' });
    await page.getByRole('textbox', { name: 'Set-up code' }).fill(code);
    await next.click();
    await page.getByRole('textbox', { name: 'Organisation' }).fill('Alder & Finch');
    await page.getByRole('switch', { name: 'Load the sample organisation' }).click();
    await window.screenshot('first-run-sample');
    assert.deepEqual(await window.axe(), []);
    await next.click();
    await page.getByLabel('Your name').fill(dana.name);
    await page.getByLabel('Sign-in name').fill(dana.signInName);
    await page.locator('input[type=password]').fill(dana.password);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('heading', { name: 'Sample organisation' }).waitFor();
    await page.getByText(/ of 135 devices have called; [1-9]\d* certificates? issued/).waitFor({ timeout: 60_000 });
    await window.screenshot('overview-sample');
    assert.deepEqual(await window.axe(), []);
    const again = await adminClient(world)('POST', '/sample-organisation');
    assert.deepEqual([again.status, again.body.code], [409, 'sample-running']);
    assert.ok((await store.profiles.all()).length > 10);
    assert.deepEqual(window.complaints, []);
  });

  test('does not put the sample organisation beside what somebody else made', async () => {
    await using world = await startWorld({ cryptoThreads: 0 });
    const api = adminClient(world);
    assert.equal((await api('GET', '/sample-organisation')).body.state, 'open');
    assert.equal((await api('POST', '/users', { body: { userPrincipalName: 'ann@x.example' } })).status, 201);
    assert.equal((await api('GET', '/sample-organisation')).body.state, 'closed');
    assertProblem(await api('POST', '/sample-organisation'), 409, 'sample-not-empty');
  });
});
